//! Cookies, read and written in one way: none of them is for scripts, and none leaves for another site.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::server::config::Config;

/// The value of a cookie, if it came with the request.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// The header that sets a cookie; without a time it ends with the browser, and 0 seconds remove it.
pub fn set(config: &Config, name: &str, value: &str, seconds: Option<i64>) -> Option<HeaderValue> {
    let secure = if config.tls() { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")).ok()
}
