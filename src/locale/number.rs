//! Numbers as people write them: `1,234.50`, `1.234,50`, `1'234.50`, `£1,200`, `(5.00)`, `1 234,50 €`.

use super::{Locale, Mark};

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// It has one reading. `shows` is the decimal mark that it proves, if it proves one.
    Plain {
        /// The number as it is stored.
        value: String,
        /// What a writer of this has before the decimals.
        shows: Option<Mark>,
    },
    /// `1,234`: with decimals or without, depending on who wrote it.
    Either {
        /// The number where a point stands before the decimals.
        by_point: String,
        /// The number where a comma does.
        by_comma: String,
    },
}

impl Number {
    /// The number of somebody who writes this mark before decimals. What has one reading keeps it.
    pub fn by(self, mark: Mark) -> String {
        match (self, mark) {
            (Self::Plain { value, .. }, _) | (Self::Either { by_point: value, .. }, Mark::Point) => value,
            (Self::Either { by_comma: value, .. }, Mark::Comma) => value,
        }
    }
}

/// The most digits.
const LONGEST: usize = 30;
/// Currencies that may stand before or behind a number; which it was is known to whoever named the field.
const CURRENCIES: [&str; 56] = [
    "$", "\u{a3}", "\u{20ac}", "\u{a5}", "\u{20b9}", "\u{20bd}", "\u{20ba}", "\u{20a9}", "\u{20aa}", "\u{20b4}", "\u{20b1}", "\u{20ab}",
    "\u{e3f}", "us$", "a$", "c$", "ca$", "nz$", "hk$", "s$", "r$", "eur", "usd", "gbp", "chf", "sek", "nok", "dkk", "isk", "pln", "czk",
    "huf", "ron", "bgn", "try", "uah", "cad", "aud", "nzd", "jpy", "cny", "inr", "zar", "brl", "mxn", "ils", "sgd", "hkd", "krw", "kr",
    "kr.", "fr", "fr.", "sfr", "z\u{142}", "k\u{10d}",
];

/// What a text says, if it is a number and nothing else.
pub fn read(text: &str) -> Option<Number> {
    let (negative, text) = signed(tidy(text))?;
    let number = unsigned(&text)?;
    let sign = |value: String| if negative { format!("-{value}") } else { value };
    Some(match number {
        Number::Plain { value, shows } => Number::Plain { value: sign(value), shows },
        Number::Either { by_point, by_comma } => Number::Either { by_point: sign(by_point), by_comma: sign(by_comma) },
    })
}

/// A number that somebody of this locale typed, as it is stored.
///
/// # Errors
/// A sentence that says what to write.
pub fn parse(text: &str, locale: Locale) -> Result<String, String> {
    let cure = || format!("Write a number such as {}.", show("1234.5", locale));
    let decimal = locale.decimal();
    match read(text).ok_or_else(cure)? {
        // Three digits behind the mark that groups thousands here: a slip in grouping is likelier than a foreign decimal.
        Number::Plain { value, shows: Some(mark) } if mark != decimal && decimals(&value) == 3 => {
            Err(format!("Write {} if that is meant.", show(&value, locale)))
        }
        number => Ok(number.by(decimal)),
    }
}

/// A stored number as this locale writes it: without grouping, so that reading it gives the same number again.
pub fn show(stored: &str, locale: Locale) -> String {
    match locale.decimal() {
        Mark::Point => stored.to_owned(),
        Mark::Comma => stored.replace('.', ","),
    }
}

fn decimals(stored: &str) -> usize {
    stored.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// One kind of space, of apostrophe and of minus.
fn tidy(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\u{2008}' => ' ',
            '\u{2019}' | '\u{2018}' | '\u{2bc}' => '\'',
            '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{2014}' | '\u{fe63}' | '\u{ff0d}' => '-',
            other => other,
        })
        .collect()
}

/// Takes away sign and currency, each at most once.
fn signed(text: String) -> Option<(bool, String)> {
    let (mut negative, mut text) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (Some(true), inner.trim().to_owned()),
        None => (None, text),
    };
    // `5.-` and `1.200,-` have no cents; they are not negative. The mark stays, and tells what it is.
    let whole = text.trim_end_matches('-');
    if whole.len() < text.len() && whole.ends_with(['.', ',']) {
        text = whole.to_owned();
    }
    let mut currency = false;
    for _ in 0..2 {
        text = match text.strip_prefix(['-', '+']).map(|rest| (text.starts_with('-'), rest.trim().to_owned())) {
            Some(_) if negative.is_some() => return None,
            Some((minus, rest)) => {
                negative = Some(minus);
                rest
            }
            None => text,
        };
        if let Some(rest) = without_currency(&text).filter(|_| !currency) {
            (currency, text) = (true, rest);
        }
    }
    if let Some(rest) = text.strip_suffix('-') {
        if negative.is_some() {
            return None;
        }
        (negative, text) = (Some(true), rest.trim().to_owned());
        if let Some(rest) = without_currency(&text).filter(|_| !currency) {
            text = rest;
        }
    }
    Some((negative.unwrap_or_default(), text))
}

fn without_currency(text: &str) -> Option<String> {
    let number = |c: char| c.is_ascii_digit() || "+-.,'( ".contains(c);
    let before = text.find(number).unwrap_or_default();
    let after = text.rfind(|c: char| c.is_ascii_digit() || c == '-').map_or(0, |at| at + 1);
    let named = |name: &str| CURRENCIES.contains(&name.trim().to_lowercase().as_str());
    let (front, back) = (text.get(..before)?, text.get(after..)?);
    // `kr.500` has its point before the number.
    let dotted = text.get(..before + 1).filter(|name| name.ends_with('.') && named(name));
    match (front.is_empty(), back.trim().is_empty()) {
        (false, _) if dotted.is_some() => Some(text.get(before + 1..)?.trim().to_owned()),
        (false, _) if named(front) => Some(text.get(before..)?.trim().to_owned()),
        (true, false) if named(back) => Some(text.get(..after)?.trim().to_owned()),
        _ => None,
    }
}

/// Digits, and what stands between them.
fn unsigned(text: &str) -> Option<Number> {
    let is_mark = |c: char| matches!(c, '.' | ',' | ' ' | '\'');
    let fits = text.chars().all(|c| c.is_ascii_digit() || is_mark(c)) && text.chars().any(|c| c.is_ascii_digit());
    if !fits || text.chars().filter(char::is_ascii_digit).count() > LONGEST {
        return None;
    }
    let groups: Vec<&str> = text.split(is_mark).collect();
    let marks: Vec<char> = text.chars().filter(|c| is_mark(*c)).collect();
    let plain = |value: String, shows| Some(Number::Plain { value, shows });
    let (Some(last), [whole, .., end]) = (marks.last().copied(), groups.as_slice()) else { return plain(text.to_owned(), None) };
    let mark = match last {
        '.' => Some(Mark::Point),
        ',' => Some(Mark::Comma),
        _ => None,
    };
    match (mark, marks.len()) {
        (Some(_), 1) if end.is_empty() => plain((*whole).to_owned(), None),
        (Some(mark), 1) if (1..=3).contains(&whole.len()) && !whole.starts_with('0') && end.len() == 3 => {
            let (decimal, grouped) = (format!("{whole}.{end}"), format!("{whole}{end}"));
            Some(match mark {
                Mark::Point => Number::Either { by_point: decimal, by_comma: grouped },
                Mark::Comma => Number::Either { by_point: grouped, by_comma: decimal },
            })
        }
        (Some(mark), 1) => plain(format!("{}.{end}", if whole.is_empty() { "0" } else { whole }), Some(mark)),
        // One mark all along groups; what groups with a point has its decimals behind a comma.
        (mark, _) if marks.iter().all(|m| *m == last) => {
            let shows = mark.map(|mark| if mark == Mark::Point { Mark::Comma } else { Mark::Point });
            are_groups(&groups, last).then(|| Number::Plain { value: groups.concat(), shows })
        }
        (Some(mark), many) => {
            let (grouping, grouped) = (marks.first()?, groups.get(..many)?);
            let even = marks.get(..many - 1)?.iter().all(|m| m == grouping) && *grouping != last;
            let decimals = if end.is_empty() { String::new() } else { format!(".{end}") };
            (even && are_groups(grouped, *grouping)).then(|| Number::Plain { value: grouped.concat() + &decimals, shows: Some(mark) })
        }
        (None, _) => None,
    }
}

/// Thousands; with commas also as in India, where all but the last group have two digits.
fn are_groups(groups: &[&str], mark: char) -> bool {
    let [first, middle @ .., last] = groups else { return false };
    let begins = !first.starts_with('0') && last.len() == 3;
    let thousands = (1..=3).contains(&first.len()) && middle.iter().all(|group| group.len() == 3);
    let lakhs = mark == ',' && (1..=2).contains(&first.len()) && !middle.is_empty() && middle.iter().all(|group| group.len() == 2);
    begins && (thousands || lakhs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        match read(text) {
            Some(Number::Plain { value, .. }) => value,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn what_has_one_reading_is_read_whoever_wrote_it() {
        for (text, value) in [
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("1\u{a0}234,50", "1234.50"),
            ("1\u{202f}234,50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("1\u{2019}234.50", "1234.50"),
            ("1'234'567", "1234567"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("1.234.567,8", "1234567.8"),
            ("12,34,567.89", "1234567.89"),
            ("99,5", "99.5"),
            ("99.5", "99.5"),
            ("0,125", "0.125"),
            ("0.125", "0.125"),
            ("1234,567", "1234.567"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "007"),
            ("0", "0"),
            ("(5.00)", "-5.00"),
            ("+5", "5"),
            ("-5", "-5"),
            ("\u{2212}5", "-5"),
            ("5-", "-5"),
            ("5.00-", "-5.00"),
            ("5.-", "5"),
            ("1.200,-", "1200"),
            ("1,200.--", "1200"),
            ("\u{a3}5", "5"),
            ("-\u{a3}5.20", "-5.20"),
            ("\u{a3}-5.20", "-5.20"),
            ("(\u{a3}1,234.50)", "-1234.50"),
            ("1.234,50 \u{20ac}", "1234.50"),
            ("EUR 12,50", "12.50"),
            ("12.50 USD", "12.50"),
            ("CHF 1'234.50", "1234.50"),
            ("kr.500", "500"),
            ("500 kr.", "500"),
            ("$ 1,234,567", "1234567"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(plain(text), value, "{text}");
        }
    }

    #[test]
    fn what_has_two_readings_has_two() {
        for (text, by_point, by_comma) in [
            ("1,234", "1234", "1.234"),
            ("12,500", "12500", "12.500"),
            ("1.234", "1.234", "1234"),
            ("\u{a3}1,200", "1200", "1.200"),
            ("(1,200)", "-1200", "-1.200"),
        ] {
            assert_eq!(read(text), Some(Number::Either { by_point: by_point.into(), by_comma: by_comma.into() }), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            " ",
            ".",
            ",",
            "-",
            "+",
            "()",
            "1e5",
            "1.5E+03",
            "12 34",
            "1.23,4",
            "1,2345,678",
            "1.234,567.8",
            "5%",
            "5 m",
            "--5",
            "(-5)",
            "-5-",
            "1.234 567",
            "0,123,456",
            "12,345.67,8",
            "1..2",
            "1 ,5",
            "\u{a3}",
            "EUR",
            "EUR 5 EUR",
            "0x1f",
            "NaN",
            "five",
            "\u{ff15}",
            "1234567890123456789012345678901",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_form_reads_by_the_locale_of_the_organisation() {
        for (locale, text, value) in [
            (Locale::EnGb, "1,234", Ok("1234")),
            (Locale::EnGb, "1.234", Ok("1.234")),
            (Locale::De, "1.234", Ok("1234")),
            (Locale::De, "1,234", Ok("1.234")),
            (Locale::DeCh, "1'234.5", Ok("1234.5")),
            (Locale::Fr, "1\u{202f}234,5", Ok("1234.5")),
            (Locale::EnGb, "99,5", Ok("99.5")),
            (Locale::De, "1,234.50", Ok("1234.50")),
            (Locale::EnGb, "1.23,4", Err("Write a number such as 1234.5.")),
            (Locale::De, "twelve", Err("Write a number such as 1234,5.")),
            (Locale::EnGb, "1234,567", Err("Write 1234.567 if that is meant.")),
        ] {
            assert_eq!(parse(text, locale), value.map(str::to_owned).map_err(str::to_owned), "{text} in {}", locale.key());
        }
    }

    #[test]
    fn what_is_shown_is_read_as_the_same_number() {
        for locale in Locale::ALL {
            for stored in ["1234.50", "1.234", "-0.125", "12500", "0", "007", "1234567.891", "999.999"] {
                assert_eq!(parse(&show(stored, locale), locale).as_deref(), Ok(stored), "{}", locale.key());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = read(&text);
        }

        #[test]
        fn a_number_comes_back_under_every_locale(whole in 0_u64..10_000_000_000, decimals in "[0-9]{0,6}", minus in proptest::bool::ANY) {
            let stored = format!("{}{whole}{}{decimals}", if minus { "-" } else { "" }, if decimals.is_empty() { "" } else { "." });
            for locale in Locale::ALL {
                let read = parse(&show(&stored, locale), locale);
                proptest::prop_assert_eq!(read.as_deref(), Ok(stored.as_str()));
            }
        }

        #[test]
        fn what_looks_like_a_number_makes_no_panic(text in "[-+(]?[£€ ]?[0-9., ']{0,12}[-)€ ]?") {
            if let Some(number) = read(&text) {
                let value = number.by(Mark::Point);
                proptest::prop_assert!(value.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.'), "{} {}", text, value);
            }
        }
    }
}
