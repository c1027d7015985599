//! Somebody's start of the day.

use sqlx::FromRow;

use super::{Extent, Way, catalogue, gathered, rows};
use crate::{
    accounts::Scope,
    cases::{api::HomeView, filter::ListQuery, keeping::Becomes},
    fault::Answer,
    server::db::sql,
};

/// Somebody's start of the day.
///
/// # Errors
/// When the database is away.
pub(in crate::cases) async fn home(scope: &Scope) -> Answer<HomeView> {
    #[derive(FromRow)]
    struct Day {
        mine: i64,
        late: i64,
        unassigned: i64,
        /// Number, title, place and text of each, as JSON.
        drafts: String,
    }
    let catalogue = catalogue(scope).await?;
    let query = ListQuery::parse("assignee=me&kind=open&kind=waiting&sort=due&dir=asc");
    let (mine, _) = rows(scope, &catalogue, &query, Extent { rows: 10, tags: false }, Way::Order).await?;
    // The end of a draft's place names an entry (keeping.rs): what lies between is the number of its case.
    let day: Day = scope
        .query(sql!(
            sqlite: "select
               (select count(*) from cases c
                where c.org_id = $1 and c.state_kind <> 'closed' and c.assignee_id = $2 and (not c.restricted or exists (
                  select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as mine,
               (select count(*) from cases c
                where c.org_id = $1 and c.state_kind <> 'closed' and c.due_on < $3 and (not c.restricted or exists (
                  select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as late,
               (select count(*) from cases c
                where c.org_id = $1 and c.state_kind <> 'closed' and c.assignee_id is null and c.assignee_label is null
                  and (not c.restricted or exists (
                  select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as unassigned,
               (select json_group_array(json_array(number, title, place, body)) from (
                  select c.number, c.title, d.place, substr(d.body, 1, 500) as body
                  from drafts d join cases c on c.org_id = d.org_id and c.number = case
                    when length(d.place) > 42 and substr(d.place, -37, 1) = '/' then substr(d.place, 6, length(d.place) - 42)
                    else substr(d.place, 6) end
                  where d.org_id = $1 and d.user_id = $2 and (not c.restricted or exists (
                    select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))
                  order by d.updated_at desc
                  limit 10)) as drafts",
            postgres: "select
               (select count(*) from cases c
                where c.org_id = $1 and c.state_kind <> 'closed' and c.assignee_id = $2 and (not c.restricted or exists (
                  select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as mine,
               (select count(*) from cases c
                where c.org_id = $1 and c.state_kind <> 'closed' and c.due_on < $3 and (not c.restricted or exists (
                  select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as late,
               (select count(*) from cases c
                where c.org_id = $1 and c.state_kind <> 'closed' and c.assignee_id is null and c.assignee_label is null
                  and (not c.restricted or exists (
                  select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as unassigned,
               (select cast(coalesce(json_agg(json_build_array(number, title, place, body)), '[]') as text) from (
                  select c.number, c.title, d.place, substr(d.body, 1, 500) as body
                  from drafts d join cases c on c.org_id = d.org_id and c.number = case
                    when length(d.place) > 42 and substr(d.place, length(d.place) - 36, 1) = '/' then substr(d.place, 6, length(d.place) - 42)
                    else substr(d.place, 6) end
                  where d.org_id = $1 and d.user_id = $2 and (not c.restricted or exists (
                    select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))
                  order by d.updated_at desc
                  limit 10) x) as drafts"
        ))
        .bind(scope.actor.user)
        .bind(scope.today())
        .one()
        .await?;
    let drafts: Vec<(String, String, String, String)> = gathered(&day.drafts)?;
    Ok(HomeView {
        mine,
        mine_total: day.mine,
        late: day.late,
        unassigned: day.unassigned,
        drafts: drafts.into_iter().map(begun).collect(),
        has_types: !catalogue.types.is_empty(),
    })
}

/// A draft as the page shows it.
fn begun((number, title, place, body): (String, String, String, String)) -> (String, String, String, String) {
    let start = body.lines().next().unwrap_or_default().chars().take(120).collect();
    let href = match Becomes::of(&place) {
        Some(Becomes::Change(entry)) => format!("/cases/{number}?edit={entry}#e-{entry}"),
        Some(Becomes::Entry | Becomes::Closing) | None => format!("/cases/{number}#body"),
    };
    (number, title, start, href)
}
