//! What each column of the file becomes.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};

use super::{
    api::{CheckImport, ColumnView, ImportView, ReadAgain},
    model::Target,
};
use crate::{
    cases::CaseType,
    ids::{Id, kinds},
    ui::{Complaint, Empty, Form, FormState, Hidden, Notice, Submit, TextField},
};

/// The case type, and a choice for every column.
#[component]
pub(super) fn Columns(view: ImportView) -> impl IntoView {
    let chosen = view.types.iter().find(|t| Some(t.id) == view.case_type).or(view.types.first()).cloned();
    let Some(chosen) = chosen else {
        return Either::Left(view! {
            <Empty icon="cases" title="No case types yet" text="An imported case needs a type, which says through which states it moves.">
                <a class="button primary" href="/settings/case-types">
                    "Choose case types"
                </a>
            </Empty>
        });
    };
    let found = view.columns.iter().filter(|column| Target::parse(&column.becomes) != Target::Skip).count();
    let hint = (!view.matched).then(|| {
        let text = format!(
            "{found} of {} columns were matched by their names. Look through the rest; a column that you leave out is not stored.",
            view.columns.len()
        );
        view! { <Notice><p>{text}</p></Notice> }
    });
    Either::Right(view! {
        <Separator id=view.summary.id delimiter=view.delimiter />
        <TypeChoice id=view.summary.id types=view.types chosen=chosen.key.clone() />
        {hint}
        <Form action={<CheckImport as ServerFn>::PATH}>
            <Hidden name="id" value=view.summary.id.to_string() />
            <Hidden name="case_type" value=chosen.key.clone() />
            <Table columns=view.columns case_type=chosen />
            <div class="form-actions">
                <Submit>"Try it out"</Submit>
                <a class="button quiet" href="/settings/import">
                    "Back"
                </a>
            </div>
        </Form>
    })
}

/// Another type has other fields, so choosing one loads the page with its fields. A form of its own, which needs no script.
#[component]
fn TypeChoice(id: Id<kinds::Import>, types: Vec<CaseType>, chosen: String) -> impl IntoView {
    let options = types
        .into_iter()
        .map(|t| {
            let selected = t.key == chosen;
            view! { <option value=t.key selected=selected>{t.name}</option> }
        })
        .collect_view();
    view! {
        <form class="row import-type" method="get" action=format!("/settings/import/{id}")>
            <label for="type">"The rows become cases of the type"</label>
            <select id="type" name="type" data-submits>
                {options}
            </select>
            <button class="button small unscripted" type="submit">"Use this type"</button>
        </form>
    }
}

/// What separates the columns was found out; where that went wrong, the person says it, and the file is read again as it lies here.
#[component]
fn Separator(id: Id<kinds::Import>, delimiter: String) -> impl IntoView {
    view! {
        <Form action={<ReadAgain as ServerFn>::PATH} class="import-separator">
            <Hidden name="id" value=id.to_string() />
            <TextField
                name="delimiter"
                label="Columns are separated by"
                hint="One sign, or the word tab. Change it if the columns below are not those of your file."
                value=delimiter
                autocomplete="off"
                class="short"
            />
            <Submit class="button small">"Read the file again"</Submit>
        </Form>
    }
}

#[component]
fn Table(columns: Vec<ColumnView>, case_type: CaseType) -> impl IntoView {
    let state = FormState::here();
    let complaint = state.complaint("columns");
    let rows = columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| view! { <Line at=at column=column case_type=case_type.clone() /> })
        .collect_view();
    view! {
        <div id=state.id("columns") tabindex="-1">
            <Complaint id="columns-error" text=complaint />
        </div>
        <div class="table-wrap" data-wide>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Column in the file"</th>
                        <th scope="col">"First values"</th>
                        <th scope="col">"Becomes"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(at: usize, column: ColumnView, case_type: CaseType) -> impl IntoView {
    let state = FormState::here();
    let name = format!("columns[{at}]");
    let (id, error_id) = (state.id(&name), format!("{}-error", state.id(&name)));
    let becomes = state.value(&name, column.becomes);
    let complaint = state.complaint(&name);
    let is_wrong = complaint.is_some();
    view! {
        <tr>
            <th scope="row" class="lead" data-label="Column">
                <label for=id.clone()>
                    <code>{column.name}</code>
                </label>
            </th>
            <td class="muted wide" data-label="First values">
                {column.sample.join(", ")}
            </td>
            <td data-label="Becomes">
                <select
                    id=id
                    name=name
                    aria-invalid=is_wrong.then_some("true")
                    aria-describedby=is_wrong.then(|| error_id.clone())
                >
                    <Targets chosen=becomes case_type=case_type />
                </select>
                <Complaint id=error_id text=complaint />
            </td>
        </tr>
    }
}

/// Everything that a column can become, in groups.
#[component]
fn Targets(chosen: String, case_type: CaseType) -> impl IntoView {
    let fixed = |of_entry: bool| {
        Target::FIXED
            .into_iter()
            .filter(|target| *target != Target::Skip && target.is_of_entry() == of_entry)
            .map(|target| (target.key(), target.label().to_owned()))
            .collect::<Vec<_>>()
    };
    let own: Vec<_> = case_type.fields.iter().map(|field| (Target::Field(field.key.clone()).key(), field.label.clone())).collect();
    let groups = [("The case".to_owned(), fixed(false)), (case_type.name, own), ("What happened in it".to_owned(), fixed(true))];
    let skipped = chosen == Target::Skip.key();
    let groups = groups
        .into_iter()
        .filter(|(_, targets)| !targets.is_empty())
        .map(|(label, targets)| {
            let options = targets
                .into_iter()
                .map(|(key, words)| {
                    let selected = key == chosen;
                    view! { <option value=key selected=selected>{words}</option> }
                })
                .collect_view();
            view! { <optgroup label=label>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <option value=Target::Skip.key() selected=skipped>
            {Target::Skip.label()}
        </option>
        {groups}
    }
}
