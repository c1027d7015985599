//! What clocks showed, for a migration of an SQLite database, which knows no time zones: `0022_days.sql` turns moments
//! into the days that they were where the organisation is.

use jiff::{Timestamp, tz::TimeZone};
use sqlx::sqlite::SqlitePool;

/// The migration that reads them, and takes the table away.
const READER: i64 = 22;

/// Writes down the offsets of every organisation's zone, unless the migration has run.
pub(super) async fn write_down(pool: &SqlitePool) -> sqlx::Result<()> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    if has_table(&mut tx, "_sqlx_migrations").await? {
        let ran: i64 =
            sqlx::query_scalar("select count(*) from _sqlx_migrations where version = $1").bind(READER).fetch_one(&mut *tx).await?;
        if ran > 0 {
            return Ok(());
        }
    }
    sqlx::query(
        "create table if not exists zone_offsets (
           time_zone text not null, from_at integer not null, seconds integer not null, primary key (time_zone, from_at)) strict",
    )
    .execute(&mut *tx)
    .await?;
    if has_table(&mut tx, "organisations").await? {
        let zones: Vec<String> = sqlx::query_scalar("select distinct time_zone from organisations").fetch_all(&mut *tx).await?;
        for zone in zones {
            for (from, seconds) in offsets(&zone) {
                sqlx::query("insert into zone_offsets (time_zone, from_at, seconds) values ($1, $2, $3) on conflict do nothing")
                    .bind(&zone)
                    .bind(from)
                    .bind(seconds)
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    tx.commit().await
}

async fn has_table(tx: &mut sqlx::Transaction<'_, sqlx::Sqlite>, name: &str) -> sqlx::Result<bool> {
    let found: i64 =
        sqlx::query_scalar("select count(*) from sqlite_master where type = 'table' and name = $1").bind(name).fetch_one(&mut **tx).await?;
    Ok(found > 0)
}

/// Since which microsecond a zone's clocks have been how many seconds ahead of UTC. An unknown zone is UTC. Rules that go
/// on for ever are followed until 2300: no import takes a later moment.
fn offsets(zone: &str) -> Vec<(i64, i64)> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let end = Timestamp::from_second(10_413_792_000).unwrap_or(Timestamp::MAX);
    let first = (i64::MIN, i64::from(zone.to_offset(Timestamp::MIN).seconds()));
    let later = zone.following(Timestamp::MIN).take_while(|change| change.timestamp() < end);
    std::iter::once(first).chain(later.map(|change| (change.timestamp().as_microsecond(), i64::from(change.offset().seconds())))).collect()
}
