//! What becomes of a member's cases when they leave: the work goes to whoever takes it over, and so does the sight of
//! restricted cases, else nobody could find them again. The history of a case says who sees it from then on.

use std::collections::BTreeMap;

use super::change::note;
use crate::{
    accounts::{ScopedTx, mention},
    audit::Change,
    fault::Answer,
    ids::{Id, kinds},
    server::db::sql,
};

type CaseId = Id<kinds::Case>;
type UserId = Id<kinds::User>;

/// Gives every case that a member holds and that is not closed to another, or to nobody; answers how many.
///
/// # Errors
/// When the database is away.
pub async fn hand_over(tx: &mut ScopedTx, from: UserId, to: Option<UserId>) -> Answer<i64> {
    hand_over_sight(tx, from, to).await?;
    let now = tx.scope.state.clock.now();
    let cases: Vec<CaseId> = tx
        .query(sql!(
            "update cases set assignee_id = $3, version = version + 1, updated_at = $4
             where org_id = $1 and assignee_id = $2 and state_kind <> 'closed'
             returning id"
        ))
        .bind(from)
        .bind(to)
        .bind(now)
        .scalars()
        .await?;
    for case in &cases {
        let change = Change { label: "Assignee, since a member left".into(), from: mention(from), to: to.map(mention).unwrap_or_default() };
        note(tx, *case, "case.assigned", vec![change]).await?;
    }
    Ok(i64::try_from(cases.len()).unwrap_or(i64::MAX))
}

/// Ends what a leaver sees of restricted cases: whoever comes back is named anew.
///
/// # Errors
/// When the database is away.
pub async fn end_sight(tx: &mut ScopedTx, leaver: UserId) -> Answer<()> {
    tx.query(sql!("delete from case_viewers where org_id = $1 and user_id = $2")).bind(leaver).execute().await?;
    Ok(())
}

/// Names whoever takes over on the restricted cases that the leaver sees; without them the owners, on those that nobody
/// else sees.
async fn hand_over_sight(tx: &mut ScopedTx, from: UserId, to: Option<UserId>) -> Answer<()> {
    let (now, by) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let query = match to {
        Some(to) => tx
            .query(sql!(
                "insert into case_viewers (org_id, case_id, user_id, added_by, added_at)
                 select c.org_id, c.id, $5, $3, $4 from cases c join case_viewers v on v.org_id = c.org_id and v.case_id = c.id
                 where c.org_id = $1 and c.restricted and v.user_id = $2
                 on conflict do nothing
                 returning case_id, user_id"
            ))
            .bind(from)
            .bind(by)
            .bind(now)
            .bind(to),
        None => tx
            .query(sql!(
                "insert into case_viewers (org_id, case_id, user_id, added_by, added_at)
                 select c.org_id, c.id, m.user_id, $3, $4 from cases c
                 join memberships m on m.org_id = c.org_id and m.role = 'owner' and m.left_at is null and m.user_id <> $2
                 where c.org_id = $1 and c.restricted
                   and exists (select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2)
                   and not exists (
                     select 1 from case_viewers v join memberships k on k.org_id = v.org_id and k.user_id = v.user_id and k.left_at is null
                     where v.org_id = c.org_id and v.case_id = c.id and v.user_id <> $2)
                 on conflict do nothing
                 returning case_id, user_id"
            ))
            .bind(from)
            .bind(by)
            .bind(now),
    };
    let mut named: BTreeMap<CaseId, Vec<UserId>> = BTreeMap::new();
    let added: Vec<(CaseId, UserId)> = query.all().await?;
    for (case, viewer) in added {
        named.entry(case).or_default().push(viewer);
    }
    for (case, viewers) in named {
        // Whoever has the form of its access open read other viewers.
        tx.query(sql!("update cases set updated_at = $3, version = version + 1 where org_id = $1 and id = $2"))
            .bind(case)
            .bind(now)
            .execute()
            .await?;
        let to = viewers.into_iter().map(mention).collect::<Vec<_>>().join(", ");
        let change = Change { label: "Sees the case now that a member left".into(), from: String::new(), to };
        note(tx, case, "case.viewers_changed", vec![change]).await?;
    }
    Ok(())
}
