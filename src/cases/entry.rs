//! One entry of the timeline: read, edited in place, with its earlier texts.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{DraftView, EditEntry, EntryView, RevisionView, revisions},
    composer::{Discard, writer},
    draft::{DraftKeeper, Writing},
    looking::Looking,
    model::{EntryKind, Visibility},
    row::time,
};
use crate::{
    fault::Fault,
    form::{AS_SHOWN, AsShown},
    server::http::escape,
    ui::{Form, Hidden, SelectField, Submit, TextArea, Time, drawing},
};

/// The entry. What is only read is written as text, as [rows](super::row) are: a long timeline built as views cost more
/// than all else on the page.
pub(super) fn entry(entry: &EntryView, at: &Looking) -> AnyView {
    let id = entry.id.to_string();
    let (anchor, kind) = (format!("e-{id}"), entry.kind.key());
    if matches!(entry.kind, EntryKind::State | EntryKind::Field) {
        let head = system(entry);
        return view! {
            <article class="entry system" id=anchor data-kind=kind>
                <header class="entry-head" inner_html=head></header>
            </article>
        }
        .into_any();
    }
    let class = match (entry.pinned, entry.visibility == Visibility::Everyone) {
        (false, true) => "entry",
        (true, true) => "entry pinned",
        (false, false) => "entry restricted",
        (true, false) => "entry pinned restricted",
    };
    let head = head(entry, at);
    let body = if entry.may_edit && at.edit == id {
        view! { <Editor entry=entry.clone() at=at.clone() /> }.into_any()
    } else {
        view! { <div class="entry-body prose" inner_html=entry.html.clone()></div> }.into_any()
    };
    let earlier = (at.revisions == id).then(|| view! { <Earlier at=at.clone() /> });
    view! {
        <article class=class id=anchor data-kind=kind>
            <header class="entry-head" inner_html=head></header>
            {body}
            {earlier}
        </article>
    }
    .into_any()
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
fn hour(entry: &EntryView) -> String {
    let hour = entry.at.text.rsplit(' ').next().unwrap_or_default();
    format!("<a class=\"entry-time\" href=\"#e-{}\" rel=\"external\">{}</a>", entry.id, time(&entry.at.iso, hour))
}

/// What the product wrote: one line.
fn system(entry: &EntryView) -> String {
    let (icon, author, hour) = (drawing(icon(entry.kind)), escape(&entry.author), hour(entry));
    format!("{icon}<span class=\"entry-author\">{author}</span><div>{}</div>{hour}", entry.html)
}

/// Who wrote it, what it is, who sees it, when it was, and what can be done with it.
fn head(entry: &EntryView, at: &Looking) -> String {
    let mut words = entry.kind.label().to_owned();
    if entry.pinned {
        words = format!("{words}, pinned, {}", entry.at.day);
    }
    let audience = match entry.visibility {
        Visibility::Everyone => String::new(),
        Visibility::Supervisors => audience("Supervisors and the author"),
        Visibility::Author => audience("Only you"),
    };
    let edited = match entry.edited {
        Some(_) => format!("<a href=\"{}\">edited</a>", escape(&at.href(&format!("revisions={0}#e-{0}", entry.id)))),
        None => String::new(),
    };
    let (icon, author, hour, menu) = (drawing(icon(entry.kind)), escape(&entry.author), hour(entry), menu(entry, at));
    format!("{icon}<span class=\"entry-author\">{author}</span><span class=\"entry-kind\">{words}</span>{audience}{edited}{hour}{menu}")
}

fn audience(who: &str) -> String {
    format!("<span class=\"entry-audience\">{}{who}</span>", drawing("lock"))
}

/// Edit and pin. The pin buttons belong to two forms that serve every entry of the page.
fn menu(entry: &EntryView, at: &Looking) -> String {
    if !entry.may_edit && !entry.may_pin {
        return String::new();
    }
    let id = entry.id.to_string();
    let edit = if entry.may_edit {
        format!("<a href=\"{}\">{}Edit</a>", escape(&at.href(&format!("edit={id}#e-{id}"))), drawing("edit"))
    } else {
        String::new()
    };
    let (form, words) = if entry.pinned { ("unpin", "Take off the top") } else { ("pin", "Pin on top") };
    let pin = if entry.may_pin {
        format!("<button type=\"submit\" form=\"{form}\" name=\"entry\" value=\"{id}\">{}{words}</button>", drawing("pin"))
    } else {
        String::new()
    };
    let label = format!("Actions on this {}", entry.kind.label().to_lowercase());
    format!(
        "<details class=\"menu\"><summary class=\"button quiet small square\">{}<span class=\"visually-hidden\">{label}</span></summary>\
         <div class=\"menu-list\">{edit}{pin}</div></details>",
        drawing("more")
    )
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
        shown_for: writer(),
        field: format!("{key}-body"),
        stored: DraftView { body: entry.body.clone(), visibility: entry.visibility.key().to_owned(), ..DraftView::default() },
        discard: DISCARD.to_owned(),
        restored: entry.draft.is_some(),
    };
    // What is kept of a change is typed, and not shown.
    let mut shown = AsShown::default();
    shown.note("body", vec![writing.stored.body.clone()]);
    shown.note("visibility", vec![writing.stored.visibility.clone()]);
    let draft = entry.draft.unwrap_or_else(|| writing.stored.clone());
    let (of_case, of_entry) = (at.number.clone(), id.clone());
    view! {
        <Form action={EditEntry::PATH} key=key class="stack">
            <Hidden name="number" value=at.number.clone() />
            <Hidden name="entry" value=id />
            <Hidden name="version" value=entry.version.to_string() />
            <Hidden name=AS_SHOWN value=shown.text() />
            <TextArea
                name="body"
                label="Text"
                hint="Markdown works. The text as it was stays in the history of the entry."
                value=draft.body
            />
            <SelectField name="visibility" label="Who sees it" options=options value=draft.visibility class="short" />
            <div class="row">
                <Submit>"Save"</Submit>
                <a class="button quiet" href=at.href("")>
                    "Cancel"
                </a>
                <DraftKeeper writing=writing />
            </div>
        </Form>
        <Discard id=DISCARD number=of_case entry=of_entry />
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
            let all = all.unwrap_or_default();
            if all.is_empty() {
                return view! { <li class="hint">"Only its author may read them."</li> }.into_any();
            }
            all.into_iter().map(line).collect_view().into_any()
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

#[cfg(test)]
mod tests {
    use leptos::reactive::owner::Owner;

    use super::*;
    use crate::{
        ids::Id,
        server::time::Zone,
        ui::{Icon, Menu},
    };

    fn written() -> EntryView {
        EntryView {
            id: Id::from_uuid(uuid::Uuid::nil()),
            kind: EntryKind::Call,
            at: Zone::utc().show(crate::clock::Instant(1_760_000_000_000_000)),
            author: "<script>\"Ada\" & Co</script>".into(),
            html: "<p>Called back.</p>".into(),
            body: "Called back.".into(),
            draft: None,
            visibility: Visibility::Author,
            pinned: true,
            edited: Some(Zone::utc().show(crate::clock::Instant(1_760_000_000_000_000))),
            version: 1,
            may_edit: true,
            may_pin: true,
        }
    }

    fn here() -> Looking {
        Looking {
            number: "LA-1".into(),
            show: "note".into(),
            before: String::new(),
            edit: String::new(),
            revisions: String::new(),
            closing: false,
            facts: false,
        }
    }

    fn drawn(view: impl IntoView) -> String {
        view.into_any().to_html().replace("<!>", "")
    }

    #[test]
    fn an_author_s_name_and_an_address_are_text() {
        for head in [head(&written(), &here()), system(&written())] {
            assert!(!head.contains("<script") && head.contains("&lt;script&gt;&quot;Ada&quot; &amp; Co&lt;/script&gt;"), "{head}");
        }
        let forged = Looking { show: "\"><script>".into(), ..here() };
        assert!(!head(&written(), &forged).contains("<script"), "{}", head(&written(), &forged));
    }

    #[test]
    fn an_entry_is_drawn_with_the_design_system() {
        Owner::new().with(|| {
            let entry = written();
            let menu = drawn(view! {
                <Menu label="Actions on this call" icon="more" icon_only=true button="quiet small">
                    <a href="/cases/LA-1?show=note&edit=00000000-0000-0000-0000-000000000000#e-00000000-0000-0000-0000-000000000000">
                        <Icon name="edit" />
                        "Edit"
                    </a>
                    <button type="submit" form="unpin" name="entry" value="00000000-0000-0000-0000-000000000000">
                        <Icon name="pin" />
                        "Take off the top"
                    </button>
                </Menu>
            });
            assert_eq!(super::menu(&entry, &here()), menu);
            let time = drawn(view! { <Time iso=entry.at.iso.clone() text="08:53" /> });
            assert!(hour(&entry).contains(&time), "{time} in {}", hour(&entry));
            let nothing = EntryView { may_edit: false, may_pin: false, visibility: Visibility::Everyone, edited: None, ..entry };
            let head = head(&nothing, &here());
            assert!(!head.contains("<details") && !head.contains("edited") && !head.contains("entry-audience"), "{head}");
        });
    }
}
