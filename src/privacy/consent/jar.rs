//! Cookies of this feature, read and written.

use axum::http::{HeaderMap, HeaderValue};

use super::registry::Item;
use crate::server::{config::Config, http::cookie};

/// The value of a cookie, if it came with the request.
pub(super) fn read<'a>(headers: &'a HeaderMap, config: &Config, item: &Item) -> Option<&'a str> {
    cookie::read(headers, item.name(config.tls()))
}

/// The header that sets a cookie; without a time it ends with the browser.
pub(super) fn set(config: &Config, item: &Item, value: &str, seconds: Option<i64>) -> Option<HeaderValue> {
    cookie::set(config, item.name(config.tls()), value, seconds)
}

/// The header that removes it.
pub(super) fn remove(config: &Config, item: &Item) -> Option<HeaderValue> {
    set(config, item, "", Some(0))
}
