//! Opening a case. A title is enough.

use std::sync::Arc;

use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{CreateCase, catalogue, first_note, form_key},
    composer::{Discard, writer},
    draft::{DraftKeeper, NEW, Writing},
    fields::{CustomField, priorities, workers},
    model::{CaseType, Catalogue, Priority},
};
use crate::{
    accounts::{Permission, Viewer},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    ui::{Empty, FaultView, Form, Hidden, SelectField, Submit, TextArea, TextField, address},
};

/// The form that gives the first note up.
const DISCARD: &str = "discard-note";

/// `/cases/new`, with `?type=` for another type than the first.
pub struct NewPage;

impl NewPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="New case" />
            {Suspend::new(async move { page(catalogue().await, form_key().await, first_note().await) })}
        }
        .into_any()
    }
}

fn page(catalogue: Answer<Arc<Catalogue>>, key: Answer<Id<kinds::Entry>>, note: Answer<String>) -> AnyView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let (catalogue, key, note) = match (catalogue, key, note) {
        (Ok(catalogue), Ok(key), Ok(note)) => (catalogue, key, note),
        (Err(fault), ..) | (_, Err(fault), _) | (.., Err(fault)) => return view! { <FaultView fault=fault /> }.into_any(),
    };
    match viewer.as_ref().and_then(|v| v.org.as_ref()) {
        Some(org) if !org.role.may(Permission::CaseCreate) => {
            view! { <FaultView fault=Fault::forbidden(Permission::CaseCreate.refusal(org.role)) /> }.into_any()
        }
        _ if catalogue.types.is_empty() => view! { <NoTypes /> }.into_any(),
        _ => view! { <Opening catalogue=catalogue key=key.to_string() note=note /> }.into_any(),
    }
}

#[component]
fn NoTypes() -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>"New case"</h1>
        </div>
        <Empty icon="cases" title="First, what do you work on?" text="A case has a type, and the type brings its states, its fields and its numbers.">
            <a class="button primary" href="/onboarding">
                "Choose case types"
            </a>
        </Empty>
    }
}

#[component]
fn Opening(catalogue: Arc<Catalogue>, key: String, note: String) -> impl IntoView {
    // The type that the address asks for; else the first, which an organisation puts where it wants it.
    let wanted = address::query("type");
    let chosen = catalogue.types.iter().find(|t| t.id.to_string() == wanted).or(catalogue.types.first()).cloned();
    let case_type = chosen.as_ref().map(|t| t.id.to_string()).unwrap_or_default();
    let due_days = chosen.as_ref().and_then(|t| t.default_due_days);
    let due = due_days.map(|days| format!("Left empty: {days} days from today.")).unwrap_or_default();
    let mut assignees = vec![(String::new(), "Nobody yet".to_owned())];
    let me = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.user);
    let members = catalogue.offered(|id| Some(id) == me);
    assignees.extend(workers(&members, None));
    let writing = Writing {
        number: NEW.to_owned(),
        shown_for: writer(),
        field: "note".to_owned(),
        discard: DISCARD.to_owned(),
        restored: !note.is_empty(),
        ..Writing::default()
    };
    // Made inside of the form, where they find what was typed.
    let custom = move || {
        let fields = chosen.map(|t| t.fields).unwrap_or_default();
        fields.into_iter().map(|def| view! { <CustomField def=def members=members.clone() /> }).collect_view()
    };
    view! {
        <div class="page-head">
            <h1>"New case"</h1>
            <p>"A title is enough. Everything else can follow."</p>
        </div>
        <TypeChoice types=catalogue.types.clone() chosen=case_type.clone() />
        <Form action={CreateCase::PATH} class="case-form">
            <Hidden name="key" value=key />
            <input type="hidden" name="case_type" value=case_type />
            <TextField name="title" label="Title" required=true autocomplete="off" />
            <div class="field-pair">
                <SelectField name="assignee" label="Assigned to" options=assignees />
                <SelectField name="priority" label="Priority" options=priorities() value=Priority::Normal.key() />
                <TextField name="due" label="Due" kind="date" hint=due />
                <TextField name="channel" label="Came by" proposals=catalogue.channels.clone() autocomplete="off" />
            </div>
            <TextField name="tags" label="Tags" hint="Separated by commas." autocomplete="off" />
            {custom()}
            <TextArea
                name="note"
                label="First note"
                hint="The beginning of the timeline. Everybody with access to the case sees it."
                value=note
            />
            <div class="form-actions">
                <Submit>"Open case"</Submit>
                <a class="button quiet" href="/cases">
                    "Cancel"
                </a>
                <DraftKeeper writing=writing />
            </div>
        </Form>
        <Discard id=DISCARD number=NEW.to_owned() />
    }
}

/// Which type it is decides which fields there are, so it is asked first, by address: without script a button loads it.
#[component]
fn TypeChoice(types: Vec<CaseType>, chosen: String) -> impl IntoView {
    if types.len() < 2 {
        return Either::Left(());
    }
    let options = types
        .into_iter()
        .map(|t| {
            let id = t.id.to_string();
            let selected = id == chosen;
            view! { <option value=id selected=selected>{t.name}</option> }
        })
        .collect_view();
    Either::Right(view! {
        <form class="case-form type-choice" action="/cases/new" data-stays>
            <div class="field">
                <label for="type">"Type"</label>
                <div class="row">
                    <select id="type" name="type" data-submits>
                        {options}
                    </select>
                    <button class="button unscripted">"Show its fields"</button>
                </div>
            </div>
        </form>
    })
}
