//! What a file says of itself: delimiter, encoding, and whether it is a text at all.

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a byte-order mark.
    Utf8,
    /// It came as UTF-16 and lies here as UTF-8.
    Utf16,
    /// What spreadsheets of western Europe write.
    Windows1252,
}

impl Encoding {
    /// The name in storage and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// The encoding of that name.
    pub fn named(name: &str) -> Self {
        [Self::Utf16, Self::Windows1252].into_iter().find(|encoding| encoding.name() == name).unwrap_or(Self::Utf8)
    }

    /// The text of one cell.
    pub fn decode(self, bytes: &[u8]) -> String {
        self.decode_noting(bytes).0
    }

    /// The same with the first byte that is none of this encoding, and as what it was read. Every byte has a meaning in
    /// Windows-1252, so a stray one in UTF-8 has it from there: it usually comes from such a file.
    pub fn decode_noting(self, bytes: &[u8]) -> (String, Option<(u8, char)>) {
        let western = |bytes: &[u8]| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
        if self == Self::Windows1252 {
            return (western(bytes), None);
        }
        let (mut text, mut stray) = (String::with_capacity(bytes.len()), None);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            let read = western(chunk.invalid());
            if let (None, Some(byte), Some(read)) = (stray, chunk.invalid().first(), read.chars().next()) {
                stray = Some((*byte, read));
            }
            text.push_str(&read);
        }
        (text, stray)
    }
}

/// A text without the UTF-8 byte-order mark that it may begin with.
pub fn unmarked(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)
}

/// Tells by the beginning of a file that it is no table in a text, and what to do about it.
pub fn foreign(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some("This is a spreadsheet. Open it, choose \u{201c}Save as\u{201d} and CSV, and upload that file.");
    }
    if head.starts_with(b"%PDF") {
        return Some("This is a PDF. Export the table as CSV and upload that file.");
    }
    None
}

/// Whether so many bytes occur which no text has that this is none. A few are left behind by word processors.
pub fn is_binary(bytes: &[u8]) -> bool {
    let known = [b"\x89PNG".as_slice(), b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x7fELF"];
    let controls = bytes.iter().filter(|b| matches!(b, 0..=8 | 14..=25 | 28..=31)).count();
    known.iter().any(|known| bytes.starts_with(known)) || (controls >= 8 && controls * 20 > bytes.len())
}

/// The delimiters that are recognised, the likeliest first. Whoever has another names it.
const USUAL: [(u8, &str); 6] =
    [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars"), (b'^', "carets"), (b'~', "tildes")];

/// Of the usual delimiters the one that splits the first lines most often and most evenly, wherever above the headings
/// lines of another kind stand; or the one that a first line `sep=;` names. What stands in quotes does not count.
pub fn delimiter(head: &[u8]) -> u8 {
    let head = unmarked(head);
    if let Some(named) = named_by_file(head) {
        return named;
    }
    let score = |delimiter: u8| {
        let lines = counts(head, delimiter);
        let alike = |count: usize| lines.iter().filter(|n| **n == count).count();
        let usual = lines.iter().copied().filter(|n| *n > 0).max_by_key(|n| (alike(*n), *n)).unwrap_or_default();
        let share = if usual == 0 { 0 } else { alike(usual) * 100 / lines.len().max(1) };
        (usual > 0, share, usual)
    };
    USUAL.map(|(usual, _)| usual).into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(b',')
}

/// The delimiter of a first line `sep=;`, which is for spreadsheets and no row.
pub fn named_by_file(head: &[u8]) -> Option<u8> {
    let line = unmarked(head).split(|b| matches!(b, b'\r' | b'\n')).next()?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.to_ascii_lowercase().strip_prefix(b"sep=")? {
        [b'"', ..] | [] => None,
        // Spreadsheets that saved the file again have filled the line up with delimiters.
        [one, rest @ ..] if rest.iter().all(|b| matches!(b, b',' | b';' | b'\t' | b' ')) => Some(*one),
        _ => None,
    }
}

/// The delimiter that a person names: one character, or the word `tab`.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn named(typed: &str) -> Result<u8, &'static str> {
    if typed == "\t" {
        return Ok(b'\t'); // which is nothing once it is trimmed
    }
    match *typed.trim().to_ascii_lowercase().as_bytes() {
        [b't', b'a', b'b'] | [b'\\', b't'] => Ok(b'\t'),
        [] => Err("Write the character that stands between two columns."),
        [b'"'] => Err("Quotation marks stand around a value, not between two. Write another character."),
        [one] if one.is_ascii_punctuation() => Ok(one),
        [one] if one.is_ascii_alphanumeric() => Err("A letter or a digit cannot separate columns. Write a sign such as ; or |."),
        _ => Err("Write one sign such as ; or |, or the word tab."),
    }
}

/// The line of the headings that a person names; nothing lets them be looked for.
pub fn line_number(text: &str) -> Result<Option<u64>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(line) if (1..=1_000_000).contains(&line) => Ok(Some(line)),
            _ => Err("Write the number of a line, such as 4. The first line is 1.".to_owned()),
        },
    }
}

/// A stored delimiter as it is typed.
pub fn typed(delimiter: &str) -> &str {
    if delimiter == "\t" { "tab" } else { delimiter }
}

/// A stored delimiter in words.
pub fn in_words(delimiter: &str) -> String {
    let usual = USUAL.iter().find(|(usual, _)| delimiter.as_bytes() == [*usual]);
    usual.map_or_else(|| format!("the sign {delimiter}"), |(_, words)| (*words).to_owned())
}

/// How often a delimiter stands in each of the first twenty whole lines.
fn counts(head: &[u8], delimiter: u8) -> Vec<usize> {
    let (mut lines, mut count, mut seen, mut quoted) = (Vec::new(), 0, false, false);
    for byte in head {
        match *byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if seen {
                    lines.push(count);
                }
                (count, seen) = (0, false);
                if lines.len() == 20 {
                    return lines;
                }
            }
            other => {
                seen = true;
                count += usize::from(other == delimiter && !quoted);
            }
        }
    }
    if lines.is_empty() && seen {
        lines.push(count);
    }
    lines
}

/// Finds out piece by piece whether a text is UTF-8: by its mark, or because nearly all of it is.
#[derive(Default)]
pub struct Utf8Check {
    begun: bool,
    marked: bool,
    carried: Vec<u8>,
    whole: usize,
    broken: usize,
}

impl Utf8Check {
    /// Looks at the next piece.
    pub fn feed(&mut self, piece: &[u8]) {
        if !std::mem::replace(&mut self.begun, true) {
            self.marked = unmarked(piece).len() < piece.len();
        }
        // A character that the last piece cut in two.
        let mut joined = std::mem::take(&mut self.carried);
        joined.extend_from_slice(piece);
        let mut rest = joined.as_slice();
        loop {
            let (valid, error) = match std::str::from_utf8(rest) {
                Ok(_) => (rest, None),
                Err(error) => (rest.get(..error.valid_up_to()).unwrap_or_default(), Some(error)),
            };
            self.whole += valid.iter().filter(|b| **b >= 0xc0).count();
            let Some(error) = error else { return };
            let behind = rest.get(error.valid_up_to()..).unwrap_or_default();
            let Some(length) = error.error_len() else {
                self.carried = behind.to_vec();
                return;
            };
            self.broken += 1;
            rest = behind.get(length..).unwrap_or_default();
        }
    }

    /// What the whole text is in. Text of Windows-1252 looks like UTF-8 in hardly any place.
    pub fn encoding(&self) -> Encoding {
        let broken = self.broken + usize::from(!self.carried.is_empty());
        if self.marked || broken == 0 || self.whole > broken { Encoding::Utf8 } else { Encoding::Windows1252 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told_apart() {
        for (text, expected) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b;c\n1,5;2,5;3\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("a^b\n1,5^2,5\n", b'^'),
            ("from: x,to: y\n12:30,13:30\n", b','),
            ("\"a;b;c;d\",b\n1,2\n", b','),
            ("only\none\n", b','),
            ("", b','),
            ("\u{feff}a;b", b';'),
            ("Report of today\nMade by Ann, with care\n\na;b;c\n1;2;3\n4;5;6\n", b';'),
            ("sep=|\na,b|c,d\n", b'|'),
            ("\u{feff}SEP=;\r\na,b\r\n", b';'),
            ("\"sep=;\"\na;b\n", b';'),
            ("sep=;,,\na;b,c\n", b';'),
            ("sep=\t\na;b\tc\n", b'\t'),
        ] {
            assert_eq!(delimiter(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_named_delimiter_is_one_sign() {
        for (text, expected) in [(":", b':'), (" ; ", b';'), ("Tab", b'\t'), ("\t", b'\t'), ("\\t", b'\t'), ("~", b'~')] {
            assert_eq!(named(text), Ok(expected), "{text:?}");
            let stored = char::from(expected).to_string();
            assert_eq!(named(typed(&stored)), Ok(expected), "{text:?}");
        }
        for text in ["", " ", "\"", "a", "7", ";;", "\u{a7}", "\n", "tabs"] {
            assert!(named(text).is_err(), "{text:?}");
        }
        assert_eq!((in_words("\t"), in_words(":")), ("tabs".to_owned(), "the sign :".to_owned()));
    }

    #[test]
    fn utf8_is_recognised_however_it_is_cut() {
        let text = "Größe 😀 naïve".as_bytes();
        for size in 1..text.len() {
            let mut check = Utf8Check::default();
            text.chunks(size).for_each(|piece| check.feed(piece));
            assert_eq!(check.encoding(), Encoding::Utf8, "{size}");
        }
        let mut check = Utf8Check::default();
        check.feed(b"Gr\xf6\xdfe");
        assert_eq!(check.encoding(), Encoding::Windows1252);
        assert_eq!(Encoding::Windows1252.decode(b"Gr\xf6\xdfe \x80"), "Größe €");
        let of = |text: &[u8]| {
            let mut check = Utf8Check::default();
            text.chunks(3).for_each(|piece| check.feed(piece));
            check.encoding()
        };
        assert_eq!(of(b"caf\xc3"), Encoding::Windows1252);
        // A mark decides; and one stray byte does not make nonsense of all the others.
        assert_eq!(of(b"\xef\xbb\xbfIt\x92s"), Encoding::Utf8);
        assert_eq!(of("M\u{fc}ller \u{2013} Gr\u{f6}\u{df}e ".as_bytes()), Encoding::Utf8);
        assert_eq!(of(&["M\u{fc}ller \u{2013} Gr\u{f6}\u{df}e ".as_bytes(), b"It\x92s"].concat()), Encoding::Utf8);
        assert_eq!(Encoding::Utf8.decode_noting(b"It\x92s \xc3\xa9"), ("It\u{2019}s \u{e9}".to_owned(), Some((0x92, '\u{2019}'))));
    }

    #[test]
    fn what_is_no_table_is_said_to_be_so() {
        assert!(foreign(b"PK\x03\x04rest").unwrap().contains("Save as"));
        assert!(foreign(b"a,b").is_none());
        assert!(is_binary(b"\x89PNG\r\n\x1a\n\0\0\0") && is_binary(&[b'a', 0, 1, 2].repeat(9)));
        assert!(!is_binary(b"a\tb\r\n") && !is_binary(b"id,title\n1,Rent 01\x1e02\n2,x\0y\n"));
    }
}
