//! What somebody changed, as against what they saw: whoever saves second takes nothing back that they never touched.

use super::{model::EntryKind, store::Stored};
use crate::{
    accounts::ScopedTx,
    audit,
    clock::Instant,
    fault::{Answer, Difference, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

type UserId = Id<kinds::User>;

/// A field that two people changed.
pub(super) fn differs(field: &str, label: &str, theirs: impl Into<String>, yours: impl Into<String>) -> Difference {
    Difference::new(field, label, theirs, yours)
}

/// Stored and sent values side by side, with who stored them, and the version to save against next.
pub(super) async fn conflict(tx: &mut ScopedTx, stored: &Stored, both: Vec<Difference>) -> Answer<Fault> {
    let changes = changes(tx, stored).await?;
    let saved = |difference: Difference| {
        // A line of the timeline begins with what was changed.
        let label = format!("{}: ", difference.label);
        let by = changes.iter().find(|(lines, _)| lines.lines().any(|line| line.starts_with(&label)));
        let by = by.map(|(_, by)| by.clone()).unwrap_or_default();
        if difference.saved.is_empty() { difference.saved(by) } else { difference }
    };
    let mut all: Vec<Difference> = both.into_iter().map(saved).collect();
    all.push(Difference::version(stored.version));
    Ok(Fault::Conflict(all))
}

/// What was changed of a case lately, the latest first: the lines, and who and when.
async fn changes(tx: &mut ScopedTx, stored: &Stored) -> Answer<Vec<(String, String)>> {
    let rows: Vec<(String, Option<UserId>, Option<String>, Instant)> = tx
        .query(sql!(
            "select e.body, e.author_id, u.name, e.created_at from entries e left join users u on u.id = e.author_id
             where e.org_id = $1 and e.case_id = $2 and e.kind in ($3, $4)
             order by e.occurred_at desc, e.id desc
             limit 100"
        ))
        .bind(stored.id)
        .bind(EntryKind::Field)
        .bind(EntryKind::State)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(lines, author, name, at)| (lines, audit::saved_by(&tx.scope, author, name.as_deref(), at))).collect())
}
