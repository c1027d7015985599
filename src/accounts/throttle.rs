//! Back-off after failed attempts, counted in the database so that it holds for every node.
//!
//! A bucket is an account seen from one network prefix. Whoever guesses from elsewhere fills another bucket, so an
//! attacker cannot lock the owner out; and the longest pause is ten seconds. A second, wider bucket a prefix slows
//! down whoever tries many accounts.

use crate::{
    fault::{Answer, Fault},
    server::{db::global_sql, secret, visit::Visit},
};

/// Failures are forgotten after this long without a new one.
const FORGET_SECONDS: i64 = 600;

/// The bucket of one account from one network. Hashed: the table holds no addresses.
pub(super) fn account_bucket(visit: &Visit, purpose: &str, email_folded: &str) -> String {
    hashed(&format!("{purpose}|{email_folded}|{}", visit.facts.prefix()))
}

/// The bucket of a whole network.
pub fn network_bucket(visit: &Visit, purpose: &str) -> String {
    hashed(&format!("{purpose}|*|{}", visit.facts.prefix()))
}

fn hashed(text: &str) -> String {
    let hash = secret::sha256(&[text.as_bytes()]);
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash)
}

/// Refuses while the bucket is blocked.
///
/// # Errors
/// [`Fault::TooMany`] with the seconds that are left.
pub async fn admit(visit: &Visit, bucket: &str) -> Answer<()> {
    let now = visit.state.clock.now();
    let until: Option<i64> = visit
        .db
        .global(global_sql!("select blocked_until from throttles where bucket = $1 and blocked_until > $2"))
        .bind(bucket.to_owned())
        .bind(now)
        .optional_scalar()
        .await?;
    match until {
        None => Ok(()),
        Some(until) => Err(Fault::TooMany { retry_after: u32::try_from((until - now.0) / 1_000_000 + 1).unwrap_or(10) }),
    }
}

/// Notes a failure; after `free` of them each further one blocks for 1, 3, 5 and then 10 seconds.
///
/// # Errors
/// When the database is away.
pub async fn failed(visit: &Visit, bucket: &str, free: i64) -> Answer<()> {
    let now = visit.state.clock.now();
    let mut tx = visit.state.db.begin().await?;
    let failures: i64 = tx
        .global(global_sql!(
            "insert into throttles (bucket, failures, blocked_until, last_at) values ($1, 1, 0, $2)
             on conflict (bucket) do update set
               failures = case when throttles.last_at < $3 then 1 else throttles.failures + 1 end,
               last_at = excluded.last_at
             returning failures"
        ))
        .bind(bucket.to_owned())
        .bind(now)
        .bind(now.plus_seconds(-FORGET_SECONDS))
        .scalar()
        .await?;
    let pause = match failures - free {
        ..=0 => 0,
        1 => 1,
        2 => 3,
        3 => 5,
        _ => 10,
    };
    tx.global(global_sql!("update throttles set blocked_until = $2 where bucket = $1"))
        .bind(bucket.to_owned())
        .bind(now.plus_seconds(pause))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Counts one of the things that a network may do so many times an hour.
///
/// # Errors
/// [`Fault::TooMany`] with the seconds until the hour is over.
pub async fn hourly_limit(visit: &Visit, purpose: &str, most: u32) -> Answer<()> {
    const HOUR: i64 = 3_600;
    let now = visit.state.clock.now();
    let mut tx = visit.state.db.begin().await?;
    let (count, since): (i64, i64) = tx
        .global(global_sql!(
            "insert into throttles (bucket, failures, blocked_until, last_at) values ($1, 1, 0, $2)
             on conflict (bucket) do update set
               failures = case when throttles.last_at < $3 then 1 else throttles.failures + 1 end,
               last_at = case when throttles.last_at < $3 then excluded.last_at else throttles.last_at end
             returning failures, last_at"
        ))
        .bind(network_bucket(visit, purpose))
        .bind(now)
        .bind(now.plus_seconds(-HOUR))
        .one()
        .await?;
    tx.commit().await?;
    if count <= i64::from(most) {
        return Ok(());
    }
    let left = (since - now.0) / 1_000_000 + HOUR;
    Err(Fault::TooMany { retry_after: u32::try_from(left.max(1)).unwrap_or(3_600) })
}

/// Forgets the failures of a bucket: the right password was given.
///
/// # Errors
/// When the database is away.
pub(super) async fn forgive(visit: &Visit, bucket: &str) -> Answer<()> {
    visit.state.db.global(global_sql!("delete from throttles where bucket = $1")).bind(bucket.to_owned()).execute().await?;
    Ok(())
}
