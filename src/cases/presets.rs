//! Six case types to begin with. An organisation picks some; what it picks is its own from then on.

use super::model::{FieldKind, StateKind};

/// A case type as it is shipped.
pub struct Preset {
    /// Its key.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Who uses it for what.
    pub description: &'static str,
    /// How its numbers look.
    pub number_format: &'static str,
    /// Days until a new case is due.
    pub due_days: Option<i64>,
    /// Key, name, kind; the first is where a case begins.
    pub states: &'static [(&'static str, &'static str, StateKind)],
    /// From, to, button, required fields.
    pub transitions: &'static [(&'static str, &'static str, &'static str, &'static [&'static str])],
    /// Key, label, kind, options.
    pub fields: &'static [(&'static str, &'static str, FieldKind, &'static [&'static str])],
}

use FieldKind::{Choice, Choices, Date, LongText, Member, Number, Text, YesNo};
use StateKind::{Closed, Open, Waiting};

/// All six.
pub const PRESETS: [Preset; 6] = [
    Preset {
        key: "support",
        name: "Social support",
        description: "Help for a person or a family over weeks or months, with needs, visits and goals.",
        number_format: "SU-{year}-{seq:5}",
        due_days: None,
        states: &[
            ("referred", "Referred", Open),
            ("assessment", "Assessment", Open),
            ("active", "Active support", Open),
            ("paused", "Paused", Waiting),
            ("closed", "Closed", Closed),
        ],
        transitions: &[
            ("referred", "assessment", "Start assessment", &[]),
            ("referred", "closed", "Close", &[]),
            ("assessment", "active", "Begin support", &["needs"]),
            ("assessment", "closed", "Close", &[]),
            ("active", "paused", "Pause", &[]),
            ("active", "closed", "Close", &[]),
            ("paused", "active", "Resume", &[]),
            ("paused", "closed", "Close", &[]),
            ("closed", "active", "Reopen", &[]),
        ],
        fields: &[
            ("needs", "Needs", Choices, &["Housing", "Money", "Health", "Family", "Work", "Safety", "Daily living"]),
            ("referred_by", "Referred by", Text, &[]),
            ("risk", "Risk", Choice, &["Low", "Medium", "High"]),
            ("review_on", "Next review", Date, &[]),
            ("goals", "Goals", LongText, &[]),
        ],
    },
    Preset {
        key: "advice",
        name: "Legal advice",
        description: "A matter on which a client is advised or represented, with a time limit that must not be missed.",
        number_format: "LA-{year}-{seq:5}",
        due_days: Some(28),
        states: &[
            ("enquiry", "Enquiry", Open),
            ("advising", "Advising", Open),
            ("waiting", "Waiting for others", Waiting),
            ("closed", "Closed", Closed),
        ],
        transitions: &[
            ("enquiry", "advising", "Take on", &["area"]),
            ("enquiry", "closed", "Decline", &[]),
            ("advising", "waiting", "Wait for others", &[]),
            ("advising", "closed", "Close", &[]),
            ("waiting", "advising", "Go on", &[]),
            ("waiting", "closed", "Close", &[]),
            ("closed", "advising", "Reopen", &[]),
        ],
        fields: &[
            ("area", "Area of law", Choice, &["Housing", "Employment", "Debt", "Family", "Immigration", "Benefits", "Other"]),
            ("opponent", "Other side", Text, &[]),
            ("limitation", "Time limit ends", Date, &[]),
            ("funded", "Publicly funded", YesNo, &[]),
            ("value", "Amount in dispute", Number, &[]),
        ],
    },
    Preset {
        key: "investigation",
        name: "Workplace investigation",
        description: "A report of misconduct or harm at work, looked into fairly and in confidence.",
        number_format: "WI-{year}-{seq:4}",
        due_days: Some(90),
        states: &[
            ("received", "Received", Open),
            ("assessing", "Assessing", Open),
            ("investigating", "Investigating", Open),
            ("awaiting", "Awaiting response", Waiting),
            ("decided", "Decided", Closed),
        ],
        transitions: &[
            ("received", "assessing", "Assess", &[]),
            ("assessing", "investigating", "Investigate", &["allegation", "investigator"]),
            ("assessing", "decided", "Close without investigation", &[]),
            ("investigating", "awaiting", "Ask for a response", &[]),
            ("awaiting", "investigating", "Go on", &[]),
            ("investigating", "decided", "Decide", &[]),
            ("awaiting", "decided", "Decide", &[]),
            ("decided", "investigating", "Reopen", &[]),
        ],
        fields: &[
            ("allegation", "Allegation", Choices, &["Harassment", "Discrimination", "Fraud", "Safety", "Retaliation", "Conduct", "Other"]),
            ("anonymous", "Reported anonymously", YesNo, &[]),
            ("investigator", "Investigator", Member, &[]),
            ("acknowledged_on", "Receipt confirmed on", Date, &[]),
            ("findings", "Findings", LongText, &[]),
        ],
    },
    Preset {
        key: "complaint",
        name: "Complaint",
        description: "A complaint about a service, answered within a set time, with a remedy where it is upheld.",
        number_format: "CO-{year}-{seq:5}",
        due_days: Some(20),
        states: &[
            ("new", "New", Open),
            ("looking", "Looking into it", Open),
            ("complainant", "Waiting for the complainant", Waiting),
            ("service", "Waiting for the service", Waiting),
            ("answered", "Answered", Closed),
        ],
        transitions: &[
            ("new", "looking", "Start", &[]),
            ("new", "answered", "Answer", &[]),
            ("looking", "complainant", "Ask the complainant", &[]),
            ("looking", "service", "Ask the service", &[]),
            ("complainant", "looking", "Go on", &[]),
            ("service", "looking", "Go on", &[]),
            ("looking", "answered", "Answer", &["finding"]),
            ("answered", "looking", "Reopen", &[]),
        ],
        fields: &[
            ("service", "Service complained about", Text, &[]),
            ("stage", "Stage", Choice, &["First", "Second", "Ombudsman"]),
            ("finding", "Finding", Choice, &["Upheld", "Partly upheld", "Not upheld", "Withdrawn"]),
            ("remedy", "Remedy", LongText, &[]),
        ],
    },
    Preset {
        key: "appeal",
        name: "Housing or benefit appeal",
        description: "A decision that is challenged before a tribunal or a review body.",
        number_format: "AP-{year}-{seq:5}",
        due_days: Some(30),
        states: &[
            ("preparing", "Preparing", Open),
            ("lodged", "Lodged", Waiting),
            ("hearing", "Hearing", Open),
            ("decided", "Decided", Closed),
        ],
        transitions: &[
            ("preparing", "lodged", "Lodge", &["decision_on"]),
            ("preparing", "decided", "Close without appeal", &[]),
            ("lodged", "hearing", "Prepare the hearing", &[]),
            ("lodged", "decided", "Decide", &[]),
            ("hearing", "lodged", "Wait for the body", &[]),
            ("hearing", "decided", "Decide", &[]),
            ("decided", "preparing", "Reopen", &[]),
        ],
        fields: &[
            ("benefit", "About", Choice, &["Housing", "Disability", "Unemployment", "Income support", "Pension", "Other"]),
            ("authority", "Authority", Text, &[]),
            ("decision_on", "Date of the decision", Date, &[]),
            ("hearing_on", "Hearing", Date, &[]),
            ("amount", "Amount a month", Number, &[]),
            ("in_person", "Heard in person", YesNo, &[]),
        ],
    },
    Preset {
        key: "permit",
        name: "Permit application",
        description: "An application received, checked, decided and answered by a department.",
        number_format: "PA-{year}-{seq:5}",
        due_days: Some(56),
        states: &[
            ("received", "Received", Open),
            ("checking", "Checking", Open),
            ("applicant", "Waiting for the applicant", Waiting),
            ("decided", "Decided", Closed),
        ],
        transitions: &[
            ("received", "checking", "Start checking", &[]),
            ("received", "decided", "Decide", &[]),
            ("checking", "applicant", "Ask the applicant", &[]),
            ("applicant", "checking", "Go on", &[]),
            ("checking", "decided", "Decide", &[]),
            ("applicant", "decided", "Decide", &[]),
            ("decided", "checking", "Reopen", &[]),
        ],
        fields: &[
            ("department", "Department", Text, &[]),
            ("group", "Group", Text, &[]),
            ("planned_end", "Planned end", Date, &[]),
            ("site", "Site", Text, &[]),
            ("fee_paid", "Fee paid", YesNo, &[]),
        ],
    },
];

/// The preset of that key.
pub fn preset(key: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_worked_from_beginning_to_end_and_back() {
        for preset in &PRESETS {
            let has = |key: &str| preset.states.iter().any(|s| s.0 == key);
            let kind = |key: &str| preset.states.iter().find(|s| s.0 == key).map(|s| s.2);
            for (from, to, name, required) in preset.transitions {
                assert!(has(from) && has(to) && !name.is_empty(), "{}: {from} to {to}", preset.key);
                for field in *required {
                    assert!(preset.fields.iter().any(|f| f.0 == *field), "{}: {field}", preset.key);
                }
            }
            for (key, ..) in preset.states {
                let reached = preset.states[0].0 == *key || preset.transitions.iter().any(|t| t.1 == *key);
                assert!(reached, "{}: {key} is never reached", preset.key);
                assert!(preset.transitions.iter().any(|t| t.0 == *key), "{}: {key} is a dead end", preset.key);
            }
            assert_eq!(preset.states[0].2, Open);
            assert!(preset.transitions.iter().any(|t| kind(t.1) == Some(Closed)));
            for field in preset.fields {
                assert_eq!(matches!(field.2, Choice | Choices), !field.3.is_empty(), "{}: {}", preset.key, field.0);
            }
        }
    }
}
