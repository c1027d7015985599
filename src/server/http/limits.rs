//! How large a request may be and how long it may take. Uploads have limits of their own.

use axum::{
    body::Body,
    extract::{Request, State as AxumState},
    http::header,
    middleware::Next,
    response::Response,
};
use http_body_util::Limited;

use super::refusal;
use crate::{
    fault::Fault,
    server::{config::Config, state::State, visit::Visit},
};

/// Where files come in.
pub const UPLOAD_PATH: &str = "/settings/import/upload";

/// Seconds that a request to this path may take.
pub(super) fn seconds(config: &Config, path: &str) -> u64 {
    if path == UPLOAD_PATH { config.limits.upload_seconds } else { config.limits.request_seconds }
}

fn bytes(config: &Config, path: &str) -> u64 {
    // The parts of a multipart body need a little room of their own.
    if path == UPLOAD_PATH { config.limits.import_bytes + 65_536 } else { config.limits.body_bytes }
}

pub(super) async fn limit(AxumState(state): AxumState<State>, request: Request, next: Next) -> Response {
    let limit = bytes(&state.config, request.uri().path());
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit) {
        let html = refusal::wants_html(request.headers());
        let fault = Fault::TooLarge { limit };
        return match request.extensions().get::<Visit>() {
            Some(visit) => refusal::refusal(&state, &visit.facts, &fault, html),
            None => refusal::bare(&fault),
        };
    }
    // Chunked bodies declare nothing: they are counted while they come.
    let (parts, body) = request.into_parts();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    next.run(Request::from_parts(parts, Body::new(Limited::new(body, limit)))).await
}
