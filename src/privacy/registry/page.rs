//! `/settings/processing`: the record of processing, to read, to print and to take away.

use axum::{
    Extension, Router,
    extract::State as AxumState,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::processing::{Activity, record, table};
use crate::{
    accounts::{Permission, Scope, SessionSlot},
    cases,
    fault::Answer,
    server::{
        http::{refusal, saved_as, wants_html},
        state::State,
        visit::Visit,
    },
    settings::Split,
    ui::FaultView,
};

/// The files.
pub fn routes() -> Router<State> {
    Router::new().route("/settings/processing.json", get(json)).route("/settings/processing.csv", get(csv))
}

async fn json(state: AxumState<State>, visit: Extension<Visit>, session: Option<Extension<SessionSlot>>, headers: HeaderMap) -> Response {
    file(&state, &visit, session, &headers, "application/json; charset=utf-8", "record-of-processing.json", |state| {
        serde_json::to_vec_pretty(&record(state)).unwrap_or_default()
    })
}

async fn csv(state: AxumState<State>, visit: Extension<Visit>, session: Option<Extension<SessionSlot>>, headers: HeaderMap) -> Response {
    file(&state, &visit, session, &headers, "text/csv; charset=utf-8", "record-of-processing.csv", |state| table(&record(state)))
}

fn file(
    state: &State,
    visit: &Visit,
    session: Option<Extension<SessionSlot>>,
    headers: &HeaderMap,
    kind: &'static str,
    name: &'static str,
    make: fn(&State) -> Vec<u8>,
) -> Response {
    let session = session.map(|slot| slot.0).unwrap_or_default();
    if let Err(fault) = Scope::for_request(visit, &session, Permission::AuditRead) {
        return refusal(state, &visit.facts, &fault, wants_html(headers));
    }
    let mut response = make(state).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    saved_as(name, response)
}

/// `/settings/processing`
pub struct ProcessingPage;

impl ProcessingPage {
    pub(crate) async fn view() -> AnyView {
        match Self::gather().await {
            Ok((state, types)) => Self::show(&state, types),
            Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
        }
    }

    async fn gather() -> Answer<(State, Vec<cases::CaseType>)> {
        let scope = Scope::require(Permission::AuditRead)?;
        let types = cases::catalogue(&scope).await?.types.clone();
        Ok((scope.state, types))
    }

    fn show(state: &State, types: Vec<cases::CaseType>) -> AnyView {
        let record = record(state);
        let of = |role: &'static str| record.activities.iter().enumerate().filter(move |(_, activity)| activity.role == role);
        let own: Vec<_> = of("controller").map(activity).collect();
        let behalf: Vec<_> = of("processor").map(activity).collect();
        let (own_contents, behalf_contents): (Vec<_>, Vec<_>) =
            (of("controller").map(entry).collect(), of("processor").map(entry).collect());
        let case_type = |one: cases::CaseType| {
            let fields = one.fields.iter().map(|field| field.label.clone()).collect::<Vec<_>>().join(", ");
            view! {
                <tr>
                    <th scope="row" class="lead">{one.name}</th>
                    <td data-label="Fields" class="wide">"Number, title, timeline, tags, people who work on it" {(!fields.is_empty()).then(|| format!(", {fields}"))}</td>
                </tr>
            }
        };
        view! {
            <Title text="Record of processing" />
            <Split current="/settings/processing">
                <div class="page-head">
                    <h1>"Record of processing"</h1>
                    <div class="actions">
                        <a class="button" href="/settings/processing.json">"Save as JSON"</a>
                        <a class="button" href="/settings/processing.csv">"Save as CSV"</a>
                    </div>
                    <p>"Made from the description of every column that is stored. It prints, and leaves as a file."</p>
                </div>
                <nav class="policy-contents" aria-label="On this page">
                    <ul>
                        <li><a href="#yours">"Your organisation"</a></li>
                        <li><a href="#behalf">"What is done on your behalf"</a> <ul>{behalf_contents}</ul></li>
                        <li><a href="#operator">"What the operator answers for"</a> <ul>{own_contents}</ul></li>
                        <li><a href="#measures">"Measures"</a></li>
                        <li><a href="#transfers">"Transfers to other countries"</a></li>
                    </ul>
                </nav>
                <h2 id="yours">"Your organisation"</h2>
                <p>"You decide what is kept about people in cases and why. This is the beginning of your own record: complete it with your purposes, your legal bases and how long you keep each kind of case."</p>
                <div class="table-wrap">
                    <table class="table">
                        <thead><tr><th scope="col">"Kind of case"</th><th scope="col">"What is kept"</th></tr></thead>
                        <tbody>{types.into_iter().map(case_type).collect_view()}</tbody>
                    </table>
                </div>
                <h2 id="behalf">"What is done on your behalf"</h2>
                {behalf}
                <h2 id="operator">"What the operator answers for"</h2>
                <p>{[record.operator, record.address, record.contact].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")}</p>
                {own}
                <h2 id="measures">"Measures"</h2>
                <ul>{record.measures.into_iter().map(|measure| view! { <li>{measure}</li> }).collect_view()}</ul>
                <h2 id="transfers">"Transfers to other countries"</h2>
                <p>{record.transfers}</p>
            </Split>
        }
        .into_any()
    }
}

fn entry((nth, one): (usize, &Activity)) -> impl IntoView + use<> {
    view! { <li><a href=format!("#activity-{nth}")>{one.purpose}</a></li> }
}

fn activity((nth, one): (usize, &Activity)) -> impl IntoView + use<> {
    view! {
        <h3 id=format!("activity-{nth}")>{one.purpose}</h3>
        <dl class="evidence">
            <dt>"Legal basis"</dt>
            <dd>{one.basis}</dd>
            <dt>"Whose data"</dt>
            <dd>{one.subjects.join(", ")}</dd>
            <dt>"Which data"</dt>
            <dd>{one.categories.join(", ")}</dd>
            <dt>"Recipients"</dt>
            <dd>{one.recipients.join(", ")}</dd>
            <dt>"Kept"</dt>
            <dd>{kept(&one.kept)}</dd>
        </dl>
    }
}

/// What is kept equally long is named together; the files have a line for each.
fn kept(lines: &[String]) -> impl IntoView + use<> {
    let mut periods: Vec<(&str, Vec<&str>)> = Vec::new();
    for (what, period) in lines.iter().map(|line| line.split_once(": ").unwrap_or((line, ""))) {
        match periods.iter_mut().find(|(known, _)| *known == period) {
            Some((_, all)) => all.push(what),
            None => periods.push((period, vec![what])),
        }
    }
    let line = |(period, all): (&str, Vec<&str>)| view! { <li><b>{all.join(", ")}</b> ": " {period.to_owned()}</li> };
    view! { <ul class="kept">{periods.into_iter().map(line).collect_view()}</ul> }
}
