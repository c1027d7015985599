//! What stands in each column of a file, told from its first rows: how often it is filled, how many values it has, and
//! which, where they are few. A guess that looks at headings alone takes a column of texts for an id.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{sniff::Encoding, text};

/// Rows that are looked at.
const LOOKED_AT: u32 = 2_000;
/// Values that are kept one by one.
const FEW: usize = 20;
/// A column of longer values is no column of words.
const SHORT: usize = 60;

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    /// Rows that were looked at.
    pub rows: u32,
    /// Rows in which something stands.
    pub filled: u32,
    /// How many values there are.
    pub distinct: u32,
    /// Rows whose value could be an id: short, with a digit or without a space.
    pub like_ids: u32,
    /// Characters of the longest.
    pub longest: u32,
    /// The values, where they are few and short.
    pub values: Vec<String>,
}

impl Profile {
    /// Whether no two rows have the same.
    pub fn is_unique(&self) -> bool {
        self.distinct == self.filled
    }
}

/// Looks at rows as they go by.
#[derive(Default)]
pub(super) struct Profiler {
    rows: u32,
    columns: Vec<Column>,
}

#[derive(Default)]
struct Column {
    filled: u32,
    like_ids: u32,
    longest: u32,
    values: BTreeSet<Vec<u8>>,
}

impl Profiler {
    /// The next row.
    pub fn take<'a>(&mut self, cells: impl Iterator<Item = &'a [u8]>) {
        if self.rows >= LOOKED_AT {
            return;
        }
        self.rows += 1;
        for (at, cell) in cells.map(<[u8]>::trim_ascii).enumerate() {
            if self.columns.len() <= at {
                self.columns.resize_with(at + 1, Column::default);
            }
            let Some(column) = self.columns.get_mut(at).filter(|_| !cell.is_empty()) else { continue };
            column.filled += 1;
            // Characters of UTF-8; of other encodings that is near enough.
            let characters = cell.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            column.longest = column.longest.max(u32::try_from(characters).unwrap_or(u32::MAX));
            let like_id = cell.len() <= SHORT && (cell.iter().any(u8::is_ascii_digit) || !cell.contains(&b' '));
            column.like_ids += u32::from(like_id);
            column.values.insert(cell.iter().copied().take(256).collect());
        }
    }

    /// What they hold, one for each of `width` columns.
    pub fn end(mut self, width: usize, encoding: Encoding) -> Vec<Profile> {
        self.columns.resize_with(width, Column::default);
        let rows = self.rows;
        self.columns.into_iter().map(|column| column.told(rows, encoding)).collect()
    }
}

impl Column {
    fn told(self, rows: u32, encoding: Encoding) -> Profile {
        let few = self.values.len() <= FEW && self.values.iter().all(|value| value.len() <= SHORT);
        Profile {
            rows,
            filled: self.filled,
            distinct: u32::try_from(self.values.len()).unwrap_or(u32::MAX),
            like_ids: self.like_ids,
            longest: self.longest,
            values: self.values.iter().filter(|_| few).map(|value| text::shown(value, encoding)).collect(),
        }
    }
}
