//! Who sees a case: everybody in the organisation, or the members named on it.

use super::{
    change::{note, told},
    held,
    merge::{conflict, differs},
    offer, read, store,
};
use crate::{
    accounts::{Scope, ScopedTx, mention},
    audit::{self, Change},
    fault::{Answer, Fault},
    form::Seen,
    ids::{Id, kinds},
    server::db::sql,
};

type UserId = Id<kinds::User>;

/// Who is to see a case, as the form says it.
pub(super) struct Access {
    pub restricted: bool,
    pub viewers: Vec<UserId>,
}

/// Says who sees a case. Whoever restricts it stays among the viewers, and so does whoever works on it. Names that somebody
/// else added or removed meanwhile stay so; whether it is restricted at all, two people do not decide past each other.
pub(super) async fn set_access(scope: &Scope, number: &str, seen: Seen, wanted: Access) -> Answer<()> {
    let catalogue = read::catalogue(scope).await?;
    if wanted.viewers.iter().any(|id| !catalogue.members.iter().any(|m| m.id == *id)) {
        return Err(Fault::field("viewers[]", "Choose among the members."));
    }
    let mut tx = scope.begin().await?;
    let stored = store::stored(&mut tx, number).await?;
    let now = Access { restricted: stored.restricted, viewers: viewers(&mut tx, stored.id).await? };
    let Some(Access { restricted, viewers }) = merged(&seen, &now, &wanted, stored.version) else {
        let (theirs, yours) = (words(&now), words(&wanted));
        let both = told(&catalogue, &[Change { label: "Who sees the case".into(), from: theirs, to: yours }]);
        let both = both.into_iter().map(|c| differs("restricted", &c.label, c.from, c.to)).collect();
        return Err(conflict(&mut tx, &stored, both).await?);
    };
    let new = viewers.iter().map(|id| ("viewers[]".to_owned(), *id)).collect();
    offer::check(&mut tx, Some(&stored), new).await?;
    let mut named: Vec<UserId> = if restricted { viewers } else { Vec::new() };
    if restricted {
        named.push(scope.actor.user);
        named.extend(stored.assignee_id);
    }
    named.sort();
    named.dedup();
    let at = scope.state.clock.now();
    tx.query(sql!("update cases set restricted = $3, updated_at = $4, version = version + 1 where org_id = $1 and id = $2"))
        .bind(stored.id)
        .bind(restricted)
        .bind(at)
        .execute()
        .await?;
    if stored.restricted != restricted {
        audit::hold_change_of_case(tx.raw(), stored.id.uuid(), "restricted", &stored.restricted, &restricted);
    }
    replace_viewers(&mut tx, stored.id, &named).await?;
    match (stored.restricted, restricted) {
        (false, true) => {
            store::tally(&mut tx, stored.type_id, &stored.state_key, -1).await?;
            store::forget_terms(&mut tx, stored.id).await?;
        }
        (true, false) => {
            store::tally(&mut tx, stored.type_id, &stored.state_key, 1).await?;
            store::remember_terms(&mut tx, stored.id).await?;
        }
        (true, true) | (false, false) => {}
    }
    let to = if restricted { everybody_named(&named) } else { "Everybody in the organisation".to_owned() };
    let action = match (stored.restricted, restricted) {
        (false, true) => "case.restricted",
        (true, false) => "case.unrestricted",
        (true, true) | (false, false) => "case.viewers_changed",
    };
    note(&mut tx, stored.id, action, vec![Change { label: "Who sees the case".into(), from: String::new(), to }]).await?;
    tx.commit().await
}

/// Of a case that has just come in restricted: whoever brings it in sees it, and whoever works on it, and nobody else.
pub(super) async fn restrict_new(tx: &mut ScopedTx, case: Id<kinds::Case>, assignee: Option<UserId>) -> Answer<()> {
    let mut named = vec![tx.scope.actor.user];
    named.extend(assignee.filter(|assignee| *assignee != tx.scope.actor.user));
    replace_viewers(tx, case, &named).await?;
    let change = Change { label: "Who sees the case".into(), from: String::new(), to: everybody_named(&named) };
    note(tx, case, "case.restricted", vec![change]).await
}

async fn viewers(tx: &mut ScopedTx, case: Id<kinds::Case>) -> Answer<Vec<UserId>> {
    let all = tx.query(sql!("select user_id from case_viewers where org_id = $1 and case_id = $2 order by user_id"));
    Ok(all.bind(case).scalars().await?)
}

fn words(access: &Access) -> String {
    if access.restricted { everybody_named(&access.viewers) } else { "Everybody in the organisation".to_owned() }
}

fn everybody_named(viewers: &[UserId]) -> String {
    viewers.iter().copied().map(mention).collect::<Vec<_>>().join(", ")
}

/// What both wanted; nothing where they contradict each other.
fn merged(seen: &Seen, now: &Access, wanted: &Access, version: i64) -> Option<Access> {
    let same = |viewers: &[UserId]| Access { restricted: wanted.restricted, viewers: viewers.to_vec() };
    if seen.version == version {
        return Some(same(&wanted.viewers));
    }
    let shown = seen.shown.as_ref()?;
    let was_restricted = shown.values("restricted").iter().any(|value| !value.is_empty());
    let was: Vec<UserId> = shown.values("viewers[]").iter().filter_map(|id| id.parse().ok()).collect();
    let is = |mine: &[UserId], theirs: &[UserId]| mine.len() == theirs.len() && mine.iter().all(|id| theirs.contains(id));
    let (mine_touched, theirs_touched) =
        (wanted.restricted != was_restricted || !is(&wanted.viewers, &was), now.restricted != was_restricted || !is(&now.viewers, &was));
    match (mine_touched, theirs_touched) {
        (_, false) => Some(same(&wanted.viewers)),
        (false, true) => Some(Access { restricted: now.restricted, viewers: now.viewers.clone() }),
        (true, true) if now.restricted != wanted.restricted => None,
        (true, true) => {
            let added = wanted.viewers.iter().filter(|id| !was.contains(id) && !now.viewers.contains(id));
            let removed = |id: &UserId| was.contains(id) && !wanted.viewers.contains(id);
            let viewers: Vec<UserId> = now.viewers.iter().filter(|id| !removed(id)).chain(added).copied().collect();
            Some(same(&viewers))
        }
    }
}

async fn replace_viewers(tx: &mut ScopedTx, case: Id<kinds::Case>, viewers: &[Id<kinds::User>]) -> Answer<()> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let before: Vec<Id<kinds::User>> =
        tx.query(sql!("delete from case_viewers where org_id = $1 and case_id = $2 returning user_id")).bind(case).scalars().await?;
    // Who stays is not said anew: somebody may have been let in past the product.
    for viewer in before.iter().filter(|viewer| !viewers.contains(viewer)) {
        held::hold_viewer(tx.raw(), case.uuid(), viewer.uuid(), false);
    }
    for viewer in viewers {
        tx.query(sql!("insert into case_viewers (org_id, case_id, user_id, added_by, added_at) values ($1, $2, $3, $4, $5)"))
            .bind(case)
            .bind(*viewer)
            .bind(me)
            .bind(now)
            .execute()
            .await?;
        if !before.contains(viewer) {
            held::hold_viewer(tx.raw(), case.uuid(), viewer.uuid(), true);
        }
    }
    Ok(())
}
