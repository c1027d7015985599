//! A case that is here comes again: what is new comes in, what only the source has changed is brought up to date, and what
//! people have changed here stays and is told.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use super::{
    bring_in::{Arrival, Arrived, Incoming, IncomingEntry, Told, close, write},
    change,
    facts::{self, ASSIGNEE, CLOSED, Here, OPENED, OUTCOME, STANDING, STATE, TITLE, kept, same},
    held::{CaseRow, ClosureRow, case_row},
    model::{CaseType, EntryKind, Priority, State, StateKind},
    offer,
    origins::{self, Facts},
    read, store,
};
use crate::{
    accounts::ScopedTx,
    audit::{self, Change, Event},
    clock::Instant,
    fault::Answer,
    server::db::sql,
};

/// How a case was found to be here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Its source knows it by this id.
    Origin,
    /// The file names it by our own id.
    OwnId,
    /// The file names it by the number that we gave it.
    Number,
}

/// A case that is here, with all that is needed to compare it.
pub(super) struct Found {
    pub by: By,
    pub here: Here,
    pub base: Facts,
}

/// Whether the file speaks of the case that is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Unknown,
    Other,
}

/// Entries that came from elsewhere, by their ids: when they happened, and what they said when they came.
type Entries = HashMap<String, (Instant, String)>;

pub(super) async fn entries_here(tx: &mut ScopedTx, found: &Found) -> Answer<Entries> {
    let rows: Vec<(String, Instant, String)> = tx
        .query(sql!(
            "select e.external_id, e.occurred_at, coalesce((
               select r.body from entry_revisions r where r.org_id = e.org_id and r.entry_id = e.id order by r.version limit 1), e.body)
             from entries e
             where e.org_id = $1 and e.case_id = $2 and e.external_id is not null"
        ))
        .bind(found.here.id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id, at, body)| (id, (at, body))).collect())
}

/// What speaks for and against it: the title, the opening, and entries that are here.
pub(super) fn verdict(tx: &ScopedTx, how: &Arrival<'_>, found: &Found, entries: &Entries, incoming: &Incoming) -> Verdict {
    // What is known by what it says is the same where it says the same.
    let by_content = incoming.external_id.starts_with('~') || says_nothing_new(how, found, incoming);
    if by_content || found.by == By::OwnId || incoming.entries.iter().any(|entry| entries.contains_key(&entry.external_id)) {
        return Verdict::Same;
    }
    let said = |key: &str| incoming.said.contains(key);
    let before = found.base.get(TITLE).map_or("", String::as_str);
    let title = said(TITLE).then(|| alike(&incoming.title, &found.here.title).max(alike(&incoming.title, before)));
    let day = |at: Instant| tx.scope.actor.zone.show(at).input;
    let opened = incoming.opened_at.filter(|_| said(OPENED)).map(|at| {
        let before = found.base.get(OPENED).and_then(|micros| micros.parse().ok()).map(Instant);
        day(at) == day(found.here.opened_at) || before.is_some_and(|before| day(at) == day(before))
    });
    match (title, opened) {
        (None, Some(true)) | (Some(Alike::Much), Some(true) | None) | (Some(Alike::Somewhat), Some(true)) => Verdict::Same,
        (None, None) | (Some(Alike::Much), Some(false)) | (Some(Alike::Somewhat), None) | (Some(Alike::Not), Some(true)) => {
            Verdict::Unknown
        }
        (None | Some(Alike::Somewhat), Some(false)) | (Some(Alike::Not), Some(false) | None) => Verdict::Other,
    }
}

/// Whether all that the file says of the case was said the last time.
fn says_nothing_new(how: &Arrival<'_>, found: &Found, incoming: &Incoming) -> bool {
    let Some(case_type) = how.catalogue.case_type(found.here.type_id) else { return false };
    let file = facts::of_incoming(incoming, case_type);
    let known = |key: &String| file.get(key).is_none_or(|value| value.is_empty() || found.base.get(key) == Some(value));
    incoming.entries.is_empty() && incoming.said.iter().all(known)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Alike {
    Not,
    Somewhat,
    Much,
}

/// How alike two titles are: one holds the other, or half of their words.
fn alike(one: &str, other: &str) -> Alike {
    let (one, other) = (store::fold(one.trim()), store::fold(other.trim()));
    if one.is_empty() || other.is_empty() {
        return Alike::Not;
    }
    if one == other || (one.len().min(other.len()) >= 4 && (one.contains(&other) || other.contains(&one))) {
        return Alike::Much;
    }
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2).map(str::to_owned).collect()
    };
    let (one, other) = (words(&one), words(&other));
    let shared = one.intersection(&other).count();
    if shared > 0 && shared * 2 >= one.len().min(other.len()) { Alike::Somewhat } else { Alike::Not }
}

/// Brings over what is new of it.
pub(super) async fn over(
    tx: &mut ScopedTx,
    how: &Arrival<'_>,
    mut found: Found,
    entries: Entries,
    mut incoming: Incoming,
) -> Answer<Arrived> {
    let Some(case_type) = how.catalogue.case_type(found.here.type_id) else { return Ok(Arrived::Hidden) };
    let brought = std::mem::take(&mut incoming.entries);
    let tags = store::tags(tx, found.here.id).await?;
    let now_here = facts::of_here(&found.here, &tags, case_type);
    if incoming.version == Some(found.here.version) {
        // Our own export of just this version: nobody has changed anything since.
        found.base = now_here.clone();
    } else if found.here.version == 1 {
        for (key, value) in &now_here {
            found.base.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    let mut judged = Judged { here: now_here, base: found.base, taken: Facts::new(), differs: Vec::new() };
    let told = |differs: &mut Vec<Told>, label: &str, here: &str, file: &str| {
        differs.push(Told { label: label.into(), here: here.into(), file: file.into() });
    };
    let mut differs: Vec<Told> = Vec::new();
    if how.case_type.id == case_type.id {
        judged.standing(how, case_type, &incoming);
    } else {
        told(&mut differs, "Case type", &case_type.name, &how.case_type.name);
        incoming.said.retain(|key| !key.starts_with("field:"));
    }
    // Who sees a case, no file decides that comes later.
    if let Some(restricted) = incoming.restricted.filter(|restricted| *restricted != found.here.restricted) {
        let word = |is: bool| if is { "yes" } else { "no" };
        told(&mut differs, "Restricted", word(found.here.restricted), word(restricted));
    }
    judged.facts(how, &facts::of_incoming(&incoming, case_type), &incoming.said);
    let left_out = judged.without_resting(tx, how, case_type, &found.here).await?;

    let reads = read::names(how.catalogue);
    let in_words = |tx: &ScopedTx, key: &str, here: &str, file: &str| {
        let ((label, here), (_, file)) = (kept(key, here, case_type, how.catalogue, tx), kept(key, file, case_type, how.catalogue, tx));
        (label, here, file)
    };
    for (key, file) in &judged.differs {
        let (label, here, file) = in_words(tx, key, judged.here.get(key).map_or("", String::as_str), file);
        told(&mut differs, &label, &reads.fill(&here), &reads.fill(&file));
    }
    let mut taken = Vec::new();
    let mut changes = Vec::new();
    for (key, file) in &judged.taken {
        let (label, from, to) = in_words(tx, key, judged.here.get(key).map_or("", String::as_str), file);
        taken.push(Told { label: label.clone(), here: reads.fill(&from), file: reads.fill(&to) });
        changes.push((key.clone(), Change { label, from, to }));
    }
    apply(tx, case_type, &found.here, &incoming, &judged.taken, changes).await?;
    origins::note(tx, how.source, &incoming.external_id, found.here.id, &judged.base).await?;

    let (fresh, entry_differs) = sorted_out(brought, &entries);
    let count = fresh.len();
    add(tx, &found.here, fresh).await?;
    let hide = |all: Vec<Told>| if found.here.restricted { all.into_iter().map(Told::without_values).collect() } else { all };
    Ok(Arrived::Here { entries: count, taken: hide(taken), differs: hide(differs), entry_differs: hide(entry_differs), left_out })
}

struct Judged {
    here: Facts,
    /// What the source said last, and in the end what it says now.
    base: Facts,
    taken: Facts,
    differs: Vec<(String, String)>,
}

impl Judged {
    fn now(&self, key: &str) -> &str {
        self.here.get(key).map_or("", String::as_str)
    }

    /// Where the case stands is one thing: its state, and if it is closed, since when and with what outcome.
    fn standing(&mut self, how: &Arrival<'_>, case_type: &CaseType, incoming: &Incoming) {
        if !incoming.said.contains(STATE) && !incoming.said.contains(CLOSED) {
            return;
        }
        let closed_here = !self.now(CLOSED).is_empty();
        let was_closed = self.base.get(CLOSED).is_some_and(|at| !at.is_empty());
        let state = incoming.state.as_deref().and_then(|key| case_type.state(key)).or_else(|| match incoming.closed_at {
            Some(_) if closed_here => case_type.state(self.now(STATE)),
            Some(_) => case_type.closed_state(),
            // The column says no more that it is closed, which it did the last time.
            None if was_closed && incoming.said.contains(CLOSED) && closed_here => case_type.first_state(),
            None => None,
        });
        let Some(state) = state else { return };
        let mut file = Facts::from([(STATE.to_owned(), state.key.clone())]);
        if state.kind == StateKind::Closed {
            let at = incoming.closed_at.map_or_else(|| self.now(CLOSED).to_owned(), |at| at.0.to_string());
            file.insert(CLOSED.to_owned(), at);
            if !incoming.outcome.is_empty() || !closed_here {
                file.insert(OUTCOME.to_owned(), incoming.outcome.clone());
            }
        } else {
            file.insert(CLOSED.to_owned(), String::new());
            file.insert(OUTCOME.to_owned(), String::new());
        }
        let keys: BTreeSet<String> = file.keys().cloned().collect();
        let before = (self.taken.len(), self.differs.len());
        self.facts(how, &file, &keys);
        // Half of it cannot be taken.
        let moves = self.now(STATE) != state.key;
        if moves && self.differs.len() > before.1 && self.taken.len() > before.0 {
            for key in STANDING {
                if let Some(file) = self.taken.remove(key) {
                    self.differs.push((key.to_owned(), file));
                    self.base.insert(key.to_owned(), self.now(key).to_owned());
                }
            }
        }
    }

    /// Three values of each fact: here, in the file, and what the source said the last time.
    fn facts(&mut self, how: &Arrival<'_>, file: &Facts, said: &BTreeSet<String>) {
        for (key, file) in file.iter().filter(|(key, _)| said.contains(*key)) {
            let standing = STANDING.contains(&key.as_str());
            if same(key, self.now(key), file, how.catalogue) {
                self.base.insert(key.clone(), file.clone());
                continue;
            }
            let before = self.base.get(key);
            if before == Some(file) || (file.is_empty() && !standing && before.is_none_or(String::is_empty)) {
                // The source says nothing new; people have changed it here. And an empty cell says nothing.
                continue;
            }
            let untouched = before.map(String::as_str) == Some(self.now(key));
            if how.update && untouched && (standing || !file.is_empty()) {
                self.taken.insert(key.clone(), file.clone());
                self.base.insert(key.clone(), file.clone());
            } else {
                self.differs.push((key.clone(), file.clone()));
            }
        }
    }

    /// Takes back what would give something to a member whose data is restricted, or the work to one who does not see it.
    async fn without_resting(&mut self, tx: &mut ScopedTx, how: &Arrival<'_>, case_type: &CaseType, here: &Here) -> Answer<bool> {
        let members: Vec<(String, String)> = self.taken.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut left_out = false;
        for (key, value) in members {
            let of_member = key == ASSIGNEE
                || key.strip_prefix("field:").and_then(|key| case_type.field(key)).is_some_and(|def| def.kind == super::FieldKind::Member);
            let Some(member) = how.catalogue.members.iter().find(|member| of_member && value.contains(&member.id.to_string())) else {
                continue;
            };
            let rests = !offer::takes_on(tx, member.id).await?;
            if rests || (key == ASSIGNEE && here.restricted && !offer::sees(tx, here.id, member.id).await?) {
                self.taken.remove(&key);
                self.base.insert(key.clone(), self.now(&key).to_owned());
                left_out |= rests;
                if !rests {
                    self.differs.push((key, value));
                }
            }
        }
        Ok(left_out)
    }
}

/// Writes what was taken, with its lines in the timeline and its events.
async fn apply(
    tx: &mut ScopedTx,
    case_type: &CaseType,
    here: &Here,
    incoming: &Incoming,
    taken: &Facts,
    changes: Vec<(String, Change)>,
) -> Answer<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let moved = taken.get(STATE).and_then(|key| case_type.state(key));
    let (standing, plain): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(key, _)| moved.is_some() && STANDING.contains(&key.as_str()));
    set(tx, here, incoming, taken, moved).await?;
    if taken.contains_key(facts::TAGS) {
        let mut tags = incoming.tags.clone();
        tags.sort();
        tags.dedup();
        store::set_tags(tx, here.id, &tags).await?;
    }
    store::remember_terms(tx, here.id).await?;
    if let Some(state) = moved {
        let values = standing.into_iter().map(|(_, change)| change).filter(|change| change.from != change.to).collect();
        restate(tx, here, state, incoming, taken, values).await?;
    } else if taken.contains_key(CLOSED) || taken.contains_key(OUTCOME) {
        let open = sql!(
            "select id, outcome, reason, closed_at, reopened_at from case_closures where org_id = $1 and case_id = $2 and reopened_at is null"
        );
        let before: Vec<ClosureRow> = tx.query(open).bind(here.id).all().await?;
        let closures: Vec<ClosureRow> = tx
            .query(sql!(
                "update case_closures set closed_at = coalesce($3, closed_at), outcome = coalesce($4, outcome)
                 where org_id = $1 and case_id = $2 and reopened_at is null
                 returning id, outcome, reason, closed_at, reopened_at"
            ))
            .bind(here.id)
            .bind(taken.get(CLOSED).and(incoming.closed_at))
            .bind(taken.get(OUTCOME).cloned())
            .all()
            .await?;
        for closure in closures {
            if let Some(before) = before.iter().find(|before| before.id == closure.id) {
                closure.hold_change(before, tx.raw(), here.id.uuid());
            }
        }
    }
    let values: Vec<Change> = plain.into_iter().map(|(_, change)| change).collect();
    if values.is_empty() { Ok(()) } else { change::note(tx, here.id, "case.import_changed", values).await }
}

async fn set(tx: &mut ScopedTx, here: &Here, incoming: &Incoming, taken: &Facts, moved: Option<&State>) -> Answer<()> {
    let takes = |key: &str| taken.contains_key(key);
    let title = if takes(TITLE) { &incoming.title } else { &here.title };
    let mut fields = here.fields.0.clone();
    for (key, value) in &incoming.fields {
        if takes(&facts::field_key(key)) {
            fields.insert(key.clone(), value.clone());
        }
    }
    let (assignee, label) = if takes(ASSIGNEE) {
        (incoming.assignee, incoming.assignee_label.clone())
    } else {
        (here.assignee_id, here.assignee_label.clone())
    };
    let kind = moved.map_or(here.state_kind, |state| state.kind);
    let closed_at = match kind {
        StateKind::Closed if takes(CLOSED) => incoming.closed_at.or(here.closed_at).or(Some(here.opened_at)),
        StateKind::Closed => here.closed_at,
        StateKind::Open | StateKind::Waiting => None,
    };
    let closed_on = closed_at.map(|at| tx.scope.actor.zone.day(at));
    let now = tx.scope.state.clock.now();
    let before: CaseRow =
        tx.query(sql!(concat!("select ", case_row!(), " from cases where org_id = $1 and id = $2"))).bind(here.id).one().await?;
    let row: CaseRow = tx
        .query(sql!(concat!(
            "update cases
         set title = $3, search_text = $4, assignee_id = $5, assignee_label = $6, channel = $7, priority = $8, due_on = $9,
             opened_at = $10, closed_at = $11, closed_on = $12, state_key = $13, state_kind = $14, fields = $15, updated_at = $16,
             version = version + 1
         where org_id = $1 and id = $2
         returning ",
            case_row!()
        )))
        .bind(here.id)
        .bind(title.clone())
        .bind(store::search_text(&here.number, title, here.external_id.as_deref()))
        .bind(assignee)
        .bind(label)
        .bind(if takes(facts::CHANNEL) { incoming.channel.clone() } else { here.channel.clone() })
        .bind(if takes(facts::PRIORITY) { incoming.priority.map_or(here.priority, Priority::number) } else { here.priority })
        .bind(if takes(facts::DUE) { incoming.due_on } else { here.due_on })
        .bind(if takes(OPENED) { incoming.opened_at.unwrap_or(here.opened_at) } else { here.opened_at })
        .bind(closed_at)
        .bind(closed_on)
        .bind(moved.map_or_else(|| here.state_key.clone(), |state| state.key.clone()))
        .bind(kind)
        .bind_json(fields)
        .bind(now)
        .one()
        .await?;
    row.hold_changed(&before, tx.raw());
    Ok(())
}

/// A move that the source made: its closure or the end of one, the line in the timeline and the event.
async fn restate(tx: &mut ScopedTx, here: &Here, state: &State, incoming: &Incoming, taken: &Facts, values: Vec<Change>) -> Answer<()> {
    if !here.restricted {
        store::tally(tx, here.type_id, &here.state_key, -1).await?;
        store::tally(tx, here.type_id, &state.key, 1).await?;
    }
    let was_closed = here.state_kind == StateKind::Closed;
    let action = match (was_closed, state.kind == StateKind::Closed) {
        (false, true) => {
            let outcome = taken.get(OUTCOME).cloned().unwrap_or_default();
            close(tx, here.id, &outcome, incoming.closed_at.unwrap_or(here.opened_at)).await?;
            "case.closed"
        }
        (true, false) => {
            store::reopen(tx, here.id).await?;
            "case.reopened"
        }
        (false, false) | (true, true) => "case.moved",
    };
    let line = |change: &Change| match (change.from.is_empty(), change.to.is_empty()) {
        (true, _) => format!("{}: {}", change.label, change.to),
        (_, true) => format!("{}: removed ({})", change.label, change.from),
        _ => format!("{}: {} \u{2192} {}", change.label, change.from, change.to),
    };
    let mut sorted: Vec<&Change> = values.iter().collect();
    sorted.sort_by_key(|change| change.label != "State");
    let text = sorted.into_iter().map(line).collect::<Vec<_>>().join("\n");
    store::note_change(tx, here.id, EntryKind::State, &text).await?;
    let facts = json!({ "to": state.name });
    audit::record(tx, Event { action, subject_kind: "case", subject: here.id.uuid(), facts, values }).await
}

/// The entries that are not here, and those that read differently.
fn sorted_out(brought: Vec<IncomingEntry>, here: &Entries) -> (Vec<IncomingEntry>, Vec<Told>) {
    let (mut fresh, mut differs) = (Vec::new(), Vec::new());
    for entry in brought {
        match here.get(&entry.external_id) {
            None => fresh.push(entry),
            // Known by what it says, it says the same.
            Some(_) if entry.external_id.starts_with('~') => {}
            Some((at, body)) if *body != entry.body || *at != entry.occurred_at => {
                let short = |text: &str| text.chars().take(120).collect::<String>();
                let what = if *body == entry.body { "when it happened" } else { "text" };
                differs.push(Told { label: format!("entry {} ({what})", entry.external_id), here: short(body), file: short(&entry.body) });
            }
            Some(_) => {}
        }
    }
    (fresh, differs)
}

/// Adds entries. The version stays: nothing that somebody may be editing has changed.
async fn add(tx: &mut ScopedTx, here: &Here, fresh: Vec<IncomingEntry>) -> Answer<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let (now, entries) = (tx.scope.state.clock.now(), fresh.len());
    for entry in fresh {
        write(tx, here.id, entry, now).await?;
    }
    store::touch(tx, here.id).await?;
    let facts = json!({ "entries": entries });
    let event = Event { action: "case.import_updated", subject_kind: "case", subject: here.id.uuid(), facts, values: Vec::new() };
    audit::record(tx, event).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_alike_that_share_their_words() {
        for (one, other, expected) in [
            ("Boiler", "Boiler replaced", Alike::Much),
            ("Roof", "roof", Alike::Much),
            ("Leak in the kitchen", "Leak in the new kitchen", Alike::Somewhat),
            ("Permit for a fence", "Complaint about noise", Alike::Not),
            ("", "x", Alike::Not),
        ] {
            assert_eq!(alike(one, other), expected, "{one} {other}");
        }
    }
}
