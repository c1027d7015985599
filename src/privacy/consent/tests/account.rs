//! Signed in: one choice for every device, and no device is overruled.

use super::*;
use crate::{accounts::Role, server::testing::on_either_engine};

async fn methods(app: &TestApp) -> Vec<String> {
    app.state.db.global(global_sql!("select method from consent_receipts order by id")).scalars().await.unwrap()
}

async fn standing(browser: &mut Browser) -> String {
    let page = browser.get("/privacy/choices").await.body;
    page.split("<strong>").nth(1).unwrap().split("</strong>").next().unwrap().to_owned()
}

const EVERYTHING: &str = "You allow preferences and analytics.";
const NOTHING: &str = "Only what is necessary is in use.";

on_either_engine! {
    async fn cb_28_a_choice_made_on_one_device_holds_on_the_others(app) {
        let org = app.organisation("devices").await;
        let mut laptop = org.signed_in(&app, Role::Owner).await;
        let mut phone = org.signed_in(&app, Role::Owner).await;
        assert!(asks(&mut phone, "/home").await);
        choose(&mut laptop, "accept").await;
        assert!(!asks(&mut phone, "/home").await);
        assert_eq!(standing(&mut phone).await, EVERYTHING);
        app.state.clock.advance(10);
        choose(&mut phone, "withdraw").await;
        assert_eq!((standing(&mut phone).await, standing(&mut laptop).await), (NOTHING.to_owned(), NOTHING.to_owned()));
        let before = events(&app).await;
        laptop.get("/home").await;
        assert_eq!(before, events(&app).await);
        assert!(!laptop.cookies().contains_key("ct_aid"), "the other device lets go of its number with its next page");
        app.state.clock.advance(10);
        choose(&mut laptop, "accept").await;
        assert_eq!(standing(&mut laptop).await, EVERYTHING);
        assert_eq!(standing(&mut phone).await, NOTHING, "what a device refused stays refused there");
    }

    async fn cb_28_a_visitors_choice_becomes_the_accounts_when_it_is_the_newest(app) {
        let org = app.organisation("merge").await;
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        browser.sign_in(&org.email(Role::Owner)).await;
        assert!(!asks(&mut browser, "/home").await);
        browser.get("/home").await;
        assert_eq!(methods(&app).await, ["accept", "account_merge"], "once, however many pages follow");
        let mut other = org.signed_in(&app, Role::Owner).await;
        assert_eq!(standing(&mut other).await, EVERYTHING);
        assert!(other.get("/privacy/choices").await.body.contains("The choice of a browser became that of your account"));
        // An older one does not overrule the account.
        let mut old = app.browser();
        choose(&mut old, "accept").await;
        app.state.clock.advance(10);
        choose(&mut other, "reject").await;
        old.sign_in(&org.email(Role::Owner)).await;
        assert_eq!(standing(&mut old).await, NOTHING);
    }

    async fn cb_28_the_yes_of_whoever_sat_here_before_is_not_mine(app) {
        let org = app.organisation("shared").await;
        let mut browser = org.signed_in(&app, Role::Owner).await;
        choose(&mut browser, "accept").await;
        browser.post("/home", "/api/accounts/sign_out", &[]).await;
        let receipts_of_nobody = browser.get("/privacy/choices/receipts.json").await.body;
        assert_eq!(receipts_of_nobody, "[]", "what somebody chose with their account shows only to them");
        browser.sign_in(&org.email(Role::Caseworker)).await;
        assert!(asks(&mut browser, "/home").await);
        let other: Option<i64> = app.state.db.global(global_sql!("select analytics from account_consents where user_id = $1"))
            .bind(org.user(Role::Caseworker)).optional_scalar().await.unwrap();
        assert_eq!(other, None);
        assert_eq!(events(&app).await, 0);
    }

    async fn cb_17_a_signal_is_stored_with_the_account_once_and_is_no_choice(app) {
        let org = app.organisation("signal").await;
        let mut browser = app.browser();
        browser.headers.push(("sec-gpc", "1".into()));
        browser.sign_in(&org.email(Role::Owner)).await;
        for _ in 0..3 {
            assert!(!asks(&mut browser, "/home").await);
        }
        assert_eq!(methods(&app).await, ["gpc"]);
        let mut other = org.signed_in(&app, Role::Owner).await;
        assert!(asks(&mut other, "/home").await, "a signal elsewhere has answered nothing here");
        choose(&mut other, "accept").await;
        assert_eq!(standing(&mut browser).await, "You allow preferences. Nothing is counted.");
        assert!(browser.get("/home").await.body.contains("Opt-out preference signal honoured"));
    }

    async fn every_page_of_members_asks_and_leads_to_the_choices(app) {
        let mut owner = app.organisation("pages").await.signed_in(&app, Role::Owner).await;
        for path in ["/home", "/cases", "/cases/new", "/me", "/me/security", "/settings", "/settings/members", "/settings/usage", "/settings/record", "/settings/import", "/onboarding", "/privacy/choices"] {
            let page = owner.get(path).await;
            assert!(page.body.contains(QUESTION) && page.body.contains("href=\"/privacy/choices\""), "{path}");
            assert_eq!(page.body.matches("<footer").count(), 1, "{path}");
        }
        assert_eq!(owner.cookies().keys().collect::<Vec<_>>(), ["ct_device", "ct_session"]);
    }
}
