//! Bringing in cases from files: case data of the organisation.

use super::model::{Category, Column, Erasure, Purpose, Rows, Subject, Table, author, fact, time, value};

const KEEP: &str = "Until the import is removed from the list. It is deleted 30 days after the organisation is closed.";

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
        value("mapping", "Which column is what"),
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
];
