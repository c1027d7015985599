//! Small things that an element asks for by an attribute.

use std::{cell::RefCell, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, wasm_bindgen::JsCast, web_sys};
use web_sys::{HtmlDialogElement, HtmlInputElement, MouseEvent};

use super::{around, find, visit};

thread_local! {
    static NEXT_LOOK: RefCell<Option<TimeoutHandle>> = const { RefCell::new(None) };
}

/// Dialogs open and close, passwords show and hide.
pub(super) fn on_click(event: &MouseEvent) {
    if event.default_prevented() {
        return;
    }
    if let Some(opens) = around(event, "[data-opens]").and_then(|it| it.get_attribute("data-opens")) {
        event.prevent_default();
        open(&opens);
    } else if let Some(dialog) = around(event, "[data-closes]").and_then(|it| it.closest("dialog").ok().flatten()) {
        event.prevent_default();
        dialog.unchecked_into::<HtmlDialogElement>().close();
    } else if let Some(button) = around(event, "[data-reveals]") {
        reveal(&button);
    }
}

fn open(id: &str) {
    let dialog = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlDialogElement>().ok());
    if let Some(dialog) = dialog.filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

fn reveal(button: &web_sys::Element) {
    let field = button.parent_element().and_then(|around| around.query_selector("input").ok().flatten());
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    let hidden = field.type_() == "password";
    field.set_type(if hidden { "text" } else { "password" });
    let _ = button.set_attribute("aria-pressed", if hidden { "true" } else { "false" });
    button.set_text_content(Some(if hidden { "Hide" } else { "Show" }));
}

/// A choice that asks for another page by itself.
pub(super) fn on_change(event: &web_sys::Event) {
    let form = around(event, "[data-submits]").and_then(|it| it.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
        let _ = form.request_submit();
    }
}

/// What a page asks for when it has come: the zone of this browser, and another look after a while.
pub(super) fn prepare() {
    if let Some(field) = find("input[data-zone]").and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        && let Some(zone) = time_zone()
        && matches!(field.value().as_str(), "" | "UTC")
    {
        field.set_value(&zone);
    }
    if let Some(before) = NEXT_LOOK.take() {
        before.clear();
    }
    let wait = find("#main [data-refresh]").and_then(|it| it.get_attribute("data-refresh")).and_then(|wait| wait.parse().ok());
    if let Some(wait) = wait {
        NEXT_LOOK.set(set_timeout_with_handle(visit::refresh, Duration::from_millis(wait)).ok());
    }
}

/// The time zone that this browser is set to.
fn time_zone() -> Option<String> {
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let format = js_sys::Reflect::get(&intl, &"DateTimeFormat".into()).ok()?;
    let format = js_sys::Reflect::construct(format.unchecked_ref::<js_sys::Function>(), &js_sys::Array::new()).ok()?;
    let resolved: js_sys::Function = js_sys::Reflect::get(&format, &"resolvedOptions".into()).ok()?.dyn_into().ok()?;
    let options = resolved.call0(&format).ok()?;
    js_sys::Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// Shows that an answer is awaited, if it takes longer than a blink; until dropped.
pub(super) fn waiting() -> Waiting {
    Waiting(set_timeout_with_handle(|| mark(true), Duration::from_millis(150)).ok())
}

/// See [`waiting`].
pub(super) struct Waiting(Option<TimeoutHandle>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(timeout) = self.0.take() {
            timeout.clear();
        }
        mark(false);
    }
}

fn mark(waits: bool) {
    if let Some(root) = document().document_element() {
        let _ = if waits { root.set_attribute("data-waiting", "") } else { root.remove_attribute("data-waiting") };
    }
}
