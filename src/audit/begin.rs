//! Where watching the rows begins: at an installation that is older than that, at an organisation that came with an
//! archive. What is there now is fixed as it is, and what is gone by then is noted as gone, so that nothing can hide
//! behind it later.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::{
    erasure::destroy_key,
    marker,
    store::{Event, organisations, record_in, record_operator, start_chain},
    verify::{CHAIN, Erased, Report, Stray, Walk, organisation_rows, page, walk},
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
    if marker::knows_the_operator(state) {
        return Ok(());
    }
    begin_now(state).await
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
    fix(state, tx).await
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
    let strays = organisation_rows(tx, org, &holds).await?;
    if strays.is_empty() && lost.is_empty() {
        return Ok(());
    }
    for Stray { part, now, .. } in strays {
        tx.hold(Hold { org, case: None, part, digest: now });
    }
    let facts = json!({ "events": lost.to_string() });
    record_in(state, tx, None, Event { action: "verification.began", subject_kind: CHAIN, subject: org, facts, values: Vec::new() }).await
}

async fn fix_cases(state: &State, tx: &mut Tx, strays: Vec<Stray>) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let mut cases: BTreeMap<Uuid, Vec<Stray>> = BTreeMap::new();
    for stray in strays {
        if let Some((case, _)) = &stray.case
            && !stray.part.ends_with(SHOWN)
        {
            cases.entry(*case).or_default().push(stray);
        }
    }
    for (case, strays) in cases {
        for Stray { part, now, .. } in strays {
            tx.hold(Hold { org, case: Some(case), part, digest: now });
        }
        let event = Event { action: "case.fixed", subject_kind: "case", subject: case, facts: json!({}), values: Vec::new() };
        record_in(state, tx, None, event).await?;
    }
    Ok(())
}
