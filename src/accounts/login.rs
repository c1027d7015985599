//! Signing in.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    Viewer,
    api::{SignIn, SignOut},
};
use crate::ui::{Form, Hidden, PasswordField, Submit, TextField, address};

/// `/login`, and back to `?next=` afterwards.
pub struct LoginPage;

impl LoginPage {
    pub(crate) fn view() -> AnyView {
        let body = match use_context::<Option<Viewer>>().flatten() {
            Some(viewer) => Either::Left(view! { <AlreadyIn email=viewer.email /> }),
            None => Either::Right(view! { <SignInForm /> }),
        };
        view! {
            <Title text="Sign in" />
            <div class="page-narrow">{body}</div>
        }
        .into_any()
    }
}

#[component]
fn SignInForm() -> impl IntoView {
    let next = address::query("next");
    let kept = next.split(['?', '&']).any(|part| part.starts_with("kept="));
    view! {
        <div class="page-head">
            <h1>"Sign in"</h1>
            {kept.then(|| view! { <p>"Your session had ended. What you typed is kept: sign in, and it is there again."</p> })}
        </div>
        <Form action={<SignIn as ServerFn>::PATH} leave=true>
            <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true />
            <PasswordField name="password" label="Password" autocomplete="current-password" />
            <Hidden name="next" value=next />
            <div class="form-actions">
                <Submit>"Sign in"</Submit>
                <a href="/forgot">"I forgot my password"</a>
            </div>
        </Form>
        <p class="aside">"New here? " <a href="/signup">"Create an organisation"</a></p>
    }
}

/// Whoever is signed in needs no form; but perhaps another account.
#[component]
fn AlreadyIn(email: String) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>"You are signed in"</h1>
            <p>"As " <b>{email}</b> "."</p>
        </div>
        <Form action={<SignOut as ServerFn>::PATH} leave=true>
            <div class="form-actions">
                <a class="button primary" href="/home">
                    "Go to your work"
                </a>
                <Submit class="button">"Sign out"</Submit>
            </div>
        </Form>
    }
}
