//! The list: a page of rows, and how many match.

use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{assignee_name, catalogue, gathered};
use crate::{
    accounts::{Permission, Scope},
    cases::{
        api::{CaseRow, ListView},
        chips,
        filter::ListQuery,
        model::{Catalogue, Due, FieldKind, Priority, StateKind},
        parse::{parse_day, words},
        store::fold,
    },
    clock::Instant,
    day::Day,
    fault::Answer,
    ids::{Id, kinds},
    locale::number,
    privacy::consent::{remember_columns, remembered_columns},
    server::db::{Bound, Sketch},
};

/// How many rows are read, and whether with their tags, which each row has to look for.
#[derive(Clone, Copy)]
pub(in crate::cases) struct Extent {
    pub rows: usize,
    pub tags: bool,
}

/// A page of the list. No column of it shows tags.
const PAGE: Extent = Extent { rows: 50, tags: false };

/// So few that match are found quicker by their words than by going through all cases in order until a page is full.
const FEW: i64 = 100;

/// Where the search for a page begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::cases) enum Way {
    /// With the order: an index gives it, and one stops when the page is full.
    Order,
    /// With the words: they are looked for in an index that holds little else, and what is found is sorted.
    Words,
}

/// A row as the database writes it: an array in one text. Taken column by column, its seventeen values cost as much as
/// finding them.
#[derive(Deserialize)]
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
    due_on: Option<Day>,
    opened_at: Instant,
    closed_on: Option<Day>,
    updated_at: Instant,
    restricted: i64,
    tags: Option<String>,
    sort_value: Option<String>,
}

/// The columns of a [`Row`] but the last two.
const COLUMNS: [&str; 2] = [
    "select json_array(hex(c.id), c.number, c.title, hex(c.type_id), c.state_key, c.state_kind,
        iif(c.assignee_id is null, null, hex(c.assignee_id)), c.assignee_label, c.channel,
        c.priority, c.due_on, c.opened_at, c.closed_on, c.updated_at, c.restricted, ",
    "select cast(json_build_array(c.id, c.number, c.title, c.type_id, c.state_key, c.state_kind,
        c.assignee_id, c.assignee_label, c.channel,
        c.priority, c.due_on, c.opened_at, c.closed_on, c.updated_at, cast(c.restricted as int), ",
];

/// The list with the columns that the address names, or else with those that this browser remembers.
///
/// # Errors
/// When the database is away.
pub(in crate::cases) async fn as_liked(scope: &Scope, query: ListQuery) -> Answer<ListView> {
    let named = query.columns.clone();
    let mut view = list(scope, query, PAGE).await?;
    if named.is_empty() {
        let remembered = remembered_columns().join(",");
        if !remembered.is_empty() {
            view.columns = ListQuery::parse(&format!("columns={remembered}")).columns();
        }
    } else {
        remember_columns(&named);
    }
    Ok(view)
}

/// One page of the list, with its counts.
///
/// # Errors
/// When the database is away.
pub(in crate::cases) async fn list(scope: &Scope, query: ListQuery, extent: Extent) -> Answer<ListView> {
    let catalogue = catalogue(scope).await?;
    let (total, by_kind) = counts(scope, &catalogue, &query).await?;
    // PostgreSQL sees for itself what is quicker.
    let way = if total <= FEW && !query.q.is_empty() && !scope.is_postgres() { Way::Words } else { Way::Order };
    let (rows, next) = if total == 0 { (Vec::new(), None) } else { rows(scope, &catalogue, &query, extent, way).await? };
    let chips = chips::of(&query, &catalogue, scope.actor.user);
    let columns = query.columns();
    let may_export = scope.may(Permission::CaseExport);
    Ok(ListView { rows: rows.into(), next, total, by_kind, chips, columns, catalogue, may_export })
}

/// One page of rows, and where the next begins.
///
/// # Errors
/// When the database is away.
pub(in crate::cases) async fn rows(
    scope: &Scope,
    catalogue: &Catalogue,
    query: &ListQuery,
    extent: Extent,
    way: Way,
) -> Answer<(Vec<CaseRow>, Option<String>)> {
    let (order, is_number) = order(query.sort_column());
    let tags = if !extent.tags {
        "cast(null as text)"
    } else if scope.is_postgres() {
        "(select string_agg(g.tag, ',' order by g.tag) from case_tags g where g.org_id = c.org_id and g.case_id = c.id)"
    } else {
        "(select group_concat(g.tag, ',') from case_tags g where g.org_id = c.org_id and g.case_id = c.id)"
    };
    let [sqlite, postgres] = COLUMNS;
    let (columns, end) =
        if scope.is_postgres() { (postgres, " as text)) as text) from cases c") } else { (sqlite, " as text)) from cases c") };
    let mut sketch = Sketch::new(columns);
    // SQLite has no statistics here, and would go through all that somebody ever had.
    let index = if !scope.is_postgres() && query.is_live() && query.is_mine() { " indexed by cases_live" } else { "" };
    sketch.push(tags).push(", cast(").push(order).push(end);
    sketch.push(index).push(" where c.org_id = $1");
    narrow(&mut sketch, scope, catalogue, query);
    if way == Way::Words {
        sketch.push(" and c.id in (select w.id from cases w where w.org_id = $1");
        with_words(&mut sketch, "w.search_text", query);
        sketch.push(")");
    }
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
    // A plus keeps SQLite from walking the index of the order all the same.
    sketch.push(if way == Way::Words { " order by +" } else { " order by " }).push(order).push(if query.ascending {
        " asc, c.id asc"
    } else {
        " desc, c.id desc"
    });
    sketch.bind(" limit ", i64::try_from(extent.rows + 1).unwrap_or(i64::MAX), "");
    let texts: Vec<String> = scope.sketch(sketch).scalars().await?;
    let mut found = texts.iter().map(|text| gathered(text)).collect::<Answer<Vec<Row>>>()?;
    let more = found.len() > extent.rows;
    found.truncate(extent.rows);
    let next = found.last().filter(|_| more).map(|row| format!("{}~{}", row.sort_value.clone().unwrap_or_default(), row.id));
    let today = scope.today();
    Ok((found.into_iter().map(|row| shown_row(scope, catalogue, row, today)).collect(), next))
}

fn shown_row(scope: &Scope, catalogue: &Catalogue, row: Row, today: Day) -> CaseRow {
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
        due: row.due_on.map(|on| Due { on, late: on < row.closed_on.unwrap_or(today) }),
        opened: zone.show(row.opened_at),
        updated: zone.show(row.updated_at),
        channel: row.channel.unwrap_or_default(),
        tags: row.tags.map(|tags| tags.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        restricted: row.restricted != 0,
    }
}

/// The expression to sort by, and whether it is a number. Nothing sorts last in ascending order.
fn order(column: &str) -> (&'static str, bool) {
    match column {
        "number" => ("c.number", false),
        "title" => ("c.title", false),
        "type" => ("(select t.name from case_types t where t.org_id = c.org_id and t.id = c.type_id)", false),
        "state" => {
            ("(select s.name from case_states s where s.org_id = c.org_id and s.type_id = c.type_id and s.key = c.state_key)", false)
        }
        "assignee" => ("coalesce((select u.name from users u where u.id = c.assignee_id), c.assignee_label, '')", false),
        "priority" => ("c.priority", true),
        "due" => ("coalesce(c.due_on, '9999-99-99')", false),
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

fn with_words(sketch: &mut Sketch, text: &'static str, query: &ListQuery) {
    for word in words(&query.q) {
        // The escape character keeps what people type from being a pattern. No text is as long as what is cut off.
        let word: String = fold(word).chars().take(1000).collect();
        let pattern = format!("%{}%", word.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
        sketch.push(" and ").push(text).bind(" like ", pattern, " escape '!'");
    }
}

fn narrow(sketch: &mut Sketch, scope: &Scope, catalogue: &Catalogue, query: &ListQuery) {
    visible(sketch, scope);
    with_words(sketch, "c.search_text", query);
    if query.is_live() {
        // Said like this, the indexes of what is not closed answer it.
        sketch.push(" and c.state_kind <> 'closed'");
    } else if !query.kind.is_empty() {
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
    // A field with several choices is an array: any of them counts.
    for (key, typed) in &query.fields {
        // A number and a day are looked for as they are stored, however they were typed.
        let kind = catalogue.types.iter().find_map(|t| t.field(key)).map(|def| def.kind);
        let stored = match kind {
            Some(FieldKind::Number) => number::parse(typed, scope.actor.locale).ok(),
            Some(FieldKind::Date) => parse_day(typed, scope.actor.locale).ok().flatten().map(|day| day.to_string()),
            _ => None,
        };
        let value = &stored.unwrap_or_else(|| typed.clone());
        sketch.bind(" and (c.fields ->> ", key.clone(), " = ").bind("", value.clone(), "");
        if scope.is_postgres() {
            sketch.bind(" or (c.fields -> ", key.clone(), ")").bind(" @> to_jsonb(cast(", value.clone(), " as text)))");
        } else {
            sketch.bind(" or exists (select 1 from json_each(c.fields -> ", key.clone(), ") one").bind(
                " where one.value = ",
                value.clone(),
                "))",
            );
        }
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
    if query.is_mine() {
        // Said plainly, an index answers it.
        sketch.bind(" and c.assignee_id = ", scope.actor.user.uuid(), "");
        return;
    }
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
    let mut bound = |before: &'static str, typed: &str, value: &dyn Fn(Day) -> Bound| match parse_day(typed, scope.actor.locale) {
        Ok(Some(day)) => {
            sketch.bind(before, value(day), "");
        }
        Ok(None) => {}
        // What is no day, no case has.
        Err(_) => {
            sketch.push(" and 1 = 0");
        }
    };
    bound(" and c.opened_at >= ", &query.opened_from, &|day| zone.start_of(day).0.into());
    bound(" and c.opened_at <= ", &query.opened_to, &|day| zone.end_of(day).0.into());
    bound(" and c.due_on >= ", &query.due_from, &|day| day.to_string().into());
    bound(" and c.due_on <= ", &query.due_to, &|day| day.to_string().into());
    if query.overdue {
        sketch.bind(" and c.due_on < coalesce(c.closed_on, ", scope.today().to_string(), ")");
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
