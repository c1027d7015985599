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

/// Names of columns whose values may never be a field of a log line.
pub fn never_logged() -> std::collections::BTreeSet<&'static str> {
    let private = |facts: &Facts| facts.subject != Subject::Nobody && facts.category.private() && facts.column.kind != Kind::Time;
    columns().filter(private).map(|facts| facts.column.name).collect()
}
