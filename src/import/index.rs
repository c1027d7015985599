//! Which rows belong together: the first pass over a file.
//!
//! Sixteen bytes a row are kept, so that five million rows need 80 MB: a hash of the case id, where the row begins, and
//! on which line. Sorting by hash brings the rows of a case together; sorting again by where each case begins brings the
//! cases into the order of the file, which is the same whenever the job is run again.

use std::hash::{BuildHasher, RandomState};

use super::{
    file::{File, PIECE},
    rows::{Rows, Step},
};
use crate::fault::{Answer, Fault};

/// The most rows of a file.
pub(super) const MOST_ROWS: i64 = 5_000_000;

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// At first a hash of the case id; then where its first row begins.
    group: u64,
    /// Where the row begins.
    pub offset: u32,
    /// On which line.
    pub line: u32,
}

/// The rows of a file, case by case.
#[derive(Debug, Default)]
pub(super) struct Index(Vec<Place>);

impl Index {
    /// Reads the whole file once. Without a column of ids, rows belong together that are the very same,
    /// but for columns in front that are not the file's own.
    pub async fn of(file: &mut File, case_column: Option<usize>, front: usize) -> Answer<Self> {
        let (start, line) = file.headings().await?;
        let mut rows = Rows::from(file.delimiter, start, line);
        let (first, within) = (start / PIECE as u64, start % PIECE as u64);
        let (mut gatherer, mut part, mut skip) = (Gatherer::new(case_column, front), first, usize::try_from(within).unwrap_or_default());
        loop {
            let piece = file.piece(part).await?;
            let mut rest = piece.as_deref().and_then(|piece| piece.get(skip..)).unwrap_or_default();
            loop {
                match rows.step(&mut rest, piece.is_none()) {
                    Step::Row(row) => gatherer.take(&row),
                    Step::More => break,
                    Step::End if part == first => return Err(Fault::Gone),
                    Step::End => {
                        // Sorting millions of rows would hold up everything else on this thread.
                        let sorted = tokio::task::spawn_blocking(move || Self(grouped(gatherer.places))).await;
                        return sorted.map_err(|_| Fault::Internal { reference: String::new() });
                    }
                }
            }
            (part, skip) = (part + 1, 0);
        }
    }

    /// The rows of each case, cases in the order in which they begin.
    pub fn cases(&self) -> impl Iterator<Item = &[Place]> {
        self.0.chunk_by(|a, b| a.group == b.group)
    }
}

/// Takes rows as they come.
struct Gatherer {
    case_column: Option<usize>,
    front: usize,
    hasher: RandomState,
    header_seen: bool,
    places: Vec<Place>,
}

impl Gatherer {
    fn new(case_column: Option<usize>, front: usize) -> Self {
        Self { case_column, front, hasher: RandomState::new(), header_seen: false, places: Vec::new() }
    }

    fn take(&mut self, row: &super::rows::Row<'_>) {
        if row.is_blank() {
            return;
        }
        if !self.header_seen {
            self.header_seen = true;
            return;
        }
        let group = match self.case_column {
            None => {
                let mut cells: Vec<&[u8]> = row.cells().skip(self.front).map(<[u8]>::trim_ascii).collect();
                // A short row is the same as one with empty cells at its end.
                cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
                self.hasher.hash_one(cells)
            }
            Some(column) => {
                let id = row.cell(column).map(<[u8]>::trim_ascii).filter(|id| !id.is_empty());
                // A row without a case id belongs to no other.
                id.map_or_else(|| self.hasher.hash_one(row.offset), |id| self.hasher.hash_one(id))
            }
        };
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        self.places.push(Place { group, offset: small(row.offset), line: small(row.line) });
    }
}

fn grouped(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_unstable_by_key(|place| (place.group, place.offset));
    for case in places.chunk_by_mut(|a, b| a.group == b.group) {
        let first = case.first().map_or(0, |place| u64::from(place.offset));
        case.iter_mut().for_each(|place| place.group = first);
    }
    places.sort_unstable_by_key(|place| (place.group, place.offset));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_case_come_together_in_the_order_of_the_file() {
        let place = |group, offset| Place { group, offset, line: 0 };
        let scattered = vec![place(9, 10), place(3, 20), place(9, 30), place(1, 40), place(3, 50)];
        let index = Index(grouped(scattered));
        let cases: Vec<Vec<u32>> = index.cases().map(|case| case.iter().map(|p| p.offset).collect()).collect();
        assert_eq!(cases, [vec![10, 30], vec![20, 50], vec![40]]);
    }

    #[test]
    fn a_place_is_small() {
        assert_eq!(size_of::<Place>(), 16);
    }
}
