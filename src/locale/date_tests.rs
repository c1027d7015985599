use super::*;

/// A text in one line: the day in ISO, with a question mark and the other reading where it has two, then time and offset.
fn told(text: &str) -> String {
    let written = match read(text) {
        Ok(written) => written,
        Err(refusal) => return format!("{refusal:?}"),
    };
    let mut said = match written.day {
        Day::Plain { date, .. } => date.to_string(),
        Day::Either { day_first, month_first, .. } => format!("{day_first} or {month_first}"),
    };
    if let Some(time) = written.time {
        said += &format!(" {time}");
    }
    if let Some(offset) = written.offset {
        said += &format!(" {offset}");
    }
    said
}

#[test]
fn dates_are_read_as_people_and_systems_write_them() {
    for (text, expected) in [
        ("31/12/2025", "2025-12-31"),
        ("12/31/2025", "2025-12-31"),
        ("05/01/2026", "2026-01-05 or 2026-05-01"),
        ("05/05/2026", "2026-05-05"),
        ("2026-1-5", "2026-01-05"),
        ("5.1.26", "2026-01-05 or 2026-05-01"),
        ("31.1.26", "2026-01-31"),
        ("05.01.26", "2026-01-05 or 2026-05-01"),
        ("5. 1. 2026", "2026-01-05 or 2026-05-01"),
        ("26 May 2026", "2026-05-26"),
        ("26. Mai 2026", "2026-05-26"),
        ("1er mars 2026", "2026-03-01"),
        ("3 d\u{e9}cembre 2025", "2025-12-03"),
        ("3 maart 2026", "2026-03-03"),
        ("26th of May 2026", "2026-05-26"),
        ("5 de enero de 2026", "2026-01-05"),
        ("Jan 5, 2026", "2026-01-05"),
        ("January 5th, 2026", "2026-01-05"),
        ("Jan. 5 2026", "2026-01-05"),
        ("Monday, 5 January 2026", "2026-01-05"),
        ("Monday, January 5, 2026", "2026-01-05"),
        ("Mar 5 2026", "2026-03-05"),
        ("mar. 3 f\u{e9}vr. 2026", "2026-02-03"),
        ("2026/01/05", "2026-01-05"),
        ("2026.01.05", "2026-01-05"),
        ("2026-Jan-05", "2026-01-05"),
        ("20260105", "2026-01-05"),
        ("20260105T140500Z", "2026-01-05 14:05:00 +00"),
        ("05-JAN-26", "2026-01-05"),
        ("05-JAN-2026 14:05", "2026-01-05 14:05:00"),
        ("01/02/49", "2049-02-01 or 2049-01-02"),
        ("31/01/50", "1950-01-31"),
        ("2026-01-05 02:30 PM", "2026-01-05 14:30:00"),
        ("01/25/2026 02:30:00 PM", "2026-01-25 14:30:00"),
        ("04/12/2018 11:11:26 AM", "2018-12-04 11:11:26 or"),
        ("2026-01-05 12:00 AM", "2026-01-05 00:00:00"),
        ("2026-01-05 12:15 p.m.", "2026-01-05 12:15:00"),
        ("2026-01-05T00:00:00Z", "2026-01-05 00:00:00 +00"),
        ("2026-01-05T00:00:00.000Z", "2026-01-05 00:00:00 +00"),
        ("12 Oct 2025, 14:05", "2025-10-12 14:05:00"),
        ("2026-01-05 9:05", "2026-01-05 09:05:00"),
        ("31.12.2025, 14:05", "2025-12-31 14:05:00"),
        ("31.12.2025 um 14:05 Uhr", "2025-12-31 14:05:00"),
        ("31/12/2025 14h05", "2025-12-31 14:05:00"),
        ("2026-01-05T14:05", "2026-01-05 14:05:00"),
        ("2026-01-05T14:05:00+0100", "2026-01-05 14:05:00 +01"),
        ("2026-01-05T14:05:00+01:00", "2026-01-05 14:05:00 +01"),
        ("2026-01-05T14:05:00-03:30", "2026-01-05 14:05:00 -03:30"),
        ("2026-01-05 14:05:00 UTC", "2026-01-05 14:05:00 +00"),
        ("2026-01-05 14:05:00 GMT+1", "2026-01-05 14:05:00 +01"),
        ("2026-01-05 14:05:00 +0000", "2026-01-05 14:05:00 +00"),
        ("2011-10-11 13:42:22.688000+02:00", "2011-10-11 13:42:22.688 +02"),
        ("2011-10-11 13:42:22,5", "2011-10-11 13:42:22.5"),
        ("Mon, 05 Jan 2026 14:05:00 +0100", "2026-01-05 14:05:00 +01"),
        ("Mon Jan 05 2026 14:05:00 GMT+0100 (Central European Standard Time)", "2026-01-05 14:05:00 +01"),
        ("Mon Jan  5 14:05:00 UTC 2026", "2026-01-05 14:05:00 +00"),
        ("2025-12-31T23:59:60Z", "2025-12-31 23:59:59 +00"),
        (" 2026-01-05\u{a0}14:05 ", "2026-01-05 14:05:00"),
        ("\u{200e}05.05.2026", "2026-05-05"),
        ("9999-12-31", "9999-12-31"),
    ] {
        let told = told(text);
        let fits = expected.strip_suffix(" or").map_or(told == expected, |_| told.contains(" or ") && told.ends_with("11:11:26"));
        assert!(fits, "{text}: {told} instead of {expected}");
    }
}

#[test]
fn what_is_no_day_is_refused_with_its_reason() {
    for (text, refusal) in [
        ("", Refusal::NoDate),
        ("yesterday", Refusal::NoDate),
        ("x", Refusal::NoDate),
        ("2026", Refusal::NoDate),
        ("Jan 2026", Refusal::NoDate),
        ("01/2026", Refusal::NoDate),
        ("2026-005", Refusal::NoDate),
        ("1-2-2011-3", Refusal::NoDate),
        ("99999-01-01", Refusal::NoDate),
        ("2026-01-05 25:00", Refusal::NoDate),
        ("2026-01-05 13:00 PM", Refusal::NoDate),
        ("2026-01-05 14:05:60", Refusal::NoDate),
        ("2026-01-05 until later", Refusal::NoDate),
        ("05/01-2026", Refusal::NoDate),
        ("1767571200", Refusal::NoDate),
        ("2026-02-30", Refusal::NoSuchDay),
        ("31.02.2011", Refusal::NoSuchDay),
        ("31/13/2011", Refusal::NoSuchDay),
        ("2011-13-01", Refusal::NoSuchDay),
        ("2026-W01-1", Refusal::Week),
        ("46027", Refusal::Serial),
        ("46027.5", Refusal::Serial),
        ("1799-12-31", Refusal::Beyond(Date::constant(1799, 12, 31))),
        ("0011-10-11", Refusal::Beyond(Date::constant(11, 10, 11))),
        ("2026-01-05 14:05 CET", Refusal::ZoneName),
        ("0000-00-00", Refusal::Nothing),
        ("0000-00-00 00:00:00", Refusal::Nothing),
        ("00/00/0000", Refusal::Nothing),
        ("NULL", Refusal::Nothing),
    ] {
        assert_eq!(read(text), Err(refusal), "{text}");
    }
}

#[test]
fn a_day_that_can_only_be_read_one_way_tells_the_order() {
    let shows = |text: &str| match read(text).unwrap().day {
        Day::Plain { shows, .. } => shows,
        Day::Either { .. } => panic!("{text}"),
    };
    assert_eq!(shows("31/12/2025"), Some((Order::DayFirst, Style::Slashes)));
    assert_eq!(shows("12-31-2025"), Some((Order::MonthFirst, Style::Slashes)));
    assert_eq!(shows("31.12.2025"), Some((Order::DayFirst, Style::Points)));
    assert_eq!((shows("05/05/2026"), shows("2026-12-31")), (None, None));
}

#[test]
fn days_of_spreadsheets_are_counted_from_the_end_of_1899() {
    assert_eq!(serial("46027"), Some((Date::constant(2026, 1, 5), None)));
    assert_eq!(serial("46027.0"), Some((Date::constant(2026, 1, 5), None)));
    assert_eq!(serial("46027.5868055556"), Some((Date::constant(2026, 1, 5), Some(Time::constant(14, 5, 0, 0)))));
    assert_eq!((serial("2026"), serial("461234"), serial("46027,5")), (None, None, None));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = (read(&text), serial(&text));
    }

    #[test]
    fn nothing_that_looks_like_a_date_makes_it_panic(text in "[0-9]{0,5}[-/. ]?[0-9A-Za-z]{0,4}[-/. ,]{0,2}[0-9]{0,5}[T ]?[0-9]{0,3}[:.]?[0-9]{0,3}[:]?[0-9.]{0,8} ?[-+Zapmut]{0,3}[0-9:]{0,6}") {
        let _ = read(&text);
    }

    #[test]
    fn every_day_is_read_back(days in 0_i64..180_000) {
        let date = Date::constant(1800, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let iso = date.to_string();
        for text in [iso.clone(), iso.replace('-', "/"), iso.replace('-', ""), date.strftime("%-d %B %Y").to_string(), date.strftime("%b %-d, %Y").to_string()] {
            match read(&text).map(|written| written.day) {
                Ok(Day::Plain { date: read, .. }) => proptest::prop_assert_eq!(read, date, "{}", text),
                other => proptest::prop_assert!(false, "{}: {:?}", text, other),
            }
        }
    }
}
