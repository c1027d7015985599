//! Cases: what an organisation works on, from the first report to the outcome.
//!
//! A case is of a type, and the type says through which states it may move and which fields it has. What always holds:
//!
//! - A case is closed because a closure says who, when and with what outcome; reopening ends the closure.
//! - Whoever saves names the version that they read. What others changed meanwhile stays; what both
//!   changed is refused with both values.
//! - A restricted case shows nowhere but to the members named on it: not in lists, counts, search or links.
//! - Access (who may see) is apart from assignment (who does the work).
//! - Every change is in the audit chain and, where people should notice it, in the timeline.
//!
//! What it is not: the people a case is about, its documents and its tasks have features of their own.

pub mod api;
pub mod model;
pub mod views;

// What has a state of its own in the browser.
pub mod draft;
pub mod words;

pub use model::{CaseType, Catalogue, EntryKind, FieldDef, FieldKind, Priority, StateKind, Visibility};

#[cfg(feature = "ssr")]
pub mod filter;
#[cfg(feature = "ssr")]
pub mod parse;
#[cfg(feature = "ssr")]
pub mod presets;

#[cfg(feature = "ssr")]
mod access;
#[cfg(feature = "ssr")]
mod columns;
#[cfg(feature = "ssr")]
mod composer;
#[cfg(feature = "ssr")]
mod edit;
#[cfg(feature = "ssr")]
mod entry;
#[cfg(feature = "ssr")]
mod fields;
#[cfg(feature = "ssr")]
mod filters;
#[cfg(feature = "ssr")]
mod home;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod looking;
#[cfg(feature = "ssr")]
mod merge;
#[cfg(feature = "ssr")]
mod new;
#[cfg(feature = "ssr")]
mod row;
#[cfg(feature = "ssr")]
mod show;
#[cfg(feature = "ssr")]
mod side;
#[cfg(feature = "ssr")]
mod steps;
#[cfg(feature = "ssr")]
mod timeline;

#[cfg(feature = "ssr")]
pub use access::AccessPage;
#[cfg(feature = "ssr")]
pub use home::HomePage;
#[cfg(feature = "ssr")]
pub use list::ListPage;
#[cfg(feature = "ssr")]
pub use new::NewPage;
#[cfg(feature = "ssr")]
pub use show::CasePage;

#[cfg(feature = "ssr")]
mod bring_in;
#[cfg(feature = "ssr")]
mod bring_over;
#[cfg(feature = "ssr")]
mod change;
#[cfg(feature = "ssr")]
mod chips;
#[cfg(feature = "ssr")]
mod entries;
#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
mod facts;
#[cfg(feature = "ssr")]
mod forget;
#[cfg(feature = "ssr")]
mod handing;
#[cfg(feature = "ssr")]
mod held;
#[cfg(feature = "ssr")]
mod keeping;
#[cfg(feature = "ssr")]
mod lifecycle;
#[cfg(feature = "ssr")]
mod linking;
#[cfg(feature = "ssr")]
mod markdown;
#[cfg(feature = "ssr")]
mod offer;
#[cfg(feature = "ssr")]
mod origins;
#[cfg(feature = "ssr")]
mod read;
#[cfg(feature = "ssr")]
mod rendering;
#[cfg(feature = "ssr")]
mod restriction;
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use bring_in::{Arrival, Arrived, Certainty, Incoming, IncomingEntry, Told, bring_in};
#[cfg(feature = "ssr")]
pub use export::routes;
#[cfg(feature = "ssr")]
pub use forget::{forget_in_record, forget_name};
#[cfg(feature = "ssr")]
pub use handing::{end_sight, hand_over};
#[cfg(feature = "ssr")]
pub use held::{Held, SHOWN, held};
#[cfg(feature = "ssr")]
pub use offer::{READS, RESTRICTED};
#[cfg(feature = "ssr")]
pub use origins::{Source, source, sources};
#[cfg(feature = "ssr")]
pub use read::{catalogue, visible_case};
#[cfg(feature = "ssr")]
pub use rendering::{JOB as RENDER_NOTES, run_job as render_notes};
#[cfg(feature = "ssr")]
pub use store::{add_presets, id_of_number, to_be_changed};

#[cfg(all(test, feature = "ssr"))]
pub mod testing;
#[cfg(all(test, feature = "ssr"))]
mod tests;
