use leptos::prelude::*;

/// What every page leads to at its foot, also those that the machine makes itself.
pub const ABOUT: [(&str, &str); 9] = [
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

/// The links at the foot of every page. They lead to pages for visitors, which are loaded whole.
#[component]
pub fn About(
    /// Whether the browser's opt-out signal holds.
    honoured: bool,
) -> impl IntoView {
    let link = |(href, label): (&'static str, &'static str)| view! { <a href=href rel="external">{label}</a> };
    view! {
        <nav aria-label="About">{ABOUT.into_iter().map(link).collect_view()}</nav>
        {honoured.then(|| view! { <span>"Opt-out preference signal honoured"</span> })}
    }
}
