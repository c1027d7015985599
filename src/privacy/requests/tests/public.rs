//! What anybody may do: ask, confirm, follow, answer, take back, download.

use super::{ASK, ask, confirm, evidence, from_elsewhere, ids, operator, runs_no_script, seen, step, verified};
use crate::{
    accounts::Role,
    fault::Fault,
    privacy::requests::model::Kind,
    server::testing::{Answered, Browser, TestApp, on_either_engine},
};

/// An answer without what differs on every request anyway.
fn comparable(answer: &Answered) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id" && *name != "content-security-policy")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status.as_u16(), headers, answer.body.clone())
}

/// Through the form itself, without script: first the choice, then the form, then the link.
async fn by_form(app: &TestApp, browser: &mut Browser, kind: Kind, email: &str) -> String {
    let choice = browser.get("/privacy/request").await;
    assert!(choice.body.contains(&format!("value=\"{}\"", kind.key())) && runs_no_script(&choice.body), "{}", choice.body);
    let page = format!("/privacy/request?kind={}&concern=account", kind.key());
    let form = browser.get(&page).await;
    assert_eq!(form.status, 200);
    let sent = browser.post(&page, ASK, &[("kind", kind.key()), ("concern", "account"), ("email", email), ("words", "My words.")]).await;
    let next = if kind.needs_proof() { "/privacy/request/sent".to_owned() } else { format!("/privacy/request/sent?kind={}", kind.key()) };
    assert_eq!((sent.status.as_u16(), sent.location()), (303, next.as_str()), "{kind:?}: {}", sent.body);
    let told = browser.get(&next).await.body;
    assert!(told.contains("We have your request"));
    assert_eq!(told.contains("24 hours"), kind.needs_proof(), "{kind:?}: only what has to be confirmed gets a link that runs out");
    assert_eq!(told.contains("You have nothing to confirm."), !kind.needs_proof(), "{kind:?}");
    let link = app.mailed_link(email).await;
    if !kind.needs_proof() {
        return link;
    }
    let token = link.strip_prefix("/privacy/confirm/").unwrap().to_owned();
    assert!(browser.get(&link).await.body.contains("It was me"));
    let confirmed = browser.post("", "/api/requests/confirm", &[("token", &token), ("token_page", &link)]).await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.body);
    // It works once.
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(browser.call("/api/requests/confirm", &[("token", &token)]).await.fault(), Fault::Gone);
    confirmed.location().to_owned()
}

on_either_engine! {
    async fn dr_10_that_a_request_has_come_in_is_said_at_once(app) {
        let (mut browser, email) = (from_elsewhere(&app, 1), "p@nobody.example");
        ask(&mut browser, "access", email, "").await;
        let said = async || app.mails().await.into_iter().find(|mail| mail.to == email && mail.subject.starts_with("We have your privacy request"));
        assert!(said().await.is_none(), "it is nobody's before the address is confirmed");
        confirm(&app, &mut browser, email).await;
        let letter = said().await.unwrap();
        assert!(letter.body.contains("to be answered by 20"), "{}", letter.body);
    }

    async fn dr_9_every_kind_goes_its_way_without_script(app) {
        let mut operator = operator(&app).await;
        for (nth, kind) in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::OptOut).enumerate() {
            let mut browser = from_elsewhere(&app, u16::try_from(nth).unwrap());
            let email = format!("{}@nobody.example", kind.key());
            let page = by_form(&app, &mut browser, kind, &email).await;
            let track = browser.get(&page).await;
            assert_eq!((track.status.as_u16(), track.header("referrer-policy")), (200, "same-origin"), "{kind:?}");
            assert!(track.body.contains("Somebody is looking at it.") && track.body.contains("days left") && track.body.contains(kind.noun()), "{}", track.body);
            assert!(runs_no_script(&track.body), "{kind:?} sends script");
            // The operator accepts, writes, looks over and sends, by forms alone.
            let id = ids(&mut operator, "operator").await.remove(0);
            for (act, more) in [("fulfil", vec![]), ("write_answer", vec![("words", "Here is what we did.")]), ("check", vec![]), ("deliver", vec![])] {
                let place = format!("/operator/requests/{id}");
                let shown = operator.get(&place).await;
                assert_eq!(shown.status, 200, "{}", shown.body);
                let version = shown.input("version");
                let mut pairs = vec![("request", id.as_str()), ("version", version.as_str()), ("act", act)];
                pairs.extend(more);
                let went = operator.post(&place, "/api/requests/operator_act", &pairs).await;
                assert_eq!((went.status.as_u16(), went.location()), (303, format!("{place}?notice=saved").as_str()), "{kind:?} {act}: {}", went.body);
            }
            let answered = browser.get(&page).await;
            assert!(answered.body.contains("It is answered.") && answered.body.contains("Download the answer"), "{}", answered.body);
            let file = browser.get(&format!("{page}/answer")).await;
            assert_eq!((file.status.as_u16(), file.header("cache-control")), (200, "no-store"));
            // Below the answer to a complaint stands who can be asked next.
            let whole = file.body == "Here is what we did." || (kind == Kind::Complaint && file.body.starts_with("Here is what we did.\n\nIf you do not agree,"));
            assert!(whole, "{kind:?}: {}", file.body);
            let told = evidence(&seen(&mut operator, "operator", &id).await).join("; ");
            for part in ["received the request", "accepted", "wrote the answer", "put the answer", "sent the answer", "handed out the answer"] {
                assert!(told.contains(part), "{kind:?}: no {part} in {told}");
            }
        }
        verified(&app).await;
    }

    async fn dr_11_a_refusal_says_why_and_where_to_complain(app) {
        let mut operator = operator(&app).await;
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "erasure", "refused@nobody.example", "").await;
        let page = confirm(&app, &mut browser, "refused@nobody.example").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        let bare = step(&mut operator, "operator", &id, "refuse", &[("words", "It repeats.")]).await;
        assert_eq!(bare.fault().about("ground"), Some("Choose the ground. There is no refusal without one."));
        let silent = step(&mut operator, "operator", &id, "refuse", &[("ground", "excessive"), ("words", " ")]).await;
        assert!(silent.fault().about("words").is_some(), "{}", silent.body);
        assert_eq!(step(&mut operator, "operator", &id, "refuse", &[("ground", "excessive"), ("words", "It repeats another one.")]).await.status, 200);
        let told = browser.get(&page).await.body;
        assert!(told.contains("It repeats another one.") && told.contains("you can complain to the data protection authority") && told.contains("go to court"), "{told}");
        let mail = app.mails().await.into_iter().rev().find(|mail| mail.to == "refused@nobody.example").unwrap();
        assert!(mail.subject.contains("A decision") && !mail.body.contains("repeats"), "{mail:?}");
        // A form from before does not go through, and what was typed stays.
        let stale = operator.call("/api/requests/operator_act", &[("request", &id), ("version", "1"), ("act", "fulfil")]).await;
        assert_eq!(stale.status, 409, "{}", stale.body);
        verified(&app).await;
    }

    async fn a_question_pauses_the_clock_and_its_answer_goes_on(app) {
        let mut operator = operator(&app).await;
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "access", "asked@nobody.example", "").await;
        let page = confirm(&app, &mut browser, "asked@nobody.example").await;
        let token = page.strip_prefix("/privacy/track/").unwrap().to_owned();
        let id = ids(&mut operator, "operator").await.remove(0);
        let before = seen(&mut operator, "operator", &id).await["row"]["due"]["iso"].as_str().unwrap().to_owned();
        assert_eq!(step(&mut operator, "operator", &id, "ask", &[("words", "Which of <b>two</b> accounts?")]).await.status, 200);
        let asked = browser.get(&page).await.body;
        assert!(asked.contains("Which of &lt;b&gt;two&lt;/b&gt; accounts?") && asked.contains("the clock stands still"), "{asked}");
        let empty = browser.post("", "/api/requests/reply", &[("token", &token), ("token_page", &page), ("words", " ")]).await;
        assert!(empty.location().starts_with(&format!("{page}?kept=")), "{}", empty.location());
        app.state.clock.advance(4 * 86_400);
        let mut operator = { let mut again = app.browser(); again.sign_in("caseworker@operators.example").await; again };
        let said = browser.post("", "/api/requests/reply", &[("token", &token), ("token_page", &page), ("words", "The old one.")]).await;
        assert_eq!((said.status.as_u16(), said.location()), (303, page.as_str()));
        let view = seen(&mut operator, "operator", &id).await;
        let after = view["row"]["due"]["iso"].as_str().unwrap();
        assert_eq!(view["row"]["state"], "in_review");
        let days = before.parse::<jiff::civil::Date>().unwrap().until(after.parse::<jiff::civil::Date>().unwrap()).unwrap().get_days();
        assert_eq!(days, 4, "{before} to {after}");
        let taken_back = browser.call("/api/requests/withdraw", &[("token", &token)]).await;
        assert_eq!(taken_back.status, 200, "{}", taken_back.body);
        assert!(browser.get(&page).await.body.contains("You took it back."));
        assert_eq!(browser.call("/api/requests/withdraw", &[("token", &token)]).await.status, 422);
    }

    async fn dr_12_known_and_unknown_addresses_get_the_same_answer_in_the_same_time(app) {
        app.organisation("known").await;
        let mut answers = std::collections::BTreeSet::new();
        let mut times = [Vec::new(), Vec::new()];
        for nth in 0..200_u16 {
            for (which, name) in ["owner@known.example", "nobody@known.example"].into_iter().enumerate() {
                let mut browser = from_elsewhere(&app, 1_000 + nth * 2 + u16::try_from(which).unwrap());
                let started = std::time::Instant::now();
                let answer = browser.post("/privacy/request?kind=access&concern=account", ASK, &[("kind", "access"), ("concern", "account"), ("email", name)]).await;
                times[which].push(started.elapsed());
                answers.insert(comparable(&answer));
            }
        }
        assert_eq!(answers.len(), 1, "{answers:?}");
        let median = |times: &mut Vec<std::time::Duration>| { times.sort(); times[times.len() / 2] };
        let (known, unknown) = (median(&mut times[0]), median(&mut times[1]));
        assert!(known.abs_diff(unknown) < std::time::Duration::from_millis(10), "{known:?} {unknown:?}");
        let mails = app.mails().await;
        let to = |name: &str| mails.iter().filter(|mail| mail.to == name).count();
        // As many as one address may have, whosever it is.
        assert_eq!((to("owner@known.example"), to("nobody@known.example")), (5, 5));
    }

    async fn dr_13_an_opt_out_proves_nothing_and_asks_at_most_one_thing(app) {
        let mut browser = from_elsewhere(&app, 1);
        let page = browser.get("/privacy/request?kind=opt_out").await.body;
        let visible = page.split('<').filter(|tag| (tag.starts_with("input") || tag.starts_with("textarea") || tag.starts_with("select")) && !tag.contains("type=\"hidden\"")).count();
        assert_eq!(visible, 1, "{page}");
        let done = browser.post("/privacy/request?kind=opt_out", "/api/requests/opt_out", &[("address", "")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let track = browser.get(done.location()).await.body;
        assert!(track.contains("Your opt-out is in force.") && !track.contains("confirm"), "{track}");
        assert!(app.mails().await.is_empty());
        let noted = browser.call("/api/requests/opt_out", &[("address", "me@nobody.example")]).await;
        assert_eq!(noted.status, 200);
        assert!(app.mailed_link("me@nobody.example").await.starts_with("/privacy/track/"));
        assert!(browser.call("/api/requests/opt_out", &[("address", "nonsense")]).await.fault().about("address").is_some());
        verified(&app).await;
    }

    async fn a_request_that_is_sent_again_is_one(app) {
        let (mut browser, email) = (from_elsewhere(&app, 33), "twice@nobody.example");
        let page = "/privacy/request?kind=access&concern=account";
        let key = browser.get(page).await.input("key");
        let pairs = [("key", key.as_str()), ("kind", "access"), ("concern", "account"), ("email", email), ("words", "")];
        let first = browser.post(page, ASK, &pairs).await;
        for _ in 0..3 {
            let again = browser.post(page, ASK, &pairs).await;
            assert_eq!((again.status, again.location()), (first.status, first.location()));
        }
        assert_eq!(app.mails().await.iter().filter(|mail| mail.to == email).count(), 1);
        let mut desk = operator(&app).await;
        confirm(&app, &mut browser, email).await;
        assert_eq!(ids(&mut desk, "").await.len(), 1);
        // Whoever has just signed in proves it by that, and comes to the page of the one request each time.
        let org = app.organisation("fresh").await;
        let mut member = org.signed_in(&app, Role::Caseworker).await;
        let (key, mine) = (uuid::Uuid::now_v7().to_string(), org.email(Role::Caseworker));
        let pairs = [("key", key.as_str()), ("kind", "access"), ("concern", "account"), ("email", &mine), ("words", "")];
        for _ in 0..2 {
            let to = member.call(ASK, &pairs).await;
            assert!(to.location().starts_with("/privacy/track/"), "{} {}", to.location(), to.body);
            assert_eq!(member.get(to.location()).await.status, 200);
        }
        assert_eq!(ids(&mut desk, "").await.len(), 2);
        // With somebody else's key nothing is shown, and nothing is made.
        let mut stranger = from_elsewhere(&app, 34);
        let stolen = stranger.call(ASK, &pairs).await;
        assert_eq!(stolen.location(), "/privacy/request/sent");
        assert_eq!(ids(&mut desk, "").await.len(), 2);
    }

    async fn a_request_amended_after_a_lost_answer_is_refused_and_kept(app) {
        let (mut browser, email) = (from_elsewhere(&app, 35), "amended@nobody.example");
        let page = "/privacy/request?kind=rectification&concern=account";
        let key = browser.get(page).await.input("key");
        let form = |words| [("key", key.as_str()), ("kind", "rectification"), ("concern", "account"), ("email", email), ("words", words)];
        assert_eq!(browser.call(ASK, &form("My name is Ann.")).await.status, 200);
        let refused = browser.post(page, ASK, &form("My name is Ann, and I have moved.")).await;
        let back = browser.get(refused.location()).await;
        assert!(back.status == 409 && back.body.contains("This form was sent before") && back.body.contains("My name is Ann, and I have moved."), "{}", back.body);
        assert_ne!(back.input("key"), key);
        assert_eq!(app.mails().await.iter().filter(|mail| mail.to == email).count(), 1);
    }

    async fn dr_14_the_sixth_request_of_an_hour_waits_and_keeps_its_text(app) {
        let mut browser = from_elsewhere(&app, 1);
        for _ in 0..5 {
            assert_eq!(ask(&mut browser, "access", "many@nobody.example", "").await.status, 200);
        }
        let refused = ask(&mut browser, "access", "many@nobody.example", "").await;
        assert_eq!(refused.status, 429);
        let Fault::TooMany { retry_after } = refused.fault() else { panic!("{}", refused.body) };
        assert!((3_500..=3_600).contains(&retry_after), "{retry_after}");
        let page = "/privacy/request?kind=rectification&concern=account";
        let form = [("kind", "rectification"), ("concern", "account"), ("email", "many@nobody.example"), ("words", "A long and careful text.")];
        let back = browser.post(page, ASK, &form).await;
        assert!(back.location().starts_with(&format!("{page}&kept=")), "{}", back.location());
        let shown = browser.get(back.location()).await;
        assert_eq!(shown.status, 429);
        assert!(shown.body.contains("A long and careful text.") && shown.body.contains("many@nobody.example") && shown.body.contains("Too many attempts"), "{}", shown.body);
        // Another network is not held back, and an hour later neither is this one.
        assert_eq!(ask(&mut from_elsewhere(&app, 2), "access", "other@nobody.example", "").await.status, 200);
        app.state.clock.advance(3_601);
        assert_eq!(browser.post(page, ASK, &form).await.location(), "/privacy/request/sent");
    }

    async fn dr_16_an_answer_is_taken_by_its_requester_for_seven_days_and_five_times(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let email = org.email(Role::Caseworker);
        let mut browser = from_elsewhere(&app, 1);
        ask(&mut browser, "access", &email, "").await;
        let page = confirm(&app, &mut browser, &email).await;
        let file = format!("{page}/answer");
        assert_eq!(browser.get(&file).await.status, 404, "before it has gone out");
        let id = ids(&mut operator, "operator").await.remove(0);
        assert_eq!(seen(&mut operator, "operator", &id).await["account"], true);
        for (act, words) in [("fulfil", ""), ("write_answer", "Secret answer."), ("check", ""), ("deliver", "")] {
            assert_eq!(step(&mut operator, "operator", &id, act, &[("words", words)]).await.status, 200, "{act}");
        }
        app.work().await;
        // Somebody who is signed in as another person finds nothing; a guessed link neither.
        let mut other = org.signed_in(&app, Role::Supervisor).await;
        assert_eq!(other.get(&file).await.status, 404);
        assert_eq!(other.get(&page).await.status, 404);
        assert_eq!(app.browser().get("/privacy/track/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/answer").await.status, 404);
        for nth in 0..5 {
            let taken = browser.get(&file).await;
            assert_eq!((taken.status.as_u16(), taken.header("cache-control")), (200, "no-store"), "{nth}");
            assert!(taken.header("content-disposition").starts_with("attachment"));
        }
        assert_eq!(browser.get(&file).await.status, 410, "a sixth time");
        assert_eq!(step(&mut operator, "operator", &id, "renew", &[]).await.status, 200);
        assert_eq!(browser.get(&file).await.status, 200);
        app.state.clock.advance(7 * 86_400 + 1);
        assert_eq!(browser.get(&file).await.status, 410, "after seven days");
        assert!(browser.get(&page).await.body.contains("cannot be downloaded any more"));
        verified(&app).await;
    }

    async fn whoever_has_just_signed_in_needs_no_link(app) {
        let org = app.organisation("fresh").await;
        let email = org.email(Role::Caseworker);
        let mut fresh = org.signed_in(&app, Role::Caseworker).await;
        let answer = ask(&mut fresh, "access", &email, "").await;
        assert!(answer.location().starts_with("/privacy/track/"), "{}", answer.location());
        assert!(fresh.get(answer.location()).await.body.contains("Somebody is looking at it."));
        // Another address, or a sign-in of an hour ago, proves nothing.
        assert_eq!(ask(&mut fresh, "access", "another@nobody.example", "").await.location(), "/privacy/request/sent");
        app.state.clock.advance(3_601);
        assert_eq!(ask(&mut fresh, "access", &email, "").await.location(), "/privacy/request/sent");
    }

    async fn an_agent_says_for_whom_and_by_what_permission(app) {
        let mut operator = operator(&app).await;
        let mut browser = from_elsewhere(&app, 1);
        let page = "/privacy/request?kind=access&concern=account";
        let form = [("kind", "access"), ("concern", "account"), ("email", "agent@nobody.example"), ("agent", "on")];
        let back = browser.post(page, ASK, &form).await;
        let shown = browser.get(back.location()).await.body;
        assert!(shown.contains("Write whom you act for") && shown.contains("agent@nobody.example"), "{shown}");
        let whole = [&form[..], &[("permission", "For Jo Doe, who signed on 3 May: I let her ask.")]].concat();
        assert_eq!(browser.post(page, ASK, &whole).await.location(), "/privacy/request/sent");
        confirm(&app, &mut browser, "agent@nobody.example").await;
        let id = ids(&mut operator, "operator").await.remove(0);
        let view = seen(&mut operator, "operator", &id).await;
        assert_eq!((view["row"]["by_agent"].as_bool(), view["asked"]["permission"].as_str()), (Some(true), Some("For Jo Doe, who signed on 3 May: I let her ask.")));
        assert!(operator.get(&format!("/operator/requests/{id}")).await.body.contains("By an agent"));
    }
}
