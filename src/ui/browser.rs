//! What only a browser can do. On the server the same names do nothing: see `browser_absent.rs`.

use std::time::Duration;

use leptos::{
    ev,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    wasm_bindgen::{JsCast, JsValue},
    web_sys,
};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::fault::Fault;

/// Where a form that went through wants the person to go, if anywhere.
pub type Outcome = Result<Option<String>, Fault>;

/// Posts the form of this event and hands over what came of it.
pub fn post_form(action: &'static str, event: &ev::SubmitEvent, then: impl FnOnce(Outcome) + 'static) {
    let form = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlFormElement>().ok());
    let submitter = event.submitter().and_then(|s| s.dyn_into::<web_sys::HtmlButtonElement>().ok());
    if let Some(before) = pressed() {
        let _ = before.remove_attribute(PRESSED);
    }
    if let Some(button) = &submitter {
        let _ = button.set_attribute(PRESSED, "");
    }
    spawn_local(async move {
        let outcome = match form {
            Some(form) => post(action, &form, submitter).await,
            None => Err(Fault::Malformed),
        };
        then(outcome);
    });
}

async fn post(action: &str, form: &web_sys::HtmlFormElement, submitter: Option<web_sys::HtmlButtonElement>) -> Outcome {
    let data = web_sys::FormData::new_with_form(form).map_err(|_| Fault::Malformed)?;
    if let Some(button) = submitter.filter(|b| !b.name().is_empty()) {
        let _ = data.append_with_str(&button.name(), &button.value());
    }
    let body = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).map_err(|_| Fault::Malformed)?;
    send(action, &body.into()).await
}

/// What a form would ask for, as the query of an address.
pub fn query_of(event: &ev::SubmitEvent) -> String {
    let form = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlFormElement>().ok());
    let data = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
    let pairs = data.and_then(|data| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok());
    pairs.map(|pairs| pairs.to_string().into()).unwrap_or_default()
}

/// Posts pairs of names and values.
pub fn post_pairs(action: &'static str, pairs: Vec<(&'static str, String)>, then: impl FnOnce(Outcome) + 'static) {
    spawn_local(async move {
        let outcome = match web_sys::UrlSearchParams::new() {
            Ok(body) => {
                pairs.iter().for_each(|(name, value)| body.append(name, value));
                send(action, &body.into()).await
            }
            Err(_) => Err(Fault::Malformed),
        };
        then(outcome);
    });
}

async fn send(action: &str, body: &JsValue) -> Outcome {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(body);
    let headers = web_sys::Headers::new().map_err(|_| Fault::Malformed)?;
    let _ = headers.set("accept", "application/json");
    init.set_headers(&headers);
    let window = web_sys::window().ok_or(Fault::Offline)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(action, &init)).await.map_err(|_| Fault::Offline)?;
    let response: web_sys::Response = response.dyn_into().map_err(|_| Fault::Offline)?;
    if response.ok() {
        return Ok(response.headers().get("location").ok().flatten());
    }
    let text = JsFuture::from(response.text().map_err(|_| Fault::Offline)?).await.map_err(|_| Fault::Offline)?;
    Err(text.as_string().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Fault::Offline))
}

/// Marks the button that sent a form last: several buttons of one form may say different things.
const PRESSED: &str = "data-pressed";

fn pressed() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.query_selector(&format!("[{PRESSED}]")).ok().flatten()
}

/// Sends a form once more, by the button that sent it before.
pub fn submit(form: &web_sys::HtmlFormElement) {
    let button = pressed().and_then(|b| b.dyn_into::<web_sys::HtmlElement>().ok());
    // A button that is none of this form's is refused, and then the form goes without.
    if button.is_none_or(|button| form.request_submit_with_submitter(Some(&button)).is_err()) {
        let _ = form.request_submit();
    }
}

/// Brings the first complaint of a form into view and the focus to it.
pub fn show_complaint(form: &web_sys::Element) {
    let form = form.clone();
    gloo::timers::callback::Timeout::new(0, move || {
        let found = form.query_selector("[role=alert], [aria-invalid=true]").ok().flatten();
        if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
            element.scroll_into_view();
        }
    })
    .forget();
}

/// Calls back after a pause; a later call with the same holder replaces an earlier one, and dropping it calls it off.
#[derive(Default)]
pub struct Pause(Option<TimeoutHandle>);

impl Pause {
    /// Waits, then runs.
    pub fn then(&mut self, millis: u32, run: impl FnOnce() + 'static) {
        self.stop();
        self.0 = set_timeout_with_handle(run, Duration::from_millis(millis.into())).ok();
    }

    /// Calls it off.
    pub fn stop(&mut self) {
        if let Some(timeout) = self.0.take() {
            timeout.clear();
        }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What this device keeps for a person: drafts that did not reach the server yet.
pub fn recall(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a text on this device.
pub fn remember(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = if text.is_empty() { storage.remove_item(key) } else { storage.set_item(key, text) };
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The time zone that this browser is set to.
pub fn time_zone() -> Option<String> {
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let format = js_sys::Reflect::get(&intl, &"DateTimeFormat".into()).ok()?;
    let format = js_sys::Reflect::construct(format.unchecked_ref::<js_sys::Function>(), &js_sys::Array::new()).ok()?;
    let resolved: js_sys::Function = js_sys::Reflect::get(&format, &"resolvedOptions".into()).ok()?.dyn_into().ok()?;
    let options = resolved.call0(&format).ok()?;
    js_sys::Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// Writes another text into a field, as long as it holds `before`: what somebody typed meanwhile stays.
pub fn replace(id: &str, before: &str, after: &str) {
    let field = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id));
    let Some(field) = field else { return };
    let value = JsValue::from_str("value");
    if js_sys::Reflect::get(&field, &value).is_ok_and(|now| now.as_string().as_deref() == Some(before)) {
        let _ = js_sys::Reflect::set(&field, &value, &after.into());
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Loads a page whole.
pub fn go(path: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().assign(path);
    }
}

/// Text inside a `<textarea>`: the framework leaves it as it is, which is right where it makes elements.
pub fn inside_textarea(text: String) -> String {
    text
}
