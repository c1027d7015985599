//! Authority is read again in the transaction that acts. A request is judged when its head arrives, and its body may take
//! a minute to follow: a session, a membership or a permission that ended meanwhile acts no more.
//!
//! On PostgreSQL the rows that were read stay locked until the transaction ends, so whoever takes the authority away waits
//! for what is under way, and what begins afterwards finds it gone. On SQLite one transaction writes at a time.

use super::{
    model::Permission,
    scope::{Actor, NO_MEMBER},
    store,
};
use crate::{
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{db::Tx, state::State},
};

/// On what somebody's actions rest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Authority {
    /// A signed-in member with this permission.
    Member { session: Id<kinds::Session>, needs: Permission },
    /// A member with this permission, for whom background work goes on.
    Background { needs: Permission },
    /// A signed-in operator of the installation.
    Operator { session: Id<kinds::Session> },
}

impl Authority {
    /// The actor as they are now, if they still may.
    pub async fn confirm(self, state: &State, tx: &mut Tx, actor: &Actor) -> Answer<Actor> {
        match self {
            Self::Member { session, needs } => {
                let held = store::held_by_session(state, tx, session, actor.org).await?;
                let Some(held) = held else { return Err(lost(state, tx, session, NO_MEMBER).await?) };
                permitted(actor, held, needs)
            }
            Self::Background { needs } => {
                let held = store::held_by_member(tx, actor.org, actor.user).await?;
                permitted(actor, held.ok_or_else(|| Fault::forbidden(NO_MEMBER))?, needs)
            }
            Self::Operator { session } => {
                if store::is_operator(state, tx, session).await? {
                    return Ok(actor.clone());
                }
                Err(lost(state, tx, session, "You do not look after the requests of this installation any more. Nothing was changed.")
                    .await?)
            }
        }
    }
}

fn permitted(actor: &Actor, held: store::Held, needs: Permission) -> Answer<Actor> {
    let actor = Actor { role: held.role, closing_at: held.closing_at, ..actor.clone() };
    actor.may(needs)?;
    Ok(actor)
}

/// Why nothing was found: the session is over, or what it stood for.
async fn lost(state: &State, tx: &mut Tx, session: Id<kinds::Session>, reason: &str) -> Answer<Fault> {
    Ok(if store::session_is_there(state, tx, session).await? { Fault::forbidden(reason) } else { Fault::SignIn })
}
