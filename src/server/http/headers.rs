//! Security headers, on every answer without exception.

use std::sync::Arc;

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

use crate::server::{secret, state::State};

/// The nonce of one response.
#[derive(Clone)]
pub struct CspNonce(pub Arc<str>);

impl CspNonce {
    pub(super) fn new() -> Self {
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, secret::random::<16>());
        Self(text.into())
    }
}

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

pub(super) fn apply(state: &State, nonce: &CspNonce, response: &mut Response) {
    let headers = response.headers_mut();
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    let policy = if is_page { &content_security_policy(state.config.tls(), &nonce.0) } else { super::file::SANDBOX };
    set(header::CONTENT_SECURITY_POLICY, policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // A form without script needs the referrer to come back, and no other site hears of it: of a page whose address is a
    // secret neither. With none at all, a browser that sends no Sec-Fetch headers would call the origin of its forms `null`.
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    set(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    set(header::CACHE_CONTROL, "no-store");
    if state.config.tls() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    // What a page says depends on these. Nothing may store it; whoever does all the same is told.
    if is_page {
        headers.append(header::VARY, HeaderValue::from_static("Sec-GPC, DNT, Cookie"));
    }
}

/// What a browser may load for a page: nothing from anywhere else.
pub fn content_security_policy(tls: bool, nonce: &str) -> String {
    let upgrade = if tls { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'{upgrade}"
    )
}

/// Pages whose address holds a single-use token.
pub(super) fn is_token_page(path: &str) -> bool {
    ["/reset/", "/invite/", "/verify-email/", "/privacy/confirm/", "/privacy/track/"].iter().any(|prefix| path.starts_with(prefix))
}
