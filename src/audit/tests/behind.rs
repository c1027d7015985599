//! What somebody changes behind the product, with SQL, is found, and named by its place and never by its content.

use uuid::Uuid;

use crate::{
    accounts::Role,
    audit::verify::verify,
    cases::testing::Desk,
    server::{
        db::{Query, Sql, global_sql, sql},
        testing::{TestApp, on_either_engine},
    },
};

/// An organisation with two cases that hold something of everything, one of them restricted.
async fn desk(app: &TestApp) -> (Desk, String) {
    let mut desk = Desk::open(app, "behind", Role::Owner).await;
    let other = desk.case("The other case").await;
    let number = desk.case("A secret title").await;
    desk.note(&number, "A secret note").await;
    for (path, more) in [("/api/cases/link", ("other", other.as_str())), ("/api/cases/edit", ("title", "A secret title"))] {
        let version = desk.read(&number).await.version.to_string();
        let pairs = [("number", number.as_str()), ("version", &version), more, ("tags", "urgent"), ("channel", "Phone")];
        assert_eq!(desk.browser.call(path, &pairs).await.status, 200, "{path}");
    }
    let version = desk.read(&number).await.version.to_string();
    let pairs = [("number", number.as_str()), ("version", &version), ("restricted", "on")];
    assert_eq!(desk.browser.call("/api/cases/set_access", &pairs).await.status, 200);
    app.verify_audit().await;
    (desk, number)
}

/// Carries a statement out past the product, in the organisation.
async fn carry_out(app: &TestApp, desk: &Desk, statement: Sql, bind: impl FnOnce(Query<'_>) -> Query<'_>) {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(desk.organisation.id.uuid()).await.unwrap();
    assert!(bind(tx.query(statement)).execute().await.unwrap() > 0);
    tx.commit().await.unwrap();
}

/// The breaks, each of which names the organisation and none the content.
async fn found(app: &TestApp, desk: &Desk) -> Vec<String> {
    let breaks = verify(&app.state).await.unwrap().breaks;
    assert!(!breaks.is_empty(), "nothing was found");
    for line in &breaks {
        assert!(line.starts_with(&desk.organisation.id.to_string()), "{line}");
        assert!(!line.contains("secret") && !line.contains("urgent"), "{line}");
    }
    breaks
}

/// Changes something of the case, and answers the one break.
async fn one(app: &TestApp, statement: Sql) -> String {
    let (desk, number) = desk(app).await;
    carry_out(app, &desk, statement, |query| query.bind(number.clone())).await;
    let breaks = found(app, &desk).await;
    assert_eq!(breaks.len(), 1, "{breaks:?}");
    assert!(breaks[0].contains(&number), "{breaks:?}");
    breaks[0].clone()
}

on_either_engine! {
    async fn a_title_changed_behind_the_product_is_found(app) {
        let says = one(&app, sql!("update cases set title = 'Another' where org_id = $1 and number = $2")).await;
        assert!(says.contains(", title: it is not what event "), "{says}");
    }

    async fn a_title_changed_behind_the_product_is_found_after_honest_work_went_on(app) {
        let (mut desk, number) = desk(&app).await;
        carry_out(&app, &desk, sql!("update cases set title = 'Another' where org_id = $1 and number = $2"), |q| q.bind(number.clone())).await;
        desk.note(&number, "More").await;
        let version = desk.read(&number).await.version.to_string();
        let pairs = [("number", number.as_str()), ("version", &version), ("title", "Another"), ("priority", "high")];
        assert_eq!(desk.browser.call("/api/cases/edit", &pairs).await.status, 200);
        assert!(found(&app, &desk).await.iter().any(|line| line.contains(", title: it is not what event ")));
    }

    async fn a_state_changed_behind_the_product_is_found(app) {
        assert!(one(&app, sql!("update cases set state_kind = 'waiting' where org_id = $1 and number = $2")).await.contains(", state: "));
    }

    async fn a_priority_changed_behind_the_product_is_found(app) {
        assert!(one(&app, sql!("update cases set priority = 4 where org_id = $1 and number = $2")).await.contains(", priority: "));
    }

    async fn an_assignee_set_behind_the_product_is_found(app) {
        let says = one(&app, sql!(
            "update cases set assignee_id = (select m.user_id from memberships m where m.org_id = $1 and m.role = 'admin')
             where org_id = $1 and number = $2"
        )).await;
        assert!(says.contains(", assignee: no event recorded it"), "{says}");
    }

    async fn a_channel_taken_away_behind_the_product_is_found(app) {
        let says = one(&app, sql!("update cases set channel = null where org_id = $1 and number = $2")).await;
        assert!(says.contains(", channel: it is gone"), "{says}");
    }

    async fn a_field_changed_behind_the_product_is_found(app) {
        let says = one(&app, sql!("update cases set fields = '{\"opponent\":\"x\"}' where org_id = $1 and number = $2")).await;
        assert!(says.contains(", field opponent: "), "{says}");
    }

    async fn a_restriction_lifted_behind_the_product_is_found(app) {
        assert!(one(&app, sql!("update cases set restricted = false where org_id = $1 and number = $2")).await.contains(", restricted: "));
    }

    async fn a_viewer_let_in_behind_the_product_is_found(app) {
        let says = one(&app, sql!(
            "insert into case_viewers (org_id, case_id, user_id, added_at)
             select c.org_id, c.id, m.user_id, 0 from cases c join memberships m on m.org_id = c.org_id and m.role = 'read_only'
             where c.org_id = $1 and c.number = $2"
        )).await;
        assert!(says.contains(", viewer ") && says.contains("no event recorded it"), "{says}");
    }

    async fn tags_changed_behind_the_product_are_found(app) {
        assert!(one(&app, sql!(
            "update case_tags set tag = 'calm' where org_id = $1 and case_id = (select id from cases where org_id = $1 and number = $2)"
        )).await.contains(", tags: "));
    }

    async fn a_link_removed_behind_the_product_is_found(app) {
        let says = one(&app, sql!(
            "delete from case_links where org_id = $1 and case_id = (select id from cases where org_id = $1 and number = $2)"
        )).await;
        assert!(says.contains(", link ") && says.contains("it is gone"), "{says}");
    }

    async fn a_text_changed_behind_the_product_is_found(app) {
        let says = one(&app, sql!(
            "update entries set body = 'Another', body_html = '' where org_id = $1 and kind = 'note'
               and case_id = (select id from cases where org_id = $1 and number = $2)"
        )).await;
        assert!(says.contains(", entry "), "{says}");
    }

    async fn what_a_text_is_shown_as_cannot_be_changed_behind_the_product(app) {
        assert!(one(&app, sql!(
            "update entries set body_html = '<p>Another</p>' where org_id = $1 and kind = 'note'
               and case_id = (select id from cases where org_id = $1 and number = $2)"
        )).await.contains(", as it is shown: "));
    }

    async fn an_entry_removed_behind_the_product_is_found(app) {
        let says = one(&app, sql!(
            "delete from entries where org_id = $1 and kind = 'note' and case_id = (select id from cases where org_id = $1 and number = $2)"
        )).await;
        assert!(says.contains("it is gone"), "{says}");
    }

    async fn an_entry_moved_to_another_case_behind_the_product_is_found_at_both(app) {
        let (desk, number) = desk(&app).await;
        carry_out(&app, &desk, sql!(
            "update entries set case_id = (select id from cases where org_id = $1 and number <> $2) where org_id = $1 and kind = 'note'"
        ), |q| q.bind(number.clone())).await;
        let breaks = found(&app, &desk).await;
        assert_eq!(breaks.len(), 2, "{breaks:?}");
        assert!(breaks.iter().any(|b| b.contains("it is gone")) && breaks.iter().any(|b| b.contains("no event recorded it")));
    }

    async fn an_entry_written_behind_the_product_is_found(app) {
        let (desk, number) = desk(&app).await;
        carry_out(&app, &desk, sql!(
            "insert into entries (org_id, id, case_id, kind, occurred_at, author_id, body, body_html, visibility, created_at, version)
             select org_id, $3, case_id, kind, occurred_at, author_id, 'Forged', '', visibility, created_at, 1 from entries
             where org_id = $1 and kind = 'note' and case_id = (select id from cases where org_id = $1 and number = $2)"
        ), |q| q.bind(number.clone()).bind(Uuid::now_v7())).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains("no event recorded it"), "{breaks:?}");
    }

    async fn an_earlier_text_changed_behind_the_product_is_found(app) {
        let (mut desk, number) = desk(&app).await;
        let key = Uuid::now_v7().to_string();
        for (path, pairs) in [
            ("/api/cases/write_entry", [("key", key.as_str()), ("number", &number), ("body", "First"), ("version", "")]),
            ("/api/cases/edit_entry", [("entry", &key), ("number", &number), ("body", "Second"), ("version", "1")]),
        ] {
            assert_eq!(desk.browser.call(path, &pairs).await.status, 200, "{path}");
        }
        app.verify_audit().await;
        carry_out(&app, &desk, sql!("update entry_revisions set body = 'Never said' where org_id = $1"), |q| q).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains(", version 1: "), "{breaks:?}");
    }

    async fn an_outcome_changed_behind_the_product_is_found(app) {
        let (mut desk, number) = desk(&app).await;
        assert_eq!(desk.go(&number, "closed", "Settled").await.status, 200);
        app.verify_audit().await;
        carry_out(&app, &desk, sql!("update case_closures set outcome = 'Lost' where org_id = $1"), |q| q).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains(", closure "), "{breaks:?}");
    }

    async fn a_case_that_nobody_recorded_is_found(app) {
        let (desk, number) = desk(&app).await;
        carry_out(&app, &desk, sql!(
            "insert into cases (org_id, id, type_id, number, title, search_text, state_key, state_kind, priority, opened_at, restricted,
               fields, created_at, updated_at, version)
             select org_id, $3, type_id, 'FORGED-1', 'x', 'x', state_key, state_kind, priority, opened_at, false, fields, created_at, updated_at, 1
             from cases where org_id = $1 and number = $2"
        ), |q| q.bind(number).bind(Uuid::now_v7())).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.iter().all(|line| line.contains("FORGED-1") && line.contains("no event recorded it")), "{breaks:?}");
    }

    async fn a_case_removed_behind_the_product_is_found(app) {
        let (desk, number) = desk(&app).await;
        for statement in [
            sql!("delete from case_viewers where org_id = $1 and $2 <> ''"),
            sql!("delete from case_links where org_id = $1 and $2 <> ''"),
            sql!("delete from case_tags where org_id = $1 and $2 <> ''"),
            sql!("delete from entries where org_id = $1 and case_id = (select id from cases where org_id = $1 and number = $2)"),
            sql!("delete from cases where org_id = $1 and number = $2"),
        ] {
            carry_out(&app, &desk, statement, |q| q.bind(number.clone())).await;
        }
        assert!(found(&app, &desk).await.iter().any(|line| line.contains(&format!("{number}, title: it is gone"))));
    }

    async fn a_role_changed_behind_the_product_is_found(app) {
        let (desk, _) = desk(&app).await;
        carry_out(&app, &desk, sql!("update memberships set role = 'owner' where org_id = $1 and role = 'read_only'"), |q| q).await;
        let breaks = found(&app, &desk).await;
        let member = format!("member {}", desk.organisation.user(Role::ReadOnly));
        assert!(breaks.len() == 1 && breaks[0].contains(&member), "{breaks:?}");
    }

    async fn a_leaver_let_back_in_behind_the_product_is_found(app) {
        let (mut desk, _) = desk(&app).await;
        let user = desk.organisation.user(Role::ReadOnly).to_string();
        assert_eq!(desk.browser.call("/api/accounts/remove_member", &[("user", &user), ("hand_over_to", "")]).await.status, 200);
        app.verify_audit().await;
        carry_out(&app, &desk, sql!("update memberships set left_at = null where org_id = $1 and role = 'read_only'"), |q| q).await;
        assert!(found(&app, &desk).await[0].contains(&format!("member {user}")));
    }

    async fn a_membership_removed_behind_the_product_is_found(app) {
        let (desk, _) = desk(&app).await;
        carry_out(&app, &desk, sql!("delete from memberships where org_id = $1 and role = 'read_only'"), |q| q).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains("it is gone"), "{breaks:?}");
    }

    async fn a_membership_made_behind_the_product_is_found(app) {
        let (desk, _) = desk(&app).await;
        let stranger = app.organisation("strangers").await.user(Role::Owner);
        carry_out(&app, &desk, sql!("insert into memberships (org_id, user_id, role, joined_at, version) values ($1, $2, 'owner', 0, 1)"), |q| {
            q.bind(stranger)
        }).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains(&format!("member {stranger}: no event recorded it")), "{breaks:?}");
    }

    async fn an_organisation_renamed_behind_the_product_is_found(app) {
        let (desk, _) = desk(&app).await;
        carry_out(&app, &desk, sql!("update organisations set name = 'Another' where id = $1"), |q| q).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains("organisation name"), "{breaks:?}");
    }

    async fn how_numbers_are_written_changed_behind_the_product_is_found(app) {
        let (mut desk, _) = desk(&app).await;
        let name = desk.organisation.name.clone();
        let pairs = [("organisation", name.as_str()), ("time_zone", "UTC"), ("locale", "de-DE"), ("version", "1")];
        assert_eq!(desk.browser.call("/api/settings/change_organisation", &pairs).await.status, 200);
        app.verify_audit().await;
        carry_out(&app, &desk, sql!("update organisations set locale = 'en-US' where id = $1"), |q| q).await;
        let breaks = found(&app, &desk).await;
        assert!(breaks.len() == 1 && breaks[0].contains("organisation locale"), "{breaks:?}");
    }

    async fn an_operator_made_or_removed_behind_the_product_is_found(app) {
        let (desk, _) = desk(&app).await;
        let user = desk.organisation.user(Role::Caseworker);
        let mut tx = app.state.db.begin().await.unwrap();
        crate::accounts::store::add_operator(&app.state, &mut tx, desk.organisation.user(Role::Owner)).await.unwrap();
        tx.commit().await.unwrap();
        app.verify_audit().await;
        let made = app.state.db.global(global_sql!("insert into operators (user_id, added_at) values ($1, 0)"));
        made.bind(user).execute().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() == 1 && breaks[0].contains(&format!("operator {user}: no event recorded it")), "{breaks:?}");
        app.state.db.global(global_sql!("delete from operators")).execute().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() == 1 && breaks[0].contains("it is gone"), "{breaks:?}");
    }
}
