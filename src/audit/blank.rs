//! Taking the sealed values of single events away. The chain holds only a commitment to them and still verifies.

use sqlx::FromRow;
use uuid::Uuid;

use super::{model::Change, store::opened_changes};
use crate::{
    fault::Answer,
    server::{
        db::{Sketch, Tx, sql},
        state::State,
    },
};

/// Keeps what the record says about cases and accounts that a legal hold covers and makes the rest unreadable: an
/// organisation is erased around them. The chain stays, names nobody, and verifies. Answers how many events became
/// unreadable.
///
/// # Errors
/// When the database is away.
pub async fn keep_only_held(tx: &mut Tx) -> Answer<u64> {
    let blanked = tx
        .query(sql!(
            "update audit_values set sealed = $2 where org_id = $1 and sealed <> $2 and not exists (
               select 1 from legal_holds h
               where h.released_at is null and h.scope in ('case', 'account') and h.subject_id = audit_values.subject_id)"
        ))
        .bind(Vec::<u8>::new())
        .execute()
        .await?;
    tx.query(sql!(
        "update subject_keys set wrapped = $2 where org_id = $1 and wrapped <> $2 and not exists (
           select 1 from legal_holds h
           where h.released_at is null and h.scope in ('case', 'account') and h.subject_id = subject_keys.subject_id)"
    ))
    .bind(Vec::<u8>::new())
    .execute()
    .await?;
    Ok(blanked)
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
    let mut blanked = 0;
    for row in rows {
        let changes = opened_changes(&wrapping, (org, row.seq, row.subject_id), &row.wrapped, &row.sealed);
        if changes.unwrap_or_default().iter().any(|change| holds(&row.action, change)) {
            blanked += tx
                .query(sql!("update audit_values set sealed = $3 where org_id = $1 and seq = $2"))
                .bind(row.seq)
                .bind(Vec::<u8>::new())
                .execute()
                .await?;
        }
    }
    Ok(blanked)
}
