//! UTF-16, which spreadsheets write as “Unicode text”, becomes UTF-8 as it comes in: everything behind works on one.

use std::borrow::Cow;

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};

/// Tells by the first two bytes whether there is anything to do.
#[derive(Default)]
pub(super) struct Transcoder {
    held: Vec<u8>,
    begun: bool,
    decoder: Option<Decoder>,
}

impl Transcoder {
    /// The next bytes as they are to be stored; `last` says that no more follow.
    pub fn feed<'a>(&mut self, bytes: &'a [u8], last: bool) -> Cow<'a, [u8]> {
        let bytes = if self.begun {
            Cow::Borrowed(bytes)
        } else {
            self.held.extend_from_slice(bytes);
            if self.held.len() < 2 && !last {
                return Cow::Borrowed(&[]);
            }
            self.begun = true;
            self.decoder = [UTF_16LE, UTF_16BE]
                .into_iter()
                .zip([b"\xff\xfe", b"\xfe\xff"])
                .find_map(|(encoding, mark)| self.held.starts_with(mark).then(|| encoding.new_decoder_with_bom_removal()));
            Cow::Owned(std::mem::take(&mut self.held))
        };
        match &mut self.decoder {
            Some(decoder) => Cow::Owned(decoded(decoder, &bytes, last)),
            None => bytes,
        }
    }

    /// Whether the text was in UTF-16.
    pub const fn is_utf16(&self) -> bool {
        self.decoder.is_some()
    }
}

fn decoded(decoder: &mut Decoder, bytes: &[u8], last: bool) -> Vec<u8> {
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16));
    // There is room for all of it, so one call is enough.
    let _ = decoder.decode_to_string(bytes, &mut text, last);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_becomes_utf8_however_it_is_cut() {
        let text = "Case id\tTitle\r\n1\tGr\u{f6}\u{df}e \u{1f600}";
        for big in [false, true] {
            let pair = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let bytes: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(pair).collect();
            for size in 1..9 {
                let (mut transcoder, mut whole) = (Transcoder::default(), Vec::new());
                bytes.chunks(size).for_each(|piece| whole.extend_from_slice(&transcoder.feed(piece, false)));
                whole.extend_from_slice(&transcoder.feed(&[], true));
                assert_eq!((String::from_utf8(whole).as_deref(), transcoder.is_utf16()), (Ok(text), true));
            }
        }
    }

    #[test]
    fn anything_else_stays_as_it_is() {
        for text in ["", "a", "a,b\n1,2", "\u{feff}a"] {
            let (mut transcoder, mut whole) = (Transcoder::default(), Vec::new());
            text.as_bytes().chunks(1).for_each(|piece| whole.extend_from_slice(&transcoder.feed(piece, false)));
            whole.extend_from_slice(&transcoder.feed(&[], true));
            assert_eq!((whole.as_slice(), transcoder.is_utf16()), (text.as_bytes(), false));
        }
    }
}
