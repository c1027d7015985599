//! HTTP: the accept loop, the middleware in the order in which a request meets it, and the two doors behind it:
//! pages and server functions.
//!
//! Outer to inner: [`accept`] (first-byte and head timeouts, connection caps) → [`edge`] (request id, panic, time limit,
//! headers, log) → [`limits`] (body size) → [`guard`] (cross-site) → session → [`fn@api`] or `app::render`.

pub mod accept;
mod api;
pub mod assets;
pub mod cookie;
mod deliberate;
mod edge;
mod file;
mod guard;
mod head;
mod headers;
mod health;
pub(crate) mod kept;
mod limits;
pub(crate) mod markers;
mod pace;
pub(crate) mod refusal;
pub(crate) mod squeeze;

pub use api::{api, come_back};
pub use deliberate::deliberate;
pub use file::{bare_name, saved_as, streamed};
pub use headers::{CspNonce, content_security_policy};
pub use kept::{FORGET_JOB, VisitorForm, run_forget};
pub use limits::{ANSWER_FILES, ANSWER_PATHS, UPLOAD_PATH, broken_form};
pub use refusal::{bare, escape, refusal, see_other, sign_in_first, wants_html, with_text};

use axum::{Router, middleware, routing::get};
use tower_http::compression::{
    CompressionLayer, CompressionLevel,
    predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove},
};

use super::state::State;

/// Puts the middleware around `inner`, which already knows sessions.
pub fn protect(state: State, inner: Router<State>) -> Router {
    // What is no page (those see to themselves) is compressed cheaply: it is paid for on every request. `/pkg` is
    // compressed when it is built.
    // An archive or a file is compressed already, or most likely so, and says how large it is.
    let worth = DefaultPredicate::new()
        .and(SizeAbove::new(512))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/octet-stream"));
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(worth);
    let inner = inner
        .layer(middleware::from_fn_with_state(state.clone(), guard::guard))
        .layer(middleware::from_fn_with_state(state.clone(), limits::limit))
        .layer(compression);
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(assets::routes(&state.assets))
        .merge(inner)
        .layer(middleware::from_fn_with_state(state.clone(), edge::edge))
        .with_state(state)
}
