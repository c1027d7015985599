//! One request with everything about it, and the steps that can be taken now.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    RequestId,
    answering::Enclosures,
    api::{desk_request, operator_request},
    desk::RequestView,
    inbox_page::{At, capital},
    model::{Concern, Step},
    steps::{Hand, StepForms},
    track_page::{Conversation, DueDay},
};
use crate::{
    audit::{Change, Told},
    clock::Shown,
    fault::Fault,
    ui::{Badge, FaultView, State, Time, address, loaded},
};

fn id() -> Option<RequestId> {
    address::param("id").parse().ok()
}

/// `/operator/requests/:id`
pub struct OperatorRequestPage;

impl OperatorRequestPage {
    pub(crate) fn view() -> AnyView {
        match id() {
            Some(id) => loaded(operator_request(id), |view| view! { <Request view=view at=At::Operator /> }.into_any()),
            None => view! { <FaultView fault=Fault::NotFound /> }.into_any(),
        }
    }
}

/// `/desk/:id`
pub struct DeskRequestPage;

impl DeskRequestPage {
    pub(crate) fn view() -> AnyView {
        match id() {
            Some(id) => loaded(desk_request(id), |view| view! { <Request view=view at=At::Desk /> }.into_any()),
            None => view! { <FaultView fault=Fault::NotFound /> }.into_any(),
        }
    }
}

#[component]
fn Request(view: RequestView, at: At) -> impl IntoView {
    let title = capital(view.row.kind.noun());
    let hand = Hand { at, request: view.row.id, version: view.version };
    let desk =
        (at == At::Desk).then(|| view! { <Checklist hand=hand steps=view.steps.clone() /> <Cases hand=hand numbers=view.cases.clone() /> });
    view! {
        <Title text=format!("{title} {}", view.row.reference) />
        <p class="crumbs"><a href=at.path()>{at.title()}</a></p>
        <div class="page-head">
            <h1>{title.clone()} " " <span class="number">{view.row.reference.clone()}</span></h1>
            <State kind=view.row.state.shape() label=view.row.state.label() />
            {view.row.appeal.then(|| view! { <Badge>"Appeal"</Badge> })}
            {view.row.by_agent.then(|| view! { <Badge>"By an agent"</Badge> })}
        </div>
        <div class="case-layout rights">
            <div class="case-main">
                <Words view=view.clone() />
                <StepForms view=view.clone() hand=hand />
                <Enclosures view=view.clone() hand=hand />
                {desk}
                <Said view=view.clone() hand=hand />
                <Evidence events=view.evidence.clone() />
            </div>
            <Side view=view at=at />
        </div>
    }
}

/// What the requester wrote.
#[component]
fn Words(view: RequestView) -> impl IntoView {
    let asked = view.asked;
    if view.erased {
        return view! { <p class="hint">"What was written was erased after its time."</p> }.into_any();
    }
    let words = if asked.words.is_empty() { "They wrote nothing more than what they ask for.".to_owned() } else { asked.words };
    let agent = (!asked.permission.is_empty()).then(|| {
        view! {
            <h3>"The agent\u{2019}s permission"</h3>
            <p class="words">{asked.permission}</p>
        }
    });
    view! {
        <section>
            <h2>"In their words"</h2>
            <p class="words">{words}</p>
            {agent}
        </section>
    }
    .into_any()
}

#[component]
fn Side(view: RequestView, at: At) -> impl IntoView {
    let asked = view.asked;
    let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
    let about = match view.row.concern {
        Concern::Account => "An account, or a visit to this site".to_owned(),
        Concern::Case if asked.organisation.is_empty() => "A case".to_owned(),
        Concern::Case => format!("A case at {}", asked.organisation),
    };
    let has_account = match view.person {
        Some((name, email)) => view! { <dt>"Account"</dt><dd>{name} <br /> {email}</dd> }.into_any(),
        None if view.account => view! { <dt>"Account"</dt><dd>"The address has one here."</dd> }.into_any(),
        None => ().into_any(),
    };
    let restricted = view.restricted.map(|(since, ends)| {
        let ends = ends.map(|ends| view! { <dt>"Restriction ends"</dt><dd><Time iso=ends.iso text=ends.day /></dd> });
        view! { <dt>"Restricted since"</dt><dd><Time iso=since.iso text=since.day /></dd> {ends} }
    });
    let legal = view.legal.map(|day| view! { <dt>"By law at the latest"</dt><dd>{day} " (next working day)"</dd> });
    let extended = if view.extended { "Yes, once" } else { "No" };
    let duplicate = view.duplicate_of.map(|other| view! { <dt>"Duplicate of"</dt><dd class="number">{other}</dd> });
    let other = move |id: RequestId, reference: String| view! { <a class="number" href=format!("{}/{id}", at.path())>{reference}</a> };
    let appeals = view.appeals.map(|first| {
        view! { <dt>"Appeals the decision on"</dt><dd>{other(first.id, first.reference)} ", by " {first.decider}</dd> }
    });
    let appealed = view.appealed.map(|(id, reference)| view! { <dt>"Appealed by"</dt><dd>{other(id, reference)}</dd> });
    let passed = view.passed_on.then(|| view! { <dt>"Came from"</dt><dd>"The operator, who passed it on"</dd> });
    view! {
        <aside class="case-side" aria-label="Facts">
            <section>
                <h2>"Who asks"</h2>
                <dl class="facts">
                    <dt>"Name"</dt>
                    <dd>{or(asked.name, "Not given")}</dd>
                    <dt>"Address"</dt>
                    <dd>{or(asked.email, "Not given")}</dd>
                    <dt>"Shown"</dt>
                    <dd>{view.proof}</dd>
                    {has_account}
                    {restricted}
                </dl>
            </section>
            <section>
                <h2>"Time"</h2>
                <dl class="facts">
                    <dt>"Received"</dt>
                    <dd><Time iso=view.row.received.iso text=view.row.received.text /></dd>
                    {view.row.pass_on.map(|due| view! { <dt>"Pass on by"</dt><dd><DueDay due=due /></dd> })}
                    {view.row.due.map(|due| view! { <dt>"Answer by"</dt><dd><DueDay due=due /></dd> })}
                    {legal}
                    <dt>"Extended"</dt>
                    <dd>{extended}</dd>
                    <dt>"Law"</dt>
                    <dd>{view.regime.label()}</dd>
                </dl>
            </section>
            <section>
                <h2>"About"</h2>
                <dl class="facts">
                    <dt>"Subject"</dt>
                    <dd>{about}</dd>
                    {passed}
                    {appeals}
                    {appealed}
                    {duplicate}
                </dl>
            </section>
        </aside>
    }
}

/// What an organisation goes through before it answers.
#[component]
fn Checklist(hand: Hand, steps: Vec<(Step, Option<(String, Shown)>)>) -> impl IntoView {
    let line = move |(step, done): (Step, Option<(String, Shown)>)| {
        let (act, words) = if done.is_some() { ("untick", "Undo") } else { ("tick", "Done") };
        let (title, says) = step.label().split_once(": ").unwrap_or((step.label(), ""));
        let label = format!("{words}: {title}");
        let by = done.map(|(who, at)| view! { <p class="hint">"Done by " {who} ", " <Time iso=at.iso text=at.text /></p> });
        let ticked = by.is_some();
        view! {
            <li data-done=ticked.then_some("")>
                <div>
                    <strong>{title.to_owned()}</strong>
                    <p>{capital(says)} "."</p>
                    {by}
                </div>
                {hand.small(act, vec![("step", step.key().to_owned())], words, label)}
            </li>
        }
    };
    view! {
        <section>
            <h2>"Checklist"</h2>
            <ol class="checklist" role="list">{steps.into_iter().map(line).collect_view()}</ol>
        </section>
    }
}

/// The cases in which something was found.
#[component]
fn Cases(hand: Hand, numbers: Vec<String>) -> impl IntoView {
    let links = numbers.into_iter().map(|number| view! { <li><a class="number" href=format!("/cases/{number}")>{number.clone()}</a></li> });
    view! {
        <section>
            <h2>"Cases it touches"</h2>
            <ul class="row" role="list">{links.collect_view()}</ul>
            {hand.case_form()}
        </section>
    }
}

#[component]
fn Said(view: RequestView, hand: Hand) -> impl IntoView {
    let said = (!view.messages.is_empty()).then(|| view! { <Conversation messages=view.messages /> });
    view! {
        <section>
            <h2>"What was said, and notes"</h2>
            {said}
            {hand.note_form()}
        </section>
    }
}

/// The events of this request in the controller's chain.
#[component]
fn Evidence(events: Vec<Told>) -> impl IntoView {
    let value = |change: Change| view! { <li>{change.label} ": " <ins>{change.to}</ins></li> };
    let line = move |event: Told| {
        let erased = event.erased.then(|| view! { <p class="hint">"The words were erased; the event and its seal remain."</p> });
        view! {
            <li>
                <p>
                    <strong>{event.who}</strong> " " {event.what} ", " <Time iso=event.at.iso text=event.at.text /> " "
                    <span class="hint">"#" {event.seq.to_string()} " " <code>{event.seal}</code></span>
                </p>
                <ul>{event.changes.into_iter().map(value).collect_view()}</ul>
                {erased}
            </li>
        }
    };
    view! {
        <section>
            <h2>"Evidence"</h2>
            <p class="hint">"Each step, sealed into the record: changing or removing one would show."</p>
            <ol class="history" reversed>{events.into_iter().map(line).collect_view()}</ol>
        </section>
    }
}
