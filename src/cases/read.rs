//! What is read of cases: the catalogue, the list with its counts, one case with its timeline. Each is one statement, or two.

use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    api::{CaseRow, CaseView, ClosureView, EntryView, FieldView, LinkView, ListView},
    chips,
    filter::ListQuery,
    model::{
        CaseType, Catalogue, Colleague, Due, EntryKind, FieldDef, LinkKind, Priority, State, StateKind, Transition, Visibility, show_field, words,
    },
    store::fold,
};
use crate::{
    accounts::{Permission, Scope},
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::{Sketch, sql},
};

/// Rows of a page of the list.
const PAGE: usize = 50;
/// Entries of a case that are shown at once.
const ENTRIES: i64 = 100;

/// Everything that forms and filters choose from.
///
/// # Errors
/// When the database is away.
pub async fn catalogue(scope: &Scope) -> Answer<Catalogue> {
    #[derive(Deserialize)]
    struct Raw {
        types: Vec<RawType>,
        states: Vec<RawState>,
        transitions: Vec<RawTransition>,
        fields: Vec<RawField>,
        members: Vec<Colleague>,
        terms: Vec<(String, String)>,
    }
    #[derive(Deserialize)]
    struct RawType {
        id: Id<kinds::CaseType>,
        key: String,
        name: String,
        format: String,
        due: Option<i64>,
    }
    #[derive(Deserialize)]
    struct RawState {
        t: Id<kinds::CaseType>,
        #[serde(flatten)]
        state: State,
    }
    #[derive(Deserialize)]
    struct RawTransition {
        t: Id<kinds::CaseType>,
        #[serde(flatten)]
        transition: Transition,
    }
    #[derive(Deserialize)]
    struct RawField {
        t: Id<kinds::CaseType>,
        key: String,
        label: String,
        kind: super::model::FieldKind,
        options: Vec<String>,
        required: i64,
    }
    let text: String = scope
        .query(sql!(
            sqlite: "select json_object(
               'types', (select json_group_array(json_object('id', hex(id), 'key', key, 'name', name, 'format', number_format, 'due', default_due_days))
                         from (select * from case_types where org_id = $1 and archived_at is null order by position, key)),
               'states', (select json_group_array(json_object('t', hex(type_id), 'key', key, 'name', name, 'kind', kind))
                          from (select * from case_states where org_id = $1 order by type_id, position)),
               'transitions', (select json_group_array(json_object('t', hex(type_id), 'from', from_key, 'to', to_key, 'name', name, 'required', json(required)))
                               from (select * from case_transitions where org_id = $1 order by type_id, position)),
               'fields', (select json_group_array(json_object('t', hex(type_id), 'key', key, 'label', label, 'kind', kind, 'options', json(options), 'required', required))
                          from (select * from case_fields where org_id = $1 and archived_at is null order by type_id, position)),
               'members', (select json_group_array(json_object('id', hex(id), 'name', name))
                           from (select u.id, u.name from memberships m join users u on u.id = m.user_id
                                 where m.org_id = $1 and m.left_at is null order by u.name, u.id)),
               'terms', (select json_group_array(json_array(kind, term))
                         from (select kind, term from case_terms where org_id = $1 order by kind, term limit 2000)))",
            postgres: "select cast(json_build_object(
               'types', (select coalesce(json_agg(json_build_object('id', id, 'key', key, 'name', name, 'format', number_format, 'due', default_due_days) order by position, key), '[]')
                         from case_types where org_id = $1 and archived_at is null),
               'states', (select coalesce(json_agg(json_build_object('t', type_id, 'key', key, 'name', name, 'kind', kind) order by type_id, position), '[]')
                          from case_states where org_id = $1),
               'transitions', (select coalesce(json_agg(json_build_object('t', type_id, 'from', from_key, 'to', to_key, 'name', name, 'required', required) order by type_id, position), '[]')
                               from case_transitions where org_id = $1),
               'fields', (select coalesce(json_agg(json_build_object('t', type_id, 'key', key, 'label', label, 'kind', kind, 'options', options, 'required', cast(required as int)) order by type_id, position), '[]')
                          from case_fields where org_id = $1 and archived_at is null),
               'members', (select coalesce(json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name, u.id), '[]')
                           from memberships m join users u on u.id = m.user_id where m.org_id = $1 and m.left_at is null),
               'terms', (select coalesce(json_agg(json_build_array(kind, term) order by kind, term), '[]')
                         from (select kind, term from case_terms where org_id = $1 order by kind, term limit 2000) t)) as text)",
        ))
        .scalar()
        .await?;
    let raw: Raw = serde_json::from_str(&text).map_err(|_| Fault::Internal { reference: String::new() })?;
    let types = raw
        .types
        .into_iter()
        .map(|t| CaseType {
            states: raw.states.iter().filter(|s| s.t == t.id).map(|s| s.state.clone()).collect(),
            transitions: raw.transitions.iter().filter(|s| s.t == t.id).map(|s| s.transition.clone()).collect(),
            fields: raw
                .fields
                .iter()
                .filter(|f| f.t == t.id)
                .map(|f| FieldDef { key: f.key.clone(), label: f.label.clone(), kind: f.kind, options: f.options.clone(), required: f.required != 0 })
                .collect(),
            id: t.id,
            key: t.key,
            name: t.name,
            number_format: t.format,
            default_due_days: t.due,
        })
        .collect();
    let terms = |kind: &str| raw.terms.iter().filter(|(k, _)| k == kind).map(|(_, term)| term.clone()).collect();
    Ok(Catalogue { types, members: raw.members, channels: terms("channel"), tags: terms("tag"), assignee_labels: terms("assignee") })
}

#[derive(FromRow)]
struct Row {
    id: Id<kinds::Case>,
    number: String,
    title: String,
    type_id: Id<kinds::CaseType>,
    state_key: String,
    state_kind: StateKind,
    assignee_id: Option<Id<kinds::User>>,
    assignee_label: Option<String>,
    channel: Option<String>,
    priority: i64,
    due_at: Option<Instant>,
    opened_at: Instant,
    closed_at: Option<Instant>,
    updated_at: Instant,
    restricted: bool,
    tags: Option<String>,
    sort_value: Option<String>,
}

/// One page of the list, with its counts.
///
/// # Errors
/// When the database is away.
pub(super) async fn list(scope: &Scope, query: ListQuery, size: usize) -> Answer<ListView> {
    let catalogue = catalogue(scope).await?;
    let (rows, next) = rows(scope, &catalogue, &query, size).await?;
    let (total, by_kind) = counts(scope, &catalogue, &query).await?;
    let chips = chips::of(&query, &catalogue, scope.actor.user);
    let columns = query.columns();
    let may_export = scope.may(Permission::CaseExport);
    Ok(ListView { rows, next, total, by_kind, chips, columns, catalogue, may_export })
}

/// One page of rows, and where the next begins.
///
/// # Errors
/// When the database is away.
pub(super) async fn rows(scope: &Scope, catalogue: &Catalogue, query: &ListQuery, size: usize) -> Answer<(Vec<CaseRow>, Option<String>)> {
    let size = if size == 0 { PAGE } else { size };
    let (order, is_number) = order(query.sort_column());
    let tags = if scope.is_postgres() {
        "(select string_agg(g.tag, ',' order by g.tag) from case_tags g where g.org_id = c.org_id and g.case_id = c.id)"
    } else {
        "(select group_concat(g.tag, ',') from case_tags g where g.org_id = c.org_id and g.case_id = c.id)"
    };
    let mut sketch = Sketch::new(
        "select c.id, c.number, c.title, c.type_id, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel,
                c.priority, c.due_at, c.opened_at, c.closed_at, c.updated_at, c.restricted, ",
    );
    sketch.push(tags).push(" as tags, cast(").push(order).push(" as text) as sort_value from cases c where c.org_id = $1");
    narrow(&mut sketch, scope, catalogue, query);
    if let Some((value, id)) = query.after.rsplit_once('~').and_then(|(v, id)| Some((v, id.parse::<Uuid>().ok()?))) {
        let sign = if query.ascending { ", c.id) > (" } else { ", c.id) < (" };
        sketch.push(" and (").push(order).push(sign);
        if is_number {
            sketch.bind("", value.parse::<i64>().unwrap_or_default(), "");
        } else {
            sketch.bind("", value.to_owned(), "");
        }
        sketch.bind(", ", id, ")");
    }
    sketch.push(" order by ").push(order).push(if query.ascending { " asc, c.id asc" } else { " desc, c.id desc" });
    sketch.bind(" limit ", i64::try_from(size + 1).unwrap_or(i64::MAX), "");
    let mut found: Vec<Row> = scope.sketch(sketch).all().await?;
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|row| format!("{}~{}", row.sort_value.clone().unwrap_or_default(), row.id));
    let now = scope.state.clock.now();
    Ok((found.into_iter().map(|row| shown_row(scope, catalogue, row, now)).collect(), next))
}

fn shown_row(scope: &Scope, catalogue: &Catalogue, row: Row, now: Instant) -> CaseRow {
    let zone = &scope.actor.zone;
    let case_type = catalogue.case_type(row.type_id);
    let state = case_type.and_then(|t| t.state(&row.state_key)).map_or_else(|| row.state_key.clone(), |s| s.name.clone());
    CaseRow {
        number: row.number,
        title: row.title,
        case_type: case_type.map(|t| t.name.clone()).unwrap_or_default(),
        state,
        kind: row.state_kind,
        assignee: assignee_name(catalogue, row.assignee_id, row.assignee_label.as_deref()),
        priority: Priority::of_number(row.priority),
        due: row.due_at.map(|at| Due { at: zone.show(at), late: at < row.closed_at.unwrap_or(now) }),
        opened: zone.show(row.opened_at),
        updated: zone.show(row.updated_at),
        channel: row.channel.unwrap_or_default(),
        tags: row.tags.map(|tags| tags.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        restricted: row.restricted,
    }
}

fn assignee_name(catalogue: &Catalogue, id: Option<Id<kinds::User>>, label: Option<&str>) -> String {
    match (id, label) {
        (Some(id), _) => catalogue.members.iter().find(|m| m.id == id).map_or_else(|| "A former member".into(), |m| m.name.clone()),
        (None, Some(label)) => label.to_owned(),
        (None, None) => String::new(),
    }
}

/// The expression to sort by, and whether it is a number. Nothing sorts last in ascending order.
fn order(column: &str) -> (&'static str, bool) {
    match column {
        "number" => ("c.number", false),
        "title" => ("c.title", false),
        "type" => ("(select t.name from case_types t where t.org_id = c.org_id and t.id = c.type_id)", false),
        "state" => ("(select s.name from case_states s where s.org_id = c.org_id and s.type_id = c.type_id and s.key = c.state_key)", false),
        "assignee" => ("coalesce((select u.name from users u where u.id = c.assignee_id), c.assignee_label, '')", false),
        "priority" => ("c.priority", true),
        "due" => ("coalesce(c.due_at, 9223372036854775807)", true),
        "updated" => ("c.updated_at", true),
        "channel" => ("coalesce(c.channel, '')", false),
        _ => ("c.opened_at", true),
    }
}

/// Who may see a case: everybody, unless it is restricted; then those named on it.
fn visible(sketch: &mut Sketch, scope: &Scope) {
    sketch.bind(
        " and (not c.restricted or exists (
            select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = ",
        scope.actor.user.uuid(),
        "))",
    );
}

fn narrow(sketch: &mut Sketch, scope: &Scope, catalogue: &Catalogue, query: &ListQuery) {
    visible(sketch, scope);
    for word in words(&query.q) {
        // The escape character keeps what people type from being a pattern.
        let pattern = format!("%{}%", fold(word).replace('!', "!!").replace('%', "!%").replace('_', "!_"));
        sketch.bind(" and c.search_text like ", pattern, " escape '!'");
    }
    if !query.kind.is_empty() {
        sketch.any_text(" and c.state_kind", query.kind.iter().cloned());
    }
    if !query.state.is_empty() {
        sketch.push(" and (c.type_id, c.state_key) in (");
        let mut first = true;
        for t in &catalogue.types {
            for state in t.states.iter().filter(|s| query.state.contains(&s.name)) {
                sketch.bind(if first { "values (" } else { ", (" }, t.id.uuid(), ", ").bind("", state.key.clone(), ")");
                first = false;
            }
        }
        sketch.push(if first { "select c.type_id, c.state_key where 1 = 0)" } else { ")" });
    }
    if !query.case_type.is_empty() {
        any_id(sketch, " and c.type_id", query.case_type.iter().filter_map(|id| id.parse().ok()));
    }
    assignees(sketch, scope, query);
    if !query.channel.is_empty() {
        sketch.any_text(" and c.channel", query.channel.iter().cloned());
    }
    let priorities: Vec<i64> = query.priority.iter().filter_map(|p| Priority::parse(p)).map(Priority::number).collect();
    if !query.priority.is_empty() {
        sketch.push(" and c.priority in (0");
        priorities.into_iter().for_each(|p| {
            sketch.bind(", ", p, "");
        });
        sketch.push(")");
    }
    for tag in &query.tag {
        sketch.bind(" and exists (select 1 from case_tags g where g.org_id = c.org_id and g.case_id = c.id and g.tag = ", tag.clone(), ")");
    }
    dates(sketch, scope, query);
    for (key, value) in &query.fields {
        sketch.bind(" and c.fields ->> ", key.clone(), " = ").bind("", value.clone(), "");
    }
}

fn any_id(sketch: &mut Sketch, before: &'static str, ids: impl Iterator<Item = Uuid>) {
    sketch.push(before).push(" in (");
    let mut first = true;
    for id in ids {
        sketch.bind(if first { "" } else { ", " }, id, "");
        first = false;
    }
    sketch.push(if first { "null)" } else { ")" });
}

fn assignees(sketch: &mut Sketch, scope: &Scope, query: &ListQuery) {
    if query.assignee.is_empty() {
        return;
    }
    sketch.push(" and (1 = 0");
    for wanted in &query.assignee {
        if wanted == "none" {
            sketch.push(" or (c.assignee_id is null and c.assignee_label is null)");
        } else if wanted == "me" {
            sketch.bind(" or c.assignee_id = ", scope.actor.user.uuid(), "");
        } else if let Some(label) = wanted.strip_prefix("label:") {
            sketch.bind(" or c.assignee_label = ", label.to_owned(), "");
        } else if let Ok(id) = wanted.parse::<Uuid>() {
            sketch.bind(" or c.assignee_id = ", id, "");
        }
    }
    sketch.push(")");
}

fn dates(sketch: &mut Sketch, scope: &Scope, query: &ListQuery) {
    let zone = &scope.actor.zone;
    let mut bound = |before: &'static str, at: Option<Instant>| {
        if let Some(at) = at {
            sketch.bind(before, at.0, "");
        }
    };
    bound(" and c.opened_at >= ", zone.start_of(&query.opened_from));
    bound(" and c.opened_at <= ", zone.end_of(&query.opened_to));
    bound(" and c.due_at >= ", zone.start_of(&query.due_from));
    bound(" and c.due_at <= ", zone.end_of(&query.due_to));
    if query.overdue {
        sketch.bind(" and c.due_at < coalesce(c.closed_at, ", scope.state.clock.now().0, ")");
    }
}

/// How many cases match, and by kind where the kept counts can say.
async fn counts(scope: &Scope, catalogue: &Catalogue, query: &ListQuery) -> Answer<(i64, Vec<(StateKind, i64)>)> {
    if !query.counts_are_kept() {
        let mut sketch = Sketch::new("select count(*) from cases c where c.org_id = $1");
        narrow(&mut sketch, scope, catalogue, query);
        return Ok((scope.sketch(sketch).scalar().await?, Vec::new()));
    }
    #[derive(FromRow)]
    struct Count {
        kind: StateKind,
        cases: i64,
    }
    let mut sketch = Sketch::new(
        "select k.kind, cast(sum(k.cases) as bigint) as cases from (
           select s.kind as kind, t.cases as cases, t.type_id as type_id
           from case_tallies t
           join case_states s on s.org_id = t.org_id and s.type_id = t.type_id and s.key = t.state_key
           where t.org_id = $1
           union all
           select c.state_kind, 1, c.type_id
           from cases c join case_viewers v on v.org_id = c.org_id and v.case_id = c.id
           where c.org_id = $1 and c.restricted and v.user_id = ",
    );
    sketch.bind("", scope.actor.user.uuid(), ") k where 1 = 1");
    if !query.case_type.is_empty() {
        any_id(&mut sketch, " and k.type_id", query.case_type.iter().filter_map(|id| id.parse().ok()));
    }
    sketch.push(" group by k.kind");
    let counts: Vec<Count> = scope.sketch(sketch).all().await?;
    let wanted = |kind: StateKind| query.kind.is_empty() || query.kind.iter().any(|k| k == kind.key());
    let total = counts.iter().filter(|c| wanted(c.kind)).map(|c| c.cases).sum();
    let by_kind = StateKind::ALL.into_iter().map(|kind| (kind, counts.iter().filter(|c| c.kind == kind).map(|c| c.cases).sum())).collect();
    Ok((total, by_kind))
}

/// What every action on a case begins with: the case, if it exists and the actor may see it.
#[derive(Clone, Debug, FromRow)]
pub struct Seen {
    /// Its id.
    pub id: Id<kinds::Case>,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: i64,
    /// Whether it is restricted.
    pub restricted: bool,
}

/// The case of that number, unless it is hidden from the actor: then it does not exist.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn visible_case(scope: &Scope, number: &str) -> Answer<Seen> {
    scope
        .query(sql!(
            "select c.id, c.number, c.version, c.restricted from cases c
             where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
               select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))"
        ))
        .bind(number.to_owned())
        .bind(scope.actor.user)
        .optional()
        .await?
        .ok_or(Fault::NotFound)
}

#[derive(FromRow)]
struct Whole {
    id: Id<kinds::Case>,
    type_id: Id<kinds::CaseType>,
    number: String,
    title: String,
    state_key: String,
    state_kind: StateKind,
    assignee_id: Option<Id<kinds::User>>,
    assignee_label: Option<String>,
    channel: Option<String>,
    priority: i64,
    due_at: Option<Instant>,
    opened_at: Instant,
    closed_at: Option<Instant>,
    updated_at: Instant,
    restricted: bool,
    external_id: Option<String>,
    fields: sqlx::types::Json<serde_json::Map<String, Value>>,
    version: i64,
    around: String,
    draft: Option<String>,
}

/// What lies around a case, gathered by the database as one JSON text.
#[derive(Deserialize)]
struct Around {
    tags: Vec<String>,
    viewers: Vec<Colleague>,
    links: Vec<RawLink>,
    closure: Option<RawClosure>,
}

#[derive(Deserialize)]
struct RawLink {
    number: String,
    title: String,
    kind: LinkKind,
    state: StateKind,
    from_here: i64,
}

#[derive(Deserialize)]
struct RawClosure {
    outcome: String,
    reason: String,
    by: Option<String>,
    at: i64,
}

/// One case as its page shows it.
///
/// # Errors
/// [`Fault::NotFound`] when it does not exist or is hidden from the actor.
pub(super) async fn case(scope: &Scope, number: &str, kind: &str, before: i64) -> Answer<CaseView> {
    let whole = whole(scope, number).await?;
    let catalogue = catalogue(scope).await?;
    let (entries, earlier) = entries(scope, whole.id, kind, before).await?;
    let case_type = catalogue.case_type(whole.type_id).cloned().ok_or(Fault::NotFound)?;
    let around: Around = serde_json::from_str(&whole.around).map_err(|_| Fault::Internal { reference: String::new() })?;
    let zone = &scope.actor.zone;
    let now = scope.state.clock.now();
    let fields = case_type
        .fields
        .iter()
        .map(|def| {
            let value = whole.fields.0.get(&def.key).cloned().unwrap_or(Value::Null);
            FieldView { shown: show_field(&value, &catalogue, def.kind), value, def: def.clone() }
        })
        .collect();
    Ok(CaseView {
        id: whole.id,
        number: whole.number,
        title: whole.title,
        state: case_type.state(&whole.state_key).cloned().unwrap_or(State { key: whole.state_key.clone(), name: whole.state_key, kind: whole.state_kind }),
        assignee: assignee_name(&catalogue, whole.assignee_id, whole.assignee_label.as_deref()),
        assignee_id: whole.assignee_id,
        has_account: whole.assignee_id.is_some() || whole.assignee_label.is_none(),
        channel: whole.channel.unwrap_or_default(),
        priority: Priority::of_number(whole.priority),
        due: whole.due_at.map(|at| Due { at: zone.show(at), late: at < whole.closed_at.unwrap_or(now) }),
        opened: zone.show(whole.opened_at),
        closed: whole.closed_at.map(|at| zone.show(at)),
        updated: zone.show(whole.updated_at),
        restricted: whole.restricted,
        viewers: around.viewers,
        tags: around.tags,
        links: around
            .links
            .into_iter()
            .map(|l| LinkView { number: l.number, title: l.title, state: l.state, words: l.kind.label(l.from_here != 0).to_owned() })
            .collect(),
        closure: around
            .closure
            .filter(|_| whole.state_kind == StateKind::Closed)
            .map(|c| ClosureView { outcome: c.outcome, reason: c.reason, by: c.by.unwrap_or_default(), at: zone.show(Instant(c.at)) }),
        external_id: whole.external_id.unwrap_or_default(),
        fields,
        version: whole.version,
        entry_key: Id::from_uuid(Uuid::now_v7()),
        draft: whole.draft.unwrap_or_default(),
        case_type,
        members: catalogue.members,
        channels: catalogue.channels,
        entries,
        earlier,
        shown_kind: kind.to_owned(),
        may_write: scope.may(Permission::CaseWrite),
        may_restrict: scope.may(Permission::CaseRestrict),
    })
}

async fn whole(scope: &Scope, number: &str) -> Answer<Whole> {
    scope
        .query(sql!(
            sqlite: "select c.id, c.type_id, c.number, c.title, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel,
                c.priority, c.due_at, c.opened_at, c.closed_at, c.updated_at, c.restricted, c.external_id, c.fields, c.version,
                (select d.body from drafts d where d.org_id = $1 and d.user_id = $3 and d.place = 'case/' || c.number) as draft,
                json_object(
                  'tags', (select json_group_array(tag) from (select tag from case_tags g where g.org_id = c.org_id and g.case_id = c.id order by tag)),
                  'viewers', (select json_group_array(json_object('id', hex(id), 'name', name)) from (
                     select u.id, u.name from case_viewers v join users u on u.id = v.user_id
                     where v.org_id = c.org_id and v.case_id = c.id order by u.name)),
                  'links', (select json_group_array(json_object('number', number, 'title', title, 'kind', kind, 'state', state_kind, 'from_here', from_here)) from (
                     select o.number, o.title, l.kind, o.state_kind, l.case_id = c.id as from_here
                     from case_links l
                     join cases o on o.org_id = l.org_id and o.id = case when l.case_id = c.id then l.other_id else l.case_id end
                     where l.org_id = c.org_id and (l.case_id = c.id or l.other_id = c.id)
                       and (not o.restricted or exists (select 1 from case_viewers w where w.org_id = o.org_id and w.case_id = o.id and w.user_id = $3))
                     order by o.number)),
                  'closure', (select json_object('outcome', outcome, 'reason', reason, 'by', name, 'at', closed_at) from (
                     select x.outcome, x.reason, u.name, x.closed_at from case_closures x left join users u on u.id = x.closed_by
                     where x.org_id = c.org_id and x.case_id = c.id and x.reopened_at is null order by x.closed_at desc limit 1))
                ) as around
              from cases c
              where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
                select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))",
            postgres: "select c.id, c.type_id, c.number, c.title, c.state_key, c.state_kind, c.assignee_id, c.assignee_label, c.channel,
                c.priority, c.due_at, c.opened_at, c.closed_at, c.updated_at, c.restricted, c.external_id, c.fields, c.version,
                (select d.body from drafts d where d.org_id = $1 and d.user_id = $3 and d.place = 'case/' || c.number) as draft,
                cast(json_build_object(
                  'tags', (select coalesce(json_agg(g.tag order by g.tag), '[]') from case_tags g where g.org_id = c.org_id and g.case_id = c.id),
                  'viewers', (select coalesce(json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name), '[]')
                     from case_viewers v join users u on u.id = v.user_id where v.org_id = c.org_id and v.case_id = c.id),
                  'links', (select coalesce(json_agg(json_build_object('number', o.number, 'title', o.title, 'kind', l.kind,
                        'state', o.state_kind, 'from_here', cast(l.case_id = c.id as int)) order by o.number), '[]')
                     from case_links l
                     join cases o on o.org_id = l.org_id and o.id = case when l.case_id = c.id then l.other_id else l.case_id end
                     where l.org_id = c.org_id and (l.case_id = c.id or l.other_id = c.id)
                       and (not o.restricted or exists (select 1 from case_viewers w where w.org_id = o.org_id and w.case_id = o.id and w.user_id = $3))),
                  'closure', (select json_build_object('outcome', x.outcome, 'reason', x.reason, 'by', u.name, 'at', x.closed_at)
                     from case_closures x left join users u on u.id = x.closed_by
                     where x.org_id = c.org_id and x.case_id = c.id and x.reopened_at is null order by x.closed_at desc limit 1)
                ) as text) as around
              from cases c
              where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
                select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))",
        ))
        .bind(number.to_owned())
        .bind(scope.actor.user)
        .optional()
        .await?
        .ok_or(Fault::NotFound)
}

#[derive(FromRow)]
struct EntryRow {
    id: Id<kinds::Entry>,
    kind: EntryKind,
    occurred_at: Instant,
    author_id: Option<Id<kinds::User>>,
    author: Option<String>,
    author_label: Option<String>,
    body: String,
    body_html: String,
    visibility: Visibility,
    pinned_at: Option<Instant>,
    edited_at: Option<Instant>,
    version: i64,
}

/// The entries that the actor may see: pinned first, then the newest.
async fn entries(scope: &Scope, case: Id<kinds::Case>, kind: &str, before: i64) -> Answer<(Vec<EntryView>, Option<i64>)> {
    let mut rows: Vec<EntryRow> = scope
        .query(sql!(
            "select e.id, e.kind, e.occurred_at, e.author_id, u.name as author, e.author_label, e.body, e.body_html, e.visibility,
                    e.pinned_at, e.edited_at, e.version
             from entries e left join users u on u.id = e.author_id
             where e.org_id = $1 and e.case_id = $2
               and (e.visibility = 'everyone' or e.author_id = $3 or (e.visibility = 'supervisors' and $4))
               and ($5 = '' or e.kind = $5 or ($5 = 'written' and e.kind in ('note', 'call', 'meeting', 'email')))
               and e.occurred_at < $6
             order by case when e.pinned_at is null then 1 else 0 end, e.occurred_at desc, e.id desc
             limit $7"
        ))
        .bind(case)
        .bind(scope.actor.user)
        .bind(scope.may(Permission::EntrySupervise))
        .bind(kind.to_owned())
        .bind(if before == 0 { i64::MAX } else { before })
        .bind(ENTRIES + 1)
        .all()
        .await?;
    let more = rows.len() > usize::try_from(ENTRIES).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(ENTRIES).unwrap_or(usize::MAX));
    let earlier = rows.last().filter(|_| more).map(|row| row.occurred_at.0);
    let writes = scope.may(Permission::CaseWrite);
    let zone = &scope.actor.zone;
    let views = rows
        .into_iter()
        .map(|row| EntryView {
            id: row.id,
            kind: row.kind,
            at: zone.show(row.occurred_at),
            author: row.author.or(row.author_label).unwrap_or_else(|| "CaseTrakr".into()),
            may_edit: writes && row.kind.is_written() && row.author_id == Some(scope.actor.user),
            may_pin: writes,
            body: if row.kind.is_written() { row.body } else { String::new() },
            html: row.body_html,
            visibility: row.visibility,
            pinned: row.pinned_at.is_some(),
            edited: row.edited_at.map(|at| zone.show(at)),
            version: row.version,
        })
        .collect();
    Ok((views, earlier))
}

/// Somebody's start of the day.
///
/// # Errors
/// When the database is away.
pub(super) async fn home(scope: &Scope) -> Answer<super::api::HomeView> {
    #[derive(FromRow)]
    struct Counts {
        mine: i64,
        late: i64,
        unassigned: i64,
    }
    #[derive(FromRow)]
    struct DraftRow {
        number: String,
        title: String,
        body: String,
    }
    let catalogue = catalogue(scope).await?;
    let query = ListQuery::parse("assignee=me&kind=open&kind=waiting&sort=due&dir=asc");
    let (mine, _) = rows(scope, &catalogue, &query, 10).await?;
    let counts: Counts = scope
        .query(sql!(
            "select count(*) filter (where c.assignee_id = $2) as mine,
                    count(*) filter (where c.due_at < $3) as late,
                    count(*) filter (where c.assignee_id is null and c.assignee_label is null) as unassigned
             from cases c
             where c.org_id = $1 and c.state_kind in ('open', 'waiting') and (not c.restricted or exists (
               select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))"
        ))
        .bind(scope.actor.user)
        .bind(scope.state.clock.now())
        .one()
        .await?;
    let drafts: Vec<DraftRow> = scope
        .query(sql!(
            "select c.number, c.title, d.body
             from drafts d join cases c on c.org_id = d.org_id and d.place = 'case/' || c.number
             where d.org_id = $1 and d.user_id = $2 and (not c.restricted or exists (
               select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))
             order by d.updated_at desc
             limit 10"
        ))
        .bind(scope.actor.user)
        .all()
        .await?;
    let start = |body: String| body.lines().next().unwrap_or_default().chars().take(120).collect();
    Ok(super::api::HomeView {
        mine,
        mine_total: counts.mine,
        late: counts.late,
        unassigned: counts.unassigned,
        drafts: drafts.into_iter().map(|d| (d.number, d.title, start(d.body))).collect(),
        has_types: !catalogue.types.is_empty(),
    })
}
