//! The list of cases as a file: what `/cases` shows with the same address, all pages of it.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State as AxumState},
    response::Response,
    routing::get,
};
use futures::{StreamExt as _, stream};

use super::{api::CaseRow, filter::ListQuery, read};
use crate::{
    accounts::{Permission, Scope, SessionSlot},
    audit::{self, Event},
    fault::{Answer, Fault},
    server::{
        csv,
        http::{bare, refusal, wants_html},
        state::State,
        visit::Visit,
    },
};

/// Rows that are read at once.
const EXTENT: read::Extent = read::Extent { rows: 500, tags: true };

/// The routes of cases that are no pages and no server functions.
pub fn routes() -> Router<State> {
    Router::new().route("/cases.csv", get(download))
}

async fn download(AxumState(state): AxumState<State>, request: Request) -> Response {
    let html = wants_html(request.headers());
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    let scope = Scope::for_request(&visit, &session, Permission::CaseExport);
    let query = ListQuery::parse(request.uri().query().unwrap_or_default());
    match answer(scope, query).await {
        Ok(response) => response,
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

async fn answer(scope: Answer<Scope>, mut query: ListQuery) -> Answer<Response> {
    let scope = scope?;
    query.after.clear();
    let first = read::list(&scope, query.clone(), EXTENT).await?;
    // Before anything leaves: whoever breaks off has taken some of it.
    record(&scope, &query, first.total).await?;
    let head =
        ["Number", "Title", "Type", "State", "State kind", "Assignee", "Priority", "Due", "Late", "Opened", "Changed", "Channel", "Tags"];
    let head = [csv::BOM.as_bytes(), &csv::line(head)].concat();
    let begin = lines(head, Arc::unwrap_or_clone(first.rows));
    let rest = stream::unfold(first.next, move |after| {
        let (scope, catalogue, query) = (scope.clone(), first.catalogue.clone(), query.clone());
        async move {
            let query = ListQuery { after: after?, ..query };
            // Whoever is removed while the file is on its way gets no more of it.
            if Scope::of_member(&scope.state, scope.actor.org, scope.actor.user, Permission::CaseExport).await.is_err() {
                return Some((Err(std::io::Error::other("the file is not theirs any more")), None));
            }
            Some(match read::rows(&scope, &catalogue, &query, EXTENT, read::Way::Order).await {
                Ok((rows, next)) => (Ok(lines(Vec::new(), rows)), next),
                // The file breaks off, which a browser notices; the status is out already.
                Err(_) => (Err(std::io::Error::other("the database is away")), None),
            })
        }
    });
    Ok(csv::download("cases.csv", stream::iter([Ok(begin)]).chain(rest)))
}

async fn record(scope: &Scope, query: &ListQuery, rows: i64) -> Answer<()> {
    let facts = serde_json::json!({ "rows": rows, "filtered": query.is_filtered() });
    let mut tx = scope.begin().await?;
    let event = Event { action: "cases.exported", subject_kind: "org", subject: scope.actor.org.uuid(), facts, values: Vec::new() };
    audit::record(&mut tx, event).await?;
    tx.commit().await
}

fn lines(mut bytes: Vec<u8>, rows: Vec<CaseRow>) -> Bytes {
    rows.into_iter().for_each(|row| bytes.extend_from_slice(&line(row)));
    bytes.into()
}

fn line(row: CaseRow) -> Bytes {
    let (due, late) = row.due.map(|due| (due.on.to_string(), if due.late { "yes" } else { "no" })).unwrap_or_default();
    csv::line([
        row.number,
        row.title,
        row.case_type,
        row.state,
        row.kind.label().to_owned(),
        row.assignee,
        row.priority.label().to_owned(),
        due,
        late.to_owned(),
        row.opened.text,
        row.updated.text,
        row.channel,
        row.tags.join(", "),
    ])
}
