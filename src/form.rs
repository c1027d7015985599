//! Form encoding: how forms and addresses write what was typed. One place for both directions and both sides.

use std::fmt::Write as _;

/// Appends a text as a form sends it. Letters, digits and `-_.~` stay as they are, and so does what `plain` names.
pub fn encode(text: &str, plain: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => into.push(char::from(byte)),
            named if plain.as_bytes().contains(&named) => into.push(char::from(named)),
            b' ' => into.push('+'),
            other => {
                // Writing to a String cannot fail.
                let _ = write!(into, "%{other:02X}");
            }
        }
    }
}

/// The names and values of a form or of the query of an address, still encoded.
pub fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Undoes [`encode`]; what is no encoding stays as it is, and what is no text shows as U+FFFD.
pub fn decode(text: &str) -> String {
    String::from_utf8_lossy(&decoded(text)).into_owned()
}

/// The same as bytes, for whoever asks whether they are text at all.
pub fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match (*byte, hex(at), hex(at + 1)) {
            (b'+', _, _) => out.push(b' '),
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 2;
            }
            (other, _, _) => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_was_typed_comes_back(text in "\\PC{0,40}", other in "\\PC{0,40}") {
            let mut query = String::new();
            encode(&text, "", &mut query);
            query.push('=');
            encode(&other, ",/", &mut query);
            proptest::prop_assert!(query.is_ascii());
            let back: Vec<_> = pairs(&query).map(|(name, value)| (decode(name), decode(value))).collect();
            proptest::prop_assert_eq!(back, vec![(text, other)]);
        }
    }

    #[test]
    fn what_is_no_encoding_stays() {
        assert_eq!(decode("100%+x%2"), "100% x%2");
        assert_eq!(pairs("a&=b&&c=d=e").collect::<Vec<_>>(), [("a", ""), ("", "b"), ("c", "d=e")]);
    }
}
