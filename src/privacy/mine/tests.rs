//! One's own data over HTTP, on both engines.

use std::io::Read as _;

use super::{closing, erase, erase_due, held, package};
use crate::{
    accounts::{Person, Role},
    audit,
    cases::testing::Desk,
    fault::Fault,
    privacy::retention,
    server::{
        db::global_sql,
        testing::{Browser, PASSWORD, TestApp, on_both_engines},
    },
};

const MINE: &str = "/me/privacy";
const DAY: i64 = 86_400;

async fn verified(app: &TestApp) {
    let report = audit::verify::verify(&app.state).await.unwrap();
    assert_eq!(report.breaks, Vec::<String>::new());
}

/// The session of a test lasts no month: signs in again.
async fn later(app: &TestApp, browser: &mut Browser, email: &str, days: i64) {
    app.state.clock.advance(days * DAY);
    browser.sign_in(email).await;
}

on_both_engines! {
    async fn dr_9_everything_held_is_shown_without_script(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Caseworker).await;
        let number = desk.case("A case").await;
        desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "A draft of mine")]).await;
        let page = desk.browser.get(MINE).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.body.matches("<h1").count(), 1);
        for text in ["A draft of mine", "caseworker@alpha.example", "127.0.0.1", "alpha", "Download my data", "Your work in organisations"] {
            assert!(page.body.contains(text), "{text}");
        }
        assert!(!page.body.contains("<script type=\"module\"") && !page.body.contains("import("), "a script was sent");
        assert!(app.browser().get(MINE).await.location().starts_with("/login?next=/me/privacy"));
        // Within two clicks from the foot of any page.
        assert!(app.browser().get("/privacy").await.body.contains("href=\"/me/privacy\""));
        assert!(desk.browser.get("/home").await.body.contains("href=\"/me/privacy\""));
    }

    async fn dr_9_what_is_held_reads_as_people_speak(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Caseworker).await;
        let number = desk.case("A case").await;
        desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "A draft of mine")]).await;
        assert_eq!(desk.browser.post("/privacy/choices", "/privacy/consent", &[("choice", "accept")]).await.status, 303);
        let page = desk.browser.get(MINE).await.body;
        let held = page.split_once("id=\"held\"").unwrap().1.split_once("id=\"purposes\"").unwrap().0.to_owned();
        for words in [
            format!("Opened the case {number}"),
            format!("The case {number}"),
            "<time datetime=".into(),
            ">Yes<".into(),
            ">Caseworker<".into(),
            ">Firefox on Linux<".into(),
            "You accepted everything".into(),
            "Privacy policy".into(),
        ] {
            assert!(held.contains(&words), "{words}: {held}");
        }
        let person = Person::of(&app.state.db, desk.organisation.user(Role::Caseworker)).await.unwrap();
        for raw in ["case.created", ">caseworker<", "as it is compared", "{&quot;", "{\"", "Mozilla/5.0", &person.id.to_string()] {
            assert!(!held.contains(raw), "{raw}: {held}");
        }
        // The file for other programs has the values as they are stored.
        let bytes = package(&app.state, &super::held(&app.state, &person).await.unwrap()).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut file = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert!(file("data/audit_events.json").contains("case.created"));
        assert!(file("data/users.csv").contains("email_folded"));
        assert!(file("data/memberships.json").contains("\"caseworker\""));
    }

    async fn pages_that_gather_may_go_on_on_another_thread(app) {
        let org = app.organisation("alpha").await;
        let browser = org.signed_in(&app, Role::Owner).await;
        let pages = ["/me/privacy", "/me/privacy/delete", "/settings/close", "/settings/retention", "/settings/processing", "/privacy/retention"];
        // As many as the pool has connections, twice over; many more would wait longer on a busy machine than is allowed.
        let asked: Vec<_> = (0..20)
            .map(|n| {
                let (mut browser, path) = (browser.clone(), pages[n % pages.len()]);
                tokio::spawn(async move { (path, browser.get(path).await.status) })
            })
            .collect();
        for one in asked {
            let (path, status) = one.await.unwrap();
            assert_eq!(status, 200, "{path}");
        }
        // The writer is free.
        assert_eq!(browser.clone().call("/api/accounts/change_name", &[("name", "Ruth")]).await.status, 200);
    }

    async fn dr_7_the_copy_is_signed_and_only_for_who_proves_it(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        let wrong = browser.post(MINE, "/api/privacy/download", &[("password", "not my password at all"), ("form", "download")]).await;
        assert!(wrong.location().starts_with("/me/privacy?kept="), "{}", wrong.location());
        assert!(browser.get(wrong.location()).await.body.contains("This is not your password."));
        let right = browser.post(MINE, "/api/privacy/download", &[("password", PASSWORD), ("form", "download")]).await;
        let link = right.location().to_owned();
        assert!(link.starts_with("/me/privacy/data.zip?proof="), "{link}");
        let file = browser.get(&link).await;
        assert_eq!((file.status.as_u16(), file.header("content-type"), file.header("cache-control")), (200, "application/zip", "no-store"));
        // Neither somebody else, nor another session of mine, nor later.
        assert_eq!(org.signed_in(&app, Role::Admin).await.get(&link).await.status, 403);
        assert_eq!(org.signed_in(&app, Role::Caseworker).await.get(&link).await.status, 403);
        assert_eq!(app.browser().get(&link).await.status, 401);
        app.state.clock.advance(601);
        assert_eq!(browser.get(&link).await.status, 403);
        // The files are what the published schema says.
        let schema: serde_json::Value = serde_json::from_str(&app.browser().get(crate::privacy::mine::SCHEMA_PATH).await.body).unwrap();
        let person = Person::of(&app.state.db, org.user(Role::Caseworker)).await.unwrap();
        let bytes = package(&app.state, &held(&app.state, &person).await.unwrap()).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let files: Vec<String> = zip.file_names().filter(|name| name.ends_with(".json") && name.starts_with("data/")).map(str::to_owned).collect();
        assert!(files.len() > 10, "{files:?}");
        for file in files {
            let rows: serde_json::Value = serde_json::from_reader(zip.by_name(&file).unwrap()).unwrap();
            let name = file.trim_start_matches("data/").trim_end_matches(".json");
            crate::server::testing::fits_schema(&schema["$defs"][name], &rows, name);
        }
        let key = app.browser().get(crate::privacy::mine::KEY_PATH).await;
        assert!(key.status == 200 && key.body.starts_with("-----BEGIN PUBLIC KEY-----"));
        verified(&app).await;
    }

    async fn dr_8_cells_of_the_copy_are_no_formulas(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Owner).await;
        assert_eq!(browser.call("/api/accounts/change_name", &[("name", "=HYPERLINK(1)")]).await.status, 200);
        let person = Person::of(&app.state.db, org.user(Role::Owner)).await.unwrap();
        let bytes = package(&app.state, &held(&app.state, &person).await.unwrap()).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        zip.by_name("data/users.csv").unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains("'=HYPERLINK(1)") && !text.contains(",=HYPERLINK"), "{text}");
        let mut page = String::new();
        zip.by_name("index.html").unwrap().read_to_string(&mut page).unwrap();
        assert!(page.contains("=HYPERLINK(1)") && !page.contains("<script"));
    }

    async fn an_address_is_corrected_once_its_link_is_opened(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        let change = "/api/accounts/change_email";
        assert!(browser.call(change, &[("email", "new@alpha.example"), ("password", "wrong")]).await.fault().about("password").is_some());
        let asked = browser.call(change, &[("email", "new@alpha.example"), ("password", PASSWORD)]).await;
        assert_eq!(asked.location(), "/me/privacy?notice=link-sent", "{}", asked.body);
        assert!(app.browser().call("/api/accounts/sign_in", &[("email", "new@alpha.example"), ("password", PASSWORD)]).await.status == 422);
        let link = app.mailed_link("new@alpha.example").await;
        let token = browser.get(&link).await.input("token");
        assert_eq!(browser.call("/api/accounts/verify_email", &[("token", &token)]).await.status, 200);
        browser.sign_in("new@alpha.example").await;
        assert!(browser.get(MINE).await.body.contains("caseworker@alpha.example"), "the address before is evidence");
        assert!(app.mails().await.iter().any(|mail| mail.to == "caseworker@alpha.example" && mail.subject.contains("was changed")));
        // An address that somebody has gets the same answer, and its owner a note.
        let taken = browser.call(change, &[("email", "owner@alpha.example"), ("password", PASSWORD)]).await;
        assert_eq!((taken.status, taken.location()), (asked.status, asked.location()));
        assert!(!app.mails().await.last().unwrap().body.contains("/verify-email/"));
        verified(&app).await;
    }

    async fn an_objection_switches_off_what_it_says(app) {
        let org = app.organisation("alpha").await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        assert!(browser.get(MINE).await.body.contains("127.0.0.1<"));
        assert_eq!(browser.call("/api/privacy/object", &[("purpose", "account")]).await.status, 422);
        let objected = browser.post(MINE, "/api/privacy/object", &[("purpose", "security"), ("form", "object-security")]).await;
        assert_eq!(objected.status, 303);
        let page = browser.get(MINE).await.body;
        assert!(page.contains("You objected") && page.contains("127.0.0.0/24") && !page.contains("127.0.0.1<") && !page.contains("Firefox/150"));
        // New sign-ins too, and while they last.
        let mut again = org.signed_in(&app, Role::Caseworker).await;
        app.state.clock.advance(120);
        let page = again.get(MINE).await.body;
        assert!(!page.contains("127.0.0.1<") && !page.contains("Firefox/150"));
        assert!(org.signed_in(&app, Role::Admin).await.get(MINE).await.body.contains("127.0.0.1<"), "of nobody else");
        again.call("/api/privacy/withdraw_objection", &[("purpose", "security")]).await;
        let mut third = org.signed_in(&app, Role::Caseworker).await;
        assert!(third.get(MINE).await.body.contains("127.0.0.1<"));
    }

    async fn dr_5_a_deleted_account_is_kept_for_a_month_and_then_gone(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Caseworker).await;
        let number = desk.case("A case").await;
        desk.note(&number, "Written by me").await;
        let version = desk.read(&number).await.version.to_string();
        let me = desk.organisation.user(Role::Caseworker).to_string();
        assert_eq!(desk.browser.call("/api/accounts/change_name", &[("name", "Ruth Abara")]).await.status, 200);
        desk.browser.call("/api/cases/assign", &[("number", &number), ("version", &version), ("assignee", &me)]).await;
        let email = desk.organisation.email(Role::Caseworker);
        let page = desk.browser.get("/me/privacy/delete").await;
        assert!(page.status == 200 && page.body.contains("What stays, and why") && page.body.contains("Deleted as a whole") && page.body.contains("Sign-ins; "), "{}", page.body);
        assert_eq!(desk.browser.call("/api/privacy/delete_account", &[("password", "wrong")]).await.status, 422);
        let asked = desk.browser.post("/me/privacy/delete", "/api/privacy/delete_account", &[("password", PASSWORD)]).await;
        assert_eq!(asked.location(), "/me/privacy?notice=leaving");
        assert!(app.mails().await.iter().any(|mail| mail.to == email && mail.subject.contains("will be deleted")));
        later(&app, &mut desk.browser, &email, 29).await;
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("accounts"));
        assert!(desk.browser.get("/home").await.body.contains("Keep my account"));
        let kept = desk.browser.post("/home", "/api/privacy/keep_account", &[]).await;
        assert_eq!(kept.location(), "/me/privacy?notice=account-kept");
        app.state.clock.advance(2 * DAY);
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("accounts"));

        desk.browser.sign_in(&email).await;
        assert_eq!(desk.browser.call("/api/privacy/delete_account", &[("password", PASSWORD)]).await.status, 200);
        app.state.clock.advance(31 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("accounts"), Some(&1));
        assert_eq!(desk.browser.get("/home").await.status, 303);
        assert_eq!(app.browser().call("/api/accounts/sign_in", &[("email", &email), ("password", PASSWORD)]).await.status, 422);
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        let case = owner.get(&format!("/cases/{number}")).await;
        assert!(case.body.contains("Written by me") && case.body.contains("Deleted user "), "{}", case.body);
        assert!(!case.body.contains("Abara"), "{}", case.body);
        verified(&app).await;
    }

    async fn what_was_taken_back_since_the_run_began_is_not_erased(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
        let number = desk.case("A case").await;
        let (org, user, email) = (desk.organisation.id, desk.organisation.user(Role::Caseworker), desk.organisation.email(Role::Caseworker));
        let mut browser = desk.organisation.signed_in(&app, Role::Caseworker).await;
        assert_eq!(browser.call("/api/privacy/delete_account", &[("password", PASSWORD)]).await.status, 200);
        assert_eq!(desk.browser.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await.status, 200);
        // Neither before its time.
        let erased = async || {
            let account = erase_due(&app.state, user).await;
            (matches!(account, Err(Fault::NotFound)), matches!(closing::erase_due_organisation(&app.state, org).await, Err(Fault::NotFound)))
        };
        assert_eq!(erased().await, (true, true));
        // The run has listed both, and is on its way to them.
        later(&app, &mut browser, &email, 31).await;
        desk.browser.sign_in("owner@alpha.example").await;
        assert_eq!(browser.call("/api/privacy/keep_account", &[]).await.status, 200);
        assert_eq!(desk.browser.call("/api/privacy/keep_organisation", &[]).await.status, 200);
        assert_eq!(erased().await, (true, true));
        assert!(browser.get("/me/privacy").await.body.contains(&email));
        assert_eq!(browser.get(&format!("/cases/{number}")).await.status, 200, "they belong to it as before");
        // Nor what was closed anew, for thirty days from then.
        assert_eq!(desk.browser.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await.status, 200);
        assert_eq!(erased().await, (true, true));
        // Nor what is held by now.
        assert_eq!(browser.call("/api/privacy/delete_account", &[("password", PASSWORD)]).await.status, 200);
        let hold = |scope: retention::HoldScope| retention::NewHold {
            scope,
            reason: "A claim".into(),
            authority: "The court".into(),
            by: desk.organisation.email(Role::Owner),
            review_on: crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect(),
        };
        for scope in [retention::HoldScope::Account(user.uuid()), retention::HoldScope::Organisation(org.uuid())] {
            retention::place(&app.state, hold(scope)).await.unwrap();
        }
        app.state.clock.advance(31 * DAY);
        assert!(matches!(erase_due(&app.state, user).await, Err(Fault::Forbidden { .. })));
        assert!(matches!(closing::erase_due_organisation(&app.state, org).await, Err(Fault::Forbidden { .. })));
        browser.sign_in(&email).await;
        assert_eq!(browser.get(&format!("/cases/{number}")).await.status, 200);
        verified(&app).await;
    }

    async fn an_only_owner_hands_over_or_closes_first(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let refused = owner.call("/api/privacy/delete_account", &[("password", PASSWORD)]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("no other owner"), "{}", refused.body);
        assert!(owner.get("/me/privacy/delete").await.body.contains("You are the only owner of"));
        assert!(erase(&app.state, org.user(Role::Owner)).await.is_err());
        owner.call("/api/accounts/change_role", &[("user", &org.user(Role::Admin).to_string()), ("role", "owner"), ("version", "1")]).await;
        assert_eq!(owner.call("/api/privacy/delete_account", &[("password", PASSWORD)]).await.status, 200);
    }

    async fn dr_4_a_held_account_stays_until_the_hold_is_released(app) {
        let org = app.organisation("alpha").await;
        let user = org.user(Role::Caseworker);
        let new = retention::NewHold {
            scope: retention::HoldScope::Account(user.uuid()),
            reason: "A claim".into(),
            authority: "The court".into(),
            by: org.email(Role::Owner),
            review_on: "1999-01-01".into(),
        };
        assert!(retention::place(&app.state, new.clone()).await.is_err(), "a review in the past");
        let review = crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect();
        let hold = retention::place(&app.state, retention::NewHold { review_on: review, ..new }).await.unwrap().id();
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        assert_eq!(browser.call("/api/privacy/delete_account", &[("password", PASSWORD)]).await.status, 403);
        assert!(erase(&app.state, user).await.is_err());
        assert!(erase(&app.state, org.user(Role::Supervisor)).await.is_ok(), "the hold covers somebody else too");
        // A hold never stops access.
        assert_eq!(browser.get(MINE).await.status, 200);
        assert_eq!(retention::release(&app.state, hold, &org.email(Role::Owner), "Settled").await.unwrap(), retention::Released::Now);
        assert_eq!(retention::release(&app.state, hold, &org.email(Role::Owner), "Settled").await.unwrap(), retention::Released::NotInForce);
        assert!(erase(&app.state, user).await.is_ok());
        verified(&app).await;
    }

    async fn a_closed_organisation_can_be_read_and_not_changed_and_then_is_gone(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
        let number = desk.case("A case").await;
        desk.note(&number, "A note").await;
        app.organisation("beta").await;
        let close = "/api/privacy/close_organisation";
        let mut admin = desk.organisation.signed_in(&app, Role::Admin).await;
        assert_eq!(admin.call(close, &[("password", PASSWORD)]).await.status, 403);
        assert_eq!(desk.browser.get("/settings/close").await.status, 200);
        let closed = desk.browser.post("/settings/close", close, &[("password", PASSWORD)]).await;
        assert_eq!(closed.location(), "/settings/close?notice=closing");
        assert_eq!(app.mails().await.iter().filter(|mail| mail.subject.contains("is being closed")).count(), 5);

        let key = uuid::Uuid::now_v7().to_string();
        let refused = desk.browser.call("/api/cases/write_entry", &[("key", &key), ("number", &number), ("body", "More")]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("is being closed"), "{}", refused.body);
        assert_eq!(admin.call("/api/accounts/invite", &[("email", "x@y.example"), ("role", "caseworker")]).await.status, 403);
        assert_eq!(desk.browser.call("/api/settings/change_organisation", &[("organisation", "X"), ("time_zone", "UTC"), ("version", "1")]).await.status, 403);
        assert!(desk.browser.get(&format!("/cases/{number}")).await.body.contains("A note"));
        assert!(desk.browser.get("/cases.csv").await.body.contains("A case"));
        assert!(desk.browser.get("/home").await.body.contains("This organisation is being closed"));

        // Keeping it makes everything as before.
        assert_eq!(desk.browser.post("/settings/close", "/api/privacy/keep_organisation", &[]).await.location(), "/settings/close?notice=organisation-kept");
        desk.note(&number, "Still here").await;
        assert_eq!(desk.browser.call(close, &[("password", PASSWORD)]).await.status, 200);
        let org = desk.organisation.id;
        assert!(closing::rows_of(&app.state, org).await.unwrap().len() > 10);
        app.state.clock.advance(31 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("organisations"), Some(&1));
        assert_eq!(closing::rows_of(&app.state, org).await.unwrap(), std::collections::BTreeMap::new());
        let left: i64 = app.state.db.global(global_sql!("select count(*) from organisations where name = 'alpha'")).scalar().await.unwrap();
        assert_eq!(left, 0);
        verified(&app).await;

        desk.browser.sign_in("owner@alpha.example").await;
        let page = desk.browser.get(MINE).await.body;
        assert!(page.contains("Certificate of "), "{page}");
        let certificate = desk.browser.get(&format!("/me/privacy/certificates/{org}")).await;
        assert!(certificate.status == 200 && certificate.body.contains("\"cases\": 1"), "{}", certificate.body);
        admin.sign_in("admin@alpha.example").await;
        assert_eq!(admin.get(&format!("/me/privacy/certificates/{org}")).await.status, 404);
        assert_eq!(app.browser().get("/livez").await.status, 200);
    }
}
