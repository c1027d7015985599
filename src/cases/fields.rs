//! Custom fields in forms: one component, whatever a field holds.

use leptos::prelude::*;

use super::model::{Colleague, FieldDef, FieldKind, Priority};
use crate::{
    ids::{Id, kinds},
    ui::{Complaint, FormState, SelectField, TextArea, TextField},
};

/// The field of a definition with its stored value. Its name is `fields[key][]`, as the server function reads it.
#[component]
pub(super) fn CustomField(def: FieldDef, #[prop(optional)] value: serde_json::Value, members: Vec<Colleague>) -> impl IntoView {
    let name = format!("fields[{}][]", def.key);
    let text = value.as_str().unwrap_or_default().to_owned();
    match def.kind {
        FieldKind::Text => view! { <TextField name=name label=def.label value=text required=def.required /> }.into_any(),
        FieldKind::Number => view! { <TextField name=name label=def.label value=text required=def.required class="short" /> }.into_any(),
        FieldKind::Date => {
            view! { <TextField name=name label=def.label kind="date" value=text required=def.required class="short" /> }.into_any()
        }
        FieldKind::LongText => view! { <TextArea name=name label=def.label value=text /> }.into_any(),
        FieldKind::YesNo => {
            let options = vec![("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())];
            view! { <SelectField name=name label=def.label options=or_none(options) value=text class="short" /> }.into_any()
        }
        FieldKind::Choice => {
            let options = def.options.into_iter().map(|o| (o.clone(), o)).collect();
            view! { <SelectField name=name label=def.label options=or_none(options) value=text class="short" /> }.into_any()
        }
        FieldKind::Member => {
            let options = or_none(members.into_iter().map(|m| (m.id.to_string(), m.name)).collect());
            view! { <SelectField name=name label=def.label options=options value=text class="short" /> }.into_any()
        }
        FieldKind::Choices => {
            let chosen = value.as_array().map(|all| all.iter().filter_map(|v| v.as_str()).map(str::to_owned).collect()).unwrap_or_default();
            let options = def.options.into_iter().map(|o| (o.clone(), o)).collect();
            view! { <Boxes name=name label=def.label options=options chosen=chosen /> }.into_any()
        }
    }
}

/// Priorities, the most urgent first.
pub(super) fn priorities() -> Vec<(String, String)> {
    Priority::ALL.into_iter().rev().map(|p| (p.key().to_owned(), p.label().to_owned())).collect()
}

/// Members to be given a case, as options of a list. Who has it already stays among them.
pub(super) fn workers(members: &[Colleague], now: Option<Id<kinds::User>>) -> impl Iterator<Item = (String, String)> {
    members.iter().filter(move |member| member.works || now == Some(member.id)).map(|member| (member.id.to_string(), member.name.clone()))
}

/// Options with "none of them" in front.
pub(super) fn or_none(mut options: Vec<(String, String)>) -> Vec<(String, String)> {
    options.insert(0, (String::new(), "Not said".to_owned()));
    options
}

/// Any of several, each a pair of value and words.
#[component]
pub(super) fn Boxes(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    chosen: Vec<String>,
) -> impl IntoView {
    let state = FormState::here();
    let offered = chosen.into_iter().filter(|value| options.iter().any(|(known, _)| known == value)).collect();
    let chosen = state.values(&name, offered);
    let complaint = state.complaint(&name);
    let id = state.id(&name);
    let error_id = format!("{id}-error");
    let described = complaint.is_some().then(|| error_id.clone());
    let boxes = options
        .into_iter()
        .enumerate()
        .map(|(index, (value, words))| {
            let checked = chosen.contains(&value);
            let id = if index == 0 { id.clone() } else { format!("{id}-{index}") };
            view! {
                <label class="check">
                    <input id=id type="checkbox" name=name.clone() value=value checked=checked />
                    <span>{words}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset" aria-describedby=described>
            <legend>{label}</legend>
            <div class="row">{boxes}</div>
            <Complaint id=error_id text=complaint />
        </fieldset>
    }
}
