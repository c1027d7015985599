use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};

use super::Icon;

/// A button that opens a list of links and buttons. It is a `<details>`, opens
/// without script, and needs none of its own: one listener for the whole page
/// (`close_on_click`, `close_on_escape`) shuts whichever is open.
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shows the icon alone; the label is then for screen readers.
    #[prop(optional)]
    icon_only: bool,
    /// More classes for the button, such as `quiet` or `small`.
    #[prop(optional)]
    button: &'static str,
    children: Children,
) -> impl IntoView {
    let square = if icon_only { "square" } else { "" };
    let words = if icon_only { "visually-hidden" } else { "" };
    view! {
        <details class="menu">
            <summary class=format!("button {button} {square}")>
                {icon.map(|name| view! { <Icon name=name /> })} <span class=words>{label}</span>
            </summary>
            <div class="menu-list">{children()}</div>
        </details>
    }
}

/// Shuts the open menu when a click lands outside of it, or on one of its
/// choices: a soft navigation leaves the page, and so the menu, standing.
pub(super) fn close_on_click(click: ev::MouseEvent) {
    let Some(menu) = open_menu() else { return };
    let target = click.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
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
