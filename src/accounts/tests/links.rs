//! The links that come by mail.

use std::time::Duration;

use uuid::Uuid;

use super::NEW_PASSWORD;
use crate::{
    accounts::{model::Role, operator},
    audit::model::sentence,
    fault::Fault,
    server::{
        db::sql,
        testing::{Organisation, PASSWORD, TestApp, on_either_engine},
    },
};

const FORGOT: &str = "/api/accounts/forgot";
const RESET: &str = "/api/accounts/reset";
const VERIFY: &str = "/api/accounts/verify_email";

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

/// A link as the operator makes it: to choose a new password, or to confirm the address and sign in.
async fn made(app: &TestApp, email: &str, reset: bool) -> String {
    operator::link(&app.state, email, reset).await.unwrap().unwrap()
}

/// A link to another address, as the member in that role asks for it.
async fn address_link(app: &TestApp, org: &Organisation, role: Role, email: &str) -> String {
    let mut browser = org.signed_in(app, role).await;
    let asked = browser.call("/api/accounts/change_email", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!(asked.location(), "/me/privacy?notice=link-sent", "{}", asked.body);
    app.mailed_link(email).await
}

/// An open link of every kind that there is.
async fn every_link(app: &TestApp, org: &Organisation, role: Role) -> [String; 3] {
    let email = org.email(role);
    [made(app, &email, false).await, made(app, &email, true).await, address_link(app, org, role, "asked-for@elsewhere.example").await]
}

/// Uses a link, from a browser that has no part in it; answers the status.
async fn used(app: &TestApp, link: &str) -> u16 {
    let (path, form) = if link.contains("/reset/") {
        (RESET, vec![("token", token(link)), ("password", NEW_PASSWORD)])
    } else {
        (VERIFY, vec![("token", token(link))])
    };
    app.browser().call(path, &form).await.status.as_u16()
}

on_either_engine! {
    async fn a_reset_link_works_once_and_ends_every_session(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Supervisor);
        let mut before = org.signed_in(&app, Role::Supervisor).await;
        let mut browser = app.browser();
        assert_eq!(browser.post("/forgot", FORGOT, &[("email", &email)]).await.location(), "/forgot/sent");
        let link = reset_link(&app, &email).await;
        let page = browser.get(&link).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("referrer-policy"), "same-origin");

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

    async fn a_link_that_confirms_an_address_makes_the_earlier_ones_void(app) {
        let email = app.organisation("alpha").await.email(Role::Caseworker);
        let (first, second, reset) = (made(&app, &email, false).await, made(&app, &email, false).await, made(&app, &email, true).await);
        assert_eq!(used(&app, &second).await, 200);
        assert_eq!(used(&app, &first).await, 410, "it would sign in");
        assert_eq!(used(&app, &reset).await, 200, "it is for something else");
    }

    async fn a_reset_makes_every_other_link_void(app) {
        let org = app.organisation("alpha").await;
        let open = every_link(&app, &org, Role::Caseworker).await;
        assert_eq!(used(&app, &made(&app, &org.email(Role::Caseworker), true).await).await, 200);
        for link in open {
            assert_eq!(used(&app, &link).await, 410, "{link}");
        }
    }

    async fn a_changed_password_makes_every_link_void(app) {
        let org = app.organisation("alpha").await;
        let open = every_link(&app, &org, Role::Caseworker).await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        let form = [("current_password", PASSWORD), ("password", NEW_PASSWORD)];
        assert_eq!(browser.call("/api/accounts/change_password", &form).await.status, 200);
        for link in open {
            assert_eq!(used(&app, &link).await, 410, "{link}");
        }
    }

    async fn a_changed_address_makes_every_other_link_void(app) {
        let org = app.organisation("alpha").await;
        let open = every_link(&app, &org, Role::Caseworker).await;
        let link = address_link(&app, &org, Role::Caseworker, "ruth@alpha.example").await;
        assert_eq!(used(&app, &link).await, 200);
        for link in open {
            assert_eq!(used(&app, &link).await, 410, "{link}");
        }
        app.browser().sign_in("ruth@alpha.example").await;
    }

    async fn a_link_that_the_operator_makes_is_in_the_record(app) {
        let org = app.organisation("alpha").await;
        for reset in [true, false] {
            made(&app, &org.email(Role::Admin), reset).await;
        }
        let made = sql!("select action from audit_events where org_id = $1 and subject_id = $2 and actor_id is null order by seq");
        let made: Vec<String> = app.state.db.tenant(Uuid::nil(), made).bind(org.user(Role::Admin)).scalars().await.unwrap();
        assert_eq!(made, ["account.reset_link_made", "account.sign_in_link_made"]);
        let told = |action: &String| sentence(action, &serde_json::json!({}));
        assert!(made.iter().all(|action| told(action).ends_with("from the command line of the installation")));
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
        // Where a browser sends no referrer, this is all that the server has to go by.
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

    async fn a_browser_that_says_only_its_origin_uses_a_link_and_one_that_hides_it_does_not(app) {
        let org = app.organisation("alpha").await;
        let link = made(&app, &org.email(Role::Owner), true).await;
        let reset = async |origin: Option<&str>| {
            let mut browser = app.browser();
            let mut request = browser.request("POST", RESET).header("accept", "text/html").header("content-type", "application/x-www-form-urlencoded");
            let headers = request.headers_mut().unwrap();
            headers.remove("sec-fetch-site");
            if let Some(origin) = origin {
                headers.insert("origin", origin.parse().unwrap());
            }
            let form = crate::server::testing::encoded(&[("token_page", &link), ("token", token(&link)), ("password", NEW_PASSWORD)]);
            browser.send(request.body(form.into()).unwrap()).await
        };
        for hidden in [Some("null"), Some("http://evil.example"), None] {
            assert_eq!(reset(hidden).await.status, 403, "{hidden:?}");
        }
        let done = reset(Some("http://127.0.0.1:3000")).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/login?notice=password-changed"));
        // A page whose address is a secret tells other sites nothing, and its forms say where they come from.
        for page in ["/reset/x", "/invite/x", "/verify-email/x", "/privacy/confirm/x", "/privacy/track/x"] {
            assert_eq!(app.browser().get(page).await.header("referrer-policy"), "same-origin", "{page}");
        }
    }

    async fn sec_5_a_poisoned_host_changes_no_link(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let mut browser = app.browser();
        browser.headers = vec![("host", "evil.example".into())];
        let elsewhere = browser.call(FORGOT, &[("email", &email)]).await;
        assert_eq!(elsewhere.status, 421);
        assert!(elsewhere.body.contains("This installation answers at http://127.0.0.1:3000"), "{}", elsewhere.body);
        assert_eq!((browser.get("/").await.status.as_u16(), browser.get("/livez").await.status.as_u16()), (421, 200));
        browser.headers = vec![("x-forwarded-host", "evil.example".into()), ("forwarded", "host=evil.example".into())];
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
