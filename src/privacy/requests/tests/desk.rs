//! Requests about cases: an organisation's own, and nobody else's; and the deadlines that nobody has to remember.

use super::{ASK, again, ask, confirm, evidence, from_elsewhere, hold_back, ids, operator, runs_no_script, seen, step, verified};
use crate::{accounts::Role, cases::testing::Desk, fault::Fault, server::testing::on_either_engine};

on_either_engine! {
    async fn dr_15_a_request_about_a_case_tells_nothing_of_what_is_held(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        desk.case("Held about Jo Doe").await;
        let org = desk.organisation.id.to_string();
        let page = format!("/privacy/request?to={org}&kind=access");
        let back = app.browser().post(&page, ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", ""), ("name", "Jo Kept")]).await;
        assert!(app.browser().get(back.location()).await.body.contains("value=\"Jo Kept\""), "what was typed comes back");
        let mut pages = Vec::new();
        for (nth, name) in ["Jo Doe", "Jo Eod"].into_iter().enumerate() {
            let mut browser = from_elsewhere(&app, u16::try_from(nth).unwrap());
            let email = format!("person{nth}@nobody.example");
            let form = browser.get(&format!("/privacy/request?to={org}&kind=access")).await;
            assert!(form.body.contains("It goes to harbour."), "{}", form.body);
            let sent = browser.post("/privacy/request", ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", &email), ("name", name)]).await;
            assert_eq!((sent.status.as_u16(), sent.location(), sent.body.as_str()), (303, "/privacy/request/sent", ""));
            let page = confirm(&app, &mut browser, &email).await;
            let body = browser.get(&page).await.body;
            // Behind the document stand only the nonce and data of this very answer.
            let body = body.split("</html>").next().unwrap().to_owned();
            let reference = body.split("<span class=\"number\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
            // What differs is the reference, the moment, and the link itself.
            let moment = body.split("datetime=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let token = page.strip_prefix("/privacy/track/").unwrap();
            pages.push(body.replace(&reference, "R").replace(&moment, "T").replace(token, "K"));
        }
        assert_eq!(pages[0], pages[1]);
        assert!(!pages[0].contains("Jo "));
        assert_eq!(ids(&mut desk.browser, "desk").await.len(), 2);
    }

    async fn dr_15_the_operator_passes_a_request_on_and_the_requester_keeps_one_link(app) {
        let mut operator = operator(&app).await;
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let mut browser = from_elsewhere(&app, 1);
        let form = [("kind", "erasure"), ("concern", "case"), ("email", "p@nobody.example"), ("name", "P. Rovist"), ("organisation", "Harbour?")];
        assert_eq!(browser.call(ASK, &form).await.status, 200);
        let page = confirm(&app, &mut browser, "p@nobody.example").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        let unknown = step(&mut operator, "operator", &id, "forward", &[("organisation", "Harbour?")]).await;
        assert!(unknown.fault().about("organisation").is_some(), "{}", unknown.body);
        assert_eq!(step(&mut operator, "operator", &id, "forward", &[("organisation", "harbour")]).await.status, 200);
        assert_eq!(seen(&mut operator, "operator", &id).await["row"]["state"], "forwarded");
        // The organisation has it with a clock of its own; the requester's link leads there now.
        let theirs = ids(&mut desk.browser, "desk").await.remove(0);
        let view = seen(&mut desk.browser, "desk", &theirs).await;
        assert_eq!((view["row"]["state"].as_str(), view["asked"]["name"].as_str(), view["passed_on"].as_bool()), (Some("in_review"), Some("P. Rovist"), Some(true)));
        let told = browser.get(&page).await.body;
        assert!(told.contains("to harbour") && told.contains("passed on to them"), "{told}");
        let mails = app.mails().await;
        assert!(mails.iter().any(|mail| mail.to == "p@nobody.example" && mail.subject.contains("forwarded") && mail.body.contains("\u{201c}harbour\u{201d} is responsible")));
        assert!(mails.iter().any(|mail| mail.to == "owner@harbour.example" && mail.body.contains("/desk/") && !mail.body.contains("Rovist")));
        assert!(evidence(&view).join("; ").contains("from the operator"));
        // What the desk does, the operator does not see.
        assert_eq!(operator.read("/api/requests/operator_request", &[("request", &theirs)]).await.status, 404);
        assert_eq!(desk.browser.read("/api/requests/desk_request", &[("request", &id)]).await.status, 404);
        verified(&app).await;
    }

    async fn the_privacy_desk_works_a_request_with_its_checklist_and_cases(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let number = desk.case("About them").await;
        let org = desk.organisation.id.to_string();
        let mut browser = from_elsewhere(&app, 1);
        browser.call(ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", "p@nobody.example"), ("name", "P. Rovist")]).await;
        let page = confirm(&app, &mut browser, "p@nobody.example").await;
        let id = ids(&mut desk.browser, "desk").await.remove(0);
        for step_name in ["identity", "search", "third_parties", "exemptions", "decision"] {
            assert_eq!(step(&mut desk.browser, "desk", &id, "tick", &[("step", step_name)]).await.status, 200);
        }
        assert_eq!(step(&mut desk.browser, "desk", &id, "untick", &[("step", "exemptions")]).await.status, 200);
        assert!(step(&mut desk.browser, "desk", &id, "link_case", &[("case", "LA-1999-00001")]).await.fault().about("case").is_some());
        assert_eq!(step(&mut desk.browser, "desk", &id, "link_case", &[("case", &number)]).await.status, 200);
        assert_eq!(step(&mut desk.browser, "desk", &id, "note", &[("words", "Canary note of ours")]).await.status, 200);
        // Sent twice it is one note; with other words it is another.
        let key = uuid::Uuid::now_v7().to_string();
        for words in ["Called them", "Called them", "Called them again"] {
            assert_eq!(step(&mut desk.browser, "desk", &id, "note", &[("words", words), ("key", &key)]).await.status, 200);
        }
        let shown = desk.browser.get(&format!("/desk/{id}")).await.body;
        // In the conversation and in the record, as the one before.
        let said = |words: &str| shown.matches(&format!("{words}<")).count();
        assert_eq!((said("Called them"), said("Called them again")), (said("Canary note of ours"), said("Canary note of ours")), "{shown}");
        assert_eq!(step(&mut desk.browser, "desk", &id, "forward", &[("organisation", "harbour")]).await.status, 400);
        let shown = desk.browser.get(&format!("/desk/{id}")).await;
        assert_eq!(shown.status, 200);
        assert!(shown.body.contains(&number) && shown.body.contains("Canary note of ours") && shown.body.contains("Done by") && runs_no_script(&shown.body), "{}", shown.body);
        assert!(!browser.get(&page).await.body.contains("Canary"), "a note is the desk's own");
        // Whoever may not see a case does not see its number here either.
        let version = desk.read(&number).await.version.to_string();
        let owner = desk.organisation.user(Role::Owner).to_string();
        let restricted = desk.browser.call("/api/cases/set_access", &[("number", &number), ("version", &version), ("restricted", "on"), ("viewers[]", &owner)]).await;
        assert_eq!(restricted.status, 200, "{}", restricted.body);
        let mut admin = desk.organisation.signed_in(&app, Role::Admin).await;
        let theirs = seen(&mut admin, "desk", &id).await;
        assert_eq!(theirs["cases"].as_array().unwrap().len(), 0, "{theirs}");
        for place in [format!("/desk/{id}"), "/settings/record".to_owned()] {
            let page = admin.get(&place).await;
            assert!(page.status == 200 && page.body.contains("to a restricted case") && !page.body.contains(&number), "{place}: {}", page.body);
            assert!(desk.browser.get(&place).await.body.contains(&number), "{place}");
        }
        for role in [Role::ReadOnly, Role::Caseworker, Role::Supervisor] {
            let mut lesser = desk.organisation.signed_in(&app, role).await;
            for place in ["/desk".to_owned(), format!("/desk/{id}")] {
                let page = lesser.get(&place).await;
                assert_eq!(page.status, 403, "{role:?} {place}");
                assert!(!page.body.contains("Rovist"));
            }
        }
        for place in ["/desk", "/operator/requests"] {
            assert!(app.browser().get(place).await.location().starts_with("/login?next="));
            assert_eq!(admin.get("/operator/requests").await.status, 403);
        }
        verified(&app).await;
    }

    async fn the_law_and_the_holidays_are_a_setting(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let org = desk.organisation.id.to_string();
        let bad = desk.browser.call("/api/requests/desk_settings", &[("regime", "none"), ("holidays", "25.12."), ("version", "0")]).await.fault();
        assert!(bad.about("regime").is_some() && bad.about("holidays").is_some_and(|text| text.contains("25.12.")), "{bad:?}");
        let set = desk.browser.call("/api/requests/desk_settings", &[("regime", "ccpa"), ("holidays", "2026-12-25 2026-12-26"), ("version", "0")]).await;
        assert_eq!(set.status, 200, "{}", set.body);
        assert_eq!(desk.browser.call("/api/requests/desk_settings", &[("regime", "gdpr"), ("holidays", ""), ("version", "0")]).await.status, 409);
        let mut browser = from_elsewhere(&app, 1);
        browser.call(ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", "p@nobody.example"), ("name", "P.")]).await;
        let id = ids(&mut desk.browser, "desk").await.remove(0);
        let view = seen(&mut desk.browser, "desk", &id).await;
        assert_eq!((view["regime"].as_str(), view["row"]["due"]["left"].as_str()), (Some("ccpa"), Some("45 days left")));
        let mut operator = operator(&app).await;
        let zone = operator.call("/api/requests/operator_settings", &[("regime", "uk_gdpr"), ("holidays", ""), ("time_zone", "Europe/London"), ("version", "0")]).await;
        assert_eq!(zone.status, 200, "{}", zone.body);
        assert!(operator.get("/operator/requests").await.body.contains("UK GDPR"));
        verified(&app).await;
    }

    async fn deadlines_are_brought_to_mind_and_late_is_shown_to_both(app) {
        let mut operator = operator(&app).await;
        // 45 days in every month of the year.
        let law = [("regime", "ccpa"), ("holidays", ""), ("time_zone", "UTC"), ("version", "0")];
        assert_eq!(operator.call("/api/requests/operator_settings", &law).await.status, 200);
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "access", "p@nobody.example", "").await;
        let page = confirm(&app, &mut browser, "p@nobody.example").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        app.work().await;
        for (days, subject) in [(24, "50 %"), (11, "75 %"), (7, "90 %"), (5, "Overdue")] {
            brought_to_mind(&app, &id, days, subject).await;
        }
        assert!(browser.get(&page).await.body.contains("late"), "the requester sees it, too");
        let (open, overdue) = crate::privacy::requests::operators_open_and_overdue(&app.state).await.unwrap();
        assert_eq!((open, overdue), (1, 1));
        verified(&app).await;
    }

    async fn after_an_extension_the_parts_of_all_the_time_are_brought_to_mind(app) {
        let mut desk = operator(&app).await;
        // 45 days, and 90 once extended.
        let law = [("regime", "ccpa"), ("holidays", ""), ("time_zone", "UTC"), ("version", "0")];
        assert_eq!(desk.call("/api/requests/operator_settings", &law).await.status, 200);
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "access", "p@nobody.example", "").await;
        confirm(&app, &mut browser, "p@nobody.example").await;
        let id = ids(&mut desk, "operator").await.remove(0);
        app.work().await;
        for (days, subject) in [(24, "50 %"), (11, "75 %"), (7, "90 %")] {
            brought_to_mind(&app, &id, days, subject).await;
        }
        let mut desk = again(&app, "caseworker@operators.example").await;
        let extended = step(&mut desk, "operator", &id, "extend", &[("words", "There are many files.")]).await;
        assert_eq!(extended.status, 200, "{}", extended.body);
        app.work().await;
        for (days, subject) in [(4, "50 %"), (23, "75 %"), (13, "90 %"), (10, "Overdue")] {
            brought_to_mind(&app, &id, days, subject).await;
        }
        verified(&app).await;
    }

    async fn a_duplicate_is_of_another_request_of_the_same_person_here(app) {
        let mut operator = operator(&app).await;
        let mut references = Vec::new();
        for email in ["p@nobody.example", "P@nobody.example", "q@nobody.example"] {
            let mut browser = from_elsewhere(&app, 1);
            let before = ids(&mut operator, "operator").await;
            ask(&mut browser, "access", email, "").await;
            confirm(&app, &mut browser, email).await;
            let id = ids(&mut operator, "operator").await.into_iter().find(|id| !before.contains(id)).unwrap();
            let reference = seen(&mut operator, "operator", &id).await["row"]["reference"].as_str().unwrap().to_owned();
            references.push((id, reference));
        }
        let [(first, original), (second, own), (third, strangers)] = references.as_slice() else { panic!() };
        // One at another place is none, even of the same address.
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let org = desk.organisation.id.to_string();
        from_elsewhere(&app, 2).call(ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", "p@nobody.example"), ("name", "P.")]).await;
        let theirs = ids(&mut desk.browser, "desk").await.remove(0);
        let elsewhere = seen(&mut desk.browser, "desk", &theirs).await["row"]["reference"].as_str().unwrap().to_owned();
        for wrong in ["", "asked before", "R-2222-2222", own, strangers, &elsewhere] {
            let refused = step(&mut operator, "operator", second, "duplicate", &[("other", wrong)]).await;
            assert!(refused.fault().about("other").is_some_and(|says| says.starts_with("Write the reference")), "{wrong}: {}", refused.body);
        }
        assert_eq!(seen(&mut operator, "operator", second).await["row"]["state"], "in_review");
        let typed = format!(" {} ", original.to_lowercase());
        assert_eq!(step(&mut operator, "operator", second, "duplicate", &[("other", &typed)]).await.status, 200);
        let view = seen(&mut operator, "operator", second).await;
        assert_eq!((view["row"]["state"].as_str(), view["duplicate_of"].as_str()), (Some("duplicate"), Some(original.as_str())));
        // And not round in a circle, or nobody would answer.
        assert_eq!(step(&mut operator, "operator", first, "duplicate", &[("other", own)]).await.status, 422);
        assert_eq!(step(&mut operator, "operator", third, "duplicate", &[("other", original)]).await.status, 422);
        verified(&app).await;
    }

    async fn while_an_organisation_is_being_closed_requests_to_it_are_answered(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let org = desk.organisation.id.to_string();
        let form = [("kind", "access"), ("concern", "case"), ("to", org.as_str()), ("email", "p@nobody.example"), ("name", "P. Rovist")];
        assert!(!desk.browser.get("/settings/close").await.body.contains("is open. It is"));
        from_elsewhere(&app, 1).call(ASK, &form).await;
        let page = confirm(&app, &mut from_elsewhere(&app, 1), "p@nobody.example").await;
        let warned = desk.browser.get("/settings/close").await.body;
        assert!(warned.contains("1 privacy request is open. It is") && warned.contains("erased with the organisation"), "{warned}");
        let closed = desk.browser.call("/api/privacy/close_organisation", &[("password", crate::server::testing::PASSWORD)]).await;
        assert_eq!(closed.status, 200, "{}", closed.body);
        // Another one comes in, and both are still there to be answered.
        from_elsewhere(&app, 2).call(ASK, &form).await;
        assert!(desk.browser.get("/settings/close").await.body.contains("2 privacy requests are open."));
        let list = desk.browser.get("/desk").await;
        assert!(list.status == 200 && list.body.contains("/desk/"), "{}", list.body);
        let view = ids(&mut desk.browser, "desk").await;
        let mut states = Vec::new();
        for id in &view {
            states.push((seen(&mut desk.browser, "desk", id).await["row"]["state"] == "in_review", id.clone()));
        }
        let id = states.into_iter().find(|(reviewed, _)| *reviewed).unwrap().1;
        assert!(desk.browser.get(&format!("/desk/{id}")).await.body.contains("P. Rovist"));
        for (act, words) in [("fulfil", ""), ("write_answer", "Nothing is held."), ("check", ""), ("deliver", "")] {
            let went = step(&mut desk.browser, "desk", &id, act, &[("words", words)]).await;
            assert_eq!(went.status, 200, "{act}: {}", went.body);
        }
        assert_eq!(from_elsewhere(&app, 1).get(&format!("{page}/answer")).await.body, "Nothing is held.");
        // What is the organisation's own is not changed, its settings included.
        let set = desk.browser.call("/api/requests/desk_settings", &[("regime", "ccpa"), ("holidays", ""), ("version", "0")]).await;
        assert!(set.status == 403 && set.body.contains("is being closed"), "{}", set.body);
        verified(&app).await;
    }

    async fn an_organisation_is_not_told_that_a_requester_has_an_account(app) {
        let mut operator = operator(&app).await;
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let org = desk.organisation.id.to_string();
        let holders = app.organisation("holders").await;
        let email = holders.email(Role::Caseworker);
        let mut member = holders.signed_in(&app, Role::Caseworker).await;
        let sent = member.call(ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", &email), ("name", "P. Rovist")]).await;
        let page = sent.location().to_owned();
        assert!(page.starts_with("/privacy/track/"), "{page} {}", sent.body);
        // The same by way of the operator, who knows.
        let named = [("kind", "access"), ("concern", "case"), ("email", email.as_str()), ("name", "P. Rovist"), ("organisation", "harbour")];
        assert_eq!(member.call(ASK, &named).await.status, 200);
        let passed = ids(&mut operator, "operator").await.remove(0);
        assert_eq!(seen(&mut operator, "operator", &passed).await["proof"], "Signed in within the last ten minutes");
        assert_eq!(step(&mut operator, "operator", &passed, "forward", &[("organisation", "harbour")]).await.status, 200);
        let theirs = ids(&mut desk.browser, "desk").await;
        assert_eq!(theirs.len(), 2);
        for id in &theirs {
            for (act, words) in [("fulfil", ""), ("write_answer", "Nothing is held."), ("check", ""), ("deliver", "")] {
                assert_eq!(step(&mut desk.browser, "desk", id, act, &[("words", words)]).await.status, 200, "{act}");
            }
            let view = seen(&mut desk.browser, "desk", id).await;
            assert_eq!((view["proof"].as_str(), view["account"].as_bool()), (Some("Address confirmed"), Some(false)));
        }
        assert_eq!(member.get(&format!("{page}/answer")).await.status, 200);
        let stored: Vec<String> = app
            .state
            .db
            .tenant(desk.organisation.id.uuid(), crate::server::db::sql!("select confirmed_how from rights_requests where org_id = $1"))
            .scalars()
            .await
            .unwrap();
        assert_eq!(stored, ["link", "link"]);
        let mine = holders.user(Role::Caseworker);
        let traces: i64 = app
            .state
            .db
            .tenant(
                desk.organisation.id.uuid(),
                crate::server::db::sql!("select count(*) from audit_events where org_id = $1 and (actor_id = $2 or cast(facts as text) like '%signed_in%')"),
            )
            .bind(mine)
            .scalar()
            .await
            .unwrap();
        assert_eq!(traces, 0);
        verified(&app).await;
    }

    async fn what_nobody_confirms_ends_by_itself(app) {
        let mut operator = operator(&app).await;
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "access", "p@nobody.example", "").await;
        let link = app.mailed_link("p@nobody.example").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        app.state.clock.advance(86_400 + 61);
        app.work().await;
        assert_eq!(browser.get(&link).await.status, 410);
        let mut operator = again(&app, "caseworker@operators.example").await;
        let view = seen(&mut operator, "operator", &id).await;
        assert_eq!(view["row"]["state"], "identity_failed");
        assert_eq!(crate::privacy::requests::operators_open_and_overdue(&app.state).await.unwrap(), (0, 0));
        // Seen in some other way it goes on.
        assert_eq!(step(&mut operator, "operator", &id, "verify", &[("words", "Called back on the number on file.")]).await.status, 200);
        assert_eq!(seen(&mut operator, "operator", &id).await["row"]["state"], "in_review");
    }

    async fn nobody_works_the_inbox_but_operators_and_they_see_no_case(app) {
        let mut operator = operator(&app).await;
        assert!(operator.get("/home").await.body.contains("/operator/requests"));
        let org = app.organisation("others").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        assert!(!owner.get("/home").await.body.contains("/operator/requests"));
        let refused = owner.read("/api/requests/operator_inbox", &[]).await;
        assert!(matches!(refused.fault(), Fault::Forbidden { .. }), "{}", refused.body);
        let email = "caseworker@operators.example";
        assert!(crate::accounts::operator::set_operator(&app.state, email, false).await.unwrap());
        assert_eq!(operator.read("/api/requests/operator_inbox", &[]).await.status, 403);
        assert!(!crate::accounts::operator::set_operator(&app.state, "nobody@nobody.example", true).await.unwrap());
        verified(&app).await;
    }
}

/// So many days later a message with these words in its subject comes, and no other.
async fn brought_to_mind(app: &crate::server::testing::TestApp, id: &str, days: i64, subject: &str) {
    app.state.clock.advance(days * 86_400);
    only_alerts(app).await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{subject}: {mails:?}");
    assert!(mails[0].subject.contains(subject) && mails[0].body.contains(id), "{:?}", mails[0]);
    // What was held back goes out.
    app.state.clock.advance(60);
    app.work().await;
}

/// Carries out what watches over deadlines, and leaves the mail in the outbox.
async fn only_alerts(app: &crate::server::testing::TestApp) {
    use crate::{privacy::requests, server::jobs::Worker};
    let before = app.mails().await.len();
    assert_eq!(before, 0);
    let worker = Worker::new(app.state.clone()).with(requests::ALERT_JOB, requests::run_alert).with("mail", hold_back);
    worker.drain().await.unwrap();
}
