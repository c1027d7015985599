//! The server's clock, and time zones.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{Timestamp, Zoned, civil, tz::TimeZone};

use crate::clock::{Instant, Shown};

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

    /// The first moment of a day given as `YYYY-MM-DD`.
    pub fn start_of(&self, day: &str) -> Option<Instant> {
        let date: civil::Date = day.trim().parse().ok()?;
        let zoned = date.to_zoned(self.0.clone()).ok()?;
        Some(Instant(zoned.timestamp().as_microsecond()))
    }

    /// The last moment of a day given as `YYYY-MM-DD`: something due that day is late only after it.
    pub fn end_of(&self, day: &str) -> Option<Instant> {
        let date: civil::Date = day.trim().parse().ok()?;
        let next = date.tomorrow().ok()?.to_zoned(self.0.clone()).ok()?;
        Some(Instant(next.timestamp().as_microsecond() - 1))
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

    fn zoned(&self, at: Instant) -> Zoned {
        Timestamp::from_microsecond(at.0).unwrap_or_default().to_zoned(self.0.clone())
    }
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
        let zone = Zone::named("Europe/Amsterdam");
        let (start, end) = (zone.start_of("2026-10-25").unwrap(), zone.end_of("2026-10-25").unwrap());
        assert_eq!((end.0 - start.0 + 1) / 3_600_000_000, 25);
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
    fn imported_times_keep_their_instant() {
        let zone = Zone::named("Europe/Amsterdam");
        let with_offset = zone.parse("2011-10-11 13:45:40.276000+02:00").unwrap();
        assert_eq!(iso(with_offset), "2011-10-11T11:45:40.276Z");
        assert_eq!(zone.parse("2011-10-11 13:45:40.276"), Some(with_offset));
        assert_eq!(zone.parse("not a date"), None);
    }
}
