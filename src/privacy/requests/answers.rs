//! The answer to a request: a letter that was written, or a package that was made. It lies sealed, and its requester
//! takes it from their tracking page for seven days, five times at most; each time is in the record.

use axum::{
    extract::{Path, Request},
    response::Response,
};
use sqlx::FromRow;

use super::{
    RequestId, enclosures,
    handing_out::{Asking, File},
    letters,
    links::{self, Held, Purpose},
    matter::Matter,
    model::{Kind, State as RequestState},
    place::Place,
    requester::{AnswerView, is_theirs},
    sealed,
    store::{self, Row},
};
use crate::{
    clock::Instant,
    fault::{Answer, Fault},
    server::{
        db::{Tx, sql},
        http::bare,
        jobs::{self, Failure, Leased},
        state::State,
        time::iso,
    },
};

const SECONDS: i64 = 7 * 86_400;
pub(super) const DOWNLOADS: i64 = 5;

/// A written answer as a file. One to a complaint or an appeal says who can be asked next.
pub(super) fn letter(row: &Row, place: &Place, words: &str) -> File {
    let remedies = letters::remedies(row, place);
    let ends = row.kind == Kind::Complaint || row.appeal_of.is_some();
    let words = if ends && !words.contains(&remedies) { &format!("{words}\n\n{remedies}") } else { words };
    File { name: format!("answer-{}.txt", row.reference), media_type: "text/plain; charset=utf-8".into(), bytes: words.as_bytes().to_vec() }
}

/// Stores the answer of a request, in place of an earlier one that has not gone out.
pub(super) async fn keep(state: &State, tx: &mut Tx, id: RequestId, file: &File) -> Answer<()> {
    tx.query(sql!(
        "insert into rights_answers (org_id, request_id, file_name, media_type, sealed, made_at, downloads)
         values ($1, $2, $3, $4, $5, $6, 0)
         on conflict (org_id, request_id) do update set
           file_name = excluded.file_name, media_type = excluded.media_type, sealed = excluded.sealed, made_at = excluded.made_at"
    ))
    .bind(id)
    .bind(file.name.clone())
    .bind(file.media_type.clone())
    .bind(sealed::seal_bytes(state, id.uuid(), &file.bytes))
    .bind(state.clock.now())
    .execute()
    .await?;
    Ok(())
}

/// From now on it can be taken, for seven days and five times, and so can each file that goes along with it.
pub(super) async fn open_up(state: &State, tx: &mut Tx, held: Held) -> Answer<()> {
    let until = state.clock.now().plus_seconds(SECONDS);
    tx.query(sql!("update rights_answers set expires_at = $3, downloads = 0 where org_id = $1 and request_id = $2"))
        .bind(held.request_id)
        .bind(until)
        .execute()
        .await?;
    enclosures::open_up(tx, held.request_id).await?;
    jobs::enqueue_at(state, tx, END_JOB, Some(held.org_id.uuid()), &held.payload(), until.plus_seconds(1)).await
}

/// The job that removes a package when its time is over, and the files that went along with an answer. A written answer
/// stays: it is a part of the record.
pub const END_JOB: &str = "rights-answer-end";
const PACKAGE: &str = "application/zip";

/// Removes a package and files whose seven days are over.
pub async fn run_end(state: State, job: Leased) -> Result<(), Failure> {
    let held = Held::of_job(&job)?;
    let mut tx = state.db.begin().await?;
    tx.confine(held.org_id.uuid()).await?;
    // The answer says when the time of its files is over, so they go first.
    enclosures::end(&mut tx, held.request_id, state.clock.now()).await?;
    tx.query(sql!("delete from rights_answers where org_id = $1 and request_id = $2 and media_type = $3 and expires_at <= $4"))
        .bind(held.request_id)
        .bind(PACKAGE.to_owned())
        .bind(state.clock.now())
        .execute()
        .await?;
    Ok(tx.commit().await?)
}

#[derive(FromRow)]
struct Stored {
    file_name: String,
    media_type: String,
    sealed: Vec<u8>,
    expires_at: Option<Instant>,
    downloads: i64,
}

/// The words of a written answer, for the controller who looks it over.
pub(super) async fn words(state: &State, place: &Place, id: RequestId) -> Answer<Option<(String, String)>> {
    let stored: Option<Stored> = stored(state, place, id).await?;
    Ok(stored.map(|stored| {
        let plain = stored.media_type.starts_with("text/plain");
        let words = if plain { sealed::open(state, id.uuid(), &stored.sealed) } else { String::new() };
        (stored.file_name, words)
    }))
}

async fn stored(state: &State, place: &Place, id: RequestId) -> Answer<Option<Stored>> {
    Ok(state
        .db
        .tenant(
            place.org.uuid(),
            sql!("select file_name, media_type, sealed, expires_at, downloads from rights_answers where org_id = $1 and request_id = $2"),
        )
        .bind(id)
        .optional()
        .await?)
}

/// The answer as the requester's page shows it, once it has gone out.
pub(super) async fn told(state: &State, place: &Place, row: &Row) -> Answer<Option<AnswerView>> {
    if !has_gone_out(row) {
        return Ok(None);
    }
    let Some(stored) = stored(state, place, row.id).await? else { return Ok(None) };
    let until = stored.expires_at.filter(|until| *until > state.clock.now());
    Ok(Some(AnswerView {
        file: stored.file_name,
        until: until.map(|until| place.zone.show(until)),
        left: (DOWNLOADS - stored.downloads).max(0),
        files: if until.is_some() { enclosures::told(state, place, row.id).await? } else { Vec::new() },
    }))
}

pub(super) fn has_gone_out(row: &Row) -> bool {
    matches!(row.state, RequestState::Delivered | RequestState::Closed)
}

/// `GET /privacy/track/{token}/answer`
pub(super) async fn download(Path(token): Path<String>, request: Request) -> Response {
    match Asking::of(&request) {
        Ok(asking) => asking.answer(take(&asking, &token).await.map(File::saved)),
        Err(fault) => bare(&fault),
    }
}

/// `GET /privacy/track/{token}/certificate`: what was erased of an account, in numbers that name nobody.
pub(super) async fn certificate(Path(token): Path<String>, request: Request) -> Response {
    match Asking::of(&request) {
        Ok(asking) => asking.answer(certified(&asking, &token).await.map(File::saved)),
        Err(fault) => bare(&fault),
    }
}

async fn certified(asking: &Asking, token: &str) -> Answer<File> {
    let state = &asking.visit.state;
    let held = links::find(state, &asking.visit.db, token, Purpose::Track).await?.ok_or(Fault::NotFound)?;
    let row = store::read(&state.db, held.org_id, held.request_id).await?;
    let (at, numbers) = store::outcome(&state.db, held.org_id, held.request_id).await?.ok_or(Fault::NotFound)?;
    let numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap_or_default();
    let json = serde_json::json!({
        "what": "Erasure of an account", "request": row.reference, "erased_at": iso(at), "erasure": numbers,
    });
    let bytes = serde_json::to_vec_pretty(&json).unwrap_or_default();
    Ok(File { name: format!("certificate-{}.json", row.reference), media_type: "application/json".into(), bytes })
}

/// The request that a tracking link leads to, opened to take something of its answer, which has gone out.
pub(super) async fn gone_out(asking: &Asking, token: &str) -> Answer<(Held, Tx, Matter)> {
    let state = &asking.visit.state;
    let mut tx = state.db.begin().await?;
    let held = links::find_in(state, &mut tx, token, Purpose::Track).await?.ok_or(Fault::NotFound)?;
    let matter = Matter::open(state, &mut tx, held).await?;
    is_theirs(&matter.row, asking.viewer())?;
    if has_gone_out(&matter.row) { Ok((held, tx, matter)) } else { Err(Fault::NotFound) }
}

async fn take(asking: &Asking, token: &str) -> Answer<File> {
    let state = &asking.visit.state;
    let (held, mut tx, matter) = gone_out(asking, token).await?;
    // Counted before it leaves: whoever breaks off has taken some of it.
    let taken: Option<Stored> = tx
        .query(sql!(
            "update rights_answers set downloads = downloads + 1
             where org_id = $1 and request_id = $2 and downloads < $3 and expires_at > $4
             returning file_name, media_type, sealed, expires_at, downloads"
        ))
        .bind(held.request_id)
        .bind(DOWNLOADS)
        .bind(state.clock.now())
        .optional()
        .await?;
    let taken = taken.ok_or(Fault::Gone)?;
    let bytes = sealed::open_bytes(state, held.request_id.uuid(), &taken.sealed).ok_or(Fault::Gone)?;
    let facts = serde_json::json!({ "reference": matter.row.reference, "count": taken.downloads });
    matter.record(state, &mut tx, "request.downloaded", facts, Vec::new(), asking.named_to(&matter.place)).await?;
    tx.commit().await?;
    Ok(File { name: taken.file_name, media_type: taken.media_type, bytes })
}
