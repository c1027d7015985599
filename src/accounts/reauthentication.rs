//! Asking for the password again before something that cannot be undone.

use super::{
    password::{self, Checked},
    session::{self, Session},
    store,
    throttle::{self, Bucket},
};
use crate::{
    fault::{Answer, Fault},
    server::visit::{Visit, visit},
};

/// The session in hand, whose person has just typed their password again.
///
/// # Errors
/// [`Fault::Invalid`] at the field `password`, [`Fault::TooMany`] after several wrong ones.
pub async fn confirm(given: &str) -> Answer<Session> {
    let visit = visit()?;
    let me = session::current()?;
    if !is_mine(&visit, &me, given).await? {
        return Err(Fault::field("password", "This is not your password."));
    }
    Ok(me)
}

/// Whether that is the person's password. After several wrong ones they have to wait.
pub(super) async fn is_mine(visit: &Visit, me: &Session, given: &str) -> Answer<bool> {
    // Of this sign-in alone: whoever has got hold of another keeps the owner from nothing.
    let bucket = Bucket::new(&visit.state, &["confirm", &me.id.to_string()], 2);
    throttle::reserve(visit, std::slice::from_ref(&bucket)).await?;
    let account = store::account(&visit.db, me.user_id).await?;
    if matches!(password::check(&visit.state, &visit.facts.prefix(), given, Some(account.password_hash)).await?, Checked::Wrong) {
        return Ok(false);
    }
    throttle::forgive(visit, &bucket).await?;
    Ok(true)
}
