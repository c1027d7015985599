//! A file comes in, piece by piece: looked at, counted and stored, with one piece in memory.
//!
//! Either all of it stays or nothing. While it comes, the import exists for nobody. What goes wrong removes it; so does
//! a person who closes the browser, since dropping an unfinished intake removes it too; and what a killed process left
//! is removed by the next upload.

use super::{
    file::PIECE,
    index::MOST_ROWS,
    rows::{Row, Rows, Step, TooLong, WIDEST},
    sniff::{self, BOM, Utf8Check},
    store::{self, Arrived},
};
use crate::{
    accounts::Scope,
    audit::{self, Event},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::http::bare_name,
};

/// Rows that are shown when columns are matched.
const SAMPLE: usize = 5;
/// Characters of a cell that are shown.
const SHOWN: usize = 120;

/// A file on its way in.
pub(super) struct Intake {
    scope: Scope,
    id: Id<kinds::Import>,
    buffer: Vec<u8>,
    parts: i64,
    bytes: u64,
    utf8: Utf8Check,
    delimiter: u8,
    rows: Option<Rows>,
    count: i64,
    header: Vec<Vec<u8>>,
    sample: Vec<Vec<Vec<u8>>>,
    done: bool,
}

impl Intake {
    /// Makes room for a file.
    pub async fn begin(scope: &Scope, name: &str) -> Answer<Self> {
        for stale in store::stale_uploads(scope).await? {
            discard(scope, stale).await?;
        }
        let id = Id::from_uuid(uuid::Uuid::now_v7());
        let intake = Self {
            scope: scope.clone(),
            id,
            buffer: Vec::with_capacity(PIECE),
            parts: 0,
            bytes: 0,
            utf8: Utf8Check::default(),
            delimiter: b',',
            rows: None,
            count: 0,
            header: Vec::new(),
            sample: Vec::new(),
            done: false,
        };
        store::begin_upload(scope, id, &bare_name(name, "file.csv")).await?;
        Ok(intake)
    }

    /// Takes what has come.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Answer<()> {
        self.bytes += bytes.len() as u64;
        let limit = self.scope.state.config.limits.import_bytes.min(u64::from(u32::MAX));
        if self.bytes > limit {
            return Err(Fault::TooLarge { limit });
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == PIECE {
                self.store_piece().await?;
            }
        }
        Ok(())
    }

    /// The file is here.
    pub async fn end(&mut self) -> Answer<Id<kinds::Import>> {
        if self.bytes == 0 {
            return Err(refused("The file is empty. Choose another."));
        }
        if !self.buffer.is_empty() {
            self.store_piece().await?;
        }
        self.read(&[], true)?;
        if self.count == 0 {
            return Err(refused("There is no row below the headings. Choose a file whose first line names the columns."));
        }
        let encoding = self.utf8.encoding();
        let shown = |cell: &Vec<u8>| encoding.decode(cell).trim().chars().take(SHOWN).collect::<String>();
        let file = Arrived {
            bytes: i64::try_from(self.bytes).unwrap_or(i64::MAX),
            delimiter: self.delimiter,
            encoding: encoding.name(),
            header: headings(self.header.iter().map(shown).collect()),
            sample: self.sample.iter().map(|row| row.iter().map(shown).collect()).collect(),
            rows: self.count,
        };
        let facts = serde_json::json!({ "rows": file.rows, "bytes": file.bytes });
        let mut tx = self.scope.begin().await?;
        store::end_upload(&mut tx, self.id, file).await?;
        let event = Event { action: "import.uploaded", subject_kind: "import", subject: self.id.uuid(), facts, values: Vec::new() };
        audit::record(&mut tx, event).await?;
        tx.commit().await?;
        self.done = true;
        Ok(self.id)
    }

    /// Removes what has come.
    pub async fn give_up(mut self) -> Answer<()> {
        self.done = true;
        discard(&self.scope, self.id).await
    }

    async fn store_piece(&mut self) -> Answer<()> {
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE));
        if self.parts == 0 {
            if let Some(cure) = sniff::foreign(&piece) {
                return Err(refused(cure));
            }
            self.delimiter = sniff::delimiter(&piece);
        }
        if sniff::has_binary(&piece) {
            return Err(refused("This is not a text file. Save the table as CSV and upload that file."));
        }
        self.utf8.feed(&piece);
        self.read(if self.parts == 0 { piece.strip_prefix(BOM).unwrap_or(&piece) } else { &piece }, false)?;
        store::add_piece(&self.scope, self.id, self.parts, piece).await?;
        self.parts += 1;
        Ok(())
    }

    /// Counts rows, and keeps the first.
    fn read(&mut self, mut piece: &[u8], end: bool) -> Answer<()> {
        let mut rows = self.rows.take().unwrap_or_else(|| Rows::from(self.delimiter, 0, 1));
        loop {
            match rows.step(&mut piece, end) {
                Ok(Step::Row(row)) => self.keep(&row)?,
                Ok(Step::More | Step::End) => break,
                Err(TooLong { line }) => return Err(refused(&too_long(line))),
            }
        }
        self.rows = Some(rows);
        Ok(())
    }

    fn keep(&mut self, row: &Row<'_>) -> Answer<()> {
        if row.is_blank() {
            return Ok(());
        }
        if row.width() > WIDEST {
            return Err(refused(&too_long(row.line)));
        }
        let cells = || row.cells().map(<[u8]>::to_vec).collect::<Vec<_>>();
        if self.header.is_empty() {
            self.header = cells();
            return Ok(());
        }
        if self.sample.len() < SAMPLE {
            self.sample.push(cells());
        }
        self.count += 1;
        if self.count > MOST_ROWS {
            return Err(refused("The file has more than five million rows. Split it into several and import one after the other."));
        }
        Ok(())
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        if !self.done
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (scope, id) = (self.scope.clone(), self.id);
            runtime.spawn(async move {
                if discard(&scope, id).await.is_err() {
                    tracing::warn!(import.id = %id, "an unfinished upload stays until the next one");
                }
            });
        }
    }
}

async fn discard(scope: &Scope, id: Id<kinds::Import>) -> Answer<()> {
    let mut tx = scope.begin().await?;
    store::remove(&mut tx, id).await?;
    tx.commit().await
}

/// A complaint about the file.
pub(super) fn refused(sentence: &str) -> Fault {
    Fault::field("file", sentence)
}

fn too_long(line: u64) -> String {
    format!(
        "The row on line {line} has more than {WIDEST} columns or a million characters. Perhaps a quotation mark there is not closed; correct it and upload the file again."
    )
}

/// Headings that can be told apart.
fn headings(raw: Vec<String>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for (at, name) in raw.into_iter().enumerate() {
        let name = if name.is_empty() { format!("Column {}", at + 1) } else { name };
        let mut unique = name.clone();
        let mut again = 2;
        while told.contains(&unique) {
            unique = format!("{name} ({again})");
            again += 1;
        }
        told.push(unique);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_unique_and_never_empty() {
        let raw = ["a", "", "a", "a", "Column 2"].map(str::to_owned).to_vec();
        assert_eq!(headings(raw), ["a", "Column 2", "a (2)", "a (3)", "Column 2 (2)"]);
    }
}
