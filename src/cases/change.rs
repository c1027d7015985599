//! Opening a case, and changing its facts and its assignee.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    api::Facts,
    draft::NEW,
    held::{self, CaseRow, case_row},
    keeping::{self, Becomes},
    markdown,
    merge::{conflict, differs},
    model::{CaseType, Catalogue, EntryKind, FieldDef, FieldKind, Priority},
    offer,
    parse::{parse_body, parse_field, parse_line, parse_tags, parse_title, show_field},
    read, store,
    store::Stored,
};
use crate::{
    accounts::{Scope, ScopedTx, mention},
    audit::{self, Change},
    day::Day,
    fault::{Answer, Complaints, Difference, Fault},
    form::Seen,
    ids::{Id, kinds},
    locale::{Locale, number},
    server::{
        db::sql,
        form_key::{self, Sent},
    },
};

/// A case to be opened, as its form was sent.
pub(super) struct NewCase {
    pub key: Id<kinds::Case>,
    pub case_type: String,
    pub assignee: String,
    pub note: String,
    pub facts: Facts,
}

/// Facts that can be stored.
struct Parsed {
    title: String,
    priority: Priority,
    due_on: Option<Day>,
    channel: Option<String>,
    tags: Vec<String>,
    fields: Map<String, Value>,
}

/// Opens a case; answers its number. The same again answers the same case; something else under the same key is refused.
pub(super) async fn create(scope: &Scope, new: NewCase) -> Answer<String> {
    let catalogue = read::catalogue(scope).await?;
    let mut complaints = Complaints::default();
    let case_type = complaints.take("case_type", choose_type(&catalogue, &new.case_type)).cloned();
    let assignee = complaints.take("assignee", parse_member(&catalogue, &new.assignee));
    let note = if new.note.trim().is_empty() { Some(None) } else { complaints.take("note", parse_body(&new.note)).map(Some) };
    let parsed = parse(scope.actor.locale, case_type.as_ref().map_or(&[], |t| &t.fields), &new.facts, &mut complaints);
    complaints.done()?;
    let (Some(case_type), Some(assignee), Some(note), Some(parsed)) = (case_type, assignee, note, parsed) else {
        return Err(Fault::Malformed);
    };

    let html = match &note {
        Some(body) => markdown::rendered(body).await,
        None => String::new(),
    };
    let mut tx = scope.begin().await?;
    match form_key::claim(&scope.state, tx.raw(), new.key.uuid(), &parsed.content(scope, &new, &case_type, note.as_deref())).await? {
        Sent::First => {}
        Sent::Again => return Ok(opened_before(&mut tx, new.key).await?.0),
        Sent::Other => return Err(already_opened(&mut tx, new.key).await?),
    }
    let mut chosen = offer::in_fields(&case_type.fields, &parsed.fields);
    chosen.extend(assignee.map(|id| ("assignee".to_owned(), id)));
    offer::check(&mut tx, None, chosen).await?;
    let Some(number) = insert(&mut tx, new.key, &case_type, assignee, &parsed).await? else {
        // Of a form that was sent so long ago nobody knows any more what stood in it.
        return Err(already_opened(&mut tx, new.key).await?);
    };
    store::set_tags(&mut tx, new.key, &parsed.tags).await?;
    store::remember_terms(&mut tx, new.key).await?;
    let values = changes(scope.actor.locale, &catalogue, &case_type, None, &parsed);
    let facts = serde_json::json!({ "number": number, "type": case_type.key });
    store::note_change(&mut tx, new.key, EntryKind::State, "Opened the case.").await?;
    audit::record(&mut tx, audit::Event { action: "case.created", subject_kind: "case", subject: new.key.uuid(), facts, values }).await?;
    keeping::forget(&mut tx, NEW, Becomes::Entry).await?;
    if let Some(body) = note {
        super::entries::insert_note(&mut tx, new.key, &body, html).await?;
    }
    tx.commit().await?;
    Ok(number)
}

fn choose_type<'a>(catalogue: &'a Catalogue, chosen: &str) -> Result<&'a CaseType, String> {
    let found = catalogue.types.iter().find(|t| t.id.to_string() == chosen);
    let only = (chosen.is_empty() && catalogue.types.len() == 1).then(|| catalogue.types.first()).flatten();
    found.or(only).ok_or_else(|| "Choose a case type.".to_owned())
}

fn parse_member(catalogue: &Catalogue, chosen: &str) -> Result<Option<Id<kinds::User>>, String> {
    if chosen.is_empty() {
        return Ok(None);
    }
    let id: Option<Id<kinds::User>> = chosen.parse().ok();
    let member = id.and_then(|id| catalogue.members.iter().find(|m| m.id == id));
    member.map(|m| Some(m.id)).ok_or_else(|| "Choose a member.".to_owned())
}

fn parse(locale: Locale, defs: &[FieldDef], facts: &Facts, complaints: &mut Complaints) -> Option<Parsed> {
    let title = complaints.take("title", parse_title(&facts.title));
    let priority = if facts.priority.is_empty() { Some(Priority::Normal) } else { Priority::parse(&facts.priority) };
    if priority.is_none() {
        complaints.add("priority", "Choose one of the priorities.");
    }
    let due = complaints.take("due", super::parse::parse_day(&facts.due, locale));
    let channel = complaints.take("channel", parse_line(&facts.channel));
    let tags = complaints.take("tags", parse_tags(&facts.tags));
    let mut fields = Map::new();
    for def in defs {
        let typed = facts.fields.get(&def.key).map(Vec::as_slice).unwrap_or_default();
        if let Some(Some(value)) = complaints.take(&format!("fields[{}][]", def.key), parse_field(def, typed, locale)) {
            fields.insert(def.key.clone(), value);
        }
    }
    Some(Parsed { title: title?, priority: priority?, due_on: due?, channel: channel?, tags: tags?, fields })
}

impl Parsed {
    /// All that a new case was sent with, by whom.
    fn content(&self, scope: &Scope, new: &NewCase, case_type: &CaseType, note: Option<&str>) -> Value {
        let facts = (&self.title, self.priority.key(), new.facts.due.trim(), &self.channel, &self.tags, &self.fields);
        serde_json::json!(["case", scope.actor.user, case_type.id, new.assignee, facts, note])
    }
}

/// Number and title of the case that the actor opened with this form.
async fn opened_before(tx: &mut ScopedTx, key: Id<kinds::Case>) -> Answer<(String, String)> {
    let me = tx.scope.actor.user;
    tx.query(sql!("select number, title from cases where org_id = $1 and id = $2 and created_by = $3"))
        .bind(key)
        .bind(me)
        .optional()
        .await?
        .ok_or(Fault::Malformed)
}

async fn already_opened(tx: &mut ScopedTx, key: Id<kinds::Case>) -> Answer<Fault> {
    let (number, title) = opened_before(tx, key).await?;
    Ok(Fault::SentBefore { stored: format!("the case {number}, \u{201c}{title}\u{201d}") })
}

async fn insert(
    tx: &mut ScopedTx,
    id: Id<kinds::Case>,
    case_type: &CaseType,
    assignee: Option<Id<kinds::User>>,
    parsed: &Parsed,
) -> Answer<Option<String>> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let state = case_type.first_state().cloned().ok_or_else(|| Fault::field("case_type", "This case type has no states yet."))?;
    let number = store::next_number(tx, &case_type.number_format, now).await?;
    let due_on = parsed.due_on.or_else(|| tx.scope.actor.zone.day(now).plus_days(case_type.default_due_days?));
    let made: Option<CaseRow> = tx
        .query(sql!(concat!(
            "insert into cases
           (org_id, id, type_id, number, title, search_text, state_key, state_kind, assignee_id, channel, priority, due_on, opened_at,
            restricted, fields, created_by, created_at, updated_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $13, $13, 1)
         on conflict (org_id, id) do nothing
         returning ",
            case_row!()
        )))
        .bind(id)
        .bind(case_type.id)
        .bind(number.clone())
        .bind(parsed.title.clone())
        .bind(store::search_text(&number, &parsed.title, None))
        .bind(state.key.clone())
        .bind(state.kind)
        .bind(assignee)
        .bind(parsed.channel.clone())
        .bind(parsed.priority.number())
        .bind(due_on)
        .bind(now)
        .bind(false)
        .bind_json(parsed.fields.clone())
        .bind(me)
        .optional()
        .await?;
    let Some(made) = made else { return Ok(None) };
    made.hold(tx.raw());
    store::tally(tx, case_type.id, &state.key, 1).await?;
    Ok(Some(number))
}

/// Saves the facts of a case: those that this person changed. The others are as somebody else may have left them meanwhile.
pub(super) async fn edit(scope: &Scope, number: &str, seen: Seen, facts: Facts) -> Answer<()> {
    let catalogue = read::catalogue(scope).await?;
    let mut tx = scope.begin().await?;
    let stored = store::stored(&mut tx, number).await?;
    let case_type = catalogue.case_type(stored.type_id).cloned().ok_or(Fault::NotFound)?;
    let before = Parsed {
        title: stored.title.clone(),
        priority: Priority::of_number(stored.priority),
        due_on: stored.due_on,
        channel: stored.channel.clone(),
        tags: store::tags(&mut tx, stored.id).await?,
        fields: stored.fields.0.clone(),
    };
    let now = Typed::of_stored(&case_type.fields, &before, scope.actor.locale);
    let sent = Typed::of_form(&case_type.fields, &facts);
    let mut complaints = Complaints::default();
    // What was not touched is not judged: it may have come from elsewhere.
    let touched = |def: &&FieldDef| seen.touched(&field_name(def), sent.values(&field_name(def)));
    let asked: Vec<FieldDef> = case_type.fields.iter().filter(touched).cloned().collect();
    let parsed = parse(scope.actor.locale, &asked, &sent.over(&now, &seen).facts(), &mut complaints);
    complaints.done()?;
    let Some(mut parsed) = parsed else { return Err(Fault::Malformed) };
    keep_untouched(&case_type.fields, &before, &sent, &seen, &mut parsed);
    offer::check(&mut tx, Some(&stored), offer::in_fields(&case_type.fields, &parsed.fields)).await?;
    let values = changes(scope.actor.locale, &catalogue, &case_type, Some(&before), &parsed);
    if values.is_empty() {
        return Ok(());
    }
    let moved = |field: &str| seen.moved(field, now.values(field), stored.version);
    let both: Vec<Difference> = told(&catalogue, &values)
        .into_iter()
        .filter_map(|c| {
            let field = field_of(&case_type.fields, &c.label);
            moved(&field).then(|| differs(&field, &c.label, c.from, c.to))
        })
        .collect();
    if !both.is_empty() {
        return Err(conflict(&mut tx, &stored, both).await?);
    }
    save(&mut tx, &stored, &parsed).await?;
    if before.tags != parsed.tags {
        store::set_tags(&mut tx, stored.id, &parsed.tags).await?;
    }
    hold_changed(&mut tx, stored.id, &before, &parsed);
    store::remember_terms(&mut tx, stored.id).await?;
    note(&mut tx, stored.id, "case.changed", values).await?;
    tx.commit().await
}

async fn save(tx: &mut ScopedTx, stored: &Stored, parsed: &Parsed) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    let saved = tx
        .query(sql!(
            "update cases set title = $3, search_text = $4, priority = $5, due_on = $6, channel = $7, fields = $8, updated_at = $9,
                    version = version + 1
             where org_id = $1 and id = $2 and version = $10"
        ))
        .bind(stored.id)
        .bind(parsed.title.clone())
        .bind(store::search_text(&stored.number, &parsed.title, stored.external_id.as_deref()))
        .bind(parsed.priority.number())
        .bind(parsed.due_on)
        .bind(parsed.channel.clone())
        .bind_json(parsed.fields.clone())
        .bind(now)
        .bind(stored.version)
        .execute()
        .await?;
    // The row is locked since it was read.
    if saved == 0 { Err(Fault::Unavailable { retry_after: 1 }) } else { Ok(()) }
}

/// The fields of a case as a form holds them, by name.
struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    fn of_form(defs: &[FieldDef], facts: &Facts) -> Self {
        let line = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        let priority = if facts.priority.is_empty() { Priority::Normal.key() } else { facts.priority.as_str() };
        let own = [
            line("title", &facts.title),
            line("priority", priority),
            line("due", &facts.due),
            line("channel", &facts.channel),
            line("tags", &facts.tags),
        ];
        let custom = defs.iter().map(|def| (field_name(def), facts.fields.get(&def.key).cloned().unwrap_or_default()));
        Self(own.into_iter().chain(custom).collect())
    }

    fn of_stored(defs: &[FieldDef], stored: &Parsed, locale: Locale) -> Self {
        let is_number = |key: &str| defs.iter().any(|def| def.key == key && def.kind == FieldKind::Number);
        let texts = |key: &str, value: &Value| match value {
            Value::String(text) if is_number(key) => vec![number::show(text, locale)],
            Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            other => other.as_str().map(str::to_owned).into_iter().collect(),
        };
        let facts = Facts {
            title: stored.title.clone(),
            priority: stored.priority.key().to_owned(),
            due: stored.due_on.map(|day| day.to_string()).unwrap_or_default(),
            channel: stored.channel.clone().unwrap_or_default(),
            tags: stored.tags.join(", "),
            fields: stored.fields.iter().map(|(key, value)| (key.clone(), texts(key, value))).collect(),
        };
        Self::of_form(defs, &facts)
    }

    fn values(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// What was changed of this, and all else as it is stored.
    fn over(&self, now: &Self, seen: &Seen) -> Self {
        let pick = |(field, typed): (&String, &Vec<String>)| {
            let values = if seen.touched(field, typed) { typed.clone() } else { now.values(field).to_vec() };
            (field.clone(), values)
        };
        Self(self.0.iter().map(pick).collect())
    }

    fn facts(&self) -> Facts {
        let one = |field: &str| self.values(field).first().cloned().unwrap_or_default();
        let custom = self.0.iter().filter_map(|(field, values)| Some((field.strip_prefix("fields[")?.strip_suffix("][]")?, values)));
        Facts {
            title: one("title"),
            priority: one("priority"),
            due: one("due"),
            channel: one("channel"),
            tags: one("tags"),
            fields: custom.map(|(key, values)| (key.to_owned(), values.clone())).collect(),
        }
    }
}

fn field_name(def: &FieldDef) -> String {
    format!("fields[{}][]", def.key)
}

/// The name in the form of what people call so.
fn field_of(defs: &[FieldDef], label: &str) -> String {
    match label {
        "Title" | "Priority" | "Due" | "Tags" => label.to_lowercase(),
        "Channel" => "channel".to_owned(),
        custom => defs.iter().find(|def| def.label == custom).map(field_name).unwrap_or_default(),
    }
}

/// A value that this person did not touch stays as it is, also where no form would take it, such as one that was imported.
fn keep_untouched(defs: &[FieldDef], before: &Parsed, sent: &Typed, seen: &Seen, parsed: &mut Parsed) {
    for def in defs.iter().filter(|def| !seen.touched(&field_name(def), sent.values(&field_name(def)))) {
        match before.fields.get(&def.key) {
            Some(value) => parsed.fields.insert(def.key.clone(), value.clone()),
            None => parsed.fields.remove(&def.key),
        };
    }
    // What no field of the type asks for was kept aside.
    for (key, value) in &before.fields {
        if !defs.iter().any(|def| def.key == *key) {
            parsed.fields.insert(key.clone(), value.clone());
        }
    }
}

/// Says what the facts hold that were changed, and of no others: they may not be what was written last.
fn hold_changed(tx: &mut ScopedTx, case: Id<kinds::Case>, before: &Parsed, after: &Parsed) {
    let (tx, case) = (tx.raw(), case.uuid());
    if before.title != after.title {
        audit::hold_change_of_case(tx, case, "title", &before.title, &after.title);
    }
    if before.priority != after.priority {
        audit::hold_change_of_case(tx, case, "priority", &before.priority.number(), &after.priority.number());
    }
    if before.due_on != after.due_on {
        audit::hold_change_of_case(tx, case, "due", &before.due_on, &after.due_on);
    }
    if before.channel != after.channel {
        audit::hold_change_of_case(tx, case, "channel", &before.channel, &after.channel);
    }
    for key in before.fields.keys().chain(after.fields.keys()) {
        if before.fields.get(key) != after.fields.get(key) {
            audit::hold_change_of_case(tx, case, held::field(key), &before.fields.get(key), &after.fields.get(key));
        }
    }
}

/// What differs, as people read it, but for members: of them it holds the id, as everything does that is kept.
fn changes(locale: Locale, catalogue: &Catalogue, case_type: &CaseType, before: Option<&Parsed>, after: &Parsed) -> Vec<Change> {
    let mut all = Vec::new();
    let mut compare = |label: &str, from: String, to: String| {
        if from != to {
            all.push(Change { label: label.to_owned(), from, to });
        }
    };
    let text = |pick: fn(&Parsed) -> String| (before.map(pick).unwrap_or_default(), pick(after));
    let due = |p: &Parsed| p.due_on.map(Day::shown).unwrap_or_default();
    let pairs: [(&str, (String, String)); 5] = [
        ("Title", text(|p| p.title.clone())),
        ("Priority", (before.map_or_else(|| "Normal".to_owned(), |p| p.priority.label().to_owned()), after.priority.label().to_owned())),
        ("Due", (before.map(due).unwrap_or_default(), due(after))),
        ("Channel", text(|p| p.channel.clone().unwrap_or_default())),
        ("Tags", text(|p| p.tags.join(", "))),
    ];
    for (label, (from, to)) in pairs {
        compare(label, from, to);
    }
    for def in &case_type.fields {
        let value = |p: &Parsed| p.fields.get(&def.key).map(|v| kept_field(v, catalogue, def.kind, locale)).unwrap_or_default();
        compare(&def.label, before.map(value).unwrap_or_default(), value(after));
    }
    all
}

/// The value of a field as it is kept in the record and the timeline.
pub(super) fn kept_field(value: &Value, catalogue: &Catalogue, kind: FieldKind, locale: Locale) -> String {
    let member = if kind == FieldKind::Member { value.as_str().and_then(|id| id.parse().ok()) } else { None };
    member.map_or_else(|| show_field(value, catalogue, kind, locale), mention)
}

/// The same values as somebody reads them now.
pub(super) fn told(catalogue: &Catalogue, values: &[Change]) -> Vec<Change> {
    let names = read::names(catalogue);
    values.iter().map(|c| Change { label: c.label.clone(), from: names.fill(&c.from), to: names.fill(&c.to) }).collect()
}

/// The event and the line in the timeline that every change of facts leaves.
pub(super) async fn note(tx: &mut ScopedTx, case: Id<kinds::Case>, action: &'static str, values: Vec<Change>) -> Answer<()> {
    let line = |c: &Change| match (c.from.is_empty(), c.to.is_empty()) {
        (true, _) => format!("{}: {}", c.label, c.to),
        (_, true) => format!("{}: removed ({})", c.label, c.from),
        _ => format!("{}: {} \u{2192} {}", c.label, c.from, c.to),
    };
    let text = values.iter().map(line).collect::<Vec<_>>().join("\n");
    store::note_change(tx, case, EntryKind::Field, &text).await?;
    let facts = serde_json::json!({ "fields": values.len() });
    audit::record(tx, audit::Event { action, subject_kind: "case", subject: case.uuid(), facts, values }).await
}

/// Gives the work to a member, or to nobody. Who had it on the page counts, or the version where the form does not say.
pub(super) async fn assign(scope: &Scope, number: &str, (version, from): (i64, &str), assignee: &str) -> Answer<()> {
    let catalogue = read::catalogue(scope).await?;
    let chosen = parse_member(&catalogue, assignee).map_err(|message| Fault::field("assignee", message))?;
    let mut tx = scope.begin().await?;
    let stored = store::stored(&mut tx, number).await?;
    if stored.assignee_id == chosen && (chosen.is_some() || stored.assignee_label.is_none()) {
        return Ok(());
    }
    let now = stored.assignee_id.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
    let stale = if from.is_empty() { stored.version != version } else { from != now };
    offer::check(&mut tx, Some(&stored), chosen.map(|id| ("assignee".to_owned(), id)).into_iter().collect()).await?;
    let before = stored.assignee_id.map(mention).or(stored.assignee_label.clone()).unwrap_or_default();
    let values = vec![Change { label: "Assignee".into(), from: before, to: chosen.map(mention).unwrap_or_default() }];
    if stale {
        let both = told(&catalogue, &values).into_iter().map(|c| differs("assignee", &c.label, c.from, c.to)).collect();
        return Err(conflict(&mut tx, &stored, both).await?);
    }
    if let Some(member) = chosen
        && stored.restricted
        && !offer::sees(&mut tx, stored.id, member).await?
    {
        return Err(Fault::field("assignee", "This person does not see the restricted case. Give them access first."));
    }
    let now = scope.state.clock.now();
    tx.query(sql!(
        "update cases set assignee_id = $3, assignee_label = null, updated_at = $4, version = version + 1 where org_id = $1 and id = $2"
    ))
    .bind(stored.id)
    .bind(chosen)
    .bind(now)
    .execute()
    .await?;
    let was = held::assignee(stored.assignee_id, stored.assignee_label.as_deref());
    audit::hold_change_of_case(tx.raw(), stored.id.uuid(), "assignee", &was, &held::assignee(chosen, None));
    note(&mut tx, stored.id, "case.assigned", values).await?;
    tx.commit().await
}
