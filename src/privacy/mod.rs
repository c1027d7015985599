//! What this installation promises about personal data, published where everybody can read it.
//!
//! The policy is a text in thirteen sections; each clause has an id that never changes, and code, tests and pages refer
//! to it by that id. [`policy`] publishes its versions; `trust` says of each clause what makes it hold, which tests show
//! that, and how they went. [`consent`] asks before anything is kept in a browser that need not be. The pages here need
//! no sign-in.

pub mod consent;
pub mod policy;

// Pages for visitors are no part of the WASM.
#[cfg(feature = "ssr")]
mod accessibility;
#[cfg(feature = "ssr")]
mod cookies;
#[cfg(feature = "ssr")]
mod loading;
#[cfg(feature = "ssr")]
pub mod mine;
#[cfg(feature = "ssr")]
pub mod registry;
#[cfg(feature = "ssr")]
pub mod requests;
#[cfg(feature = "ssr")]
pub mod retention;
#[cfg(feature = "ssr")]
pub mod selftest;
#[cfg(feature = "ssr")]
pub mod trust;

#[cfg(feature = "ssr")]
pub use accessibility::AccessibilityPage;
#[cfg(feature = "ssr")]
pub use cookies::CookiesPage;
#[cfg(feature = "ssr")]
pub(crate) use loading::loaded;

/// What is published here for machines, and what stays at its address for ever.
#[cfg(feature = "ssr")]
pub fn routes() -> axum::Router<crate::server::state::State> {
    policy::routes().merge(trust::routes())
}
