//! The guard of the host, the cross-site guard and the Location guard.
//!
//! A page of another site can let its own name lead to our address, and is then of the same origin to its browser: so a
//! request names the host of this instance, or it is not for us. Server functions have no protection against cross-site
//! requests in any encoding. Browsers say where a request comes from; whoever says nothing on an unsafe method is refused.
//! A redirect leaves only for this instance.

use axum::{
    body::Body,
    extract::{Request, State as AxumState},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::refusal;
use crate::{
    fault::Fault,
    server::{state::State, visit::Visit},
};

pub(super) async fn guard(AxumState(state): AxumState<State>, request: Request, next: Next) -> Response {
    let origin = state.config.origin();
    if !host(&request).is_some_and(|host| is_ours(host, &origin)) {
        return misdirected(&origin);
    }
    if !same_site(request.method(), request.headers(), &origin) {
        let html = refusal::wants_html(request.headers());
        let fault = Fault::forbidden("This request came from another site and was not carried out. Open the page here and try again.");
        return match request.extensions().get::<Visit>() {
            Some(visit) => refusal::refusal(&state, &visit.facts, &fault, html),
            None => refusal::bare(&fault),
        };
    }
    let mut response = next.run(request).await;
    if let Some(location) = response.headers().get(header::LOCATION)
        && !stays_here(location, &origin)
    {
        response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    }
    response
}

/// The host that a request names: in its address with HTTP/2, in a header otherwise.
fn host(request: &Request) -> Option<&str> {
    let named = request.headers().get(header::HOST).map(|host| host.to_str().ok());
    named.unwrap_or_else(|| request.uri().authority().map(|authority| authority.as_str()))
}

/// Whether that host is the one of the configured origin. A machine has several names for itself, and only for itself.
fn is_ours(host: &str, origin: &str) -> bool {
    let (scheme, ours) = origin.split_once("://").unwrap_or(("http", origin));
    let usual = if scheme == "https" { "443" } else { "80" };
    let (name, port) = parted(host, usual);
    let (our_name, our_port) = parted(ours, usual);
    port == our_port && (name.eq_ignore_ascii_case(our_name) || (is_loopback(name) && is_loopback(our_name)))
}

/// Name and port of a host.
fn parted<'a>(host: &'a str, usual: &'a str) -> (&'a str, &'a str) {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() => (name, port),
        _ => (host, usual),
    }
}

fn is_loopback(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The answer to whoever asks for another host. It says where this one is: the address is no secret.
fn misdirected(origin: &str) -> Response {
    let mut response = Response::new(Body::from(format!("This request names another host. This installation answers at {origin}.\n")));
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    response
}

fn same_site(method: &Method, headers: &HeaderMap, origin: &str) -> bool {
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if let Some(site) = headers.get("sec-fetch-site") {
        return match site.as_bytes() {
            b"same-origin" => true,
            b"none" => safe,
            // A link from elsewhere may open a page; nothing may be embedded or fetched from elsewhere.
            _ => safe && headers.get("sec-fetch-mode").is_some_and(|mode| mode.as_bytes() == b"navigate"),
        };
    }
    match headers.get(header::ORIGIN) {
        Some(said) => safe || said.as_bytes() == origin.as_bytes(),
        None => safe,
    }
}

fn stays_here(location: &HeaderValue, origin: &str) -> bool {
    let Ok(location) = location.to_str() else { return false };
    let local = location.starts_with('/') && !location.starts_with("//") && !location.contains('\\');
    local || location.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "http://127.0.0.1:3000";

    #[test]
    fn only_the_host_of_this_instance_is_answered() {
        for (host, origin) in [
            ("127.0.0.1:3000", HERE),
            ("localhost:3000", HERE),
            ("LOCALHOST:3000", HERE),
            ("cases.localhost:3000", HERE),
            ("[::1]:3000", HERE),
            ("127.0.0.1:3000", "http://localhost:3000"),
            ("cases.example.org", "https://cases.example.org"),
            ("Cases.Example.Org", "https://cases.example.org"),
            ("cases.example.org:443", "https://cases.example.org"),
            ("cases.example.org", "https://cases.example.org:443"),
            ("cases.example.org", "http://cases.example.org:80"),
            ("10.0.0.5:8080", "http://10.0.0.5:8080"),
        ] {
            assert!(is_ours(host, origin), "{host} {origin}");
        }
        for (host, origin) in [
            ("evil.example", HERE),
            ("evil.example:3000", HERE),
            ("127.0.0.1", HERE),
            ("127.0.0.1:3001", HERE),
            ("localhost.evil.example:3000", HERE),
            ("127.0.0.1.evil.example:3000", HERE),
            ("10.0.0.5:3000", HERE),
            ("0.0.0.0:3000", HERE),
            ("", HERE),
            ("cases.example.org", HERE),
            ("localhost", "https://cases.example.org"),
            ("127.0.0.1:443", "https://cases.example.org"),
            ("cases.example.org.", "https://cases.example.org"),
            ("cases.example.org:80", "https://cases.example.org"),
            ("evil@cases.example.org", "https://cases.example.org"),
        ] {
            assert!(!is_ours(host, origin), "{host} {origin}");
        }
    }

    fn asked(method: Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        same_site(&method, &headers, HERE)
    }

    #[test]
    fn sec_20_unsafe_methods_only_from_here() {
        assert!(asked(Method::POST, &[("sec-fetch-site", "same-origin")]));
        assert!(asked(Method::POST, &[("origin", HERE)]));
        for refused in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
            &[("origin", "null")],
            &[("origin", "http://127.0.0.1:3001")],
            &[("origin", "https://127.0.0.1:3000")],
            &[("origin", "http://127.0.0.1:3000.evil.example")],
            &[],
        ] {
            assert!(!asked(Method::POST, refused), "{refused:?}");
            assert!(!asked(Method::DELETE, refused), "{refused:?}");
        }
    }

    #[test]
    fn sec_23_pages_open_from_links_but_cannot_be_embedded() {
        assert!(asked(Method::GET, &[]));
        assert!(asked(Method::GET, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(!asked(Method::GET, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]));
    }

    #[test]
    fn sec_27_redirects_stay_here() {
        for good in ["/cases", "/", "http://127.0.0.1:3000/cases", "http://127.0.0.1:3000?x=1"] {
            assert!(stays_here(&HeaderValue::from_str(good).unwrap(), HERE), "{good}");
        }
        for bad in
            ["//evil.example", "/\\evil.example", "https:evil.example", "http://127.0.0.1:3000.evil.example/", "https://evil.example/"]
        {
            assert!(!stays_here(&HeaderValue::from_str(bad).unwrap(), HERE), "{bad}");
        }
    }
}
