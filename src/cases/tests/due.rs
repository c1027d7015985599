//! What is kept of a due date is the day that people chose, where the organisation is.

use jiff::{Timestamp, Unit, Zoned, tz::TimeZone};

use super::{EDIT, key};
use crate::{
    accounts::Role,
    cases::{model::Due, testing::Desk},
    fault::Fault,
    server::testing::{Answered, TestApp, on_either_engine},
};

/// An owner at work in an organisation of that zone.
async fn desk_in(app: &TestApp, name: &str, zone: &str) -> Desk {
    let mut desk = Desk::open(app, name, Role::Owner).await;
    let organisation: serde_json::Value = desk.browser.read("/api/settings/organisation", &[]).await.value();
    let pairs = [("organisation", name), ("time_zone", zone), ("version", &organisation["version"].to_string())];
    assert_eq!(desk.browser.call("/api/settings/change_organisation", &pairs).await.status, 200);
    desk
}

async fn create(desk: &mut Desk, due: &str) -> Answered {
    let advice = desk.list("").await.catalogue.types.iter().find(|t| t.key == "advice").unwrap().id.to_string();
    desk.create(&[("key", &key()), ("title", "Appeal"), ("case_type", &advice), ("due", due)]).await
}

/// Opens a case that is due on a day, or when its type says; answers its number.
async fn due_on(desk: &mut Desk, due: &str) -> String {
    let made = create(desk, due).await;
    assert_eq!(made.status, 200, "{due}: {}", made.body);
    made.location().strip_prefix("/cases/").unwrap().to_owned()
}

async fn due_of(desk: &mut Desk, number: &str) -> Due {
    desk.read(number).await.due.unwrap()
}

fn now_in(app: &TestApp, zone: &str) -> Zoned {
    Timestamp::from_microsecond(app.state.clock.now().0).unwrap().to_zoned(TimeZone::get(zone).unwrap())
}

fn move_clock_to(app: &TestApp, at: &Zoned) {
    app.state.clock.advance(at.timestamp().as_second() - app.state.clock.now().0 / 1_000_000);
}

on_either_engine! {
    async fn a_default_deadline_is_as_many_days_on_also_when_clocks_change(app) {
        for (at, zone) in ["Europe/Amsterdam", "America/New_York", "Asia/Beirut", "Africa/Cairo"].into_iter().enumerate() {
            // Ten days before the clocks change next, at the end of the day at which an hour makes a day.
            let far = now_in(&app, zone).timestamp() + jiff::SignedDuration::from_hours(24 * 20);
            let tz = TimeZone::get(zone).unwrap();
            let change = tz.following(far).next().unwrap().timestamp().to_zoned(tz.clone());
            let forward = change.offset().seconds() > tz.to_offset(change.timestamp() - jiff::SignedDuration::from_hours(1)).seconds();
            let day = change.date().checked_sub(jiff::Span::new().days(10)).unwrap();
            let (hour, minute) = if forward { (23, 30) } else { (0, 30) };
            move_clock_to(&app, &day.at(hour, minute, 0, 0).to_zoned(tz).unwrap());
            let mut desk = desk_in(&app, &format!("clocks{at}"), zone).await;
            let days = desk.list("").await.catalogue.types.iter().find(|t| t.key == "advice").unwrap().default_due_days.unwrap();
            let expected = now_in(&app, zone).date().checked_add(jiff::Span::new().days(days)).unwrap();
            let number = due_on(&mut desk, "").await;
            assert_eq!(due_of(&mut desk, &number).await.on.to_string(), expected.to_string(), "{zone}");
        }
    }

    async fn what_is_due_today_is_late_tomorrow_and_no_sooner(app) {
        for (at, zone) in ["Pacific/Apia", "America/Sao_Paulo"].into_iter().enumerate() {
            let name = format!("today{at}");
            // Late in the evening there, when it is another day elsewhere.
            let evening = now_in(&app, zone).end_of_day().unwrap().round(Unit::Second).unwrap();
            move_clock_to(&app, &evening.checked_sub(jiff::SignedDuration::from_secs(600)).unwrap());
            let mut desk = desk_in(&app, &name, zone).await;
            let today = now_in(&app, zone).date();
            let number = due_on(&mut desk, &today.to_string()).await;
            let closed = due_on(&mut desk, &today.to_string()).await;
            assert_eq!(desk.go(&closed, "closed", "Settled").await.status, 200);
            let late = async |desk: &mut Desk| {
                let home: crate::cases::api::HomeView = desk.browser.read("/api/cases/home", &[]).await.value();
                let page = desk.browser.get(&format!("/cases/{number}")).await.body.contains("Was due");
                (desk.list("overdue=yes").await.total, home.late, due_of(desk, &number).await.late, page)
            };
            assert_eq!(late(&mut desk).await, (0, 0, false, false), "{zone}");
            app.state.clock.advance(601);
            assert_eq!(late(&mut desk).await, (1, 1, true, true), "{zone}");
            assert!(!due_of(&mut desk, &closed).await.late, "it was closed on its day");
            // Whoever closes it now closes it late.
            assert_eq!(desk.go(&number, "closed", "Settled").await.status, 200);
            assert!(due_of(&mut desk, &number).await.late);
            assert_eq!(desk.list("overdue=yes").await.total, 1);
            assert!(desk.browser.get(&format!("/cases/{number}")).await.body.contains("Closed after its due date"));
        }
    }

    async fn a_due_date_stays_its_day_when_the_zone_of_the_organisation_changes(app) {
        let mut desk = desk_in(&app, "moves", "Pacific/Kiritimati").await;
        let number = due_on(&mut desk, "2027-03-01").await;
        for zone in ["Pacific/Pago_Pago", "Asia/Kolkata"] {
            let organisation: serde_json::Value = desk.browser.read("/api/settings/organisation", &[]).await.value();
            let pairs = [("organisation", "moves"), ("time_zone", zone), ("version", &organisation["version"].to_string())];
            assert_eq!(desk.browser.call("/api/settings/change_organisation", &pairs).await.status, 200, "{zone}");
            assert_eq!(due_of(&mut desk, &number).await.on.to_string(), "2027-03-01", "{zone}");
            assert_eq!(desk.list("due_from=2027-03-01&due_to=2027-03-01").await.total, 1, "{zone}");
            let file = desk.browser.get("/cases.csv").await.body;
            assert!(file.contains(",2027-03-01,"), "{file}");
        }
    }

    async fn every_day_that_is_kept_is_stored_and_every_other_is_refused(app) {
        let mut desk = desk_in(&app, "edges", "America/Los_Angeles").await;
        let mut numbers = Vec::new();
        for (day, shown) in [("1800-01-01", "1 Jan 1800"), ("2028-02-29", "29 Feb 2028"), ("9999-12-31", "31 Dec 9999")] {
            let number = due_on(&mut desk, day).await;
            assert_eq!(due_of(&mut desk, &number).await.on.to_string(), day);
            for page in [format!("/cases/{number}"), "/cases".to_owned()] {
                assert!(desk.browser.get(&page).await.body.contains(shown), "{page}");
            }
            numbers.push(number);
        }
        let sorted = desk.list("sort=due&dir=asc").await;
        assert_eq!(sorted.rows.iter().map(|row| row.number.clone()).collect::<Vec<_>>(), numbers);
        assert_eq!(desk.list("due_from=9999-12-31&due_to=9999-12-31").await.total, 1);
        assert_eq!(desk.list("opened_from=1800-01-01&opened_to=9999-12-31").await.total, 3);
        let version = desk.read(&numbers[0]).await.version.to_string();
        for (bad, cure) in [
            ("1799-12-31", "1800 to 9999"),
            ("10000-01-01", "1800 to 9999"),
            ("275760-09-13", "1800 to 9999"),
            ("2027-02-29", "does not exist"),
            ("tomorrow", "year-month-day"),
        ] {
            let refused = create(&mut desk, bad).await;
            assert_eq!(refused.status, 422, "{bad}");
            assert!(refused.fault().about("due").unwrap().contains(cure), "{bad}: {}", refused.body);
            let edit = [("number", numbers[0].as_str()), ("version", &version), ("title", "Appeal"), ("due", bad)];
            assert!(desk.browser.call(EDIT, &edit).await.fault().about("due").unwrap().contains(cure), "{bad}");
        }
        assert_eq!((desk.list("").await.total, due_of(&mut desk, &numbers[0]).await.on.to_string()), (3, "1800-01-01".to_owned()));
    }

    async fn a_due_date_is_told_as_its_day_west_of_utc_too(app) {
        let mut desk = desk_in(&app, "west", "America/New_York").await;
        let number = due_on(&mut desk, "2026-12-01").await;
        let told = async |desk: &mut Desk| {
            let changes = desk.history(&number).await.events.into_iter().flat_map(|e| e.changes);
            changes.filter(|c| c.label == "Due").map(|c| (c.from, c.to)).collect::<Vec<_>>()
        };
        assert_eq!(told(&mut desk).await, [(String::new(), "1 Dec 2026".to_owned())]);
        let version = desk.read(&number).await.version.to_string();
        let saved = desk.browser.call(EDIT, &[("number", &number), ("version", &version), ("title", "Appeal"), ("due", "2026-12-24")]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        assert_eq!(told(&mut desk).await[0], ("1 Dec 2026".to_owned(), "24 Dec 2026".to_owned()));
        assert!(desk.read(&number).await.entries.iter().any(|e| e.html == "<p>Due: 1 Dec 2026 \u{2192} 24 Dec 2026</p>"));
        // Whoever comes too late reads both days.
        let late = [("number", number.as_str()), ("version", &version), ("title", "Appeal"), ("due", "2027-01-05")];
        let Fault::Conflict(both) = desk.browser.call(EDIT, &late).await.fault() else { panic!("no conflict") };
        let due = both.iter().find(|d| d.label == "Due").unwrap();
        assert_eq!((due.theirs.as_str(), due.yours.as_str()), ("24 Dec 2026", "5 Jan 2027"));
    }

    async fn a_day_is_taken_as_people_of_the_place_write_it_and_refused_where_it_is_unclear(app) {
        let mut desk = desk_in(&app, "written days", "Europe/Amsterdam").await;
        for (nth, typed) in ["31/12/2027", "31.12.2027", "31 December 2027", "31 Dec 2027", "31. Dezember 2027", " 2027-12-31 "].into_iter().enumerate() {
            let number = due_on(&mut desk, typed).await;
            assert_eq!(due_of(&mut desk, &number).await.on.to_string(), "2027-12-31", "{nth} {typed}");
        }
        // A filter reads days as a form does, and what is no day no case has.
        for (query, total) in [("due_from=31/12/2027&due_to=31.12.2027", 6), ("due_from=1/1/2028", 0), ("due_from=soon", 0), ("opened_to=soon", 0)] {
            assert_eq!(desk.list(query).await.total, total, "{query}");
        }
        // What was typed stays, in a field that shows it.
        let list = desk.list("").await;
        let advice = list.catalogue.types.iter().find(|t| t.key == "advice").unwrap().id.to_string();
        for (typed, cure) in [("31/02/2027", "does not exist"), ("31/12/27", "four digits"), ("31/12/2027 14:00", "without a time"), ("soon", "such as 2026-03-31")] {
            let key = uuid::Uuid::now_v7().to_string();
            let pairs = [("key", key.as_str()), ("title", "Typed"), ("case_type", &advice), ("due", typed)];
            let back = desk.browser.post("/cases/new", "/api/cases/create", &pairs).await;
            let page = desk.browser.get(back.location()).await;
            assert!(page.status == 422 && page.body.contains(cure), "{typed} {}", page.body);
            assert!(page.body.contains(&format!("type=\"text\" value=\"{typed}\"")), "{typed} {}", page.body);
        }
        assert_eq!(desk.list("").await.total, 6);
    }
}
