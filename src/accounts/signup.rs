//! Sign-up: name, address, organisation and password, and nothing else.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

use super::{api::SignUp, model::POLICY_VERSION};
use crate::{
    privacy,
    ui::{CheckField, Form, PasswordField, Submit, TextField, browser},
};

/// `/signup`
pub struct SignUpPage {}

#[lazy_route]
impl LazyRoute for SignUpPage {
    fn data() -> Self {
        Self {}
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <Title text="Create your organisation" />
            <div class="page-narrow">
                <div class="page-head">
                    <h1>"Create your organisation"</h1>
                    <p>"You will be its owner. You can invite colleagues next."</p>
                </div>
                <Form action={<SignUp as ServerFn>::PATH} leave=true>
                    <TextField name="name" label="Your name" autocomplete="name" required=true />
                    <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true />
                    <TextField name="organisation" label="Organisation" autocomplete="organization" required=true />
                    <NewPasswordField />
                    <Attestation />
                    <TimeZone />
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

pub(super) const PASSWORD_HINT: &str = "At least 15 characters. A few words in a row are good; pasting is welcome.";

/// What everybody confirms who makes an account. Neither box is ticked for them.
#[component]
pub(super) fn Attestation() -> impl IntoView {
    view! {
        <CheckField name="adult">"I am 18 or older"</CheckField>
        <CheckField name="policy" value=POLICY_VERSION>
            "I have read the " <a href="/privacy" target="_blank">"privacy policy" <span class="visually-hidden">" (opens in a new tab)"</span></a> " of " {privacy::LAST_UPDATED}
        </CheckField>
    }
}

/// The zone that this browser is set to, so that nobody has to look for theirs in a list. Settings can change it.
#[component]
pub(super) fn TimeZone() -> impl IntoView {
    let zone = RwSignal::new(String::new());
    Effect::new(move || zone.set(browser::time_zone().unwrap_or_default()));
    view! { <input type="hidden" name="time_zone" value=zone /> }
}
