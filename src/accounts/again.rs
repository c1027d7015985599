//! Signing in again on the page where the session ended.

use leptos::prelude::*;

use super::api::sign_in;
use crate::ui::SignInDialog;

/// Stands on every page of people who are signed in, unseen until it is needed.
#[island]
pub fn SignInHere(email: String, shown_for: String) -> impl IntoView {
    view! {
        <SignInDialog
            email=email
            shown_for=shown_for
            sign_in=|email, password, shown_for| Box::pin(async move { sign_in(email, password, String::new(), shown_for).await })
        />
    }
}
