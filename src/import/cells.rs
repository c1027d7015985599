//! What stands in one cell: a moment, a state, a person, the value of a custom field.

use std::collections::HashMap;

use super::{
    answers::{Answers, holds_numbers},
    dates::{Dates, Edge, Told},
    evidence::{Evidence, proven_mark},
    findings::Findings,
    model::Target,
    text::one_line,
};
use crate::{
    cases::{CaseType, FieldKind, Priority, model::Colleague, parse::parse_field},
    clock::Instant,
    day::Day,
    ids::{Id, kinds},
    locale::{
        Locale, Mark,
        date::says_nothing,
        number::{self, Number},
    },
    server::time::Zone,
};

/// What is wrong, and what to do.
pub(super) type Wrong = (String, String);

/// Knows the type, the members, the zone, and how numbers and dates are written.
pub(super) struct Cells {
    pub case_type: CaseType,
    members: HashMap<String, Option<Id<kinds::User>>>,
    zone: Zone,
    columns: Vec<Evidence>,
    answers: Answers,
    decimal: Option<Mark>,
}

impl Cells {
    /// For cases of this type.
    pub fn new(case_type: CaseType, all: &[Colleague], zone: Zone) -> Self {
        let mut members: HashMap<String, Option<Id<kinds::User>>> = HashMap::new();
        for member in all {
            // Two of one name cannot be told apart: then the label stays a label.
            members.entry(folded(&member.name)).and_modify(|id| *id = None).or_insert(Some(member.id));
        }
        Self { case_type, members, zone, columns: Vec::new(), answers: Answers::default(), decimal: None }
    }

    /// Written as the columns of a file show, and as somebody has told.
    pub fn written(self, findings: &Findings, targets: &[Target], answers: Answers) -> Self {
        let numbers = findings.columns.iter().zip(targets).filter(|(_, target)| holds_numbers(target, &self.case_type));
        let decimal = proven_mark(numbers.map(|(column, _)| column)).or(answers.decimal);
        Self { columns: findings.columns.clone(), answers, decimal, ..self }
    }

    fn dates(&self, column: usize) -> Dates<'_> {
        const NONE: &Evidence = &Evidence::none();
        Dates { zone: &self.zone, evidence: self.columns.get(column).unwrap_or(NONE), answers: self.answers }
    }

    /// A moment in a column; a day alone begins or ends with the organisation's day.
    pub fn moment(&self, column: usize, cell: &str, edge: Edge) -> Result<Told<Instant>, Wrong> {
        self.dates(column).moment(cell, edge)
    }

    /// A day in a column.
    pub fn day(&self, column: usize, cell: &str) -> Result<Told<Day>, Wrong> {
        self.dates(column).day(cell)
    }

    /// The member of that name.
    pub fn member(&self, label: &str) -> Option<Id<kinds::User>> {
        self.members.get(&folded(label)).copied().flatten()
    }

    /// The value of a custom field in a column.
    pub fn field(&self, column: usize, key: &str, cell: &str) -> Result<Told<serde_json::Value>, Wrong> {
        let Some(def) = self.case_type.field(key) else { return Ok(Told { value: None, note: None }) };
        let parse = |typed: &[String]| {
            // A number was read above; nothing else depends on the locale.
            let parsed = parse_field(def, typed, Locale::default());
            parsed.map(|value| Told { value, note: None }).map_err(|reason| (format!("{} does not fit.", quoted(cell)), reason))
        };
        let is_free = matches!(def.kind, FieldKind::Text | FieldKind::LongText | FieldKind::Date);
        if !is_free && says_nothing(cell) && !def.options.iter().any(|option| option.eq_ignore_ascii_case(cell)) {
            return Ok(Told { value: None, note: Some(nothing(cell)) });
        }
        match def.kind {
            FieldKind::Date => {
                let Told { value, note } = self.day(column, cell)?;
                Ok(Told { value: value.map(|day| day.to_string().into()), note })
            }
            FieldKind::Number => self.number(cell).map(|number| Told::plain(number.into())),
            FieldKind::Choices => parse(&choices(cell, &def.options)),
            FieldKind::Member => match self.member(cell) {
                Some(id) => Ok(Told::plain(id.to_string().into())),
                None => {
                    Err((format!("{} is no member.", quoted(cell)), "Write the name of a member as it stands in Settings, Members.".into()))
                }
            },
            FieldKind::Text | FieldKind::Choice => {
                let (line, was_broken) = one_line(cell);
                let told = parse(&[line])?;
                Ok(Told { note: was_broken.then(joined), ..told })
            }
            FieldKind::LongText | FieldKind::YesNo => parse(&[cell.to_owned()]),
        }
    }

    fn number(&self, cell: &str) -> Result<String, Wrong> {
        match (number::read(cell), self.decimal) {
            (Some(Number::Plain { value, .. }), _) => Ok(value),
            (Some(either), Some(mark)) => Ok(either.by(mark)),
            (Some(Number::Either { by_point, by_comma }), None) => Err((
                format!("{} can be {by_point} or {by_comma}.", quoted(cell)),
                "Say which where the columns are matched, or write numbers as 1234.50.".into(),
            )),
            (None, _) => Err((format!("{} is no number.", quoted(cell)), "Write a number such as 1234.50, and nothing else.".into())),
        }
    }
}

/// What is noted where a cell says that there is nothing.
pub(super) fn nothing(cell: &str) -> String {
    format!("{} says that there is nothing; it was left empty.", quoted(cell))
}

/// What is noted where a line break or a tab became a space.
pub(super) fn joined() -> String {
    "Line breaks and tabs became spaces, since this is one line.".to_owned()
}

/// The choices in a cell, separated by commas or semicolons. One whose own name has such a sign is found whole first.
fn choices(cell: &str, options: &[String]) -> Vec<String> {
    let (mut rest, mut all) = (cell.trim(), Vec::new());
    while !rest.is_empty() {
        let whole = options.iter().filter_map(|option| Some((option, behind(rest, option)?))).max_by_key(|(option, _)| option.len());
        let (one, tail) = match whole {
            Some((option, tail)) => (option.as_str(), tail),
            None => rest.split_once([',', ';']).unwrap_or((rest, "")),
        };
        all.push(one.trim().to_owned());
        rest = tail.trim();
    }
    all
}

/// What stands behind this choice and the sign that ends it, if the text begins with it.
fn behind<'a>(text: &'a str, option: &str) -> Option<&'a str> {
    let (begins, tail) = text.split_at_checked(option.len())?;
    let tail = tail.trim_start();
    if !begins.eq_ignore_ascii_case(option) {
        return None;
    }
    if tail.is_empty() { Some(tail) } else { tail.strip_prefix([',', ';']) }
}

/// A priority, in our words or in common ones.
pub(super) fn priority(cell: &str) -> Result<Priority, Wrong> {
    let known = Priority::parse(cell).or(match folded(cell).as_str() {
        "medium" | "standard" | "default" => Some(Priority::Normal),
        "critical" | "highest" | "immediate" => Some(Priority::Urgent),
        "lowest" | "minor" => Some(Priority::Low),
        "major" => Some(Priority::High),
        _ => None,
    });
    known.ok_or_else(|| (format!("There is no priority {}.", quoted(cell)), "Write low, normal, high or urgent.".into()))
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A value as a sentence quotes it.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("\u{201c}{short}\u{2026}\u{201d}") } else { format!("\u{201c}{short}\u{201d}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_holds_the_separator_is_found_whole() {
        let options = ["Heat", "Heat, water", "Damp; mould", "Noise"].map(str::to_owned);
        for (cell, expected) in [
            ("Heat, Noise", &["Heat", "Noise"][..]),
            ("heat, WATER;Noise", &["Heat, water", "Noise"]),
            ("Damp; mould, Heat, water", &["Damp; mould", "Heat, water"]),
            ("Heat, Fax", &["Heat", "Fax"]),
            ("Heating, Noise", &["Heating", "Noise"]),
            (" , Noise", &["", "Noise"]),
            ("", &[]),
        ] {
            assert_eq!(choices(cell, &options), expected, "{cell}");
        }
    }
}
