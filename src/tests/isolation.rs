//! Planted strings: what one organisation writes is in no answer to another, not even in part.

use crate::{
    accounts::Role,
    cases::testing::Desk,
    privacy::consent::PAGES,
    server::testing::{Browser, on_both_engines},
};

/// What leaves as a file or as data, and pages in another state than their own. The pages themselves are all asked.
const MORE: [&str; 10] = [
    "/cases?q=canary",
    "/cases?kind=open&sort=title",
    "/cases?sort=assignee&dir=asc",
    "/cases.csv",
    "/me/privacy/data.zip",
    "/privacy/choices/receipts.json",
    "/settings/processing.json",
    "/settings/processing.csv",
    "/subprocessors.json",
    "/privacy.json",
];

async fn sees_no_canary(browser: &mut Browser, more: &[String]) {
    let pages = PAGES.into_iter().filter(|page| !page.contains(':'));
    for path in pages.chain(MORE).map(str::to_owned).chain(more.iter().cloned()) {
        let page = browser.get(&path).await;
        assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
        let text = page.body.to_lowercase();
        // What was asked for comes back in the search field; that is the asker's own word.
        let own = usize::from(path.contains("q=canary")) * 1_000;
        assert!(text.matches("canary").count() <= own && !text.contains("canary-"), "{path}");
    }
}

on_both_engines! {
    async fn sec_35_planted_strings_of_one_never_reach_the_other(app) {
        let mut ours = Desk::open(&app, "canary-org", Role::Owner).await;
        let number = ours.case("canary-title").await;
        ours.note(&number, "canary-note").await;
        let version = ours.read(&number).await.version.to_string();
        let saved = ours.browser.call("/api/cases/edit", &[("number", &number), ("version", &version), ("title", "canary-title"), ("channel", "canary-channel"), ("tags", "canary-tag"), ("fields[opponent][]", "canary-field")]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        ours.go(&number, "closed", "canary-outcome").await;
        ours.browser.call("/api/accounts/invite", &[("email", "canary-guest@x.example"), ("role", "caseworker")]).await;
        ours.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "canary-draft")]).await;
        let mut theirs = Desk::open(&app, "theirs", Role::Owner).await;
        theirs.case("Plain").await;
        let more = [format!("/cases/{number}"), format!("/cases/{number}?facts=edit"), format!("/cases/{number}/history"), format!("/cases/{number}/access")];
        for path in &more {
            // Both organisations have a first case: the number is theirs too, and leads to their own.
            assert!(!theirs.browser.get(path).await.body.contains("canary-"), "{path}");
        }
        sees_no_canary(&mut theirs.browser, &more).await;
        let mut stranger = app.browser();
        sees_no_canary(&mut stranger, &more).await;
        assert!(ours.browser.get(&format!("/cases/{number}")).await.body.contains("canary-note"));
    }

    async fn a_person_of_two_organisations_sees_one_at_a_time(app) {
        let mut first = Desk::open(&app, "first", Role::Owner).await;
        first.case("Only in the first").await;
        let made = first.browser.call("/api/accounts/create_organisation", &[("organisation", "Second")]).await;
        assert_eq!(made.status, 200, "{}", made.body);
        assert_eq!(first.list("").await.total, 0);
        assert!(!first.browser.get("/cases").await.body.contains("Only in the first"));
        let back = first.browser.call("/api/accounts/switch_organisation", &[("org", &first.organisation.id.to_string())]).await;
        assert_eq!(back.status, 200, "{}", back.body);
        assert_eq!(first.list("").await.total, 1);
        let other = app.organisation("other").await;
        assert_eq!(first.browser.call("/api/accounts/switch_organisation", &[("org", &other.id.to_string())]).await.status, 404);
    }
}
