//! DR-10: the days that count, against the published vectors and against a reckoning of somebody else's making.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use jiff::civil::Date;

use crate::privacy::requests::{
    deadline::{Calendar, deadlines, plus_days},
    model::{Kind, Regime},
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn dr_10_the_vectors() {
    let free = Calendar::default();
    let of = |regime, kind, received: &str| deadlines(regime, kind, day(received), &free);
    for (received, due, extension) in [
        ("2026-01-31", "2026-02-28", "2026-04-30"),
        ("2026-03-03", "2026-04-03", "2026-06-03"),
        ("2028-01-30", "2028-02-29", "2028-04-30"),
        ("2026-08-31", "2026-09-30", "2026-11-30"),
        ("2026-12-31", "2027-01-31", "2027-03-31"),
        ("2026-11-30", "2026-12-30", "2027-02-28"),
    ] {
        let found = of(Regime::Gdpr, Kind::Access, received);
        assert_eq!((found.due, found.extension), (day(due), Some(day(extension))), "{received}");
        assert_eq!(found, of(Regime::UkGdpr, Kind::Access, received));
        assert_eq!(found.acknowledge, Some(plus_days(day(received), 3)));
    }
    assert_eq!(of(Regime::Gdpr, Kind::Access, "2026-01-31").legal, day("2026-03-02"));
    assert_eq!(of(Regime::Gdpr, Kind::Access, "2026-12-31").legal, day("2027-02-01"));
    for (received, due) in [("2026-01-31", "2026-03-17"), ("2026-03-03", "2026-04-17"), ("2026-12-31", "2027-02-14")] {
        assert_eq!(of(Regime::Ccpa, Kind::Erasure, received).due, day(due), "{received}");
    }
    let ccpa = of(Regime::Ccpa, Kind::Access, "2026-01-31");
    assert_eq!((ccpa.acknowledge, ccpa.extension), (Some(day("2026-02-13")), Some(day("2026-05-01"))));
    assert_eq!(of(Regime::Ccpa, Kind::OptOut, "2026-01-31").due, day("2026-02-20"));
    let state = of(Regime::UsState, Kind::Access, "2026-01-31");
    assert_eq!((state.due, state.extension, state.acknowledge), (day("2026-03-17"), Some(day("2026-05-01")), None));
    assert_eq!(of(Regime::UsState, Kind::Complaint, "2026-01-31").extension, None);
    assert_eq!(of(Regime::Lgpd, Kind::Access, "2026-01-31").due, day("2026-02-15"));
    assert_eq!(of(Regime::UkGdpr, Kind::Complaint, "2026-03-03").due, day("2026-04-02"));
}

#[test]
fn dr_10_a_holiday_is_no_working_day() {
    let calendar = Calendar::parse("2026-03-02, 2026-02-16").unwrap();
    assert_eq!(deadlines(Regime::Gdpr, Kind::Access, day("2026-01-31"), &calendar).legal, day("2026-03-03"));
    assert_eq!(deadlines(Regime::Ccpa, Kind::OptOut, day("2026-01-31"), &calendar).due, day("2026-02-23"));
    assert_eq!(Calendar::parse("25.12.2026").unwrap_err(), "25.12.2026");
    assert_eq!(calendar.text(), "2026-02-16\n2026-03-02");
}

/// A small fixed sequence, so that a failure can be looked at again. (xorshift; nothing secret hangs on it.)
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn dr_10_ten_thousand_days_against_an_independent_reckoning() {
    let mut chance = Chance(0x5eed_da7e_5eed_da7e);
    let questions: Vec<(Regime, Kind, Date, Vec<Date>)> = (0..10_000)
        .map(|_| {
            let received = plus_days(day("2000-01-01"), chance.below(36_525).cast_signed());
            let holidays = (0..chance.below(8)).map(|_| plus_days(received, chance.below(120).cast_signed())).collect();
            let regime = Regime::ALL[usize::try_from(chance.below(Regime::ALL.len() as u64)).unwrap()];
            let kind = Kind::ALL[usize::try_from(chance.below(Kind::ALL.len() as u64)).unwrap()];
            (regime, kind, received, holidays)
        })
        .collect();
    let text: String = questions
        .iter()
        .map(|(regime, kind, received, holidays)| {
            let off = holidays.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            format!("{} {} {received} {}\n", regime.key(), kind.key(), if off.is_empty() { "-" } else { &off })
        })
        .collect();
    let answers = reckoned(text);
    assert_eq!(answers.len(), 10_000);
    for ((regime, kind, received, holidays), theirs) in questions.into_iter().zip(answers) {
        let ours = deadlines(regime, kind, received, &Calendar::new(holidays));
        let or = |day: Option<Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let ours = format!("{} {} {} {}", or(ours.acknowledge), ours.due, ours.legal, or(ours.extension));
        assert_eq!(ours, theirs, "{regime:?} {kind:?} {received}");
    }
}

fn reckoned(questions: String) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/privacy/requests/tests/deadlines.py");
    let mut python =
        Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 is installed");
    let mut stdin = python.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()).unwrap());
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
