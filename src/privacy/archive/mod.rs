//! The organisation owns its case data, so its owners can take everything along: at any time, also while the organisation
//! is being closed.
//!
//! An archive is a ZIP of every table that is the organisation's, to read, to load elsewhere, and to check. What always
//! holds: what goes in and what stays out follows from one list ([`parts`]), which a test compares with the registry, so
//! that a new table cannot be forgotten; it shows one moment, whatever is written meanwhile; nothing of another
//! organisation is in it. It is made by a job that can be killed at any point and begins anew, is never whole in memory,
//! lies sealed in pieces in the database for seven days, so that any process can hand it out, and goes with them.
//!
//! An owner sees restricted cases in it, and notes that are for supervisors or for their author alone: the page says so
//! before, and the record afterwards.

pub mod api;
pub mod model;

mod cells;
mod command;
mod contents;
mod download;
mod job;
mod order;
mod page;
mod parts;
mod reading;
mod restore;
mod schema;
mod specimen;
mod store;
mod write;

pub use command::{export_file, import_file};
pub use contents::Made;
pub use download::routes;
pub use job::{END_JOB, run_end, run_job};
pub use order::{JOB, end_all};
pub use page::ExportPage;
pub use specimen::store_specimen;

pub(in crate::privacy) use job::unseal as opened;

use crate::ids::{Id, kinds};

/// Where the schema of an archive is published.
pub const SCHEMA_PATH: &str = "/privacy/archive-1.schema.json";

/// Where the page stands.
const PAGE: &str = "/settings/export";

type ArchiveId = Id<kinds::Archive>;

#[cfg(test)]
mod tests;
