//! What is kept of a due date is the day that people chose, where the organisation is.

use super::{EDIT, key};
use crate::{accounts::Role, cases::testing::Desk, fault::Fault, server::testing::on_both_engines};

on_both_engines! {
    async fn a_due_date_is_told_as_its_day_west_of_utc_too(app) {
        let mut desk = Desk::open(&app, "west", Role::Owner).await;
        let organisation: serde_json::Value = desk.browser.read("/api/settings/organisation", &[]).await.value();
        let zone = [("organisation", "west"), ("time_zone", "America/New_York"), ("version", &organisation["version"].to_string())];
        assert_eq!(desk.browser.call("/api/settings/change_organisation", &zone).await.status, 200);
        let advice = desk.list("").await.catalogue.types.iter().find(|t| t.key == "advice").unwrap().id.to_string();
        let made = desk.create(&[("key", &key()), ("title", "Appeal"), ("case_type", &advice), ("due", "2026-12-01")]).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let number = made.location().strip_prefix("/cases/").unwrap().to_owned();
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
}
