//! `/security`: the controls and their tests, what is missing, and how a weakness is reported.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    controls::{ABSENT, Control, TOPICS, Topic},
    page::Tests,
    results::Record,
};
use crate::{server::visit::visit, ui::Instance};

/// `/security`
pub struct SecurityPage;

impl SecurityPage {
    pub(crate) fn view() -> AnyView {
        let record = Record::here();
        let topics = TOPICS.iter().map(|topic| show(topic, record)).collect_view();
        view! {
            <Title text="Security" />
            <div class="policy">
                <div class="page-head">
                    <h1>"Security"</h1>
                    <p>
                        "What this software does to keep data safe, with the tests that hold it to that. The numbers are those of the OWASP Application Security Verification Standard 5.0.0. No system is absolutely secure."
                    </p>
                </div>
                <section class="prose">
                    <h2>"Report a weakness"</h2>
                    <p>{whom()} " Say what you did and what you saw; that is enough. Give us 90 days before you publish it. Whoever looks for weaknesses in good faith, without harming people or reading their data, has nothing to fear from us."</p>
                </section>
                {topics}
                <section class="prose">
                    <h2>"What is not there"</h2>
                    <ul>{ABSENT.iter().map(|absent| view! { <li>{*absent}</li> }).collect_view()}</ul>
                </section>
            </div>
        }
        .into_any()
    }
}

/// Where to write to: the address for weaknesses, or the operator's.
fn whom() -> AnyView {
    let named = visit().map(|visit| visit.state.config.operator.security_contact.clone()).unwrap_or_default();
    let email = use_context::<Instance>().map(|instance| instance.email).unwrap_or_default();
    let contact = if named.is_empty() { email } else { named };
    if contact.is_empty() {
        return "Whoever runs this installation has not named an address for this yet.".into_any();
    }
    let href = if contact.starts_with("https://") { contact.clone() } else { format!("mailto:{contact}") };
    view! {
        "Write to " <a href=href>{contact}</a> "; machines find the same in "
        <a href="/.well-known/security.txt" rel="external">
            "security.txt"
        </a>
        "."
    }
    .into_any()
}

fn show(topic: &'static Topic, record: Option<&'static Record>) -> impl IntoView {
    view! {
        <section>
            <h2>{topic.title}</h2>
            {topic.controls.iter().map(|control| one(control, record)).collect_view()}
        </section>
    }
}

fn one(control: &'static Control, record: Option<&'static Record>) -> impl IntoView {
    view! {
        <article class="promise" id=control.id.to_lowercase()>
            <h3>{control.what}</h3>
            <p class="hint">{control.id} " \u{b7} ASVS " {control.asvs}</p>
            <Tests tests=control.tests record=record />
        </article>
    }
}
