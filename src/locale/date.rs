//! Dates and times as people and systems write them, from `31/12/2025` to `Mon, 05 Jan 2026 14:05:00 +0100`.
//!
//! Years of two digits are 1950 to 2049. A leap second counts as the second before it. Weeks, months alone, years alone and
//! names of time zones other than UTC are not read: they are no day, or not one day.

use jiff::{
    civil::{Date, Time},
    tz::Offset,
};

use super::{Order, month};

/// Years of days that can be stored.
pub const YEARS: std::ops::RangeInclusive<i16> = 1800..=9999;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The day.
    pub day: Day,
    /// The time of day, where there is one.
    pub time: Option<Time>,
    /// How far the clock that showed it is ahead of UTC, where that is said.
    pub offset: Option<Offset>,
}

/// A day as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// It has one reading. `shows` is what it proves of the order of others that are written like it.
    Plain {
        /// The day.
        date: Date,
        /// The order that it proves, and how it is written.
        shows: Option<(Order, Style)>,
    },
    /// `05/01/2026`: which of both is the month?
    Either {
        /// Where the day comes first.
        day_first: Date,
        /// Where the month does.
        month_first: Date,
        /// How it is written.
        style: Style,
    },
}

impl Day {
    /// Its year, which both readings have.
    pub fn year(self) -> i16 {
        match self {
            Self::Plain { date, .. } | Self::Either { day_first: date, .. } => date.year(),
        }
    }
}

/// How the numbers of a date are separated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `05.01.2026`: nearly everybody who writes points has the day first.
    Points,
    /// `05/01/2026`, `05-01-2026`: nobody knows.
    Slashes,
}

/// Why a text is not read as a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none.
    NoDate,
    /// `2026-02-30`
    NoSuchDay,
    /// `2026-W01-1`
    Week,
    /// `46027`: perhaps a day as spreadsheets count them.
    Serial,
    /// `0011-10-11`: beyond what is stored.
    Beyond(Date),
    /// `14:05 CET`: a time zone by a name that is not told.
    ZoneName,
    /// `0000-00-00`, `NULL`: how some systems write that there is none.
    Nothing,
}

/// What a text says, if it is a date and nothing else.
///
/// # Errors
/// Why it is none.
pub fn read(text: &str) -> Result<Written, Refusal> {
    let text = tidy(text);
    if says_nothing(&text) {
        return Err(Refusal::Nothing);
    }
    if serial(&text).is_some() {
        return Err(Refusal::Serial);
    }
    let mut at = Cursor { rest: &text };
    let (day, clock) = day(&mut at)?;
    let (time, offset) = match clock {
        Some(clock) => clock,
        None => after_day(&mut at)?,
    };
    at.spaces();
    if !at.rest.is_empty() {
        return Err(Refusal::NoDate);
    }
    Ok(Written { day, time, offset })
}

/// The day and the time of a number of days since the end of 1899, as spreadsheets count them. Before March 1900 they
/// count one day that never was, so those are not read.
pub fn serial(text: &str) -> Option<(Date, Option<Time>)> {
    let (whole, part) = text.trim().split_once('.').map_or((text.trim(), ""), |(whole, part)| (whole, part));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() != 5 {
        return None;
    }
    let date = Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(whole.parse::<i64>().ok()?)).ok()?;
    if part.bytes().all(|b| b == b'0') {
        return Some((date, None));
    }
    // Sheets keep fifteen digits, which is a few microseconds; people meant seconds.
    let seconds = (format!("0.{part}").parse::<f64>().ok()? * 86_400.0).round();
    let seconds = if (0.0..86_400.0).contains(&seconds) { seconds } else { 86_399.0 };
    // Within a day, which the line above sees to.
    let time = Time::midnight().checked_add(jiff::SignedDuration::from_secs(seconds as i64)).ok()?;
    Some((date, Some(time)))
}

/// One kind of space, and no marks that cannot be seen.
fn tidy(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{200b}'))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    spaced.split(' ').filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether this is how systems write that there is nothing.
pub fn says_nothing(text: &str) -> bool {
    let zeroes = |text: &str| text.starts_with("00") && text.len() >= 8 && text.chars().all(|c| "0-/.: TZ".contains(c));
    zeroes(text) || ["null", "\\n", "nil", "none", "n/a", "#n/a", "na", "-", "--"].contains(&text.to_lowercase().as_str())
}

type Clock = (Option<Time>, Option<Offset>);

fn day(at: &mut Cursor<'_>) -> Result<(Day, Option<Clock>), Refusal> {
    if let Some(word) = at.word() {
        let before = at.rest;
        let read = month::month(&word).map(|month| month_then_day(at, month));
        return match read {
            // `mar` is March and, in French, Tuesday.
            None | Some(Err(Refusal::NoDate)) if month::is_weekday(&word) => {
                at.rest = before;
                at.gap();
                day_of_week(at)
            }
            Some(read) => read,
            None => Err(Refusal::NoDate),
        };
    }
    numbers(at).map(|day| (day, None))
}

fn day_of_week(at: &mut Cursor<'_>) -> Result<(Day, Option<Clock>), Refusal> {
    match at.word() {
        Some(word) => month_then_day(at, month::month(&word).ok_or(Refusal::NoDate)?),
        None => numbers(at).map(|day| (day, None)),
    }
}

/// `Jan 5, 2026`, and `Jan 5 14:05:00 UTC 2026` as logs have it.
fn month_then_day(at: &mut Cursor<'_>, month: i8) -> Result<(Day, Option<Clock>), Refusal> {
    at.gap();
    let day = at.number(2)?;
    at.ordinal();
    at.gap();
    let before = at.rest;
    let mut clock = None;
    if at.digits().is_some() && at.rest.starts_with(':') {
        at.rest = before;
        clock = Some(time(at)?);
        at.gap();
    } else {
        at.rest = before;
    }
    let year = at.year()?;
    Ok((plain(year, month, day)?, clock))
}

/// What begins with a number.
fn numbers(at: &mut Cursor<'_>) -> Result<Day, Refusal> {
    let first = at.digits().ok_or(Refusal::NoDate)?;
    match first.len() {
        8 => {
            let part = |range: std::ops::Range<usize>| first.get(range).and_then(|digits| digits.parse().ok()).ok_or(Refusal::NoDate);
            let (month, day) = (part(4..6)?, part(6..8)?);
            plain(part(0..4)?, small(month)?, small(day)?)
        }
        4 => year_first(at, first.parse().map_err(|_| Refusal::NoDate)?),
        1 | 2 => small_first(at, first.parse().map_err(|_| Refusal::NoDate)?),
        _ => Err(Refusal::NoDate),
    }
}

fn year_first(at: &mut Cursor<'_>, year: i16) -> Result<Day, Refusal> {
    let separator = at.separator().ok_or(Refusal::NoDate)?;
    if let Some(word) = at.word() {
        if word == "w" {
            return Err(Refusal::Week);
        }
        let month = month::month(&word).ok_or(Refusal::NoDate)?;
        at.gap();
        return plain(year, month, at.number(2)?);
    }
    let month = at.number(2)?;
    if at.separator() != Some(separator) {
        return Err(Refusal::NoDate);
    }
    plain(year, month, at.number(2)?)
}

fn small_first(at: &mut Cursor<'_>, first: i8) -> Result<Day, Refusal> {
    at.ordinal();
    let separator = at.separator().ok_or(Refusal::NoDate)?;
    let mut word = at.word();
    if word.as_deref().is_some_and(|word| ["de", "of"].contains(&word)) {
        at.spaces();
        word = at.word();
    }
    if let Some(word) = word {
        let month = month::month(&word).ok_or(Refusal::NoDate)?;
        at.gap();
        return plain(at.year()?, month, first);
    }
    let second = at.number(2)?;
    if at.separator() != Some(separator) {
        return Err(Refusal::NoDate);
    }
    let year = at.year()?;
    let style = if separator == '.' { Style::Points } else { Style::Slashes };
    let (day_first, month_first) = (plain(year, second, first), plain(year, first, second));
    match (day_first, month_first) {
        (Ok(Day::Plain { date: one, .. }), Ok(Day::Plain { date: other, .. })) if one != other => {
            Ok(Day::Either { day_first: one, month_first: other, style })
        }
        (Ok(same), Ok(_)) => Ok(same),
        (Ok(Day::Plain { date, .. }), Err(_)) => Ok(Day::Plain { date, shows: Some((Order::DayFirst, style)) }),
        (Err(_), Ok(Day::Plain { date, .. })) => Ok(Day::Plain { date, shows: Some((Order::MonthFirst, style)) }),
        (refused, _) => refused,
    }
}

fn plain(year: i16, month: i8, day: i8) -> Result<Day, Refusal> {
    let date = Date::new(year, month, day).map_err(|_| Refusal::NoSuchDay)?;
    if YEARS.contains(&year) { Ok(Day::Plain { date, shows: None }) } else { Err(Refusal::Beyond(date)) }
}

fn small(number: i16) -> Result<i8, Refusal> {
    i8::try_from(number).map_err(|_| Refusal::NoDate)
}

/// What stands behind a day: nothing, or a time.
fn after_day(at: &mut Cursor<'_>) -> Result<Clock, Refusal> {
    at.spaces();
    at.eat(',');
    at.spaces();
    if at.rest.is_empty() {
        return Ok((None, None));
    }
    let before = at.rest;
    let word = at.word();
    let between = word.as_deref().is_none_or(|word| ["t", "at", "um", "om", "\u{e0}"].contains(&word));
    if !between {
        at.rest = before;
    }
    at.spaces();
    time(at)
}

fn time(at: &mut Cursor<'_>) -> Result<Clock, Refusal> {
    let first = at.digits().ok_or(Refusal::NoDate)?;
    let (mut hour, minute, second, nanos) = if first.len() > 2 { run_together(first)? } else { spelled(at, first)? };
    at.spaces();
    if let Some(after_noon) = at.half()? {
        if !(1..=12).contains(&hour) {
            return Err(Refusal::NoDate);
        }
        hour = hour % 12 + if after_noon { 12 } else { 0 };
    }
    let second = if second == 60 && minute == 59 { 59 } else { second };
    let time = Time::new(hour, minute, second, nanos).map_err(|_| Refusal::NoDate)?;
    at.spaces();
    Ok((Some(time), offset(at)?))
}

/// `1405` and `140500`, which ISO 8601 has behind a T.
fn run_together(digits: &str) -> Result<(i8, i8, i8, i32), Refusal> {
    let part = |from: usize| digits.get(from..from + 2).map_or(Ok(0), |part| part.parse().map_err(|_| Refusal::NoDate));
    if digits.len() == 4 || digits.len() == 6 { Ok((part(0)?, part(2)?, part(4)?, 0)) } else { Err(Refusal::NoDate) }
}

fn spelled(at: &mut Cursor<'_>, hour: &str) -> Result<(i8, i8, i8, i32), Refusal> {
    let hour = hour.parse().map_err(|_| Refusal::NoDate)?;
    let mark = [':', '.', 'h'].into_iter().find(|mark| at.eat(*mark)).ok_or(Refusal::NoDate)?;
    let minute = at.two()?;
    if mark == 'h' || !at.eat(mark) {
        return Ok((hour, minute, 0, 0));
    }
    let second = at.two()?;
    let nanos = if at.eat('.') || at.eat(',') { fraction(at.digits().ok_or(Refusal::NoDate)?)? } else { 0 };
    Ok((hour, minute, second, nanos))
}

fn fraction(digits: &str) -> Result<i32, Refusal> {
    let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().map_err(|_| Refusal::NoDate)
}

/// `Z`, `UTC`, `+01:00`, `+0100`, `+01`, `GMT+1`, and behind any of them a name in brackets.
fn offset(at: &mut Cursor<'_>) -> Result<Option<Offset>, Refusal> {
    let mut found = None;
    if let Some(word) = at.word() {
        match word.as_str() {
            "z" | "utc" | "gmt" | "ut" => found = Some(Offset::UTC),
            "uhr" | "h" => {}
            _ => return Err(Refusal::ZoneName),
        }
    }
    let sign = if at.eat('+') {
        1
    } else if at.eat('-') || at.eat('\u{2212}') {
        -1
    } else {
        0
    };
    if sign != 0 {
        let digits = at.digits().ok_or(Refusal::NoDate)?;
        let (hours, minutes) = digits.split_at(digits.len().min(if digits.len() == 3 { 1 } else { 2 }));
        let minutes = if minutes.is_empty() && at.eat(':') { at.digits().unwrap_or_default() } else { minutes };
        let number = |text: &str| if text.is_empty() { Ok(0) } else { text.parse::<i32>().map_err(|_| Refusal::NoDate) };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if hours > 14 || minutes > 59 || digits.len() > 4 {
            return Err(Refusal::NoDate);
        }
        found = Some(Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).map_err(|_| Refusal::NoDate)?);
    }
    at.spaces();
    let named = at.rest.starts_with('(') && at.rest.ends_with(')');
    if found.is_some() && named {
        at.rest = "";
    }
    Ok(found)
}

/// Goes through a text from left to right.
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// All digits that stand here.
    fn digits(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }

    /// A number of at most so many digits.
    fn number(&mut self, most: usize) -> Result<i8, Refusal> {
        let digits = self.digits().filter(|digits| digits.len() <= most).ok_or(Refusal::NoDate)?;
        digits.parse().map_err(|_| Refusal::NoDate)
    }

    /// Exactly two digits.
    fn two(&mut self) -> Result<i8, Refusal> {
        let digits = self.digits().filter(|digits| digits.len() == 2).ok_or(Refusal::NoDate)?;
        digits.parse().map_err(|_| Refusal::NoDate)
    }

    /// A year of four digits, or of two.
    fn year(&mut self) -> Result<i16, Refusal> {
        let before = self.rest;
        if self.word().as_deref() != Some("de") {
            self.rest = before;
        }
        self.spaces();
        self.eat('\'');
        let digits = self.digits().ok_or(Refusal::NoDate)?;
        let year: i16 = digits.parse().map_err(|_| Refusal::NoDate)?;
        match digits.len() {
            4 => Ok(year),
            2 => Ok(if year < 50 { 2_000 + year } else { 1_900 + year }),
            _ => Err(Refusal::NoDate),
        }
    }

    /// Letters, in lower case.
    fn word(&mut self) -> Option<String> {
        let end = self.rest.find(|c: char| !c.is_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then(|| word.to_lowercase())
    }

    fn eat(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// What stands between two parts of a date, where one of them is a word.
    fn gap(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '.', ',', '-', '/']);
    }

    /// What stands between two numbers of a date; spaces behind it belong to it.
    fn separator(&mut self) -> Option<char> {
        let found = ['.', '/', '-', ' '].into_iter().find(|c| self.eat(*c));
        self.spaces();
        found
    }

    /// `5th`, `1er`.
    fn ordinal(&mut self) {
        let before = self.rest;
        if !self.word().is_some_and(|word| ["st", "nd", "rd", "th", "er", "e"].contains(&word.as_str())) {
            self.rest = before;
        }
    }

    /// Before noon or after it, where that is said.
    fn half(&mut self) -> Result<Option<bool>, Refusal> {
        let before = self.rest;
        let found = match self.word().as_deref() {
            Some("am") => Some(false),
            Some("pm") => Some(true),
            Some("a" | "p") if self.rest.starts_with('.') => {
                let after_noon = before.starts_with(['p', 'P']);
                self.eat('.');
                if self.word().as_deref() != Some("m") {
                    return Err(Refusal::NoDate);
                }
                self.eat('.');
                Some(after_noon)
            }
            _ => None,
        };
        if found.is_none() {
            self.rest = before;
        }
        Ok(found)
    }
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
