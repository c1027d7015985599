//! Typing is sacred: what somebody writes on a case is kept while they write it, and is back when they are.
//!
//! Every keystroke is kept on the device; a pause later it goes to the server, and when it has arrived there the device
//! forgets it. So the device holds exactly what the server does not have yet, and wins where both hold something.

use leptos::{prelude::*, server_fn::ServerFn, web_sys};

use super::api::SaveDraft;
use crate::{
    accounts::Viewer,
    fault::Fault,
    ids::{Id, kinds},
    ui::browser::{self, Pause},
};

/// After this much quiet the server gets it.
const QUIET: u32 = 800;
/// After this much time it is tried again.
const AGAIN: u32 = 10_000;

/// How safe the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// There is none, or it is being typed.
    Nothing,
    /// It was found when the page came.
    Restored,
    /// The server has it.
    Saved,
    /// Only the device has it; the server could not be reached.
    HereOnly,
    /// Only the device has it; the session has ended.
    SignedOut,
}

/// What is being written on one case: a new entry, or another text for one that is there.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// The text as typed.
    pub text: RwSignal<String>,
    /// How safe it is.
    pub kept: RwSignal<Kept>,
    number: StoredValue<String>,
    /// The entry whose text it changes; empty for a new one.
    entry: StoredValue<String>,
    /// The text as it stands without this draft.
    stored: StoredValue<String>,
    place: StoredValue<String>,
    key: StoredValue<Option<Id<kinds::Entry>>>,
    pause: StoredValue<Pause>,
}

impl Draft {
    pub(super) fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            kept: RwSignal::new(Kept::Nothing),
            number: StoredValue::new(String::new()),
            entry: StoredValue::new(String::new()),
            stored: StoredValue::new(String::new()),
            place: StoredValue::new(String::new()),
            key: StoredValue::new(None),
            pause: StoredValue::new(Pause::default()),
        }
    }

    /// Begins with a case and what the server has for it. The same case again, fetched anew, changes nothing.
    pub(super) fn begin(self, number: &str, text: String, key: Id<kinds::Entry>) {
        if self.number.with_value(|n| n == number) {
            if self.key.get_value().is_none() {
                self.key.set_value(Some(key));
            }
            return;
        }
        let user = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.user.to_string()).unwrap_or_default();
        self.number.set_value(number.to_owned());
        self.place.set_value(format!("draft:{user}:{number}"));
        self.key.set_value(Some(key));
        self.kept.set(if text.is_empty() { Kept::Nothing } else { Kept::Restored });
        self.text.set(text);
    }

    /// Begins to change the text of an entry, or goes on with it where `draft` is what was kept. Answers what its field shows.
    pub(super) fn change(self, number: &str, entry: &str, stored: &str, draft: Option<String>) -> String {
        let same = self.number.with_value(|n| n == number) && self.entry.with_value(|e| e == entry);
        if same && self.stored.with_value(|s| s == stored) {
            return self.text.get_untracked();
        }
        let user = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.user.to_string()).unwrap_or_default();
        self.pause.update_value(Pause::stop);
        self.number.set_value(number.to_owned());
        self.entry.set_value(entry.to_owned());
        self.stored.set_value(stored.to_owned());
        self.place.set_value(format!("draft:{user}:{number}:{entry}"));
        self.kept.set(if draft.is_some() { Kept::Restored } else { Kept::Nothing });
        let text = draft.unwrap_or_else(|| stored.to_owned());
        self.text.set(text.clone());
        text
    }

    /// The id of the next entry. It changes only when one has been written, so sending it twice writes one.
    pub(super) fn key(self) -> String {
        self.key.get_value().map(|key| key.to_string()).unwrap_or_default()
    }

    /// The page is alive: takes what was typed before, or what only this device has.
    pub(super) fn wake(self, area: &web_sys::HtmlTextAreaElement) {
        let typed = area.value();
        if typed != self.text.get_untracked() {
            return self.typed(typed);
        }
        let here = self.place.with_value(|place| browser::recall(place)).unwrap_or_default();
        // Of a new entry the longer text is the later one; a text that is being changed may have become shorter.
        let changing = self.entry.with_value(|entry| !entry.is_empty());
        if (changing && !here.is_empty() && here != typed) || here.chars().count() > typed.chars().count() {
            self.put(area, here);
            self.kept.set(Kept::Restored);
        }
    }

    /// A keystroke.
    pub(super) fn typed(self, text: String) {
        self.place.with_value(|place| browser::remember(place, &text));
        self.text.set(text);
        self.kept.set(Kept::Nothing);
        self.later(QUIET);
    }

    /// Writes a text into the field as if it had been typed.
    pub(super) fn put(self, area: &web_sys::HtmlTextAreaElement, text: String) {
        // "Undo" may be pressed when the page has been left.
        if self.text.try_get_untracked().is_none() {
            return;
        }
        area.set_value(&text);
        self.typed(text);
    }

    /// Saves now, for instance when the person has signed in again.
    pub(super) fn save(self) {
        let body = self.wanted(self.text.get_untracked());
        let pairs = vec![("number", self.number.get_value()), ("entry", self.entry.get_value()), ("body", body.clone())];
        browser::post_pairs(SaveDraft::PATH, pairs, move |outcome| self.sent(&body, outcome.err()));
    }

    /// What the server should hold: a text that is as it was before needs no draft.
    fn wanted(self, text: String) -> String {
        if self.stored.with_value(|stored| *stored == text) { String::new() } else { text }
    }

    fn sent(self, sent: &str, fault: Option<Fault>) {
        // The page may have been left meanwhile; then the device keeps what it has.
        let Some(now) = self.text.try_get_untracked() else { return };
        let wanted = self.wanted(now);
        match fault {
            None if wanted == sent => {
                self.place.with_value(|place| browser::remember(place, ""));
                self.kept.set(if wanted.is_empty() { Kept::Nothing } else { Kept::Saved });
            }
            // It became an entry while it was on its way: what came too late must not stay.
            None if wanted.is_empty() => self.save(),
            None => {}
            Some(Fault::SignIn) => self.kept.set(Kept::SignedOut),
            Some(_) => {
                self.kept.set(Kept::HereOnly);
                self.later(AGAIN);
            }
        }
    }

    fn later(self, millis: u32) {
        self.pause.update_value(|pause| pause.then(millis, move || self.save()));
    }

    /// It has become an entry, or is not wanted any more.
    pub(super) fn forget(self, area: &web_sys::HtmlTextAreaElement) {
        self.pause.update_value(Pause::stop);
        self.place.with_value(|place| browser::remember(place, ""));
        let before = self.stored.get_value();
        area.set_value(&before);
        self.text.set(before);
        self.kept.set(Kept::Nothing);
    }

    /// The text of the entry is saved as it is here.
    pub(super) fn changed(self) {
        self.pause.update_value(Pause::stop);
        self.place.with_value(|place| browser::remember(place, ""));
        self.stored.set_value(self.text.get_untracked());
        self.kept.set(Kept::Nothing);
    }

    /// It has become an entry: the next one gets another id.
    pub(super) fn written(self) {
        self.key.set_value(None);
    }
}
