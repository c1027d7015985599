//! `casetrakr serve`: listen, work, and end without failing a request.

use std::sync::atomic::Ordering;

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{Options, open};
use crate::server::{self, http::accept, state::State, telemetry};

/// Serves until SIGTERM or Ctrl-C.
pub(super) async fn serve(options: &Options) -> Result<(), String> {
    let config = open::config(options)?;
    telemetry::start();
    serve_state(open::open_with(config).await?).await
}

/// Serves an instance that is open already.
pub(super) async fn serve_state(state: State) -> Result<(), String> {
    let address = state.config.server.address;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("server.address: {address}: {error}"))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let worker = tokio::spawn(server::worker(state.clone()).run());
    tracing::info!(%address, origin = state.config.origin(), database = state.db.engine_name(), "serving");
    super::print(&format!("CaseTrakr is at {}", state.config.origin()));
    let stop = {
        let state = state.clone();
        async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("stopping: no new connections, requests in flight may finish");
            state.stopping.store(true, Ordering::Relaxed);
        }
    };
    accept::serve(listener, state.clone(), server::router(state.clone()), stop).await;
    state.wake.notify_one();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(4), worker).await;
    state.db.close().await;
    Ok(())
}
