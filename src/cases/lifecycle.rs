//! Moving a case through its states: closing with an outcome, reopening, and everything between.

use uuid::Uuid;

use super::{
    model::{CaseType, EntryKind, State, StateKind, Transition},
    parse::parse_line,
    read, store,
    store::Stored,
};
use crate::{
    accounts::{Scope, ScopedTx},
    audit::{self, Change},
    fault::{Answer, Complaints, Difference, Fault},
    server::db::sql,
};

/// Moves a case to the state `to`. The same move again changes nothing: the case is there already.
pub(super) async fn move_case(scope: &Scope, number: &str, version: i64, to: &str, outcome: &str, reason: &str) -> Answer<()> {
    let catalogue = read::catalogue(scope).await?;
    let mut tx = scope.begin().await?;
    let stored = store::stored(&mut tx, number).await?;
    if stored.state_key == to {
        return Ok(());
    }
    let case_type = catalogue.case_type(stored.type_id).cloned().ok_or(Fault::NotFound)?;
    let target = case_type.state(to).cloned().ok_or_else(|| Fault::field("to", "Choose one of the states offered."))?;
    let Some(transition) = case_type.transitions.iter().find(|t| t.from == stored.state_key && t.to == to) else {
        let from = name_of(&case_type, &stored.state_key);
        return Err(Fault::field("to", format!("A case cannot go from \u{201c}{from}\u{201d} to \u{201c}{}\u{201d}.", target.name)));
    };
    if stored.version != version {
        return Err(conflict(&case_type, &stored, &target));
    }
    complete(&case_type, transition, &stored)?;
    let closing = if target.kind == StateKind::Closed { Some(parse_closing(outcome, reason)?) } else { None };
    write(&mut tx, &case_type, &stored, &target).await?;
    match (stored.state_kind == StateKind::Closed, &closing) {
        (false, Some((outcome, reason))) => close(&mut tx, &stored, outcome, reason).await?,
        (true, None) => reopen(&mut tx, &stored).await?,
        (true, Some(_)) | (false, None) => {}
    }
    tell(&mut tx, &case_type, &stored, &target, closing).await?;
    tx.commit().await
}

fn name_of(case_type: &CaseType, key: &str) -> String {
    case_type.state(key).map_or_else(|| key.to_owned(), |s| s.name.clone())
}

fn conflict(case_type: &CaseType, stored: &Stored, target: &State) -> Fault {
    Fault::Conflict(vec![
        Difference { field: "to".into(), label: "State".into(), theirs: name_of(case_type, &stored.state_key), yours: target.name.clone() },
        Difference { field: "version".into(), label: "Version".into(), theirs: stored.version.to_string(), yours: String::new() },
    ])
}

/// Every field that the move asks for has a value.
fn complete(case_type: &CaseType, transition: &Transition, stored: &Stored) -> Answer<()> {
    let missing: Vec<&str> = transition
        .required
        .iter()
        .filter(|key| stored.fields.0.get(*key).is_none_or(serde_json::Value::is_null))
        .map(|key| case_type.field(key).map_or(key.as_str(), |f| f.label.as_str()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Fault::field(
        "to",
        format!("Before \u{201c}{}\u{201d}, fill in: {}. Edit the facts of the case.", transition.name, missing.join(", ")),
    ))
}

fn parse_closing(outcome: &str, reason: &str) -> Answer<(String, String)> {
    let mut complaints = Complaints::default();
    let outcome = match parse_line(outcome) {
        Ok(Some(outcome)) => Some(outcome),
        Ok(None) => {
            complaints.add("outcome", "Say how the case ended, in a few words.");
            None
        }
        Err(message) => {
            complaints.add("outcome", message);
            None
        }
    };
    let reason = reason.trim();
    if reason.chars().count() > 2_000 {
        complaints.add("reason", "Use at most 2,000 characters. The rest fits into a note.");
    }
    complaints.done()?;
    Ok((outcome.unwrap_or_default(), reason.to_owned()))
}

async fn write(tx: &mut ScopedTx, case_type: &CaseType, stored: &Stored, target: &State) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    let closed_at = (target.kind == StateKind::Closed).then_some(now);
    let saved = tx
        .query(sql!(
            "update cases set state_key = $3, state_kind = $4, closed_at = case when $4 = 'closed' then coalesce(closed_at, $5) else null end,
                    updated_at = $6, version = version + 1
             where org_id = $1 and id = $2 and version = $7"
        ))
        .bind(stored.id)
        .bind(target.key.clone())
        .bind(target.kind)
        .bind(closed_at)
        .bind(now)
        .bind(stored.version)
        .execute()
        .await?;
    if saved == 0 {
        return Err(conflict(case_type, stored, target));
    }
    if !stored.restricted {
        store::tally(tx, stored.type_id, &stored.state_key, -1).await?;
        store::tally(tx, stored.type_id, &target.key, 1).await?;
    }
    Ok(())
}

async fn close(tx: &mut ScopedTx, stored: &Stored, outcome: &str, reason: &str) -> Answer<()> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    tx.query(sql!(
        "insert into case_closures (org_id, id, case_id, outcome, reason, closed_by, closed_at) values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(Uuid::now_v7())
    .bind(stored.id)
    .bind(outcome.to_owned())
    .bind(reason.to_owned())
    .bind(me)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

async fn reopen(tx: &mut ScopedTx, stored: &Stored) -> Answer<()> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    tx.query(sql!(
        "update case_closures set reopened_by = $3, reopened_at = $4 where org_id = $1 and case_id = $2 and reopened_at is null"
    ))
    .bind(stored.id)
    .bind(me)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The line in the timeline and the event in the chain.
async fn tell(tx: &mut ScopedTx, case_type: &CaseType, stored: &Stored, target: &State, closing: Option<(String, String)>) -> Answer<()> {
    let from = name_of(case_type, &stored.state_key);
    let mut text = format!("State: {from} \u{2192} {}", target.name);
    let mut values = vec![Change { label: "State".into(), from, to: target.name.clone() }];
    let action = match (&closing, stored.state_kind) {
        (Some(_), _) => "case.closed",
        (None, StateKind::Closed) => "case.reopened",
        (None, StateKind::Open | StateKind::Waiting) => "case.moved",
    };
    if let Some((outcome, reason)) = closing {
        text.push_str(&format!("\nOutcome: {outcome}"));
        values.push(Change { label: "Outcome".into(), from: String::new(), to: outcome });
        if !reason.is_empty() {
            text.push_str(&format!("\n{reason}"));
            values.push(Change { label: "Reason".into(), from: String::new(), to: reason });
        }
    }
    store::note_change(tx, stored.id, EntryKind::State, &text).await?;
    let facts = serde_json::json!({ "to": target.name });
    audit::record(tx, audit::Event { action, subject_kind: "case", subject: stored.id.uuid(), facts, values }).await
}
