//! A case that comes from another system, with its history.
//!
//! It is known by its source and the id it had there, and so are its entries. Coming again it brings what is new (see
//! `bring_over`). What people have edited here since is theirs and stays.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    bring_over::{self, By, Found, Verdict},
    facts,
    held::{CaseRow, ClosureRow, EntryRow, case_row},
    model::{CaseType, Catalogue, EntryKind, Priority, State, StateKind, Visibility},
    offer, origins, restriction, store,
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

/// From where cases come, and what may become of those that are here.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// The type of the case.
    pub case_type: &'a CaseType,
    /// All types, and the members.
    pub catalogue: &'a Catalogue,
    /// The system that the ids are from.
    pub source: Id<kinds::Source>,
    /// How sure it is that an id is the same case as before.
    pub certain: Certainty,
    /// Whether facts of a case that is here may be brought up to date.
    pub update: bool,
}

/// How sure it is that an id of the source is the same case as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Something must speak for it.
    NeedsEvidence,
    /// Nothing may speak against it.
    Likely,
    /// It is.
    Given,
}

/// A case as it comes in. Everything in it was checked.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    /// Its id in the system it comes from.
    pub external_id: String,
    /// Its number here, where the file is our own export.
    pub number: Option<String>,
    /// The version in which that export found it.
    pub version: Option<i64>,
    /// The key of its type, where the file names one for each case.
    pub type_key: Option<String>,
    /// The keys of the facts of which the file speaks at all, also where it says nothing: what it does not speak of is
    /// never compared.
    pub said: BTreeSet<String>,
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
    /// Whether only whoever works on it may see it, and whoever brings it in; nothing where the file does not say.
    pub restricted: Option<bool>,
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
        /// Other sources that have a case of the same id.
        elsewhere: Vec<String>,
    },
    /// The case was here.
    Here {
        /// How many entries came that were not.
        entries: usize,
        /// Facts that were brought up to date.
        taken: Vec<Told>,
        /// Facts that differ and stay.
        differs: Vec<Told>,
        /// Entries that read differently and stay.
        entry_differs: Vec<Told>,
        /// Whether somebody whom the file names was left out.
        left_out: bool,
    },
    /// The source has another case of this id: nothing came of it.
    OtherCase(Told),
    /// The case is here and hidden from whoever brings it in: nothing came of it.
    Hidden,
}

/// A fact here and in the file, as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub label: String,
    /// What is here, or was.
    pub here: String,
    /// What the file says.
    pub file: String,
}

impl Told {
    /// The same for people who may not see the case.
    pub(super) fn without_values(self) -> Self {
        Self { here: String::new(), file: String::new(), ..self }
    }
}

/// Brings in one case, or what is new of it.
///
/// # Errors
/// When the database is away, or the type has no states.
pub async fn bring_in(tx: &mut ScopedTx, how: &Arrival<'_>, incoming: Incoming) -> Answer<Arrived> {
    let Some(found) = find(tx, how, &incoming).await? else { return create(tx, how, incoming).await };
    let me = tx.scope.actor.user;
    if found.here.restricted && !offer::sees(tx, found.here.id, me).await? {
        return Ok(Arrived::Hidden);
    }
    let entries = bring_over::entries_here(tx, &found).await?;
    let accepted = match (bring_over::verdict(tx, how, &found, &entries, &incoming), how.certain) {
        (Verdict::Same, _) | (_, Certainty::Given) | (Verdict::Unknown, Certainty::Likely) => true,
        (Verdict::Unknown, Certainty::NeedsEvidence) => found.by != By::Origin,
        (Verdict::Other, Certainty::Likely | Certainty::NeedsEvidence) => false,
    };
    match (accepted, found.by) {
        (true, _) => bring_over::over(tx, how, found, entries, incoming).await,
        // Another organisation counted the same number.
        (false, By::Number) => create(tx, how, incoming).await,
        (false, By::Origin | By::OwnId) => {
            let told = Told { label: "Title".into(), here: found.here.title, file: incoming.title };
            Ok(Arrived::OtherCase(if found.here.restricted { told.without_values() } else { told }))
        }
    }
}

/// The case, if it is here: known to its source, or named by our own id or number.
async fn find(tx: &mut ScopedTx, how: &Arrival<'_>, incoming: &Incoming) -> Answer<Option<Found>> {
    if let Some(origin) = origins::find(tx, how.source, &incoming.external_id).await? {
        return Ok(Some(Found { by: By::Origin, here: facts::here(tx, origin.case).await?, base: origin.base }));
    }
    let own: Option<Id<kinds::Case>> = incoming.external_id.parse().ok();
    let mut found: Option<(By, Id<kinds::Case>)> = None;
    if let Some(own) = own {
        let known = sql!("select id from cases where org_id = $1 and id = $2");
        found = tx.query(known).bind(own).optional_scalar().await?.map(|id| (By::OwnId, id));
    }
    // The ids of our own export tell more than the numbers, which another organisation has as well.
    if let (None, Some(number)) = (own, &incoming.number) {
        let known = sql!("select id from cases where org_id = $1 and number = $2");
        found = tx.query(known).bind(number.clone()).optional_scalar().await?.map(|id| (By::Number, id));
    }
    let Some((by, case)) = found else { return Ok(None) };
    Ok(Some(Found { by, here: facts::here(tx, case).await?, base: origins::Facts::new() }))
}

async fn create(tx: &mut ScopedTx, how: &Arrival<'_>, mut incoming: Incoming) -> Answer<Arrived> {
    let case_type = how.case_type;
    let elsewhere = origins::elsewhere(tx, how.source, &incoming.external_id).await?;
    let shown = incoming.number.clone().unwrap_or_else(|| incoming.external_id.clone());
    let shown = origins::shown_id(tx, how.source, &shown).await?;
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
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21, 1)
         returning ",
            case_row!()
        )))
        .bind(id)
        .bind(case_type.id)
        .bind(number.clone())
        .bind(incoming.title.clone())
        .bind(store::search_text(&number, &incoming.title, shown.as_deref()))
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
        .bind(incoming.restricted == Some(true))
        .bind(shown)
        .bind_json(Value::Object(incoming.fields.clone()))
        .bind(user)
        .bind(now)
        .one()
        .await?;
    row.hold(tx.raw());
    if let Some(closed_at) = closed_at {
        close(tx, id, &incoming.outcome, closed_at).await?;
    }
    note_terms(tx, id, &incoming).await?;
    if incoming.restricted == Some(true) {
        restriction::restrict_new(tx, id, incoming.assignee).await?;
    } else {
        store::tally(tx, case_type.id, &state.key, 1).await?;
    }
    // What it is now is what its source has said: what differs later was changed by people.
    let made = facts::here(tx, id).await?;
    let tags = store::tags(tx, id).await?;
    origins::note(tx, how.source, &incoming.external_id, id, &facts::of_here(&made, &tags, case_type)).await?;
    let entries = incoming.entries.len();
    for entry in incoming.entries {
        write(tx, id, entry, now).await?;
    }
    let facts = json!({ "number": number, "entries": entries });
    audit::record(tx, Event { action: "case.imported", subject_kind: "case", subject: id.uuid(), facts, values: Vec::new() }).await?;
    Ok(Arrived::Created { entries, left_out, elsewhere })
}

/// The state in which a case arrives.
fn state_of<'a>(case_type: &'a CaseType, incoming: &Incoming) -> Option<&'a State> {
    let named = incoming.state.as_deref().and_then(|key| case_type.state(key));
    named.or_else(|| if incoming.closed_at.is_some() { case_type.closed_state() } else { case_type.first_state() })
}

pub(super) async fn close(tx: &mut ScopedTx, case: Id<kinds::Case>, outcome: &str, closed_at: Instant) -> Answer<()> {
    let id = uuid::Uuid::now_v7();
    let row = ClosureRow { id, outcome: outcome.to_owned(), reason: String::new(), closed_at, reopened_at: None };
    row.hold(tx.raw(), case.uuid());
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

pub(super) async fn write(tx: &mut ScopedTx, case: Id<kinds::Case>, entry: IncomingEntry, now: Instant) -> Answer<()> {
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
