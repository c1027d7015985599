//! A case that comes from another system, with its history.
//!
//! It is known by the id it had there, and so are its entries. Coming again it brings only what is new: entries that are
//! not here yet. What people have edited here since is theirs and stays.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use sqlx::types::Json;

use super::{
    held::{self, CaseRow, ClosureRow, EntryRow, case_row},
    model::{CaseType, EntryKind, Priority, State, StateKind, Visibility},
    offer, store,
};
use crate::{
    accounts::ScopedTx,
    audit::{self, Event},
    clock::Instant,
    day::Day,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

/// A case as it comes in. Everything in it was checked.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    /// Its id in the system it comes from.
    pub external_id: String,
    /// Its title.
    pub title: String,
    /// Its channel.
    pub channel: Option<String>,
    /// Custom fields, by key.
    pub fields: Map<String, Value>,
    /// The member who works on it.
    pub assignee: Option<Id<kinds::User>>,
    /// Who worked on it, where that is nobody with an account.
    pub assignee_label: Option<String>,
    /// Its priority.
    pub priority: Option<Priority>,
    /// The key of its state; none is where a case of its type begins or ends.
    pub state: Option<String>,
    /// When it was opened.
    pub opened_at: Option<Instant>,
    /// When it was closed, if it was.
    pub closed_at: Option<Instant>,
    /// Its deadline.
    pub due_on: Option<Day>,
    /// With what outcome it was closed.
    pub outcome: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its history.
    pub entries: Vec<IncomingEntry>,
}

/// An entry as it comes in.
#[derive(Clone, Debug)]
pub struct IncomingEntry {
    /// Its id in the system it comes from, unique within the case.
    pub external_id: String,
    /// What it is.
    pub kind: EntryKind,
    /// When it happened.
    pub occurred_at: Instant,
    /// Who did it, where that is nobody with an account.
    pub author_label: Option<String>,
    /// The member who did it.
    pub author_id: Option<Id<kinds::User>>,
    /// What happened: plain text.
    pub body: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// The case is new.
    Created {
        /// Entries it brought.
        entries: usize,
        /// Whether somebody it names was left out, because their data is restricted.
        left_out: bool,
    },
    /// The case was here and got entries that were not.
    Updated {
        /// How many.
        entries: usize,
    },
    /// The case was here with all its entries.
    Unchanged,
    /// The case is here and hidden from whoever brings it in: nothing came of it.
    Hidden,
}

/// Brings in one case of a type, or what is new of it.
///
/// # Errors
/// When the database is away, or the type has no states.
pub async fn bring_in(tx: &mut ScopedTx, case_type: &CaseType, incoming: Incoming) -> Answer<Arrived> {
    let here: Option<(Id<kinds::Case>, bool)> = tx
        .query(sql!("select id, restricted from cases where org_id = $1 and external_id = $2"))
        .bind(incoming.external_id.clone())
        .optional()
        .await?;
    let me = tx.scope.actor.user;
    match here {
        Some((case, true)) if !offer::sees(tx, case, me).await? => Ok(Arrived::Hidden),
        Some((case, _)) => add(tx, case, incoming.entries).await,
        None => create(tx, case_type, incoming).await,
    }
}

async fn create(tx: &mut ScopedTx, case_type: &CaseType, mut incoming: Incoming) -> Answer<Arrived> {
    let left_out = offer::leave_out(tx, &case_type.fields, &mut incoming).await?;
    let state = state_of(case_type, &incoming).cloned().ok_or(Fault::Internal { reference: String::new() })?;
    let now = tx.scope.state.clock.now();
    let opened_at = incoming.opened_at.unwrap_or(now);
    let number = store::next_number(tx, &case_type.number_format, opened_at).await?;
    let id = Id::<kinds::Case>::fresh();
    let closed_at = (state.kind == StateKind::Closed).then(|| incoming.closed_at.unwrap_or(opened_at));
    let closed_on = closed_at.map(|at| tx.scope.actor.zone.day(at));
    let user = tx.scope.actor.user;
    let row: CaseRow = tx
        .query(sql!(concat!(
            "insert into cases
           (org_id, id, type_id, number, title, search_text, state_key, state_kind, assignee_id, assignee_label, channel,
            priority, due_on, opened_at, closed_at, closed_on, restricted, external_id, fields, created_by, created_at, updated_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, false, $17, $18, $19, $20, $20, 1)
         returning ",
            case_row!()
        )))
        .bind(id)
        .bind(case_type.id)
        .bind(number.clone())
        .bind(incoming.title.clone())
        .bind(store::search_text(&number, &incoming.title, Some(&incoming.external_id)))
        .bind(state.key.clone())
        .bind(state.kind)
        .bind(incoming.assignee)
        .bind(incoming.assignee_label.clone())
        .bind(incoming.channel.clone())
        .bind(incoming.priority.unwrap_or(Priority::Normal).number())
        .bind(incoming.due_on)
        .bind(opened_at)
        .bind(closed_at)
        .bind(closed_on)
        .bind(incoming.external_id.clone())
        .bind(Json(Value::Object(incoming.fields.clone())))
        .bind(user)
        .bind(now)
        .one()
        .await?;
    row.hold(tx.raw());
    if let Some(closed_at) = closed_at {
        close(tx, id, &incoming.outcome, closed_at).await?;
    }
    note_terms(tx, id, &incoming).await?;
    store::tally(tx, case_type.id, &state.key, 1).await?;
    let entries = incoming.entries.len();
    for entry in incoming.entries {
        write(tx, id, entry, now).await?;
    }
    let facts = json!({ "number": number, "entries": entries });
    audit::record(tx, Event { action: "case.imported", subject_kind: "case", subject: id.uuid(), facts, values: Vec::new() }).await?;
    Ok(Arrived::Created { entries, left_out })
}

/// The state in which a case arrives.
fn state_of<'a>(case_type: &'a CaseType, incoming: &Incoming) -> Option<&'a State> {
    let named = incoming.state.as_deref().and_then(|key| case_type.state(key));
    named.or_else(|| if incoming.closed_at.is_some() { case_type.closed_state() } else { case_type.first_state() })
}

async fn close(tx: &mut ScopedTx, case: Id<kinds::Case>, outcome: &str, closed_at: Instant) -> Answer<()> {
    let id = uuid::Uuid::now_v7();
    let row = ClosureRow { id, outcome: outcome.to_owned(), reason: String::new(), closed_at, reopened_at: None };
    held::hold_closure(tx.raw(), case.uuid(), &row);
    tx.query(sql!(
        "insert into case_closures (org_id, id, case_id, outcome, reason, closed_by, closed_at)
         values ($1, $2, $3, $4, '', null, $5)"
    ))
    .bind(id)
    .bind(case)
    .bind(outcome.to_owned())
    .bind(closed_at)
    .execute()
    .await?;
    Ok(())
}

/// Tags, and what filters will offer.
async fn note_terms(tx: &mut ScopedTx, case: Id<kinds::Case>, incoming: &Incoming) -> Answer<()> {
    if !incoming.tags.is_empty() {
        store::set_tags(tx, case, &incoming.tags).await?;
    }
    store::remember_terms(tx, case).await
}

/// Adds the entries that are not here yet.
async fn add(tx: &mut ScopedTx, case: Id<kinds::Case>, entries: Vec<IncomingEntry>) -> Answer<Arrived> {
    let here: Vec<String> = tx
        .query(sql!("select external_id from entries where org_id = $1 and case_id = $2 and external_id is not null"))
        .bind(case)
        .scalars()
        .await?;
    let here: HashSet<String> = here.into_iter().collect();
    let new: Vec<IncomingEntry> = entries.into_iter().filter(|entry| !here.contains(&entry.external_id)).collect();
    if new.is_empty() {
        return Ok(Arrived::Unchanged);
    }
    let (now, entries) = (tx.scope.state.clock.now(), new.len());
    for entry in new {
        write(tx, case, entry, now).await?;
    }
    // The version stays: nothing that somebody may be editing has changed.
    store::touch(tx, case).await?;
    let facts = json!({ "entries": entries });
    audit::record(tx, Event { action: "case.import_updated", subject_kind: "case", subject: case.uuid(), facts, values: Vec::new() })
        .await?;
    Ok(Arrived::Updated { entries })
}

async fn write(tx: &mut ScopedTx, case: Id<kinds::Case>, entry: IncomingEntry, now: Instant) -> Answer<()> {
    let id = uuid::Uuid::now_v7();
    let row = EntryRow {
        kind: entry.kind,
        occurred_at: entry.occurred_at,
        author_id: entry.author_id,
        author_label: entry.author_label,
        body: entry.body,
        visibility: Visibility::Everyone,
    };
    row.hold(tx.raw(), case.uuid(), id);
    let html = as_html(&row.body);
    tx.query(sql!(
        "insert into entries
           (org_id, id, case_id, kind, occurred_at, author_id, author_label, body, body_html, visibility, external_id,
            created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)"
    ))
    .bind(id)
    .bind(case)
    .bind(row.kind)
    .bind(row.occurred_at)
    .bind(row.author_id)
    .bind(row.author_label)
    .bind(row.body)
    .bind(html)
    .bind(row.visibility)
    .bind(entry.external_id)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// What another system wrote is plain text and never Markdown.
fn as_html(text: &str) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<p>{}</p>", safe.replace('\n', "<br>"))
}

#[cfg(test)]
mod tests {
    use super::as_html;

    #[test]
    fn other_systems_text_is_text() {
        assert_eq!(as_html("a <b>\n& *c*"), "<p>a &lt;b&gt;<br>&amp; *c*</p>");
    }
}
