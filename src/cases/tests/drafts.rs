//! What is kept of an entry on its way.

use super::key;
use crate::{
    accounts::Role,
    cases::{api::DraftView, testing::Desk},
    server::testing::on_either_engine,
};

const SAVE: &str = "/api/cases/save_draft";

on_either_engine! {
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

    async fn the_first_note_of_a_new_case_is_kept_until_the_case_is_opened(app) {
        let mut desk = Desk::open(&app, "opening", Role::Caseworker).await;
        let (key, advice) = (key(), desk.list("").await.catalogue.types[0].id.to_string());
        let kept = [("number", "new"), ("key", key.as_str()), ("body", "She came in <at noon>")];
        assert_eq!(desk.browser.call(SAVE, &kept).await.status, 200);
        // Of another type and in another browser it is there; for somebody else it is not.
        let mut again = desk.organisation.signed_in(&app, Role::Caseworker).await;
        for path in ["/cases/new".to_owned(), format!("/cases/new?type={advice}")] {
            let page = again.get(&path).await.body;
            assert!(page.contains("She came in &lt;at noon></textarea>") && page.contains("Restored your draft"), "{page}");
        }
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        assert!(!other.get("/cases/new").await.body.contains("She came in"));
        let made = [("key", key.as_str()), ("title", "Opened"), ("case_type", &advice), ("note", "She came in at noon")];
        let refused = desk.create(&[&made[..1], &[("title", "")], &made[2..]].concat()).await;
        assert_eq!(refused.status, 422);
        assert!(again.get("/cases/new").await.body.contains("Restored your draft"));
        assert_eq!(desk.create(&made).await.status, 200);
        assert!(!again.get("/cases/new").await.body.contains("She came in"));
        // What was on its way meanwhile comes too late.
        let late = [kept[0], kept[1], ("body", "She came in")];
        assert_eq!(desk.browser.call(SAVE, &late).await.status, 200);
        assert!(!again.get("/cases/new").await.body.contains("She came in"));
    }

    async fn the_reason_of_a_closing_is_kept_until_the_case_is_closed(app) {
        let mut desk = Desk::open(&app, "ending", Role::Caseworker).await;
        let number = desk.case("Ending").await;
        let closing = [("number", number.as_str()), ("entry", "closing"), ("body", "Neither of them came back")];
        assert_eq!(desk.browser.call(SAVE, &closing).await.status, 200);
        assert_eq!(desk.browser.call(SAVE, &[("number", &number), ("body", "Something else")]).await.status, 200);
        let page = desk.browser.get(&format!("/cases/{number}?close=yes")).await.body;
        let form = page.split("id=\"close-reason\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(form.contains("Neither of them came back</textarea>") && form.contains("Restored your draft"), "{page}");
        // Each stays in its place, and what has no place is refused.
        let kept = desk.read(&number).await;
        assert_eq!((kept.closing.as_str(), kept.draft.body.as_str()), ("Neither of them came back", "Something else"));
        assert_eq!(desk.browser.call(SAVE, &[("number", &number), ("entry", "elsewhere"), ("body", "x")]).await.status, 404);
        assert_eq!(desk.go(&number, "closed", "").await.status, 422);
        assert_eq!(desk.read(&number).await.closing, "Neither of them came back");
        assert_eq!(desk.go(&number, "closed", "Lost contact").await.status, 200);
        let closed = desk.read(&number).await;
        assert_eq!((closed.closing.as_str(), closed.draft.body.as_str()), ("", "Something else"));
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
