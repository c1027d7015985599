//! What columns are likely to become, told by their names.

use super::model::{Mapping, Target};
use crate::{cases::CaseType, server::secret};

/// Names under which other systems keep what we have. The `case:` and `concept:` names are those of the XES standard for
/// event logs.
const SYNONYMS: &[(Target, &str)] = &[
    (
        Target::CaseId,
        "case concept name, case id, case number, case no, case nr, case ref, case reference, case key, id, number, \
         reference, ref, ticket, ticket id, ticket number, file number, dossier, zaaknummer, aktenzeichen, external id, \
         issue, issue key",
    ),
    (Target::Title, "title, subject, name, summary, case title, case name, description, short description, betreff, onderwerp"),
    (
        Target::Opened,
        "opened, opened at, opened on, open date, start, start date, started, created, created at, created on, \
         creation date, received, received at, received on, registered, registration date, date, date opened, \
         date received, eingang",
    ),
    (
        Target::Closed,
        "closed, closed at, closed on, close date, closing date, end, end date, ended, finished, completed, \
         completed at, completion date, resolved, resolved at, date closed, date ended",
    ),
    (Target::Outcome, "outcome, result, resolution, decision, closure, close reason, closing reason"),
    (Target::Due, "due, due date, due at, due on, deadline, target date, respond by"),
    (Target::State, "state, status, stage, phase"),
    (Target::Channel, "channel, source, origin, intake channel, contact channel"),
    (
        Target::Assignee,
        "assignee, assigned, assigned to, responsible, owner, case owner, handler, case handler, caseworker, \
         case worker, agent, officer, responsible person, bearbeiter",
    ),
    (Target::Priority, "priority, urgency, severity, importance"),
    (Target::Tag, "tag, tags, label, labels, keywords, categories, category"),
    (
        Target::EntryText,
        "concept name, activity, event, event name, action, note, notes, entry, entry text, comment, comments, text, \
         message, task, step",
    ),
    (
        Target::EntryTime,
        "time timestamp, timestamp, time, event time, activity time, entry time, note date, event date, activity date, \
         entry date, date time, datetime, occurred, occurred at",
    ),
    (Target::EntryAuthor, "org resource, resource, author, written by, user, event author, note author, entry author, performed by, by"),
    (Target::EntryId, "concept instance, event id, activity id, entry id, note id, instance, task id"),
];

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
fn words(heading: &str) -> Vec<String> {
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
    let named =
        |name: &str| SYNONYMS.iter().find(|(_, names)| names.split(", ").any(|known| known == name)).map(|(target, _)| target.clone());
    // `case:start` is a case's; but what is an entry's stays one only without `case`.
    named(&whole).or_else(|| bare.and_then(|bare| named(&bare)).filter(|target| !target.is_of_entry()))
}

fn custom(heading: &str, case_type: &CaseType) -> Option<Target> {
    let wanted = telling(heading);
    let field = case_type.fields.iter().find(|f| !wanted.is_empty() && (telling(&f.key) == wanted || telling(&f.label) == wanted))?;
    Some(Target::Field(field.key.clone()))
}

/// What each column becomes in cases of this type. A target is given away once; the first column has it.
pub(super) fn columns(header: &[String], case_type: &CaseType) -> Vec<Target> {
    let mut given: Vec<Target> = Vec::new();
    for heading in header {
        let free = |target: &Target| target.may_repeat() || !given.contains(target);
        // The type's own word comes first where it is the very same.
        let own = case_type.fields.iter().any(|f| words(&f.label) == words(heading)).then(|| custom(heading, case_type)).flatten();
        let guess = own.filter(free).or_else(|| fixed(heading).filter(free)).or_else(|| custom(heading, case_type).filter(free));
        given.push(guess.unwrap_or(Target::Skip));
    }
    given
}

/// The best guess over all types: the one whose own fields are found most often.
pub(super) fn mapping(header: &[String], types: &[CaseType]) -> Mapping {
    let score = |columns: &[Target]| columns.iter().filter(|t| matches!(t, Target::Field(_))).count();
    let mut best: Option<(usize, &CaseType, Vec<Target>)> = None;
    for case_type in types {
        let columns = columns(header, case_type);
        let found = score(&columns);
        if best.as_ref().is_none_or(|(most, ..)| found > *most) {
            best = Some((found, case_type, columns));
        }
    }
    match best {
        Some((_, case_type, columns)) => Mapping { case_type: Some(case_type.id), columns: columns.iter().map(Target::key).collect() },
        None => Mapping { case_type: None, columns: vec![Target::Skip.key(); header.len()] },
    }
}

/// What a file is recognised by the next time: its headings.
pub(super) fn fingerprint(header: &[String]) -> String {
    secret::hex(&secret::sha256(&[header.join("\u{1f}").as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cases::{FieldDef, FieldKind},
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
        let guess = mapping(&headings, &[other, permit.clone()]);
        assert_eq!(guess, Mapping { case_type: Some(permit.id), columns: expected });
    }

    #[test]
    fn common_headings_and_no_target_twice() {
        let plain = case_type("x", &[]);
        let guess = |header: &[&str]| {
            let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
            columns(&header, &plain).iter().map(Target::key).collect::<Vec<_>>()
        };
        assert_eq!(
            guess(&["CaseID", "Subject", "createdAt", "Due date", "Assigned to"]),
            ["case_id", "title", "opened", "due", "assignee"]
        );
        assert_eq!(guess(&["id", "Case number", "Tags", "Labels", ""]), ["case_id", "skip", "tag", "tag", "skip"]);
    }

    #[test]
    fn a_fingerprint_is_of_headings_in_order() {
        let of = |header: &[&str]| fingerprint(&header.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["a", "b"]), of(&["ab"]));
    }
}
