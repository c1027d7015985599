//! Somebody's start of the day.

use sqlx::FromRow;

use super::{catalogue, rows};
use crate::{
    accounts::Scope,
    cases::{api::HomeView, filter::ListQuery},
    fault::Answer,
    server::db::sql,
};

/// Somebody's start of the day.
///
/// # Errors
/// When the database is away.
pub(in crate::cases) async fn home(scope: &Scope) -> Answer<HomeView> {
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
    Ok(HomeView {
        mine,
        mine_total: counts.mine,
        late: counts.late,
        unassigned: counts.unassigned,
        drafts: drafts.into_iter().map(|d| (d.number, d.title, start(d.body))).collect(),
        has_types: !catalogue.types.is_empty(),
    })
}
