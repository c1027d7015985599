use leptos::prelude::*;

use super::Icon;

/// A native `<dialog>` for what only script can do: whatever carries `data-opens`
/// with its id makes it modal, and the browser itself holds the focus inside,
/// closes it on Escape and gives it back.
#[component]
pub fn Dialog(id: &'static str, #[prop(into)] title: String, children: Children) -> impl IntoView {
    let heading = format!("{id}-title");
    view! {
        <dialog id=id class="dialog" aria-labelledby=heading>
            <div class="dialog-head">
                <h2 id=heading.clone()>{title}</h2>
                <button type="button" class="button quiet square small" aria-label="Close" data-closes>
                    <Icon name="close" />
                </button>
            </div>
            {children()}
        </dialog>
    }
}
