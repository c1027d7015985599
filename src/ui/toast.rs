use std::{cell::Cell, time::Duration};

use leptos::prelude::*;

use super::Icon;

/// What has just happened, in a few words, with a way back where there is one.
/// One at a time: the newest replaces the last, so nothing piles up over the
/// work. Whatever must not be missed is a `Notice` instead.
#[derive(Clone)]
struct Toast {
    turn: u32,
    text: String,
    undo: Option<Callback<()>>,
}

thread_local! {
    // A browser has one page; on the server there are no toasts.
    static SHOWN: Cell<Option<RwSignal<Option<Toast>>>> = const { Cell::new(None) };
}

/// Makes toasts work on this page, for as long as it is open.
#[cfg(feature = "hydrate")]
pub(super) fn provide() {
    SHOWN.set(Some(RwSignal::new(None)));
}

/// Says something that needs no answer.
pub fn say(text: impl Into<String>) {
    show(text.into(), None, Duration::from_secs(8));
}

/// Says something that can be taken back, and leaves time to do so.
pub fn offer(text: impl Into<String>, undo: Callback<()>) {
    show(text.into(), Some(undo), Duration::from_secs(20));
}

fn show(text: String, undo: Option<Callback<()>>, stay: Duration) {
    let Some(shown) = SHOWN.get() else { return };
    let turn = shown.with_untracked(|last| last.as_ref().map_or(0, |last| last.turn + 1));
    shown.set(Some(Toast { turn, text, undo }));
    set_timeout(move || clear(shown, turn), stay);
}

fn clear(shown: RwSignal<Option<Toast>>, turn: u32) {
    if shown.with_untracked(|now| now.as_ref().is_some_and(|now| now.turn == turn)) {
        shown.set(None);
    }
}

/// Where toasts appear. It stands in the page from the start, since a live
/// region that arrives together with its text is not read out.
#[island]
pub fn ToastRegion() -> impl IntoView {
    let shown = SHOWN.get();
    let now = move || shown.and_then(|shown| shown.get().map(|toast| view! { <Shown toast=toast shown=shown /> }));
    view! {
        <div class="toasts" role="status">
            {now}
        </div>
    }
}

#[component]
fn Shown(toast: Toast, shown: RwSignal<Option<Toast>>) -> impl IntoView {
    let turn = toast.turn;
    let undo = toast.undo.map(|undo| {
        Callback::new(move |()| {
            // The page on which it was done may have been left.
            undo.try_run(());
            clear(shown, turn);
        })
    });
    view! { <ToastLook text=toast.text undo=undo dismiss=Callback::new(move |()| clear(shown, turn)) /> }
}

/// One toast as it looks.
#[component]
pub(super) fn ToastLook(text: String, undo: Option<Callback<()>>, dismiss: Callback<()>) -> impl IntoView {
    let undo = undo.map(|undo| {
        view! {
            <button class="button small" type="button" on:click=move |_| undo.run(())>
                "Undo"
            </button>
        }
    });
    view! {
        <div class="toast">
            <span>{text}</span>
            {undo}
            <button class="button small square" type="button" aria-label="Dismiss" on:click=move |_| dismiss.run(())>
                <Icon name="close" />
            </button>
        </div>
    }
}
