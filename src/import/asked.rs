//! What a file leaves open of how it is written, as fields of the form that matches its columns.

use leptos::prelude::*;

use super::answers::Question;
use crate::ui::{FormState, SelectField};

/// The questions that a matched column asks, and those about which there is a complaint.
#[component]
pub(super) fn Asked(questions: Vec<Question>) -> impl IntoView {
    let state = FormState::here();
    let fields: Vec<_> = questions
        .into_iter()
        .filter(|question| {
            question.is_open || state.complaint(&question.name).is_some() || !state.value(&question.name, String::new()).is_empty()
        })
        .map(|question| {
            view! {
                <SelectField name=question.name label=question.label hint=question.hint options=question.options value=question.value />
            }
        })
        .collect();
    (!fields.is_empty()).then(|| {
        view! {
            <section class="stack">
                <h2>"How the file is written"</h2>
                <p class="muted">"The file does not tell this itself. What you choose is remembered for files with the same headings."</p>
                {fields}
            </section>
        }
    })
}
