//! Where archives lie.

use sqlx::FromRow;

use super::{
    ArchiveId,
    contents::Made,
    model::{A_DAY, DOWNLOADS, Status},
};
use crate::{
    accounts::{Scope, ScopedTx},
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        db::{Tx, sql},
        state::State,
    },
};

/// An archive, without its content.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Row {
    pub id: ArchiveId,
    pub status: Status,
    pub asked_by: String,
    pub asked_at: Instant,
    pub rows_done: i64,
    pub rows_total: i64,
    pub rows_in: i64,
    pub bytes: i64,
    pub sha256: Option<String>,
    pub expires_at: Option<Instant>,
    pub downloads: i64,
    pub failure: Option<String>,
}

/// The latest archives of the organisation.
pub(super) async fn all(scope: &Scope) -> Answer<Vec<Row>> {
    Ok(scope
        .query(sql!(
            "select a.id, a.status, u.name as asked_by, a.asked_at, a.rows_done, a.rows_total, a.rows_in, a.bytes, a.sha256,
                    a.expires_at, a.downloads, a.failure
             from archives a join users u on u.id = a.asked_by
             where a.org_id = $1
             order by a.asked_at desc, a.id desc
             limit 20"
        ))
        .all()
        .await?)
}

/// Refuses while the organisation has asked for as many within a day as it may.
pub(super) async fn admit(tx: &mut ScopedTx) -> Answer<()> {
    const DAY: i64 = 86_400;
    let now = tx.scope.state.clock.now();
    let (many, first): (i64, Option<Instant>) = tx
        .query(sql!("select count(*), min(asked_at) from archives where org_id = $1 and asked_at > $2"))
        .bind(now.plus_seconds(-DAY))
        .one()
        .await?;
    // The one that is asked for now is among them.
    if many <= A_DAY {
        return Ok(());
    }
    let left = first.map_or(DAY, |first| (first.0 - now.0) / 1_000_000 + DAY);
    Err(Fault::TooMany { retry_after: u32::try_from(left.max(1)).unwrap_or(86_400) })
}

/// Notes that one is asked for; `false` where one is being made already.
pub(super) async fn ask(tx: &mut ScopedTx, id: ArchiveId) -> Answer<bool> {
    let (user, now) = (tx.scope.actor.user, tx.scope.state.clock.now());
    let made = tx
        .query(sql!(
            "insert into archives (org_id, id, status, asked_by, asked_at, rows_done, rows_total, rows_in, bytes, downloads)
             values ($1, $2, 'waiting', $3, $4, 0, 0, 0, 0, 0)
             on conflict do nothing"
        ))
        .bind(id)
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(made > 0)
}

/// Ends one that is not made yet, or was; answers whether there was one in such a state.
pub(super) async fn end(tx: &mut Tx, id: ArchiveId, to: Status, now: Instant) -> Answer<bool> {
    let statement = match to {
        Status::Removed => {
            sql!("update archives set status = $3, ended_at = $4 where org_id = $1 and id = $2 and status = 'ready'")
        }
        Status::Waiting | Status::Working | Status::Ready | Status::Failed | Status::Stopped => {
            sql!("update archives set status = $3, ended_at = $4 where org_id = $1 and id = $2 and status in ('waiting', 'working')")
        }
    };
    let ended = tx.query(statement).bind(id).bind(to).bind(now).execute().await?;
    if ended > 0 {
        forget_pieces(tx, id).await?;
    }
    Ok(ended > 0)
}

/// Ends every archive of an organisation that is there or being made, and says why; answers which, and how many rows went.
pub(super) async fn end_all(tx: &mut Tx, now: Instant, why: &str) -> Answer<(Vec<ArchiveId>, u64)> {
    let ended = tx
        .query(sql!(
            "update archives set status = case when status = 'ready' then 'removed' else 'failed' end, ended_at = $2, failure = $3
             where org_id = $1 and (status = 'working' or (status = 'ready' and expires_at > $2))
             returning id"
        ))
        .bind(now)
        .bind(why.to_owned())
        .scalars()
        .await?;
    Ok((ended, tx.query(sql!("delete from archive_pieces where org_id = $1")).execute().await?))
}

/// Says why it could not be made.
pub(super) async fn say(tx: &mut Tx, id: ArchiveId, why: &str) -> Answer<()> {
    tx.query(sql!("update archives set failure = $3 where org_id = $1 and id = $2")).bind(id).bind(why.to_owned()).execute().await?;
    Ok(())
}

/// Begins to make it, from the start; `false` where nobody wants it any more.
pub(super) async fn begin(tx: &mut Tx, id: ArchiveId) -> Answer<bool> {
    let begun = tx
        .query(sql!(
            "update archives set status = 'working', rows_done = 0, rows_total = 0
             where org_id = $1 and id = $2 and status in ('waiting', 'working')"
        ))
        .bind(id)
        .execute()
        .await?;
    forget_pieces(tx, id).await?;
    Ok(begun > 0)
}

/// Notes how far it is; `false` where nobody wants it any more.
pub(super) async fn progress(state: &State, org: Id<kinds::Org>, id: ArchiveId, done: i64, of: i64) -> Answer<bool> {
    let noted = state
        .db
        .tenant(
            org.uuid(),
            sql!("update archives set rows_done = $3, rows_total = $4 where org_id = $1 and id = $2 and status = 'working'"),
        )
        .bind(id)
        .bind(done)
        .bind(of)
        .execute()
        .await?;
    Ok(noted > 0)
}

/// Adds a piece.
pub(super) async fn add_piece(state: &State, org: Id<kinds::Org>, id: ArchiveId, part: i64, sealed: Vec<u8>) -> Answer<()> {
    state
        .db
        .tenant(org.uuid(), sql!("insert into archive_pieces (org_id, archive_id, part, sealed, made_at) values ($1, $2, $3, $4, $5)"))
        .bind(id)
        .bind(part)
        .bind(sealed)
        .bind(state.clock.now())
        .execute()
        .await?;
    Ok(())
}

/// A piece, if there are that many.
pub(super) async fn piece(state: &State, org: Id<kinds::Org>, id: ArchiveId, part: i64) -> Answer<Option<Vec<u8>>> {
    let found = state.db.tenant(org.uuid(), sql!("select sealed from archive_pieces where org_id = $1 and archive_id = $2 and part = $3"));
    Ok(found.bind(id).bind(part).optional_scalar().await?)
}

/// Removes the content of an archive.
pub(super) async fn forget_pieces(tx: &mut Tx, id: ArchiveId) -> Answer<()> {
    tx.query(sql!("delete from archive_pieces where org_id = $1 and archive_id = $2")).bind(id).execute().await?;
    Ok(())
}

/// What came of it.
pub(super) struct Finished {
    pub made: Made,
    pub bytes: i64,
    pub sha256: String,
    pub at: Instant,
    pub expires_at: Instant,
}

/// It is ready; `false` where nobody wants it any more.
pub(super) async fn finish(tx: &mut Tx, id: ArchiveId, finished: &Finished) -> Answer<bool> {
    let done = tx
        .query(sql!(
            "update archives
             set status = 'ready', rows_in = $3, bytes = $4, sha256 = $5, ended_at = $6, expires_at = $7
             where org_id = $1 and id = $2 and status = 'working'"
        ))
        .bind(id)
        .bind(i64::try_from(finished.made.rows).unwrap_or(i64::MAX))
        .bind(finished.bytes)
        .bind(finished.sha256.clone())
        .bind(finished.at)
        .bind(finished.expires_at)
        .execute()
        .await?;
    Ok(done > 0)
}

/// Counts a download before it begins: whoever breaks off has taken some of it. Answers its size and the count.
pub(super) async fn take(tx: &mut ScopedTx, id: ArchiveId) -> Answer<(i64, i64)> {
    let now = tx.scope.state.clock.now();
    let taken: Option<(i64, i64)> = tx
        .query(sql!(
            "update archives set downloads = downloads + 1
             where org_id = $1 and id = $2 and status = 'ready' and downloads < $3 and expires_at > $4
             returning bytes, downloads"
        ))
        .bind(id)
        .bind(DOWNLOADS)
        .bind(now)
        .optional()
        .await?;
    if let Some(taken) = taken {
        return Ok(taken);
    }
    let there: i64 = tx.query(sql!("select count(*) from archives where org_id = $1 and id = $2")).bind(id).scalar().await?;
    Err(if there > 0 { Fault::Gone } else { Fault::NotFound })
}
