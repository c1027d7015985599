//! Opening a case. A title is enough.

use leptos::{either::Either, ev, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    api::{CreateCase, catalogue, form_key},
    fields::{CustomField, priorities},
    model::{CaseType, Catalogue, Priority},
};
use crate::{
    accounts::{Permission, Viewer},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    ui::{Empty, FaultView, Form, Hidden, SelectField, Skeleton, Submit, TextArea, TextField},
};

/// `/cases/new`, with `?type=` for another type than the first.
pub struct NewPage;

impl NewPage {
    pub(crate) fn data() -> Self {
        Self
    }

    pub(crate) fn view(_this: Self) -> AnyView {
        let catalogue = Resource::new_blocking(|| (), |()| catalogue());
        let key = Resource::new_blocking(|| (), |()| form_key());
        view! {
            <Title text="New case" />
            <Suspense fallback=|| view! { <Skeleton /> }>
                {move || Suspend::new(async move { page(catalogue.await, key.await) })}
            </Suspense>
        }
        .into_any()
    }
}

fn page(catalogue: Answer<Catalogue>, key: Answer<Id<kinds::Entry>>) -> AnyView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let (catalogue, key) = match (catalogue, key) {
        (Ok(catalogue), Ok(key)) => (catalogue, key),
        (Err(fault), _) | (_, Err(fault)) => return view! { <FaultView fault=fault /> }.into_any(),
    };
    match viewer.as_ref().and_then(|v| v.org.as_ref()) {
        Some(org) if !org.role.may(Permission::CaseCreate) => {
            view! { <FaultView fault=Fault::forbidden(Permission::CaseCreate.refusal(org.role)) /> }.into_any()
        }
        _ if catalogue.types.is_empty() => view! { <NoTypes /> }.into_any(),
        _ => view! { <Opening catalogue=catalogue key=key.to_string() /> }.into_any(),
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
fn Opening(catalogue: Catalogue, key: String) -> impl IntoView {
    let query = use_query_map();
    let types = StoredValue::new(catalogue.types.clone());
    let ids: Vec<String> = catalogue.types.iter().map(|t| t.id.to_string()).collect();
    // The type that the address asks for; else the first, which an organisation puts where it wants it.
    let chosen = Memo::new(move |_| {
        let wanted = query.with(|q| q.get("type")).unwrap_or_default();
        ids.iter().find(|id| **id == wanted).or(ids.first()).cloned().unwrap_or_default()
    });
    let with_type = move |show: fn(&CaseType) -> String| {
        types.with_value(|types| types.iter().find(|t| t.id.to_string() == chosen.get()).map(show).unwrap_or_default())
    };
    let default_due = move || {
        with_type(|t| t.default_due_days.map(|days| format!("Left empty, the due date is {days} days from today.")).unwrap_or_default())
    };
    let members = catalogue.members.clone();
    let mut assignees = vec![(String::new(), "Nobody yet".to_owned())];
    assignees.extend(members.iter().map(|m| (m.id.to_string(), m.name.clone())));
    // Each type's fields are elements of their own, so that what was typed into one never shows in another's.
    let custom = move |id: String| {
        let fields = types.with_value(|types| types.iter().find(|t| t.id.to_string() == id).map(|t| t.fields.clone()).unwrap_or_default());
        fields.into_iter().map(|def| view! { <CustomField def=def members=members.clone() /> }).collect_view()
    };
    view! {
        <div class="page-head">
            <h1>"New case"</h1>
            <p>"A title is enough. Everything else can follow."</p>
        </div>
        <TypeChoice types=catalogue.types chosen=chosen />
        <Form action={CreateCase::PATH} class="case-form">
            <Hidden name="key" value=key />
            <input type="hidden" name="case_type" value=move || chosen.get() />
            <TextField name="title" label="Title" required=true autocomplete="off" />
            <div class="field-pair">
                <SelectField name="assignee" label="Assigned to" options=assignees />
                <SelectField name="priority" label="Priority" options=priorities() value=Priority::Normal.key() />
                <TextField name="due" label="Due" kind="date" />
                <TextField name="channel" label="Came by" proposals=catalogue.channels autocomplete="off" />
            </div>
            <p class="hint">{default_due}</p>
            <TextField name="tags" label="Tags" hint="Separated by commas." autocomplete="off" />
            <For each=move || vec![chosen.get()] key=String::clone children=custom />
            <TextArea name="note" label="First note" hint="The beginning of the timeline. Everybody with access to the case sees it." />
            <div class="form-actions">
                <Submit>"Open case"</Submit>
                <a class="button quiet" href="/cases">
                    "Cancel"
                </a>
            </div>
        </Form>
    }
}

/// Which type it is decides which fields there are, so it is asked first, by address: without script a button loads it.
#[component]
fn TypeChoice(types: Vec<CaseType>, chosen: Memo<String>) -> impl IntoView {
    if types.len() < 2 {
        return Either::Left(());
    }
    let navigate = use_navigate();
    let choose = move |event: ev::Event| {
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&format!("/cases/new?type={}", event_target_value(&event)), options);
    };
    let options = types
        .into_iter()
        .map(|t| {
            let id = t.id.to_string();
            let selected = id == chosen.get_untracked();
            view! { <option value=id selected=selected>{t.name}</option> }
        })
        .collect_view();
    Either::Right(view! {
        <form class="case-form type-choice" action="/cases/new">
            <div class="field">
                <label for="type">"Type"</label>
                <div class="row">
                    <select id="type" name="type" on:change=choose>
                        {options}
                    </select>
                    <button class="button unscripted">"Show its fields"</button>
                </div>
            </div>
        </form>
    })
}
