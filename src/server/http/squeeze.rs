//! Brotli for pages. A page is whole before its first byte leaves, so it is compressed in one go, with a window and a
//! table of its size. Streamed, the same costs three times as much, and more than rendering the page.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use brotli::enc::BrotliEncoderParams;

/// Found by trying: one more takes half as long again for a twentieth of the bytes.
const QUALITY: i32 = 3;
/// Power of two of the window: as much as nearly every page. More has to be cleared first, each time.
const WINDOW: i32 = 16;

/// Whether the browser reads brotli.
pub(super) fn is_read(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    named.map(|coding| coding.split(';').map(str::trim)).any(|mut parts| {
        parts.next() == Some("br") && !parts.any(|part| matches!(part.trim_start_matches("q="), "0" | "0.0" | "0.00" | "0.000"))
    })
}

/// The same page, smaller.
pub(super) async fn squeeze(page: Response) -> Response {
    let (mut parts, body) = page.into_parts();
    let Ok(plain) = axum::body::to_bytes(body, usize::MAX).await else {
        parts.status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let mut small = Vec::with_capacity(plain.len() / 4);
    let params = BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, size_hint: plain.len(), ..Default::default() };
    let done = brotli::BrotliCompress(&mut &plain[..], &mut small, &params);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if done.is_err() {
        return Response::from_parts(parts, Body::from(plain));
    }
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    Response::from_parts(parts, Body::from(small))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_says_what_it_reads() {
        let said = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            is_read(&headers)
        };
        assert!(said("gzip, deflate, br, zstd") && said("br;q=0.5") && said("gzip;q=1, br"));
        assert!(!said("gzip") && !said("br;q=0") && !said("br; q=0.0, gzip") && !said("brother"));
        assert!(!is_read(&HeaderMap::new()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn pages_come_as_the_browser_reads_them() {
        let app = crate::server::testing::TestApp::sqlite().await;
        let mut browser = app.browser();
        for (reads, comes) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
            browser.headers = vec![("accept-encoding", reads.into())];
            let page = browser.get("/login").await;
            assert_eq!((page.status.as_u16(), page.header("content-encoding")), (200, comes), "{reads}");
            assert!(comes.is_empty() || page.header("vary").contains("accept-encoding"), "{reads}: {:?}", page.headers);
            assert!(page.header("content-security-policy").contains("default-src 'none'"), "{reads}");
        }
    }

    #[tokio::test]
    async fn a_page_is_smaller_and_the_same() {
        let text = "<li>A case like any other</li>".repeat(2_000);
        let page = squeeze(Response::new(Body::from(text.clone()))).await;
        assert_eq!(page.headers()[header::CONTENT_ENCODING], "br");
        let small = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
        assert!(small.len() < text.len() / 20, "{}", small.len());
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &small[..], &mut back).unwrap();
        assert_eq!(back, text.as_bytes());
    }
}
