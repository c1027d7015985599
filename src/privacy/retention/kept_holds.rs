//! Holds as the list of what was erased knows them: which were in force when an organisation was erased around them.

use uuid::Uuid;

use super::{holds::record, inside::HeldBy};
use crate::{
    clock::Instant,
    fault::Answer,
    server::{
        db::{Tx, global_sql},
        state::State,
        time::iso,
    },
};

const BY: &str = "the list of what was erased";
/// A hold that came back without its words is looked at soon.
const REVIEW_DAYS: i64 = 30;

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
        end(state, &mut tx, (id, &scope), "It had been released before the organisation was erased.").await?;
    }
    Ok(tx.commit().await?)
}

/// Releases a hold that was released before, where it is in force: a backup from before that was put back.
///
/// # Errors
/// When the database is away.
pub(in crate::privacy) async fn release_again(state: &State, id: Uuid) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    let there = tx.global(global_sql!("select scope from legal_holds where id = $1 and released_at is null"));
    let Some(scope) = there.bind(id).optional_scalar::<String>().await? else { return Ok(()) };
    end(state, &mut tx, (id, &scope), "It had been released before a backup was put back.").await?;
    Ok(tx.commit().await?)
}

async fn end(state: &State, tx: &mut Tx, (id, scope): (Uuid, &str), why: &str) -> Answer<()> {
    tx.global(global_sql!("update legal_holds set released_at = $2, released_by = $3, release_reason = $4 where id = $1"))
        .bind(id)
        .bind(state.clock.now())
        .bind(BY.to_owned())
        .bind(why.to_owned())
        .execute()
        .await?;
    record(state, tx, "hold.released", id, scope).await
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
