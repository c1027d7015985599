//! What runs out of what is counted: events after ninety days, the daily sums after twenty-five months. Receipts run out
//! by the daily run of retention, which knows of accounts under a legal hold; what is counted here leads to no account.
//!
//! There is a job for it as long as there is something to retire: storing an event makes sure that one waits, and each
//! run arranges the next for the day after.

use std::str::FromStr as _;

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use uuid::Uuid;

use crate::{
    clock::Instant,
    fault::Answer,
    server::{
        db::{Tx, global_sql},
        jobs::{Failure, Leased},
        state::State,
        time::iso,
    },
};

/// Days that a counted event is kept.
pub const EVENT_DAYS: i64 = 90;
/// Months that the sums a day are kept.
pub const COUNT_MONTHS: i64 = 25;
/// Years that a receipt is kept after its choice has run out.
pub const RECEIPT_YEARS: i64 = 3;
/// The kind of the job.
pub const RETIRE_JOB: &str = "consent.retire";

/// Makes sure that the job waits.
pub(super) async fn arrange(state: &State, tx: &mut Tx) -> Answer<()> {
    let now = state.clock.now();
    tx.global(global_sql!(
        "insert into jobs (id, org_id, kind, payload, run_at, attempts, created_at)
         select $1, null, $2, '', $3, 0, $4
         where not exists (select 1 from jobs where kind = $2 and finished_at is null)"
    ))
    .bind(Uuid::now_v7())
    .bind(RETIRE_JOB.to_owned())
    .bind(now.plus_seconds(86_400))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The job.
pub async fn retire(state: State, job: Leased) -> Result<(), Failure> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    tx.global(global_sql!("delete from usage_events where at < $1")).bind(now.plus_seconds(-EVENT_DAYS * 86_400)).execute().await?;
    tx.global(global_sql!("delete from usage_counts where day < $1")).bind(first_day(now)).execute().await?;
    // This job is still there until it has ended, so the next one is written beside it.
    tx.global(global_sql!(
        "insert into jobs (id, org_id, kind, payload, run_at, attempts, created_at)
         select $1, null, $2, '', $3, 0, $4
         where not exists (select 1 from jobs where kind = $2 and finished_at is null and id <> $5)
           and exists (select 1 from usage_counts)"
    ))
    .bind(Uuid::now_v7())
    .bind(RETIRE_JOB.to_owned())
    .bind(now.plus_seconds(86_400))
    .bind(now)
    .bind(job.id)
    .execute()
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The first day whose sums are still kept.
fn first_day(now: Instant) -> String {
    let today = Timestamp::from_str(&iso(now)).unwrap_or_default().to_zoned(TimeZone::UTC);
    today.checked_sub(COUNT_MONTHS.months()).map(|day| day.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_kept_for_twenty_five_months() {
        let now = Timestamp::from_str("2026-11-24T10:00:00Z").unwrap();
        assert_eq!(first_day(Instant(now.as_microsecond())), "2024-10-24");
    }
}
