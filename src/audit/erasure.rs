//! Taking away what is sealed: the key of a subject, or the values of single events. The chain holds only a commitment
//! to them and still verifies. Each erasure is an event itself, and verification takes nothing for erased that no such
//! event tells of.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    model::Change,
    numbers::Numbers,
    sealed::opened_changes,
    store::{Event, record_in, start_chain},
    verify::said_by,
};
use crate::{
    fault::Answer,
    server::{
        db::{Hold, Sketch, Tx, sql},
        state::State,
    },
};

/// The kind of thing that these events are about.
pub(super) const ERASURE: &str = "erasure";

/// Destroys the key of a subject in the organisation to which the transaction is confined, under a rule of retention or
/// erasure. What it sealed cannot be read by anybody any more, the chain still verifies, and no new key is ever made for
/// this subject. Answers how many events became unreadable.
///
/// # Errors
/// When the database is away.
pub async fn shred(state: &State, tx: &mut Tx, subject: Uuid, rule: &str) -> Answer<u64> {
    let before: Option<Vec<u8>> =
        tx.query(sql!("select wrapped from subject_keys where org_id = $1 and subject_id = $2")).bind(subject).optional_scalar().await?;
    destroy_key(state, tx, subject).await?;
    let sealed: i64 =
        tx.query(sql!("select count(*) from audit_values where org_id = $1 and subject_id = $2")).bind(subject).scalar().await?;
    if before.is_some_and(|wrapped| !wrapped.is_empty()) {
        start_chain(state, tx).await?;
        let facts = json!({ "events": sealed, "rule": rule });
        record_in(state, tx, None, Event { action: "values.erased", subject_kind: ERASURE, subject, facts, values: Vec::new() }).await?;
    }
    Ok(u64::try_from(sealed).unwrap_or_default())
}

/// Destroys the key alone, where an event tells of it already.
pub(super) async fn destroy_key(state: &State, tx: &mut Tx, subject: Uuid) -> Answer<()> {
    tx.query(sql!(
        "insert into subject_keys (org_id, subject_id, wrapped, created_at) values ($1, $2, $3, $4)
         on conflict (org_id, subject_id) do update set wrapped = excluded.wrapped"
    ))
    .bind(subject)
    .bind(Vec::<u8>::new())
    .bind(state.clock.now())
    .execute()
    .await?;
    Ok(())
}

/// Tells in the chain that an erased name was replaced in an entry of a case, which holds something else since.
///
/// # Errors
/// When the database is away.
pub async fn note_erased_name(state: &State, tx: &mut Tx, case: Uuid, entry: Uuid) -> Answer<()> {
    let facts = json!({ "entry": entry });
    let event = Event { action: "entry.name_erased", subject_kind: "case", subject: case, facts, values: Vec::new() };
    record_in(state, tx, None, event).await
}

/// Tells in the chain which events have lost their values.
async fn tell(state: &State, tx: &mut Tx, blanked: Numbers, rule: &str) -> Answer<()> {
    let facts = json!({ "events": blanked.to_string(), "rule": rule });
    let event = Event { action: "values.blanked", subject_kind: ERASURE, subject: Uuid::nil(), facts, values: Vec::new() };
    record_in(state, tx, None, event).await
}

/// The rule under which everything in an organisation is erased but for what a legal hold covers.
pub(super) const AROUND_HOLDS: &str = "org.erased_around_holds";

/// Keeps what the record says about cases and accounts that a legal hold covers and makes the rest unreadable: an
/// organisation is erased around them. The chain stays, names nobody, and verifies. Answers how many events became
/// unreadable.
///
/// # Errors
/// When the database is away.
pub async fn keep_only_held(state: &State, tx: &mut Tx) -> Answer<u64> {
    let blanked: Vec<i64> = tx
        .query(sql!(
            "update audit_values set sealed = $2 where org_id = $1 and sealed <> $2 and not exists (
               select 1 from legal_holds h
               where h.released_at is null and h.scope in ('case', 'account') and h.subject_id = audit_values.subject_id)
             returning seq"
        ))
        .bind(Vec::<u8>::new())
        .scalars()
        .await?;
    tx.query(sql!(
        "update subject_keys set wrapped = $2 where org_id = $1 and wrapped <> $2 and not exists (
           select 1 from legal_holds h
           where h.released_at is null and h.scope in ('case', 'account') and h.subject_id = subject_keys.subject_id)"
    ))
    .bind(Vec::<u8>::new())
    .execute()
    .await?;
    let many = u64::try_from(blanked.len()).unwrap_or(u64::MAX);
    if many > 0 {
        tell(state, tx, Numbers::of(blanked), AROUND_HOLDS).await?;
    }
    Ok(many)
}

#[derive(FromRow)]
struct Sealed {
    seq: i64,
    action: String,
    subject_id: Uuid,
    sealed: Vec<u8>,
    wrapped: Vec<u8>,
}

/// Takes away the values of those events about cases in which `holds` finds something, by action and value, in the
/// organisation to which the transaction is confined. What a legal hold covers stays. Answers how many events it were.
///
/// # Errors
/// When the database is away.
pub async fn blank_values(
    state: &State,
    tx: &mut Tx,
    actions: &'static [&'static str],
    holds: impl Fn(&str, &Change) -> bool,
) -> Answer<u64> {
    let org = tx.org().unwrap_or_default();
    let mut sketch = Sketch::new(
        "select v.seq, e.action, v.subject_id, v.sealed, k.wrapped
         from audit_events e
         join audit_values v on v.org_id = e.org_id and v.seq = e.seq
         join subject_keys k on k.org_id = v.org_id and k.subject_id = v.subject_id
         where e.org_id = $1 and e.subject_kind = 'case' and not exists (
           select 1 from legal_holds h where h.released_at is null and h.scope = 'case' and h.subject_id = e.subject_id) and ",
    );
    sketch.any_text("e.action", actions.iter().map(|action| (*action).to_owned()));
    let rows: Vec<Sealed> = tx.sketch(sketch).all().await?;
    let wrapping = state.key.derive("subject-keys");
    let (mut blanked, mut carried) = (Vec::new(), BTreeMap::<Uuid, BTreeMap<String, String>>::new());
    for row in rows {
        let changes = opened_changes(&wrapping, (org, row.seq, row.subject_id), &row.wrapped, &row.sealed);
        if changes.unwrap_or_default().iter().any(|change| holds(&row.action, change)) {
            // What only this event says of the rows of the case, another says from now on.
            let said = said_by(state, tx, row.subject_id, row.seq).await?;
            if !said.is_empty() {
                carried.entry(row.subject_id).or_default().extend(said);
            }
            tx.query(sql!("update audit_values set sealed = $3 where org_id = $1 and seq = $2"))
                .bind(row.seq)
                .bind(Vec::<u8>::new())
                .execute()
                .await?;
            blanked.push(row.seq);
        }
    }
    let many = u64::try_from(blanked.len()).unwrap_or(u64::MAX);
    if many > 0 {
        tell(state, tx, Numbers::of(blanked), "account.erased").await?;
    }
    for (case, holds) in carried {
        for (part, digest) in holds {
            tx.hold(Hold { org, case: Some(case), part, digest, was: None });
        }
        record_in(
            state,
            tx,
            None,
            Event { action: "case.fixed", subject_kind: "case", subject: case, facts: json!({}), values: Vec::new() },
        )
        .await?;
    }
    Ok(many)
}
