//! The addresses of the policy that are no pages of the app: pinned versions, their style sheet, JSON and the feed.

use axum::{
    Router,
    extract::{Path, Request, State as AxumState},
    http::{HeaderValue, header},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    editions::Edition,
    feed::{self, Entry},
    publish::values,
    store::{self, Version},
};
use crate::{
    fault::{Answer, Fault},
    server::{
        http::{bare, refusal, wants_html},
        state::State,
        time::iso,
        visit::Visit,
    },
};

/// The routes.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/privacy/versions/{hash}", get(pinned))
        .route("/privacy/document.css", get(style))
        .route("/privacy.json", get(as_json))
        .route("/privacy.atom", get(as_feed))
}

/// A pinned version is words and their style, and runs nothing.
const DOCUMENT: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The bytes of a version, the same for ever.
async fn pinned(AxumState(state): AxumState<State>, Path(hash): Path<String>, request: Request) -> Response {
    match store::page(&state.db, &hash).await {
        Ok(Some(page)) => {
            let mut response = feed::typed(page, "text/html; charset=utf-8");
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCUMENT));
            if let Ok(tag) = HeaderValue::from_str(&format!("\"{hash}\"")) {
                response.headers_mut().insert(header::ETAG, tag);
            }
            response
        }
        Ok(None) => refused(&state, &request, &Fault::NotFound),
        Err(fault) => refused(&state, &request, &fault),
    }
}

fn refused(state: &State, request: &Request, fault: &Fault) -> Response {
    match request.extensions().get::<Visit>() {
        Some(visit) => refusal(state, &visit.facts, fault, wants_html(request.headers())),
        None => bare(fault),
    }
}

/// How pinned versions look. It may change; what they say does not.
async fn style() -> Response {
    const STYLE: &str =
        concat!(include_str!("../../../style/tokens.css"), include_str!("../../../style/base.css"), include_str!("document.css"));
    feed::typed(STYLE, "text/css; charset=utf-8")
}

async fn as_json(AxumState(state): AxumState<State>) -> Response {
    match described(&state).await {
        Ok(value) => feed::typed(value.to_string(), "application/json; charset=utf-8"),
        Err(fault) => bare(&fault),
    }
}

/// The versions and the text in force, for machines.
async fn described(state: &State) -> Answer<Value> {
    let all = store::all(&state.db).await?;
    let now = state.clock.now();
    let in_force = all.iter().find(|version| version.effective_at <= now);
    let document = in_force.map_or_else(|| Edition::newest().template().filled(&values(&state.config.operator)), Version::document);
    Ok(json!({
        "operator": { "name": state.config.operator.name, "email": state.config.operator.email, "address": state.config.operator.address },
        "published": in_force.is_some(),
        "inForce": in_force.map(|version| version.hash.clone()),
        "unfilled": document.open(),
        "policy": document,
        "versions": all.iter().map(listed).collect::<Vec<_>>(),
    }))
}

fn listed(version: &Version) -> Value {
    json!({
        "hash": version.hash,
        "path": version.path(),
        "number": version.number,
        "edition": version.edition,
        "publishedAt": iso(version.published_at),
        "effectiveAt": iso(version.effective_at),
        "material": version.weight == "material",
        "changes": version.changes,
    })
}

async fn as_feed(AxumState(state): AxumState<State>) -> Response {
    match store::all(&state.db).await {
        Ok(all) => {
            let entries: Vec<Entry> = all.iter().map(entry).collect();
            feed::answer(&state, "Versions of the privacy policy", "/privacy.atom", "/privacy/versions", &entries)
        }
        Err(fault) => bare(&fault),
    }
}

fn entry(version: &Version) -> Entry {
    let from = crate::server::time::Zone::utc().show(version.effective_at).day;
    Entry {
        id: format!("urn:sha256:{}", version.hash),
        title: format!("Version {}, in force from {from}", version.number),
        at: version.published_at,
        path: version.path(),
        summary: version.changes.clone(),
    }
}
