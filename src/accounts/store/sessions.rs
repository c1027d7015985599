//! Sessions, found by the hash of their token.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    accounts::session::Session,
    audit,
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Tx, global_sql},
        state::State,
        visit::Visit,
    },
};

use super::{OrgId, UserId};

/// A session that was last seen before this moment is over.
pub(super) fn idle_since(state: &State) -> Instant {
    state.clock.now().plus_seconds(-60 * i64::from(state.config.sessions.idle_minutes))
}

pub(in crate::accounts) async fn session_by_token(visit: &Visit, token_hash: &[u8]) -> Answer<Option<Session>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select s.id, s.user_id, u.name, u.email, u.email_verified_at, u.restricted_at, s.created_at, s.last_seen_at,
                    m.org_id, o.name as org_name, o.time_zone, o.locale, o.catalogue_version, m.role,
                    c.notice_version as consent_notice, c.preferences as consent_preferences, c.analytics as consent_analytics,
                    c.method as consent_method, c.chosen_at as consent_at,
                    p.hash as policy_hash, p.effective_at as policy_effective_at,
                    k.erase_after as closing_at, d.erase_after as leaving_at,
                    exists (select 1 from operators p where p.user_id = s.user_id) as operator
             from sessions s
             join users u on u.id = s.user_id
             left join memberships m on m.org_id = s.org_id and m.user_id = s.user_id and m.left_at is null
             left join organisations o on o.id = m.org_id
             left join account_consents c on c.user_id = s.user_id
             left join policy_versions p on p.number = (select max(number) from policy_versions)
               and not exists (
                 select 1 from acknowledgements a
                 where a.user_id = s.user_id and a.document = 'privacy' and a.document_version = p.hash)
             left join organisation_closures k on k.organisation = o.id
             left join account_deletions d on d.user_id = s.user_id and d.erased_at is null
             where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3"
        ))
        .bind(token_hash.to_vec())
        .bind(visit.state.clock.now())
        .bind(idle_since(&visit.state))
        .optional()
        .await?)
}

/// Whose session has or had this token, for as long as that is known.
pub(in crate::accounts) async fn account_of_token(visit: &Visit, token_hash: &[u8]) -> Answer<Option<UserId>> {
    let found = visit.db.global(global_sql!("select user_id from sessions where token_hash = $1"));
    Ok(found.bind(token_hash.to_vec()).optional_scalar().await?)
}

pub(in crate::accounts) async fn touch_session(visit: &Visit, id: Id<kinds::Session>) -> Answer<()> {
    visit
        .state
        .db
        .global(global_sql!(
            "update sessions set
               last_seen_at = $2,
               address = case when exists (select 1 from objections o where o.user_id = sessions.user_id and o.purpose = 'security') then $5 else $3 end,
               user_agent = case when exists (select 1 from objections o where o.user_id = sessions.user_id and o.purpose = 'security') then '' else $4 end
             where id = $1"
        ))
        .bind(id)
        .bind(visit.state.clock.now())
        .bind(visit.facts.address.to_string())
        .bind(visit.facts.user_agent.clone())
        .bind(visit.facts.network())
        .execute()
        .await?;
    Ok(())
}

/// Begins a session. A person has so many at once; of more, the one that has been idle the longest ends.
pub(in crate::accounts) async fn begin_session(visit: &Visit, user: UserId, token_hash: Vec<u8>, org: Option<OrgId>) -> Answer<()> {
    let now = visit.state.clock.now();
    let mut tx = visit.state.db.begin().await?;
    // Of two who sign in at once, each counts the other's.
    tx.global(global_sql!("update users set version = version where id = $1")).bind(user).execute().await?;
    tx.global(global_sql!(
        "insert into sessions
           (id, token_hash, user_id, org_id, created_at, last_seen_at, expires_at, address, user_agent)
         values ($1, $2, $3,
           (select org_id from memberships where user_id = $3 and left_at is null
            order by case when org_id = $9 then 0 else 1 end, joined_at desc limit 1),
           $4, $4, $5,
           case when exists (select 1 from objections where user_id = $3 and purpose = 'security') then $8 else $6 end,
           case when exists (select 1 from objections where user_id = $3 and purpose = 'security') then '' else $7 end)"
    ))
    .bind(Uuid::now_v7())
    .bind(token_hash)
    .bind(user)
    .bind(now)
    .bind(now.plus_seconds(i64::from(visit.state.config.sessions.absolute_hours) * 3600))
    .bind(visit.facts.address.to_string())
    .bind(visit.facts.user_agent.clone())
    .bind(visit.facts.network())
    .bind(org)
    .execute()
    .await?;
    let ended = tx
        .global(global_sql!(
            "update sessions set revoked_at = $2
             where id in (
               select id from sessions
               where user_id = $1 and revoked_at is null and expires_at > $2 and last_seen_at > $3
               order by last_seen_at desc, id desc
               limit 1000 offset $4)"
        ))
        .bind(user)
        .bind(now)
        .bind(idle_since(&visit.state))
        .bind(i64::from(visit.state.config.sessions.per_account))
        .execute()
        .await?;
    if ended > 0 {
        audit::record_account(&visit.state, &mut tx, user, "account.idlest_session_ended").await?;
    }
    Ok(tx.commit().await?)
}

/// Whether somebody signed in to an account from this exact address within the time for which addresses are kept.
pub(in crate::accounts) async fn knows_address(visit: &Visit, user: Option<UserId>) -> Answer<bool> {
    let known: Option<i64> = visit
        .db
        .global(global_sql!("select cast(1 as bigint) from sessions where user_id = $1 and address = $2 limit 1"))
        .bind(user.unwrap_or(Id::nil()))
        .bind(visit.facts.address.to_string())
        .optional_scalar()
        .await?;
    Ok(known.is_some())
}

/// One of a person's sessions.
#[derive(FromRow)]
pub(in crate::accounts) struct SessionRow {
    pub id: Id<kinds::Session>,
    pub created_at: Instant,
    pub last_seen_at: Instant,
    pub address: String,
    pub user_agent: String,
}

pub(in crate::accounts) async fn sessions_of(visit: &Visit, user: UserId) -> Answer<Vec<SessionRow>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select id, created_at, last_seen_at, address, user_agent
             from sessions
             where user_id = $1 and revoked_at is null and expires_at > $2 and last_seen_at > $3
             order by last_seen_at desc"
        ))
        .bind(user)
        .bind(visit.state.clock.now())
        .bind(idle_since(&visit.state))
        .all()
        .await?)
}

/// Ends one session of a person; answers whether there was one.
pub(in crate::accounts) async fn revoke_session(state: &State, tx: &mut Tx, user: UserId, id: Id<kinds::Session>) -> Answer<bool> {
    let ended = tx
        .global(global_sql!("update sessions set revoked_at = $3 where user_id = $1 and id = $2 and revoked_at is null"))
        .bind(user)
        .bind(id)
        .bind(state.clock.now())
        .execute()
        .await?;
    if ended > 0 {
        audit::record_account(state, tx, user, "account.session_ended").await?;
    }
    Ok(ended > 0)
}

/// Ends every session of a person but one.
pub(in crate::accounts) async fn revoke_sessions(visit: &Visit, tx: &mut Tx, user: UserId, but: Option<Id<kinds::Session>>) -> Answer<()> {
    tx.global(global_sql!("update sessions set revoked_at = $3 where user_id = $1 and id <> $2 and revoked_at is null"))
        .bind(user)
        .bind(but.unwrap_or(Id::nil()))
        .bind(visit.state.clock.now())
        .execute()
        .await?;
    Ok(())
}
