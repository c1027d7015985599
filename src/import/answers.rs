//! What only a person can say of how a file is written, and how they are asked: once for the file, and only what nothing in
//! it decides.

use serde::{Deserialize, Serialize};

use super::{
    evidence::{Evidence, Seen, proven_mark},
    findings::Findings,
    model::Target,
};
use crate::{
    cases::{CaseType, FieldKind},
    fault::Complaints,
    locale::{
        Mark, Order,
        date::{self, Day},
        number,
    },
};

/// The answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Which number of a date is the day.
    pub date_order: Option<Order>,
    /// What stands before decimals.
    pub decimal: Option<Mark>,
    /// Whether numbers such as 46027 stand for days as spreadsheets count them.
    pub serial_days: bool,
    /// Whether dates such as 9999-12-31 stand for none.
    pub beyond_is_none: bool,
}

/// The same as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `day_first` or `month_first`.
    pub date_order: String,
    /// `point` or `comma`.
    pub decimal: String,
    /// `days`.
    pub serial_days: String,
    /// `none`.
    pub beyond: String,
}

impl Answers {
    /// These, and where they are silent, those.
    pub fn or(self, those: Self) -> Self {
        Self {
            date_order: self.date_order.or(those.date_order),
            decimal: self.decimal.or(those.decimal),
            serial_days: self.serial_days || those.serial_days,
            beyond_is_none: self.beyond_is_none || those.beyond_is_none,
        }
    }

    /// What was chosen; anything else is no answer.
    pub fn parse(typed: &Typed) -> Self {
        Self {
            date_order: match typed.date_order.as_str() {
                "day_first" => Some(Order::DayFirst),
                "month_first" => Some(Order::MonthFirst),
                _ => None,
            },
            decimal: match typed.decimal.as_str() {
                "point" => Some(Mark::Point),
                "comma" => Some(Mark::Comma),
                _ => None,
            },
            serial_days: typed.serial_days == "days",
            beyond_is_none: typed.beyond == "none",
        }
    }
}

/// A question of the form, with its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The name of its field.
    pub name: String,
    /// What answers it on the command line.
    pub flag: String,
    /// What is asked.
    pub label: String,
    /// Where it comes from.
    pub hint: String,
    /// Keys and words of the answers.
    pub options: Vec<(String, String)>,
    /// The key of the answer that was given before.
    pub value: String,
    /// Whether a column that is matched now asks it.
    pub is_open: bool,
    /// Whether nothing can be imported without an answer.
    pub must: bool,
}

/// Everything that a file may ask. What a column asks that is not matched to a date or a number is not open: it becomes so
/// when that column is matched.
pub(super) fn questions(
    findings: &Findings,
    header: &[String],
    targets: &[Target],
    case_type: Option<&CaseType>,
    given: Answers,
) -> Vec<Question> {
    let asking = Asking { findings, header, targets, case_type, given };
    [asking.order(), asking.decimal(), asking.serial(), asking.beyond()].into_iter().flatten().collect()
}

/// What still has to be answered, each at its field.
pub(super) fn complain(questions: &[Question], complaints: &mut Complaints) {
    for question in questions.iter().filter(|question| question.is_open && question.must && question.value.is_empty()) {
        complaints.add(&question.name, format!("{}: choose what they mean.", question.label));
    }
}

/// Whether a column with this target holds dates.
pub(super) fn holds_dates(target: &Target, case_type: &CaseType) -> bool {
    let is_field = |key: &str| case_type.field(key).is_some_and(|field| field.kind == FieldKind::Date);
    matches!(target, Target::Opened | Target::Closed | Target::Due | Target::EntryTime)
        || matches!(target, Target::Field(key) if is_field(key))
}

/// Whether a column with this target holds numbers.
pub(super) fn holds_numbers(target: &Target, case_type: &CaseType) -> bool {
    matches!(target, Target::Field(key) if case_type.field(key).is_some_and(|field| field.kind == FieldKind::Number))
}

struct Asking<'a> {
    findings: &'a Findings,
    header: &'a [String],
    targets: &'a [Target],
    case_type: Option<&'a CaseType>,
    given: Answers,
}

/// What a number with one mark before its last three digits means: `1,234 is 1 thousand 234`, or `1 and 234 thousandths`.
fn meaning(text: &str, value: &str) -> String {
    let plain = |digits: &str| digits.trim_start_matches('0').to_owned();
    match value.split_once('.').or_else(|| value.split_at_checked(value.len().saturating_sub(3))) {
        Some((whole, part)) if !whole.is_empty() => {
            let rest = plain(part);
            match (value.contains('.'), rest.is_empty()) {
                (true, true) => format!("{text} is {whole}"),
                (true, false) => format!("{text} is {whole} and {rest} thousandths"),
                (false, true) => format!("{text} is {whole} thousand"),
                (false, false) => format!("{text} is {whole} thousand {rest}"),
            }
        }
        Some(_) | None => format!("{text} is {value}"),
    }
}

type Holds = fn(&Target, &CaseType) -> bool;

impl Asking<'_> {
    /// Whether a column is matched to something of this kind.
    fn is_matched(&self, at: usize, holds: Holds) -> bool {
        self.targets.get(at).zip(self.case_type).is_some_and(|(target, case_type)| holds(target, case_type))
    }

    /// The value to ask about: of a matched column, else of any. With it, where it is and whether its column is matched.
    fn example(&self, holds: Holds, seen: fn(&Evidence) -> Option<&Seen>) -> Option<(Seen, String, bool)> {
        let found = |matched: bool| {
            let mut columns = self.findings.columns.iter().enumerate();
            columns.find_map(|(at, column)| seen(column).filter(|_| self.is_matched(at, holds) == matched).map(|seen| (at, seen)))
        };
        let (at, seen, matched) =
            found(true).map(|(at, seen)| (at, seen, true)).or_else(|| found(false).map(|(at, seen)| (at, seen, false)))?;
        let name = self.header.get(at).cloned().unwrap_or_default();
        Some((seen.clone(), format!("Column {name}, line {}.", seen.line), matched))
    }

    fn order(&self) -> Option<Question> {
        let (seen, place, is_open) =
            self.example(holds_dates, |column| column.slashes.either.as_ref().filter(|_| column.slashes.is_open()))?;
        let Ok(Day::Either { day_first, month_first, .. }) = date::read(&seen.text).map(|written| written.day) else { return None };
        let said = |date: jiff::civil::Date| date.strftime("%-d %B %Y").to_string();
        Some(Question {
            name: "answers[date_order]".into(),
            flag: "--dates day-first, or --dates month-first".into(),
            label: format!("Dates such as {}", seen.text),
            hint: format!("{place} No date in the column tells whether day or month comes first."),
            options: vec![
                (String::new(), "Choose\u{2026}".into()),
                ("day_first".into(), format!("Day first: {}", said(day_first))),
                ("month_first".into(), format!("Month first: {}", said(month_first))),
            ],
            value: match self.given.date_order {
                Some(Order::DayFirst) => "day_first".into(),
                Some(Order::MonthFirst) => "month_first".into(),
                None => String::new(),
            },
            is_open,
            must: true,
        })
    }

    fn decimal(&self) -> Option<Question> {
        let matched = self.findings.columns.iter().enumerate().filter(|(at, _)| self.is_matched(*at, holds_numbers));
        let proven = proven_mark(matched.map(|(_, column)| column));
        let (seen, place, is_open) = self.example(holds_numbers, |column| column.either.as_ref())?;
        let number = number::read(&seen.text)?;
        Some(Question {
            name: "answers[decimal]".into(),
            flag: "--decimal point, or --decimal comma".into(),
            label: format!("Numbers such as {}", seen.text),
            hint: format!("{place} The file does not tell whether the mark groups thousands or stands before decimals."),
            options: vec![
                (String::new(), "Choose\u{2026}".into()),
                ("point".into(), meaning(&seen.text, &number.clone().by(Mark::Point))),
                ("comma".into(), meaning(&seen.text, &number.by(Mark::Comma))),
            ],
            value: match self.given.decimal {
                Some(Mark::Point) => "point".into(),
                Some(Mark::Comma) => "comma".into(),
                None => String::new(),
            },
            is_open: is_open && proven.is_none(),
            must: true,
        })
    }

    fn serial(&self) -> Option<Question> {
        let (seen, place, is_open) = self.example(holds_dates, |column| column.serial.as_ref())?;
        let (date, _) = date::serial(&seen.text)?;
        Some(Question {
            name: "answers[serial_days]".into(),
            flag: "--serial-days".into(),
            label: format!("Numbers such as {} where a date should be", seen.text),
            hint: place,
            options: vec![
                (String::new(), "Are no dates: leave their rows out".into()),
                ("days".into(), format!("Are days as spreadsheets count them: {}", date.strftime("%-d %B %Y"))),
            ],
            value: if self.given.serial_days { "days".into() } else { String::new() },
            is_open,
            must: false,
        })
    }

    fn beyond(&self) -> Option<Question> {
        let (seen, place, is_open) = self.example(holds_dates, |column| column.beyond.as_ref())?;
        Some(Question {
            name: "answers[beyond]".into(),
            flag: "--beyond-is-none".into(),
            label: format!("Dates such as {}", seen.text),
            hint: format!("{place} Some systems write this where there is no date."),
            options: vec![
                (String::new(), "Are dates like any other".into()),
                ("none".into(), "Stand for no date: leave the field empty".into()),
            ],
            value: if self.given.beyond_is_none { "none".into() } else { String::new() },
            is_open,
            must: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn what_a_number_can_mean_is_told_in_words() {
        for (text, value, said) in [
            ("1,234", "1234", "1,234 is 1 thousand 234"),
            ("1,234", "1.234", "1,234 is 1 and 234 thousandths"),
            ("12,005", "12.005", "12,005 is 12 and 5 thousandths"),
            ("\u{a3}12,000", "12000", "\u{a3}12,000 is 12 thousand"),
            ("12.000", "12.000", "12.000 is 12"),
        ] {
            assert_eq!(meaning(text, value), said);
        }
    }
}
