//! The list of cases as a file: what `/cases` shows with the same address, all pages of it.

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State as AxumState},
    response::Response,
    routing::get,
};
use futures::stream;

use super::{
    api::CaseRow,
    filter::ListQuery,
    model::Catalogue,
    read,
};
use crate::{
    accounts::{Permission, Scope, SessionSlot},
    audit::{self, Event},
    fault::{Answer, Fault},
    server::{
        csv,
        http::{refusal, wants_html},
        state::State,
        visit::Visit,
    },
};

/// Rows that are read at once.
const PAGE: usize = 500;

/// The routes of cases that are no pages and no server functions.
pub fn routes() -> Router<State> {
    Router::new().route("/cases.csv", get(download))
}

async fn download(AxumState(state): AxumState<State>, request: Request) -> Response {
    let html = wants_html(request.headers());
    let facts = request.extensions().get::<Visit>().map(|visit| visit.facts.clone());
    match (answer(&request).await, facts) {
        (Ok(response), _) => response,
        (Err(fault), Some(facts)) => refusal(&state, &facts, &fault, html),
        (Err(_), None) => Response::default(),
    }
}

/// Where the file has got to.
struct Place {
    scope: Scope,
    catalogue: Catalogue,
    query: ListQuery,
    bytes: Vec<u8>,
    rows: usize,
}

async fn answer(request: &Request) -> Answer<Response> {
    let visit = request.extensions().get::<Visit>().ok_or(Fault::Malformed)?;
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    let scope = Scope::for_request(visit, &session, Permission::CaseExport)?;
    let mut query = ListQuery::parse(request.uri().query().unwrap_or_default());
    query.after.clear();
    let catalogue = read::catalogue(&scope).await?;
    let head = ["Number", "Title", "Type", "State", "State kind", "Assignee", "Priority", "Due", "Late", "Opened", "Changed", "Channel", "Tags"];
    let bytes = [csv::BOM.as_bytes(), &csv::line(head)].concat();
    let place = Place { scope, catalogue, query, bytes, rows: 0 };
    // The first page is read before the status is out, so that a database that is away is told as such.
    let (first, place) = page(place).await?;
    let rest = stream::unfold(place, |place| async move {
        match page(place?).await {
            Ok((bytes, place)) => Some((Ok(bytes), place)),
            // The file breaks off, which a browser notices.
            Err(_) => Some((Err(std::io::Error::other("the database is away")), None)),
        }
    });
    let lines = futures::StreamExt::chain(stream::iter([Ok(first)]), rest);
    Ok(csv::download("cases.csv", lines))
}

/// The next page, and where the one after it begins. Behind the last the export is recorded: with what really went out.
async fn page(mut place: Place) -> Answer<(Bytes, Option<Place>)> {
    let (rows, next) = read::rows(&place.scope, &place.catalogue, &place.query, PAGE).await?;
    place.rows += rows.len();
    let mut bytes = std::mem::take(&mut place.bytes);
    rows.into_iter().for_each(|row| bytes.extend_from_slice(&line(row)));
    match next {
        Some(after) => {
            place.query.after = after;
            Ok((bytes.into(), Some(place)))
        }
        None => {
            record(&place).await?;
            Ok((bytes.into(), None))
        }
    }
}

async fn record(place: &Place) -> Answer<()> {
    let org = place.scope.actor.org.uuid();
    let facts = serde_json::json!({ "rows": place.rows, "filtered": place.query.is_filtered() });
    let mut tx = place.scope.begin().await?;
    audit::record(&mut tx, Event { action: "cases.exported", subject_kind: "org", subject: org, facts, values: Vec::new() }).await?;
    tx.commit().await
}

fn line(row: CaseRow) -> Bytes {
    let (due, late) = row.due.map(|due| (due.at.text, if due.late { "yes" } else { "no" })).unwrap_or_default();
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
