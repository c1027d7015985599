//! Where watching the rows begins: at an installation that is older than that, at an organisation that came with an
//! archive. What is there now is fixed as it is, and what is gone by then is noted as gone, so that nothing can hide
//! behind it later.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::{
    erasure::destroy_key,
    marker,
    store::{Event, WATCH, organisations, record_in, record_operator, start_chain, watching},
    verify::{CHAIN, Erased, Report, Stray, Walk, organisation_rows, page, walk},
    watched::row_of,
};
use crate::{
    cases::SHOWN,
    fault::Answer,
    server::{
        db::{Hold, Tx, sql},
        state::State,
    },
};

/// Begins at an installation that has a record and never compared it with the rows. It happens once: whoever cuts the
/// operator's chain afterwards cannot make it happen again, since the marker knows of that chain.
///
/// # Errors
/// When the database is away.
pub async fn begin(state: &State) -> Answer<()> {
    if !marker::knows_the_operator(state) {
        begin_now(state).await?;
    }
    begin_with_more(state, WATCH).await
}

/// Begins with rows that an earlier version did not watch: those of which the record knows nothing are fixed as they are.
pub(super) async fn begin_with_more(state: &State, watch: i64) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    tx.confine(Uuid::nil()).await?;
    let events: Option<i64> = tx.query(sql!("update audit_heads set seq = seq where org_id = $1 returning seq")).optional_scalar().await?;
    if events.is_none() || watched(&mut tx).await? >= watch {
        return Ok(());
    }
    for org in organisations(&mut tx).await? {
        tx.confine(org).await?;
        fix_unknown_rows(state, &mut tx).await?;
    }
    tx.confine(Uuid::nil()).await?;
    record_in(state, &mut tx, None, watching(watch)).await?;
    tx.commit().await?;
    tracing::info!(watch, "the record watches more rows from now on");
    Ok(())
}

/// Which rows are watched, as the operator's chain says.
async fn watched(tx: &mut Tx) -> Answer<i64> {
    let told: Vec<String> = tx
        .query(sql!("select facts from audit_events where org_id = $1 and subject_kind = $2 and action = 'verification.began'"))
        .bind(CHAIN.to_owned())
        .scalars()
        .await?;
    let watch = |facts: String| serde_json::from_str::<serde_json::Value>(&facts).unwrap_or_default()["watch"].as_i64();
    Ok(told.into_iter().filter_map(watch).max().unwrap_or_default())
}

/// The same, whatever the marker knows.
pub(super) async fn begin_now(state: &State) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    tx.confine(Uuid::nil()).await?;
    if !has_only_unwatched(&mut tx).await? {
        return Ok(());
    }
    let orgs = organisations(&mut tx).await?;
    for org in orgs.iter().filter(|org| !org.is_nil()) {
        begin_at(state, &mut tx, *org).await?;
    }
    tx.confine(Uuid::nil()).await?;
    start_chain(state, &mut tx).await?;
    fix(state, &mut tx).await?;
    record_in(state, &mut tx, None, watching(WATCH)).await?;
    tx.commit().await?;
    tracing::info!(organisations = orgs.len().saturating_sub(1), "the record watches the rows from now on");
    Ok(())
}

/// Whether there is a record that knows nothing of chains, and nobody else is about to change that.
async fn has_only_unwatched(tx: &mut Tx) -> Answer<bool> {
    let events: Option<i64> = tx.query(sql!("update audit_heads set seq = seq where org_id = $1 returning seq")).optional_scalar().await?;
    let others = organisations(tx).await?.len() > 1;
    let watched: Option<i64> = tx
        .query(sql!("select seq from audit_events where org_id = $1 and subject_kind = $2 limit 1"))
        .bind(CHAIN.to_owned())
        .optional_scalar()
        .await?;
    Ok(watched.is_none() && (others || events.is_some_and(|events| events > 0)))
}

/// Begins at one organisation of such an installation.
async fn begin_at(state: &State, tx: &mut Tx, org: Uuid) -> Answer<()> {
    record_operator(state, tx, "chain.begun", (CHAIN, org), json!({})).await?;
    tx.confine(org).await?;
    start_chain(state, tx).await?;
    fix(state, tx).await
}

/// Begins at an organisation that an archive brought in. Whose keys were destroyed where it comes from, gets none here.
///
/// # Errors
/// When the database is away.
pub async fn adopt(state: &State, tx: &mut Tx, org: Uuid) -> Answer<()> {
    record_operator(state, tx, "chain.begun", (CHAIN, org), json!({ "archive": true })).await?;
    tx.confine(org).await?;
    for subject in Erased::read(tx).await?.subjects() {
        destroy_key(state, tx, subject).await?;
    }
    // Whoever is in it has an account here from now on.
    tx.confine(Uuid::nil()).await?;
    fix_unknown_rows(state, tx).await?;
    tx.confine(org).await?;
    fix(state, tx).await
}

/// Fixes the watched rows of which the record of the place knows nothing to which the transaction is confined.
async fn fix_unknown_rows(state: &State, tx: &mut Tx) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let erased = Erased::read(tx).await?;
    let Walk { holds, .. } = walk(state, tx, org, (&erased, None), &mut Report::default()).await?;
    let strays = organisation_rows(tx, org, &holds, &erased).await?;
    for stray in strays.into_iter().filter(Stray::is_unknown) {
        fix_row(state, tx, stray).await?;
    }
    Ok(())
}

/// Fixes one watched row, by an event about what it belongs to: it is unreadable once that is erased.
async fn fix_row(state: &State, tx: &mut Tx, stray: Stray) -> Answer<()> {
    let Some((watched, subject)) = row_of(&stray.part) else { return Ok(()) };
    let (org, digest) = (tx.org().unwrap_or_default(), stray.now.unwrap_or_default());
    tx.hold(Hold { org, case: None, part: stray.part, digest, was: None });
    let event = Event { action: "row.fixed", subject_kind: watched.subject_kind, subject, facts: json!({}), values: Vec::new() };
    record_in(state, tx, None, event).await
}

/// Fixes what the rows of the organisation hold to which the transaction is confined, as far as the record says anything
/// else or nothing, and notes which events have lost their values.
///
/// # Errors
/// When the database is away.
pub async fn fix(state: &State, tx: &mut Tx) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let erased = Erased::read(tx).await?;
    let Walk { holds, left, lost } = walk(state, tx, org, (&erased, None), &mut Report::default()).await?;
    let mut after = Uuid::nil();
    while let Some(page) = page(state, tx, after, &left).await? {
        after = page.last;
        fix_cases(state, tx, page.strays).await?;
    }
    let (rows, strays): (Vec<_>, Vec<_>) =
        organisation_rows(tx, org, &holds, &erased).await?.into_iter().partition(|stray| row_of(&stray.part).is_some());
    for row in rows {
        fix_row(state, tx, row).await?;
    }
    if strays.is_empty() && lost.is_empty() {
        return Ok(());
    }
    for Stray { part, now, .. } in strays {
        tx.hold(Hold { org, case: None, part, digest: now.unwrap_or_default(), was: None });
    }
    let facts = json!({ "events": lost.to_string() });
    record_in(state, tx, None, Event { action: "verification.began", subject_kind: CHAIN, subject: org, facts, values: Vec::new() }).await
}

async fn fix_cases(state: &State, tx: &mut Tx, strays: Vec<Stray>) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let mut cases: BTreeMap<Uuid, Vec<Stray>> = BTreeMap::new();
    for stray in strays {
        if let Some((case, _)) = &stray.case
            && stray.now.is_some()
            && !stray.part.ends_with(SHOWN)
        {
            cases.entry(*case).or_default().push(stray);
        }
    }
    for (case, strays) in cases {
        for Stray { part, now, .. } in strays {
            tx.hold(Hold { org, case: Some(case), part, digest: now.unwrap_or_default(), was: None });
        }
        let event = Event { action: "case.fixed", subject_kind: "case", subject: case, facts: json!({}), values: Vec::new() };
        record_in(state, tx, None, event).await?;
    }
    Ok(())
}
