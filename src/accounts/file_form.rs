//! A form with files, read part by part: first its words, then its files.
//!
//! For whom and for which organisation its page was made is asked here, before anybody gets a file or acts on the words.
//! Whoever reads such a form cannot forget it.

use axum::extract::{FromRequest as _, Multipart, Request, multipart::Field};

use super::{Scope, Sent, ShownFor};
use crate::{
    fault::{Answer, Fault},
    server::http::broken_form,
    ui::SHOWN_FOR,
};

/// See the module.
pub struct FileForm {
    form: Multipart,
    sent: Sent,
    words: Words,
    bytes: u64,
    most: Most,
}

/// How many bytes may come.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// In all words.
    pub words: u64,
    /// With the files.
    pub all: u64,
}

/// What was typed, as the fields of the form.
#[derive(Debug, Default)]
pub struct Words(Vec<(String, String)>);

/// What comes next.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is read at once")]
pub enum Part<'a> {
    /// A field with words, which are kept.
    Words,
    /// A file, and the words that stood before it.
    File(Field<'a>, &'a Words),
    /// Nothing any more; the words of the whole form.
    End(&'a Words),
}

impl Words {
    /// A field; empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// The name that a file was chosen by; empty or absent where none was. Browsers write three characters of it as escapes, and
/// no others: a quotation mark and the two of a line's end (HTML, 4.10.21.8 "Multipart form data").
pub fn file_name(part: &Field<'_>) -> Option<String> {
    Some(part.file_name()?.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

impl FileForm {
    /// Begins to read.
    ///
    /// # Errors
    /// When the request is no such form.
    pub async fn open(request: Request, most: Most) -> Answer<Self> {
        let sent = Sent::of(request.headers(), None);
        // Without the right content type or its boundary there is nothing to read.
        let form = Multipart::from_request(request, &()).await.map_err(|_| Fault::Malformed)?;
        Ok(Self { form, sent, words: Words::default(), bytes: 0, most })
    }

    /// The next part, for those who act: where they may not, the words are read all the same, so that they can come back.
    ///
    /// # Errors
    /// When it breaks off or is too large, when nobody may act, or when the form was made for somebody or somewhere else.
    pub async fn next(&mut self, scope: Result<&Scope, &Fault>) -> Answer<Part<'_>> {
        let Self { form, sent, words, bytes, most } = self;
        let Some(mut part) = form.next_field().await.map_err(|error| broken_form(&error, most.all))? else {
            sent.is_for(&scope.map_err(Clone::clone)?.actor)?;
            return Ok(Part::End(words));
        };
        if part.file_name().is_some() {
            sent.is_for(&scope.map_err(Clone::clone)?.actor)?;
            return Ok(Part::File(part, words));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let mut text = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|error| broken_form(&error, most.all))? {
            *bytes += piece.len() as u64;
            if *bytes > most.words {
                return Err(Fault::TooLarge { limit: most.words });
            }
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8(text).ok().filter(|text| !text.contains('\0')).ok_or(Fault::Malformed)?;
        if name == SHOWN_FOR {
            *sent = Sent(ShownFor::parse(&text));
        }
        words.0.push((name, text));
        Ok(Part::Words)
    }

    /// What was typed, to be given back where the form is refused.
    pub fn typed(&self) -> &[(String, String)] {
        &self.words.0
    }
}
