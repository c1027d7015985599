//! What is held about an account holder, and what they can do about it: see it, correct it, take it with them, object,
//! delete the account, close the organisation.
//!
//! Nothing here is listed by hand: [`held()`] walks the registry of personal data, and so does [`erase()`]. What they
//! know together, no page and no package can leave out.
//!
//! For others (a rights request that was proved by mail leads to the same work):
//!
//! - [`held()`]: everything held about one [`crate::accounts::Person`], as tables.
//! - [`package()`]: the same as a signed ZIP file.
//! - [`erase()`]: erases a person at once and answers with the certificate. A legal hold, or an organisation that would
//!   lose its only owner, refuses it.
//! - [`ask_deletion()`]: the same after the thirty days in which the person may change their mind.
//! - [`close_organisation()`] and [`erase_organisation()`]: the same two steps for an organisation.
//! - [`replay()`]: at the start, erases again what a backup has brought back.
//! - [`sign()`], [`verify()`]: the signature of this instance, whose key stands under [`KEY_PATH`].
//!
//! These pages are for people who are signed in, and yet they are HTML and forms alone: no script is sent with them.

pub mod api;

mod closing;
mod deletion;
mod download;
mod erasure;
mod erasure_log;
mod held;
mod objection;
mod package;
mod pages;
mod reading;
mod replay;
mod restriction;
mod shown;
mod signature;

pub use closing::{Erased, close_organisation, erase_due_organisation, erase_organisation};
pub use deletion::{ask_deletion, deletion_of};
pub use download::routes;
pub use erasure::{Certificate, erase, erase_due};
pub use held::{Held, Omitted, Section, held};
pub use package::{SCHEMA_PATH, package, packaged};
pub use pages::{ClosePage, DeletePage, MinePage};
pub use replay::replay;
pub use restriction::{
    END_JOB as RESTRICTION_END_JOB, announce_end, letter as restriction_letter, restrict, restriction_of, run_restriction_end,
};
pub use signature::{KEY_PATH, public_key, sign, verify, verify_with};

pub(in crate::privacy) use erasure_log::note_released;
pub(in crate::privacy) use held::{begin, theirs};
pub(in crate::privacy) use objection::{can_be_switched_off, object_for};
pub(in crate::privacy) use reading::LOOK;

#[cfg(test)]
mod erasure_log_tests;
#[cfg(test)]
mod hold_tests;
#[cfg(test)]
mod name_tests;
#[cfg(test)]
mod tests;
