//! A backup that is put back brings nobody back: before anything is served, whatever is on the list of what was erased
//! and in the database again is erased once more.

use super::{
    closing, erasure,
    erasure_log::{self, Erasure, Gone, List},
};
use crate::{
    fault::{Answer, Fault},
    ids::Id,
    privacy::retention::{self, HeldBy},
    server::{db::global_sql, state::State},
};

/// Erases again what is on the list and in the database: it was put back from a backup. Answers how much that was. Nothing
/// is served before this has ended.
///
/// # Errors
/// A sentence for the operator, when the list or the database cannot be read, or something cannot be erased.
pub async fn replay(state: &State) -> Result<usize, String> {
    let (mut list, text) = erasure_log::read(state)?;
    let away = |fault: Fault| format!("what was erased before cannot be erased again: {}", fault.sentence());
    let mut again = 0;
    for (gone, erasure) in &list {
        again += usize::from(erase_again(state, *gone, erasure, &list).await.map_err(away)?);
    }
    list.extend(erasure_log::known(state).await.map_err(away)?);
    for (org, held) in closing::erased_around_holds(state).await.map_err(away)? {
        list.entry(Gone::Organisation(org)).or_insert(Erasure { at: state.clock.now(), held });
    }
    erasure_log::write(state, list, &text)?;
    if again > 0 {
        tracing::warn!(count = again, "the database was put back from a backup: what had been erased since was erased again");
    }
    Ok(again)
}

/// Answers whether it was there, and was erased.
async fn erase_again(state: &State, gone: Gone, erasure: &Erasure, list: &List) -> Answer<bool> {
    match gone {
        Gone::Hold(id) => {
            retention::release_again(state, id).await?;
            return Ok(false);
        }
        Gone::Account(id) => {
            let there = state.db.global(global_sql!("select email from users where id = $1"));
            let there: Option<String> = there.bind(id).optional_scalar().await?;
            if there.is_none_or(|email| email == erasure::nobodys_address(Id::from_uuid(id))) {
                return Ok(false);
            }
            erasure::erase_again(state, Id::from_uuid(id)).await?;
        }
        Gone::Organisation(id) => {
            let there = state.db.global(global_sql!("select count(*) from organisations where id = $1"));
            if there.bind(id).scalar::<i64>().await? == 0 {
                return Ok(false);
            }
            // Nothing was put back: what was released since follows with the daily run.
            if closing::is_erased_around(state, id, &erasure.held).await? {
                return Ok(false);
            }
            // The backup knows nothing of holds that were placed or released since it was made.
            let held: Vec<HeldBy> = erasure.held.iter().filter(|hold| !list.contains_key(&Gone::Hold(hold.id))).copied().collect();
            retention::restore_holds(state, id, &held, erasure.at).await?;
            return closing::erase_again(state, Id::from_uuid(id)).await;
        }
    }
    Ok(true)
}
