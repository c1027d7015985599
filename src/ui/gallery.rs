//! `/ui`: every component in every state, once in light and once in dark, for
//! the eye and for the end-to-end suite (axe runs over it). Development only.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    Badge, Chip, Chips, Dialog, Empty, Icon, Menu, Notice, Overdue, Pager, Priority, Progress, Skeleton, Sort, SortLink, State, Steps, Tab,
    Tabs, Tag, Time, Tone,
};

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

#[component]
fn Fields(id: &'static str) -> impl IntoView {
    let name = format!("{id}-name");
    let wrong = format!("{id}-wrong");
    let hint = format!("{id}-hint");
    let error = format!("{id}-error");
    let kind = format!("{id}-kind");
    let file = format!("{id}-file");
    view! {
        <div class="field">
            <label for=name.clone()>"Title"</label>
            <p class="hint" id=hint.clone()>
                "A few words; a title is enough to begin."
            </p>
            <input id=name aria-describedby=hint />
        </div>
        <div class="field">
            <label for=wrong.clone()>"Due"</label>
            <input id=wrong value="31 February" aria-invalid="true" aria-describedby=error.clone() />
            <p class="field-error" id=error>
                <Icon name="danger" />
                <span>"February has no 31st. Write a date such as 2026-02-28"</span>
            </p>
        </div>
        <div class="field">
            <label for=kind.clone()>"Case type"</label>
            <select id=kind>
                <option>"Legal advice"</option>
                <option>"Complaint"</option>
            </select>
        </div>
        <div class="field">
            <label for=file.clone()>"Files"</label>
            <input id=file type="file" multiple />
        </div>
        <label class="check">
            <input type="checkbox" checked />
            <span>"Only people I name may see it"</span>
        </label>
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
        <div class="row">
            <button class="button" data-opens="gallery-dialog">
                "Open a dialog"
            </button>
        </div>
        <Dialog id="gallery-dialog" title="Close case" back="#main">
            <p>"Everyone on this case will see the reason."</p>
        </Dialog>
    }
}
