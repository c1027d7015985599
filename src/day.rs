//! A day as data: a date of the calendar, without a time and without a zone.
//!
//! What is due, a day of birth, a day in a custom field: these are days, and a day is the same wherever one reads it. It
//! is kept and sent as `YYYY-MM-DD`, which sorts as the days do, and moves by the calendar (`Day::plus_days` on the
//! server), never by seconds: a day has 23 or 25 hours where clocks change.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day that exists, in the years that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

const FORM: &str = "Write the day as year-month-day, such as 2026-03-31.";
const YEARS: &str = "Choose a day in the years 1800 to 9999.";
const ABSENT: &str = "This day does not exist. Check the month and the day.";
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Day {
    /// The first day that is kept.
    pub const FIRST: Self = Self { year: 1800, month: 1, day: 1 };
    /// The last day that is kept.
    pub const LAST: Self = Self { year: 9999, month: 12, day: 31 };

    /// The day of these numbers.
    ///
    /// # Errors
    /// What to do where it does not exist or is not kept.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, &'static str> {
        if !(Self::FIRST.year..=Self::LAST.year).contains(&year) {
            return Err(YEARS);
        }
        let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if (1..=days).contains(&day) { Ok(Self { year, month, day }) } else { Err(ABSENT) }
    }

    /// Its year.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Its month, from 1.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Its day of the month, from 1.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// As people write it: `12 Oct 2026`.
    pub fn shown(self) -> String {
        let month = usize::from(self.month).checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
        format!("{} {month} {:04}", self.day, self.year)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    /// What to do.
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return Err(FORM) };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year) || !digits(month) || !digits(day) || year.len() < 4 || month.len() != 2 || day.len() != 2 {
            return Err(FORM);
        }
        // More digits than four are a year, and none that is kept.
        let year = if year.len() == 4 { year.parse().map_err(|_| FORM)? } else { u16::MAX };
        Self::new(year, month.parse().map_err(|_| FORM)?, day.parse().map_err(|_| FORM)?)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_what_is_written() {
        for text in ["2024-02-29", "2000-02-29", "1800-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        assert_eq!("2026-03-01".parse::<Day>().unwrap().shown(), "1 Mar 2026");
        for (bad, cure) in [
            ("2023-02-29", ABSENT),
            ("1900-02-29", ABSENT),
            ("2024-13-01", ABSENT),
            ("2024-00-01", ABSENT),
            ("2024-04-31", ABSENT),
            ("2024-01-00", ABSENT),
            ("1799-12-31", YEARS),
            ("0026-01-01", YEARS),
            ("10000-01-01", YEARS),
            ("275760-09-13", YEARS),
            ("2024-1-1", FORM),
            ("24-01-01", FORM),
            ("2024-01-01-01", FORM),
            ("2024-01-01T00:00", FORM),
            ("+024-01-01", FORM),
            ("-2024-01-01", FORM),
            ("x", FORM),
            ("", FORM),
        ] {
            assert_eq!(bad.parse::<Day>(), Err(cure), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn days_sort_as_their_texts_do(a in (1800_u16..=9999, 1_u8..=12, 1_u8..=28), b in (1800_u16..=9999, 1_u8..=12, 1_u8..=28)) {
            let day = |(y, m, d)| Day::new(y, m, d).unwrap();
            let (a, b) = (day(a), day(b));
            proptest::prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            let back: Day = serde_json::from_str(&serde_json::to_string(&a).unwrap()).unwrap();
            proptest::prop_assert_eq!(back, a);
        }
    }
}
