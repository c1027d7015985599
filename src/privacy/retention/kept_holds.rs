//! Holds as the list of what was erased knows them: which were in force when an organisation was erased around them.

use sqlx::FromRow;
use uuid::Uuid;

use super::holds::record;
use crate::{
    clock::Instant,
    fault::Answer,
    server::{
        db::{Tx, global_sql, sql},
        state::State,
        time::iso,
    },
};

const BY: &str = "the list of what was erased";
/// A hold that came back without its words is looked at soon.
const REVIEW_DAYS: i64 = 30;

/// A hold on a case of an organisation, or on an account with something in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) struct HeldBy {
    /// `case` or `account`.
    pub scope: &'static str,
    /// Which.
    pub subject: Uuid,
    /// The hold.
    pub id: Uuid,
}

#[derive(FromRow)]
struct Found {
    scope: String,
    subject_id: Uuid,
    id: Uuid,
}

/// The holds that `held_inside` counts, in a transaction that is confined to the organisation.
///
/// # Errors
/// When the database is away.
pub(in crate::privacy) async fn holds_inside(tx: &mut Tx) -> Answer<Vec<HeldBy>> {
    let found: Vec<Found> = tx
        .query(sql!(
            "select h.scope, h.subject_id, h.id from legal_holds h
             where h.released_at is null and (
               (h.scope = 'case' and exists (select 1 from cases c where c.org_id = $1 and c.id = h.subject_id))
               or (h.scope = 'account' and exists (
                 select 1 from users u where u.id = h.subject_id and (
                   exists (select 1 from memberships m where m.org_id = $1 and m.user_id = u.id)
                   or exists (select 1 from invitations i where i.org_id = $1 and i.email_folded = u.email_folded)))))
             order by h.id"
        ))
        .all()
        .await?;
    let known =
        |found: Found| HeldBy { scope: if found.scope == "case" { "case" } else { "account" }, subject: found.subject_id, id: found.id };
    Ok(found.into_iter().map(known).collect())
}

/// Makes the holds on an organisation and its cases those that were in force when it was erased at `at`. One that the
/// database has never heard of is placed again; one that is in force here and was released before then is released
/// again. A hold on an account is never released here: it may cover more than this organisation.
///
/// # Errors
/// When the database is away.
pub(in crate::privacy) async fn restore_holds(state: &State, org: Uuid, held: &[HeldBy], at: Instant) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    for hold in held {
        place_again(state, &mut tx, org, hold).await?;
    }
    let there: Vec<(Uuid, String)> = tx
        .global(global_sql!(
            "select id, scope from legal_holds where released_at is null and organisation = $1 and placed_at < $2 order by id"
        ))
        .bind(org)
        .bind(at)
        .all()
        .await?;
    for (id, scope) in there.into_iter().filter(|(id, _)| held.iter().all(|hold| hold.id != *id)) {
        tx.global(global_sql!("update legal_holds set released_at = $2, released_by = $3, release_reason = $4 where id = $1"))
            .bind(id)
            .bind(state.clock.now())
            .bind(BY.to_owned())
            .bind("It had been released before the organisation was erased.".to_owned())
            .execute()
            .await?;
        record(state, &mut tx, "hold.released", id, &scope).await?;
    }
    Ok(tx.commit().await?)
}

async fn place_again(state: &State, tx: &mut Tx, org: Uuid, hold: &HeldBy) -> Answer<()> {
    let now = state.clock.now();
    let placed = tx
        .global(global_sql!(
            "insert into legal_holds (id, scope, subject_id, organisation, reason, authority, placed_by, placed_at, review_on)
             values ($1, $2, $3, $4, $5, $6, $6, $7, $8) on conflict (id) do nothing"
        ))
        .bind(hold.id)
        .bind(hold.scope.to_owned())
        .bind(hold.subject)
        .bind((hold.scope == "case").then_some(org))
        .bind("It was in force when the organisation was erased; the words went with the backup.".to_owned())
        .bind(BY.to_owned())
        .bind(now)
        .bind(iso(now.plus_seconds(REVIEW_DAYS * 86_400)).chars().take(10).collect::<String>())
        .execute()
        .await?;
    if placed > 0 {
        record(state, tx, "hold.placed", hold.id, hold.scope).await?;
    }
    Ok(())
}
