use leptos::prelude::*;

use super::{Dialog, Form, Hidden, PasswordField, Submit};

/// Signing in again without leaving the page. A session may end under the hands of somebody who writes; whatever was
/// refused for it asks here, and goes on when the person is back.
#[derive(Clone, Copy)]
pub struct SignInAgain {
    open: RwSignal<bool>,
    waiting: RwSignal<Option<Callback<()>>>,
}

impl SignInAgain {
    /// Makes it known to everything below here.
    pub fn provide() -> Self {
        let it = Self { open: RwSignal::new(false), waiting: RwSignal::new(None) };
        provide_context(it);
        it
    }

    /// Opens the dialog; `then` runs when the person has signed in.
    pub fn ask(self, then: Callback<()>) {
        // First the fields, then the dialog: it gives the focus to what stands in it when it opens.
        self.waiting.set(Some(then));
        self.open.set(true);
    }

    fn done(self) {
        let then = self.waiting.get_untracked();
        self.open.set(false);
        self.waiting.set(None);
        if let Some(then) = then {
            then.run(());
        }
    }
}

/// The dialog. It stands once in the frame, and is empty until it is needed. `action` is the path of the sign-in function.
#[component]
pub fn SignInDialog(session: SignInAgain, action: &'static str, #[prop(into)] email: String) -> impl IntoView {
    let fields = move || {
        let email = email.clone();
        session.waiting.get().map(|_| {
            view! {
                <Form action=action key="again" class="stack" done=Callback::new(move |()| session.done())>
                    <p>"Your session has ended. What you typed is still on the page behind this."</p>
                    // Somebody else's draft is none of their business: this page goes on with the same person only.
                    <div class="field">
                        <label for="again-email">"E-mail"</label>
                        <input id="again-email" name="email" type="email" autocomplete="username" readonly value=email />
                    </div>
                    <PasswordField name="password" label="Password" autocomplete="current-password" autofocus=true />
                    <Hidden name="here" value="1" />
                    <div>
                        <Submit>"Sign in"</Submit>
                    </div>
                </Form>
            }
        })
    };
    view! {
        <Dialog id="sign-in-again" title="Sign in again" open=session.open back="/login">
            {fields}
        </Dialog>
    }
}
