//! Uploads that nobody ended: their process was killed, or their client went away or fell asleep. What had come is removed
//! as soon as that is known, and at the latest when no upload may take any longer.
//!
//! It is the machine's work and no member's: it is done also where whoever began may do nothing any more.

use uuid::Uuid;

use crate::{
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Tx, sql},
        jobs::{self, Failure, Leased},
        state::State,
    },
};

/// The job that looks whether an upload was ended.
pub const JOB: &str = "import-abandoned";

/// Has somebody look when the time of this upload is over.
pub(super) async fn watch(state: &State, tx: &mut Tx, org: Uuid, id: Id<kinds::Import>) -> Answer<()> {
    let longest = i64::try_from(state.config.limits.upload_seconds).unwrap_or(3_600);
    jobs::enqueue_at(state, tx, JOB, Some(org), &id.to_string(), state.clock.now().plus_seconds(longest + 60)).await
}

/// It was ended.
pub(super) async fn watch_no_more(tx: &mut Tx, id: Id<kinds::Import>) -> Answer<()> {
    jobs::cancel(tx, JOB, &id.to_string()).await
}

/// Removes what has come of an upload, unless it was ended.
pub(super) async fn remove(state: &State, org: Uuid, id: Id<kinds::Import>) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    tx.confine(org).await?;
    tx.query(sql!(
        "delete from import_chunks where org_id = $1 and import_id = $2 and exists (
           select 1 from imports where org_id = $1 and id = $2 and status = 'uploading')"
    ))
    .bind(id)
    .execute()
    .await?;
    tx.query(sql!("delete from imports where org_id = $1 and id = $2 and status = 'uploading'")).bind(id).execute().await?;
    Ok(tx.commit().await?)
}

/// Removes an upload whose time is over.
///
/// # Errors
/// When the database is away.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let (Some(org), Ok(id)) = (job.org_id, job.payload.parse()) else { return Err(Failure::Final("it names no upload")) };
    Ok(remove(&state, org, id).await?)
}
