//! What would go today, and what in the thirty days after.

use serde::{Deserialize, Serialize};

use super::{run, sweep};
use crate::{
    fault::Answer,
    privacy::registry::{self},
    server::state::State,
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
    /// Rows that would go now.
    pub today: i64,
    /// Rows that would go within thirty days, those of today included.
    pub soon: i64,
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
        lines.push(Line {
            id: rule.id.to_owned(),
            says: rule.says.to_owned(),
            days: rule.days,
            today: sweep::count(&mut tx, table, rule, now).await?,
            soon: sweep::count(&mut tx, table, rule, later).await?,
        });
    }
    for (id, says, accounts) in [
        ("accounts", "Accounts whose 30 days have passed are erased.", true),
        ("organisations", "Organisations that were closed 30 days ago are erased.", false),
    ] {
        let (today, soon) = if accounts {
            (run::accounts_due(&mut tx, now).await?, run::accounts_due(&mut tx, later).await?)
        } else {
            (run::organisations_due(&mut tx, now).await?, run::organisations_due(&mut tx, later).await?)
        };
        let many = |found: Vec<uuid::Uuid>| i64::try_from(found.len()).unwrap_or(i64::MAX);
        lines.push(Line { id: id.to_owned(), says: says.to_owned(), days: 30, today: many(today), soon: many(soon) });
    }
    Ok(lines)
}
