//! The policy over HTTP: published, pinned, compared, announced, acknowledged.

use super::publish::{Wish, publish};
use crate::{
    accounts::{Role, model::POLICY_VERSION},
    privacy::policy::editions::Edition,
    server::{
        config::Config,
        db::global_sql,
        secret::{hex, sha256},
        testing::{Answered, PASSWORD, TestApp, on_either_engine},
    },
};

const DAY: i64 = 86_400;

fn named(config: &mut Config) {
    let operator = &mut config.operator;
    operator.name = "Harbour <Cooperative>".into();
    operator.address = "Quay 4, Hamburg".into();
    operator.email = "privacy@harbour.example".into();
    operator.authority = "the Hamburg Commissioner".into();
    operator.hosting_country = "Germany".into();
    operator.transfers = "no data leaves the country".into();
}

fn wish(edition: &str, effective: Option<&str>) -> Wish {
    Wish { edition: Some(edition.into()), effective: effective.map(str::to_owned) }
}

async fn page(app: &TestApp, path: &str) -> Answered {
    let page = app.browser().get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page
}

async fn count_versions(app: &TestApp) -> i64 {
    app.state.db.global(global_sql!("select count(*) from policy_versions")).scalar().await.unwrap()
}

#[test]
fn every_purpose_names_its_basis() {
    let newest = Edition::newest();
    for clause in newest.clauses().filter(|clause| clause.id.starts_with("2.") && clause.id != "2.8") {
        assert!(["4.1", "4.2", "4.3", "4.4"].iter().any(|basis| clause.text.contains(basis)), "{} names no basis", clause.id);
    }
    assert_eq!(newest.date, POLICY_VERSION);
}

on_either_engine! {
    async fn an_unpublished_policy_says_so_and_marks_its_blanks(app) {
        let policy = page(&app, "/privacy").await.body;
        assert!(policy.contains("has not published a policy in their own name yet"));
        assert!(policy.contains("<mark>name of the operator") && !policy.contains("{operator}"), "{policy}");
        assert!(!policy.contains("Last updated"));
        let json: serde_json::Value = serde_json::from_str(&page(&app, "/privacy.json").await.body).unwrap();
        assert_eq!((json["published"].as_bool(), json["versions"].as_array().unwrap().len()), (Some(false), 0));
        assert!(json["unfilled"].as_array().unwrap().iter().any(|key| key == "operator.name"));
        assert!(page(&app, "/privacy/versions").await.body.contains("None has been published yet"));
        assert_eq!(app.browser().get("/privacy/changes").await.status, 404);
    }

    async fn pp_16_nothing_is_published_while_a_variable_is_open(app) {
        let refusal = publish(&app.state, &Wish::default()).await.unwrap_err();
        for key in ["operator.name", "operator.address", "operator.email", "operator.hosting_country", "operator.transfers", "operator.authority"] {
            assert!(refusal.contains(key), "{key} in {refusal}");
        }
        assert!(!refusal.contains("data_protection_officer"), "{refusal}");
        let app = app.configured(|config| { named(config); config.operator.authority = String::new(); });
        assert_eq!(publish(&app.state, &Wish::default()).await.unwrap_err(), "not published: fill operator.authority in the configuration first");
        let app = app.configured(|config| { named(config); config.operator.email = "privacy@example.org".into(); });
        assert!(publish(&app.state, &Wish::default()).await.unwrap_err().contains("address of an example"));
        assert!(publish(&app.state, &wish("2020-01-01", None)).await.unwrap_err().contains("there is no edition"));
        assert_eq!(count_versions(&app).await, 0);
    }

    async fn pp_16_the_contact_stands_on_the_page(app) {
        let app = app.configured(named);
        let version = publish(&app.state, &Wish::default()).await.unwrap();
        for path in ["/privacy".to_owned(), version.path()] {
            let body = page(&app, &path).await.body;
            for there in [
                "href=\"mailto:privacy@harbour.example\"", ">privacy@harbour.example<", "Harbour &lt;Cooperative", "Quay 4, Hamburg",
                "the Hamburg Commissioner", "none has been appointed", "hosted in Germany",
            ] {
                assert!(body.contains(there), "{path} lacks {there}");
            }
            assert!(!body.contains("<mark>") && !body.contains("<Cooperative>"), "{path}");
        }
    }

    async fn pp_15_the_page_says_the_date_of_the_version_in_force(app) {
        let app = app.configured(named);
        let version = publish(&app.state, &Wish::default()).await.unwrap();
        let stored: crate::clock::Instant = app.state.db.global(global_sql!("select published_at from policy_versions")).scalar().await.unwrap();
        let shown = crate::server::time::Zone::utc().show(stored);
        let pinned = page(&app, &version.path()).await.body;
        for body in [page(&app, "/privacy").await.body, pinned] {
            let modified = body.split("\"dateModified\":\"").nth(1).unwrap().split('"').next().unwrap();
            assert_eq!(modified, shown.iso);
            assert!(body.contains(&format!("<time datetime=\"{}\">{}", shown.iso, shown.day)), "{body}");
        }
        let policy = page(&app, "/privacy").await.body;
        for clause in ["c-0.1", "c-1.1a", "c-2.8", "c-8.11", "c-13.1", "c-14.1"] {
            assert!(policy.contains(&format!("id=\"{clause}\"")), "{clause}");
        }
        assert_eq!(policy.split_once("<main").unwrap().1.matches("<h2").count(), 13);
        assert!(!policy.contains("type=\"module\""));
    }

    async fn pp_15_a_published_version_never_changes(app) {
        let app = app.configured(named);
        let version = publish(&app.state, &Wish::default()).await.unwrap();
        let db = &app.state.db;
        assert!(db.global(global_sql!("update policy_versions set page = 'other'")).execute().await.is_err());
        assert!(db.global(global_sql!("update policy_versions set effective_at = 0 where number = 1")).execute().await.is_err());
        assert!(db.global(global_sql!("delete from policy_versions")).execute().await.is_err());
        assert_eq!(hex(&sha256(&[page(&app, &version.path()).await.body.as_bytes()])), version.hash);
        assert!(publish(&app.state, &Wish::default()).await.unwrap_err().contains("nothing has changed"));
        assert!(publish(&app.state, &wish("2026-01-19", None)).await.unwrap_err().contains("in use already"));
    }

    async fn pp_15_a_version_answers_the_same_bytes_for_ever(app) {
        let app = app.configured(named);
        let first = publish(&app.state, &wish("2026-01-19", None)).await.unwrap();
        let before = page(&app, &first.path()).await;
        assert_eq!(hex(&sha256(&[before.body.as_bytes()])), first.hash);
        assert!(before.header("cache-control").contains("immutable") && before.header("content-type").starts_with("text/html"));
        app.state.clock.advance(40 * DAY);
        publish(&app.state, &Wish::default()).await.unwrap();
        // Another operator, another program: the page was made when it was published.
        let app = app.configured(|config| config.operator.name = "Somebody else".into());
        assert_eq!(page(&app, &first.path()).await.body, before.body);
        let style = page(&app, "/privacy/document.css").await;
        assert!(style.header("content-type").starts_with("text/css") && style.body.contains(".clause"));
        assert_eq!(app.browser().get("/privacy/versions/0123").await.status, 404);
        assert_eq!(app.browser().get("/privacy/versions/%00").await.status.as_u16() / 100, 4);
    }

    async fn a_policy_changed_behind_the_product_is_found(app) {
        let app = app.configured(named);
        let version = publish(&app.state, &wish("2026-01-19", None)).await.unwrap();
        app.verify_audit().await;
        // The database itself refuses that, until somebody takes its guard away.
        let guard = global_sql!(sqlite: "drop trigger policy_versions_stay", postgres: "drop trigger policy_versions_stay on policy_versions");
        app.state.db.global(guard).execute().await.unwrap();
        app.state.db.global(global_sql!("update policy_versions set page = page || '!'")).execute().await.unwrap();
        let breaks = crate::audit::verify::verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() == 1 && breaks[0].contains(&format!("policy {}", version.number)), "{breaks:?}");
    }

    async fn pp_15_a_change_that_matters_is_announced_thirty_days_ahead(app) {
        let app = app.configured(named);
        let first = publish(&app.state, &wish("2026-01-19", None)).await.unwrap();
        let org = app.organisation("told").await;
        let today = crate::server::time::Zone::utc().show(app.state.clock.now()).input;
        let refusal = publish(&app.state, &wish("2026-11-24", Some(&today))).await.unwrap_err();
        assert!(refusal.contains("30 days from now at the earliest"), "{refusal}");
        assert!(publish(&app.state, &wish("2026-11-24", Some("soon"))).await.unwrap_err().contains("is no day"));
        assert_eq!((count_versions(&app).await, app.mails().await.len()), (1, 0));

        let second = publish(&app.state, &wish("2026-11-24", None)).await.unwrap();
        assert_eq!(second.weight, "material");
        assert!(second.effective_at.0 - second.published_at.0 >= 30 * DAY * 1_000_000);
        let mails = app.mails().await;
        assert_eq!(mails.len(), org.users.len());
        for role in Role::ALL {
            let mail = mails.iter().find(|mail| mail.to == org.email(role)).unwrap();
            assert!(mail.body.contains(&second.hash) && mail.body.contains("it is not consent"), "{}", mail.body);
        }
        let report = crate::audit::verify::verify(&app.state).await.unwrap();
        assert_eq!(report.breaks, Vec::<String>::new());
        let events: i64 = {
            let mut tx = app.state.db.begin().await.unwrap();
            tx.confine(uuid::Uuid::nil()).await.unwrap();
            tx.query(crate::server::db::sql!("select count(*) from audit_events where org_id = $1 and action = 'policy.published'")).scalar().await.unwrap()
        };
        assert_eq!(events, 2);

        let before = page(&app, "/privacy").await.body;
        assert!(before.contains(&first.hash) && before.contains("takes effect on"));
        app.state.clock.advance(31 * DAY);
        let after = page(&app, "/privacy").await.body;
        assert!(after.contains(&second.path()) && !after.contains("takes effect on"));
    }

    async fn pp_15_a_change_of_details_is_minor_and_one_of_the_operator_is_not(app) {
        let app = app.configured(named);
        app.organisation("any").await;
        publish(&app.state, &Wish::default()).await.unwrap();
        let app = app.configured(|config| config.operator.data_protection_officer = "Noor Haddad, officer@harbour.example".into());
        let minor = publish(&app.state, &Wish::default()).await.unwrap();
        assert_eq!((minor.weight.as_str(), minor.effective_at), ("minor", minor.published_at));
        let app = app.configured(|config| config.operator.hosting_country = "Norway".into());
        let moved = publish(&app.state, &Wish::default()).await.unwrap();
        assert_eq!(moved.weight, "material");
        assert!(moved.effective_at.0 - moved.published_at.0 >= 30 * DAY * 1_000_000);
        let app = app.configured(|config| config.operator.data_protection_officer = String::new());
        let early = wish("2026-11-24", Some(&crate::server::time::Zone::utc().show(app.state.clock.now()).input));
        assert!(publish(&app.state, &early).await.unwrap_err().contains("takes effect later"));
    }

    async fn pp_15_people_are_told_until_they_acknowledge(app) {
        let org = app.organisation("told").await;
        let app = app.configured(named);
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        assert!(!browser.get("/me").await.body.contains("A new version of the privacy policy"));
        let version = publish(&app.state, &Wish::default()).await.unwrap();
        for path in ["/home", "/cases", "/me"] {
            let body = browser.get(path).await.body;
            assert!(body.contains("A new version of the privacy policy") && body.contains(&version.hash), "{path}");
        }
        let acknowledge = "/api/accounts/acknowledge_policy";
        assert_eq!(browser.call(acknowledge, &[("policy", "0000")]).await.status, 404);
        for _ in 0..2 {
            let answer = browser.post("/cases", acknowledge, &[("policy", &version.hash)]).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, "/cases"));
        }
        assert!(!browser.get("/cases").await.body.contains("A new version of the privacy policy"));
        let mut other = org.signed_in(&app, Role::Owner).await;
        assert!(other.get("/home").await.body.contains("A new version of the privacy policy"));
        assert_eq!(app.browser().call(acknowledge, &[("policy", &version.hash)]).await.status, 401);
        let noted: i64 = app.state.db.global(global_sql!("select count(*) from acknowledgements where document_version = $1")).bind(version.hash).scalar().await.unwrap();
        assert_eq!(noted, 1);
    }

    async fn pp_15_an_acknowledgement_says_which_version_and_is_no_consent(app) {
        let app = app.configured(named);
        let form = |policy: &str| [("name", "Ada"), ("email", "ada@quay.example"), ("organisation", "Quay"), ("password", PASSWORD), ("adult", "on"), ("policy", policy)].map(|(n, v)| (n, v.to_owned())).to_vec();
        let version = publish(&app.state, &Wish::default()).await.unwrap();
        assert_eq!(app.browser().get("/signup").await.input("policy"), version.hash);
        let sign_up = |policy: String| { let mut browser = app.browser(); async move {
            let pairs = form(&policy);
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
            browser.call("/api/accounts/sign_up", &pairs).await
        }};
        assert!(sign_up(POLICY_VERSION.to_owned()).await.fault().about("policy").is_some());
        assert_eq!(sign_up(version.hash.clone()).await.status, 200);
        let stored: Vec<String> = app.state.db.global(global_sql!("select document_version from acknowledgements where document = 'privacy'")).scalars().await.unwrap();
        assert_eq!(stored, [version.hash]);
        // Nothing but signing up and this notice writes or reads that table: no purpose rests on it.
        let readers = ["src/accounts/store/people.rs", "src/accounts/store/sessions.rs"];
        for (path, text) in crate::tests::product() {
            let named = ["from acknowledgements", "into acknowledgements", "join acknowledgements", "update acknowledgements"].iter().any(|sql| text.contains(sql));
            let place = path.to_string_lossy().into_owned();
            assert!(!named || readers.contains(&place.as_str()) || place.starts_with("src/privacy/rights"), "{place} uses acknowledgements");
        }
    }

    async fn the_difference_is_shown_clause_by_clause(app) {
        let app = app.configured(named);
        let first = publish(&app.state, &wish("2026-01-19", None)).await.unwrap();
        let second = publish(&app.state, &wish("2026-11-24", None)).await.unwrap();
        let body = page(&app, &format!("/privacy/changes?from={}&to={}", first.hash, second.hash)).await.body;
        assert!(body.contains("Clause 11.1") && body.contains("<del>") && body.contains("<ins>"), "{body}");
        assert!(body.contains("Clause 8.10") && body.contains("Added") && body.contains("4 added, 0 removed"), "{body}");
        let back = page(&app, &format!("/privacy/changes?from={}&to={}", second.hash, first.hash)).await.body;
        assert!(back.contains("0 added, 4 removed"));
        // Without both the newest and the one before it are meant.
        assert!(page(&app, "/privacy/changes").await.body.contains("4 added, 0 removed"));
        assert!(page(&app, &format!("/privacy/changes?to={}", first.hash)).await.body.contains("0 clauses differ"));
        assert_eq!(app.browser().get("/privacy/changes?from=x&to=y").await.status, 404);
        let versions = page(&app, "/privacy/versions").await.body;
        assert!(versions.contains(&first.hash) && versions.contains(&second.hash) && versions.contains("In force"));
    }

    async fn machines_read_the_versions_too(app) {
        let app = app.configured(named);
        let first = publish(&app.state, &wish("2026-01-19", None)).await.unwrap();
        let second = publish(&app.state, &wish("2026-11-24", None)).await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&page(&app, "/privacy.json").await.body).unwrap();
        assert_eq!(json["inForce"].as_str(), Some(second.hash.as_str()));
        assert_eq!(json["versions"][1]["hash"].as_str(), Some(first.hash.as_str()));
        assert_eq!(json["policy"]["sections"].as_array().unwrap().len(), 15);
        let feed = page(&app, "/privacy.atom").await;
        assert!(feed.header("content-type").starts_with("application/atom+xml"));
        assert_eq!(feed.body.matches("<entry>").count(), 2);
        assert!(feed.body.find(&second.hash) < feed.body.find(&first.hash) && feed.body.contains("Harbour &lt;Cooperative&gt;"));
    }
}
