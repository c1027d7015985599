//! Downloads that leave a trace (an event in the record, one of five times): they are for whoever asks for them on a page
//! of ours. A link elsewhere, an image's address, a browser that reads ahead or a program that only looks at the head
//! takes nothing, and nothing is noted.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};

use super::refusal;
use crate::{fault::Fault, server::visit::Visit};

/// Middleware for the route of such a file.
pub async fn deliberate(request: Request, next: Next) -> Response {
    let asked = request.method() == Method::GET && is_asked_for(request.headers());
    if asked {
        return next.run(request).await;
    }
    let fault = Fault::forbidden("This file is recorded when it leaves. Open the page that it belongs to and take it from there.");
    let html = refusal::wants_html(request.headers());
    let mut response = match request.extensions().get::<Visit>() {
        Some(visit) => refusal::refusal(&visit.state, &visit.facts, &fault, html),
        None => refusal::bare(&fault),
    };
    if request.method() != Method::GET {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

fn is_asked_for(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if ["sec-purpose", "purpose", "x-moz"].iter().any(|name| says(name).is_some_and(|what| what.contains("prefetch"))) {
        return false;
    }
    if says("sec-fetch-dest").is_some_and(|what| !matches!(what, "document" | "empty")) {
        return false;
    }
    match says("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        // Browsers leave that out over plain HTTP, and old ones always. Whoever has no cookie is nobody's browser, and came
        // with the secret that opens the file.
        None => !headers.contains_key(header::COOKIE) || came_from_here(says("referer"), says("host")),
    }
}

fn came_from_here(referer: Option<&str>, host: Option<&str>) -> bool {
    let page = referer.and_then(|page| page.parse::<Uri>().ok());
    page.as_ref().and_then(Uri::authority).is_some_and(|authority| Some(authority.as_str()) == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.parse::<header::HeaderName>().unwrap(), HeaderValue::from_static(value))).collect();
        is_asked_for(&headers)
    }

    #[test]
    fn a_file_that_is_recorded_goes_to_whoever_asked_for_it_here() {
        for here in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "document")],
            &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
            &[("host", "cases.lan:3000"), ("cookie", "ct_session=x"), ("referer", "http://cases.lan:3000/cases?q=x")],
        ] {
            assert!(asked(here), "{here:?}");
        }
        for elsewhere in [
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "image")],
            &[("sec-fetch-site", "same-origin"), ("sec-purpose", "prefetch;prerender")],
            &[("sec-fetch-site", "same-origin"), ("purpose", "prefetch")],
            &[("sec-fetch-site", "same-origin"), ("x-moz", "prefetch")],
            &[("host", "cases.lan:3000"), ("cookie", "ct_session=x"), ("referer", "http://evil.example/")],
            &[("host", "cases.lan:3000"), ("cookie", "ct_session=x")],
        ] {
            assert!(!asked(elsewhere), "{elsewhere:?}");
        }
        assert!(asked(&[("host", "cases.lan:3000")]), "the address of an answer is the proof");
    }
}
