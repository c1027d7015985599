use leptos::prelude::*;

/// What stands at the foot of every page: what is promised here, and where it can be seen to hold.
/// They are pages for visitors, which are loaded whole.
#[component]
pub fn Colophon(
    /// Who runs this installation; left out where there is no room.
    #[prop(optional, into)]
    operator: String,
) -> impl IntoView {
    view! {
        <footer class="colophon">
            {(!operator.is_empty()).then(|| view! { <span>"Run by " {operator}</span> })}
            <nav aria-label="About">
                <a href="/privacy">"Privacy policy"</a>
                <a href="/trust">"Trust"</a>
                <a href="/security">"Security"</a>
                <a href="/subprocessors">"Sub-processors"</a>
                <a href="/cookies">"Cookies"</a>
                <a href="/accessibility">"Accessibility"</a>
            </nav>
        </footer>
    }
}
