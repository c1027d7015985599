//! The outermost middleware: whatever happens inside, a request gets an id, an answer in time, our headers and one
//! line in the log.

use std::{net::IpAddr, panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::{Request, State as AxumState},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use uuid::Uuid;

use super::{accept::Peer, head, headers, limits, refusal};
use crate::{
    fault::Fault,
    privacy::consent::{Consent, Looks},
    server::{
        state::State,
        visit::{Facts, Visit},
    },
};

pub(super) async fn edge(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let facts = facts(&state, &request);
    let html = refusal::wants_html(request.headers());
    let (method, path) = (request.method().clone(), logged_path(request.uri().path()));
    let nonce = headers::CspNonce::new();
    let (db, counter) = state.db.counted();
    let visit = Visit { state: state.clone(), db, facts: facts.clone(), kept: None };
    let seconds = limits::seconds(&state.config, request.uri().path());
    request.extensions_mut().insert(visit);
    request.extensions_mut().insert(nonce.clone());

    let unread = head::refused(&request);
    let answered = async {
        match &unread {
            Some((status, fault)) => {
                let mut response = refusal::refusal(&state, &facts, fault, html);
                *response.status_mut() = *status;
                response
            }
            None => next.run(request).await,
        }
    };
    let answer = AssertUnwindSafe(tokio::time::timeout(Duration::from_secs(seconds), answered)).catch_unwind().await;
    let mut response = match answer {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => refusal::refusal(&state, &facts, &Fault::Unavailable { retry_after: 5 }, html),
        Err(panic) => {
            tracing::error!(request.id = facts.request_id, panic = panic_text(&*panic), "a request panicked");
            refusal::refusal(&state, &facts, &Fault::Internal { reference: facts.request_id.clone() }, html)
        }
    };
    headers::apply(&state, &nonce, &mut response);
    if let Ok(id) = HeaderValue::from_str(&facts.request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    let statements = counter.load(std::sync::atomic::Ordering::Relaxed);
    if state.shows_statements
        && let Ok(value) = HeaderValue::from_str(&format!("db;desc={statements}"))
    {
        response.headers_mut().insert("server-timing", value);
    }
    let status = response.status().as_u16();
    tracing::info!(
        request.id = facts.request_id,
        %method,
        path,
        status,
        statements,
        duration_ms = started.elapsed().as_secs_f64() * 1000.0,
        "request"
    );
    response
}

fn facts(state: &State, request: &Request) -> Facts {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip());
    let headers = request.headers();
    let trusted = |ip: IpAddr| state.config.server.trusted_proxies.iter().any(|net| net.contains(&ip));
    let behind_proxy = trusted(peer);
    Facts {
        request_id: Uuid::now_v7().simple().to_string(),
        address: if behind_proxy { forwarded(headers, trusted).unwrap_or(peer) } else { peer },
        user_agent: text(headers, header::USER_AGENT).chars().take(256).collect(),
        plain_form: request.method() == axum::http::Method::POST && refusal::wants_html(headers),
        // Read out here, so that the pages of refusals ask and look like any other.
        consent: Consent::read(state, request.method(), request.uri(), headers),
        looks: Looks::read(&state.config, headers),
    }
}

/// The rightmost address that no trusted proxy wrote for itself: everything left of it is the client's own word.
fn forwarded(headers: &HeaderMap, trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let all = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",");
    all.rsplit(',').map_while(hop).map(|ip| ip.to_canonical()).find(|ip| !trusted(*ip))
}

/// An address as proxies write it: bare, in brackets, or with the port behind it.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::from);
    text.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip())).or_else(bare)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

/// The path as the log may know it: what kind of page, never which case or which token.
fn logged_path(path: &str) -> String {
    let mut segments = path.split('/').skip(1);
    match (segments.next().unwrap_or_default(), segments.next()) {
        (first @ ("api" | "settings" | "me" | "privacy" | "pkg"), Some(second)) => format!("/{first}/{second}"),
        (first, Some(_)) => format!("/{first}/…"),
        (first, None) => format!("/{first}"),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_page_that_says_so_and_nothing_else() {
        use tower::ServiceExt as _;

        let app = crate::server::testing::TestApp::sqlite().await;
        let broken = axum::routing::get(|| async {
            if true {
                panic!("words of a person")
            }
        });
        let router = crate::server::http::protect(app.state.clone(), axum::Router::new().route("/broken", broken));
        for (accept, page) in [("text/html", true), ("application/json", false)] {
            let request = axum::http::Request::get("/broken")
                .header("host", "127.0.0.1:3000")
                .header("accept", accept)
                .body(axum::body::Body::empty())
                .unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 500);
            let reference = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains(&reference) && !body.contains("words of a person") && body.contains("<h1>") == page, "{body}");
        }
        let alive = axum::http::Request::get("/livez").body(axum::body::Body::empty()).unwrap();
        assert_eq!(router.oneshot(alive).await.unwrap().status(), 200);
    }

    #[tokio::test]
    async fn without_its_database_the_product_says_so_and_when_to_come_back() {
        let app = crate::server::testing::TestApp::sqlite().await;
        app.organisation("away").await;
        let mut browser = app.browser();
        browser.sign_in("caseworker@away.example").await;
        app.state.db.close().await;
        let pages = [browser.get("/cases").await, browser.post("/me", "/api/accounts/change_name", &[("name", "Ruth Abara")]).await];
        for page in pages {
            assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "5"));
            assert!(page.body.contains("<h1>CaseTrakr is busy</h1>") && page.body.contains("Try again in 5 seconds."), "{}", page.body);
            assert!(page.body.contains(&format!("Reference <code>{}</code>", page.header("x-request-id"))), "{}", page.body);
        }
        let told = browser.call("/api/accounts/change_name", &[("name", "Ruth Abara")]).await;
        assert_eq!((told.status.as_u16(), told.fault()), (503, Fault::Unavailable { retry_after: 5 }));
    }

    #[tokio::test]
    async fn an_ipv4_address_is_one_however_socket_and_proxy_write_it() {
        let trusting = |config: &mut crate::server::config::Config| config.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let app = crate::server::testing::TestApp::with(trusting).await;
        let seen = |peer: &str, told: &str| {
            let mut request = axum::http::Request::get("/").header("x-forwarded-for", told).body(axum::body::Body::empty()).unwrap();
            request.extensions_mut().insert(Peer::of(peer.parse().unwrap()));
            let facts = facts(&app.state, &request);
            (facts.address.to_string(), facts.prefix())
        };
        let client = ("203.0.113.9".to_owned(), "203.0.113.0/24".to_owned());
        assert_eq!(seen("[::ffff:203.0.113.9]:4000", "1.1.1.1"), client, "a client says nothing of itself");
        assert_eq!(seen("[::ffff:10.0.0.2]:4000", "1.1.1.1, ::ffff:203.0.113.9, ::ffff:10.0.0.3"), client);
        assert_eq!(seen("[2001:db8:1:2::3]:4000", ""), ("2001:db8:1:2::3".to_owned(), "2001:db8:1::/56".to_owned()));
    }

    #[test]
    fn only_what_a_trusted_proxy_saw_is_believed() {
        let proxies: ipnet::IpNet = "10.0.0.0/8".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 203.0.113.9, 10.0.0.2"));
        let seen = forwarded(&headers, |ip| proxies.contains(&ip));
        assert_eq!(seen, Some(IpAddr::from([203, 0, 113, 9])));
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, nonsense, 10.0.0.2"));
        assert_eq!(forwarded(&headers, |ip| proxies.contains(&ip)), None);
    }

    #[test]
    fn an_address_with_a_port_is_that_address() {
        let seen = |told: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(told));
            forwarded(&headers, |ip| ip == IpAddr::from([10, 0, 0, 2])).map(|ip| ip.to_string())
        };
        for (told, address) in [
            ("203.0.113.9:1234", "203.0.113.9"),
            ("1.1.1.1, 203.0.113.9:1234 , 10.0.0.2:80", "203.0.113.9"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[::ffff:203.0.113.9]:1234", "203.0.113.9"),
        ] {
            assert_eq!(seen(told).as_deref(), Some(address), "{told}");
        }
        for nonsense in ["203.0.113.9:", "203.0.113.9:99999", "unknown", "_hidden", "[2001:db8::1", "203.0.113.9:1:2", ""] {
            assert_eq!(seen(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_log_never_sees_a_token_or_a_case() {
        assert_eq!(logged_path("/reset/SECRET"), "/reset/…");
        assert_eq!(logged_path("/cases/LA-2026-00001/history"), "/cases/…");
        assert_eq!(logged_path("/api/cases"), "/api/cases");
        assert_eq!(logged_path("/"), "/");
    }
}
