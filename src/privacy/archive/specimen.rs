//! An archive that is made up, for the proof that it ends when somebody who is in it is erased.

use super::{ArchiveId, job, model::DAYS};
use crate::{
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Tx, sql},
        state::State,
    },
};

/// Stores one of the organisation in which the transaction is, ready to be taken, with these words as its content.
///
/// # Errors
/// When the database is away.
pub async fn store_specimen(state: &State, tx: &mut Tx, by: Id<kinds::User>, words: &str) -> Answer<()> {
    let (id, now) = (ArchiveId::fresh(), state.clock.now());
    tx.query(sql!(
        "insert into archives
           (org_id, id, status, asked_by, asked_at, rows_done, rows_total, rows_in, bytes, expires_at, ended_at, downloads)
         values ($1, $2, 'ready', $3, $4, 0, 0, 0, 0, $5, $4, 0)"
    ))
    .bind(id)
    .bind(by)
    .bind(now)
    .bind(now.plus_seconds(DAYS * 86_400))
    .execute()
    .await?;
    tx.query(sql!("insert into archive_pieces (org_id, archive_id, part, sealed, made_at) values ($1, $2, 0, $3, $4)"))
        .bind(id)
        .bind(job::seal(state, id, 0, words.as_bytes()))
        .bind(now)
        .execute()
        .await?;
    Ok(())
}
