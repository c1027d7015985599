//! Moving a case on: a button for each move that its type allows from here, and the form that closes it.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{CaseView, MoveCase},
    composer::{Discard, writer},
    draft::{CLOSING, DraftKeeper, Writing},
    fields::CustomField,
    looking::Looking,
    model::{FieldDef, StateKind, Transition},
};
use crate::ui::{Complaint, Form, FormState, Hidden, SelectField, Submit, TextArea, TextField};

/// Outcomes that are often the right words. Any others are as good.
const OUTCOMES: [&str; 5] = ["Resolved", "Withdrawn", "Referred elsewhere", "No further action", "Lost contact"];

/// The form that gives the reason of a closing up.
const DISCARD: &str = "discard-closing";

/// The moves from here, apart: those that close, and the others.
fn moves(case: &CaseView) -> (Vec<Transition>, Vec<Transition>) {
    let closes = |t: &Transition| case.case_type.state(&t.to).is_some_and(|state| state.kind == StateKind::Closed);
    case.case_type.moves_from(&case.state.key).cloned().partition(closes)
}

/// What the closing button says: the one move's own word, or the general one.
fn closing_words(closing: &[Transition]) -> String {
    match closing {
        // A bare "Close" does not say what.
        [only] if only.name != "Close" => only.name.clone(),
        _ => "Close case".to_owned(),
    }
}

/// The buttons. One form serves all, and the button says which.
#[component]
pub(super) fn Moves(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    if !case.may_write {
        return None;
    }
    let (closings, others) = moves(&case);
    let buttons =
        move || others.into_iter().map(|t| view! { <Submit class="button" name="to" value=t.to>{t.name}</Submit> }).collect_view();
    let close = (!closings.is_empty()).then(|| {
        view! {
            <a class="button" href=at.closing_form() data-stays>
                {closing_words(&closings)}
            </a>
        }
    });
    Some(view! {
        <Form action={MoveCase::PATH} key="move" class="moves">
            <Hidden name="number" value=case.number.clone() />
            <Hidden name="version" value=case.version.to_string() />
            <Hidden name="from" value=case.state.key.clone() />
            <Missing edit=at.editing_facts() />
            {buttons()}
            {close}
        </Form>
    })
}

/// Why a move is refused: mostly a fact that has no value yet, and where to give it one.
#[component]
fn Missing(edit: String) -> impl IntoView {
    let state = FormState::here();
    let complaint = state.complaint("to");
    let wrong = complaint.is_some();
    view! {
        <div class="missing" role="alert">
            <Complaint id=state.id("to") text=complaint />
            {wrong.then(|| view! { <a href=edit>"Edit the facts"</a> })}
        </div>
    }
}

/// The closing form: a section of the page, as the facts are when they are edited, if the address asks for it.
#[component]
pub(super) fn Closing(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let (closings, _) = moves(&case);
    let first = closings.first().filter(|_| at.closing && case.may_write)?.to.clone();
    let words = closing_words(&closings);
    // What a move needs and the case does not say yet is asked for here: going elsewhere would lose what was typed.
    let needs = |key: &String, t: &Transition| t.required.contains(key);
    let asked: Vec<FieldDef> = case
        .fields
        .iter()
        .filter(|field| field.value.is_null() && closings.iter().any(|t| needs(&field.def.key, t)))
        .map(|field| FieldDef { required: closings.iter().all(|t| needs(&field.def.key, t)), ..field.def.clone() })
        .collect();
    let members = case.members.clone();
    let facts = move || asked.into_iter().map(|def| view! { <CustomField def=def members=members.clone() /> }).collect_view();
    let which = move || {
        if closings.len() > 1 {
            let options = closings.into_iter().map(|t| (t.to, t.name)).collect();
            view! { <SelectField name="to" label="How" options=options /> }.into_any()
        } else {
            let state = FormState::here();
            view! {
                <Hidden name="to" value=first />
                <Complaint id=state.id("to") text=state.complaint("to") />
            }
            .into_any()
        }
    };
    let proposals = OUTCOMES.map(str::to_owned).to_vec();
    let writing = Writing {
        number: case.number.clone(),
        entry: CLOSING.to_owned(),
        shown_for: writer(),
        field: "close-reason".to_owned(),
        discard: DISCARD.to_owned(),
        restored: !case.closing.is_empty(),
        ..Writing::default()
    };
    let number = case.number.clone();
    Some(view! {
        <section id="closing" class="closing" aria-labelledby="closing-title">
            <h2 id="closing-title">{words.clone()}</h2>
            <Form action={MoveCase::PATH} key="close" class="stack">
                <Hidden name="number" value=case.number.clone() />
                <Hidden name="version" value=case.version.to_string() />
                <Hidden name="from" value=case.state.key.clone() />
                {which()}
                {facts()}
                <TextField name="outcome" label="Outcome" hint="How it ended, in a few words." proposals=proposals required=true autocomplete="off" />
                <TextArea
                    name="reason"
                    label="Reason"
                    hint="If it needs one. Everybody with access to the case sees it."
                    value=case.closing.clone()
                    rows=4
                />
                <div class="row">
                    <Submit>{words}</Submit>
                    <a class="button quiet" href=at.href("")>
                        "Cancel"
                    </a>
                    <DraftKeeper writing=writing />
                </div>
            </Form>
            <Discard id=DISCARD number=number entry=CLOSING.to_owned() />
        </section>
    })
}
