//! The page comes alive: what a browser does beyond showing HTML.
//!
//! The server's pages are complete, and so are their forms. This module makes going about in them quick: a link or a
//! form fetches the page that the browser would have loaded, and what is new in it is merged into the document that is
//! there ([`merge`]). Nothing is drawn twice, once by the server and once by the browser, so nothing can disagree; no
//! page has code of its own here, and what is typed, scrolled or unfolded stays as it is. What has a state of its own
//! between two answers of the server (the palette, toasts, drafts, signing in again) is a Leptos island.
//!
//! It works on attributes: `data-live` forms are sent from here, `data-opens` and `data-closes` belong to dialogs,
//! `data-key` to the keyboard, `data-reveals` to passwords, `data-refresh` to work in progress, `data-submits` to a
//! choice that asks for another page, `data-stays` to links and forms whose page keeps what is typed on this one.

mod behaviours;
mod keys;
mod menus;
mod merge;
mod post;
mod visit;

use std::cell::RefCell;

use js_sys::Function;
use leptos::{ev, prelude::*, web_sys};

pub use post::{send, send_again};
pub use visit::{go, refresh};

thread_local! {
    /// Wakes one island; and the owner of the islands of the page shown, which goes with it.
    static ISLANDS: RefCell<Option<(Function, Owner, Option<Owner>)>> = const { RefCell::new(None) };
}

/// Takes the page over. `wake` calls the island's own function in the module that the browser loaded.
pub fn start(wake: Function) {
    let Some(owner) = Owner::current() else { return };
    super::toast::provide();
    super::sign_in_again::provide();
    ISLANDS.set(Some((wake, owner, None)));
    window_event_listener(ev::click, |event| {
        menus::close_on_click(&event);
        behaviours::on_click(&event);
        visit::on_click(&event);
    });
    window_event_listener(ev::keydown, keys::on_key);
    window_event_listener(ev::change, |event| behaviours::on_change(&event));
    window_event_listener(ev::submit, |event| post::on_submit(&event));
    visit::listen();
    wake_all();
    behaviours::prepare();
}

/// Wakes the islands that are still asleep. Those of the page itself end with it.
fn wake_all() {
    let Ok(asleep) = document().query_selector_all("leptos-island:not([data-awake])") else { return };
    let Some((wake, root, page)) = ISLANDS.with_borrow_mut(|islands| {
        islands.as_mut().map(|(wake, root, page)| (wake.clone(), root.clone(), page.get_or_insert_with(|| root.child()).clone()))
    }) else {
        return;
    };
    for island in (0..asleep.length()).filter_map(|at| asleep.item(at)) {
        let island: web_sys::Element = leptos::wasm_bindgen::JsCast::unchecked_into(island);
        let _ = island.set_attribute("data-awake", "");
        let owner = if island.closest("main").ok().flatten().is_some() { &page } else { &root };
        // An island that fails to wake has said so on the console; the rest of the page goes on.
        owner.with(|| drop(wake.call1(&leptos::wasm_bindgen::JsValue::NULL, &island)));
    }
}

/// The page is being left, and its islands with it.
fn end_page() {
    let page = ISLANDS.with_borrow_mut(|islands| islands.as_mut().and_then(|(_, _, page)| page.take()));
    if let Some(page) = page {
        page.cleanup();
    }
}

/// The element that an event happened on.
fn target(event: &web_sys::Event) -> Option<web_sys::Element> {
    use leptos::wasm_bindgen::JsCast;
    event.target().and_then(|target| target.dyn_into().ok())
}

/// The nearest element around an event that fits.
fn around(event: &web_sys::Event, selector: &str) -> Option<web_sys::Element> {
    target(event)?.closest(selector).ok().flatten()
}

/// The first element that fits, as an HTML element.
fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    use leptos::wasm_bindgen::JsCast;
    document().query_selector(selector).ok().flatten().and_then(|element| element.dyn_into().ok())
}
