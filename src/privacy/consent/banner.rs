//! The first layer: the question, and three buttons of one kind.
//!
//! It stands in the flow of the page behind the skip links, is in the server's HTML only when there is something to
//! ask, and posts like any form. It has no cross: closing would answer nothing, and scrolling is no answer either.
//! With script nothing more happens than without: the answer loads the page anew, so the WASM holds these elements
//! and no logic.

use leptos::prelude::*;

use super::{
    ConsentFacts,
    notice::{OTHERWISE, PURPOSES, RECIPIENT, TITLE},
};

/// Where the answer goes.
pub const ACTION: &str = "/privacy/consent";

/// The question, or the word that the answer is stored, or nothing.
#[component]
pub fn Banner(facts: ConsentFacts, #[prop(into)] operator: String) -> impl IntoView {
    if facts.asks {
        view! { <Question here=facts.here operator=operator /> }.into_any()
    } else if facts.said {
        view! { <Stored here=facts.here /> }.into_any()
    } else {
        ().into_any()
    }
}

#[component]
fn Question(here: String, operator: String) -> impl IntoView {
    view! {
        <section class="consent" aria-labelledby="consent-title">
            <h2 id="consent-title">{TITLE}</h2>
            <p>{PURPOSES} " " {RECIPIENT} {operator} {OTHERWISE}</p>
            <form method="post" action=ACTION>
                <input type="hidden" name="back" value=here />
                <button class="button" name="choice" value="reject">
                    "Reject all"
                </button>
                <button class="button" name="choice" value="accept">
                    "Accept all"
                </button>
                <button class="button" name="choice" value="choose">
                    "Choose"
                </button>
            </form>
            <p>
                <a href="/privacy" rel="external">
                    "Privacy policy"
                </a>
                " "
                <a href="/cookies" rel="external">
                    "List of cookies"
                </a>
            </p>
        </section>
    }
}

/// The answer is stored. The address leads the focus here.
#[component]
fn Stored(here: String) -> impl IntoView {
    view! {
        <p class="consent" id="consent-said" role="status" tabindex="-1">
            "Your choice is stored. You can change it at any time under "
            <a href="/privacy/choices" rel="external">
                "Your privacy choices"
            </a>
            ". "
            <a href=here rel="external">
                "Hide this"
            </a>
        </p>
    }
}

/// The same for a page that the machine makes itself.
pub fn banner_html(facts: ConsentFacts, operator: &str) -> String {
    let owner = Owner::new();
    owner.with(|| view! { <Banner facts=facts operator=operator.to_owned() /> }.to_html())
}
