//! Menus are `<details>`; what they lack is shutting by themselves.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

/// Shuts the open menu when a click lands outside of it, or on one of its choices: going to another page leaves the
/// frame, and so the menu, standing.
pub(super) fn close_on_click(click: &web_sys::MouseEvent) {
    let Some(menu) = open_menu() else { return };
    let target = super::target(click);
    let inside = target.as_ref().filter(|target| menu.contains(Some(target)));
    let stays = inside.is_some_and(|target| {
        let chosen = target.closest(".menu-list :is(a, button)").ok().flatten();
        chosen.is_none()
    });
    if !stays {
        close(&menu);
    }
}

/// Shuts the open menu and gives its button the focus. False if none was open.
pub(super) fn close_on_escape() -> bool {
    let Some(menu) = open_menu() else { return false };
    close(&menu);
    if let Ok(Some(summary)) = menu.query_selector("summary") {
        let _ = summary.unchecked_into::<web_sys::HtmlElement>().focus();
    }
    true
}

fn open_menu() -> Option<web_sys::Element> {
    document().query_selector("details.menu[open]").ok().flatten()
}

fn close(menu: &web_sys::Element) {
    let _ = menu.remove_attribute("open");
}
