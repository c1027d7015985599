//! The privacy policy: texts that this program brings, versions that an operator has published, and who was told.
//!
//! An *edition* is a text with variables. A *version* is an edition that this installation's operator has published in
//! their own name, by `casetrakr policy publish`. What always holds:
//!
//! - A version never changes and is never removed; the database refuses both. Its hash is the SHA-256 of the very bytes
//!   that its address answers, so anybody can check it with no tool of ours.
//! - Nothing is published while a variable is open, nor a change that matters less than 30 days ahead where anybody has
//!   an account. Publishing, the record of it, and the mail to everybody commit together.
//! - An acknowledgement says which version a person was shown. It is never taken for consent.
//!
//! Until an operator publishes, `/privacy` shows the newest edition with its blanks marked, and says so.

mod news;

pub use news::{News, PolicyNews};

#[cfg(feature = "ssr")]
mod changes;
#[cfg(feature = "ssr")]
mod diff;
#[cfg(feature = "ssr")]
pub mod editions;
#[cfg(feature = "ssr")]
pub mod feed;
#[cfg(feature = "ssr")]
mod model;
#[cfg(feature = "ssr")]
pub mod publish;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod show;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod versions;

#[cfg(feature = "ssr")]
pub use changes::ChangesPage;
#[cfg(feature = "ssr")]
pub use routes::routes;
#[cfg(feature = "ssr")]
pub use show::PolicyPage;
#[cfg(feature = "ssr")]
pub use store::{Shown, Version, by_hash, in_force, shown, shown_in};
#[cfg(feature = "ssr")]
pub use versions::VersionsPage;

#[cfg(all(test, feature = "ssr"))]
mod tests;
