//! Editing the facts of a case where they stand. Whoever saved meanwhile is shown, and nothing is overwritten in silence.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{CaseView, EditCase, FieldView},
    fields::{CustomField, priorities},
    looking::Looking,
    model::FieldKind,
};
use crate::ui::{Form, Hidden, SelectField, Submit, TextField};

/// The facts as a form, in their place beside the timeline.
#[component]
pub(super) fn FactsForm(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let (members, fields) = (case.members.clone(), case.fields.clone());
    // Made inside of the form, where they find what was typed.
    let custom = move || {
        let field = |field: FieldView| {
            // A number stands in the form as it is written here, and is read so.
            let value = if field.def.kind == FieldKind::Number { field.shown.into() } else { field.value };
            view! { <CustomField def=field.def value=value members=members.clone() /> }
        };
        fields.into_iter().map(field).collect_view()
    };
    let due = case.due.clone().map(|due| due.on.to_string()).unwrap_or_default();
    view! {
        <section id="facts">
            <h2>"Facts"</h2>
            <Form action={EditCase::PATH} key="facts" class="stack" merges=true>
                <Hidden name="number" value=case.number.clone() />
                <Hidden name="version" value=case.version.to_string() />
                <TextField name="title" label="Title" value=case.title.clone() required=true autocomplete="off" />
                <SelectField name="priority" label="Priority" options=priorities() value=case.priority.key() />
                <TextField name="due" label="Due" kind="date" value=due />
                <TextField name="channel" label="Came by" proposals=case.channels.clone() value=case.channel.clone() autocomplete="off" />
                <TextField name="tags" label="Tags" hint="Separated by commas." value=case.tags.join(", ") autocomplete="off" />
                {custom()}
                <div class="row">
                    <Submit>"Save"</Submit>
                    <a class="button quiet" href=at.href("")>
                        "Cancel"
                    </a>
                </div>
            </Form>
        </section>
    }
}
