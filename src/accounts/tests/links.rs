//! The links that come by mail.

use std::time::Duration;

use super::NEW_PASSWORD;
use crate::{
    accounts::model::Role,
    fault::Fault,
    server::testing::{PASSWORD, TestApp, on_both_engines},
};

const FORGOT: &str = "/api/accounts/forgot";
const RESET: &str = "/api/accounts/reset";

/// The reset link for an address. It is made after the answer, so that the answer takes as long for every address.
async fn reset_link(app: &TestApp, email: &str) -> String {
    for _ in 0..200 {
        if app.mails().await.iter().any(|mail| mail.to == email && mail.body.contains("/reset/")) {
            return app.mailed_link(email).await;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no reset link for {email}");
}

fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

on_both_engines! {
    async fn a_reset_link_works_once_and_ends_every_session(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Supervisor);
        let mut before = org.signed_in(&app, Role::Supervisor).await;
        let mut browser = app.browser();
        assert_eq!(browser.post("/forgot", FORGOT, &[("email", &email)]).await.location(), "/forgot/sent");
        let link = reset_link(&app, &email).await;
        let page = browser.get(&link).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("referrer-policy"), "no-referrer");

        let refused = browser.call(RESET, &[("token", token(&link)), ("password", "too short")]).await;
        assert!(refused.fault().about("password").is_some());

        let done = browser.call(RESET, &[("token", token(&link)), ("password", NEW_PASSWORD)]).await;
        assert_eq!((done.status.as_u16(), done.location()), (200, "/login?notice=password-changed"), "{}", done.body);
        assert_eq!(before.call("/api/accounts/my_sessions", &[]).await.fault(), Fault::SignIn);
        let second = browser.call(RESET, &[("token", token(&link)), ("password", NEW_PASSWORD)]).await;
        assert_eq!((second.status.as_u16(), second.fault()), (410, Fault::Gone));
        let page = browser.get(&link).await;
        assert_eq!(page.status, 410);
        assert!(page.body.contains(Fault::Gone.title()));

        let old = browser.call("/api/accounts/sign_in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(old.status, 422);
        let new = browser.call("/api/accounts/sign_in", &[("email", &email), ("password", NEW_PASSWORD)]).await;
        assert_eq!((new.status.as_u16(), new.location()), (200, "/home"));
        assert!(app.mails().await.iter().any(|mail| mail.to == email && mail.subject.contains("was changed")));
    }

    async fn a_newer_reset_makes_the_older_link_void(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        app.browser().call(FORGOT, &[("email", &email)]).await;
        let first = reset_link(&app, &email).await;
        app.browser().call(FORGOT, &[("email", &email)]).await;
        let mut second = first.clone();
        for _ in 0..200 {
            second = app.mailed_link(&email).await;
            if second != first {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_ne!(first, second);
        assert_eq!(app.browser().call(RESET, &[("token", token(&second)), ("password", NEW_PASSWORD)]).await.status, 200);
        assert_eq!(app.browser().call(RESET, &[("token", token(&first)), ("password", NEW_PASSWORD)]).await.status, 410);
    }

    async fn a_reset_link_expires(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        app.browser().call(FORGOT, &[("email", &email)]).await;
        let link = reset_link(&app, &email).await;
        app.state.clock.advance(3_601);
        assert_eq!(app.browser().get(&link).await.status, 410);
        assert_eq!(app.browser().call(RESET, &[("token", token(&link)), ("password", NEW_PASSWORD)]).await.status, 410);
    }

    async fn without_script_a_token_page_comes_back_to_itself(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        app.browser().call(FORGOT, &[("email", &email)]).await;
        let link = reset_link(&app, &email).await;
        let mut browser = app.browser();
        let page = browser.get(&link).await;
        assert_eq!(page.input("token_page"), link);
        // The page sends no referrer, so this is all that the server has to go by.
        let form = [("token_page", link.as_str()), ("token", token(&link)), ("password", "too short")];
        let request = browser
            .request("POST", RESET)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(crate::server::testing::encoded(&form).into())
            .unwrap();
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with(&format!("{link}?kept=")), "{}", answer.location());
        let page = browser.get(answer.location()).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("15 characters") && !page.body.contains("too short"));
    }

    async fn sec_5_a_poisoned_host_changes_no_link(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let mut browser = app.browser();
        browser.headers = vec![("host", "evil.example".into()), ("x-forwarded-host", "evil.example".into()), ("forwarded", "host=evil.example".into())];
        browser.call(FORGOT, &[("email", &email)]).await;
        // `mailed_link` insists on the origin of the configuration.
        assert!(reset_link(&app, &email).await.starts_with("/reset/"));
        assert!(app.mails().await.iter().all(|mail| !mail.body.contains("evil")));
    }

    async fn nonsense_tokens_are_gone(app) {
        for token in ["", "x", "../../etc/passwd", "%00", &"a".repeat(5_000)] {
            for function in ["/api/accounts/verify_email", "/api/accounts/reset_link"] {
                assert_eq!(app.browser().call(function, &[("token", token)]).await.status, 410, "{function} {token:.20}");
            }
            assert_eq!(app.browser().call(RESET, &[("token", token), ("password", NEW_PASSWORD)]).await.status, 410);
        }
        assert_eq!(app.browser().get("/reset/nothing").await.status, 410);
        assert_eq!(app.browser().get("/invite/nothing").await.status, 410);
    }
}
