use leptos::prelude::*;

use super::{About, Icon, SkipLinks};

/// The plain frame around the pages that need no sign-in: a masthead, the page,
/// and who runs this with what they promise. `class` shapes the page
/// (`page-narrow` for a form, `landing`), `masthead` holds the links at the top.
#[component]
pub fn Visitor(
    #[prop(optional)] class: &'static str,
    /// Who runs this installation, as they named themselves.
    #[prop(into)]
    operator: String,
    masthead: AnyView,
    /// What comes before everything else: a question, or nothing.
    first: AnyView,
    /// Whether the browser's opt-out signal holds.
    honoured: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="app">
            <SkipLinks />
            {first}
            <header class="masthead">
                <a class="brand" href="/">
                    <Icon name="brand" />
                    <span>"CaseTrakr"</span>
                </a>
                <nav aria-label="Account">{masthead}</nav>
            </header>
            <main class=format!("page {class}") id="main" tabindex="-1">
                {children()}
            </main>
            <footer class="colophon">
                <span>"Run by " {operator}</span>
                <About honoured=honoured />
            </footer>
        </div>
    }
}
