//! The shortcuts of the whole product, in one listener.
//!
//! A key belongs to whatever element carries it as `data-key`: `/` on the search
//! field, `c` on the New button, `?` on the help. Pressing it is the same as
//! clicking, or for a field as focusing. A page gets a shortcut by marking a
//! button; nothing else has to know. Rows of a table (`tr[data-row-href]`) take
//! `j`, `k`, Enter and `x`.
//!
//! Never while somebody types, nor over an open dialog. `data-shortcuts="off"`
//! on `<html>` silences single keys, which speech input needs (WCAG 2.1.4).

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};

use super::menus;

/// A key, wherever it was pressed.
pub(super) fn on_key(event: ev::KeyboardEvent) {
    if event.default_prevented() || event.is_composing() {
        return;
    }
    let key = event.key();
    let done = if key == "Escape" {
        menus::close_on_escape()
    } else if event.ctrl_key() || event.meta_key() {
        key == "k" && press("ctrl-k")
    } else if event.alt_key() || is_typing(&event) || is_silent() {
        false
    } else {
        single(&key)
    };
    if done {
        event.prevent_default();
    }
}

/// One key alone. True if it meant something.
fn single(key: &str) -> bool {
    match key {
        "j" => step(web_sys::Element::next_element_sibling),
        "k" => step(web_sys::Element::previous_element_sibling),
        "x" => current_row().is_some_and(|row| click_in(&row, "input[type=checkbox]")),
        "Enter" => row_itself().is_some_and(|row| click_in(&row, ".lead a")),
        "/" | "?" => press(key),
        _ if key.len() == 1 && key.as_bytes()[0].is_ascii_alphanumeric() => press(key),
        _ => false,
    }
}

/// Clicks the element that owns this key; a field is focused instead.
fn press(key: &str) -> bool {
    let Ok(Some(owner)) = document().query_selector(&format!("[data-key=\"{key}\"]")) else {
        return false;
    };
    let owner: web_sys::HtmlElement = owner.unchecked_into();
    if owner.matches("input, select, textarea").unwrap_or(false) {
        owner.focus().is_ok()
    } else {
        owner.click();
        true
    }
}

/// Moves the focus to the row before or after; to the first if none has it.
fn step(to: fn(&web_sys::Element) -> Option<web_sys::Element>) -> bool {
    let row = match current_row() {
        Some(row) => to(&row),
        None => document().query_selector("tr[data-row-href]").ok().flatten(),
    };
    let Some(row) = row else { return false };
    let _ = row.set_attribute("tabindex", "-1");
    row.unchecked_into::<web_sys::HtmlElement>().focus().is_ok()
}

/// The row that has the focus, or holds what has it.
fn current_row() -> Option<web_sys::Element> {
    document().active_element()?.closest("tr[data-row-href]").ok().flatten()
}

/// The row, only if the focus is on it and not on something inside, which
/// knows best what Enter means to it.
fn row_itself() -> Option<web_sys::Element> {
    document().active_element().filter(|element| element.has_attribute("data-row-href"))
}

fn click_in(row: &web_sys::Element, selector: &str) -> bool {
    let Ok(Some(target)) = row.query_selector(selector) else { return false };
    target.unchecked_into::<web_sys::HtmlElement>().click();
    true
}

fn is_typing(event: &ev::KeyboardEvent) -> bool {
    const FIELDS: &str = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.matches(FIELDS).unwrap_or(false))
}

fn is_silent() -> bool {
    document().query_selector("dialog:modal, [data-shortcuts=off]").ok().flatten().is_some()
}
