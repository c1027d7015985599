//! Bringing in real cases from a file.
//!
//! A file is uploaded (and lies in the database in pieces), its columns are matched to what they become, it is tried
//! out, and then imported by a job in the background. What always holds:
//!
//! - The rows of one case id become one case with its entries, wherever in the file they stand.
//! - A bad row is left out, with line, column and cure, and never stops the others.
//! - A case and an entry are known by the ids of the system they come from, and the system by its name. The same file
//!   again changes nothing; what changed there is brought up to date, and what people have edited here since is never
//!   overwritten, but told.
//! - Progress commits together with the cases that it counts, so a job that was killed goes on where it stopped.
//! - Trying out runs the very same work and rolls it back.
//!
//! Memory: a file of 200 MB needs about 150 MB. The first pass keeps 16 bytes a row (a hash of the case id, place, line);
//! the second reads the rows of one case after the other through a cache of 64 MB.

mod answers;
pub mod api;
mod asked;
pub mod model;
mod notes;
pub mod report;

mod columns;
mod list;
mod outcome;
mod show;
mod working;

pub use list::ImportsPage;
pub use report::Report;
pub use show::ImportPage;

mod abandoned;
mod cells;
mod command;
mod dates;
mod evidence;
mod file;
mod findings;
mod guess;
mod identify;
mod index;
mod intake;
mod lengths;
mod look;
mod mapping_file;
mod profile;
mod reading;
mod rejected;
mod rows;
mod run;
mod sniff;
mod states;
mod store;
mod text;
mod translate;
mod upload;
mod utf16;

pub use abandoned::{JOB as ABANDONED_JOB, run_job as run_abandoned};
pub use answers::Answers;
pub use command::{Ran, Wish, import_file};
pub use reading::Wanted;
pub use run::run_job;
pub use sniff::named as delimiter;
pub use upload::routes;

#[cfg(test)]
mod tests;
