//! Our own accept loop. `axum::serve` has no time limit for a silent or half-sent request, nor for a client that takes
//! nothing of its answer, and no cap on connections.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
#[cfg(any(target_os = "linux", target_os = "android"))]
use socket2::{SockFilter, SockRef};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

use super::head;
use crate::server::state::State;

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(IpAddr);

impl Peer {
    /// Whoever listens on `[::]` sees `a.b.c.d` as `::ffff:a.b.c.d`; from here on it is what it is.
    pub fn of(address: SocketAddr) -> Self {
        Self(address.ip().to_canonical())
    }

    /// Its address.
    pub const fn ip(self) -> IpAddr {
        self.0
    }
}

/// How long whoever is half-way into the queue has to get there when the door closes: a turn to the other end and back.
const HALF_WAY: Duration = Duration::from_millis(200);
/// How long a kept connection may still ask something while we stop. The answer tells its client to ask elsewhere; a
/// connection that is cut without that can lose the request that is on its way.
const LAST_CALL: Duration = Duration::from_secs(1);
/// How long requests in flight may take after that. With what the process does then, it ends within 30 seconds.
const REST: Duration = Duration::from_secs(22);

/// Bytes that the system holds of an answer. It tells us of room when a third of them has left: with its own megabytes a
/// slow reader would look as if it took nothing.
const HELD: u32 = 131_072;

/// Takes an address.
///
/// # Errors
/// When it is somebody else's.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Connections have it from here.
    socket.set_send_buffer_size(HELD)?;
    socket.bind(address)?;
    socket.listen(1_024)
}

/// Serves until `stop` resolves, then lets requests in flight finish. `State::stopping` must be set by then.
pub async fn serve(listener: TcpListener, state: State, app: Router, stop: impl Future<Output = ()>) {
    let (closing, _) = watch::channel(());
    let slots = Arc::new(Semaphore::new(state.config.limits.connections));
    let crowd = Crowd::new(&state);
    let take = |socket: TcpStream, peer: SocketAddr| {
        let peer = Peer::of(peer);
        let (Ok(slot), Some(place)) = (slots.clone().try_acquire_owned(), crowd.enter(peer)) else { return };
        tokio::spawn(connection(socket, peer, state.clone(), app.clone(), closing.subscribe(), (slot, place)));
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        let (socket, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, most likely: waiting lets others finish.
                    tracing::warn!(error = ?error.kind(), "a connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            }
        };
        take(socket, peer);
    }
    let last_call = Instant::now() + LAST_CALL;
    if let Err(error) = hear_of_nobody_new(&listener) {
        tracing::debug!(error = ?error.kind(), "who connects at this very moment may be cut off");
    }
    let _ = timeout(HALF_WAY, async {
        while let Ok((socket, peer)) = listener.accept().await {
            take(socket, peer);
        }
    })
    .await;
    take_the_queue(listener, take);
    tokio::select! {
        () = closing.closed() => {}
        () = sleep_until(last_call) => { let _ = closing.send(()); }
    }
    match timeout(REST, closing.closed()).await {
        Ok(()) => tracing::info!("every request has ended"),
        Err(_) => tracing::warn!("some requests were cut off"),
    }
}

/// A listening socket that is closed cuts off whoever is in its queue, and somebody can get there after the last look. So
/// the first packet of a connection is dropped from here on, and only that one: whoever sent it tries again a second later,
/// and hears then that nobody listens, or is served by the next process. Who has begun before comes through.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn hear_of_nobody_new(listener: &TcpListener) -> std::io::Result<()> {
    // The byte of flags in the header of TCP; SYN without ACK; drop, else take all of it.
    const FILTER: [SockFilter; 5] = [
        SockFilter::new(0x30, 0, 0, 13),
        SockFilter::new(0x54, 0, 0, 0x12),
        SockFilter::new(0x15, 0, 1, 0x02),
        SockFilter::new(0x06, 0, 0, 0),
        SockFilter::new(0x06, 0, 0, u32::MAX),
    ];
    SockRef::from(listener).attach_filter(&FILTER)
}

/// Elsewhere there is no such filter.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn hear_of_nobody_new(_: &TcpListener) -> std::io::Result<()> {
    Ok(())
}

/// Whoever stands in the queue was let in already; closing the door would cut them off.
fn take_the_queue(listener: TcpListener, take: impl Fn(TcpStream, SocketAddr)) {
    let Ok(listener) = listener.into_std() else { return };
    while let Ok((socket, peer)) = listener.accept() {
        if socket.set_nonblocking(true).is_ok()
            && let Ok(socket) = TcpStream::from_std(socket)
        {
            take(socket, peer);
        }
    }
}

async fn connection(
    socket: TcpStream,
    peer: Peer,
    state: State,
    app: Router,
    mut closing: watch::Receiver<()>,
    _held: (OwnedSemaphorePermit, Place),
) {
    let head = Duration::from_secs(state.config.limits.head_seconds);
    let stall = Duration::from_secs(state.config.limits.stall_seconds);
    let _ = socket.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(peer);
        let (answer, state) = (app.clone().call(request), state.clone());
        async move {
            let mut answer = answer.await?;
            if state.is_stopping() {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(head::BUFFER);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(head)).max_concurrent_streams(64);
    let builder = builder.http1_only();
    // The head timeout of hyper begins with the first byte, so the first byte has one of its own.
    let mut first = [0_u8; 1];
    tokio::select! {
        biased;
        heard = timeout(head, socket.peek(&mut first)) => {
            if !matches!(heard, Ok(Ok(1))) {
                return;
            }
        }
        _ = closing.changed() => return,
    }
    // Every byte that is taken begins the wait anew, so that only who takes nothing is cut off. What the answer holds is
    // let go with it.
    let mut socket = TimeoutStream::new(socket);
    socket.set_write_timeout(Some(stall));
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(Box::pin(socket)), service));
    // Broken connections are the client's affair; what a request did is in the log already. What has arrived is read
    // before the connection hears of the end.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        _ = closing.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
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

    fn enter(&self, peer: Peer) -> Option<Place> {
        let ip = peer.ip();
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::{
        body::{Body, Bytes},
        routing::get,
    };
    use futures::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::server::testing::TestApp;

    /// Counts the answers that are being written.
    struct Held(Arc<AtomicUsize>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn endless(open: Arc<AtomicUsize>) -> Router {
        let answer = move || {
            open.fetch_add(1, Ordering::SeqCst);
            let held = Held(open.clone());
            let piece = stream::unfold(held, |held| async { Some((Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 16_384])), held)) });
            async { Body::from_stream(piece) }
        };
        Router::new().route("/", get(answer))
    }

    async fn ask(address: SocketAddr) -> TcpStream {
        // With the buffer that this machine would give, a read of a megabyte may go by before the server hears of it.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(65_536).unwrap();
        let mut line = socket.connect(address).await.unwrap();
        line.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        line
    }

    #[tokio::test]
    async fn an_address_is_counted_as_one_however_the_socket_writes_it() {
        let app = TestApp::with(|config| {
            config.limits.connections_per_address = 2;
            config.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        })
        .await;
        let crowd = Crowd::new(&app.state);
        let enter = |address: &str| crowd.enter(Peer::of(address.parse().unwrap()));
        let open = [enter("[::ffff:203.0.113.7]:4000"), enter("203.0.113.7:4001")];
        assert!(open.iter().all(Option::is_some));
        assert!(enter("[::ffff:203.0.113.7]:4002").is_none() && enter("[::ffff:203.0.113.8]:4000").is_some());
        let proxied: Vec<_> = (0..9).map(|port| enter(&format!("[::ffff:10.0.0.2]:{port}"))).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop(open);
        assert!(enter("203.0.113.7:4003").is_some());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_takes_nothing_of_an_answer_is_cut_off_and_who_reads_slowly_is_not() {
        let app = TestApp::with(|config| config.limits.stall_seconds = 2).await;
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::new(AtomicUsize::new(0));
        tokio::spawn(serve(listener, app.state.clone(), endless(open.clone()), std::future::pending()));

        let _silent = ask(address).await;
        let mut slow = ask(address).await;
        let (begun, mut taken, mut piece) = (Instant::now(), 0, vec![0; 65_536]);
        let mut let_go = None;
        while begun.elapsed() < Duration::from_secs(8) {
            let read = slow.read(&mut piece).await.unwrap();
            assert!(read > 0, "the slow client was cut off after {:?} and {taken} bytes", begun.elapsed());
            taken += read;
            if begun.elapsed() > Duration::from_millis(500) && open.load(Ordering::SeqCst) == 1 {
                let_go.get_or_insert_with(|| begun.elapsed());
            }
            sleep(Duration::from_millis(50)).await;
        }
        assert!(let_go.is_some_and(|after| after < Duration::from_secs(6)), "the silent client holds its answer: {let_go:?}");
        assert_eq!(open.load(Ordering::SeqCst), 1);
        assert!(taken > 1_000_000, "{taken}");
    }

    /// What becomes of whoever connects: refused at the door, or whether an answer came.
    async fn visitor(address: SocketAddr) -> Option<bool> {
        let connected = timeout(Duration::from_millis(400), TcpSocket::new_v4().unwrap().connect(address)).await;
        let Ok(Ok(mut line)) = connected else { return None };
        let mut told = Vec::new();
        let sent = line.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        Some(sent.is_ok() && line.read_to_end(&mut told).await.is_ok() && told.ends_with(b"served"))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_connected_before_the_door_closed_is_answered() {
        let app = TestApp::sqlite().await;
        let mut served = 0;
        for _ in 0..8 {
            let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
            let address = listener.local_addr().unwrap();
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let router = Router::new().route("/", get(|| async { "served" }));
            let server = tokio::spawn(serve(listener, app.state.clone(), router, async {
                let _ = stopped.await;
            }));
            let crowd: Vec<_> = (0..6)
                .map(|_| {
                    tokio::spawn(async move {
                        let mut answered = 0;
                        while let Some(whole) = visitor(address).await {
                            assert!(whole, "a visitor was let in and cut off after {answered} others");
                            answered += 1;
                        }
                        answered
                    })
                })
                .collect();
            sleep(Duration::from_millis(50)).await;
            stop.send(()).unwrap();
            for visitors in crowd {
                served += visitors.await.unwrap();
            }
            server.await.unwrap();
        }
        assert!(served > 500, "{served}");
    }
}
