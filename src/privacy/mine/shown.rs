//! What is held, as a person reads it on the page: words for keys, days and times in their zone, nothing that only
//! programs can use. The files of the package keep every value as it is stored.

use serde_json::Value;
use uuid::Uuid;

use super::held::{Held, Section};
use crate::{
    accounts::{self, model::Role},
    audit,
    clock::Shown,
    day::Day,
    privacy::{
        consent,
        registry::model::Purpose,
        requests::model::{Concern, Kind, Proof, Regime, State, Step},
    },
    server::time::Zone,
};

/// A value for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// There is none.
    Nothing,
    /// A text.
    Words(String),
    /// A moment.
    Moment(Shown),
    /// A day.
    Day(Day),
    /// Several things.
    List(Vec<String>),
}

/// Columns of keys and sums, and of the same once more for programs to compare. They say nothing to people.
const FOR_PROGRAMS: [&str; 19] = [
    "id",
    "user_id",
    "actor_id",
    "subject_id",
    "receipt_id",
    "request_id",
    "case_id",
    "closed_by",
    "device_id",
    "replaces",
    "forwarded_to",
    "forwarded_from",
    "duplicate_of",
    "appeal_of",
    "email_folded",
    "recipient_folded",
    "notice_sha256",
    "sha256",
    "version",
];

/// Columns that hold 1 for yes and 0 for no.
const YES_OR_NO: [&str; 5] = ["preferences", "analytics", "opt_out_signal", "by_agent", "partly_refused"];

/// One column of a table on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its place in the row.
    pub(super) at: usize,
    /// What it is called here.
    pub(super) label: &'static str,
}

/// The columns that a person sees, and the names of those in which nothing stands.
pub(super) fn columns(section: &Section) -> (Vec<Column>, Vec<&'static str>) {
    let (mut shown, mut empty) = (Vec::new(), Vec::new());
    for (at, (name, label)) in section.columns.iter().enumerate() {
        if FOR_PROGRAMS.contains(name) {
            continue;
        }
        let label = match (section.name, *name) {
            ("audit_events", "subject_kind") => "About",
            ("audit_events", "facts") => "Details",
            _ => label,
        };
        if section.rows.iter().all(|row| row.get(at).is_none_or(String::is_empty)) {
            empty.push(label);
        } else {
            shown.push(Column { at, label });
        }
    }
    (shown, empty)
}

/// The value of a row in that column.
pub(super) fn said(held: &Held, zone: &Zone, section: &Section, row: &[String], at: usize) -> Said {
    let name = section.columns.get(at).map_or("", |(name, _)| *name);
    let value = row.get(at).map_or("", String::as_str);
    if value.is_empty() {
        return Said::Nothing;
    }
    if let Some(shown) = day_or_moment(zone, value) {
        return shown;
    }
    let beside = |other: &str| section.columns.iter().position(|(name, _)| *name == other).and_then(|at| row.get(at));
    match (section.name, name) {
        (_, "org_id" | "organisation") => Said::Words(held.named(name, value)),
        (_, "role") => words(Role::parse(value).map(Role::label), value),
        (_, "user_agent") => Said::Words(accounts::device(value)),
        (_, yes) if YES_OR_NO.contains(&yes) => Said::Words(if value == "0" { "No" } else { "Yes" }.into()),
        ("audit_events", "action") => Said::Words(capital(&event(value, beside("facts")))),
        ("audit_events", "subject_kind") => {
            let me = beside("subject_id").is_some_and(|id| *id == held.person.id.to_string());
            Said::Words(if me { "You".into() } else { thing(value) })
        }
        ("audit_events", "facts") => {
            facts(value, &beside("action").map(|action| event(action, Some(&value.to_owned()))).unwrap_or_default())
        }
        ("rights_requests", "kind") => words(Kind::parse(value).map(Kind::noun), value),
        ("rights_requests", "concern") => words(Concern::parse(value).map(Concern::label), value),
        ("rights_requests", "regime") => words(Regime::parse(value).map(Regime::label), value),
        ("rights_requests", "state") => words(State::parse(value).map(State::label), value),
        ("rights_requests", "confirmed_how") => words(Proof::parse(value).map(Proof::label), value),
        ("rights_steps", "step") => words(Step::parse(value).map(Step::label), value),
        ("objections", "purpose") => words(Purpose::ALL.iter().find(|purpose| purpose.key() == value).map(|p| p.label()), value),
        ("tokens", "purpose") => words(link(value), value),
        ("consent_receipts" | "account_consents", "method") => Said::Words(consent::told(value).into()),
        ("consent_receipts", "language") if value == "en" => Said::Words("English".into()),
        ("acknowledgements", "document") if value == "privacy" => Said::Words("Privacy policy".into()),
        ("drafts", "place") => Said::Words(place(value)),
        ("legal_holds", "scope") if value == "account" => Said::Words("Your account".into()),
        (_, "facts" | "certificate" | "columns") => facts(value, ""),
        _ => Said::Words(value.to_owned()),
    }
}

/// The words of a key, or the key made readable where it is none of ours.
fn words(known: Option<&'static str>, key: &str) -> Said {
    Said::Words(known.map_or_else(|| capital(&readable(key)), capital))
}

/// Instants and days are told by their form, which no other value has.
fn day_or_moment(zone: &Zone, value: &str) -> Option<Said> {
    let bytes = value.as_bytes();
    let is_day = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    match bytes.len() {
        10 if is_day => value.parse().ok().map(Said::Day),
        20..=30 if is_day && value.contains('T') && value.ends_with('Z') => zone.parse(value).map(|at| Said::Moment(zone.show(at))),
        _ => None,
    }
}

fn event(action: &str, facts: Option<&String>) -> String {
    let facts = facts.and_then(|facts| serde_json::from_str(facts).ok()).unwrap_or_default();
    audit::model::sentence(action, &facts)
}

fn thing(kind: &str) -> String {
    match kind {
        "case" => "A case",
        "case_type" => "A case type",
        "consent" => "Your choice about cookies",
        "hold" => "A legal hold",
        "import" => "An import",
        "invitation" => "An invitation",
        "archive" => "An archive",
        "member" => "A member",
        "org" => "The organisation",
        "request" => "A request",
        "user" => "An account",
        other => return capital(&readable(other)),
    }
    .to_owned()
}

fn link(purpose: &str) -> Option<&'static str> {
    match purpose {
        "verify_email" => Some("To confirm your address"),
        "reset_password" => Some("To choose a new password"),
        _ => None,
    }
}

/// `case/LA-2026-00042`, and behind it the entry that is being changed, or `closing`; `case/new` before there is a case.
fn place(place: &str) -> String {
    let number = place.strip_prefix("case/").unwrap_or(place);
    match number.split_once('/') {
        None if number == "new" => "A new case".to_owned(),
        Some((number, "closing")) => format!("The closing of the case {number}"),
        Some((number, _)) => format!("A changed entry of the case {number}"),
        None => format!("The case {number}"),
    }
}

/// JSON as a short list. What the sentence beside it says is not said twice, and ids are left to the file.
fn facts(json: &str, sentence: &str) -> Said {
    let Ok(value) = serde_json::from_str::<Value>(json) else { return Said::Words(json.to_owned()) };
    let mut list = Vec::new();
    flatten("", &value, sentence, &mut list);
    if list.is_empty() { Said::Nothing } else { Said::List(list) }
}

fn flatten(label: &str, value: &Value, sentence: &str, list: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Bool(yes) => list.push(labelled(label, if *yes { "yes" } else { "no" })),
        Value::Number(number) => {
            let number = number.to_string();
            if !sentence.split(|c: char| !c.is_ascii_digit()).any(|word| word == number) {
                list.push(labelled(label, &number));
            }
        }
        Value::String(text) => {
            let text = readable(text);
            if !text.is_empty() && text.parse::<Uuid>().is_err() && !sentence.contains(&text) {
                list.push(labelled(label, &text));
            }
        }
        Value::Array(all) => all.iter().for_each(|one| flatten(label, one, sentence, list)),
        Value::Object(all) => {
            for (key, value) in all {
                let key = readable(key);
                let label = if label.is_empty() { key } else { format!("{label}, {key}") };
                flatten(&label, value, sentence, list);
            }
        }
    }
}

fn labelled(label: &str, value: &str) -> String {
    capital(&if label.is_empty() { value.to_owned() } else { format!("{label}: {value}") })
}

/// A key such as `reset_password` without its lines; other texts as they are.
fn readable(text: &str) -> String {
    let key = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if key { text.replace('_', " ") } else { text.to_owned() }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_a_short_list_of_what_the_sentence_does_not_say() {
        let list = |json: &str, sentence: &str| match facts(json, sentence) {
            Said::List(list) => list,
            Said::Nothing => Vec::new(),
            other => panic!("{other:?}"),
        };
        let moved = r#"{"number":"LA-1","entries":4,"restricted_cases":2,"again":true,"id":"018f0000-0000-7000-8000-000000000001"}"#;
        assert_eq!(list(moved, "imported the case LA-1 with 4 entries"), ["Again: yes", "Restricted cases: 2"]);
        assert_eq!(list(r#"{"deleted":{"users":1},"kept":null}"#, ""), ["Deleted, users: 1"]);
        assert_eq!(list(r#"["number","due"]"#, ""), ["Number", "Due"]);
        assert_eq!(facts("{}", ""), Said::Nothing);
        assert_eq!(facts("as it came", ""), Said::Words("as it came".into()));
    }

    #[test]
    fn days_and_moments_are_told_by_their_form() {
        let zone = Zone::named("Europe/Berlin");
        let Some(Said::Moment(shown)) = day_or_moment(&zone, "2026-07-01T22:30:00.123456Z") else { panic!("no moment") };
        assert_eq!(shown.text, "2 Jul 2026, 00:30");
        let Some(Said::Day(shown)) = day_or_moment(&zone, "2026-07-01") else { panic!("no day") };
        assert_eq!(shown.shown(), "1 Jul 2026");
        for other in ["2026", "LA-2026-01", "2026-99-99", "1.1.2026 T or Z", "äöü-äöü-äö"] {
            assert_eq!(day_or_moment(&zone, other), None, "{other}");
        }
    }

    #[test]
    fn keys_become_words_and_nobodys_text_is_changed() {
        assert_eq!(readable("reset_password"), "reset password");
        assert_eq!(readable("Reset_Password"), "Reset_Password");
        assert_eq!(capital("über"), "Über");
        assert_eq!(place("case/LA-1"), "The case LA-1");
        assert_eq!(place("case/LA-1/018f"), "A changed entry of the case LA-1");
        assert_eq!(place("case/LA-1/closing"), "The closing of the case LA-1");
        assert_eq!(place("case/new"), "A new case");
    }
}
