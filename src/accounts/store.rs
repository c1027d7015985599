//! Where accounts, memberships and sessions live.
//!
//! These tables are read before an organisation is known, so their statements are global; each names the person, the
//! token or the organisation that it is about.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    model::{POLICY_VERSION, Role},
    scope::{Actor, Scope, ScopedTx},
    session::Session,
};
use crate::{
    audit,
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        db::{Db, Tx, global_sql, sql},
        mail::{self, Mail},
        secret,
        state::State,
        time::Zone,
        visit::Visit,
    },
};

type UserId = Id<kinds::User>;
type OrgId = Id<kinds::Org>;

/// What an address is compared by.
pub(super) fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

// Sessions.

pub(super) async fn session_by_token(visit: &Visit, token_hash: &[u8]) -> Answer<Option<Session>> {
    let now = visit.state.clock.now();
    let idle = i64::from(visit.state.config.sessions.idle_minutes) * 60;
    Ok(visit
        .db
        .global(global_sql!(
            "select s.id, s.user_id, u.name, u.email, u.email_verified_at, s.created_at, s.last_seen_at,
                    m.org_id, o.name as org_name, o.time_zone, m.role
             from sessions s
             join users u on u.id = s.user_id
             left join memberships m on m.org_id = s.org_id and m.user_id = s.user_id and m.left_at is null
             left join organisations o on o.id = m.org_id
             where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3"
        ))
        .bind(token_hash.to_vec())
        .bind(now)
        .bind(now.plus_seconds(-idle))
        .optional()
        .await?)
}

pub(super) async fn touch_session(visit: &Visit, id: Id<kinds::Session>) -> Answer<()> {
    visit
        .state
        .db
        .global(global_sql!("update sessions set last_seen_at = $2, address = $3, user_agent = $4 where id = $1"))
        .bind(id)
        .bind(visit.state.clock.now())
        .bind(visit.facts.address.to_string())
        .bind(visit.facts.user_agent.clone())
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn begin_session(visit: &Visit, user: UserId, token_hash: Vec<u8>) -> Answer<()> {
    let now = visit.state.clock.now();
    visit
        .state
        .db
        .global(global_sql!(
            "insert into sessions
               (id, token_hash, user_id, org_id, created_at, last_seen_at, expires_at, address, user_agent)
             values ($1, $2, $3,
               (select org_id from memberships where user_id = $3 and left_at is null order by joined_at desc limit 1),
               $4, $4, $5, $6, $7)"
        ))
        .bind(Uuid::now_v7())
        .bind(token_hash)
        .bind(user)
        .bind(now)
        .bind(now.plus_seconds(i64::from(visit.state.config.sessions.absolute_hours) * 3600))
        .bind(visit.facts.address.to_string())
        .bind(visit.facts.user_agent.clone())
        .execute()
        .await?;
    Ok(())
}

/// One of a person's sessions.
#[derive(FromRow)]
pub(super) struct SessionRow {
    pub id: Id<kinds::Session>,
    pub created_at: Instant,
    pub last_seen_at: Instant,
    pub address: String,
    pub user_agent: String,
}

pub(super) async fn sessions_of(visit: &Visit, user: UserId) -> Answer<Vec<SessionRow>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select id, created_at, last_seen_at, address, user_agent
             from sessions
             where user_id = $1 and revoked_at is null and expires_at > $2
             order by last_seen_at desc"
        ))
        .bind(user)
        .bind(visit.state.clock.now())
        .all()
        .await?)
}

/// Ends one session of a person; answers whether there was one.
pub(super) async fn revoke_session(visit: &Visit, user: UserId, id: Id<kinds::Session>) -> Answer<bool> {
    let mut tx = visit.state.db.begin().await?;
    let ended = tx
        .global(global_sql!("update sessions set revoked_at = $3 where user_id = $1 and id = $2 and revoked_at is null"))
        .bind(user)
        .bind(id)
        .bind(visit.state.clock.now())
        .execute()
        .await?;
    if ended > 0 {
        audit::record_account(&visit.state, &mut tx, user, "account.session_ended").await?;
    }
    tx.commit().await?;
    Ok(ended > 0)
}

/// Ends every session of a person but one.
pub(super) async fn revoke_sessions(visit: &Visit, tx: &mut Tx, user: UserId, but: Option<Id<kinds::Session>>) -> Answer<()> {
    tx.global(global_sql!("update sessions set revoked_at = $3 where user_id = $1 and id <> $2 and revoked_at is null"))
        .bind(user)
        .bind(but.unwrap_or(Id::nil()))
        .bind(visit.state.clock.now())
        .execute()
        .await?;
    Ok(())
}

// People.

/// What signing in needs to know of an account.
#[derive(FromRow)]
pub(super) struct Account {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub email_verified_at: Option<Instant>,
}

pub(super) async fn account_by_email(db: &Db, email: &str) -> Answer<Option<Account>> {
    Ok(db
        .global(global_sql!("select id, email, name, password_hash, email_verified_at from users where email_folded = $1"))
        .bind(fold_email(email))
        .optional()
        .await?)
}

pub(super) async fn account(db: &Db, user: UserId) -> Answer<Account> {
    Ok(db.global(global_sql!("select id, email, name, password_hash, email_verified_at from users where id = $1")).bind(user).one().await?)
}

/// Whether nobody has an account here yet.
pub(super) async fn is_first(db: &Db) -> Answer<bool> {
    let found: Option<i64> = db.global(global_sql!("select cast(1 as bigint) from users limit 1")).optional_scalar().await?;
    Ok(found.is_none())
}

/// Whether this account set the instance up. It may sign in before its address is confirmed.
pub(super) async fn is_founder(db: &Db, user: UserId) -> Answer<bool> {
    let first: Option<Uuid> = db.global(global_sql!("select id from users order by created_at, id limit 1")).optional_scalar().await?;
    Ok(first == Some(user.uuid()))
}

pub(super) async fn email_of(tx: &mut Tx, user: UserId) -> Answer<String> {
    Ok(tx.global(global_sql!("select email from users where id = $1")).bind(user).scalar().await?)
}

/// A new account, parsed.
pub struct NewAccount {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The argon2id hash.
    pub password_hash: String,
    /// Whether the address is known to be theirs.
    pub verified: bool,
}

/// Inserts an account with its acknowledgement; `None` when the address is taken.
///
/// # Errors
/// When the database is away.
pub async fn create_account(state: &State, tx: &mut Tx, new: NewAccount) -> Answer<Option<UserId>> {
    let (id, now) = (Id::<kinds::User>::from_uuid(Uuid::now_v7()), state.clock.now());
    let made: Option<Uuid> = tx
        .global(global_sql!(
            "insert into users
               (id, email, email_folded, name, password_hash, email_verified_at, adult_attested_at, created_at, version)
             values ($1, $2, $3, $4, $5, $6, $7, $7, 1)
             on conflict (email_folded) do nothing
             returning id"
        ))
        .bind(id)
        .bind(new.email.clone())
        .bind(fold_email(&new.email))
        .bind(new.name)
        .bind(new.password_hash)
        .bind(new.verified.then_some(now))
        .bind(now)
        .optional_scalar()
        .await?;
    if made.is_none() {
        return Ok(None);
    }
    tx.global(global_sql!(
        "insert into acknowledgements (user_id, document, document_version, acknowledged_at) values ($1, 'privacy', $2, $3)"
    ))
    .bind(id)
    .bind(POLICY_VERSION.to_owned())
    .bind(now)
    .execute()
    .await?;
    audit::record_account(state, tx, id, "account.created").await?;
    Ok(Some(id))
}

/// Creates an organisation with its first owner, and begins its audit chain.
///
/// # Errors
/// When the database is away.
pub async fn create_organisation(state: &State, tx: &mut Tx, owner: UserId, name: &str, zone: &str) -> Answer<OrgId> {
    let (id, now) = (Id::<kinds::Org>::from_uuid(Uuid::now_v7()), state.clock.now());
    tx.global(global_sql!("insert into organisations (id, name, time_zone, created_at, version) values ($1, $2, $3, $4, 1)"))
        .bind(id)
        .bind(name.to_owned())
        .bind(zone.to_owned())
        .bind(now)
        .execute()
        .await?;
    add_member(tx, id, owner, Role::Owner, now).await?;
    tx.confine(id.uuid()).await?;
    audit::start_chain(state, tx).await?;
    let event = audit::Event {
        action: "org.created",
        subject_kind: "org",
        subject: id.uuid(),
        facts: serde_json::json!({}),
        values: vec![audit::Change { label: "Name".into(), from: String::new(), to: name.to_owned() }],
    };
    audit::record_in(state, tx, Some(owner), event).await?;
    Ok(id)
}

/// Makes somebody a member, or again a member.
///
/// # Errors
/// When the database is away.
pub async fn add_member(tx: &mut Tx, org: OrgId, user: UserId, role: Role, now: Instant) -> Answer<()> {
    tx.global(global_sql!(
        "insert into memberships (org_id, user_id, role, joined_at, version) values ($1, $2, $3, $4, 1)
         on conflict (org_id, user_id) do update set
           role = excluded.role, joined_at = excluded.joined_at, left_at = null, version = memberships.version + 1"
    ))
    .bind(org)
    .bind(user)
    .bind(role)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn set_password(tx: &mut Tx, user: UserId, hash: String) -> Answer<()> {
    tx.global(global_sql!("update users set password_hash = $2, version = version + 1 where id = $1"))
        .bind(user)
        .bind(hash)
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn set_verified(tx: &mut Tx, user: UserId, now: Instant) -> Answer<()> {
    tx.global(global_sql!("update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1"))
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn set_name(tx: &mut Tx, user: UserId, name: String) -> Answer<()> {
    tx.global(global_sql!("update users set name = $2, version = version + 1 where id = $1")).bind(user).bind(name).execute().await?;
    Ok(())
}

// Single-use links.

/// Makes a link for a person and sends it to their address.
pub(super) async fn send_link(visit: &Visit, tx: &mut Tx, account: (UserId, &str), link: Link) -> Answer<()> {
    let (token, hash) = secret::token();
    store_token(&visit.state, tx, account.0, hash, link).await?;
    let address = mail::link(&visit.state, &format!("{}{token}", link.path()));
    mail::send(&visit.state, tx, &Mail { to: account.1.to_owned(), subject: link.subject().into(), body: link.body(&address) }).await
}

/// Stores the hash of a link's token.
pub(super) async fn store_token(state: &State, tx: &mut Tx, user: UserId, hash: Vec<u8>, link: Link) -> Answer<()> {
    let now = state.clock.now();
    tx.global(global_sql!("insert into tokens (token_hash, user_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)"))
        .bind(hash)
        .bind(user)
        .bind(link.purpose().to_owned())
        .bind(now)
        .bind(now.plus_seconds(link.seconds()))
        .execute()
        .await?;
    Ok(())
}

/// The kinds of single-use links.
#[derive(Clone, Copy)]
pub(super) enum Link {
    Verify,
    Reset,
}

impl Link {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Verify => "verify_email",
            Self::Reset => "reset_password",
        }
    }
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Verify => "/verify-email/",
            Self::Reset => "/reset/",
        }
    }
    const fn seconds(self) -> i64 {
        match self {
            Self::Verify => 86_400,
            Self::Reset => 3_600,
        }
    }
    const fn subject(self) -> &'static str {
        match self {
            Self::Verify => "Confirm your address for CaseTrakr",
            Self::Reset => "Choose a new password for CaseTrakr",
        }
    }
    fn body(self, link: &str) -> String {
        match self {
            Self::Verify => format!(
                "Open this link to confirm your address. It works once, for 24 hours.\n\n{link}\n\nIf you did not sign up, ignore this message; nothing happens then."
            ),
            Self::Reset => format!(
                "Open this link to choose a new password. It works once, for one hour.\n\n{link}\n\nIf you did not ask for it, ignore this message; your password stays."
            ),
        }
    }
}

/// Uses a link up; `None` when it was used, has expired or never was.
pub(super) async fn use_token(visit: &Visit, tx: &mut Tx, token: &str, link: Link) -> Answer<Option<UserId>> {
    let now = visit.state.clock.now();
    Ok(tx
        .global(global_sql!(
            "update tokens set used_at = $3
             where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
             returning user_id"
        ))
        .bind(secret::token_hash(token))
        .bind(link.purpose().to_owned())
        .bind(now)
        .optional_scalar()
        .await?)
}

pub(super) async fn token_is_good(visit: &Visit, token: &str, link: Link) -> Answer<bool> {
    let found: Option<i64> = visit
        .db
        .global(global_sql!(
            "select cast(1 as bigint) from tokens where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3"
        ))
        .bind(secret::token_hash(token))
        .bind(link.purpose().to_owned())
        .bind(visit.state.clock.now())
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Makes every open link of a purpose void.
pub(super) async fn void_tokens(tx: &mut Tx, user: UserId, link: Link, now: Instant) -> Answer<()> {
    tx.global(global_sql!("update tokens set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null"))
        .bind(user)
        .bind(link.purpose().to_owned())
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

// Memberships.

/// A member as an actor, for background work.
pub(super) async fn actor(db: &Db, org: OrgId, user: UserId) -> Answer<Option<Actor>> {
    #[derive(FromRow)]
    struct Row {
        name: String,
        role: Role,
        time_zone: String,
    }
    let row: Option<Row> = db
        .global(global_sql!(
            "select u.name, m.role, o.time_zone
             from memberships m
             join users u on u.id = m.user_id
             join organisations o on o.id = m.org_id
             where m.org_id = $1 and m.user_id = $2 and m.left_at is null"
        ))
        .bind(org)
        .bind(user)
        .optional()
        .await?;
    Ok(row.map(|row| Actor { user, name: row.name, org, role: row.role, zone: Zone::named(&row.time_zone) }))
}

/// A member as the settings page and the assignee list show them.
#[derive(FromRow)]
pub(super) struct MemberRow {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub joined_at: Instant,
    pub version: i64,
    pub open_cases: i64,
}

pub(super) async fn members(scope: &Scope) -> Answer<Vec<MemberRow>> {
    Ok(scope
        .query(sql!(
            "select m.user_id, u.name, u.email, m.role, m.joined_at, m.version,
                    (select count(*) from cases c
                     where c.org_id = $1 and c.assignee_id = m.user_id and c.state_kind <> 'closed') as open_cases
             from memberships m
             join users u on u.id = m.user_id
             where m.org_id = $1 and m.left_at is null
             order by u.name, m.user_id"
        ))
        .all()
        .await?)
}

/// The membership of one person, locked for the rest of the transaction.
#[derive(FromRow)]
pub(super) struct Membership {
    pub role: Role,
    pub version: i64,
    pub name: String,
}

pub(super) async fn membership(tx: &mut ScopedTx, user: UserId) -> Answer<Membership> {
    tx.query(sql!(
        "select m.role, m.version, u.name from memberships m join users u on u.id = m.user_id
         where m.org_id = $1 and m.user_id = $2 and m.left_at is null"
    ))
    .bind(user)
    .optional()
    .await?
    .ok_or(Fault::NotFound)
}

pub(super) async fn owners(tx: &mut ScopedTx) -> Answer<i64> {
    // The row of the organisation is the lock: two owners who leave at once must not both succeed.
    tx.query(sql!("update organisations set version = version where id = $1")).execute().await?;
    Ok(tx.query(sql!("select count(*) from memberships where org_id = $1 and role = 'owner' and left_at is null")).scalar().await?)
}

pub(super) async fn set_role(tx: &mut ScopedTx, user: UserId, role: Role, version: i64) -> Answer<bool> {
    let changed = tx
        .query(sql!(
            "update memberships set role = $3, version = version + 1
             where org_id = $1 and user_id = $2 and version = $4 and left_at is null"
        ))
        .bind(user)
        .bind(role)
        .bind(version)
        .execute()
        .await?;
    Ok(changed > 0)
}

/// Ends a membership. The person's sessions lose the organisation with the next request, since the session's statement
/// reads the membership each time.
pub(super) async fn end_membership(tx: &mut ScopedTx, user: UserId) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    tx.query(sql!("update memberships set left_at = $3, version = version + 1 where org_id = $1 and user_id = $2 and left_at is null"))
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// An organisation to which a person belongs.
#[derive(FromRow)]
pub(super) struct Belonging {
    pub org_id: OrgId,
    pub name: String,
    pub role: Role,
}

pub(super) async fn belongings(visit: &Visit, user: UserId) -> Answer<Vec<Belonging>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select m.org_id, o.name, m.role from memberships m join organisations o on o.id = m.org_id
             where m.user_id = $1 and m.left_at is null
             order by o.name, m.org_id"
        ))
        .bind(user)
        .all()
        .await?)
}

/// Lets a session act in another organisation of its person; answers whether the person belongs there.
pub(super) async fn switch(visit: &Visit, session: &Session, org: OrgId) -> Answer<bool> {
    let changed = visit
        .state
        .db
        .global(global_sql!(
            "update sessions set org_id = $3
             where id = $1 and exists (
               select 1 from memberships m where m.org_id = $3 and m.user_id = $2 and m.left_at is null)"
        ))
        .bind(session.id)
        .bind(session.user_id)
        .bind(org)
        .execute()
        .await?;
    Ok(changed > 0)
}

// Invitations.

/// An invitation that waits for an answer.
#[derive(FromRow)]
pub(super) struct InvitationRow {
    pub id: Id<kinds::Invitation>,
    pub email: String,
    pub role: Role,
    pub expires_at: Instant,
    pub invited_by: String,
}

pub(super) async fn invitations(scope: &Scope) -> Answer<Vec<InvitationRow>> {
    Ok(scope
        .query(sql!(
            "select i.id, i.email, i.role, i.expires_at, u.name as invited_by
             from invitations i join users u on u.id = i.invited_by
             where i.org_id = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2
             order by i.created_at desc"
        ))
        .bind(scope.state.clock.now())
        .all()
        .await?)
}

pub(super) async fn is_member(tx: &mut ScopedTx, email: &str) -> Answer<bool> {
    let found: Option<i64> = tx
        .query(sql!(
            "select cast(1 as bigint) from memberships m join users u on u.id = m.user_id
             where m.org_id = $1 and u.email_folded = $2 and m.left_at is null"
        ))
        .bind(fold_email(email))
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Stores an invitation and takes back earlier ones to the same address.
pub(super) async fn invite(tx: &mut ScopedTx, email: &str, role: Role, token_hash: Vec<u8>) -> Answer<Id<kinds::Invitation>> {
    let (id, now, by) = (Id::from_uuid(Uuid::now_v7()), tx.scope.state.clock.now(), tx.scope.actor.user);
    tx.query(sql!(
        "update invitations set revoked_at = $3
         where org_id = $1 and email_folded = $2 and accepted_at is null and revoked_at is null"
    ))
    .bind(fold_email(email))
    .bind(now)
    .execute()
    .await?;
    tx.query(sql!(
        "insert into invitations (org_id, id, email, email_folded, role, token_hash, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(id)
    .bind(email.to_owned())
    .bind(fold_email(email))
    .bind(role)
    .bind(token_hash)
    .bind(by)
    .bind(now)
    .bind(now.plus_seconds(7 * 86_400))
    .execute()
    .await?;
    Ok(id)
}

pub(super) async fn revoke_invitation(tx: &mut ScopedTx, id: Id<kinds::Invitation>) -> Answer<bool> {
    let now = tx.scope.state.clock.now();
    let changed = tx
        .query(sql!("update invitations set revoked_at = $3 where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null"))
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed > 0)
}

/// An invitation as its holder sees it.
#[derive(FromRow)]
pub(super) struct Invited {
    pub org_id: OrgId,
    pub id: Id<kinds::Invitation>,
    pub email: String,
    pub role: Role,
    pub org_name: String,
    pub invited_by: String,
}

pub(super) async fn invitation_by_token(visit: &Visit, token: &str) -> Answer<Option<Invited>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select i.org_id, i.id, i.email, i.role, o.name as org_name, u.name as invited_by
             from invitations i
             join organisations o on o.id = i.org_id
             join users u on u.id = i.invited_by
             where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2"
        ))
        .bind(secret::token_hash(token))
        .bind(visit.state.clock.now())
        .optional()
        .await?)
}

/// Uses an invitation up and makes its holder a member, in one transaction with its event.
pub(super) async fn join(visit: &Visit, tx: &mut Tx, invited: &Invited, user: UserId) -> Answer<()> {
    let now = visit.state.clock.now();
    let used = tx
        .global(global_sql!(
            "update invitations set accepted_at = $3
             where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null"
        ))
        .bind(invited.org_id)
        .bind(invited.id)
        .bind(now)
        .execute()
        .await?;
    if used == 0 {
        return Err(Fault::Gone);
    }
    add_member(tx, invited.org_id, user, invited.role, now).await?;
    tx.confine(invited.org_id.uuid()).await?;
    let event = audit::Event {
        action: "member.joined",
        subject_kind: "member",
        subject: user.uuid(),
        facts: serde_json::json!({ "role": invited.role.key() }),
        values: Vec::new(),
    };
    audit::record_in(&visit.state, tx, Some(user), event).await
}
