//! An appeal: decided by somebody else where there is somebody else, with a time of its own, and the last word here.

use super::{ASK, again, ask, confirm, evidence, from_elsewhere, granted, ids, operator, runs_no_script, seen, sent, step, verified};
use crate::{
    accounts::{Role, operator::set_operator},
    cases::testing::Desk,
    privacy::requests::{
        deadline::{Calendar, deadlines},
        model::{Kind, Regime},
    },
    server::testing::{Browser, TestApp, on_either_engine},
};

const APPEAL: &str = "/api/requests/appeal";

/// A request that was refused: its page and its id.
async fn refused(app: &TestApp, operator: &mut Browser, kind: &str, email: &str) -> (String, String) {
    let mut browser = from_elsewhere(app, 1);
    ask(&mut browser, kind, email, "").await;
    let page = confirm(app, &mut browser, email).await;
    let id = ids(operator, "operator").await.remove(0);
    let no = [("ground", "excessive"), ("words", "It repeats another one.")];
    assert_eq!(step(operator, "operator", &id, "refuse", &no).await.status, 200);
    (page, id)
}

async fn appeal(browser: &mut Browser, page: &str, words: &str) -> crate::server::testing::Answered {
    let token = page.strip_prefix("/privacy/track/").unwrap();
    browser.post("", APPEAL, &[("token", token), ("token_page", page), ("form", "appeal"), ("words", words)]).await
}

/// How long a request of today is open under the GDPR: a calendar month, and no day more.
fn open_for(view: &serde_json::Value) -> String {
    let received: jiff::civil::Date = view["row"]["received"].as_str().unwrap().split('|').nth(2).unwrap().parse().unwrap();
    let due = deadlines(Regime::Gdpr, Kind::Access, received, &Calendar::default()).due;
    format!("{} days left", received.until(due).unwrap().get_days())
}

on_either_engine! {
    async fn an_appeal_is_decided_by_somebody_else_and_has_its_own_time(app) {
        let mut first = operator(&app).await;
        assert!(set_operator(&app.state, "admin@operators.example", true).await.unwrap());
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        let (page, id) = refused(&app, &mut first, "access", &email).await;
        let mut browser = from_elsewhere(&app, 2);
        let told = browser.get(&page).await;
        assert!(told.body.contains("Appeal the decision") && told.body.contains("You can appeal on the page") && runs_no_script(&told.body), "{}", told.body);
        app.state.clock.advance(10 * 86_400);
        let mut first = again(&app, "caseworker@operators.example").await;
        let silent = appeal(&mut browser, &page, " ").await;
        assert!(browser.get(silent.location()).await.body.contains("Say why you do not agree"), "{}", silent.location());
        let made = appeal(&mut browser, &page, "It was my first one.").await;
        assert!(made.status == 303 && made.location().starts_with("/privacy/track/") && made.location() != page, "{}", made.body);
        let second_page = made.location().to_owned();
        let told = browser.get(&second_page).await.body;
        assert!(told.contains("It appeals the decision on") && told.contains("Somebody is looking at it."), "{told}");
        assert!(browser.get(&page).await.body.contains("You appealed this decision."));
        assert_eq!(appeal(&mut browser, &page, "Once more.").await.status, 303);
        assert_eq!(ids(&mut first, "operator").await.len(), 1, "once");
        let mails = app.mails().await;
        assert!(mails.iter().any(|mail| mail.to == email && mail.subject.contains("We have your appeal") && !mail.body.contains("first one")));
        assert!(mails.iter().any(|mail| mail.to == "admin@operators.example" && mail.subject.contains("An appeal has come in")));
        let second = ids(&mut first, "operator").await.remove(0);
        let view = seen(&mut first, "operator", &second).await;
        let old = seen(&mut first, "operator", &id).await;
        assert_eq!((view["row"]["kind"].as_str(), view["row"]["appeal"].as_bool()), (Some("access"), Some(true)));
        assert_eq!(view["appeals"]["reference"], old["row"]["reference"]);
        assert_eq!(old["appealed"][1], view["row"]["reference"]);
        let received = |view: &serde_json::Value| view["row"]["received"].as_str().unwrap().to_owned();
        assert!(received(&view) > received(&old));
        assert_eq!(view["row"]["due"]["left"], open_for(&view), "its time runs from its own day");

        // Whoever refused cannot decide, by no step that decides.
        let no = [("ground", "excessive"), ("words", "Still."), ("other", "R-2222-2222")];
        for act in ["fulfil", "refuse", "refuse_partly", "duplicate"] {
            let tried = step(&mut first, "operator", &second, act, &no).await;
            assert_eq!(tried.fault().about("act"), Some("You decided the first time. Somebody else has to decide on the appeal."), "{act}");
        }
        let shown = first.get(&format!("/operator/requests/{second}")).await.body;
        assert!(shown.contains("This appeals your own decision") && !shown.contains("Accept the request"), "{shown}");
        assert!(first.get("/operator/requests").await.body.contains(">Appeal<"));

        // Somebody else grants it: it is carried out like any other.
        let mut other = again(&app, "admin@operators.example").await;
        granted(&app, &mut other, &second).await;
        sent(&mut other, &second).await;
        assert!(browser.get(&format!("{second_page}/answer")).await.body.starts_with("PK"));
        assert!(!browser.get(&second_page).await.body.contains("The same person"));
        assert!(evidence(&seen(&mut other, "operator", &id).await).join("; ").contains("received the appeal"));
        verified(&app).await;
    }

    async fn where_there_is_nobody_else_the_requester_reads_that(app) {
        let app = app.configured(|config| config.operator.authority = "the Hamburg Commissioner".into());
        let mut operator = operator(&app).await;
        let (page, _) = refused(&app, &mut operator, "erasure", "p@nobody.example").await;
        let mut browser = from_elsewhere(&app, 2);
        let second_page = appeal(&mut browser, &page, "It is not excessive.").await.location().to_owned();
        let second = ids(&mut operator, "operator").await.remove(0);
        assert!(operator.get(&format!("/operator/requests/{second}")).await.body.contains("nobody else looks after requests here"));
        assert_eq!(step(&mut operator, "operator", &second, "refuse", &[("ground", "excessive"), ("words", "It is.")]).await.status, 200);
        let told = browser.get(&second_page).await.body;
        for part in ["It was refused on appeal.", "The same person as the first time", "Refused on appeal.", "the Hamburg Commissioner", "go to court"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("Appeal the decision"), "there is no appeal after it");
        let token = second_page.strip_prefix("/privacy/track/").unwrap();
        let twice = browser.call(APPEAL, &[("token", token), ("words", "Again.")]).await.fault();
        assert!(twice.about("act").is_some_and(|text| text.contains("no decision here that can be appealed")), "{twice:?}");
        verified(&app).await;
    }

    async fn at_an_organisation_another_admin_decides_an_appeal(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let org = desk.organisation.id.to_string();
        let mut browser = from_elsewhere(&app, 1);
        browser.call(ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", "p@nobody.example"), ("name", "P.")]).await;
        let page = confirm(&app, &mut browser, "p@nobody.example").await;
        let id = ids(&mut desk.browser, "desk").await.remove(0);
        // Refused in part counts, too, and can be appealed once the rest is answered.
        assert_eq!(step(&mut desk.browser, "desk", &id, "refuse_partly", &[("ground", "exemption"), ("words", "One letter.")]).await.status, 200);
        assert!(!browser.get(&page).await.body.contains("Appeal the decision"));
        assert_eq!(step(&mut desk.browser, "desk", &id, "write_answer", &[("words", "The rest.")]).await.status, 200);
        for act in ["check", "deliver"] {
            assert_eq!(step(&mut desk.browser, "desk", &id, act, &[]).await.status, 200);
        }
        let second_page = appeal(&mut browser, &page, "That letter is about me.").await.location().to_owned();
        let second = ids(&mut desk.browser, "desk").await.remove(0);
        assert_eq!(step(&mut desk.browser, "desk", &second, "fulfil", &[]).await.status, 422);
        let mut admin = desk.organisation.signed_in(&app, Role::Admin).await;
        assert_eq!(step(&mut admin, "desk", &second, "fulfil", &[]).await.status, 200);
        assert_eq!(step(&mut admin, "desk", &second, "write_answer", &[("words", "Here it is.")]).await.status, 200);
        for act in ["check", "deliver"] {
            assert_eq!(step(&mut admin, "desk", &second, act, &[]).await.status, 200);
        }
        let answer = browser.get(&format!("{second_page}/answer")).await.body;
        assert!(answer.starts_with("Here it is.") && answer.contains("go to court"), "{answer}");
        verified(&app).await;
    }
}
