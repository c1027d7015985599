//! Whether every receipt that the operator's chain names is still there, as it was.

use sqlx::FromRow;
use uuid::Uuid;

use super::{model::RECEIPT_YEARS, receipt::Receipt};
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
            let facts = serde_json::from_str::<serde_json::Value>(&event.facts).unwrap_or_default();
            // An event from before this was noted: its choice may have been as old as a choice can be.
            let ran_out = facts["expires_at"].as_i64().map_or(event.at, Instant);
            let swept_from = ran_out.plus_seconds(RECEIPT_YEARS * 366 * 86_400);
            match receipt {
                None if swept_from <= state.clock.now() => {}
                None => breaks.push(format!("the receipt {} of event {} is missing", event.subject_id, event.seq)),
                Some(receipt) if receipt.sha256 != receipt.hash() || facts["sha256"] != receipt.seal() => {
                    breaks.push(format!("the receipt {} of event {} was changed", receipt.id, event.seq));
                }
                Some(_) => {}
            }
        }
    }
    Ok(breaks)
}
