//! The first account of an installation. Whoever makes it runs the installation, so where others can reach the page they
//! have to show that they can read what the server prints. On this very machine nobody else can, and nothing is asked.

use leptos::prelude::*;

use super::store;
use crate::{
    fault::{Answer, Fault},
    server::{
        mail, secret,
        state::State,
        visit::{Visit, visit},
    },
    ui::{Hidden, Notice, Tone, address, loaded},
};

/// What is said without the link.
const HOW: &str = "Nobody has set this installation up yet. Whoever runs it opens the link that the server printed when it started; \
                   the command casetrakr user setup prints it again.";

/// The link with which the first account is made, while there is none.
///
/// # Errors
/// When the database is away.
pub async fn link(state: &State) -> Answer<Option<String>> {
    let set_up = store::has_accounts(&state.db).await?;
    Ok((!set_up).then(|| mail::link(state, &format!("/signup?setup={}", token(state)))))
}

/// The same where it is needed, to be printed at the start.
///
/// # Errors
/// When the database is away.
pub async fn link_needed(state: &State) -> Answer<Option<String>> {
    if state.config.on_this_machine() { Ok(None) } else { link(state).await }
}

fn token(state: &State) -> String {
    let mac = state.key.derive("setup").sign(b"first account");
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, mac)
}

/// Whether somebody may make the first account.
///
/// # Errors
/// [`Fault::Forbidden`] with what to do.
pub(super) fn admit(visit: &Visit, given: &str) -> Answer<()> {
    // Compared by hash, so that the time it takes tells nothing of the right one.
    let right = || secret::token_hash(&token(&visit.state)) == secret::token_hash(given);
    if is_here(visit) || right() { Ok(()) } else { Err(Fault::forbidden(HOW)) }
}

/// Whether the person sits at the machine, and so does everybody who could.
fn is_here(visit: &Visit) -> bool {
    visit.state.config.on_this_machine() && visit.facts.address.to_canonical().is_loopback()
}

/// The part of the sign-up form about that.
#[component]
pub(super) fn Setup() -> impl IntoView {
    let (visit, given) = (visit(), address::query("setup"));
    let state = async move {
        let visit = visit?;
        Ok((!is_here(&visit) && !store::has_accounts(&visit.db).await?).then(|| admit(&visit, &given).map(|()| given)))
    };
    loaded(state, |needed: Option<Answer<String>>| match needed {
        None => ().into_any(),
        Some(Ok(token)) => view! { <Hidden name="setup_token" value=token /> }.into_any(),
        Some(Err(fault)) => view! { <Notice tone=Tone::Warning>{fault.sentence()}</Notice> }.into_any(),
    })
}
