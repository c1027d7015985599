use leptos::prelude::*;

use super::{Icon, Tone};

/// A message in the flow of the page, which stays until its cause is gone.
/// What passes by itself is a toast.
#[component]
pub fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    // Only bad news interrupts a screen reader; the rest waits for its turn.
    let role = if tone == Tone::Danger { "alert" } else { "status" };
    view! {
        <div class="notice" data-tone=tone.name() role=role>
            <Icon name=tone.name() />
            <div>{children()}</div>
        </div>
    }
}
