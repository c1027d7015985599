//! Where people write. It says who will see what is written, and keeps it until it is.

use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{
    access::who_sees,
    api::{CaseView, SaveDraft, WriteEntry},
    draft::{Draft, Kept},
    model::{EntryKind, Visibility},
};
use crate::ui::{Complaint, Form, FormState, Hidden, Menu, SignInAgain, TextField, browser::inside_textarea, use_toasts};

type Area = NodeRef<html::Textarea>;

/// The composer of a case's timeline.
#[component]
pub(super) fn Composer(case: CaseView, draft: Draft, again: Callback<()>) -> impl IntoView {
    if !case.may_write {
        return None;
    }
    let area = Area::new();
    let kind = RwSignal::new(EntryKind::Note);
    let visibility = RwSignal::new(Visibility::Everyone);
    let toasts = use_toasts();
    let done = Callback::new(move |()| {
        if let Some(area) = area.get_untracked() {
            draft.forget(&area);
        }
        draft.written();
        toasts.say(format!("{} added", kind.get_untracked().label()));
        again.run(());
    });
    let discarded = Callback::new(move |()| {
        let Some(area) = area.get_untracked() else { return };
        let text = draft.text.get_untracked();
        draft.forget(&area);
        let undo = Callback::new(move |()| draft.put(&area, text.clone()));
        toasts.offer("Draft discarded", undo);
    });
    let number = case.number.clone();
    view! {
        <Form action={WriteEntry::PATH} key="entry" class="composer" clear=true done=done>
            <Writing case=case draft=draft area=area kind=kind visibility=visibility />
        </Form>
        <Form action={SaveDraft::PATH} id="discard-draft" key="draft" done=discarded>
            <Hidden name="number" value=number />
        </Form>
    }
    .into()
}

#[component]
fn Writing(case: CaseView, draft: Draft, area: Area, kind: RwSignal<EntryKind>, visibility: RwSignal<Visibility>) -> impl IntoView {
    let state = FormState::here();
    let text = state.value("body", case.draft.clone());
    draft.begin(&case.number, text.clone(), case.entry_key);
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            draft.wake(&area);
        }
    });
    let complaint = state.complaint("body".to_owned());
    let invalid = move || complaint.with(Option::is_some).then_some("true");
    let described = move || complaint.with(Option::is_some).then_some("body-error");
    view! {
        <Hidden name="number" value=case.number.clone() />
        <Hidden name="key" value=draft.key() />
        <label class="visually-hidden" for="body">
            "Write on this case"
        </label>
        <textarea
            node_ref=area
            id="body"
            name="body"
            placeholder="Write a note. Markdown works."
            data-key="n"
            aria-invalid=invalid
            aria-describedby=described
            on:input=move |event| draft.typed(event_target_value(&event))
        >
            {inside_textarea(text)}
        </textarea>
        <Complaint id="body-error" text=complaint />
        <Bar case=case draft=draft kind=kind visibility=visibility />
    }
}

#[component]
fn Bar(case: CaseView, draft: Draft, kind: RwSignal<EntryKind>, visibility: RwSignal<Visibility>) -> impl IntoView {
    let kinds = EntryKind::WRITTEN.into_iter().map(|k| view! { <option value=k.key()>{k.label()}</option> }).collect_view();
    let audiences = Visibility::ALL.into_iter().map(|v| view! { <option value=v.key()>{v.label()}</option> }).collect_view();
    let choose_kind = move |event| kind.set(EntryKind::parse(&event_target_value(&event)).unwrap_or(EntryKind::Note));
    let choose_audience = move |event| visibility.set(Visibility::parse(&event_target_value(&event)).unwrap_or(Visibility::Everyone));
    let everybody = who_sees(&case);
    let audience = move || match visibility.get() {
        Visibility::Everyone => format!("Will be seen by {everybody}."),
        Visibility::Supervisors => "Will be seen by you and by supervisors, admins and owners with access to this case.".to_owned(),
        Visibility::Author => "Will be seen by you alone.".to_owned(),
    };
    view! {
        <div class="composer-bar" data-visibility=move || (visibility.get() != Visibility::Everyone).then_some("restricted")>
            <label class="visually-hidden" for="kind">
                "Kind"
            </label>
            <select id="kind" name="kind" on:change=choose_kind>
                {kinds}
            </select>
            <label class="visually-hidden" for="visibility">
                "Who sees it"
            </label>
            <select id="visibility" name="visibility" on:change=choose_audience>
                {audiences}
            </select>
            <Menu label="When" icon="clock" button="quiet">
                <TextField name="occurred" label="When it happened" kind="datetime-local" hint="Left empty, it is now." />
            </Menu>
            <Safety draft=draft discard="discard-draft" />
            <button class="button primary" type="submit">
                "Add " {move || kind.get().label().to_lowercase()}
            </button>
            <p class="audience">{audience}</p>
        </div>
    }
}

/// How safe the text is, in words. `discard` is the form that gives up what was restored.
#[component]
pub(super) fn Safety(draft: Draft, discard: &'static str) -> impl IntoView {
    let session = use_context::<SignInAgain>();
    let words = move || match draft.kept.get() {
        Kept::Nothing => "",
        Kept::Restored => "Restored your draft",
        Kept::Saved => "Draft saved",
        Kept::HereOnly => "Saved on this device only",
        Kept::SignedOut => "Saved on this device only: your session has ended",
    };
    let action = move || match draft.kept.get() {
        Kept::Restored => Some(view! { <button class="button link" type="submit" form=discard>"Discard"</button> }.into_any()),
        Kept::SignedOut => session.map(|session| {
            let sign_in = move |_| session.ask(Callback::new(move |()| draft.save()));
            view! { <button class="button link" type="button" on:click=sign_in>"Sign in"</button> }.into_any()
        }),
        Kept::Nothing | Kept::Saved | Kept::HereOnly => None,
    };
    view! {
        <span class="draft-status" role="status">
            {words}
        </span>
        {action}
    }
}
