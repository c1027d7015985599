use leptos::prelude::*;

/// The first thing on every page: past everything that repeats.
#[component]
pub fn SkipLinks() -> impl IntoView {
    view! {
        <div class="skip-links">
            <a href="#main">
                "Skip to content"
            </a>
        </div>
    }
}
