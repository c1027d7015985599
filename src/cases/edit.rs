//! Editing the facts of a case. Whoever saved meanwhile is shown, and nothing is overwritten in silence.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{CaseView, EditCase, FieldView, case},
    fields::{CustomField, priorities},
};
use crate::{
    accounts::{Permission, Viewer},
    fault::Fault,
    ui::{FaultView, Form, Hidden, SelectField, Subject, Submit, TextField, address},
};

/// `/cases/:number/edit`
pub struct EditPage;

impl EditPage {
    pub(crate) fn view() -> AnyView {
        let number = address::param("number");
        view! {
            <Title text=format!("Edit {number}") />
            <Subject of=case(number, String::new(), String::new()) show=facts />
        }
        .into_any()
    }
}

fn facts(case: CaseView) -> AnyView {
    if case.may_write {
        view! { <FactsForm case=case /> }.into_any()
    } else {
        view! { <MayNot permission=Permission::CaseWrite /> }.into_any()
    }
}

/// Why the viewer cannot do it, before they try.
#[component]
pub(super) fn MayNot(permission: Permission) -> impl IntoView {
    let role = use_context::<Option<Viewer>>().flatten().and_then(|viewer| viewer.org).map(|org| org.role);
    let reason = role.map_or_else(|| Fault::SignIn, |role| Fault::forbidden(permission.refusal(role)));
    view! { <FaultView fault=reason /> }
}

#[component]
fn FactsForm(case: CaseView) -> impl IntoView {
    let back = format!("/cases/{}", case.number);
    let members = case.members;
    let fields = case.fields;
    // Made inside of the form, where they find what was typed.
    let custom = move || {
        let field = |field: FieldView| view! { <CustomField def=field.def value=field.value members=members.clone() /> };
        fields.into_iter().map(field).collect_view()
    };
    let due = case.due.map(|due| due.at.input).unwrap_or_default();
    view! {
        <div class="page-head">
            <h1>"Edit " <span class="number">{case.number.clone()}</span></h1>
        </div>
        <Form action={EditCase::PATH} class="case-form">
            <Hidden name="number" value=case.number />
            <Hidden name="version" value=case.version.to_string() />
            <TextField name="title" label="Title" value=case.title required=true autocomplete="off" />
            <div class="field-pair">
                <SelectField name="priority" label="Priority" options=priorities() value=case.priority.key() />
                <TextField name="due" label="Due" kind="date" value=due />
                <TextField name="channel" label="Came by" proposals=case.channels value=case.channel autocomplete="off" />
            </div>
            <TextField name="tags" label="Tags" hint="Separated by commas." value=case.tags.join(", ") autocomplete="off" />
            {custom()}
            <div class="form-actions">
                <Submit>"Save"</Submit>
                <a class="button quiet" href=back>
                    "Cancel"
                </a>
            </div>
        </Form>
    }
}
