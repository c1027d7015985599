//! Going from page to page in the same document.

use std::cell::{Cell, RefCell};

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Element, RequestInit, Response, ScrollIntoViewOptions, ScrollLogicalPosition, ScrollRestoration};

use super::{super::toast, around, behaviours, end_page, find, merge::merge, wake_all};
use crate::fault::Fault;

/// What a page becomes in the history of the browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Another page, to which "back" leads from the next.
    New,
    /// The page in another state: what is typed stays, and "back" leads past it.
    Same,
    /// The page with a form more on it: what is typed stays, and "back" leads to it as it was.
    Beside,
    /// One that was there before, at this height.
    Earlier(i32),
}

thread_local! {
    /// The path and query of what is shown.
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
    /// Counts the pages asked for: an answer that was overtaken is not shown.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Begins with the page that the browser has loaded.
pub(super) fn listen() {
    SHOWN.set(here());
    if let Ok(history) = window().history() {
        let _ = history.set_scroll_restoration(ScrollRestoration::Manual);
    }
    window_event_listener(ev::popstate, |event| {
        // A link within the page is the browser's own affair.
        if SHOWN.with_borrow(|shown| *shown != here()) {
            let height = event.state().as_f64().unwrap_or_default();
            load(here(), Entry::Earlier(height as i32));
        }
    });
}

/// Follows a link as the browser would have, if it leads to a page of this site.
pub(super) fn on_click(event: &web_sys::MouseEvent) {
    let changed = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.button() != 0;
    if event.default_prevented() || changed {
        return;
    }
    let Some(link) = around(event, "a[href]").and_then(|a| a.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else { return };
    let elsewhere = link.has_attribute("download") || !link.target().is_empty() || link.rel() == "external";
    let within = !link.hash().is_empty() && format!("{}{}", link.pathname(), link.search()) == here();
    if elsewhere || within || link.origin() != origin() {
        return;
    }
    event.prevent_default();
    go(link.href(), if link.has_attribute("data-stays") { Entry::Beside } else { Entry::New });
}

/// Goes to a page.
pub fn go(address: String, entry: Entry) {
    load(address, entry);
}

/// Fetches the page that is shown once more.
pub fn refresh() {
    load(here(), Entry::Same);
}

fn load(address: String, entry: Entry) {
    let turn = ASKED.get().wrapping_add(1);
    ASKED.set(turn);
    spawn_local(async move {
        let waiting = behaviours::waiting();
        let answer = fetch(&address, &RequestInit::new()).await;
        drop(waiting);
        if ASKED.get() != turn {
            return;
        }
        match answer {
            Some((response, text)) => show(&response, &text, &address, entry),
            None => toast::say(Fault::Offline.sentence()),
        }
    });
}

/// Asks for a page as the browser would: the answer, once redirects are followed, and its text. None without a network.
pub(super) async fn fetch(address: &str, init: &RequestInit) -> Option<(Response, String)> {
    let headers = web_sys::Headers::new().ok()?;
    headers.set("accept", "text/html").ok()?;
    init.set_headers(&headers);
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(address, init)).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response, text))
}

/// The document that a text of HTML makes.
pub(super) fn parse(text: &str) -> Option<Document> {
    web_sys::DomParser::new().ok()?.parse_from_string(text, web_sys::SupportedType::TextHtml).ok()
}

/// Whether a document can be merged into this one: a page for people who are signed in, made by the same release, for the
/// same person in the same organisation.
pub(super) fn fits(new: &Document) -> bool {
    let style = |of: &Document| of.query_selector("link[rel=stylesheet]").ok().flatten().and_then(|link| link.get_attribute("href"));
    let whose = |of: &Document| of.document_element().and_then(|root| root.get_attribute("data-for"));
    let alive = new.document_element().is_some_and(|root| root.has_attribute("data-alive"));
    alive && style(new) == style(&document()) && whose(new) == whose(&document())
}

/// Shows what came, under the address that it came from.
fn show(response: &Response, text: &str, asked: &str, entry: Entry) {
    let html = response.headers().get("content-type").ok().flatten().is_some_and(|kind| kind.starts_with("text/html"));
    match parse(text).filter(|new| html && fits(new)) {
        Some(new) => show_document(&new, &final_address(&new, response, asked), entry),
        // A page for visitors, a file, a new release: the browser does better.
        None => drop(window().location().assign(&response.url())),
    }
}

/// Where a page is at home: its own word, or where the answer came from, at the place in it that was asked for.
pub(super) fn final_address(new: &Document, response: &Response, asked: &str) -> String {
    let own = new.query_selector("link[rel=canonical]").ok().flatten().and_then(|link| link.get_attribute("href"));
    let address = own.unwrap_or_else(|| response.url().strip_prefix(&origin()).map(str::to_owned).unwrap_or_else(|| response.url()));
    match asked.split_once('#') {
        Some((_, place)) if !address.contains('#') => format!("{address}#{place}"),
        _ => address,
    }
}

/// Merges a page into the document. The same page keeps all that is the same; another one begins at its top.
pub(super) fn show_document(new: &Document, address: &str, entry: Entry) {
    let page = address.split('#').next().unwrap_or_default();
    let same = matches!(entry, Entry::Same | Entry::Beside) || page == SHOWN.with_borrow(Clone::clone);
    remember(address, if same && entry == Entry::New { Entry::Same } else { entry });
    SHOWN.set(page.to_owned());
    document().set_title(&new.title());
    let app = |of: &Document| of.query_selector(".app").ok().flatten();
    let (Some(old), Some(fresh)) = (app(&document()), app(new)) else { return };
    if !same {
        end_page();
        empty_main(&old);
    }
    merge(&old, &fresh);
    wake_all();
    behaviours::prepare();
    if !same || entry == Entry::Beside {
        arrive(address, entry);
    }
}

fn empty_main(app: &Element) {
    if let Ok(Some(main)) = app.query_selector("#main") {
        main.set_text_content(None);
    }
}

/// Keeps the height of the page that is left, and enters the new one.
fn remember(address: &str, entry: Entry) {
    let Ok(history) = window().history() else { return };
    let height = window().scroll_y().unwrap_or_default();
    let _ = match entry {
        Entry::New | Entry::Beside => {
            let _ = history.replace_state(&height.into(), "");
            history.push_state_with_url(&0.into(), "", Some(address))
        }
        Entry::Same => history.replace_state_with_url(&height.into(), "", Some(address)),
        Entry::Earlier(_) => Ok(()),
    };
}

/// The focus goes to the start of the page, as it would have with a full load. Otherwise it stays on a link that is gone,
/// and a screen reader says nothing at all.
fn arrive(address: &str, entry: Entry) {
    let place = address.split_once('#').and_then(|(_, place)| document().get_element_by_id(place));
    // Who goes to a form wants to write.
    const FIELD: &str = "form[data-live] :is(input:not([type=hidden]), select, textarea)";
    let first = place.as_ref().and_then(|place| place.query_selector(FIELD).ok().flatten());
    let first = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok());
    let writes = first.is_some();
    if let Some(element) = first.or_else(|| find("#main")) {
        let _ = element.focus();
    }
    match (entry, place) {
        (Entry::Earlier(height), _) => window().scroll_to_with_x_and_y(0.0, height.into()),
        (_, Some(form)) if writes => {
            // No further than it takes: what stands above says what it is about.
            if entry == Entry::New {
                window().scroll_to_with_x_and_y(0.0, 0.0);
            }
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            form.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
        (_, Some(place)) => place.scroll_into_view(),
        (_, None) => window().scroll_to_with_x_and_y(0.0, 0.0),
    }
}

/// Path and query of the address bar.
pub(super) fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// This site.
pub(super) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}
