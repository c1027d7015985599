//! A request that came to the operator and is about a case: it goes to the organisation whose case it would be, with a
//! clock of its own. The operator does not look whether anything is held, and so cannot tell.

use super::{
    UserId,
    deadline::deadlines,
    links,
    matter::Matter,
    model::{Concern, Proof, State as RequestState},
    place::{self, Place},
    progress::Event,
    receive, sealed,
    store::{self, Message, Row},
};
use crate::{
    fault::{Answer, Fault},
    ids::Id,
    server::{db::Tx, state::State},
};

/// Hands a request on to the organisation of that name.
pub(super) async fn forward(state: &State, tx: &mut Tx, matter: &mut Matter, name: &str, by: UserId) -> Answer<()> {
    let found = place::named(tx, name).await?;
    let org = match found.as_slice() {
        [org] => *org,
        [] => return Err(Fault::field("organisation", "No organisation here has exactly this name.")),
        _ => return Err(Fault::field("organisation", "Several organisations have this name. Ask the requester which one is meant.")),
    };
    let from = matter.held();
    matter.row.forwarded_to = Some(org);
    // The requester hears of it before the links lead on, and their link stays good.
    matter.take(state, tx, &Event::Forward(name.trim().to_owned()), Some(by)).await?;
    let theirs = arrive(state, tx, matter, org).await?;
    links::hand_on(tx, from, theirs.held()).await?;
    // With its links: one that waits for a confirmation has an end to watch for.
    super::alerts::watch(state, tx, &theirs).await
}

async fn arrive(state: &State, tx: &mut Tx, ours: &Matter, org: super::OrgId) -> Answer<Matter> {
    let place = Place::enter(state, tx, org).await?;
    let (id, now) = (Id::fresh(), state.clock.now());
    let received = place.date(now);
    let days = deadlines(place.regime, ours.row.kind, received, &place.calendar);
    let confirmed = ours.row.confirmed_how.is_some();
    let row = Row {
        id,
        concern: Concern::Case,
        regime: place.regime,
        state: if confirmed { RequestState::InReview } else { RequestState::IdentityPending },
        sealed: Some(sealed::seal_particulars(state, id.uuid(), &ours.particulars)),
        user_id: None,
        received_at: now,
        received_on: received.to_string(),
        first_due_on: days.due.to_string(),
        extension_on: days.extension.map(|day| day.to_string()),
        due_on: days.due.to_string(),
        confirmed_how: ours.row.confirmed_how.map(Proof::elsewhere),
        forwarded_from: Some(ours.row.id.uuid()),
        ..ours.row.afresh()
    };
    let theirs = Matter { place, row, particulars: ours.particulars.clone() };
    let theirs = receive::insert(state, tx, theirs, serde_json::json!({ "forwarded": true })).await?;
    let words = format!("{} passed this request on to {} on {}.", ours.place.name, theirs.place.name, received);
    store::say(state, tx, theirs.row.id, Message { side: "controller", kind: "notice", author: None, words: &words }).await?;
    let body = format!(
        "A privacy request ({}) about your cases came to {}, who passed it on to you unseen. It has to be answered by {}.",
        theirs.row.kind.noun(),
        ours.place.name,
        theirs.row.due_on
    );
    theirs.place.tell(state, tx, "A privacy request has come in", &body, &theirs.page()).await?;
    Ok(theirs)
}
