//! What may happen to a request, and when: one pure function that every edge goes through.

use jiff::civil::Date;

use super::{
    deadline::{pause_within_days, plus_days},
    model::{Ground, Kind, Proof, Regime, State},
};

/// A request, as far as its way through the states depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is asked for.
    pub kind: Kind,
    /// The law that sets the clock.
    pub regime: Regime,
    /// Where it stands.
    pub state: State,
    /// The day on which it came in.
    pub received: Date,
    /// The first day until which it has to be answered.
    pub first_due: Date,
    /// The day until which it is answered once extended, where that may be.
    pub extension: Option<Date>,
    /// The day that counts now.
    pub due: Date,
    /// Whether it was extended.
    pub extended: bool,
    /// Since when the clock stands still.
    pub paused: Option<Date>,
    /// How it was shown who asks.
    pub proof: Option<Proof>,
    /// Whether a part is refused.
    pub partly_refused: bool,
    /// Whether an answer is written.
    pub answered: bool,
}

/// Something that happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A link goes to the address that was given.
    AskIdentity,
    /// This kind needs no proof.
    SkipIdentity,
    /// The link was opened, or a fresh sign-in shows who asks.
    Confirm(Proof),
    /// The controller has seen who it is in some other way, which is named.
    Verify(String),
    /// It was not shown who asks, and why not.
    FailIdentity(String),
    /// The requester is asked something.
    Ask(String),
    /// The requester answers.
    Answer(String),
    /// The controller goes on without waiting, and says why.
    Resume(String),
    /// The one extension, with its reason.
    Extend(String),
    /// A law says wait: which.
    Hold(String),
    /// The wait is over: why.
    Release(String),
    /// Refused.
    Refuse(Ground, String),
    /// A part is refused, the rest is carried out.
    RefusePartly(Ground, String),
    /// Accepted, and being carried out.
    Fulfil,
    /// The answer is complete and is looked over.
    Check,
    /// The answer goes out.
    Deliver,
    /// An opt-out or a withdrawal is in force; there is nothing to hand out.
    Honour,
    /// Handed to its controller, whose name this is.
    Forward(String),
    /// The same as another request, whose reference this is.
    Duplicate(String),
    /// The requester takes it back.
    Withdraw,
    /// Put away.
    Close,
}

/// Why something cannot happen now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not from this state.
    NotFrom(State),
    /// It was extended before.
    ExtendedBefore,
    /// The first day has passed.
    TooLateToExtend(Date),
    /// This regime knows no extension for this kind.
    NoExtension,
    /// Words are missing that this must not happen without.
    NoWords,
    /// There is no answer yet.
    NoAnswer,
}

impl Refusal {
    /// The sentence for whoever tried.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFrom(state) => {
                format!("The request is now \u{201c}{}\u{201d}; this step does not follow from there. Reload the page.", state.label())
            }
            Self::ExtendedBefore => "It was extended already. The law allows that once.".into(),
            Self::TooLateToExtend(day) => format!("It could be extended until {day}, which has passed."),
            Self::NoExtension => "There is no extension for this kind of request.".into(),
            Self::NoWords => "Write the reason: the requester has a right to it, and it goes into the record.".into(),
            Self::NoAnswer => "Write the answer first.".into(),
        }
    }
}

/// THE function: what a request is after an event on a day, or why the event may not be.
///
/// # Errors
/// The [`Refusal`].
pub fn transition(before: &Progress, event: &Event, today: Date) -> Result<Progress, Refusal> {
    if event.words().is_some_and(|words| words.trim().is_empty()) {
        return Err(Refusal::NoWords);
    }
    let to = target(before.state, event).ok_or(Refusal::NotFrom(before.state))?;
    let mut after = Progress { state: to, ..before.clone() };
    match event {
        Event::SkipIdentity => after.proof = Some(Proof::NotNeeded),
        Event::Confirm(proof) => after.proof = Some(*proof),
        Event::Verify(_) => after.proof = Some(Proof::Otherwise),
        Event::Extend(_) => extend(&mut after, today)?,
        Event::Ask(_) => after.paused = may_pause(before, today).then_some(today),
        Event::RefusePartly(..) => after.partly_refused = true,
        Event::Check | Event::Deliver if !before.answered => return Err(Refusal::NoAnswer),
        Event::Honour if !matches!(before.kind, Kind::OptOut | Kind::Withdrawal) => return Err(Refusal::NotFrom(before.state)),
        Event::AskIdentity | Event::FailIdentity(_) | Event::Answer(_) | Event::Resume(_) | Event::Hold(_) | Event::Release(_) => {}
        Event::Refuse(..) | Event::Fulfil | Event::Check | Event::Deliver | Event::Honour | Event::Forward(_) => {}
        Event::Duplicate(_) | Event::Withdraw | Event::Close => {}
    }
    if before.state == State::NeedsInfo && after.state != State::NeedsInfo {
        run_on(&mut after, today);
    }
    Ok(after)
}

/// Which states an event leads from and to. What is not here may not be.
fn target(from: State, event: &Event) -> Option<State> {
    use State::{
        Closed, Delivered, Duplicate, Forwarded, Fulfilling, IdentityFailed, IdentityPending, InReview, NeedsInfo, OnHold, QualityCheck,
        Received, Refused, Withdrawn,
    };
    Some(match (event, from) {
        (Event::AskIdentity, Received) => IdentityPending,
        (Event::SkipIdentity, Received) | (Event::Confirm(_), Received | IdentityPending) => InReview,
        (Event::Verify(_), IdentityPending | IdentityFailed) => InReview,
        (Event::FailIdentity(_), IdentityPending) => IdentityFailed,
        (Event::Ask(_), InReview) => NeedsInfo,
        (Event::Answer(_) | Event::Resume(_), NeedsInfo) => InReview,
        (Event::Extend(_), IdentityPending | InReview | NeedsInfo | OnHold | Fulfilling | QualityCheck) => from,
        (Event::Hold(_), InReview) => OnHold,
        (Event::Release(_), OnHold) => InReview,
        (Event::Refuse(Ground::CannotIdentify, _), IdentityPending | IdentityFailed | InReview | NeedsInfo) => Refused,
        (Event::Refuse(..), InReview | NeedsInfo) => Refused,
        (Event::Fulfil | Event::RefusePartly(..), InReview) => Fulfilling,
        (Event::Check, Fulfilling) => QualityCheck,
        (Event::Deliver, QualityCheck) => Delivered,
        (Event::Honour, InReview) => Delivered,
        (Event::Forward(_), IdentityPending | IdentityFailed | InReview) => Forwarded,
        (Event::Duplicate(_), IdentityPending | IdentityFailed | InReview | NeedsInfo) => Duplicate,
        (Event::Withdraw, IdentityPending | IdentityFailed | InReview | NeedsInfo | OnHold) => Withdrawn,
        (Event::Close, IdentityFailed | Delivered | Refused) => Closed,
        _ => return None,
    })
}

fn extend(after: &mut Progress, today: Date) -> Result<(), Refusal> {
    let Some(extension) = after.extension else { return Err(Refusal::NoExtension) };
    if after.extended {
        return Err(Refusal::ExtendedBefore);
    }
    // A clock that stands still moves its day along.
    let first = if after.paused.is_some() { today.max(after.first_due) } else { after.first_due };
    if today > first {
        return Err(Refusal::TooLateToExtend(first));
    }
    after.extended = true;
    after.due = extension;
    Ok(())
}

fn may_pause(before: &Progress, today: Date) -> bool {
    // Spelled in days since receipt, so that a far limit does not overflow.
    pause_within_days(before.regime).is_some_and(|within| days_between(before.received, today) <= within)
}

/// The clock goes on: every day that it stood still is added.
fn run_on(after: &mut Progress, today: Date) {
    let Some(since) = after.paused.take() else { return };
    let stood = days_between(since, today).max(0);
    after.first_due = plus_days(after.first_due, stood);
    after.due = plus_days(after.due, stood);
    after.extension = after.extension.map(|day| plus_days(day, stood));
}

/// Calendar days from one day to another.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

impl Event {
    /// The words that it must not happen without.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Verify(words) | Self::FailIdentity(words) | Self::Ask(words) | Self::Answer(words) | Self::Resume(words) => Some(words),
            Self::Extend(words) | Self::Hold(words) | Self::Release(words) | Self::Forward(words) | Self::Duplicate(words) => Some(words),
            Self::Refuse(_, words) | Self::RefusePartly(_, words) => Some(words),
            Self::AskIdentity | Self::SkipIdentity | Self::Confirm(_) | Self::Fulfil | Self::Check | Self::Deliver => None,
            Self::Honour | Self::Withdraw | Self::Close => None,
        }
    }

    /// The ground of a refusal.
    pub const fn ground(&self) -> Option<Ground> {
        match self {
            Self::Refuse(ground, _) | Self::RefusePartly(ground, _) => Some(*ground),
            _ => None,
        }
    }

    /// What the record calls it.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::AskIdentity => "request.link_sent",
            Self::SkipIdentity => "request.needs_no_proof",
            Self::Confirm(_) => "request.confirmed",
            Self::Verify(_) => "request.verified",
            Self::FailIdentity(_) => "request.not_confirmed",
            Self::Ask(_) => "request.asked",
            Self::Answer(_) => "request.answered",
            Self::Resume(_) => "request.resumed",
            Self::Extend(_) => "request.extended",
            Self::Hold(_) => "request.held",
            Self::Release(_) => "request.released",
            Self::Refuse(..) => "request.refused",
            Self::RefusePartly(..) => "request.partly_refused",
            Self::Fulfil => "request.accepted",
            Self::Check => "request.checked",
            Self::Deliver => "request.delivered",
            Self::Honour => "request.honoured",
            Self::Forward(_) => "request.forwarded",
            Self::Duplicate(_) => "request.duplicate",
            Self::Withdraw => "request.withdrawn",
            Self::Close => "request.closed",
        }
    }
}
