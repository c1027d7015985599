//! A file that lies in the database, read from beginning to end or at any place.

use std::{collections::HashMap, sync::Arc};

use super::{
    rows::{Rows, Step},
    sniff::{self, Encoding},
    store,
    text::{Manner, TextRow},
};
use crate::{
    accounts::Scope,
    fault::{Answer, Fault},
    ids::{Id, kinds},
};

/// Bytes of a piece; only the last of a file is shorter.
pub(super) const PIECE: usize = 262_144;
/// Pieces kept in memory: 64 MB.
const KEPT: usize = 256;

/// See the module.
pub(super) struct File {
    scope: Scope,
    id: Id<kinds::Import>,
    pub delimiter: u8,
    pub manner: Manner,
    heading: (u64, u64),
    kept: HashMap<u64, (Arc<[u8]>, u64)>,
    clock: u64,
}

impl File {
    /// The file of an import.
    pub fn of(scope: &Scope, import: &store::ImportRow) -> Self {
        Self {
            scope: scope.clone(),
            id: import.id,
            delimiter: import.delimiter.bytes().next().unwrap_or(b','),
            manner: Manner { encoding: Encoding::named(&import.encoding), width: import.header.len(), ours: import.findings.ours },
            heading: (import.findings.heading_offset, import.findings.heading_line.max(1)),
            kept: HashMap::new(),
            clock: 0,
        }
    }

    /// Piece number `part`; nothing behind the last.
    pub async fn piece(&mut self, part: u64) -> Answer<Option<Arc<[u8]>>> {
        self.clock += 1;
        if let Some((piece, used)) = self.kept.get_mut(&part) {
            *used = self.clock;
            return Ok(Some(piece.clone()));
        }
        let number = i64::try_from(part).unwrap_or(i64::MAX);
        let Some(bytes) = store::piece(&self.scope, self.id, number).await? else { return Ok(None) };
        if self.kept.len() >= KEPT
            && let Some(oldest) = self.kept.iter().min_by_key(|(_, (_, used))| *used).map(|(part, _)| *part)
        {
            self.kept.remove(&oldest);
        }
        let piece: Arc<[u8]> = bytes.into();
        self.kept.insert(part, (piece.clone(), self.clock));
        Ok(Some(piece))
    }

    /// Where the headings begin, and on which line.
    pub async fn headings(&mut self) -> Answer<(u64, u64)> {
        let text = self.piece(0).await?.map_or(0, |piece| (piece.len() - sniff::unmarked(&piece).len()) as u64);
        let (offset, line) = self.heading;
        Ok((offset.max(text), line))
    }

    /// The row at a place that is known to begin one.
    pub async fn row_at(&mut self, offset: u64, line: u64) -> Answer<TextRow> {
        let mut rows = Rows::from(self.delimiter, offset, line);
        let (mut part, mut skip) = (offset / PIECE as u64, usize::try_from(offset % PIECE as u64).unwrap_or_default());
        loop {
            let piece = self.piece(part).await?;
            let mut rest = piece.as_deref().and_then(|piece| piece.get(skip..)).unwrap_or_default();
            match rows.step(&mut rest, piece.is_none()) {
                Step::Row(row) => return Ok(TextRow::of(&row, self.manner)),
                Step::More => (part, skip) = (part + 1, 0),
                // It was a row when the file came in: its pieces are gone, because the import has ended meanwhile.
                Step::End => return Err(Fault::Gone),
            }
        }
    }
}
