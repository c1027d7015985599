//! Tables that leave as files: CSV for spreadsheets, which must take a value for a value and never for a formula.
//!
//! A spreadsheet calculates what begins with `=` and the like. Where a cell begins depends on the spreadsheet: in half of
//! Europe it takes semicolons for delimiters, and then a cell of ours may begin in the middle of a value. So an apostrophe,
//! which makes text, goes before the sign at the beginning of a value and behind every semicolon, tab and line break in
//! it. One apostrophe is added to those that stand there already, so that taking one away gives exactly the value again.

use std::borrow::Cow;

use axum::{
    body::Bytes,
    http::{HeaderValue, header},
    response::Response,
};
use futures::Stream;

/// Without it spreadsheets take UTF-8 for something else.
pub const BOM: &str = "\u{feff}";

/// A value as a cell.
pub fn cell(value: &str) -> Cow<'_, str> {
    let signs = signs(value);
    if signs.is_empty() {
        return Cow::Borrowed(value);
    }
    let (mut cell, mut from) = (String::with_capacity(value.len() + signs.len()), 0);
    for sign in signs {
        cell.push_str(value.get(from..sign).unwrap_or_default());
        cell.push('\'');
        from = sign;
    }
    cell.push_str(value.get(from..).unwrap_or_default());
    Cow::Owned(cell)
}

/// A cell as a value: takes back what [`cell`] did, so that a file that was sent out can come in again.
pub fn value(cell: &str) -> Cow<'_, str> {
    without(cell, signs(cell))
}

/// The same of somebody else's file, where only an apostrophe at the very beginning is a mark and no text.
pub fn foreign_value(cell: &str) -> Cow<'_, str> {
    let marked = cell.starts_with('\'');
    without(cell, signs(cell).into_iter().filter(|sign| marked && *sign == 1).collect())
}

fn without(cell: &str, signs: Vec<usize>) -> Cow<'_, str> {
    let marks: Vec<usize> = signs.into_iter().filter(|sign| *sign > 0 && cell.as_bytes().get(sign - 1) == Some(&b'\'')).collect();
    if marks.is_empty() {
        return Cow::Borrowed(cell);
    }
    let (mut value, mut from) = (String::with_capacity(cell.len()), 0);
    for sign in marks {
        value.push_str(cell.get(from..sign - 1).unwrap_or_default());
        from = sign;
    }
    value.push_str(cell.get(from..).unwrap_or_default());
    Cow::Owned(value)
}

/// Where the signs stand that would begin a formula: first in what a spreadsheet may take for a cell, but for spaces,
/// quotation marks and apostrophes before them.
fn signs(text: &str) -> Vec<usize> {
    let (mut found, mut begins) = (Vec::new(), true);
    for (at, c) in text.char_indices() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\0' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}') {
            found.push(at);
            begins = false;
        }
        begins = matches!(c, ';' | '\t' | '\n' | '\r') || (begins && matches!(c, ' ' | '\u{a0}' | '"' | '\''));
    }
    found
}

/// One line of a file.
pub fn line<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Bytes {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let cells: Vec<String> = values.into_iter().map(|v| cell(v.as_ref()).into_owned()).collect();
    // Writing to memory cannot fail.
    let _ = writer.write_record(cells);
    Bytes::from(writer.into_inner().unwrap_or_default())
}

/// The answer that a browser saves as a file, while it is being made.
pub fn download<E>(name: &str, lines: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Response
where
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let mut response = Response::new(super::http::streamed(lines));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    super::http::saved_as(name, response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_come_back() {
        for formula in ["=1+1", "+49 30 123456", "-5 degrees", "@home visit", "\tx", "\rx", "\0=1", "\u{ff1d}1+1", "\u{ff0d}1", "-"] {
            assert_eq!(cell(formula), format!("'{formula}"));
            assert_eq!(value(&cell(formula)), formula);
            assert_eq!(foreign_value(&cell(formula)), formula);
        }
        for plain in ["", "a=b", "'t is", "1-2", "a, -5", "Hello; world", "M\u{fc}ller\nline"] {
            assert_eq!((cell(plain).as_ref(), value(plain).as_ref(), foreign_value(plain).as_ref()), (plain, plain, plain));
        }
    }

    #[test]
    fn a_formula_in_the_middle_is_text_in_every_locale() {
        for (text, told) in [
            ("Hello;=HYPERLINK(\"x\")", "Hello;'=HYPERLINK(\"x\")"),
            ("Hello; =1+1", "Hello; '=1+1"),
            ("Hello;\"=1+1", "Hello;\"'=1+1"),
            ("a\n-b\n- c", "a\n'-b\n'- c"),
            ("a\r\n+49", "a\r\n'+49"),
            ("a\t@b", "a\t'@b"),
            ("a;\t=b", "a;'\t'=b"),
            // What looks like a mark already gets one of ours, so that it is there afterwards.
            ("'=1", "''=1"),
            ("a;'-)", "a;''-)"),
        ] {
            assert_eq!(cell(text), told);
            assert_eq!(value(told), text);
        }
        // In a file that somebody else wrote it is theirs.
        assert_eq!((foreign_value("a;'-)").as_ref(), foreign_value("'=1").as_ref()), ("a;'-)", "=1"));
    }

    #[test]
    fn a_line_is_quoted_where_it_must_be() {
        assert_eq!(line(["a", "b,c", "d\"e", "=x"]), "a,\"b,c\",\"d\"\"e\",'=x\r\n");
    }

    proptest::proptest! {
        #[test]
        fn every_value_comes_back(text in "[-=+@'\"; \t\r\na\u{ff1d}]{0,12}") {
            let told = cell(&text);
            proptest::prop_assert_eq!(value(&told), text.as_str());
            // No cell begins with a sign, wherever it is thought to begin.
            for piece in told.split([';', '\n']) {
                proptest::prop_assert!(!piece.trim_start_matches([' ', '"']).starts_with(['=', '+', '-', '@', '\u{ff1d}']), "{:?}", told);
            }
        }
    }
}
