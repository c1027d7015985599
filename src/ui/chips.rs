use leptos::prelude::*;

use super::Icon;

/// A row of chips that reads as one sentence. `lead` opens it ("Cases that
/// are"); the chips and the filter panel follow as children.
#[component]
pub fn Chips(#[prop(into)] lead: String, children: Children) -> impl IntoView {
    view! { <div class="chips"><span>{lead}</span>{children()}</div> }
}

/// One part of the sentence, such as "assigned to" and "Maria". The cross is a
/// link to the same list without it.
#[component]
pub fn Chip(#[prop(optional, into)] name: String, #[prop(into)] value: String, #[prop(into)] without: String) -> impl IntoView {
    let remove = format!("Remove: {name} {value}");
    view! {
        <span class="chip">
            <span>{name} " " <b>{value}</b></span>
            <a href=without aria-label=remove>
                <Icon name="close" />
            </a>
        </span>
    }
}
