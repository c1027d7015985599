//! What this installation promises about personal data, published where everybody can read it.
//!
//! The policy is a text in thirteen sections; each clause has an id that never changes, and code, tests and pages refer
//! to it by that id. The pages here need no sign-in. Consent has a room of its own, [`consent`].

pub mod consent;

// Pages for visitors are no part of the WASM.
#[cfg(feature = "ssr")]
mod accessibility;
#[cfg(feature = "ssr")]
mod cookies;
#[cfg(feature = "ssr")]
mod policy;
#[cfg(feature = "ssr")]
mod text;

#[cfg(feature = "ssr")]
pub use accessibility::AccessibilityPage;
#[cfg(feature = "ssr")]
pub use cookies::CookiesPage;
#[cfg(feature = "ssr")]
pub use policy::{LAST_UPDATED, PolicyPage};
