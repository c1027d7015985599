//! Bad input: a 4xx with a clear sentence, never a panic, and nothing changed.

use axum::{body::Body, http::header};

use crate::{
    accounts::Role,
    cases::testing::Desk,
    server::testing::{Browser, on_both_engines},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// Bodies that no browser sends, with their types.
fn broken_bodies() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (FORM, b"".to_vec()),
        (FORM, b"number".to_vec()),
        (FORM, b"number=%FF%FE&version=1".to_vec()),
        (FORM, b"number=%zz&version=abc".to_vec()),
        (FORM, b"version=99999999999999999999&number=x".to_vec()),
        (FORM, b"version=1e308&number=x".to_vec()),
        (FORM, b"key=not-an-id&number=x&body=y&title=z".to_vec()),
        (FORM, b"number=a&number=b&version=1&version=2&title=t".to_vec()),
        (FORM, b"number[a][b][c][d][e][f][g][h]=1".to_vec()),
        (FORM, [b"fields".to_vec(), b"[a]".repeat(2_000), b"=1".to_vec()].concat()),
        (FORM, b"fields[]=1&fields[x]=2&fields=3".to_vec()),
        (FORM, b"number=\0&version=1&title=\0&body=\0".to_vec()),
        (FORM, b"shown_for=x&number=x&version=1".to_vec()),
        (FORM, b"as_shown=%7B%22title%22%3A&number=x&version=1&title=t".to_vec()),
        (FORM, b"as_shown=%7B%22title%22%3A7%7D&number=x&version=1&title=t&from=%FF".to_vec()),
        (FORM, vec![b'&'; 50_000]),
        (FORM, vec![0xFF; 2_000]),
        ("application/json", b"{\"number\":".to_vec()),
        ("application/json", [b"[".repeat(10_000), b"]".repeat(10_000)].concat()),
        ("text/plain", b"number=x".to_vec()),
        ("multipart/form-data", b"--x\r\n\r\n--x--".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"number\"\r\n\r\nx".to_vec()),
        ("", b"number=x".to_vec()),
        ("application/cbor", vec![0xA1, 0x61]),
    ]
}

/// Pages and files that read something from their addresses.
const READING: [&str; 16] = [
    "/cases",
    "/cases.csv",
    "/cases/new",
    "/home",
    "/desk",
    "/operator/requests",
    "/settings/record",
    "/settings/members",
    "/settings/import",
    "/login",
    "/signup",
    "/privacy/request",
    "/privacy/changes",
    "/privacy/choices",
    "/appearance",
    "/me",
];

/// Names of what pages and files read from their addresses.
const PARAMETERS: [&str; 34] = [
    "q",
    "query",
    "show",
    "kind",
    "after",
    "before",
    "sort",
    "order",
    "type",
    "case_type",
    "state",
    "assignee",
    "priority",
    "tag",
    "channel",
    "opened_from",
    "opened_to",
    "due_from",
    "due_to",
    "late",
    "edit",
    "revisions",
    "entry",
    "id",
    "number",
    "next",
    "notice",
    "version",
    "to",
    "from",
    "proof",
    "page",
    "kept",
    "f.anything",
];

/// Values that nobody types and somebody sends, encoded.
fn odd_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "",
        "%00",
        "%FF",
        "%ED%A0%80",
        "%C0%80",
        "-1",
        "9223372036854775807",
        "9223372036854775808",
        "1e308",
        "NaN",
        "9999999-12-31",
        "-9999-01-01",
        "2026-02-30",
        "00000000-0000-0000-0000-000000000000",
        "0198b3c0-zzzz-7000-8000-000000000001",
        "9223372036854775807~ffffffff-ffff-ffff-ffff-ffffffffffff",
        "-9223372036854775808~0198b3c0-0000-7000-8000-000000000001",
        "~",
        "%27%22%3B--",
        "..%2F..%2Fetc",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "%25%5F%5C",
        "[]",
        "%0D%0A",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push("x".repeat(300));
    values
}

async fn holds(browser: &mut Browser, path: &str) {
    let page = browser.get(path).await;
    assert!(page.status.as_u16() < 500, "{path}: {} {}", page.status, page.body);
    assert!(["sqlx", "panicked", "SELECT"].iter().all(|leak| !page.body.contains(leak)), "{path}: {}", page.body);
}

async fn refused(browser: &mut Browser, path: &str, kind: &str, body: Vec<u8>, html: bool) {
    let mut request = browser.request("POST", path).header(header::ACCEPT, if html { "text/html" } else { "application/json" });
    if !kind.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    let answer = browser.clone().send(request.body(Body::from(body)).unwrap()).await;
    let status = answer.status.as_u16();
    // A form without script is led back to its page, with what was typed and what is wrong.
    let led_back = status == 303 && html && (answer.location().contains("kept=") || answer.location().starts_with("/login"));
    assert!(
        (400..500).contains(&status)
            || led_back
            || (matches!(status, 200 | 303) && ["end_other_sessions", "lift_restriction"].iter().any(|bodiless| path.ends_with(bodiless))),
        "{path} {kind} {shown:?}: {status} {}",
        answer.body
    );
    assert!(!answer.header("content-type").is_empty(), "{path}");
    for leak in ["sqlx", "panicked", "src/", "SELECT", "serde", "database"] {
        assert!(!answer.body.contains(leak), "{path} {kind} {shown:?} says {leak}");
    }
}

on_both_engines! {
    async fn rel_13_no_body_makes_any_function_fail(app) {
        let mut desk = Desk::open(&app, "input", Role::Owner).await;
        let number = desk.case("Stays as it is").await;
        let mut before = desk.read(&number).await;
        for (path, method) in leptos::server_fn::axum::server_fn_paths() {
            // Functions without arguments have nothing to be wrong about; signing out would end the test.
            let harmless = ["sign_out", "my_", "/members", "resend", "end_other", "/home", "form_key", "choices", "/imports", "settings/organisation", "audit/record", "privacy/keep_"];
            if method == "GET" || harmless.iter().any(|h| path.contains(h)) {
                continue;
            }
            for (kind, body) in broken_bodies() {
                for html in [false, true] {
                    refused(&mut desk.browser, path, kind, body.clone(), html).await;
                }
            }
        }
        let after = desk.read(&number).await;
        before.entry_key = after.entry_key;
        assert_eq!(after, before);
        assert_eq!(desk.list("").await.total, 1);
    }

    async fn rel_13_no_query_makes_any_reading_function_fail(app) {
        let mut desk = Desk::open(&app, "reading", Role::Owner).await;
        for (path, _) in leptos::server_fn::axum::server_fn_paths().filter(|(_, method)| method == "GET") {
            for query in ["", "number", "number=%FF%FE", "number=%00&kind=%00", "before=1e308&number=x", "id=not-an-id", "id=%27&number=%27", "query=%FF&query=x", "number[a][b][c]=1", "entry=x&number=x"] {
                let answer = desk.browser.get(&format!("{path}?{query}")).await;
                let status = answer.status.as_u16();
                assert!(status == 200 || (400..500).contains(&status), "{path}?{query}: {status} {}", answer.body);
                assert!(["sqlx", "panicked", "SELECT"].iter().all(|leak| !answer.body.contains(leak)), "{path}?{query}: {}", answer.body);
            }
        }
    }

    async fn rel_13_no_query_makes_a_page_fail(app) {
        let mut desk = Desk::open(&app, "query", Role::Owner).await;
        let number = desk.case("Query").await;
        for query in [
            "?after=~~~", "?after=9223372036854775808~00000000-0000-0000-0000-000000000000", "?sort=;drop", "?kind=%FF", "?f.%00=x", "?f.a'b=%27%22",
            "?opened_from=0000-00-00&due_to=9999-99-99", "?opened_from=9999-12-31&opened_to=9999-12-31", "?type=%27&state=%00&assignee=label:%00&tag=%25", "?kept=x", "?before=-1&kind=x&revisions=x&edit=x", "?q=%F0%9F%98%80",
        ] {
            for path in ["/cases".to_owned(), "/cases.csv".into(), format!("/cases/{number}"), format!("/cases/{number}/history"), "/settings/import/x".into(), "/cases/new".into()] {
                let page = desk.browser.get(&format!("{path}{query}")).await;
                assert!(page.status.as_u16() < 500, "{path}{query}: {} {}", page.status, page.body);
            }
        }
        for path in ["/cases/%00", "/cases/%FF", "/cases/..%2f..%2fetc", "/settings/import/%00", "/nothing/here", "/reset/%00", "/invite/%FF", "/pkg/../Cargo.toml", "/pkg/%2e%2e/%2e%2e/Cargo.toml"] {
            let page = desk.browser.get(path).await;
            assert!((400..500).contains(&page.status.as_u16()) || page.status == 200, "{path}: {}", page.status);
            assert!(!page.body.contains("[package]"), "{path}");
        }
    }

    async fn rel_13_nothing_in_an_address_makes_a_page_fail(app) {
        let mut desk = Desk::open(&app, "address", Role::Owner).await;
        let number = desk.case("Address").await;
        let case = [format!("/cases/{number}"), format!("/cases/{number}/history"), format!("/cases/{number}/access")];
        let pages: Vec<String> = READING.iter().map(|page| (*page).to_owned()).chain(case).collect();
        // Every parameter at once, and where pages have many, each alone.
        for value in odd_values() {
            for page in &pages {
                let all: Vec<String> = PARAMETERS.iter().map(|name| format!("{name}={value}")).collect();
                holds(&mut desk.browser, &format!("{page}?{}", all.join("&"))).await;
            }
            for page in ["/cases/{}", "/cases/{}/history", "/cases/{}/access", "/settings/import/{}", "/desk/{}", "/operator/requests/{}", "/reset/{}",
                "/invite/{}", "/verify-email/{}", "/privacy/confirm/{}", "/privacy/track/{}", "/privacy/versions/{}", "/settings/import/{}/rejected.csv",
                "/settings/export/{}/archive.zip", "/privacy/track/{}/answer", "/privacy/track/{}/certificate", "/privacy/track/{}/files/{}", "/desk/{}/files/{}",
                "/me/privacy/certificates/{}", "/privacy/choices/receipts/{}", "/privacy/choices/notice/{}"] {
                holds(&mut desk.browser, &page.replace("{}", &value)).await;
            }
        }
        for name in PARAMETERS {
            for value in ["9223372036854775808", "%FF", "-1", "~"] {
                for page in ["/cases".to_owned(), format!("/cases/{number}")] {
                    holds(&mut desk.browser, &format!("{page}?{name}={value}")).await;
                }
            }
        }
        for shape in ["show[]=%00", "show[%00]=x", "%00=x", "show=a&show=%00", "show=a%00b", "kept=%00"] {
            let page = desk.browser.get(&format!("/cases/{number}?{shape}")).await;
            assert!(page.status == 400 && page.body.contains("<h1>This request could not be read</h1>"), "{shape}: {} {}", page.status, page.body);
        }
        assert_eq!(desk.browser.get("/cases/a%00b").await.status, 404);
    }

    async fn an_oversized_body_is_refused_declared_or_not(app) {
        let mut desk = Desk::open(&app, "large", Role::Owner).await;
        let large = vec![b'a'; 1_048_577];
        let declared = desk.browser.request("POST", "/api/cases/edit").header(header::CONTENT_TYPE, FORM).header(header::CONTENT_LENGTH, large.len());
        assert_eq!(desk.browser.clone().send(declared.body(Body::from(large.clone())).unwrap()).await.status, 413);
        let chunks = futures::stream::iter(large.chunks(65_536).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>());
        let chunked = desk.browser.request("POST", "/api/cases/edit").header(header::CONTENT_TYPE, FORM).header(header::ACCEPT, "text/html");
        let answer = desk.browser.clone().send(chunked.body(Body::from_stream(chunks)).unwrap()).await;
        assert_eq!(answer.status, 413);
        assert!(answer.body.contains("The limit is 1 MB") && answer.body.contains("Reference"), "{}", answer.body);
        assert_eq!(desk.list("").await.total, 0);
    }

    async fn sec_20_what_comes_from_another_site_changes_nothing(app) {
        let mut desk = Desk::open(&app, "cross", Role::Owner).await;
        let number = desk.case("Cross").await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-site", "none")] {
            let body = crate::server::testing::encoded(&[("number", &number), ("version", "1"), ("title", "Changed")]);
            for kind in [FORM, "text/plain", ""] {
                let mut request = desk.browser.request("POST", "/api/cases/edit");
                request.headers_mut().unwrap().insert(name, value.parse().unwrap());
                if !kind.is_empty() {
                    request = request.header(header::CONTENT_TYPE, kind);
                }
                let answer = desk.browser.clone().send(request.body(Body::from(body.clone())).unwrap()).await;
                assert_eq!(answer.status, 403, "{value} {kind}");
            }
        }
        let mut silent = desk.browser.request("POST", "/api/cases/edit").header(header::CONTENT_TYPE, FORM);
        silent.headers_mut().unwrap().remove("sec-fetch-site");
        assert_eq!(desk.browser.clone().send(silent.body(Body::from("number=x")).unwrap()).await.status, 403);
        assert_eq!(desk.read(&number).await.title, "Cross");
    }

    async fn an_unknown_function_is_a_page_for_people_and_a_fault_for_programs(app) {
        let mut desk = Desk::open(&app, "unknown", Role::Owner).await;
        for browser in [&mut app.browser(), &mut desk.browser] {
            for method in ["GET", "POST"] {
                for path in ["/api/nothing", "/api/cases/nothing/at/all"] {
                    let asked = |accept: &str| browser.request(method, path).header(header::ACCEPT, accept).header(header::CONTENT_TYPE, FORM).body(Body::from("number=x")).unwrap();
                    let (seen, told) = (asked("text/html"), asked("*/*"));
                    let page = browser.send(seen).await;
                    assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"), "{method} {path}");
                    assert!(page.body.contains("<h1>") && page.body.contains("Go to the start page"), "{}", page.body);
                    let fault = browser.send(told).await;
                    assert_eq!((fault.status.as_u16(), fault.header("content-type")), (404, "application/json; charset=utf-8"), "{method} {path}");
                    assert_eq!(fault.fault(), crate::fault::Fault::NotFound);
                }
            }
        }
    }

    async fn every_answer_has_the_security_headers(app) {
        let mut desk = Desk::open(&app, "headers", Role::Owner).await;
        let mut nonces = std::collections::BTreeSet::new();
        let pages = ["/", "/login", "/cases", "/cases/none", "/nothing"];
        for path in pages.into_iter().chain(["/livez", "/readyz", "/cases.csv", "/pkg/none.js", "/favicon.svg", "/api/none"]) {
            let page = desk.browser.get(path).await;
            let policy = page.header("content-security-policy").to_owned();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
            assert_eq!(policy.contains("'nonce-"), pages.contains(&path) || path == "/api/none", "{path}: {policy}");
            nonces.insert(policy);
            for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin")] {
                assert_eq!(page.header(name), value, "{path}");
            }
            assert!(!page.header("content-type").is_empty() && !page.header("x-request-id").is_empty(), "{path}");
            assert!(!page.body.contains(" style="), "{path}");
        }
        assert!(nonces.len() > pages.len(), "each page has a nonce of its own");
        assert_eq!(desk.browser.get("/reset/abc").await.header("referrer-policy"), "same-origin");
        assert_eq!(desk.browser.get("/cases").await.header("cache-control"), "no-store");
    }
}
