//! The list of what was erased, beside the database and not in it: a backup that is put back must bring nobody back.
//!
//! A line is a kind, an id and a moment; it names nobody. Behind an organisation that was erased around legal holds stand
//! these holds, so that it is erased around them again, and around no others; and a hold that is released stands on the
//! list from then on, so that none is in force again. The list lies in the data folder and is left out of backups of the
//! database. It learns with each erasure and release, and at the start, what the database knows.

use std::{
    collections::BTreeMap,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use crate::{
    clock::Instant,
    fault::Answer,
    privacy::retention::HeldBy,
    server::{db::global_sql, state::State},
};

/// For as long as a backup may be kept, and as long again.
const DAYS: i64 = 60;
const FILE: &str = "erased.list";

/// What was erased, or released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gone {
    /// A legal hold, which was released. These come first: what it kept may be erased.
    Hold(Uuid),
    /// An organisation. These come before accounts: one may be the only owner of one.
    Organisation(Uuid),
    /// An account.
    Account(Uuid),
}

/// When something was erased, and around which holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Erasure {
    pub at: Instant,
    pub held: Vec<HeldBy>,
}

pub(super) type List = BTreeMap<Gone, Erasure>;

fn path(state: &State) -> PathBuf {
    state.config.server.data.join(FILE)
}

/// Notes a hold that was just released.
pub(in crate::privacy) fn note_released(state: &State, hold: Uuid) {
    note(state, Gone::Hold(hold), Vec::new());
}

/// Notes an erasure that was just committed. Should this fail, the next start finds it in the database.
pub(super) fn note(state: &State, gone: Gone, held: Vec<HeldBy>) {
    let line = line(gone, &Erasure { at: state.clock.now(), held });
    let written = open(&path(state), true).and_then(|mut file| file.write_all(line.as_bytes()).and_then(|()| file.sync_data()));
    if let Err(error) = written {
        tracing::warn!(kind = ?error.kind(), "the list of what was erased cannot be written");
    }
}

fn open(path: &Path, append: bool) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new().create(true).append(append).write(true).truncate(!append).mode(0o600).open(path)
}

fn line(gone: Gone, erasure: &Erasure) -> String {
    let (kind, id) = match gone {
        Gone::Hold(id) => ("hold", id),
        Gone::Organisation(id) => ("organisation", id),
        Gone::Account(id) => ("account", id),
    };
    let held: String = erasure.held.iter().map(|held| format!(" {} {} {}", held.scope, held.subject, held.id)).collect();
    format!("{kind} {id} {}{held}\n", erasure.at.0)
}

/// Of two lines about one thing the later counts: there is less left to be held.
fn parse(text: &str) -> List {
    let one = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let (&[kind, id, at], held) = words.split_first_chunk::<3>()?;
        let (id, at) = (id.parse().ok()?, Instant(at.parse().ok()?));
        let held = held.as_chunks::<3>().0.iter().map(|[scope, subject, id]| {
            let scope = ["account", "case"].into_iter().find(|known| known == scope)?;
            Some(HeldBy { scope, subject: subject.parse().ok()?, id: id.parse().ok()? })
        });
        let held = held.collect::<Option<Vec<_>>>()?;
        let gone = match kind {
            "hold" => Gone::Hold(id),
            "organisation" => Gone::Organisation(id),
            "account" => Gone::Account(id),
            _ => return None,
        };
        Some((gone, Erasure { at, held }))
    };
    text.lines().filter_map(one).collect()
}

/// What is on the list, and its text as it lies there.
///
/// # Errors
/// A sentence for the operator, when the file cannot be read.
pub(super) fn read(state: &State) -> Result<(List, String), String> {
    let path = path(state);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((parse(&text), text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((List::new(), String::new())),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Puts a list in the place of `before`, without what is too old to come back.
///
/// # Errors
/// A sentence for the operator, when the file cannot be written.
pub(super) fn write(state: &State, list: List, before: &str) -> Result<(), String> {
    let oldest = state.clock.now().plus_seconds(-DAYS * 86_400);
    let lines: String = list.into_iter().filter(|(_, erasure)| erasure.at > oldest).map(|(gone, erasure)| line(gone, &erasure)).collect();
    if lines == before {
        return Ok(());
    }
    let path = path(state);
    replace(&path, &lines).map_err(|error| format!("{}: {error}", path.display()))
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
pub(super) async fn known(state: &State) -> Answer<List> {
    let accounts: Vec<(Uuid, Instant)> =
        state.db.global(global_sql!("select user_id, erased_at from account_deletions where erased_at is not null")).all().await?;
    let holds: Vec<(Uuid, Instant)> =
        state.db.global(global_sql!("select id, released_at from legal_holds where released_at is not null")).all().await?;
    let organisations: Vec<(Uuid, Instant)> =
        state.db.global(global_sql!("select organisation, erased_at from organisation_closures where erased_at is not null")).all().await?;
    let accounts = accounts.into_iter().map(|(id, at)| (Gone::Account(id), at));
    let holds = holds.into_iter().map(|(id, at)| (Gone::Hold(id), at));
    let all = organisations.into_iter().map(|(id, at)| (Gone::Organisation(id), at)).chain(accounts).chain(holds);
    Ok(all.map(|(gone, at)| (gone, Erasure { at, held: Vec::new() })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_as_it_was_written() {
        let (org, user) = (Gone::Organisation(Uuid::now_v7()), Gone::Account(Uuid::now_v7()));
        let (around, ended) = (Gone::Organisation(Uuid::now_v7()), Gone::Hold(Uuid::now_v7()));
        let erasure = |at: i64, held: Vec<HeldBy>| Erasure { at: Instant(at), held };
        let hold = |scope: &'static str| HeldBy { scope, subject: Uuid::now_v7(), id: Uuid::now_v7() };
        let held = vec![hold("case"), hold("account")];
        let text = [
            line(user, &erasure(5, Vec::new())),
            line(org, &erasure(6, held.clone())),
            line(org, &erasure(7, Vec::new())),
            line(around, &erasure(8, held.clone())),
            line(ended, &erasure(9, Vec::new())),
            "account x 1\nnothing\n\n".to_owned(),
        ];
        let list = parse(&text.concat());
        let expected =
            [(ended, erasure(9, Vec::new())), (org, erasure(7, Vec::new())), (around, erasure(8, held)), (user, erasure(5, Vec::new()))];
        assert_eq!(list, BTreeMap::from(expected));
    }
}
