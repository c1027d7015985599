//! An invitation, seen by its holder.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    Viewer,
    api::{Accept, AcceptNew, InvitedView, SignOut, invitation},
    forgotten::token,
    signup::{Attestation, NewPasswordField},
};
use crate::ui::{Form, Subject, Submit, TextField, TokenFields, WayOn};

/// `/invite/:token`
pub struct InvitePage;

impl InvitePage {
    pub(crate) fn view() -> AnyView {
        let token = token();
        let invited = invitation(token.clone());
        let viewer = use_context::<Option<Viewer>>().flatten();
        let show = move |invited: InvitedView| {
            let head = view! { <Head invited=invited.clone() /> };
            let way = match &viewer {
                Some(viewer) if viewer.email.eq_ignore_ascii_case(&invited.email) => {
                    view! { <Join token=token invited=invited /> }.into_any()
                }
                Some(viewer) => view! { <SomebodyElse mine=viewer.email.clone() theirs=invited.email /> }.into_any(),
                None if invited.has_account => view! { <SignInFirst token=token email=invited.email /> }.into_any(),
                None => view! { <NewAccount token=token email=invited.email /> }.into_any(),
            };
            view! {
                {head}
                {way}
            }
        };
        provide_context(WayOn {
            words: "It was used, taken back, or is older than it may be. If you have joined already, sign in. Else ask whoever invited you for a new invitation.",
            place: ("/login", "Sign in"),
        });
        view! {
            <Title text="Invitation" />
            <div class="page-narrow">
                <Subject of=invited show=show />
            </div>
        }
        .into_any()
    }
}

#[component]
fn Head(invited: InvitedView) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>"Join " {invited.organisation}</h1>
            <p>
                {invited.invited_by} " invites you as " <b>{invited.role.label().to_lowercase()}</b> ": " {inside(invited.role.explanation())}
            </p>
        </div>
    }
}

/// A sentence as the second half of another.
fn inside(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

#[component]
fn NewAccount(token: String, email: String) -> impl IntoView {
    view! {
        <Form action={<AcceptNew as ServerFn>::PATH} leave=true>
            <TokenFields page="/invite/" token=token />
            <p>"Your account will have the address " <b>{email}</b> ", to which the invitation was sent."</p>
            <TextField name="name" label="Your name" autocomplete="name" required=true />
            <NewPasswordField />
            <Attestation />
            <div class="form-actions">
                <Submit>"Create account and join"</Submit>
            </div>
        </Form>
    }
}

#[component]
fn SignInFirst(token: String, email: String) -> impl IntoView {
    view! {
        <p>"The address " <b>{email}</b> " has an account. Sign in with it; then you come back here and can join."</p>
        <p class="form-actions">
            <a class="button primary" href=format!("/login?next=/invite/{token}")>
                "Sign in"
            </a>
        </p>
    }
}

#[component]
fn Join(token: String, invited: InvitedView) -> impl IntoView {
    view! {
        <Form action={<Accept as ServerFn>::PATH} leave=true>
            <TokenFields page="/invite/" token=token />
            <p>"You are signed in as " <b>{invited.email}</b> ". Your other organisations stay as they are."</p>
            <div class="form-actions">
                <Submit>"Join " {invited.organisation}</Submit>
            </div>
        </Form>
    }
}

#[component]
fn SomebodyElse(mine: String, theirs: String) -> impl IntoView {
    view! {
        <p>
            "This invitation is for " <b>{theirs}</b> ", and you are signed in as " <b>{mine}</b>
            ". Sign out, then open the link in your mail again."
        </p>
        <Form action={<SignOut as ServerFn>::PATH} leave=true>
            <div class="form-actions">
                <Submit class="button">"Sign out"</Submit>
            </div>
        </Form>
    }
}
