use leptos::prelude::*;

/// How far a job has come. The words carry it ("890 of 1,434 cases"); the bar
/// repeats them for the eye.
#[component]
pub fn Progress(done: u64, total: u64, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="stack">
            <progress class="progress" value=done.to_string() max=total.max(1).to_string() aria-label=text.clone()></progress>
            <p role="status">{text}</p>
        </div>
    }
}

/// Holds the place of text that is on its way, so that nothing jumps. The
/// lines are decoration; the words say that something is being fetched.
#[component]
pub fn Skeleton(#[prop(default = 3)] lines: usize) -> impl IntoView {
    let line = |_| view! { <span class="skeleton" aria-hidden="true"></span> };
    view! {
        <div>
            <span class="visually-hidden">"Loading"</span>
            {(0..lines).map(line).collect_view()}
        </div>
    }
}
