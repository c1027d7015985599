//! Case data: the organisation is controller, and we keep it on its behalf. Account holders show in it as those who did
//! the work.

use super::model::{Category, Column, Erasure, Purpose, Rows, Subject, Table, author, fact, moment, time, value};

const BY_ORGANISATION: &str = "As the organisation decides. It is deleted 30 days after the organisation is closed.";
const WORK: Erasure = Erasure::Keep("It belongs to the organisation.");

/// How an organisation works: nobody's data.
const fn setting(name: &'static str, about: &'static str) -> Table {
    Table::of(name, about).tenant().keep(BY_ORGANISATION, &[])
}

/// What an organisation writes about people.
const fn content(name: &'static str, about: &'static str) -> Table {
    Table::of(name, about)
        .whose(Subject::Organisation, Rows::OfOrganisation)
        .what(Category::CaseContent, Purpose::Casework)
        .erase(WORK)
        .keep(BY_ORGANISATION, &[])
}

const fn org() -> Column {
    fact("org_id", "Organisation")
}

pub(super) static TABLES: &[Table] = &[
    setting("case_types", "Case types")
        .needed_while("exists (select 1 from cases c where c.org_id = case_types.org_id and c.type_id = case_types.id)")
        .columns(&[
            org(),
            fact("id", "Case type"),
            fact("key", "Key"),
            fact("name", "Name"),
            fact("number_format", "Number format"),
            fact("default_due_days", "Days until due"),
            fact("position", "Position"),
            moment("created_at", "Created"),
            moment("archived_at", "Archived"),
            fact("version", "Version"),
        ]),
    setting("case_states", "States of a case type")
        .needed_while("exists (select 1 from cases c where c.org_id = case_states.org_id and c.type_id = case_states.type_id)")
        .columns(&[
            org(),
            fact("type_id", "Case type"),
            fact("key", "Key"),
            fact("name", "Name"),
            fact("kind", "Kind"),
            fact("position", "Position"),
        ]),
    setting("case_transitions", "Moves between states").columns(&[
        org(),
        fact("type_id", "Case type"),
        fact("from_key", "From"),
        fact("to_key", "To"),
        fact("name", "Name"),
        fact("required", "What must be filled in"),
        fact("position", "Position"),
    ]),
    setting("case_fields", "Fields of a case type")
        .needed_while("exists (select 1 from cases c where c.org_id = case_fields.org_id and c.type_id = case_fields.type_id)")
        .columns(&[
            org(),
            fact("type_id", "Case type"),
            fact("key", "Key"),
            fact("label", "Label"),
            fact("kind", "Kind"),
            fact("options", "Options"),
            fact("required", "Required"),
            fact("position", "Position"),
            moment("archived_at", "Archived"),
        ]),
    setting("case_series", "Counters of case numbers").columns(&[org(), fact("series", "Series"), fact("next", "Next number")]),
    content("cases", "Cases").of_cases(&["cases.id"]).columns(&[
        org(),
        fact("id", "Case"),
        fact("type_id", "Case type"),
        value("number", "Number"),
        value("title", "Title"),
        value("search_text", "Title as it is searched"),
        value("state_key", "State"),
        fact("state_kind", "Open, waiting or closed"),
        author("assignee_id", "Assigned to"),
        value("assignee_label", "Assigned to somebody without an account"),
        value("channel", "Channel"),
        fact("priority", "Priority"),
        value("due_on", "Due").like("2026-02-28"),
        time("opened_at", "Opened"),
        time("closed_at", "Closed"),
        value("closed_on", "Day of closing").like("2026-02-27"),
        fact("restricted", "Restricted"),
        value("external_id", "Id elsewhere"),
        value("fields", "Fields"),
        author("created_by", "Opened by"),
        time("created_at", "Created"),
        time("updated_at", "Changed"),
        fact("version", "Version"),
    ]),
    content("case_tags", "Tags of cases").of_cases(&["case_tags.case_id"]).columns(&[org(), value("tag", "Tag"), fact("case_id", "Case")]),
    content("case_terms", "Tags, channels and names that filters offer").columns(&[org(), fact("kind", "Kind"), value("term", "Term")]),
    Table::of("case_viewers", "Restricted cases that you may see")
        .of_cases(&["case_viewers.case_id"])
        .whose(Subject::Member, Rows::OfMember("user_id"))
        .what(Category::Membership, Purpose::Casework)
        .erase(Erasure::Row)
        .keep("As long as the case is restricted and you are named on it.", &[])
        .columns(&[
            org(),
            value("case_id", "Case"),
            value("user_id", "Account"),
            author("added_by", "Named by"),
            time("added_at", "Named"),
        ]),
    content("case_closures", "Closures of cases").of_cases(&["case_closures.case_id"]).columns(&[
        org(),
        fact("id", "Closure"),
        fact("case_id", "Case"),
        value("outcome", "Outcome"),
        value("reason", "Reason"),
        author("closed_by", "Closed by"),
        time("closed_at", "Closed"),
        author("reopened_by", "Reopened by"),
        time("reopened_at", "Reopened"),
    ]),
    content("case_links", "Links between cases").of_cases(&["case_links.case_id", "case_links.other_id"]).columns(&[
        org(),
        fact("case_id", "Case"),
        fact("other_id", "Other case"),
        fact("kind", "Kind"),
        author("created_by", "Linked by"),
        time("created_at", "Linked"),
    ]),
    setting("case_tallies", "Counts of cases").columns(&[
        org(),
        fact("type_id", "Case type"),
        fact("state_key", "State"),
        fact("cases", "How many"),
    ]),
    content("entries", "Entries in timelines").of_cases(&["entries.case_id"]).columns(&[
        org(),
        fact("id", "Entry"),
        fact("case_id", "Case"),
        fact("kind", "Kind"),
        time("occurred_at", "When it happened"),
        author("author_id", "Written by"),
        value("author_label", "Written by somebody without an account"),
        value("body", "Text"),
        value("body_html", "Text as it is shown"),
        fact("visibility", "Who sees it"),
        time("pinned_at", "Pinned"),
        value("external_id", "Id elsewhere"),
        time("created_at", "Written"),
        time("edited_at", "Edited"),
        fact("version", "Version"),
    ]),
    content("entry_revisions", "Earlier texts of entries")
        .of_cases(&["(select e.case_id from entries e where e.org_id = entry_revisions.org_id and e.id = entry_revisions.entry_id)"])
        .columns(&[
            org(),
            fact("entry_id", "Entry"),
            fact("version", "Version"),
            value("body", "Text"),
            author("written_by", "Written by"),
            time("written_at", "Written"),
            fact("visibility", "Who sees it"),
        ]),
    Table::of("drafts", "Texts that you have not saved yet")
        .whose(Subject::Member, Rows::OfMember("user_id"))
        .what(Category::CaseContent, Purpose::Account)
        .erase(Erasure::Row)
        .keep("Until you save or throw them away, or delete your account.", &[])
        .columns(&[
            value("org_id", "Organisation").what(Category::Membership),
            value("user_id", "Account").what(Category::Technical),
            value("place", "Where"),
            value("body", "Text"),
            fact("kind", "Kind"),
            fact("visibility", "Who is to see it"),
            value("occurred", "When it happened"),
            time("updated_at", "Written").what(Category::Activity),
        ]),
    Table::of("list_columns", "Columns that you chose for lists")
        .whose(Subject::Member, Rows::OfMember("user_id"))
        .what(Category::Preferences, Purpose::Account)
        .erase(Erasure::Row)
        .keep("Until you choose others or delete your account.", &[])
        .columns(&[
            value("org_id", "Organisation").what(Category::Membership),
            value("user_id", "Account").what(Category::Technical),
            value("columns", "Columns").like("[\"{}\"]"),
        ]),
];
