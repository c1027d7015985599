//! What is kept of an entry on its way.

use crate::{
    accounts::Role,
    cases::{api::DraftView, testing::Desk},
    server::testing::on_both_engines,
};

const SAVE: &str = "/api/cases/save_draft";

on_both_engines! {
    async fn a_draft_comes_back_as_what_it_was_and_for_whom(app) {
        let mut desk = Desk::open(&app, "meant", Role::Caseworker).await;
        let number = desk.case("Meant for me").await;
        let kept = [("number", number.as_str()), ("body", "For me alone"), ("kind", "call"), ("visibility", "author"), ("occurred", "2026-03-31T14:05")];
        assert_eq!(desk.browser.call(SAVE, &kept).await.status, 200);
        let draft = DraftView { body: "For me alone".into(), kind: "call".into(), visibility: "author".into(), occurred: "2026-03-31T14:05".into() };
        assert_eq!(desk.read(&number).await.draft, draft);
        // The page holds it in its form, so it needs no script to go on.
        let page = desk.browser.get(&format!("/cases/{number}")).await.body;
        for part in ["<option value=\"call\" selected", "<option value=\"author\" selected", "value=\"2026-03-31T14:05\"", "For me alone</textarea>"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        // What is no choice is none, and a draft that is given up leaves nothing.
        let forged = [("number", number.as_str()), ("body", "x"), ("kind", "state"), ("visibility", "all"), ("occurred", "<b>")];
        assert_eq!(desk.browser.call(SAVE, &forged).await.status, 200);
        assert_eq!(desk.read(&number).await.draft, DraftView { body: "x".into(), occurred: "<b>".into(), ..DraftView::default() });
        assert_eq!(desk.browser.call(SAVE, &[("number", &number), ("visibility", "author")]).await.status, 200);
        assert_eq!(desk.read(&number).await.draft, DraftView::default());
    }

    async fn a_draft_that_is_too_long_is_refused_and_never_cut(app) {
        let mut desk = Desk::open(&app, "long", Role::Caseworker).await;
        let number = desk.case("A long story").await;
        // Characters count, and not bytes.
        let (whole, longer) = ("\u{fc}".repeat(50_000), "\u{fc}".repeat(50_001));
        assert_eq!(desk.browser.call(SAVE, &[("number", &number), ("body", &whole)]).await.status, 200);
        let refused = desk.browser.call(SAVE, &[("number", &number), ("body", &longer)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.fault().about("body").unwrap().contains("50,000 characters"));
        assert!(desk.read(&number).await.draft.body == whole);
    }

    async fn another_audience_of_an_entry_is_kept_with_its_other_text(app) {
        let mut desk = Desk::open(&app, "audience", Role::Caseworker).await;
        let number = desk.case("Another audience").await;
        desk.note(&number, "For everybody").await;
        let entry = desk.read(&number).await.entries.iter().find(|e| e.may_edit).cloned().unwrap();
        let id = entry.id.to_string();
        let kept = [("number", number.as_str()), ("entry", &id), ("body", "For few"), ("visibility", "supervisors")];
        assert_eq!(desk.browser.call(SAVE, &kept).await.status, 200);
        let page = desk.browser.get(&format!("/cases/{number}?edit={id}")).await.body;
        let editor = page.split("For few</textarea>").nth(1).unwrap();
        assert!(editor.contains("<option value=\"supervisors\" selected"), "{page}");
    }
}
