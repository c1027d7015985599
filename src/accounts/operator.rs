//! What the operator of an instance does from the command line: never through the web, so it asks no permission.

use super::{
    model::Role,
    password,
    store::{self, Link, NewAccount},
};
use crate::{
    audit, email,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    names,
    server::{
        db::{Tx, global_sql},
        mail, secret,
        state::State,
        time::iso,
    },
};

/// Every account, a line each.
///
/// # Errors
/// When the database is away.
pub async fn list(state: &State) -> Answer<Vec<String>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        email: String,
        created_at: crate::clock::Instant,
        email_verified_at: Option<crate::clock::Instant>,
    }
    let rows: Vec<Row> =
        state.db.global(global_sql!("select email, created_at, email_verified_at from users order by created_at, id")).all().await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            format!(
                "{}\tsince {}\t{}",
                row.email,
                iso(row.created_at),
                if row.email_verified_at.is_some() { "confirmed" } else { "not confirmed" }
            )
        })
        .collect())
}

/// A fresh single-use link for an account.
///
/// # Errors
/// When the database is away.
pub async fn link(state: &State, email: &str, reset: bool) -> Answer<Option<String>> {
    let Some(account) = store::account_by_email(&state.db, email).await? else { return Ok(None) };
    let link = if reset { Link::Reset } else { Link::Verify };
    let (token, hash) = secret::token();
    let mut tx = state.db.begin().await?;
    store::store_token(state, &mut tx, account.id, hash, link).await?;
    let action = if reset { "account.reset_link_made" } else { "account.sign_in_link_made" };
    audit::record_operator(state, &mut tx, action, ("user", account.id.uuid()), serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(Some(mail::link(state, &format!("{}{token}", link.path()))))
}

/// Makes an account one of those who look after the installation's requests, or takes that back; answers whether there is
/// such an account.
///
/// # Errors
/// When the database is away.
pub async fn set_operator(state: &State, email: &str, add: bool) -> Answer<bool> {
    let Some(account) = store::account_by_email(&state.db, email).await? else { return Ok(false) };
    let mut tx = state.db.begin().await?;
    if add {
        store::add_operator(state, &mut tx, account.id).await?;
    } else {
        store::remove_operator(state, &mut tx, account.id).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Corrects the name of an account, as its person asked; answers the name before and after. Both are sealed in the record
/// with the person's key.
///
/// # Errors
/// A complaint about the field `other`; and when the database is away.
pub async fn rename(state: &State, tx: &mut Tx, user: Id<kinds::User>, by: Id<kinds::User>, name: &str) -> Answer<(String, String)> {
    let name = names::parse(name, "the name").map_err(|message| Fault::field("other", message))?;
    let before: String = tx.global(global_sql!("select name from users where id = $1")).bind(user).scalar().await?;
    store::set_name(tx, user, name.clone()).await?;
    tx.confine(uuid::Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    let values = vec![audit::Change { label: "Name".into(), from: before.clone(), to: name.clone() }];
    let facts = serde_json::json!({});
    let event = audit::Event { action: "account.name_corrected", subject_kind: "user", subject: user.uuid(), facts, values };
    audit::record_in(state, tx, Some(by), event).await?;
    Ok((before, name))
}

/// The addresses of those who look after the installation's requests.
///
/// # Errors
/// When the database is away.
pub async fn operators(state: &State) -> Answer<Vec<String>> {
    let found = state.db.global(global_sql!("select u.email from operators p join users u on u.id = p.user_id order by u.email_folded"));
    Ok(found.scalars().await?)
}

/// The organisations of a person: organisation, person, the organisation's name.
///
/// # Errors
/// When the database is away.
pub async fn memberships(state: &State, email: &str) -> Answer<Vec<(Id<kinds::Org>, Id<kinds::User>, String)>> {
    Ok(state
        .db
        .global(global_sql!(
            "select m.org_id, m.user_id, o.name
             from memberships m join users u on u.id = m.user_id join organisations o on o.id = m.org_id
             where u.email_folded = $1 and m.left_at is null
             order by o.name"
        ))
        .bind(email::fold(email))
        .all()
        .await?)
}

/// Name and address of everybody with an account, for what concerns all of them. Accounts whose use is restricted are
/// among them only for what is necessary.
///
/// # Errors
/// When the database is away.
pub async fn everybody(tx: &mut Tx, necessary: bool) -> Answer<Vec<(String, String)>> {
    let everybody = global_sql!("select name, email from users where $1 = 1 or restricted_at is null order by created_at, id");
    Ok(tx.global(everybody).bind(i64::from(necessary)).all().await?)
}

/// Name and address of every owner of an organisation: those who decide whether it stays.
///
/// # Errors
/// When the database is away.
pub async fn owners(tx: &mut Tx) -> Answer<Vec<(String, String)>> {
    Ok(tx
        .global(global_sql!(
            "select distinct u.name, u.email
             from memberships m
             join users u on u.id = m.user_id
             where m.role = 'owner' and m.left_at is null
             order by u.email"
        ))
        .all()
        .await?)
}

/// Founds an organisation with members who share a password, for the demonstration and for tests. The first is its owner.
///
/// # Errors
/// When the database is away.
pub async fn found(
    state: &State,
    name: &str,
    zone: &str,
    members: &[(&str, &str, Role)],
    password: &str,
) -> Answer<(Id<kinds::Org>, Vec<Id<kinds::User>>)> {
    let password_hash = password::hash(state, "operator", password).await?;
    let mut tx = state.db.begin().await?;
    let mut users = Vec::new();
    for (name, email, _) in members {
        let new = NewAccount { name: (*name).to_owned(), email: (*email).to_owned(), password_hash: password_hash.clone(), verified: true };
        users.push(store::create_account(state, &mut tx, new).await?.ok_or(Fault::Malformed)?);
    }
    let Some(owner) = users.first() else { return Err(Fault::Malformed) };
    let org = Id::fresh();
    store::create_organisation(state, &mut tx, org, *owner, name, zone).await?;
    for (user, (_, _, role)) in users.iter().zip(members).skip(1) {
        store::add_member(&mut tx, org, *user, *role, state.clock.now()).await?;
        let facts = serde_json::json!({ "role": role.key() });
        let event = audit::Event { action: "member.joined", subject_kind: "member", subject: user.uuid(), facts, values: Vec::new() };
        audit::record_in(state, &mut tx, Some(*user), event).await?;
    }
    tx.commit().await?;
    Ok((org, users))
}
