//! What somebody changed, as against what they saw: whoever saves second takes nothing back that they never touched.

use super::{model::EntryKind, store::Stored};
use crate::{
    accounts::ScopedTx,
    clock::Instant,
    fault::{Answer, Difference, Fault},
    form::AsShown,
    server::db::sql,
};

/// A case or an entry as the page showed it from which somebody saves.
pub(super) struct Seen {
    /// The version.
    pub version: i64,
    /// What its fields showed; nothing where the form does not say.
    pub shown: Option<AsShown>,
}

impl Seen {
    /// As the form says it.
    pub fn of(version: i64, as_shown: &str) -> Self {
        Self { version, shown: AsShown::parse(as_shown) }
    }

    /// Whether this person changed the field to that. A form that does not say what it showed means every field.
    pub fn touched(&self, field: &str, typed: &[String]) -> bool {
        self.shown.as_ref().is_none_or(|shown| !shown.is(field, typed))
    }

    /// Whether somebody else has changed the field since, which holds that now.
    pub fn moved(&self, field: &str, now: &[String], version: i64) -> bool {
        version != self.version && self.shown.as_ref().is_none_or(|shown| !shown.is(field, now))
    }
}

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
    let rows: Vec<(String, Option<String>, Instant)> = tx
        .query(sql!(
            "select e.body, u.name, e.created_at from entries e left join users u on u.id = e.author_id
             where e.org_id = $1 and e.case_id = $2 and e.kind in ($3, $4)
             order by e.occurred_at desc, e.id desc
             limit 100"
        ))
        .bind(stored.id)
        .bind(EntryKind::Field)
        .bind(EntryKind::State)
        .all()
        .await?;
    let zone = tx.scope.actor.zone.clone();
    let by = |(lines, name, at): (String, Option<String>, Instant)| {
        (lines, format!("{}, {}", name.unwrap_or_else(|| "CaseTrakr".to_owned()), zone.show(at).text))
    };
    Ok(rows.into_iter().map(by).collect())
}
