use leptos::{ev, html, prelude::*, web_sys};

use super::Icon;

/// A native `<dialog>`.
///
/// Without script it is a plain section of the page: the server renders it open
/// when the address asks for it (`?close`), and `back` is the address without.
/// With script it becomes modal, and the browser itself holds the focus inside,
/// closes it on Escape and gives the focus back.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    open: RwSignal<bool>,
    /// Where the cross leads without script.
    #[prop(into)]
    back: String,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    sync(node, open);
    let heading = format!("{id}-title");
    view! {
        <dialog
            id=id
            class="dialog"
            node_ref=node
            open=open.get_untracked()
            aria-labelledby=heading
            on:close=move |_| open.set(false)
        >
            <header>
                <h2 id=heading.clone()>{title}</h2>
                <a
                    class="button quiet square small"
                    href=back
                    aria-label="Close"
                    on:click=move |click: ev::MouseEvent| {
                        click.prevent_default();
                        open.set(false);
                    }
                >
                    <Icon name="close" />
                </a>
            </header>
            {children()}
        </dialog>
    }
}

/// Opens and closes the element as the signal says.
pub(super) fn sync(node: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        let open = open.get();
        if let Some(dialog) = node.get() {
            show(&dialog, open);
        }
    });
}

fn show(dialog: &web_sys::HtmlDialogElement, open: bool) {
    if !open {
        dialog.close();
    } else if !dialog.matches(":modal").unwrap_or(false) {
        // The server's `open` makes it a section; `show_modal` refuses those.
        dialog.set_open(false);
        // It fails only when the element has left the page, where it is moot.
        let _ = dialog.show_modal();
    }
}
