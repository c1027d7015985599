//! What came of trying out and of importing, in numbers and in words.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{ForgetImport, ImportView, RejectView, StartImport},
    model::{Status, Target},
    report::{Part, Report},
};
use crate::{
    cases::StateKind,
    ids::{Id, kinds},
    ui::{Complaint, Form, FormState, Hidden, Notice, Submit, Tone, counted, grouped},
};

/// After trying out: what an import would do, and the button for it.
#[component]
pub(super) fn TriedOut(view: ImportView) -> impl IntoView {
    let kind = of_type(&view);
    let (id, version, report) = (view.summary.id, view.version, view.summary.report);
    let new = report.created + report.updated;
    let (tone, text) = if new > 0 {
        let already =
            if report.unchanged > 0 { format!(" {} here already and stay as they are.", were(report.unchanged)) } else { String::new() };
        let what = match (report.created, report.updated) {
            (created, 0) => {
                let with =
                    if report.entries > 0 { format!(" with {}", counted(report.entries, "entry", "entries")) } else { String::new() };
                format!("{}{with} will be imported{kind}.", counted(created, "case", "cases"))
            }
            (0, updated) => format!("{} will get something new.", counted(updated, "case that is here", "cases that are here")),
            (created, updated) => format!(
                "{} will be imported{kind}, and {} will get something new.",
                counted(created, "case", "cases"),
                counted(updated, "case that is here", "cases that are here")
            ),
        };
        (Tone::Success, format!("{what}{already}"))
    } else if report.differing > 0 {
        (Tone::Warning, "Nothing in this file is new, and some of it differs from what is here and stays as it is here.".to_owned())
    } else if report.unchanged > 0 {
        (Tone::Info, "Everything in this file is here already. An import would change nothing.".to_owned())
    } else {
        (Tone::Warning, "No row can be imported as it is. Look at what was left out, or match the columns differently.".to_owned())
    };
    let start = (new > 0).then(|| {
        view! {
            <Form action={<StartImport as ServerFn>::PATH} key="start">
                <Hidden name="id" value=id.to_string() />
                <Hidden name="version" value=version.to_string() />
                <Refused />
                <Submit>{format!("Import {}", counted(new, "case", "cases"))}</Submit>
            </Form>
        }
    });
    view! {
        <section class="stack">
            <Notice tone=tone>
                <p>{text}</p>
            </Notice>
            <Unassigned report=report.clone() />
            <Parts parts=report.parts() cures=true />
            <LeftOut id=id report=report.clone() rejects=view.rejects />
            <Numbers report=report />
            <div class="form-actions">{start} <Forget id=id /></div>
        </section>
    }
}

/// Why it cannot begin.
#[component]
fn Refused() -> impl IntoView {
    let state = FormState::here();
    view! { <Complaint id=state.id("columns") text=state.complaint("columns") /> }
}

/// As what the cases come in, unless the rows say it themselves.
fn of_type(view: &ImportView) -> String {
    let by_row = view.columns.iter().any(|column| Target::parse(&column.becomes) == Target::Type);
    let name = view.types.iter().find(|t| Some(t.id) == view.case_type).map(|t| &t.name).filter(|_| !by_row);
    name.map(|name| format!(" as \u{201c}{name}\u{201d}")).unwrap_or_default()
}

fn were(number: i64) -> String {
    if number == 1 { "1 case is".into() } else { format!("{} cases are", grouped(number)) }
}

/// After the import.
#[component]
pub(super) fn Ended(view: ImportView) -> impl IntoView {
    let (id, report) = (view.summary.id, view.summary.report);
    let (tone, text) = told(view.summary.status, &report);
    view! {
        <section class="stack">
            <Notice tone=tone>
                <p>{text}</p>
            </Notice>
            <Unassigned report=report.clone() />
            <Parts parts=report.parts() cures=false />
            <LeftOut id=id report=report.clone() rejects=view.rejects />
            <Numbers report=report />
            <div class="form-actions">
                <a class="button primary" href="/cases">
                    "Go to the cases"
                </a>
                <a class="button" href="/settings/import">
                    "All imports"
                </a>
                <Forget id=id />
            </div>
        </section>
    }
}

fn told(status: Status, report: &Report) -> (Tone, String) {
    let came = format!(
        "{} with {} were imported",
        counted(report.created + report.updated, "case", "cases"),
        counted(report.entries, "entry", "entries")
    );
    match status {
        Status::Failed => {
            let why = report.failure.as_deref().unwrap_or("The import failed.");
            let words = if report.created + report.updated == 0 { why.to_owned() } else { format!("{why} {came} until then and stay.") };
            (Tone::Danger, words)
        }
        Status::Cancelled => {
            (Tone::Warning, format!("The import was stopped. {came} until then and stay. Upload the file again to bring in the rest."))
        }
        _ if report.created + report.updated == 0 && report.unchanged > 0 => {
            (Tone::Info, format!("Nothing was changed: all {} were here already.", counted(report.unchanged, "case", "cases")))
        }
        _ => (Tone::Success, format!("{came}.")),
    }
}

/// The cases on which nobody is named instead of a member whose data is restricted.
#[component]
fn Unassigned(report: Report) -> impl IntoView {
    report.unassigned().map(|said| view! { <Notice tone=Tone::Warning><p>{said}</p></Notice> })
}

/// What is to be looked at: what asks for something stands out. What could be done before the import is said only then.
#[component]
fn Parts(parts: Vec<Part>, cures: bool) -> impl IntoView {
    parts
        .into_iter()
        .map(|part| {
            let lines = part.lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            let more = (part.more > 0).then(|| view! { <li>{format!("and {} more", grouped(part.more))}</li> });
            view! {
                <Notice tone=if part.asks { Tone::Warning } else { Tone::Info }>
                    <h2>{part.heading}</h2>
                    {(cures || !part.before).then(|| view! { <p>{part.text}</p> })}
                    <ul>{lines} {more}</ul>
                </Notice>
            }
        })
        .collect_view()
}

/// The rows that were left out: by reason here, one by one as a file.
#[component]
fn LeftOut(id: Id<kinds::Import>, report: Report, rejects: Vec<RejectView>) -> impl IntoView {
    (report.rejected > 0).then(|| {
        let title =
            if report.rejected == 1 { "1 row was left out".to_owned() } else { format!("{} rows were left out", grouped(report.rejected)) };
        let more = report.rejected > rejects.iter().map(|reject| reject.rows).sum();
        let lines = rejects
            .into_iter()
            .map(|reject| {
                let line = match reject.rows {
                    1 => format!("Line {}", grouped(reject.line)),
                    rows => format!("Line {} and {}", grouped(reject.line), counted(rows - 1, "more row", "more rows")),
                };
                let place = if reject.column.is_empty() { line } else { format!("{line}, {}", reject.column) };
                view! {
                    <li>
                        <b>{place}</b>
                        ": "
                        {reject.reason}
                        " "
                        {reject.cure}
                    </li>
                }
            })
            .collect_view();
        view! {
            <Notice tone=Tone::Warning>
                <h2>{title}</h2>
                <ul>{lines}</ul>
                {more.then_some(view! { <p>"The file below has all of them."</p> })}
                <div class="form-actions">
                    <a class="button small" href=format!("/settings/import/{id}/rejected.csv") download rel="external">
                        "Download the rows that were left out"
                    </a>
                </div>
            </Notice>
        }
    })
}

#[component]
fn Numbers(report: Report) -> impl IntoView {
    let fact = |name: String, number: i64| view! { <div><dt>{name}</dt><dd>{grouped(number)}</dd></div> };
    let kinds = StateKind::ALL
        .into_iter()
        .filter_map(|kind| report.kinds.get(kind.key()).map(|number| fact(kind.label().to_owned(), *number)))
        .collect_view();
    let channels = report
        .channels
        .iter()
        .filter(|(channel, _)| !channel.is_empty())
        .map(|(channel, number)| fact(format!("Came by {channel}"), *number))
        .collect_view();
    let seconds = format!("{}.{} s", report.millis / 1_000, report.millis % 1_000 / 100);
    view! {
        <dl class="figures">
            {fact("Cases in the file".into(), report.cases)}
            {fact("New cases".into(), report.created)}
            {fact("Cases with something new".into(), report.updated)}
            {fact("Cases unchanged".into(), report.unchanged)}
            {(report.differing > 0).then(|| fact("Cases that differ".into(), report.differing))}
            {fact("New entries".into(), report.entries)}
            {fact("Rows left out".into(), report.rejected)}
            {kinds}
            {channels}
            <div><dt>"Time"</dt><dd>{seconds}</dd></div>
        </dl>
    }
}

#[component]
fn Forget(id: Id<kinds::Import>) -> impl IntoView {
    view! {
        <Form action={<ForgetImport as ServerFn>::PATH} key="forget">
            <Hidden name="id" value=id.to_string() />
            <Submit class="button quiet">"Remove from the list"</Submit>
        </Form>
    }
}
