//! The server's clock, and time zones.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{
    Timestamp, Zoned, civil,
    tz::{AmbiguousOffset, TimeZone},
};

use crate::{
    clock::{Instant, Shown},
    day::Day,
};

/// Tells the time. Tests move it.
#[derive(Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now.
    pub fn now(&self) -> Instant {
        Instant(Timestamp::now().as_microsecond() + self.ahead.load(Ordering::Relaxed))
    }

    /// Moves this clock forward.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

/// An organisation's time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that IANA name, or UTC where the name is unknown.
    pub fn named(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    /// UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// A moment as a page shows it in this zone.
    pub fn show(&self, at: Instant) -> Shown {
        // By hand: a list shows a hundred moments, and a format that is read anew for each costs more than the database.
        let local = Timestamp::from_microsecond(at.0).unwrap_or_default().to_zoned(self.0.clone()).datetime();
        let (day, month, year) = (local.day().unsigned_abs(), local.month().unsigned_abs(), local.year());
        let (hour, minute) = (local.hour().unsigned_abs(), local.minute().unsigned_abs());
        let name = MONTHS.get(usize::from(month) - 1).copied().unwrap_or_default();
        let mut text = String::with_capacity(20);
        if day < 10 {
            text.push(char::from(b'0' + day));
        } else {
            two(&mut text, day);
        }
        text.push(' ');
        text.push_str(name);
        text.push(' ');
        four(&mut text, year);
        let shown = text.clone();
        text.push_str(", ");
        two(&mut text, hour);
        text.push(':');
        two(&mut text, minute);
        let mut input = String::with_capacity(10);
        four(&mut input, year);
        input.push('-');
        two(&mut input, month);
        input.push('-');
        two(&mut input, day);
        Shown { iso: iso(at), text, day: shown, input }
    }

    /// The year of a moment in this zone.
    pub fn year(&self, at: Instant) -> i16 {
        self.zoned(at).year()
    }

    /// The day that it is here at a moment.
    pub fn day(&self, at: Instant) -> Day {
        Day::from_date(self.zoned(at).date())
    }

    /// The first moment of a day here: midnight, or the first moment after it where clocks skip that.
    pub fn start_of(&self, day: Day) -> Instant {
        self.beginning(day.date())
    }

    /// The last moment of a day here.
    pub fn end_of(&self, day: Day) -> Instant {
        day.date().tomorrow().map_or(Instant(Timestamp::MAX.as_microsecond()), |next| Instant(self.beginning(next).0 - 1))
    }

    /// The beginning of a date. What lies behind the last moment of all is that moment.
    fn beginning(&self, date: civil::Date) -> Instant {
        let zoned = date.to_zoned(self.0.clone());
        Instant(zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp()).as_microsecond())
    }

    /// A local date and time such as `2011-10-11 13:42:22.688000`, or one with its own offset.
    pub fn parse(&self, text: &str) -> Option<Instant> {
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Instant(timestamp.as_microsecond()));
        }
        let local: civil::DateTime = text.parse().ok()?;
        let zoned = local.to_zoned(self.0.clone()).ok()?;
        Some(Instant(zoned.timestamp().as_microsecond()))
    }

    /// Whether a local time such as `2026-03-29T02:30` never was here, because clocks went forward.
    pub fn skips(&self, text: &str) -> bool {
        let local = text.trim().parse::<civil::DateTime>().ok().filter(|_| text.trim().parse::<Timestamp>().is_err());
        local.is_some_and(|local| matches!(self.0.to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Gap { .. }))
    }

    /// The moment at which a clock in this zone shows that date and time, and whether it shows it once.
    pub fn moment(&self, local: civil::DateTime) -> Option<(Instant, Times)> {
        let found = self.0.to_ambiguous_zoned(local);
        let times = match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => Times::Once,
            AmbiguousOffset::Gap { .. } => Times::Never,
            AmbiguousOffset::Fold { .. } => Times::Twice,
        };
        Some((Instant(found.compatible().ok()?.timestamp().as_microsecond()), times))
    }

    fn zoned(&self, at: Instant) -> Zoned {
        Timestamp::from_microsecond(at.0).unwrap_or_default().to_zoned(self.0.clone())
    }
}

impl Day {
    /// A number of days later by the calendar, or earlier; none where that is no day that is kept.
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        let date = self.date().checked_add(span).ok()?;
        Self::new(date.year().try_into().ok()?, date.month().unsigned_abs(), date.day().unsigned_abs()).ok()
    }

    fn date(self) -> civil::Date {
        civil::date(self.year().cast_signed(), self.month().cast_signed(), self.day().cast_signed())
    }

    /// What lies outside of the years that are kept is their first or last day.
    fn from_date(date: civil::Date) -> Self {
        let (year, month, day) = (date.year().max(0).unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs());
        let outside = if year < Self::FIRST.year() { Self::FIRST } else { Self::LAST };
        Self::new(year, month, day).unwrap_or(outside)
    }
}

/// How often a clock shows a time: where clocks change, not always once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// As nearly always.
    Once,
    /// It was skipped; the moment is as much later as was skipped.
    Never,
    /// It came again; the moment is the first.
    Twice,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Two digits.
fn two(text: &mut String, number: u8) {
    text.push(char::from(b'0' + number / 10));
    text.push(char::from(b'0' + number % 10));
}

/// A year in four digits.
fn four(text: &mut String, year: i16) {
    let Ok(year) = u16::try_from(year) else {
        // Before our era, which no case is.
        let _ = write!(text, "{year:04}");
        return;
    };
    for unit in [1000, 100, 10, 1] {
        text.push(char::from(b'0' + u8::try_from(year / unit % 10).unwrap_or_default()));
    }
}

/// RFC 3339 in UTC.
pub fn iso(at: Instant) -> String {
    Timestamp::from_microsecond(at.0).unwrap_or_default().to_string()
}

/// Whether an IANA name is known here.
pub fn zone_exists(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_begins_also_when_clocks_change() {
        let hours = |zone: &str, day: &str| {
            let (zone, day) = (Zone::named(zone), day.parse().unwrap());
            let (start, end) = (zone.start_of(day), zone.end_of(day));
            if end.0 >= start.0 {
                assert_eq!((zone.day(start), zone.day(end)), (day, day), "{day}");
            }
            (end.0 - start.0 + 1) / 3_600_000_000
        };
        for (zone, day, expected) in [
            ("Europe/Amsterdam", "2026-10-25", 25),
            ("Europe/Amsterdam", "2026-03-29", 23),
            ("America/New_York", "2026-03-08", 23),
            ("America/New_York", "2026-11-01", 25),
            // Midnight does not exist on these days.
            ("America/Sao_Paulo", "2018-11-04", 23),
            ("Asia/Beirut", "2026-03-29", 23),
            ("Africa/Cairo", "2026-04-24", 23),
            // It comes twice on this one.
            ("America/Havana", "2026-11-01", 25),
            ("Asia/Kolkata", "2026-06-01", 24),
        ] {
            assert_eq!(hours(zone, day), expected, "{zone} {day}");
        }
        // A day that Samoa did not have.
        assert_eq!(
            (hours("Pacific/Apia", "2011-12-29"), hours("Pacific/Apia", "2011-12-30"), hours("Pacific/Apia", "2011-12-31")),
            (24, 0, 24)
        );
    }

    #[test]
    fn days_move_by_the_calendar() {
        let plus = |day: &str, days| day.parse::<Day>().unwrap().plus_days(days).map(|day| day.to_string());
        for (day, days, expected) in [
            ("2026-03-20", 28, Some("2026-04-17")),
            ("2026-10-20", 28, Some("2026-11-17")),
            ("2024-02-28", 1, Some("2024-02-29")),
            ("2023-02-28", 1, Some("2023-03-01")),
            ("2026-12-31", 1, Some("2027-01-01")),
            ("2026-01-01", -1, Some("2025-12-31")),
            ("9999-12-30", 1, Some("9999-12-31")),
            ("9999-12-31", 1, None),
            ("1800-01-01", -1, None),
            ("2026-01-01", i64::MAX, None),
        ] {
            assert_eq!(plus(day, days).as_deref(), expected, "{day} {days}");
        }
    }

    #[test]
    fn no_day_and_no_moment_makes_a_zone_panic() {
        for name in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "no such zone"] {
            let zone = Zone::named(name);
            for day in [Day::FIRST, Day::LAST] {
                assert!(zone.start_of(day) <= zone.end_of(day));
            }
            for at in [i64::MIN, 0, i64::MAX] {
                let _ = (zone.day(Instant(at)), zone.show(Instant(at)));
            }
        }
    }

    #[test]
    fn a_moment_is_shown_as_people_write_it() {
        let zone = Zone::named("Europe/Amsterdam");
        for (text, shown) in [
            ("2026-10-12T12:05:00Z", ("12 Oct 2026, 14:05", "12 Oct 2026", "2026-10-12")),
            ("2011-12-31T23:30:59.25Z", ("1 Jan 2012, 00:30", "1 Jan 2012", "2012-01-01")),
            ("0987-03-04T01:02:03Z", ("4 Mar 0987, 01:21", "4 Mar 0987", "0987-03-04")),
        ] {
            let at = zone.parse(text).unwrap();
            let made = zone.show(at);
            assert_eq!((made.text.as_str(), made.day.as_str(), made.input.as_str()), shown);
            assert_eq!((zone.parse(&made.iso), zone.zoned(at).strftime("%-d %b %Y, %H:%M").to_string()), (Some(at), made.text.clone()));
            let back: Shown = serde_json::from_str(&serde_json::to_string(&made).unwrap()).unwrap();
            assert_eq!(back, made);
        }
    }

    #[test]
    fn a_time_that_a_clock_shows_twice_or_never_is_told() {
        let zone = Zone::named("Europe/Amsterdam");
        for (local, utc, times) in [
            ("2026-03-29T02:30", "2026-03-29T01:30:00Z", Times::Never),
            ("2026-10-25T02:30", "2026-10-25T00:30:00Z", Times::Twice),
            ("2026-01-05T14:05", "2026-01-05T13:05:00Z", Times::Once),
        ] {
            assert_eq!(zone.moment(local.parse().unwrap()).map(|(at, times)| (iso(at), times)), Some((utc.to_owned(), times)));
        }
    }

    #[test]
    fn imported_times_keep_their_instant() {
        let zone = Zone::named("Europe/Amsterdam");
        let with_offset = zone.parse("2011-10-11 13:45:40.276000+02:00").unwrap();
        assert_eq!(iso(with_offset), "2011-10-11T11:45:40.276Z");
        assert_eq!(zone.parse("2011-10-11 13:45:40.276"), Some(with_offset));
        assert_eq!(zone.parse("not a date"), None);
        assert!(zone.skips("2026-03-29T02:30") && zone.skips("2026-03-29 02:30:00"));
        for text in ["2026-03-29T03:00", "2026-10-25T02:30", "2026-03-29T02:30+02:00", "2026-03-29T02:30Z", "x"] {
            assert!(!zone.skips(text), "{text}");
        }
    }
}
