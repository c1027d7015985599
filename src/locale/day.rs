//! A day as somebody types it into a form, where the browser does not send it as `2026-12-31`.

use super::{
    Locale, Order,
    date::{self, Refusal, Style, Written},
};
use crate::day::Day;

/// The day that this is, to people of this locale.
///
/// # Errors
/// What to do: nothing is guessed.
pub fn parse(text: &str, locale: Locale) -> Result<Day, String> {
    let text = text.trim();
    let told: Result<Day, &str> = text.parse();
    let reason = match told {
        Ok(day) => return Ok(day),
        Err(reason) => reason,
    };
    let Written { day, time, .. } = date::read(text).map_err(|refusal| said(refusal, reason))?;
    if time.is_some() {
        return Err("Write the day without a time.".into());
    }
    if !has_long_year(text) {
        return Err("Write the year with four digits, such as 2026.".into());
    }
    let date = match day {
        date::Day::Plain { date, .. } => date,
        date::Day::Either { day_first, month_first, style } => match (style, locale.order()) {
            // Points stand where the day comes first; nobody knows what others mean by them.
            (Style::Points, Order::MonthFirst) => {
                let said = |date: jiff::civil::Date| date.strftime("%-d %B %Y").to_string();
                return Err(format!("This can be {} or {}. Write the month as a word.", said(day_first), said(month_first)));
            }
            (Style::Points | Style::Slashes, Order::DayFirst) => day_first,
            (Style::Slashes, Order::MonthFirst) => month_first,
        },
    };
    date.to_string().parse().map_err(str::to_owned)
}

fn has_long_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| matches!(digits.len(), 4 | 8))
}

fn said(refusal: Refusal, reason: &str) -> String {
    match refusal {
        Refusal::NoSuchDay => "This day does not exist. Check the month and the day.".into(),
        Refusal::Beyond(_) => "Choose a day in the years 1800 to 9999.".into(),
        Refusal::Nothing => "Leave this empty where there is no day.".into(),
        Refusal::NoDate | Refusal::Week | Refusal::Serial | Refusal::ZoneName => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_of_the_place_write_it() {
        let read = |text: &str, locale| parse(text, locale).map(|day| day.to_string());
        for text in [
            "2025-12-31",
            "31/12/2025",
            "31.12.2025",
            "31-12-2025",
            "31 December 2025",
            "31 Dec 2025",
            "Dec 31, 2025",
            "31. Dezember 2025",
            "31 d\u{e9}cembre 2025",
        ] {
            for locale in Locale::ALL {
                assert_eq!(read(text, locale).as_deref(), Ok("2025-12-31"), "{text} {locale:?}");
            }
        }
        // What has two readings is read as the place has it.
        assert_eq!(read("05/01/2026", Locale::EnGb).as_deref(), Ok("2026-01-05"));
        assert_eq!(read("05/01/2026", Locale::EnUs).as_deref(), Ok("2026-05-01"));
        assert_eq!(read("5.1.2026", Locale::De).as_deref(), Ok("2026-01-05"));
        for (text, locale, cure) in [
            ("5.1.2026", Locale::EnUs, "Write the month as a word"),
            ("31/12/25", Locale::EnGb, "four digits"),
            ("31/02/2025", Locale::EnGb, "does not exist"),
            ("29 Feb 2025", Locale::EnGb, "does not exist"),
            ("31/12/2025 14:00", Locale::EnGb, "without a time"),
            ("tomorrow", Locale::EnGb, "such as 2026-03-31"),
            ("n/a", Locale::EnGb, "Leave this empty"),
            ("46027", Locale::EnGb, "such as 2026-03-31"),
            ("1/1/1700", Locale::EnGb, "1800 to 9999"),
        ] {
            let told = read(text, locale).unwrap_err();
            assert!(told.contains(cure), "{text}: {told}");
        }
    }
}
