//! The server's twin of `browser.rs`: nothing of it happens here.

use leptos::{ev, web_sys};

use crate::fault::Fault;

/// Where a form that went through wants the person to go, if anywhere.
pub type Outcome = Result<Option<String>, Fault>;

/// Forms are posted by browsers.
pub fn post_form(_: &'static str, _: &ev::SubmitEvent, _: impl FnOnce(Outcome) + 'static) {}

/// Nor asked for.
pub fn query_of(_: &ev::SubmitEvent) -> String {
    String::new()
}

/// So are pairs.
pub fn post_pairs(_: &'static str, _: Vec<(&'static str, String)>, _: impl FnOnce(Outcome) + 'static) {}

/// Nor is a form sent again.
pub fn submit(_: &web_sys::HtmlFormElement) {}

/// There is no focus here.
pub fn show_complaint(_: &web_sys::Element) {}

/// There is nothing to wait for.
#[derive(Default)]
pub struct Pause(());

impl Pause {
    /// Never runs.
    pub fn then(&mut self, _: u32, _: impl FnOnce() + 'static) {}

    /// Nothing is called off.
    pub fn stop(&mut self) {}
}

/// The server keeps nothing on a device.
pub fn recall(_: &str) -> Option<String> {
    None
}

/// The server keeps nothing on a device.
pub fn remember(_: &str, _: &str) {}

/// The server does not know where the browser is.
pub fn time_zone() -> Option<String> {
    None
}

/// Nor is there a field.
pub fn replace(_: &str, _: &str, _: &str) {}

/// There is no page to load.
pub fn reload() {}

/// There is nowhere to go.
pub fn go(_: &str) {}

/// Text inside a `<textarea>`: the framework writes it into the HTML as it is, so whatever was typed must not end the
/// element. A line break at the start would be swallowed by the parser, so it gets a second one.
pub fn inside_textarea(text: String) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;");
    if safe.starts_with('\n') { format!("\n{safe}") } else { safe }
}
