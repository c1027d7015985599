//! Where people write. It says who will see what is written, and keeps it until it is.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    access::who_sees,
    api::{CaseView, DraftView, SaveDraft, WriteEntry},
    draft::{DraftKeeper, Writing},
    model::{EntryKind, Visibility},
    words::ComposerWords,
};
use crate::ui::{Complaint, Form, FormState, Hidden, Menu, ShownFor, TextField, inside_textarea};

/// The form that gives a draft up.
const DISCARD: &str = "discard-draft";

/// The composer of a case's timeline.
#[component]
pub(super) fn Composer(case: Arc<CaseView>) -> impl IntoView {
    if !case.may_write {
        return None;
    }
    let number = case.number.clone();
    Some(view! {
        <Form action={WriteEntry::PATH} key="entry" class="composer" clear=true>
            <Field case=case />
        </Form>
        <Discard id=DISCARD number=number />
    })
}

#[component]
fn Field(case: Arc<CaseView>) -> impl IntoView {
    let state = FormState::here();
    let text = state.value("body", case.draft.body.clone());
    let complaint = state.complaint("body");
    let wrong = complaint.is_some();
    view! {
        <Hidden name="number" value=case.number.clone() />
        <Hidden name="key" value=case.entry_key.to_string() />
        <label class="visually-hidden" for="body">
            "Write on this case"
        </label>
        <textarea
            id="body"
            name="body"
            placeholder="Write a note. Markdown works."
            data-key="n"
            aria-invalid=wrong.then_some("true")
            aria-describedby=wrong.then_some("body-error")
        >
            {inside_textarea(text)}
        </textarea>
        <Complaint id="body-error" text=complaint />
        <Bar case=case />
    }
}

#[component]
fn Bar(case: Arc<CaseView>) -> impl IntoView {
    let state = FormState::here();
    let (kind, visibility) = (state.value("kind", case.draft.kind.clone()), state.value("visibility", case.draft.visibility.clone()));
    let occurred = case.draft.occurred.clone();
    let kinds = EntryKind::WRITTEN
        .into_iter()
        .map(|k| view! { <option value=k.key() selected=k.key() == kind>{k.label()}</option> })
        .collect_view();
    let audiences = Visibility::ALL
        .into_iter()
        .map(|v| view! { <option value=v.key() selected=v.key() == visibility>{v.label()}</option> })
        .collect_view();
    let everybody = who_sees(&case);
    let writing = Writing {
        field: "body".to_owned(),
        stored: DraftView {
            kind: EntryKind::Note.key().to_owned(),
            visibility: Visibility::Everyone.key().to_owned(),
            ..DraftView::default()
        },
        discard: DISCARD.to_owned(),
        restored: !case.draft.body.is_empty(),
        shown_for: writer(),
        number: case.number.clone(),
        ..Writing::default()
    };
    view! {
        <div class="composer-bar">
            <label class="visually-hidden" for="kind">
                "Kind"
            </label>
            <select id="kind" name="kind">
                {kinds}
            </select>
            <label class="visually-hidden" for="visibility">
                "Who sees it"
            </label>
            <select id="visibility" name="visibility">
                {audiences}
            </select>
            <Menu label="When" icon="clock" button="quiet">
                <TextField name="occurred" label="When it happened" kind="datetime-local" value=occurred hint="Left empty, it is now." />
            </Menu>
            <DraftKeeper writing=writing />
            <ComposerWords everybody=everybody />
        </div>
    }
}

/// The form that gives up what is being written; the button for it is with the [`DraftKeeper`].
#[component]
pub(super) fn Discard(id: &'static str, number: String, #[prop(optional)] entry: String) -> impl IntoView {
    view! {
        <Form action={SaveDraft::PATH} id=id key=id>
            <Hidden name="number" value=number />
            <Hidden name="entry" value=entry />
        </Form>
    }
}

/// Whose drafts are kept on this device.
pub(super) fn writer() -> String {
    use_context::<ShownFor>().map(|page| page.0).unwrap_or_default()
}
