//! A file as it goes by: its rows counted, its headings and its first rows kept.

use super::{
    index::MOST_ROWS,
    intake::refused,
    profile::Profiler,
    rows::{Row, Rows, Step, TooLong, WIDEST},
    sniff::{self, Encoding},
    store::Table,
};
use crate::fault::Answer;

/// Rows that are shown when columns are matched.
const SAMPLE: usize = 5;
/// Characters of a cell that are shown.
const SHOWN: usize = 120;

/// See the module.
pub(super) struct Reading {
    delimiter: u8,
    begun: bool,
    rows: Rows,
    count: i64,
    header: Vec<Vec<u8>>,
    profiler: Profiler,
    sample: Vec<Vec<Vec<u8>>>,
}

impl Reading {
    /// From the first byte on.
    pub fn from(delimiter: u8) -> Self {
        Self {
            delimiter,
            begun: false,
            rows: Rows::from(delimiter, 0, 1),
            count: 0,
            header: Vec::new(),
            profiler: Profiler::default(),
            sample: Vec::new(),
        }
    }

    /// The next piece. What marks the encoding, at the beginning of the first, belongs to no heading.
    pub fn take(&mut self, piece: &[u8]) -> Answer<()> {
        let begun = std::mem::replace(&mut self.begun, true);
        self.read(if begun { piece } else { sniff::unmarked(piece) }, false)
    }

    /// There is no more: what the table looks like.
    pub fn end(mut self, encoding: Encoding) -> Answer<Table> {
        self.read(&[], true)?;
        if self.count == 0 {
            return Err(refused("There is no row below the headings. Choose a file whose first line names the columns."));
        }
        let shown = |cell: &Vec<u8>| encoding.decode(cell).trim().chars().take(SHOWN).collect::<String>();
        Ok(Table {
            delimiter: char::from(self.delimiter).to_string(),
            header: headings(self.header.iter().map(shown).collect()),
            sample: self.sample.iter().map(|row| row.iter().map(shown).collect()).collect(),
            rows: self.count,
            profile: self.profiler.end(self.header.len(), encoding),
        })
    }

    fn read(&mut self, mut piece: &[u8], end: bool) -> Answer<()> {
        loop {
            let counted = match self.rows.step(&mut piece, end) {
                Ok(Step::Row(row)) if row.is_blank() => continue,
                Ok(Step::Row(row)) if row.width() > WIDEST => return Err(refused(&too_long(row.line))),
                Ok(Step::Row(row)) if self.header.is_empty() => {
                    self.header = cells(&row);
                    continue;
                }
                Ok(Step::Row(row)) => {
                    self.profiler.take(&row);
                    (self.sample.len() < SAMPLE).then(|| cells(&row))
                }
                Ok(Step::More | Step::End) => return Ok(()),
                Err(TooLong { line }) => return Err(refused(&too_long(line))),
            };
            self.sample.extend(counted);
            self.count += 1;
            if self.count > MOST_ROWS {
                return Err(refused("The file has more than five million rows. Split it into several and import one after the other."));
            }
        }
    }
}

fn cells(row: &Row<'_>) -> Vec<Vec<u8>> {
    row.cells().map(<[u8]>::to_vec).collect()
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
