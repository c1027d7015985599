//! DR-11: no sequence of events leads where none may lead, and nothing ends without its evidence.

use jiff::civil::Date;
use proptest::prelude::*;

use crate::privacy::requests::{
    deadline::{Calendar, deadlines, plus_days},
    model::{Ground, Kind, Proof, Regime, State},
    progress::{Event, Progress, Refusal, transition},
};

const RECEIVED: Date = Date::constant(2026, 3, 3);

fn begin(kind: Kind, regime: Regime) -> Progress {
    let days = deadlines(regime, kind, RECEIVED, &Calendar::default());
    Progress {
        kind,
        regime,
        state: State::Received,
        received: RECEIVED,
        first_due: days.due,
        extension: days.extension,
        due: days.due,
        extended: false,
        paused: None,
        proof: None,
        partly_refused: false,
        answered: false,
    }
}

/// Every edge, written down once more by hand: from, and where one may go.
fn edges(from: State) -> &'static [State] {
    use State::*;
    match from {
        Received => &[IdentityPending, InReview],
        IdentityPending => &[InReview, IdentityFailed, Refused, Forwarded, Duplicate, Withdrawn, IdentityPending],
        IdentityFailed => &[InReview, Refused, Forwarded, Duplicate, Withdrawn, Closed],
        InReview => &[InReview, NeedsInfo, OnHold, Refused, Fulfilling, Delivered, Forwarded, Duplicate, Withdrawn],
        NeedsInfo => &[NeedsInfo, InReview, Refused, Duplicate, Withdrawn],
        OnHold => &[OnHold, InReview, Withdrawn],
        Fulfilling => &[Fulfilling, QualityCheck],
        QualityCheck => &[QualityCheck, Delivered],
        Delivered | Refused => &[Closed],
        Forwarded | Duplicate | Withdrawn | Closed => &[],
    }
}

fn event() -> impl Strategy<Value = Event> {
    let words = || prop_oneof![Just(String::new()), Just("  ".to_owned()), Just("Because.".to_owned())];
    let ground = || prop::sample::select(Ground::ALL);
    prop_oneof![
        Just(Event::AskIdentity),
        Just(Event::SkipIdentity),
        Just(Event::Confirm(Proof::Link)),
        words().prop_map(Event::Verify),
        words().prop_map(Event::FailIdentity),
        words().prop_map(Event::Ask),
        words().prop_map(Event::Answer),
        words().prop_map(Event::Resume),
        words().prop_map(Event::Extend),
        words().prop_map(Event::Hold),
        words().prop_map(Event::Release),
        (ground(), words()).prop_map(|(ground, words)| Event::Refuse(ground, words)),
        (ground(), words()).prop_map(|(ground, words)| Event::RefusePartly(ground, words)),
        Just(Event::Fulfil),
        Just(Event::Check),
        Just(Event::Deliver),
        Just(Event::Honour),
        words().prop_map(Event::Forward),
        words().prop_map(Event::Duplicate),
        Just(Event::Withdraw),
        Just(Event::Close),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn dr_11_no_sequence_reaches_what_may_not_be(
        kind in prop::sample::select(Kind::ALL),
        regime in prop::sample::select(Regime::ALL),
        steps in prop::collection::vec((event(), 0_i64..9, any::<bool>()), 1..60),
    ) {
        let (mut at, mut today, mut log) = (begin(kind, regime), RECEIVED, Vec::<Event>::new());
        for (event, days, answer) in steps {
            today = plus_days(today, days);
            at.answered |= answer && matches!(at.state, State::Fulfilling | State::QualityCheck);
            let before = at.clone();
            let Ok(after) = transition(&before, &event, today) else { continue };
            prop_assert!(edges(before.state).contains(&after.state), "{:?} -> {:?} by {event:?}", before.state, after.state);
            prop_assert!(event.words().is_none_or(|words| !words.trim().is_empty()), "{event:?}");
            if let Event::Extend(_) = event {
                prop_assert!(!before.extended && after.due > before.due && (today <= before.first_due || before.paused.is_some()));
            }
            prop_assert!(after.due >= before.due && after.first_due >= before.first_due);
            prop_assert!(after.paused.is_none() || (after.state == State::NeedsInfo && regime != Regime::Ccpa));
            prop_assert!(after.extended || after.due == after.first_due);
            log.push(event);
            at = after;
        }
        has_its_evidence(&at, &log)?;
    }
}

/// What must stand in the record of a request that has come this far.
fn has_its_evidence(at: &Progress, log: &[Event]) -> Result<(), TestCaseError> {
    let place = |what: fn(&Event) -> bool| log.iter().position(what);
    let identity = place(|e| matches!(e, Event::Confirm(_) | Event::Verify(_) | Event::SkipIdentity));
    let accepted = place(|e| matches!(e, Event::Fulfil | Event::RefusePartly(..)));
    let checked = place(|e| matches!(e, Event::Check));
    let delivered = place(|e| matches!(e, Event::Deliver));
    let honoured = place(|e| matches!(e, Event::Honour));
    let refused = log.iter().find(|e| matches!(e, Event::Refuse(..)));
    if delivered.is_some() {
        prop_assert!(identity < accepted && accepted < checked && checked < delivered && identity.is_some(), "{log:?}");
        prop_assert!(at.answered);
    }
    if honoured.is_some() {
        prop_assert!(identity.is_some() && matches!(at.kind, Kind::OptOut | Kind::Withdrawal));
    }
    if at.state == State::Delivered {
        prop_assert!(delivered.is_some() || honoured.is_some());
    }
    if at.state == State::Refused {
        prop_assert!(refused.is_some_and(|e| e.ground().is_some() && e.words().is_some_and(|w| !w.trim().is_empty())));
    }
    prop_assert!(log.iter().filter(|e| matches!(e, Event::Extend(_))).count() <= 1);
    prop_assert_eq!(at.partly_refused, log.iter().any(|e| matches!(e, Event::RefusePartly(..))));
    Ok(())
}

fn after(at: &Progress, events: &[Event], today: Date) -> Progress {
    events.iter().fold(at.clone(), |at, event| transition(&at, event, today).unwrap_or_else(|why| panic!("{event:?}: {why:?}")))
}

#[test]
fn dr_11_the_one_extension_is_before_the_first_day_is_over() {
    let why = || Event::Extend("Many files.".into());
    let at = after(&begin(Kind::Access, Regime::Gdpr), &[Event::Confirm(Proof::Link)], RECEIVED);
    let due = at.first_due;
    assert_eq!(transition(&at, &why(), due).unwrap().due, Date::constant(2026, 6, 3));
    assert_eq!(transition(&at, &why(), plus_days(due, 1)), Err(Refusal::TooLateToExtend(due)));
    let once = transition(&at, &why(), due).unwrap();
    assert_eq!(transition(&once, &why(), due), Err(Refusal::ExtendedBefore));
    assert_eq!(transition(&at, &Event::Extend(" ".into()), due), Err(Refusal::NoWords));
    let complaint = after(&begin(Kind::Complaint, Regime::UkGdpr), &[Event::Confirm(Proof::Link)], RECEIVED);
    assert_eq!(transition(&complaint, &why(), RECEIVED), Err(Refusal::NoExtension));
}

#[test]
fn dr_11_the_clock_stands_still_only_where_the_law_lets_it() {
    for (regime, asked_after, moved) in [(Regime::Gdpr, 5, 10), (Regime::Gdpr, 8, 0), (Regime::UkGdpr, 20, 10), (Regime::Ccpa, 1, 0)] {
        let at = after(&begin(Kind::Access, regime), &[Event::Confirm(Proof::Link)], RECEIVED);
        let asked = plus_days(RECEIVED, asked_after);
        let waiting = transition(&at, &Event::Ask("Which account?".into()), asked).unwrap();
        let on = transition(&waiting, &Event::Answer("The old one.".into()), plus_days(asked, 10)).unwrap();
        assert_eq!(on.due, plus_days(at.due, moved), "{regime:?} after {asked_after} days");
        assert_eq!(on.paused, None);
    }
}

#[test]
fn dr_11_nothing_is_handed_out_before_somebody_has_shown_who_they_are() {
    let at = begin(Kind::Access, Regime::Gdpr);
    for early in [Event::Fulfil, Event::Deliver, Event::Check, Event::Honour] {
        assert!(transition(&at, &early, RECEIVED).is_err());
        let waiting = after(&at, &[Event::AskIdentity], RECEIVED);
        assert!(transition(&waiting, &early, RECEIVED).is_err());
    }
    let accepted = after(&at, &[Event::Confirm(Proof::Link), Event::Fulfil], RECEIVED);
    assert_eq!(transition(&accepted, &Event::Check, RECEIVED), Err(Refusal::NoAnswer));
}
