//! Closing an organisation: at once nothing in it can be changed, for thirty days everything in it can be read and taken
//! away, then it is erased with all its rows, and a certificate of numbers stays. A legal hold on one of its cases or
//! members keeps that, and nothing else.

use std::collections::BTreeMap;

use leptos_axum::redirect;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    deletion::GRACE_DAYS,
    erasure::Certificate,
    erasure_log::{self, Gone},
    held::begin,
};
use crate::{
    accounts::{self, Scope},
    audit,
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::{
        registry::{self, model::Table},
        requests,
        retention::{self, HeldBy, HeldInside, cover},
    },
    server::{
        db::{Sketch, Tx, global_sql, sql},
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
    // What members have under way is through, or it comes too late.
    let mut tx = scope.begin_alone().await?;
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
            "Your organisation \u{201c}{organisation}\u{201d} is being closed in CaseTrakr. From now on it can be read and exported, and not changed. On {day} it is erased. Until then an owner can keep it open, or take everything along as one archive.\n\n{}\n{}",
            mail::link(state, "/settings/close"),
            mail::link(state, "/settings/export")
        );
        mail::send(state, tx.raw(), &Mail { to, subject: "Your organisation is being closed".into(), body }).await?;
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

/// What became of an organisation that was to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Everything is gone.
    Whole(Certificate),
    /// Everything is gone but for what legal holds cover and what that hangs on. The rest follows when they are released.
    AroundHolds(Certificate),
    /// That was so already, and nothing more may go.
    NothingMore,
}

#[derive(FromRow)]
struct Closure {
    email: String,
    name: String,
    certificate: String,
}

/// Erases an organisation with everything in it, in one transaction. What a legal hold on a case or an account covers
/// stays, with the bare rows that it hangs on; everybody has left by then, and nobody gets in any more.
///
/// # Errors
/// [`Fault::Forbidden`] while a legal hold covers the organisation; [`Fault::NotFound`] when nobody closed it.
pub async fn erase_organisation(state: &State, org: Id<kinds::Org>) -> Answer<Erased> {
    carry_out(state, org, Instant(i64::MAX)).await
}

/// The same once its thirty days have passed.
///
/// # Errors
/// Those of [`erase_organisation()`]; [`Fault::NotFound`] also when it is kept open, or was closed anew.
pub async fn erase_due_organisation(state: &State, org: Id<kinds::Org>) -> Answer<Erased> {
    carry_out(state, org, state.clock.now()).await
}

/// Erases it where its time comes by then. That was looked at before, but an owner may have changed their mind, or a hold
/// have been placed, since; from here on that waits until the transaction has ended.
async fn carry_out(state: &State, org: Id<kinds::Org>, due_by: Instant) -> Answer<Erased> {
    let mut tx = state.db.begin().await?;
    retention::keep_still(&mut tx).await?;
    let due = tx.global(global_sql!(
        "update organisation_closures set erase_after = erase_after
         where organisation = $1 and erased_at is null and erase_after <= $2"
    ));
    if due.bind(org).bind(due_by).execute().await? == 0 {
        return Err(Fault::NotFound);
    }
    if let Some(hold) = retention::hold_on_organisation(&mut tx, org).await? {
        return Err(hold);
    }
    let closure: Option<Closure> = tx
        .global(global_sql!(
            "select u.email, o.name, c.certificate from organisation_closures c
             join users u on u.id = c.closed_by join organisations o on o.id = c.organisation
             where c.organisation = $1 and c.erased_at is null"
        ))
        .bind(org)
        .optional()
        .await?;
    let Some(closure) = closure else { return Err(Fault::NotFound) };
    tx.confine(org.uuid()).await?;
    let held = retention::held_inside(&mut tx).await?;
    let mut gone = Certificate { deleted: erase_rows(&mut tx, org, &held).await?, ..Certificate::default() };
    if held.is_empty() {
        tx.global(global_sql!("update sessions set org_id = null where org_id = $1")).bind(org).execute().await?;
        requests::forget_addressee(&mut tx, org).await?;
        let rows = tx.global(global_sql!("delete from organisations where id = $1")).bind(org).execute().await?;
        gone.deleted.insert("organisations".into(), rows);
    } else {
        gone.unreadable = audit::keep_only_held(state, &mut tx).await?;
        leave(&mut tx, org, state.clock.now()).await?;
        if gone.deleted.is_empty() && gone.unreadable == 0 && !closure.certificate.is_empty() {
            return Ok(Erased::NothingMore);
        }
        gone.kept = kept(&mut tx, org, &held).await?;
    }
    let certificate = gone.and(serde_json::from_str(&closure.certificate).unwrap_or_default());
    certify(state, &mut tx, org, &certificate, held.is_empty()).await?;
    tell(state, &mut tx, closure, &certificate).await?;
    tx.commit().await?;
    let whole = held.is_empty();
    erasure_log::note(state, Gone::Organisation(org.uuid()), held.holds);
    state.db.scrub().await?;
    tracing::info!(org.id = %org, rows = certificate.deleted.values().sum::<u64>(), whole, "an organisation was erased");
    Ok(if whole { Erased::Whole(certificate) } else { Erased::AroundHolds(certificate) })
}

/// Organisations of which only what holds cover is left, with these holds.
pub(super) async fn erased_around_holds(state: &State) -> Answer<Vec<(Uuid, Vec<HeldBy>)>> {
    let mut tx = state.db.look().await?;
    let begun = global_sql!(
        "select c.organisation from organisation_closures c join organisations o on o.id = c.organisation
         where c.erased_at is null and c.certificate <> ''"
    );
    let mut all = Vec::new();
    for org in tx.global(begun).scalars::<Uuid>().await? {
        tx.confine(org).await?;
        all.push((org, retention::held_inside(&mut tx).await?.holds));
    }
    Ok(all)
}

/// Whether the database knows an organisation to be erased around these holds, and has no other in force there: then it is
/// not from before that.
pub(super) async fn is_erased_around(state: &State, org: Uuid, held: &[HeldBy]) -> Answer<bool> {
    let around = erased_around_holds(state).await?;
    let here = around.iter().find(|(id, _)| *id == org);
    // Once nothing was held any more, all of it went.
    Ok(!held.is_empty() && here.is_some_and(|(_, now)| now.iter().all(|hold| held.contains(hold))))
}

/// Erases an organisation that was erased before and came back with a backup, where perhaps nobody had closed it yet.
/// Answers whether there was anything to erase. A hold on the whole of it that was placed since keeps it.
pub(super) async fn erase_again(state: &State, org: Id<kinds::Org>) -> Answer<bool> {
    if retention::held_organisation(state, org).await?.is_some() {
        return Ok(false);
    }
    state
        .db
        .global(global_sql!(
            "insert into organisation_closures (organisation, closed_by, closed_at, erase_after, certificate)
             select m.org_id, m.user_id, $2, $2, '' from memberships m
             where m.org_id = $1
             order by case when m.role = 'owner' then 0 else 1 end, m.joined_at
             limit 1
             on conflict (organisation) do nothing"
        ))
        .bind(org)
        .bind(state.clock.now())
        .execute()
        .await?;
    Ok(erase_organisation(state, org).await? != Erased::NothingMore)
}

/// Deletes the rows of every table that belong to the organisation, but for what is held; what refers to something goes
/// before it.
async fn erase_rows(tx: &mut Tx, org: Id<kinds::Org>, held: &HeldInside) -> Answer<BTreeMap<String, u64>> {
    let mut deleted = BTreeMap::new();
    for table in registry::tables().rev().filter(|table| table.belongs_to_organisations()) {
        // The chain is kept whole or not at all: with a link taken out of it, it would prove nothing.
        if !held.is_empty() && RECORD.contains(&table.name) {
            continue;
        }
        let mut sketch = rows_in(table, "delete from ", org);
        if !held.is_empty() {
            cover::unless_held(&mut sketch, table);
            cover::unless_needed(&mut sketch, table);
        }
        let rows = tx.sketch(sketch).execute().await?;
        if rows > 0 {
            deleted.insert(table.name.to_owned(), rows);
        }
    }
    Ok(deleted)
}

/// The tables of the audit record.
const RECORD: [&str; 4] = ["audit_heads", "audit_events", "audit_values", "subject_keys"];

/// The rows of a table that belong to the organisation.
fn rows_in(table: &'static Table, text: &'static str, org: Id<kinds::Org>) -> Sketch {
    let mut sketch = begin(table, text);
    sketch.push(table.name);
    if table.tenant {
        sketch.push(" where org_id = $1");
    } else {
        sketch.bind(" where org_id = ", org.uuid(), "");
    }
    sketch
}

/// Whoever is still named in what stays has left, so that nobody gets in.
async fn leave(tx: &mut Tx, org: Id<kinds::Org>, now: Instant) -> Answer<()> {
    tx.global(global_sql!("update memberships set left_at = $2, version = version + 1 where org_id = $1 and left_at is null"))
        .bind(org)
        .bind(now)
        .execute()
        .await?;
    tx.global(global_sql!("update sessions set org_id = null where org_id = $1")).bind(org).execute().await?;
    Ok(())
}

/// What stays, and why, for the certificate.
async fn kept(tx: &mut Tx, org: Id<kinds::Org>, held: &HeldInside) -> Answer<BTreeMap<String, String>> {
    let until = format!("It stays until the hold is released; that is looked at again on {}.", held.review_on);
    let mut kept = BTreeMap::from([(
        format!("{} cases and {} accounts under a legal hold", held.cases(), held.accounts()),
        "The organisation's name and the chain of its record, which names nobody, stay with them.".to_owned(),
    )]);
    for table in registry::tables().filter(|table| table.belongs_to_organisations()) {
        let rows: i64 = tx.sketch(rows_in(table, "select count(*) from ", org)).scalar().await?;
        let why = if RECORD.contains(&table.name) {
            "The chain of the record is kept whole; only what it says of what is held can be read."
        } else if !table.cases.is_empty() {
            "It belongs to a case under a legal hold."
        } else if table.needed.is_some() {
            "Something under a legal hold hangs on it, or it is of an account under one."
        } else {
            "It is of an account under a legal hold."
        };
        if rows > 0 {
            kept.insert(format!("{}: {rows}", table.about), format!("{why} {until}"));
        }
    }
    Ok(kept)
}

/// Whoever closed it learns by mail what is gone.
async fn tell(state: &State, tx: &mut Tx, closure: Closure, certificate: &Certificate) -> Answer<()> {
    let rows: u64 = certificate.deleted.values().sum();
    let held = if certificate.kept.is_empty() {
        ""
    } else {
        " What a legal hold covers stays until the hold is released; the certificate says what that is."
    };
    let body = format!(
        "Your organisation \u{201c}{}\u{201d} was erased from CaseTrakr, with {rows} rows in {} tables.{held} The certificate is in your account:\n\n{}",
        closure.name,
        certificate.deleted.len(),
        mail::link(state, "/me/privacy")
    );
    mail::send(state, tx, &Mail { to: closure.email, subject: "Your organisation was erased".into(), body }).await
}

/// The certificate stands with the closure and in the operator's chain.
async fn certify(state: &State, tx: &mut Tx, org: Id<kinds::Org>, certificate: &Certificate, whole: bool) -> Answer<()> {
    let json = serde_json::to_value(certificate).unwrap_or_default();
    tx.global(global_sql!("update organisation_closures set erased_at = $2, certificate = $3 where organisation = $1"))
        .bind(org)
        .bind(whole.then_some(state.clock.now()))
        .bind(json.to_string())
        .execute()
        .await?;
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    let facts = serde_json::json!({ "deleted": certificate.deleted, "unreadable": certificate.unreadable, "kept": certificate.kept });
    let action = if whole { "org.erased" } else { "org.erased_around_holds" };
    let event = audit::Event { action, subject_kind: "org", subject: org.uuid(), facts, values: Vec::new() };
    audit::record_in(state, tx, None, event).await
}

/// The organisations that a person closed and that are erased by now, what is held aside: id, and the day.
///
/// # Errors
/// When the database is away.
pub(super) async fn certificates(tx: &mut Tx, user: Id<kinds::User>, zone: &Zone) -> Answer<Vec<(Uuid, String)>> {
    let rows: Vec<(Uuid, Instant)> = tx
        .global(global_sql!(
            "select organisation, coalesce(erased_at, erase_after) from organisation_closures
             where closed_by = $1 and certificate <> '' order by 2 desc"
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
        let rows: i64 = tx.sketch(rows_in(table, "select count(*) from ", org)).scalar().await?;
        if rows > 0 {
            all.insert(table.name, rows);
        }
    }
    Ok(all)
}
