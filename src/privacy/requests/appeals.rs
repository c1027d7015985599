//! An appeal: whoever was refused asks to be decided on again, from the page of their request.
//!
//! It is a request of its own for the same thing, with its own clock. Whoever refused does not decide it, as long as
//! anybody else looks after requests there; where nobody does, they may, and the requester reads that it was so. Granted,
//! it is carried out like any other; refused, its requester learns which authority and which court come next.

use leptos_axum::redirect;

use super::{
    UserId, alerts,
    deadline::deadlines,
    letters,
    links::{self, Purpose},
    matter::Matter,
    model::{Kind, Particulars, Proof, State as RequestState},
    place::OPERATOR,
    progress::Event,
    receive, requester, sealed,
    store::{self, Message, Row},
};
use crate::{
    accounts,
    fault::{Answer, Fault},
    ids::Id,
    server::{db::Tx, state::State, visit::Visit},
};

/// Whether the decision on a request can be appealed: it was refused, at least in part, and was not an appeal itself.
pub(super) fn can_be(row: &Row) -> bool {
    let over = matches!(row.state, RequestState::Refused | RequestState::Delivered | RequestState::Closed);
    over && row.refused_at.is_some() && row.appeal_of.is_none()
}

/// Appeals the decision on the request of a link.
pub(super) async fn appeal(visit: &Visit, token: &str, words: &str) -> Answer<()> {
    let words = words.trim().replace("\r\n", "\n");
    match words.chars().count() {
        0 => return Err(Fault::field("words", "Say why you do not agree: somebody else decides, and reads only this.")),
        10_001.. => return Err(Fault::field("words", "Use at most 10,000 characters.")),
        _ => {}
    }
    let state = &visit.state;
    let mut tx = state.db.begin().await?;
    let held = links::find_in(state, &mut tx, token, Purpose::Track).await?.ok_or(Fault::NotFound)?;
    let first = Matter::open(state, &mut tx, held).await?;
    requester::not_somebody_elses(&first.row)?;
    if !can_be(&first.row) || store::is_appealed(&mut tx, first.row.id).await? {
        return Err(Fault::field("act", "There is no decision here that can be appealed, or you appealed it already. Reload the page."));
    }
    let second = make(state, &mut tx, &first, words).await?;
    let said = format!("You appealed on {}. The appeal is {}.", second.row.received_on, second.row.reference);
    store::say(state, &mut tx, first.row.id, Message { side: "controller", kind: "notice", author: None, words: &said }).await?;
    let facts = serde_json::json!({ "reference": first.row.reference, "appeal": second.row.reference });
    first.record(state, &mut tx, "request.appealed", facts, Vec::new(), None).await?;
    second.send(state, &mut tx, letters::appeal_received(&second.row, &second.place), Purpose::Track).await?;
    let body = format!(
        "The decision on {} is appealed. Whoever refused it does not decide again, as long as there is somebody else. The appeal has to be answered by {}.",
        first.row.reference, second.row.due_on
    );
    second.place.tell(state, &mut tx, &format!("An appeal has come in ({})", second.row.reference), &body, &second.page()).await?;
    alerts::watch(state, &mut tx, &second).await?;
    let page = links::make(state, &mut tx, second.held(), Purpose::Track).await?;
    tx.commit().await?;
    redirect(&page);
    Ok(())
}

async fn make(state: &State, tx: &mut Tx, first: &Matter, words: String) -> Answer<Matter> {
    let (id, now) = (Id::fresh(), state.clock.now());
    let place = first.place.clone();
    let received = place.date(now);
    let days = deadlines(first.row.regime, Kind::Complaint, received, &place.calendar);
    let particulars = Particulars { words, ..first.particulars.clone() };
    // The letter with the decision went to the address that was given, and only it leads to this page.
    let proof = first.row.confirmed_how.unwrap_or(Proof::Link);
    let user_id = match first.row.user_id {
        None if place.org == OPERATOR && !first.row.by_agent => accounts::account_of(tx, &particulars.email).await?,
        known => known,
    };
    let row = Row {
        id,
        reference: receive::reference(),
        state: RequestState::InReview,
        sealed: Some(sealed::seal_particulars(state, id.uuid(), &particulars)),
        user_id,
        confirmed_at: Some(now),
        confirmed_how: Some(proof),
        received_at: now,
        received_on: received.to_string(),
        first_due_on: days.due.to_string(),
        extension_on: days.extension.map(|day| day.to_string()),
        due_on: days.due.to_string(),
        appeal_of: Some(first.row.id),
        ..first.row.afresh()
    };
    let second = Matter { place, row, particulars };
    receive::insert(state, tx, second, serde_json::json!({ "appeal": first.row.reference })).await
}

/// Whether an event decides on a request.
const fn decides(event: &Event) -> bool {
    matches!(event, Event::Fulfil | Event::Refuse(..) | Event::RefusePartly(..) | Event::Duplicate(_))
}

/// Whether somebody decides on an appeal against their own decision, which only goes where there is nobody else.
pub(super) async fn same_hand(tx: &mut Tx, matter: &Matter, event: &Event, by: UserId) -> Answer<bool> {
    let Some(first) = matter.row.appeal_of.filter(|_| decides(event)) else { return Ok(false) };
    if store::decider(tx, first).await? != Some(by) {
        return Ok(false);
    }
    if matter.place.others(tx, by).await? > 0 {
        return Err(Fault::field("act", "You decided the first time. Somebody else has to decide on the appeal."));
    }
    Ok(true)
}

/// Tells the requester honestly that it was the same person again.
pub(super) async fn admit(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    let words = "The same person as the first time decided on this appeal, because nobody else looks after requests here. If that is a reason not to trust the decision, go to the authority or to court.";
    store::say(state, tx, matter.row.id, Message { side: "controller", kind: "notice", author: None, words }).await
}
