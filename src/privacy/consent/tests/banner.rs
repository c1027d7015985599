//! The question: when it is asked, how it can be answered, and that nothing happens before.

use uuid::Uuid;

use super::{super::*, *};
use crate::{
    privacy::consent::{cookie::Held, receipt::NOTICE},
    server::testing::{encoded, on_either_engine},
};

/// The banner's HTML without what differs from page to page.
fn rendered() -> String {
    let facts = ConsentFacts { asks: true, here: "{page}".into(), ..ConsentFacts::default() };
    let mut html = banner_html(facts, "{operator}");
    while let (Some(start), Some(end)) = (html.find("<!"), html.find("<!").and_then(|at| html[at..].find('>').map(|end| at + end + 1))) {
        html.replace_range(start..end, "");
    }
    html + "\n"
}

#[test]
fn the_banner_is_the_one_that_receipts_name() {
    assert_eq!(rendered(), NOTICE, "words or buttons changed: give it a new UI_VERSION and keep its HTML beside the old one");
}

#[test]
fn cb_06_the_three_answers_are_one_kind_of_button_and_refusing_comes_first() {
    let buttons: Vec<&str> = NOTICE.split("<button").skip(1).map(|rest| rest.split("</button>").next().unwrap()).collect();
    let (dress, words): (Vec<_>, Vec<_>) = buttons.iter().map(|button| button.split_once('>').unwrap()).unzip();
    assert_eq!(words.iter().map(|word| word.trim()).collect::<Vec<_>>(), ["Reject all", "Accept all", "Choose"]);
    assert!(dress.iter().all(|dress| dress.contains("class=\"button\"") && dress.contains("name=\"choice\"")), "{dress:?}");
}

#[test]
fn cb_26_no_button_says_less_than_what_it_does() {
    let words = NOTICE.to_lowercase();
    for vague in [">ok<", ">got it<", ">close<", ">continue<", "×", "✕"] {
        assert!(!words.contains(vague), "{vague}");
    }
    // Two sentences, and no third.
    let question = NOTICE.split("<p>").nth(1).unwrap().split("</p>").next().unwrap();
    assert_eq!(question.matches(". ").count() + usize::from(question.ends_with('.')), 2, "{question}");
}

on_either_engine! {
    async fn cb_01_before_a_choice_there_is_no_cookie_and_no_event(app) {
        let mut browser = app.browser();
        for path in PUBLIC {
            let page = browser.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(set(&page).is_empty(), "{path}");
            assert!(page.body.contains(QUESTION), "{path}");
            assert!(page.body.find("skip-links") < page.body.find(QUESTION), "{path}: behind the skip links");
            assert!(page.body.find(QUESTION) < page.body.find("<main"), "{path}: before the page");
        }
        assert!(browser.cookies().is_empty());
        assert_eq!((receipts(&app).await, events(&app).await), (0, 0));
    }

    async fn cb_02_after_refusing_there_is_the_refusal_and_nothing_else(app) {
        let mut browser = app.browser();
        choose(&mut browser, "reject").await;
        for path in PUBLIC {
            let page = browser.get(path).await;
            assert!(set(&page).is_empty() && !page.body.contains(QUESTION), "{path}");
        }
        assert_eq!(browser.cookies().keys().collect::<Vec<_>>(), ["ct_consent"]);
        assert_eq!(events(&app).await, 0);
    }

    async fn cb_04_looking_around_is_no_consent(app) {
        let mut browser = app.browser();
        for _ in 0..5 {
            for path in PUBLIC {
                assert!(asks(&mut browser, path).await, "{path}");
            }
        }
        app.state.clock.advance(60);
        assert!(asks(&mut browser, "/").await);
        assert_eq!(receipts(&app).await, 0);
    }

    async fn cb_05_no_box_is_ticked_before_somebody_ticks_it(app) {
        let mut browser = app.browser();
        let page = browser.get("/privacy/choices").await.body;
        for category in ["preferences", "analytics"] {
            let input = page.split("<input").find(|i| i.contains(&format!("name=\"{category}\""))).unwrap().split('>').next().unwrap();
            assert!(!input.contains("checked"), "{input}");
        }
        let necessary = page.split("<input").find(|i| i.contains("choice-necessary")).unwrap().split('>').next().unwrap();
        assert!(necessary.contains("checked") && necessary.contains("disabled"), "{necessary}");
    }

    async fn cb_07_withdrawing_takes_no_more_than_consenting(app) {
        let mut browser = app.browser();
        // One press on any page, for either answer …
        choose(&mut browser, "accept").await;
        // … and a link at the foot of any page with one press behind it.
        for path in PUBLIC {
            assert!(browser.get(path).await.body.contains("href=\"/privacy/choices\""), "{path}");
        }
        let page = browser.get("/privacy/choices").await.body;
        assert!(page.contains("value=\"withdraw\"") && page.contains("Withdraw all"));
        choose(&mut browser, "withdraw").await;
        assert!(browser.get("/privacy/choices").await.body.contains("Only what is necessary is in use."));
    }

    async fn cb_08_every_answer_is_a_plain_form_that_comes_back(app) {
        let mut browser = app.browser();
        let answer = browser.post("/login?next=/cases", ACTION, &[("choice", "reject"), ("back", "/")]).await;
        assert_eq!(answer.location(), "/login?next=/cases&consent=stored#consent-said");
        let page = browser.get("/login?next=/cases&consent=stored").await.body;
        assert!(page.contains("id=\"consent-said\"") && page.contains("role=\"status\"") && page.contains("tabindex=\"-1\""));
        assert!(page.contains("href=\"/login?next=/cases\""), "hiding it leads to the page itself");
        let choose = browser.post("/", ACTION, &[("choice", "choose"), ("back", "/")]).await;
        assert_eq!((choose.status.as_u16(), choose.location()), (303, "/privacy/choices"));
        for (saved, told) in [
            (vec![("choice", "save"), ("preferences", "on")], "You allow preferences. Nothing is counted."),
            (vec![("choice", "save"), ("analytics", "on")], "You allow analytics. Preferences are not kept."),
            (vec![("choice", "save")], "Only what is necessary is in use."),
            (vec![("choice", "accept")], "You allow preferences and analytics."),
        ] {
            browser.post("/privacy/choices", ACTION, &saved).await;
            let page = browser.get("/privacy/choices").await.body;
            assert!(page.contains(told), "{saved:?}");
            let ticked = page.split("<input").filter(|i| i.split('>').next().unwrap().contains("checked") && i.contains("name=\"")).count();
            assert_eq!(ticked, saved.len() - 1 + 2 * usize::from(saved[0].1 == "accept"), "{saved:?}");
        }
        assert_eq!(browser.get(ACTION).await.location(), "/privacy/choices", "reloading after an answer");
    }

    async fn cb_08_a_page_without_a_referrer_comes_back_by_its_field_and_nothing_leads_elsewhere(app) {
        let browser = app.browser();
        let post = async |back: &str, referer: Option<&str>| {
            let mut request = browser.request("POST", ACTION).header("accept", "text/html").header("content-type", "application/x-www-form-urlencoded");
            if let Some(referer) = referer {
                request = request.header("referer", referer);
            }
            let body = encoded(&[("choice", "reject"), ("back", back)]);
            browser.clone().send(request.body(body.into()).unwrap()).await.location().to_owned()
        };
        assert_eq!(post("/reset/abc-DEF", None).await, "/reset/abc-DEF?consent=stored#consent-said");
        for bad in ["//evil.example/", "https://evil.example/", "/\\evil.example", "", "/a b", "/a\r\nset-cookie: x=y", "/privacy/consent"] {
            assert_eq!(post(bad, None).await, "/privacy/choices?consent=stored#consent-said", "{bad:?}");
        }
        assert_eq!(post("/login", Some("https://evil.example/x")).await, "/login?consent=stored#consent-said");
        // The token page names itself in the form that it shows.
        assert_eq!(app.browser().get("/invite/some-token").await.input("back"), "/invite/some-token");
    }

    async fn cb_08_another_site_cannot_choose(app) {
        let browser = app.browser();
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = axum::http::Request::builder().method("POST").uri(ACTION).header(name, value);
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(encoded(&[("choice", "accept")]).into()).unwrap();
            let answer = browser.clone().send(request).await;
            assert_eq!(answer.status, 403);
            assert!(set(&answer).is_empty());
        }
        assert_eq!(receipts(&app).await, 0);
    }

    async fn cb_09_the_question_is_in_the_html_exactly_when_it_is_needed(app) {
        let now = app.state.clock.now();
        let held = |notice| Held { choice: Choice::NOTHING, notice, at: now, receipt: Uuid::now_v7(), owner: String::new() }.sealed(&app.state.key);
        // Cookie × signal × version of the notice; without a cookie the version is nobody's.
        for (cookie, signal, needed) in [
            (None, false, true),
            (None, true, false),
            (Some(held(1)), false, false),
            (Some(held(1)), true, false),
            (Some(held(0)), false, true),
            (Some(held(0)), true, false),
            (Some("v1.1.11.0.x.0.forged".to_owned()), false, true),
            (Some("v1.1.11.0.x.0.forged".to_owned()), true, false),
        ] {
            let mut browser = app.browser();
            if let Some(cookie) = &cookie {
                browser.set_cookie("ct_consent", cookie);
            }
            if signal {
                browser.headers.push(("sec-gpc", "1".into()));
            }
            for path in ["/", "/privacy/choices", "/nothing-here"] {
                assert_eq!(asks(&mut browser, path).await, needed && path != "/nothing-here", "{cookie:?} {signal} {path}");
            }
        }
    }

    async fn cb_11_a_tampered_cookie_is_no_cookie_and_no_failure(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        let good = browser.cookies()["ct_consent"].clone();
        assert!(good.len() <= 200);
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            browser.set_cookie("ct_consent", std::str::from_utf8(&bytes).unwrap());
            let page = browser.get("/accessibility").await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains(QUESTION), "byte {at}");
        }
        assert_eq!(events(&app).await, 0);
    }

    async fn cb_14_a_no_holds_exactly_as_long_as_a_yes(app) {
        for choice in ["accept", "reject"] {
            let mut browser = app.browser();
            choose(&mut browser, choice).await;
            app.state.clock.advance(181 * 86_400);
            assert!(!asks(&mut browser, "/").await, "{choice}, day 181");
            app.state.clock.advance(2 * 86_400);
            assert!(asks(&mut browser, "/").await, "{choice}, day 183");
        }
    }

    async fn cb_17_a_signal_is_a_no_and_the_page_says_so(app) {
        for name in ["sec-gpc", "dnt"] {
            let mut browser = app.browser();
            browser.headers.push((name, "1".into()));
            for path in PUBLIC {
                let page = browser.get(path).await;
                assert!(!page.body.contains(QUESTION) && page.body.contains("Opt-out preference signal honoured"), "{path}");
                assert!(page.header("vary").contains("Sec-GPC") || page.headers.get_all("vary").iter().any(|v| v.as_bytes() == b"Sec-GPC, DNT, Cookie"));
            }
            assert!(browser.get("/no-such-page").await.status.is_redirection(), "visitors sign in first");
            assert!(browser.cookies().is_empty());
        }
        let file = app.browser().get("/.well-known/gpc.json").await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/json"));
        let file: serde_json::Value = serde_json::from_str(&file.body).unwrap();
        assert_eq!(file["gpc"], true);
        assert!(file["lastUpdate"].as_str().unwrap().len() == 10);
    }

    async fn cb_18_only_the_exact_signal_counts(app) {
        for (values, signal) in [(vec!["0"], false), (vec!["2"], false), (vec!["\"1\""], false), (vec!["0", "1"], true)] {
            let mut browser = app.browser();
            browser.headers.extend(values.iter().map(|v| ("sec-gpc", (*v).to_owned())));
            assert_eq!(!asks(&mut browser, "/").await, signal, "{values:?}");
        }
    }

    async fn cb_19_a_yes_on_the_same_browser_stands_above_the_signal_for_analytics(app) {
        let mut browser = app.browser();
        browser.headers.push(("sec-gpc", "1".into()));
        browser.get("/").await;
        assert_eq!(events(&app).await, 0);
        choose(&mut browser, "accept").await;
        browser.get("/").await;
        assert_eq!(events(&app).await, 1);
        let page = browser.get("/privacy/choices").await.body;
        assert!(!page.contains("Opt-out preference signal honoured") && page.contains("Nothing is sold or shared."));
        choose(&mut browser, "withdraw").await;
        assert!(browser.get("/").await.body.contains("Opt-out preference signal honoured"));
    }

    async fn cb_24_the_policy_of_a_page_without_consent_names_no_host(app) {
        for choice in [None, Some("accept")] {
            let mut browser = app.browser();
            if let Some(choice) = choice {
                choose(&mut browser, choice).await;
            }
            let page = browser.get("/").await;
            let policy = page.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("http") && !policy.contains('*'), "{policy}");
            assert!(!page.body.contains("src=\"http") && !page.body.contains("<script src"), "nothing comes from elsewhere");
        }
    }

    async fn cb_25_machines_get_the_same_page(app) {
        let page = async |agent: &str| {
            let request = axum::http::Request::builder().uri("/login").header("accept", "text/html").header("user-agent", agent);
            let body = app.browser().send(request.body(axum::body::Body::empty()).unwrap()).await.body;
            // The request's id is the one thing that differs.
            body.split("\"reference").next().unwrap().to_owned()
        };
        let person = page("Mozilla/5.0 Firefox/150.0").await;
        assert!(person.contains(QUESTION));
        for machine in ["Googlebot/2.1", "curl/8", "Lighthouse", ""] {
            assert_eq!(page(machine).await.contains(QUESTION), person.contains(QUESTION), "{machine}");
            assert_eq!(page(machine).await.len(), person.len(), "{machine}");
        }
    }

    async fn cb_30_refusals_ask_and_lead_to_the_choices_and_set_no_cookie(app) {
        let mut browser = app.browser();
        let huge = "x".repeat(2_000_000);
        let large = browser.post("/login", "/api/accounts/sign_in", &[("email", &huge)]).await;
        let nowhere = browser.post("/login", "/nowhere", &[]).await;
        let malformed = browser.post("/login", ACTION, &[("choice", "perhaps")]).await;
        let mut member = app.organisation("errors").await.signed_in(&app, crate::accounts::Role::ReadOnly).await;
        let forbidden = member.get("/settings/usage").await;
        let missing = member.get("/cases/LA-1999-00001").await;
        let unknown = member.get("/no/such/page").await;
        app.state.db.close().await;
        let away = member.get("/home").await;
        for (status, page) in [(413, large), (404, nowhere), (400, malformed), (403, forbidden), (404, missing), (404, unknown), (503, away)] {
            assert_eq!(page.status, status);
            assert!(page.body.contains("href=\"/privacy/choices\""), "{status} has no link");
            assert!(page.body.contains(QUESTION), "{status} does not ask");
            assert!(set(&page).is_empty(), "{status} sets a cookie");
            assert_eq!(page.body.matches("<h1").count(), 1, "{status}");
        }
    }

    async fn bad_answers_are_refused(app) {
        let mut browser = app.browser();
        for fields in [vec![], vec![("choice", "")], vec![("choice", "ACCEPT")], vec![("preferences", "on")]] {
            let answer = browser.post("/", ACTION, &fields).await;
            assert_eq!(answer.status, 400, "{fields:?}");
            assert!(set(&answer).is_empty());
        }
        for fields in [vec![], vec![("theme", "pink"), ("density", "compact")], vec![("theme", "dark"), ("density", "vast")]] {
            assert_eq!(browser.post("/appearance", "/appearance/choose", &fields).await.status, 400, "{fields:?}");
        }
        assert_eq!(receipts(&app).await, 0);
    }
}
