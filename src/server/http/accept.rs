//! Our own accept loop. `axum::serve` has no time limit for a silent or half-sent request and no cap on connections.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::Service as _;

use crate::server::state::State;

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` resolves, then lets requests in flight finish, for at most 30 seconds.
pub async fn serve(listener: TcpListener, state: State, app: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(state.config.limits.connections));
    let crowd = Crowd::new(&state);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (socket, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, most likely: waiting lets others finish.
                    tracing::warn!(error = ?error.kind(), "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            }
        };
        let (Ok(slot), Some(place)) = (slots.clone().try_acquire_owned(), crowd.enter(peer.ip())) else {
            drop(socket);
            continue;
        };
        let watched = connection(socket, peer, &state, app.clone(), &graceful);
        tokio::spawn(async move {
            watched.await;
            drop((slot, place));
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => tracing::info!("every request has ended"),
        () = tokio::time::sleep(Duration::from_secs(25)) => tracing::warn!("some requests were cut off"),
    }
}

fn connection(
    socket: TcpStream,
    peer: SocketAddr,
    state: &State,
    app: Router,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let head = Duration::from_secs(state.config.limits.head_seconds);
    let _ = socket.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(peer));
        app.clone().call(request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(65_536);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(head)).max_concurrent_streams(64);
    let builder = builder.http1_only();
    let watcher = graceful.watcher();
    async move {
        // The head timeout of hyper begins with the first byte, so the first byte has one of its own.
        let mut first = [0_u8; 1];
        if !matches!(tokio::time::timeout(head, socket.peek(&mut first)).await, Ok(Ok(1))) {
            return;
        }
        let connection = builder.serve_connection(TokioIo::new(socket), service);
        // Broken connections are the client's affair; what a request did is in the log already.
        let _ = watcher.watch(connection.into_owned()).await;
    }
}

/// Counts connections of each address; trusted proxies are exempt, since everybody comes through them.
#[derive(Clone)]
struct Crowd {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
    proxies: Arc<[ipnet::IpNet]>,
}

impl Crowd {
    fn new(state: &State) -> Self {
        Self {
            open: Arc::default(),
            most: state.config.limits.connections_per_address,
            proxies: state.config.server.trusted_proxies.clone().into(),
        }
    }

    fn enter(&self, ip: IpAddr) -> Option<Place> {
        if self.proxies.iter().any(|net| net.contains(&ip)) {
            return Some(Place { crowd: self.clone(), ip: None });
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(ip).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { crowd: self.clone(), ip: Some(ip) })
    }
}

struct Place {
    crowd: Crowd,
    ip: Option<IpAddr>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(ip) = self.ip else { return };
        let mut open = self.crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&ip) {
            *count -= 1;
            if *count == 0 {
                open.remove(&ip);
            }
        }
    }
}
