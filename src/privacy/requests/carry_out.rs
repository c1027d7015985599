//! What is carried out by program for a requester who has an account.
//!
//! A request for access or portability becomes the package of [`mine::package`]. A request for erasure begins the deletion
//! of the account, with the thirty days in which its person may still change their mind. Where a program cannot do it,
//! for instance because of a legal hold, the operator goes on by hand.

use super::{
    UserId,
    answers::{self, File},
    links::Held,
    matter::Matter,
    model::{Kind, State as RequestState},
};
use crate::{
    accounts::Person,
    fault::{Answer, Fault},
    privacy::mine,
    server::{
        db::Tx,
        jobs::{self, Failure, Leased},
        mail,
        state::State,
        time::Zone,
    },
};

/// The name of the job.
pub const JOB: &str = "rights-carry-out";

/// Everything held about an account holder, as one signed file: readable pages, JSON and CSV.
async fn package(state: &State, user: UserId) -> Answer<Option<File>> {
    let person = Person::of(&state.db, user).await?;
    let bytes = mine::package(state, &mine::held(state, &person).await?)?;
    Ok(Some(File { name: "casetrakr-data.zip".into(), media_type: "application/zip", bytes }))
}

/// Begins the deletion of an account; answers when it is carried out and what stays, for the letter.
async fn erase(state: &State, user: UserId) -> Answer<Option<String>> {
    let after = match mine::ask_deletion(state, user).await {
        Ok(after) => after,
        Err(Fault::Forbidden { .. }) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    Ok(Some(format!(
        "Your account is erased on {}. Until then you can sign in and keep it.\n\nWhat you wrote in an organisation's cases belongs to the organisation and stays, without your name. What else stays, and why, is listed at\n\n{}",
        Zone::utc().show(after).day,
        mail::link(state, "/privacy/retention")
    )))
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
        Kind::Access | Kind::Portability => package(state, user).await?,
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
