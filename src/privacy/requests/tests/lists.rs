//! The lists go on past their first page, their filters stand in the address, and what has to be passed on is seen.

use std::collections::BTreeSet;

use super::{ASK, again, ask, confirm, from_elsewhere, hold_back, ids, operator, seen, step, verified};
use crate::{
    accounts::Role,
    cases::testing::Desk,
    privacy::requests,
    server::{
        db::global_sql,
        jobs::Worker,
        testing::{Browser, TestApp, on_either_engine},
    },
};

/// The requests of a page, and where the next one is.
async fn page(browser: &mut Browser, path: &str) -> (Vec<String>, Option<String>) {
    let shown = browser.get(path).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let links = shown.body.split("<a href=\"/operator/requests/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let next = shown.body.split('<').find(|tag| tag.contains("rel=\"next\""));
    let next = next.map(|tag| tag.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&"));
    (links.collect(), next)
}

/// All pages of a list: how many, and what stood on them.
async fn walk(browser: &mut Browser, from: &str) -> (usize, Vec<String>) {
    let (mut all, mut pages, mut at) = (Vec::new(), 0, Some(from.to_owned()));
    while let Some(path) = at {
        let (links, next) = page(browser, &path).await;
        assert!(links.len() <= 50);
        all.extend(links);
        pages += 1;
        at = next;
    }
    (pages, all)
}

async fn many(app: &TestApp, count: u16) {
    for nth in 0..count {
        let kind = if nth % 2 == 0 { "access" } else { "erasure" };
        let email = format!("p{nth}@nobody.example");
        let form = [("kind", kind), ("concern", "account"), ("email", email.as_str())];
        assert_eq!(from_elsewhere(app, 2_000 + nth).call(ASK, &form).await.status, 200);
    }
}

/// What watches over the one request there is.
async fn watching(app: &TestApp) -> i64 {
    app.state.db.global(global_sql!("select count(*) from jobs where kind = 'rights-alert'")).scalar().await.unwrap()
}

/// Carries out what watches over deadlines, and leaves the mail in the outbox.
async fn look(app: &TestApp) {
    let worker = Worker::new(app.state.clone()).with(requests::ALERT_JOB, requests::run_alert).with("mail", hold_back);
    worker.drain().await.unwrap();
}

on_either_engine! {
    async fn a_list_of_450_requests_is_walked_page_by_page(app) {
        let mut operator = operator(&app).await;
        many(&app, 450).await;
        let (pages, all) = walk(&mut operator, "/operator/requests").await;
        assert_eq!((pages, all.len(), all.iter().collect::<BTreeSet<_>>().len()), (9, 450, 450));
        let (first, next) = page(&mut operator, "/operator/requests").await;
        assert!(operator.get("/operator/requests").await.body.contains("50 of 450 requests"));
        // What comes and goes meanwhile moves nothing: the next page begins behind the last row.
        let form = [("kind", "access"), ("concern", "account"), ("email", "late@nobody.example")];
        from_elsewhere(&app, 1).call(ASK, &form).await;
        assert_eq!(step(&mut operator, "operator", &first[3], "fail_identity", &[("words", "Nobody there.")]).await.status, 200);
        let (second, _) = page(&mut operator, &next.unwrap()).await;
        assert_eq!(second, all[50..100]);

        // The filter stays in the address, from page to page.
        let (pages, erasures) = walk(&mut operator, "/operator/requests?kind=erasure").await;
        assert_eq!(erasures.len() + usize::from(!erasures.contains(&first[3]) && all.iter().position(|id| *id == first[3]).unwrap() % 2 == 1), 225);
        assert_eq!(pages, 5);
        let (_, next) = page(&mut operator, "/operator/requests?kind=erasure").await;
        assert!(next.unwrap().starts_with("/operator/requests?kind=erasure&after="));
        let shown = operator.get("/operator/requests?kind=erasure").await.body;
        assert!(shown.contains("value=\"erasure\" selected") && shown.contains("href=\"/operator/requests?show=done&amp;kind=erasure\""), "{shown}");
        assert!(operator.get("/operator/requests?late=yes").await.body.contains("No request is like that"));
        // What is nonsense in an address shows the beginning.
        let (links, _) = page(&mut operator, "/operator/requests?kind=nothing&after=nonsense&late=maybe").await;
        assert_eq!(links.len(), 50);

        // The same for what is done.
        app.state.clock.advance(86_400 + 61);
        app.work().await;
        let mut operator = again(&app, "caseworker@operators.example").await;
        let (pages, done) = walk(&mut operator, "/operator/requests?show=done").await;
        assert_eq!((pages, done.len(), done.iter().collect::<BTreeSet<_>>().len()), (10, 451, 451));
        assert!(operator.get("/operator/requests").await.body.contains("Nothing to do"));
    }

    async fn what_names_an_organisation_is_passed_on_within_two_working_days_or_warned_of(app) {
        let mut operator = operator(&app).await;
        Desk::open(&app, "harbour", Role::Owner).await;
        let mut browser = from_elsewhere(&app, 1);
        let form = [("kind", "access"), ("concern", "case"), ("email", "p@nobody.example"), ("name", "P."), ("organisation", "harbour")];
        browser.call(ASK, &form).await;
        confirm(&app, &mut browser, "p@nobody.example").await;
        assert_eq!(watching(&app).await, 1);
        let id = ids(&mut operator, "operator").await.remove(0);
        let view = seen(&mut operator, "operator", &id).await;
        let by: jiff::civil::Date = view["row"]["pass_on"]["iso"].as_str().unwrap().parse().unwrap();
        let received: jiff::civil::Date = view["row"]["received"].as_str().unwrap().split('|').nth(2).unwrap().parse().unwrap();
        assert_eq!(by, requests::deadline::Calendar::default().plus_working(received, 2));
        let shown = operator.get("/operator/requests").await.body;
        assert!(shown.contains("Pass on: ") && !shown.contains("not passed on"), "{shown}");
        assert!(operator.get(&format!("/operator/requests/{id}")).await.body.contains("its organisation answers it"));
        app.work().await;
        let days = i64::from(received.until(by).unwrap().get_days());
        app.state.clock.advance((days - 1) * 86_400);
        look(&app).await;
        assert!(app.mails().await.is_empty(), "not before its day is over");
        app.state.clock.advance(2 * 86_400);
        look(&app).await;
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert!(mails[0].subject.starts_with("Not passed on") && mails[0].body.contains(&id) && !mails[0].body.contains("harbour"), "{:?}", mails[0]);
        let mut operator = again(&app, "caseworker@operators.example").await;
        let shown = operator.get("/operator/requests?late=yes").await.body;
        assert!(shown.contains("1 request that names an organisation is") && shown.contains("1 overdue") && shown.contains(&id), "{shown}");
        app.state.clock.advance(60);
        app.work().await;
        look(&app).await;
        assert!(app.mails().await.is_empty(), "once");
        assert_eq!(step(&mut operator, "operator", &id, "forward", &[("organisation", "harbour")]).await.status, 200);
        let shown = operator.get("/operator/requests").await.body;
        assert!(!shown.contains("not passed on") && shown.contains("none overdue"), "{shown}");
        verified(&app).await;
    }

    async fn a_renewed_link_moves_what_watches_for_its_end(app) {
        let mut operator = operator(&app).await;
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "access", "p@nobody.example", "").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        assert_eq!(watching(&app).await, 1);
        app.state.clock.advance(20 * 3_600);
        let mut operator = again(&app, "caseworker@operators.example").await;
        assert_eq!(step(&mut operator, "operator", &id, "send_link", &[]).await.status, 200);
        assert_eq!(watching(&app).await, 1, "moved, not doubled");
        app.state.clock.advance(5 * 3_600);
        look(&app).await;
        let mut operator = again(&app, "caseworker@operators.example").await;
        assert_eq!(seen(&mut operator, "operator", &id).await["row"]["state"], "identity_pending", "the new link still works");
        app.state.clock.advance(19 * 3_600 + 61);
        look(&app).await;
        let mut operator = again(&app, "caseworker@operators.example").await;
        assert_eq!(seen(&mut operator, "operator", &id).await["row"]["state"], "identity_failed");
        assert_eq!(watching(&app).await, 0);
        // Seen in some other way it goes on, and is watched over again, once.
        assert_eq!(step(&mut operator, "operator", &id, "verify", &[("words", "Called back.")]).await.status, 200);
        assert_eq!(watching(&app).await, 1);
        verified(&app).await;
    }
}
