//! People with an account, the organisations they belong to, and what each may do there.
//!
//! What always holds: a password is only ever kept as an argon2id hash, a token only as its SHA-256. An answer never
//! tells whether an address has an account. A session is looked up on every request, so ending it takes effect on the
//! next one. Whoever wants to touch an organisation's data needs a [`Scope`], and only a permission check makes one.
//!
//! It is not about the people whom cases are about: they never sign in.

pub mod api;
pub mod model;

mod again;

pub use again::SignInHere;
pub use model::{Permission, Role, Viewer};

#[cfg(feature = "ssr")]
mod forgotten;
#[cfg(feature = "ssr")]
mod invite;
#[cfg(feature = "ssr")]
mod login;
#[cfg(feature = "ssr")]
mod me;
#[cfg(feature = "ssr")]
mod members;
#[cfg(feature = "ssr")]
mod signup;

#[cfg(feature = "ssr")]
pub use forgotten::{ForgottenPage, ResetPage, SentPage, VerifyPage};
#[cfg(feature = "ssr")]
pub use invite::InvitePage;
#[cfg(feature = "ssr")]
pub use login::LoginPage;
#[cfg(feature = "ssr")]
pub use me::{MePage, SecurityPage};
#[cfg(feature = "ssr")]
pub use members::MembersPage;
#[cfg(feature = "ssr")]
pub use signup::SignUpPage;

#[cfg(feature = "ssr")]
mod address;
#[cfg(feature = "ssr")]
mod authority;
#[cfg(feature = "ssr")]
mod device;
#[cfg(feature = "ssr")]
mod file_form;
#[cfg(feature = "ssr")]
mod held;
#[cfg(feature = "ssr")]
mod membership;
#[cfg(feature = "ssr")]
mod mending;
#[cfg(feature = "ssr")]
mod mention;
#[cfg(feature = "ssr")]
mod namesake;
#[cfg(feature = "ssr")]
pub mod operator;
#[cfg(feature = "ssr")]
mod own;
#[cfg(feature = "ssr")]
mod password;
#[cfg(feature = "ssr")]
mod person;
#[cfg(feature = "ssr")]
mod quotas;
#[cfg(feature = "ssr")]
mod reauthentication;
#[cfg(feature = "ssr")]
mod scope;
#[cfg(feature = "ssr")]
mod session;
#[cfg(feature = "ssr")]
pub mod setup;
#[cfg(feature = "ssr")]
mod shown_for;
#[cfg(feature = "ssr")]
mod sign;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod throttle;
#[cfg(feature = "ssr")]
mod visitor_forms;

#[cfg(feature = "ssr")]
pub use address::{ask_change, claim_messages};
#[cfg(feature = "ssr")]
pub use file_form::{FileForm, Most, Part, Words, file_name};
#[cfg(feature = "ssr")]
pub use held::{HeldMembership, held_memberships, held_operators, held_organisation, hold_account, hold_locale, hold_name, hold_zone};
#[cfg(feature = "ssr")]
pub use membership::{leave, places};
#[cfg(feature = "ssr")]
pub use mending::mend_addresses;
#[cfg(feature = "ssr")]
pub use mention::{Names, mention};
#[cfg(feature = "ssr")]
pub use namesake::told_apart;
#[cfg(feature = "ssr")]
pub use own::device;
#[cfg(feature = "ssr")]
pub use person::Person;
#[cfg(feature = "ssr")]
pub use reauthentication::confirm;
#[cfg(feature = "ssr")]
pub use scope::{Actor, Scope, ScopedTx, anybody};
#[cfg(feature = "ssr")]
pub use session::{Session, SessionSlot, load_session, look_again, way_on};
#[cfg(feature = "ssr")]
pub use shown_for::{SHOWN_FOR_HEADER, Sent, ShownFor, named_elsewhere};
#[cfg(feature = "ssr")]
pub use store::{account_of, add_operator, forget_operator};
#[cfg(feature = "ssr")]
pub use throttle::{Letter, hourly_limit, may_write_to};
#[cfg(feature = "ssr")]
pub use visitor_forms::VISITOR_FORMS;

#[cfg(all(test, feature = "ssr"))]
mod tests;
