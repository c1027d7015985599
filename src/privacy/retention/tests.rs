//! The rules, against a clock that is moved.

mod limits;

use super::{forecast, last_runs, run_daily};
use crate::{
    accounts::Role,
    privacy::retention,
    server::{
        db::global_sql,
        testing::{TestApp, on_both_engines},
        visit::network,
    },
};

const DAY: i64 = 86_400;

async fn count(app: &TestApp, what: &str) -> i64 {
    let statement = match what {
        "sessions" => global_sql!("select count(*) from sessions"),
        "full addresses" => global_sql!("select count(*) from sessions where address not like '%/%'"),
        "browsers" => global_sql!("select count(*) from sessions where user_agent <> ''"),
        "tokens" => global_sql!("select count(*) from tokens"),
        "invitations" => global_sql!("select count(*) from invitations"),
        "mails" => global_sql!("select count(*) from mails"),
        "kept_forms" => global_sql!("select count(*) from kept_forms"),
        "throttles" => global_sql!("select count(*) from throttles"),
        other => panic!("{other}"),
    };
    app.state.db.global(statement).scalar().await.unwrap()
}

#[test]
fn an_address_is_shortened_to_its_network() {
    for (address, short) in
        [("203.0.113.9", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("::ffff:203.0.113.9", "203.0.113.0/24")]
    {
        assert_eq!(network(address.parse().unwrap()), short);
    }
}

on_both_engines! {
    async fn the_daily_run_does_what_the_published_table_says(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        owner.call("/api/accounts/invite", &[("email", "guest@else.example"), ("role", "caseworker")]).await;
        app.browser().call("/api/accounts/forgot", &[("email", "owner@alpha.example")]).await;
        app.browser().call("/api/accounts/sign_in", &[("email", "owner@alpha.example"), ("password", "wrong")]).await;
        app.browser().post("/login", "/api/accounts/sign_in", &[("email", "x"), ("password", "wrong")]).await;
        for _ in 0..50 {
            if count(&app, "tokens").await == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        for (what, many) in [("sessions", 1), ("full addresses", 1), ("browsers", 1), ("tokens", 1), ("invitations", 1), ("kept_forms", 1)] {
            assert_eq!(count(&app, what).await, many, "{what}");
        }
        assert!(count(&app, "mails").await >= 2 && count(&app, "throttles").await >= 1);

        // Nothing is due yet, and the forecast knows what will be.
        assert!(run_daily(&app.state).await.unwrap().is_empty());
        let soon = forecast(&app.state).await.unwrap();
        let line = |id: &str| soon.iter().find(|line| line.id == id).unwrap().clone();
        assert_eq!((line("tokens.rows").today, line("tokens.rows").soon), (0, 1));
        assert_eq!((line("sessions.address").today, line("sessions.rows").today), (0, 0));

        app.state.clock.advance(2 * DAY);
        run_daily(&app.state).await.unwrap();
        assert_eq!((count(&app, "kept_forms").await, count(&app, "throttles").await), (0, 0));
        app.state.clock.advance(7 * DAY);
        run_daily(&app.state).await.unwrap();
        assert_eq!((count(&app, "tokens").await, count(&app, "invitations").await), (0, 1));
        app.state.clock.advance(21 * DAY + 3_600);
        let today = forecast(&app.state).await.unwrap();
        assert_eq!(today.iter().find(|line| line.id == "sessions.address").unwrap().today, 1);
        let removed = run_daily(&app.state).await.unwrap();
        assert_eq!(removed.get("sessions.address"), Some(&1));
        assert_eq!((count(&app, "full addresses").await, count(&app, "browsers").await, count(&app, "mails").await), (0, 0, 0));
        assert_eq!((count(&app, "sessions").await, count(&app, "invitations").await), (1, 1));
        app.state.clock.advance(8 * DAY);
        run_daily(&app.state).await.unwrap();
        assert_eq!(count(&app, "invitations").await, 0);
        assert_eq!(count(&app, "sessions").await, 0, "thirty days after it ended");

        // The address of the guest in the record went with the invitation, and the record still verifies.
        let report = crate::audit::verify::verify(&app.state).await.unwrap();
        assert!(report.breaks.is_empty() && report.erased == 1, "{report:?}");
        assert!(run_daily(&app.state).await.unwrap().is_empty(), "it can be repeated");
        assert!(!last_runs(&app.state).await.unwrap().is_empty());
    }

    async fn a_hold_keeps_the_rows_of_its_account_and_no_others(app) {
        let org = app.organisation("alpha").await;
        org.signed_in(&app, Role::Owner).await;
        org.signed_in(&app, Role::Admin).await;
        let new = retention::NewHold {
            scope: retention::HoldScope::Account(org.user(Role::Admin).uuid()),
            reason: "A claim".into(),
            authority: "The court".into(),
            by: org.email(Role::Owner),
            review_on: crate::server::time::iso(app.state.clock.now().plus_seconds(300 * DAY)).chars().take(10).collect(),
        };
        retention::place(&app.state, new).await.unwrap();
        app.state.clock.advance(400 * DAY);
        assert_eq!(forecast(&app.state).await.unwrap().iter().find(|line| line.id == "sessions.rows").unwrap().today, 1);
        run_daily(&app.state).await.unwrap();
        assert_eq!((count(&app, "sessions").await, count(&app, "full addresses").await), (1, 1));
    }

    async fn a_hold_on_a_restricted_case_is_told_to_those_who_see_the_case(app) {
        let mut desk = crate::cases::testing::Desk::open(&app, "alpha", Role::Admin).await;
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        for (title, restricted) in [("Open", ""), ("Closed", "on")] {
            let number = desk.case(title).await;
            let version = desk.read(&number).await.version.to_string();
            let set = desk.browser.call("/api/cases/set_access", &[("number", &number), ("version", &version), ("restricted", restricted)]).await;
            assert_eq!(set.status, 200, "{}", set.body);
            let organisation = desk.organisation.id.uuid();
            let case = crate::cases::id_of_number(&app.state, organisation, &number).await.unwrap().unwrap();
            let new = retention::NewHold {
                scope: retention::HoldScope::Case { organisation, case },
                reason: format!("{title} claim"),
                authority: "The court".into(),
                by: desk.organisation.email(Role::Owner),
                review_on: crate::server::time::iso(app.state.clock.now().plus_seconds(300 * DAY)).chars().take(10).collect(),
            };
            retention::place(&app.state, new).await.unwrap();
        }
        let told = desk.browser.get("/settings/retention").await.body;
        assert!(told.contains("Open claim") && told.contains("Closed claim"), "{told}");
        let told = owner.get("/settings/retention").await.body;
        assert!(told.contains("Open claim") && !told.contains("Closed claim"), "{told}");
    }

    async fn dr_17_nothing_of_a_restricted_person_is_swept_until_the_restriction_ends(app) {
        let org = app.organisation("alpha").await;
        org.signed_in(&app, Role::Owner).await;
        org.signed_in(&app, Role::Admin).await;
        let restrict = async |at: Option<crate::clock::Instant>| {
            let update = app.state.db.global(global_sql!("update users set restricted_at = $2 where id = $1"));
            update.bind(org.user(Role::Admin)).bind(at).execute().await.unwrap();
        };
        // An invitation to them is theirs by its address.
        let mut owner = org.signed_in(&app, Role::Owner).await;
        owner.call("/api/accounts/invite", &[("email", "admin@alpha.example"), ("role", "caseworker")]).await;
        owner.call("/api/accounts/invite", &[("email", "guest@else.example"), ("role", "caseworker")]).await;
        let invited = count(&app, "invitations").await;
        restrict(Some(app.state.clock.now())).await;
        app.state.clock.advance(400 * DAY);
        let line = async |id: &str| forecast(&app.state).await.unwrap().into_iter().find(|line| line.id == id).unwrap();
        let sessions = line("sessions.rows").await;
        assert_eq!((sessions.today, sessions.soon, sessions.restricted), (2, 2, 1));
        let mut admin = org.signed_in(&app, Role::Owner).await;
        assert!(admin.get("/settings/retention").await.body.contains("1 more stay while the data of their person is restricted"));
        run_daily(&app.state).await.unwrap();
        // Of the two of the owner none, of theirs all, whole: neither deleted nor shortened nor emptied.
        let theirs = app.state.db.global(global_sql!("select count(*) from sessions where user_id = $1 and address not like '%/%' and user_agent <> ''"));
        assert_eq!(theirs.bind(org.user(Role::Admin)).scalar::<i64>().await.unwrap(), 1);
        assert_eq!(count(&app, "sessions").await, 2, "theirs, and the one of just now");
        assert!(invited >= 1 && count(&app, "invitations").await == invited - 1, "{invited}");
        // It has ended: the next run takes them.
        restrict(None).await;
        let sessions = line("sessions.rows").await;
        assert_eq!((sessions.today, sessions.restricted), (1, 0));
        run_daily(&app.state).await.unwrap();
        assert_eq!((count(&app, "sessions").await, count(&app, "invitations").await), (1, 0));
    }

    async fn the_pages_show_rules_and_numbers(app) {
        let page = app.browser().get("/privacy/retention").await;
        assert_eq!(page.status, 200);
        for (_, sweep) in crate::privacy::registry::sweeps() {
            assert!(page.body.contains(sweep.says), "{}", sweep.id);
        }
        assert!(page.body.contains("(After ten minutes.)") && page.body.contains("(After 3 years.)") && !page.body.contains("After 0 days"), "{}", page.body);
        for table in ["sessions", "users", "entries", "audit_values"] {
            assert!(page.body.contains(&format!("href=\"#{table}\"")), "{table}");
            assert!(page.body.contains(&format!("id=\"{table}\"")), "{table}");
        }
        assert!(page.body.contains("has not said how long it is kept") && page.body.contains("for the operator to pass on"));
        let app = app.configured(|config| {
            config.operator.log_days = 30;
            config.operator.hosting_country = "Germany".into();
            config.operator.transfers = "no data leaves the country".into();
            config.subprocessors = vec![crate::privacy::trust::tests::hosting("2026-01-01")];
        });
        assert!(app.browser().get("/privacy/retention").await.body.contains("deleted after 30 days"));
        let org = app.organisation("alpha").await;
        run_daily(&app.state).await.unwrap();
        let mut admin = org.signed_in(&app, Role::Admin).await;
        let page = admin.get("/settings/retention").await;
        assert!(page.status == 200 && page.body.contains("Within 30 days") && page.body.contains(">ten minutes<") && page.body.contains("nothing was due"), "{}", page.body);
        assert_eq!(org.signed_in(&app, Role::Caseworker).await.get("/settings/retention").await.status, 403);
        let page = admin.get("/settings/processing").await;
        assert!(page.status == 200 && page.body.contains("Legitimate interest"));
        let json = admin.get("/settings/processing.json").await;
        let record: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert!(record["activities"].as_array().unwrap().len() > 4);
        assert_eq!(record["transfers"], "Hosted in Germany: no data leaves the country.");
        for one in record["activities"].as_array().unwrap() {
            assert!(one["recipients"].as_array().unwrap().iter().any(|who| who.as_str().unwrap().contains("Northern")), "{one}");
        }
        assert!(admin.get("/settings/processing.csv").await.body.contains("Legal basis"));
        assert_eq!(app.browser().get("/settings/processing.json").await.status, 401);
    }
}
