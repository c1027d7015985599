//! The doors that are no server functions: a file comes in, the rejected rows go out.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State as AxumState, multipart::Field},
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
    accounts::{FileForm, Most, Part, Permission, Scope, SessionSlot, file_name},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        http::{UPLOAD_PATH, bare, broken_form, come_back, refusal, saved_as, see_other, sign_in_first, wants_html},
        state::State,
        visit::Visit,
    },
};

/// Bytes of what stands beside a file in its form.
const WORDS: u64 = 10_000;

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
        // A file does not wait until somebody has signed in.
        Err(Fault::SignIn) if html => sign_in_first("/settings/import"),
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

/// Takes such a file. What is wrong with it stands at its field.
async fn use_mapping(AxumState(state): AxumState<State>, Path(id): Path<String>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    let (html, action) = (wants_html(request.headers()), request.uri().path().to_owned());
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
        Err(fault @ (Fault::Invalid(_) | Fault::SignIn)) if html => {
            let page = action.trim_end_matches("/mapping").to_owned();
            come_back(&visit, &session, &action, &page, fault, Vec::new()).await
        }
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

async fn mapping_text(scope: &Scope, request: Request) -> Answer<String> {
    const CHOOSE: &str = "Choose a file of saved answers: one that was downloaded from an import.";
    let limit = LARGEST as u64;
    let mut form = FileForm::open(request, Most { words: WORDS, all: limit }).await?;
    let mut part = loop {
        match form.next(Ok(scope)).await? {
            Part::File(part, _) if part.name() == Some("mapping") => break part,
            Part::File(..) | Part::Words => {}
            Part::End(_) => return Err(Fault::field("mapping", CHOOSE)),
        }
    };
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|error| broken_form(&error, limit))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST {
            return Err(Fault::field("mapping", CHOOSE));
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty()).ok_or_else(|| Fault::field("mapping", CHOOSE))
}

/// The scope of a request outside of Leptos.
pub(super) fn scope_of(request: &Request, permission: Permission) -> Answer<Scope> {
    let visit = request.extensions().get::<Visit>().ok_or(Fault::Malformed)?;
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    Scope::for_request(visit, &session, permission)
}

async fn take(visit: &Visit, request: Request) -> Answer<Id<kinds::Import>> {
    let scope = scope_of(&request, Permission::CaseImport)?;
    let limit = visit.state.config.limits.import_bytes;
    let mut form = FileForm::open(request, Most { words: WORDS, all: limit }).await?;
    let mut part = loop {
        match form.next(Ok(&scope)).await? {
            Part::File(part, _) if part.name() == Some("file") => break part,
            Part::File(..) | Part::Words => {}
            Part::End(_) => return Err(refused("Choose a file first.")),
        }
    };
    let Some(name) = file_name(&part).filter(|name| !name.is_empty()) else {
        return Err(refused("Choose a file first."));
    };
    let mut intake = Intake::begin(&scope, &name, Wanted::default()).await?;
    let outcome = pour(&mut intake, &mut part, limit).await;
    if outcome.is_err() {
        // The answer does not come before what it refuses is gone.
        intake.give_up().await?;
    }
    outcome
}

async fn pour(intake: &mut Intake, part: &mut Field<'_>, limit: u64) -> Answer<Id<kinds::Import>> {
    while let Some(bytes) = part.chunk().await.map_err(|error| broken_form(&error, limit))? {
        intake.take(&bytes).await?;
    }
    intake.end().await
}
