//! What columns are likely to become, told by their headings and by what stands in them.

use super::{
    identify,
    model::{Mapping, Target},
    profile::Profile,
    rejected, states,
};
use crate::{cases::CaseType, server::secret};

/// Names under which other systems keep what we have. The `case:` and `concept:` names are those of the XES standard for
/// event logs. (The id of the case is told otherwise: see `identify`.)
const SYNONYMS: &[(Target, &str)] = &[
    (
        Target::Title,
        "title, subject, name, summary, case title, case name, description, short description, betreff, onderwerp, complaint type, \
         request type, type of complaint, type of request, issue, matter, topic, descriptor",
    ),
    (
        Target::Opened,
        "opened, opened at, opened on, open date, start, start date, started, created, created at, created on, \
         creation date, received, received at, received on, registered, registration date, date, date opened, \
         date received, eingang, date submitted, submitted, date reported, reported, date logged, date raised",
    ),
    (
        Target::Closed,
        "closed, closed at, closed on, close date, closing date, end, end date, ended, finished, completed, \
         completed at, completion date, resolved, resolved at, date closed, date ended, decision date, decided, decided on",
    ),
    (Target::Outcome, "outcome, result, resolution, decision, closure, close reason, closing reason, finding, finding outcome"),
    (Target::Due, "due, due date, due at, due on, deadline, target date, respond by"),
    (Target::State, "state, status, stage, phase, case status"),
    (
        Target::Channel,
        "channel, source, origin, intake channel, contact channel, submitted via, received via, channel type, method received, \
         open data channel type",
    ),
    (
        Target::Assignee,
        "assignee, assigned, assigned to, responsible, owner, case owner, handler, case handler, caseworker, \
         case worker, agent, officer, responsible person, bearbeiter",
    ),
    (Target::Priority, "priority, urgency, severity, importance"),
    (Target::Restricted, "restricted, confidential"),
    (Target::Tag, "tag, tags, label, labels, keywords, categories, category"),
    (
        Target::EntryText,
        "concept name, activity, event, event name, action, note, notes, entry, entry text, comment, comments, text, \
         message, task, step, narrative, complaint narrative, consumer complaint narrative, complaint description, \
         resolution description, details, long description",
    ),
    (
        Target::EntryTime,
        "time timestamp, timestamp, time, event time, activity time, entry time, note date, event date, activity date, \
         entry date, date time, datetime, occurred, occurred at",
    ),
    (Target::EntryAuthor, "org resource, resource, author, written by, user, event author, note author, entry author, performed by, by"),
    (Target::EntryId, "concept instance, event id, activity id, entry id, note id, instance, task id"),
];

/// The headings of our own export that say nothing to an import: they follow from the others.
const OF_OUR_EXPORT: &[&str] = &["State kind", "Late", "Changed"];
/// The heading of the id in our own export.
pub(super) const OWN_ID: &str = "CaseTrakr id";
/// The heading of what says whether a case is restricted.
const RESTRICTED: &str = "Restricted";
/// The heading of the version of a case in it.
const OWN_VERSION: &str = "CaseTrakr version";
/// Under which name the cases of such an export come in elsewhere.
pub(super) const OWN_SOURCE: &str = "CaseTrakr export";

/// Words that run together in some systems.
const COMPOUNDS: &[(&str, &str)] = &[
    ("startdate", "start date"),
    ("enddate", "end date"),
    ("duedate", "due date"),
    ("closedate", "close date"),
    ("opendate", "open date"),
    ("caseid", "case id"),
    ("casenumber", "case number"),
    ("ticketid", "ticket id"),
    ("eventid", "event id"),
    ("entryid", "entry id"),
    ("createdat", "created at"),
    ("closedat", "closed at"),
    ("openedat", "opened at"),
    ("assignedto", "assigned to"),
];

/// The words of a heading: lower case, `camelCase` and compounds taken apart.
pub(super) fn words(heading: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before_was_lower = false;
    for letter in heading.chars() {
        if letter.is_uppercase() && before_was_lower {
            spaced.push(' ');
        }
        before_was_lower = letter.is_lowercase();
        spaced.extend(letter.to_lowercase());
    }
    spaced
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .flat_map(|word| COMPOUNDS.iter().find(|(whole, _)| *whole == word).map_or(word, |(_, parts)| parts).split(' '))
        .map(str::to_owned)
        .collect()
}

/// The words that tell a custom field: in any order, and without those that tell nothing.
fn telling(heading: &str) -> Vec<String> {
    let mut words = words(heading);
    words.retain(|word| !matches!(word.as_str(), "case" | "date" | "the" | "of" | "at" | "on"));
    words.sort();
    words
}

fn fixed(heading: &str) -> Option<Target> {
    let words = words(heading);
    let (whole, bare) = (words.join(" "), words.strip_prefix(&["case".to_owned()]).map(|rest| rest.join(" ")));
    let all = || SYNONYMS.iter().flat_map(|(target, names)| names.split(", ").map(move |name| (target, name.trim())));
    let named = |name: &str| all().find(|(_, known)| *known == name).map(|(target, _)| target.clone());
    // `case:start` is a case's; but what is an entry's stays one only without `case`.
    named(&whole).or_else(|| bare.and_then(|bare| named(&bare)).filter(|target| !target.is_of_entry())).or_else(|| {
        // `Created Date`, `Date of receipt`: the same words in another order, where they speak of a day.
        let wanted = telling(heading);
        let of_days = |target: &Target| matches!(target, Target::Opened | Target::Closed | Target::Due);
        let dated = words.iter().any(|word| word == "date" || word == "time");
        all()
            .find(|(target, known)| dated && of_days(target) && !wanted.is_empty() && telling(known) == wanted)
            .map(|(target, _)| target.clone())
    })
}

/// Whether this is what columns are called in some system.
pub(super) fn is_heading(text: &str) -> bool {
    fixed(text).is_some() || identify::by_heading(text) > 0
}

fn custom(heading: &str, case_type: &CaseType) -> Option<Target> {
    // Our own export tells two fields of one name apart by their keys.
    let by_key = heading.rsplit_once('[').and_then(|(_, key)| key.strip_suffix(']')).and_then(|key| case_type.field(key));
    let wanted = telling(heading);
    let by_words = || case_type.fields.iter().find(|f| !wanted.is_empty() && (telling(&f.key) == wanted || telling(&f.label) == wanted));
    by_key.or_else(by_words).map(|field| Target::Field(field.key.clone()))
}

/// Whether what stands in a column can be that.
fn can_be(target: &Target, profile: Option<&Profile>, case_type: &CaseType) -> bool {
    let Some(profile) = profile.filter(|profile| profile.filled > 0) else { return true };
    match target {
        // A line of ours holds that much; texts are something else.
        Target::Outcome | Target::Channel | Target::Assignee => profile.longest <= 120,
        Target::Title => profile.longest <= 200,
        Target::State => {
            let is_state = |word: &String| {
                states::known(word, case_type, &std::collections::BTreeMap::new()).or_else(|| states::likely(word, case_type)).is_some()
            };
            !profile.values.is_empty() && profile.values.iter().any(is_state)
        }
        _ => true,
    }
}

/// What each column becomes in cases of this type. A target is given away once; the first column has it.
pub(super) fn columns(header: &[String], profile: &[Profile], case_type: &CaseType, all: &[CaseType]) -> Vec<Target> {
    let front = rejected::added(header);
    let rest = header.get(front..).unwrap_or_default();
    let stands = profile.get(front..).unwrap_or_default();
    let ours = is_our_export(header);
    let case = identify::case_column(rest, stands);
    let row = case.and_then(|case| identify::row_column(rest, stands, case));
    let mut given: Vec<Target> = vec![Target::Skip; front];
    for (at, heading) in rest.iter().enumerate() {
        let free = |target: &Target| target.may_repeat() || !given.contains(target);
        // What calls itself a title is one, however long: it is shortened, and all of it is in an entry.
        let is_title = heading.trim().eq_ignore_ascii_case("title");
        let fits = |target: &Target| free(target) && (is_title || can_be(target, stands.get(at), case_type));
        let guess = match heading.as_str() {
            "Number" if ours => Some(Target::Number),
            "Type" if ours => Some(Target::Type),
            OWN_VERSION if ours => Some(Target::Version),
            _ if case == Some(at) => Some(Target::CaseId),
            _ if row == Some(at) => Some(Target::EntryId),
            follows if ours && OF_OUR_EXPORT.contains(&follows) => None,
            _ => {
                // The type's own word comes first where it is the very same.
                let own = case_type.fields.iter().any(|f| words(&f.label) == words(heading)).then(|| custom(heading, case_type)).flatten();
                let known = || fixed(heading).filter(fits);
                // Our own list has the fields of all types.
                let of_others = || all.iter().filter(|_| ours).find_map(|other| custom(heading, other)).filter(free);
                own.filter(free).or_else(known).or_else(|| custom(heading, case_type).filter(free)).or_else(of_others)
            }
        };
        given.push(guess.unwrap_or(Target::Skip));
    }
    given
}

/// Whether the file is the list of cases as we write it.
pub(super) fn is_our_export(header: &[String]) -> bool {
    header.iter().any(|heading| heading == OWN_ID)
        || ["State kind", "Late", "Changed"].iter().all(|own| header.iter().any(|heading| heading == own))
}

/// Nobody opens in silence what our own export calls restricted: how it was matched before it said so does not count.
pub(super) fn keep_restricted(header: &[String], mapping: &mut Mapping) {
    let is_matched = mapping.columns.iter().any(|key| Target::parse(key) == Target::Restricted);
    let at = header.iter().position(|heading| heading == RESTRICTED).filter(|_| is_our_export(header) && !is_matched);
    if let Some(column) = at.and_then(|at| mapping.columns.get_mut(at)) {
        *column = Target::Restricted.key();
    }
}

/// Columns that become nothing, although something stands in them and nothing else says the same.
pub(super) fn left_out(header: &[String], profile: &[Profile], mapping: &Mapping) -> Vec<String> {
    let (front, ours) = (rejected::added(header), is_our_export(header));
    let filled = |at: usize| profile.get(at).is_none_or(|profile| profile.filled > 0 || profile.rows == 0);
    let skipped = |at: usize| mapping.columns.get(at).is_none_or(|key| Target::parse(key) == Target::Skip);
    header
        .iter()
        .enumerate()
        .filter(|(at, heading)| *at >= front && filled(*at) && skipped(*at) && !(ours && OF_OUR_EXPORT.contains(&heading.as_str())))
        .map(|(_, heading)| heading.clone())
        .collect()
}

/// The best guess over some of all types: the one whose own fields are found most often.
pub(super) fn mapping(header: &[String], profile: &[Profile], types: &[CaseType], all: &[CaseType]) -> Mapping {
    let score = |columns: &[Target]| columns.iter().filter(|t| matches!(t, Target::Field(_))).count();
    let mut best: Option<(usize, &CaseType, Vec<Target>)> = None;
    for case_type in types {
        let columns = columns(header, profile, case_type, all);
        let found = score(&columns);
        if best.as_ref().is_none_or(|(most, ..)| found > *most) {
            best = Some((found, case_type, columns));
        }
    }
    let case_type = best.as_ref().map(|(_, case_type, _)| case_type.id);
    let columns = best.map_or_else(|| vec![Target::Skip; header.len()], |(.., columns)| columns);
    Mapping { case_type, columns: columns.iter().map(Target::key).collect(), ..Mapping::default() }
}

/// What a file is recognised by the next time: its headings. Rows that were left out are of the file that they come from.
pub(super) fn fingerprint(header: &[String]) -> String {
    let own = header.get(rejected::added(header)..).unwrap_or_default();
    secret::hex(&secret::sha256(&[own.join("\u{1f}").as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cases::{FieldDef, FieldKind, StateKind, model::State},
        ids::Id,
    };

    fn case_type(key: &str, fields: &[(&str, &str)]) -> CaseType {
        let field = |(key, label): &(&str, &str)| FieldDef {
            key: (*key).into(),
            label: (*label).into(),
            kind: FieldKind::Text,
            options: Vec::new(),
            required: false,
        };
        CaseType {
            id: Id::fresh(),
            key: key.into(),
            name: key.into(),
            number_format: String::new(),
            default_due_days: None,
            states: Vec::new(),
            transitions: Vec::new(),
            fields: fields.iter().map(field).collect(),
        }
    }

    #[test]
    fn the_permit_log_matches_by_its_names_alone() {
        let permit =
            case_type("permit", &[("department", "Department"), ("group", "Group"), ("planned_end", "Planned end"), ("site", "Site")]);
        let header: Vec<String> = [
            ("case:channel", "channel"),
            ("case:concept:name", "case_id"),
            ("case:deadline", "due"),
            ("case:department", "field:department"),
            ("case:enddate", "closed"),
            ("case:enddate_planned", "field:planned_end"),
            ("case:group", "field:group"),
            ("case:responsible", "assignee"),
            ("case:startdate", "opened"),
            ("concept:instance", "entry_id"),
            ("concept:name", "entry_text"),
            ("lifecycle:transition", "skip"),
            ("org:group", "skip"),
            ("org:resource", "entry_author"),
            ("time:timestamp", "entry_time"),
        ]
        .into_iter()
        .map(|(heading, expected)| format!("{heading}\n{expected}"))
        .collect();
        let (headings, expected): (Vec<String>, Vec<String>) =
            header.iter().map(|pair| pair.split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap()).unzip();
        let other = case_type("complaint", &[("product", "Product")]);
        let types = [other, permit.clone()];
        let guess = mapping(&headings, &[], &types, &types);
        assert_eq!(guess, Mapping { case_type: Some(permit.id), columns: expected, ..Mapping::default() });
    }

    #[test]
    fn common_headings_and_no_target_twice() {
        let plain = case_type("x", &[]);
        let guess = |header: &[&str]| {
            let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
            columns(&header, &[], &plain, &[]).iter().map(Target::key).collect::<Vec<_>>()
        };
        assert_eq!(
            guess(&["CaseID", "Subject", "createdAt", "Due date", "Assigned to"]),
            ["case_id", "title", "opened", "due", "assignee"]
        );
        assert_eq!(guess(&["id", "Case number", "Tags", "Labels", ""]), ["skip", "case_id", "tag", "tag", "skip"]);
        assert_eq!(guess(&["Unique Key", "Created Date", "Date Closed"]), ["case_id", "opened", "closed"]);
        assert_eq!(guess(&["Line", "Column", "Reason", "What to do", "Case id", "Reason (2)"])[4], "case_id");
    }

    #[test]
    fn what_stands_in_a_column_keeps_it_from_becoming_what_it_is_not() {
        let state = |key: &str, kind| State { key: key.into(), name: key.into(), kind };
        let plain = CaseType { states: vec![state("new", StateKind::Open), state("done", StateKind::Closed)], ..case_type("x", &[]) };
        let header = ["State".to_owned(), "Status".to_owned(), "Outcome".to_owned()];
        let column = |values: &[&str], longest| Profile {
            rows: 9,
            filled: 9,
            distinct: 2,
            longest,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            ..Profile::default()
        };
        let profile = [column(&["FL", "PA"], 2), column(&["In Progress", "Closed"], 11), column(&[], 4_000)];
        assert_eq!(columns(&header, &profile, &plain, &[]), [Target::Skip, Target::State, Target::Skip]);
        // What calls itself a title is one, whatever stands in it.
        let header = ["Title".to_owned(), "Description".to_owned()];
        assert_eq!(columns(&header, &[column(&[], 4_000), column(&[], 4_000)], &plain, &[]), [Target::Title, Target::Skip]);
    }

    #[test]
    fn a_fingerprint_is_of_headings_in_order() {
        let of = |header: &[&str]| fingerprint(&header.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["a", "b"]), of(&["ab"]));
    }
}
