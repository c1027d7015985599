//! Signing in again without leaving the page. A session may end under the hands of somebody who writes; whatever was
//! refused for it asks here, and goes on when the person is back.

use std::cell::RefCell;

use leptos::{ev, html, prelude::*, task::spawn_local};

use super::Icon;
use crate::fault::{Answer, Fault};

/// What waits until the person is back.
type Waiting = Box<dyn FnOnce()>;

thread_local! {
    // A browser has one page; on the server nobody waits.
    static ASKED: RefCell<Option<(RwSignal<bool>, Option<Waiting>)>> = const { RefCell::new(None) };
}

/// Makes it work on this page, for as long as it is open.
#[cfg(feature = "hydrate")]
pub(super) fn provide() {
    ASKED.set(Some((RwSignal::new(false), None)));
}

/// Opens the dialog; `then` runs when the person has signed in.
pub fn ask(then: impl FnOnce() + 'static) {
    let open = ASKED.with_borrow_mut(|asked| {
        asked.as_mut().map(|(open, waiting)| {
            *waiting = Some(Box::new(then));
            *open
        })
    });
    if let Some(open) = open {
        open.set(true);
    }
}

fn go_on() {
    let waiting = ASKED.with_borrow_mut(|asked| asked.as_mut().and_then(|(_, waiting)| waiting.take()));
    if let Some(then) = waiting {
        then();
    }
}

/// How the person signs in: with address and password, to go on with a page that was made for them.
pub type SignIn = fn(String, String, String) -> std::pin::Pin<Box<dyn Future<Output = Answer<()>>>>;

/// The dialog, empty until it is needed. Somebody else's draft is none of their business: the page goes on with the same
/// person only.
#[component]
pub fn SignInDialog(email: String, shown_for: String, sign_in: SignIn) -> impl IntoView {
    let open = ASKED.with_borrow(|asked| asked.as_ref().map(|(open, _)| *open));
    let node = NodeRef::<html::Dialog>::new();
    let fault = RwSignal::new(None::<Fault>);
    Effect::new(move |_| {
        let wanted = open.is_some_and(|open| open.get());
        let Some(dialog) = node.get() else { return };
        if !wanted {
            dialog.close();
        } else if !dialog.matches(":modal").unwrap_or(false) {
            let _ = dialog.show_modal();
        }
    });
    let shut = move || {
        fault.set(None);
        if let Some(open) = open {
            open.set(false);
        }
    };
    let password = NodeRef::<html::Input>::new();
    let address = StoredValue::new(email);
    let page = StoredValue::new(shown_for);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = password.get_untracked().map(|field| field.value()).unwrap_or_default();
        spawn_local(async move {
            match sign_in(address.get_value(), typed, page.get_value()).await {
                Ok(()) => {
                    shut();
                    go_on();
                }
                Err(refused) => fault.set(Some(refused)),
            }
        });
    };
    let complaint = move || fault.get().map(|fault| fault.about("password").map_or_else(|| fault.sentence(), str::to_owned));
    let fields = move || {
        open.is_some_and(|open| open.get()).then(|| {
            view! {
                <form class="stack" method="post" novalidate on:submit=submit>
                    <p>"Your session has ended. What you typed is still on the page behind this."</p>
                    <div class="field">
                        <label for="again-email">"E-mail"</label>
                        <input id="again-email" type="email" autocomplete="username" readonly value=address.get_value() />
                    </div>
                    <div class="field">
                        <label for="again-password">"Password"</label>
                        <input
                            id="again-password"
                            type="password"
                            autocomplete="current-password"
                            autofocus
                            node_ref=password
                            aria-invalid=move || fault.with(Option::is_some).then_some("true")
                            aria-describedby="again-error"
                        />
                        <p class="field-error" id="again-error" role="alert">{complaint}</p>
                    </div>
                    <div>
                        <button class="button primary" type="submit">
                            "Sign in"
                        </button>
                    </div>
                </form>
            }
        })
    };
    view! {
        <dialog id="sign-in-again" class="dialog" node_ref=node aria-labelledby="sign-in-again-title" on:close=move |_| shut()>
            <div class="dialog-head">
                <h2 id="sign-in-again-title">"Sign in again"</h2>
                <button class="button quiet square small" type="button" aria-label="Close" on:click=move |_| shut()>
                    <Icon name="close" />
                </button>
            </div>
            {fields}
        </dialog>
    }
}
