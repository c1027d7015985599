use std::sync::LazyLock;

use leptos::{prelude::*, reactive::owner::Owner, tachys::html::InertElement};

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

/// On every page and always the same: drawn once for all.
static DRAWN: LazyLock<String> = LazyLock::new(|| {
    let line = |(key, meaning): (&'static str, &'static str)| {
        view! {
            <dt>
                <kbd class="kbd">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
        }
    };
    let dialog = || {
        view! {
            <Dialog id="shortcuts" title="Keyboard shortcuts">
                <dl class="facts">{SHORTCUTS.into_iter().map(line).collect_view()}</dl>
            </Dialog>
        }
    };
    Owner::new().with(|| dialog().into_any().to_html())
});

/// What the keyboard can do, for whoever presses `?`.
#[component]
pub fn ShortcutHelp() -> impl IntoView {
    InertElement::new(DRAWN.as_str())
}
