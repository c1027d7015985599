//! The facts of a case in the form in which an import compares them: what is here, what the file says, and what its source
//! said the last time.

use serde_json::Value;
use sqlx::types::Json;

use super::{
    bring_in::Incoming,
    change::kept_field,
    model::{CaseType, Catalogue, Priority, StateKind},
    origins::Facts,
    read,
};
use crate::{
    accounts::{ScopedTx, mention},
    clock::Instant,
    day::Day,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

pub(super) const TITLE: &str = "title";
pub(super) const OPENED: &str = "opened";
pub(super) const DUE: &str = "due";
pub(super) const CHANNEL: &str = "channel";
pub(super) const ASSIGNEE: &str = "assignee";
pub(super) const PRIORITY: &str = "priority";
pub(super) const TAGS: &str = "tag";
pub(super) const STATE: &str = "state";
pub(super) const CLOSED: &str = "closed";
pub(super) const OUTCOME: &str = "outcome";
/// The facts that change together: where a case stands.
pub(super) const STANDING: [&str; 3] = [STATE, CLOSED, OUTCOME];

/// A case that is here.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Here {
    pub id: Id<kinds::Case>,
    pub type_id: Id<kinds::CaseType>,
    pub number: String,
    pub title: String,
    pub state_key: String,
    pub state_kind: StateKind,
    pub assignee_id: Option<Id<kinds::User>>,
    pub assignee_label: Option<String>,
    pub channel: Option<String>,
    pub priority: i64,
    pub due_on: Option<Day>,
    pub opened_at: Instant,
    pub closed_at: Option<Instant>,
    pub restricted: bool,
    pub external_id: Option<String>,
    pub fields: Json<serde_json::Map<String, Value>>,
    pub version: i64,
    pub outcome: Option<String>,
}

pub(super) async fn here(tx: &mut ScopedTx, case: Id<kinds::Case>) -> Answer<Here> {
    tx.query(sql!(
        sqlite: "select c.id, c.type_id, c.number, c.title, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel, c.priority,
                c.due_on, c.opened_at, c.closed_at, c.restricted, c.external_id, c.fields, c.version,
                (select x.outcome from case_closures x where x.org_id = c.org_id and x.case_id = c.id and x.reopened_at is null
                 order by x.closed_at desc limit 1) as outcome
         from cases c
         where c.org_id = $1 and c.id = $2",
        postgres: "select c.id, c.type_id, c.number, c.title, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel, c.priority,
                c.due_on, c.opened_at, c.closed_at, c.restricted, c.external_id, c.fields, c.version,
                (select x.outcome from case_closures x where x.org_id = c.org_id and x.case_id = c.id and x.reopened_at is null
                 order by x.closed_at desc limit 1) as outcome
         from cases c
         where c.org_id = $1 and c.id = $2
         for update of c",
    ))
    .bind(case)
    .optional()
    .await?
    .ok_or(Fault::NotFound)
}

pub(super) fn field_key(key: &str) -> String {
    format!("field:{key}")
}

/// What is here. Every fact that there could be is named, so that nothing is told apart from not known.
pub(super) fn of_here(here: &Here, tags: &[String], case_type: &CaseType) -> Facts {
    let moment = |at: Option<Instant>| at.map(|at| at.0.to_string()).unwrap_or_default();
    let closed = here.state_kind == StateKind::Closed;
    let mut all: Facts = [
        (TITLE, here.title.clone()),
        (OPENED, moment(Some(here.opened_at))),
        (DUE, here.due_on.map(|day| day.to_string()).unwrap_or_default()),
        (CHANNEL, here.channel.clone().unwrap_or_default()),
        (ASSIGNEE, here.assignee_id.map(mention).or(here.assignee_label.clone()).unwrap_or_default()),
        (PRIORITY, here.priority.to_string()),
        (TAGS, tags.join(", ")),
        (STATE, here.state_key.clone()),
        (CLOSED, moment(here.closed_at)),
        (OUTCOME, here.outcome.clone().filter(|_| closed).unwrap_or_default()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect();
    all.extend(case_type.fields.iter().map(|def| (field_key(&def.key), here.fields.get(&def.key).map(of_value).unwrap_or_default())));
    all
}

/// What the file says, but for where the case stands.
pub(super) fn of_incoming(incoming: &Incoming, case_type: &CaseType) -> Facts {
    let moment = |at: Option<Instant>| at.map(|at| at.0.to_string()).unwrap_or_default();
    let mut tags = incoming.tags.clone();
    tags.sort();
    tags.dedup();
    let mut all: Facts = [
        (TITLE, incoming.title.clone()),
        (OPENED, moment(incoming.opened_at)),
        (DUE, incoming.due_on.map(|day| day.to_string()).unwrap_or_default()),
        (CHANNEL, incoming.channel.clone().unwrap_or_default()),
        (ASSIGNEE, incoming.assignee.map(mention).or(incoming.assignee_label.clone()).unwrap_or_default()),
        (PRIORITY, incoming.priority.map(|priority| priority.number().to_string()).unwrap_or_default()),
        (TAGS, tags.join(", ")),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect();
    all.extend(case_type.fields.iter().map(|def| (field_key(&def.key), incoming.fields.get(&def.key).map(of_value).unwrap_or_default())));
    all
}

fn of_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.is_empty() => String::new(),
        value => value.to_string(),
    }
}

/// A fact with its name and as it is kept in the record: of members the id.
pub(super) fn kept(key: &str, value: &str, case_type: &CaseType, catalogue: &Catalogue, tx: &ScopedTx) -> (String, String) {
    let day = |value: &str| value.parse().map(|micros| tx.scope.actor.zone.show(Instant(micros)).text).unwrap_or_default();
    let plain = |label: &str| (label.to_owned(), value.to_owned());
    match key {
        TITLE => plain("Title"),
        OPENED => ("Opened".into(), day(value)),
        DUE => ("Due".into(), value.parse().map(Day::shown).unwrap_or_default()),
        CHANNEL => plain("Channel"),
        ASSIGNEE => plain("Assignee"),
        PRIORITY => ("Priority".into(), value.parse().map(|number| Priority::of_number(number).label().to_owned()).unwrap_or_default()),
        TAGS => plain("Tags"),
        STATE => ("State".into(), case_type.state(value).map_or_else(|| value.to_owned(), |state| state.name.clone())),
        CLOSED => ("Closed".into(), day(value)),
        OUTCOME => plain("Outcome"),
        key => {
            let def = key.strip_prefix("field:").and_then(|key| case_type.field(key));
            let parsed: Value = serde_json::from_str(value).unwrap_or_default();
            def.map_or_else(|| plain(key), |def| (def.label.clone(), kept_field(&parsed, catalogue, def.kind, tx.scope.actor.locale)))
        }
    }
}

/// Whether two values of a fact are the same to whoever reads them: a name in a file is the member of that name.
pub(super) fn same(key: &str, here: &str, file: &str, catalogue: &Catalogue) -> bool {
    if here == file {
        return true;
    }
    let read = |text: &str| read::names(catalogue).fill(text).trim().to_lowercase();
    key == ASSIGNEE && !here.is_empty() && !file.is_empty() && read(here) == read(file)
}
