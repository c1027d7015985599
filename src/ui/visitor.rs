use leptos::prelude::*;

use super::{Icon, SkipLinks, focus::focus_main_on};

/// The plain frame around the pages that need no sign-in: a masthead, the page,
/// and who runs this with what they promise. `class` shapes the page
/// (`page-narrow` for a form, `landing`), `masthead` holds the links at the top.
#[component]
pub fn Visitor(
    #[prop(optional)] class: &'static str,
    #[prop(into)] path: Signal<String>,
    /// Who runs this installation, as they named themselves.
    #[prop(into)]
    operator: String,
    masthead: AnyView,
    children: Children,
) -> impl IntoView {
    focus_main_on(path);
    view! {
        <div class="app">
            <SkipLinks />
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
                <nav aria-label="About">
                    <a href="/privacy">"Privacy policy"</a>
                    <a href="/privacy/request">"Privacy requests"</a>
                    <a href="/cookies">"Cookies"</a>
                    <a href="/accessibility">"Accessibility"</a>
                </nav>
            </footer>
        </div>
    }
}
