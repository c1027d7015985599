//! The list of requests: the operator's inbox, and the Privacy desk of an organisation.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{DeskSettings, OperatorSettings, desk_inbox, operator_inbox},
    inbox::{InboxQuery, InboxRow, InboxView, SettingsView},
    model::{Concern, Kind, Regime},
    track_page::DueDay,
};
use crate::ui::{
    Badge, Chip, Chips, Empty, FilterPanel, Fold, Form, Hidden, Notice, Overdue, Pager, SelectField, State, Submit, Tab, Tabs, TextArea,
    TextField, Time, Tone, address, counted, grouped, loaded,
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

/// What the address says.
fn here() -> InboxQuery {
    InboxQuery { show: address::query("show"), kind: address::query("kind"), late: address::query("late"), after: address::query("after") }
}

/// `/operator/requests`
pub struct OperatorPage;

impl OperatorPage {
    pub(crate) fn view() -> AnyView {
        let query = here();
        let InboxQuery { show, kind, late, after } = query.clone();
        view! {
            <Title text=At::Operator.title() />
            {loaded(operator_inbox(show, kind, late, after), move |view| view! { <Inbox view=view at=At::Operator query=query /> }.into_any())}
        }
        .into_any()
    }
}

/// `/desk`
pub struct DeskPage;

impl DeskPage {
    pub(crate) fn view() -> AnyView {
        let query = here();
        let InboxQuery { show, kind, late, after } = query.clone();
        view! {
            <Title text=At::Desk.title() />
            {loaded(desk_inbox(show, kind, late, after), move |view| view! { <Inbox view=view at=At::Desk query=query /> }.into_any())}
        }
        .into_any()
    }
}

#[component]
fn Inbox(view: InboxView, at: At, query: InboxQuery) -> impl IntoView {
    let says = match at {
        At::Operator => {
            "From people with an account, visitors and anybody else whose data the operator holds. What is about a case goes to its organisation."
        }
        At::Desk => "From people whom your cases are about. Your organisation is responsible for them, and for answering in time.",
    };
    let path = at.path();
    // Another tab keeps the kind that is looked at, and begins at its first page.
    let tab = |label: &str, show: &str, count: i64| {
        let there = InboxQuery { show: show.to_owned(), after: String::new(), ..query.clone() };
        Tab { label: label.into(), href: there.href(path), count: Some(grouped(count)), current: there.done() == query.done() }
    };
    let tabs = vec![tab("To do", "", view.open), tab("Done", "done", view.done)];
    let overdue = if view.overdue == 0 {
        view! { <span class="count">"none overdue"</span> }.into_any()
    } else {
        let late = InboxQuery { late: "yes".into(), ..InboxQuery::default() };
        view! { <a href=late.href(path)><Overdue>{view.overdue} " overdue"</Overdue></a> }.into_any()
    };
    let not_passed_on = (view.not_passed_on > 0).then(|| {
        let words = counted(view.not_passed_on, "request that names an organisation is", "requests that name an organisation are");
        view! { <Notice tone=Tone::Warning>{words} " not passed on, although the two working days for that are over. The organisation\u{2019}s own time begins only when it gets there."</Notice> }
    });
    let list = if view.rows.is_empty() {
        view! { <Nothing query=query.clone() path=path /> }.into_any()
    } else {
        view! { <Rows view=view.clone() at=at query=query.clone() /> }.into_any()
    };
    view! {
        <div class="page-head">
            <h1>{at.title()}</h1>
            {overdue}
            <p>{says}</p>
        </div>
        {not_passed_on}
        <Tabs label="Requests" tabs=tabs />
        <Filters query=query path=path />
        {list}
        <Public form=view.form />
        <Settings settings=view.settings at=at />
    }
}

/// What is shown, as a sentence, and the panel to change it.
#[component]
fn Filters(query: InboxQuery, path: &'static str) -> impl IntoView {
    let without = |change: fn(&mut InboxQuery)| {
        let mut there = InboxQuery { after: String::new(), ..query.clone() };
        change(&mut there);
        there.href(path)
    };
    let kind = query.kind().map(|kind| view! { <Chip name="for" value=kind.noun() without=without(|it| it.kind.clear()) /> });
    let late = query.late().then(|| view! { <Chip value="overdue" without=without(|it| it.late.clear()) /> });
    let lead = match (query.done(), kind.is_some() || late.is_some()) {
        (true, false) => "Everything that is done",
        (false, false) => "Everything to do",
        (_, true) => "Requests",
    };
    let clear = InboxQuery { show: query.show.clone(), ..InboxQuery::default() }.href(path);
    let chosen = query.kind();
    let options = Kind::ALL.iter().map(|kind| {
        view! { <option value=kind.key() selected=chosen == Some(*kind)>{capital(kind.noun())}</option> }
    });
    let options = options.collect_view();
    let overdue = (!query.done()).then(|| {
        let ticked = query.late();
        view! {
            <fieldset class="fieldset">
                <legend>"Time"</legend>
                <label class="check">
                    <input type="checkbox" name="late" value="yes" checked=ticked />
                    <span>"Only what is overdue"</span>
                </label>
            </fieldset>
        }
    });
    let show = query.done().then(|| view! { <input type="hidden" name="show" value="done" /> });
    view! {
        <Chips lead=lead>
            {kind}
            {late}
            <FilterPanel action=path show="Show requests" clear=clear>
                    {show}
                    <div class="field">
                        <label for="filter-kind">"Request for"</label>
                        <select id="filter-kind" name="kind">
                            <option value="">"Anything"</option>
                            {options}
                        </select>
                    </div>
                    {overdue}
            </FilterPanel>
        </Chips>
    }
}

#[component]
fn Nothing(query: InboxQuery, path: &'static str) -> impl IntoView {
    let all = InboxQuery { show: query.show.clone(), ..InboxQuery::default() };
    if query != all {
        return view! {
            <Empty icon="filter" title="No request is like that" text="Remove one of the filters above, or all of them.">
                <a class="button" href=all.href(path)>
                    "Show all of them"
                </a>
            </Empty>
        }
        .into_any();
    }
    let (title, text) = if query.done() {
        ("Nothing done yet", "Requests that are answered or ended stand here.")
    } else {
        ("Nothing to do", "A request that comes in stands here, the most urgent first.")
    };
    view! { <Empty icon="inbox" title=title text=text /> }.into_any()
}

#[component]
fn Rows(view: InboxView, at: At, query: InboxQuery) -> impl IntoView {
    let shown = i64::try_from(view.rows.len()).unwrap_or_default();
    let order = if query.done() { "the last one first" } else { "the most urgent first" };
    let of = if shown == view.many { String::new() } else { format!("{} of ", grouped(shown)) };
    let summary = format!("{of}{}, {order}", counted(view.many, "request", "requests"));
    let goes = |after: String| InboxQuery { after, ..query.clone() }.href(at.path());
    let first = (!query.after.is_empty()).then(|| goes(String::new()));
    let later = view.next.clone().map(goes);
    let row = move |row: InboxRow| {
        // On a phone the name of the column stands before the day; that of passing on stands there already.
        let column = row.pass_on.is_none().then_some("Answer by");
        let due = match (row.pass_on, row.due) {
            (Some(by), _) => view! { "Pass on: " <DueDay due=by /> }.into_any(),
            (None, Some(due)) => view! { <DueDay due=due /> }.into_any(),
            (None, None) => ().into_any(),
        };
        let appeal = row.appeal.then(|| view! { " " <Badge tone=Tone::Info>"Appeal"</Badge> });
        let agent = row.by_agent.then(|| view! { " " <Badge>"By an agent"</Badge> });
        let about = match row.concern {
            Concern::Account => "Account or visit",
            Concern::Case => "Case",
        };
        view! {
            <tr>
                <th scope="row" class="lead">
                    <a href=format!("{}/{}", at.path(), row.id)>{capital(row.kind.noun())}</a>
                    {appeal}
                    {agent}
                </th>
                <td class="number">{row.reference}</td>
                <td><State kind=row.state.shape() label=row.state.label() /></td>
                <td data-label=column>{due}</td>
                <td data-label="About">{about}</td>
                <td data-label="Received" class="nowrap"><Time iso=row.received.iso text=row.received.day /></td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Requests, " {order}</caption>
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
                <tbody>{view.rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <Pager summary=summary first=first later=later />
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
    let law = settings.regime.label();
    let regimes = Regime::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned())).collect();
    view! {
        <section>
            <Fold heading=move || format!("Law and holidays: {law}")>
                <Form action=action class="form-narrow" key="settings" merges=true>
                    <Hidden name="version" value=settings.version.to_string() />
                    <SelectField name="regime" label="Law that sets the time" options=regimes value=settings.regime.key() hint="It holds for requests that come in from now on." />
                    <TextArea name="holidays" label="Holidays" hint="One day a line, such as 2026-12-25. Saturdays and Sundays are free anyway." value=settings.holidays rows=3 />
                    <ZoneField at=at zone=settings.time_zone />
                    <div class="form-actions">
                        <Submit class="button">"Save"</Submit>
                    </div>
                </Form>
            </Fold>
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
