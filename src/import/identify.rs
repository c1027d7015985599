//! Which column says to which case a row belongs. A wrong guess brings rows together that have nothing to do with each
//! other, so where it is not clear there is none, and people are asked.

use super::{guess::words, profile::Profile};

/// Words that make a heading that of an id.
const ID_WORDS: &[&str] = &["id", "key", "number", "no", "nr", "num", "ref", "reference", "identifier"];
/// What a case is called elsewhere.
const CASES: &[&str] = &[
    "complaint",
    "request",
    "ticket",
    "incident",
    "file",
    "matter",
    "application",
    "claim",
    "enquiry",
    "inquiry",
    "report",
    "service",
    "issue",
    "permit",
    "dossier",
    "referral",
    "unique",
    "external",
    "sr",
];
/// Headings that say it in one word.
const WHOLE: &[&str] = &["zaaknummer", "aktenzeichen", "vorgangsnummer", "case concept name", "casetrakr id"];
/// Ids of something else than the case.
const OTHERS: &[&str] = &[
    "account",
    "activity",
    "agent",
    "agency",
    "bank",
    "building",
    "client",
    "company",
    "contact",
    "customer",
    "decision",
    "entry",
    "event",
    "flat",
    "house",
    "instance",
    "invoice",
    "landlord",
    "note",
    "officer",
    "order",
    "organisation",
    "organization",
    "parent",
    "person",
    "phone",
    "policy",
    "postal",
    "property",
    "related",
    "row",
    "source",
    "staff",
    "step",
    "street",
    "task",
    "telephone",
    "tenant",
    "user",
    "zip",
];

/// How surely a heading is that of the case's id.
pub(super) fn by_heading(heading: &str) -> u32 {
    let words = words(heading);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let of_case = words.iter().any(|word| word == "case" || word == "cases");
    if WHOLE.contains(&words.join(" ").as_str()) {
        return 10;
    }
    match (of_case, has(ID_WORDS), has(CASES), has(OTHERS)) {
        (true, true, _, false) => 10,
        (_, true, true, false) => 8,
        (true, true, _, true) => 4,
        // "Record no" is an id, and "id:title" is not: there two columns stand in one.
        (false, true, false, false) if words.len() <= 2 && words.last().is_some_and(|word| ID_WORDS.contains(&word.as_str())) => 5,
        (_, false, true, false) if words.len() == 1 => 3,
        _ => 0,
    }
}

/// The same, with what stands in the column.
fn score(heading: &str, profile: Option<&Profile>) -> u32 {
    let score = by_heading(heading);
    let Some(profile) = profile.filter(|profile| profile.rows > 0) else { return score };
    let like_ids = profile.like_ids * 10 >= profile.filled * 9;
    let mostly_filled = profile.filled * 2 >= profile.rows;
    let one_for_all = profile.distinct == 1 && profile.rows >= 5 && score < 10;
    if !like_ids || !mostly_filled || one_for_all {
        return 0;
    }
    match (score, profile.filled == profile.rows) {
        (0..8, false) => 0,
        (0..5, true) if !profile.is_unique() => 0,
        _ => score,
    }
}

/// The column, where it is clear which.
pub(super) fn case_column(header: &[String], profile: &[Profile]) -> Option<usize> {
    let scores: Vec<u32> = header.iter().enumerate().map(|(at, heading)| score(heading, profile.get(at))).collect();
    let best = scores.iter().copied().max().filter(|best| *best > 0)?;
    let mut tied = scores.iter().enumerate().filter(|(_, score)| **score == best).map(|(at, _)| at);
    let first = tied.next()?;
    // Two that are equally likely say the same only if they tell the same rows apart.
    let distinct = |at: usize| profile.get(at).map(|profile| profile.distinct);
    tied.all(|other| distinct(other) == distinct(first)).then_some(first)
}

/// Besides the id of a case that has several rows, the column that numbers the rows.
pub(super) fn row_column(header: &[String], profile: &[Profile], case: usize) -> Option<usize> {
    if profile.get(case).is_none_or(Profile::is_unique) {
        return None;
    }
    let numbers_rows = |at: &usize| {
        let words = words(header.get(*at).map_or("", String::as_str)).join(" ");
        *at != case
            && ["id", "record id", "row id", "line id", "record number", "row number"].contains(&words.as_str())
            && profile.get(*at).is_some_and(|profile| profile.is_unique() && profile.filled == profile.rows)
    };
    (0..header.len()).find(numbers_rows)
}

/// `1.23E+05`: what a spreadsheet makes of a long number.
pub(super) fn is_shortened(id: &str) -> bool {
    let Some((number, power)) = id.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    whole.len() == 1 && digits(whole) && digits(part) && power.strip_prefix('+').is_some_and(digits)
}

/// What stands before the sums below a table.
pub(super) fn is_sum(id: &str) -> bool {
    ["total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "totaal"]
        .contains(&id.trim_end_matches(':').to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column of a hundred rows with so many values, all like ids or none.
    fn column(distinct: u32, ids: bool) -> Profile {
        Profile { rows: 100, filled: 100, distinct, like_ids: if ids { 100 } else { 0 }, longest: 20, values: Vec::new() }
    }

    fn found(columns: &[(&str, u32, bool)]) -> Option<&'static str> {
        let header: Vec<String> = columns.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let profile: Vec<Profile> = columns.iter().map(|(_, distinct, ids)| column(*distinct, *ids)).collect();
        case_column(&header, &profile).map(|at| header[at].clone().leak() as &'static str)
    }

    #[test]
    fn the_id_is_found_by_its_heading_and_its_values() {
        for (columns, expected) in [
            (&[("Unique Key", 100, true), ("Complaint Type", 5, false)][..], Some("Unique Key")),
            (&[("unique_key", 100, true), ("incident_zip", 60, true), ("community_board", 40, true)], Some("unique_key")),
            (&[("Issue", 30, false), ("Sub-issue", 30, false), ("Complaint ID", 100, true)], Some("Complaint ID")),
            (&[("Record ID", 100, true), ("Case ID", 40, true), ("Source Decision ID", 40, true)], Some("Case ID")),
            (&[("Service Request Number", 100, true), ("Account Number", 80, true)], Some("Service Request Number")),
            (&[("Reference", 100, true), ("Title", 100, false)], Some("Reference")),
            (&[("Request Number", 100, true)], Some("Request Number")),
            // Nothing is an id, and two that disagree are none.
            (&[("Name", 100, false), ("Phone number", 100, true)], None),
            (&[("id:title", 100, true), ("in short:start", 100, false)], None),
            (&[("Ticket number", 100, true), ("Request number", 60, true)], None),
            (&[("Number", 40, true), ("Key", 100, true)], None),
            (&[("Status", 3, true), ("Issue", 3, true)], None),
        ] {
            assert_eq!(found(columns), expected, "{columns:?}");
        }
    }

    #[test]
    fn a_column_with_holes_is_an_id_only_by_its_name() {
        let holes = Profile { filled: 90, distinct: 90, like_ids: 90, ..column(90, true) };
        assert_eq!(case_column(&["Number".into()], std::slice::from_ref(&holes)), None);
        assert_eq!(case_column(&["Case id".into()], std::slice::from_ref(&holes)), Some(0));
    }

    #[test]
    fn rows_of_one_case_have_numbers_of_their_own() {
        let header = ["Record ID".to_owned(), "Case ID".to_owned()];
        assert_eq!(row_column(&header, &[column(100, true), column(40, true)], 1), Some(0));
        assert_eq!(row_column(&header, &[column(100, true), column(100, true)], 1), None);
    }
}
