//! Nobody has to remember a deadline: at 50, 75 and 90 % of its time, and when that is over, those who look after a
//! request are told. One job a request; each run writes the next.

use super::{
    links::{self, Held},
    matter::Matter,
    model::State as RequestState,
    progress::Event,
};
use crate::{
    clock::Instant,
    fault::{Answer, Fault},
    server::{
        db::Tx,
        jobs::{self, Failure, Leased},
        state::State,
    },
};

/// The name of the job.
pub const JOB: &str = "rights-alert";
/// Parts of the time, in percent.
const MARKS: [i64; 4] = [50, 75, 90, 100];
const DAY: i64 = 86_400;

/// Begins to watch over a request, in the transaction that makes or revives it.
pub(super) async fn watch(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    if !matter.row.state.is_open() {
        return Ok(());
    }
    let first = match matter.row.state {
        // A minute after the link has ended.
        RequestState::IdentityPending => state.clock.now().plus_seconds(DAY + 60),
        _ => mark_at(matter, MARKS[0]).unwrap_or_else(|| state.clock.now()),
    };
    schedule(state, tx, matter.held(), first).await
}

async fn schedule(state: &State, tx: &mut Tx, held: Held, at: Instant) -> Answer<()> {
    jobs::enqueue_at(state, tx, JOB, Some(held.org_id.uuid()), &held.payload(), at).await
}

/// The moment at which a part of the time has passed.
fn mark_at(matter: &Matter, percent: i64) -> Option<Instant> {
    let from = matter.row.received_at.0;
    let until = matter.place.zone.end_of(&matter.row.due_on)?.0;
    Some(Instant(from + (until - from) / 100 * percent + i64::from(percent == 100)))
}

/// Looks at one request.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let held = Held::of_job(&job)?;
    match look(&state, held).await {
        // Erased in the meantime: there is nothing left to watch over.
        Err(Fault::NotFound) => Ok(()),
        other => Ok(other?),
    }
}

async fn look(state: &State, held: Held) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    let mut matter = Matter::open(state, &mut tx, held).await?;
    if !matter.row.state.is_open() {
        return Ok(());
    }
    if matter.row.state == RequestState::IdentityPending && !links::waits(state, &mut tx, held).await? {
        let why = Event::FailIdentity("The link was not opened within 24 hours.".into());
        matter.take(state, &mut tx, &why, None).await?;
        return Ok(tx.commit().await?);
    }
    let now = state.clock.now();
    if matter.row.paused_on.is_some() {
        schedule(state, &mut tx, held, now.plus_seconds(DAY)).await?;
        return Ok(tx.commit().await?);
    }
    let passed = MARKS.into_iter().rev().find(|mark| mark_at(&matter, *mark).is_some_and(|at| at <= now)).unwrap_or(0);
    if passed > matter.row.alerted {
        alert(state, &mut tx, &mut matter, passed).await?;
    }
    if let Some(next) = MARKS.into_iter().find(|mark| *mark > passed).and_then(|mark| mark_at(&matter, mark)) {
        schedule(state, &mut tx, held, next).await?;
    }
    Ok(tx.commit().await?)
}

async fn alert(state: &State, tx: &mut Tx, matter: &mut Matter, passed: i64) -> Answer<()> {
    matter.row.alerted = passed;
    super::store::update(tx, &matter.row).await?;
    let facts = serde_json::json!({ "reference": matter.row.reference, "percent": passed, "due": matter.row.due_on });
    matter.record(state, tx, "request.alerted", facts, Vec::new(), None).await?;
    let (reference, due) = (&matter.row.reference, &matter.row.due_on);
    let (subject, body) = if passed >= 100 {
        (
            format!("Overdue: privacy request {reference}"),
            format!("The request {reference} had to be answered by {due} and is not. The requester sees that, too."),
        )
    } else {
        (
            format!("{passed} % of the time is over: privacy request {reference}"),
            format!("The request {reference} has to be answered by {due}. {passed} % of the time for it has passed."),
        )
    };
    matter.place.tell(state, tx, &subject, &body, &matter.page()).await
}
