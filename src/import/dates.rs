//! The dates of a column: a day, or a moment.
//!
//! A date of numbers is read in the order that its column proves, or that somebody has told; where the column proves both,
//! it is refused. A day stays that day wherever it is read; so does midnight and the second before it where a day is asked
//! for, since at those other programs write days. A column in which every time is midnight holds days, even if it says so
//! with an offset.

use jiff::civil::{Date, DateTime, Time};

use super::{
    answers::Answers,
    cells::{Wrong, quoted},
    evidence::Evidence,
};
use crate::{
    clock::Instant,
    day::Day,
    locale::{
        Order,
        date::{self, Refusal, Style, Written},
    },
    server::time::{Times, Zone},
};

/// What stands in a cell; nothing where it says so in a word. What had to be decided on the way is a note.
#[derive(Debug)]
pub(super) struct Told<T> {
    pub value: Option<T>,
    pub note: Option<String>,
}

impl<T> Told<T> {
    pub const fn plain(value: T) -> Self {
        Self { value: Some(value), note: None }
    }
}

/// The last second of a day.
const LAST_SECOND: Time = Time::constant(23, 59, 59, 0);
/// The first year of which no moment is kept.
pub(super) const MOMENTS_END: i16 = 2300;

/// Which end of its day a date without a time stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Start,
    End,
}

/// See the module.
pub(super) struct Dates<'a> {
    pub zone: &'a Zone,
    pub evidence: &'a Evidence,
    pub answers: Answers,
}

/// A date whose day is certain.
struct Stamp {
    date: Date,
    time: Option<(Time, Option<jiff::tz::Offset>)>,
}

impl Dates<'_> {
    /// A day.
    pub fn day(&self, cell: &str) -> Result<Told<Day>, Wrong> {
        let Told { value, note } = self.stamp(cell)?;
        let Some(stamp) = value else { return Ok(Told { value: None, note }) };
        let within = stamp.time.is_some_and(|(time, _)| time != Time::midnight() && time < LAST_SECOND);
        let note = note.or_else(|| within.then(|| "The time of day was left out, since this is a day.".to_owned()));
        let day = match stamp.time {
            Some((time, Some(offset))) if within => {
                let at = offset.to_timestamp(DateTime::from_parts(stamp.date, time)).map_err(|_| wrong(Refusal::NoDate, cell))?;
                self.zone.day(Instant(at.as_microsecond()))
            }
            Some(_) | None => written_day(stamp.date, cell)?,
        };
        Ok(Told { value: Some(day), note })
    }

    /// A moment; a day alone begins or ends with the organisation's day.
    pub fn moment(&self, cell: &str, edge: Edge) -> Result<Told<Instant>, Wrong> {
        let Told { value, note } = self.stamp(cell)?;
        let Some(stamp) = value else { return Ok(Told { value: None, note }) };
        let refused = || wrong(Refusal::NoDate, cell);
        if stamp.date.year() >= MOMENTS_END {
            let cure = "Empty the cell if there is no date, or say where the columns are matched that it stands for none.";
            return Err((format!("{} is later than 2299, and cannot be stored here.", quoted(cell)), cure.into()));
        }
        match stamp.time.filter(|(time, _)| self.evidence.times || *time != Time::midnight()) {
            None => {
                let day = written_day(stamp.date, cell)?;
                let at = if edge == Edge::End { self.zone.end_of(day) } else { self.zone.start_of(day) };
                Ok(Told { value: Some(at), note })
            }
            Some((time, Some(offset))) => {
                let at = offset.to_timestamp(DateTime::from_parts(stamp.date, time)).map_err(|_| refused())?;
                Ok(Told { value: Some(Instant(at.as_microsecond())), note })
            }
            Some((time, None)) => {
                let (at, times) = self.zone.moment(DateTime::from_parts(stamp.date, time)).ok_or_else(refused)?;
                Ok(Told { value: Some(at), note: changed_clock(times, cell, &self.zone.show(at).text).or(note) })
            }
        }
    }

    fn stamp(&self, cell: &str) -> Result<Told<Stamp>, Wrong> {
        let nothing = |why: &str| Ok(Told { value: None, note: Some(format!("{} {why}; it was left empty.", quoted(cell))) });
        match date::read(cell) {
            Ok(Written { day, time, offset }) => {
                let date = self.in_order(day, cell)?;
                if self.answers.beyond_is_none && date.year() >= MOMENTS_END {
                    return nothing("stands for no date");
                }
                Ok(Told::plain(Stamp { date, time: time.map(|time| (time, offset)) }))
            }
            Err(Refusal::Serial) if self.answers.serial_days => {
                let (date, time) = date::serial(cell).ok_or_else(|| wrong(Refusal::Serial, cell))?;
                Ok(Told::plain(Stamp { date, time: time.map(|time| (time, None)) }))
            }
            Err(Refusal::Nothing) => nothing("says that there is no date"),
            Err(refusal) => Err(wrong(refusal, cell)),
        }
    }

    fn in_order(&self, day: date::Day, cell: &str) -> Result<Date, Wrong> {
        let (day_first, month_first, style) = match day {
            date::Day::Plain { date, .. } => return Ok(date),
            date::Day::Either { day_first, month_first, style } => (day_first, month_first, style),
        };
        let orders = match style {
            Style::Points => &self.evidence.points,
            Style::Slashes => &self.evidence.slashes,
        };
        let usual = if style == Style::Points { Some(Order::DayFirst) } else { self.answers.date_order };
        let order = orders.proven().or(if orders.both().is_some() { None } else { usual });
        match order {
            Some(Order::DayFirst) => Ok(day_first),
            Some(Order::MonthFirst) => Ok(month_first),
            None => {
                let said = |date: Date| date.strftime("%-d %B %Y").to_string();
                let reason = format!("{} can be {} or {}.", quoted(cell), said(day_first), said(month_first));
                Err(match orders.both() {
                    Some((one, other)) => (
                        format!(
                            "{reason} The column has dates of both orders: {} on line {}, {} on line {}.",
                            one.text, one.line, other.text, other.line
                        ),
                        "Write the dates of this column as 2026-01-31.".into(),
                    ),
                    None => (reason, "Say which comes first where the columns are matched, or write dates as 2026-01-31.".into()),
                })
            }
        }
    }
}

fn written_day(date: Date, cell: &str) -> Result<Day, Wrong> {
    date.to_string().parse().map_err(|_| wrong(Refusal::Beyond(date), cell))
}

fn changed_clock(times: Times, cell: &str, read: &str) -> Option<String> {
    match times {
        Times::Once => None,
        Times::Never => Some(format!("{} was skipped when clocks were changed; it was read as {read}.", quoted(cell))),
        Times::Twice => Some(format!("{} came twice when clocks were changed; the first of both was taken.", quoted(cell))),
    }
}

fn wrong(refusal: Refusal, cell: &str) -> Wrong {
    let quoted = quoted(cell);
    let usual = "Write dates as 2011-12-31 or 2011-12-31 14:05.";
    match refusal {
        Refusal::NoDate | Refusal::Nothing => (format!("{quoted} is no date."), usual.into()),
        Refusal::NoSuchDay => (format!("{quoted} is no date: there is no such day."), usual.into()),
        Refusal::Week => (format!("{quoted} is a week and no date."), usual.into()),
        Refusal::Serial => (
            format!("{quoted} is no date. Spreadsheets count days like this."),
            "Say where the columns are matched that such numbers are days, or format the column as a date and save the file again.".into(),
        ),
        Refusal::Beyond(_) => (
            format!("{quoted} is beyond what can be stored: days from 1800 to 9999."),
            "Empty the cell if there is no date, or say where the columns are matched that it stands for none.".into(),
        ),
        Refusal::ZoneName => {
            (format!("{quoted} names a time zone that is not known."), "Write the offset instead, as in 2011-12-31 14:05 +01:00.".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::time::iso;

    /// What a column of these cells says of the last.
    fn column(cells: &[&str], zone: &str, answers: Answers) -> (Result<String, String>, Result<String, String>) {
        let (mut evidence, zone) = (Evidence::default(), Zone::named(zone));
        cells.iter().zip(2..).for_each(|(cell, line)| evidence.look(line, cell.as_bytes()));
        let dates = Dates { zone: &zone, evidence: &evidence, answers };
        let cell = cells.last().unwrap();
        let said = |wrong: Wrong| format!("{} {}", wrong.0, wrong.1);
        let none = || "none".to_owned();
        (
            dates.day(cell).map(|told| told.value.map_or_else(none, |day| day.to_string())).map_err(said),
            dates.moment(cell, Edge::Start).map(|told| told.value.map_or_else(none, iso)).map_err(said),
        )
    }

    fn of(cells: &[&str]) -> (Result<String, String>, Result<String, String>) {
        column(cells, "Europe/Amsterdam", Answers::default())
    }

    #[test]
    fn an_ambiguous_date_is_read_in_the_order_of_its_column() {
        assert_eq!(of(&["31/12/2025", "05/01/2026"]).0.as_deref(), Ok("2026-01-05"));
        assert_eq!(of(&["12/31/2025", "05/01/2026"]).0.as_deref(), Ok("2026-05-01"));
        assert_eq!(of(&["05.01.26"]).0.as_deref(), Ok("2026-01-05"));
        assert_eq!(of(&["12.31.2025", "05.01.26"]).0.as_deref(), Ok("2026-05-01"));
        let open = of(&["05/01/2026"]).0.unwrap_err();
        assert!(open.contains("5 January 2026 or 1 May 2026") && open.contains("which comes first"), "{open}");
        let told = Answers { date_order: Some(Order::MonthFirst), ..Answers::default() };
        assert_eq!(column(&["05/01/2026"], "UTC", told).0.as_deref(), Ok("2026-05-01"));
        // What the column proves holds, whatever somebody said; and what it proves twice cannot be said.
        assert_eq!(column(&["31/12/2025", "05/01/2026"], "UTC", told).0.as_deref(), Ok("2026-01-05"));
        let both = column(&["31/12/2025", "12/31/2025", "05/01/2026"], "UTC", told).0.unwrap_err();
        assert!(both.contains("31/12/2025 on line 2, 12/31/2025 on line 3"), "{both}");
        assert_eq!(of(&["12/31/2025", "31/12/2025"]).0.as_deref(), Ok("2025-12-31"));
    }

    #[test]
    fn a_day_does_not_move_by_the_zone() {
        for zone in ["America/New_York", "Pacific/Auckland", "UTC"] {
            for cell in ["2026-01-05", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00.000Z", "2026-01-05 00:00", "5.1.2026"] {
                assert_eq!(column(&[cell], zone, Answers::default()).0.as_deref(), Ok("2026-01-05"), "{cell} in {zone}");
            }
        }
        // A moment is on the day that it is on here.
        assert_eq!(of(&["2011-12-06 23:30:00+00:00"]).0.as_deref(), Ok("2011-12-07"));
        // A column of midnights holds days; where others have times, midnight is one.
        let days = column(&["2026-01-05T00:00:00Z"], "America/New_York", Answers::default()).1;
        assert_eq!(days.as_deref(), Ok("2026-01-05T05:00:00Z"));
        let times = column(&["2026-01-04T10:00:00Z", "2026-01-05T00:00:00Z"], "America/New_York", Answers::default()).1;
        assert_eq!(times.as_deref(), Ok("2026-01-05T00:00:00Z"));
    }

    #[test]
    fn what_cannot_be_stored_is_refused_or_none_when_somebody_said_so() {
        for (cell, words) in
            [("1799-12-31", "beyond"), ("46027", "Spreadsheets count"), ("2026-02-30", "no such day"), ("2026-W01-1", "a week")]
        {
            assert!(of(&[cell]).0.unwrap_err().contains(words), "{cell}");
        }
        let (day, moment) = of(&["9999-12-31"]);
        assert!(day.as_deref() == Ok("9999-12-31") && moment.unwrap_err().contains("later than 2299"));
        let told = Answers { serial_days: true, beyond_is_none: true, ..Answers::default() };
        assert_eq!(column(&["46027"], "UTC", told).0.as_deref(), Ok("2026-01-05"));
        assert_eq!(column(&["9999-12-31"], "UTC", told).0.as_deref(), Ok("none"));
        assert_eq!(of(&["0000-00-00"]).0.as_deref(), Ok("none"));
    }

    #[test]
    fn times_that_clocks_skip_or_repeat_are_noted() {
        let zone = Zone::named("Europe/Amsterdam");
        let evidence = Evidence { times: true, ..Evidence::default() };
        let dates = Dates { zone: &zone, evidence: &evidence, answers: Answers::default() };
        let skipped = dates.moment("2026-03-29 02:30", Edge::Start).unwrap();
        assert!(skipped.note.unwrap().contains("was skipped") && skipped.value.map(iso).as_deref() == Some("2026-03-29T01:30:00Z"));
        assert!(dates.moment("2026-10-25 02:30", Edge::Start).unwrap().note.unwrap().contains("came twice"));
        assert!(dates.moment("2026-10-25 04:30", Edge::Start).unwrap().note.is_none());
    }
}
