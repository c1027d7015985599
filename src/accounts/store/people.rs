//! Accounts and organisations.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    accounts::{
        held::{hold_account, hold_membership, hold_name, hold_operator, hold_zone},
        model::Role,
    },
    audit,
    clock::Instant,
    email,
    fault::Answer,
    ids::{Id, kinds},
    privacy,
    server::{
        db::{Db, Tx, global_sql},
        state::State,
    },
};

use super::{OrgId, UserId};

/// What signing in needs to know of an account.
#[derive(FromRow)]
pub(in crate::accounts) struct Account {
    pub id: UserId,
    pub email: String,
    pub password_hash: String,
    pub email_verified_at: Option<Instant>,
}

pub(in crate::accounts) async fn account_by_email(db: &Db, email: &str) -> Answer<Option<Account>> {
    Ok(db
        .global(global_sql!("select id, email, password_hash, email_verified_at from users where email_folded = $1"))
        .bind(email::fold(email))
        .optional()
        .await?)
}

pub(in crate::accounts) async fn account(db: &Db, user: UserId) -> Answer<Account> {
    Ok(db.global(global_sql!("select id, email, password_hash, email_verified_at from users where id = $1")).bind(user).one().await?)
}

/// The names that everybody around an account knows: its person's, and those of all their organisations.
pub(in crate::accounts) async fn names_around(db: &Db, user: UserId) -> Answer<Vec<String>> {
    Ok(db
        .global(global_sql!(
            "select name from users where id = $1
             union
             select o.name from memberships m join organisations o on o.id = m.org_id where m.user_id = $1 and m.left_at is null"
        ))
        .bind(user)
        .scalars()
        .await?)
}

/// Whether nobody has an account here yet.
pub(in crate::accounts) async fn is_first(tx: &mut Tx) -> Answer<bool> {
    if has_users(tx).await? {
        return Ok(false);
    }
    // The row of the operator's place is the lock: of two who sign up at once, one is the first.
    tx.global(global_sql!("update organisations set version = version where id = $1")).bind(Uuid::nil()).execute().await?;
    Ok(!has_users(tx).await?)
}

async fn has_users(tx: &mut Tx) -> Answer<bool> {
    let found: Option<i64> = tx.global(global_sql!("select cast(1 as bigint) from users limit 1")).optional_scalar().await?;
    Ok(found.is_some())
}

/// Whether anybody has an account here.
pub(in crate::accounts) async fn has_accounts(db: &Db) -> Answer<bool> {
    let found: Option<i64> = db.global(global_sql!("select cast(1 as bigint) from users limit 1")).optional_scalar().await?;
    Ok(found.is_some())
}

/// Whether this account set the instance up. It may sign in before its address is confirmed.
pub(in crate::accounts) async fn is_founder(db: &Db, user: UserId) -> Answer<bool> {
    let first: Option<Uuid> = db.global(global_sql!("select id from users order by created_at, id limit 1")).optional_scalar().await?;
    Ok(first == Some(user.uuid()))
}

pub(in crate::accounts) async fn email_of(tx: &mut Tx, user: UserId) -> Answer<String> {
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
    let (id, now) = (Id::<kinds::User>::fresh(), state.clock.now());
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
        .bind(email::fold(&new.email))
        .bind(new.name)
        .bind(new.password_hash)
        .bind(new.verified.then_some(now))
        .bind(now)
        .optional_scalar()
        .await?;
    if made.is_none() {
        return Ok(None);
    }
    let shown = privacy::policy::shown_in(tx, now).await?;
    acknowledge(tx, id, &shown.name, now).await?;
    hold_account(tx, id).await?;
    audit::record_account(state, tx, id, "account.created").await?;
    Ok(Some(id))
}

/// Notes which version of the privacy policy a person was shown; `false` when that was known.
pub(in crate::accounts) async fn acknowledge(tx: &mut Tx, user: UserId, policy: &str, now: Instant) -> Answer<bool> {
    let noted = tx
        .global(global_sql!(
            "insert into acknowledgements (user_id, document, document_version, acknowledged_at) values ($1, 'privacy', $2, $3)
             on conflict do nothing"
        ))
        .bind(user)
        .bind(policy.to_owned())
        .bind(now)
        .execute()
        .await?;
    Ok(noted > 0)
}

/// Creates an organisation with its first owner, and begins its audit chain. `false` when one has this id already.
///
/// # Errors
/// When the database is away.
pub async fn create_organisation(state: &State, tx: &mut Tx, id: OrgId, owner: UserId, name: &str, zone: &str) -> Answer<bool> {
    let now = state.clock.now();
    let created = tx
        .global(global_sql!(
            "insert into organisations (id, name, time_zone, created_at, version) values ($1, $2, $3, $4, 1) on conflict (id) do nothing"
        ))
        .bind(id)
        .bind(name.to_owned())
        .bind(zone.to_owned())
        .bind(now)
        .execute()
        .await?;
    if created == 0 {
        return Ok(false);
    }
    add_member(tx, id, owner, Role::Owner, now).await?;
    tx.confine(id.uuid()).await?;
    hold_name(tx, id.uuid(), name);
    hold_zone(tx, id.uuid(), zone);
    audit::start_chain(state, tx).await?;
    let event = audit::Event {
        action: "org.created",
        subject_kind: "org",
        subject: id.uuid(),
        facts: serde_json::json!({}),
        values: vec![audit::Change { label: "Name".into(), from: String::new(), to: name.to_owned() }],
    };
    audit::record_in(state, tx, Some(owner), event).await?;
    Ok(true)
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
    hold_membership(tx, org.uuid(), user, role, false);
    Ok(())
}

pub(in crate::accounts) async fn set_password(tx: &mut Tx, user: UserId, hash: String) -> Answer<()> {
    tx.global(global_sql!("update users set password_hash = $2, version = version + 1 where id = $1"))
        .bind(user)
        .bind(hash)
        .execute()
        .await?;
    hold_account(tx, user).await
}

/// Stores a stronger hash of the same password; `false` when another password was chosen meanwhile.
pub(in crate::accounts) async fn renew_hash(tx: &mut Tx, user: UserId, old: String, new: String) -> Answer<bool> {
    let renewed = tx
        .global(global_sql!("update users set password_hash = $3, version = version + 1 where id = $1 and password_hash = $2"))
        .bind(user)
        .bind(old)
        .bind(new)
        .execute()
        .await?;
    if renewed > 0 {
        hold_account(tx, user).await?;
    }
    Ok(renewed > 0)
}

pub(in crate::accounts) async fn set_verified(tx: &mut Tx, user: UserId, now: Instant) -> Answer<()> {
    tx.global(global_sql!("update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1"))
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    hold_account(tx, user).await
}

pub(in crate::accounts) async fn set_name(tx: &mut Tx, user: UserId, name: String) -> Answer<()> {
    tx.global(global_sql!("update users set name = $2, version = version + 1 where id = $1")).bind(user).bind(name).execute().await?;
    hold_account(tx, user).await
}

/// The account of an address that its owner has just shown to be theirs.
///
/// # Errors
/// When the database is away.
pub async fn account_of(tx: &mut Tx, email: &str) -> Answer<Option<UserId>> {
    Ok(tx.global(global_sql!("select id from users where email_folded = $1")).bind(email::fold(email)).optional_scalar().await?)
}

/// Makes an account one of those who look after the installation's requests.
///
/// # Errors
/// When the database is away.
pub async fn add_operator(state: &State, tx: &mut Tx, user: UserId) -> Answer<()> {
    let added = tx
        .global(global_sql!("insert into operators (user_id, added_at) values ($1, $2) on conflict (user_id) do nothing"))
        .bind(user)
        .bind(state.clock.now())
        .execute()
        .await?;
    if added > 0 {
        hold_operator(tx, user, true);
        audit::record_account(state, tx, user, "operator.added").await?;
    }
    Ok(())
}

/// Has an account answer for the operator no more, as the event that follows says; answers whether it did.
///
/// # Errors
/// When the database is away.
pub async fn forget_operator(tx: &mut Tx, user: UserId) -> Answer<bool> {
    let was = tx.global(global_sql!("delete from operators where user_id = $1")).bind(user).execute().await? > 0;
    if was {
        hold_operator(tx, user, false);
    }
    Ok(was)
}

/// Takes that back.
///
/// # Errors
/// When the database is away.
pub async fn remove_operator(state: &State, tx: &mut Tx, user: UserId) -> Answer<()> {
    if forget_operator(tx, user).await? {
        audit::record_account(state, tx, user, "operator.removed").await?;
    }
    Ok(())
}
