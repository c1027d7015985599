use super::*;
use crate::{
    cases::{
        FieldDef, FieldKind, StateKind,
        model::{Colleague, State},
    },
    ids::Id,
    server::time::iso,
};

fn field(key: &str, kind: FieldKind) -> FieldDef {
    FieldDef { key: key.into(), label: key.into(), kind, options: vec!["Red".into(), "Blue".into()], required: true }
}

fn translator(columns: &[&str]) -> Translator {
    let state = |key: &str, kind| State { key: key.into(), name: key.to_uppercase(), kind };
    let case_type = CaseType {
        id: Id::fresh(),
        key: "t".into(),
        name: "T".into(),
        number_format: String::new(),
        default_due_days: None,
        states: vec![state("new", StateKind::Open), state("wait", StateKind::Waiting), state("done", StateKind::Closed)],
        transitions: Vec::new(),
        fields: vec![field("day", FieldKind::Date), field("colour", FieldKind::Choice), field("who", FieldKind::Member)],
    };
    let member = |name: &str| Colleague { id: Id::fresh(), name: name.into(), works: true };
    let catalogue =
        Catalogue { types: vec![case_type.clone()], members: vec![member("Ann"), member("Bob"), member("bob")], ..Catalogue::default() };
    let mapping =
        Mapping { case_type: Some(case_type.id), columns: columns.iter().map(|c| (*c).to_owned()).collect(), ..Mapping::default() };
    let header: Vec<String> = columns.iter().map(|c| format!("<{c}>")).collect();
    Translator::new(&catalogue, &mapping, (&header, &Findings::default()), Zone::named("Europe/Amsterdam"), Instant(7)).unwrap()
}

fn rows(rows: &[&[&str]]) -> Vec<TextRow> {
    rows.iter()
        .zip(2..)
        .map(|(cells, line)| TextRow { line, cells: cells.iter().map(|c| (*c).to_owned()).collect(), ..TextRow::default() })
        .collect()
}

fn one(columns: &[&str], cells: &[&str]) -> Result<Incoming, String> {
    let mut row = vec!["A"];
    row.extend_from_slice(cells);
    let mut all = vec!["case_id"];
    all.extend_from_slice(columns);
    let mut read = translator(&all).cases(rows(&[&row]));
    match read.rejects.first() {
        Some(reject) => Err(format!("{}|{}|{}", reject.column_name, reject.reason, reject.cure)),
        None => Ok(read.cases.remove(0).0),
    }
}

#[test]
fn dates_are_instants_in_the_organisations_zone() {
    let opened = |cell: &str| one(&["opened"], &[cell]).map(|case| iso(case.opened_at.unwrap()));
    for (cell, expected) in [
        ("2011-10-11", "2011-10-10T22:00:00Z"),
        ("11.10.2011", "2011-10-10T22:00:00Z"),
        ("1.2.2011 9:05", "2011-02-01T08:05:00Z"),
        ("2011-10-11 13:42:22.688000+02:00", "2011-10-11T11:42:22.688Z"),
        ("2011-10-11T13:42", "2011-10-11T11:42:00Z"),
    ] {
        assert_eq!(opened(cell).as_deref(), Ok(expected), "{cell}");
    }
    for cell in ["10/11/2011", "1-2-2011"] {
        assert!(opened(cell).unwrap_err().contains("can be"), "{cell}");
    }
    for cell in ["2011-13-01", "yesterday", "31.02.2011", "99999-01-01", "1-2-2011-3"] {
        assert!(opened(cell).unwrap_err().contains("is no date"), "{cell}");
    }
    for (cell, day) in [
        ("2011-10-11", "2011-10-11"),
        ("2011-10-11 00:00:00", "2011-10-11"),
        ("2011-10-11T00:00:00", "2011-10-11"),
        ("11.10.2011 23:59", "2011-10-11"),
        // A day that another program wrote as a moment, and a moment.
        ("2011-10-11T00:00:00Z", "2011-10-11"),
        ("2011-10-11T00:00:00-05:00", "2011-10-11"),
        ("2011-10-11T23:59:59.999+09:00", "2011-10-11"),
        ("2011-10-11T22:30:00Z", "2011-10-12"),
        ("9999-12-31", "9999-12-31"),
    ] {
        assert_eq!(one(&["due"], &[cell]).map(|case| case.due_on.unwrap().to_string()).as_deref(), Ok(day), "{cell}");
    }
    assert!(one(&["due"], &["1799-12-31"]).is_err() && one(&["due"], &["2011-02-29"]).is_err());
    assert_eq!(one(&["field:day"], &["2011-12-06 23:30:00+00:00"]).unwrap().fields["day"], "2011-12-07");
}

#[test]
fn people_are_found_by_name_and_kept_as_labels_otherwise() {
    assert!(one(&["assignee"], &[" ann "]).unwrap().assignee.is_some());
    for label in ["Resource11", "Bob"] {
        let case = one(&["assignee"], &[label]).unwrap();
        assert_eq!((case.assignee, case.assignee_label.as_deref()), (None, Some(label)));
    }
    assert!(one(&["field:who"], &["Bob"]).unwrap_err().contains("is no member"));
}

#[test]
fn a_state_is_known_by_name_or_kind_and_other_words_are_asked_about() {
    assert_eq!(one(&["state"], &["Wait"]).unwrap().state.as_deref(), Some("wait"));
    assert_eq!(one(&["state"], &["open"]).unwrap().state.as_deref(), Some("new"));
    assert_eq!(one(&["state", "closed"], &["DONE", "2011-01-02"]).unwrap().state.as_deref(), Some("done"));
    assert!(one(&["state"], &["lost"]).unwrap_err().contains("NEW, WAIT, DONE"));
    let read = translator(&["case_id", "state"]).cases(rows(&[&["A", "In Progress"], &["B", "In Progress"], &["C", "new"]]));
    assert_eq!((read.words.as_slice(), read.cases.len()), (["In Progress".to_owned(), "In Progress".to_owned()].as_slice(), 1));
}

#[test]
fn a_contradiction_about_the_end_has_a_rule_and_loses_nothing() {
    let read = |columns: &[&str], cells: &[&str]| {
        let mut read = translator(columns).cases(rows(&[cells]));
        (read.cases.remove(0).0, read.remarks.into_iter().map(|(topic, _)| topic).collect::<Vec<_>>())
    };
    let columns = ["case_id", "state", "closed", "opened", "outcome"];
    let (case, topics) = read(&columns, &["A", "closed", "", "2011-01-02", "Settled"]);
    assert_eq!((case.closed_at, topics.as_slice()), (case.opened_at, [Topic::ClosedWithoutDate].as_slice()));
    assert_eq!((case.outcome.as_str(), case.entries.len()), ("Settled", 0));
    let (case, topics) = read(&columns, &["A", "new", "2011-02-03", "2011-01-02", "Settled"]);
    assert_eq!((case.closed_at, case.outcome.as_str()), (None, ""));
    assert_eq!(topics, [Topic::DateWithoutClosed, Topic::OutcomeWithoutClosed]);
    assert!(case.entries[0].body.contains("3 Feb 2011") && case.entries[1].body.contains("Settled"));
    let (case, topics) = read(&columns, &["A", "", "2011-02-03", "2011-01-02", "Settled"]);
    assert_eq!((case.outcome.as_str(), topics.len()), ("Settled", 0));
}

#[test]
fn what_differs_between_rows_of_a_case_is_told_and_tags_are_gathered() {
    let columns = ["case_id", "title", "tag", "assignee"];
    let read = translator(&columns).cases(rows(&[
        &["N", "Two matters", "Damp", ""],
        &["N", "Two matters", "Noise, damp", "Bob"],
        &["N", "Another", "", "Ann"],
    ]));
    let case = &read.cases[0].0;
    let tags: std::collections::BTreeSet<&str> = case.tags.iter().map(String::as_str).collect();
    assert_eq!((case.title.as_str(), tags.into_iter().collect::<Vec<_>>()), ("Two matters", vec!["damp", "noise"]));
    assert_eq!(case.assignee_label.as_deref(), Some("Bob"));
    let told: Vec<(&str, &str, &str)> =
        read.remarks.iter().map(|(_, remark)| (remark.field.as_str(), remark.here.as_str(), remark.file.as_str())).collect();
    assert_eq!(told, [("<title>", "Two matters", "Another"), ("<assignee>", "Bob", "Ann")]);
    assert!(read.rejects.is_empty());
}

#[test]
fn rows_without_an_id_are_cases_known_by_what_they_say() {
    let mut translator = translator(&["title", "entry_text"]);
    translator.mapping.without_id = true;
    let ids = |all: &[&[&str]]| translator.cases(rows(all)).cases.into_iter().map(|(case, _)| case.external_id).collect::<Vec<_>>();
    let (first, again) = (ids(&[&["Leak", "x"], &["Leak", "x"], &["Noise", "x"]]), ids(&[&["Noise", "x"], &["Leak", "x"], &["Leak", "x"]]));
    assert_eq!((first.len(), &first), (3, &again));
    assert!(first.iter().all(|id| id.starts_with('~')));
}

#[test]
fn every_problem_of_a_row_is_told_at_once() {
    let told = one(&["priority", "field:colour", "opened"], &["soon", "green", "x"]).unwrap_err();
    assert!(told.starts_with("<priority>, <field:colour>, <opened>|"), "{told}");
    assert!(told.contains("Red, Blue") && told.contains("low, normal, high or urgent"));
}

#[test]
fn an_empty_cell_says_nothing() {
    let case = one(&["priority", "field:colour", "opened", "title", "closed"], &["", " ", "", "", ""]).unwrap();
    assert_eq!((case.title.as_str(), case.fields.len(), case.opened_at, case.closed_at), ("A", 0, Some(Instant(7)), None));
}

#[test]
fn rows_become_entries_known_by_their_ids_or_their_content() {
    let columns = ["case_id", "entry_id", "entry_text", "entry_time", "entry_author"];
    let Translated { cases, rejects, .. } = translator(&columns).cases(rows(&[
        &["A", "1", "start", "2011-01-02", "x"],
        &["A", "1", "complete", "2011-01-03", "x"],
        &["A", "1", "start", "2011-01-02", "x"],
        &["A", "", "loose", "2011-01-04", "Ann"],
        &["A", "", "loose", "2011-01-04", "Ann"],
        &["A", "", "", "2011-01-04", ""],
        &["A", "", "", "", ""],
    ]));
    let entries = &cases[0].0.entries;
    assert_eq!(entries.iter().map(|e| e.body.as_str()).collect::<Vec<_>>(), ["start", "complete", "loose", "loose"]);
    assert_eq!(entries[0].external_id, "1");
    assert!(entries[1].external_id.starts_with("1~") && entries[2].external_id.ends_with("-1") && entries[3].external_id.ends_with("-2"));
    assert!(entries[3].author_id.is_some() && entries[3].author_label.is_none());
    assert_eq!(rejects.iter().map(|r| r.line).collect::<Vec<_>>(), [7]);
    // Opened by nobody's word: when the first thing happened.
    assert_eq!(cases[0].0.opened_at.map(iso).as_deref(), Some("2011-01-01T23:00:00Z"));
}

#[test]
fn two_case_ids_that_came_together_by_chance_stay_two_cases() {
    let Translated { cases, .. } = translator(&["case_id", "title"]).cases(rows(&[&["A", "a"], &["B", "b"], &["A", "a"]]));
    assert_eq!(cases.iter().map(|(case, _)| case.title.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

proptest::proptest! {
    #[test]
    fn no_cell_makes_it_panic(cells in proptest::collection::vec("\\PC{0,40}", 9)) {
        let columns = ["opened", "closed", "due", "state", "priority", "tag", "field:day", "field:colour", "entry_time"];
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let _ = one(&columns, &cells);
    }
}

#[test]
fn a_row_that_does_not_say_what_happened_still_says_what_it_says_of_its_case() {
    let read = translator(&["case_id", "entry_id", "tag", "entry_text"])
        .cases(rows(&[&["A", "1", "Leaks", "A leak"], &["A", "2", "Complaint Handling", ""]]));
    assert!(read.rejects.is_empty());
    let case = &read.cases[0].0;
    assert_eq!((case.tags.len(), case.entries.len()), (2, 1));
}

#[test]
fn an_id_that_a_spreadsheet_has_shortened_joins_no_cases() {
    let read =
        translator(&["case_id", "title"]).cases(rows(&[&["1.23E+05", "one"], &["1,23E+15", "two"], &["1E5", "three"], &["2E+A", "four"]]));
    assert_eq!(read.rejects.len(), 2);
    assert!(read.rejects[0].reason.contains("has shortened") && read.rejects[0].cure.contains("as text"), "{:?}", read.rejects);
    assert_eq!(read.cases.len(), 2);
}

#[test]
fn a_sum_below_the_table_is_no_case() {
    let read = translator(&["case_id", "title"]).cases(rows(&[&["1", "one"], &["Total:", ""], &["Totality", "a case"]]));
    assert_eq!((read.cases.len(), read.rejects.len()), (2, 1));
    assert!(read.rejects[0].reason.contains("line below the table"), "{:?}", read.rejects);
}

#[test]
fn what_says_that_there_is_nothing_costs_no_row() {
    let case = one(&["priority", "field:colour", "due", "opened"], &["N/A", "-", "#N/A", "NULL"]).unwrap();
    assert_eq!((case.priority, case.fields.len(), case.due_on), (None, 0, None));
}
