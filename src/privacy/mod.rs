//! What this installation promises about personal data, published where everybody can read it.
//!
//! The policy is a text in thirteen sections; each clause has an id that never changes, and code, tests and pages refer
//! to it by that id. The pages here need no sign-in. This is the first version of the policy; it is not the store of
//! versions, the consent banner or the rights desk, which come with features of their own.

// Pages for visitors are no part of the WASM.
#[cfg(feature = "ssr")]
mod accessibility;
#[cfg(feature = "ssr")]
mod cookies;
#[cfg(feature = "ssr")]
mod policy;
#[cfg(feature = "ssr")]
pub mod requests;
#[cfg(feature = "ssr")]
mod text;

#[cfg(feature = "ssr")]
pub use accessibility::AccessibilityPage;
#[cfg(feature = "ssr")]
pub use cookies::CookiesPage;
#[cfg(feature = "ssr")]
pub use policy::{LAST_UPDATED, PolicyPage};
