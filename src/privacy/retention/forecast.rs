//! What would go today, and what in the thirty days after.

use serde::{Deserialize, Serialize};

use super::{held_inside, run, sweep};
use crate::{
    clock::Instant,
    fault::Answer,
    privacy::registry::{self},
    server::{
        db::{Tx, global_sql},
        state::State,
    },
};

/// One rule, and what it would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The rule.
    pub id: String,
    /// What it does.
    pub says: String,
    /// After how many days.
    pub days: i64,
    /// After how long, for people.
    pub after: String,
    /// Rows that would go now.
    pub today: i64,
    /// Rows that would go within thirty days, those of today included.
    pub soon: i64,
    /// Rows whose time comes within thirty days and that stay all the same while the data of their person is restricted.
    pub restricted: i64,
}

/// Looks at every rule and touches nothing.
///
/// # Errors
/// When the database is away.
pub async fn forecast(state: &State) -> Answer<Vec<Line>> {
    let now = state.clock.now();
    let later = now.plus_seconds(30 * 86_400);
    let mut tx = state.db.look().await?;
    let mut lines = Vec::new();
    for (table, rule) in registry::sweeps() {
        let (now, soon) = (sweep::count(&mut tx, table, rule, now).await?, sweep::count(&mut tx, table, rule, later).await?);
        lines.push(Line {
            id: rule.id.to_owned(),
            says: rule.says.to_owned(),
            days: rule.days,
            after: rule.period(table),
            today: now.due,
            soon: soon.due,
            restricted: soon.restricted,
        });
    }
    for (id, says, accounts) in [
        ("accounts", "Accounts whose 30 days have passed are erased.", true),
        ("organisations", "Organisations that were closed 30 days ago are erased.", false),
    ] {
        let (today, soon) = if accounts {
            (run::accounts_due(&mut tx, now).await?, run::accounts_due(&mut tx, later).await?)
        } else {
            (organisations(&mut tx, now).await?, organisations(&mut tx, later).await?)
        };
        let many = |found: Vec<uuid::Uuid>| i64::try_from(found.len()).unwrap_or(i64::MAX);
        lines.push(Line {
            id: id.to_owned(),
            says: says.to_owned(),
            days: 30,
            after: "30 days".to_owned(),
            today: many(today),
            soon: many(soon),
            restricted: 0,
        });
    }
    Ok(lines)
}

/// Closed organisations to be erased, but for those of which only what is held is left.
async fn organisations(tx: &mut Tx, at: Instant) -> Answer<Vec<uuid::Uuid>> {
    let mut due = Vec::new();
    for org in run::organisations_due(tx, at).await? {
        tx.confine(org).await?;
        let begun = tx.global(global_sql!("select certificate from organisation_closures where organisation = $1"));
        let begun: String = begun.bind(org).scalar().await?;
        if begun.is_empty() || held_inside(tx).await?.is_empty() {
            due.push(org);
        }
    }
    Ok(due)
}
