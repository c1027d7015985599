//! Tables that leave as files: CSV for spreadsheets, which must take a value for a value and never for a formula.

use std::borrow::Cow;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use futures::Stream;

/// Without it spreadsheets take UTF-8 for something else.
pub const BOM: &str = "\u{feff}";

/// A value as a cell. What a spreadsheet would calculate gets an apostrophe in front, which makes it text.
pub fn cell(value: &str) -> Cow<'_, str> {
    if is_formula(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// A cell as a value: takes back what [`cell`] did, so that a file that was sent out can come in again.
pub fn value(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

fn is_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
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
    let mut response = Response::new(Body::from_stream(lines));
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
        for formula in ["=1+1", "+49 30", "-5", "@sum", "\tx", "\r=1", "\0=1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
            assert_eq!(value(&cell(formula)), formula);
        }
        for plain in ["", "a=b", "'t is", "1-2"] {
            assert_eq!((cell(plain).as_ref(), value(plain)), (plain, plain));
        }
    }

    #[test]
    fn a_line_is_quoted_where_it_must_be() {
        assert_eq!(line(["a", "b,c", "d\"e", "=x"]), "a,\"b,c\",\"d\"\"e\",'=x\r\n");
    }
}
