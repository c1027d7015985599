//! What an invitation rests on: whoever made it, as long as they may.

use uuid::Uuid;

use super::{NEW_PASSWORD, POLICY_VERSION};
use crate::{
    accounts::model::Role,
    privacy::mine,
    server::{
        db::global_sql,
        testing::{Organisation, TestApp, on_both_engines},
    },
};

/// Invites somebody in the name of the admin; answers the token.
async fn invited(app: &TestApp, org: &Organisation, email: &str) -> String {
    let mut admin = org.signed_in(app, Role::Admin).await;
    let made = admin.call("/api/accounts/invite", &[("email", email), ("role", "caseworker")]).await;
    assert_eq!(made.status, 200, "{}", made.body);
    app.mailed_link(email).await.strip_prefix("/invite/").unwrap().to_owned()
}

/// Opens the link and joins with a new account; answers the status.
async fn joins(app: &TestApp, token: &str) -> u16 {
    let form = [("token", token), ("name", "New Person"), ("password", NEW_PASSWORD), ("adult", "on"), ("policy", POLICY_VERSION)];
    app.browser().call("/api/accounts/accept_new", &form).await.status.as_u16()
}

async fn members(app: &TestApp, org: &Organisation) -> i64 {
    let count = app.state.db.global(global_sql!("select count(*) from memberships where org_id = $1 and left_at is null"));
    count.bind(org.id).scalar().await.unwrap()
}

on_both_engines! {
    async fn an_invitation_is_void_once_whoever_made_it_is_removed_or_demoted_or_erased(app) {
        for (nth, how) in ["removed", "demoted", "erased", "restricted"].into_iter().enumerate() {
            let org = app.organisation(&format!("inviting{nth}")).await;
            let token = invited(&app, &org, &format!("guest{nth}@x.example")).await;
            let admin = org.user(Role::Admin).to_string();
            let mut owner = org.signed_in(&app, Role::Owner).await;
            match how {
                "removed" => assert_eq!(owner.call("/api/accounts/remove_member", &[("user", &admin)]).await.status, 200),
                "demoted" => {
                    let form = [("user", admin.as_str()), ("role", "supervisor"), ("version", "1")];
                    assert_eq!(owner.call("/api/accounts/change_role", &form).await.status, 200);
                }
                "erased" => drop(mine::erase(&app.state, org.user(Role::Admin)).await.unwrap()),
                _ => {
                    let restrict = app.state.db.global(global_sql!("update users set restricted_at = $2 where id = $1"));
                    restrict.bind(org.user(Role::Admin)).bind(app.state.clock.now()).execute().await.unwrap();
                }
            }
            let before = members(&app, &org).await;
            let refused = joins(&app, &token).await;
            assert!([403, 410].contains(&refused), "{how}: {refused}");
            assert_eq!(members(&app, &org).await, before, "{how}");
            let made = app.state.db.global(global_sql!("select count(*) from users where name = 'New Person'"));
            assert_eq!(made.scalar::<i64>().await.unwrap(), 0, "{how}: nothing is left of it");
        }
    }

    async fn an_invitation_by_an_owner_above_what_they_may_give_now_is_void(app) {
        let org = app.organisation("lowered").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let form = [("user", org.user(Role::Admin).to_string()), ("role", "owner".to_owned()), ("version", "1".to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(owner.call("/api/accounts/change_role", &form).await.status, 200);
        let mut second = org.signed_in(&app, Role::Admin).await;
        for (email, role) in [("high@x.example", "admin"), ("low@x.example", "caseworker")] {
            assert_eq!(second.call("/api/accounts/invite", &[("email", email), ("role", role)]).await.status, 200);
        }
        let form = [("user", org.user(Role::Admin).to_string()), ("role", "admin".to_owned()), ("version", "2".to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(owner.call("/api/accounts/change_role", &form).await.status, 200);
        let token = |link: String| link.strip_prefix("/invite/").unwrap().to_owned();
        assert_eq!(joins(&app, &token(app.mailed_link("high@x.example").await)).await, 410);
        assert_eq!(joins(&app, &token(app.mailed_link("low@x.example").await)).await, 200);
    }

    async fn an_invitation_whose_maker_loses_the_right_while_it_is_accepted_is_void(app) {
        let org = app.organisation("racing").await;
        let token = invited(&app, &org, "guest@x.example").await;
        let form = [("token", token.as_str()), ("name", "New Person"), ("password", NEW_PASSWORD), ("adult", "on"), ("policy", POLICY_VERSION)];
        let browser = app.browser();
        let accepting = browser.stop_half_way("/api/accounts/accept_new", &form).await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let removed = owner.call("/api/accounts/remove_member", &[("user", &org.user(Role::Admin).to_string())]).await;
        assert_eq!(removed.status, 200, "{}", removed.body);
        let before = members(&app, &org).await;
        assert!(accepting.go_on().await.status.is_client_error());
        assert_eq!(members(&app, &org).await, before);
    }

    async fn an_address_that_was_asked_for_is_void_once_other_sessions_are_ended(app) {
        let org = app.organisation("address").await;
        let mut thief = org.signed_in(&app, Role::Caseworker).await;
        let form = [("email", "thief@x.example"), ("password", crate::server::testing::PASSWORD)];
        assert_eq!(thief.call("/api/accounts/change_email", &form).await.status, 200);
        let link = app.mailed_link("thief@x.example").await;
        let mut mine = org.signed_in(&app, Role::Caseworker).await;
        assert_eq!(mine.call("/api/accounts/end_other_sessions", &[]).await.status, 200);
        let opened = app.browser().call("/api/accounts/verify_email", &[("token", link.strip_prefix("/verify-email/").unwrap())]).await;
        assert_eq!(opened.status, 410, "{}", opened.body);
    }

    async fn the_address_of_an_unfinished_change_goes_with_the_account(app) {
        let org = app.organisation("unfinished").await;
        let mut person = org.signed_in(&app, Role::Caseworker).await;
        let canary = format!("canary-{}@new.example", Uuid::now_v7().simple());
        let form = [("email", canary.as_str()), ("password", crate::server::testing::PASSWORD)];
        assert_eq!(person.call("/api/accounts/change_email", &form).await.status, 200);
        // One that was confirmed, and left behind the address before.
        let second = format!("canary-{}@second.example", Uuid::now_v7().simple());
        app.state.clock.advance(3_600);
        assert_eq!(person.call("/api/accounts/change_email", &[("email", second.as_str()), form[1]]).await.status, 200);
        let link = app.mailed_link(&second).await;
        assert_eq!(app.browser().call("/api/accounts/verify_email", &[("token", link.strip_prefix("/verify-email/").unwrap())]).await.status, 200);
        mine::erase(&app.state, org.user(Role::Caseworker)).await.unwrap();
        let before = org.email(Role::Caseworker);
        for address in [canary.as_str(), second.as_str(), before.as_str()] {
            assert!(app.mails().await.iter().all(|mail| mail.to != address), "a message to {address} waits");
            let noted = app.state.db.global(global_sql!("select count(*) from mails where recipient_folded = $1"));
            assert_eq!(noted.bind(address.to_owned()).scalar::<i64>().await.unwrap(), 0, "{address}");
            let asked = app.state.db.global(global_sql!("select count(*) from email_changes where email_folded = $1"));
            assert_eq!(asked.bind(address.to_owned()).scalar::<i64>().await.unwrap(), 0, "{address}");
        }
    }
}
