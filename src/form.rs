//! Form encoding: how forms and addresses write what was typed. One place for both directions and both sides.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};

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

/// The field in which a form says what its other fields showed when its page was made.
pub const AS_SHOWN: &str = "as_shown";

/// What the fields of a form showed when its page was made. Whoever saves has changed what differs from it, and nothing
/// else: the rest may have been changed by somebody else meanwhile, and stays as that person left it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AsShown(BTreeMap<String, Vec<String>>);

impl AsShown {
    /// From the form; nothing where it does not say.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As the form sends it.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Notes what a field shows, or one of several boxes of one name.
    pub fn note(&mut self, field: &str, values: Vec<String>) {
        self.0.entry(field.to_owned()).or_default().extend(values);
    }

    /// The values that a field showed.
    pub fn values(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether a field holds now what it showed then.
    pub fn is(&self, field: &str, now: &[String]) -> bool {
        said(self.values(field)) == said(now)
    }

    /// The same for a field with one value.
    pub fn is_one(&self, field: &str, now: &str) -> bool {
        self.is(field, &[now.to_owned()])
    }
}

/// What somebody saves, as the page showed it to them.
pub struct Seen {
    /// The version.
    pub version: i64,
    /// What its fields showed; nothing where the form does not say.
    pub shown: Option<AsShown>,
}

impl Seen {
    /// As the form says it.
    pub fn of(version: i64, as_shown: &str) -> Self {
        Self { version, shown: AsShown::parse(as_shown) }
    }

    /// Whether this person changed the field to that. A form that does not say what it showed means every field.
    pub fn touched(&self, field: &str, typed: &[String]) -> bool {
        self.shown.as_ref().is_none_or(|shown| !shown.is(field, typed))
    }

    /// Whether somebody else has changed the field since, which holds that now.
    pub fn moved(&self, field: &str, now: &[String], version: i64) -> bool {
        version != self.version && self.shown.as_ref().is_none_or(|shown| !shown.is(field, now))
    }

    /// Of a field with one value: what is stored once this person has saved. What they did not touch stays as somebody
    /// else may have left it.
    pub fn pick(&self, field: &str, typed: &str, now: &str) -> String {
        let touched = self.touched(field, &[typed.to_owned()]);
        if touched { typed.to_owned() } else { now.to_owned() }
    }
}

/// What was said: without what a browser adds, and an empty field like an absent one.
fn said(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.replace("\r\n", "\n").trim().to_owned()).filter(|value| !value.is_empty()).collect()
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
    fn what_nobody_touched_is_as_it_was_shown() {
        let mut shown = AsShown::default();
        shown.note("words", vec!["one\ntwo".into()]);
        shown.note("boxes[]", vec!["a".into()]);
        shown.note("boxes[]", vec!["b".into()]);
        let shown = AsShown::parse(&shown.text()).unwrap();
        assert!(shown.is_one("words", "one\r\ntwo ") && shown.is("boxes[]", &["a".into(), "b".into()]) && shown.is_one("absent", ""));
        assert!(!shown.is_one("words", "one") && !shown.is("boxes[]", &["a".into()]));
        assert_eq!((AsShown::parse(""), AsShown::parse("[1]")), (None, None));
    }

    #[test]
    fn what_is_no_encoding_stays() {
        assert_eq!(decode("100%+x%2"), "100% x%2");
        assert_eq!(pairs("a&=b&&c=d=e").collect::<Vec<_>>(), [("a", ""), ("", "b"), ("c", "d=e")]);
    }
}
