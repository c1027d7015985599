//! The filter panel of the list: a plain form whose answer is an address.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    fields::priorities,
    filter::ListQuery,
    model::{CaseType, Catalogue, FieldDef, FieldKind, StateKind},
};
use crate::ui::{FilterPanel, kind_showing};

/// Value and words of a choice.
type Choice = (String, String);

/// The panel behind its button.
#[component]
pub(super) fn Filters(catalogue: Arc<Catalogue>, query: ListQuery) -> impl IntoView {
    let types: Vec<Choice> = catalogue.types.iter().map(|t| (t.id.to_string(), t.name.clone())).collect();
    let several_types =
        (types.len() > 1).then(|| view! { <Boxes name="type" label="Case type" choices=types chosen=query.case_type.clone() /> });
    let custom = chosen_type(&catalogue, &query).map(|t| custom_fields(t, &catalogue, &query));
    let clear = query.unfiltered().href();
    view! {
        <FilterPanel action="/cases" show="Show cases" clear=clear>
                <Line name="q" label="Words in number or title" kind="search" value=query.q.clone() />
                <Boxes name="kind" label="Kind of state" choices=kinds() chosen=query.kind.clone() />
                {several_types}
                <Boxes name="priority" label="Priority" choices=priorities() chosen=query.priority.clone() />
                <Pick name="assignee" label="Assigned to" choices=assignees(&catalogue) chosen=query.assignee.clone() />
                <Pick name="state" label="State" choices=states(&catalogue, &query) chosen=query.state.clone() />
                <Pick name="channel" label="Channel" choices=words(&catalogue.channels) chosen=query.channel.clone() />
                <Pick name="tag" label="Tag" choices=words(&catalogue.tags) chosen=query.tag.clone() />
                <Line name="opened_from" label="Opened from" kind="date" value=query.opened_from.clone() />
                <Line name="opened_to" label="Opened until" kind="date" value=query.opened_to.clone() />
                <Line name="due_from" label="Due from" kind="date" value=query.due_from.clone() />
                <Line name="due_to" label="Due until" kind="date" value=query.due_to.clone() />
                {custom}
                <Boxes name="overdue" label="Deadline" choices=vec![("yes".into(), "Missed".into())] chosen=missed(&query) />
                {carried(&query)}
        </FilterPanel>
    }
}

/// What the panel does not ask goes along unseen.
fn carried(query: &ListQuery) -> impl IntoView + use<> {
    query.unfiltered().pairs().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}

fn missed(query: &ListQuery) -> Vec<String> {
    if query.overdue { vec!["yes".to_owned()] } else { Vec::new() }
}

fn kinds() -> Vec<Choice> {
    StateKind::ALL.into_iter().map(|kind| (kind.key().to_owned(), kind.label().to_owned())).collect()
}

fn words(all: &[String]) -> Vec<Choice> {
    all.iter().map(|word| (word.clone(), word.clone())).collect()
}

/// Me, nobody, the members, and the names that came with an import.
fn assignees(catalogue: &Catalogue) -> Vec<Choice> {
    let mut all = vec![("me".to_owned(), "Me".to_owned()), ("none".to_owned(), "Nobody".to_owned())];
    all.extend(catalogue.members.iter().map(|m| (m.id.to_string(), m.name.clone())));
    all.extend(catalogue.assignee_labels.iter().map(|label| (format!("label:{label}"), format!("{label} (imported)"))));
    all
}

/// The states of the types that are asked for, each name once.
fn states(catalogue: &Catalogue, query: &ListQuery) -> Vec<Choice> {
    let mut names: Vec<&str> = Vec::new();
    let asked = |t: &&CaseType| query.case_type.is_empty() || query.case_type.contains(&t.id.to_string());
    for state in catalogue.types.iter().filter(asked).flat_map(|t| &t.states) {
        if !names.contains(&state.name.as_str()) {
            names.push(&state.name);
        }
    }
    names.into_iter().map(|name| (name.to_owned(), name.to_owned())).collect()
}

/// The one type whose fields make sense to ask for.
fn chosen_type<'a>(catalogue: &'a Catalogue, query: &ListQuery) -> Option<&'a CaseType> {
    match (catalogue.types.as_slice(), query.case_type.as_slice()) {
        ([only], _) => Some(only),
        (all, [id]) => all.iter().find(|t| t.id.to_string() == *id),
        _ => None,
    }
}

fn custom_fields(case_type: &CaseType, catalogue: &Catalogue, query: &ListQuery) -> impl IntoView + use<> {
    let values = |def: &FieldDef| query.fields.iter().filter(|(key, _)| *key == def.key).map(|(_, value)| value.clone()).collect();
    case_type.fields.iter().filter_map(|def| custom_field(def, values(def), catalogue)).collect_view()
}

/// A field that can be asked for by a value. Nobody types a long text whole.
fn custom_field(def: &FieldDef, values: Vec<String>, catalogue: &Catalogue) -> Option<AnyView> {
    let (name, label) = (format!("f.{}", def.key), def.label.clone());
    let line = |kind| {
        view! { <Line name=name.clone() label=label.clone() kind=kind value=values.first().cloned().unwrap_or_default() /> }.into_any()
    };
    let choices = match def.kind {
        FieldKind::Choice | FieldKind::Choices => words(&def.options),
        FieldKind::YesNo => vec![("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())],
        FieldKind::Member => catalogue.members.iter().map(|m| (m.id.to_string(), m.name.clone())).collect(),
        FieldKind::Text | FieldKind::Number => return Some(line("text")),
        FieldKind::Date => return Some(line("date")),
        FieldKind::LongText => return None,
    };
    Some(view! { <Pick name=name label=label choices=choices chosen=values /> }.into_any())
}

#[component]
fn Line(#[prop(into)] name: String, #[prop(into)] label: String, kind: &'static str, value: String) -> impl IntoView {
    let id = format!("filter-{name}");
    let kind = kind_showing(kind, &value);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name=name type=kind value=value autocomplete="off" />
        </div>
    }
}

#[component]
fn Pick(#[prop(into)] name: String, #[prop(into)] label: String, choices: Vec<Choice>, chosen: Vec<String>) -> impl IntoView {
    if choices.is_empty() {
        return None;
    }
    let id = format!("filter-{name}");
    // The list takes several values, this field one; the others go along as they are.
    let others = chosen.iter().skip(1).map(|value| view! { <input type="hidden" name=name.clone() value=value.clone() /> }).collect_view();
    let options = choices
        .into_iter()
        .map(|(value, words)| {
            let selected = chosen.first() == Some(&value);
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    Some(view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>
                <option value="">"Any"</option>
                {options}
            </select>
            {others}
        </div>
    })
}

#[component]
fn Boxes(name: &'static str, label: &'static str, choices: Vec<Choice>, chosen: Vec<String>) -> impl IntoView {
    let boxes = choices
        .into_iter()
        .map(|(value, words)| {
            let checked = chosen.contains(&value);
            view! {
                <label class="check">
                    <input type="checkbox" name=name value=value checked=checked />
                    <span>{words}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset">
            <legend>{label}</legend>
            {boxes}
        </fieldset>
    }
}
