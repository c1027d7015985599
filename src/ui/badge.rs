use leptos::prelude::*;

use super::Tone;

/// A short fact beside a name ("You", "Expires in 2 days").
#[component]
pub fn Badge(#[prop(optional)] tone: Option<Tone>, children: Children) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.map(Tone::name)>
            {children()}
        </span>
    }
}

/// The state of something with a lifecycle. `kind` is `open`, `waiting` or
/// `closed` and picks colour and shape; the word is the organisation's own.
#[component]
pub fn State(kind: &'static str, #[prop(into)] label: String) -> impl IntoView {
    view! { <span class="state" data-kind=kind>{label}</span> }
}

/// `level` is `low`, `normal`, `high` or `urgent`: bars that grow, and a word.
#[component]
pub fn Priority(level: &'static str, #[prop(into)] label: String) -> impl IntoView {
    view! { <span class="priority" data-level=level>{label}</span> }
}

/// A deadline that has passed: a triangle before the words.
#[component]
pub fn Overdue(children: Children) -> impl IntoView {
    view! { <span class="overdue">{children()}</span> }
}

/// A tag that leads to everything else that carries it.
#[component]
pub fn Tag(#[prop(into)] name: String, #[prop(into)] href: String) -> impl IntoView {
    view! { <a class="tag" href=href>{name}</a> }
}
