//! A file as it goes by: its headings found, its rows counted, its first rows kept, its columns looked at.

use super::{
    evidence::Evidence,
    findings::{Begun, Findings, LOOKED_AT, SHOWN_ABOVE, headings, headings_among, is_ours},
    index::MOST_ROWS,
    intake::refused,
    profile::Profiler,
    rows::{Row, Rows, Step, WIDEST},
    sniff::{self, Encoding},
    store::Table,
    text,
};
use crate::fault::Answer;

/// Rows that are shown when columns are matched.
const SAMPLE: usize = 5;
/// Characters of a cell that are shown.
const SHOWN: usize = 120;

/// How a file is to be read, where somebody knows better than what it says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What separates its columns.
    pub delimiter: Option<u8>,
    /// The line of its headings, from 1.
    pub heading_line: Option<u64>,
}

/// See the module.
pub(super) struct Reading {
    delimiter: u8,
    heading_line: Option<u64>,
    begun: bool,
    rows: Rows,
    /// The first rows, until it is known which of them has the headings.
    first: Vec<Begun>,
    passed: u64,
    found: Option<Found>,
}

/// What is below the headings.
struct Found {
    header: Vec<Vec<u8>>,
    sample: Vec<Vec<Vec<u8>>>,
    profiler: Profiler,
    count: i64,
    findings: Findings,
}

impl Reading {
    /// From the first byte on; `head` is the beginning of the file.
    pub fn from(wanted: Wanted, head: &[u8]) -> Self {
        let delimiter = wanted.delimiter.unwrap_or_else(|| sniff::delimiter(head));
        let (rows, heading_line) = (Rows::from(delimiter, 0, 1), wanted.heading_line);
        Self { delimiter, heading_line, begun: false, rows, first: Vec::new(), passed: 0, found: None }
    }

    /// The next piece. What marks the encoding, at the beginning of the first, belongs to no heading.
    pub fn take(&mut self, piece: &[u8]) -> Answer<()> {
        let begun = std::mem::replace(&mut self.begun, true);
        let rest = if begun { piece } else { sniff::unmarked(piece) };
        if rest.len() < piece.len() {
            self.rows = Rows::from(self.delimiter, (piece.len() - rest.len()) as u64, 1);
        }
        self.read(rest, false)
    }

    /// There is no more: what the table looks like.
    pub fn end(mut self, encoding: Encoding) -> Answer<Table> {
        self.read(&[], true)?;
        if self.found.is_none() {
            self.found = self.find()?;
        }
        let Some(found) = self.found.filter(|found| found.count > 0) else {
            return Err(refused("There is no row below the headings. Choose a file whose first line names the columns."));
        };
        let shown = |cell: &Vec<u8>| text::shown(cell, encoding).chars().take(SHOWN).collect::<String>();
        let header = headings(found.header.iter().map(shown).collect());
        let findings = Findings { ours: is_ours(&header), ..found.findings };
        Ok(Table {
            delimiter: char::from(self.delimiter).to_string(),
            sample: found.sample.iter().map(|row| row.iter().map(shown).collect()).collect(),
            rows: found.count,
            profile: found.profiler.end(header.len(), encoding),
            header,
            findings,
        })
    }

    fn read(&mut self, mut piece: &[u8], end: bool) -> Answer<()> {
        loop {
            match self.rows.step(&mut piece, end) {
                Step::More | Step::End => return Ok(()),
                Step::Row(row) if row.is_blank() => {}
                Step::Row(row) if row.is_open => return Err(refused(&never_closed(row.line))),
                Step::Row(row) => match &mut self.found {
                    Some(found) => found.take(&row)?,
                    None if self.heading_line.is_some_and(|line| row.line < line) && self.first.len() >= SHOWN_ABOVE => self.passed += 1,
                    None => self.first.push(Begun::of(&row)),
                },
            }
            let enough = match self.heading_line {
                Some(line) => self.first.last().is_some_and(|row| row.line >= line),
                None => self.first.len() >= LOOKED_AT,
            };
            if enough && self.found.is_none() {
                self.found = self.find()?;
            }
        }
    }

    /// Finds the headings among the first rows.
    fn find(&mut self) -> Answer<Option<Found>> {
        let mut first = std::mem::take(&mut self.first);
        if first.first().is_some_and(Begun::names_delimiter) {
            first.remove(0);
        }
        let at = match self.heading_line {
            Some(line) => first.iter().position(|row| row.line >= line).ok_or_else(|| {
                refused(&format!("There is no row on line {line}. Write the line on which the headings are; the first line is 1."))
            })?,
            None => headings_among(&first),
        };
        let below = first.split_off((at + 1).min(first.len()));
        let Some(header) = first.pop() else { return Ok(None) };
        if header.cells.len() > WIDEST || header.is_too_long {
            return Err(refused(&too_wide(header.line)));
        }
        let said = |row: &Begun| {
            let cells: Vec<String> = row.cells.iter().map(|cell| text::shown(cell, Encoding::Utf8)).collect();
            cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect()
        };
        let findings = Findings {
            heading_line: header.line,
            heading_offset: header.offset,
            rows_above: first.len() as u64 + self.passed,
            above: first.iter().take(SHOWN_ABOVE).map(said).collect(),
            columns: vec![Evidence::default(); header.cells.len()],
            ours: false,
        };
        let mut found = Found { header: header.cells, sample: Vec::new(), profiler: Profiler::default(), count: 0, findings };
        for row in below {
            found.count(row.line, row.cells.iter().map(Vec::as_slice))?;
        }
        Ok(Some(found))
    }
}

impl Found {
    fn take(&mut self, row: &Row<'_>) -> Answer<()> {
        self.count(row.line, row.cells())
    }

    fn count<'a>(&mut self, line: u64, cells: impl Iterator<Item = &'a [u8]> + Clone) -> Answer<()> {
        if self.sample.len() < SAMPLE {
            self.sample.push(cells.clone().map(<[u8]>::to_vec).collect());
        }
        self.profiler.take(cells.clone());
        self.findings.columns.iter_mut().zip(cells).for_each(|(column, cell)| column.look(line, cell));
        self.count += 1;
        if self.count > MOST_ROWS {
            return Err(refused("The file has more than five million rows. Split it into several and import one after the other."));
        }
        Ok(())
    }
}

fn too_wide(line: u64) -> String {
    format!(
        "The headings on line {line} have more than {WIDEST} columns or a million characters. Perhaps a quotation mark there is not closed; correct it and upload the file again."
    )
}

fn never_closed(line: u64) -> String {
    format!(
        "In the row on line {line} a quotation mark is opened and never closed, so that the rest of the file would be one cell. Close it, or delete it, and upload the file again."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, wanted: Wanted) -> Result<Table, String> {
        let mut reading = Reading::from(wanted, text.as_bytes());
        reading.take(text.as_bytes()).map_err(|fault| fault.sentence())?;
        reading.end(Encoding::Utf8).map_err(|fault| fault.sentence())
    }

    #[test]
    fn headings_are_found_and_everything_above_is_told() {
        let text = "\u{feff}Open cases\r\nReport generated on 5 May 2026\r\n\r\nid;title;opened\r\n1;a;2026-01-05\r\n2;b;2026-01-06\r\n";
        let found = table(text, Wanted::default()).unwrap();
        assert_eq!((found.delimiter.as_str(), found.header.join("|").as_str(), found.rows), (";", "id|title|opened", 2));
        let findings = &found.findings;
        assert_eq!(
            (findings.heading_line, findings.rows_above, findings.above.join("|").as_str()),
            (4, 2, "Open cases|Report generated on 5 May 2026")
        );
        assert_eq!(
            text.as_bytes().get(usize::try_from(findings.heading_offset).unwrap()..).map(|rest| rest.starts_with(b"id;")),
            Some(true)
        );
        assert_eq!(findings.said_above(), "The headings were found on line 4, and 2 lines above are left out");
        // Whoever knows better says it.
        let other = table(text, Wanted { heading_line: Some(5), ..Wanted::default() }).unwrap();
        assert_eq!((other.header.join("|").as_str(), other.rows, other.findings.rows_above), ("1|a|2026-01-05", 1, 3));
        assert!(table(text, Wanted { heading_line: Some(50), ..Wanted::default() }).err().unwrap().contains("no row on line 50"));
    }

    #[test]
    fn a_line_that_names_the_delimiter_is_no_row() {
        let found = table("sep=;\r\nCase id;Title\r\nA-1;Leak, in the kitchen\r\n", Wanted::default()).unwrap();
        assert_eq!((found.header.join("|").as_str(), found.rows, found.findings.rows_above), ("Case id|Title", 1, 0));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        assert!(table("id,title\n1,\"a\n2,b\n3,c\n", Wanted::default()).err().unwrap().contains("line 2"));
        for text in ["id,title\n", "id,title\n\n\n", "sep=;\n", "\n\n"] {
            assert!(table(text, Wanted::default()).err().unwrap().contains("no row below the headings"), "{text:?}");
        }
    }
}
