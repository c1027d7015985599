//! Consent to what is not necessary: asked once, kept as a receipt, and what it switches.
//!
//! There are three categories and no marketing. *Necessary* is always on. *Preferences* lets a browser remember how
//! things look; *analytics* lets the server count pages and a few actions. Both are off until somebody says yes.
//!
//! What always holds. The choice is a signed cookie that only the server writes, and it stands on a receipt that was
//! committed, with an event in the operator's chain, before the cookie left. Refusing takes the same button as
//! accepting. Before a choice there is no other cookie, no storage and no event. Whatever is off is off on the server:
//! a cookie of a category that is not allowed is removed with the next answer, and its rows with it. A browser's
//! signal (Global Privacy Control, Do Not Track) is a no to analytics, unless the person says yes on that browser.
//! Signed in, the newest explicit choice wins, and never turns on what this browser refused.
//!
//! What is counted can be seen by those whom it is about and by those who answer for it. Everybody sees the rows of their
//! own browser. The sums a day hold nothing of anybody, so whoever manages an organisation sees them. All rows are seen
//! only by operators: they run the instance, and so they are the controller; to show rows of everybody to the admins of
//! an organisation would tell one customer what the people of another do.
//!
//! It is not about the people in cases; their consents belong to the organisation that runs the case.
//!
//! To read: [`model`] (categories and choices), `registry` (THE list of what a browser may hold), `notice` (what is
//! asked, and its versions), `banner` (how), `state` (what is in force for a request), `post` (answering), `carry`
//! (the middleware that acts on it), `events` (the closed list of what may be counted).

mod banner;
pub mod model;
pub mod notice;

pub use banner::Banner;
pub use model::{COUNT_DAYS, Choice, ConsentFacts, EVENT_DAYS, RECEIPT_YEARS};

pub mod api;
mod appearance;
mod carry;
mod choices;
mod cookie;
mod events;
mod jar;
mod looks;
mod post;
mod receipt;
pub mod registry;
mod state;
mod store;
mod usage;
pub mod verify;

pub use appearance::AppearancePage;
pub use banner::banner_html;
pub use carry::carry;
pub use choices::ChoicesPage;
#[cfg(test)]
pub use events::PAGES;
pub use looks::{Looks, remember_columns, remembered_columns};
pub use post::routes;
pub use receipt::told;
pub use state::Consent;
pub use store::withdraw_for;
pub use usage::UsagePage;

#[cfg(test)]
mod tests;
