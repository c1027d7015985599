//! Everything that happened on a case, the newest first, set like a diary.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{CaseView, EntryView, PinEntry},
    looking::Looking,
};
use crate::ui::{Form, Hidden, Tab, Tabs};

/// Key and words of what can be shown alone.
const KINDS: [(&str, &str); 9] = [
    ("", "Everything"),
    ("written", "Written"),
    ("note", "Notes"),
    ("call", "Calls"),
    ("meeting", "Meetings"),
    ("email", "E-mails"),
    ("event", "Events"),
    ("state", "States"),
    ("field", "Changes"),
];

/// The entries, with what narrows them.
#[component]
pub(super) fn Timeline(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let number = case.number.clone();
    let here = format!("/cases/{number}");
    let tabs = KINDS
        .into_iter()
        // Only an import brings events.
        .filter(|(key, _)| *key != "event" || !case.external_id.is_empty())
        .map(|(key, words)| Tab {
            label: words.to_owned(),
            href: if key.is_empty() { here.clone() } else { format!("{here}?show={key}") },
            count: None,
            current: case.shown_kind == key,
        })
        .collect();
    let pins = case.may_write.then(|| {
        let (pinned, unpinned) = (number.clone(), number.clone());
        view! {
            <Form action={PinEntry::PATH} id="pin" key="pin">
                <Hidden name="number" value=pinned />
                <Hidden name="pin" value="yes" />
            </Form>
            <Form action={PinEntry::PATH} id="unpin" key="unpin">
                <Hidden name="number" value=unpinned />
            </Form>
        }
    });
    let show = if case.shown_kind.is_empty() { String::new() } else { format!("&show={}", case.shown_kind) };
    let earlier = case.earlier.as_ref().map(|before| format!("{here}?before={before}{show}"));
    let newest = (!at.before.is_empty()).then(|| format!("{here}{}", show.replacen('&', "?", 1)));
    // Paper has no links to the rest, so it says that there is a rest.
    let newer = newest.is_some().then_some("Newer entries are not printed here.");
    let older = earlier.is_some().then_some("Earlier entries are not printed here.");
    let alone = KINDS.into_iter().find(|(key, _)| !key.is_empty() && *key == case.shown_kind);
    let alone = alone.map(|(_, words)| format!("Entries of other kinds are not printed here: this is “{words}”."));
    let on_paper =
        [alone, newer.map(str::to_owned)].into_iter().flatten().map(|words| view! { <p class="on-paper">{words}</p> }).collect_view();
    let nothing = case.entries.is_empty().then(|| view! { <p class="hint">"Nothing of this kind has happened yet."</p> });
    let entries = days(&case.entries, &at);
    view! {
        <Tabs label="Kinds of entry" tabs=tabs />
        {pins}
        {on_paper}
        {nothing}
        <div class="timeline">{entries}</div>
        {older.map(|words| view! { <p class="on-paper">{words}</p> })}
        <nav class="pager" aria-label="Earlier and later entries">
            {newest.map(|href| view! { <a class="button" href=href>"Newest entries"</a> })}
            {earlier.map(|href| view! { <a class="button" href=href>"Earlier entries"</a> })}
        </nav>
    }
}

/// The pinned ones first, then each day under its name.
fn days(entries: &[EntryView], at: &Looking) -> Vec<AnyView> {
    let mut day = String::new();
    let mut all = Vec::with_capacity(entries.len() + 8);
    for entry in entries {
        if !entry.pinned && entry.at.day != day {
            day.clone_from(&entry.at.day);
            all.push(view! { <h3 class="timeline-day">{day.clone()}</h3> }.into_any());
        }
        all.push(super::entry::entry(entry, at));
    }
    all
}
