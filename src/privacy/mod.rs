//! What this installation promises about personal data, published where everybody can read it.
//!
//! The policy is a text in thirteen sections; each clause has an id that never changes, and code, tests and pages refer
//! to it by that id. The pages here need no sign-in. This is the first version of the policy; it is not the store of
//! versions, the consent banner or the rights desk, which come with features of their own.

mod accessibility;
mod cookies;
mod policy;
mod text;

pub use accessibility::AccessibilityPage;
pub use cookies::CookiesPage;
pub use policy::{LAST_UPDATED, PolicyPage};
