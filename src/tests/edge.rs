//! The edge: what may be kept, taken along or left lying by whoever asks, and what may not.

use axum::{
    body::Body,
    http::{Method, header},
};

use super::matrix::{a_request, an_import};
use crate::{
    accounts::Role,
    cases::testing::Desk,
    fault::Fault,
    server::{
        db::{global_sql, sql},
        testing::{Answered, Browser, PASSWORD, TestApp, on_either_engine},
    },
};

const ASK: &str = "/privacy/request?kind=access&concern=account";
const NEW_KEY: &str = "0198b3c0-0000-7000-8000-000000000001";

fn at(app: &TestApp, network: u8) -> Browser {
    let mut browser = app.browser();
    browser.peer = ([10, 77, network, 1], 40_000).into();
    browser
}

/// How many forms are kept, and how many bytes of them.
async fn kept(app: &TestApp) -> (i64, i64) {
    let sums = global_sql!("select count(*), cast(coalesce(sum(length(sealed)), 0) as bigint) from kept_forms");
    app.state.db.global(sums).one().await.unwrap()
}

/// A request with these words that is refused, since it names no address.
async fn letter(browser: &mut Browser, words: &str) -> Answered {
    browser.post(ASK, "/api/requests/ask", &[("kind", "access"), ("concern", "account"), ("email", "nowhere"), ("words", words)]).await
}

async fn in_org(app: &TestApp, org: uuid::Uuid, statement: crate::server::db::Sql) -> i64 {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(org).await.unwrap();
    tx.query(statement).scalar().await.unwrap()
}

/// The beginning of an upload that goes no further; what is dropped goes away.
fn asleep(browser: &Browser) -> axum::http::Request<Body> {
    let begin = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nid,title\r\n";
    let rows = format!("{begin}{}", "1,x\r\n".repeat(60_000)).into_bytes();
    let begun = futures::stream::iter([Ok::<_, std::io::Error>(rows)]);
    let body = Body::from_stream(futures::StreamExt::chain(begun, futures::stream::pending()));
    let request = browser.request("POST", "/settings/import/upload").header(header::ACCEPT, "text/html");
    request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b").body(body).unwrap()
}

async fn imports(app: &TestApp, desk: &Desk) -> (i64, i64) {
    let org = desk.organisation.id.uuid();
    let chunks = in_org(app, org, sql!("select count(*) from import_chunks where org_id = $1")).await;
    (in_org(app, org, sql!("select count(*) from imports where org_id = $1")).await, chunks)
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it never came to that");
}

on_either_engine! {
    async fn of_a_stranger_only_the_fields_of_visitors_forms_are_kept_and_few_of_them(app) {
        let large = "a".repeat(1_000_000);
        let mut stranger = at(&app, 1);
        assert_eq!(letter(&mut stranger, &large).await.status, 413);
        let member = stranger.post("/cases/X-1", "/api/cases/write_entry", &[("key", NEW_KEY), ("number", "X-1"), ("body", &large)]).await;
        assert_eq!((member.status.as_u16(), member.location()), (303, "/login?next=/cases/X-1"));
        let unknown = stranger.post(ASK, "/api/requests/opt_out", &[("address", "nowhere"), ("junk", &large)]).await;
        assert!(unknown.location().contains("&kept="), "{} {}", unknown.status, unknown.body);
        let (rows, bytes) = kept(&app).await;
        assert!(rows == 1 && bytes < 1_000, "{rows} {bytes}");
        // By rows, the oldest of the same network goes, and nobody else's.
        let neighbour = letter(&mut at(&app, 2), "Words of a neighbour").await;
        let mut last = String::new();
        for nth in 0..70 {
            let answer = letter(&mut stranger, &format!("Letter {nth}.")).await;
            assert!(answer.location().contains("kept="), "{} {}", answer.status, answer.body);
            last = answer.location().to_owned();
        }
        assert_eq!(kept(&app).await.0, 64 + 1);
        assert!(stranger.get(&last).await.body.contains("Letter 69."));
        assert!(at(&app, 2).get(neighbour.location()).await.body.contains("Words of a neighbour"));
        // By bytes.
        for _ in 0..12 {
            letter(&mut stranger, &"b".repeat(60_000)).await;
        }
        let (rows, bytes) = kept(&app).await;
        assert!(rows < 12 && bytes <= 520_000, "{rows} {bytes}");
    }

    async fn of_all_strangers_together_so_much_is_kept_and_no_more(app) {
        let mut tx = app.state.db.begin().await.unwrap();
        for nth in 0..2_100_i64 {
            tx.global(global_sql!("insert into kept_forms (token_hash, sealed, expires_at, owner) values ($1, $1, $2, $1)"))
                .bind(nth.to_be_bytes().to_vec())
                .bind(app.state.clock.now().plus_seconds(300))
                .execute()
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let answer = letter(&mut at(&app, 3), "The newest words").await;
        assert_eq!(kept(&app).await.0, 2_000);
        assert!(at(&app, 3).get(answer.location()).await.body.contains("The newest words"));
    }

    async fn a_refused_request_comes_back_to_its_writer_whole(app) {
        let mut stranger = at(&app, 4);
        let words = "Wörter, die zählen. ".repeat(600);
        let back = letter(&mut stranger, &words).await;
        assert!(back.location().contains("kept="), "{} {}", back.status, back.body);
        assert!(stranger.get(back.location()).await.body.contains(words.trim()));
    }

    async fn a_members_largest_text_that_is_refused_comes_back_whole(app) {
        let mut desk = Desk::open(&app, "whole", Role::Owner).await;
        let number = desk.case("Whole").await;
        let text = "0123456789".repeat(100_000);
        let path = format!("/cases/{number}");
        let back = desk.browser.post(&path, "/api/cases/write_entry", &[("form", "entry"), ("key", NEW_KEY), ("number", &number), ("body", &text)]).await;
        assert!(back.location().contains("kept="), "{} {}", back.status, back.location());
        let page = desk.browser.get(back.location()).await;
        assert!(page.status == 422 && page.body.contains(&text), "{} {}", page.status, page.body.len());
        // Nor do a member's forms fill the database.
        for _ in 0..25 {
            desk.browser.post(&path, "/api/cases/write_entry", &[("key", NEW_KEY), ("number", &number), ("body", "")]).await;
        }
        assert_eq!(kept(&app).await.0, 20);
    }

    async fn what_was_typed_when_a_session_had_ended_comes_back_to_the_same_account_only(app) {
        let mut desk = Desk::open(&app, "ended", Role::Owner).await;
        let number = desk.case("Ended").await;
        let mut colleague = desk.organisation.signed_in(&app, Role::Caseworker).await;
        app.state.clock.advance(60 * i64::from(app.state.config.sessions.idle_minutes) + 60);
        let path = format!("/cases/{number}");
        let note = [("form", "entry"), ("key", NEW_KEY), ("number", number.as_str()), ("body", "Typed too late")];
        let answer = desk.browser.post(&path, "/api/cases/write_entry", &note).await;
        let next = answer.location().strip_prefix("/login?next=").unwrap_or_else(|| panic!("{} {}", answer.status, answer.location()));
        let next = crate::form::decode(next);
        assert!(next.starts_with(&path) && next.contains("kept="), "{next}");
        let owner = desk.organisation.email(Role::Owner);
        colleague.sign_in(&desk.organisation.email(Role::Caseworker)).await;
        assert!(!colleague.get(&next).await.body.contains("Typed too late"));
        assert!(!app.browser().get(&next.replace(&path, "/login")).await.body.contains("Typed too late"));
        desk.browser.call("/api/accounts/sign_in", &[("email", &owner), ("password", PASSWORD)]).await;
        assert!(desk.browser.get(&next).await.body.contains("Typed too late"));
    }

    async fn a_wrong_password_is_told_also_where_a_session_has_ended(app) {
        let organisation = app.organisation("again").await;
        let mut browser = organisation.signed_in(&app, Role::Caseworker).await;
        app.state.clock.advance(60 * i64::from(app.state.config.sessions.idle_minutes) + 60);
        let email = organisation.email(Role::Caseworker);
        let wrong = browser.post("/login", "/api/accounts/sign_in", &[("email", &email), ("password", "not the one that it is")]).await;
        assert!(wrong.location().starts_with("/login?kept="), "{} {}", wrong.status, wrong.location());
        let page = browser.get(wrong.location()).await.body;
        assert!(page.contains(&format!("value=\"{email}\"")), "{page}");
    }

    async fn kept_forms_are_deleted_by_themselves(app) {
        at(&app, 5).post(ASK, "/api/requests/opt_out", &[("address", "nowhere")]).await;
        app.work().await;
        assert_eq!(kept(&app).await.0, 1);
        app.state.clock.advance(1_300);
        app.work().await;
        assert_eq!(kept(&app).await.0, 0);
    }

    async fn an_upload_that_fell_asleep_is_let_go_with_what_had_come(app) {
        let mut desk = Desk::open(&app, "asleep", Role::Owner).await;
        let app = app.configured(|config| config.limits.stall_seconds = 1);
        let mut browser = app.browser();
        browser.sign_in(&desk.organisation.email(Role::Owner)).await;
        let answer = browser.send(asleep(&browser)).await;
        assert!(answer.status == 422 && answer.body.contains("The file stopped coming."), "{} {}", answer.status, answer.body);
        assert_eq!(imports(&app, &desk).await, (0, 0));
        assert_eq!(desk.list("").await.total, 0);
    }

    async fn an_upload_whose_client_went_away_or_whose_process_died_leaves_nothing(app) {
        let desk = Desk::open(&app, "away", Role::Owner).await;
        let begin = || {
            let (mut browser, request) = (desk.browser.clone(), asleep(&desk.browser));
            tokio::spawn(async move { browser.send(request).await })
        };
        let gone = begin();
        until(async || imports(&app, &desk).await == (1, 1)).await;
        gone.abort();
        until(async || imports(&app, &desk).await == (0, 0)).await;
        // Nobody is left to notice: the job does.
        let _stays = begin();
        until(async || imports(&app, &desk).await == (1, 1)).await;
        app.work().await;
        assert_eq!(imports(&app, &desk).await, (1, 1), "its time is not over");
        app.state.clock.advance(i64::try_from(app.state.config.limits.upload_seconds).unwrap() + 61);
        app.work().await;
        assert_eq!(imports(&app, &desk).await, (0, 0));
    }

    async fn the_export_is_taken_on_purpose_and_recorded_once(app) {
        let mut desk = Desk::open(&app, "export", Role::Owner).await;
        desk.case("Taken along").await;
        let org = desk.organisation.id.uuid();
        let events = async || in_org(&app, org, sql!("select count(*) from audit_events where org_id = $1")).await;
        let before = events().await;
        let asked = |method: Method, pairs: &[(&'static str, &'static str)]| {
            let mut request = desk.browser.request(method.as_str(), "/cases.csv").header(header::ACCEPT, "text/html");
            for (name, value) in pairs {
                request.headers_mut().unwrap().insert(*name, value.parse().unwrap());
            }
            request.body(Body::empty()).unwrap()
        };
        for (status, request) in [
            (405, asked(Method::HEAD, &[])),
            (403, asked(Method::GET, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")])),
            (403, asked(Method::GET, &[("sec-fetch-dest", "image")])),
            (403, asked(Method::GET, &[("sec-purpose", "prefetch;prerender")])),
            (403, asked(Method::GET, &[("purpose", "prefetch")])),
        ] {
            let answer = desk.browser.clone().send(request).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
            assert!(!answer.body.contains("Taken along"));
        }
        assert_eq!(events().await, before);
        assert!(desk.browser.get("/cases.csv").await.body.contains("Taken along"));
        assert_eq!(events().await, before + 1);
    }

    async fn looking_at_pages_writes_nothing(app) {
        let mut desk = Desk::open(&app, "looking", Role::Owner).await;
        let number = desk.case("Looked at").await;
        let import = an_import(&mut desk.browser).await;
        app.work().await;
        let org = desk.organisation.id.uuid();
        let written = async || {
            let events = in_org(&app, org, sql!("select count(*) from audit_events where org_id = $1")).await;
            let ours = in_org(&app, uuid::Uuid::nil(), sql!("select count(*) from audit_events where org_id = $1")).await;
            let rows: i64 = app
                .state
                .db
                .global(global_sql!(
                    "select (select count(*) from kept_forms) + (select count(*) from jobs) + (select count(*) from throttles)
                       + (select count(*) from tokens) + (select count(*) from sessions) + (select count(*) from consent_receipts)
                       + (select count(*) from usage_events)"
                ))
                .scalar()
                .await
                .unwrap();
            (events, ours, rows)
        };
        let before = written().await;
        let case = format!("/cases/{number}");
        let of_case = ["", "/access", "/history"].map(|page| format!("{case}{page}"));
        let of_import = [format!("/settings/import/{import}"), format!("/settings/import/{import}/rejected.csv")];
        for path in PAGES.iter().map(|page| (*page).to_owned()).chain(of_case).chain(of_import) {
            for method in ["GET", "HEAD"] {
                let request = desk.browser.request(method, &path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
                let answer = desk.browser.clone().send(request).await;
                assert!(answer.status.as_u16() < 500, "{method} {path}: {}", answer.status);
            }
        }
        assert_eq!(written().await, before);
    }

    async fn whatever_leaves_as_a_file_runs_nothing_and_has_a_plain_name(app) {
        let mut desk = Desk::open(&app, "files", Role::Owner).await;
        desk.case("Filed").await;
        let import = an_import(&mut desk.browser).await;
        let (request, file) = a_request(&app, &mut desk).await;
        let data = desk.browser.post("/me/privacy", "/api/privacy/download", &[("password", PASSWORD), ("form", "download")]).await;
        let saved = [
            "/cases.csv".to_owned(),
            format!("/settings/import/{import}/rejected.csv"),
            "/settings/processing.json".into(),
            "/settings/processing.csv".into(),
            "/privacy/choices/receipts.json".into(),
            format!("/desk/{request}/files/{file}"),
            data.location().to_owned(),
        ];
        for path in &saved {
            let answer = desk.browser.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let disposition = answer.header("content-disposition");
            assert!(disposition.starts_with("attachment; filename=\"") && disposition.is_ascii(), "{path}: {disposition}");
            runs_nothing(path, &answer);
            // A browser takes it compressed, and to its end.
            for coding in ["gzip", "br", "zstd", "deflate", "gzip, deflate, br, zstd"] {
                let request = desk.browser.request("GET", path).header(header::ACCEPT_ENCODING, coding).body(Body::empty()).unwrap();
                let answer = desk.browser.clone().send(request).await;
                assert!(answer.status == 200 && !answer.bytes.is_empty(), "{path} as {coding}: {} {}", answer.status, answer.body);
            }
        }
        for path in [
            "/privacy.json", "/privacy.atom", "/subprocessors.json", "/subprocessors.atom", "/.well-known/security.txt", "/.well-known/gpc.json",
            "/privacy/consent-receipt.schema.json", "/privacy/document.css", "/livez", "/readyz",
        ] {
            runs_nothing(path, &desk.browser.get(path).await);
        }
    }

    async fn a_head_that_is_too_large_is_refused_with_words(app) {
        let mut browser = app.browser();
        let long = browser.get(&format!("/login?next={}", "a".repeat(9_000))).await;
        assert!(long.status == 414 && long.body.contains("<h1>Too large</h1>"), "{} {}", long.status, long.body);
        let path = browser.get(&format!("/{}", "a".repeat(9_000))).await;
        assert_eq!(path.status, 414);
        browser.headers = (0..5).map(|_| ("x-filler", "b".repeat(8_000))).collect();
        let lines = browser.get("/login").await;
        assert!(lines.status == 431 && lines.body.contains("<h1>Too large</h1>"), "{} {}", lines.status, lines.body);
        browser.headers.truncate(3);
        assert_eq!(browser.get("/login").await.status, 200, "single sign-on and proxies add some kilobytes");
    }

    async fn a_nul_character_reaches_no_database(app) {
        let asked = app.state.db.global(global_sql!("select count(*) from throttles where bucket = $1")).bind("a\0b".to_owned());
        let fault: Fault = asked.scalar::<i64>().await.unwrap_err().into();
        assert_eq!(fault, Fault::Malformed);
        let maybe = app.state.db.global(global_sql!("select count(*) from throttles where bucket = $1")).bind(Some("\0".to_owned()));
        assert!(maybe.scalar::<i64>().await.is_err());
        let fine = app.state.db.global(global_sql!("select count(*) from throttles where bucket = $1")).bind("\u{1}\u{fffd}".to_owned());
        assert_eq!(fine.scalar::<i64>().await.unwrap(), 0);
    }
}

fn runs_nothing(path: &str, answer: &Answered) {
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("allow-"), "{path}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
}

/// Pages of the product that need nothing more than an address.
const PAGES: [&str; 43] = [
    "/",
    "/signup",
    "/signup/sent",
    "/login",
    "/forgot",
    "/forgot/sent",
    "/privacy",
    "/privacy/versions",
    "/privacy/changes",
    "/trust",
    "/security",
    "/subprocessors",
    "/privacy/request",
    "/privacy/request/sent",
    "/operator/requests",
    "/desk",
    "/cookies",
    "/privacy/choices",
    "/appearance",
    "/settings/usage",
    "/accessibility",
    "/privacy/retention",
    "/me/privacy",
    "/me/privacy/delete",
    "/settings/close",
    "/settings/export",
    "/settings/processing",
    "/settings/retention",
    "/onboarding",
    "/home",
    "/cases",
    "/cases/new",
    "/me",
    "/me/security",
    "/settings",
    "/settings/organisation",
    "/settings/members",
    "/settings/case-types",
    "/settings/import",
    "/settings/record",
    "/reset/x",
    "/invite/x",
    "/verify-email/x",
];
