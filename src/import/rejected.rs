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
    let head = ["Line", "Column", "Reason", "What to do"].into_iter().map(str::to_owned).chain(import.header.0);
    let head = [csv::BOM.as_bytes(), &csv::line(head)].concat();
    let pages = stream::unfold(Some((scope, head, 0)), move |place| async move {
        let (scope, mut bytes, after) = place?;
        Some(match page(&scope, id, after).await {
            Ok(rejects) => {
                let last = rejects.last().map(|reject| reject.line);
                rejects.into_iter().for_each(|reject| bytes.extend_from_slice(&line(reject)));
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

fn line(reject: Reject) -> Bytes {
    let told = [reject.line.to_string(), reject.column_name, reject.reason, reject.cure];
    csv::line(told.into_iter().chain(reject.cells.0))
}
