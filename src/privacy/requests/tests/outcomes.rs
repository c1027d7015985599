//! What each kind ends in for somebody who does not sign in: made by program where it can be, never in a dead end.

use super::{ASK, again, ask, confirm, evidence, from_elsewhere, granted, ids, operator, seen, sent, step, verified};
use crate::{
    accounts::{Person, Role},
    privacy::retention,
    server::{
        db::global_sql,
        testing::{Browser, PASSWORD, TestApp, on_either_engine},
    },
};

const DAY: i64 = 86_400;

/// Asks, confirms by the link, and has it granted and carried out; answers the page and the request.
async fn asked(app: &TestApp, operator: &mut Browser, browser: &mut Browser, (kind, email, words): (&str, &str, &str)) -> (String, String) {
    ask(browser, kind, email, words).await;
    let page = confirm(app, browser, email).await;
    let id = ids(operator, "operator").await.remove(0);
    granted(app, operator, &id).await;
    (page, id)
}

on_either_engine! {
    async fn dr_16_a_package_is_made_for_whoever_does_not_sign_in_and_taken_by_its_link(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        for kind in ["access", "portability"] {
            let mut browser = from_elsewhere(&app, 1);
            let (page, id) = asked(&app, &mut operator, &mut browser, (kind, &email, "")).await;
            assert!(browser.get(&page).await.body.contains("It was accepted and is being carried out."));
            let made = seen(&mut operator, "operator", &id).await;
            assert_eq!(made["answer"][0], "casetrakr-data.zip", "{kind}");
            assert!(evidence(&made).join("; ").contains("carried"), "{kind}");
            let file = format!("{page}/answer");
            assert_eq!(browser.get(&file).await.status, 404, "before somebody looked it over");
            sent(&mut operator, &id).await;
            let mail = app.mails().await.into_iter().rev().find(|mail| mail.to == email).unwrap();
            assert!(mail.subject.contains("The answer") && mail.body.contains("/privacy/track/"), "{mail:?}");
            assert_eq!(org.signed_in(&app, Role::Supervisor).await.get(&file).await.status, 404, "somebody else");
            assert_eq!(org.signed_in(&app, Role::Caseworker).await.get(&file).await.status, 200, "its person, signed in");
            for nth in 1..5 {
                let taken = browser.get(&file).await;
                assert_eq!((taken.status.as_u16(), taken.header("content-type"), taken.header("cache-control")), (200, "application/zip", "no-store"), "{nth}");
                assert!(taken.body.starts_with("PK") && taken.header("content-disposition").contains("casetrakr-data.zip"));
            }
            assert_eq!(browser.get(&file).await.status, 410, "a sixth time");
            assert_eq!(step(&mut operator, "operator", &id, "renew", &[]).await.status, 200);
            app.state.clock.advance(7 * DAY + 2);
            assert_eq!(browser.get(&file).await.status, 410, "after seven days");
            app.work().await;
            operator = again(&app, "caseworker@operators.example").await;
            assert!(seen(&mut operator, "operator", &id).await["answer"].is_null(), "the package is gone");
        }
        verified(&app).await;
    }

    async fn dr_16_the_answer_goes_where_the_account_has_gone_meanwhile(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let (old, new) = (org.email(Role::Caseworker), "new@holders.example");
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("access", &old, "")).await;
        let mut person = org.signed_in(&app, Role::Caseworker).await;
        assert_eq!(person.call("/api/accounts/change_email", &[("email", new), ("password", PASSWORD)]).await.status, 200);
        let link = app.mailed_link(new).await;
        let token = person.get(&link).await.input("token");
        assert_eq!(person.call("/api/accounts/verify_email", &[("token", &token)]).await.status, 200);
        assert_ne!(browser.get(&page).await.status, 200, "what went to the old mailbox opens nothing");
        sent(&mut operator, &id).await;
        let mail = app.mails().await.into_iter().rev().find(|mail| mail.subject.contains("The answer")).unwrap();
        assert_eq!(mail.to, new);
        let page = app.mailed_link(new).await;
        assert_eq!(browser.get(&format!("{page}/answer")).await.status, 200);
        assert!(evidence(&seen(&mut operator, "operator", &id).await).join("; ").contains("to the new address of the account"));
        verified(&app).await;
    }

    async fn a_question_about_automated_decisions_is_answered_by_the_same_statement_for_everybody(app) {
        let mut operator = operator(&app).await;
        let email = app.organisation("holders").await.email(Role::Caseworker);
        for email in [email.as_str(), "stranger@nobody.example"] {
            let mut browser = from_elsewhere(&app, 1);
            let (page, id) = asked(&app, &mut operator, &mut browser, ("automated_decision", email, "")).await;
            let made = seen(&mut operator, "operator", &id).await;
            assert!(made["answer"][1].as_str().unwrap().contains("No decision about you is made here by a program alone."), "{made}");
            assert!(evidence(&made).join("; ").contains("carried") && made["row"]["due_on"] == made["row"]["first_due_on"], "{made}");
            sent(&mut operator, &id).await;
            let file = browser.get(&format!("{page}/answer")).await;
            assert!(file.status == 200 && file.body.contains("decided by people"), "{}", file.body);
        }
        // At an organisation its people answer: only they know what else they use.
        let mut desk = crate::cases::testing::Desk::open(&app, "harbour", Role::Owner).await;
        let (org, before) = (desk.organisation.id.to_string(), ids(&mut operator, "operator").await);
        let form = [("kind", "automated_decision"), ("concern", "case"), ("to", org.as_str()), ("email", "p@nobody.example"), ("name", "P. Rovist")];
        assert_eq!(from_elsewhere(&app, 2).call(ASK, &form).await.status, 200);
        confirm(&app, &mut from_elsewhere(&app, 2), "p@nobody.example").await;
        let theirs = ids(&mut desk.browser, "desk").await;
        assert_eq!((theirs.len(), ids(&mut operator, "operator").await), (1, before));
        let asked = seen(&mut desk.browser, "desk", &theirs[0]).await;
        assert!(asked["row"]["kind"] == "automated_decision" && asked["answer"].is_null(), "{asked}");
        verified(&app).await;
    }

    async fn an_erasure_that_was_asked_for_by_link_goes_to_its_end_and_leaves_a_certificate(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("erasure", &email, "")).await;
        let told = browser.get(&page).await.body;
        assert!(told.contains("Your account is erased on") && told.contains(">Erased<"), "{told}");
        sent(&mut operator, &id).await;
        assert!(browser.get(&format!("{page}/answer")).await.body.contains("Until then you can sign in and keep it."));
        assert_eq!(browser.get(&format!("{page}/certificate")).await.status, 404, "nothing is erased yet");
        assert!(org.signed_in(&app, Role::Caseworker).await.get("/me/privacy").await.body.contains("Keep my account"));
        app.state.clock.advance(31 * DAY);
        retention::run_daily(&app.state).await.unwrap();
        assert!(Person::by_address(&app.state.db, &email).await.unwrap().is_none());
        let told = browser.get(&page).await.body;
        assert!(told.contains("Your account was erased on") && told.contains("Download the certificate"), "{told}");
        let certificate = browser.get(&format!("{page}/certificate")).await;
        assert_eq!((certificate.status.as_u16(), certificate.header("content-type")), (200, "application/json"));
        assert!(certificate.body.contains("\"deleted\"") && certificate.body.contains("\"kept\"") && !certificate.body.contains("holders.example"), "{}", certificate.body);
        let mut operator = again(&app, "caseworker@operators.example").await;
        assert!(evidence(&seen(&mut operator, "operator", &id).await).join("; ").contains("erased the account"));
        verified(&app).await;
    }

    async fn whoever_keeps_the_account_reads_that_nothing_is_erased(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("erasure", &org.email(Role::Caseworker), "")).await;
        sent(&mut operator, &id).await;
        assert_eq!(org.signed_in(&app, Role::Caseworker).await.call("/api/privacy/keep_account", &[]).await.status, 200);
        let told = browser.get(&page).await.body;
        assert!(told.contains("you chose to keep your account"), "{told}");
        // The only owner cannot go before somebody else owns it: the operator reads why and answers by hand.
        let (page, id) = asked(&app, &mut operator, &mut browser, ("erasure", &org.email(Role::Owner), "")).await;
        let view = seen(&mut operator, "operator", &id).await;
        assert!(view["answer"].is_null() && view["messages"].to_string().contains("has no other owner"), "{view}");
        assert!(evidence(&view).join("; ").contains("could not"));
        assert!(!browser.get(&page).await.body.contains("has no other owner"), "a note is the operator's own");
        assert_eq!(step(&mut operator, "operator", &id, "write_answer", &[("words", "First make somebody else an owner.")]).await.status, 200);
        sent(&mut operator, &id).await;
        assert!(browser.get(&page).await.body.contains("Download the answer"));
        verified(&app).await;
    }

    async fn a_correction_is_made_and_its_answer_says_before_and_after(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("rectification", &email, "My name is Ana Nova.")).await;
        let shown = operator.get(&format!("/operator/requests/{id}")).await.body;
        assert!(shown.contains("Correct the name") && shown.contains(&email), "{shown}");
        let nameless = step(&mut operator, "operator", &id, "correct", &[("other", " ")]).await;
        assert!(nameless.fault().about("other").is_some(), "{}", nameless.body);
        assert_eq!(step(&mut operator, "operator", &id, "correct", &[("other", "Ana Nova")]).await.status, 200);
        sent(&mut operator, &id).await;
        let answer = browser.get(&format!("{page}/answer")).await.body;
        assert!(answer.contains("Ana Nova") && answer.contains("Caseworker") && answer.contains("nobody else has to be told"), "{answer}");
        assert_eq!(Person::by_address(&app.state.db, &email).await.unwrap().unwrap().name, "Ana Nova");
        assert!(org.signed_in(&app, Role::Caseworker).await.get("/me/privacy").await.body.contains("Ana Nova"));
        assert!(evidence(&seen(&mut operator, "operator", &id).await).join("; ").contains("corrected what"));
        verified(&app).await;
    }

    async fn an_objection_switches_its_purpose_off_and_can_be_taken_back(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        org.signed_in(&app, Role::Caseworker).await.get("/me").await;
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("objection", &org.email(Role::Caseworker), "Not my address.")).await;
        assert_eq!(step(&mut operator, "operator", &id, "switch_off", &[("other", "account")]).await.status, 422);
        assert_eq!(step(&mut operator, "operator", &id, "switch_off", &[("other", "security")]).await.status, 200);
        sent(&mut operator, &id).await;
        assert!(browser.get(&format!("{page}/answer")).await.body.contains("Your objection holds from now on."));
        let full: i64 = app
            .state
            .db
            .global(global_sql!("select count(*) from sessions s join users u on u.id = s.user_id where u.email = $1 and s.user_agent <> ''"))
            .bind(org.email(Role::Caseworker))
            .scalar()
            .await
            .unwrap();
        assert_eq!(full, 0, "of sign-ins so far");
        assert!(org.signed_in(&app, Role::Caseworker).await.get("/me/privacy").await.body.contains("Take the objection back"));
        verified(&app).await;
    }

    async fn a_withdrawal_is_in_force_before_anybody_looks_at_it(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        let mut person = org.signed_in(&app, Role::Caseworker).await;
        assert_eq!(person.post("/privacy/choices", "/privacy/consent", &[("choice", "accept")]).await.status, 303);
        let mut pages = Vec::new();
        for (nth, address) in [email.as_str(), "nobody@nobody.example"].into_iter().enumerate() {
            let mut browser = from_elsewhere(&app, u16::try_from(nth).unwrap());
            assert_eq!(ask(&mut browser, "withdrawal", address, "").await.location(), "/privacy/request/sent?kind=withdrawal");
            let page = app.mailed_link(address).await;
            app.work().await;
            let told = browser.get(&page).await.body;
            assert!(told.contains("Your withdrawal is in force.") && told.contains("Every consent that was stored for an account"), "{told}");
            pages.push(told.matches("<p").count());
        }
        assert_eq!(pages[0], pages[1], "whether anything was stored shows nowhere");
        let now: (i64, i64, String) = app
            .state
            .db
            .global(global_sql!("select c.preferences, c.analytics, c.method from account_consents c join users u on u.id = c.user_id where u.email = $1"))
            .bind(email.clone())
            .one()
            .await
            .unwrap();
        assert_eq!(now, (0, 0, "withdraw".to_owned()));
        assert!(person.get("/privacy/choices/receipts.json").await.body.contains("withdraw"), "its person has the receipt");
        // With words of its own it is in force as well, and somebody reads them.
        let mut browser = from_elsewhere(&app, 3);
        ask(&mut browser, "withdrawal", &email, "And the newsletter.").await;
        app.work().await;
        let id = ids(&mut operator, "operator").await.remove(0);
        let view = seen(&mut operator, "operator", &id).await;
        assert_eq!(view["row"]["state"], "in_review");
        assert!(view["messages"].to_string().contains("is withdrawn"), "{view}");
        verified(&app).await;
    }

    async fn a_withdrawal_by_an_agent_is_carried_out_once_the_account_is_named(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        let mut person = org.signed_in(&app, Role::Caseworker).await;
        assert_eq!(person.post("/privacy/choices", "/privacy/consent", &[("choice", "accept")]).await.status, 303);
        let consents = async || -> (i64, i64) {
            let now = global_sql!("select c.preferences, c.analytics from account_consents c join users u on u.id = c.user_id where u.email = $1");
            app.state.db.global(now).bind(email.clone()).one().await.unwrap()
        };
        let mut browser = from_elsewhere(&app, 1);
        let form = [("kind", "withdrawal"), ("concern", "account"), ("email", "agent@nobody.example"), ("agent", "on"), ("permission", "For Jo: signed.")];
        assert_eq!(browser.call(ASK, &form).await.status, 200);
        let page = app.mailed_link("agent@nobody.example").await;
        app.work().await;
        assert_eq!(consents().await, (1, 1), "nobody knows yet for whom");
        let id = ids(&mut operator, "operator").await.remove(0);
        let named = [("other", email.as_str()), ("words", "The letter names them.")];
        assert_eq!(step(&mut operator, "operator", &id, "name_account", &named).await.status, 200);
        granted(&app, &mut operator, &id).await;
        assert_eq!(consents().await, (0, 0));
        let view = seen(&mut operator, "operator", &id).await;
        assert!(evidence(&view).join("; ").contains("withdrew the consents"), "{view}");
        sent(&mut operator, &id).await;
        assert!(browser.get(&format!("{page}/answer")).await.body.contains("the person for whom you ask is withdrawn"));
        verified(&app).await;
    }

    async fn once_a_package_is_deleted_both_sides_read_so(app) {
        let mut operator = operator(&app).await;
        let email = app.organisation("holders").await.email(Role::Caseworker);
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("access", &email, "")).await;
        sent(&mut operator, &id).await;
        assert!(browser.get(&page).await.body.contains("Take the answer below."));
        app.state.clock.advance(7 * DAY + 2);
        app.work().await;
        let told = browser.get(&page).await.body;
        assert!(told.contains("has been deleted. If you still need it, make the request again") && !told.contains("Take the answer below."), "{told}");
        let mut operator = again(&app, "caseworker@operators.example").await;
        let shown = operator.get(&format!("/operator/requests/{id}")).await.body;
        assert!(shown.contains("The package was there for seven days and has been deleted.") && !shown.contains("nothing had to be handed out"), "{shown}");
    }

    async fn the_answer_to_a_complaint_says_who_can_be_asked_next(app) {
        let app = app.configured(|config| config.operator.authority = "the Hamburg Commissioner".into());
        let mut operator = operator(&app).await;
        let mut browser = from_elsewhere(&app, 1);
        let (page, id) = asked(&app, &mut operator, &mut browser, ("complaint", "p@nobody.example", "You were slow.")).await;
        for words in ["We were.", "We were slow, and are sorry."] {
            assert_eq!(step(&mut operator, "operator", &id, "write_answer", &[("words", words)]).await.status, 200);
        }
        sent(&mut operator, &id).await;
        let answer = browser.get(&format!("{page}/answer")).await.body;
        assert!(answer.starts_with("We were slow, and are sorry."), "{answer}");
        assert_eq!((answer.matches("go to court").count(), answer.matches("the Hamburg Commissioner").count()), (1, 1), "{answer}");
    }

    async fn an_agents_request_is_carried_out_once_the_account_is_named(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let mut browser = from_elsewhere(&app, 1);
        let form = [("kind", "access"), ("concern", "account"), ("email", "agent@nobody.example"), ("agent", "on"), ("permission", "For Jo: signed.")];
        assert_eq!(browser.call(ASK, &form).await.status, 200);
        let page = confirm(&app, &mut browser, "agent@nobody.example").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        let email = org.email(Role::Caseworker);
        assert!(step(&mut operator, "operator", &id, "name_account", &[("other", &email)]).await.fault().about("words").is_some());
        let nobody = [("other", "nobody@nobody.example"), ("words", "The letter names them.")];
        assert!(step(&mut operator, "operator", &id, "name_account", &nobody).await.fault().about("other").is_some());
        assert_eq!(step(&mut operator, "operator", &id, "name_account", &[("other", &email), ("words", "The letter names them.")]).await.status, 200);
        granted(&app, &mut operator, &id).await;
        sent(&mut operator, &id).await;
        assert!(browser.get(&format!("{page}/answer")).await.body.starts_with("PK"));
        verified(&app).await;
    }
}
