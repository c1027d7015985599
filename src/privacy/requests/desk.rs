//! Those who look after requests: operators in the inbox of the installation, members at the Privacy desk of their
//! organisation. It is the same work at two places; the scope says which, and shows nothing of the other.

use leptos_axum::redirect;
use serde::{Deserialize, Serialize};

use super::{
    OrgId, RequestId, UserId, alerts, answers, appeals, carry_out,
    deadline::{Calendar, moves_to_working_day},
    enclosures::{self, EnclosureView},
    forward,
    inbox::InboxRow,
    letters,
    links::{self, Held, Purpose},
    matter::Matter,
    model::{Ground, Regime, State as RequestState, Step},
    place::{self, OPERATOR, Place},
    progress::Event,
    requester::{self, MessageView},
    sealed,
    store::{self, Message, Row},
    tools,
};
use crate::{
    accounts::{Permission, Person, Scope, ScopedTx},
    audit::{self, Change, Told},
    clock::Shown,
    count::sized,
    email,
    fault::{Answer, Complaints, Difference, Fault, FieldFault},
    form::Seen,
    privacy::mine,
    server::{
        db::Tx,
        form_key::{self, Sent},
        state::State,
        time::zone_exists,
    },
};

/// One request with everything about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// The row of the list.
    pub row: InboxRow,
    /// Version that a step names.
    pub version: i64,
    /// Name, address, words, organisation, permission.
    pub asked: super::model::Particulars,
    /// Whether what was asked has been erased.
    pub erased: bool,
    /// How it was shown who asks.
    pub proof: String,
    /// Whether the requester has an account here.
    pub account: bool,
    /// The law that sets its clock.
    pub regime: Regime,
    /// The last day that the law allows, where that is another one.
    pub legal: Option<String>,
    /// Whether it was extended.
    pub extended: bool,
    /// Until when it could be extended to, and that it still can.
    pub can_extend: Option<String>,
    /// What was said, notes included.
    pub messages: Vec<MessageView>,
    /// The answer: its file and, where it is a letter, its words.
    pub answer: Option<(String, String)>,
    /// The files that go along with it.
    pub enclosures: Vec<EnclosureView>,
    /// How large such a file may be, in words.
    pub file_limit: String,
    /// The checklist: step, who, when.
    pub steps: Vec<(Step, Option<(String, Shown)>)>,
    /// Numbers of linked cases.
    pub cases: Vec<String>,
    /// The evidence, newest first.
    pub evidence: Vec<Told>,
    /// Whose it was before it was passed on.
    pub passed_on: bool,
    /// The same request as that one.
    pub duplicate_of: Option<String>,
    /// The decision that it appeals.
    pub appeals: Option<AppealView>,
    /// The appeal against its decision: id and reference.
    pub appealed: Option<(RequestId, String)>,
    /// Name and address of the account, at the operator's place.
    pub person: Option<(String, String)>,
    /// Since when the account is restricted, and when that ends.
    pub restricted: Option<(Shown, Option<Shown>)>,
    /// Purposes that can be switched off for the account: key and name.
    pub purposes: Vec<(String, String)>,
}

/// The first decision, as an appeal's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealView {
    /// The request that was refused.
    pub id: RequestId,
    /// Its reference.
    pub reference: String,
    /// Who refused it.
    pub decider: String,
    /// Whether that is whoever looks at it now.
    pub mine: bool,
    /// Whether nobody else looks after requests here.
    pub alone: bool,
}

pub(super) async fn request(scope: &Scope, id: RequestId) -> Answer<RequestView> {
    let (state, org) = (&scope.state, scope.actor.org);
    let place = Place::read(state, org).await?;
    let row = store::read(&state.db, org, id).await?;
    let messages = store::messages(&state.db, org, id).await?;
    let done = store::steps(&state.db, org, id).await?;
    let step = |step: &Step| {
        let ticked = done.iter().find(|row| row.step == *step);
        (*step, ticked.map(|row| (row.who.clone(), place.zone.show(row.done_at))))
    };
    Ok(RequestView {
        version: row.version,
        asked: sealed::open_particulars(state, id.uuid(), row.sealed.as_deref()),
        erased: row.sealed.is_none(),
        proof: letters::proof(&row, &place).to_owned(),
        account: row.user_id.is_some(),
        regime: row.regime,
        legal: legal(&place, &row),
        extended: row.extended_at.is_some(),
        can_extend: row.extension_on.clone().filter(|_| row.extended_at.is_none()),
        messages: messages.into_iter().map(|m| requester::message(state, &place, m, false)).collect(),
        answer: answers::words(state, &place, id).await?,
        enclosures: enclosures::listed(state, &place, id).await?,
        file_limit: sized(state.config.limits.file_bytes),
        steps: Step::ALL.iter().map(step).collect(),
        cases: if org == OPERATOR { Vec::new() } else { store::cases(&state.db, org, id, scope.actor.user).await? },
        evidence: audit::history_of(scope, id.uuid()).await?,
        passed_on: row.forwarded_from.is_some(),
        duplicate_of: row.duplicate_of.clone(),
        appeals: first_decision(scope, &place, &row).await?,
        appealed: store::appeal_against(&state.db, org, id).await?.map(|other| (other.id, other.reference)),
        restricted: restricted(scope, &place, &row).await?,
        person: person(scope, &row).await?,
        purposes: mine::can_be_switched_off(),
        row: InboxRow::of(state, &place, &row),
    })
}

async fn first_decision(scope: &Scope, place: &Place, row: &Row) -> Answer<Option<AppealView>> {
    let Some(first) = row.appeal_of else { return Ok(None) };
    let Some(first) = store::appealed(&scope.state.db, place.org, first).await? else { return Ok(None) };
    let me = scope.actor.user;
    let mut tx = scope.state.db.look().await?;
    let alone = place.others(&mut tx, me).await? == 0;
    Ok(Some(AppealView {
        id: first.id,
        reference: first.reference,
        mine: first.decided_by == Some(me),
        decider: first.decider.unwrap_or_else(|| "nobody who is still known".to_owned()),
        alone,
    }))
}

/// The account at the operator's place; an organisation is not told of accounts.
fn account_of(scope: &Scope, row: &Row) -> Option<UserId> {
    row.user_id.filter(|_| scope.actor.org == OPERATOR)
}

async fn person(scope: &Scope, row: &Row) -> Answer<Option<(String, String)>> {
    let Some(user) = account_of(scope, row) else { return Ok(None) };
    let person = Person::of(&scope.state.db, user).await?;
    Ok(Some((person.name, person.email)))
}

async fn restricted(scope: &Scope, place: &Place, row: &Row) -> Answer<Option<(Shown, Option<Shown>)>> {
    let Some(user) = account_of(scope, row) else { return Ok(None) };
    let now = mine::restriction_of(&scope.state.db, user).await?;
    Ok(now.restricted_at.map(|since| (place.zone.show(since), now.restriction_ends_at.map(|ends| place.zone.show(ends)))))
}

fn legal(place: &Place, row: &Row) -> Option<String> {
    let due: jiff::civil::Date = row.due_on.parse().ok()?;
    let legal = place.calendar.working_from(due);
    (moves_to_working_day(row.regime) && legal != due).then(|| legal.strftime("%-d %b %Y").to_string())
}

/// A step that somebody takes, as it was posted.
pub(super) struct StepForm {
    pub request: RequestId,
    pub version: i64,
    pub act: String,
    pub words: String,
    pub ground: String,
    pub organisation: String,
    pub other: String,
    pub step: String,
    pub case: String,
    /// The key of the form, where one may be sent twice without anything standing in the way.
    pub key: String,
}

impl StepForm {
    /// A step on a request as somebody has seen it, with nothing said yet.
    pub(super) fn of(request: RequestId, version: i64) -> Self {
        let [act, words, ground, organisation, other, step, case, key] = Default::default();
        Self { request, version, act, words, ground, organisation, other, step, case, key }
    }
}

/// Takes it, and leads back to the request.
pub(super) async fn act(scope: &Scope, form: StepForm) -> Answer<()> {
    let request = form.request;
    take(scope, form).await?;
    let inbox = if scope.actor.org == OPERATOR { "/operator/requests" } else { "/desk" };
    redirect(&format!("{inbox}/{request}?notice=saved"));
    Ok(())
}

/// Takes it.
pub(super) async fn take(scope: &Scope, form: StepForm) -> Answer<()> {
    let state = scope.state.clone();
    let held = Held { org_id: scope.actor.org, request_id: form.request };
    let mut tx = scope.begin().await?;
    let case = match form.act.as_str() {
        "link_case" if held.org_id != OPERATOR => Some(case_of(&mut tx, &form.case).await?),
        _ => None,
    };
    let mut matter = Matter::open(&state, tx.raw(), held).await?;
    if form.act == "write_answer" && matter.row.version != form.version {
        return written_meanwhile(scope, &mut tx, &matter, &form.words).await;
    }
    same_version(&matter.row, form.version)?;
    let by = Some(scope.actor.user);
    if let Some(event) = event(&form)? {
        let again = appeals::same_hand(tx.raw(), &matter, &event, scope.actor.user).await?;
        if let Event::Duplicate(reference) = &event {
            same_requester(&state, tx.raw(), &matter, reference).await?;
        }
        matter.take(&state, tx.raw(), &event, by).await?;
        if again {
            appeals::admit(&state, tx.raw(), &matter).await?;
        }
        follow(scope, &mut tx, &matter, &event).await?;
    } else {
        beside(scope, &mut tx, &mut matter, &form, case).await?;
    }
    tx.commit().await
}

async fn case_of(tx: &mut ScopedTx, number: &str) -> Answer<uuid::Uuid> {
    if !tx.scope.may(Permission::CaseRead) {
        return Err(Fault::NotFound);
    }
    match crate::cases::to_be_changed(tx, number.trim()).await {
        Ok(case) => Ok(case.uuid()),
        Err(Fault::NotFound) => Err(Fault::field("case", "There is no case with this number, or you may not see it.")),
        Err(other) => Err(other),
    }
}

pub(super) fn same_version(row: &Row, version: i64) -> Answer<()> {
    if row.version == version {
        return Ok(());
    }
    Err(Fault::Conflict(vec![stands(row), Difference::version(row.version)]))
}

fn stands(row: &Row) -> Difference {
    Difference::new("state", "Where it stands", row.state.label(), "What you saw before")
}

/// Somebody else went on with the request while an answer was being written. The same words are no contradiction.
async fn written_meanwhile(scope: &Scope, tx: &mut ScopedTx, matter: &Matter, words: &str) -> Answer<()> {
    let (row, words) = (&matter.row, words.trim().replace("\r\n", "\n"));
    let theirs = answers::words(&scope.state, &matter.place, row.id).await?.map(|(_, words)| words).unwrap_or_default();
    if theirs.as_bytes() == answers::letter(row, &matter.place, &words).bytes {
        return Ok(());
    }
    let saved = audit::last_by(tx, "request", row.id.uuid(), "request.answer_written").await?;
    let both = Difference::new("words", "The answer", theirs, words).saved(saved);
    Err(Fault::Conflict(vec![both, stands(row), Difference::version(row.version)]))
}

/// The step as an event; nothing where it leaves the state as it is.
fn event(form: &StepForm) -> Answer<Option<Event>> {
    let words = || form.words.trim().replace("\r\n", "\n");
    if form.words.chars().count() > 20_000 {
        return Err(Fault::field("words", "Use at most 20,000 characters."));
    }
    let ground =
        || Ground::parse(&form.ground).ok_or_else(|| Fault::field("ground", "Choose the ground. There is no refusal without one."));
    Ok(Some(match form.act.as_str() {
        "verify" => Event::Verify(words()),
        "fail_identity" => Event::FailIdentity(words()),
        "ask" => Event::Ask(words()),
        "resume" => Event::Resume(words()),
        "extend" => Event::Extend(words()),
        "hold" => Event::Hold(words()),
        "release" => Event::Release(words()),
        "refuse" => Event::Refuse(ground()?, words()),
        "refuse_partly" => Event::RefusePartly(ground()?, words()),
        "fulfil" => Event::Fulfil,
        "check" => Event::Check,
        "deliver" => Event::Deliver,
        "duplicate" => Event::Duplicate(form.other.trim().to_uppercase()),
        "close" => Event::Close,
        _ => return Ok(None),
    }))
}

/// There is one answer to a request and its duplicate, so it goes to the same person, from the same place, and is given.
async fn same_requester(state: &State, tx: &mut Tx, matter: &Matter, reference: &str) -> Answer<()> {
    let ours = email::fold(&matter.particulars.email);
    let other = store::by_reference(tx, reference).await?.filter(|other| other.id != matter.row.id);
    let same = other.is_some_and(|other| {
        let theirs = email::fold(&sealed::open_particulars(state, other.id.uuid(), other.sealed.as_deref()).email);
        let given = !matches!(other.state, RequestState::Duplicate | RequestState::Withdrawn | RequestState::IdentityFailed);
        given && ((!ours.is_empty() && theirs == ours) || (other.user_id.is_some() && other.user_id == matter.row.user_id))
    });
    if same {
        return Ok(());
    }
    Err(Fault::field(
        "other",
        "Write the reference of another request of the same person here, such as R-2345-6789, that is being answered or was. Who asks from another address gets an answer of their own.",
    ))
}

/// What an event brings with it.
async fn follow(scope: &Scope, tx: &mut ScopedTx, matter: &Matter, event: &Event) -> Answer<()> {
    let state = &scope.state;
    match event {
        Event::Fulfil | Event::RefusePartly(..) => carry_out::begin(state, tx.raw(), matter).await,
        Event::Deliver => answers::open_up(state, tx.raw(), matter.held()).await,
        Event::Verify(_) | Event::Extend(_) => alerts::watch(state, tx.raw(), matter).await,
        _ => Ok(()),
    }
}

/// Steps that leave the state as it is.
async fn beside(scope: &Scope, tx: &mut ScopedTx, matter: &mut Matter, form: &StepForm, case: Option<uuid::Uuid>) -> Answer<()> {
    let state = scope.state.clone();
    match (form.act.as_str(), case) {
        ("forward", _) if matter.place.org == OPERATOR => {
            forward::forward(&state, tx.raw(), matter, &form.organisation, scope.actor.user).await
        }
        ("name_account", _) => tools::name_account(&state, tx.raw(), matter, (&form.other, &form.words), scope.actor.user).await,
        ("correct", _) => tools::correct(&state, tx.raw(), matter, &form.other, scope.actor.user).await,
        ("switch_off", _) => tools::switch_off(&state, tx.raw(), matter, &form.other, scope.actor.user).await,
        ("end_restriction", _) => tools::end_restriction(&state, tx.raw(), matter, &form.words, scope.actor.user).await,
        ("note", _) => note(scope, tx, matter, form).await,
        ("write_answer", _) => write_answer(scope, tx, matter, &form.words).await,
        ("remove_file", _) => enclosures::remove(&state, tx.raw(), matter, &form.other, scope.actor.user).await,
        ("renew", _) => renew(scope, tx, matter).await,
        ("send_link", _) => send_link(scope, tx, matter).await,
        ("tick" | "untick", _) => tick(scope, tx, matter, form).await,
        ("link_case", Some(case)) => link_case(scope, tx, matter, case, form.case.trim()).await,
        _ => Err(Fault::Malformed),
    }
}

/// A note leaves the request as it is, so the same form sent again is known by its key alone; with other words it is another.
async fn note(scope: &Scope, tx: &mut ScopedTx, matter: &Matter, form: &StepForm) -> Answer<()> {
    let words = required(&form.words, "Write the note.")?;
    let author = Some(scope.actor.user);
    if let Ok(key) = form.key.parse() {
        let content = serde_json::json!(["request-note", author, matter.row.id, words]);
        if form_key::claim(&scope.state, tx.raw(), key, &content).await? == Sent::Again {
            return Ok(());
        }
    }
    store::say(&scope.state, tx.raw(), matter.row.id, Message { side: "controller", kind: "note", author, words: &words }).await?;
    let values = vec![Change { label: "Note".into(), from: String::new(), to: words }];
    record(scope, tx, matter, "request.noted", serde_json::json!({}), values).await
}

async fn write_answer(scope: &Scope, tx: &mut ScopedTx, matter: &Matter, words: &str) -> Answer<()> {
    let words = required(words, "Write the answer.")?;
    if !matches!(matter.row.state, RequestState::Fulfilling | RequestState::QualityCheck) {
        return Err(Fault::field("words", "The answer is written once the request is accepted, and before it goes out."));
    }
    answers::keep(&scope.state, tx.raw(), matter.row.id, &answers::letter(&matter.row, &matter.place, &words)).await?;
    store::go_on(tx.raw(), matter.row.id).await?;
    record(scope, tx, matter, "request.answer_written", serde_json::json!({}), Vec::new()).await
}

async fn renew(scope: &Scope, tx: &mut ScopedTx, matter: &Matter) -> Answer<()> {
    if matter.row.state != RequestState::Delivered {
        return Err(Fault::field("act", "Only an answer that has gone out can be opened again."));
    }
    answers::open_up(&scope.state, tx.raw(), matter.held()).await?;
    record(scope, tx, matter, "request.answer_renewed", serde_json::json!({}), Vec::new()).await?;
    let letter = letters::to_requester(&Event::Deliver, &matter.row, &matter.place);
    match letter {
        Some(letter) => matter.send(&scope.state, tx.raw(), letter, Purpose::Track).await,
        None => Ok(()),
    }
}

/// The link to confirm once more; the one before it ends.
async fn send_link(scope: &Scope, tx: &mut ScopedTx, matter: &Matter) -> Answer<()> {
    if matter.row.state != RequestState::IdentityPending {
        return Err(Fault::field("act", "This request does not wait for a confirmation."));
    }
    links::void(&scope.state, tx.raw(), matter.held(), Purpose::Confirm).await?;
    record(scope, tx, matter, "request.link_sent", serde_json::json!({}), Vec::new()).await?;
    if let Some(letter) = letters::to_requester(&Event::AskIdentity, &matter.row, &matter.place) {
        matter.send(&scope.state, tx.raw(), letter, Purpose::Confirm).await?;
    }
    // It ends later than the one before, and so does what watches for its end.
    alerts::watch(&scope.state, tx.raw(), matter).await
}

async fn tick(scope: &Scope, tx: &mut ScopedTx, matter: &Matter, form: &StepForm) -> Answer<()> {
    let step = Step::parse(&form.step).ok_or(Fault::Malformed)?;
    let now = scope.state.clock.now();
    let done = form.act == "tick";
    let changed = match done {
        true => store::tick(tx.raw(), matter.row.id, step, scope.actor.user, now).await?,
        false => store::untick(tx.raw(), matter.row.id, step).await?,
    };
    if !changed {
        return Ok(());
    }
    record(scope, tx, matter, "request.step", serde_json::json!({ "step": step.key(), "done": done }), Vec::new()).await
}

async fn link_case(scope: &Scope, tx: &mut ScopedTx, matter: &Matter, case: uuid::Uuid, number: &str) -> Answer<()> {
    if !store::link_case(tx.raw(), matter.row.id, case, scope.actor.user, scope.state.clock.now()).await? {
        return Ok(());
    }
    record(scope, tx, matter, "request.case_linked", serde_json::json!({ "number": number }), Vec::new()).await
}

async fn record(
    scope: &Scope,
    tx: &mut ScopedTx,
    matter: &Matter,
    action: &'static str,
    mut facts: serde_json::Value,
    values: Vec<Change>,
) -> Answer<()> {
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("reference".into(), matter.row.reference.clone().into());
    }
    matter.record(&scope.state, tx.raw(), action, facts, values, Some(scope.actor.user)).await
}

fn required(words: &str, complaint: &str) -> Answer<String> {
    let words = words.trim().replace("\r\n", "\n");
    if words.is_empty() { Err(Fault::field("words", complaint)) } else { Ok(words) }
}

/// By what a place counts its days.
struct Law {
    regime: Regime,
    holidays: String,
    time_zone: String,
}

impl Law {
    /// What becomes other, each with its field of the form and what that shows now.
    fn changes(&self, wanted: &Self) -> Vec<(&'static str, String, Change)> {
        let change = |label: &str, from: &str, to: &str| Change { label: label.into(), from: from.into(), to: to.into() };
        let law = change("Law that sets the time", self.regime.label(), wanted.regime.label());
        let all = [
            ("regime", self.regime.key().to_owned(), law),
            ("holidays", self.holidays.clone(), change("Holidays", &self.holidays, &wanted.holidays)),
            ("time_zone", self.time_zone.clone(), change("Time zone", &self.time_zone, &wanted.time_zone)),
        ];
        all.into_iter().filter(|(.., change)| change.from != change.to).collect()
    }
}

/// Sets the law, the holidays and, for the operator, the zone: what this person changed of them.
pub(super) async fn set(scope: &Scope, regime: &str, holidays: &str, time_zone: &str, seen: Seen) -> Answer<()> {
    let org: OrgId = scope.actor.org;
    let mut complaints = Complaints::default();
    let regime = complaints.take("regime", Regime::parse(regime).ok_or_else(|| "Choose one of the laws.".to_owned()));
    let calendar =
        complaints.take("holidays", Calendar::parse(holidays).map_err(|piece| format!("Write days as 2026-12-25; this is none: {piece}")));
    if holidays.len() > 20_000 {
        complaints.add("holidays", "Use at most 20,000 characters.");
    }
    if org == OPERATOR && !zone_exists(time_zone) {
        complaints.add("time_zone", "Write a place of the list, such as Europe/Lisbon.");
    }
    complaints.done()?;
    let (Some(regime), Some(calendar)) = (regime, calendar) else { return Err(Fault::Invalid(Vec::<FieldFault>::new())) };
    let mut tx = scope.begin().await?;
    let now = Place::hold(&scope.state, tx.raw(), org).await?;
    let stored = Law { regime: now.regime, holidays: now.calendar.text(), time_zone: now.time_zone };
    let regime = if seen.touched("regime", &[regime.key().to_owned()]) { regime } else { stored.regime };
    let time_zone = if org == OPERATOR { seen.pick("time_zone", time_zone, &stored.time_zone) } else { stored.time_zone.clone() };
    let touched = seen.touched("holidays", &[holidays.to_owned()]);
    let wanted = Law { regime, holidays: if touched { calendar.text() } else { stored.holidays.clone() }, time_zone };
    let changes = stored.changes(&wanted);
    let moved = |(field, was, _): &&(&str, String, Change)| seen.moved(field, std::slice::from_ref(was), now.version);
    let both: Vec<_> = changes.iter().filter(moved).collect();
    if !both.is_empty() {
        let saved = audit::last_by(&mut tx, "org", org.uuid(), "requests.settings").await?;
        let both = both.into_iter().map(|(field, _, c)| Difference::new(*field, &c.label, &c.from, &c.to).saved(&saved));
        return Err(Fault::Conflict(both.chain([Difference::version(now.version)]).collect()));
    }
    if !changes.is_empty() {
        place::set(tx.raw(), wanted.regime, &wanted.holidays).await?;
        if wanted.time_zone != stored.time_zone {
            place::set_zone(tx.raw(), &wanted.time_zone).await?;
        }
        let facts = serde_json::json!({ "regime": wanted.regime.key() });
        let values = changes.into_iter().map(|(.., change)| change).collect();
        let event = audit::Event { action: "requests.settings", subject_kind: "org", subject: org.uuid(), facts, values };
        audit::record(&mut tx, event).await?;
    }
    tx.commit().await?;
    redirect(&format!("{}?notice=saved", if org == OPERATOR { "/operator/requests" } else { "/desk" }));
    Ok(())
}
