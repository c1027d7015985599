//! What a requester does with the links that they hold.

use leptos::prelude::use_context;
use leptos_axum::redirect;
use serde::{Deserialize, Serialize};

use super::{
    OrgId, UserId, alerts, answers, appeals,
    enclosures::FileView,
    letters,
    links::{self, Held, Purpose},
    matter::Matter,
    model::{Kind, Proof, State as RequestState},
    place::{OPERATOR, Place},
    progress::{Event, days_between},
    sealed,
    store::{self, MessageRow, Row},
};
use crate::{
    accounts::{self, SessionSlot},
    clock::Shown,
    fault::{Answer, Fault},
    privacy::mine,
    server::{db::Tx, state::State, visit::Visit},
};

/// What a link to confirm says before it is used. Opening it changes nothing: mail scanners open links too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmView {
    /// What is asked for.
    pub kind: String,
    /// Of whom.
    pub controller: String,
}

pub(super) async fn to_confirm(visit: &Visit, token: &str) -> Answer<ConfirmView> {
    let held = links::find(&visit.state, &visit.db, token, Purpose::Confirm).await?.ok_or(Fault::Gone)?;
    let row = store::read(&visit.state.db, held.org_id, held.request_id).await?;
    let place = Place::read(&visit.state, held.org_id).await?;
    Ok(ConfirmView { kind: row.kind.noun().to_owned(), controller: place.name })
}

/// Uses the link up: the address is the requester's.
pub(super) async fn confirm(visit: &Visit, token: &str) -> Answer<()> {
    let state = &visit.state;
    let mut tx = state.db.begin().await?;
    let held = links::use_up(state, &mut tx, token, Purpose::Confirm).await?.ok_or(Fault::Gone)?;
    let mut matter = Matter::open(state, &mut tx, held).await?;
    if held.org_id == OPERATOR && !matter.row.by_agent {
        matter.row.user_id = account(&mut tx, &matter.particulars.email).await?;
    }
    matter.take(state, &mut tx, &Event::Confirm(Proof::Link), None).await?;
    alerts::watch(state, &mut tx, &matter).await?;
    let page = links::make(state, &mut tx, held, Purpose::Track).await?;
    tx.commit().await?;
    redirect(&page);
    Ok(())
}

/// The account of an address that has just been confirmed, if it has one.
async fn account(tx: &mut Tx, email: &str) -> Answer<Option<UserId>> {
    accounts::account_of(tx, email).await
}

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackView {
    /// Its reference.
    pub reference: String,
    /// What is asked for.
    pub kind: String,
    /// Who answers.
    pub controller: String,
    /// Where it stands, as a sentence.
    pub standing: String,
    /// What comes next.
    pub next: String,
    /// When it came in.
    pub received: Shown,
    /// The day that counts, and the sentence about it; nothing once it does not count any more.
    pub due: Option<Due>,
    /// Whether it was passed on to this controller.
    pub passed_on: bool,
    /// What was said.
    pub messages: Vec<MessageView>,
    /// Whether an answer to a question is awaited.
    pub asked: bool,
    /// Whether it can be taken back.
    pub can_withdraw: bool,
    /// How far it has come on the usual way, counted in the stages of [`super::track_page`]; nothing off that way.
    pub stage: Option<usize>,
    /// Whether an account is erased at the end of the way.
    pub erases: bool,
    /// What became of it beyond the answer, in sentences.
    pub outcome: Vec<String>,
    /// Whether there is a certificate of what was erased.
    pub certificate: bool,
    /// Whether the decision can be appealed.
    pub can_appeal: bool,
    /// The reference of the appeal against it, or of the decision that it appeals.
    pub appeal: Option<(bool, String)>,
    /// The answer, where there is one.
    pub answer: Option<AnswerView>,
}

/// The day that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The day, as people write it.
    pub day: String,
    /// For machines.
    pub iso: String,
    /// How far it is.
    pub left: String,
    /// Whether it has passed.
    pub overdue: bool,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// When.
    pub at: Shown,
    /// By whom, for the reader.
    pub who: String,
    /// What it is: a question, an answer, a notice, a note.
    pub kind: String,
    /// Its words.
    pub words: String,
}

/// An answer that can be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// The file's name.
    pub file: String,
    /// Until when it can be taken; nothing once that has passed.
    pub until: Option<Shown>,
    /// How many times it can still be taken.
    pub left: i64,
    /// The files that go along with it, as long as they can be taken.
    pub files: Vec<FileView>,
}

pub(super) async fn tracked(visit: &Visit, token: &str) -> Answer<TrackView> {
    let state = &visit.state;
    let held = held(visit, token).await?;
    let row = store::read(&state.db, held.org_id, held.request_id).await?;
    not_somebody_elses(&row)?;
    let place = Place::read(state, held.org_id).await?;
    let messages = store::messages(&state.db, held.org_id, row.id).await?;
    let answer = answers::told(state, &place, &row).await?;
    let (standing, next) = letters::standing(&row);
    let outcome = Outcome::of(state, &place, &row).await?;
    let theirs = store::appeal_against(&state.db, held.org_id, row.id).await?;
    let ours = match row.appeal_of {
        Some(first) => store::appealed(&state.db, held.org_id, first).await?,
        None => None,
    };
    Ok(TrackView {
        stage: stage(&row, outcome.certificate),
        erases: outcome.erases,
        outcome: outcome.words,
        certificate: outcome.certificate,
        can_appeal: appeals::can_be(&row) && theirs.is_none(),
        appeal: theirs.map(|other| (true, other.reference)).or(ours.map(|other| (false, other.reference))),
        reference: row.reference.clone(),
        kind: row.kind.noun().to_owned(),
        standing: standing.to_owned(),
        next: next.to_owned(),
        received: place.zone.show(row.received_at),
        due: row.state.is_open().then(|| due(state, &place, &row)).flatten(),
        passed_on: row.forwarded_from.is_some(),
        messages: messages.into_iter().filter(|m| m.kind != "note").map(|m| message(state, &place, m, true)).collect(),
        asked: row.state == RequestState::NeedsInfo,
        can_withdraw: can_withdraw(row.state),
        answer,
        controller: place.name,
    })
}

/// The stage that a request is in: received, confirmed, reviewed, carried out, answered, and for an account erased.
fn stage(row: &Row, erased: bool) -> Option<usize> {
    // What is in force at once goes no way.
    if row.kind == Kind::OptOut || (row.kind == Kind::Withdrawal && !row.answered) {
        return None;
    }
    Some(match row.state {
        RequestState::Received | RequestState::IdentityPending => 1,
        RequestState::InReview | RequestState::NeedsInfo | RequestState::OnHold => 2,
        RequestState::Fulfilling => 3,
        RequestState::QualityCheck => 4,
        RequestState::Delivered if erased => 6,
        RequestState::Delivered => 5,
        RequestState::Closed if row.answered || erased => {
            if erased {
                6
            } else {
                5
            }
        }
        RequestState::IdentityFailed | RequestState::Refused | RequestState::Forwarded => return None,
        RequestState::Duplicate | RequestState::Withdrawn | RequestState::Closed => return None,
    })
}

/// What became of a request beyond its answer.
#[derive(Default)]
struct Outcome {
    words: Vec<String>,
    certificate: bool,
    erases: bool,
}

impl Outcome {
    async fn of(state: &State, place: &Place, row: &Row) -> Answer<Self> {
        let granted =
            matches!(row.state, RequestState::Fulfilling | RequestState::QualityCheck | RequestState::Delivered | RequestState::Closed);
        match (row.kind, row.user_id) {
            _ if !granted || place.org != OPERATOR => Ok(Self::default()),
            (Kind::Erasure, user) => Self::of_erasure(state, place, row, user).await,
            (Kind::Restriction, Some(user)) => Self::of_restriction(state, place, row, user).await,
            _ => Ok(Self::default()),
        }
    }

    async fn of_erasure(state: &State, place: &Place, row: &Row, user: Option<UserId>) -> Answer<Self> {
        if let Some((at, _)) = store::outcome(&state.db, place.org, row.id).await? {
            let words = format!(
                "Your account was erased on {}. The certificate says how many rows of what went, and what stays and why. It names nobody.",
                place.zone.show(at).day
            );
            return Ok(Self { words: vec![words], certificate: true, erases: true });
        }
        let Some(user) = user else { return Ok(Self::default()) };
        let words = match mine::deletion_of(&state.db, user).await? {
            Some(after) if after > state.clock.now() => {
                format!("Your account is erased on {}. Until then you can sign in and keep it.", place.zone.show(after).day)
            }
            Some(after) => format!(
                "Your account was to be erased on {}. A legal hold, or an organisation that has no other owner, stands in the way. It is erased as soon as that ends.",
                place.zone.show(after).day
            ),
            None if row.answered => {
                "No erasure is pending: you chose to keep your account, or it could not begin. The answer and the messages below say more."
                    .to_owned()
            }
            None => return Ok(Self::default()),
        };
        Ok(Self { words: vec![words], certificate: false, erases: true })
    }

    async fn of_restriction(state: &State, place: &Place, row: &Row, user: UserId) -> Answer<Self> {
        let now = mine::restriction_of(&state.db, user).await?;
        let words = match (now.restricted_at, now.restriction_ends_at) {
            (Some(since), None) => format!(
                "Your account is restricted since {}. You can end that yourself at any time, on the page \u{201c}Your data\u{201d}.",
                place.zone.show(since).day
            ),
            (Some(_), Some(ends)) => {
                format!("The restriction of your account ends on {}. The reason stands below.", place.zone.show(ends).day)
            }
            (None, _) if row.answered => "Your account is not restricted any more.".to_owned(),
            (None, _) => return Ok(Self::default()),
        };
        Ok(Self { words: vec![words], ..Self::default() })
    }
}

fn can_withdraw(state: RequestState) -> bool {
    matches!(
        state,
        RequestState::IdentityPending
            | RequestState::IdentityFailed
            | RequestState::InReview
            | RequestState::NeedsInfo
            | RequestState::OnHold
    )
}

async fn held(visit: &Visit, token: &str) -> Answer<Held> {
    links::find(&visit.state, &visit.db, token, Purpose::Track).await?.ok_or(Fault::NotFound)
}

/// A link works for whoever holds it; but not for somebody who is signed in as another person.
pub(super) fn not_somebody_elses(row: &Row) -> Answer<()> {
    let slot = use_context::<SessionSlot>().unwrap_or_default();
    is_theirs(row, slot.get().map(|session| session.user_id))
}

pub(super) fn is_theirs(row: &Row, viewer: Option<UserId>) -> Answer<()> {
    match (row.user_id, viewer) {
        (Some(owner), Some(viewer)) if owner != viewer => Err(Fault::NotFound),
        _ => Ok(()),
    }
}

pub(super) fn due(state: &State, place: &Place, row: &Row) -> Option<Due> {
    let due = day(state, place, &row.due_on)?;
    if row.paused_on.is_none() {
        return Some(due);
    }
    Some(Due { left: "the clock stands still until the question is answered".to_owned(), overdue: false, ..due })
}

/// A day, and how far it is.
pub(super) fn day(state: &State, place: &Place, iso: &str) -> Option<Due> {
    let day = iso.parse::<jiff::civil::Date>().ok()?;
    let left = days_between(place.date(state.clock.now()), day);
    let words = match left {
        ..=-2 => format!("{} days late", -left),
        -1 => "1 day late".to_owned(),
        0 => "today".to_owned(),
        1 => "1 day left".to_owned(),
        _ => format!("{left} days left"),
    };
    Some(Due { day: day.strftime("%-d %b %Y").to_string(), iso: iso.to_owned(), left: words, overdue: left < 0 })
}

/// A message for the requester, or for the controller.
pub(super) fn message(state: &State, place: &Place, row: MessageRow, for_requester: bool) -> MessageView {
    let who = match (row.side.as_str(), for_requester) {
        ("requester", true) => "You".to_owned(),
        ("requester", false) => "The requester".to_owned(),
        (_, true) => place.name.clone(),
        (_, false) => row.author.unwrap_or_else(|| place.name.clone()),
    };
    MessageView { at: place.zone.show(row.at), who, kind: row.kind, words: sealed::open(state, row.id, &row.sealed) }
}

/// Answers the controller's question.
pub(super) async fn answer(visit: &Visit, token: &str, words: &str) -> Answer<()> {
    if words.chars().count() > 10_000 {
        return Err(Fault::field("words", "Use at most 10,000 characters."));
    }
    act(visit, token, &Event::Answer(words.trim().to_owned())).await
}

/// Takes the request back.
pub(super) async fn withdraw(visit: &Visit, token: &str) -> Answer<()> {
    act(visit, token, &Event::Withdraw).await
}

async fn act(visit: &Visit, token: &str, event: &Event) -> Answer<()> {
    let state = &visit.state;
    let mut tx = state.db.begin().await?;
    let held = links::find_in(state, &mut tx, token, Purpose::Track).await?.ok_or(Fault::NotFound)?;
    let mut matter = Matter::open(state, &mut tx, held).await?;
    not_somebody_elses(&matter.row)?;
    matter.take(state, &mut tx, event, None).await?;
    tx.commit().await?;
    redirect(&format!("{}{token}", Purpose::Track.path()));
    Ok(())
}

/// The name of the organisation that a link to the public form names.
pub(super) async fn addressee(visit: &Visit, to: &str) -> Answer<Option<String>> {
    let Ok(org) = to.parse::<OrgId>() else { return Ok(None) };
    super::place::organisation(&visit.db, org).await
}
