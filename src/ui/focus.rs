use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

/// After a soft navigation the focus goes to the start of the page, as it would
/// have with a full one. Otherwise it stays on a link that is gone, and a
/// screen reader says nothing at all.
pub fn focus_main_on(path: Signal<String>) {
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now)
            && let Some(main) = document().get_element_by_id("main")
        {
            let _ = main.unchecked_into::<web_sys::HtmlElement>().focus();
        }
        now
    });
}

/// The first thing on every page: past everything that repeats.
#[component]
pub fn SkipLinks() -> impl IntoView {
    view! {
        <div class="skip-links">
            // `rel` keeps the router from taking it for a navigation.
            <a href="#main" rel="external">
                "Skip to content"
            </a>
        </div>
    }
}
