//! The cross-site guard and the Location guard.
//!
//! Server functions have no protection against cross-site requests in any encoding. Browsers say where a request comes
//! from; whoever says nothing on an unsafe method is refused. A redirect leaves only for this instance.

use axum::{
    extract::{Request, State as AxumState},
    http::{HeaderMap, HeaderValue, Method, header},
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
