//! The daily run.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    held_around,
    holds::{end_unconfirmed, keep_still},
    sweep,
};
use crate::{
    audit,
    clock::Instant,
    fault::{Answer, Fault},
    ids::Id,
    privacy::{mine, registry},
    server::{
        db::{Tx, global_sql},
        jobs,
        state::State,
        time::iso,
    },
};

/// What a run removed: rules and tables with counts.
pub type Removed = BTreeMap<String, u64>;

/// Carries out every rule, then erases the accounts and organisations whose time has come. Safe to repeat.
///
/// # Errors
/// When the database is away. What was done until then is done.
pub async fn run_daily(state: &State) -> Answer<Removed> {
    let mut removed = Removed::new();
    let lapsed = end_unconfirmed(state).await?;
    if lapsed > 0 {
        removed.insert("holds that nobody seconded".into(), lapsed);
    }
    for (table, rule) in registry::sweeps() {
        let mut tx = state.db.begin().await?;
        keep_still(&mut tx).await?;
        let rows = sweep::carry_out(state, &mut tx, table, rule).await?;
        tx.commit().await?;
        if rows > 0 {
            removed.insert(rule.id.to_owned(), rows);
        }
    }
    let now = state.clock.now();
    for org in due(state, now, false).await? {
        match mine::erase_due_organisation(state, Id::from_uuid(org)).await {
            Ok(mine::Erased::Whole(_)) => *removed.entry("organisations".into()).or_default() += 1,
            Ok(mine::Erased::AroundHolds(_)) => *removed.entry("organisations but for what is held".into()).or_default() += 1,
            // What is held in it is still held.
            Ok(mine::Erased::NothingMore) => {}
            // An owner has changed their mind since the list was made.
            Err(Fault::NotFound) => {}
            Err(_) => tracing::warn!(org.id = %org, "an organisation waits to be erased"),
        }
    }
    for user in due(state, now, true).await? {
        match mine::erase_due(state, Id::from_uuid(user)).await {
            Ok(_) => *removed.entry("accounts".into()).or_default() += 1,
            // So has its person.
            Err(Fault::NotFound) => {}
            Err(_) => tracing::warn!(user.id = %user, "an account waits to be erased"),
        }
    }
    note(state, &removed).await?;
    audit::note_heads(state).await?;
    state.db.scrub().await?;
    Ok(removed)
}

/// The same as a job of the worker.
///
/// # Errors
/// When the database is away.
pub async fn run_job(state: State, _job: jobs::Leased) -> Result<(), jobs::Failure> {
    let removed = run_daily(&state).await?;
    tracing::info!(rows = removed.values().sum::<u64>(), "retention ran");
    Ok(())
}

async fn due(state: &State, at: Instant, accounts: bool) -> Answer<Vec<Uuid>> {
    let mut tx = state.db.look().await?;
    if accounts { accounts_due(&mut tx, at).await } else { organisations_due(&mut tx, at).await }
}

/// Accounts whose thirty days have passed and which no hold covers. One that was erased already but for rows that a hold
/// kept is due again once the first of these holds has ended.
pub(super) async fn accounts_due(tx: &mut Tx, at: Instant) -> Answer<Vec<Uuid>> {
    let found: Vec<(Uuid, String)> = tx
        .global(global_sql!(
            "select d.user_id, d.certificate from account_deletions d
             where d.erased_at is null and d.erase_after <= $1 and not exists (
               select 1 from legal_holds h where h.released_at is null and h.scope = 'account' and h.subject_id = d.user_id)
             order by d.erase_after, d.user_id"
        ))
        .bind(at)
        .all()
        .await?;
    let mut due = Vec::new();
    for (user, certificate) in found {
        let waiting = serde_json::from_str::<mine::Certificate>(&certificate).unwrap_or_default().waiting;
        let around: Vec<(Uuid, String)> = waiting.iter().map(|org| (*org, String::new())).collect();
        if waiting.is_empty() || held_around(tx, Id::from_uuid(user), &around).await?.len() < waiting.len() {
            due.push(user);
        }
    }
    Ok(due)
}

/// Closed organisations whose thirty days have passed and which no hold covers as a whole.
pub(super) async fn organisations_due(tx: &mut Tx, at: Instant) -> Answer<Vec<Uuid>> {
    Ok(tx
        .global(global_sql!(
            "select c.organisation from organisation_closures c
             where c.erased_at is null and c.erase_after <= $1 and not exists (
               select 1 from legal_holds h where h.released_at is null and h.scope = 'organisation' and h.subject_id = c.organisation)
             order by c.erase_after, c.organisation"
        ))
        .bind(at)
        .scalars()
        .await?)
}

/// Adds to what was noted for this day.
async fn note(state: &State, removed: &Removed) -> Answer<()> {
    let now = state.clock.now();
    let day = iso(now).chars().take(10).collect::<String>();
    let mut tx = state.db.begin().await?;
    let before: Option<String> =
        tx.global(global_sql!("select removed from retention_runs where day = $1")).bind(day.clone()).optional_scalar().await?;
    let mut all: Removed = before.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    for (what, rows) in removed {
        *all.entry(what.clone()).or_default() += rows;
    }
    tx.global(global_sql!(
        "insert into retention_runs (day, ran_at, removed) values ($1, $2, $3)
         on conflict (day) do update set ran_at = excluded.ran_at, removed = excluded.removed"
    ))
    .bind(day)
    .bind(now)
    .bind(serde_json::to_string(&all).unwrap_or_default())
    .execute()
    .await?;
    Ok(tx.commit().await?)
}

/// The latest runs, newest first: when, and what was removed.
///
/// # Errors
/// When the database is away.
pub async fn last_runs(state: &State) -> Answer<Vec<(Instant, Removed)>> {
    let rows: Vec<(Instant, String)> =
        state.db.global(global_sql!("select ran_at, removed from retention_runs order by day desc limit 30")).all().await?;
    Ok(rows.into_iter().map(|(at, json)| (at, serde_json::from_str(&json).unwrap_or_default())).collect())
}
