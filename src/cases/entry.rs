//! One entry of the timeline: read, edited in place, with its earlier texts.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{EditEntry, EntryView, RevisionView, SaveDraft, revisions},
    composer::writer,
    draft::{DraftKeeper, Writing},
    looking::Looking,
    model::{EntryKind, Visibility},
};
use crate::{
    fault::Fault,
    ui::{Form, Hidden, Icon, Menu, SelectField, Submit, TextArea, Time},
};

/// The entry.
#[component]
pub(super) fn Entry(entry: EntryView, at: Looking) -> impl IntoView {
    let written_by_hand = !matches!(entry.kind, EntryKind::State | EntryKind::Field);
    if written_by_hand { view! { <Written entry=entry at=at /> }.into_any() } else { system(entry) }
}

const fn icon(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Note => "note",
        EntryKind::Call => "call",
        EntryKind::Meeting => "meeting",
        EntryKind::Email => "mail",
        EntryKind::Event => "flag",
        EntryKind::State => "change",
        EntryKind::Field => "edit",
    }
}

/// The hour, which is also the entry's own address.
fn hour(entry: &EntryView) -> AnyView {
    let hour = entry.at.text.rsplit(' ').next().unwrap_or_default().to_owned();
    view! {
        <a class="entry-time" href=format!("#e-{}", entry.id) rel="external">
            <Time iso=entry.at.iso.clone() text=hour />
        </a>
    }
    .into_any()
}

/// What the product wrote: one line.
fn system(entry: EntryView) -> AnyView {
    let time = hour(&entry);
    view! {
        <article class="entry system" id=format!("e-{}", entry.id) data-kind=entry.kind.key()>
            <header class="entry-head">
                <Icon name=icon(entry.kind) />
                <span class="entry-author">{entry.author}</span>
                <div inner_html=entry.html></div>
                {time}
            </header>
        </article>
    }
    .into_any()
}

#[component]
fn Written(entry: EntryView, at: Looking) -> impl IntoView {
    let id = entry.id.to_string();
    let audience = match entry.visibility {
        Visibility::Everyone => None,
        Visibility::Supervisors => Some("Supervisors and the author"),
        Visibility::Author => Some("Only you"),
    };
    let class = match (entry.pinned, audience.is_some()) {
        (false, false) => "entry",
        (true, false) => "entry pinned",
        (false, true) => "entry restricted",
        (true, true) => "entry pinned restricted",
    };
    let mut words = entry.kind.label().to_owned();
    if entry.pinned {
        words = format!("{words}, pinned, {}", entry.at.day);
    }
    let audience = audience.map(|who| view! { <span class="entry-audience"><Icon name="lock" />{who}</span> });
    let history = at.href(&format!("revisions={id}#e-{id}"));
    let edited = entry.edited.clone().map(|_| view! { <a href=history>"edited"</a> });
    let time = hour(&entry);
    let menu = (entry.may_edit || entry.may_pin).then(|| view! { <Actions entry=entry.clone() at=at.clone() /> });
    let (kind, may_edit, anchor) = (entry.kind, entry.may_edit, format!("e-{id}"));
    let author = entry.author.clone();
    let earlier = (at.revisions == id).then(|| view! { <Earlier at=at.clone() /> });
    let body = if may_edit && at.edit == id {
        view! { <Editor entry=entry at=at /> }.into_any()
    } else {
        view! { <div class="entry-body prose" inner_html=entry.html></div> }.into_any()
    };
    view! {
        <article class=class id=anchor data-kind=kind.key()>
            <header class="entry-head">
                <Icon name=icon(kind) />
                <span class="entry-author">{author}</span>
                <span class="entry-kind">{words}</span>
                {audience}
                {edited}
                {time}
                {menu}
            </header>
            {body}
            {earlier}
        </article>
    }
}

/// Edit and pin. The pin buttons belong to two forms that serve every entry of the page.
#[component]
fn Actions(entry: EntryView, at: Looking) -> impl IntoView {
    let id = entry.id.to_string();
    let label = format!("Actions on this {}", entry.kind.label().to_lowercase());
    let edit = entry.may_edit.then(|| {
        view! {
            <a href=at.href(&format!("edit={id}#e-{id}"))>
                <Icon name="edit" />
                "Edit"
            </a>
        }
    });
    let (form, words) = if entry.pinned { ("unpin", "Take off the top") } else { ("pin", "Pin on top") };
    let pin = entry.may_pin.then(|| {
        view! {
            <button type="submit" form=form name="entry" value=id>
                <Icon name="pin" />
                {words}
            </button>
        }
    });
    view! {
        <Menu label=label icon="more" icon_only=true button="quiet small">
            {edit}
            {pin}
        </Menu>
    }
}

/// The form that gives up what was kept of a change.
const DISCARD: &str = "discard-edit";

/// The text as it was written, to be changed; kept while it is. The earlier one stays in the history.
#[component]
fn Editor(entry: EntryView, at: Looking) -> impl IntoView {
    let id = entry.id.to_string();
    let key = format!("edit-{id}");
    let options = Visibility::ALL.into_iter().map(|v| (v.key().to_owned(), v.label().to_owned())).collect();
    let writing = Writing {
        number: at.number.clone(),
        entry: id.clone(),
        user: writer(),
        field: format!("{key}-body"),
        stored: entry.body.clone(),
        discard: DISCARD.to_owned(),
        restored: entry.draft.is_some(),
    };
    let (of_case, of_entry) = (at.number.clone(), id.clone());
    view! {
        <Form action={EditEntry::PATH} key=key class="stack">
            <Hidden name="number" value=at.number.clone() />
            <Hidden name="entry" value=id />
            <Hidden name="version" value=entry.version.to_string() />
            <TextArea
                name="body"
                label="Text"
                hint="Markdown works. The text as it was stays in the history of the entry."
                value=entry.draft.unwrap_or(entry.body)
            />
            <SelectField name="visibility" label="Who sees it" options=options value=entry.visibility.key() class="short" />
            <div class="row">
                <Submit>"Save"</Submit>
                <a class="button quiet" href=at.href("")>
                    "Cancel"
                </a>
                <DraftKeeper writing=writing />
            </div>
        </Form>
        <Form action={SaveDraft::PATH} id=DISCARD key="edit-draft">
            <Hidden name="number" value=of_case />
            <Hidden name="entry" value=of_entry />
        </Form>
    }
}

/// The texts that an entry had before, the latest first.
#[component]
fn Earlier(at: Looking) -> impl IntoView {
    let back = at.href("");
    let lines = {
        Suspend::new(async move {
            let entry = at.revisions.parse().map_err(|_| Fault::NotFound);
            let line = |revision: RevisionView| {
                view! {
                    <li>
                        <Time iso=revision.at.iso text=revision.at.text />
                        <div>
                            <p class="muted">{revision.by}</p>
                            <p class="as-written">{revision.body}</p>
                        </div>
                    </li>
                }
            };
            let all = match entry {
                Ok(entry) => revisions(at.number, entry).await,
                Err(fault) => Err(fault),
            };
            all.map(|all| all.into_iter().map(line).collect_view()).unwrap_or_default()
        })
    };
    view! {
        <section class="earlier" aria-label="Earlier texts">
            <h4>"Before it was edited"</h4>
            <ol class="history">
                {lines}
            </ol>
            <a href=back>"Hide"</a>
        </section>
    }
}
