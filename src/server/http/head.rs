//! What the head of a request may be, before anything else looks at it.
//!
//! hyper answers a head that is larger than its buffer with a bare 431. Ours are refused long before that, with words.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode},
};

use crate::fault::Fault;

/// Bytes of an address.
const TARGET: usize = 8_192;
/// Bytes of all header lines together.
const LINES: usize = 32_768;
/// Bytes that hyper reads of a head before it gives up.
pub(super) const BUFFER: usize = 131_072;

/// Why this request goes no further.
pub(super) fn refused(request: &Request) -> Option<(StatusCode, Fault)> {
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    if path.len() + query.len() > TARGET {
        return Some((StatusCode::URI_TOO_LONG, Fault::TooLarge { limit: TARGET as u64 }));
    }
    if bytes(request.headers()) > LINES {
        return Some((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Fault::TooLarge { limit: LINES as u64 }));
    }
    // No database could look for a NUL character, and no address of ours holds one.
    if path.contains("%00") {
        return Some((StatusCode::NOT_FOUND, Fault::NotFound));
    }
    query.contains("%00").then_some((StatusCode::BAD_REQUEST, Fault::Malformed))
}

fn bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}
