//! The job: makes an archive and lays it by in sealed pieces.
//!
//! What a killed run has left is removed when the next one begins. That it is ready, the record of it and the message
//! commit together, so there is one archive and one message, however often it was begun.

use std::time::{Duration, Instant as Stopwatch};

use sha2::{Digest as _, Sha256};

use super::{
    ArchiveId, PAGE,
    contents::Made,
    model::{DAYS, DOWNLOADS, Status},
    order::Order,
    store::{self, Finished},
    write::{self, Sink},
};
use crate::{
    accounts::{Permission, Person, Scope},
    audit,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        jobs::{self, Failure, Leased},
        mail::{self, Mail},
        secret::hex,
        state::State,
    },
};

/// The job that removes one when its time is over.
pub const END_JOB: &str = "archive-end";

/// Why an archive is not made after all.
const NO_LONGER: &str = "Whoever asked for it may not take it any more. Another owner can ask again.";

/// The size of a piece.
const PIECE: usize = 1024 * 1024;
/// After so many tries nothing will change.
const TRIES: i64 = 4;

/// Carries the job out.
///
/// # Errors
/// How the job is to go on.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let order: Order = serde_json::from_str(&job.payload).map_err(|_| Failure::Final("the order of an archive cannot be read"))?;
    let scope = match Scope::of_member(&state, order.org, order.user, Permission::OrgExport).await {
        Ok(scope) => scope,
        Err(Fault::Forbidden { .. }) => return fail(&state, order, NO_LONGER).await,
        Err(fault) => return Err(fault.into()),
    };
    let mut tx = scope.begin().await?;
    if !store::begin(tx.raw(), order.archive).await? {
        return Ok(());
    }
    tx.commit().await?;
    let mut pieces = Pieces::of(&state, order);
    match write::write(&state, order.org.uuid(), &mut pieces).await {
        Ok(Some(made)) => match finish(&scope, order, pieces, made).await {
            Err(Fault::Forbidden { .. }) => fail(&state, order, NO_LONGER).await,
            outcome => Ok(outcome?),
        },
        Ok(None) if pieces.interrupted => Err(Failure::Interrupted),
        // Somebody stopped it, perhaps while a piece was being laid by.
        Ok(None) => Ok(clear(&state, order).await?),
        Err(_) if job.attempts >= TRIES => {
            fail(&state, order, "It was tried several times and did not work. The log of the server says more.").await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn clear(state: &State, order: Order) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    tx.confine(order.org.uuid()).await?;
    store::forget_pieces(&mut tx, order.archive).await?;
    Ok(tx.commit().await?)
}

/// Notes for good that it did not work.
async fn fail(state: &State, order: Order, why: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin().await?;
    tx.confine(order.org.uuid()).await?;
    if store::end(&mut tx, order.archive, Status::Failed, state.clock.now()).await? {
        store::say(&mut tx, order.archive, why).await?;
    }
    Ok(tx.commit().await?)
}

async fn finish(scope: &Scope, order: Order, mut pieces: Pieces, made: Made) -> Answer<()> {
    let state = &scope.state;
    pieces.lay_by().await?;
    let person = Person::of(&state.db, order.user).await?;
    let now = state.clock.now();
    let until = now.plus_seconds(DAYS * 86_400);
    let finished = Finished { made, bytes: pieces.bytes, sha256: hex(&pieces.hash.finalize()), at: now, expires_at: until };
    let mut tx = scope.begin().await?;
    if !store::finish(tx.raw(), order.archive, &finished).await? {
        drop(tx);
        return clear(state, order).await;
    }
    let facts = serde_json::json!({
        "rows": finished.made.rows,
        "restricted_cases": finished.made.restricted,
        "bytes": finished.bytes,
        "sha256": finished.sha256,
    });
    let event = audit::Event { action: "archive.ready", subject_kind: "archive", subject: order.archive.uuid(), facts, values: Vec::new() };
    audit::record(&mut tx, event).await?;
    let body = format!(
        "The archive of your organisation that you asked for is ready. You can take it for {DAYS} days, {DOWNLOADS} times at most, with your password:\n\n{}\n\nIf you did not ask for it, change your password and tell the other owners: somebody has signed in as you.",
        mail::link(state, PAGE)
    );
    mail::send(state, tx.raw(), &Mail { to: person.email, subject: "The archive of your organisation is ready".into(), body }).await?;
    let payload = serde_json::to_string(&order).unwrap_or_default();
    jobs::enqueue_at(state, tx.raw(), END_JOB, Some(order.org.uuid()), &payload, until.plus_seconds(1)).await?;
    tx.commit().await
}

/// Removes the content of an archive whose time is over. That there was one stays on its page for a while.
///
/// # Errors
/// How the job is to go on.
pub async fn run_end(state: State, job: Leased) -> Result<(), Failure> {
    let order: Order = serde_json::from_str(&job.payload).map_err(|_| Failure::Final("the order of an archive cannot be read"))?;
    Ok(clear(&state, order).await?)
}

/// An archive as it goes into the database.
pub(super) struct Pieces {
    state: State,
    org: Id<kinds::Org>,
    id: ArchiveId,
    buffer: Vec<u8>,
    part: i64,
    bytes: i64,
    hash: Sha256,
    told: Option<Stopwatch>,
    /// Whether it was left because the process stops.
    interrupted: bool,
}

impl Pieces {
    pub(super) fn of(state: &State, order: Order) -> Self {
        Self {
            state: state.clone(),
            org: order.org,
            id: order.archive,
            buffer: Vec::new(),
            part: 0,
            bytes: 0,
            hash: Sha256::new(),
            told: None,
            interrupted: false,
        }
    }

    /// Lays the next piece by, whatever its size.
    async fn lay_by(&mut self) -> Answer<()> {
        let piece: Vec<u8> = self.buffer.drain(..self.buffer.len().min(PIECE)).collect();
        if piece.is_empty() {
            return Ok(());
        }
        let sealed = seal(&self.state, self.id, self.part, &piece);
        store::add_piece(&self.state, self.org, self.id, self.part, sealed).await?;
        self.part += 1;
        Ok(())
    }
}

impl Sink for Pieces {
    async fn take(&mut self, bytes: Vec<u8>) -> Answer<()> {
        self.hash.update(&bytes);
        self.bytes += i64::try_from(bytes.len()).unwrap_or_default();
        self.buffer.extend(bytes);
        while self.buffer.len() >= PIECE {
            self.lay_by().await?;
        }
        Ok(())
    }

    async fn told(&mut self, done: u64, of: u64) -> Answer<bool> {
        if self.state.is_stopping() {
            self.interrupted = true;
            return Ok(false);
        }
        if self.told.is_some_and(|told| told.elapsed() < Duration::from_millis(400)) {
            return Ok(true);
        }
        self.told = Some(Stopwatch::now());
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        store::progress(&self.state, self.org, self.id, count(done), count(of)).await
    }
}

/// Seals a piece, bound to its place.
pub(super) fn seal(state: &State, id: ArchiveId, part: i64, piece: &[u8]) -> Vec<u8> {
    state.key.derive("archive").seal(&place(id, part), piece)
}

/// Opens a piece.
pub(in crate::privacy) fn unseal(state: &State, id: ArchiveId, part: i64, sealed: &[u8]) -> Option<Vec<u8>> {
    state.key.derive("archive").open(&place(id, part), sealed)
}

fn place(id: ArchiveId, part: i64) -> Vec<u8> {
    [id.uuid().as_bytes().as_slice(), &part.to_be_bytes()].concat()
}
