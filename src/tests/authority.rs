//! Authority is read again in the transaction that acts: what ended while a form was on its way acts no more, and what is
//! under way is through before it ends.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    accounts::{Permission, Role, Scope, operator},
    cases::testing::Desk,
    fault::Fault,
    privacy::mine,
    server::{
        db::{global_sql, sql},
        testing::{Answered, Browser, HalfWay, PASSWORD, TestApp, on_both_engines},
    },
};

const BOUNDARY: &str = "a-line-between";
const SOON: Duration = Duration::from_millis(300);

/// What may end while a form is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Removed,
    Lowered,
    SignedOutElsewhere,
    PasswordChanged,
    Erased,
    Closing,
}

impl End {
    const ALL: [Self; 6] = [Self::Removed, Self::Lowered, Self::SignedOutElsewhere, Self::PasswordChanged, Self::Erased, Self::Closing];

    /// It comes about, over other connections.
    async fn comes(self, app: &TestApp, desk: &Desk) {
        let admin = desk.organisation.user(Role::Admin);
        let mut owner = desk.organisation.signed_in(app, Role::Owner).await;
        let mut elsewhere = desk.organisation.signed_in(app, Role::Admin).await;
        let done = match self {
            Self::Removed => owner.call("/api/accounts/remove_member", &[("user", &admin.to_string())]).await,
            Self::Lowered => {
                owner.call("/api/accounts/change_role", &[("user", &admin.to_string()), ("role", "read_only"), ("version", "1")]).await
            }
            Self::SignedOutElsewhere => elsewhere.call("/api/accounts/end_other_sessions", &[]).await,
            Self::PasswordChanged => {
                let form = [("current_password", PASSWORD), ("password", "violet harbour counts nine lamps")];
                elsewhere.call("/api/accounts/change_password", &form).await
            }
            Self::Erased => {
                mine::erase(&app.state, admin).await.unwrap();
                return;
            }
            Self::Closing => owner.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await,
        };
        assert_eq!(done.status, 200, "{self:?}: {}", done.body);
    }

    /// How a form is refused that was on its way.
    const fn refuses(self) -> u16 {
        match self {
            Self::Removed | Self::Lowered | Self::Closing => 403,
            Self::SignedOutElsewhere | Self::PasswordChanged | Self::Erased => 401,
        }
    }
}

/// Forms that an admin sends, each of which would change something in their organisation.
fn forms(desk: &Desk, case_type: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let (first, second) = (desk.numbers[0].clone(), desk.numbers[1].clone());
    let assignee = desk.organisation.user(Role::Caseworker).to_string();
    let new = || Uuid::now_v7().to_string();
    let given = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>();
    vec![
        ("/api/cases/create", given(&[("key", &new()), ("title", "Canary case"), ("case_type", case_type)])),
        ("/api/cases/edit", given(&[("number", &first), ("version", "1"), ("title", "Canary title")])),
        ("/api/cases/assign", given(&[("number", &first), ("version", "1"), ("assignee", &assignee)])),
        ("/api/cases/move", given(&[("number", &first), ("version", "1"), ("to", "waiting")])),
        ("/api/cases/write_entry", given(&[("key", &new()), ("number", &first), ("body", "Canary note")])),
        ("/api/cases/save_draft", given(&[("number", &first), ("body", "Canary draft")])),
        ("/api/cases/set_access", given(&[("number", &second), ("version", "1"), ("restricted", "yes")])),
        ("/api/cases/link", given(&[("number", &first), ("other", &second)])),
        ("/api/accounts/invite", given(&[("email", "canary@guest.example"), ("role", "caseworker")])),
        ("/api/settings/change_organisation", given(&[("organisation", "Canary"), ("time_zone", "UTC"), ("version", "1")])),
        ("/api/settings/choose_presets", given(&[("presets[]", "support")])),
        ("/api/requests/desk_settings", given(&[("regime", "ccpa"), ("holidays", ""), ("version", "0")])),
    ]
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// A file to import, which stops half way through its upload.
async fn upload(browser: &Browser) -> HalfWay {
    let rows = (0..200).map(|row| format!("{row},Canary row {row}\r\n")).collect::<String>();
    let body = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\nid,title\r\n{rows}\r\n--{BOUNDARY}--\r\n"
    );
    let request = browser
        .request("POST", "/settings/import/upload")
        .header("accept", "text/html")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    browser.hold_back(request, body.into_bytes()).await
}

/// What there is of an organisation, in numbers, and its name.
async fn stored(app: &TestApp, desk: &Desk) -> (String, Vec<i64>) {
    let org = desk.organisation.id.uuid();
    let name = app.state.db.global(global_sql!("select name from organisations where id = $1")).bind(org).scalar().await.unwrap();
    let mut counts = Vec::new();
    for statement in [
        sql!("select count(*) from cases where org_id = $1"),
        sql!("select count(*) from entries where org_id = $1"),
        sql!("select count(*) from drafts where org_id = $1"),
        sql!("select count(*) from cases where org_id = $1 and (restricted or assignee_id is not null or title like 'Canary%')"),
        sql!("select count(*) from case_links where org_id = $1"),
        sql!("select count(*) from case_types where org_id = $1"),
        sql!("select count(*) from invitations where org_id = $1"),
        sql!("select count(*) from imports where org_id = $1"),
        sql!("select count(*) from import_chunks where org_id = $1"),
        sql!("select count(*) from rights_settings where org_id = $1"),
    ] {
        counts.push(app.state.db.tenant(org, statement).scalar().await.unwrap());
    }
    (name, counts)
}

/// An admin at work, with two cases.
async fn admin_at_work(app: &TestApp, name: &str) -> Desk {
    let mut desk = Desk::open(app, name, Role::Admin).await;
    desk.case("One").await;
    desk.case("Other").await;
    desk
}

async fn case_type(desk: &mut Desk) -> String {
    desk.list("").await.catalogue.types[0].id.to_string()
}

fn refused(answer: &Answered, status: u16, what: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
    match answer.fault() {
        Fault::SignIn => assert_eq!(status, 401, "{what}"),
        Fault::Forbidden { reason } => assert!(status == 403 && reason.len() > 20, "{what}: {reason}"),
        other => panic!("{what}: {other:?}"),
    }
}

on_both_engines! {
    async fn what_ended_while_a_form_was_on_its_way_acts_no_more(app) {
        for (nth, end) in End::ALL.into_iter().enumerate() {
            let mut desk = admin_at_work(&app, &format!("ending{nth}")).await;
            let of_type = case_type(&mut desk).await;
            let forms = forms(&desk, &of_type);
            let mut on_their_way = Vec::new();
            for (path, pairs) in &forms {
                on_their_way.push((*path, desk.browser.stop_half_way(path, &borrowed(pairs)).await));
            }
            let before = stored(&app, &desk).await;
            let file = upload(&desk.browser).await;
            end.comes(&app, &desk).await;
            for (path, form) in on_their_way {
                refused(&form.go_on().await, end.refuses(), &format!("{path} after {end:?}"));
            }
            let answer = file.go_on().await;
            if end.refuses() == 401 {
                // A form with a file is a page of its own: whoever is nobody any more signs in first.
                assert!(answer.status == 303 && answer.location().starts_with("/login"), "an upload after {end:?}: {}", answer.body);
            } else {
                assert_eq!(answer.status.as_u16(), end.refuses(), "an upload after {end:?}");
            }
            let (name, counts) = stored(&app, &desk).await;
            assert_eq!((name, counts), before, "after {end:?}");
        }
    }

    async fn what_ends_while_a_change_waits_for_its_turn_is_heeded(app) {
        for (nth, ends) in ["membership", "role", "session"].into_iter().enumerate() {
            let mut desk = admin_at_work(&app, &format!("waiting{nth}")).await;
            let of_type = case_type(&mut desk).await;
            let before = stored(&app, &desk).await;
            let (user, org) = (desk.organisation.user(Role::Admin), desk.organisation.id);
            let mut tx = app.state.db.begin().await.unwrap();
            let ended = match ends {
                "membership" => tx.global(global_sql!("update memberships set left_at = 1 where user_id = $1 and org_id = $2")).bind(user).bind(org),
                "role" => tx.global(global_sql!("update memberships set role = 'read_only' where user_id = $1 and org_id = $2")).bind(user).bind(org),
                _ => tx.global(global_sql!("update sessions set revoked_at = 1 where user_id = $1")).bind(user),
            };
            assert!(ended.execute().await.unwrap() > 0);
            let mut changes = Vec::new();
            for (path, pairs) in forms(&desk, &of_type) {
                let mut browser = desk.browser.clone();
                changes.push((path, tokio::spawn(async move { browser.call(path, &borrowed(&pairs)).await })));
            }
            tokio::time::sleep(SOON).await;
            tx.commit().await.unwrap();
            for (path, change) in changes {
                refused(&change.await.unwrap(), if ends == "session" { 401 } else { 403 }, &format!("{path} after the {ends}"));
            }
            assert_eq!(stored(&app, &desk).await, before, "{ends}");
        }
    }

    async fn what_a_member_has_under_way_is_through_before_they_are_removed(app) {
        let desk = admin_at_work(&app, "under-way").await;
        let user = desk.organisation.user(Role::Admin);
        for path in ["/api/accounts/remove_member", "/api/privacy/close_organisation"] {
            let scope = Scope::of_member(&app.state, desk.organisation.id, user, Permission::MemberRead).await;
            let Ok(scope) = scope else { break };
            let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
            let under_way = scope.begin().await.unwrap();
            let removal = tokio::spawn(async move { owner.call(path, &[("user", &user.to_string()), ("password", PASSWORD)]).await });
            tokio::time::sleep(SOON).await;
            assert!(!removal.is_finished(), "{path} did not wait");
            under_way.commit().await.unwrap();
            assert_eq!(removal.await.unwrap().status, 200, "{path}");
        }
        let gone = Scope::of_member(&app.state, desk.organisation.id, user, Permission::MemberRead).await;
        assert!(matches!(gone, Err(Fault::Forbidden { .. })));
    }

    async fn what_a_person_does_with_their_own_account_ends_with_the_session(app) {
        let desk = admin_at_work(&app, "own").await;
        let forms: [(&str, &[(&str, &str)]); 6] = [
            ("/api/accounts/change_name", &[("name", "Canary")]),
            ("/api/accounts/create_organisation", &[("organisation", "Canary")]),
            ("/api/accounts/end_other_sessions", &[]),
            ("/api/privacy/object", &[("purpose", "security")]),
            ("/api/privacy/delete_account", &[("password", PASSWORD)]),
            ("/api/accounts/my_sessions", &[("padding", "so that there is a body")]),
        ];
        let mut on_their_way = Vec::new();
        for (path, pairs) in forms {
            let pairs = if pairs.is_empty() { &[("padding", "so that there is a body")] } else { pairs };
            on_their_way.push((path, desk.browser.stop_half_way(path, pairs).await));
        }
        End::SignedOutElsewhere.comes(&app, &desk).await;
        for (path, form) in on_their_way {
            refused(&form.go_on().await, 401, path);
        }
        let named = app.state.db.global(global_sql!("select count(*) from organisations where name = 'Canary'"));
        assert_eq!(named.scalar::<i64>().await.unwrap(), 0);
        let asked = app.state.db.global(global_sql!("select count(*) from account_deletions"));
        assert_eq!(asked.scalar::<i64>().await.unwrap(), 0);
    }

    async fn a_removed_member_reads_nothing_more_by_a_body_that_took_its_time(app) {
        let desk = admin_at_work(&app, "reading").await;
        let reading = desk.browser.stop_half_way("/api/accounts/members", &[("padding", "so that there is a body")]).await;
        End::Removed.comes(&app, &desk).await;
        refused(&reading.go_on().await, 403, "the members");
    }

    async fn a_case_that_is_not_theirs_any_more_takes_nothing_from_them(app) {
        let mut desk = Desk::open(&app, "sight", Role::Supervisor).await;
        let number = desk.case("Hidden soon").await;
        let (me, other) = (desk.organisation.user(Role::Supervisor).to_string(), desk.organisation.user(Role::Owner).to_string());
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        let access = |version: &'static str, viewer: String| {
            [("number", number.clone()), ("version", version.to_owned()), ("restricted", "yes".to_owned()), ("viewers[]", viewer)]
        };
        assert_eq!(owner.call("/api/cases/set_access", &borrowed(&access("1", me))).await.status, 200);
        let key = Uuid::now_v7().to_string();
        let forms: [(&str, Vec<(&str, &str)>); 4] = [
            ("/api/cases/write_entry", vec![("key", &key), ("number", &number), ("body", "Canary note")]),
            ("/api/cases/save_draft", vec![("number", &number), ("body", "Canary draft")]),
            ("/api/cases/edit", vec![("number", &number), ("version", "2"), ("title", "Canary title")]),
            ("/api/cases/set_access", vec![("number", &number), ("version", "2")]),
        ];
        let mut on_their_way = Vec::new();
        for (path, pairs) in &forms {
            on_their_way.push((*path, desk.browser.stop_half_way(path, pairs).await));
        }
        assert_eq!(owner.call("/api/cases/set_access", &borrowed(&access("2", other))).await.status, 200);
        for (path, form) in on_their_way {
            assert_eq!(form.go_on().await.fault(), Fault::NotFound, "{path}");
        }
        let page = owner.get(&format!("/cases/{number}")).await;
        assert!(page.status == 200 && page.body.contains("Hidden soon") && !page.body.contains("Canary"), "{}", page.body);
    }

    async fn an_operator_who_is_one_no_more_takes_no_step(app) {
        let desk = admin_at_work(&app, "operators").await;
        let email = desk.organisation.email(Role::Admin);
        assert!(operator::set_operator(&app.state, &email, true).await.unwrap());
        let form = [("regime", "ccpa"), ("holidays", ""), ("time_zone", "UTC"), ("version", "0")];
        let settings = desk.browser.stop_half_way("/api/requests/operator_settings", &form).await;
        let request = desk
            .browser
            .request("POST", "/api/requests/operator_answer")
            .header("accept", "text/html")
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let part = |name: &str, value: &str| format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let id = Uuid::now_v7().to_string();
        let body = [part("request", &id), part("version", "1"), part("words", "An answer, <b>typed</b> for long"), format!("--{BOUNDARY}--\r\n")].concat();
        let answer = desk.browser.hold_back(request, body.into_bytes()).await;
        assert!(operator::set_operator(&app.state, &email, false).await.unwrap());
        refused(&settings.go_on().await, 403, "settings");
        let answer = answer.go_on().await;
        assert_eq!(answer.status, 403, "{}", answer.body);
        assert!(answer.body.contains("An answer, &lt;b&gt;typed&lt;/b&gt; for long"), "the text is kept: {}", answer.body);
    }

    async fn the_text_of_a_refused_form_is_still_theirs(app) {
        let typed = "Two hours on the phone, word by word";
        for end in [End::Removed, End::SignedOutElsewhere] {
            let desk = admin_at_work(&app, &format!("text{}", end.refuses())).await;
            let number = desk.numbers[0].clone();
            let key = Uuid::now_v7().to_string();
            let request = desk
                .browser
                .request("POST", "/api/cases/write_entry")
                .header("accept", "text/html")
                .header("referer", format!("{}/cases/{number}", app.state.config.origin()))
                .header("content-type", "application/x-www-form-urlencoded");
            let body = crate::server::testing::encoded(&[("form", "entry"), ("key", &key), ("number", &number), ("body", typed)]);
            let note = desk.browser.hold_back(request, body.into_bytes()).await;
            end.comes(&app, &desk).await;
            let answer = note.go_on().await;
            let mut browser = desk.browser.clone();
            let page = if end == End::Removed {
                browser.get(answer.location()).await
            } else {
                let next = answer.location().strip_prefix("/login?next=").unwrap_or_else(|| panic!("{}", answer.location()));
                browser.sign_in(&desk.organisation.email(Role::Admin)).await;
                browser.get(&crate::form::decode(next)).await
            };
            assert!(page.body.contains(typed), "after {end:?}: {} {}", page.status, page.body);
            // Nobody else sees it.
            let mut other = desk.organisation.signed_in(&app, Role::Owner).await;
            assert!(!other.get(&crate::form::decode(answer.location().trim_start_matches("/login?next="))).await.body.contains(typed));
        }
    }
}
