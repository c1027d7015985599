use std::time::Duration;

use leptos::prelude::*;

use super::Icon;

/// What has just happened, in a few words, with a way back where there is one.
/// One at a time: the newest replaces the last, so nothing piles up over the
/// work. Whatever must not be missed is a `Notice` instead.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Option<Toast>>);

#[derive(Clone)]
struct Toast {
    turn: u32,
    text: String,
    undo: Option<Callback<()>>,
}

/// Makes `use_toasts` work below here. `Frame` calls it.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts(RwSignal::new(None));
    provide_context(toasts);
    toasts
}

/// The toasts of this page.
pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(provide_toasts)
}

impl Toasts {
    /// Says something that needs no answer.
    pub fn say(self, text: impl Into<String>) {
        self.show(text.into(), None, Duration::from_secs(8));
    }

    /// Says something that can be taken back, and leaves time to do so.
    pub fn offer(self, text: impl Into<String>, undo: Callback<()>) {
        self.show(text.into(), Some(undo), Duration::from_secs(20));
    }

    fn show(self, text: String, undo: Option<Callback<()>>, stay: Duration) {
        let turn = self.0.with_untracked(|last| last.as_ref().map_or(0, |last| last.turn + 1));
        self.0.set(Some(Toast { turn, text, undo }));
        set_timeout(move || self.clear(turn), stay);
    }

    fn clear(self, turn: u32) {
        let due = self.0.try_with_untracked(|now| now.as_ref().is_some_and(|now| now.turn == turn));
        if due == Some(true) {
            self.0.set(None);
        }
    }
}

/// Where toasts appear. It stands in the page from the start, since a live
/// region that arrives together with its text is not read out.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    view! {
        <div class="toasts" role="status">
            {move || toasts.0.get().map(|toast| view! { <Shown toast=toast toasts=toasts /> })}
        </div>
    }
}

#[component]
fn Shown(toast: Toast, toasts: Toasts) -> impl IntoView {
    let turn = toast.turn;
    let undo = toast.undo.map(|undo| {
        let take_back = move |_| {
            undo.run(());
            toasts.clear(turn);
        };
        view! {
            <button class="button small" type="button" on:click=take_back>
                "Undo"
            </button>
        }
    });
    view! {
        <div class="toast">
            <span>{toast.text}</span>
            {undo}
            <button class="button small square" type="button" aria-label="Dismiss" on:click=move |_| toasts.clear(turn)>
                <Icon name="close" />
            </button>
        </div>
    }
}
