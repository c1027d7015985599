use leptos::prelude::*;

/// One of the views that a page offers. Each has an address of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    pub label: String,
    pub href: String,
    /// How much waits there, already grouped ("1,434").
    pub count: Option<String>,
    pub current: bool,
}

/// Views of one thing, as links: they can be bookmarked and opened beside each
/// other, and need no script. `label` names the row to screen readers.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    let tab = |tab: Tab| {
        view! {
            <a href=tab.href aria-current=tab.current.then_some("page")>
                {tab.label}
                {tab.count.map(|count| view! { <span class="count">{count}</span> })}
            </a>
        }
    };
    view! { <nav class="tabs" aria-label=label>{tabs.into_iter().map(tab).collect_view()}</nav> }
}

/// How far a person has come in a task of several pages: the steps by name,
/// and the index of the one that they are on.
#[component]
pub fn Steps(steps: Vec<&'static str>, current: usize) -> impl IntoView {
    let step = |(index, name): (usize, &'static str)| {
        view! {
            <li data-done=(index < current).then_some("") aria-current=(index == current).then_some("step")>
                {name}
            </li>
        }
    };
    view! { <ol class="steps">{steps.into_iter().enumerate().map(step).collect_view()}</ol> }
}
