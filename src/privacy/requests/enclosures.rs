//! Files that go along with a written answer, such as the documents that somebody asked a copy of.
//!
//! They lie sealed, each with its name, and in pieces, so that none is ever whole in memory on its way out. Until the
//! answer goes out its controller can look into each and take it out again; from then on its requester takes them from
//! their page, as long as the answer and each as often. They are copies, so they are deleted when these seven days are
//! over; the written answer is part of the record and stays.

use axum::{
    body::Bytes,
    extract::{Path, Request},
    http::{HeaderValue, header},
    response::Response,
};
use futures::{Stream, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    RequestId, UserId,
    answers::{DOWNLOADS, gone_out},
    handing_out::{Asking, saved},
    inbox_page::At,
    links::Held,
    matter::Matter,
    model::State as RequestState,
    place::Place,
    sealed,
};
use crate::{
    audit::Change,
    clock::{Instant, Shown},
    count::sized,
    fault::{Answer, Fault},
    server::{
        db::{Tx, sql},
        http::{ANSWER_FILES, bare, streamed},
        state::State,
    },
};

/// A file as its controller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnclosureView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size, in words.
    pub size: String,
    /// Who added it.
    pub by: String,
    /// When.
    pub at: Shown,
    /// How many times the requester took it.
    pub taken: i64,
}

/// A file as its requester sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size, in words.
    pub size: String,
    /// How many times it can still be taken.
    pub left: i64,
}

/// Bytes of a piece; only the last of a file is shorter.
const PIECE: usize = 262_144;

/// A file on its way in, sealed as it comes.
pub(super) struct Arriving {
    id: Uuid,
    name: String,
    hash: Sha256,
    waiting: Vec<u8>,
    pieces: Vec<Vec<u8>>,
}

impl Arriving {
    pub(super) fn begin(name: String) -> Self {
        Self { id: Uuid::now_v7(), name, hash: Sha256::new(), waiting: Vec::with_capacity(PIECE), pieces: Vec::new() }
    }

    /// Takes what has come.
    pub(super) fn take(&mut self, state: &State, mut bytes: &[u8]) {
        self.hash.update(bytes);
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == PIECE {
                self.seal(state);
            }
        }
    }

    /// All of it is here.
    pub(super) fn end(mut self, state: &State, request: RequestId) -> Enclosure {
        let size = i64::try_from(self.pieces.len() * PIECE + self.waiting.len()).unwrap_or(i64::MAX);
        if !self.waiting.is_empty() {
            self.seal(state);
        }
        let Self { id, name, hash, pieces, .. } = self;
        let what = [request.uuid().as_bytes(), hash.finalize().as_slice(), name.as_bytes()].concat();
        let fingerprint = state.key.derive("rights-enclosure").sign(&what);
        Enclosure { id, name, size, fingerprint, pieces }
    }

    fn seal(&mut self, state: &State) {
        let part = i64::try_from(self.pieces.len()).unwrap_or(i64::MAX);
        self.pieces.push(sealed::seal_piece(state, self.id, part, &self.waiting));
        self.waiting.clear();
    }
}

/// A file that has come, sealed.
pub(super) struct Enclosure {
    id: Uuid,
    name: String,
    size: i64,
    /// The same for the same file with the same answer, so that a form that is sent twice adds it once.
    fingerprint: Vec<u8>,
    pieces: Vec<Vec<u8>>,
}

/// Adds a file to the answer that is being written.
pub(super) async fn add(state: &State, tx: &mut Tx, matter: &Matter, file: Enclosure, by: UserId) -> Answer<()> {
    still_here(matter, "file")?;
    let there = sql!("select fingerprint from rights_enclosures where org_id = $1 and request_id = $2");
    let there: Vec<Vec<u8>> = tx.query(there).bind(matter.row.id).scalars().await?;
    if there.contains(&file.fingerprint) {
        return Ok(());
    }
    if there.len() >= ANSWER_FILES as usize {
        let why = format!(
            "\u{201c}{}\u{201d} was not added: at most {ANSWER_FILES} files go along with an answer. Put several into one, or take another out.",
            file.name
        );
        return Err(Fault::field("file", why));
    }
    tx.query(sql!(
        "insert into rights_enclosures (org_id, request_id, id, sealed_name, size, fingerprint, added_by, added_at, downloads)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0)"
    ))
    .bind(matter.row.id)
    .bind(file.id)
    .bind(sealed::seal(state, file.id, &file.name))
    .bind(file.size)
    .bind(file.fingerprint)
    .bind(by)
    .bind(state.clock.now())
    .execute()
    .await?;
    for (part, sealed) in (0_i64..).zip(file.pieces) {
        tx.query(sql!("insert into rights_enclosure_pieces (org_id, request_id, enclosure_id, part, sealed) values ($1, $2, $3, $4, $5)"))
            .bind(matter.row.id)
            .bind(file.id)
            .bind(part)
            .bind(sealed)
            .execute()
            .await?;
    }
    record(state, tx, matter, "request.file_added", &file.name, serde_json::json!({ "bytes": file.size }), Some(by)).await
}

/// Takes a file out again.
pub(super) async fn remove(state: &State, tx: &mut Tx, matter: &Matter, id: &str, by: UserId) -> Answer<()> {
    still_here(matter, "act")?;
    let id: Uuid = id.parse().map_err(|_| Fault::Malformed)?;
    let gone = sql!("delete from rights_enclosures where org_id = $1 and request_id = $2 and id = $3 returning sealed_name");
    let gone: Option<Vec<u8>> = tx.query(gone).bind(matter.row.id).bind(id).optional_scalar().await?;
    // Whoever pressed twice has what they want.
    let Some(name) = gone else { return Ok(()) };
    let name = sealed::open(state, id, &name);
    record(state, tx, matter, "request.file_removed", &name, serde_json::json!({}), Some(by)).await
}

fn still_here(matter: &Matter, field: &str) -> Answer<()> {
    if matches!(matter.row.state, RequestState::Fulfilling | RequestState::QualityCheck) {
        return Ok(());
    }
    Err(Fault::field(field, "Files are added and taken out once the request is accepted, and before the answer goes out."))
}

async fn record(
    state: &State,
    tx: &mut Tx,
    matter: &Matter,
    action: &'static str,
    name: &str,
    mut facts: serde_json::Value,
    by: Option<UserId>,
) -> Answer<()> {
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("reference".into(), matter.row.reference.clone().into());
    }
    let named = Change { label: "File".into(), from: String::new(), to: name.to_owned() };
    matter.record(state, tx, action, facts, vec![named], by).await
}

#[derive(FromRow)]
struct Listed {
    id: Uuid,
    sealed_name: Vec<u8>,
    size: i64,
    added_by: Option<String>,
    added_at: Instant,
    downloads: i64,
}

async fn all(state: &State, place: &Place, request: RequestId) -> Answer<Vec<Listed>> {
    Ok(state
        .db
        .tenant(
            place.org.uuid(),
            sql!(
                "select e.id, e.sealed_name, e.size, u.name as added_by, e.added_at, e.downloads
                 from rights_enclosures e
                 left join users u on u.id = e.added_by
                 where e.org_id = $1 and e.request_id = $2
                 order by e.added_at, e.id"
            ),
        )
        .bind(request)
        .all()
        .await?)
}

/// The files as the controller sees them.
pub(super) async fn listed(state: &State, place: &Place, request: RequestId) -> Answer<Vec<EnclosureView>> {
    let view = |file: Listed| EnclosureView {
        name: sealed::open(state, file.id, &file.sealed_name),
        id: file.id.to_string(),
        size: sized(file.size),
        by: file.added_by.unwrap_or_else(|| place.name.clone()),
        at: place.zone.show(file.added_at),
        taken: file.downloads,
    };
    Ok(all(state, place, request).await?.into_iter().map(view).collect())
}

/// The files as the requester sees them, as long as the answer can be taken.
pub(super) async fn told(state: &State, place: &Place, request: RequestId) -> Answer<Vec<FileView>> {
    let view = |file: Listed| FileView {
        name: sealed::open(state, file.id, &file.sealed_name),
        id: file.id.to_string(),
        size: sized(file.size),
        left: (DOWNLOADS - file.downloads).max(0),
    };
    Ok(all(state, place, request).await?.into_iter().map(view).collect())
}

/// The answer goes out, or once more: each can be taken as often as at first.
pub(super) async fn open_up(tx: &mut Tx, request: RequestId) -> Answer<()> {
    let anew = sql!("update rights_enclosures set downloads = 0 where org_id = $1 and request_id = $2 and downloads > 0");
    tx.query(anew).bind(request).execute().await?;
    Ok(())
}

/// Deletes the files of an answer whose seven days are over.
pub(super) async fn end(tx: &mut Tx, request: RequestId, now: Instant) -> Answer<()> {
    tx.query(sql!(
        "delete from rights_enclosures where org_id = $1 and request_id = $2 and exists (
           select 1 from rights_answers a where a.org_id = $1 and a.request_id = $2 and a.expires_at <= $3)"
    ))
    .bind(request)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Stored {
    id: Uuid,
    sealed_name: Vec<u8>,
    size: i64,
    downloads: i64,
}

impl Stored {
    /// What somebody else made is never shown by the browser, only saved.
    fn saved(self, state: &State, held: Held) -> Response {
        let name = sealed::open(state, self.id, &self.sealed_name);
        let body = streamed(pieces(state.clone(), held, self.id));
        let mut response = saved(&name, "application/octet-stream", body);
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(self.size));
        response
    }
}

/// One piece after the other, each read when the one before it is on its way.
fn pieces(state: State, held: Held, id: Uuid) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    stream::unfold(Some(0), move |part: Option<i64>| {
        let state = state.clone();
        async move {
            let part = part?;
            let found = state.db.tenant(
                held.org_id.uuid(),
                sql!(
                    "select sealed from rights_enclosure_pieces where org_id = $1 and request_id = $2 and enclosure_id = $3 and part = $4"
                ),
            );
            match found.bind(held.request_id).bind(id).bind(part).optional_scalar::<Vec<u8>>().await {
                Ok(None) => None,
                Ok(Some(sealed)) => Some(match sealed::open_piece(&state, id, part, &sealed) {
                    Some(piece) => (Ok(Bytes::from(piece)), Some(part + 1)),
                    None => (Err(std::io::Error::other("a piece of a file cannot be opened")), None),
                }),
                // The file breaks off, which a browser notices: it knows the length.
                Err(_) => Some((Err(std::io::Error::other("the database is away")), None)),
            }
        }
    })
}

/// `GET /privacy/track/{token}/files/{file}`
pub(super) async fn download(Path((token, file)): Path<(String, String)>, request: Request) -> Response {
    match Asking::of(&request) {
        Ok(asking) => asking.answer(take(&asking, &token, &file).await),
        Err(fault) => bare(&fault),
    }
}

async fn take(asking: &Asking, token: &str, file: &str) -> Answer<Response> {
    let state = &asking.visit.state;
    let id: Uuid = file.parse().map_err(|_| Fault::NotFound)?;
    let (held, mut tx, matter) = gone_out(asking, token).await?;
    // Counted before it leaves: whoever breaks off has taken some of it.
    let taken: Option<Stored> = tx
        .query(sql!(
            "update rights_enclosures set downloads = downloads + 1
             where org_id = $1 and request_id = $2 and id = $3 and downloads < $4 and exists (
               select 1 from rights_answers a where a.org_id = $1 and a.request_id = $2 and a.expires_at > $5)
             returning id, sealed_name, size, downloads"
        ))
        .bind(held.request_id)
        .bind(id)
        .bind(DOWNLOADS)
        .bind(state.clock.now())
        .optional()
        .await?;
    let taken = taken.ok_or(Fault::Gone)?;
    let name = sealed::open(state, taken.id, &taken.sealed_name);
    let facts = serde_json::json!({ "count": taken.downloads });
    record(state, &mut tx, &matter, "request.file_downloaded", &name, facts, asking.named_to(&matter.place)).await?;
    tx.commit().await?;
    Ok(taken.saved(state, held))
}

/// `GET …/{request}/files/{file}` at the controller's place: to look into it before it goes out. It counts for nobody.
pub(super) async fn look(at: At, Path((request_id, file)): Path<(String, String)>, request: Request) -> Response {
    match Asking::of(&request) {
        Ok(asking) => asking.answer(looked_into(&asking, at, &request_id, &file).await),
        Err(fault) => bare(&fault),
    }
}

async fn looked_into(asking: &Asking, at: At, request: &str, file: &str) -> Answer<Response> {
    let scope = asking.scope(at)?;
    let held = Held { org_id: scope.actor.org, request_id: request.parse().map_err(|_| Fault::NotFound)? };
    let id: Uuid = file.parse().map_err(|_| Fault::NotFound)?;
    let found = scope
        .query(sql!("select id, sealed_name, size, downloads from rights_enclosures where org_id = $1 and request_id = $2 and id = $3"));
    let found: Option<Stored> = found.bind(held.request_id).bind(id).optional().await?;
    Ok(found.ok_or(Fault::NotFound)?.saved(&scope.state, held))
}
