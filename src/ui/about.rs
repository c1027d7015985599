use std::sync::LazyLock;

use leptos::{prelude::*, tachys::html::InertElement};

/// What every page leads to at its foot, also those that the machine makes itself.
const ABOUT: [(&str, &str); 9] = [
    ("/privacy", "Privacy policy"),
    ("/privacy/choices", "Your privacy choices"),
    ("/me/privacy", "Your data"),
    ("/privacy/request", "Privacy requests"),
    ("/cookies", "Cookies"),
    ("/trust", "Trust"),
    ("/security", "Security"),
    ("/subprocessors", "Sub-processors"),
    ("/accessibility", "Accessibility"),
];

/// The links as text, the same on all pages. They lead to pages for visitors, which are loaded whole.
pub static ABOUT_LINKS: LazyLock<String> = LazyLock::new(|| {
    let links: String = ABOUT.iter().map(|(href, label)| format!("<a href=\"{href}\" rel=\"external\">{label}</a>")).collect();
    format!("<nav aria-label=\"About\">{links}</nav>")
});

/// The links at the foot of every page.
#[component]
pub fn About(
    /// Whether the browser's opt-out signal holds.
    honoured: bool,
) -> impl IntoView {
    view! {
        {InertElement::new(ABOUT_LINKS.as_str())}
        {honoured.then(|| view! { <span>"Opt-out preference signal honoured"</span> })}
    }
}
