//! The record of who did what.
//!
//! What always holds: an event commits in the transaction of the change that it tells of. The events of an
//! organisation form one chain, `hash = H(previous ‖ canonical event ‖ commitment)`, numbered without gaps. What is
//! personal in an event is no part of the chain: it lies beside it, sealed with the key of its subject, and the chain
//! holds only a commitment to it. Destroying the key makes the values unreadable, and the chain still verifies.
//!
//! Who is a member stands in an event as an id, see [`crate::accounts::mention`]; the name is put in by whoever reads it.
//!
//! What concerns an account and no organisation is in the chain of the operator, whose id is nil.

pub mod api;
mod history;
pub mod model;

pub use history::{CaseHistoryPage, RecordPage};
pub use model::{Change, Told};

mod blank;
mod latest;
mod store;
pub mod verify;

pub use blank::{blank_values, keep_only_held};
pub use latest::last_by;
pub use store::{
    Checkpoint, Event, checkpoint, head_signature, history_of, opened, opened_value, record, record_account, record_account_with,
    record_in, record_operator, restore_value, sealed_subjects, shred, start_chain,
};

#[cfg(test)]
mod tests;
