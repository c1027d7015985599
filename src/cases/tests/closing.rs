//! The closing form asks for the facts that its move needs.

use super::key;
use crate::{accounts::Role, cases::testing::Desk, server::testing::on_both_engines};

on_both_engines! {
    async fn a_fact_that_closing_needs_is_asked_for_where_the_outcome_is_typed(app) {
        let mut desk = Desk::open(&app, "closing", Role::Owner).await;
        assert_eq!(desk.browser.call("/api/settings/choose_presets", &[("presets[]", "complaint")]).await.status, 200);
        let complaint = desk.list("").await.catalogue.types.iter().find(|t| t.key == "complaint").unwrap().id.to_string();
        let made = desk.create(&[("key", &key()), ("title", "Rude on the phone"), ("case_type", &complaint)]).await;
        let number = made.location().strip_prefix("/cases/").unwrap().to_owned();
        assert_eq!(desk.go(&number, "looking", "").await.status, 200);
        assert!(!desk.browser.get(&format!("/cases/{number}")).await.body.contains("id=\"closing\""), "it comes when it is asked for");
        let (page, version) = (format!("/cases/{number}?close=yes"), desk.read(&number).await.version.to_string());
        assert!(desk.browser.get(&page).await.body.contains("name=\"fields[finding][]\""));
        let typed = [("form", "close"), ("number", number.as_str()), ("version", &version), ("to", "answered"), ("outcome", "Apology sent"), ("reason", "They were right.")];
        let refused = desk.browser.post(&page, "/api/cases/move", &typed).await;
        assert_eq!(refused.status, 303, "{}", refused.body);
        let back = desk.browser.get(refused.location()).await;
        assert_eq!(back.status, 422);
        for part in ["value=\"Apology sent\"", "They were right.</textarea>", "Fill in \u{201c}Finding\u{201d}."] {
            assert!(back.body.contains(part), "{part}: {}", back.body);
        }
        let nonsense = [&typed[..], &[("fields[finding][]", "Perhaps")]].concat();
        assert!(desk.browser.call("/api/cases/move", &nonsense).await.fault().about("fields[finding][]").is_some());
        let whole = [&typed[..], &[("fields[finding][]", "Upheld"), ("fields[remedy][]", "A letter")]].concat();
        let closed = desk.browser.call("/api/cases/move", &whole).await;
        assert_eq!(closed.status, 200, "{}", closed.body);
        let case = desk.read(&number).await;
        let said = |key: &str| case.fields.iter().find(|field| field.def.key == key).unwrap().shown.clone();
        assert_eq!((case.closure.as_ref().unwrap().outcome.as_str(), said("finding"), said("remedy")), ("Apology sent", "Upheld".into(), "A letter".into()));
        let told = desk.history(&number).await.events.remove(0);
        let changes: Vec<(&str, &str)> = told.changes.iter().map(|c| (c.label.as_str(), c.to.as_str())).collect();
        assert_eq!(changes, [("State", "Answered"), ("Outcome", "Apology sent"), ("Reason", "They were right."), ("Finding", "Upheld"), ("Remedy", "A letter")]);
        // What is there already is not asked for again.
        assert_eq!(desk.go(&number, "looking", "").await.status, 200);
        assert!(!desk.browser.get(&page).await.body.contains("name=\"fields[finding][]\""));
        assert_eq!(desk.go(&number, "answered", "As before").await.status, 200);
    }
}
