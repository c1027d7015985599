//! `/ui`: every component in every state, once in light and once in dark, for
//! the eye and for the end-to-end suite (axe runs over it). Development only.

use leptos::{context::Provider, prelude::*};
use leptos_meta::Title;

use super::{
    AccountMenu, Badge, CheckField, Chip, Chips, ChoiceField, Dialog, Empty, FileField, Form, Hidden, Icon, Menu, Notice, Overdue, Pager,
    PasswordField, Priority, Progress, Returned, SelectField, Skeleton, Sort, SortLink, State, Steps, Submit, Tab, Tabs, Tag, TextArea,
    TextField, Time, Tone, toast::ToastLook,
};
use crate::fault::{Difference, Fault, FieldFault};

/// `/ui`
pub struct GalleryPage;

impl GalleryPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Components" />
            <Gallery />
        }
        .into_any()
    }
}

/// What goes into a frame at `/ui`.
#[component]
fn Gallery() -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>"Components"</h1>
            <p>"What the product is drawn with. A change here is a change everywhere."</p>
        </div>
        <div class="gallery">
            <section data-theme="light" aria-label="Light">
                <Specimens id="light" />
            </section>
            <section data-theme="dark" aria-label="Dark">
                <Specimens id="dark" />
            </section>
        </div>
        <Overlays />
    }
}

#[component]
fn Specimens(id: &'static str) -> impl IntoView {
    view! {
        <h2>"Buttons"</h2>
        <Buttons />
        <h2>"Fields"</h2>
        <Fields id=id />
        <h2>"States"</h2>
        <States />
        <h2>"Lists"</h2>
        <Lists id=id />
        <h2>"Messages"</h2>
        <Messages />
        <p><a href="/nowhere">"A page that cannot be had"</a></p>
        <h2>"Whose page it is"</h2>
        <AccountMenu name="Maria Okafor" email="maria@example.org" leave=view! { <button>"Sign out"</button> }.into_any()>
            <a href="#main">"My account"</a>
        </AccountMenu>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    view! {
        <div class="row">
            <button class="button primary">"Close case"</button>
            <button class="button">"Assign"</button>
            <button class="button quiet">"Cancel"</button>
            <button class="button danger">"Remove"</button>
            <button class="button danger primary">"Erase"</button>
            <button class="button small">"Small"</button>
            <button class="button" disabled>
                "Unavailable"
            </button>
            <button class="button" aria-pressed="true">
                "Pressed"
            </button>
            <button class="button square" aria-label="Add">
                <Icon name="plus" />
            </button>
            <button class="button link">"Like a link"</button>
            <Menu label="Menu" button="quiet">
                <a href="#main">
                    <Icon name="edit" />
                    "Edit"
                </a>
                <button class="danger">
                    <Icon name="trash" />
                    "Remove"
                </button>
            </Menu>
        </div>
    }
}

/// Where the specimen forms would go; nothing is sent to it.
const NOWHERE: &str = "/ui";

/// A form as it comes back from the server.
fn returned(key: &str, fault: Fault, fields: &[(&str, &str)]) -> StoredValue<Returned> {
    let marked = std::iter::once(("form", key)).chain(fields.iter().copied());
    let fields = marked.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    StoredValue::new(Returned { action: NOWHERE.to_owned(), fault: Some(fault), fields })
}

#[component]
fn Fields(id: &'static str) -> impl IntoView {
    let (plain, wrong, one, stale) = (format!("{id}-plain"), format!("{id}-wrong"), format!("{id}-one"), format!("{id}-stale"));
    let complaint = |field: &str, message: &str| FieldFault { field: field.to_owned(), message: message.to_owned() };
    let complaints = Fault::Invalid(vec![
        complaint("title", "Write a title."),
        complaint("password", "Use at least 15 characters."),
        complaint("note", "Use at most 10,000 characters."),
        complaint("type", "Choose a case type."),
        complaint("way", "Choose how they came to you."),
        complaint("files", "The file is larger than 25 MB."),
        complaint("adult", "Confirm that you are 18 or older."),
    ]);
    let invalid = returned(&wrong, complaints, &[("title", ""), ("note", "Far too long"), ("due", "31 February")]);
    let single = returned(&one, Fault::field("due", "February has no 31st. Write a date such as 2026-02-28."), &[("due", "31 February")]);
    let differences = vec![
        Difference::new("title", "Title", "Eviction, first notice", "Eviction notice").saved("Ada Brink, 12 Oct 2026, 14:05"),
        Difference::new("due", "Due", "", "2026-12-01").saved("Ada Brink, 12 Oct 2026, 14:05"),
        Difference::version(3),
    ];
    let conflict = returned(&stale, Fault::Conflict(differences), &[("title", "Eviction notice"), ("due", "2026-12-01")]);
    view! {
        <Form action=NOWHERE key=plain files=true>
            <EveryField />
        </Form>
        <h3>"One field is wrong"</h3>
        <Provider value=single>
            <Form action=NOWHERE key=one>
                <TextField name="due" label="Due" />
            </Form>
        </Provider>
        <h3>"Several are"</h3>
        <Provider value=invalid>
            <Form action=NOWHERE key=wrong files=true>
                <EveryField />
            </Form>
        </Provider>
        <h3>"Changed since you opened it"</h3>
        <Provider value=conflict>
            <Form action=NOWHERE key=stale>
                <Hidden name="version" value="2" />
                <TextField name="title" label="Title" required=true />
                <Submit>"Save"</Submit>
            </Form>
        </Provider>
    }
}

#[component]
fn EveryField() -> impl IntoView {
    let types = [("", "Choose"), ("advice", "Legal advice"), ("complaint", "Complaint")];
    let types = types.map(|(key, words)| (key.to_owned(), words.to_owned())).to_vec();
    let ways = [("phone", "By phone", "They rang."), ("desk", "At the desk", "They came in.")];
    let ways = ways.map(|(key, words, more)| (key.to_owned(), words.to_owned(), more.to_owned())).to_vec();
    view! {
        <TextField name="title" label="Title" hint="A few words; a title is enough to begin." required=true />
        <TextField name="channel" label="Channel" value="Phone" proposals=vec!["Phone".to_owned(), "Letter".to_owned()] />
        <PasswordField name="password" label="Password" hint="At least 15 characters. A few words are good." autocomplete="new-password" />
        <TextArea name="note" label="First note" hint="Markdown works." rows=3 />
        <SelectField name="type" label="Case type" options=types />
        <ChoiceField name="way" label="How they came to you" options=ways.clone() />
        <ChoiceField name="ways[]" label="And how else" options=ways several=true chosen=vec!["desk".to_owned()] />
        <FileField name="files" label="Files" hint="Up to 25 MB each." />
        <CheckField name="adult">"I am 18 or older"</CheckField>
        <CheckField name="restricted" checked=true>
            "Only people I name may see it"
        </CheckField>
        <div class="form-actions">
            <Submit>"Create case"</Submit>
        </div>
    }
}

#[component]
fn States() -> impl IntoView {
    view! {
        <div class="row">
            <State kind="open" label="In progress" />
            <State kind="waiting" label="Waiting for client" />
            <State kind="closed" label="Closed" />
            <Overdue>"3 days late"</Overdue>
            <Priority level="low" label="Low" />
            <Priority level="normal" label="Normal" />
            <Priority level="high" label="High" />
            <Priority level="urgent" label="Urgent" />
        </div>
        <div class="row">
            <Badge>"Draft"</Badge>
            <Badge tone=Tone::Info>"You"</Badge>
            <Badge tone=Tone::Success>"Verified"</Badge>
            <Badge tone=Tone::Warning>"Expires soon"</Badge>
            <Badge tone=Tone::Danger>"Suspended"</Badge>
            <Tag name="eviction" href="#main" />
        </div>
    }
}

#[component]
fn Lists(id: &'static str) -> impl IntoView {
    let tab = |label: &str, count: &str, current| Tab {
        label: label.to_owned(),
        href: "#main".to_owned(),
        count: Some(count.to_owned()),
        current,
    };
    view! {
        <Tabs label=format!("Views, {id}") tabs=vec![tab("Open", "105", true), tab("All", "1,434", false)] />
        <Chips lead="Cases that are">
            <Chip value="open or waiting" without="#main" />
            <Chip name="assigned to" value="Maria Okafor" without="#main" />
        </Chips>
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <SortLink label="Number" href="#main" />
                        <SortLink label="Title" href="#main" />
                        <SortLink label="Due" href="#main" sort=Some(Sort::Ascending) />
                    </tr>
                </thead>
                <tbody>
                    <tr data-row-href="#main">
                        <td class="number">"LA-2026-00042"</td>
                        <th scope="row" class="lead">
                            <a href="#main">"Eviction notice, tenant with two children"</a>
                        </th>
                        <td data-label="Due">
                            <Time iso="2026-12-01" text="1 Dec 2026" />
                        </td>
                    </tr>
                </tbody>
            </table>
        </div>
        <Pager label=id summary="1 of 105 cases" earlier=None later=Some("#main".to_owned()) />
        <Steps steps=vec!["Choose a file", "Match the columns", "Import"] current=1 />
    }
}

#[component]
fn Messages() -> impl IntoView {
    view! {
        <div class="stack">
            <Notice>"Your draft from 14:32 is here."</Notice>
            <Notice tone=Tone::Success>"1,434 cases were imported."</Notice>
            <Notice tone=Tone::Warning>"12 rows were left out."</Notice>
            <Notice tone=Tone::Danger>"The file could not be read past line 812."</Notice>
            <Progress done=890 total=1434 text="890 of 1,434 cases" />
            <Skeleton />
            <ToastLook text="Draft discarded".to_owned() undo=Some(Callback::new(|()| ())) dismiss=Callback::new(|()| ()) />
        </div>
        <Empty icon="cases" title="No cases yet" text="A case needs only a title.">
            <a class="button primary" href="#main">
                "New case"
            </a>
        </Empty>
    }
}

#[component]
fn Overlays() -> impl IntoView {
    view! {
        <h2>"On top of the page"</h2>
        <p class="hint">"The palette and the shortcuts come with signing in."</p>
        <div class="row">
            <button class="button" data-opens="gallery-dialog">
                "Open a dialog"
            </button>
            <button class="button" data-opens="palette">
                "Open the palette"
            </button>
            <button class="button" data-opens="shortcuts">
                "Open the shortcuts"
            </button>
        </div>
        <Dialog id="gallery-dialog" title="A dialog">
            <p>"Escape and the cross close it, and the focus goes back."</p>
        </Dialog>
    }
}
