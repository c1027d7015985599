//! The list of requests: the operator's inbox, and the Privacy desk of an organisation.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{DeskSettings, OperatorSettings, desk_inbox, operator_inbox},
    desk::{InboxRow, InboxView, SettingsView},
    model::{Concern, Regime},
    track_page::DueDay,
};
use crate::ui::{
    Badge, Empty, Form, Hidden, Overdue, SelectField, State, Submit, Tab, Tabs, TextArea, TextField, Time, address, counted, loaded,
};

/// At whose place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// The operator's.
    Operator,
    /// An organisation's.
    Desk,
}

impl At {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Operator => "/operator/requests",
            Self::Desk => "/desk",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Operator => "Privacy requests to the operator",
            Self::Desk => "Privacy desk",
        }
    }
}

fn done() -> bool {
    address::query("show") == "done"
}

/// `/operator/requests`
pub struct OperatorPage;

impl OperatorPage {
    pub(crate) fn view() -> AnyView {
        let done = done();
        view! {
            <Title text=At::Operator.title() />
            {loaded(operator_inbox(done), move |view| view! { <Inbox view=view at=At::Operator done=done /> }.into_any())}
        }
        .into_any()
    }
}

/// `/desk`
pub struct DeskPage;

impl DeskPage {
    pub(crate) fn view() -> AnyView {
        let done = done();
        view! {
            <Title text=At::Desk.title() />
            {loaded(desk_inbox(done), move |view| view! { <Inbox view=view at=At::Desk done=done /> }.into_any())}
        }
        .into_any()
    }
}

#[component]
fn Inbox(view: InboxView, at: At, done: bool) -> impl IntoView {
    let says = match at {
        At::Operator => {
            "From people with an account, visitors and anybody else whose data the operator holds. What is about a case goes to its organisation."
        }
        At::Desk => "From people whom your cases are about. Your organisation is responsible for them, and for answering in time.",
    };
    let tab = |label: &str, href: String, count: i64, current| Tab { label: label.into(), href, count: Some(count.to_string()), current };
    let tabs = vec![tab("To do", at.path().into(), view.open, !done), tab("Done", format!("{}?show=done", at.path()), view.done, done)];
    let overdue = if view.overdue == 0 {
        view! { <span class="count">"none overdue"</span> }.into_any()
    } else {
        view! { <Overdue>{view.overdue} " overdue"</Overdue> }.into_any()
    };
    let list = if view.rows.is_empty() {
        let (title, text) = if done {
            ("Nothing done yet", "Requests that are answered or ended stand here.")
        } else {
            ("Nothing to do", "A request that comes in stands here, the most urgent first.")
        };
        view! { <Empty icon="inbox" title=title text=text /> }.into_any()
    } else {
        view! { <Rows rows=view.rows at=at /> }.into_any()
    };
    view! {
        <div class="page-head">
            <h1>{at.title()}</h1>
            {overdue}
            <p>{says}</p>
        </div>
        <Tabs label="Requests" tabs=tabs />
        {list}
        <Public form=view.form />
        <Settings settings=view.settings at=at />
    }
}

#[component]
fn Rows(rows: Vec<InboxRow>, at: At) -> impl IntoView {
    let summary = counted(i64::try_from(rows.len()).unwrap_or(i64::MAX), "request", "requests");
    let row = move |row: InboxRow| {
        let due = row.due.map(|due| view! { <DueDay due=due /> });
        let agent = row.by_agent.then(|| view! { " " <Badge>"By an agent"</Badge> });
        let about = match row.concern {
            Concern::Account => "Account or visit",
            Concern::Case => "Case",
        };
        view! {
            <tr>
                <th scope="row" class="lead">
                    <a href=format!("{}/{}", at.path(), row.id)>{capital(row.kind.noun())}</a>
                    {agent}
                </th>
                <td class="number">{row.reference}</td>
                <td><State kind=row.state.shape() label=row.state.label() /></td>
                <td data-label="Answer by">{due}</td>
                <td data-label="About">{about}</td>
                <td data-label="Received" class="nowrap"><Time iso=row.received.iso text=row.received.day /></td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Requests, the most urgent first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Request for"</th>
                        <th scope="col">"Reference"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Answer by"</th>
                        <th scope="col">"About"</th>
                        <th scope="col">"Received"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <p class="table-note">{summary} ", the most urgent first."</p>
    }
}

/// A word at the beginning of a line.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// Where people find the form of this organisation.
#[component]
fn Public(form: String) -> impl IntoView {
    (!form.is_empty()).then(|| {
        view! {
            <section>
                <h2>"Your public form"</h2>
                <p>"Put this address into your privacy notice and your letters. A request that is made there comes to you at once: " <a href=form.clone()>{form.clone()}</a></p>
            </section>
        }
    })
}

#[component]
fn Settings(settings: SettingsView, at: At) -> impl IntoView {
    let action = match at {
        At::Operator => <OperatorSettings as ServerFn>::PATH,
        At::Desk => <DeskSettings as ServerFn>::PATH,
    };
    let regimes = Regime::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned())).collect();
    view! {
        <section>
            <details>
                <summary>"Law and holidays: " {settings.regime.label()}</summary>
                <Form action=action class="form-narrow" key="settings">
                    <Hidden name="version" value=settings.version.to_string() />
                    <SelectField name="regime" label="Law that sets the time" options=regimes value=settings.regime.key() hint="It holds for requests that come in from now on." />
                    <TextArea name="holidays" label="Holidays" hint="One day a line, such as 2026-12-25. Saturdays and Sundays are free anyway." value=settings.holidays rows=3 />
                    <ZoneField at=at zone=settings.time_zone />
                    <div class="form-actions">
                        <Submit class="button">"Save"</Submit>
                    </div>
                </Form>
            </details>
        </section>
    }
}

/// The operator's zone is set here, an organisation's among its own settings.
#[component]
fn ZoneField(at: At, zone: String) -> impl IntoView {
    match at {
        At::Operator => {
            view! { <TextField name="time_zone" label="Time zone" hint="Days begin and end in it." value=zone required=true /> }.into_any()
        }
        At::Desk => view! { <p class="hint">"Days begin and end in the time zone of your organisation: " {zone} "."</p> }.into_any(),
    }
}
