//! How large a request may be and how long it may take. Uploads have limits of their own.

use std::{error::Error, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State as AxumState, multipart::MultipartError},
    http::{StatusCode, header},
    middleware::Next,
    response::Response,
};
use http_body_util::{LengthLimitError, Limited};

use super::{pace, refusal};
use crate::{
    fault::Fault,
    server::{config::Config, state::State, visit::Visit},
};

/// Where a file to import comes in.
pub const UPLOAD_PATH: &str = "/settings/import/upload";
/// Where the answer to a privacy request comes in with its files: at an organisation, and at the operator.
pub const ANSWER_PATHS: [&str; 2] = ["/api/requests/desk_answer", "/api/requests/operator_answer"];
/// So many files go along with one answer.
pub const ANSWER_FILES: u32 = 10;
/// Of so many times the largest file, what cannot be taken is read all the same: a browser listens only when it has sent
/// everything, and then hears beside the field what is wrong, with its words still there.
const TAKEN_OR_TOLD: u32 = 4 * ANSWER_FILES;

/// Bytes of what comes in at this path, where it takes files.
fn files(config: &Config, path: &str) -> Option<u64> {
    let limits = &config.limits;
    match path {
        UPLOAD_PATH => Some(limits.import_bytes),
        _ if ANSWER_PATHS.contains(&path) => Some(limits.file_bytes.saturating_mul(TAKEN_OR_TOLD.into()).saturating_add(limits.body_bytes)),
        _ => None,
    }
}

/// Seconds that a request to this path may take.
pub(super) fn seconds(config: &Config, path: &str) -> u64 {
    if files(config, path).is_some() { config.limits.upload_seconds } else { config.limits.request_seconds }
}

fn bytes(config: &Config, path: &str) -> u64 {
    // The parts of a multipart body need a little room of their own.
    files(config, path).map_or(config.limits.body_bytes, |bytes| bytes.saturating_add(65_536))
}

/// What is wrong with a multipart form that cannot be read on.
pub fn broken_form(error: &MultipartError, limit: u64) -> Fault {
    let (mut causes, mut next) = (Vec::new(), Some(error as &(dyn Error + 'static)));
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    if causes.iter().any(|cause| cause.is::<LengthLimitError>()) || error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Fault::TooLarge { limit };
    }
    if causes.iter().any(|cause| cause.is::<pace::Stalled>()) {
        return Fault::field("file", "The file stopped coming. Look at your connection, and send it again.");
    }
    Fault::Malformed
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
    let counted = Body::new(Limited::new(body, usize::try_from(limit).unwrap_or(usize::MAX)));
    let paced = match files(&state.config, parts.uri.path()) {
        Some(_) => pace::paced(counted, Duration::from_secs(state.config.limits.stall_seconds)),
        // The whole request has little time already.
        None => counted,
    };
    next.run(Request::from_parts(parts, paced)).await
}
