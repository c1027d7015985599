//! What a file says of itself: where its headings are, and what each column tells of how it is written.

use serde::{Deserialize, Serialize};

use super::{evidence::Evidence, guess, rejected, rows::Row};

/// Rows that are looked at to find the headings.
pub(super) const LOOKED_AT: usize = 30;
/// Lines above the headings that are shown.
pub(super) const SHOWN_ABOVE: usize = 3;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Findings {
    /// The line of the headings, from 1; 0 in imports of before this was kept, whose headings are on the first.
    pub heading_line: u64,
    /// Where that line begins.
    pub heading_offset: u64,
    /// Rows above the headings.
    pub rows_above: u64,
    /// The first of them as text.
    pub above: Vec<String>,
    /// What each column says.
    pub columns: Vec<Evidence>,
    /// Whether this product wrote the file.
    pub ours: bool,
}

impl Findings {
    /// What is said of the lines above the headings; empty where there are none.
    pub fn said_above(&self) -> String {
        match self.rows_above {
            0 => String::new(),
            1 => format!("The headings were found on line {}, and the line above is left out", self.heading_line),
            many => format!("The headings were found on line {}, and {many} lines above are left out", self.heading_line),
        }
    }
}

/// A row that may be the headings or stand above them.
pub(super) struct Begun {
    pub offset: u64,
    pub line: u64,
    pub cells: Vec<Vec<u8>>,
    pub is_too_long: bool,
}

impl Begun {
    pub fn of(row: &Row<'_>) -> Self {
        let cells = row.cells().map(<[u8]>::to_vec).collect();
        Self { offset: row.offset, line: row.line, cells, is_too_long: row.is_too_long }
    }

    /// Whether this is the line that names the delimiter for spreadsheets.
    pub fn names_delimiter(&self) -> bool {
        self.cells.first().is_some_and(|cell| cell.len() <= 5 && cell.to_ascii_lowercase().starts_with(b"sep="))
    }

    /// Whether all that stands in it are names of columns; the others may have none.
    fn names_columns(&self) -> bool {
        let mut filled = self.cells.iter().map(|cell| cell.trim_ascii()).filter(|cell| !cell.is_empty());
        filled.all(|cell| guess::is_heading(&String::from_utf8_lossy(cell)))
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim_ascii().is_empty()).count()
    }
}

/// Which of the first rows has the headings: the first that is about as wide as the table. What stands above, such as a
/// title and who made the report, is narrower.
pub(super) fn headings_among(rows: &[Begun]) -> usize {
    let most = rows.iter().map(Begun::filled).max().unwrap_or_default();
    let wide = |row: &Begun| match most {
        0 | 1 => true,
        2 => row.cells.len() >= 2,
        _ => row.filled() >= 2 && (row.filled() * 5 >= most * 3 || row.names_columns()),
    };
    rows.iter().position(wide).unwrap_or_default()
}

/// Whether this product wrote a file with such headings.
pub(super) fn is_ours(header: &[String]) -> bool {
    guess::is_our_export(header) || rejected::added(header) > 0
}

/// Headings that can be told apart.
pub(super) fn headings(raw: Vec<String>) -> Vec<String> {
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

    #[test]
    fn headings_are_found_below_titles() {
        let among = |rows: &[&str]| {
            let begun = |(at, row): (usize, &&str)| Begun {
                offset: 0,
                line: at as u64,
                cells: row.split(',').map(|cell| cell.as_bytes().to_vec()).collect(),
                is_too_long: false,
            };
            headings_among(&rows.iter().enumerate().map(begun).collect::<Vec<_>>())
        };
        assert_eq!(among(&["id,title,opened", "1,a,b"]), 0);
        assert_eq!(among(&["Open cases", "Report generated on 1 May", "id,title,opened", "1,a,b"]), 2);
        assert_eq!(among(&["Open cases,,,", "By:,Ann,,", "id,title,opened,due", "1,a,b,c"]), 2);
        assert_eq!(among(&["Open cases", "id,title", "1,a"]), 1);
        assert_eq!(among(&["id,title,,", "1,a,b,c", "2,a,b,c"]), 0);
        // Headings that are not all filled in, and rows that are wider.
        assert_eq!(among(&["id,", "1,x"]), 0);
        assert_eq!(among(&["id,title,", "1,a,b"]), 0);
        assert_eq!(among(&["id,title,opened", "1,a,b,c,d"]), 0);
        assert_eq!((among(&["only", "one"]), among(&[])), (0, 0));
    }
}
