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
//! only by the admins of the first organisation: whoever sets an instance up makes it, they run the instance, and so
//! they are the controller; to show rows of everybody to the admins of every other organisation would tell one customer
//! what the people of another do.
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
pub use model::{Choice, ConsentFacts};

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
mod appearance;
#[cfg(feature = "ssr")]
mod carry;
#[cfg(feature = "ssr")]
mod choices;
#[cfg(feature = "ssr")]
mod cookie;
#[cfg(feature = "ssr")]
mod events;
#[cfg(feature = "ssr")]
mod jar;
#[cfg(feature = "ssr")]
mod looks;
#[cfg(feature = "ssr")]
mod post;
#[cfg(feature = "ssr")]
mod receipt;
#[cfg(feature = "ssr")]
pub mod registry;
#[cfg(feature = "ssr")]
mod retire;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod usage;
#[cfg(feature = "ssr")]
pub mod verify;

#[cfg(feature = "ssr")]
pub use appearance::AppearancePage;
#[cfg(feature = "ssr")]
pub use banner::banner_html;
#[cfg(feature = "ssr")]
pub use carry::carry;
#[cfg(feature = "ssr")]
pub use choices::ChoicesPage;
#[cfg(feature = "ssr")]
pub use looks::{Looks, remember_columns, remembered_columns};
#[cfg(feature = "ssr")]
pub use post::routes;
#[cfg(feature = "ssr")]
pub use retire::{COUNT_MONTHS, EVENT_DAYS, RECEIPT_YEARS, RETIRE_JOB, retire};
#[cfg(feature = "ssr")]
pub use state::Consent;
#[cfg(feature = "ssr")]
pub use usage::UsagePage;

#[cfg(all(test, feature = "ssr"))]
mod tests;
