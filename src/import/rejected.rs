//! The rows that were left out, as a file: where, why, what to do, and the row itself in its own columns, so that it can be
//! corrected and uploaded again.

use axum::{
    body::Bytes,
    extract::{Path, Request, State as AxumState},
    response::Response,
};
use futures::stream;

use super::{
    store::{self, Reject},
    upload::scope_of,
};
use crate::{
    accounts::{Permission, Scope},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        csv,
        http::{bare, refusal, wants_html},
        state::State,
        visit::Visit,
    },
};

/// The columns that stand in front of those of the file.
const ADDED: [&str; 4] = ["Line", "Column", "Reason", "What to do"];

/// How many of them a file has: all, if it is one that came from here and was mended, else none.
pub(super) fn added(header: &[String]) -> usize {
    if header.len() > ADDED.len() && header.iter().zip(ADDED).all(|(heading, added)| heading == added) { ADDED.len() } else { 0 }
}

/// Rows that are read at once.
const PAGE: i64 = 500;

pub(super) async fn download(AxumState(state): AxumState<State>, Path(id): Path<String>, request: Request) -> Response {
    let html = wants_html(request.headers());
    let Some(facts) = request.extensions().get::<Visit>().map(|visit| visit.facts.clone()) else { return bare(&Fault::Malformed) };
    match answer(scope_of(&request, Permission::CaseImport), &id).await {
        Ok(response) => response,
        Err(fault) => refusal(&state, &facts, &fault, html),
    }
}

async fn answer(scope: Answer<Scope>, id: &str) -> Answer<Response> {
    let scope = scope?;
    let id: Id<kinds::Import> = id.parse().map_err(|_| Fault::NotFound)?;
    let import = store::find(&scope, id).await?.ok_or(Fault::NotFound)?;
    // Rows that are left out again go out as the first time.
    let front = added(&import.header);
    let head = ADDED.into_iter().map(str::to_owned).chain(import.header.0.into_iter().skip(front));
    let head = [csv::BOM.as_bytes(), &csv::line(head)].concat();
    let pages = stream::unfold(Some((scope, head, 0)), move |place| async move {
        let (scope, mut bytes, after) = place?;
        Some(match page(&scope, id, after).await {
            Ok(rejects) => {
                let last = rejects.last().map(|reject| reject.line);
                rejects.into_iter().for_each(|reject| bytes.extend_from_slice(&line(reject, front)));
                (Ok(Bytes::from(bytes)), last.map(|last| (scope, Vec::new(), last)))
            }
            // The file breaks off, which a browser notices; the status is out already.
            Err(_) => (Err(std::io::Error::other("the database is away")), None),
        })
    });
    Ok(csv::download("rejected-rows.csv", pages))
}

async fn page(scope: &Scope, id: Id<kinds::Import>, after: i64) -> Answer<Vec<Reject>> {
    store::rejects(scope, id, after, PAGE).await
}

fn line(reject: Reject, front: usize) -> Bytes {
    let told = [reject.line.to_string(), reject.column_name, reject.reason, reject.cure];
    csv::line(told.into_iter().chain(reject.cells.0.into_iter().skip(front)))
}

/// All of it at once, for the command line.
///
/// # Errors
/// When the database is away.
pub(super) async fn file(scope: &Scope, id: Id<kinds::Import>, header: &[String]) -> Answer<Vec<u8>> {
    let front = added(header);
    let head = ADDED.into_iter().map(str::to_owned).chain(header.iter().skip(front).cloned());
    let (mut bytes, mut after) = ([csv::BOM.as_bytes(), &csv::line(head)].concat(), 0);
    loop {
        let rejects = page(scope, id, after).await?;
        let Some(last) = rejects.last().map(|reject| reject.line) else { return Ok(bytes) };
        after = last;
        rejects.into_iter().for_each(|reject| bytes.extend_from_slice(&line(reject, front)));
    }
}
