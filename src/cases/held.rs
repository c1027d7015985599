//! What a case holds, as the record commits to it: the digest of every part. Whoever writes a part says so with
//! [`audit::hold_of_case`], under the same name and with the same value as here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::StreamExt as _;
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    markdown,
    model::{EntryKind, StateKind, Visibility},
    store::line_html,
};
use crate::{
    audit::{self, watched},
    clock::Instant,
    day::Day,
    fault::Answer,
    ids::{Id, kinds},
    server::db::{Tx, sql},
};

watched!(
    CASE_TYPE = "case type" of "case_type":
        select "id", "key, name, number_format, default_due_days" from organisation "case_types where true", gone is harmless: false
);
watched!(
    STATES = "states of the case type" of "case_type":
        select "type_id", "key, name, kind, position" from organisation "case_states where true", gone is harmless: false
);
watched!(
    TRANSITIONS = "transitions of the case type" of "case_type":
        select "type_id", "from_key, to_key, name, required" from organisation "case_transitions where true", gone is harmless: false
);
watched!(
    FIELDS = "fields of the case type" of "case_type":
        select "type_id", "key, label, kind, options, required" from organisation "case_fields where true", gone is harmless: false
);

/// Says what a case type asks and allows.
pub(super) async fn hold_case_type(tx: &mut Tx, id: Uuid) -> Answer<()> {
    for rows in [&CASE_TYPE, &STATES, &TRANSITIONS, &FIELDS] {
        audit::hold_row(tx, rows, id).await?;
    }
    Ok(())
}

/// A case as it is in the database.
pub struct Held {
    /// Its number.
    pub number: String,
    /// Its parts, each with the digest of what it holds.
    pub parts: HashMap<String, String>,
}

/// The row of a case.
#[derive(FromRow)]
pub(super) struct CaseRow {
    id: Uuid,
    type_id: Id<kinds::CaseType>,
    number: String,
    title: String,
    state_key: String,
    state_kind: StateKind,
    assignee_id: Option<Id<kinds::User>>,
    assignee_label: Option<String>,
    channel: Option<String>,
    priority: i64,
    due_on: Option<Day>,
    opened_at: Instant,
    closed_at: Option<Instant>,
    closed_on: Option<Day>,
    restricted: bool,
    external_id: Option<String>,
    fields: Json<Map<String, Value>>,
    created_by: Option<Id<kinds::User>>,
}

/// The columns of [`CaseRow`].
macro_rules! case_row {
    () => {
        "id, type_id, number, title, state_key, state_kind, assignee_id, assignee_label, channel, priority, due_on, opened_at,
         closed_at, closed_on, restricted, external_id, fields, created_by"
    };
}
pub(super) use case_row;

impl CaseRow {
    /// Its parts: the name of each, and what it holds.
    fn parts(&self) -> Vec<(String, Value)> {
        let mut parts = vec![
            part("type", &self.type_id),
            part("number", &self.number),
            part("title", &self.title),
            part("state", &(&self.state_key, self.state_kind)),
            part("assignee", &assignee(self.assignee_id, self.assignee_label.as_deref())),
            part("channel", &self.channel),
            part("priority", &self.priority),
            part("due", &self.due_on),
            part("opened", &(self.opened_at, self.created_by)),
            part("closed", &closed(self.closed_at, self.closed_on)),
            part("restricted", &self.restricted),
            part("id elsewhere", &self.external_id),
        ];
        parts.extend(self.fields.0.iter().map(|(key, value)| part(&field(key), value)));
        parts
    }

    /// Says what a new case holds.
    pub(super) fn hold(&self, tx: &mut Tx) {
        for (part, value) in self.parts() {
            if !value.is_null() {
                audit::hold_of_case(tx, self.id, part, &value);
            }
        }
    }

    /// Says what a case holds that was otherwise before. Of what is as it was nothing is said: what somebody changed past the
    /// product stays found.
    pub(super) fn hold_changed(&self, before: &Self, tx: &mut Tx) {
        let mut gone: BTreeMap<String, Value> = before.parts().into_iter().collect();
        for (part, value) in self.parts() {
            let was = gone.remove(&part).unwrap_or_default();
            if was != value {
                audit::hold_change_of_case(tx, self.id, part, &was, &value);
            }
        }
        for (part, was) in gone.into_iter().filter(|(_, value)| !value.is_null()) {
            audit::hold_change_of_case(tx, self.id, part, &was, &Value::Null);
        }
    }
}

fn part(name: &str, value: &impl Serialize) -> (String, Value) {
    (name.to_owned(), serde_json::to_value(value).unwrap_or_default())
}

/// The name of a field of the case type.
pub(super) fn field(key: &str) -> String {
    format!("field {key}")
}

/// Who works on it; nothing where nobody does.
pub(super) fn assignee(id: Option<Id<kinds::User>>, label: Option<&str>) -> Value {
    if id.is_none() && label.is_none() { Value::Null } else { serde_json::json!([id, label]) }
}

/// When and on which day it was closed; nothing where it is open.
pub(super) fn closed(at: Option<Instant>, on: Option<Day>) -> Value {
    at.map_or(Value::Null, |at| serde_json::json!([at, on]))
}

/// An entry in the timeline.
#[derive(Clone, FromRow, Serialize)]
pub(super) struct EntryRow {
    pub kind: EntryKind,
    pub occurred_at: Instant,
    pub author_id: Option<Id<kinds::User>>,
    pub author_label: Option<String>,
    pub body: String,
    pub visibility: Visibility,
}

/// The columns of [`EntryRow`].
macro_rules! entry_row {
    () => {
        "kind, occurred_at, author_id, author_label, body, visibility"
    };
}
pub(super) use entry_row;

impl EntryRow {
    /// Says what an entry of a case holds.
    pub(super) fn hold(&self, tx: &mut Tx, case: Uuid, entry: Uuid) {
        audit::hold_of_case(tx, case, format!("entry {entry}"), self);
    }

    /// Says what it holds since it was changed.
    pub(super) fn hold_change(&self, before: &Self, tx: &mut Tx, case: Uuid, entry: Uuid) {
        audit::hold_change_of_case(tx, case, format!("entry {entry}"), before, self);
    }
}

/// Says what an earlier text of an entry is.
pub(super) fn hold_revision(tx: &mut Tx, case: Uuid, (entry, version): (Uuid, i64), body: &str, visibility: Visibility) {
    audit::hold_of_case(tx, case, revision(entry, version), &(body, visibility));
}

fn revision(entry: Uuid, version: i64) -> String {
    format!("entry {entry}, version {version}")
}

/// Says what the tags of a case are, which were others before.
pub(super) fn hold_tags(tx: &mut Tx, case: Uuid, before: &[String], now: &[String]) {
    let sorted = |tags: &[String]| {
        let tags: BTreeSet<String> = tags.iter().cloned().collect();
        (!tags.is_empty()).then_some(tags)
    };
    audit::hold_change_of_case(tx, case, "tags", &sorted(before), &sorted(now));
}

/// Says whether a member sees a restricted case.
pub(super) fn hold_viewer(tx: &mut Tx, case: Uuid, user: Uuid, sees: bool) {
    audit::hold_of_case(tx, case, format!("viewer {user}"), &sees.then_some(true));
}

/// How a case ended.
#[derive(Clone, FromRow, Serialize)]
pub(super) struct ClosureRow {
    #[serde(skip)]
    pub id: Uuid,
    pub outcome: String,
    pub reason: String,
    pub closed_at: Instant,
    pub reopened_at: Option<Instant>,
}

impl ClosureRow {
    /// Says how a case ended.
    pub(super) fn hold(&self, tx: &mut Tx, case: Uuid) {
        audit::hold_of_case(tx, case, self.part(), self);
    }

    /// Says that what was said of its end holds no longer.
    pub(super) fn hold_change(&self, before: &Self, tx: &mut Tx, case: Uuid) {
        audit::hold_change_of_case(tx, case, self.part(), before, self);
    }

    fn part(&self) -> String {
        format!("closure {}", self.id)
    }
}

/// Says whether a case is linked to another, and how.
pub(super) fn hold_link(tx: &mut Tx, case: Uuid, other: Uuid, kind: Option<super::model::LinkKind>) {
    audit::hold_of_case(tx, case, format!("link {other}"), &kind);
}

/// What the cases behind one id up to another hold, in the organisation to which the transaction is confined.
///
/// # Errors
/// When the database is away.
pub async fn held(tx: &mut Tx, page: (Uuid, Uuid)) -> Answer<HashMap<Uuid, Held>> {
    let mut all = HashMap::new();
    let rows: Vec<CaseRow> = tx
        .query(sql!(concat!("select ", case_row!(), " from cases where org_id = $1 and id > $2 and id <= $3 order by id")))
        .bind(page.0)
        .bind(page.1)
        .all()
        .await?;
    for row in rows {
        let parts = row.parts().into_iter().filter(|(_, value)| !value.is_null());
        let parts = parts.map(|(part, value)| (audit::digest(&part, &value), part)).map(|(digest, part)| (part, digest)).collect();
        all.insert(row.id, Held { number: row.number, parts });
    }
    tags(tx, page, &mut all).await?;
    beside(tx, page, &mut all).await?;
    entries(tx, page, &mut all).await?;
    Ok(all)
}

type All = HashMap<Uuid, Held>;

fn put(all: &mut All, case: Uuid, part: String, value: &impl Serialize) {
    if let Some(held) = all.get_mut(&case) {
        let digest = audit::digest(&part, value);
        held.parts.insert(part, digest);
    }
}

async fn tags(tx: &mut Tx, page: (Uuid, Uuid), all: &mut All) -> Answer<()> {
    let rows: Vec<(Uuid, String)> = tx
        .query(sql!("select case_id, tag from case_tags where org_id = $1 and case_id > $2 and case_id <= $3 order by case_id"))
        .bind(page.0)
        .bind(page.1)
        .all()
        .await?;
    let mut tags: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (case, tag) in rows {
        tags.entry(case).or_default().push(tag);
    }
    for (case, mut tags) in tags {
        tags.sort();
        put(all, case, "tags".to_owned(), &tags);
    }
    Ok(())
}

/// Viewers, closures and links.
async fn beside(tx: &mut Tx, page: (Uuid, Uuid), all: &mut All) -> Answer<()> {
    let viewers: Vec<(Uuid, Uuid)> = tx
        .query(sql!("select case_id, user_id from case_viewers where org_id = $1 and case_id > $2 and case_id <= $3"))
        .bind(page.0)
        .bind(page.1)
        .all()
        .await?;
    for (case, user) in viewers {
        put(all, case, format!("viewer {user}"), &true);
    }
    let closures: Vec<(Uuid, Uuid, String, String, Instant, Option<Instant>)> = tx
        .query(sql!(
            "select case_id, id, outcome, reason, closed_at, reopened_at from case_closures
             where org_id = $1 and case_id > $2 and case_id <= $3"
        ))
        .bind(page.0)
        .bind(page.1)
        .all()
        .await?;
    for (case, id, outcome, reason, closed_at, reopened_at) in closures {
        put(all, case, format!("closure {id}"), &ClosureRow { id, outcome, reason, closed_at, reopened_at });
    }
    let links: Vec<(Uuid, Uuid, super::model::LinkKind)> = tx
        .query(sql!("select case_id, other_id, kind from case_links where org_id = $1 and case_id > $2 and case_id <= $3"))
        .bind(page.0)
        .bind(page.1)
        .all()
        .await?;
    for (case, other, kind) in links {
        put(all, case, format!("link {other}"), &kind);
    }
    Ok(())
}

/// What a text is shown as follows from the text. Where it does not, that is a part that no event ever knows.
pub const SHOWN: &str = ", as it is shown";

/// What is not made yet is made when it is read.
fn is_shown_as_written(body: &str, html: &str) -> bool {
    html.is_empty() || html == line_html(body) || html == markdown::render(body)
}

/// Texts are long, so they come one by one.
async fn entries(tx: &mut Tx, page: (Uuid, Uuid), all: &mut All) -> Answer<()> {
    #[derive(FromRow)]
    struct Entry {
        case_id: Uuid,
        id: Uuid,
        body_html: String,
        #[sqlx(flatten)]
        row: EntryRow,
    }
    let mut rows = tx
        .query(sql!(concat!(
            "select case_id, id, body_html, ",
            entry_row!(),
            " from entries where org_id = $1 and case_id > $2 and case_id <= $3"
        )))
        .bind(page.0)
        .bind(page.1)
        .stream::<Entry>();
    while let Some(entry) = rows.next().await {
        let entry = entry?;
        put(all, entry.case_id, format!("entry {}", entry.id), &entry.row);
        if !is_shown_as_written(&entry.row.body, &entry.body_html) {
            put(all, entry.case_id, format!("entry {}{SHOWN}", entry.id), &true);
        }
    }
    drop(rows);
    let mut rows = tx
        .query(sql!(
            "select e.case_id, r.entry_id, r.version, r.body, r.visibility
             from entry_revisions r join entries e on e.org_id = r.org_id and e.id = r.entry_id
             where r.org_id = $1 and e.case_id > $2 and e.case_id <= $3"
        ))
        .bind(page.0)
        .bind(page.1)
        .stream::<(Uuid, Uuid, i64, String, Visibility)>();
    while let Some(row) = rows.next().await {
        let (case, entry, version, body, visibility) = row?;
        put(all, case, revision(entry, version), &(body, visibility));
    }
    Ok(())
}
