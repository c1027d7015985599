//! What is there for machines: the register as JSON and as a feed, and `security.txt`.

use axum::{Router, extract::State as AxumState, response::Response, routing::get};
use serde_json::json;

use super::register::{self, Change};
use crate::{
    clock::Instant,
    fault::Answer,
    privacy::policy::feed::{self, Entry},
    server::{http::bare, mail, state::State, time::iso},
};

/// The routes.
pub(in crate::privacy) fn routes() -> Router<State> {
    Router::new()
        .route("/subprocessors.json", get(as_json))
        .route("/subprocessors.atom", get(as_feed))
        .route("/.well-known/security.txt", get(security_txt))
}

async fn as_json(AxumState(state): AxumState<State>) -> Response {
    match described(&state).await {
        Ok(value) => feed::typed(value.to_string(), "application/json; charset=utf-8"),
        Err(fault) => bare(&fault),
    }
}

async fn described(state: &State) -> Answer<serde_json::Value> {
    let changes = register::changes(&state.db).await?;
    let changes =
        changes.iter().map(|change| json!({ "at": iso(change.at), "change": change.change, "name": change.name, "entry": change.entry() }));
    Ok(json!({ "subprocessors": state.config.subprocessors, "changes": changes.collect::<Vec<_>>() }))
}

async fn as_feed(AxumState(state): AxumState<State>) -> Response {
    match register::changes(&state.db).await {
        Ok(changes) => {
            let entries: Vec<Entry> = changes.iter().map(|change| entry(&state, change)).collect();
            feed::answer(&state, "Sub-processors", "/subprocessors.atom", "/subprocessors", &entries)
        }
        Err(fault) => bare(&fault),
    }
}

fn entry(state: &State, change: &Change) -> Entry {
    let title = match change.change.as_str() {
        "opened" => "The register begins".to_owned(),
        "added" => format!("{} is added", change.name),
        "removed" => format!("{} is removed", change.name),
        _ => format!("{} has changed", change.name),
    };
    let summary = change.entry().map_or_else(String::new, |one| {
        format!("{}. Data: {}. Country: {}, {}. From {}.", one.service, one.data, one.country, one.protection(), one.starts)
    });
    Entry {
        id: mail::link(state, &format!("/subprocessors#change-{}", change.number)),
        title,
        at: change.at,
        path: "/subprocessors".into(),
        summary,
    }
}

/// RFC 9116. It is made anew for each reader, so it never expires while the server runs; what was fetched does.
async fn security_txt(AxumState(state): AxumState<State>) -> Response {
    match text(&state) {
        Some(text) => feed::typed(text, "text/plain; charset=utf-8"),
        None => bare(&crate::fault::Fault::NotFound),
    }
}

/// How a weakness is reported; `None` where the operator has named no address.
pub(super) fn text(state: &State) -> Option<String> {
    let operator = &state.config.operator;
    let contact = [&operator.security_contact, &operator.email].into_iter().find(|contact| !contact.is_empty())?;
    let contact = if contact.starts_with("https://") { contact.clone() } else { format!("mailto:{contact}") };
    Some(format!(
        "Contact: {contact}\nExpires: {}\nPreferred-Languages: en\nCanonical: {}\nPolicy: {}\n",
        expires(state.clock.now()),
        mail::link(state, "/.well-known/security.txt"),
        mail::link(state, "/security"),
    ))
}

/// Half a year on, to the second.
fn expires(now: Instant) -> String {
    let at = now.plus_seconds(180 * 86_400);
    iso(Instant(at.0 - at.0.rem_euclid(1_000_000)))
}
