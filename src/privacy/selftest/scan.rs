//! Searching everything: every column of every table, what is sealed in them, and the files of the database.

use std::{collections::BTreeSet, path::PathBuf};

use uuid::Uuid;

use crate::{
    audit,
    fault::Answer,
    privacy::{mine::begin, registry},
    server::{
        db::{Cell, Line, global_sql},
        mail,
        state::State,
        visit::Kept,
    },
};

/// Strings that were found, to be asked for one by one.
pub(super) struct Found(String);

impl Found {
    pub(super) fn contains(&self, canary: &str) -> bool {
        self.0.contains(canary)
    }
}

/// Every word that begins as a planted string does, from every table, opened where it is sealed.
pub(super) async fn everywhere(state: &State) -> Answer<Found> {
    let mut words = BTreeSet::new();
    let mut tx = state.db.look().await?;
    let orgs: Vec<Uuid> = tx.global(global_sql!("select id from organisations order by id")).scalars().await?;
    for table in registry::tables() {
        let everywhere = [Uuid::nil()];
        for org in if table.tenant { orgs.as_slice() } else { everywhere.as_slice() } {
            tx.confine(*org).await?;
            let mut sketch = begin(table, "select ");
            for (at, column) in table.columns.iter().enumerate() {
                sketch.push(if at == 0 { "" } else { ", " }).push(column.name);
            }
            sketch.push(" from ").push(table.name);
            if table.tenant {
                sketch.push(" where org_id = $1");
            }
            for Line(cells) in tx.sketch(sketch).all().await? {
                cells.iter().for_each(|cell| note(&mut words, cell));
                open(state, table.name, &cells, &mut words);
            }
        }
    }
    for org in &orgs {
        tx.confine(*org).await?;
        for subject in audit::sealed_subjects(&mut tx).await? {
            for (_, _, change) in audit::opened(state, &mut tx, subject).await? {
                pick(&mut words, &format!("{} {} {}", change.label, change.from, change.to));
            }
        }
    }
    Ok(Found(words.into_iter().collect::<Vec<_>>().join(" ")))
}

/// What this installation can open with its key.
fn open(state: &State, table: &str, cells: &[Cell], words: &mut BTreeSet<String>) {
    match (table, cells) {
        ("jobs", [_, _, Cell::Text(kind), Cell::Text(payload), ..]) if kind == "mail" => {
            if let Some(mail) = mail::unseal(state, payload) {
                pick(words, &format!("{} {} {}", mail.to, mail.subject, mail.body));
            }
        }
        ("kept_forms", [Cell::Bytes(hash), Cell::Bytes(sealed), ..]) => {
            let kept = state.key.derive("kept-form").open(hash, sealed).and_then(|plain| serde_json::from_slice::<Kept>(&plain).ok());
            kept.iter().flat_map(|kept| &kept.fields).for_each(|(_, value)| pick(words, value));
        }
        _ => {}
    }
}

fn note(words: &mut BTreeSet<String>, cell: &Cell) {
    match cell {
        Cell::Text(text) => pick(words, text),
        Cell::Bytes(bytes) => pick(words, &String::from_utf8_lossy(bytes)),
        Cell::Null | Cell::Int(_) | Cell::Id(_) => {}
    }
}

/// Words of a text that could be planted ones.
fn pick(words: &mut BTreeSet<String>, text: &str) {
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        if word.contains(super::plant::MARK) {
            words.insert(word.to_owned());
        }
    }
}

/// Looks through the files of an SQLite database, log and all; on PostgreSQL the server has them, and none is looked at.
/// Answers how many files there were and what was found.
pub(super) async fn files<'a>(state: &State, canaries: impl Iterator<Item = &'a str>) -> Answer<(usize, Vec<String>)> {
    if state.db.is_postgres() {
        return Ok((0, Vec::new()));
    }
    state.db.scrub().await?;
    let canaries: Vec<&str> = canaries.collect();
    let (mut files, mut found) = (0, Vec::new());
    for path in beside(&state.config.server.data) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        files += 1;
        let text = String::from_utf8_lossy(&bytes);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.extend(canaries.iter().filter(|canary| text.contains(**canary)).map(|canary| format!("{canary} in {name}")));
    }
    Ok((files, found))
}

fn beside(data: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains("sqlite")).collect()
}
