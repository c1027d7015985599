//! The record of processing activities, made from the registry: what the operator does with data of account holders, and
//! what it does on behalf of organisations; and for an organisation the beginning of its own.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    columns,
    model::{Basis, Facts, Purpose, Subject},
};
use crate::server::{csv, state::State, time::iso};

/// One activity: everything that is done for one purpose in one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// `controller` or `processor`.
    pub role: &'static str,
    /// The purpose.
    pub purpose: &'static str,
    /// The legal basis.
    pub basis: &'static str,
    /// Whose data.
    pub subjects: Vec<&'static str>,
    /// What kinds of data.
    pub categories: Vec<&'static str>,
    /// Who gets to see it.
    pub recipients: Vec<String>,
    /// What, and how long it is kept.
    pub kept: Vec<String>,
}

/// The whole record.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// When it was made.
    pub made_at: String,
    /// Who answers for it.
    pub operator: String,
    /// Their postal address.
    pub address: String,
    /// Where to write.
    pub contact: String,
    /// The activities.
    pub activities: Vec<Activity>,
    /// Measures of security, in general.
    pub measures: Vec<&'static str>,
    /// Transfers to other countries.
    pub transfers: String,
}

const MEASURES: [&str; 6] = [
    "Every row of an organisation is reached through a check of who asks, and on PostgreSQL through row-level security as well.",
    "Passwords are kept as argon2id hashes, links and cookies as SHA-256 hashes.",
    "Every change is in a chained audit record, whose personal values are sealed with a key of their own.",
    "What is deleted is overwritten; copies of data and erasures are made from one registry that a test compares with the schema.",
    "Answers carry a strict content security policy; nothing is loaded from third parties.",
    "Log lines of requests hold no personal data; a test plants strings and looks for them.",
];

/// The record of this installation.
pub fn record(state: &State) -> Record {
    let operator = &state.config.operator;
    Record {
        made_at: iso(state.clock.now()),
        operator: operator.name.clone(),
        address: operator.address.clone(),
        contact: operator.email.clone(),
        activities: activities(state),
        measures: MEASURES.to_vec(),
        transfers: match operator.transfers.as_str() {
            "" => "None by the software itself. What the operator adds to that has not been said.".to_owned(),
            said => format!("Hosted in {}: {said}.", operator.hosting_country),
        },
    }
}

fn activities(state: &State) -> Vec<Activity> {
    let mut all = Vec::new();
    for processor in [false, true] {
        for purpose in Purpose::ALL {
            let of = |facts: &Facts| facts.personal() && facts.purpose == purpose && (facts.subject == Subject::Organisation) == processor;
            let found: Vec<Facts> = columns().filter(of).collect();
            if !found.is_empty() {
                all.push(activity(state, purpose, processor, &found));
            }
        }
    }
    all
}

fn activity(state: &State, purpose: Purpose, processor: bool, found: &[Facts]) -> Activity {
    let unique = |pick: fn(&Facts) -> &'static str| found.iter().map(pick).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let kept = found.iter().map(|facts| format!("{}: {}", facts.table.about, facts.table.keep)).collect::<BTreeSet<_>>();
    let mut recipients = vec!["Members of the organisation that the data belongs to".to_owned()];
    if purpose == Purpose::Service && !state.config.smtp.host.is_empty() {
        recipients.push(format!("The mail server {}", state.config.smtp.host));
    }
    recipients
        .extend(state.config.subprocessors.iter().map(|one| format!("{}, {}: {} ({})", one.entity, one.country, one.service, one.data)));
    let basis = if processor { Basis::Instruction } else { purpose.basis() };
    Activity {
        role: if processor { "processor" } else { "controller" },
        purpose: purpose.label(),
        basis: basis.label(),
        subjects: unique(|facts| facts.subject.label()),
        categories: unique(|facts| facts.category.label()),
        recipients,
        kept: kept.into_iter().collect(),
    }
}

/// The record as a table for spreadsheets.
pub fn table(record: &Record) -> Vec<u8> {
    let mut bytes = csv::BOM.as_bytes().to_vec();
    bytes.extend_from_slice(&csv::line(["Role", "Purpose", "Legal basis", "Whose data", "Which data", "Recipients", "Kept"]));
    for one in &record.activities {
        let join = |all: &[&str]| all.join("; ");
        bytes.extend_from_slice(&csv::line([
            one.role.to_owned(),
            one.purpose.to_owned(),
            one.basis.to_owned(),
            join(&one.subjects),
            join(&one.categories),
            one.recipients.join("; "),
            one.kept.join(" "),
        ]));
    }
    bytes
}

/// The record as a page to print, for the command line.
pub fn document(record: &Record) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let row = |one: &Activity| {
        let cells = [one.role, one.purpose, one.basis].map(escape).to_vec().into_iter().chain([
            escape(&one.subjects.join(", ")),
            escape(&one.categories.join(", ")),
            escape(&one.recipients.join(", ")),
            one.kept.iter().map(|text| escape(text)).collect::<Vec<_>>().join("<br>"),
        ]);
        format!("<tr>{}</tr>", cells.map(|cell| format!("<td>{cell}</td>")).collect::<String>())
    };
    let rows: String = record.activities.iter().map(row).collect();
    let measures: String = record.measures.iter().map(|m| format!("<li>{}</li>", escape(m))).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Record of processing</title>\
         <style>body{{font:11pt/1.4 system-ui,sans-serif;margin:2rem}}table{{border-collapse:collapse;width:100%}}\
         td,th{{border:1px solid #888;padding:.3rem;text-align:left;vertical-align:top;font-size:9pt}}@page{{size:A4 landscape}}</style></head>\
         <body><h1>Record of processing</h1><p>{}<br>{}<br>{}</p><p>As of {}</p><table><thead><tr><th>Role</th><th>Purpose</th>\
         <th>Legal basis</th><th>Whose data</th><th>Which data</th><th>Recipients</th><th>Kept</th></tr></thead><tbody>{rows}</tbody></table>\
         <h2>Measures</h2><ul>{measures}</ul><h2>Transfers</h2><p>{}</p></body></html>\n",
        escape(&record.operator),
        escape(&record.address),
        escape(&record.contact),
        escape(&record.made_at),
        escape(&record.transfers),
    )
}
