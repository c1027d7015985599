//! Searching everything: every column of every table, what is sealed in them, and the files of the database.

use std::{collections::BTreeSet, io::Read as _, path::PathBuf};

use uuid::Uuid;

use crate::{
    accounts::Person,
    audit,
    fault::Answer,
    ids::Id,
    privacy::{
        archive,
        mine::{begin, theirs},
        registry::{
            self,
            model::{Erasure, Rows, Table},
        },
        requests,
    },
    server::{
        db::{Cell, Line, Tx, global_sql},
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
    Ok(Found(all(state, super::plant::MARK).await?.join(" ")))
}

/// Every word in which `mark` stands.
pub(super) async fn all(state: &State, mark: &'static str) -> Answer<Vec<String>> {
    let mut words = Words { mark, found: BTreeSet::new() };
    let mut tx = state.db.look().await?;
    let orgs = organisations(&mut tx).await?;
    every_row(&mut tx, &orgs, |table, cells| {
        cells.iter().for_each(|cell| note(&mut words, cell));
        open(state, table.name, cells, &mut words);
        open_bound(state, table, cells, &mut words);
    })
    .await?;
    for org in &orgs {
        tx.confine(*org).await?;
        for subject in audit::sealed_subjects(&mut tx).await? {
            for (_, _, change) in audit::opened(state, &mut tx, subject).await? {
                pick(&mut words, &format!("{} {} {}", change.label, change.from, change.to));
            }
        }
    }
    Ok(words.found.into_iter().collect())
}

/// Every row that names one of these people, by their account or by a string that was planted for them, byte for byte.
#[cfg(test)]
pub(super) async fn rows_of(state: &State, people: &BTreeSet<Uuid>, mark: &str) -> Answer<BTreeSet<String>> {
    let mut rows = BTreeSet::new();
    let mut tx = state.db.look().await?;
    let orgs = organisations(&mut tx).await?;
    let id = |cell: &Cell| match cell {
        Cell::Id(id) => Some(*id),
        Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
        Cell::Null | Cell::Int(_) | Cell::Text(_) => None,
    };
    every_row(&mut tx, &orgs, |table, cells| {
        let text = format!("{}: {cells:?}", table.name);
        if text.contains(mark) || cells.iter().filter_map(id).any(|id| people.contains(&id)) {
            rows.insert(text);
        }
    })
    .await?;
    Ok(rows)
}

async fn organisations(tx: &mut Tx) -> Answer<Vec<Uuid>> {
    Ok(tx.global(global_sql!("select id from organisations order by id")).scalars().await?)
}

/// Hands every row of every table to `each`.
async fn every_row(tx: &mut Tx, orgs: &[Uuid], mut each: impl FnMut(&'static Table, &[Cell])) -> Answer<()> {
    for table in registry::tables() {
        let everywhere = [Uuid::nil()];
        for org in if table.tenant { orgs } else { everywhere.as_slice() } {
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
                each(table, &cells);
            }
        }
    }
    Ok(())
}

/// What this installation can open with its key.
fn open(state: &State, table: &str, cells: &[Cell], words: &mut Words) {
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

/// What people wrote about requests, and what archives hold: sealed in some columns, and bound to the row with the id in
/// another.
fn open_bound(state: &State, table: &'static Table, cells: &[Cell], words: &mut Words) {
    let bound_to = match table.name {
        "rights_requests" | "rights_messages" | "rights_enclosures" => "id",
        "rights_answers" => "request_id",
        "rights_enclosure_pieces" => "enclosure_id",
        "archive_pieces" => "archive_id",
        _ => return,
    };
    let cell = |name: &str| table.columns.iter().position(|column| column.name == name).and_then(|at| cells.get(at));
    let id = match cell(bound_to) {
        Some(Cell::Id(id)) => Some(*id),
        // SQLite tells no id from other bytes.
        Some(Cell::Bytes(bytes)) => Uuid::from_slice(bytes).ok(),
        _ => None,
    };
    let Some(id) = id else { return };
    for column in ["sealed", "sealed_name"] {
        let Some(Cell::Bytes(sealed)) = cell(column) else { continue };
        let plain = match cell("part") {
            Some(Cell::Int(part)) if table.name == "archive_pieces" => archive::opened(state, Id::from_uuid(id), *part, sealed),
            Some(Cell::Int(part)) => requests::opened_piece(state, id, *part, sealed),
            _ => requests::opened(state, id, sealed),
        };
        plain.iter().for_each(|plain| pick(words, &String::from_utf8_lossy(plain)));
    }
}

/// Columns by which rows are a person's and that erasing empties or takes away with their row, and that still name the
/// person. Answers also how many columns were looked at.
pub(super) async fn traces(state: &State, person: &Person) -> Answer<(usize, Vec<String>)> {
    let (mut of, mut found) = (0, Vec::new());
    let mut tx = state.db.look().await?;
    let organisations = person.organisations(&mut tx).await?;
    for facts in registry::columns().filter(|facts| matches!(facts.erasure, Erasure::Row | Erasure::Null)) {
        let (Rows::OfUser(column) | Rows::OfMember(column)) = facts.table.rows else { continue };
        if facts.column.name != column {
            continue;
        }
        of += 1;
        let nowhere = [(Uuid::nil(), String::new())];
        for (org, _) in if facts.table.tenant { organisations.as_slice() } else { nowhere.as_slice() } {
            tx.confine(*org).await?;
            let mut sketch = begin(facts.table, "select count(*) from ");
            sketch.push(facts.table.name);
            let rows: i64 = tx.sketch(theirs(sketch, person, facts.table)).scalar().await?;
            if rows > 0 {
                found.push(format!("{}.{}", facts.table.name, facts.column.name));
            }
        }
    }
    Ok((of, found))
}

fn note(words: &mut Words, cell: &Cell) {
    match cell {
        Cell::Text(text) => pick(words, text),
        Cell::Bytes(bytes) => pick(words, &String::from_utf8_lossy(bytes)),
        Cell::Null | Cell::Int(_) | Cell::Id(_) => {}
    }
}

/// What is looked for, and what was found.
struct Words {
    mark: &'static str,
    found: BTreeSet<String>,
}

/// Words of a text that could be planted ones; without a mark, the text.
fn pick(words: &mut Words, text: &str) {
    if words.mark.is_empty() {
        words.found.insert(text.to_owned());
    }
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        if !words.mark.is_empty() && word.contains(words.mark) {
            words.found.insert(word.to_owned());
        }
    }
}

/// Looks through every file of the installation: those of an SQLite database, log and all, and whatever lies beside it.
/// On PostgreSQL the server has the database. Answers how many files there were and what was found.
pub(super) async fn files<'a>(state: &State, canaries: impl Iterator<Item = &'a str>) -> Answer<(usize, Vec<String>)> {
    state.db.scrub().await?;
    let canaries: Vec<&str> = canaries.collect();
    let mut paths = Vec::new();
    beside(&state.config.server.data, &mut paths);
    let (mut files, mut found) = (0, BTreeSet::new());
    for path in paths {
        let Ok(file) = std::fs::File::open(&path) else { continue };
        files += 1;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        search(file, &canaries, |canary| {
            found.insert(format!("{canary} in {name}"));
        });
    }
    Ok((files, found.into_iter().collect()))
}

/// Piece by piece, since documents may be large; each piece begins with the end of the one before.
fn search(mut file: std::fs::File, canaries: &[&str], mut found: impl FnMut(&str)) {
    const OVERLAP: usize = 256;
    let mut piece = vec![0; 1 << 20];
    let mut kept = 0;
    while let Ok(read @ 1..) = file.read(piece.get_mut(kept..).unwrap_or_default()) {
        let filled = kept + read;
        let text = String::from_utf8_lossy(piece.get(..filled).unwrap_or_default());
        canaries.iter().filter(|canary| text.contains(**canary)).for_each(|canary| found(canary));
        drop(text);
        kept = filled.min(OVERLAP);
        piece.copy_within(filled - kept..filled, 0);
    }
}

fn beside(folder: &std::path::Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => beside(&entry.path(), paths),
            Ok(kind) if kind.is_file() => paths.push(entry.path()),
            _ => {}
        }
    }
}
