//! Verification of honest work finds nothing.

use uuid::Uuid;

use crate::{
    accounts::Role,
    cases::testing::Desk,
    privacy::{mine, retention},
    server::testing::{Browser, on_either_engine},
};

async fn call(browser: &mut Browser, path: &str, pairs: &[(&str, &str)]) {
    let answer = browser.call(path, pairs).await;
    assert_eq!(answer.status, 200, "{path} {pairs:?}: {}", answer.body);
}

/// Calls a function that changes a case, at its present version.
async fn change(desk: &mut Desk, number: &str, path: &str, more: &[(&str, &str)]) {
    let version = desk.read(number).await.version.to_string();
    let pairs: Vec<(&str, &str)> = [("number", number), ("version", version.as_str())].into_iter().chain(more.iter().copied()).collect();
    call(&mut desk.browser, path, &pairs).await;
}

on_either_engine! {
    async fn verification_of_honest_work_finds_nothing(app) {
        let mut desk = Desk::open(&app, "honest", Role::Owner).await;
        let (number, other) = (desk.case("Honest work").await, desk.case("Other work").await);
        let user = |role| desk.organisation.user(role).to_string();
        let (caseworker, supervisor, admin) = (user(Role::Caseworker), user(Role::Supervisor), user(Role::Admin));
        change(&mut desk, &number, "/api/cases/assign", &[("assignee", &caseworker)]).await;
        let facts = [("title", "Honest work, edited"), ("priority", "high"), ("due", "2027-03-04"), ("channel", "Phone"), ("tags", "one, two")];
        change(&mut desk, &number, "/api/cases/edit", &facts).await;
        change(&mut desk, &number, "/api/cases/edit", &[("title", "Honest work, edited"), ("tags", "")]).await;
        for visibility in ["everyone", "supervisors", "author"] {
            let key = Uuid::now_v7().to_string();
            call(&mut desk.browser, "/api/cases/write_entry", &[("key", &key), ("number", &number), ("body", "**Text**"), ("visibility", visibility)]).await;
            call(&mut desk.browser, "/api/cases/edit_entry", &[("entry", &key), ("number", &number), ("version", "1"), ("body", "Text <b>"), ("visibility", "everyone")]).await;
            call(&mut desk.browser, "/api/cases/pin_entry", &[("entry", &key), ("number", &number), ("pin", "on")]).await;
        }
        app.verify_audit().await;

        change(&mut desk, &number, "/api/cases/set_access", &[("restricted", "on"), ("viewers[]", &supervisor), ("viewers[]", &admin)]).await;
        change(&mut desk, &number, "/api/cases/set_access", &[("restricted", "on"), ("viewers[]", &supervisor)]).await;
        change(&mut desk, &number, "/api/cases/link", &[("other", &other), ("kind", "duplicate")]).await;
        change(&mut desk, &other, "/api/cases/unlink", &[("other", &number)]).await;
        change(&mut desk, &number, "/api/cases/link", &[("other", &other)]).await;
        change(&mut desk, &other, "/api/cases/set_access", &[("restricted", "on")]).await;
        change(&mut desk, &other, "/api/cases/set_access", &[]).await;
        app.verify_audit().await;

        for (to, outcome) in [("closed", "Declined"), ("advising", ""), ("waiting", ""), ("closed", "Settled")] {
            let moved = desk.go(&other, to, outcome).await;
            assert_eq!(moved.status, 200, "{to}: {}", moved.body);
        }
        app.verify_audit().await;

        call(&mut desk.browser, "/api/accounts/change_role", &[("user", &admin), ("role", "supervisor"), ("version", "1")]).await;
        call(&mut desk.browser, "/api/accounts/remove_member", &[("user", &supervisor), ("hand_over_to", "")]).await;
        app.verify_audit().await;
        mine::erase(&app.state, desk.organisation.user(Role::Caseworker)).await.unwrap();
        app.verify_audit().await;
        app.state.clock.advance(400 * 86_400);
        retention::run_daily(&app.state).await.unwrap();
        let report = app.verify_audit().await;
        assert!(report.cases >= 2 && report.opened > 20, "{report:?}");
    }
}
