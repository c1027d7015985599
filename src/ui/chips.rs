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

/// The panel of filters behind its button: a plain form whose answer is the address of a list. The fields are its
/// children; `clear` is the list without filters.
#[component]
pub fn FilterPanel(action: &'static str, show: &'static str, clear: String, children: Children) -> impl IntoView {
    view! {
        <details class="filters">
            <summary class="button small" data-key="f">
                <Icon name="filter" />
                "Filter"
            </summary>
            <form action=action>
                {children()}
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        {show}
                    </button>
                    <a class="button quiet" href=clear>
                        "Remove all filters"
                    </a>
                </div>
            </form>
        </details>
    }
}
