use leptos::prelude::*;

use super::{Fold, Icon};

/// A button that opens a list of links and buttons. It is a `<details>`, opens
/// without script, and needs none of its own: `live` shuts whichever is open.
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shows the icon alone; the label is then for screen readers.
    #[prop(optional)]
    icon_only: bool,
    /// More classes for the button, such as `quiet` or `small`.
    #[prop(optional)]
    button: &'static str,
    children: Children,
) -> impl IntoView {
    let square = if icon_only { "square" } else { "" };
    let words = if icon_only { "visually-hidden" } else { "" };
    let heading = move || {
        view! {
            {icon.map(|name| view! { <Icon name=name /> })}
            <span class=words>{label.clone()}</span>
        }
    };
    view! {
        <Fold class="menu" button=format!("button {button} {square}") heading=heading>
            <div class="menu-list">{children()}</div>
        </Fold>
    }
}
