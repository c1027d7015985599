//! The links that come by mail: a forgotten password, and the confirmation of an address.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{Forgot, Reset, VerifyEmail, reset_link},
    signup::NewPasswordField,
};
use crate::ui::{Form, Instance, Notice, Subject, Submit, TextField, TokenFields, Tone, WayOn, address};

/// `/forgot`
pub struct ForgottenPage;

impl ForgottenPage {
    pub(crate) fn view() -> AnyView {
        provide_context(WayOn {
            words: "Each link works once and for a limited time. Have a new one sent to you.",
            place: ("/forgot", "Ask for a new link"),
        });
        view! {
            <Title text="Choose a new password" />
            <div class="page-narrow">
                <div class="page-head">
                    <h1>"Choose a new password"</h1>
                    <p>"Write the address of your account. You get a link that works once, for one hour."</p>
                </div>
                <Form action={<Forgot as ServerFn>::PATH}>
                    <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true />
                    <div class="form-actions">
                        <Submit>"Send the link"</Submit>
                        <a href="/login">"Back to sign-in"</a>
                    </div>
                </Form>
            </div>
        }
        .into_any()
    }
}

/// `/signup/sent` and `/forgot/sent`: the same words for every address, known or not.
pub struct SentPage;

impl SentPage {
    pub(crate) fn view() -> AnyView {
        let mails = use_context::<Instance>().is_some_and(|instance| instance.sends_mail);
        let signing_up = address::path().starts_with("/signup");
        let what = if signing_up { "to confirm your address" } else { "to choose a new password" };
        let (title, told) = if mails {
            ("Check your mail", format!("If the address can be used, a link {what} is on its way to it."))
        } else {
            ("Ask for your link", format!("If the address can be used, a link {what} has been made."))
        };
        let next = if mails {
            Either::Left(view! {
                <p>"Nothing there after a few minutes? Look among the unwanted mail, or check that the address was written as you meant it."</p>
            })
        } else {
            Either::Right(view! {
                <Notice tone=Tone::Warning>
                    "This installation sends no mail. Whoever runs it finds the link in the server\u{2019}s log, or makes one with "
                    <code>"casetrakr user link"</code> ". Ask them for it."
                </Notice>
            })
        };
        view! {
            <Title text=title />
            <div class="page-narrow">
                <div class="page-head">
                    <h1>{title}</h1>
                    <p>{told}</p>
                </div>
                {next}
                <p class="aside">
                    <a href="/login">"Back to sign-in"</a>
                </p>
            </div>
        }
        .into_any()
    }
}

/// The token in the address of this page.
pub(super) fn token() -> String {
    address::param("token")
}

/// `/reset/:token`
pub struct ResetPage;

impl ResetPage {
    pub(crate) fn view() -> AnyView {
        let token = token();
        let link = reset_link(token.clone());
        let show = move |()| {
            view! {
                <div class="page-head">
                    <h1>"Choose a new password"</h1>
                    <p>"It takes the place of the old one, and every sign-in that is open now ends."</p>
                </div>
                <Form action={<Reset as ServerFn>::PATH} leave=true>
                    <TokenFields page="/reset/" token=token />
                    <NewPasswordField />
                    <div class="form-actions">
                        <Submit>"Change password"</Submit>
                    </div>
                </Form>
            }
        };
        view! {
            <Title text="Choose a new password" />
            <div class="page-narrow">
                <Subject of=link show=show />
            </div>
        }
        .into_any()
    }
}

/// `/verify-email/:token`. Opening it changes nothing: mail scanners open links too.
pub struct VerifyPage;

impl VerifyPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Confirm your address" />
            <div class="page-narrow">
                <div class="page-head">
                    <h1>"Confirm your address"</h1>
                    <p>"One click, and the address is confirmed as yours. Then sign in with the password of the account."</p>
                </div>
                <Form action={<VerifyEmail as ServerFn>::PATH} leave=true>
                    <TokenFields page="/verify-email/" token=token() />
                    <div class="form-actions">
                        <Submit>"Confirm address"</Submit>
                    </div>
                </Form>
            </div>
        }
        .into_any()
    }
}
