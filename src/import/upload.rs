//! The doors that are no server functions: a file comes in, the rejected rows go out.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State as AxumState, multipart::Field},
    http::{HeaderValue, header},
    response::Response,
    routing::get,
};

use super::{
    intake::{Intake, refused},
    look,
    mapping_file::LARGEST,
    reading::Wanted,
    rejected,
};
use crate::{
    accounts::{Permission, Scope, Sent, SessionSlot, ShownFor},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        http::{UPLOAD_PATH, bare, broken_form, refusal, saved_as, see_other, wants_html},
        state::State,
        visit::Visit,
    },
    ui::SHOWN_FOR,
};

/// The routes of this feature.
pub fn routes() -> Router<State> {
    Router::new()
        // The limit of an upload is set in the middleware; axum's own would stop it at 2 MB.
        .route(UPLOAD_PATH, get(back).post(upload).layer(DefaultBodyLimit::disable()))
        .route("/settings/import/{id}/rejected.csv", get(rejected::download))
        .route("/settings/import/{id}/mapping.json", get(save_mapping))
        .route("/settings/import/{id}/mapping", get(back_to).post(use_mapping))
}

/// Whoever reloads after a refused upload.
async fn back() -> Response {
    see_other("/settings/import")
}

async fn upload(AxumState(state): AxumState<State>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let html = wants_html(request.headers());
    match take(&visit, request).await {
        Ok(id) => see_other(&format!("/settings/import/{id}")),
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

async fn back_to(Path(id): Path<Id<kinds::Import>>) -> Response {
    see_other(&format!("/settings/import/{id}"))
}

/// How the file is matched, as a file.
async fn save_mapping(AxumState(state): AxumState<State>, Path(id): Path<String>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let html = wants_html(request.headers());
    let scope = scope_of(&request, Permission::CaseImport);
    let text = async move { look::mapping_file(&scope?, id.parse().map_err(|_| Fault::NotFound)?).await };
    match text.await {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            saved_as("import-answers.json", response)
        }
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

/// Takes such a file.
async fn use_mapping(AxumState(state): AxumState<State>, Path(id): Path<String>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let html = wants_html(request.headers());
    let scope = scope_of(&request, Permission::CaseImport);
    let taken = async move {
        let scope = scope?;
        let id: Id<kinds::Import> = id.parse().map_err(|_| Fault::NotFound)?;
        let text = mapping_text(&scope, request).await?;
        look::take_mapping(&scope, id, &text).await?;
        Answer::Ok(id)
    };
    match taken.await {
        Ok(id) => see_other(&format!("/settings/import/{id}")),
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

async fn mapping_text(scope: &Scope, request: Request) -> Answer<String> {
    const CHOOSE: &str = "Choose a file of saved answers first.";
    let mut sent = Sent::of(request.headers(), None);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Fault::Malformed)?;
    let limit = LARGEST as u64;
    while let Some(mut part) = form.next_field().await.map_err(|error| broken_form(&error, limit))? {
        if part.name() == Some(SHOWN_FOR) {
            let said = short(&mut part, limit).await?;
            sent = Sent(ShownFor::parse(&said));
        }
        if part.name() != Some("mapping") {
            continue;
        }
        sent.is_for(&scope.actor)?;
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|error| broken_form(&error, limit))? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > LARGEST {
                return Err(Fault::TooLarge { limit });
            }
        }
        if bytes.is_empty() {
            return Err(Fault::field("mapping", CHOOSE));
        }
        return String::from_utf8(bytes).map_err(|_| Fault::field("mapping", CHOOSE));
    }
    Err(Fault::field("mapping", CHOOSE))
}

/// The scope of a request outside of Leptos.
pub(super) fn scope_of(request: &Request, permission: Permission) -> Answer<Scope> {
    let visit = request.extensions().get::<Visit>().ok_or(Fault::Malformed)?;
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    Scope::for_request(visit, &session, permission)
}

async fn take(visit: &Visit, request: Request) -> Answer<Id<kinds::Import>> {
    let scope = scope_of(&request, Permission::CaseImport)?;
    let mut sent = Sent::of(request.headers(), None);
    // Without the right content type or its boundary there is nothing to read.
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Fault::Malformed)?;
    let limit = visit.state.config.limits.import_bytes;
    while let Some(mut part) = form.next_field().await.map_err(|error| broken_form(&error, limit))? {
        if part.name() == Some(SHOWN_FOR) {
            let said = short(&mut part, limit).await?;
            sent = Sent(ShownFor::parse(&said));
        }
        if part.name() != Some("file") {
            continue;
        }
        // It stands before the file: nothing is read that was meant for somebody else.
        sent.is_for(&scope.actor)?;
        let Some(name) = part.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else {
            return Err(refused("Choose a file first."));
        };
        let mut intake = Intake::begin(&scope, &name, Wanted::default()).await?;
        let outcome = pour(&mut intake, &mut part, limit).await;
        if outcome.is_err() {
            // The answer does not come before what it refuses is gone.
            intake.give_up().await?;
        }
        return outcome;
    }
    Err(refused("Choose a file first."))
}

/// A field of a few words.
async fn short(part: &mut Field<'_>, limit: u64) -> Answer<String> {
    const MOST: usize = 1_000;
    let mut said = Vec::new();
    while let Some(bytes) = part.chunk().await.map_err(|error| broken_form(&error, limit))? {
        said.extend_from_slice(&bytes);
        if said.len() > MOST {
            return Err(Fault::Malformed);
        }
    }
    String::from_utf8(said).map_err(|_| Fault::Malformed)
}

async fn pour(intake: &mut Intake, part: &mut Field<'_>, limit: u64) -> Answer<Id<kinds::Import>> {
    while let Some(bytes) = part.chunk().await.map_err(|error| broken_form(&error, limit))? {
        intake.take(&bytes).await?;
    }
    intake.end().await
}
