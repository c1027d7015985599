//! Forms: what the browser would have sent goes by `fetch`, and the page that answers is merged into the one that is there.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, FormData, HtmlButtonElement, HtmlFormElement, Response, SubmitEvent, UrlSearchParams};

use super::{
    super::{sign_in_again, toast},
    behaviours, find,
    visit::{self, Entry},
};
use crate::fault::Fault;

/// Marks the button that sent a form last: several buttons of one form may say different things.
const PRESSED: &str = "data-pressed";

pub(super) fn on_submit(event: &web_sys::Event) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
    if event.default_prevented() {
        return;
    }
    if form.has_attribute("data-live") {
        event.prevent_default();
        let button = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter).and_then(|b| b.dyn_into().ok());
        mark(button.as_ref());
        send(form);
    } else if form.get_attribute("method").is_none_or(|method| method == "get") {
        event.prevent_default();
        ask(&form);
    }
}

/// A form whose answer is a page: what is empty is not asked for.
fn ask(form: &HtmlFormElement) {
    let Some(all) = FormData::new_with_form(form).ok().and_then(|data| UrlSearchParams::new_with_str_sequence_sequence(&data).ok()) else {
        return;
    };
    let text = String::from(all.to_string());
    let said: Vec<&str> = text.split('&').filter(|pair| !pair.ends_with('=') && !pair.is_empty()).collect();
    let path = form.get_attribute("action").unwrap_or_default();
    let address = if said.is_empty() { path } else { format!("{path}?{}", said.join("&")) };
    let stays = form.has_attribute("data-stays");
    visit::go(address, if stays { Entry::Same } else { Entry::New });
}

fn mark(button: Option<&HtmlButtonElement>) {
    if let Some(before) = find(&format!("[{PRESSED}]")) {
        let _ = before.remove_attribute(PRESSED);
    }
    if let Some(button) = button {
        let _ = button.set_attribute(PRESSED, "");
    }
}

fn pressed() -> Option<HtmlButtonElement> {
    find(&format!("[{PRESSED}]")).and_then(|button| button.dyn_into().ok())
}

/// Sends a form. While it is on its way it is not sent a second time.
pub fn send(form: HtmlFormElement) {
    if form.get_attribute("aria-busy").as_deref() == Some("true") {
        return;
    }
    let _ = form.set_attribute("aria-busy", "true");
    spawn_local(async move {
        let waiting = behaviours::waiting();
        let answer = post(&form).await;
        drop(waiting);
        let _ = form.remove_attribute("aria-busy");
        match answer {
            Some((response, text)) => take(&form, &response, &text),
            None => toast::say(Fault::Offline.sentence()),
        }
    });
}

/// Sends a form once more, for instance when the person has signed in again.
pub fn send_again(form: &HtmlFormElement) {
    // The page may have been left meanwhile.
    if form.is_connected() {
        send(form.clone());
    }
}

async fn post(form: &HtmlFormElement) -> Option<(Response, String)> {
    let data = FormData::new_with_form(form).ok()?;
    if let Some(button) = pressed().filter(|b| !b.name().is_empty() && b.form().as_ref() == Some(form)) {
        data.append_with_str(&button.name(), &button.value()).ok()?;
    }
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    let body = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    init.set_body(&body.into());
    visit::fetch(&form.get_attribute("action")?, &init).await
}

/// What came of it: the session has ended, it was refused, or it went through.
fn take(form: &HtmlFormElement, response: &Response, text: &str) {
    let address = response.url();
    let path = address.strip_prefix(&visit::origin()).unwrap_or(&address);
    if path.starts_with("/login") {
        let form = form.clone();
        return sign_in_again::ask(move || send_again(&form));
    }
    let Some(new) = visit::parse(text) else { return };
    if !visit::fits(&new) {
        return match refusal(&new).filter(|_| !response.ok()) {
            Some(words) => toast::say(words),
            None => drop(window().location().assign(&address)),
        };
    }
    if path.contains("kept=") {
        visit::show_document(&new, &visit::here(), Entry::Same);
        show_complaint(form);
    } else {
        done(form, &new, response);
    }
}

/// The words of a page that says why nothing was done.
fn refusal(new: &Document) -> Option<String> {
    let words = |selector: &str| new.query_selector(selector).ok().flatten().and_then(|it| it.text_content());
    Some(format!("{}. {}", words(".fault h1")?, words(".fault h1 + p")?))
}

fn done(form: &HtmlFormElement, new: &Document, response: &Response) {
    let mut unfolded = form.closest("details[open]").ok().flatten();
    while let Some(details) = unfolded {
        let _ = details.remove_attribute("open");
        unfolded = details.closest("details[open]").ok().flatten();
    }
    // The islands inside learn it first, while what was sent is still there.
    // They listen at the window, so it has to get there.
    let init = web_sys::CustomEventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("done", &init) {
        let _ = form.dispatch_event(&event);
    }
    let address = visit::final_address(new, response, "");
    visit::show_document(new, &address, Entry::New);
    if form.has_attribute("data-clear") && form.is_connected() {
        form.reset();
    }
}

/// Brings the first complaint of a form into view and the focus to it.
fn show_complaint(form: &Element) {
    let mut folded = form.closest("details:not([open])").ok().flatten();
    while let Some(details) = folded {
        let _ = details.set_attribute("open", "");
        folded = details.closest("details:not([open])").ok().flatten();
    }
    let inside = form.query_selector_all("details:not([open]):has(.field-error)").ok();
    for details in inside.iter().flat_map(|all| (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<Element>().ok())) {
        let _ = details.set_attribute("open", "");
    }
    // What has no form on the page any more stands at its beginning.
    let inside = form.query_selector("[role=alert], [aria-invalid=true]").ok().flatten().filter(|_| form.is_connected());
    let found = inside.or_else(|| find("#main > [aria-labelledby=unplaced-title] [role=alert]").map(Into::into));
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
        element.scroll_into_view();
    }
}
