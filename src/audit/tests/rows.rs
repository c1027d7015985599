//! Rows that the record watches whole, and parts that were changed past the product before somebody changed them through it.

use uuid::Uuid;

use crate::{
    accounts::Role,
    audit::{begin::begin_with_more, store::WATCH, verify::verify},
    cases::testing::Desk,
    privacy::retention::{self, HoldScope, NewHold},
    server::{
        db::{GlobalSql, Sql, global_sql, sql},
        testing::{TestApp, on_both_engines},
    },
};

/// An installation with a case, an invitation, a request and a legal hold.
async fn busy(app: &TestApp) -> Desk {
    let mut desk = Desk::open(app, "busy", Role::Owner).await;
    desk.case("Leaking roof").await;
    let invite = [("email", "guest@x.example"), ("role", "caseworker")];
    assert_eq!(desk.browser.call("/api/accounts/invite", &invite).await.status, 200);
    let email = desk.organisation.email(Role::Caseworker);
    let request = [("kind", "access"), ("concern", "account"), ("email", email.as_str()), ("words", "")];
    assert_eq!(app.browser().call("/api/requests/ask", &request).await.status, 200);
    let hold = NewHold {
        scope: HoldScope::Account(desk.organisation.user(Role::Admin).uuid()),
        reason: "A claim".into(),
        authority: "The court".into(),
        by: desk.organisation.email(Role::Owner),
        review_on: crate::server::time::iso(app.state.clock.now().plus_seconds(30 * 86_400)).chars().take(10).collect(),
    };
    retention::place(&app.state, hold).await.unwrap();
    app.verify_audit().await;
    desk
}

/// Changes rows of the installation past the product, and answers the one break.
async fn one(app: &TestApp, statement: GlobalSql) -> String {
    assert!(app.state.db.global(statement).execute().await.unwrap() > 0);
    only(app).await
}

async fn only(app: &TestApp) -> String {
    let breaks = verify(&app.state).await.unwrap().breaks;
    assert_eq!(breaks.len(), 1, "{breaks:?}");
    breaks[0].clone()
}

/// Changes rows of an organisation past the product.
async fn carry_out(app: &TestApp, org: Uuid, statement: Sql) {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(org).await.unwrap();
    assert!(tx.query(statement).execute().await.unwrap() > 0);
    tx.commit().await.unwrap();
}

/// Changes rows of an organisation past the product, then does honest work on the same; answers the one break.
async fn before(app: &TestApp, statement: Sql, path: &str, more: &[(&str, &str)]) -> String {
    let mut desk = Desk::open(app, "before", Role::Owner).await;
    let number = desk.case("Leaking roof").await;
    let key = Uuid::now_v7().to_string();
    let note = [("key", key.as_str()), ("number", &number), ("body", "As it was said"), ("version", "")];
    assert_eq!(desk.browser.call("/api/cases/write_entry", &note).await.status, 200);
    let version = desk.read(&number).await.version.to_string();
    let area = [("number", number.as_str()), ("version", &version), ("title", "Leaking roof"), ("fields[area][]", "Housing")];
    assert_eq!(desk.browser.call("/api/cases/edit", &area).await.status, 200);
    if path.ends_with("move") {
        assert_eq!(desk.go(&number, "closed", "Settled").await.status, 200);
    }
    app.verify_audit().await;
    carry_out(app, desk.organisation.id.uuid(), statement).await;
    let version = desk.read(&number).await.version.to_string();
    let mut pairs = vec![("number", number.as_str()), ("entry", &key)];
    pairs.push(("version", if path.ends_with("entry") { "1" } else { &version }));
    pairs.extend_from_slice(more);
    let done = desk.browser.call(path, &pairs).await;
    assert_eq!(done.status, 200, "{}", done.body);
    only(app).await
}

on_both_engines! {
    async fn an_account_changed_behind_the_product_is_found(app) {
        busy(&app).await;
        let part = |says: &str| assert!(says.contains(": account ") && says.contains("it is not what event "), "{says}");
        part(&one(&app, global_sql!("update users set email = 'thief@x.example', email_folded = 'thief@x.example' where email like 'owner@%'")).await);
        app.state.db.global(global_sql!("update users set email = 'owner@busy.example', email_folded = email where email like 'thief@%'"))
            .execute().await.unwrap();
        app.state.db.global(global_sql!("update users set email_folded = email")).execute().await.unwrap();
        app.verify_audit().await;
        part(&one(&app, global_sql!("update users set password_hash = 'of another password' where email like 'owner@%'")).await);
    }

    async fn a_restriction_of_an_account_lifted_behind_the_product_is_found(app) {
        let desk = busy(&app).await;
        let mut tx = app.state.db.begin().await.unwrap();
        let user = desk.organisation.user(Role::Caseworker);
        crate::privacy::mine::restrict(&app.state, &mut tx, user, "").await.unwrap();
        tx.commit().await.unwrap();
        app.verify_audit().await;
        let says = one(&app, global_sql!("update users set restricted_at = null where restricted_at is not null")).await;
        assert!(says.contains(&format!("account {user}")), "{says}");
    }

    async fn an_account_made_behind_the_product_is_found(app) {
        busy(&app).await;
        let made = app.state.db.global(global_sql!(
            "insert into users (id, email, email_folded, name, password_hash, adult_attested_at, created_at, version)
             values ($1, 'thief@x.example', 'thief@x.example', 'Thief', 'x', 1, 1, 1)"
        ));
        made.bind(Uuid::now_v7()).execute().await.unwrap();
        assert!(only(&app).await.ends_with("no event recorded it"));
    }

    async fn a_legal_hold_ended_or_changed_behind_the_product_is_found(app) {
        busy(&app).await;
        let says = one(&app, global_sql!("update legal_holds set reason = 'Another'")).await;
        assert!(says.contains(": legal hold ") && says.contains("it is not what event "), "{says}");
        let says = one(&app, global_sql!("update legal_holds set released_at = 1, reason = 'A claim'")).await;
        assert!(says.contains(": legal hold ") && says.contains("it is gone"), "{says}");
    }

    async fn a_request_closed_or_put_off_behind_the_product_is_found(app) {
        busy(&app).await;
        carry_out(&app, Uuid::nil(), sql!("update rights_requests set due_on = '2099-01-01' where org_id = $1")).await;
        let says = only(&app).await;
        assert!(says.contains(": request ") && says.contains("it is not what event "), "{says}");
        carry_out(&app, Uuid::nil(), sql!("update rights_requests set closed_at = 1 where org_id = $1")).await;
        let says = only(&app).await;
        assert!(says.contains(": request ") && says.contains("it is gone"), "{says}");
    }

    async fn an_invitation_to_more_or_to_somebody_else_behind_the_product_is_found(app) {
        let desk = busy(&app).await;
        carry_out(&app, desk.organisation.id.uuid(), sql!("update invitations set role = 'owner' where org_id = $1")).await;
        let says = only(&app).await;
        assert!(says.contains(": invitation ") && says.contains("it is not what event "), "{says}");
        carry_out(&app, desk.organisation.id.uuid(), sql!("update invitations set role = 'caseworker', email_folded = 'thief@x.example' where org_id = $1")).await;
        assert!(only(&app).await.contains(": invitation "));
    }

    async fn a_case_type_changed_behind_the_product_is_found(app) {
        let desk = busy(&app).await;
        carry_out(&app, desk.organisation.id.uuid(), sql!("delete from case_fields where org_id = $1 and key = (select min(key) from case_fields where org_id = $1)")).await;
        assert!(only(&app).await.contains(": fields of the case type "));
        carry_out(&app, desk.organisation.id.uuid(), sql!("update case_types set name = 'Another' where org_id = $1")).await;
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() > 1 && breaks.iter().any(|says| says.contains(": case type ")), "{breaks:?}");
    }

    async fn what_was_changed_behind_the_product_is_found_after_it_was_changed_through_it(app) {
        let says = "it had been changed past the product before event ";
        let title = before(&app, sql!("update cases set title = 'Forged' where org_id = $1"), "/api/cases/edit", &[("title", "Honest")]).await;
        assert!(title.contains(", title: ") && title.contains(says), "{title}");
    }

    async fn a_text_changed_behind_the_product_is_found_after_its_author_changed_it(app) {
        let forged = sql!("update entries set body = 'Forged', body_html = '' where org_id = $1 and kind = 'note'");
        let says = before(&app, forged, "/api/cases/edit_entry", &[("body", "Honest")]).await;
        assert!(says.contains(", entry ") && says.contains("it had been changed past the product"), "{says}");
    }

    async fn an_outcome_changed_behind_the_product_is_found_after_the_case_was_reopened(app) {
        let forged = sql!("update case_closures set outcome = 'Lost' where org_id = $1");
        let says = before(&app, forged, "/api/cases/move", &[("to", "advising")]).await;
        assert!(says.contains(", closure ") && says.contains("it had been changed past the product"), "{says}");
    }

    async fn rows_that_an_earlier_version_did_not_watch_are_fixed_as_they_are_once(app) {
        let desk = busy(&app).await;
        let made = app.state.db.global(global_sql!(
            "insert into legal_holds (id, scope, subject_id, reason, authority, placed_by, placed_at, review_on)
             values ($1, 'account', $2, 'From before', 'Somebody', '', 1, '2027-01-01')"
        ));
        made.bind(Uuid::now_v7()).bind(desk.organisation.user(Role::Owner)).execute().await.unwrap();
        begin_with_more(&app.state, WATCH).await.unwrap();
        assert!(only(&app).await.ends_with("no event recorded it"), "those that this version watches are not fixed again");
        begin_with_more(&app.state, WATCH + 1).await.unwrap();
        let events = app.verify_audit().await.events;
        begin_with_more(&app.state, WATCH + 1).await.unwrap();
        assert_eq!(app.verify_audit().await.events, events);
        assert!(one(&app, global_sql!("update legal_holds set reason = 'Another' where reason = 'From before'")).await.contains(": legal hold "));
    }
}
