//! A row as text: decoded, without what no text has, as wide as the headings. What was changed on the way is noted, so
//! that whoever imports can look at it.

use super::{rows::Row, sniff::Encoding};
use crate::server::csv;

/// A row as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextRow {
    /// The line on which it begins.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
    /// What was changed in a cell to read it: the column, and a sentence.
    pub notes: Vec<(usize, String)>,
    /// Why it cannot be a row of this table, and what to do.
    pub wrong: Option<(String, String)>,
}

/// What all rows of a file have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// How its bytes become text.
    pub encoding: Encoding,
    /// How many headings there are.
    pub width: usize,
    /// Whether this product wrote it, so that every mark of `csv` in it is one of ours.
    pub ours: bool,
}

impl TextRow {
    /// The row as it is shown and read. Cells that are missing at the end are empty ones.
    pub fn of(row: &Row<'_>, manner: Manner) -> Self {
        if row.is_too_long {
            return Self { line: row.line, cells: vec![String::new(); manner.width], wrong: Some(too_long()), ..Self::default() };
        }
        let mut notes = Vec::new();
        let mut cells: Vec<String> = row.cells().enumerate().map(|(at, cell)| text(cell, manner, at, &mut notes)).collect();
        let alone = cells.len() == 1 && manner.width > 2;
        while cells.len() > manner.width && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        let wrong = if alone { Some(stands_alone(manner.width)) } else { beyond(&cells, manner.width) };
        cells.resize(cells.len().max(manner.width), String::new());
        Self { line: row.line, cells, notes, wrong }
    }
}

fn too_long() -> (String, String) {
    (
        "The row has more than a million characters or 200 columns.".to_owned(),
        "Shorten it. Perhaps a quotation mark in it is not closed.".to_owned(),
    )
}

fn stands_alone(width: usize) -> (String, String) {
    (
        format!("Only the first of {width} columns is there."),
        "If this is a line below the table, nothing is missing. If it is a case, fill in its row.".to_owned(),
    )
}

/// What stands in a row behind the last heading belongs to no column.
fn beyond(cells: &[String], width: usize) -> Option<(String, String)> {
    let extra = cells.get(width..).unwrap_or_default();
    let first = extra.iter().find(|cell| !cell.trim().is_empty())?;
    Some((
        format!("The row has {} columns, the headings are {width}: {} stands beyond them.", cells.len(), super::cells::quoted(first)),
        "Put quotation marks around values that contain the delimiter, or add a heading.".to_owned(),
    ))
}

fn text(cell: &[u8], manner: Manner, at: usize, notes: &mut Vec<(usize, String)>) -> String {
    let (decoded, stray) = manner.encoding.decode_noting(cell);
    if let Some((byte, read)) = stray {
        notes.push((
            at,
            format!("A byte that is no {} (hexadecimal {byte:02X}) was read as \u{201c}{read}\u{201d}.", manner.encoding.name()),
        ));
    }
    let value = if manner.ours { csv::value(&decoded) } else { csv::foreign_value(&decoded) };
    let (clean, dropped) = without_controls(&value);
    if dropped {
        notes.push((at, "Control characters, which no text has, were left out.".to_owned()));
    }
    clean
}

/// A cell as it is shown before anything is read: the databases would not take control characters.
pub(super) fn shown(cell: &[u8], encoding: Encoding) -> String {
    without_controls(&encoding.decode(cell)).0.trim().to_owned()
}

/// Word processors leave marks of their own: breaks become line breaks, the hyphen that does not break becomes one, the rest
/// goes. Says whether anything went.
fn without_controls(text: &str) -> (String, bool) {
    let mut dropped = false;
    let clean = text
        .chars()
        .filter_map(|c| match c {
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\u{1e}' => Some('-'),
            '\t' | '\n' | '\r' => Some(c),
            c if c.is_control() => {
                dropped = true;
                None
            }
            c => Some(c),
        })
        .collect();
    (clean, dropped)
}

/// A value for a field of one line: line breaks and tabs in it become spaces. Says whether there were any.
pub(super) fn one_line(text: &str) -> (String, bool) {
    let broken = |c: char| c.is_control();
    if !text.trim().contains(broken) {
        return (text.trim().to_owned(), false);
    }
    (text.split(broken).map(str::trim).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" "), true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::rows::{Rows, Step};

    fn row(bytes: &[u8], width: usize, ours: bool) -> TextRow {
        let (mut rows, mut rest) = (Rows::from(b',', 0, 1), bytes);
        match rows.step(&mut rest, true) {
            Step::Row(row) => TextRow::of(&row, Manner { encoding: Encoding::Utf8, width, ours }),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn short_and_long_rows_fit_their_headings() {
        assert_eq!(row(b"1,a\n", 4, false).cells, ["1", "a", "", ""]);
        assert_eq!(row(b"1,a,,, \n", 3, false).cells, ["1", "a", ""]);
        let long = row(b"1,a,b,c\n", 2, false);
        let (reason, cure) = long.wrong.unwrap();
        assert!(reason.contains("4 columns") && reason.contains("\u{201c}b\u{201d}") && cure.contains("quotation marks"), "{reason}");
        assert!(row(b"Total 12\n", 3, false).wrong.is_some() && row(b"Total 12\n", 2, false).wrong.is_none());
    }

    #[test]
    fn a_stray_byte_is_read_in_its_cell_and_told() {
        let row = row(b"M\xc3\xbcller,It\x92s,\xc5\x81\xc3\xb3d\xc5\xba\n", 3, false);
        assert_eq!(row.cells, ["M\u{fc}ller", "It\u{2019}s", "\u{141}\u{f3}d\u{17a}"]);
        assert!(matches!(row.notes.as_slice(), [(1, note)] if note.contains("92") && note.contains('\u{2019}')), "{:?}", row.notes);
    }

    #[test]
    fn control_characters_do_not_cost_a_row() {
        let row = row(b"Rent 01\x022026,\"Smith\x0bJones\",a\x1eb,x\0y\n", 4, false);
        assert_eq!(row.cells, ["Rent 012026", "Smith\nJones", "a-b", "xy"]);
        assert_eq!(row.notes.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 3]);
        assert_eq!(one_line("Smith\nJones"), ("Smith Jones".to_owned(), true));
        assert_eq!(one_line(" Smith\tJones \r\n"), ("Smith Jones".to_owned(), true));
        assert_eq!(one_line(" Smith  Jones "), ("Smith  Jones".to_owned(), false));
    }

    #[test]
    fn marks_are_taken_back_from_what_was_sent_out() {
        assert_eq!(row(b"'=1,a;'-b\n", 2, true).cells, ["=1", "a;-b"]);
        assert_eq!(row(b"'=1,a;'-b\n", 2, false).cells, ["=1", "a;'-b"]);
    }
}
