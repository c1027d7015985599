//! `/subprocessors`: who else processes personal data here, and what changed.

use leptos::prelude::*;
use leptos_meta::Title;

use super::register::{self, Change};
use crate::{
    server::{config::Subprocessor, time::Zone, visit::visit},
    ui::{Badge, Instance, Tone, loaded},
};

/// `/subprocessors`
pub struct SubprocessorsPage;

impl SubprocessorsPage {
    pub(crate) fn view() -> AnyView {
        let subject = visit();
        let email = use_context::<Instance>().map(|instance| instance.email).unwrap_or_default();
        let read = async move {
            let visit = subject?;
            let today = Zone::utc().show(visit.state.clock.now()).input;
            Ok((visit.state.config.subprocessors.clone(), register::changes(&visit.db).await?, today))
        };
        view! {
            <Title text="Sub-processors" />
            <div class="policy">
                <div class="page-head">
                    <h1>"Sub-processors"</h1>
                    <p>
                        "Everybody else who processes personal data for the operator of this installation. The list is the running configuration itself. A new one is announced here 30 days before it starts; owners of organisations are told by mail. "
                        <a href="/subprocessors.atom" rel="external">"Feed"</a> " \u{b7} " <a href="/subprocessors.json" rel="external">"JSON"</a>
                    </p>
                </div>
                {loaded(read, |(listed, changes, today)| show(listed, changes, &today))}
                {(!email.is_empty()).then(|| view! {
                    <section class="prose">
                        <h2>"If you object"</h2>
                        <p>"Write to " <a href=format!("mailto:{email}")>{email.clone()}</a> " before it starts. You may take your data along and leave."</p>
                    </section>
                })}
            </div>
        }
        .into_any()
    }
}

fn show(listed: Vec<Subprocessor>, changes: Vec<Change>, today: &str) -> AnyView {
    let list = if listed.is_empty() {
        view! { <p>"There are none: nobody but the operator processes personal data of this installation."</p> }.into_any()
    } else {
        listed.into_iter().map(|one| entry(one, today)).collect_view().into_any()
    };
    view! {
        {list}
        <section>
            <h2>"What changed"</h2>
            <ul class="register" role="list">{changes.iter().map(change).collect_view()}</ul>
            {changes.is_empty().then(|| view! { <p>"Nothing is noted yet; the register begins when the server starts."</p> })}
        </section>
    }
    .into_any()
}

fn entry(one: Subprocessor, today: &str) -> impl IntoView + use<> {
    let coming = one.starts.as_str() > today;
    let protection = one.protection();
    let fact = |name: &'static str, value: String| (!value.is_empty()).then(|| view! { <dt>{name}</dt> <dd>{value}</dd> });
    view! {
        <section>
            <h2>{one.name} " " {coming.then(|| view! { <Badge tone=Tone::Info>"Announced"</Badge> })}</h2>
            <dl class="evidence">
                {fact("Who", one.entity)} {fact("What for", one.service)} {fact("Which data", one.data)} {fact("Country", one.country)}
                {fact("Protection", protection.to_owned())} {fact("Contact", one.contact)} {fact("Evidence", one.evidence)}
                {fact(if coming { "Starts" } else { "Since" }, one.starts)}
            </dl>
        </section>
    }
}

fn change(change: &Change) -> impl IntoView + use<> {
    let at = Zone::utc().show(change.at);
    let what = match change.change.as_str() {
        "opened" => "The register begins.".to_owned(),
        "added" => format!("{} was added.", change.name),
        "removed" => format!("{} was removed.", change.name),
        _ => format!("What is said of {} changed.", change.name),
    };
    view! {
        <li id=format!("change-{}", change.number)>
            <time datetime=at.iso>{at.day}</time>
            " "
            {what}
        </li>
    }
}
