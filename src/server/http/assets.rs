//! The built front end: which files there are, under which hashed names, and how they are served.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use axum::{
    Router,
    http::{HeaderValue, header},
};
use tower_http::services::{ServeDir, ServeFile};

/// Names of the built files, read once at start.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Directory of the built site; it holds `pkg` and the public files.
    root: PathBuf,
    hashes: HashMap<String, String>,
}

impl Assets {
    /// Reads the list of hashes beside the binary. A missing list means that the front end was not built: pages are served
    /// without script.
    pub fn read(site: &Path, hashes: &Path) -> Self {
        let hashes: HashMap<_, _> = std::fs::read_to_string(hashes)
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(kind, hash)| (kind.trim().to_owned(), hash.trim().to_owned()))
            .collect();
        Self { root: site.to_owned(), hashes }
    }

    /// Whether there is a front end to start.
    pub fn built(&self) -> bool {
        self.hashes.contains_key("js")
    }

    /// Path of the style sheet.
    pub fn stylesheet(&self) -> String {
        self.named("casetrakr", "css", "css")
    }

    /// Path of the script that starts the WASM.
    pub fn script(&self) -> String {
        self.named("casetrakr", "js", "js")
    }

    /// Path of the WASM itself.
    pub fn wasm(&self) -> String {
        self.named("casetrakr", "wasm", "wasm")
    }

    fn named(&self, stem: &str, kind: &str, extension: &str) -> String {
        match self.hashes.get(kind) {
            Some(hash) => format!("/pkg/{stem}.{hash}.{extension}"),
            None => format!("/pkg/{stem}.{extension}"),
        }
    }
}

pub(super) fn routes<S: Clone + Send + Sync + 'static>(assets: &Assets) -> Router<S> {
    let pkg = ServeDir::new(assets.root.join("pkg")).precompressed_br().precompressed_gzip();
    let mut router =
        Router::new().nest_service("/pkg", kept(if assets.built() { "public, max-age=31536000, immutable" } else { "no-cache" }, pkg));
    for file in ["favicon.svg", "icons.svg", "manifest.webmanifest", "robots.txt", "apple-touch-icon.png", "icon-512.png", "social.png"] {
        router = router.route_service(&format!("/{file}"), kept("public, max-age=86400", ServeFile::new(assets.root.join(file))));
    }
    router
}

/// What a built file may load: nothing.
const PICTURE: &str = "default-src 'none'; frame-ancestors 'none'";

/// A file service whose successes, and only those, may be kept by the browser.
fn kept<S, B>(how: &'static str, files: S) -> Router
where
    S: tower::Service<axum::extract::Request, Response = axum::http::Response<B>, Error = std::convert::Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    Router::new().fallback_service(files).layer(axum::middleware::map_response(move |mut response: axum::response::Response| async move {
        // A picture is no document of its own: it needs no sandbox, and what it is drawn into must be able to read it.
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE));
        if response.status().is_success() || response.status() == axum::http::StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(how));
        }
        response
    }))
}
