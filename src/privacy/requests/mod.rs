//! Rights requests: anybody asks, the controller answers in time, and each step can be proved.
//!
//! The operator answers for accounts and visits, an organisation for its cases; both work alike, each in its own place:
//! a request is a row of its controller, and the operator's place is the organisation whose id is nil. What always
//! holds: a request goes from state to state only through [`progress::transition`]; every step leaves its event in the
//! controller's audit chain, in the same transaction; what people wrote is sealed; no answer to a requester depends on
//! whether anything is held about them before they have shown who they are. A date that counts is computed by
//! [`deadline`] alone.
//!
//! Nothing of it is in the WASM: these pages are HTML and forms.

pub mod api;
pub mod deadline;
pub mod model;
pub mod progress;

mod alerts;
mod answer_form;
mod answering;
mod answers;
mod appeals;
mod ask_page;
mod carry_out;
mod desk;
mod enclosures;
mod forward;
mod handing_out;
mod inbox;
mod inbox_page;
mod letters;
mod links;
mod matter;
mod place;
mod receive;
mod request_page;
mod requester;
mod sealed;
mod specimen;
mod steps;
mod store;
mod theirs;
mod tools;
mod track_page;
mod visitor_forms;

pub use alerts::{JOB as ALERT_JOB, run_job as run_alert};
pub use answers::{END_JOB, run_end};
pub use ask_page::{AskPage, AskedPage};
pub use carry_out::{JOB as CARRY_OUT_JOB, run_job as run_carry_out};
pub use carry_out::{erasures_of, note_erased};
pub use inbox_page::{DeskPage, OperatorPage};
pub use request_page::{DeskRequestPage, OperatorRequestPage};
pub use specimen::{Specimen, remove_specimen, specimens_of, store_specimen};
pub use store::forget_addressee;
pub use theirs::{Written, of_person, readdress, take_over, written};
pub use track_page::{ConfirmPage, TrackPage};
pub use visitor_forms::VISITOR_FORMS;

pub(in crate::privacy) use sealed::{open_bytes as opened, open_piece as opened_piece, seal_bytes as sealed_again};

use axum::{Router, middleware::from_fn, routing::get};
use inbox_page::At;

use crate::{
    fault::Answer,
    ids::{Id, kinds},
    server::{http::deliberate, state::State},
};

type OrgId = Id<kinds::Org>;
type UserId = Id<kinds::User>;
type RequestId = Id<kinds::RightsRequest>;

/// The routes that are no pages and no server functions.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/privacy/track/{token}/answer", get(answers::download).layer(from_fn(deliberate)))
        .route("/privacy/track/{token}/certificate", get(answers::certificate))
        .route("/privacy/track/{token}/files/{file}", get(enclosures::download).layer(from_fn(deliberate)))
        .route("/desk/{request}/files/{file}", get(|file, request| enclosures::look(At::Desk, file, request)))
        .route("/operator/requests/{request}/files/{file}", get(|file, request| enclosures::look(At::Operator, file, request)))
        .merge(answer_form::routes())
}

/// How many requests to the operator are open, and how many of these are past their day: the second is to be zero.
///
/// # Errors
/// When the database is away.
pub async fn operators_open_and_overdue(state: &State) -> Answer<(i64, i64)> {
    let place = place::Place::read(state, place::OPERATOR).await?;
    let today = place.date(state.clock.now()).to_string();
    let (open, overdue, ..) = store::counts(&state.db, place::OPERATOR, &today).await?;
    Ok((open, overdue))
}

/// How many requests to an organisation are open.
///
/// # Errors
/// When the database is away.
pub async fn open_at(state: &State, org: Id<kinds::Org>) -> Answer<i64> {
    let (open, ..) = store::counts(&state.db, org, "").await?;
    Ok(open)
}

#[cfg(test)]
mod tests;
