//! Where accounts, memberships and sessions live.
//!
//! These tables are read before an organisation is known, so their statements are global; each names the person, the
//! token or the organisation that it is about.

mod authority;
mod links;
mod members;
mod people;
mod sessions;

pub(super) use authority::*;
pub(super) use links::*;
pub(super) use members::*;
pub use people::*;
pub(super) use sessions::*;

use crate::ids::{Id, kinds};

type UserId = Id<kinds::User>;
type OrgId = Id<kinds::Org>;
