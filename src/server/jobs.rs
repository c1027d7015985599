//! Background work: rows written in the caller's transaction, leased, retried, idempotent.
//!
//! A job is carried out at least once. A worker that dies loses its lease and another takes the job over, so every
//! job is written to be repeated. What fails for good stays in the table with its reason.
//!
//! There are two lanes, and each carries out one job at a time: what may take minutes runs in a lane of its own, so that
//! no message waits for it.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::{Tx, global_sql},
    job_notifier::Lane,
    state::State,
};
use crate::{clock::Instant, fault::Answer};

/// How long a worker may hold a job before another may take it.
const LEASE_SECONDS: i64 = 15;
/// Tries before a job is given up.
pub(super) const MAX_ATTEMPTS: i64 = 8;

/// A job that this process holds.
#[derive(Clone, Debug, FromRow)]
pub struct Leased {
    /// The job's id, the same on every try.
    pub id: Uuid,
    /// The organisation for which it runs, if any.
    pub org_id: Option<Uuid>,
    /// Which work it is.
    pub kind: String,
    /// What the work needs to know.
    pub payload: String,
    /// Tries so far, this one included.
    pub attempts: i64,
}

/// Why a job did not get done. The reasons are ours and hold no personal data.
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// Worth another try.
    Retry(&'static str),
    /// Never to be tried again.
    Final(&'static str),
    /// The process stops; the next one goes on at once.
    Interrupted,
}

impl From<crate::fault::Fault> for Failure {
    fn from(_: crate::fault::Fault) -> Self {
        Self::Retry("a request to the database failed; see the log")
    }
}

impl From<sqlx::Error> for Failure {
    fn from(_: sqlx::Error) -> Self {
        Self::Retry("the database is away")
    }
}

/// Writes a job into this transaction and wakes the worker.
///
/// # Errors
/// When the database is away.
pub async fn enqueue(state: &State, tx: &mut Tx, kind: &str, org: Option<Uuid>, payload: &str) -> Answer<()> {
    enqueue_at(state, tx, kind, org, payload, state.clock.now()).await
}

/// The same for a moment that is to come.
///
/// # Errors
/// When the database is away.
pub async fn enqueue_at(state: &State, tx: &mut Tx, kind: &str, org: Option<Uuid>, payload: &str, run_at: Instant) -> Answer<()> {
    enqueue_as(state, tx, (Uuid::now_v7(), run_at), kind, org, payload).await
}

/// The same under a known id and for a certain time. A job of that id that is there already stays as it is, so that
/// several processes can ask for the same work.
///
/// # Errors
/// When the database is away.
pub async fn enqueue_as(
    state: &State,
    tx: &mut Tx,
    (id, run_at): (Uuid, Instant),
    kind: &str,
    org: Option<Uuid>,
    payload: &str,
) -> Answer<()> {
    tx.global(global_sql!(
        "insert into jobs (id, org_id, kind, payload, run_at, attempts, created_at)
         values ($1, $2, $3, $4, $5, 0, $6)
         on conflict (id) do nothing"
    ))
    .bind(id)
    .bind(org)
    .bind(kind.to_owned())
    .bind(payload.to_owned())
    .bind(run_at)
    .bind(state.clock.now())
    .execute()
    .await?;
    // A wake-up before the commit only means one look too early; the worker looks again by itself.
    state.job_notifier.notify();
    Ok(())
}

/// Takes back the jobs of a kind about one thing, so that another can take their place.
///
/// # Errors
/// When the database is away.
pub async fn cancel(tx: &mut Tx, kind: &str, payload: &str) -> Answer<()> {
    tx.global(global_sql!("delete from jobs where kind = $1 and payload = $2"))
        .bind(kind.to_owned())
        .bind(payload.to_owned())
        .execute()
        .await?;
    Ok(())
}

type Run = Arc<dyn Fn(State, Leased) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>> + Send + Sync>;

/// Carries out jobs, one at a time in each lane: more would only wait for the one writer.
pub struct Worker {
    state: State,
    kinds: HashMap<&'static str, Run>,
    daily: Vec<&'static str>,
    long: Vec<&'static str>,
    /// The last day for which the daily work was asked for.
    day: AtomicI64,
}

impl Worker {
    /// A worker that knows no work yet.
    pub fn new(state: State) -> Self {
        Self { state, kinds: HashMap::new(), daily: Vec::new(), long: Vec::new(), day: AtomicI64::new(0) }
    }

    /// Teaches it one kind of work.
    #[must_use]
    pub fn with<F>(mut self, kind: &'static str, run: fn(State, Leased) -> F) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.kinds.insert(kind, Arc::new(move |state, job| Box::pin(run(state, job))));
        self
    }

    /// Teaches it work that may take long.
    #[must_use]
    pub fn long<F>(mut self, kind: &'static str, run: fn(State, Leased) -> F) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.long.push(kind);
        self.with(kind, run)
    }

    /// Teaches it work that is to be done once a day, by whichever process comes first.
    #[must_use]
    pub fn daily<F>(mut self, kind: &'static str, run: fn(State, Leased) -> F) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.daily.push(kind);
        self.with(kind, run)
    }

    /// Asks for the daily work of a new day. The id is made of the day, so that several processes ask for one job.
    async fn ask_for_daily(&self) -> Answer<()> {
        let now = self.state.clock.now();
        let today = now.0.div_euclid(86_400_000_000);
        if self.day.swap(today, Ordering::Relaxed) == today {
            return Ok(());
        }
        let mut tx = self.state.db.begin().await?;
        for kind in &self.daily {
            let hash = super::secret::sha256(&[kind.as_bytes(), &today.to_be_bytes()]);
            let id = hash.iter().take(16).fold(0_u128, |id, byte| (id << 8) | u128::from(*byte));
            enqueue_as(&self.state, &mut tx, (Uuid::from_u128(id), now), kind, None, "").await?;
        }
        Ok(tx.commit().await?)
    }

    /// Works until the process stops.
    pub async fn run(self) {
        self.take_over().await;
        tokio::join!(self.run_lane(Lane::Short), self.run_lane(Lane::Long));
    }

    async fn run_lane(&self, lane: Lane) {
        while !self.state.is_stopping() {
            if lane == Lane::Short && self.ask_for_daily().await.is_err() {
                // Asked for again with the next look; the fault is in the log.
                self.day.store(0, Ordering::Relaxed);
            }
            match self.work_once(lane).await {
                Ok(true) => {}
                Ok(false) => {
                    let _ = tokio::time::timeout(Duration::from_millis(500), self.state.job_notifier.of(lane).notified()).await;
                }
                Err(error) => {
                    tracing::warn!(error = ?std::mem::discriminant(&error), "the worker cannot reach the database");
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        }
    }

    /// Carries out everything that is due. For tests and the command line.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn drain(&self) -> sqlx::Result<()> {
        while self.work_once(Lane::Short).await? || self.work_once(Lane::Long).await? {}
        Ok(())
    }

    /// An SQLite file has one process: what was leased when this one started belongs to a dead one.
    async fn take_over(&self) {
        if self.state.db.is_postgres() {
            return;
        }
        let freed = self.state.db.global(global_sql!("update jobs set leased_until = null where finished_at is null"));
        if let Err(error) = freed.execute().await {
            tracing::warn!(error = ?std::mem::discriminant(&error), "leases of an earlier process stay until they expire");
        }
    }

    async fn work_once(&self, lane: Lane) -> sqlx::Result<bool> {
        let Some(job) = self.lease(lane).await? else { return Ok(false) };
        let outcome = match self.kinds.get(job.kind.as_str()) {
            Some(run) => self.guarded(run.clone(), job.clone()).await,
            None => Err(Failure::Final("no such kind of work in this version")),
        };
        self.settle(&job, outcome).await?;
        Ok(true)
    }

    /// Runs the work in a task of its own, so that a panic costs one try and not the worker; renews the lease meanwhile.
    async fn guarded(&self, run: Run, job: Leased) -> Result<(), Failure> {
        let mut task = tokio::spawn(run(self.state.clone(), job.clone()));
        let mut renewal = tokio::time::interval(Duration::from_secs(LEASE_SECONDS as u64 / 3));
        renewal.tick().await;
        loop {
            tokio::select! {
                ended = &mut task => return ended.unwrap_or(Err(Failure::Retry("the work panicked; see the log"))),
                _ = renewal.tick() => { let _ = self.renew(job.id).await; }
            }
        }
    }

    async fn lease(&self, lane: Lane) -> sqlx::Result<Option<Leased>> {
        let long = serde_json::to_string(&self.long).unwrap_or_default();
        let now = self.state.clock.now();
        let mut tx = self.state.db.begin().await?;
        let job = tx
            .global(global_sql!(
                sqlite: "update jobs set leased_until = $2, attempts = attempts + 1
                         where id = (
                           select id from jobs
                           where finished_at is null and run_at <= $1 and (leased_until is null or leased_until < $1)
                             and (kind in (select value from json_each($3))) = $4
                           order by run_at, id limit 1)
                         returning id, org_id, kind, payload, attempts",
                postgres: "update jobs set leased_until = $2, attempts = attempts + 1
                           where id = (
                             select id from jobs
                             where finished_at is null and run_at <= $1 and (leased_until is null or leased_until < $1)
                               and (kind in (select json_array_elements_text(cast($3 as json)))) = $4
                             order by run_at, id limit 1 for update skip locked)
                           returning id, org_id, kind, payload, attempts",
            ))
            .bind(now)
            .bind(now.plus_seconds(LEASE_SECONDS))
            .bind(long)
            .bind(lane == Lane::Long)
            .optional::<Leased>()
            .await?;
        tx.commit().await?;
        Ok(job)
    }

    async fn renew(&self, id: Uuid) -> sqlx::Result<()> {
        self.state
            .db
            .global(global_sql!("update jobs set leased_until = $2 where id = $1 and finished_at is null"))
            .bind(id)
            .bind(self.state.clock.now().plus_seconds(LEASE_SECONDS))
            .execute()
            .await
            .map(|_| ())
    }

    async fn settle(&self, job: &Leased, outcome: Result<(), Failure>) -> sqlx::Result<()> {
        let now = self.state.clock.now();
        match outcome {
            // A finished message must not lie about: its job goes with it.
            Ok(()) => self.state.db.global(global_sql!("delete from jobs where id = $1")).bind(job.id).execute().await?,
            Err(Failure::Retry(reason)) if job.attempts < MAX_ATTEMPTS => {
                tracing::warn!(job.id = %job.id, job.kind, reason, "a job failed and will be tried again");
                let pause = 5_i64.pow(u32::try_from(job.attempts.min(6)).unwrap_or(6));
                self.postpone(job.id, now.plus_seconds(pause), reason, job.attempts).await?
            }
            Err(Failure::Interrupted) => self.postpone(job.id, now, "interrupted", job.attempts - 1).await?,
            Err(Failure::Retry(reason) | Failure::Final(reason)) => {
                tracing::error!(job.id = %job.id, job.kind, reason, "a job was given up");
                self.state
                    .db
                    .global(global_sql!("update jobs set finished_at = $2, leased_until = null, last_error = $3 where id = $1"))
                    .bind(job.id)
                    .bind(now)
                    .bind(reason.to_owned())
                    .execute()
                    .await?
            }
        };
        Ok(())
    }

    async fn postpone(&self, id: Uuid, run_at: Instant, reason: &str, attempts: i64) -> sqlx::Result<u64> {
        self.state
            .db
            .global(global_sql!("update jobs set run_at = $2, leased_until = null, last_error = $3, attempts = $4 where id = $1"))
            .bind(id)
            .bind(run_at)
            .bind(reason.to_owned())
            .bind(attempts)
            .execute()
            .await
    }
}

#[cfg(test)]
mod tests;
