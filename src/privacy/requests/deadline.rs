//! When the law wants an answer, by regime, in dates of the controller's time zone. No I/O.
//!
//! We plan for the earlier, unshifted day; where a limit on a day without work moves to the next working day by law,
//! that later day is shown beside it and nothing is ever planned for it.

use std::collections::BTreeSet;

use jiff::{ToSpan as _, civil::Date};

use super::model::{Kind, Regime};

/// Working days: Monday to Friday, without the holidays that were entered.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    holidays: BTreeSet<Date>,
}

/// The days that count for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until when we say that it has come in, if there is such a day.
    pub acknowledge: Option<Date>,
    /// Until when it is answered.
    pub due: Date,
    /// The last day that the law allows for that.
    pub legal: Date,
    /// Until when it is answered once it is extended, where that may be.
    pub extension: Option<Date>,
}

impl Calendar {
    /// With these holidays.
    pub fn new(holidays: impl IntoIterator<Item = Date>) -> Self {
        Self { holidays: holidays.into_iter().collect() }
    }

    /// From dates as people enter them: `YYYY-MM-DD`, between spaces, commas or lines.
    ///
    /// # Errors
    /// The first piece that is no date.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pieces = text.split(|c: char| c.is_whitespace() || c == ',').filter(|piece| !piece.is_empty());
        let dates: Result<Vec<Date>, String> = pieces.map(|piece| piece.parse().map_err(|_| piece.to_owned())).collect();
        dates.map(Self::new)
    }

    /// The dates as they are stored: in order, one a line.
    pub fn text(&self) -> String {
        self.holidays.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// Whether people work on a day.
    pub fn is_working(&self, day: Date) -> bool {
        day.weekday().to_monday_zero_offset() < 5 && !self.holidays.contains(&day)
    }

    /// This day if it is a working day, else the next one that is.
    pub fn working_from(&self, mut day: Date) -> Date {
        while !self.is_working(day) {
            day = plus_days(day, 1);
            if day == Date::MAX {
                break;
            }
        }
        day
    }

    /// The n-th working day after a day.
    pub fn plus_working(&self, mut day: Date, count: u32) -> Date {
        for _ in 0..count {
            day = self.working_from(plus_days(day, 1));
        }
        day
    }
}

/// A day a number of calendar days later.
pub fn plus_days(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// A day a number of calendar months later: the same number, or the month's last day where it has none such.
fn plus_months(day: Date, months: i64) -> Date {
    day.saturating_add(months.months())
}

/// The days that count for a request that came in on `received`.
pub fn deadlines(regime: Regime, kind: Kind, received: Date, calendar: &Calendar) -> Deadlines {
    match (regime, kind) {
        (Regime::UkGdpr, Kind::Complaint) => {
            let due = plus_days(received, 30);
            Deadlines { acknowledge: Some(due), due, legal: calendar.working_from(due), extension: None }
        }
        (Regime::Gdpr | Regime::UkGdpr, _) => {
            let due = plus_months(received, 1);
            Deadlines {
                acknowledge: Some(plus_days(received, 3)),
                due,
                legal: calendar.working_from(due),
                extension: Some(plus_months(received, 3)),
            }
        }
        (Regime::Ccpa, Kind::OptOut) => {
            let due = calendar.plus_working(received, 15);
            Deadlines { acknowledge: None, due, legal: due, extension: None }
        }
        (Regime::Ccpa, _) => {
            let due = plus_days(received, 45);
            Deadlines { acknowledge: Some(calendar.plus_working(received, 10)), due, legal: due, extension: Some(plus_days(received, 90)) }
        }
        // An appeal, which counts as a complaint, has 45 to 60 days: we hold ourselves to the shortest.
        (Regime::UsState, kind) => {
            let due = plus_days(received, 45);
            let extension = (kind != Kind::Complaint).then(|| plus_days(received, 90));
            Deadlines { acknowledge: None, due, legal: due, extension }
        }
        (Regime::Lgpd, _) => {
            let due = plus_days(received, 15);
            Deadlines { acknowledge: None, due, legal: due, extension: None }
        }
    }
}

/// Whether the clock stops while the requester is asked something, and until how many days after receipt that may begin.
pub const fn pause_within_days(regime: Regime) -> Option<i64> {
    match regime {
        // "Without undue delay": we hold ourselves to a week.
        Regime::Gdpr => Some(7),
        // The clock stops by statute whenever the question is reasonable.
        Regime::UkGdpr => Some(i64::MAX),
        Regime::Ccpa | Regime::UsState | Regime::Lgpd => None,
    }
}

/// Whether a limit falls on another day by law than the one that we plan for.
pub const fn moves_to_working_day(regime: Regime) -> bool {
    match regime {
        Regime::Gdpr | Regime::UkGdpr => true,
        Regime::Ccpa | Regime::UsState | Regime::Lgpd => false,
    }
}
