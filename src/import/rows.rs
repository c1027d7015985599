//! Bytes become rows, piece by piece. The grammar of CSV is csv-core's; here are the pieces, the places and the lines.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most bytes that one row may have; what is longer is passed over.
pub const LONGEST: usize = 1_048_576;
/// The most columns.
pub const WIDEST: usize = 200;

/// A row, its cells still in the encoding of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Where it begins, in bytes from the start of the file.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Whether it was longer or wider than a row may be; then it has no cells.
    pub is_too_long: bool,
    /// Whether a quotation mark in it is never closed, so that it swallowed all lines up to the end of the file.
    pub is_open: bool,
    cells: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// The cells from left to right.
    pub fn cells(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        let (cells, mut from) = (self.cells, 0);
        self.ends.iter().map(move |end| {
            let cell = cells.get(from..*end).unwrap_or_default();
            from = *end;
            cell
        })
    }

    /// One cell.
    pub fn cell(&self, column: usize) -> Option<&'a [u8]> {
        let end = *self.ends.get(column)?;
        let from = if column == 0 { 0 } else { *self.ends.get(column - 1)? };
        self.cells.get(from..end)
    }

    /// Whether no cell has anything in it.
    pub fn is_blank(&self) -> bool {
        !self.is_too_long && self.cells.iter().all(u8::is_ascii_whitespace)
    }
}

/// What a step came to.
#[derive(Debug)]
pub enum Step<'a> {
    /// A row.
    Row(Row<'a>),
    /// The piece is used up.
    More,
    /// There was the last row.
    End,
}

/// Takes pieces and gives rows.
pub struct Rows {
    reader: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    ended: usize,
    offset: u64,
    line: u64,
    after_return: bool,
    began: Option<(u64, u64)>,
    too_long: bool,
    quotes: usize,
    finished: bool,
}

impl Rows {
    /// Reads from `offset`, which is on `line`.
    pub fn from(delimiter: u8, offset: u64, line: u64) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            cells: vec![0; 4_096],
            ends: vec![0; WIDEST + 1],
            filled: 0,
            ended: 0,
            offset,
            line,
            after_return: false,
            began: None,
            too_long: false,
            quotes: 0,
            finished: false,
        }
    }

    /// Goes on in `piece`, of which it takes away what it has used. An empty piece with `end` says that nothing follows.
    pub fn step(&mut self, piece: &mut &[u8], end: bool) -> Step<'_> {
        if self.finished {
            (self.filled, self.ended, self.began, self.finished) = (0, 0, None, false);
            (self.too_long, self.quotes) = (false, 0);
        }
        loop {
            if self.began.is_none() {
                self.skip_line_ends(piece);
            }
            if piece.is_empty() && (!end || self.began.is_none()) {
                return if end { Step::End } else { Step::More };
            }
            let (offset, line) = *self.began.get_or_insert((self.offset, self.line));
            let output = self.cells.get_mut(self.filled..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
            let (result, read, wrote, ended) = self.reader.read_record(piece, output, ends);
            let used = piece.get(..read).unwrap_or_default();
            *piece = piece.get(read..).unwrap_or_default();
            self.quotes += used.iter().filter(|b| **b == b'"').count();
            self.count(used);
            self.filled += wrote;
            self.ended += ended;
            match result {
                ReadRecordResult::Record => {
                    self.finished = true;
                    // Nothing was left to read when it ended, so no line end has ended it.
                    let is_open = end && used.is_empty() && self.quotes % 2 == 1 && self.line > line;
                    let (filled, ended) = if self.too_long { (0, 0) } else { (self.filled, self.ended) };
                    let (cells, ends) = (self.cells.get(..filled).unwrap_or_default(), self.ends.get(..ended).unwrap_or_default());
                    return Step::Row(Row { offset, line, is_too_long: self.too_long, is_open, cells, ends });
                }
                ReadRecordResult::OutputFull if self.cells.len() < LONGEST => self.cells.resize((self.cells.len() * 2).min(LONGEST), 0),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (self.too_long, self.filled, self.ended) = (true, 0, 0);
                }
                ReadRecordResult::InputEmpty if !end => return Step::More,
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::End => return Step::End,
            }
        }
    }

    /// Between rows: the end of the last line, and empty lines.
    fn skip_line_ends(&mut self, piece: &mut &[u8]) {
        let ends = piece.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.count(piece.get(..ends).unwrap_or_default());
        *piece = piece.get(ends..).unwrap_or_default();
    }

    fn count(&mut self, used: &[u8]) {
        self.offset += used.len() as u64;
        for byte in used {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.line += 1,
                _ => {}
            }
            self.after_return = *byte == b'\r';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything as text, with the line of each row.
    fn read(text: &[u8], size: usize) -> Vec<(u64, u64, Vec<String>)> {
        let (mut rows, mut found) = (Rows::from(b',', 0, 1), Vec::new());
        let pieces: Vec<&[u8]> = text.chunks(size).chain([&b""[..]]).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let mut piece = *piece;
            while let Step::Row(row) = rows.step(&mut piece, at + 1 == pieces.len()) {
                found.push((row.offset, row.line, row.cells().map(|c| String::from_utf8_lossy(c).into_owned()).collect()));
            }
        }
        found
    }

    #[test]
    fn rows_know_their_lines_and_places() {
        let text = b"a,b\r\n\"x\ny\",2\r\n\r\n3,\"q\"\"q\"\nlast,row";
        for size in [1, 2, 3, 7, 100] {
            let rows = read(text, size);
            let places: Vec<_> = rows.iter().map(|(offset, line, _)| (*offset, *line)).collect();
            assert_eq!(places, [(0, 1), (5, 2), (16, 5), (25, 6)], "{size}");
            assert_eq!(rows[1].2, ["x\ny", "2"]);
            assert_eq!(rows[2].2, ["3", "q\"q"]);
        }
    }

    #[test]
    fn a_quote_without_end_is_told() {
        let open = |text: &[u8]| {
            let (mut rows, mut rest, mut last) = (Rows::from(b',', 0, 1), text, None);
            while let Step::Row(row) = rows.step(&mut rest, true) {
                last = Some((row.line, row.is_open));
            }
            last
        };
        assert_eq!(open(b"a,b\n1,\"x\n2,y\n3,z\n"), Some((2, true)));
        assert_eq!(open(b"a,b\n1,\"x\ny\"\n"), Some((2, false)));
        assert_eq!(open(b"a,b\n1,\"x\ny\""), Some((2, false)));
        assert_eq!(open(b"a,b\n1,a 5\" pipe\n"), Some((2, false)));
        assert_eq!(open(b"a,b\n1,a 5\" pipe"), Some((2, false)));
    }

    #[test]
    fn a_row_that_is_too_long_costs_no_other() {
        let long = [b"a,b\n1,\"".as_slice(), &vec![b'x'; LONGEST + 10], b"\"\n2,y\n"].concat();
        let wide = [b"a,b\n".as_slice(), &vec![b','; WIDEST + 10], b"\n2,y\n"].concat();
        for text in [long, wide] {
            let (mut rows, mut rest, mut found) = (Rows::from(b',', 0, 1), text.as_slice(), Vec::new());
            while let Step::Row(row) = rows.step(&mut rest, true) {
                found.push((row.line, row.is_too_long, row.cells().count()));
            }
            assert_eq!(found, [(1, false, 2), (2, true, 0), (3, false, 2)]);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_cuts_do_not_matter(text in proptest::collection::vec(proptest::prop_oneof![
            proptest::strategy::Just(b','), proptest::strategy::Just(b'"'), proptest::strategy::Just(b'\n'),
            proptest::strategy::Just(b'\r'), proptest::prelude::any::<u8>()], 0..300), size in 1_usize..9) {
            let whole = read(&text, text.len().max(1));
            proptest::prop_assert_eq!(&read(&text, size), &whole);
            // A row can be read again from its place alone.
            for (offset, line, cells) in &whole {
                let mut rows = Rows::from(b',', *offset, *line);
                let mut rest = &text[usize::try_from(*offset).unwrap()..];
                loop {
                    let end = rest.is_empty();
                    if let Step::Row(row) = rows.step(&mut rest, end) {
                        let again: Vec<String> = row.cells().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
                        proptest::prop_assert_eq!(&again, cells);
                        break;
                    }
                }
            }
        }
    }
}
