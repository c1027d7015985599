//! A form acts for the person and in the organisation for which its page was made, and nowhere else.

use axum::body::Body;

use crate::{
    accounts::{Role, ShownFor},
    cases::testing::Desk,
    fault::Fault,
    server::testing::{Browser, TestApp, on_either_engine},
};

const WRITE: &str = "/api/cases/write_entry";

/// A member of one organisation with another of their own, in which they act now; a case in each, of the same number.
struct Between {
    desk: Desk,
    number: String,
    there: String,
    first: String,
}

async fn between(app: &TestApp, name: &str) -> Between {
    let mut desk = Desk::open(app, name, Role::Owner).await;
    let number = desk.case("Of the first").await;
    let there = desk.browser.shown_for().await.unwrap();
    let first = desk.organisation.id.to_string();
    let made = desk.browser.call("/api/accounts/create_organisation", &[("organisation", "Second"), ("time_zone", "UTC")]).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let chosen = desk.browser.call("/api/settings/choose_presets", &[("presets[]", "advice")]).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    assert_eq!(desk.case("Of the second").await, number);
    Between { desk, number, there, first }
}

async fn entries(desk: &mut Desk, number: &str) -> usize {
    desk.read(number).await.entries.len()
}

on_either_engine! {
    async fn a_note_written_for_one_organisation_does_not_land_in_another(app) {
        let Between { mut desk, number, there, first } = between(&app, "alpha").await;
        let (before, key) = (entries(&mut desk, &number).await, uuid::Uuid::now_v7().to_string());
        let typed = [("form", "entry"), ("shown_for", there.as_str()), ("key", &key), ("number", &number), ("body", "For the first alone.")];
        let refused = desk.browser.call(WRITE, &typed).await;
        assert_eq!((refused.status.as_u16(), refused.fault()), (409, Fault::Elsewhere { organisation: "alpha".into() }));
        let (page, draft) = (format!("/cases/{number}"), [("shown_for", there.as_str()), ("number", &number), ("body", "x")]);
        assert_eq!(desk.browser.call("/api/cases/save_draft", &draft).await.status, 409);
        // Without script the text comes back beside the other organisation's form, never in it, with the way back.
        let sent = desk.browser.post(&page, WRITE, &typed).await;
        let shown = desk.browser.get(sent.location()).await;
        assert_eq!(shown.status, 409);
        for part in ["It was written for alpha", "For the first alone.</textarea>", "Change back"] {
            assert!(shown.body.contains(part), "{part}: {}", shown.body);
        }
        let composer = shown.body.split("class=\"composer\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(!composer.contains("For the first alone."), "{composer}");
        let back = desk.browser.post(&page, "/api/accounts/switch_organisation", &[("org", &first), ("next", sent.location())]).await;
        assert_eq!(back.location(), sent.location());
        let home = desk.browser.get(back.location()).await;
        let composer = home.body.split("class=\"composer\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(home.status == 200 && composer.contains("For the first alone.</textarea>") && composer.contains("not saved yet"), "{composer}");
        assert_eq!(desk.browser.call(WRITE, &typed).await.status, 200);
        assert!(desk.read(&number).await.entries.iter().any(|entry| entry.body == "For the first alone."));
        let second = other_than(&mut desk.browser, &first).await;
        desk.browser.call("/api/accounts/switch_organisation", &[("org", &second)]).await;
        assert_eq!(entries(&mut desk, &number).await, before);
    }

    async fn every_door_that_changes_something_asks_for_which_organisation(app) {
        let Between { mut desk, number, there, .. } = between(&app, "beta").await;
        for (path, pairs) in [
            ("/api/cases/edit", vec![("number", number.as_str()), ("version", "1"), ("title", "Taken over")]),
            ("/api/cases/move", vec![("number", &number), ("version", "1"), ("to", "closed"), ("outcome", "x")]),
            ("/api/accounts/invite", vec![("email", "a@b.example"), ("role", "admin")]),
            ("/api/settings/change_organisation", vec![("organisation", "Taken over"), ("time_zone", "UTC"), ("version", "1")]),
            ("/api/privacy/close_organisation", vec![("password", crate::server::testing::PASSWORD)]),
            ("/api/requests/desk_settings", vec![("regime", "ccpa"), ("holidays", ""), ("version", "0")]),
        ] {
            for said in [there.as_str(), "", "nothing"] {
                let answer = desk.browser.call(path, &[&[("shown_for", said)], &pairs[..]].concat()).await;
                assert_eq!(answer.status, 409, "{path} from {said:?}: {}", answer.body);
            }
        }
        let line = "a-line-between";
        let part = |head: &str, value: &str| format!("--{line}\r\ncontent-disposition: form-data; name={head}\r\n\r\n{value}\r\n");
        let file = [part("\"shown_for\"", &there), part("\"file\"; filename=\"c.csv\"", "id,title\r\n1,x"), format!("--{line}--\r\n")].concat();
        let request = desk.browser.request("POST", "/settings/import/upload").header("content-type", format!("multipart/form-data; boundary={line}"));
        assert_eq!(desk.browser.clone().send(request.body(Body::from(file)).unwrap()).await.status, 409);
        assert_eq!(desk.read(&number).await.title, "Of the second");
    }

    async fn every_form_of_a_member_says_for_whom_it_was_made(app) {
        let mut desk = Desk::open(&app, "forms", Role::Owner).await;
        let number = desk.case("Forms").await;
        desk.note(&number, "A note").await;
        let entry = desk.read(&number).await.entries.iter().find(|e| e.may_edit).unwrap().id.to_string();
        let said = desk.browser.shown_for().await.unwrap();
        let mut seen = 0;
        for path in [
            "/home".to_owned(), "/cases".into(), "/cases/new".into(), format!("/cases/{number}"), format!("/cases/{number}?facts=edit"), format!("/cases/{number}?close=yes"),
            format!("/cases/{number}?edit={entry}"), format!("/cases/{number}/access"), "/me".into(), "/me/security".into(), "/me/privacy".into(), "/me/privacy/delete".into(),
            "/settings/organisation".into(), "/settings/members".into(), "/settings/case-types".into(), "/settings/import".into(), "/settings/export".into(), "/settings/close".into(), "/desk".into(), "/onboarding".into(),
        ] {
            let page = desk.browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.body.contains(&format!("data-for=\"{said}\"")), "{path}");
            for form in page.body.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap()).filter(|form| form.contains("method=\"post\"")) {
                // What is asked of visitors as well, and the dialog that signs in again, act in no organisation.
                if ["action=\"/privacy/consent", "action=\"/privacy/choices", "action=\"/appearance", "again-password"].iter().any(|other| form.contains(other)) {
                    continue;
                }
                seen += 1;
                assert!(form.contains(&format!("name=\"shown_for\" value=\"{said}\"")), "{path}: {form}");
            }
        }
        assert!(seen > 30, "{seen}");
    }

    async fn a_form_made_for_somebody_else_does_nothing_and_its_text_is_shown_to_nobody(app) {
        let mut desk = Desk::open(&app, "gamma", Role::Caseworker).await;
        let number = desk.case("Gamma").await;
        let theirs = desk.browser.shown_for().await.unwrap();
        let mut next = desk.organisation.signed_in(&app, Role::Supervisor).await;
        let before = entries(&mut desk, &number).await;
        let key = uuid::Uuid::now_v7().to_string();
        let typed = [("form", "entry"), ("shown_for", theirs.as_str()), ("key", &key), ("number", &number), ("body", "Between us")];
        assert_eq!(next.call(WRITE, &typed).await.fault(), Fault::SomebodyElse);
        let page = next.post(&format!("/cases/{number}"), WRITE, &typed).await;
        assert!(page.status == 409 && !page.body.contains("Between us"), "{}", page.body);
        assert_eq!(entries(&mut desk, &number).await, before);
        // Signing out goes on from there.
        assert_eq!(next.call("/api/accounts/sign_out", &[("shown_for", &theirs)]).await.status, 200);
    }

    async fn what_was_typed_in_a_session_that_ran_out_comes_back_to_the_same_account_only(app) {
        let mut desk = Desk::open(&app, "delta", Role::Caseworker).await;
        let number = desk.case("Delta").await;
        let mine = desk.browser.shown_for().await.unwrap();
        let mut gone = app.browser();
        let key = uuid::Uuid::now_v7().to_string();
        let typed = [("form", "entry"), ("shown_for", mine.as_str()), ("key", &key), ("number", &number), ("body", "Half a thought")];
        let sent = gone.post(&format!("/cases/{number}"), WRITE, &typed).await;
        let next = sent.location().strip_prefix("/login?next=").unwrap().replace("%3F", "?").replace("%3D", "=");
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        for browser in [&mut other, &mut app.browser()] {
            assert!(!browser.get(&next).await.body.contains("Half a thought"), "{next}");
        }
        assert!(desk.browser.get(&next).await.body.contains("Half a thought</textarea>"), "{next}");
    }

    async fn signing_in_again_on_a_page_goes_on_in_its_organisation(app) {
        let Between { desk, there, first, .. } = between(&app, "epsilon").await;
        let mut again = app.browser();
        let form = [("email", desk.organisation.email(Role::Owner)), ("password", crate::server::testing::PASSWORD.to_owned()), ("here", there.clone())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(again.call("/api/accounts/sign_in", &form).await.status, 200);
        let shown = ShownFor::parse(&again.shown_for().await.unwrap()).unwrap();
        assert_eq!(shown.org.unwrap().to_string(), first);
    }
}

async fn other_than(browser: &mut Browser, org: &str) -> String {
    let all: Vec<crate::accounts::api::BelongingView> = browser.call("/api/accounts/my_organisations", &[]).await.value();
    all.into_iter().map(|one| one.org.to_string()).find(|id| id != org).unwrap()
}
