//! What a person does with their own account.

use super::{NEW_PASSWORD, sign_up};
use crate::{
    accounts::{
        api::{BelongingView, SessionView},
        model::Role,
    },
    fault::Fault,
    server::testing::{Browser, PASSWORD, on_either_engine},
};

async fn sessions(browser: &mut Browser) -> Vec<SessionView> {
    browser.call("/api/accounts/my_sessions", &[]).await.value()
}

async fn organisations(browser: &mut Browser) -> Vec<BelongingView> {
    browser.call("/api/accounts/my_organisations", &[]).await.value()
}

on_either_engine! {
    async fn my_sessions_are_listed_and_end_with_the_next_request(app) {
        let org = app.organisation("alpha").await;
        let mut here = org.signed_in(&app, Role::Caseworker).await;
        let mut phone = app.browser();
        phone.peer = "198.51.100.9:4000".parse().unwrap();
        phone.sign_in(&org.email(Role::Caseworker)).await;
        let mut tablet = org.signed_in(&app, Role::Caseworker).await;

        let all = sessions(&mut here).await;
        assert_eq!(all.len(), 3);
        assert_eq!(all.iter().filter(|s| s.current).count(), 1);
        assert!(all.iter().all(|s| s.device == "Firefox on Linux"));
        let other = all.iter().find(|s| s.address == "198.51.100.9").unwrap();
        let page = here.get("/me/security").await.body;
        assert!(page.contains("198.51.100.9") && page.contains("End all others"));

        let answer = here.post("/me/security", "/api/accounts/end_session", &[("session", &other.id.to_string())]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/me/security"));
        assert_eq!(phone.call("/api/accounts/my_sessions", &[]).await.fault(), Fault::SignIn);
        assert_eq!(phone.get("/home").await.status, 303);

        assert_eq!(here.call("/api/accounts/end_other_sessions", &[]).await.status, 200);
        assert_eq!(tablet.get("/home").await.status, 303);
        let left = sessions(&mut here).await;
        assert!(left.len() == 1 && left[0].current);
        let answer = here.call("/api/accounts/end_session", &[("session", &left[0].id.to_string())]).await;
        assert_eq!(answer.location(), "/login?notice=signed-out");
        assert!(!here.cookies().contains_key("ct_session"));
    }

    async fn nobody_ends_the_session_of_somebody_else(app) {
        let org = app.organisation("alpha").await;
        let mut victim = org.signed_in(&app, Role::Owner).await;
        let id = sessions(&mut victim).await[0].id.to_string();
        let mut other = org.signed_in(&app, Role::Admin).await;
        assert_eq!(other.call("/api/accounts/end_session", &[("session", &id)]).await.fault(), Fault::NotFound);
        assert_eq!(sessions(&mut victim).await.len(), 1);
    }

    async fn sessions_end_when_idle_and_in_any_case_after_a_day(app) {
        let org = app.organisation("alpha").await;
        let limits = app.state.config.sessions.clone();
        let (idle, absolute) = (i64::from(limits.idle_minutes) * 60, i64::from(limits.absolute_hours) * 3_600);
        let mut idler = org.signed_in(&app, Role::Owner).await;
        let mut busy = org.signed_in(&app, Role::Owner).await;
        let mut passed = 0;
        while passed + idle / 2 < absolute {
            app.state.clock.advance(idle / 2);
            passed += idle / 2;
            assert_eq!(busy.get("/me").await.status, 200, "after {passed} s");
        }
        assert_eq!(idler.get("/me").await.status, 303);
        app.state.clock.advance(idle / 2 + 1);
        assert_eq!(busy.get("/me").await.status, 303);
    }

    async fn a_session_that_has_idled_out_is_not_listed(app) {
        let org = app.organisation("alpha").await;
        let half = i64::from(app.state.config.sessions.idle_minutes) * 30;
        org.signed_in(&app, Role::Owner).await;
        let mut here = org.signed_in(&app, Role::Owner).await;
        app.state.clock.advance(half);
        assert_eq!(sessions(&mut here).await.len(), 2);
        app.state.clock.advance(half + 1);
        let left = sessions(&mut here).await;
        assert!(left.len() == 1 && left[0].current, "{left:?}");
    }

    async fn sec_2_guessing_at_the_password_of_an_open_session_is_slowed(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Admin).await;
        let change = "/api/accounts/change_password";
        let wrong = [("current_password", "not my old secret"), ("password", NEW_PASSWORD)];
        assert_eq!(browser.call(change, &wrong).await.status, 422);
        // Wherever it is asked for, it is one password.
        let elsewhere = [("email", "new@alpha.example"), ("password", "not my old secret")];
        assert_eq!(browser.call("/api/accounts/change_email", &elsewhere).await.status, 422);
        assert_eq!(browser.call(change, &wrong).await.status, 422);
        let right = [("current_password", PASSWORD), ("password", NEW_PASSWORD)];
        let early = browser.call(change, &right).await;
        assert_eq!(early.status, 429, "{}", early.body);
        app.state.clock.advance(early.header("retry-after").parse().unwrap());
        assert_eq!(browser.call(change, &right).await.status, 200);
    }

    async fn changing_the_password_takes_the_old_one_and_ends_the_others(app) {
        let org = app.organisation("alpha").await;
        let mut here = org.signed_in(&app, Role::Admin).await;
        let mut there = org.signed_in(&app, Role::Admin).await;
        let change = "/api/accounts/change_password";
        let wrong = here.post("/me/security", change, &[("current_password", "not my old secret"), ("password", NEW_PASSWORD)]).await;
        assert!(wrong.location().starts_with("/me/security?kept="), "{}", wrong.location());
        let page = here.get(wrong.location()).await;
        assert!(page.status == 422 && page.body.contains("This is not your current password."), "{}", page.status);
        assert!(!page.body.contains("not my old secret") && !page.body.contains(NEW_PASSWORD));

        let done = here.call(change, &[("current_password", PASSWORD), ("password", NEW_PASSWORD)]).await;
        assert_eq!(done.location(), "/me/security?notice=password-changed", "{}", done.body);
        assert_eq!(here.get("/me").await.status, 200);
        assert_eq!(there.get("/me").await.status, 303);
        assert!(app.mails().await.iter().any(|mail| mail.to == org.email(Role::Admin) && mail.subject.contains("was changed")));
    }

    async fn a_name_is_changed_for_all_to_see(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        assert!(browser.call("/api/accounts/change_name", &[("name", "")]).await.fault().about("name").is_some());
        assert_eq!(browser.call("/api/accounts/change_name", &[("name", " Ruth Abara ")]).await.location(), "/me?notice=saved");
        assert!(org.signed_in(&app, Role::Owner).await.get("/settings/members").await.body.contains("Ruth Abara"));
    }

    async fn somebody_with_two_organisations_switches_between_them(app) {
        let first = app.organisation("first").await;
        let second = app.organisation("second").await;
        let mut browser = first.signed_in(&app, Role::Caseworker).await;
        assert_eq!(browser.call("/api/accounts/switch_organisation", &[("org", &second.id.to_string())]).await.fault(), Fault::NotFound);

        let made = browser.post("/me", "/api/accounts/create_organisation", &[("organisation", "My own"), ("time_zone", "Mars/Olympus")]).await;
        assert_eq!(made.location(), "/onboarding");
        let all = organisations(&mut browser).await;
        assert_eq!(all.iter().map(|o| (o.name.as_str(), o.role, o.current)).collect::<Vec<_>>(), [
            ("My own", Role::Owner, true),
            ("first", Role::Caseworker, false),
        ]);
        // An owner there, a caseworker here.
        assert_eq!(browser.call("/api/accounts/invite", &[("email", "a@b.example"), ("role", "admin")]).await.status, 200);
        assert_eq!(browser.call("/api/accounts/switch_organisation", &[("org", &first.id.to_string())]).await.location(), "/home");
        assert_eq!(browser.call("/api/accounts/invite", &[("email", "a@b.example"), ("role", "admin")]).await.status, 403);
    }

    async fn an_address_can_be_confirmed_later(app) {
        let mut browser = app.browser();
        browser.call("/api/accounts/sign_up", &sign_up("Maria Okafor", "maria@riverside.example", "Riverside Advice")).await;
        assert!(browser.get("/me").await.body.contains("Not confirmed"));
        let answer = browser.post("/me", "/api/accounts/resend_verification", &[]).await;
        assert_eq!(answer.location(), "/me?notice=link-sent");
        let link = app.mailed_link("maria@riverside.example").await;
        let token = browser.get(&link).await.input("token");
        assert_eq!(browser.call("/api/accounts/verify_email", &[("token", &token)]).await.location(), "/home?notice=address-confirmed");
        assert!(!browser.get("/me").await.body.contains("Not confirmed"));
    }
}
