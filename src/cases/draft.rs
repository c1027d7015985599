//! Typing is sacred: what somebody writes on a case is kept while they write it, and is back when they are.
//!
//! Every keystroke and every choice beside the text is kept on the device; a pause later it goes to the server, and when it has arrived there the device
//! forgets it. So the device holds exactly what the server does not have yet, and wins where both hold something.

use std::{cell::Cell, time::Duration};

use leptos::{
    ev,
    leptos_dom::helpers::{TimeoutHandle, WindowListenerHandle},
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys,
};
use serde::{Deserialize, Serialize};

use super::api::{DraftView, save_draft};
use crate::{
    fault::Fault,
    ui::{sign_in_again, toast},
};

/// After this much quiet the server gets it.
const QUIET: Duration = Duration::from_millis(800);
/// After this much time it is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// How safe the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// There is none, or it is being typed.
    Nothing,
    /// It was found when the page came.
    Restored,
    /// The server has it.
    Saved,
    /// Only the device has it; the server could not be reached, or does not take so much.
    HereOnly,
    /// Only the device has it; the session has ended.
    SignedOut,
}

/// What stands for the number of a case that is not opened yet, as in the address of its form.
#[cfg(feature = "ssr")]
pub(super) const NEW: &str = "new";
/// What stands for the entry where a case is being closed.
#[cfg(feature = "ssr")]
pub(super) const CLOSING: &str = "closing";

/// What is being written: a new entry on a case, another text for one that is there, the reason of a closing, or the first
/// note of a new case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The case, or [`NEW`].
    pub number: String,
    /// The entry whose text it changes, or [`CLOSING`]; empty for a new one.
    pub entry: String,
    /// Who writes, and for which organisation, as every form says it: another person at this device does not find it.
    pub shown_for: String,
    /// Id of the field that it is written in.
    pub field: String,
    /// How the form stands without the draft.
    pub stored: DraftView,
    /// Id of the form that gives the draft up.
    pub discard: String,
    /// Whether the field shows what was kept.
    pub restored: bool,
}

/// Keeps what is typed into a field, and says how safe it is.
#[island]
pub fn DraftKeeper(writing: Writing) -> impl IntoView {
    let draft = Draft {
        kept: RwSignal::new(if writing.restored { Kept::Restored } else { Kept::Nothing }),
        writing: StoredValue::new(writing),
        pause: StoredValue::new(None),
    };
    // Only a browser gets here: the server has neither keys nor a device.
    Effect::new(move |_| draft.wake());
    // A form that goes through may lead to another page, and this one is gone before it says so.
    let kept = move || draft.kept.try_get().unwrap_or(Kept::Nothing);
    let words = move || match kept() {
        Kept::Nothing => "",
        Kept::Restored => "Restored your draft",
        Kept::Saved => "Draft saved",
        Kept::HereOnly => "Saved on this device only",
        Kept::SignedOut => "Saved on this device only: your session has ended",
    };
    let action = move || match kept() {
        Kept::Restored => {
            let form = draft.writing.with_value(|w| w.discard.clone());
            Some(view! { <button class="button link" type="submit" form=form>"Discard"</button> }.into_any())
        }
        Kept::SignedOut => {
            let sign_in = move |_| sign_in_again::ask(move || draft.save());
            Some(view! { <button class="button link" type="button" on:click=sign_in>"Sign in"</button> }.into_any())
        }
        Kept::Nothing | Kept::Saved | Kept::HereOnly => None,
    };
    view! {
        <span class="draft-status" role="status">
            {words}
        </span>
        {action}
    }
}

#[derive(Clone, Copy)]
struct Draft {
    kept: RwSignal<Kept>,
    writing: StoredValue<Writing>,
    pause: StoredValue<Option<TimeoutHandle>>,
}

impl Draft {
    /// The page is alive: takes what was typed before, or what only this device has, and listens from now on.
    fn wake(self) {
        let Some(area) = self.area() else { return };
        let here = recall(&self.place()).unwrap_or_default();
        let typed = self.now().unwrap_or_default();
        // Of a new entry the longer text is the later one; a text that is being changed may have become shorter.
        let changing = self.writing.with_value(|w| !w.entry.is_empty());
        let later = !here.body.is_empty() && here != typed && (changing || here.body.chars().count() >= typed.body.chars().count());
        if typed.body != area.default_value().unwrap_or_default() {
            self.typed(&typed);
        } else if later {
            self.put(&here);
            self.kept.set(Kept::Restored);
        }
        let listeners = [
            window_event_listener(ev::input, move |event| {
                if let Some(now) = self.now().filter(|_| self.holds(&event)) {
                    self.typed(&now);
                }
            }),
            window_event_listener_untyped("done", move |event| self.done(&event)),
        ];
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
            self.stop();
        });
    }

    /// A form went through: the one with the text in it, or the one that gives it up.
    fn done(self, event: &web_sys::Event) {
        let Some(form) = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok()) else { return };
        let Some(area) = self.area() else { return };
        if form.contains(Some(&area)) {
            self.forget();
        } else if self.writing.with_value(|w| Some(&w.discard) == form.get_attribute("id").as_ref()) {
            let draft = self.now().unwrap_or_default();
            self.forget();
            toast::offer("Draft discarded", Callback::new(move |()| self.put(&draft)));
        }
    }

    fn typed(self, draft: &DraftView) {
        remember(&self.place(), draft);
        self.kept.set(Kept::Nothing);
        self.later(QUIET);
    }

    /// Puts a draft into the form as if it had been typed.
    fn put(self, draft: &DraftView) {
        self.fill(draft);
        self.typed(draft);
    }

    /// It is not wanted any more, or has become an entry.
    fn forget(self) {
        self.stop();
        remember(&self.place(), &DraftView::default());
        self.fill(&self.writing.with_value(|w| w.stored.clone()));
        self.kept.set(Kept::Nothing);
    }

    /// Saves now.
    fn save(self) {
        let Some(draft) = self.wanted() else { return };
        let (number, entry, page) = self.writing.with_value(|w| (w.number.clone(), w.entry.clone(), w.shown_for.clone()));
        let key = self.key().unwrap_or_default();
        spawn_local(async move {
            let DraftView { body, kind, visibility, occurred } = draft.clone();
            let outcome = save_draft(number, entry, body, key, kind, visibility, occurred, page).await;
            self.saved(&draft, outcome.err());
        });
    }

    /// What the server should hold: a text that is as it was before needs no draft. None when the page has been left;
    /// then the device keeps what it has.
    fn wanted(self) -> Option<DraftView> {
        let now = self.now()?;
        Some(if self.writing.with_value(|w| w.stored.body == now.body) { DraftView::default() } else { now })
    }

    fn saved(self, sent: &DraftView, fault: Option<Fault>) {
        let Some(wanted) = self.wanted() else { return };
        match fault {
            None if wanted == *sent => {
                remember(&self.place(), &DraftView::default());
                self.kept.set(if wanted.body.is_empty() { Kept::Nothing } else { Kept::Saved });
            }
            // It became an entry while it was on its way: what came too late must not stay.
            None if wanted.body.is_empty() => self.save(),
            None => {}
            Some(Fault::SignIn) => self.kept.set(Kept::SignedOut),
            // Too long: it will be no shorter when it is sent again as it is.
            Some(Fault::Invalid(_) | Fault::TooLarge { .. }) => self.kept.set(Kept::HereOnly),
            Some(_) => {
                self.kept.set(Kept::HereOnly);
                self.later(AGAIN);
            }
        }
    }

    fn later(self, pause: Duration) {
        self.stop();
        self.pause.set_value(set_timeout_with_handle(move || self.save(), pause).ok());
    }

    fn stop(self) {
        if let Some(Some(timeout)) = self.pause.try_update_value(Option::take) {
            timeout.clear();
        }
    }

    fn area(self) -> Option<web_sys::HtmlTextAreaElement> {
        let field = self.writing.try_with_value(|w| w.field.clone())?;
        document().get_element_by_id(&field)?.dyn_into().ok()
    }

    /// A field of the form that it is written in.
    fn beside(self, name: &str) -> Option<web_sys::Element> {
        self.area()?.closest("form").ok()??.query_selector(&format!("[name={name}]")).ok()?
    }

    /// The id of the form that it is written in.
    fn key(self) -> Option<String> {
        self.beside("key")?.get_attribute("value")
    }

    /// Whether something happened in the form that it is written in.
    fn holds(self, event: &web_sys::Event) -> bool {
        let form = self.area().and_then(|area| area.closest("form").ok().flatten());
        let target = event.target().and_then(|it| it.dyn_into::<web_sys::Node>().ok());
        form.is_some_and(|form| target.is_some_and(|it| form.contains(Some(&it))))
    }

    /// What the form holds. None when the page has been left.
    fn now(self) -> Option<DraftView> {
        let body = self.area()?.value();
        let chosen = |name: &str| self.beside(name).map(|field| value(&field)).unwrap_or_default();
        Some(DraftView { body, kind: chosen("kind"), visibility: chosen("visibility"), occurred: chosen("occurred") })
    }

    fn fill(self, draft: &DraftView) {
        let Some(area) = self.area() else { return };
        area.set_value(&draft.body);
        for (name, value) in [("kind", &draft.kind), ("visibility", &draft.visibility), ("occurred", &draft.occurred)] {
            if let Some(field) = self.beside(name) {
                set_value(&field, value);
            }
        }
    }

    fn place(self) -> String {
        self.writing.with_value(|w| {
            let entry = if w.entry.is_empty() { String::new() } else { format!(":{}", w.entry) };
            format!("draft:{}:{}{entry}", w.shown_for, w.number)
        })
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

thread_local! {
    /// Whether the person has signed out: from then on nothing is kept here.
    static SIGNED_OUT: Cell<bool> = const { Cell::new(false) };
}

/// After so long a sign-out that another tab began has arrived at the server.
#[cfg(feature = "hydrate")]
const AFTER_SIGN_OUT: Duration = Duration::from_secs(1);

/// What other tabs hear of when somebody signs out in one.
#[cfg(feature = "hydrate")]
const OUT: &str = "draft:signed-out";

/// Keeps what is typed with those who typed it: whoever signs in next at this device finds nothing of theirs, and whoever
/// signs out leaves nothing here, in no tab.
#[cfg(feature = "hydrate")]
pub fn watch() {
    let shown_for = document().document_element().and_then(|root| root.get_attribute("data-for")).unwrap_or_default();
    let me = shown_for.split('/').next().unwrap_or_default().to_owned();
    forget_all(|key| !me.is_empty() && !key.starts_with(&format!("draft:{me}/")));
    window_event_listener(ev::submit, |event| {
        let form = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        let leaves = form.and_then(|form| form.get_attribute("action")).is_some_and(|action| action.ends_with("/accounts/sign_out"));
        if leaves && !event.default_prevented() {
            sign_out();
        }
    });
    window_event_listener_untyped("storage", |event| {
        let of = |name: &str| js_sys::Reflect::get(&event, &name.into()).ok().and_then(|it| it.as_string());
        if of("key").as_deref() == Some(OUT) && of("newValue").is_some() {
            SIGNED_OUT.set(true);
            forget_all(|_| true);
            // The form that signs out is on its way: loaded at once, the page would come back as it was.
            set_timeout(|| drop(window().location().reload()), AFTER_SIGN_OUT);
        }
    });
    // A page that the browser had put aside is not shown as it was to whoever comes next.
    window_event_listener_untyped("pageshow", |_| {
        if SIGNED_OUT.get() {
            let _ = window().location().reload();
        }
    });
}

#[cfg(feature = "hydrate")]
fn sign_out() {
    if let Some(storage) = storage() {
        let _ = storage.set_item(OUT, "now");
    }
    SIGNED_OUT.set(true);
    forget_all(|_| true);
}

/// Removes the drafts that fit from this device.
#[cfg(feature = "hydrate")]
fn forget_all(fits: impl Fn(&str) -> bool) {
    let Some(storage) = storage() else { return };
    let length = storage.length().unwrap_or_default();
    let keys: Vec<String> = (0..length).filter_map(|at| storage.key(at).ok().flatten()).collect();
    for key in keys.iter().filter(|key| key.starts_with("draft:") && fits(key)) {
        let _ = storage.remove_item(key);
    }
}

fn recall(place: &str) -> Option<DraftView> {
    let text = storage()?.get_item(place).ok().flatten()?;
    // The text alone is what was kept before choices were.
    Some(serde_json::from_str(&text).unwrap_or_else(|_| DraftView { body: text, ..DraftView::default() }))
}

/// Keeps a draft on this device; an empty one is forgotten.
fn remember(place: &str, draft: &DraftView) {
    if let Some(storage) = storage().filter(|_| !SIGNED_OUT.get()) {
        let text = serde_json::to_string(draft).unwrap_or_default();
        let _ = if draft.body.is_empty() { storage.remove_item(place) } else { storage.set_item(place, &text) };
    }
}

/// What a list or a field holds.
fn value(field: &web_sys::Element) -> String {
    let list = field.dyn_ref::<web_sys::HtmlSelectElement>().map(web_sys::HtmlSelectElement::value);
    list.or_else(|| field.dyn_ref::<web_sys::HtmlInputElement>().map(web_sys::HtmlInputElement::value)).unwrap_or_default()
}

/// Chooses in a list, where there is something to choose, or writes into a field; whoever listens hears of it.
fn set_value(field: &web_sys::Element, value: &str) {
    if let Some(list) = field.dyn_ref::<web_sys::HtmlSelectElement>().filter(|_| !value.is_empty()) {
        list.set_value(value);
    } else if let Some(field) = field.dyn_ref::<web_sys::HtmlInputElement>() {
        field.set_value(value);
    }
    let init = web_sys::CustomEventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("change", &init) {
        let _ = field.dispatch_event(&event);
    }
}
