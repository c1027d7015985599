//! How long requests are kept, and what is left of one when the account of its requester is erased.

use uuid::Uuid;

use super::{ASK, ask, confirm, from_elsewhere, ids, operator, seen, step, verified};
use crate::{
    accounts::{Person, Role},
    privacy::{mine, retention, selftest::everything},
    server::{
        db::sql,
        testing::{TestApp, on_either_engine},
    },
};

const DAY: i64 = 86_400;

async fn count(app: &TestApp, what: &str) -> i64 {
    let statement = match what {
        "requests" => sql!("select count(*) from rights_requests where org_id = $1"),
        "messages" => sql!("select count(*) from rights_messages where org_id = $1"),
        "answers" => sql!("select count(*) from rights_answers where org_id = $1"),
        "outcomes" => sql!("select count(*) from rights_outcomes where org_id = $1"),
        "steps" => sql!("select count(*) from rights_steps where org_id = $1"),
        "links" => sql!("select count(*) from rights_links where org_id = $1"),
        other => panic!("{other}"),
    };
    app.state.db.tenant(Uuid::nil(), statement).scalar().await.unwrap()
}

async fn due(app: &TestApp, rule: &str) -> (i64, i64) {
    let lines = retention::forecast(&app.state).await.unwrap();
    let line = lines.iter().find(|line| line.id == rule).unwrap();
    (line.today, line.soon)
}

/// A request of an account holder that was asked about, noted, answered by letter and sent out. Answers its id.
async fn answered(app: &TestApp, operator: &mut crate::server::testing::Browser, email: &str, marker: &str) -> String {
    let mut browser = from_elsewhere(app, 1);
    ask(&mut browser, "rectification", email, &format!("{marker}-words")).await;
    let page = confirm(app, &mut browser, email).await;
    let token = page.strip_prefix("/privacy/track/").unwrap().to_owned();
    let id = ids(operator, "operator").await.remove(0);
    let question = format!("{marker}-question");
    assert_eq!(step(operator, "operator", &id, "ask", &[("words", &question)]).await.status, 200);
    let reply = format!("{marker}-reply");
    let answer = browser.call("/api/requests/reply", &[("token", &token), ("words", &reply)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (note, letter) = (format!("{marker}-note"), format!("{marker}-letter"));
    for (act, more) in [
        ("note", vec![("words", note.as_str())]),
        ("fulfil", vec![]),
        ("write_answer", vec![("words", letter.as_str())]),
        ("check", vec![]),
        ("deliver", vec![]),
    ] {
        let taken = step(operator, "operator", &id, act, &more).await;
        assert_eq!(taken.status, 200, "{act}: {}", taken.body);
    }
    id
}

on_either_engine! {
    async fn requests_go_thirty_six_months_after_they_were_closed(app) {
        let mut desk = operator(&app).await;
        app.organisation("alpha").await;
        let id = answered(&app, &mut desk, "caseworker@alpha.example", "rq").await;
        let mut other = from_elsewhere(&app, 2);
        ask(&mut other, "complaint", "somebody@nobody.example", "still open").await;
        confirm(&app, &mut other, "somebody@nobody.example").await;
        app.work().await;
        let before = (count(&app, "requests").await, count(&app, "messages").await, count(&app, "steps").await, count(&app, "answers").await);
        assert_eq!(before, (2, 3, 0, 1));
        // Requests for the erasure of an account have an outcome in numbers; the table takes one of any.
        let outcome = sql!("insert into rights_outcomes (org_id, request_id, at, certificate) values ($1, $2, 1, '{}')");
        app.state.db.tenant(Uuid::nil(), outcome).bind(id.parse::<Uuid>().unwrap()).execute().await.unwrap();
        app.state.clock.advance(1_066 * DAY);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(count(&app, "requests").await, 2);
        app.state.clock.advance(DAY);
        assert_eq!(due(&app, "rights_requests.rows").await, (0, 1));
        app.state.clock.advance(30 * DAY);
        assert_eq!(due(&app, "rights_requests.rows").await, (1, 1));
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("rights_requests.rows"), Some(&1));
        let after = (count(&app, "requests").await, count(&app, "messages").await, count(&app, "steps").await, count(&app, "answers").await);
        assert_eq!(after, (1, 0, 0, 0), "the one that is open stays");
        assert_eq!(count(&app, "outcomes").await, 0);
        assert!(!everything(&app.state).await.contains("rq-"), "what the record said of it can be read");
        let org = app.state.db.tenant(Uuid::nil(), sql!("select count(*) from audit_events where org_id = $1 and subject_id = $2"));
        assert!(org.bind(id.parse::<Uuid>().unwrap()).scalar::<i64>().await.unwrap() > 5, "that it was answered stays in the record");
        verified(&app).await;
        let page = app.browser().get("/privacy/retention").await.body;
        assert!(page.contains("36 months after they were closed") && !page.contains("at least 36"));
    }

    async fn a_package_that_never_went_out_goes_seven_days_after_its_request_ended(app) {
        let mut desk = operator(&app).await;
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        assert_eq!(browser.call(ASK, &[("kind", "access"), ("concern", "account"), ("email", "caseworker@alpha.example")]).await.status, 200);
        let id = ids(&mut desk, "operator").await.remove(0);
        assert_eq!(step(&mut desk, "operator", &id, "fulfil", &[]).await.status, 200);
        app.work().await;
        assert_eq!(count(&app, "answers").await, 1);
        app.state.clock.advance(20 * DAY);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(count(&app, "answers").await, 1, "it may still go out");
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(Uuid::nil()).await.unwrap();
        tx.query(sql!("update rights_requests set state = 'withdrawn', closed_at = $2 where org_id = $1")).bind(app.state.clock.now()).execute().await.unwrap();
        tx.commit().await.unwrap();
        app.state.clock.advance(6 * DAY);
        assert_eq!(due(&app, "rights_answers.packages").await, (0, 1));
        app.state.clock.advance(2 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("rights_answers.packages"), Some(&1));
        assert_eq!((count(&app, "answers").await, count(&app, "requests").await), (0, 1));
    }

    async fn a_request_is_nobodys_by_an_address_that_was_never_confirmed(app) {
        let org = app.organisation("alpha").await;
        let mut stray = from_elsewhere(&app, 3);
        ask(&mut stray, "complaint", "caseworker@alpha.example", "perhaps-another").await;
        app.work().await;
        let user = org.user(Role::Caseworker);
        let copy = async || {
            let person = Person::of(&app.state.db, user).await.unwrap();
            let held = mine::held(&app.state, &person).await.unwrap();
            held.sections.iter().flat_map(|section| &section.rows).flatten().cloned().collect::<Vec<_>>().join("\n")
        };
        let verify = async |at: Option<crate::clock::Instant>| {
            let update = app.state.db.global(crate::server::db::global_sql!("update users set email_verified_at = $2 where id = $1"));
            update.bind(user).bind(at).execute().await.unwrap();
        };
        verify(None).await;
        assert!(!copy().await.contains("perhaps-another"));
        verify(Some(app.state.clock.now())).await;
        assert!(copy().await.contains("perhaps-another"));
    }

    async fn dr_3_what_was_written_about_a_request_goes_with_the_account(app) {
        let mut desk = operator(&app).await;
        let org = app.organisation("alpha").await;
        let id = answered(&app, &mut desk, "caseworker@alpha.example", "theirs").await;
        let others = answered(&app, &mut desk, "supervisor@alpha.example", "others").await;
        // One that was never confirmed, from the same address.
        let mut stray = from_elsewhere(&app, 3);
        ask(&mut stray, "complaint", "Caseworker@alpha.example", "theirs-stray").await;
        app.state.clock.advance(2 * DAY);
        app.work().await;
        // One that waits to be confirmed, and one of somebody else.
        let mut waits = from_elsewhere(&app, 4);
        ask(&mut waits, "objection", " caseworker@ALPHA.example ", "theirs-waiting").await;
        ask(&mut waits, "objection", "supervisor@alpha.example", "others-waiting").await;
        let person = Person::of(&app.state.db, org.user(Role::Caseworker)).await.unwrap();
        let held = mine::held(&app.state, &person).await.unwrap();
        let copy: String = held.sections.iter().flat_map(|section| &section.rows).flatten().cloned().collect::<Vec<_>>().join("\n");
        for part in ["theirs-words", "theirs-question", "theirs-reply", "theirs-letter", "theirs-stray", "theirs-waiting"] {
            assert!(copy.contains(part), "{part} is not in the copy");
        }
        assert!(!copy.contains("theirs-note") && !copy.contains("others-"));
        assert!(everything(&app.state).await.contains("theirs-note"));

        mine::erase(&app.state, person.id).await.unwrap();
        let all = everything(&app.state).await;
        assert!(!all.contains("theirs-") && all.contains("others-words") && all.contains("others-letter") && all.contains("others-waiting"), "{}", all.lines().filter(|line| line.contains("theirs-")).collect::<Vec<_>>().join("\n"));
        // The proof that it was dealt with stays.
        let mut keeper = org.signed_in(&app, Role::Owner).await;
        assert_eq!(keeper.get("/me/privacy").await.status, 200);
        let view = {
            let email = app.state.db.global(crate::server::db::global_sql!("select u.email from users u join operators p on p.user_id = u.id")).scalar::<String>().await.unwrap();
            desk.sign_in(&email).await;
            seen(&mut desk, "operator", &id).await
        };
        assert_eq!((view["row"]["state"].as_str(), view["row"]["kind"].as_str(), view["erased"].as_bool(), view["account"].as_bool()), (Some("delivered"), Some("rectification"), Some(true), Some(false)));
        assert!(view["evidence"].as_array().unwrap().len() > 5);
        assert!(!desk.get(&format!("/operator/requests/{id}")).await.body.contains("theirs-"));
        assert!(desk.get(&format!("/operator/requests/{others}")).await.body.contains("others-words"));
        verified(&app).await;
    }
}
