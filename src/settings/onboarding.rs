//! The first minutes of an organisation: what it works on, then the ways to begin.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::api::{CaseTypesView, ChoosePresets, PRESETS_FIELD, PresetView, case_types};
use crate::ui::{ChoiceField, Form, Icon, Steps, Subject, Submit};

/// `/onboarding`
pub struct OnboardingPage;

impl OnboardingPage {
    pub(crate) fn data() -> Self {
        Self
    }

    pub(crate) fn view(_this: Self) -> AnyView {
        let show = move |view: CaseTypesView| {
            if view.types.is_empty() { Either::Left(view! { <Choose view=view /> }) } else { Either::Right(view! { <Begin view=view /> }) }
        };
        view! {
            <Title text="Set up your organisation" />
            <Subject of=case_types() show=show />
        }
        .into_any()
    }
}

const STEPS: [&str; 2] = ["What you work on", "How you begin"];

#[component]
fn Choose(view: CaseTypesView) -> impl IntoView {
    let way = if view.manages {
        Either::Left(view! { <PresetForm presets=view.presets label="Case types" button="Use these case types" /> })
    } else {
        Either::Right(view! { <p>"Your organisation has not chosen yet what it works on. Ask an admin of yours to do so."</p> })
    };
    view! {
        <Steps steps=STEPS.to_vec() current=0 />
        <div class="page-head">
            <h1>"What do you work on?"</h1>
            <p>"Choose one or several. Each brings its states, its fields and its numbers. Others can follow at any time."</p>
        </div>
        {way}
    }
}

/// Shipped case types to choose among.
#[component]
pub(super) fn PresetForm(presets: Vec<PresetView>, label: &'static str, button: &'static str) -> impl IntoView {
    let options = presets.into_iter().map(|preset| (preset.key, preset.name, preset.description)).collect();
    view! {
        <Form action={<ChoosePresets as ServerFn>::PATH}>
            <ChoiceField name=PRESETS_FIELD label=label options=options several=true />
            <div class="form-actions">
                <Submit>{button}</Submit>
            </div>
        </Form>
    }
}

#[component]
fn Begin(view: CaseTypesView) -> impl IntoView {
    let names = view.types.iter().map(|t| t.name.as_str()).collect::<Vec<_>>().join(", ");
    let admins = view.manages.then(|| {
        view! {
            <Way icon="upload" href="/settings/import" label="Bring in your cases" says="From a CSV file, with their history. Nothing is stored before you have seen what would happen." />
            <Way icon="building" href="/settings/organisation" label="Set your time zone" says="It decides when a day begins and ends, and so when something is late. Until then it is UTC." />
            <Way icon="people" href="/settings/members" label="Invite colleagues" says="Each gets a link that works once, and the role that you choose." />
        }
    });
    view! {
        <Steps steps=STEPS.to_vec() current=1 />
        <div class="page-head">
            <h1>"Ready to begin"</h1>
            <p>
                "You work on: " {names} ". " <a href="/settings/case-types">"Look at the case types"</a> " or add others."
            </p>
        </div>
        <dl class="topics">
            {admins}
            <Way icon="plus" href="/cases/new" label="Open the first case" says="A title is enough." />
        </dl>
    }
}

#[component]
fn Way(icon: &'static str, href: &'static str, label: &'static str, says: &'static str) -> impl IntoView {
    view! {
        <dt>
            <a href=href>
                <Icon name=icon />
                " "
                {label}
            </a>
        </dt>
        <dd>{says}</dd>
    }
}
