//! A request comes in.
//!
//! One answer for every address and every organisation: nothing is looked up about the person before their address is
//! confirmed, so an answer cannot tell what is held, not even by the time that it takes.

use leptos::prelude::use_context;
use leptos_axum::redirect;

use super::{
    OrgId, RequestId, UserId, alerts, carry_out,
    deadline::deadlines,
    links::{self, Held, Purpose},
    matter::Matter,
    model::{Concern, Kind, Particulars, Proof, State as RequestState},
    place::{self, OPERATOR, Place},
    progress::Event,
    sealed,
    store::{self, Row},
};
use crate::{
    accounts::{self, SessionSlot},
    audit::Change,
    email,
    fault::{Answer, Complaints, Fault},
    ids::Id,
    names,
    server::{
        db::Tx,
        form_key::{self, Sent},
        secret::random,
        state::State,
        visit::Visit,
    },
};

/// The public form as it was posted.
#[derive(Default)]
pub(super) struct AskForm {
    pub key: Option<RequestId>,
    pub kind: String,
    pub concern: String,
    pub email: String,
    pub name: String,
    pub words: String,
    pub organisation: String,
    pub to: String,
    pub agent: String,
    pub permission: String,
}

/// The form, parsed: what is asked of whom, and by whom.
pub(super) struct Asked {
    pub kind: Kind,
    pub concern: Concern,
    pub by_agent: bool,
    pub org: OrgId,
    pub particulars: Particulars,
}

impl Asked {
    fn content(&self) -> serde_json::Value {
        let of = &self.particulars;
        let told = (email::fold(&of.email), &of.name, &of.words, &of.organisation, &of.permission);
        serde_json::json!(["request", self.kind.key(), self.concern.key(), self.by_agent, self.org, told])
    }
}

const MOST_WORDS: usize = 10_000;
/// Working days within which the operator passes a request on to the organisation that it names.
const FORWARD_DAYS: u32 = 2;

const SENT: &str = "/privacy/request/sent";

/// Takes a request from anybody.
pub(super) async fn ask(visit: &Visit, form: AskForm) -> Answer<()> {
    let id = form.key.unwrap_or_else(Id::fresh);
    let asked = parse(visit, form).await?;
    limit(visit).await?;
    let fresh = fresh_sign_in(visit, &asked.particulars.email);
    // The page says what happens next, which the kind decides and nothing that is known of the person.
    let mut to = if asked.kind.needs_proof() { SENT.to_owned() } else { format!("{SENT}?kind={}", asked.kind.key()) };
    let state = &visit.state;
    let mut tx = state.db.begin().await?;
    let Some(mut matter) = receive(state, &mut tx, id, asked).await? else {
        redirect(&again(state, &mut tx, id, fresh).await?.unwrap_or(to));
        return Ok(tx.commit().await?);
    };
    match fresh {
        Some(user) => {
            // An organisation is not told of accounts, not by its record either.
            let ours = matter.place.org == OPERATOR;
            matter.row.user_id = (ours && !matter.row.by_agent).then_some(user);
            let proof = if ours { Proof::SignedIn } else { Proof::SignedIn.elsewhere() };
            matter.take(state, &mut tx, &Event::Confirm(proof), Some(user).filter(|_| ours)).await?;
            to = links::make(state, &mut tx, matter.held(), Purpose::Track).await?;
        }
        None if matter.row.kind.needs_proof() => matter.take(state, &mut tx, &Event::AskIdentity, None).await?,
        None => matter.take(state, &mut tx, &Event::SkipIdentity, None).await?,
    }
    if matter.row.kind == Kind::Withdrawal {
        carry_out::begin_withdrawal(state, &mut tx, &matter).await?;
    }
    alerts::watch(state, &mut tx, &matter).await?;
    tx.commit().await?;
    redirect(&to);
    Ok(())
}

/// Where a form leads that is sent a second time: the first one's request is all that comes of it. Its page is shown to
/// whoever has proved that it is theirs.
async fn again(state: &State, tx: &mut Tx, id: RequestId, fresh: Option<UserId>) -> Answer<Option<String>> {
    match store::find(tx, id).await? {
        Some(row) if fresh.is_some() && row.user_id == fresh => {
            let held = Held { org_id: OPERATOR, request_id: id };
            Ok(Some(links::make(state, tx, held, Purpose::Track).await?))
        }
        _ => Ok(None),
    }
}

/// Takes an opt-out: in force at once, nothing proved, at most an address for a note about it.
pub(super) async fn opt_out(visit: &Visit, address: &str) -> Answer<()> {
    let email = match address.trim() {
        "" => String::new(),
        given => email::parse(given).map_err(|message| Fault::field("address", message))?,
    };
    limit(visit).await?;
    let state = &visit.state;
    let mut tx = state.db.begin().await?;
    let particulars = Particulars { email, ..Particulars::default() };
    let asked = Asked { kind: Kind::OptOut, concern: Concern::Account, by_agent: false, org: OPERATOR, particulars };
    let Some(mut matter) = receive(state, &mut tx, Id::fresh(), asked).await? else { return Err(Fault::Malformed) };
    for event in [Event::SkipIdentity, Event::Honour] {
        matter.take(state, &mut tx, &event, None).await?;
    }
    let page = links::make(state, &mut tx, matter.held(), Purpose::Track).await?;
    tx.commit().await?;
    redirect(&page);
    Ok(())
}

async fn limit(visit: &Visit) -> Answer<()> {
    accounts::hourly_limit(visit, "rights-request", visit.state.config.limits.requests_per_hour).await
}

/// Who signed in with this address within the last ten minutes: that is proof enough.
fn fresh_sign_in(visit: &Visit, email: &str) -> Option<UserId> {
    let slot = use_context::<SessionSlot>()?;
    let session = slot.get()?;
    let fresh = session.created_at.plus_seconds(600) > visit.state.clock.now();
    let same = email::fold(&session.email) == email::fold(email);
    (fresh && same && session.email_verified_at.is_some()).then_some(session.user_id)
}

async fn parse(visit: &Visit, form: AskForm) -> Answer<Asked> {
    let mut complaints = Complaints::default();
    let kind = Kind::parse(&form.kind).filter(|kind| *kind != Kind::OptOut);
    let kind = complaints.take("kind", kind.ok_or_else(|| "Choose what you ask for.".to_owned()));
    let concern = complaints.take("concern", Concern::parse(&form.concern).ok_or_else(|| "Say what it is about.".to_owned()));
    let email = complaints.take("email", email::parse(&form.email));
    let case = concern == Some(Concern::Case);
    let (linked, organisation) = addressed(visit, &form, case).await?;
    let name = complaints
        .take("name", text(&names::visible(&form.name), 120, case.then_some("Write your name, so that the organisation can find you.")));
    let needed = kind.filter(|kind| kind.needs_words()).map(|_| "Say in your own words what it is about.");
    let words = complaints.take("words", text(&form.words, MOST_WORDS, needed));
    let unnamed = (case && linked.is_none()).then_some("Write which organisation you mean.");
    let organisation = complaints.take("organisation", text(&organisation, 200, unnamed));
    let by_agent = !form.agent.is_empty();
    let unproved = by_agent.then_some("Write whom you act for and how they gave you permission.");
    let permission = complaints.take("permission", text(&form.permission, MOST_WORDS, unproved));
    complaints.done()?;
    let (Some(kind), Some(concern), Some(email), Some(name)) = (kind, concern, email, name) else { return Err(Fault::Malformed) };
    let (Some(words), Some(organisation), Some(permission)) = (words, organisation, permission) else { return Err(Fault::Malformed) };
    let permission = if by_agent { permission } else { String::new() };
    let organisation = if case { organisation } else { String::new() };
    let particulars = Particulars { email, name, words, organisation, permission };
    Ok(Asked { kind, concern, by_agent, org: linked.filter(|_| case).unwrap_or(OPERATOR), particulars })
}

/// The organisation that the link named, or else the words that were typed.
async fn addressed(visit: &Visit, form: &AskForm, case: bool) -> Answer<(Option<OrgId>, String)> {
    if let Some(org) = form.to.parse::<OrgId>().ok().filter(|_| case)
        && let Some(name) = place::organisation(&visit.db, org).await?
    {
        return Ok((Some(org), name));
    }
    Ok((None, form.organisation.clone()))
}

/// A text that may be empty unless something is said when it is.
fn text(text: &str, most: usize, needed: Option<&str>) -> Result<String, String> {
    let text = text.trim().replace("\r\n", "\n");
    match (text.chars().count(), needed) {
        (0, Some(needed)) => Err(needed.to_owned()),
        (count, _) if count > most => Err(format!("Use at most {most} characters.")),
        _ if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') => Err("Use plain text without control characters.".into()),
        _ => Ok(text),
    }
}

/// Nothing when this very request is there already.
async fn receive(state: &State, tx: &mut Tx, id: RequestId, asked: Asked) -> Answer<Option<Matter>> {
    let place = Place::enter(state, tx, asked.org).await?;
    match form_key::claim(state, tx, id.uuid(), &asked.content()).await? {
        Sent::First => {}
        Sent::Again => return Ok(None),
        Sent::Other => return Err(Fault::SentBefore { stored: "the request that was sent with this form first".into() }),
    }
    let matter = Matter { row: new_row(state, &place, id, &asked), place, particulars: asked.particulars };
    if !store::insert(tx, &matter.row).await? {
        return Err(Fault::SentBefore { stored: "the request that was sent with this form first".into() });
    }
    receipt(state, tx, &matter, serde_json::json!({})).await?;
    Ok(Some(matter))
}

/// Stores a request with the first of its evidence.
pub(super) async fn insert(state: &State, tx: &mut Tx, matter: Matter, more: serde_json::Value) -> Answer<Matter> {
    store::insert(tx, &matter.row).await?;
    receipt(state, tx, &matter, more).await?;
    Ok(matter)
}

async fn receipt(state: &State, tx: &mut Tx, matter: &Matter, more: serde_json::Value) -> Answer<()> {
    let row = &matter.row;
    let mut facts = serde_json::json!({
        "reference": row.reference, "kind": row.kind.noun(), "concern": row.concern.key(), "regime": row.regime.key(),
        "received": row.received_on, "due": row.due_on, "agent": row.by_agent,
    });
    if let (Some(facts), Some(more)) = (facts.as_object_mut(), more.as_object()) {
        facts.extend(more.clone());
    }
    let asked = &matter.particulars;
    let told = [("Address", &asked.email), ("Name", &asked.name), ("In words", &asked.words), ("Permission", &asked.permission)];
    let values = told.into_iter().filter(|(_, text)| !text.is_empty());
    let values = values.map(|(label, text)| Change { label: label.into(), from: String::new(), to: text.clone() }).collect();
    matter.record(state, tx, "request.received", facts, values, None).await
}

pub(super) fn new_row(state: &State, place: &Place, id: RequestId, asked: &Asked) -> Row {
    let now = state.clock.now();
    let received = place.date(now);
    let days = deadlines(place.regime, asked.kind, received, &place.calendar);
    Row {
        id,
        reference: reference(),
        kind: asked.kind,
        concern: asked.concern,
        regime: place.regime,
        state: RequestState::Received,
        by_agent: asked.by_agent,
        sealed: Some(sealed::seal_particulars(state, id.uuid(), &asked.particulars)),
        user_id: None,
        confirmed_at: None,
        confirmed_how: None,
        received_at: now,
        received_on: received.to_string(),
        first_due_on: days.due.to_string(),
        extension_on: days.extension.map(|day| day.to_string()),
        due_on: days.due.to_string(),
        extended_at: None,
        paused_on: None,
        partly_refused: false,
        alerted: 0,
        forwarded_to: None,
        forwarded_from: None,
        duplicate_of: None,
        closed_at: None,
        appeal_of: None,
        decided_by: None,
        refused_at: None,
        // What names an organisation is not the operator's to answer.
        forward_by: (place.org == OPERATOR && asked.concern == Concern::Case)
            .then(|| place.calendar.plus_working(received, FORWARD_DAYS).to_string()),
        forward_alerted_at: None,
        version: 1,
        answered: false,
    }
}

/// A number to talk about on the phone: no counter, so that it tells nothing about how many there are.
pub(super) fn reference() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
    let all: Vec<char> = random::<8>().into_iter().map(letter).collect();
    let (first, last) = all.split_at(4);
    format!("R-{}-{}", first.iter().collect::<String>(), last.iter().collect::<String>())
}
