//! Drafts on the server: a text on its way to becoming an entry, to changing one, or to closing a case. A draft is its
//! writer's alone and no record, so it leaves no event.
//!
//! With the text goes what was chosen for it: what is meant for few must not come back as meant for everybody.
//!
//! Its place is `case/NUMBER` for a new entry, `case/NUMBER/ENTRY` for the text of an entry that is being changed, and
//! `case/NUMBER/closing` for the reason of a closing. The first note of a case that is not opened yet lies in `case/new`.

use super::{
    api::DraftView,
    draft::{CLOSING, NEW},
    model::{EntryKind, Visibility},
    store,
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

/// What a draft is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Becomes {
    /// A new entry.
    Entry,
    /// Another text for an entry.
    Change(EntryId),
    /// The reason of a closing.
    Closing,
}

impl Becomes {
    /// From its name in forms and places; none where it has no such name.
    fn named(name: &str) -> Option<Self> {
        match name {
            "" => Some(Self::Entry),
            CLOSING => Some(Self::Closing),
            entry => entry.parse().ok().map(Self::Change),
        }
    }

    /// From a place.
    pub fn of(place: &str) -> Option<Self> {
        let rest = place.strip_prefix("case/")?;
        Self::named(rest.split_once('/').map_or("", |(_, name)| name))
    }
}

/// Where a draft lies.
pub(super) fn place(number: &str, becomes: Becomes) -> String {
    match becomes {
        Becomes::Entry => format!("case/{number}"),
        Becomes::Change(entry) => format!("case/{number}/{entry}"),
        Becomes::Closing => format!("case/{number}/{CLOSING}"),
    }
}

/// Keeps what is being written; empty forgets it, and what arrives after the entry or the case that it became is not kept.
pub(super) async fn save_draft(scope: &Scope, number: &str, becomes: &str, key: &str, draft: DraftView) -> Answer<()> {
    let becomes = Becomes::named(becomes).ok_or(Fault::NotFound)?;
    let mut tx = scope.begin().await?;
    let case = if number == NEW { None } else { Some(store::stored(&mut tx, number).await?) };
    let number = case.as_ref().map_or(NEW, |case| case.number.as_str());
    if draft.body.trim().is_empty() || (becomes == Becomes::Entry && is_written(&mut tx, key, &draft.body).await?) {
        forget(&mut tx, number, becomes).await?;
        return tx.commit().await;
    }
    if let Becomes::Change(entry) = becomes {
        own(&mut tx, case.as_ref().ok_or(Fault::NotFound)?.id, entry).await?;
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
    .bind(place(number, becomes))
    .bind(draft.body)
    .bind(EntryKind::parse(&draft.kind).map_or("", EntryKind::key).to_owned())
    .bind(Visibility::parse(&draft.visibility).map_or("", Visibility::key).to_owned())
    .bind(draft.occurred.chars().filter(|c| !c.is_control()).take(40).collect::<String>())
    .bind(now)
    .execute()
    .await?;
    tx.commit().await
}

/// The first note of a case that the actor has not opened yet.
pub(super) async fn first_note(scope: &Scope) -> Answer<String> {
    let kept: Option<String> = scope
        .query(sql!("select body from drafts where org_id = $1 and user_id = $2 and place = $3"))
        .bind(scope.actor.user)
        .bind(place(NEW, Becomes::Entry))
        .optional_scalar()
        .await?;
    Ok(kept.unwrap_or_default())
}

/// Whether an entry, or the first note of a case, was made of the form with this id and holds all of this text. What was
/// written further in the same form, such as after an answer that did not arrive, is not stored yet.
async fn is_written(tx: &mut ScopedTx, key: &str, body: &str) -> Answer<bool> {
    let Ok(key) = key.parse::<EntryId>() else { return Ok(false) };
    let me = tx.scope.actor.user;
    let written: Vec<String> = tx
        .query(sql!(
            "select body from entries where org_id = $1 and id = $2 and author_id = $3
             union all
             select body from entries
             where org_id = $1 and case_id = $2 and author_id = $3 and kind = 'note'"
        ))
        .bind(key)
        .bind(me)
        .scalars()
        .await?;
    let typed = body.trim().replace("\r\n", "\n");
    Ok(written.iter().any(|written| written.starts_with(&typed)))
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
pub(super) async fn forget(tx: &mut ScopedTx, number: &str, becomes: Becomes) -> Answer<()> {
    let me = tx.scope.actor.user;
    tx.query(sql!("delete from drafts where org_id = $1 and user_id = $2 and place = $3"))
        .bind(me)
        .bind(place(number, becomes))
        .execute()
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_its_draft_is_to_become() {
        for becomes in [Becomes::Entry, Becomes::Change(EntryId::fresh()), Becomes::Closing] {
            assert_eq!(Becomes::of(&place("LA-2026-00042", becomes)), Some(becomes));
        }
        assert_eq!(Becomes::of("case/LA-2026-00042/elsewhere"), None);
    }
}
