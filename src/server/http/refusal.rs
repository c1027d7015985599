//! Answers made by the middleware itself, in the product's look or as JSON, with the request id.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use crate::{
    fault::Fault,
    form,
    privacy::consent::banner_html,
    server::{state::State, visit::Facts},
    ui::{ABOUT_LINKS, drawing},
};

/// No form takes more characters of words.
const LONGEST_TEXT: usize = 100_000;

/// Whether a person is looking, and not a script.
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The answer to a request that ends here.
pub fn refusal(state: &State, facts: &Facts, fault: &Fault, html: bool) -> Response {
    if html { with_text(state, facts, fault, &[]) } else { bare(fault) }
}

/// The same as a page, with what had been typed into a form that has no page to come back to.
pub fn with_text(state: &State, facts: &Facts, fault: &Fault, typed: &[(String, String)]) -> Response {
    let mut response = Response::new(Body::from(page(state, facts, fault, &typed_text(typed))));
    finish(&mut response, fault, "text/html; charset=utf-8");
    response
}

/// Whether a value is words that somebody would have to write again.
pub fn is_words(value: &str) -> bool {
    value.trim().contains(char::is_whitespace)
}

/// What a person wrote, to be copied: longer than any field takes it does not get.
fn typed_text(typed: &[(String, String)]) -> String {
    let mut left = LONGEST_TEXT;
    let fields: String = typed
        .iter()
        .filter(|(_, value)| is_words(value))
        .enumerate()
        .map(|(nth, (name, value))| {
            let text: String = value.chars().take(left).collect();
            left = left.saturating_sub(text.chars().count());
            let (text, name) = (html_escape::encode_text(&text).into_owned(), escape(name).into_owned());
            format!(
                "<div class=\"field\"><label for=\"typed-{nth}\">Your text ({name})</label>\
                 <textarea id=\"typed-{nth}\" rows=\"8\" readonly>\n{text}</textarea></div>"
            )
        })
        .collect();
    if fields.is_empty() { fields } else { format!("<h2>What you typed</h2><p>Copy it before you leave this page.</p>{fields}") }
}

/// The same without a page.
pub fn bare(fault: &Fault) -> Response {
    let body = serde_json::to_vec(fault).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    finish(&mut response, fault, "application/json; charset=utf-8");
    response
}

/// Sends whoever is not signed in to the sign-in page, and back afterwards.
pub fn sign_in_first(wanted: &str) -> Response {
    let mut next = String::with_capacity(wanted.len() + 16);
    form::encode(wanted, "/", &mut next);
    see_other(&format!("/login?next={next}"))
}

/// Leads to another page.
pub fn see_other(to: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn finish(response: &mut Response, fault: &Fault, content_type: &'static str) {
    mark(response, fault);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
}

/// The status of a fault, and when to try again.
pub fn mark(response: &mut Response, fault: &Fault) {
    *response.status_mut() = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Fault::TooMany { retry_after } | Fault::Unavailable { retry_after } = fault {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
}

/// A page without the app: the same foot, the same question about cookies, the same appearance.
fn page(state: &State, facts: &Facts, fault: &Fault, typed: &str) -> String {
    let css = state.assets.stylesheet();
    let (status, title, sentence, id) = (fault.status(), fault.title(), fault.sentence(), &facts.request_id);
    let sentence = escape(&sentence);
    let operator = &state.config.operator.name;
    let operator = if operator.is_empty() { "the operator of this installation" } else { operator };
    let first = banner_html(facts.consent.facts(), operator);
    let operator = escape(operator);
    let (links, mark) = (ABOUT_LINKS.as_str(), drawing("brand"));
    let honoured = if facts.consent.is_honoured() { "<span>Opt-out preference signal honoured</span>" } else { "" };
    let named = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!(" {name}=\"{value}\"") };
    let (theme, density) = (named("data-theme", facts.looks.theme), named("data-density", facts.looks.density));
    format!(
        "<!DOCTYPE html><html lang=\"en\"{theme}{density}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · CaseTrakr</title>\
         <link rel=\"stylesheet\" href=\"{css}\"><link rel=\"icon\" href=\"/favicon.svg\"></head>\
         <body><div class=\"app\"><div class=\"skip-links\"><a href=\"#main\">Skip to content</a></div>{first}\
         <header class=\"masthead\"><a class=\"brand\" href=\"/\">{mark}<span>CaseTrakr</span></a></header>\
         <main id=\"main\" class=\"page page-narrow\" tabindex=\"-1\"><section class=\"fault\">\
         <p class=\"fault-code\">{status}</p><h1>{title}</h1><p>{sentence}</p>{typed}\
         <p class=\"form-actions\"><a class=\"button\" href=\"/\">Go to the start page</a></p>\
         <p class=\"request\">Reference <code>{id}</code></p>\
         </section></main><footer class=\"colophon\"><span>Run by {operator}</span>{links}{honoured}</footer></div></body></html>"
    )
}

/// Text as HTML or XML, for what is written without the framework.
pub fn escape(text: &str) -> Cow<'_, str> {
    html_escape::encode_double_quoted_attribute(text)
}
