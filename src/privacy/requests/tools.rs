//! What an operator does for a requester who has an account and did not do it themselves: correct the name, switch off a
//! purpose, say which account a request is about, end a restriction. Each writes the answer or its notice by itself.

use super::{
    UserId, answers, letters,
    links::Purpose,
    matter::Matter,
    model::{Kind, State as RequestState},
    place::OPERATOR,
    store::{self, Message},
};
use crate::{
    accounts,
    audit::Change,
    fault::{Answer, Fault},
    privacy::mine,
    server::{db::Tx, state::State, time::Zone},
};

/// The account of a request of that kind which is being carried out.
fn account(matter: &Matter, kind: Kind) -> Answer<UserId> {
    let working = matches!(matter.row.state, RequestState::Fulfilling | RequestState::QualityCheck);
    let theirs = matter.row.user_id.filter(|_| working && matter.row.kind == kind && matter.place.org == OPERATOR);
    theirs.ok_or_else(|| Fault::field("act", "That goes for an account, once the request is accepted and before the answer has gone out."))
}

/// Corrects the name of the account. Before and after are evidence, and go with the person.
pub(super) async fn correct(state: &State, tx: &mut Tx, matter: &Matter, name: &str, by: UserId) -> Answer<()> {
    let user = account(matter, Kind::Rectification)?;
    let (before, after) = accounts::operator::rename(state, tx, user, by, name).await?;
    tx.confine(OPERATOR.uuid()).await?;
    let words = format!(
        "Your name was \u{201c}{before}\u{201d} and is now \u{201c}{after}\u{201d}. Whoever sees your name in your organisations sees the new one at once. It was passed on to nobody else, so nobody else has to be told.\n\nYour address you change yourself, on the page \u{201c}Your data\u{201d}: a link has to be opened at the new one."
    );
    answers::keep(state, tx, matter.row.id, &answers::letter(&matter.row, &matter.place, &words)).await?;
    record(state, tx, matter, "request.corrected", Vec::new(), by).await
}

/// Switches off the purpose that was objected to.
pub(super) async fn switch_off(state: &State, tx: &mut Tx, matter: &Matter, purpose: &str, by: UserId) -> Answer<()> {
    let user = account(matter, Kind::Objection)?;
    let effect = mine::object_for(state, tx, user, purpose).await?;
    tx.confine(OPERATOR.uuid()).await?;
    let words = format!(
        "Your objection holds from now on.\n\n{effect}\n\nYou can take it back at any time, on the page \u{201c}Your data\u{201d}."
    );
    answers::keep(state, tx, matter.row.id, &answers::letter(&matter.row, &matter.place, &words)).await?;
    record(state, tx, matter, "request.switched_off", Vec::new(), by).await
}

/// Says which account a request is about, where the address that was given does not: an agent asks, or the person was
/// seen in some other way.
pub(super) async fn name_account(state: &State, tx: &mut Tx, matter: &mut Matter, (address, why): (&str, &str), by: UserId) -> Answer<()> {
    if matter.place.org != OPERATOR || matter.row.state != RequestState::InReview {
        return Err(Fault::field("act", "That goes while the request is in review."));
    }
    if why.trim().is_empty() {
        return Err(Fault::field("words", "Write how you know. It goes into the record."));
    }
    let found = accounts::account_of(tx, address).await?;
    matter.row.user_id = Some(found.ok_or_else(|| Fault::field("other", "No account has this address."))?);
    store::update(tx, &matter.row).await?;
    let known = Change { label: "How it is known".into(), from: String::new(), to: why.trim().to_owned() };
    record(state, tx, matter, "request.account_named", vec![known], by).await
}

/// Announces the end of the restriction that this request brought about: its person reads why, a week before.
pub(super) async fn end_restriction(state: &State, tx: &mut Tx, matter: &Matter, why: &str, by: UserId) -> Answer<()> {
    let over = matches!(matter.row.state, RequestState::Delivered | RequestState::Closed) && matter.row.kind == Kind::Restriction;
    let Some(user) = matter.row.user_id.filter(|_| over && matter.place.org == OPERATOR) else {
        return Err(Fault::field("act", "There is no restriction here that could end."));
    };
    let why = why.trim().replace("\r\n", "\n");
    if why.is_empty() {
        return Err(Fault::field("words", "Write the reason: the requester has a right to it before the restriction ends."));
    }
    let ends = mine::announce_end(state, tx, user, by, &matter.row.reference).await?;
    let day = Zone::utc().show(ends).day;
    let words = format!("The restriction of your account ends on {day}.\n{why}\n\n{}", letters::remedies(&matter.row, &matter.place));
    store::say(state, tx, matter.row.id, Message { side: "controller", kind: "notice", author: Some(by), words: &words }).await?;
    record(state, tx, matter, "request.restriction_ending", vec![Change { label: "Why".into(), from: String::new(), to: why }], by).await?;
    matter.send(state, tx, letters::restriction_ends(&matter.row, &matter.place, &day), Purpose::Track).await
}

async fn record(state: &State, tx: &mut Tx, matter: &Matter, action: &'static str, values: Vec<Change>, by: UserId) -> Answer<()> {
    matter.record(state, tx, action, serde_json::json!({ "reference": matter.row.reference }), values, Some(by)).await
}
