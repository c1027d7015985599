//! From what was typed to values that can be stored, and back to what people read. The same on both sides.

use super::model::{Catalogue, FieldDef, FieldKind};
use crate::{
    count::grouped,
    day::Day,
    ids::{Id, kinds},
    locale::{Locale, day, number},
    names::visible,
};

/// A case's title: one line, 1 to 200 characters.
pub fn parse_title(text: &str) -> Result<String, String> {
    let text = visible(text);
    let text = text.trim();
    match text.chars().count() {
        0 => Err("Give the case a title.".into()),
        1..=200 if text.chars().any(char::is_control) => Err("Use one line.".into()),
        1..=200 => Ok(text.to_owned()),
        _ => Err("Use at most 200 characters. The rest fits into a note.".into()),
    }
}

/// An entry's text: 1 to 50,000 characters.
pub fn parse_body(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("Write something first.".into()),
        1..=50_000 if text.contains('\0') => Err("Leave out the NUL character.".into()),
        1..=50_000 => Ok(text.replace("\r\n", "\n")),
        many => {
            let many = grouped(i64::try_from(many).unwrap_or(i64::MAX));
            Err(format!("Use at most 50,000 characters: this has {many}. Split it into several entries."))
        }
    }
}

/// A short optional line such as channel or outcome: at most 120 characters; empty is none.
pub fn parse_line(text: &str) -> Result<Option<String>, String> {
    let text = visible(text);
    let text = text.trim();
    match text.chars().count() {
        0 => Ok(None),
        1..=120 if text.chars().any(char::is_control) => Err("Use one line.".into()),
        1..=120 => Ok(Some(text.to_owned())),
        _ => Err("Use at most 120 characters.".into()),
    }
}

/// Tags separated by commas: at most 20, each at most 40 characters, lower case, sorted, each once.
pub fn parse_tags(text: &str) -> Result<Vec<String>, String> {
    let mut tags: Vec<String> = visible(text).split(',').map(|tag| tag.trim().to_lowercase()).filter(|tag| !tag.is_empty()).collect();
    tags.sort();
    tags.dedup();
    if tags.len() > 20 {
        return Err("Use at most 20 tags.".into());
    }
    if let Some(long) = tags.iter().find(|tag| tag.chars().count() > 40 || tag.chars().any(char::is_control)) {
        return Err(format!("Shorten the tag \u{201c}{}\u{201d} to 40 characters.", long.chars().take(40).collect::<String>()));
    }
    Ok(tags)
}

/// A day that exists, as a browser sends it or as people of this locale write it, or none for nothing.
pub fn parse_day(text: &str, locale: Locale) -> Result<Option<Day>, String> {
    if text.trim().is_empty() { Ok(None) } else { day::parse(text, locale).map(Some) }
}

/// The value of a custom field from what somebody of this locale typed; none for nothing. Several choices come as several
/// `typed`.
pub fn parse_field(def: &FieldDef, typed: &[String], locale: Locale) -> Result<Option<serde_json::Value>, String> {
    let first = typed.first().map(|t| t.trim()).unwrap_or_default();
    if typed.iter().all(|t| t.trim().is_empty()) {
        return if def.required { Err(format!("Fill in \u{201c}{}\u{201d}.", def.label)) } else { Ok(None) };
    }
    let text = |limit: usize| {
        if first.chars().count() > limit { Err(format!("Use at most {limit} characters.")) } else { Ok(Some(first.into())) }
    };
    match def.kind {
        FieldKind::Text if first.chars().any(char::is_control) => Err("Use one line.".into()),
        FieldKind::Text => text(500),
        FieldKind::LongText => text(20_000),
        FieldKind::Number => number::parse(first, locale).map(|n| Some(n.into())),
        FieldKind::Date => parse_day(first, locale).map(|day| day.map(|day| day.to_string().into())),
        FieldKind::YesNo => parse_yes_or_no(first).map(|yes| Some(if yes { "yes" } else { "no" }.into())),
        FieldKind::Choice => one_of(def, first).map(|o| Some(o.into())),
        FieldKind::Choices => {
            let all: Result<Vec<String>, String> = typed.iter().filter(|t| !t.trim().is_empty()).map(|t| one_of(def, t.trim())).collect();
            all.map(|all| Some(all.into()))
        }
        FieldKind::Member => match first.parse::<Id<kinds::User>>() {
            Ok(id) => Ok(Some(id.to_string().into())),
            Err(_) => Err("Choose a member.".into()),
        },
    }
}

/// Yes or no, as people and systems write it.
///
/// # Errors
/// What to do.
pub fn parse_yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "1" | "on" | "y" => Ok(true),
        "no" | "false" | "0" | "off" | "n" => Ok(false),
        _ => Err("Choose yes or no.".into()),
    }
}

fn one_of(def: &FieldDef, typed: &str) -> Result<String, String> {
    def.options
        .iter()
        .find(|option| option.eq_ignore_ascii_case(typed))
        .cloned()
        .ok_or_else(|| format!("Choose one of: {}.", def.options.join(", ")))
}

/// A stored value as people read it, who write numbers like this.
pub fn show_field(value: &serde_json::Value, catalogue: &Catalogue, kind: FieldKind, locale: Locale) -> String {
    match value {
        serde_json::Value::Array(all) => all.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(", "),
        serde_json::Value::String(text) => match kind {
            FieldKind::YesNo if text == "yes" => "Yes".into(),
            FieldKind::YesNo => "No".into(),
            FieldKind::Member => catalogue.member(text).unwrap_or("A former member").into(),
            FieldKind::Number => number::show(text, locale),
            FieldKind::Text | FieldKind::LongText | FieldKind::Date | FieldKind::Choice | FieldKind::Choices => text.clone(),
        },
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Splits a number format into the series that is counted and how a number of it is written:
/// `LA-{year}-{seq:5}` in 2026 is series `LA-2026-`, five digits, nothing behind. A format without `{seq}` counts at its end.
pub fn number_series(format: &str, year: i16) -> (String, usize, String) {
    let filled = format.replace("{year}", &format!("{year:04}")).replace("{yy}", &format!("{:02}", year.rem_euclid(100)));
    let Some((before, rest)) = filled.split_once("{seq") else { return (filled, 1, String::new()) };
    let Some((width, after)) = rest.split_once('}') else { return (before.to_owned(), 1, String::new()) };
    let width = width.trim_start_matches(':').parse().unwrap_or(1);
    (before.to_owned(), width, after.to_owned())
}

/// Text as it is searched: lower case, without marks that the browser's side cannot fold either.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| !word.is_empty()).take(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn def(kind: FieldKind) -> FieldDef {
        FieldDef { key: "k".into(), label: "Label".into(), kind, options: vec!["Internet".into(), "Desk".into()], required: false }
    }

    #[test]
    fn numbers_are_counted_in_series() {
        assert_eq!(number_series("LA-{year}-{seq:5}", 2026), ("LA-2026-".into(), 5, String::new()));
        assert_eq!(number_series("{seq}/{yy}", 2026), (String::new(), 1, "/26".into()));
        assert_eq!(number_series("X", 2026), ("X".into(), 1, String::new()));
    }

    #[test]
    fn fields_are_parsed_by_kind() {
        let parse = |kind, text: &str| parse_field(&def(kind), &[text.to_owned()], Locale::EnGb);
        assert_eq!(parse(FieldKind::Number, "1 234,50").unwrap(), Some("1234.50".into()));
        assert!(parse(FieldKind::Number, "1e308").is_err());
        assert!(parse(FieldKind::Number, ".").is_err());
        assert_eq!(parse(FieldKind::YesNo, "Yes").unwrap(), Some("yes".into()));
        assert_eq!(parse(FieldKind::Choice, "internet").unwrap(), Some("Internet".into()));
        assert!(parse(FieldKind::Choice, "fax").is_err());
        assert_eq!(parse(FieldKind::Text, "  ").unwrap(), None);
        let required = FieldDef { required: true, ..def(FieldKind::Text) };
        assert!(parse_field(&required, &[], Locale::EnGb).is_err());
    }

    #[test]
    fn days_exist() {
        assert_eq!(parse_day(" 2024-02-29 ", Locale::EnGb).unwrap().map(|day| day.to_string()).as_deref(), Some("2024-02-29"));
        assert_eq!(parse_day("  ", Locale::EnGb), Ok(None));
        assert!(parse_day("2023-02-29", Locale::EnGb).is_err());
    }

    #[test]
    fn tags_are_sorted_and_unique() {
        assert_eq!(parse_tags(" Urgent visit, housing,,Housing ").unwrap(), ["housing", "urgent visit"]);
        assert!(parse_tags(&"x".repeat(41)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC{0,80}") {
            let _ = (parse_title(&text), parse_body(&text), parse_line(&text), parse_tags(&text), parse_day(&text, Locale::De), number_series(&text, 2026));
            for kind in [FieldKind::Number, FieldKind::Date, FieldKind::Member, FieldKind::Choices] {
                let _ = parse_field(&def(kind), std::slice::from_ref(&text), Locale::De);
            }
        }
    }
}
