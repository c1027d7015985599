//! What a file says about where a case stands: whose words for states are ours, what others are likely to mean, and the
//! rules where a file contradicts itself.

use std::collections::BTreeMap;

use super::report::{Remark, Topic};
use crate::{
    cases::{CaseType, Incoming, StateKind},
    clock::Instant,
    server::time::Zone,
};

/// Words that mean that somebody works on it, that somebody else has to act, and that it has ended.
const OPEN: &str = "new, registered, submitted, received, created, logged, reported, open, opened, reopened, active, live, in progress, \
                    in process, in behandeling, in bearbeitung, offen, assigned, started, under review, under investigation, investigating, \
                    acknowledged, accepted, ongoing, current, processing, review, triage, escalated, working";
const WAITING: &str = "on hold, hold, pending, waiting, awaiting, suspended, paused, stayed, deferred, blocked, parked, wartend, wacht";
const CLOSED: &str = "closed, resolved, done, completed, complete, finished, solved, settled, decided, determined, concluded, fixed, ended, \
                      cancelled, canceled, withdrawn, rejected, dismissed, archived, inactive, abgeschlossen, erledigt, gesloten, afgerond, \
                      terminé, clos";
/// Where a case has only just come in.
const FIRST: &[&str] = &["new", "registered", "submitted", "received", "created", "logged", "reported"];

/// A word as it is compared.
pub(super) fn folded(word: &str) -> String {
    word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The key of the state that a word means: as somebody has said, or because it is a name of ours or of a kind.
pub(super) fn known(word: &str, case_type: &CaseType, said: &BTreeMap<String, String>) -> Option<String> {
    let wanted = folded(word);
    let states = &case_type.states;
    let by_word = said.get(&wanted).filter(|key| states.iter().any(|state| state.key == **key)).cloned();
    let named = || states.iter().find(|state| folded(&state.name) == wanted || state.key == wanted);
    let of_kind = || StateKind::parse(&wanted).and_then(|kind| states.iter().find(|state| state.kind == kind));
    by_word.or_else(|| named().or_else(of_kind).map(|state| state.key.clone()))
}

/// The state that it is likely to mean, for people to confirm.
pub(super) fn likely(word: &str, case_type: &CaseType) -> Option<String> {
    let wanted = folded(word);
    let spaced: String = wanted.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let named = case_type.states.iter().find(|state| {
        let name = folded(&state.name);
        name.len() > 3 && (wanted.contains(&name) || (wanted.len() > 3 && name.contains(&wanted)))
    });
    if let Some(state) = named {
        return Some(state.key.clone());
    }
    let holds = |list: &str| list.split(", ").any(|known| format!(" {spaced} ").contains(&format!(" {} ", known.trim())));
    let kind =
        [(StateKind::Waiting, WAITING), (StateKind::Closed, CLOSED), (StateKind::Open, OPEN)].into_iter().find(|(_, list)| holds(list));
    let kind = kind.map(|(kind, _)| kind)?;
    let mut of_kind = case_type.states.iter().filter(|state| state.kind == kind);
    let first = of_kind.next();
    let later = if kind == StateKind::Open && !FIRST.contains(&wanted.as_str()) { of_kind.next() } else { None };
    later.or(first).map(|state| state.key.clone())
}

/// What a file says about the end of a case, where it contradicts itself: what comes of it, what is told, and the lines
/// for the timeline that keep the rest.
pub(super) fn settle(case: &mut Incoming, case_type: &CaseType, zone: &Zone, last: Instant) -> (Vec<(Topic, Remark)>, Vec<String>) {
    let state = case.state.as_deref().and_then(|key| case_type.state(key)).cloned();
    let remark = |file: String| Remark { case: case.external_id.clone(), field: "Closed".into(), here: String::new(), file };
    let (mut told, mut lines) = (Vec::new(), Vec::new());
    match (state.as_ref().map(|state| state.kind), case.closed_at) {
        (Some(StateKind::Closed), None) => {
            told.push((Topic::ClosedWithoutDate, remark(state.map(|state| state.name).unwrap_or_default())));
            case.closed_at = Some(last);
            case.said.remove("closed");
        }
        (Some(StateKind::Open | StateKind::Waiting), Some(at)) => {
            let (day, name) = (zone.show(at).text, state.map(|state| state.name).unwrap_or_default());
            lines.push(format!("The imported file has a closing date, {day}, although the state is {name}."));
            told.push((Topic::DateWithoutClosed, remark(format!("{name}, {day}"))));
            case.closed_at = None;
            case.said.remove("closed");
        }
        (Some(_), _) | (None, _) => {}
    }
    if !case.outcome.is_empty() && case.closed_at.is_none() {
        let outcome = std::mem::take(&mut case.outcome);
        lines.push(format!("The imported file has an outcome, although the case is not closed: {outcome}"));
        told.push((Topic::OutcomeWithoutClosed, Remark { field: "Outcome".into(), ..remark_of(&case.external_id, outcome) }));
        case.said.remove("outcome");
    }
    (told, lines)
}

fn remark_of(case: &str, file: String) -> Remark {
    Remark { case: case.to_owned(), file, ..Remark::default() }
}
