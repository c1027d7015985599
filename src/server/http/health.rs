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

#[cfg(test)]
mod tests {
    use crate::server::testing::TestApp;

    #[tokio::test]
    async fn whoever_cannot_work_says_why() {
        let app = TestApp::sqlite().await;
        let asked = async || {
            let answer = app.browser().get("/readyz").await;
            (answer.status.as_u16(), answer.body)
        };
        assert_eq!(asked().await, (200, "ready\n".into()));
        app.state.db.close().await;
        assert_eq!(asked().await, (503, "not ready: the database refuses\n".into()));
        assert_eq!(app.browser().get("/livez").await.status, 200, "the process itself is well");
        app.state.stopping.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(asked().await, (503, "not ready: stopping\n".into()));
    }
}
