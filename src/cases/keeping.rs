//! Drafts on the server: a text on its way to becoming an entry, or to changing one. A draft is its writer's alone and no
//! record, so it leaves no event.
//!
//! With the text goes what was chosen for it: what is meant for few must not come back as meant for everybody.
//!
//! Its place is `case/NUMBER` for a new entry and `case/NUMBER/ENTRY` for the text of an entry that is being changed.

use super::{
    api::DraftView,
    model::{EntryKind, Visibility},
    read,
};
use crate::{
    accounts::{Scope, ScopedTx},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

type EntryId = Id<kinds::Entry>;

/// The most characters of a draft, as of an entry.
const LONGEST: usize = 50_000;

/// Where a draft lies.
pub(super) fn place(number: &str, entry: Option<EntryId>) -> String {
    entry.map_or_else(|| format!("case/{number}"), |entry| format!("case/{number}/{entry}"))
}

/// The entry of a place, if it is one of an entry.
pub(super) fn entry_of(place: &str) -> Option<EntryId> {
    place.strip_prefix("case/")?.split_once('/')?.1.parse().ok()
}

/// Keeps what is being written; empty forgets it, and what arrives after the entry that it became is not kept.
pub(super) async fn save_draft(scope: &Scope, number: &str, entry: &str, key: &str, draft: DraftView) -> Answer<()> {
    let case = read::visible_case(scope, number).await?;
    let entry: Option<EntryId> = if entry.is_empty() { None } else { Some(entry.parse().map_err(|_| Fault::NotFound)?) };
    let mut tx = scope.begin().await?;
    if draft.body.trim().is_empty() || (entry.is_none() && is_written(&mut tx, key).await?) {
        forget(&mut tx, &case.number, entry).await?;
        return tx.commit().await;
    }
    if let Some(entry) = entry {
        own(&mut tx, case.id, entry).await?;
    }
    // Whole or not at all: what was taken, the device forgets.
    if draft.body.chars().count() > LONGEST {
        return Err(Fault::field("body", "Use at most 50,000 characters. Until then the text is kept on this device only."));
    }
    let (now, me) = (scope.state.clock.now(), scope.actor.user);
    tx.query(sql!(
        "insert into drafts (org_id, user_id, place, body, kind, visibility, occurred, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (org_id, user_id, place) do update set
           body = excluded.body, kind = excluded.kind, visibility = excluded.visibility, occurred = excluded.occurred,
           updated_at = excluded.updated_at"
    ))
    .bind(me)
    .bind(place(&case.number, entry))
    .bind(draft.body)
    .bind(EntryKind::parse(&draft.kind).map_or("", EntryKind::key).to_owned())
    .bind(Visibility::parse(&draft.visibility).map_or("", Visibility::key).to_owned())
    .bind(draft.occurred.chars().filter(|c| !c.is_control()).take(40).collect::<String>())
    .bind(now)
    .execute()
    .await?;
    tx.commit().await
}

/// Whether an entry was made of the form with this id.
async fn is_written(tx: &mut ScopedTx, key: &str) -> Answer<bool> {
    let Ok(key) = key.parse::<EntryId>() else { return Ok(false) };
    let found: Option<i64> =
        tx.query(sql!("select cast(1 as bigint) from entries where org_id = $1 and id = $2")).bind(key).optional_scalar().await?;
    Ok(found.is_some())
}

/// Nobody changes an entry of somebody else, so nobody keeps a draft for one.
async fn own(tx: &mut ScopedTx, case: Id<kinds::Case>, entry: EntryId) -> Answer<()> {
    let me = tx.scope.actor.user;
    let found: Option<i64> = tx
        .query(sql!("select cast(1 as bigint) from entries where org_id = $1 and id = $2 and case_id = $3 and author_id = $4"))
        .bind(entry)
        .bind(case)
        .bind(me)
        .optional_scalar()
        .await?;
    found.map(|_| ()).ok_or(Fault::NotFound)
}

/// Forgets a draft: it has become what it was for, or is not wanted any more.
pub(super) async fn forget(tx: &mut ScopedTx, number: &str, entry: Option<EntryId>) -> Answer<()> {
    let me = tx.scope.actor.user;
    tx.query(sql!("delete from drafts where org_id = $1 and user_id = $2 and place = $3"))
        .bind(me)
        .bind(place(number, entry))
        .execute()
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_which_entry() {
        let entry = EntryId::fresh();
        assert_eq!(entry_of(&place("LA-2026-00042", Some(entry))), Some(entry));
        assert_eq!(entry_of(&place("LA-2026-00042", None)), None);
    }
}
