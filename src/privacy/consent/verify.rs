//! Whether every receipt that the operator's chain names is still there, as it was.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    model::{CHOICE_DAYS, RECEIPT_YEARS},
    receipt::Receipt,
};
use crate::{
    clock::Instant,
    fault::Answer,
    server::{
        db::{global_sql, sql},
        state::State,
    },
};

#[derive(FromRow)]
struct Named {
    seq: i64,
    at: Instant,
    subject_id: Uuid,
    facts: String,
}

/// Walks the events about receipts; answers every break as a sentence.
///
/// # Errors
/// When the database is away.
pub async fn verify(state: &State) -> Answer<Vec<String>> {
    let mut breaks = Vec::new();
    let mut tx = state.db.begin().await?;
    tx.confine(Uuid::nil()).await?;
    let mut seq = 0;
    loop {
        let events: Vec<Named> = tx
            .query(sql!(
                "select seq, at, subject_id, facts
                 from audit_events
                 where org_id = $1 and action = 'consent.recorded' and seq > $2
                 order by seq
                 limit 500"
            ))
            .bind(seq)
            .all()
            .await?;
        let Some(last) = events.last() else { break };
        seq = last.seq;
        for event in events {
            let receipt: Option<Receipt> = tx
                .global(global_sql!(
                    "select id, device_id, user_id, replaces, notice_version, notice_sha256, ui_version, language, preferences,
                            analytics, method, opt_out_signal, chosen_at, expires_at, sha256
                     from consent_receipts
                     where id = $1"
                ))
                .bind(event.subject_id)
                .optional()
                .await?;
            let ends = event.at.plus_seconds((CHOICE_DAYS + RECEIPT_YEARS * 366) * 86_400);
            match receipt {
                None if ends < state.clock.now() => {}
                None => breaks.push(format!("the receipt {} of event {} is missing", event.subject_id, event.seq)),
                Some(receipt) if receipt.sha256 != receipt.hash() || !says(&event.facts, &receipt.seal()) => {
                    breaks.push(format!("the receipt {} of event {} was changed", receipt.id, event.seq));
                }
                Some(_) => {}
            }
        }
    }
    Ok(breaks)
}

fn says(facts: &str, seal: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(facts).is_ok_and(|facts| facts["sha256"] == seal)
}
