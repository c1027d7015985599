//! Who did something last.

use uuid::Uuid;

use crate::{
    accounts::{Scope, ScopedTx},
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    server::db::sql,
};

/// Who did this to that last, and when, in words; empty where nobody has.
///
/// # Errors
/// When the database is away.
pub async fn last_by(tx: &mut ScopedTx, subject_kind: &'static str, subject: Uuid, action: &'static str) -> Answer<String> {
    let last: Option<(Option<Id<kinds::User>>, Option<String>, Instant)> = tx
        .query(sql!(
            "select e.actor_id, u.name, e.at from audit_events e left join users u on u.id = e.actor_id
             where e.org_id = $1 and e.subject_kind = $2 and e.subject_id = $3 and e.action = $4
             order by e.seq desc
             limit 1"
        ))
        .bind(subject_kind.to_owned())
        .bind(subject)
        .bind(action.to_owned())
        .optional()
        .await?;
    Ok(last.map(|(user, name, at)| saved_by(&tx.scope, user, name.as_deref(), at)).unwrap_or_default())
}

/// Who stored something, and when, to finish the line "Saved by …". What the reader did themselves they did elsewhere.
pub fn saved_by(scope: &Scope, user: Option<Id<kinds::User>>, name: Option<&str>, at: Instant) -> String {
    let name = if user == Some(scope.actor.user) { "you in another window" } else { name.unwrap_or("CaseTrakr") };
    format!("{name}, {}", scope.actor.zone.show(at).text)
}
