//! Files by their names: as they come in, and as a browser saves them.

use axum::{
    BoxError,
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use futures::{Stream, StreamExt as _};

use crate::form;

/// Characters of a name.
const LONGEST: usize = 120;

/// Whatever is in a file, it runs nothing and loads nothing, also where a browser shows it instead of saving it.
pub(super) const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// Has the browser save an answer under this name. What would not be plain in a header becomes a hyphen; browsers read the
/// whole name behind it.
pub fn saved_as(name: &str, mut response: Response) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }).collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        let mut whole = String::new();
        form::encode(name, "", &mut whole);
        // In a header a space is no plus.
        value = format!("{value}; filename*=UTF-8''{}", whole.replace('+', "%20"));
    }
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    // Whatever type it claims to have.
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    response
}

/// A body that comes piece by piece. What compresses it asks once more after its end, and not every stream bears that.
pub fn streamed<E>(pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Body
where
    E: Into<BoxError> + 'static,
{
    Body::from_stream(pieces.fuse())
}

/// The name of a file alone, however the browser or a prankster wrote it: no folders, nothing that is not seen, and not too
/// long. Its ending stays.
pub fn bare_name(name: &str, otherwise: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: Vec<char> = last.chars().filter(|c| !c.is_control() && !turns_text(*c)).collect();
    let seen = String::from_iter(seen).trim().to_owned();
    if seen.chars().all(|c| c == '.') {
        return otherwise.to_owned();
    }
    let many = seen.chars().count();
    if many <= LONGEST {
        return seen;
    }
    let ending = seen.rsplit_once('.').map(|(_, ending)| format!(".{ending}")).filter(|ending| ending.chars().count() <= 10);
    let ending = ending.unwrap_or_default();
    seen.chars().take(LONGEST - ending.chars().count()).chain(ending.chars()).collect()
}

/// Marks that let a name read backwards, so that it seems to end in something else.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_of(name: &str) -> String {
        let response = saved_as(name, Response::default());
        response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned()
    }

    #[test]
    fn file_names_are_names() {
        for (given, name) in [
            ("C:\\fakepath\\Fälle 2011.csv", "Fälle 2011.csv"),
            ("../../etc/passwd", "passwd"),
            ("\r\n", "file"),
            ("", "file"),
            ("a/..", "file"),
            ("letter\r\nX-Evil: a=b.pdf", "letterX-Evil: a=b.pdf"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ] {
            assert_eq!(bare_name(given, "file"), name, "{given:?}");
        }
        let long = bare_name(&format!("{}.pdf", "ä".repeat(300)), "file");
        assert!(long.chars().count() == LONGEST && long.ends_with("ä.pdf"), "{long}");
        assert_eq!(bare_name(&format!("a.{}", "b".repeat(300)), "file").chars().count(), LONGEST);
    }

    #[test]
    fn a_name_stays_within_its_header() {
        assert_eq!(header_of("answer-R-1.txt"), "attachment; filename=\"answer-R-1.txt\"");
        assert_eq!(
            header_of("Fälle \"2011\"; x=\r\n+1.pdf"),
            "attachment; filename=\"F-lle--2011---x----1.pdf\"; filename*=UTF-8''F%C3%A4lle%20%222011%22%3B%20x%3D%0D%0A%2B1.pdf"
        );
    }
}
