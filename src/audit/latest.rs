//! Who did something last.

use uuid::Uuid;

use crate::{accounts::ScopedTx, clock::Instant, fault::Answer, server::db::sql};

/// Who did this to that last, and when, in words; empty where nobody has.
///
/// # Errors
/// When the database is away.
pub async fn last_by(tx: &mut ScopedTx, subject_kind: &'static str, subject: Uuid, action: &'static str) -> Answer<String> {
    let last: Option<(Option<String>, Instant)> = tx
        .query(sql!(
            "select u.name, e.at from audit_events e left join users u on u.id = e.actor_id
             where e.org_id = $1 and e.subject_kind = $2 and e.subject_id = $3 and e.action = $4
             order by e.seq desc
             limit 1"
        ))
        .bind(subject_kind.to_owned())
        .bind(subject)
        .bind(action.to_owned())
        .optional()
        .await?;
    let zone = tx.scope.actor.zone.clone();
    Ok(last.map(|(name, at)| format!("{}, {}", name.unwrap_or_else(|| "CaseTrakr".to_owned()), zone.show(at).text)).unwrap_or_default())
}
