//! Atom: what is new, for whoever wants to hear of it without an account.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

use crate::{
    clock::Instant,
    server::{http::escape, mail, state::State, time::iso},
};

/// One thing that is new.
pub struct Entry {
    /// Names it for ever.
    pub id: String,
    /// A line.
    pub title: String,
    /// When it was made known.
    pub at: Instant,
    /// Where it is read, on this installation.
    pub path: String,
    /// A few sentences.
    pub summary: String,
}

/// A feed of them, newest first, as an answer.
pub fn answer(state: &State, title: &str, path: &str, page: &str, entries: &[Entry]) -> Response {
    let body = write(state, title, path, page, entries);
    typed(body, "application/atom+xml; charset=utf-8")
}

fn write(state: &State, title: &str, path: &str, page: &str, entries: &[Entry]) -> String {
    let link = |path: &str| escape(&mail::link(state, path)).into_owned();
    let operator = &state.config.operator.name;
    let author = if operator.is_empty() { "The operator of this installation" } else { operator };
    let updated = iso(entries.first().map_or(Instant(0), |entry| entry.at));
    let items: String = entries
        .iter()
        .map(|entry| {
            format!(
                "  <entry>\n    <id>{}</id>\n    <title>{}</title>\n    <updated>{}</updated>\n    <link href=\"{}\"/>\n    \
                 <summary>{}</summary>\n  </entry>\n",
                escape(&entry.id),
                escape(&entry.title),
                iso(entry.at),
                link(&entry.path),
                escape(&entry.summary)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n  <id>{self_}</id>\n  <title>{}</title>\n  \
         <updated>{updated}</updated>\n  <author><name>{}</name></author>\n  <link rel=\"self\" href=\"{self_}\"/>\n  <link href=\"{}\"/>\n{items}</feed>\n",
        escape(title),
        escape(author),
        link(page),
        self_ = link(path),
    )
}

/// An answer of that type, which may be kept for a short time.
pub fn typed(body: impl Into<Body>, kind: &'static str) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}
