//! Signing up, in and out.

use super::{NEW_PASSWORD, sign_up, with};
use crate::{
    accounts::{model::Role, operator},
    fault::Fault,
    server::testing::{Answered, PASSWORD, encoded, on_either_engine},
};

const SIGN_UP: &str = "/api/accounts/sign_up";
const SIGN_IN: &str = "/api/accounts/sign_in";

/// What somebody who guesses could tell two answers apart by.
fn seen(answer: &Answered) -> (u16, String, String, bool) {
    (answer.status.as_u16(), answer.location().to_owned(), answer.body.clone(), answer.headers.contains_key("set-cookie"))
}

on_either_engine! {
    async fn the_head_of_a_page_leads_elsewhere_than_to_the_page(app) {
        let mut browser = app.browser();
        for (path, there, not) in [("/login", "/signup", "/login"), ("/signup", "/login", "/signup"), ("/privacy", "/login", "/signup")] {
            let page = browser.get(path).await.body;
            let head = page.split_once("aria-label=\"Account\"").unwrap().1.split_once("</nav>").unwrap().0.to_owned();
            assert!(head.contains(&format!("href=\"{there}\"")) && !head.contains(&format!("href=\"{not}\"")), "{path}: {head}");
        }
    }

    async fn the_first_person_goes_straight_in(app) {
        let mut browser = app.browser();
        let answer = browser.call(SIGN_UP, &sign_up("Maria Okafor", "maria@riverside.example", "Riverside Advice")).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (200, "/onboarding"), "{}", answer.body);
        let cookie = answer.header("set-cookie");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let page = browser.get("/onboarding").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("What do you work on?") && page.body.contains("Riverside Advice"));
    }

    async fn of_several_first_people_at_once_one_is_the_operator(app) {
        let mut people = tokio::task::JoinSet::new();
        for nth in 0..6 {
            let mut browser = app.browser();
            people.spawn(async move {
                let email = format!("somebody{nth}@riverside.example");
                browser.call(SIGN_UP, &sign_up("Maria Okafor", &email, "Riverside Advice")).await.location().to_owned()
            });
        }
        let led = people.join_all().await;
        let count = |page: &str| led.iter().filter(|to| *to == page).count();
        assert_eq!((count("/onboarding"), count("/signup/sent")), (1, 5), "{led:?}");
        assert_eq!(operator::operators(&app.state).await.unwrap().len(), 1);
    }

    async fn whoever_signs_up_with_an_address_signs_in_with_it_however_it_was_pasted(app) {
        app.organisation("first").await;
        for (nth, typed) in ["ann{n}\u{200b}@x.example", "\u{feff}ann{n}@x.example", "an\u{ad}n{n}@x.example", "ann{n}\u{ff20}x.example", "ann{n}@x.example.", "\u{a0}ann{n}@x.example\u{2060}", "ann{n}@bücher.example"].into_iter().enumerate() {
            let typed = typed.replace("{n}", &nth.to_string());
            let plain = if typed.contains("bücher") { format!("ann{nth}@xn--bcher-kva.example") } else { format!("ann{nth}@x.example") };
            assert_eq!(app.browser().call(SIGN_UP, &sign_up("Ann Bell", &typed, "Bell Advice")).await.location(), "/signup/sent", "{typed:?}");
            let sent = app.mails().await.pop().unwrap();
            let link = app.mailed_link(&sent.to).await;
            let token = link.rsplit('/').next().unwrap();
            assert_eq!(app.browser().call("/api/accounts/verify_email", &[("token", token)]).await.status, 200);
            for email in [typed.as_str(), plain.as_str(), &plain.to_uppercase()] {
                let form = [("email", email), ("password", NEW_PASSWORD)];
                assert_eq!(app.browser().call(SIGN_IN, &form).await.location(), "/home", "{email:?}");
            }
        }
    }

    async fn a_name_is_a_name_wherever_one_is_typed(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let version = "1";
        for bad in ["https://evil.example/now", "Call 0800 123 4567 at once", "evil.example", "Anna\nBell", "Anna \u{e000}", "\u{200b}"] {
            let asked = [
                (SIGN_UP, "name", sign_up(bad, "ann@x.example", "Bell Advice")),
                (SIGN_UP, "organisation", sign_up("Ann Bell", "ann@x.example", bad)),
                ("/api/accounts/change_name", "name", vec![("name", bad)]),
                ("/api/accounts/create_organisation", "organisation", vec![("organisation", bad)]),
                ("/api/settings/change_organisation", "organisation", vec![("organisation", bad), ("time_zone", "UTC"), ("version", version)]),
            ];
            for (path, field, form) in asked {
                let refused = owner.call(path, &form).await;
                assert!(refused.status == 422 && refused.fault().about(field).is_some(), "{path} {bad:?}: {} {}", refused.status, refused.body);
            }
        }
        for (typed, shown) in [("Anna\u{202e} Bell", "Anna Bell"), ("Zo\u{200b}ë van 't Hoff", "Zoë van 't Hoff"), ("李小龙", "李小龙"), ("رضا می\u{200c}خواهد", "رضا می\u{200c}خواهد")] {
            assert_eq!(owner.call("/api/accounts/change_name", &[("name", typed)]).await.status, 200, "{typed}");
            let members: crate::accounts::api::MembersView = owner.call("/api/accounts/members", &[]).await.value();
            assert!(members.members.iter().any(|member| member.name == shown), "{typed:?}");
        }
    }

    async fn nobody_takes_the_name_of_a_colleague(app) {
        let org = app.organisation("alpha").await;
        let mut caseworker = org.signed_in(&app, Role::Caseworker).await;
        for taken in ["Owner", "owner", " OW\u{200b}NER ", "O w n e r", "\u{ff2f}wner", "Ow\u{ad}ner"] {
            let refused = caseworker.call("/api/accounts/change_name", &[("name", taken)]).await;
            assert!(refused.status == 422 && refused.fault().about("name").is_some_and(|told| told.contains("middle initial")), "{taken:?}: {}", refused.body);
        }
        assert_eq!(caseworker.call("/api/accounts/change_name", &[("name", "Owner B.")]).await.status, 200);
        assert_eq!(caseworker.call("/api/accounts/change_name", &[("name", "Owner B.")]).await.status, 200, "one's own name is no colleague's");
        // Nor does somebody new.
        let mut owner = org.signed_in(&app, Role::Owner).await;
        owner.call("/api/accounts/invite", &[("email", "new@x.example"), ("role", "read_only")]).await;
        let link = app.mailed_link("new@x.example").await;
        let accept = |name| vec![("token", link.rsplit('/').next().unwrap()), ("name", name), ("password", NEW_PASSWORD), ("adult", "on"), ("policy", crate::accounts::model::POLICY_VERSION)];
        assert!(app.browser().call("/api/accounts/accept_new", &accept("owner b")).await.fault().about("name").is_some());
        assert_eq!(app.browser().call("/api/accounts/accept_new", &accept("Olive Ner")).await.location(), "/home?notice=joined");
    }

    async fn everybody_else_confirms_their_address_first(app) {
        app.organisation("first").await;
        let mut browser = app.browser();
        let answer = browser.post("/signup", SIGN_UP, &sign_up("Tomasz Lis", "tomasz@lis.example", "Lis and Sons")).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/signup/sent"));
        assert!(browser.cookies().is_empty());
        assert!(browser.get("/signup/sent").await.body.contains("casetrakr user link"));

        let too_early = browser.call(SIGN_IN, &[("email", "tomasz@lis.example"), ("password", NEW_PASSWORD)]).await;
        assert!(too_early.fault().about("email").is_some());

        let link = app.mailed_link("tomasz@lis.example").await;
        for _ in 0..2 {
            // A mail scanner that opens the link uses nothing up.
            assert!(app.browser().get(&link).await.body.contains("Confirm address"));
        }
        let page = browser.get(&link).await;
        let token = page.input("token");
        let answer = browser.post(&link, "/api/accounts/verify_email", &[("token", &token)]).await;
        // The link alone opens nothing: it may have reached somebody whose address a stranger signed up with.
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login?notice=address-confirmed&next=/onboarding"));
        assert!(browser.cookies().is_empty());
        assert!(browser.get(answer.location()).await.body.contains("The address is confirmed."));
        let form = [("email", "tomasz@lis.example"), ("password", NEW_PASSWORD), ("next", "/onboarding")];
        assert_eq!(browser.call(SIGN_IN, &form).await.location(), "/onboarding");
        assert_eq!(browser.get("/onboarding").await.status, 200);
        let again = app.browser().call("/api/accounts/verify_email", &[("token", &token)]).await;
        assert_eq!((again.status.as_u16(), again.fault()), (410, Fault::Gone));
    }

    async fn sec_3_answers_do_not_tell_who_has_an_account(app) {
        let org = app.organisation("known").await;
        let known = org.email(Role::Caseworker);
        let ups = [known.as_str(), "nobody@unknown.example"].map(|email| sign_up("Some Body", email, "Any Name"));
        let mut answers = Vec::new();
        for form in &ups {
            answers.push(seen(&app.browser().call(SIGN_UP, form).await));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].1, "/signup/sent");
        // The owner of the address is told; nobody's account has changed.
        assert!(app.mails().await.iter().any(|mail| mail.to == known && mail.subject.contains("already")));
        org.signed_in(&app, Role::Caseworker).await;

        let mut answers = Vec::new();
        for email in [known.as_str(), "nobody@unknown.example", "other@unknown.example"] {
            answers.push(seen(&app.browser().call(SIGN_IN, &[("email", email), ("password", "not this one at all")]).await));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);

        let mut answers = Vec::new();
        for email in [known.as_str(), "nobody@unknown.example"] {
            answers.push(seen(&app.browser().call("/api/accounts/forgot", &[("email", email)]).await));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].1, "/forgot/sent");
    }

    async fn a_wrong_password_is_told_at_its_field(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Admin);
        let mut browser = app.browser();
        let answer = browser.call(SIGN_IN, &[("email", &email), ("password", "hunter2 hunter2 hunter2")]).await;
        assert_eq!(answer.status, 422);
        let fault = answer.fault();
        let complaint = fault.about("password").unwrap();

        // The same without script: back to the page, which says it and keeps what was typed but no password.
        let answer = browser.post("/login?next=%2Fcases%3Fkind%3Dopen", SIGN_IN, &[("email", &email), ("password", "hunter2 hunter2 hunter2")]).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/login?next=%2Fcases%3Fkind%3Dopen&kept="), "{}", answer.location());
        let page = browser.get(answer.location()).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains(complaint));
        assert_eq!(page.input("email"), email);
        assert!(!page.body.contains("hunter2"));
        assert_eq!(page.input("next"), "/cases?kind=open");

        let answer = browser.post(answer.location(), SIGN_IN, &[("email", &email), ("password", PASSWORD), ("next", "/cases?kind=open")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/cases?kind=open"));
    }

    async fn a_refused_form_comes_back_however_the_host_is_written(app) {
        let wrong = encoded(&[("email", "ines@duarte.example"), ("password", "hunter2 hunter2 hunter2")]);
        let refused = async |referer: &str| {
            let mut browser = app.browser();
            let request = browser
                .request("POST", SIGN_IN)
                .header("accept", "text/html")
                .header("referer", referer)
                .header("content-type", "application/x-www-form-urlencoded");
            let answer = browser.send(request.body(wrong.clone().into()).unwrap()).await;
            assert_eq!(answer.status, 303, "{referer}");
            (browser, answer.location().to_owned())
        };
        for host in ["http://localhost:3000", "http://[::1]:3000", "https://cases.example"] {
            let (mut browser, location) = refused(&format!("{host}/login?next=/cases&kept=old")).await;
            assert!(location.starts_with("/login?next=/cases&kept=") && !location.contains("old"), "{host}: {location}");
            let page = browser.get(&location).await;
            assert_eq!((page.status.as_u16(), page.input("email").as_str()), (422, "ines@duarte.example"), "{host}");
        }
        for elsewhere in ["http://localhost:3000//evil.example", "http://localhost:3000/\\evil.example", "about:blank", "nothing at all", ""] {
            let (_, location) = refused(elsewhere).await;
            assert!(location.starts_with("/?kept="), "{elsewhere}: {location}");
        }
    }

    async fn sec_27_signing_in_leads_nowhere_else(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "cases"] {
            let answer = app.browser().call(SIGN_IN, &[("email", &email), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!(answer.location(), "/home", "{next}");
        }
    }

    async fn sec_2_guessing_is_slowed_and_the_owner_is_not_locked_out(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let mut guesser = app.browser();
        guesser.peer = "203.0.113.7:4000".parse().unwrap();
        for _ in 0..3 {
            let answer = guesser.call(SIGN_IN, &[("email", &email), ("password", "not this one at all")]).await;
            assert_eq!(answer.status, 422);
        }
        let answer = guesser.call(SIGN_IN, &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 429);
        let seconds: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1..=10).contains(&seconds));
        assert_eq!(answer.fault(), Fault::TooMany { retry_after: seconds });
        // Without script too, with the time to wait and what was typed.
        let back = guesser.post("/login", SIGN_IN, &[("email", &email), ("password", PASSWORD)]).await;
        let page = guesser.get(back.location()).await;
        assert_eq!((back.status.as_u16(), page.status.as_u16()), (303, 429));
        assert!(page.header("retry-after").parse::<u32>().is_ok_and(|wait| (1..=10).contains(&wait)), "{:?}", page.headers);
        assert!(page.body.contains("Too many attempts") && page.input("email") == email);
        assert!(page.body.contains(&format!("Reference <code>{}</code>", page.header("x-request-id"))), "{}", page.body);
        // From the same network another address of a host is no way round; from elsewhere the owner comes in.
        guesser.peer = "203.0.113.99:4000".parse().unwrap();
        assert_eq!(guesser.call(SIGN_IN, &[("email", &email), ("password", PASSWORD)]).await.status, 429);
        let mut owner = app.browser();
        owner.peer = "198.51.100.1:4000".parse().unwrap();
        owner.sign_in(&email).await;
        app.state.clock.advance(i64::from(seconds));
        guesser.sign_in(&email).await;
    }

    async fn sec_1_passwords_that_are_guessed_early_are_refused(app) {
        app.organisation("first").await;
        let long = "pack my box ".repeat(22);
        for (password, why) in [
            ("fourteen chars", "15 characters"),
            (long.as_str(), "256"),
            ("aaaaaaaaaaaaaaaaaaaa", "guessed"),
            ("password1234567890", "guessed"),
            ("my CaseTrakr is the best", "name"),
            ("we at Northside Housing rock", "name"),
        ] {
            let form = with(sign_up("Ines Duarte", "ines@duarte.example", "Northside Housing"), "password", password);
            let fault = app.browser().call(SIGN_UP, &form).await.fault();
            let complaint = fault.about("password").unwrap_or_else(|| panic!("{password} passed"));
            assert!(complaint.contains(why), "{password}: {complaint}");
        }
        for password in ["        violet harbour lamps", "brücke möwe käse ängstlich", "\u{1f600}\u{1f40c}\u{1f33b} seven odd little signs"] {
            let form = with(sign_up("Ines Duarte", "ines@duarte.example", "Northside Housing"), "password", password);
            assert_eq!(app.browser().call(SIGN_UP, &form).await.status, 200, "{password}");
        }
    }

    async fn a_form_hears_all_its_complaints_at_once(app) {
        let answer = app.browser().call(SIGN_UP, &[("name", " "), ("email", "no"), ("organisation", ""), ("password", "short")]).await;
        let fault = answer.fault();
        for field in ["name", "email", "organisation", "password", "adult", "policy"] {
            assert!(fault.about(field).is_some(), "{field}");
        }
        // An acknowledgement of another text is none.
        let stale = with(sign_up("A B", "a@b.example", "C D E F"), "policy", "2020-01-01");
        assert!(app.browser().call(SIGN_UP, &stale).await.fault().about("policy").is_some());
    }

    async fn signing_out_ends_the_session(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        let stolen = browser.clone();
        let answer = browser.post("/home", "/api/accounts/sign_out", &[]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login?notice=signed-out"));
        assert_eq!(browser.cookies().keys().collect::<Vec<_>>(), ["ct_device"]);
        assert_eq!(stolen.clone().get("/home").await.location(), "/login?next=/home");
        assert_eq!(stolen.clone().call("/api/accounts/my_sessions", &[]).await.fault(), Fault::SignIn);
    }

    async fn sec_7_a_planted_session_is_never_taken_over(app) {
        let org = app.organisation("alpha").await;
        let mut browser = app.browser();
        browser.set_cookie("ct_session", "planted");
        browser.sign_in(&org.email(Role::Owner)).await;
        assert_ne!(browser.cookies()["ct_session"], "planted");
        let first = browser.cookies()["ct_session"].clone();
        browser.sign_in(&org.email(Role::Owner)).await;
        assert_ne!(browser.cookies()["ct_session"], first);
    }
}
