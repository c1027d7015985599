//! What the categories switch is real: events, and how things look.

use super::{super::*, *};
use crate::{
    accounts::Role,
    cases::testing::Desk,
    privacy::{consent::model::UsageView, retention},
    server::testing::on_both_engines,
};

async fn rows(app: &TestApp) -> Vec<String> {
    app.state.db.global(global_sql!("select event from usage_events order by event")).scalars().await.unwrap()
}

on_both_engines! {
    async fn cb_03_after_accepting_there_are_the_registered_cookies_for_the_registered_time(app) {
        let mut browser = app.browser();
        let mut all = set(&choose(&mut browser, "accept").await);
        for path in PUBLIC {
            all.extend(set(&browser.get(path).await));
        }
        all.extend(set(&browser.post("/appearance", "/appearance/choose", &[("theme", "dark"), ("density", "compact")]).await));
        let names: Vec<&str> = all.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["ct_consent", "ct_aid", "ct_looks"], "each once");
        for (name, _, age) in &all {
            let item = crate::privacy::consent::registry::ITEMS.into_iter().find(|item| item.plain == name).unwrap();
            assert!((age.unwrap() - item.most_days.unwrap() * 86_400).abs() <= 86_400, "{name}: {age:?}");
        }
        assert_eq!(rows(&app).await.len(), PUBLIC.len());
    }

    async fn cb_16_withdrawing_removes_cookies_and_rows_and_stops_at_once(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        browser.post("/appearance", "/appearance/choose", &[("theme", "dark"), ("density", "comfortable")]).await;
        browser.get("/").await;
        browser.get("/login").await;
        assert_eq!(rows(&app).await, ["/", "/login"]);
        assert_eq!(browser.cookies().keys().collect::<Vec<_>>(), ["ct_aid", "ct_consent", "ct_looks"]);

        let answer = choose(&mut browser, "withdraw").await;
        let gone: Vec<_> = set(&answer).into_iter().filter(|(_, value, age)| value.is_empty() && *age == Some(0)).map(|(name, ..)| name).collect();
        assert_eq!(gone, ["ct_aid", "ct_looks"]);
        assert_eq!(browser.cookies().keys().collect::<Vec<_>>(), ["ct_consent"]);
        assert_eq!(events(&app).await, 0);
        for path in PUBLIC {
            assert!(set(&browser.get(path).await).is_empty(), "{path}");
        }
        assert_eq!(events(&app).await, 0);
        assert!(!browser.get("/").await.body.contains("data-theme"));
    }

    async fn cb_16_a_page_on_its_way_while_its_person_withdraws_is_not_counted(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        browser.get("/").await;
        // What this one sends left the browser before the withdrawal.
        let mut on_its_way = browser.clone();
        choose(&mut browser, "withdraw").await;
        assert_eq!(on_its_way.get("/login").await.status, 200);
        assert_eq!(events(&app).await, 0);
        // The same for somebody who signed in and withdrew on another device.
        let org = app.organisation("two-devices").await;
        let mut desk = org.signed_in(&app, Role::Owner).await;
        choose(&mut desk, "accept").await;
        desk.get("/home").await;
        assert_eq!(rows(&app).await, ["/home"]);
        let mut phone = org.signed_in(&app, Role::Owner).await;
        choose(&mut phone, "reject").await;
        desk.get("/cases").await;
        assert_eq!(events(&app).await, 0);
    }

    async fn cb_16_only_what_is_withdrawn_goes(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        browser.post("/appearance", "/appearance/choose", &[("theme", "light"), ("density", "comfortable")]).await;
        browser.get("/").await;
        browser.post("/privacy/choices", ACTION, &[("choice", "save"), ("preferences", "on")]).await;
        assert_eq!(browser.cookies().keys().collect::<Vec<_>>(), ["ct_consent", "ct_looks"]);
        assert!(browser.get("/").await.body.contains("data-theme=\"light\""));
        assert_eq!(events(&app).await, 0);
    }

    async fn what_a_forged_or_left_over_cookie_claims_is_not_counted(app) {
        let mut browser = app.browser();
        browser.set_cookie("ct_aid", "00112233445566778899aabbccddeeff");
        browser.set_cookie("ct_looks", "v1.dark.compact..kept");
        let page = browser.get("/").await;
        let gone: Vec<_> = set(&page).into_iter().map(|(name, _, age)| (name, age)).collect();
        assert_eq!(gone, [("ct_looks".to_owned(), Some(0)), ("ct_aid".to_owned(), Some(0))]);
        assert_eq!(events(&app).await, 0);
    }

    async fn pp_7_without_consent_fifty_pages_leave_no_row(app) {
        let mut desk = Desk::open(&app, "quiet", Role::Owner).await;
        let number = desk.case("Nobody counts this").await;
        for _ in 0..10 {
            for path in ["/home", "/cases", &format!("/cases/{number}"), "/settings", "/me"] {
                desk.browser.get(path).await;
            }
        }
        assert_eq!(events(&app).await, 0);
        let counts: i64 = app.state.db.global(global_sql!("select count(*) from usage_counts")).scalar().await.unwrap();
        assert_eq!(counts, 0);
    }

    async fn a_page_that_is_opened_without_end_adds_no_rows_without_end(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        browser.get("/").await;
        let most = 50_000_i64;
        app.state.db.global(global_sql!("update usage_counts set events = $1 where event = '/'")).bind(most - 1).execute().await.unwrap();
        for _ in 0..3 {
            browser.get("/").await;
        }
        let sum: i64 = app.state.db.global(global_sql!("select events from usage_counts where event = '/'")).scalar().await.unwrap();
        assert_eq!((sum, rows(&app).await), (most + 2, vec!["/".to_owned(), "/".to_owned()]), "the number alone counts on");
    }

    async fn what_is_counted_names_no_case_and_no_person(app) {
        let mut desk = Desk::open(&app, "counted", Role::Owner).await;
        choose(&mut desk.browser, "accept").await;
        let number = desk.case("Canary title").await;
        desk.note(&number, "Canary note").await;
        desk.browser.get(&format!("/cases/{number}")).await;
        desk.browser.get("/cases?q=Canary").await;
        desk.browser.get("/cases/LA-1999-00009").await;
        let mut seen = rows(&app).await;
        seen.dedup();
        assert_eq!(seen, ["/cases", "/cases/:number", "case opened", "entry written"]);
        let hours: Vec<i64> = app.state.db.global(global_sql!("select at from usage_events")).scalars().await.unwrap();
        assert!(hours.iter().all(|at| at % 3_600_000_000 == 0), "by the hour");
        // The record of the organisation knows nothing of it.
        assert!(!desk.browser.get("/settings/record").await.body.contains("ct_aid"));
    }

    async fn whoever_runs_the_instance_sees_exactly_what_was_counted(app) {
        let first = app.organisation("first").await;
        let second = app.organisation("second").await;
        let mut visitor = app.browser();
        choose(&mut visitor, "accept").await;
        visitor.get("/").await;
        visitor.get("/signup").await;
        let mut owner = first.signed_in(&app, Role::Owner).await;
        let view: UsageView = owner.read("/api/consent/usage", &[]).await.value();
        assert_eq!((view.days.len(), view.rows), (2, None), "to have the first organisation is not to run the instance");
        crate::accounts::operator::set_operator(&app.state, &first.email(Role::Owner), true).await.unwrap();
        let view: UsageView = owner.read("/api/consent/usage", &[]).await.value();
        let days: Vec<(&str, i64)> = view.days.iter().map(|day| (day.event.as_str(), day.events)).collect();
        assert_eq!(days, [("/", 1), ("/signup", 1)]);
        let rows = view.rows.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.browser == visitor.cookies()["ct_aid"]));
        let page = owner.get("/settings/usage").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("2 events in the last 31 days") && page.body.contains("/signup"));

        let mut other = second.signed_in(&app, Role::Owner).await;
        let view: UsageView = other.read("/api/consent/usage", &[]).await.value();
        assert_eq!((view.days.len(), view.rows), (2, None), "sums hold nothing of anybody; rows are the operator's");
        assert!(other.get("/settings/usage").await.body.contains("Only those who run this instance"));
        let mut member = first.signed_in(&app, Role::Caseworker).await;
        assert_eq!(member.get("/settings/usage").await.status, 403);

        let mine = visitor.get("/privacy/choices").await.body;
        assert!(mine.contains("What was counted from this browser") && mine.contains(&visitor.cookies()["ct_aid"].clone()));
    }

    async fn how_things_look_lasts_as_long_as_somebody_allows(app) {
        let mut browser = app.browser();
        let picked = browser.post("/appearance", "/appearance/choose", &[("theme", "dark"), ("density", "compact")]).await;
        assert_eq!(picked.location(), "/appearance?notice=saved");
        assert_eq!(set(&picked), [("ct_looks".to_owned(), "v1.dark.compact..session".to_owned(), None)], "until the browser is closed");
        assert!(browser.get("/").await.body.contains("<html lang=\"en\" data-theme=\"dark\" data-density=\"compact\""));
        let refusal = browser.post("/", "/nowhere", &[]).await;
        assert!(refusal.body.contains("data-theme=\"dark\""), "error pages too");
        // Refusing leaves what was picked by hand until the browser is closed; allowing keeps it.
        assert!(set(&choose(&mut browser, "reject").await).iter().all(|(name, ..)| name == "ct_consent"));
        let kept = set(&choose(&mut browser, "accept").await);
        assert!(kept.contains(&("ct_looks".to_owned(), "v1.dark.compact..kept".to_owned(), Some(182 * 86_400))), "{kept:?}");
        let system = browser.post("/appearance", "/appearance/choose", &[("theme", "system"), ("density", "comfortable")]).await;
        assert_eq!(set(&system)[0].2, Some(0), "the usual needs no cookie");
        assert!(!browser.get("/").await.body.contains("data-theme"));
    }

    async fn the_columns_of_the_list_are_remembered_only_with_permission(app) {
        let mut desk = Desk::open(&app, "columns", Role::Owner).await;
        desk.case("A case").await;
        let has_changed = async |desk: &mut Desk, path: &str| desk.browser.get(path).await.body.contains("data-label=\"Changed\"");
        let path = "/cases?columns=title,updated";
        let before = has_changed(&mut desk, path).await;
        assert!(before && !has_changed(&mut desk, "/cases").await);
        assert!(!desk.browser.cookies().contains_key("ct_looks"));
        choose(&mut desk.browser, "accept").await;
        assert!(has_changed(&mut desk, path).await && has_changed(&mut desk, "/cases").await);
        assert!(!has_changed(&mut desk, "/cases?columns=number,title,state,assignee,priority,due,opened").await);
        assert!(!has_changed(&mut desk, "/cases").await, "the usual ones can be chosen again");
        has_changed(&mut desk, path).await;
        choose(&mut desk.browser, "withdraw").await;
        assert!(!has_changed(&mut desk, "/cases").await);
    }

    async fn counted_rows_and_sums_run_out(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        browser.get("/").await;
        let day = 86_400;
        app.state.clock.advance(89 * day);
        let due = retention::forecast(&app.state).await.unwrap();
        let line = due.iter().find(|line| line.id == "usage_events.rows").unwrap();
        assert_eq!((line.today, line.soon, line.after.as_str()), (0, 1, "90 days"));
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(events(&app).await, 1);
        app.state.clock.advance(2 * day);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!((events(&app).await, receipts(&app).await), (0, 1));
        let sums = async || app.state.db.global(global_sql!("select count(*) from usage_counts")).scalar::<i64>().await.unwrap();
        assert_eq!(sums().await, 1);
        app.state.clock.advance((COUNT_DAYS - 91) * day);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(sums().await, 1, "it is kept on its last day");
        app.state.clock.advance(day);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!((sums().await, receipts(&app).await), (0, 1));
        app.state.clock.advance((RECEIPT_YEARS * 366 + 182) * day);
        let due = retention::forecast(&app.state).await.unwrap();
        assert_eq!(due.iter().find(|line| line.id == "consent_receipts.rows").unwrap().today, 1);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(receipts(&app).await, 0);
        assert_eq!(verify::verify(&app.state).await.unwrap(), Vec::<String>::new(), "what has run out is not missing");
    }
}
