//! Who reads the texts that an entry had before.

use super::key;
use crate::{
    accounts::Role,
    cases::{api::RevisionView, testing::Desk},
    server::testing::on_either_engine,
};

on_either_engine! {
    async fn an_earlier_text_stays_with_those_it_was_for_when_the_entry_is_opened_to_more(app) {
        let mut desk = Desk::open(&app, "past", Role::Caseworker).await;
        let number = desk.case("Past").await;
        let id = key();
        let wrote = desk.browser.call("/api/cases/write_entry", &[("key", &id), ("number", &number), ("body", "mine alone"), ("visibility", "author")]).await;
        assert_eq!(wrote.status, 200, "{}", wrote.body);
        for (version, body, visibility) in [("1", "for few", "supervisors"), ("2", "for all", "everyone"), ("3", "for all, again", "everyone")] {
            let edited = desk.browser.call("/api/cases/edit_entry", &[("number", &number), ("entry", &id), ("version", version), ("body", body), ("visibility", visibility)]).await;
            assert_eq!(edited.status, 200, "{}", edited.body);
        }
        let asked = [("number", number.as_str()), ("entry", id.as_str())];
        for (role, seen) in [(Role::Caseworker, &["for all", "for few", "mine alone"][..]), (Role::Supervisor, &["for all", "for few"]), (Role::ReadOnly, &["for all"])] {
            let mut browser = desk.organisation.signed_in(&app, role).await;
            let earlier: Vec<RevisionView> = browser.read("/api/cases/revisions", &asked).await.value();
            assert_eq!(earlier.iter().map(|r| r.body.as_str()).collect::<Vec<_>>(), seen, "{role:?}");
        }
        // The history of the case opens what was written for all, for as long as the entry is.
        let mut reader = desk.organisation.signed_in(&app, Role::ReadOnly).await;
        let history = format!("/cases/{number}/history");
        let told = reader.get(&history).await.body;
        assert!(told.contains("for all, again") && !told.contains("for few"), "{told}");
        // Closed again, it is closed with its whole past.
        let closed = desk.browser.call("/api/cases/edit_entry", &[("number", &number), ("entry", &id), ("version", "4"), ("body", "mine alone again"), ("visibility", "author")]).await;
        assert_eq!(closed.status, 200, "{}", closed.body);
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        assert_eq!(other.read("/api/cases/revisions", &asked).await.value::<Vec<RevisionView>>(), []);
        let page = other.get(&format!("/cases/{number}?revisions={id}")).await.body;
        assert!(!page.contains("mine alone"), "{page}");
        let told = reader.get(&history).await.body;
        assert!(told.contains("edited a note") && !told.contains("for all") && !told.contains("erased"), "{told}");
        assert!(desk.browser.get(&history).await.body.contains("for all, again"), "its author still reads it");
    }
}
