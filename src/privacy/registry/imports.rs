//! Bringing in cases from files: case data of the organisation.

use super::model::{Category, Column, Erasure, Purpose, Rows, Subject, Table, author, fact, time, value};

const KEEP: &str = "Until the import is removed from the list. It is deleted 30 days after the organisation is closed.";
/// Ids and words are kept as long as the cases: without them the next file could not be told from a new one.
const LASTING: &str = "As long as the organisation. It is deleted 30 days after the organisation is closed.";

const fn content(name: &'static str, about: &'static str) -> Table {
    Table::of(name, about)
        .whose(Subject::Organisation, Rows::OfOrganisation)
        .what(Category::CaseContent, Purpose::Casework)
        .erase(Erasure::Keep("It belongs to the organisation."))
        .keep(KEEP, &[])
}

const fn org() -> Column {
    fact("org_id", "Organisation")
}

pub(super) static TABLES: &[Table] = &[
    content("imports", "Imports").columns(&[
        org(),
        fact("id", "Import"),
        fact("type_id", "Case type"),
        value("file_name", "Name of the file"),
        fact("bytes", "Size"),
        fact("delimiter", "Delimiter"),
        fact("encoding", "Encoding"),
        value("header", "Headings"),
        value("sample", "First rows"),
        value("findings", "How the file is written"),
        value("mapping", "Which column is what"),
        value("profile", "What stands in the columns"),
        fact("status", "Status"),
        value("report", "Report"),
        fact("rows_total", "Rows"),
        fact("rows_done", "Rows done"),
        author("created_by", "Begun by"),
        time("created_at", "Begun"),
        time("finished_at", "Ended"),
        fact("version", "Version"),
    ]),
    content("import_chunks", "Pieces of files, until the import has ended").columns(&[
        org(),
        fact("import_id", "Import"),
        fact("part", "Piece"),
        value("bytes", "Content"),
    ]),
    content("import_rejects", "Rows that were left out").columns(&[
        org(),
        fact("import_id", "Import"),
        fact("line", "Line"),
        fact("column_name", "Column"),
        value("reason", "Reason"),
        value("cure", "What to do"),
        value("cells", "The row"),
    ]),
    content("import_mappings", "How columns were matched before").columns(&[
        org(),
        fact("fingerprint", "Hash of the headings"),
        value("mapping", "Which column is what"),
        time("used_at", "Last used"),
    ]),
    content("import_sources", "Systems that cases came from")
        .keep(LASTING, &[])
        .needed_while("exists (select 1 from case_origins o where o.org_id = import_sources.org_id and o.source_id = import_sources.id)")
        .columns(&[
            org(),
            fact("id", "Source"),
            value("name", "Name"),
            value("name_folded", "Name as it is compared"),
            time("created_at", "First used"),
            time("used_at", "Last used"),
        ]),
    content("case_origins", "Ids of cases in the systems that they came from")
        .keep(LASTING, &[])
        .of_cases(&["case_origins.case_id"])
        .columns(&[
            org(),
            fact("source_id", "Source"),
            value("external_id", "Id there"),
            fact("case_id", "Case"),
            value("base", "What the source said of it last"),
            time("brought_at", "Last brought in"),
        ]),
    content("import_states", "What words for states mean here").keep(LASTING, &[]).columns(&[
        org(),
        fact("type_id", "Case type"),
        fact("source_id", "Source"),
        value("word", "Word"),
        fact("state_key", "State"),
    ]),
];
