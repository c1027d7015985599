//! Where cases live: what several actions write.

use sqlx::types::Json;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use uuid::Uuid;

use super::{
    held::{self, ClosureRow, EntryRow},
    model::{FieldKind, StateKind, Visibility},
    parse::number_series,
    presets::preset,
};
use crate::{
    accounts::ScopedTx,
    audit,
    clock::Instant,
    day::Day,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

type CaseId = Id<kinds::Case>;

/// Text as it is searched: NFKD, lower case, without marks, the same on both databases.
pub(super) fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// What the list's words are looked for in.
pub(super) fn search_text(number: &str, title: &str, external_id: Option<&str>) -> String {
    fold(&format!("{number} {title} {}", external_id.unwrap_or_default()))
}

/// Adds shipped case types to the organisation; those that it has already stay as they are.
///
/// # Errors
/// A complaint about `presets` when a key is unknown.
pub async fn add_presets(tx: &mut ScopedTx, keys: &[String]) -> Answer<()> {
    for (position, key) in keys.iter().enumerate() {
        let preset = preset(key).ok_or_else(|| Fault::field("presets", "Choose among the case types shown."))?;
        let (id, now) = (Uuid::now_v7(), tx.scope.state.clock.now());
        let made: Option<Uuid> = tx
            .query(sql!(
                "insert into case_types (org_id, id, key, name, number_format, default_due_days, position, created_at, version)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, 1)
                 on conflict (org_id, key) do nothing
                 returning id"
            ))
            .bind(id)
            .bind(preset.key.to_owned())
            .bind(preset.name.to_owned())
            .bind(preset.number_format.to_owned())
            .bind(preset.due_days)
            .bind(place(position))
            .bind(now)
            .optional_scalar()
            .await?;
        if made.is_some() {
            add_lifecycle(tx, id, preset).await?;
            held::hold_case_type(tx.raw(), id).await?;
            let facts = serde_json::json!({ "preset": preset.key });
            let event = audit::Event { action: "org.presets_chosen", subject_kind: "case_type", subject: id, facts, values: Vec::new() };
            audit::record(tx, event).await?;
        }
    }
    Ok(())
}

async fn add_lifecycle(tx: &mut ScopedTx, id: Uuid, preset: &super::presets::Preset) -> Answer<()> {
    for (position, (key, name, kind)) in preset.states.iter().enumerate() {
        tx.query(sql!("insert into case_states (org_id, type_id, key, name, kind, position) values ($1, $2, $3, $4, $5, $6)"))
            .bind(id)
            .bind((*key).to_owned())
            .bind((*name).to_owned())
            .bind(*kind)
            .bind(place(position))
            .execute()
            .await?;
    }
    for (position, (from, to, name, required)) in preset.transitions.iter().enumerate() {
        tx.query(sql!(
            "insert into case_transitions (org_id, type_id, from_key, to_key, name, required, position)
             values ($1, $2, $3, $4, $5, $6, $7)"
        ))
        .bind(id)
        .bind((*from).to_owned())
        .bind((*to).to_owned())
        .bind((*name).to_owned())
        .bind_json(required.to_vec())
        .bind(place(position))
        .execute()
        .await?;
    }
    for (position, (key, label, kind, options)) in preset.fields.iter().enumerate() {
        let kind: FieldKind = *kind;
        tx.query(sql!(
            "insert into case_fields (org_id, type_id, key, label, kind, options, required, position)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(id)
        .bind((*key).to_owned())
        .bind((*label).to_owned())
        .bind(kind)
        .bind_json(options.to_vec())
        .bind(false)
        .bind(place(position))
        .execute()
        .await?;
    }
    Ok(())
}

fn place(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// Takes the next number of a series. It is taken for good only with the transaction, so a series has no gaps.
pub(super) async fn next_number(tx: &mut ScopedTx, format: &str, at: Instant) -> Answer<String> {
    let (series, width, after) = number_series(format, tx.scope.actor.zone.year(at));
    let number: i64 = tx
        .query(sql!(
            "insert into case_series (org_id, series, next) values ($1, $2, 2)
             on conflict (org_id, series) do update set next = case_series.next + 1
             returning next - 1"
        ))
        .bind(series.clone())
        .scalar()
        .await?;
    Ok(format!("{series}{number:0width$}{after}"))
}

/// Moves one case in the kept counts. Restricted cases are in none.
pub(super) async fn tally(tx: &mut ScopedTx, type_id: Id<kinds::CaseType>, state: &str, by: i64) -> Answer<()> {
    tx.query(sql!(
        "insert into case_tallies (org_id, type_id, state_key, cases) values ($1, $2, $3, case when $4 > 0 then $4 else 0 end)
         on conflict (org_id, type_id, state_key) do update set cases = case_tallies.cases + $4"
    ))
    .bind(type_id)
    .bind(state.to_owned())
    .bind(by)
    .execute()
    .await?;
    Ok(())
}

/// Remembers the tags, the channel and the imported assignee of a case for everybody's filters; of a restricted one nothing.
pub(super) async fn remember_terms(tx: &mut ScopedTx, case: CaseId) -> Answer<()> {
    tx.query(sql!(
        "insert into case_terms (org_id, kind, term)
         select $1, t.kind, t.term from (
           select 'tag' as kind, g.tag as term from case_tags g where g.org_id = $1 and g.case_id = $2
           union all
           select 'channel', c.channel from cases c where c.org_id = $1 and c.id = $2 and c.channel is not null
           union all
           select 'assignee', c.assignee_label from cases c where c.org_id = $1 and c.id = $2 and c.assignee_label is not null) t
         where exists (select 1 from cases c where c.org_id = $1 and c.id = $2 and not c.restricted)
         on conflict (org_id, kind, term) do nothing"
    ))
    .bind(case)
    .execute()
    .await?;
    Ok(())
}

/// Forgets what only this case had, now that it is restricted: the terms of no other one that everybody sees.
pub(super) async fn forget_terms(tx: &mut ScopedTx, case: CaseId) -> Answer<()> {
    for statement in [
        sql!(
            "delete from case_terms where org_id = $1 and kind = 'tag'
               and term in (select g.tag from case_tags g where g.org_id = $1 and g.case_id = $2)
               and not exists (
                 select 1 from case_tags g join cases c on c.org_id = g.org_id and c.id = g.case_id
                 where g.org_id = $1 and g.tag = case_terms.term and not c.restricted)"
        ),
        sql!(
            "delete from case_terms where org_id = $1 and kind = 'channel'
               and term = (select c.channel from cases c where c.org_id = $1 and c.id = $2)
               and not exists (select 1 from cases c where c.org_id = $1 and c.channel = case_terms.term and not c.restricted)"
        ),
        sql!(
            "delete from case_terms where org_id = $1 and kind = 'assignee'
               and term = (select c.assignee_label from cases c where c.org_id = $1 and c.id = $2)
               and not exists (select 1 from cases c where c.org_id = $1 and c.assignee_label = case_terms.term and not c.restricted)"
        ),
    ] {
        tx.query(statement).bind(case).execute().await?;
    }
    Ok(())
}

/// What was said of the end of a case holds no longer.
pub(super) async fn reopen(tx: &mut ScopedTx, case: CaseId) -> Answer<()> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let ended: Vec<ClosureRow> = tx
        .query(sql!(
            "update case_closures set reopened_by = $3, reopened_at = $4 where org_id = $1 and case_id = $2 and reopened_at is null
             returning id, outcome, reason, closed_at, reopened_at"
        ))
        .bind(case)
        .bind(me)
        .bind(now)
        .all()
        .await?;
    for closure in ended {
        let open = ClosureRow { reopened_at: None, ..closure.clone() };
        closure.hold_change(&open, tx.raw(), case.uuid());
    }
    Ok(())
}

/// Makes the tags of a case these.
pub(super) async fn set_tags(tx: &mut ScopedTx, case: CaseId, tags: &[String]) -> Answer<()> {
    let before: Vec<String> =
        tx.query(sql!("delete from case_tags where org_id = $1 and case_id = $2 returning tag")).bind(case).scalars().await?;
    for tag in tags {
        tx.query(sql!("insert into case_tags (org_id, tag, case_id) values ($1, $2, $3) on conflict do nothing"))
            .bind(tag.clone())
            .bind(case)
            .execute()
            .await?;
    }
    held::hold_tags(tx.raw(), case.uuid(), &before, tags);
    Ok(())
}

/// Writes an entry of the product itself: what changed, for whoever reads the timeline.
pub(super) async fn note_change(tx: &mut ScopedTx, case: CaseId, kind: super::model::EntryKind, text: &str) -> Answer<()> {
    let (now, by) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let id = Uuid::now_v7();
    let row = EntryRow {
        kind,
        occurred_at: now,
        author_id: Some(by),
        author_label: None,
        body: text.to_owned(),
        visibility: Visibility::Everyone,
    };
    row.hold(tx.raw(), case.uuid(), id);
    tx.query(sql!(
        "insert into entries (org_id, id, case_id, kind, occurred_at, author_id, body, body_html, visibility, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'everyone', $5, 1)"
    ))
    .bind(id)
    .bind(case)
    .bind(kind)
    .bind(now)
    .bind(by)
    .bind(row.body)
    .bind(line_html(text))
    .execute()
    .await?;
    Ok(())
}

/// Such a text as it is shown.
pub(super) fn line_html(text: &str) -> String {
    format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>"))
}

/// Marks a case as changed without changing its facts: somebody wrote in its timeline.
pub(super) async fn touch(tx: &mut ScopedTx, case: CaseId) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    tx.query(sql!("update cases set updated_at = $3 where org_id = $1 and id = $2")).bind(case).bind(now).execute().await?;
    Ok(())
}

/// The row of a case, as the actions that change it need it. In a transaction of SQLite nobody else writes; on PostgreSQL
/// the row is locked.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Stored {
    pub id: CaseId,
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
    pub restricted: bool,
    pub external_id: Option<String>,
    pub fields: Json<serde_json::Map<String, serde_json::Value>>,
    pub version: i64,
}

/// The case of that number, unless it is hidden from the actor.
pub(super) async fn stored(tx: &mut ScopedTx, number: &str) -> Answer<Stored> {
    let me = tx.scope.actor.user;
    let stored: Stored = tx
        .query(sql!(
        sqlite: "select c.id, c.type_id, c.number, c.title, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel, c.priority,
                c.due_on, c.restricted, c.external_id, c.fields, c.version
         from cases c
         where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
           select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))",
        postgres: "select c.id, c.type_id, c.number, c.title, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel, c.priority,
                c.due_on, c.restricted, c.external_id, c.fields, c.version
         from cases c
         where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
           select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))
         for update of c",
    ))
    .bind(number.to_owned())
    .bind(me)
    .optional()
    .await?
    .ok_or(Fault::NotFound)?;
    // Whoever waited for the row knows the viewers as they were before that.
    if stored.restricted && !super::offer::sees(tx, stored.id, me).await? {
        return Err(Fault::NotFound);
    }
    Ok(stored)
}

/// The id of a case that somebody is about to point at, unless it is hidden from them.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn to_be_changed(tx: &mut ScopedTx, number: &str) -> Answer<CaseId> {
    Ok(stored(tx, number).await?.id)
}

/// The case of that number, for the operator's command line, which asks no permission.
///
/// # Errors
/// When the database is away.
pub async fn id_of_number(state: &crate::server::state::State, organisation: uuid::Uuid, number: &str) -> Answer<Option<uuid::Uuid>> {
    let mut tx = state.db.begin().await?;
    tx.confine(organisation).await?;
    Ok(tx.query(sql!("select id from cases where org_id = $1 and number = $2")).bind(number.to_owned()).optional_scalar().await?)
}

/// The tags of a case, sorted.
pub(super) async fn tags(tx: &mut ScopedTx, case: CaseId) -> Answer<Vec<String>> {
    Ok(tx.query(sql!("select tag from case_tags where org_id = $1 and case_id = $2 order by tag")).bind(case).scalars().await?)
}
