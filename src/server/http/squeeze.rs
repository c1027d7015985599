//! Pages are sent compressed. A page is whole before its first byte leaves, so it is compressed in one go. Streamed,
//! brotli costs three times as much, and more than rendering the page.

use std::cell::RefCell;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, header, response::Parts},
    response::Response,
};
use brotli::enc::BrotliEncoderParams;
use zstd::{bulk::Compressor, zstd_safe::CParameter};

/// Found by trying: one more takes half as long again for a twentieth of the bytes.
const BROTLI_QUALITY: i32 = 3;
/// Power of two of brotli's window: as much as nearly every page. More has to be cleared first, each time.
const BROTLI_WINDOW: i32 = 16;
/// As many bytes as brotli needs.
const ZSTD_LEVEL: i32 = 3;
/// Powers of two of the places in zstd's two tables, 48 kB together. With the level's own, eight times as large, a page
/// loses three bytes in a thousand less, and takes three times as long where it finds them out of the processor's caches.
const ZSTD_TABLES: [CParameter; 2] = [CParameter::HashLog(13), CParameter::ChainLog(12)];

thread_local! {
    // Its tables are made once; for each page anew they cost more than the page.
    static ZSTD: RefCell<Option<Compressor<'static>>> = RefCell::new(zstd().ok());
}

fn zstd() -> std::io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(ZSTD_LEVEL)?;
    for table in ZSTD_TABLES {
        compressor.set_parameter(table)?;
    }
    Ok(compressor)
}

/// How a page is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As small as with brotli in a third of the time. Safari does not read it before version 26.
    Zstd,
    Brotli,
}

impl Coding {
    /// The quickest that the browser reads.
    pub fn read_by(headers: &HeaderMap) -> Option<Self> {
        [Self::Zstd, Self::Brotli].into_iter().find(|coding| coding.is_read(headers))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }

    fn is_read(self, headers: &HeaderMap) -> bool {
        let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
        named.map(|coding| coding.split(';').map(str::trim)).any(|mut parts| {
            parts.next() == Some(self.name()) && !parts.any(|part| matches!(part.trim_start_matches("q="), "0" | "0.0" | "0.00" | "0.000"))
        })
    }

    fn compress(self, plain: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Zstd => ZSTD.with_borrow_mut(|compressor| compressor.as_mut()?.compress(plain).ok()),
            Self::Brotli => {
                let mut small = Vec::with_capacity(plain.len() / 4);
                let params =
                    BrotliEncoderParams { quality: BROTLI_QUALITY, lgwin: BROTLI_WINDOW, size_hint: plain.len(), ..Default::default() };
                brotli::BrotliCompress(&mut &plain[..], &mut small, &params).ok()?;
                Some(small)
            }
        }
    }
}

/// Larger pages take so long that others would wait for them.
const LARGE: usize = 300_000;

/// The same page, smaller.
pub async fn squeeze(mut parts: Parts, plain: Vec<u8>, coding: Coding) -> Response {
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let plain = Bytes::from(plain);
    let small = if plain.len() < LARGE {
        coding.compress(&plain)
    } else {
        let large = plain.clone();
        tokio::task::spawn_blocking(move || coding.compress(&large)).await.unwrap_or_default()
    };
    let Some(small) = small else { return Response::from_parts(parts, Body::from(plain)) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
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
            Coding::read_by(&headers)
        };
        assert_eq!(said("gzip, deflate, br, zstd"), Some(Coding::Zstd));
        for text in ["br;q=0.5", "gzip;q=1, br", "br, zstd;q=0"] {
            assert_eq!(said(text), Some(Coding::Brotli), "{text}");
        }
        for text in ["gzip", "br;q=0", "br; q=0.0, gzip", "brother, zstandard"] {
            assert_eq!(said(text), None, "{text}");
        }
        assert_eq!(Coding::read_by(&HeaderMap::new()), None);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn pages_come_as_the_browser_reads_them() {
        let app = crate::server::testing::TestApp::sqlite().await;
        let mut browser = app.browser();
        for (reads, comes) in [("gzip, br, zstd", "zstd"), ("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
            browser.headers = vec![("accept-encoding", reads.into())];
            let page = browser.get("/login").await;
            assert_eq!((page.status.as_u16(), page.header("content-encoding")), (200, comes), "{reads}");
            assert!(comes.is_empty() || page.header("vary").contains("accept-encoding"), "{reads}: {:?}", page.headers);
            assert!(page.header("content-security-policy").contains("default-src 'none'"), "{reads}");
        }
    }

    #[tokio::test]
    async fn a_page_is_smaller_and_the_same() {
        for (coding, name, lines) in [(Coding::Zstd, "zstd", 2_000), (Coding::Brotli, "br", 2_000), (Coding::Zstd, "zstd", 20_000)] {
            let text = "<li>A case like any other</li>".repeat(lines);
            let (parts, ()) = Response::new(()).into_parts();
            let page = squeeze(parts, text.clone().into_bytes(), coding).await;
            assert_eq!(page.headers()[header::CONTENT_ENCODING], name);
            let small = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
            assert!(small.len() < text.len() / 20, "{name}: {}", small.len());
            let mut back = Vec::new();
            match coding {
                Coding::Zstd => zstd::stream::copy_decode(&small[..], &mut back).unwrap(),
                Coding::Brotli => brotli::BrotliDecompress(&mut &small[..], &mut back).unwrap(),
            }
            assert_eq!(back, text.as_bytes(), "{name}");
        }
    }
}
