//! Security headers, on every answer without exception.

use std::sync::Arc;

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

use crate::server::{secret, state::State};

/// The nonce of one response.
#[derive(Clone)]
pub struct CspNonce(pub Arc<str>);

impl CspNonce {
    pub(super) fn new() -> Self {
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, secret::random::<16>());
        Self(text.into())
    }
}

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

pub(super) fn apply(state: &State, nonce: &CspNonce, token_page: bool, response: &mut Response) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &content_security_policy(state.config.tls(), &nonce.0));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // A form without script needs the referrer to come back; a page whose address is a secret sends none.
    set(header::REFERRER_POLICY, if token_page { "no-referrer" } else { "same-origin" });
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    set(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    set(header::CACHE_CONTROL, "no-store");
    if state.config.tls() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    // What a page says depends on these. Nothing may store it; whoever does all the same is told.
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.append(header::VARY, HeaderValue::from_static("Sec-GPC, DNT, Cookie"));
    }
}

/// What a browser may load for a page: nothing from anywhere else.
pub fn content_security_policy(tls: bool, nonce: &str) -> String {
    let upgrade = if tls { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'{upgrade}"
    )
}

/// Pages whose address holds a single-use token.
pub(super) fn is_token_page(path: &str) -> bool {
    ["/reset/", "/invite/", "/verify-email/", "/privacy/confirm/", "/privacy/track/"].iter().any(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use crate::{accounts::Role, server::testing::TestApp};

    #[tokio::test]
    async fn over_tls_cookies_hold_for_this_host_alone_and_the_browser_stays_on_tls() {
        let app = TestApp::sqlite().await;
        let org = app.organisation("plain").await;
        let plain = org.signed_in(&app, Role::Owner).await;
        assert_eq!(plain.cookies().keys().collect::<Vec<_>>(), ["ct_session"]);
        assert_eq!(app.browser().get("/login").await.header("strict-transport-security"), "");

        let app = app.configured(|config| config.server.origin = "https://cases.harbour.eu".into());
        let mut browser = app.browser();
        let login = browser.get("/login").await;
        assert_eq!(login.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
        assert!(login.header("content-security-policy").contains("upgrade-insecure-requests"));
        browser.sign_in(&org.email(Role::Owner)).await;
        let chosen = browser.post("/privacy/choices", "/privacy/consent", &[("choice", "accept")]).await;
        let looks = browser.post("/appearance", "/appearance/choose", &[("theme", "dark"), ("density", "comfortable")]).await;
        for answer in [&chosen, &looks] {
            for cookie in answer.headers.get_all("set-cookie") {
                let cookie = cookie.to_str().unwrap();
                assert!(
                    cookie.starts_with("__Host-")
                        && cookie.contains("; Secure")
                        && cookie.contains("; Path=/")
                        && cookie.contains("; HttpOnly")
                        && !cookie.contains("Domain"),
                    "{cookie}"
                );
            }
        }
        browser.get("/home").await;
        assert!(browser.cookies().keys().all(|name| name.starts_with("__Host-")), "{:?}", browser.cookies());
        for name in ["__Host-ct_session", "__Host-ct_consent", "__Host-ct_looks", "__Host-ct_aid"] {
            assert!(browser.cookies().contains_key(name), "{name} of {:?}", browser.cookies());
        }
        // A plainly named one, as somebody on the way could set it, is nobody's session here.
        let mut forged = app.browser();
        forged.set_cookie("ct_session", &browser.cookies()["__Host-ct_session"].clone());
        assert!(forged.get("/me").await.location().starts_with("/login"));
    }
}
