//! What a file says of itself: delimiter, encoding, and whether it is a text at all.

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a byte-order mark.
    Utf8,
    /// What spreadsheets of western Europe write.
    Windows1252,
}

impl Encoding {
    /// The name in storage and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// The encoding of that name.
    pub fn named(name: &str) -> Self {
        if name == Self::Windows1252.name() { Self::Windows1252 } else { Self::Utf8 }
    }

    /// The text of one cell. Every byte has a meaning in Windows-1252, and UTF-8 was checked when the file came.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
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
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("This text is in UTF-16. Save it as CSV in UTF-8 and upload it again.");
    }
    if head.starts_with(b"%PDF") {
        return Some("This is a PDF. Export the table as CSV and upload that file.");
    }
    None
}

/// Whether bytes occur that no text has.
pub fn has_binary(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| matches!(b, 0..=8 | 14..=25 | 28..=31))
}

/// The delimiters that are recognised, the likeliest first. Whoever has another names it.
const USUAL: [(u8, &str); 6] =
    [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars"), (b'^', "carets"), (b'~', "tildes")];

/// Of the usual delimiters the one that splits the first lines most often and most evenly.
/// What stands in quotes does not count.
pub fn delimiter(head: &[u8]) -> u8 {
    let head = unmarked(head);
    let score = |delimiter: u8| {
        let lines = counts(head, delimiter);
        let first = lines.first().copied().unwrap_or_default();
        let alike = lines.iter().filter(|n| **n == first).count();
        (first > 0, alike * 100 / lines.len().max(1), first)
    };
    USUAL.map(|(usual, _)| usual).into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(b',')
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

/// Finds out piece by piece whether a text is UTF-8.
#[derive(Default)]
pub struct Utf8Check {
    carried: Vec<u8>,
    broken: bool,
}

impl Utf8Check {
    /// Looks at the next piece.
    pub fn feed(&mut self, piece: &[u8]) {
        if self.broken {
            return;
        }
        let mut rest = piece;
        // A character that the last piece cut in two: at most three bytes are missing.
        while !self.carried.is_empty() {
            let Some((first, tail)) = rest.split_first() else { return };
            self.carried.push(*first);
            rest = tail;
            match std::str::from_utf8(&self.carried) {
                Ok(_) => self.carried.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
        if let Err(error) = std::str::from_utf8(rest) {
            match error.error_len() {
                None => self.carried = rest.get(error.valid_up_to()..).unwrap_or_default().to_vec(),
                Some(_) => self.broken = true,
            }
        }
    }

    /// What the whole text is in.
    pub fn encoding(&self) -> Encoding {
        if self.broken || !self.carried.is_empty() { Encoding::Windows1252 } else { Encoding::Utf8 }
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
        let mut cut = Utf8Check::default();
        cut.feed(b"caf\xc3");
        assert_eq!(cut.encoding(), Encoding::Windows1252);
    }

    #[test]
    fn what_is_no_table_is_said_to_be_so() {
        assert!(foreign(b"PK\x03\x04rest").unwrap().contains("Save as"));
        assert!(foreign(b"\xff\xfea\0").is_some());
        assert!(foreign(b"a,b").is_none());
        assert!(has_binary(b"a\0b") && !has_binary(b"a\tb\r\n"));
    }
}
