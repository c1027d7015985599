//! What is posted: an answer to the question, an appearance; and the files that are taken along.
//!
//! The forms are plain and work without script. The answer leads back to the page that the form stood on: where the
//! browser names it, by its name, and else by the field that the page put into the form.

use axum::{
    Json, Router,
    extract::{Extension, Form, Path, State as AxumState, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use super::{
    jar,
    looks::{self, Looks},
    model::{CHOICE_DAYS, Choice},
    receipt::NOTICE,
    registry,
    state::{SAID, came_from},
    store,
};
use crate::{
    accounts::throttle,
    fault::{Answer, Fault},
    server::{
        http::{refusal, saved_as, see_other, wants_html},
        state::State,
        visit::Visit,
    },
};

const SCHEMA: &str = include_str!("receipt.schema.json");

/// The routes of consent that are no pages and no server functions.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/privacy/consent", post(choose).get(|| async { see_other("/privacy/choices") }))
        .route("/appearance/choose", post(appearance).get(|| async { see_other("/appearance") }))
        .route("/privacy/choices/receipts.json", get(receipts))
        .route("/privacy/choices/receipts/{id}", get(receipt))
        .route("/privacy/choices/notice/{version}", get(notice))
        .route("/privacy/consent-receipt.schema.json", get(|| async { as_json(SCHEMA) }))
        .route("/.well-known/gpc.json", get(|| async { as_json("{\"gpc\":true,\"lastUpdate\":\"2026-11-24\"}\n") }))
}

type Fields = Vec<(String, String)>;

async fn choose(
    AxumState(state): AxumState<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    match chosen(&visit, &headers, form).await {
        Ok(response) => response,
        Err(fault) => refusal(&state, &visit.facts, &fault, wants_html(&headers)),
    }
}

async fn chosen(visit: &Visit, headers: &HeaderMap, form: Result<Form<Fields>, FormRejection>) -> Answer<Response> {
    let Form(fields) = form.map_err(|_| Fault::Malformed)?;
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let (choice, method) = match field("choice") {
        Some("reject") => (Choice::NOTHING, "reject"),
        Some("withdraw") => (Choice::NOTHING, "withdraw"),
        Some("accept") => (Choice::EVERYTHING, "accept"),
        Some("save") => (Choice { preferences: field("preferences").is_some(), analytics: field("analytics").is_some() }, "save"),
        Some("choose") => return Ok(see_other("/privacy/choices")),
        _ => return Err(Fault::Malformed),
    };
    // A receipt is a row, and rows are not free: whoever makes very many has to wait a little.
    throttle::reserve(visit, &throttle::network(visit, "consent")).await?;
    let held = store::choose(visit, choice, method).await?;
    let config = &visit.state.config;
    let mut response = see_other(&stored(&back(visit, headers, field("back"))));
    put(&mut response, jar::set(config, &registry::CONSENT, &held.sealed(&visit.state.key), Some(CHOICE_DAYS * 86_400)));
    if !choice.analytics
        && let Some(browser) = jar::read(headers, config, &registry::AID)
    {
        if let Ok(browser) = browser.parse() {
            store::forget(visit, browser).await?;
        }
        put(&mut response, jar::remove(config, &registry::AID));
    }
    let looks = &visit.facts.looks;
    if choice.preferences && *looks != Looks::default() && !looks.kept {
        put(&mut response, Looks { kept: true, ..looks.clone() }.cookie(config));
    } else if !choice.preferences && looks.kept {
        put(&mut response, jar::remove(config, &registry::LOOKS));
    }
    Ok(response)
}

async fn appearance(
    AxumState(state): AxumState<State>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let fields = form.map(|Form(fields)| fields).unwrap_or_default();
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let (Some(theme), Some(density)) = (field("theme").and_then(looks::theme), field("density").and_then(looks::density)) else {
        return refusal(&state, &visit.facts, &Fault::Malformed, wants_html(&headers));
    };
    let looks = Looks { theme, density, columns: visit.facts.looks.columns.clone(), kept: visit.facts.consent.allowed().preferences };
    let mut response = see_other("/appearance?notice=saved");
    put(&mut response, looks.cookie(&state.config));
    response
}

/// Where the form stood. An address of ours is a path and nothing else; whatever is not becomes the page of choices.
fn back(visit: &Visit, headers: &HeaderMap, field: Option<&str>) -> String {
    let local = |page: &str| page.starts_with('/') && !page.starts_with("//") && page.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    came_from(&visit.state.config.origin(), headers)
        .or_else(|| field.map(str::to_owned))
        .filter(|page| local(page) && !page.starts_with("/privacy/consent"))
        .unwrap_or_else(|| "/privacy/choices".to_owned())
}

/// The page with the word that the choice is stored, and the focus on it.
fn stored(page: &str) -> String {
    let page = page.split('#').next().unwrap_or_default();
    let glue = if page.contains('?') { '&' } else { '?' };
    format!("{page}{glue}{SAID}#consent-said")
}

async fn receipts(AxumState(state): AxumState<State>, Extension(visit): Extension<Visit>, headers: HeaderMap) -> Response {
    match store::receipts(&visit).await {
        Ok(all) => {
            let all: Vec<_> = all.iter().map(|receipt| receipt.json(&state)).collect();
            saved_as("consent-receipts.json", Json(all).into_response())
        }
        Err(fault) => refusal(&state, &visit.facts, &fault, wants_html(&headers)),
    }
}

async fn receipt(
    AxumState(state): AxumState<State>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = store::receipts(&visit).await.and_then(|all| all.into_iter().find(|r| r.id.to_string() == id).ok_or(Fault::NotFound));
    match found {
        Ok(receipt) => saved_as(&format!("consent-receipt-{}.json", receipt.id), Json(receipt.json(&state)).into_response()),
        Err(fault) => refusal(&state, &visit.facts, &fault, wants_html(&headers)),
    }
}

/// The banner as a receipt's person saw it.
async fn notice(
    AxumState(state): AxumState<State>,
    Extension(visit): Extension<Visit>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Response {
    if version == "1" { NOTICE.into_response() } else { refusal(&state, &visit.facts, &Fault::NotFound, wants_html(&headers)) }
}

fn as_json(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn put(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
