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

mod changes;
mod diff;
pub mod editions;
pub mod feed;
mod model;
pub mod publish;
mod render;
mod routes;
mod show;
mod store;
mod versions;

pub use changes::ChangesPage;
pub use routes::routes;
pub use show::PolicyPage;
pub use store::{Shown, Version, by_hash, held, in_force, shown, shown_in};
pub use versions::VersionsPage;

#[cfg(test)]
mod tests;
