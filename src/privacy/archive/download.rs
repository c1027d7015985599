//! The door through which an archive leaves, piece by piece; and its published schema.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, Request, State as AxumState},
    http::{HeaderValue, header},
    middleware::from_fn,
    response::{IntoResponse as _, Response},
    routing::get,
};
use futures::stream;
use serde::Deserialize;

use super::{ArchiveId, SCHEMA_PATH, job, order, schema, store};
use crate::{
    accounts::{Permission, Scope, SessionSlot},
    fault::{Answer, Fault},
    server::{
        http::{bare, deliberate, refusal, saved_as, streamed, wants_html},
        state::State,
        visit::Visit,
    },
};

/// The addresses of this part that are files.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/settings/export/{archive}/archive.zip", get(download).layer(from_fn(deliberate)))
        .route(SCHEMA_PATH, get(published))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    proof: String,
}

async fn download(
    AxumState(state): AxumState<State>,
    Path(archive): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let html = wants_html(request.headers());
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    match take(&visit, &session, &archive, &asked.proof).await {
        Ok(response) => response,
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

async fn take(visit: &Visit, session: &SessionSlot, archive: &str, proof: &str) -> Answer<Response> {
    let scope = Scope::for_request(visit, session, Permission::OrgExport)?;
    let id: ArchiveId = archive.parse().map_err(|_| Fault::NotFound)?;
    let me = session.get().ok_or(Fault::SignIn)?;
    if !order::is_proved(&scope.state, me, id, proof) {
        return Err(Fault::forbidden(
            "Type your password on the page \u{201c}Export everything\u{201d} again: the link to the file lasts ten minutes and works only where you asked for it.",
        ));
    }
    let mut tx = scope.begin().await?;
    let (bytes, count) = store::take(&mut tx, id).await?;
    order::record(&mut tx, "archive.downloaded", id, serde_json::json!({ "count": count })).await?;
    tx.commit().await?;
    let mut response = Response::new(streamed(pieces(scope, id)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok(saved_as("casetrakr-archive.zip", response))
}

/// One piece after the other, each read when the one before it is on its way.
fn pieces(scope: Scope, id: ArchiveId) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> + Send {
    stream::unfold(Some(0), move |part: Option<i64>| {
        let scope = scope.clone();
        async move {
            let part = part?;
            // Whoever is removed while the file is on its way gets no more of it.
            if Scope::of_member(&scope.state, scope.actor.org, scope.actor.user, Permission::OrgExport).await.is_err() {
                return Some((Err(std::io::Error::other("the archive is not theirs any more")), None));
            }
            match store::piece(&scope.state, scope.actor.org, id, part).await {
                Ok(None) => None,
                Ok(Some(sealed)) => Some(match job::unseal(&scope.state, id, part, &sealed) {
                    Some(piece) => (Ok(Bytes::from(piece)), Some(part + 1)),
                    None => (Err(std::io::Error::other("a piece of the archive cannot be opened")), None),
                }),
                // The file breaks off, which a browser notices: it knows the length.
                Err(_) => Some((Err(std::io::Error::other("the database is away")), None)),
            }
        }
    })
}

async fn published(AxumState(state): AxumState<State>) -> Response {
    let text = serde_json::to_string_pretty(&schema::schema(&state)).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/schema+json")], text).into_response()
}
