//! Moving a case through its states: closing with an outcome, reopening, and everything between.

use std::collections::HashMap;

use serde_json::{Map, Value};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    change::kept_field,
    held::{self, ClosureRow},
    keeping::{self, Becomes},
    merge::{conflict, differs},
    model::{CaseType, EntryKind, FieldDef, State, StateKind, Transition},
    offer,
    parse::{parse_field, parse_line},
    read, store,
    store::Stored,
};
use crate::{
    accounts::{Scope, ScopedTx},
    audit::{self, Change},
    clock::Instant,
    day::Day,
    fault::{Answer, Complaints, Difference, Fault},
    ids::{Id, kinds},
    locale::Locale,
    server::db::sql,
};

/// What the closing form asks for, as it was sent; empty for other moves.
pub(super) struct Closing {
    pub outcome: String,
    pub reason: String,
    pub fields: HashMap<String, Vec<String>>,
}

/// How a case ends.
struct Ending {
    outcome: String,
    reason: String,
    /// Facts that had no value yet.
    facts: Map<String, Value>,
    /// The same as they are kept in the record and the timeline.
    told: Vec<Change>,
}

/// Moves a case to the state `to`. The same move again changes nothing: the case is there already. Closed is closed with
/// one outcome, so another one is told of it.
pub(super) async fn move_case(scope: &Scope, number: &str, (version, from): (i64, &str), to: &str, closing: Closing) -> Answer<()> {
    let catalogue = read::catalogue(scope).await?;
    let mut tx = scope.begin().await?;
    let stored = store::stored(&mut tx, number).await?;
    let case_type = catalogue.case_type(stored.type_id).cloned().ok_or(Fault::NotFound)?;
    let target = case_type.state(to).cloned().ok_or_else(|| Fault::field("to", "Choose one of the states offered."))?;
    if stored.state_key == to {
        return already_there(&mut tx, &stored, &target, &closing).await;
    }
    let stale = if from.is_empty() { stored.version != version } else { from != stored.state_key };
    if stale {
        return Err(moved_meanwhile(&mut tx, &case_type, &stored, &target, &closing).await?);
    }
    let Some(transition) = case_type.transitions.iter().find(|t| t.from == stored.state_key && t.to == to) else {
        let from = name_of(&case_type, &stored.state_key);
        return Err(Fault::field("to", format!("A case cannot go from \u{201c}{from}\u{201d} to \u{201c}{}\u{201d}.", target.name)));
    };
    let ending = if target.kind == StateKind::Closed {
        let facts = missing_facts(&case_type, transition, &stored, &closing.fields, scope.actor.locale);
        let mut ending = parse_closing(&closing, facts)?;
        offer::check(&mut tx, Some(&stored), offer::in_fields(&case_type.fields, &ending.facts)).await?;
        let kept = |def: &FieldDef| {
            let to = kept_field(ending.facts.get(&def.key)?, &catalogue, def.kind, scope.actor.locale);
            Some(Change { label: def.label.clone(), from: String::new(), to })
        };
        ending.told = case_type.fields.iter().filter_map(kept).collect();
        Some(ending)
    } else {
        complete(&case_type, transition, &stored)?;
        None
    };
    write(&mut tx, &stored, &target, ending.as_ref()).await?;
    match (stored.state_kind == StateKind::Closed, &ending) {
        (false, Some(ending)) => close(&mut tx, &stored, ending).await?,
        (true, None) => store::reopen(&mut tx, stored.id).await?,
        // One way to be closed takes the place of another.
        (true, Some(ending)) => {
            store::reopen(&mut tx, stored.id).await?;
            close(&mut tx, &stored, ending).await?;
        }
        (false, None) => {}
    }
    tell(&mut tx, &case_type, &stored, &target, ending).await?;
    tx.commit().await
}

fn name_of(case_type: &CaseType, key: &str) -> String {
    case_type.state(key).map_or_else(|| key.to_owned(), |s| s.name.clone())
}

/// How a case was closed.
#[derive(FromRow)]
struct Closure {
    outcome: String,
    reason: String,
    closed_by: Option<Id<kinds::User>>,
    closer: Option<String>,
    closed_at: Instant,
}

async fn closure(tx: &mut ScopedTx, stored: &Stored) -> Answer<Option<Closure>> {
    Ok(tx
        .query(sql!(
            "select x.outcome, x.reason, x.closed_by, u.name as closer, x.closed_at from case_closures x left join users u on u.id = x.closed_by
             where x.org_id = $1 and x.case_id = $2 and x.reopened_at is null
             order by x.closed_at desc
             limit 1"
        ))
        .bind(stored.id)
        .optional()
        .await?)
}

/// The case is where it was to go. Whoever wanted to close it with the words that it is closed with has nothing to add.
async fn already_there(tx: &mut ScopedTx, stored: &Stored, target: &State, closing: &Closing) -> Answer<()> {
    if target.kind != StateKind::Closed {
        return Ok(());
    }
    let Some(theirs) = closure(tx, stored).await? else { return Ok(()) };
    let text = |words: &str| words.trim().replace("\r\n", "\n");
    if text(&closing.outcome) == theirs.outcome && text(&closing.reason) == theirs.reason {
        return Ok(());
    }
    let both = outcomes(tx, &theirs, closing);
    Err(conflict(tx, stored, both).await?)
}

/// Both outcomes side by side.
fn outcomes(tx: &ScopedTx, theirs: &Closure, closing: &Closing) -> Vec<Difference> {
    let saved = audit::saved_by(&tx.scope, theirs.closed_by, theirs.closer.as_deref(), theirs.closed_at);
    let pairs = [("outcome", "Outcome", &theirs.outcome, &closing.outcome), ("reason", "Reason", &theirs.reason, &closing.reason)];
    let some = pairs.into_iter().filter(|(_, _, theirs, yours)| !(theirs.is_empty() && yours.is_empty()));
    some.map(|(field, label, theirs, yours)| differs(field, label, theirs.as_str(), yours.trim()).saved(saved.clone())).collect()
}

/// Somebody else moved the case on since the page was made.
async fn moved_meanwhile(tx: &mut ScopedTx, case_type: &CaseType, stored: &Stored, target: &State, closing: &Closing) -> Answer<Fault> {
    let mut both = vec![differs("to", "State", name_of(case_type, &stored.state_key), target.name.clone())];
    if target.kind == StateKind::Closed {
        let none = || Closure { outcome: String::new(), reason: String::new(), closed_by: None, closer: None, closed_at: Instant(0) };
        match closure(tx, stored).await? {
            Some(theirs) => both.extend(outcomes(tx, &theirs, closing)),
            None => both.extend(outcomes(tx, &none(), closing).into_iter().map(|difference| difference.saved(""))),
        }
    }
    conflict(tx, stored, both).await
}

/// Every field that a move other than closing asks for has a value.
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

/// The facts that had no value yet and came along with the closing form. It asks for those that the move needs itself:
/// whoever had to go and fill them in elsewhere would lose the outcome that they typed.
fn missing_facts(
    case_type: &CaseType,
    transition: &Transition,
    stored: &Stored,
    typed: &HashMap<String, Vec<String>>,
    locale: Locale,
) -> (Map<String, Value>, Complaints) {
    let (mut facts, mut complaints) = (Map::new(), Complaints::default());
    for def in case_type.fields.iter().filter(|def| stored.fields.0.get(&def.key).is_none_or(Value::is_null)) {
        let asked = FieldDef { required: transition.required.contains(&def.key), ..def.clone() };
        let typed = typed.get(&def.key).map(Vec::as_slice).unwrap_or_default();
        if let Some(Some(value)) = complaints.take(&format!("fields[{}][]", def.key), parse_field(&asked, typed, locale)) {
            facts.insert(def.key.clone(), value);
        }
    }
    (facts, complaints)
}

fn parse_closing(closing: &Closing, (facts, mut complaints): (Map<String, Value>, Complaints)) -> Answer<Ending> {
    let outcome = match parse_line(&closing.outcome) {
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
    let reason = closing.reason.trim();
    if reason.chars().count() > 2_000 {
        complaints.add("reason", "Use at most 2,000 characters. The rest fits into a note.");
    }
    complaints.done()?;
    Ok(Ending { outcome: outcome.unwrap_or_default(), reason: reason.to_owned(), facts, told: Vec::new() })
}

/// When and on which day a case was closed.
type Closed = (Option<Instant>, Option<Day>);

async fn write(tx: &mut ScopedTx, stored: &Stored, target: &State, ending: Option<&Ending>) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    let mut fields = stored.fields.0.clone();
    fields.extend(ending.into_iter().flat_map(|ending| ending.facts.clone()));
    let closed_at = (target.kind == StateKind::Closed).then_some(now);
    let closed_on = closed_at.map(|at| tx.scope.actor.zone.day(at));
    let saved: Option<Closed> = tx
        .query(sql!(
            "update cases set state_key = $3, state_kind = $4, closed_at = case when $4 = 'closed' then coalesce(closed_at, $5) else null end,
                    closed_on = case when $4 = 'closed' then coalesce(closed_on, $9) else null end,
                    updated_at = $6, fields = $7, version = version + 1
             where org_id = $1 and id = $2 and version = $8
             returning closed_at, closed_on"
        ))
        .bind(stored.id)
        .bind(target.key.clone())
        .bind(target.kind)
        .bind(closed_at)
        .bind(now)
        .bind_json(fields)
        .bind(stored.version)
        .bind(closed_on)
        .optional()
        .await?;
    // The row is locked since it was read.
    let Some((closed_at, closed_on)) = saved else { return Err(Fault::Unavailable { retry_after: 1 }) };
    let (raw, case) = (tx.raw(), stored.id.uuid());
    audit::hold_change_of_case(raw, case, "state", &(&stored.state_key, stored.state_kind), &(&target.key, target.kind));
    audit::hold_of_case(raw, case, "closed", &held::closed(closed_at, closed_on));
    for (key, value) in ending.iter().flat_map(|ending| &ending.facts) {
        audit::hold_of_case(raw, case, held::field(key), value);
    }
    if !stored.restricted {
        store::tally(tx, stored.type_id, &stored.state_key, -1).await?;
        store::tally(tx, stored.type_id, &target.key, 1).await?;
    }
    Ok(())
}

async fn close(tx: &mut ScopedTx, stored: &Stored, ending: &Ending) -> Answer<()> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let row = ClosureRow {
        id: Uuid::now_v7(),
        outcome: ending.outcome.clone(),
        reason: ending.reason.clone(),
        closed_at: now,
        reopened_at: None,
    };
    row.hold(tx.raw(), stored.id.uuid());
    tx.query(sql!(
        "insert into case_closures (org_id, id, case_id, outcome, reason, closed_by, closed_at) values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(row.id)
    .bind(stored.id)
    .bind(row.outcome)
    .bind(row.reason)
    .bind(me)
    .bind(now)
    .execute()
    .await?;
    keeping::forget(tx, &stored.number, Becomes::Closing).await
}

/// The line in the timeline and the event in the chain.
async fn tell(tx: &mut ScopedTx, case_type: &CaseType, stored: &Stored, target: &State, ending: Option<Ending>) -> Answer<()> {
    let from = name_of(case_type, &stored.state_key);
    let mut text = format!("State: {from} \u{2192} {}", target.name);
    let mut values = vec![Change { label: "State".into(), from, to: target.name.clone() }];
    let action = match (&ending, stored.state_kind) {
        (Some(_), _) => "case.closed",
        (None, StateKind::Closed) => "case.reopened",
        (None, StateKind::Open | StateKind::Waiting) => "case.moved",
    };
    if let Some(Ending { outcome, reason, told, .. }) = ending {
        text.push_str(&format!("\nOutcome: {outcome}"));
        values.push(Change { label: "Outcome".into(), from: String::new(), to: outcome });
        if !reason.is_empty() {
            text.push_str(&format!("\n{reason}"));
            values.push(Change { label: "Reason".into(), from: String::new(), to: reason });
        }
        told.iter().for_each(|change| text.push_str(&format!("\n{}: {}", change.label, change.to)));
        values.extend(told);
    }
    store::note_change(tx, stored.id, EntryKind::State, &text).await?;
    let facts = serde_json::json!({ "to": target.name });
    audit::record(tx, audit::Event { action, subject_kind: "case", subject: stored.id.uuid(), facts, values }).await
}
