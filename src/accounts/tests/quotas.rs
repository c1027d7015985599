//! What one organisation, account or network may take.

use uuid::Uuid;

use super::{sign_up, with};
use crate::{
    accounts::{Role, setup},
    fault::Fault,
    server::{
        db::{global_sql, sql},
        testing::{Browser, TestApp, on_both_engines},
    },
};

const BOUNDARY: &str = "a-line-between";

async fn upload(browser: &mut Browser, rows: usize) -> crate::server::testing::Answered {
    let rows: String = (0..rows).map(|row| format!("{row},A row to be imported {row}\r\n")).collect();
    let body = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\nid,title\r\n{rows}\r\n--{BOUNDARY}--\r\n"
    );
    let request = browser
        .request("POST", "/settings/import/upload")
        .header("accept", "text/html")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    browser.send(request.body(body.into()).unwrap()).await
}

async fn pieces(app: &TestApp, org: Uuid) -> i64 {
    app.state.db.tenant(org, sql!("select count(*) from import_chunks where org_id = $1")).scalar().await.unwrap()
}

on_both_engines! {
    async fn files_that_wait_to_be_imported_have_a_limit_that_is_named(app) {
        let app = app.configured(|config| (config.quotas.import_files, config.quotas.import_bytes) = (2, 600_000));
        let org = app.organisation("files").await;
        let mut admin = org.signed_in(&app, Role::Admin).await;
        for _ in 0..2 {
            assert_eq!(upload(&mut admin, 3).await.status, 303);
        }
        let refused = upload(&mut admin, 3).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("2 files of your organisation wait to be imported") && refused.body.contains("Import or remove"), "{}", refused.body);
        assert_eq!(pieces(&app, org.id.uuid()).await, 2, "nothing of it is left");
        // Another organisation has its own.
        let mut other = app.organisation("other").await.signed_in(&app, Role::Admin).await;
        assert_eq!(upload(&mut other, 3).await.status, 303);
        let large = upload(&mut other, 40_000).await;
        assert!(large.status == 422 && large.body.contains("600 kB"), "{} {}", large.status, large.body);
        // Without a limit there is none.
        let app = app.configured(|config| (config.quotas.import_files, config.quotas.import_bytes) = (0, 0));
        let mut admin = org.signed_in(&app, Role::Admin).await;
        assert_eq!(upload(&mut admin, 40_000).await.status, 303);
    }

    async fn an_account_founds_so_many_organisations(app) {
        let app = app.configured(|config| config.quotas.organisations_per_account = 2);
        let mut owner = app.organisation("founder").await.signed_in(&app, Role::Owner).await;
        let second = [("key", Uuid::now_v7().to_string()), ("organisation", "Second".to_owned())];
        let second: Vec<(&str, &str)> = second.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for _ in 0..2 {
            assert_eq!(owner.call("/api/accounts/create_organisation", &second).await.status, 200, "the same form is one organisation");
        }
        let refused = owner.call("/api/accounts/create_organisation", &[("organisation", "Third")]).await;
        assert!(refused.fault().about("organisation").unwrap().starts_with("You own 2 organisations here"), "{}", refused.body);
        let named = app.state.db.global(global_sql!("select count(*) from organisations where name = 'Third'"));
        assert_eq!(named.scalar::<i64>().await.unwrap(), 0);
    }

    async fn a_network_founds_so_many_organisations_in_an_hour(app) {
        let app = app.configured(|config| config.quotas.organisations_per_hour = 2);
        let mut owner = app.organisation("network").await.signed_in(&app, Role::Owner).await;
        for name in ["Second", "Third"] {
            assert_eq!(owner.call("/api/accounts/create_organisation", &[("organisation", name)]).await.status, 200);
        }
        let refused = owner.call("/api/accounts/create_organisation", &[("organisation", "Fourth")]).await;
        assert!(matches!(refused.fault(), Fault::TooMany { retry_after } if retry_after > 60), "{}", refused.body);
        app.state.clock.advance(3_700);
        assert_eq!(owner.call("/api/accounts/create_organisation", &[("organisation", "Fourth")]).await.status, 200);
    }

    async fn an_organisation_sends_so_many_invitations_in_a_day_and_fewer_on_its_first(app) {
        let app = app.configured(|config| (config.quotas.invitations_first_day, config.quotas.invitations_per_day) = (1, 2));
        let org = app.organisation("inviting").await;
        let invite = async |nth: usize| {
            let mut owner = org.signed_in(&app, Role::Owner).await;
            owner.call("/api/accounts/invite", &[("email", &format!("guest{nth}@x.example")), ("role", "read_only")]).await
        };
        assert_eq!(invite(0).await.status, 200);
        let refused = invite(1).await;
        assert!(refused.fault().about("email").unwrap().contains("1 invitation on its first day"), "{}", refused.body);
        app.state.clock.advance(86_401);
        for nth in 1..3 {
            assert_eq!(invite(nth).await.status, 200);
        }
        assert!(invite(3).await.fault().about("email").unwrap().contains("2 invitations, which is the most in a day"));
        assert!(app.mails().await.iter().all(|mail| mail.to != "guest3@x.example"));
    }

    async fn on_a_public_address_the_first_account_takes_the_link_that_the_server_printed(app) {
        let app = app.configured(|config| config.server.origin = "https://cases.harbour.eu".to_owned());
        let printed = setup::link_needed(&app.state).await.unwrap().unwrap();
        let page = printed.strip_prefix("https://cases.harbour.eu").unwrap();
        let form = sign_up("Ada", "ada@x.example", "Quay");
        let mut stranger = app.browser();
        assert!(stranger.get("/signup").await.body.contains("Nobody has set this installation up yet"));
        for token in ["", "AAAA"] {
            let refused = stranger.call("/api/accounts/sign_up", &[form.clone(), vec![("setup_token", token)]].concat()).await;
            assert_eq!(refused.status, 403, "{token}: {}", refused.body);
        }
        let counted = app.state.db.global(global_sql!("select count(*) from users"));
        assert_eq!(counted.scalar::<i64>().await.unwrap(), 0);
        let mut ada = app.browser();
        let shown = ada.get(page).await;
        assert!(!shown.body.contains("Nobody has set this installation up yet"), "{}", shown.body);
        let token = shown.input("setup_token");
        let made = ada.call("/api/accounts/sign_up", &[form.clone(), vec![("setup_token", token.as_str())]].concat()).await;
        assert_eq!((made.status.as_u16(), made.location()), (200, "/onboarding"), "{}", made.body);
        assert!(ada.get("/operator/requests").await.status == 200, "they run the installation");
        // From then on it says and asks nothing of the kind, and the link is worth nothing.
        assert_eq!(setup::link_needed(&app.state).await.unwrap(), None);
        let second = stranger.call("/api/accounts/sign_up", &with(form, "email", "bob@x.example")).await;
        assert_eq!(second.location(), "/signup/sent", "{}", second.body);
    }

    async fn at_this_machine_the_first_account_is_signed_in_at_once_and_from_elsewhere_it_is_not_made(app) {
        let form = sign_up("Ada", "ada@x.example", "Quay");
        let mut elsewhere = app.browser();
        elsewhere.peer = ([10, 0, 0, 7], 40_000).into();
        assert_eq!(elsewhere.call("/api/accounts/sign_up", &form).await.status, 403);
        assert_eq!(app.browser().call("/api/accounts/sign_up", &form).await.location(), "/onboarding");
    }
}
