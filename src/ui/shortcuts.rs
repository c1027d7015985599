use leptos::prelude::*;

use super::Dialog;

/// Key and what it does, as `live` has it.
const SHORTCUTS: [(&str, &str); 8] = [
    ("/", "Search"),
    ("Ctrl K", "Go to a page by its name"),
    ("c", "New case"),
    ("j, k", "Next and previous row of a list"),
    ("Enter", "Open the row"),
    ("x", "Select the row"),
    ("Esc", "Close a menu or a dialog"),
    ("?", "This list"),
];

/// What the keyboard can do, for whoever presses `?`.
#[component]
pub fn ShortcutHelp() -> impl IntoView {
    let line = |(key, meaning): (&'static str, &'static str)| {
        view! {
            <dt>
                <kbd class="kbd">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
        }
    };
    view! {
        <Dialog id="shortcuts" title="Keyboard shortcuts" back="#">
            <dl class="facts">{SHORTCUTS.into_iter().map(line).collect_view()}</dl>
        </Dialog>
    }
}
