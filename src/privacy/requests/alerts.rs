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

/// Begins to watch over a request, in the transaction that makes, moves or revives it. What watched before no longer does:
/// there is one job a request.
pub(super) async fn watch(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    jobs::cancel(tx, JOB, &matter.held().payload()).await?;
    if !matter.row.state.is_open() {
        return Ok(());
    }
    match next_look(state, tx, matter).await? {
        Some(at) => schedule(state, tx, matter.held(), at).await,
        None => Ok(()),
    }
}

async fn schedule(state: &State, tx: &mut Tx, held: Held, at: Instant) -> Answer<()> {
    jobs::enqueue_at(state, tx, JOB, Some(held.org_id.uuid()), &held.payload(), at).await
}

/// When there is something to look at next: the end of a link, a part of the time, the day to pass it on.
async fn next_look(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<Option<Instant>> {
    if matter.row.paused_on.is_some() {
        return Ok(Some(state.clock.now().plus_seconds(DAY)));
    }
    let pending = matter.row.state == RequestState::IdentityPending;
    let link = if pending { links::waits_until(state, tx, matter.held()).await? } else { None };
    // A minute after the link has ended.
    let link = link.map(|until| until.plus_seconds(60));
    let mark = MARKS.into_iter().find(|mark| *mark > matter.row.alerted).and_then(|mark| mark_at(matter, mark));
    let forward = forward_at(matter).filter(|_| matter.row.forward_alerted_at.is_none());
    Ok([link, mark, forward].into_iter().flatten().min())
}

/// The moment at which a part of the time has passed.
fn mark_at(matter: &Matter, percent: i64) -> Option<Instant> {
    let from = matter.row.received_at.0;
    let until = matter.place.zone.end_of(matter.row.due_on.parse().ok()?).0;
    Some(Instant(from + (until - from) / 100 * percent + i64::from(percent == 100)))
}

/// The moment at which it should have been passed on.
fn forward_at(matter: &Matter) -> Option<Instant> {
    let until = matter.place.zone.end_of(matter.row.to_pass_on_by()?.parse().ok()?);
    Some(Instant(until.0 + 1))
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
    if matter.row.state == RequestState::IdentityPending && links::waits_until(state, &mut tx, held).await?.is_none() {
        let why = Event::FailIdentity("The link was not opened within 24 hours.".into());
        matter.take(state, &mut tx, &why, None).await?;
        return Ok(tx.commit().await?);
    }
    let now = state.clock.now();
    if matter.row.paused_on.is_none() {
        if matter.row.forward_alerted_at.is_none() && forward_at(&matter).is_some_and(|at| at <= now) {
            forward_alert(state, &mut tx, &mut matter).await?;
        }
        let passed = MARKS.into_iter().rev().find(|mark| mark_at(&matter, *mark).is_some_and(|at| at <= now)).unwrap_or(0);
        if passed > matter.row.alerted {
            alert(state, &mut tx, &mut matter, passed).await?;
        }
    }
    if let Some(next) = next_look(state, &mut tx, &matter).await? {
        schedule(state, &mut tx, held, next).await?;
    }
    Ok(tx.commit().await?)
}

/// It is an organisation's to answer, and its time for that has not even begun.
async fn forward_alert(state: &State, tx: &mut Tx, matter: &mut Matter) -> Answer<()> {
    matter.row.forward_alerted_at = Some(state.clock.now());
    super::store::update(tx, &matter.row).await?;
    let by = matter.row.forward_by.clone().unwrap_or_default();
    let facts = serde_json::json!({ "reference": matter.row.reference, "by": by });
    matter.record(state, tx, "request.forward_alerted", facts, Vec::new(), None).await?;
    let reference = &matter.row.reference;
    let subject = format!("Not passed on: privacy request {reference}");
    let body = format!(
        "The request {reference} names an organisation. It had to be passed on by {by}, within two working days, and is not. \
         The organisation\u{2019}s own time for the answer begins only when it gets there."
    );
    matter.place.tell(state, tx, &subject, &body, &matter.page()).await
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
