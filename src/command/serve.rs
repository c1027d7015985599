//! `casetrakr serve`: listen, work, and end without failing a request.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

use super::{arguments::Options, open, terminal::print};
use crate::{
    accounts, audit, features,
    privacy::{self, registry::may_be_logged},
    server::{config::Config, http::accept, state::State, telemetry},
};

/// Serves until SIGTERM or Ctrl-C.
pub(super) async fn serve(options: &Options) -> Result<(), String> {
    let config = open::config(options)?;
    telemetry::start(may_be_logged);
    let door = BoundListener::open(&config)?;
    door.serve(open::open_with(config).await?).await
}

/// An address that is ours already. Whoever connects waits until it is served.
pub(crate) struct BoundListener(TcpListener);

impl BoundListener {
    /// Takes the address, before anything is written: it may be somebody else's.
    pub(crate) fn open(config: &Config) -> Result<Self, String> {
        let address = config.server.address;
        accept::listen(address).map(Self).map_err(|error| format!("server.address: {address}: {error}"))
    }

    /// Serves an instance.
    pub(crate) async fn serve(self, state: State) -> Result<(), String> {
        // A backup that was put back may have brought people back who were erased since: they go before anything is served.
        privacy::mine::replay(&state).await?;
        privacy::trust::keep(&state).await?;
        for address in accounts::mend_addresses(&state).await.map_err(|fault| fault.sentence())? {
            tracing::warn!(
                address,
                "this address cannot be typed, and another account has what it looks like; see casetrakr user addresses"
            );
        }
        let listen = |kind| signal(kind).map_err(|error| error.to_string());
        let asked = count(listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        let worker = tokio::spawn(features::worker(state.clone()).run());
        let marker = tokio::spawn(audit::marker::keep(state.clone()));
        let (address, origin) = (state.config.server.address, state.config.origin());
        tracing::info!(%address, origin, database = state.db.engine_name(), "serving");
        print(&format!("CaseTrakr is at {origin}"));
        if let Some(link) = accounts::setup::link_needed(&state).await.map_err(|fault| fault.sentence())? {
            print(&format!("Nobody has an account here yet. Open this link to make the first, which runs this installation: {link}"));
        }
        let stop = {
            let (state, asked) = (state.clone(), asked.clone());
            async move {
                times(asked, 1).await;
                tracing::info!("stopping: no new connections, requests in flight may finish");
                state.stopping.store(true, Ordering::Relaxed);
                state.job_notifier.notify();
            }
        };
        let work = async {
            accept::serve(self.0, state.clone(), features::router(state.clone()), stop).await;
            let _ = tokio::time::timeout(Duration::from_secs(3), worker).await;
            marker.abort();
            // A request that was cut off may hold a connection for longer than we wait.
            let _ = tokio::time::timeout(Duration::from_secs(1), open::close(&state)).await;
        };
        tokio::select! {
            () = work => Ok(()),
            () = times(asked, 2) => Err("ended at once: asked twice".to_owned()),
        }
    }
}

/// Counts how often the end was asked for.
fn count(mut terminate: Signal, mut interrupt: Signal) -> watch::Receiver<u8> {
    let (asked, count) = watch::channel(0);
    tokio::spawn(async move {
        while tokio::select! { heard = terminate.recv() => heard, heard = interrupt.recv() => heard }.is_some() {
            asked.send_modify(|times: &mut u8| *times = times.saturating_add(1));
        }
    });
    count
}

async fn times(mut asked: watch::Receiver<u8>, times: u8) {
    if asked.wait_for(|count| *count >= times).await.is_err() {
        std::future::pending::<()>().await;
    }
}
