//! What one organisation, account or network may take of an installation that it shares with others. The database counts,
//! in the transaction that would add one more.

use super::{scope::ScopedTx, store, throttle};
use crate::{
    count::counted,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{config::is_over, db::Tx, state::State, visit::Visit},
};

const DAY: i64 = 86_400;

/// Refuses to found more from one network than in an hour.
pub(super) async fn found_from_here(visit: &Visit) -> Answer<()> {
    match visit.state.config.quotas.organisations_per_hour {
        0 => Ok(()),
        most => throttle::hourly_limit(visit, "found-organisation", most).await,
    }
}

/// Refuses where an account owns more than it may, the one that it has just founded among them.
pub(super) async fn own_one_more(state: &State, tx: &mut Tx, user: Id<kinds::User>) -> Answer<()> {
    let most = state.config.quotas.organisations_per_account;
    if is_over(store::owned(tx, user).await?, most) {
        return Err(Fault::field(
            "organisation",
            format!(
                "You own {} here, and nobody founds more. Leave or close one first, or ask whoever runs this installation.",
                counted(most.into(), "organisation", "organisations")
            ),
        ));
    }
    Ok(())
}

/// Refuses where an organisation has sent more invitations in a day than it may, the newest among them.
pub(super) async fn invite_one_more(tx: &mut ScopedTx) -> Answer<()> {
    let quotas = tx.scope.state.config.quotas.clone();
    let since = tx.scope.state.clock.now().plus_seconds(-DAY);
    let young = store::founded_at(tx).await? > since;
    let most = if young { quotas.invitations_first_day } else { quotas.invitations_per_day };
    if is_over(store::invited_since(tx, since).await?, most) {
        let first = if young { " on its first day" } else { "" };
        return Err(Fault::field(
            "email",
            format!(
                "Your organisation has sent {}{first}, which is the most in a day. Go on tomorrow.",
                counted(most.into(), "invitation", "invitations")
            ),
        ));
    }
    Ok(())
}
