//! THE SEAM to the registry of personal data: what is carried out by program for a requester who has an account.
//!
//! A request for access or portability becomes the package of `privacy::mine::package`, a request for erasure the
//! erasure of `privacy::mine::erase`. Until those two are joined here, both functions answer `None`, and the operator
//! writes the answer by hand; nothing else in this folder needs to change when they are.

use super::{
    UserId,
    answers::{self, File},
    links::Held,
    matter::Matter,
    model::{Kind, State as RequestState},
};
use crate::{
    fault::{Answer, Fault},
    server::{
        db::Tx,
        jobs::{self, Failure, Leased},
        state::State,
    },
};

/// The name of the job.
pub const JOB: &str = "rights-carry-out";

/// JOIN HERE: everything held about an account holder, as one file (`application/zip`).
#[expect(clippy::unused_async, reason = "the package that is joined here reads the database")]
async fn package(_state: &State, _user: UserId, _machine_readable: bool) -> Answer<Option<File>> {
    Ok(None)
}

/// JOIN HERE: erases an account holder; answers what went and what stays and why, for the letter.
#[expect(clippy::unused_async, reason = "the erasure that is joined here writes to the database")]
async fn erase(_state: &State, _user: UserId) -> Answer<Option<String>> {
    Ok(None)
}

/// Writes the job for a request that was just accepted, if it is one that a program can carry out.
pub(super) async fn begin(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    if matter.row.user_id.is_none() || !matches!(matter.row.kind, Kind::Access | Kind::Portability | Kind::Erasure) {
        return Ok(());
    }
    let held = matter.held();
    jobs::enqueue(state, tx, JOB, Some(held.org_id.uuid()), &held.payload()).await
}

/// Carries one request out. Repeating it finds the answer there and does nothing.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let held = Held::of_job(&job)?;
    match carry_out(&state, held).await {
        Err(Fault::NotFound) => Ok(()),
        other => Ok(other?),
    }
}

async fn carry_out(state: &State, held: Held) -> Answer<()> {
    let row = super::store::read(&state.db, held.org_id, held.request_id).await?;
    let Some(user) = row.user_id.filter(|_| row.state == RequestState::Fulfilling && !row.answered) else { return Ok(()) };
    let made = match row.kind {
        Kind::Access | Kind::Portability => package(state, user, row.kind == Kind::Portability).await?,
        Kind::Erasure => erase(state, user).await?.map(|words| answers::letter(&row, &words)),
        Kind::Rectification | Kind::Restriction | Kind::Objection | Kind::Withdrawal | Kind::Complaint | Kind::OptOut => None,
    };
    let Some(file) = made else { return Ok(()) };
    let mut tx = state.db.begin().await?;
    let matter = Matter::open(state, &mut tx, held).await?;
    if matter.row.state != RequestState::Fulfilling || matter.row.answered {
        return Ok(());
    }
    answers::keep(state, &mut tx, matter.row.id, &file).await?;
    let facts = serde_json::json!({ "reference": matter.row.reference, "bytes": file.bytes.len() });
    matter.record(state, &mut tx, "request.carried_out", facts, Vec::new(), None).await?;
    Ok(tx.commit().await?)
}
