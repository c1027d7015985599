//! Who sees a case: everybody in the organisation, or the members named on it.

use super::{
    change::{conflict, note},
    offer, read, store,
};
use crate::{
    accounts::{Scope, ScopedTx, mention},
    audit::Change,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

/// Says who sees a case. Whoever restricts it stays among the viewers, and so does whoever works on it.
pub(super) async fn set_access(scope: &Scope, number: &str, version: i64, restricted: bool, viewers: Vec<Id<kinds::User>>) -> Answer<()> {
    let catalogue = read::catalogue(scope).await?;
    if viewers.iter().any(|id| !catalogue.members.iter().any(|m| m.id == *id)) {
        return Err(Fault::field("viewers[]", "Choose among the members."));
    }
    let mut tx = scope.begin().await?;
    let stored = store::stored(&mut tx, number).await?;
    let new = viewers.iter().map(|id| ("viewers[]".to_owned(), *id)).collect();
    offer::check(&mut tx, &catalogue, Some(&stored), new).await?;
    let mut named: Vec<Id<kinds::User>> = if restricted { viewers } else { Vec::new() };
    if restricted {
        named.push(scope.actor.user);
        named.extend(stored.assignee_id);
    }
    named.sort();
    named.dedup();
    let now = scope.state.clock.now();
    let saved = tx
        .query(sql!(
            "update cases set restricted = $3, updated_at = $4, version = version + 1 where org_id = $1 and id = $2 and version = $5"
        ))
        .bind(stored.id)
        .bind(restricted)
        .bind(now)
        .bind(version)
        .execute()
        .await?;
    if saved == 0 {
        let word = |r: bool| if r { "Only named members" } else { "Everybody" }.to_owned();
        return Err(conflict(&stored, &[Change { label: "Who sees it".into(), from: word(stored.restricted), to: word(restricted) }]));
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
    let to = if restricted {
        named.iter().copied().map(mention).collect::<Vec<_>>().join(", ")
    } else {
        "Everybody in the organisation".to_owned()
    };
    let action = match (stored.restricted, restricted) {
        (false, true) => "case.restricted",
        (true, false) => "case.unrestricted",
        (true, true) | (false, false) => "case.viewers_changed",
    };
    note(&mut tx, stored.id, action, vec![Change { label: "Who sees the case".into(), from: String::new(), to }]).await?;
    tx.commit().await
}

async fn replace_viewers(tx: &mut ScopedTx, case: Id<kinds::Case>, viewers: &[Id<kinds::User>]) -> Answer<()> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    tx.query(sql!("delete from case_viewers where org_id = $1 and case_id = $2")).bind(case).execute().await?;
    for viewer in viewers {
        tx.query(sql!("insert into case_viewers (org_id, case_id, user_id, added_by, added_at) values ($1, $2, $3, $4, $5)"))
            .bind(case)
            .bind(*viewer)
            .bind(me)
            .bind(now)
            .execute()
            .await?;
    }
    Ok(())
}
