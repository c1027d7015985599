use leptos::prelude::*;

use super::Icon;

/// A native `<dialog>`.
///
/// Without script it is a plain section of the page: the server renders it open
/// when the address asks for it (`?close`), and `back` is the address without.
/// With script whatever carries `data-opens` with its id makes it modal, and the
/// browser itself holds the focus inside, closes it on Escape and gives it back.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    /// Whether it is part of the page from the start.
    #[prop(optional)]
    open: bool,
    /// Where the cross leads without script.
    #[prop(into)]
    back: String,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    view! {
        <dialog id=id class="dialog" open=open aria-labelledby=heading>
            <header>
                <h2 id=heading.clone()>{title}</h2>
                <a class="button quiet square small" href=back aria-label="Close" data-closes>
                    <Icon name="close" />
                </a>
            </header>
            {children()}
        </dialog>
    }
}
