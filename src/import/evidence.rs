//! What the cells of a column say of how numbers and dates are written in it. It is gathered from every row as the file
//! comes in, because any value may be the one that decides.

use serde::{Deserialize, Serialize};

use super::{dates::MOMENTS_END, sniff::Encoding};
use crate::locale::{
    Mark, Order,
    date::{self, Day, Refusal, Style},
    number::{self, Number},
};

/// Bytes of the longest cell that can be a number or a date.
const LONGEST: usize = 64;

/// A value that says something, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Its line.
    pub line: u64,
    /// The value.
    pub text: String,
}

/// Values of one kind of dates: the first that can only have the day first, that can only have the month first, and
/// that can have either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Orders {
    pub day_first: Option<Seen>,
    pub month_first: Option<Seen>,
    pub either: Option<Seen>,
}

impl Orders {
    /// Whether some value can only be told by being asked: nothing in the column decides.
    pub fn is_open(&self) -> bool {
        self.either.is_some() && self.day_first.is_none() && self.month_first.is_none()
    }

    /// The order that the column proves, if it proves one and not both.
    pub fn proven(&self) -> Option<Order> {
        match (&self.day_first, &self.month_first) {
            (Some(_), None) => Some(Order::DayFirst),
            (None, Some(_)) => Some(Order::MonthFirst),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    /// A value of each order, where the column has both.
    pub fn both(&self) -> Option<(&Seen, &Seen)> {
        self.day_first.as_ref().zip(self.month_first.as_ref())
    }
}

/// What a column says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Evidence {
    /// Of dates with slashes or dashes.
    pub slashes: Orders,
    /// Of dates with points.
    pub points: Orders,
    /// A number that has a point before its decimals.
    pub point: Option<Seen>,
    /// A number that has a comma there.
    pub comma: Option<Seen>,
    /// A number of which nobody knows.
    pub either: Option<Seen>,
    /// What may be a day as spreadsheets count them.
    pub serial: Option<Seen>,
    /// A date in the far future, which often stands for none.
    pub beyond: Option<Seen>,
    /// Whether some date has a time other than midnight.
    pub times: bool,
}

impl Evidence {
    /// Of a column of which nothing is known.
    pub const fn none() -> Self {
        const NONE: Orders = Orders { day_first: None, month_first: None, either: None };
        Self { slashes: NONE, points: NONE, point: None, comma: None, either: None, serial: None, beyond: None, times: false }
    }

    /// The next cell of the column.
    pub fn look(&mut self, line: u64, cell: &[u8]) {
        let cell = cell.trim_ascii();
        if cell.len() > LONGEST || !cell.iter().any(u8::is_ascii_digit) {
            return;
        }
        // Reads what is no UTF-8 as Windows-1252, and so does for both.
        let text = Encoding::Utf8.decode(cell);
        let note = |place: &mut Option<Seen>| {
            place.get_or_insert_with(|| Seen { line, text: text.clone() });
        };
        match number::read(&text) {
            Some(Number::Either { .. }) => note(&mut self.either),
            Some(Number::Plain { shows: Some(Mark::Point), .. }) => note(&mut self.point),
            Some(Number::Plain { shows: Some(Mark::Comma), .. }) => note(&mut self.comma),
            Some(Number::Plain { shows: None, .. }) | None => {}
        }
        match date::read(&text) {
            Ok(written) => {
                self.times |= written.time.is_some_and(|time| time != jiff::civil::Time::midnight());
                if written.day.year() >= MOMENTS_END {
                    note(&mut self.beyond);
                }
                match written.day {
                    Day::Either { style, .. } => note(&mut self.orders(style).either),
                    Day::Plain { shows: Some((Order::DayFirst, style)), .. } => note(&mut self.orders(style).day_first),
                    Day::Plain { shows: Some((Order::MonthFirst, style)), .. } => note(&mut self.orders(style).month_first),
                    Day::Plain { shows: None, .. } => {}
                }
            }
            Err(Refusal::Serial) => note(&mut self.serial),
            Err(Refusal::Beyond(_) | Refusal::NoDate | Refusal::NoSuchDay | Refusal::Week | Refusal::ZoneName | Refusal::Nothing) => {}
        }
    }

    fn orders(&mut self, style: Style) -> &mut Orders {
        match style {
            Style::Points => &mut self.points,
            Style::Slashes => &mut self.slashes,
        }
    }
}

/// The mark before decimals that the columns of numbers prove together, if they prove one and not both.
pub(super) fn proven_mark<'a>(columns: impl Iterator<Item = &'a Evidence>) -> Option<Mark> {
    let (mut point, mut comma) = (false, false);
    for column in columns {
        point |= column.point.is_some();
        comma |= column.comma.is_some();
    }
    match (point, comma) {
        (true, false) => Some(Mark::Point),
        (false, true) => Some(Mark::Comma),
        (true, true) | (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Evidence {
        let mut evidence = Evidence::default();
        for (cell, line) in cells.iter().zip(2..) {
            evidence.look(line, cell.as_bytes());
        }
        evidence
    }

    #[test]
    fn one_value_tells_the_order_of_a_whole_column() {
        let open = of(&["05/01/2026", "06/01/2026", "a note of 31/12/2025"]);
        assert!(open.slashes.is_open());
        assert_eq!(open.slashes.either, Some(Seen { line: 2, text: "05/01/2026".into() }));
        assert_eq!(of(&["05/01/2026", "31/12/2025"]).slashes.proven(), Some(Order::DayFirst));
        assert_eq!(of(&["05/01/2026", "12/31/2025 14:00"]).slashes.proven(), Some(Order::MonthFirst));
        let both = of(&["31/12/2025", "05/01/2026", "12/31/2025"]);
        assert_eq!((both.slashes.proven(), both.slashes.is_open(), both.slashes.both().is_some()), (None, false, true));
        // Points and slashes are two habits.
        assert!(of(&["05/01/2026", "31.12.2025"]).slashes.is_open());
    }

    #[test]
    fn one_number_tells_the_mark_of_all() {
        let mark = |cells: &[&str]| proven_mark([of(cells)].iter());
        assert_eq!(mark(&["1,234", "1,234.50"]), Some(Mark::Point));
        assert_eq!(mark(&["1,234", "99,5"]), Some(Mark::Comma));
        assert_eq!((mark(&["1,234", "12"]), mark(&["1,234.50", "1.234,50"])), (None, None));
        assert_eq!(of(&["12", "\u{a3}1,200"]).either.unwrap().line, 3);
    }

    #[test]
    fn a_column_knows_whether_it_has_times() {
        assert!(!of(&["2026-01-05T00:00:00Z", "2026-01-06"]).times);
        assert!(of(&["2026-01-05T00:00:00Z", "2026-01-06T10:00:00Z"]).times);
        assert_eq!(of(&["46027"]).serial.unwrap().line, 2);
        assert_eq!(of(&["9999-12-31"]).beyond.unwrap().text, "9999-12-31");
    }
}
