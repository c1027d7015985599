//! That every promise has its proof; and the proofs that belong to no other feature.

use std::{collections::BTreeSet, path::Path};

use super::{
    clauses,
    controls::TOPICS,
    feeds,
    register::{self, keep},
    results::{Record, SOURCE},
};
use crate::{
    accounts::Role,
    cases::testing::Desk,
    privacy::{
        policy::editions::EDITIONS,
        registry::{sweeps, tables},
    },
    server::{
        config::{Config, Subprocessor},
        db::global_sql,
        testing::{Browser, PASSWORD, TestApp, on_either_engine},
    },
    tests::{product, sources},
};

/// Pages for visitors, each of which promises something.
const VISITED: [&str; 17] = [
    "/",
    "/login",
    "/signup",
    "/forgot",
    "/forgot/sent",
    "/signup/sent",
    "/privacy",
    "/privacy/versions",
    "/privacy.json",
    "/privacy.atom",
    "/cookies",
    "/accessibility",
    "/trust",
    "/security",
    "/subprocessors",
    "/subprocessors.json",
    "/subprocessors.atom",
];
const SIGNED_IN: [&str; 8] = ["/home", "/cases", "/cases/new", "/me", "/me/security", "/settings", "/settings/members", "/settings/record"];

/// Whether a name is that of a test that there is: `fn NAME` in a test module, or the title of a test in `end2end`.
fn exists(test: &str, sources: &[(std::path::PathBuf, String)], browser: &str) -> bool {
    match test.strip_prefix("browser(").and_then(|rest| rest.strip_suffix(')')) {
        Some(title) => browser.contains(&format!("test('{title}'")),
        None => sources.iter().any(|(_, text)| {
            text.match_indices(&format!("fn {test}(")).any(|(at, _)| {
                let before = text.get(..at).unwrap_or_default();
                let by_macro = text.get(at..).is_some_and(|rest| rest.starts_with(&format!("fn {test}(app)")));
                let tail: String = before.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
                let attribute = tail.rsplit_once('}').map_or(tail.as_str(), |(_, near)| near);
                by_macro || attribute.contains("#[test]") || attribute.contains("#[tokio::test")
            })
        }),
    }
}

fn browser_tests() -> String {
    std::fs::read_dir("end2end/tests").unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_clause_has_a_mechanism_and_tests_that_exist() {
    let promised: BTreeSet<&str> = EDITIONS.into_iter().flat_map(|edition| edition.clauses()).map(|clause| clause.id).collect();
    let kept: Vec<&str> = clauses::all().map(|kept| kept.id).collect();
    let unique: BTreeSet<&str> = kept.iter().copied().collect();
    assert_eq!(unique.len(), kept.len(), "a clause stands there twice");
    assert_eq!(promised, unique, "a clause without an entry, or an entry without a clause");
    let (sources, browser) = (sources(), browser_tests());
    let mut wrong = Vec::new();
    for kept in clauses::all() {
        let proved = kept.tests.iter().any(|test| !test.starts_with("browser("));
        if kept.how.is_empty() || !proved {
            wrong.push(format!("{} has no mechanism or no test", kept.id));
        }
        wrong.extend(
            kept.tests.iter().filter(|test| !exists(test, &sources, &browser)).map(|test| format!("{}: there is no test {test}", kept.id)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!exists("no_such_test", &sources, &browser) && !exists("sources", &sources, &browser));
}

/// Periods in the prose of clauses, and the rules that carry them out.
const PERIODS: [(&str, &str, &str); 3] = [
    ("1.2a", "{} after its last use the address is cut to its network and the browser removed", "sessions.address"),
    ("1.2a", "{} after its last use the address is cut to its network and the browser removed", "sessions.user_agent"),
    ("1.2a", "{} after its end the sign-in is deleted", "sessions.rows"),
];

#[test]
fn periods_in_the_clauses_are_those_of_the_rules() {
    for (id, says, rule) in PERIODS {
        let kept = clauses::all().find(|kept| kept.id == id).unwrap();
        let (table, sweep) = sweeps().find(|(_, sweep)| sweep.id == rule).unwrap();
        let says = says.replace("{}", &sweep.period(table));
        assert!(kept.how.contains(&says), "{id} does not say: {says}");
    }
    // The sentence of a table names the period of each rule, where it is one of days.
    for table in tables() {
        for sweep in table.sweeps.iter().filter(|sweep| (2..365).contains(&sweep.days)) {
            let says = table.keep.to_lowercase();
            assert!(says.contains(&format!("{} days", sweep.days)), "{}: {}", sweep.id, table.keep);
        }
    }
}

#[test]
fn every_control_has_tests_that_exist() {
    let (sources, browser) = (sources(), browser_tests());
    let mut ids = BTreeSet::new();
    for control in TOPICS.iter().flat_map(|topic| topic.controls) {
        assert!(ids.insert(control.id) && !control.tests.is_empty(), "{}", control.id);
        for test in control.tests {
            assert!(exists(test, &sources, &browser), "{}: there is no test {test}", control.id);
        }
    }
    assert!(ids.len() > 20);
}

/// What `scripts/test clauses` reads: the register, and the sources to which the results will belong.
#[test]
fn the_register_is_written_for_the_gate() {
    let entries: Vec<serde_json::Value> = clauses::all().map(|kept| serde_json::json!({ "id": kept.id, "tests": kept.tests })).collect();
    let controls =
        TOPICS.iter().flat_map(|topic| topic.controls).map(|control| serde_json::json!({ "id": control.id, "tests": control.tests }));
    let register = serde_json::json!({ "source": SOURCE, "entries": entries.into_iter().chain(controls).collect::<Vec<_>>() });
    assert!(register["entries"].as_array().unwrap().len() > 70);
    assert_eq!(SOURCE.len(), 16);
    if let Ok(folder) = std::env::var("CASETRAKR_TEST_RESULTS") {
        std::fs::write(Path::new(&folder).join("register.json"), register.to_string()).unwrap();
    }
}

#[test]
fn a_record_of_another_build_is_none_of_ours() {
    let record = |source: &str| Record { source: source.into(), ..Record::default() };
    assert!(record(SOURCE).is_of_this_build() && !record("0000000000000000").is_of_this_build());
}

/// Hosts of absolute addresses in a text.
fn hosts(text: &str) -> BTreeSet<String> {
    ["http://", "https://", "ws://", "wss://"]
        .iter()
        .flat_map(|scheme| text.split(scheme).skip(1))
        .map(|rest| {
            rest.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))).next().unwrap_or_default().to_owned()
        })
        .collect()
}

/// Names, not places: what a schema or a format is called. Nothing is loaded from there.
const NAMES_OF_FORMATS: [&str; 3] = ["schema.org", "www.w3.org", "cases.example.org"];

async fn foreign_hosts(browser: &mut Browser, path: &str) -> Vec<String> {
    let page = browser.get(path).await;
    assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
    let policy = page.header("content-security-policy").to_owned();
    assert!(!policy.contains("http") && !policy.contains("*"), "{path}: {policy}");
    assert!(page.headers.get("set-cookie").is_none(), "{path} sets a cookie");
    let found = hosts(&page.body);
    found.into_iter().filter(|host| host != "127.0.0.1:3000" && !NAMES_OF_FORMATS.contains(&host.as_str())).collect()
}

#[test]
fn pp_1_the_program_connects_to_nobody_else() {
    // Whatever opens a connection stands in the dependencies; of those that can, each is confined to its place.
    let lock = std::fs::read_to_string("Cargo.lock").unwrap();
    for client in ["reqwest", "ureq", "isahc", "surf", "hyper-tls", "hyper-rustls", "awc", "curl", "sentry", "opentelemetry-otlp"] {
        assert!(!lock.contains(&format!("name = \"{client}\"\n")), "{client} came in: say in the register what it connects to");
    }
    let confined = [
        ("TcpStream::connect", ""),
        ("lookup_host", ""),
        ("AsyncSmtpTransport", "src/server/mail.rs"),
        ("PgPool", "src/server/db/"),
        ("HttpConnector", ""),
    ];
    for (path, text) in product() {
        for (means, place) in confined {
            let allowed = !place.is_empty() && path.to_string_lossy().starts_with(place);
            assert!(allowed || !text.contains(means), "{} uses {means}", path.display());
        }
    }
}

#[test]
fn pp_4_mail_is_about_the_account_and_nothing_else() {
    // Who writes mail is a closed list; a feature that wants to write more has to come here and to the policy.
    let writers = ["src/accounts/", "src/privacy/", "src/server/mail.rs"];
    for (path, text) in product() {
        let place = path.to_string_lossy().into_owned();
        if text.contains("mail::send(") || text.contains("Mail {") {
            assert!(writers.iter().any(|writer| place.starts_with(writer)), "{place} writes mail");
        }
        // The program's own commands open no case: they know no list, no page and no search of them. A legal hold names
        // one by its number, which tells the command only that it exists.
        let text = text.replace("cases::id_of_number(", "");
        if place.starts_with("src/command/") && !place.ends_with("demo.rs") {
            assert!(!text.contains("cases::"), "{place} reaches cases");
        }
        assert!(!text.to_lowercase().contains("newsletter") || place.starts_with("src/privacy/trust/"), "{place}");
    }
}

#[test]
fn pp_5_no_field_and_no_column_for_a_card() {
    let words = ["card", "pan", "cvc", "cvv", "iban", "bic", "stripe", "bank"];
    let mut columns = 0;
    for engine in ["sqlite", "postgres"] {
        for file in std::fs::read_dir(format!("migrations/{engine}")).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for line in text.lines().filter(|line| line.starts_with("  ")) {
                let column = line.trim().split(' ').next().unwrap_or_default();
                columns += 1;
                assert!(!column.split('_').any(|part| words.contains(&part)), "column {column}");
            }
        }
    }
    assert!(columns > 200, "{columns}");
    for (path, text) in product() {
        for field in ["autocomplete=\"cc-", "name=\"card", "name=\"cvc", "name=\"iban", "js.stripe.com", "api.stripe.com"] {
            assert!(!text.contains(field), "{} has {field}", path.display());
        }
    }
    assert!(!std::fs::read_to_string("Cargo.lock").unwrap().contains("stripe"));
}

#[test]
fn no_case_is_decided_by_a_machine() {
    let mut seen = 0;
    for (path, text) in product().filter(|(path, _)| path.starts_with("src/cases")) {
        seen += 1;
        for means in ["jobs::enqueue", "record_in(", "tokio::spawn"] {
            assert!(!text.contains(means), "{} uses {means}: nobody would have decided it", path.display());
        }
    }
    assert!(seen > 30);
}

pub(in crate::privacy) fn hosting(starts: &str) -> Subprocessor {
    Subprocessor {
        name: "Northern <Hosting>".into(),
        entity: "Northern Hosting B.V.".into(),
        service: "Machines".into(),
        data: "All data, encrypted".into(),
        country: "US".into(),
        transfer: "scc".into(),
        contact: String::new(),
        evidence: String::new(),
        starts: starts.into(),
    }
}

async fn rows(app: &TestApp) -> i64 {
    app.state
        .db
        .global(global_sql!(
            "select (select count(*) from sessions) + (select count(*) from kept_forms) + (select count(*) from jobs)
               + (select count(*) from throttles) + (select count(*) from acknowledgements) + (select count(*) from tokens)
               + (select count(*) from users) + (select count(*) from subprocessor_changes) + (select count(*) from policy_versions)"
        ))
        .scalar()
        .await
        .unwrap()
}

fn ids(text: &str) -> usize {
    text.matches("<entry>").count()
}

on_either_engine! {
    async fn pp_1_every_address_in_what_is_served_is_ours(app) {
        let mut desk = Desk::open(&app, "served", Role::Owner).await;
        let number = desk.case("Served").await;
        let app = app.configured(|config| config.subprocessors = vec![hosting("2020-01-01")]);
        keep(&app.state).await.unwrap();
        let mut visitor = app.browser();
        for path in VISITED.iter().chain(&["/nothing", "/.well-known/security.txt", "/privacy/document.css"]) {
            assert_eq!(foreign_hosts(&mut visitor, path).await, Vec::<String>::new(), "{path}");
        }
        for path in SIGNED_IN.iter().map(|path| (*path).to_owned()).chain([format!("/cases/{number}")]) {
            assert_eq!(foreign_hosts(&mut desk.browser, &path).await, Vec::<String>::new(), "{path}");
        }
        assert_eq!(hosts("src=https://evil.example/x.js").into_iter().collect::<Vec<_>>(), ["evil.example"]);
    }

    async fn skip_links_stand_first_on_every_page(app) {
        let org = app.organisation("skip").await;
        let mut member = org.signed_in(&app, Role::Owner).await;
        let pages = VISITED.iter().filter(|path| !path.contains('.')).map(|path| (*path, false)).chain(SIGNED_IN.map(|path| (path, true)));
        for (path, signed_in) in pages {
            let body = if signed_in { member.get(path).await.body } else { app.browser().get(path).await.body };
            let first = body.split("<body").nth(1).unwrap().split("<a ").nth(1).unwrap().split("</a>").next().unwrap();
            assert!(first.contains("href=\"#main\"") && first.contains("Skip"), "{path}: {first}");
            assert!(body.contains("id=\"main\""), "{path}");
        }
    }

    async fn every_page_leads_to_what_is_promised(app) {
        let org = app.organisation("foot").await;
        let mut member = org.signed_in(&app, Role::ReadOnly).await;
        for (path, signed_in) in [("/", false), ("/login", false), ("/trust", false), ("/nothing/here", true), ("/home", true), ("/cases", true), ("/me", true)] {
            let body = if signed_in { member.get(path).await.body } else { app.browser().get(path).await.body };
            for link in ["/privacy", "/trust", "/security", "/subprocessors", "/cookies", "/accessibility"] {
                assert!(body.contains(&format!("href=\"{link}\"")), "{path} does not lead to {link}");
            }
        }
        for link in ["/privacy", "/trust", "/security", "/subprocessors", "/cookies", "/accessibility"] {
            assert_eq!(app.browser().get(link).await.status, 200, "{link}");
        }
    }

    async fn pp_7_a_visit_leaves_nothing_behind(app) {
        app.organisation("quiet").await;
        let before = rows(&app).await;
        for headers in [vec![], vec![("sec-gpc", "1".to_owned()), ("dnt", "1".to_owned())]] {
            let mut visitor = app.browser();
            visitor.headers = headers;
            for path in VISITED {
                let page = visitor.get(path).await;
                assert!(page.headers.get("set-cookie").is_none(), "{path}");
            }
            assert!(visitor.cookies().is_empty());
        }
        assert_eq!(rows(&app).await, before);
    }

    async fn pp_8_the_page_names_exactly_the_register(app) {
        let none = app.browser().get("/subprocessors").await.body;
        assert!(none.contains("There are none"));
        let app = app.configured(|config| config.subprocessors = vec![hosting("2020-01-01")]);
        keep(&app.state).await.unwrap();
        let page = app.browser().get("/subprocessors").await.body;
        for there in ["Northern &lt;Hosting", "Northern Hosting B.V.", "All data, encrypted", "Standard contractual clauses", "The register begins"] {
            assert!(page.contains(there), "{there}: {page}");
        }
        let json: serde_json::Value = serde_json::from_str(&app.browser().get("/subprocessors.json").await.body).unwrap();
        assert_eq!(json["subprocessors"].as_array().unwrap().len(), 1);
        assert_eq!(json["changes"].as_array().unwrap().len(), 2);
        let app = app.configured(|config| config.subprocessors.clear());
        assert!(app.browser().get("/subprocessors").await.body.contains("There are none"));
    }

    async fn dr_31_a_subprocessor_is_announced_thirty_days_ahead(app) {
        keep(&app.state).await.unwrap();
        let org = app.organisation("told").await;
        let day = |app: &TestApp, days: i64| crate::server::time::Zone::utc().show(app.state.clock.now().plus_seconds(days * 86_400)).input;
        let (soon, late) = (day(&app, 29), day(&app, 30));
        let app = app.configured(|config: &mut Config| config.subprocessors = vec![hosting(&soon)]);
        let refusal = keep(&app.state).await.unwrap_err();
        assert!(refusal.starts_with("subprocessors[0].starts: ") && refusal.contains(&late) && !refusal.contains('\n'), "{refusal}");
        assert!(app.mails().await.is_empty());

        let app = app.configured(|config| config.subprocessors = vec![hosting(&late)]);
        for _ in 0..2 {
            keep(&app.state).await.unwrap();
        }
        let mails = app.mails().await;
        assert_eq!(mails.iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), [org.email(Role::Owner)]);
        assert!(mails[0].subject.contains("Northern") && mails[0].body.contains(&late));
        let feed = app.browser().get("/subprocessors.atom").await;
        assert_eq!(ids(&feed.body), 2);
        assert!(feed.body.contains("Northern &lt;Hosting&gt; is added"));
        assert!(app.browser().get("/subprocessors").await.body.contains("Announced"));

        // What was announced cannot be brought forward, nor become something else, without the same notice.
        let app = app.configured(|config| config.subprocessors[0].starts = soon);
        assert!(keep(&app.state).await.unwrap_err().contains(&late));
        let app = app.configured(|config| {
            config.subprocessors[0].starts = late;
            config.subprocessors[0].data = "Less".into();
        });
        keep(&app.state).await.unwrap();
        app.state.clock.advance(86_400);
        let mut app = app.configured(|config| config.subprocessors[0].contact = "https://elsewhere.example".into());
        keep(&app.state).await.unwrap();
        let changes: [fn(&mut crate::server::config::Subprocessor); 4] = [|it| it.entity = "Another".into(), |it| it.service = "Another".into(), |it| it.country = "FR".into(), |it| it.data = "More".into()];
        for change in changes {
            let listed = app.state.config.subprocessors.clone();
            app = app.configured(|config| change(&mut config.subprocessors[0]));
            assert!(keep(&app.state).await.is_err(), "{:?}", app.state.config.subprocessors[0]);
            app = app.configured(|config| config.subprocessors = listed);
        }
        let app = app.configured(|config| config.subprocessors.clear());
        keep(&app.state).await.unwrap();
        let noted: Vec<String> = register::changes(&app.state.db).await.unwrap().into_iter().map(|change| change.change).collect();
        assert_eq!(noted, ["removed", "changed", "changed", "added", "opened"]);
        assert_eq!(app.mails().await.len(), 4);
        let report = crate::audit::verify::verify(&app.state).await.unwrap();
        assert_eq!(report.breaks, Vec::<String>::new());
    }

    async fn pp_13_security_txt_is_good_for_less_than_a_year(app) {
        assert_eq!(app.browser().get("/.well-known/security.txt").await.status, 404);
        assert!(app.browser().get("/security").await.body.contains("has not named an address"));
        let app = app.configured(|config| config.operator.email = "privacy@harbour.example".into());
        for (contact, line) in [("", "Contact: mailto:privacy@harbour.example"), ("https://harbour.example/report", "Contact: https://harbour.example/report"), ("cert@harbour.example", "Contact: mailto:cert@harbour.example")] {
            let operator = crate::server::config::Operator { security_contact: contact.into(), ..app.state.config.operator.clone() };
            let mut config = app.state.config.clone();
            config.operator = operator;
            let state = crate::server::state::State::new(app.state.db.clone(), config, app.state.key.clone(), app.state.leptos.clone(), crate::server::http::assets::Assets::default());
            assert!(feeds::text(&state).unwrap().lines().any(|text| text == line), "{contact}");
        }
        let answer = app.browser().get("/.well-known/security.txt").await;
        assert!(answer.header("content-type").starts_with("text/plain"));
        let expires = answer.body.lines().find_map(|line| line.strip_prefix("Expires: ")).unwrap();
        let at = crate::server::time::Zone::utc().parse(expires).unwrap();
        let left = (at.0 - app.state.clock.now().0) / 1_000_000;
        assert!((86_400..365 * 86_400).contains(&left), "{expires}");
        assert!(answer.body.lines().any(|line| line == "Canonical: http://127.0.0.1:3000/.well-known/security.txt"));
    }

    async fn pp_14_an_account_takes_adulthood_and_no_date_of_birth(app) {
        let policy = app.browser().get("/signup").await.input("policy");
        let page = app.browser().get("/signup").await.body;
        let mut asked: Vec<&str> = page.split_once("<main").unwrap().1.split("name=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|name| !["viewport", "color-scheme", "theme-color"].contains(name)).collect();
        asked.sort_unstable();
        asked.dedup();
        assert_eq!(asked, ["adult", "email", "name", "organisation", "password", "policy"]);
        let form = |adult: &'static str| vec![("name", "Ada"), ("email", "ada@quay.example"), ("organisation", "Quay"), ("password", PASSWORD), ("adult", adult), ("policy", policy.as_str())];
        let refused = app.browser().call("/api/accounts/sign_up", &form("")).await;
        assert_eq!(refused.status, 422);
        assert!(refused.fault().about("adult").is_some());
        assert_eq!(app.browser().call("/api/accounts/sign_up", &form("on")).await.status, 200);
        let attested: i64 = app.state.db.global(global_sql!("select adult_attested_at from users")).scalar().await.unwrap();
        assert!(attested > 0);
        let accounts = std::fs::read_to_string("migrations/sqlite/0001_accounts.sql").unwrap();
        let users = accounts.split("create table users (").nth(1).unwrap().split(") strict").next().unwrap();
        let columns: Vec<&str> = users.lines().filter_map(|line| line.trim().split(' ').next()).filter(|word| !word.is_empty()).collect();
        assert_eq!(columns, ["id", "email", "email_folded", "name", "password_hash", "email_verified_at", "adult_attested_at", "created_at", "version"]);
        for file in std::fs::read_dir("migrations/sqlite").unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            assert!(!["add column birth", "date_of_birth", "born_on"].iter().any(|word| text.contains(word)));
        }
    }

    async fn the_page_shows_every_clause_with_its_tests(app) {
        let page = app.browser().get("/trust").await;
        assert_eq!(page.status, 200);
        for kept in clauses::all() {
            assert!(page.body.contains(&format!("id=\"t-{}\"", kept.id)), "{}", kept.id);
        }
        assert!(page.body.contains("None. This server connects to its own database"));
        assert!(!page.body.contains("type=\"module\""));
        let app = app.configured(|config| { config.smtp.host = "smtp.harbour.example".into(); config.smtp.from = "a@harbour.example".into(); });
        assert!(app.browser().get("/trust").await.body.contains("smtp.harbour.example:587 (mail)"));
        app.organisation("chain").await;
        let shown = app.browser().get("/trust").await.body;
        let head = crate::audit::checkpoint(&app.state).await.unwrap().unwrap();
        assert!(shown.contains(&crate::server::secret::hex(&head.hash)) && shown.contains(&format!("{} events", head.seq)));
    }
}
