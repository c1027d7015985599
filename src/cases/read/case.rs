//! One case with everything around it, and its timeline.

use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::{assignee_name, catalogue, gathered, names};
use crate::{
    accounts::{Names, Permission, Scope},
    cases::{
        api::{CaseView, ClosureView, DraftView, EntryView, FieldView, LinkView},
        keeping::Becomes,
        markdown,
        model::{CaseType, Due, EntryKind, LinkKind, Priority, State, StateKind, Visibility},
        parse::show_field,
    },
    clock::Instant,
    count::fitting,
    day::Day,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

/// Entries of a case that are shown at once, and bytes of them: long ones are fewer.
const ENTRIES: i64 = 100;
const BYTES: usize = 500_000;

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
    due_on: Option<Day>,
    opened_at: Instant,
    closed_at: Option<Instant>,
    closed_on: Option<Day>,
    updated_at: Instant,
    restricted: bool,
    external_id: Option<String>,
    fields: sqlx::types::Json<serde_json::Map<String, Value>>,
    version: i64,
    around: String,
}

/// What lies around a case, gathered by the database as one JSON text.
#[derive(Deserialize)]
struct Around {
    drafts: Vec<RawDraft>,
    tags: Vec<String>,
    viewers: Vec<Id<kinds::User>>,
    links: Vec<RawLink>,
    closure: Option<RawClosure>,
}

#[derive(Deserialize)]
struct RawDraft {
    place: String,
    #[serde(flatten)]
    draft: DraftView,
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
pub(in crate::cases) async fn case(scope: &Scope, number: &str, kind: &str, before: &str) -> Answer<CaseView> {
    let whole = whole(scope, number).await?;
    let catalogue = catalogue(scope).await?;
    let (mut entries, earlier) = entries(scope, whole.id, names(&catalogue), kind, &Place::parse(before)).await?;
    let case_type = catalogue.case_type(whole.type_id).cloned().ok_or(Fault::NotFound)?;
    let around: Around = gathered(&whole.around)?;
    let (mut draft, mut closing) = (DraftView::default(), String::new());
    for raw in around.drafts {
        match Becomes::of(&raw.place) {
            Some(Becomes::Change(id)) => {
                entries.iter_mut().filter(|entry| entry.id == id).for_each(|entry| entry.draft = Some(raw.draft.clone()))
            }
            Some(Becomes::Closing) => closing = raw.draft.body,
            Some(Becomes::Entry) => draft = raw.draft,
            None => {}
        }
    }
    let zone = &scope.actor.zone;
    let today = scope.today();
    // Whoever is named on the case already can stay so.
    let members = catalogue.offered(|id| {
        let named = |value: &Value| value.as_str().is_some_and(|text| text == id.to_string());
        id == scope.actor.user || whole.assignee_id == Some(id) || around.viewers.contains(&id) || whole.fields.0.values().any(named)
    });
    let fields = case_type
        .fields
        .iter()
        .map(|def| {
            let value = whole.fields.0.get(&def.key).cloned().unwrap_or(Value::Null);
            let shown = show_field(&value, &catalogue, def.kind, scope.actor.locale);
            FieldView { shown, value, def: def.clone() }
        })
        .collect();
    Ok(CaseView {
        id: whole.id,
        number: whole.number,
        title: whole.title,
        state: case_type.state(&whole.state_key).cloned().unwrap_or(State {
            key: whole.state_key.clone(),
            name: whole.state_key,
            kind: whole.state_kind,
        }),
        assignee: assignee_name(&catalogue, whole.assignee_id, whole.assignee_label.as_deref()),
        assignee_id: whole.assignee_id,
        has_account: whole.assignee_id.is_some() || whole.assignee_label.is_none(),
        channel: whole.channel.unwrap_or_default(),
        priority: Priority::of_number(whole.priority),
        due: whole.due_on.map(|on| Due { on, late: on < whole.closed_on.unwrap_or(today) }),
        opened: zone.show(whole.opened_at),
        closed: whole.closed_at.map(|at| zone.show(at)),
        updated: zone.show(whole.updated_at),
        restricted: whole.restricted,
        viewers: catalogue.members.iter().filter(|member| around.viewers.contains(&member.id)).cloned().collect(),
        tags: around.tags,
        links: around
            .links
            .into_iter()
            .map(|l| LinkView { number: l.number, title: l.title, state: l.state, words: l.kind.label(l.from_here != 0).to_owned() })
            .collect(),
        closure: around.closure.filter(|_| whole.state_kind == StateKind::Closed).map(|c| ClosureView {
            outcome: c.outcome,
            reason: c.reason,
            by: c.by.unwrap_or_default(),
            at: zone.show(Instant(c.at)),
        }),
        external_id: whole.external_id.unwrap_or_default(),
        fields,
        version: whole.version,
        entry_key: Id::fresh(),
        draft,
        closing,
        case_type: CaseType { fields: Vec::new(), ..case_type },
        members,
        channels: catalogue.channels.clone(),
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
                c.priority, c.due_on, c.opened_at, c.closed_at, c.closed_on, c.updated_at, c.restricted, c.external_id, c.fields, c.version,
                json_object(
                  'drafts', (select json_group_array(
                     json_object('place', d.place, 'body', d.body, 'kind', d.kind, 'visibility', d.visibility, 'occurred', d.occurred)) from drafts d
                     where d.org_id = $1 and d.user_id = $3
                       and (d.place = 'case/' || c.number or substr(d.place, 1, length(c.number) + 6) = 'case/' || c.number || '/')),
                  'tags', (select json_group_array(tag) from (select tag from case_tags g where g.org_id = c.org_id and g.case_id = c.id order by tag)),
                  'viewers', (select json_group_array(hex(v.user_id)) from case_viewers v where v.org_id = c.org_id and v.case_id = c.id),
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
                c.priority, c.due_on, c.opened_at, c.closed_at, c.closed_on, c.updated_at, c.restricted, c.external_id, c.fields, c.version,
                cast(json_build_object(
                  'drafts', (select coalesce(json_agg(json_build_object(
                     'place', d.place, 'body', d.body, 'kind', d.kind, 'visibility', d.visibility, 'occurred', d.occurred)), '[]') from drafts d
                     where d.org_id = $1 and d.user_id = $3
                       and (d.place = 'case/' || c.number or substr(d.place, 1, length(c.number) + 6) = 'case/' || c.number || '/')),
                  'tags', (select coalesce(json_agg(g.tag order by g.tag), '[]') from case_tags g where g.org_id = c.org_id and g.case_id = c.id),
                  'viewers', (select coalesce(json_agg(v.user_id), '[]') from case_viewers v where v.org_id = c.org_id and v.case_id = c.id),
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

/// A place in the timeline: that of an entry. Many happen at one instant, such as those of an import that knows only days,
/// so their ids tell them apart.
struct Place {
    /// In which of the parts, one after the other: 0 the pinned entries, 1 the others.
    part: i64,
    at: Instant,
    id: Id<kinds::Entry>,
}

impl Place {
    /// From the address; what says no place is before all of them.
    fn parse(text: &str) -> Self {
        let mut said = text.split('~');
        let mut number = || said.next()?.parse().ok();
        let place = number().zip(number()).zip(said.next().and_then(|id| id.parse().ok()));
        let ((part, at), id) = place.unwrap_or(((-1, 0), Id::from_uuid(Uuid::nil())));
        Self { part, at: Instant(at), id }
    }

    fn of(row: &EntryRow) -> Self {
        Self { part: i64::from(row.pinned_at.is_none()), at: row.occurred_at, id: row.id }
    }

    fn text(&self) -> String {
        format!("{}~{}~{}", self.part, self.at.0, self.id)
    }
}

/// The entries behind a place that the actor may see, pinned first, then the newest; and where the next page begins.
async fn entries(
    scope: &Scope,
    case: Id<kinds::Case>,
    names: Names,
    kind: &str,
    after: &Place,
) -> Answer<(Vec<EntryView>, Option<String>)> {
    let mut rows: Vec<EntryRow> = scope
        .query(sql!(
            "select e.id, e.kind, e.occurred_at, e.author_id, u.name as author, e.author_label, e.body, e.body_html, e.visibility,
                    e.pinned_at, e.edited_at, e.version
             from entries e left join users u on u.id = e.author_id
             where e.org_id = $1 and e.case_id = $2
               and (e.visibility = 'everyone' or e.author_id = $3 or (e.visibility = 'supervisors' and $4))
               and ($5 = '' or e.kind = $5 or ($5 = 'written' and e.kind in ('note', 'call', 'meeting', 'email')))
               and (case when e.pinned_at is null then 1 else 0 end > $6
                 or (case when e.pinned_at is null then 1 else 0 end = $6 and (e.occurred_at, e.id) < ($7, $8)))
             order by case when e.pinned_at is null then 1 else 0 end, e.occurred_at desc, e.id desc
             limit $9"
        ))
        .bind(case)
        .bind(scope.actor.user)
        .bind(scope.may(Permission::EntrySupervise))
        .bind(kind.to_owned())
        .bind(after.part)
        .bind(after.at)
        .bind(after.id)
        .bind(ENTRIES + 1)
        .all()
        .await?;
    let most = usize::try_from(ENTRIES).unwrap_or(usize::MAX);
    let fit = fitting(rows.iter().take(most).map(|row| row.body_html.len().max(row.body.len())), BYTES);
    let more = rows.len() > fit.min(most);
    rows.truncate(fit.min(most));
    let earlier = rows.last().filter(|_| more).map(|row| Place::of(row).text());
    for row in rows.iter_mut().filter(|row| row.kind.is_written() && row.body_html.is_empty()) {
        row.body_html = markdown::rendered(&row.body).await;
    }
    let writes = scope.may(Permission::CaseWrite);
    let zone = &scope.actor.zone;
    // Only lines that the software wrote mention members.
    let names = names.of(scope, rows.iter().filter(|row| !row.kind.is_written()).map(|row| row.body.as_str())).await?;
    let views = rows
        .into_iter()
        .map(|row| EntryView {
            id: row.id,
            kind: row.kind,
            at: zone.show(row.occurred_at),
            author: row.author.or(row.author_label).unwrap_or_else(|| "CaseTrakr".into()),
            may_edit: writes && row.kind.is_written() && row.author_id == Some(scope.actor.user),
            may_pin: writes,
            html: if row.kind.is_written() { row.body_html } else { names.fill_html(&row.body_html) },
            body: if writes && row.kind.is_written() && row.author_id == Some(scope.actor.user) { row.body } else { String::new() },
            draft: None,
            visibility: row.visibility,
            pinned: row.pinned_at.is_some(),
            edited: row.edited_at.map(|at| zone.show(at)),
            version: row.version,
        })
        .collect();
    Ok((views, earlier))
}
