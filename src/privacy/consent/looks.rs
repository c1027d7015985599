//! How things look to somebody: theme, density, the columns of their list. One cookie holds all of it.
//!
//! Theme and density are chosen by hand, and are set because somebody asked for it: without permission for preferences
//! they end with the browser. Columns stand in the address of the list anyway; they are remembered only with it.

use axum::http::{HeaderMap, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::{jar, model::CHOICE_DAYS, registry};
use crate::server::{config::Config, visit::Visit};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// `light`, `dark`, or empty for what the system says.
    pub theme: &'static str,
    /// `compact`, or empty for comfortable.
    pub density: &'static str,
    /// Columns of the list of cases; empty for the usual ones.
    pub columns: Vec<String>,
    /// Whether the cookie outlasts the browser.
    pub kept: bool,
}

/// Themes: what a form sends, and its name.
pub const THEMES: [(&str, &str); 3] = [("system", "As the device says"), ("light", "Light"), ("dark", "Dark")];
/// Densities: what a form sends, and its name.
pub const DENSITIES: [(&str, &str); 2] = [("comfortable", "Comfortable"), ("compact", "Compact: more lines in sight")];

impl Looks {
    /// From the cookie of a request. What it does not know it leaves out.
    pub fn read(config: &Config, headers: &HeaderMap) -> Self {
        let Some(value) = jar::read(headers, config, &registry::LOOKS) else { return Self::default() };
        let mut parts = value.split('.');
        let mut next = || parts.next().unwrap_or_default();
        if next() != "v1" {
            return Self::default();
        }
        let (theme, density) = (theme(next()).unwrap_or_default(), density(next()).unwrap_or_default());
        let columns = next().split('~').filter(|column| is_column(column)).take(20).map(str::to_owned).collect();
        Self { theme, density, columns, kept: next() == "kept" }
    }

    /// As a cookie: for as long as a choice holds, or until the browser is closed.
    pub(super) fn cookie(&self, config: &Config) -> Option<axum::http::HeaderValue> {
        if (self.theme, self.density) == ("", "") && self.columns.is_empty() {
            return jar::remove(config, &registry::LOOKS);
        }
        let lasting = if self.kept { "kept" } else { "session" };
        let value = format!("v1.{}.{}.{}.{lasting}", self.theme, self.density, self.columns.join("~"));
        jar::set(config, &registry::LOOKS, &value, self.kept.then_some(CHOICE_DAYS * 86_400))
    }
}

/// The theme of that name; empty for the system's.
pub(super) fn theme(name: &str) -> Option<&'static str> {
    match name {
        "light" => Some("light"),
        "dark" => Some("dark"),
        "system" | "" => Some(""),
        _ => None,
    }
}

/// The density of that name; empty for comfortable.
pub(super) fn density(name: &str) -> Option<&'static str> {
    match name {
        "compact" => Some("compact"),
        "comfortable" | "" => Some(""),
        _ => None,
    }
}

fn is_column(column: &str) -> bool {
    (1..=20).contains(&column.len()) && column.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// The columns that this browser shows, if it may remember them.
pub fn remembered_columns() -> Vec<String> {
    use_context::<Visit>()
        .filter(|visit| visit.facts.consent.allowed().preferences)
        .map(|visit| visit.facts.looks.columns)
        .unwrap_or_default()
}

/// Remembers columns, where preferences are allowed; elsewhere they stand in the address and nowhere else.
pub fn remember_columns(columns: &[String]) {
    let Some(visit) = use_context::<Visit>().filter(|visit| visit.facts.consent.allowed().preferences) else { return };
    if visit.facts.looks.columns == columns {
        return;
    }
    let looks = Looks { columns: columns.to_vec(), kept: true, ..visit.facts.looks };
    if let (Some(options), Some(cookie)) = (use_context::<ResponseOptions>(), looks.cookie(&visit.state.config)) {
        options.append_header(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(value: &'static str) -> Looks {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static(value));
        Looks::read(&Config::default(), &headers)
    }

    #[test]
    fn what_a_cookie_says_is_read_back_and_nonsense_is_left_out() {
        let looks = Looks { theme: "dark", density: "compact", columns: vec!["number".into(), "title".into()], kept: true };
        let set = looks.cookie(&Config::default()).unwrap();
        assert!(set.to_str().unwrap().starts_with("ct_looks=v1.dark.compact.number~title.kept; "));
        assert_eq!(read("ct_looks=v1.dark.compact.number~title.kept"), looks);
        assert_eq!(read("ct_looks=v1.pink.tiny.<b>~TITLE~.forever"), Looks::default());
        assert_eq!(read("ct_looks=v9.dark"), Looks::default());
        assert!(Looks::default().cookie(&Config::default()).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
