//! Sign-up: name, address, organisation and password, and nothing else.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{api::SignUp, me::PASSWORD_HINT, setup::Setup};
use crate::{
    privacy::{self, policy::Shown},
    server::visit::visit,
    ui::{CheckField, Form, PasswordField, Submit, TextField},
};

/// `/signup`
pub struct SignUpPage;

impl SignUpPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Create your organisation" />
            <div class="page-narrow">
                <div class="page-head">
                    <h1>"Create your organisation"</h1>
                    <p>"You will be its owner. You can invite colleagues next."</p>
                </div>
                <Form action={<SignUp as ServerFn>::PATH} leave=true>
                    <Setup />
                    <TextField name="name" label="Your name" autocomplete="name" required=true />
                    <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true />
                    <TextField name="organisation" label="Organisation" autocomplete="organization" required=true />
                    <NewPasswordField />
                    <Attestation />
                    <div class="form-actions">
                        <Submit>"Create organisation"</Submit>
                    </div>
                </Form>
                <p class="aside">"Already have an account? " <a href="/login">"Sign in"</a></p>
            </div>
        }
        .into_any()
    }
}

/// A password that is being chosen, with the one rule that a person has to know before.
#[component]
pub(super) fn NewPasswordField() -> impl IntoView {
    view! { <PasswordField name="password" label="Password" hint=PASSWORD_HINT autocomplete="new-password" /> }
}

/// What everybody confirms who makes an account. Neither box is ticked for them.
#[component]
pub(super) fn Attestation() -> impl IntoView {
    let visit = visit();
    let shown = async move {
        let visit = visit?;
        privacy::policy::shown(&visit.db, visit.state.clock.now()).await
    };
    view! {
        <CheckField name="adult">"I am 18 or older"</CheckField>
        {crate::ui::loaded(shown, |shown| view! { <HaveRead shown=shown /> }.into_any())}
    }
}

#[component]
fn HaveRead(shown: Shown) -> impl IntoView {
    view! {
        <CheckField name="policy" value=shown.name>
            "I have read the " <a href="/privacy" target="_blank">"privacy policy" <span class="visually-hidden">" (opens in a new tab)"</span></a> " of " {shown.day}
        </CheckField>
    }
}
