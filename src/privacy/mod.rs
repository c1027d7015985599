//! What this installation promises about personal data, published where everybody can read it.
//!
//! The policy is a text in thirteen sections; each clause has an id that never changes, and code, tests and pages refer
//! to it by that id. [`policy`] publishes its versions; `trust` says of each clause what makes it hold, which tests show
//! that, and how they went. [`consent`] asks before anything is kept in a browser that need not be. The pages here need
//! no sign-in.

pub mod consent;
pub mod policy;

mod accessibility;
pub mod archive;
mod cookies;
pub mod mine;
mod parcel;
pub mod registry;
pub mod requests;
pub mod retention;
pub mod selftest;
pub mod trust;

pub use accessibility::AccessibilityPage;
pub use cookies::CookiesPage;

/// What is published here for machines, and what stays at its address for ever.
pub fn routes() -> axum::Router<crate::server::state::State> {
    policy::routes().merge(trust::routes())
}
