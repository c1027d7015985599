//! The list of what was erased, beside the database and not in it: a backup that is put back must bring nobody back.
//!
//! A line is a kind, an id and a moment; it names nobody. The list lies in the data folder and is left out of backups of
//! the database. At the start, before anything is served, whatever is on the list and in the database again is erased
//! once more. It also learns at the start, and with each erasure, what the database knows to be erased.

use std::{
    collections::BTreeMap,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{closing, erasure};
use crate::{
    clock::Instant,
    fault::{Answer, Fault},
    ids::Id,
    server::{db::global_sql, state::State},
};

/// For as long as a backup may be kept, and as long again.
const DAYS: i64 = 60;
const FILE: &str = "erased.list";

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gone {
    /// An organisation. These come first: an account may be the only owner of one.
    Organisation(Uuid),
    /// An account.
    Account(Uuid),
}

fn path(state: &State) -> PathBuf {
    state.config.server.data.join(FILE)
}

/// Notes an erasure that was just committed. Should this fail, the next start finds it in the database.
pub(super) fn note(state: &State, gone: Gone) {
    let line = line(gone, state.clock.now());
    let written = open(&path(state), true).and_then(|mut file| file.write_all(line.as_bytes()).and_then(|()| file.sync_data()));
    if let Err(error) = written {
        tracing::warn!(kind = ?error.kind(), "the list of what was erased cannot be written");
    }
}

fn open(path: &Path, append: bool) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new().create(true).append(append).write(true).truncate(!append).mode(0o600).open(path)
}

fn line(gone: Gone, at: Instant) -> String {
    match gone {
        Gone::Organisation(id) => format!("organisation {id} {}\n", at.0),
        Gone::Account(id) => format!("account {id} {}\n", at.0),
    }
}

fn parse(text: &str) -> BTreeMap<Gone, Instant> {
    let one = |line: &str| {
        let mut words = line.split(' ');
        let (kind, id, at) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let gone = match kind {
            "organisation" => Gone::Organisation(id),
            "account" => Gone::Account(id),
            _ => return None,
        };
        Some((gone, Instant(at)))
    };
    text.lines().filter_map(one).collect()
}

/// Erases again what is on the list and in the database: it was put back from a backup. Answers how much that was. Nothing
/// is served before this has ended.
///
/// # Errors
/// A sentence for the operator, when the list or the database cannot be read, or something cannot be erased.
pub async fn replay(state: &State) -> Result<usize, String> {
    let path = path(state);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let away = |fault: Fault| format!("what was erased before cannot be erased again: {}", fault.sentence());
    let mut list = parse(&text);
    let mut again = 0;
    for gone in list.keys() {
        again += usize::from(erase_again(state, *gone).await.map_err(away)?);
    }
    list.extend(known(state).await.map_err(away)?);
    let oldest = state.clock.now().plus_seconds(-DAYS * 86_400);
    let lines: String = list.into_iter().filter(|(_, at)| *at > oldest).map(|(gone, at)| line(gone, at)).collect();
    if lines != text {
        replace(&path, &lines).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if again > 0 {
        tracing::warn!(count = again, "the database was put back from a backup: what had been erased since was erased again");
    }
    Ok(again)
}

/// In one step, so that a crash leaves the one or the other.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let mut file = open(&new, false)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(new, path)
}

/// What the database knows to be erased.
async fn known(state: &State) -> Answer<Vec<(Gone, Instant)>> {
    let accounts: Vec<(Uuid, Instant)> =
        state.db.global(global_sql!("select user_id, erased_at from account_deletions where erased_at is not null")).all().await?;
    let organisations: Vec<(Uuid, Instant)> =
        state.db.global(global_sql!("select organisation, erased_at from organisation_closures where erased_at is not null")).all().await?;
    let accounts = accounts.into_iter().map(|(id, at)| (Gone::Account(id), at));
    Ok(organisations.into_iter().map(|(id, at)| (Gone::Organisation(id), at)).chain(accounts).collect())
}

/// Answers whether it was there.
async fn erase_again(state: &State, gone: Gone) -> Answer<bool> {
    match gone {
        Gone::Account(id) => {
            let there = state.db.global(global_sql!("select email from users where id = $1"));
            let there: Option<String> = there.bind(id).optional_scalar().await?;
            if there.is_none_or(|email| email == erasure::nobodys_address(Id::from_uuid(id))) {
                return Ok(false);
            }
            erasure::erase_whatever_it_owns(state, Id::from_uuid(id)).await?;
        }
        Gone::Organisation(id) => {
            let there = state.db.global(global_sql!("select count(*) from organisations where id = $1"));
            if there.bind(id).scalar::<i64>().await? == 0 {
                return Ok(false);
            }
            closing::erase_again(state, Id::from_uuid(id)).await?;
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_as_it_was_written() {
        let (org, user) = (Gone::Organisation(Uuid::now_v7()), Gone::Account(Uuid::now_v7()));
        let text = [line(user, Instant(5)), line(org, Instant(7)), "account x 1\nnothing\n\n".to_owned()].concat();
        let list = parse(&text);
        assert_eq!(list.into_iter().collect::<Vec<_>>(), [(org, Instant(7)), (user, Instant(5))]);
    }
}
