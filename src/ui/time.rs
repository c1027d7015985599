use leptos::prelude::*;

/// A moment. The server formats it in the organisation's zone, so that the
/// browser needs neither time zones nor a calendar; `iso` is for machines.
#[component]
pub fn Time(#[prop(into)] iso: String, #[prop(into)] text: String) -> impl IntoView {
    view! { <time datetime=iso>{text}</time> }
}
