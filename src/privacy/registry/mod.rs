//! The registry of personal data: every column of every table, described once.
//!
//! Whose data a column holds, of what kind, what for, on which legal basis, for how long, whether the person gets it
//! with a copy of their data, and what erasing the person does to it. A test compares it with the live schema of both
//! engines: a column without an entry fails, and so does an entry without a column. So nothing personal is stored that
//! is not known here, and what follows from it cannot forget anything: the retention table and its daily run, the
//! record of processing, the copy of one's data, the plan of erasure, and the words that never stand in a log line.
//!
//! A new table is a few lines in the file of its area. A new area is a file, and a line in [`AREAS`].

mod accounts;
mod archives;
mod audit;
mod cases;
mod consent;
mod imports;
mod machine;
pub mod model;
mod page;
mod policy;
pub mod processing;
mod requests;
mod rights;
mod terms;

#[cfg(test)]
mod tests;

pub use page::{ProcessingPage, routes};

use std::{collections::BTreeSet, sync::LazyLock};

use model::{Facts, Kind, Subject, Sweep, Table};

/// The areas, in the order of the migrations: what refers to something stands after it.
static AREAS: &[&[Table]] = &[
    accounts::TABLES,
    machine::TABLES,
    cases::TABLES,
    audit::TABLES,
    imports::TABLES,
    consent::TABLES,
    policy::TABLES,
    requests::TABLES,
    rights::TABLES,
    archives::TABLES,
];

/// Every table.
pub fn tables() -> impl DoubleEndedIterator<Item = &'static Table> {
    AREAS.iter().flat_map(|area| area.iter())
}

/// The table of that name.
pub fn table(name: &str) -> Option<&'static Table> {
    tables().find(|table| table.name == name)
}

/// Every column.
pub fn columns() -> impl Iterator<Item = Facts> {
    tables().flat_map(Table::all)
}

/// Every rule of the daily run, with its table.
pub fn sweeps() -> impl Iterator<Item = (&'static Table, &'static Sweep)> {
    tables().flat_map(|table| table.sweeps.iter().map(move |sweep| (table, sweep)))
}

/// Where a line of the log has a reason to name what is private otherwise: a file, and a field.
const REASONS: [(&str, &str); 5] = [
    // Where no mail is sent, the log is the operator's mailbox.
    ("src/server/mail.rs", "to"),
    ("src/server/mail.rs", "subject"),
    ("src/server/mail.rs", "body"),
    // Why a job failed: sentences of the program, never of a person.
    ("src/server/jobs.rs", "reason"),
    // The address on which this process listens.
    ("src/command/serve.rs", "address"),
];

/// Whether a line may stand in the log: no field of it has the name of a private column, or has a reason to. A test holds
/// the lines of this program to it; this holds those of the libraries in it to it as well.
pub fn may_be_logged(line: &tracing::Metadata<'_>) -> bool {
    static NEVER: LazyLock<BTreeSet<&str>> = LazyLock::new(never_logged);
    let file = line.file().unwrap_or_default();
    line.fields().iter().all(|field| !NEVER.contains(field.name()) || REASONS.contains(&(file, field.name())))
}

/// Names of columns whose values may never be a field of a log line.
fn never_logged() -> BTreeSet<&'static str> {
    let private = |facts: &Facts| facts.subject != Subject::Nobody && facts.category.private() && facts.column.kind != Kind::Time;
    columns().filter(private).map(|facts| facts.column.name).collect()
}
