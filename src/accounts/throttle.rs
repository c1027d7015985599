//! Limits on what may be tried, counted in the database so that they hold for every node.
//!
//! An attempt takes its place before it is judged, in one statement a bucket: of many at the same moment no more are judged
//! than of as many in a row. Each bucket takes some attempts for nothing; each further one makes the next wait, for ten
//! seconds at most. What turns out right gives its place back.
//!
//! Who knows an account, by a device or from an exact address on which somebody signed in to it before, is counted apart
//! from all others: neither a neighbour in the same network nor the whole internet keeps the owner out. Everybody else
//! shares the buckets of their network and of the account. Keys are made with a secret: the table holds no addresses.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    fault::{Answer, Fault},
    server::{
        db::{Tx, global_sql},
        state::State,
        visit::Visit,
    },
};

/// Attempts are forgotten after this long without a new one.
const FORGET_SECONDS: i64 = 600;
const DAY: i64 = 86_400;

/// What attempts are counted by, and how many of them cost no wait.
#[derive(Clone)]
pub struct Bucket {
    key: String,
    free: i64,
    /// From so many on the wait is a quarter of an hour.
    most: i64,
    forget: i64,
}

impl Bucket {
    pub(super) fn new(state: &State, what: &[&str], free: i64) -> Self {
        Self { key: key(state, what), free, most: i64::MAX, forget: FORGET_SECONDS }
    }

    /// Remembered for a day, in which there are about a hundred attempts and hardly more.
    pub(super) fn for_a_day(self) -> Self {
        Self { most: 100, forget: DAY, ..self }
    }
}

fn key(state: &State, what: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(state.key.derive("throttle").sign(what.join("|").as_bytes()))
}

/// What a network may try of one thing. With IPv6 a customer has a whole range of networks, which has a limit of its own.
pub fn network(visit: &Visit, purpose: &str) -> Vec<Bucket> {
    let free = i64::from(visit.state.config.limits.attempts_per_prefix);
    around(visit, free).into_iter().map(|(network, free)| Bucket::new(&visit.state, &[purpose, "*", &network], free)).collect()
}

/// The networks around the client, each with its share of a limit.
fn around(visit: &Visit, most: i64) -> Vec<(String, i64)> {
    let near = (visit.facts.prefix(), most);
    [near].into_iter().chain(visit.facts.site().map(|site| (site, most.saturating_mul(4)))).collect()
}

/// What a stranger may try of one account: from their network, and all of them together.
pub(super) fn strangers(visit: &Visit, purpose: &str, account: &str, free: i64) -> Vec<Bucket> {
    let state = &visit.state;
    let near = around(visit, free).into_iter().map(|(network, free)| Bucket::new(state, &[purpose, account, &network], free));
    near.chain([Bucket::new(state, &[purpose, account, "*"], 20).for_a_day()]).collect()
}

/// Takes a place in each bucket, or in none.
///
/// # Errors
/// [`Fault::TooMany`] with the seconds until there is one.
pub async fn reserve(visit: &Visit, buckets: &[Bucket]) -> Answer<()> {
    let now = visit.state.clock.now();
    let mut buckets: Vec<&Bucket> = buckets.iter().collect();
    // In one order, so that two who take several of them never wait for one another.
    buckets.sort_by(|one, other| one.key.cmp(&other.key));
    let mut tx = visit.state.db.begin().await?;
    for bucket in buckets {
        let taken: Option<i64> = tx
            .global(global_sql!(
                "insert into throttles (bucket, failures, blocked_until, last_at) values ($1, 1, 0, $2)
                 on conflict (bucket) do update set
                   failures = case when throttles.last_at < $3 then 1 else throttles.failures + 1 end,
                   blocked_until = case
                     when throttles.last_at < $3 or throttles.failures < $4 then 0
                     when throttles.failures < $4 + 1 then excluded.last_at + 1000000
                     when throttles.failures < $4 + 2 then excluded.last_at + 3000000
                     when throttles.failures < $4 + 3 then excluded.last_at + 5000000
                     when throttles.failures < $5 then excluded.last_at + 10000000
                     else excluded.last_at + 900000000 end,
                   last_at = excluded.last_at
                 where throttles.blocked_until <= excluded.last_at
                 returning failures"
            ))
            .bind(bucket.key.clone())
            .bind(now)
            .bind(now.plus_seconds(-bucket.forget))
            .bind(bucket.free)
            .bind(bucket.most)
            .optional_scalar()
            .await?;
        if taken.is_none() {
            let until: Option<i64> = tx
                .global(global_sql!("select blocked_until from throttles where bucket = $1"))
                .bind(bucket.key.clone())
                .optional_scalar()
                .await?;
            return Err(too_many(until.unwrap_or(now.0) - now.0));
        }
    }
    Ok(tx.commit().await?)
}

fn too_many(micros: i64) -> Fault {
    Fault::TooMany { retry_after: u32::try_from(micros / 1_000_000 + 1).unwrap_or(10) }
}

/// Gives the places back: what was tried was right. A wait that others have brought about stays.
///
/// # Errors
/// When the database is away.
pub(super) async fn give_back(visit: &Visit, buckets: &[Bucket]) -> Answer<()> {
    for bucket in buckets {
        let one_less = global_sql!("update throttles set failures = failures - 1 where bucket = $1 and failures > 0");
        visit.state.db.global(one_less).bind(bucket.key.clone()).execute().await?;
    }
    Ok(())
}

/// Forgets what was tried in a bucket that only one person can have filled.
///
/// # Errors
/// When the database is away.
pub(super) async fn forgive(visit: &Visit, bucket: &Bucket) -> Answer<()> {
    visit.state.db.global(global_sql!("delete from throttles where bucket = $1")).bind(bucket.key.clone()).execute().await?;
    Ok(())
}

/// Counts one of the things that a network may do so many times an hour.
///
/// # Errors
/// [`Fault::TooMany`] with the seconds until the hour is over.
pub async fn hourly_limit(visit: &Visit, purpose: &str, most: u32) -> Answer<()> {
    let mut tx = visit.state.db.begin().await?;
    for (network, most) in around(visit, i64::from(most)) {
        let window = Window { key: key(&visit.state, &[purpose, "*", &network]), seconds: 3_600, most };
        if let Some(wait) = window.count(&visit.state, &mut tx).await? {
            return Err(too_many(wait));
        }
    }
    Ok(tx.commit().await?)
}

/// So many of something within a time that begins with the first of them.
struct Window {
    key: String,
    seconds: i64,
    most: i64,
}

impl Window {
    /// Counts one more; where there is none left, the microseconds until there is.
    async fn count(&self, state: &State, tx: &mut Tx) -> Answer<Option<i64>> {
        let now = state.clock.now();
        let counted: Option<i64> = tx
            .global(global_sql!(
                "insert into throttles (bucket, failures, blocked_until, last_at) values ($1, 1, 0, $2)
                 on conflict (bucket) do update set
                   failures = case when throttles.last_at <= $3 then 1 else throttles.failures + 1 end,
                   last_at = case when throttles.last_at <= $3 then excluded.last_at else throttles.last_at end
                 where throttles.last_at <= $3 or throttles.failures < $4
                 returning failures"
            ))
            .bind(self.key.clone())
            .bind(now)
            .bind(now.plus_seconds(-self.seconds))
            .bind(self.most)
            .optional_scalar()
            .await?;
        if counted.is_some() {
            return Ok(None);
        }
        let since: Option<i64> =
            tx.global(global_sql!("select last_at from throttles where bucket = $1")).bind(self.key.clone()).optional_scalar().await?;
        Ok(Some(since.unwrap_or(now.0) + self.seconds * 1_000_000 - now.0))
    }
}

/// Why a message goes to an address that a visitor typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// A link to choose a new password. It has a share of its own: whoever fills the other must not keep anybody from it.
    Reset,
    /// Anything else: a sign-up, a confirmation, an invitation, another address, a privacy request.
    Other,
}

/// Whether one more message may go to an address at the word of somebody who need not be its owner, and counts it. One limit
/// an address over all purposes, networks and organisations. Whoever is over it hears nothing of it: the page says the same,
/// and the link that was sent last stays valid.
///
/// # Errors
/// When the database is away.
pub async fn may_write_to(state: &State, tx: &mut Tx, folded: &str, letter: Letter) -> Answer<bool> {
    let hourly = i64::from(state.config.limits.mails_per_hour);
    let share = match letter {
        Letter::Reset => "reset",
        Letter::Other => "other",
    };
    for (span, seconds, most) in [("hour", 3_600, hourly), ("day", DAY, hourly.saturating_mul(3))] {
        let window = Window { key: key(state, &["mail", share, folded, span]), seconds, most };
        if window.count(state, tx).await?.is_some() {
            tracing::info!(share, span, "a message was not sent: its recipient had as many as one may have");
            return Ok(false);
        }
    }
    Ok(true)
}
