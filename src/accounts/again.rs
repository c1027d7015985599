//! Signing in again on the page where the session ended.

use leptos::prelude::*;

use super::api::sign_in;
use crate::ui::SignInDialog;

/// Stands on every page of people who are signed in, unseen until it is needed.
#[island]
pub fn SignInHere(email: String) -> impl IntoView {
    view! {
        <SignInDialog
            email=email
            sign_in=|email, password| Box::pin(async move { sign_in(email, password, String::new(), "1".to_owned()).await })
        />
    }
}
