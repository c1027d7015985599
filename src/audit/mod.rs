//! The record of who did what.
//!
//! What always holds: an event commits in the transaction of the change that it tells of. The events of an
//! organisation form one chain, `hash = H(previous ‖ canonical event ‖ commitment)`, numbered without gaps. What is
//! personal in an event is no part of the chain: it lies beside it, sealed with the key of its subject, and the chain
//! holds only a commitment to it. Destroying the key makes the values unreadable, and the chain still verifies.
//!
//! Who is a member stands in an event as an id, see [`crate::accounts::mention`]; the name is put in by whoever reads it.
//!
//! What concerns an account and no organisation is in the chain of the operator, whose id is nil. It also holds the
//! birth, the checkpoints and the lawful end of every other chain, so that none can disappear; and its own newest link,
//! with those of all the others, lies in a file beside the database ([`marker`]), so that an older database shows.
//!
//! Events commit to what rows hold ([`hold_of_case`]), so that a change behind the product shows; and what is erased, is
//! erased by an event ([`shred`]), so that nothing else can pass for erased.

pub mod api;
mod history;
pub mod model;

pub use history::{CaseHistoryPage, RecordPage};
pub use model::{Change, Told};

mod begin;
mod checkpoint;
mod erasure;
mod hold;
mod latest;
pub mod marker;
mod numbers;
mod reading;
mod sealed;
mod store;
pub mod verify;
mod watched;

pub use begin::{adopt, begin, fix};
pub use checkpoint::note_heads;
pub use erasure::{blank_values, keep_only_held, note_erased_name, shred};
pub use hold::{digest, hold_change_of_case, hold_of_case, hold_of_organisation};
pub use latest::{last_by, saved_by};
pub use reading::history_of;
pub use sealed::{opened, opened_value, restore_value, sealed_subjects};
pub use store::{
    Checkpoint, Event, checkpoint, has_led_through, head_signature, record, record_account, record_account_with, record_in,
    record_operator, start_chain,
};
pub(crate) use watched::watched;
pub use watched::{Rows, Watched, hold_row};

#[cfg(test)]
mod tests;
