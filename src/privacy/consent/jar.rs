//! Cookies of this feature, read and written.

use axum::http::{HeaderMap, HeaderValue, header};

use super::registry::Item;
use crate::server::config::Config;

/// The value of a cookie, if it came with the request.
pub(super) fn read<'a>(headers: &'a HeaderMap, config: &Config, item: &Item) -> Option<&'a str> {
    let name = item.name(config.tls());
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// The header that sets a cookie; without a time it ends with the browser.
pub(super) fn set(config: &Config, item: &Item, value: &str, seconds: Option<i64>) -> Option<HeaderValue> {
    let secure = if config.tls() { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}", item.name(config.tls()))).ok()
}

/// The header that removes it.
pub(super) fn remove(config: &Config, item: &Item) -> Option<HeaderValue> {
    set(config, item, "", Some(0))
}
