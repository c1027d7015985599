//! What the organisation works on: each case type with its lifecycle and fields, and the shipped ones that it could add.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    api::{CaseTypesView, case_types},
    index::Split,
    onboarding::PresetForm,
};
use crate::{
    cases::{
        CaseType, FieldDef,
        model::{State, Transition},
    },
    ui::{Empty, State as StateBadge, Subject},
};

/// `/settings/case-types`
pub struct CaseTypesPage;

impl CaseTypesPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Case types" />
            <Split current="/settings/case-types">
                <Subject of=case_types() show=move |view| view! { <Types view=view /> } />
            </Split>
        }
        .into_any()
    }
}

#[component]
fn Types(view: CaseTypesView) -> impl IntoView {
    let CaseTypesView { types, presets, manages, .. } = view;
    let count = types.len().to_string();
    let none = types.is_empty().then(|| {
        view! { <Empty icon="cases" title="No case type yet" text="Until one is chosen no case can be opened." /> }
    });
    let more = (manages && !presets.is_empty()).then(|| {
        view! {
            <section>
                <h2>"Add case types"</h2>
                <PresetForm presets=presets label="Ready-made" button="Add case types" />
            </section>
        }
    });
    view! {
        <div class="page-head">
            <h1>"Case types"</h1>
            <span class="count">{count}</span>
            <p>"How each kind of case moves, what is written down about it, and how it is numbered."</p>
        </div>
        {none}
        {types.into_iter().map(|one| view! { <Type one=one /> }).collect_view()}
        {more}
    }
}

#[component]
fn Type(one: CaseType) -> impl IntoView {
    let due = match one.default_due_days {
        None => "has no due date of its own".to_owned(),
        Some(1) => "is due after one day".to_owned(),
        Some(days) => format!("is due after {days} days"),
    };
    let moves = moves(&one);
    let fields = one.fields.into_iter().map(|field| view! { <Field field=field /> }).collect_view();
    view! {
        <section>
            <h2>{one.name}</h2>
            <p>
                "Numbered " <span class="number">{example(&one.number_format)}</span> " and so on; a new case " {due} "."
            </p>
            <details>
                <summary>"States and moves"</summary>
                <div class="table-wrap">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"State"</th>
                                <th scope="col">"Can move to"</th>
                            </tr>
                        </thead>
                        <tbody>{moves}</tbody>
                    </table>
                </div>
            </details>
            <details>
                <summary>"Fields"</summary>
                <div class="table-wrap">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Field"</th>
                                <th scope="col">"Holds"</th>
                                <th scope="col">"Choices"</th>
                            </tr>
                        </thead>
                        <tbody>{fields}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
}

/// A row for each state: what it means, and where one can go from it by which button.
fn moves(one: &CaseType) -> Vec<impl IntoView + use<>> {
    let row = |state: &State| {
        let ways = one.moves_from(&state.key).map(|way| way_in_words(one, way)).collect::<Vec<_>>().join("; ");
        let ways = if ways.is_empty() { "nowhere".to_owned() } else { ways };
        view! {
            <tr>
                <th scope="row" class="lead">
                    <StateBadge kind=state.kind.key() label=state.name.clone() />
                </th>
                <td class="wide">{ways}</td>
            </tr>
        }
    };
    one.states.iter().map(row).collect()
}

fn way_in_words(one: &CaseType, way: &Transition) -> String {
    let to = one.state(&way.to).map_or(way.to.as_str(), |state| state.name.as_str());
    let needed: Vec<_> = way.required.iter().filter_map(|key| one.field(key)).map(|field| field.label.as_str()).collect();
    if needed.is_empty() {
        format!("{to} (\u{201c}{}\u{201d})", way.name)
    } else {
        format!("{to} (\u{201c}{}\u{201d}, needs {})", way.name, needed.join(", "))
    }
}

#[component]
fn Field(field: FieldDef) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="lead">
                {field.label}
            </th>
            <td>{field.kind.label()} {field.required.then_some(", always needed")}</td>
            <td class="wide">{field.options.join(", ")}</td>
        </tr>
    }
}

/// The first number of a series. The year stands as people know it, whichever it is.
fn example(format: &str) -> String {
    let (before, width, after) = crate::cases::parse::number_series(&format.replace("{year}", "YYYY").replace("{yy}", "YY"), 0);
    format!("{before}{:0width$}{after}", 1)
}

#[cfg(test)]
mod tests {
    use super::example;

    #[test]
    fn an_example_reads_like_a_number() {
        assert_eq!(example("LA-{year}-{seq:5}"), "LA-YYYY-00001");
        assert_eq!(example("{seq}/{yy}"), "1/YY");
    }
}
