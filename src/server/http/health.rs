//! `/livez`: the process answers. `/readyz`: it can do its work, and if not, why not.

use std::time::Duration;

use axum::{extract::State as AxumState, http::StatusCode, response::IntoResponse};

use crate::server::state::State;

pub(super) async fn live() -> impl IntoResponse {
    "alive\n"
}

pub(super) async fn ready(AxumState(state): AxumState<State>) -> (StatusCode, &'static str) {
    if state.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready: stopping\n");
    }
    match tokio::time::timeout(Duration::from_secs(2), state.db.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database refuses\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer\n"),
    }
}
