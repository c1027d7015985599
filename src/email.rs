//! E-mail addresses: one parser for whatever was typed, pasted, imported or configured, and one form in which they are
//! compared.
//!
//! What always holds: what [`parse`] takes has the same [`fold`] as the text that it took it from, so whoever signs up
//! with a text is found when they sign in with it, or with any other that looks the same. Characters that show nothing are
//! left out, wide letters are letters, and a domain is the same domain in letters and as mail servers write it (`xn--…`).

use unicode_normalization::UnicodeNormalization as _;

use crate::names;

const CURE: &str = "Write an e-mail address such as name@example.org.";

/// An address that a mail could be sent to, as people read it. Whether it exists, only a mail tells.
///
/// # Errors
/// The sentence for the field.
pub fn parse(text: &str) -> Result<String, String> {
    let address = tidy(text);
    let (local, domain) = address.rsplit_once('@').ok_or(CURE)?;
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\"\\@".contains(c));
    let fits = address.len() <= 254 && local.len() <= 64;
    let labels = domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    if plain(local) && plain(domain) && fits && labels && deliverable(&address).is_some() { Ok(address) } else { Err(CURE.into()) }
}

/// What an address is compared by.
pub fn fold(address: &str) -> String {
    let address = tidy(address);
    let lower = |text: &str| text.to_lowercase().nfkc().collect::<String>();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", lower(local), idna::domain_to_ascii(domain).unwrap_or_else(|_| lower(domain))),
        None => lower(&address),
    }
}

/// The address as a mail server is told it.
pub fn deliverable(address: &str) -> Option<lettre::Address> {
    let (local, domain) = address.rsplit_once('@')?;
    lettre::Address::new(local, idna::domain_to_ascii(domain).ok()?).ok()
}

/// The same address without what does not show.
fn tidy(text: &str) -> String {
    let shown: String = names::visible(text).nfkc().map(|c| if c == '\u{3002}' { '.' } else { c }).collect();
    let shown = names::visible(&shown);
    let shown = shown.trim();
    // The full stop at the end of a domain says that nothing follows.
    shown.strip_suffix('.').unwrap_or(shown).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in [
            "a@b.example",
            " Jürgen.M+x@sub.example.org ",
            "o'neil@example.org",
            "root@localhost",
            "ann@bücher.example",
            "a@xn--bcher-kva.example",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "x\r\nBcc: y@z.w",
            "a@b@c.d",
            "<a@b.c>",
            "a@b.c..",
            "a@\u{200b}",
            "a\u{a0}b@c.d",
            "a@[127.0.0.1]",
            "a\u{0}@b.c",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
        assert!(parse(&format!("{}@x.example", "a".repeat(65))).is_err());
    }

    #[test]
    fn what_looks_the_same_is_the_same_address() {
        for typed in [
            "ann@x.example",
            "Ann@X.Example",
            "ann\u{200b}@x.example",
            "\u{feff}ann@x.example\u{2060}",
            "an\u{ad}n@x.example",
            "ann@x.ex\u{ad}ample",
            "\u{a0}ann@x.example\u{3000}",
            "ann\u{ff20}x.example",
            "ａｎｎ@x．example",
            "ann@x\u{3002}example",
            "ann@x\u{ff61}example",
            "ann@x.example.",
            "\u{202e}ann@x.example",
            "ann\u{200d}@x.example",
        ] {
            assert_eq!(parse(typed).map(|address| fold(&address)).as_deref(), Ok("ann@x.example"), "{typed:?}");
            assert_eq!(fold(typed), "ann@x.example", "{typed:?}");
        }
        for (one, other) in [
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("a@BÜCHER.example", "a@bu\u{308}cher.example"),
            ("jürgen@x.example", "ju\u{308}rgen@x.example"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("ann@x.example"), fold("anne@x.example"));
    }

    #[test]
    fn a_mail_server_is_told_of_a_domain_in_its_own_letters() {
        assert_eq!(deliverable("ann@bücher.example").unwrap().to_string(), "ann@xn--bcher-kva.example");
    }

    proptest::proptest! {
        #[test]
        fn whoever_signs_up_with_a_text_is_found_by_it(local in "\\PC{1,12}", domain in "\\PC{1,12}", tld in "[a-zA-Zａ-ｚ]{2,5}") {
            let typed = format!("{local}@{domain}.{tld}");
            if let Ok(address) = parse(&typed) {
                proptest::prop_assert_eq!(fold(&typed), fold(&address));
                proptest::prop_assert_eq!(parse(&address), Ok(address));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
            let _ = (parse(&text), fold(&text));
        }
    }
}
