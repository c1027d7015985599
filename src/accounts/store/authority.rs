//! What somebody's authority rests on, read in the transaction that acts and kept as it is until that ends.

use sqlx::FromRow;

use super::{OrgId, UserId, sessions::idle_since};
use crate::{
    accounts::model::Role,
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Tx, global_sql},
        state::State,
    },
};

type SessionId = Id<kinds::Session>;

/// A membership as it is now.
#[derive(FromRow)]
pub(in crate::accounts) struct Held {
    /// What the member is.
    pub role: Role,
    /// When the organisation is erased, where it is being closed.
    pub closing_at: Option<Instant>,
}

/// The membership for which a session acts, while both last.
pub(in crate::accounts) async fn held_by_session(state: &State, tx: &mut Tx, session: SessionId, org: OrgId) -> Answer<Option<Held>> {
    Ok(tx
        .global(global_sql!(
            sqlite: "select m.role, c.erase_after as closing_at
                     from sessions s
                     join memberships m on m.user_id = s.user_id and m.left_at is null
                     left join organisation_closures c on c.organisation = m.org_id
                     where s.id = $1 and m.org_id = $2 and s.revoked_at is null and s.expires_at > $3 and s.last_seen_at > $4",
            postgres: "select m.role, c.erase_after as closing_at
                       from sessions s
                       join memberships m on m.user_id = s.user_id and m.left_at is null
                       left join organisation_closures c on c.organisation = m.org_id
                       where s.id = $1 and m.org_id = $2 and s.revoked_at is null and s.expires_at > $3 and s.last_seen_at > $4
                       for share of s, m",
        ))
        .bind(session)
        .bind(org)
        .bind(state.clock.now())
        .bind(idle_since(state))
        .optional()
        .await?)
}

/// The same for background work, which has no session.
pub(in crate::accounts) async fn held_by_member(tx: &mut Tx, org: OrgId, user: UserId) -> Answer<Option<Held>> {
    Ok(tx
        .global(global_sql!(
            sqlite: "select m.role, c.erase_after as closing_at
                     from memberships m
                     left join organisation_closures c on c.organisation = m.org_id
                     where m.org_id = $1 and m.user_id = $2 and m.left_at is null",
            postgres: "select m.role, c.erase_after as closing_at
                       from memberships m
                       left join organisation_closures c on c.organisation = m.org_id
                       where m.org_id = $1 and m.user_id = $2 and m.left_at is null
                       for share of m",
        ))
        .bind(org)
        .bind(user)
        .optional()
        .await?)
}

/// Whether a session lasts and its person looks after the installation's requests.
pub(in crate::accounts) async fn is_operator(state: &State, tx: &mut Tx, session: SessionId) -> Answer<bool> {
    let found: Option<i64> = tx
        .global(global_sql!(
            sqlite: "select cast(1 as bigint) from sessions s join operators p on p.user_id = s.user_id
                     where s.id = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3",
            postgres: "select cast(1 as bigint) from sessions s join operators p on p.user_id = s.user_id
                       where s.id = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3
                       for share of s, p",
        ))
        .bind(session)
        .bind(state.clock.now())
        .bind(idle_since(state))
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Whether a session lasts. Nothing is kept as it is: this only says why something else was not found.
pub(in crate::accounts) async fn session_is_there(state: &State, tx: &mut Tx, session: SessionId) -> Answer<bool> {
    let found: Option<i64> = tx
        .global(global_sql!(
            "select cast(1 as bigint) from sessions where id = $1 and revoked_at is null and expires_at > $2 and last_seen_at > $3"
        ))
        .bind(session)
        .bind(state.clock.now())
        .bind(idle_since(state))
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Whether a session lasts, for what its person does with their own account: one such thing at a time, so that two never
/// wait for each other.
pub(in crate::accounts) async fn session_lives(state: &State, tx: &mut Tx, session: SessionId) -> Answer<bool> {
    let found: Option<i64> = tx
        .global(global_sql!(
            sqlite: "select cast(1 as bigint) from users u join sessions s on s.user_id = u.id
                     where s.id = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3",
            postgres: "select cast(1 as bigint) from users u join sessions s on s.user_id = u.id
                       where s.id = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3
                       for no key update of u, s",
        ))
        .bind(session)
        .bind(state.clock.now())
        .bind(idle_since(state))
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}
