//! Closing an organisation: at once nothing in it can be changed, for thirty days everything in it can be read and taken
//! away, then it is erased with all its rows, and a certificate of numbers stays.

use std::collections::BTreeMap;

use leptos_axum::redirect;
use uuid::Uuid;

use super::{deletion::GRACE_DAYS, erasure::Certificate, held::begin};
use crate::{
    accounts::{self, Scope},
    audit,
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::{registry, requests, retention},
    server::{
        db::{Tx, global_sql, sql},
        mail::{self, Mail},
        state::State,
        time::Zone,
        visit::visit,
    },
};

pub(super) async fn close_mine(scope: &Scope, password: &str) -> Answer<()> {
    let me = accounts::confirm(password).await?;
    close_organisation(scope).await?;
    tracing::info!(request.id = visit()?.facts.request_id, org.id = %scope.actor.org, session.id = %me.id, "an organisation is being closed");
    redirect("/settings/close?notice=closing");
    Ok(())
}

/// Closes the organisation of a scope. Every member is told by mail. Closed twice, the first time counts.
///
/// # Errors
/// When the database is away.
pub async fn close_organisation(scope: &Scope) -> Answer<()> {
    let (state, now) = (&scope.state, scope.state.clock.now());
    let after = now.plus_seconds(GRACE_DAYS * 86_400);
    let mut tx = scope.begin().await?;
    let made = tx
        .raw()
        .global(global_sql!(
            "insert into organisation_closures (organisation, closed_by, closed_at, erase_after, certificate) values ($1, $2, $3, $4, '')
             on conflict (organisation) do nothing"
        ))
        .bind(scope.actor.org)
        .bind(scope.actor.user)
        .bind(now)
        .bind(after)
        .execute()
        .await?;
    if made == 0 {
        return Ok(());
    }
    let event = audit::Event {
        action: "org.closing",
        subject_kind: "org",
        subject: scope.actor.org.uuid(),
        facts: serde_json::json!({ "days": GRACE_DAYS }),
        values: Vec::new(),
    };
    audit::record(&mut tx, event).await?;
    let organisation: String = tx.query(sql!("select name from organisations where id = $1")).scalar().await?;
    let day = scope.actor.zone.show(after).day;
    for to in members(tx.raw(), scope.actor.org).await? {
        let body = format!(
            "{organisation} is being closed in CaseTrakr. From now on it can be read and exported, and not changed. On {day} it is erased. Until then an owner can keep it open, or take everything along as one archive.\n\n{}\n{}",
            mail::link(state, "/settings/close"),
            mail::link(state, "/settings/export")
        );
        mail::send(state, tx.raw(), &Mail { to, subject: format!("{organisation} is being closed"), body }).await?;
    }
    tx.commit().await
}

async fn members(tx: &mut Tx, org: Id<kinds::Org>) -> Answer<Vec<String>> {
    Ok(tx
        .global(global_sql!(
            "select u.email from memberships m join users u on u.id = m.user_id
             where m.org_id = $1 and m.left_at is null order by u.email_folded"
        ))
        .bind(org)
        .scalars()
        .await?)
}

pub(super) async fn keep_mine(scope: &Scope) -> Answer<()> {
    let mut tx = scope.begin().await?;
    let kept = tx
        .raw()
        .global(global_sql!("delete from organisation_closures where organisation = $1 and erased_at is null"))
        .bind(scope.actor.org)
        .execute()
        .await?;
    if kept > 0 {
        let event = audit::Event {
            action: "org.kept",
            subject_kind: "org",
            subject: scope.actor.org.uuid(),
            facts: serde_json::json!({}),
            values: Vec::new(),
        };
        audit::record(&mut tx, event).await?;
    }
    tx.commit().await?;
    redirect("/settings/close?notice=organisation-kept");
    Ok(())
}

/// Erases an organisation with everything in it, in one transaction.
///
/// # Errors
/// [`Fault::Forbidden`] while a legal hold covers something in it; [`Fault::NotFound`] when nobody closed it.
pub async fn erase_organisation(state: &State, org: Id<kinds::Org>) -> Answer<Certificate> {
    if let Some(hold) = retention::held_organisation(state, org).await? {
        return Err(hold);
    }
    let mut tx = state.db.begin().await?;
    let closer: Option<(Uuid, String, String)> = tx
        .global(global_sql!(
            "select c.closed_by, u.email, o.name from organisation_closures c
             join users u on u.id = c.closed_by join organisations o on o.id = c.organisation
             where c.organisation = $1 and c.erased_at is null"
        ))
        .bind(org)
        .optional()
        .await?;
    let Some((_, to, name)) = closer else { return Err(Fault::NotFound) };
    let mut certificate = Certificate { deleted: erase_rows(&mut tx, org).await?, ..Certificate::default() };
    tx.global(global_sql!("update sessions set org_id = null where org_id = $1")).bind(org).execute().await?;
    requests::forget_addressee(&mut tx, org).await?;
    let gone = tx.global(global_sql!("delete from organisations where id = $1")).bind(org).execute().await?;
    certificate.deleted.insert("organisations".into(), gone);
    certify(state, &mut tx, org, &certificate).await?;
    let rows: u64 = certificate.deleted.values().sum();
    let body = format!(
        "{name} was erased from CaseTrakr, with {rows} rows in {} tables. The certificate is in your account:\n\n{}",
        certificate.deleted.len(),
        mail::link(state, "/me/privacy")
    );
    mail::send(state, &mut tx, &Mail { to, subject: "Your organisation was erased".into(), body }).await?;
    tx.commit().await?;
    state.db.scrub().await?;
    tracing::info!(org.id = %org, rows, "an organisation was erased");
    Ok(certificate)
}

/// Deletes the rows of every table that belong to the organisation; what refers to something goes before it.
async fn erase_rows(tx: &mut Tx, org: Id<kinds::Org>) -> Answer<BTreeMap<String, u64>> {
    tx.confine(org.uuid()).await?;
    let mut deleted = BTreeMap::new();
    for table in registry::tables().rev() {
        let belongs = table.columns.iter().any(|column| column.name == "org_id");
        // A sign-in is its person's; it only loses the organisation.
        if !belongs || table.name == "sessions" {
            continue;
        }
        let mut sketch = begin(table, "delete from ");
        sketch.push(table.name);
        if table.tenant {
            sketch.push(" where org_id = $1");
        } else {
            sketch.bind(" where org_id = ", org.uuid(), "");
        }
        let rows = tx.sketch(sketch).execute().await?;
        if rows > 0 {
            deleted.insert(table.name.to_owned(), rows);
        }
    }
    Ok(deleted)
}

/// The certificate stands with the closure and in the operator's chain.
async fn certify(state: &State, tx: &mut Tx, org: Id<kinds::Org>, certificate: &Certificate) -> Answer<()> {
    let json = serde_json::to_value(certificate).unwrap_or_default();
    tx.global(global_sql!("update organisation_closures set erased_at = $2, certificate = $3 where organisation = $1"))
        .bind(org)
        .bind(state.clock.now())
        .bind(json.to_string())
        .execute()
        .await?;
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    let facts = serde_json::json!({ "deleted": certificate.deleted });
    let event = audit::Event { action: "org.erased", subject_kind: "org", subject: org.uuid(), facts, values: Vec::new() };
    audit::record_in(state, tx, None, event).await
}

/// The organisations that a person closed and that are erased by now: id, and the day.
///
/// # Errors
/// When the database is away.
pub(super) async fn certificates(tx: &mut Tx, user: Id<kinds::User>, zone: &Zone) -> Answer<Vec<(Uuid, String)>> {
    let rows: Vec<(Uuid, Instant)> = tx
        .global(global_sql!(
            "select organisation, erased_at from organisation_closures
             where closed_by = $1 and erased_at is not null order by erased_at desc"
        ))
        .bind(user)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id, at)| (id, zone.show(at).day)).collect())
}

/// How many rows of every table belong to an organisation.
#[cfg(test)]
pub(super) async fn rows_of(state: &State, org: Id<kinds::Org>) -> Answer<BTreeMap<&'static str, i64>> {
    let mut tx = state.db.begin().await?;
    tx.confine(org.uuid()).await?;
    let mut all = BTreeMap::new();
    for table in registry::tables().filter(|table| table.columns.iter().any(|column| column.name == "org_id")) {
        let mut sketch = begin(table, "select count(*) from ");
        sketch.push(table.name);
        if table.tenant {
            sketch.push(" where org_id = $1");
        } else {
            sketch.bind(" where org_id = ", org.uuid(), "");
        }
        let rows: i64 = tx.sketch(sketch).scalar().await?;
        if rows > 0 {
            all.insert(table.name, rows);
        }
    }
    Ok(all)
}
