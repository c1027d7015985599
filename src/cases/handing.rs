//! What becomes of a member's cases when they leave: the work goes to whoever takes it over. A restricted case goes only to
//! somebody who sees it already; else it stays unassigned, as its timeline says. Leaving opens no case to anybody,
//! with one exception: what nobody else sees is for the highest-ranking members, else it could not be found again. Whoever
//! removes somebody is not among those, as long as there is anybody else.

use super::{change::note, held};
use crate::{
    accounts::{Role, ScopedTx, mention},
    audit::{self, Change},
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
    keep_in_sight(tx, from).await?;
    let now = tx.scope.state.clock.now();
    let cases: Vec<(CaseId, Option<UserId>)> = tx
        .query(sql!(
            "update cases set assignee_id = case when not restricted or exists (
                   select 1 from case_viewers v where v.org_id = cases.org_id and v.case_id = cases.id and v.user_id = $3)
                 then $3 else null end,
               version = version + 1, updated_at = $4
             where org_id = $1 and assignee_id = $2 and state_kind <> 'closed'
             returning id, assignee_id"
        ))
        .bind(from)
        .bind(to)
        .bind(now)
        .all()
        .await?;
    for (case, heir) in &cases {
        let (was, now) = (held::assignee(Some(from), None), held::assignee(*heir, None));
        audit::hold_change_of_case(tx.raw(), case.uuid(), "assignee", &was, &now);
        let change =
            Change { label: "Assignee, since a member left".into(), from: mention(from), to: heir.map(mention).unwrap_or_default() };
        note(tx, *case, "case.assigned", vec![change]).await?;
    }
    Ok(i64::try_from(cases.len()).unwrap_or(i64::MAX))
}

/// Ends what a leaver sees of restricted cases: whoever comes back is named anew.
///
/// # Errors
/// When the database is away.
pub async fn end_sight(tx: &mut ScopedTx, leaver: UserId) -> Answer<()> {
    // The record knows that whoever left sees nothing from then on.
    tx.query(sql!("delete from case_viewers where org_id = $1 and user_id = $2")).bind(leaver).execute().await?;
    Ok(())
}

/// Names the highest-ranking members on the restricted cases that the leaver alone sees.
async fn keep_in_sight(tx: &mut ScopedTx, leaver: UserId) -> Answer<()> {
    let alone: Vec<CaseId> = tx
        .query(sql!(
            "select c.id from cases c join case_viewers v on v.org_id = c.org_id and v.case_id = c.id
             where c.org_id = $1 and c.restricted and v.user_id = $2
               and not exists (
                 select 1 from case_viewers w join memberships k on k.org_id = w.org_id and k.user_id = w.user_id and k.left_at is null
                 where w.org_id = c.org_id and w.case_id = c.id and w.user_id <> $2)"
        ))
        .bind(leaver)
        .scalars()
        .await?;
    if alone.is_empty() {
        return Ok(());
    }
    let keepers = keepers(tx, leaver).await?;
    let (now, by) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    for case in &alone {
        for keeper in &keepers {
            let named = tx.query(sql!(
                "insert into case_viewers (org_id, case_id, user_id, added_by, added_at) values ($1, $2, $3, $4, $5) on conflict do nothing"
            ))
            .bind(*case)
            .bind(*keeper)
            .bind(by)
            .bind(now)
            .execute()
            .await?;
            if named > 0 {
                held::hold_viewer(tx.raw(), case.uuid(), keeper.uuid(), true);
            }
        }
        // Whoever has the form of its access open read other viewers.
        tx.query(sql!("update cases set updated_at = $3, version = version + 1 where org_id = $1 and id = $2"))
            .bind(*case)
            .bind(now)
            .execute()
            .await?;
        let to = keepers.iter().copied().map(mention).collect::<Vec<_>>().join(", ");
        let change = Change { label: "Sees the case now that a member left".into(), from: String::new(), to };
        note(tx, *case, "case.viewers_changed", vec![change]).await?;
    }
    Ok(())
}

/// Those of the highest role that there is beside the leaver and whoever removes them; else whoever removes them.
async fn keepers(tx: &mut ScopedTx, leaver: UserId) -> Answer<Vec<UserId>> {
    let members: Vec<(UserId, Role)> = tx
        .query(sql!("select user_id, role from memberships where org_id = $1 and user_id <> $2 and left_at is null order by user_id"))
        .bind(leaver)
        .all()
        .await?;
    let actor = tx.scope.actor.user;
    let others = || members.iter().filter(|(user, _)| *user != actor);
    let highest = others().map(|(_, role)| *role).max();
    let chosen: Vec<UserId> = others().filter(|(_, role)| Some(*role) == highest).map(|(user, _)| *user).collect();
    Ok(if chosen.is_empty() { members.into_iter().map(|(user, _)| user).collect() } else { chosen })
}
