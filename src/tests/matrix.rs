//! The authorisation matrix: every server function × every kind of actor. A function without a row fails.

use std::collections::BTreeMap;

use axum::body::Body;

use crate::{
    accounts::{Permission, Role},
    cases::testing::Desk,
    server::testing::{Answered, Browser, PASSWORD, TestApp, on_either_engine},
};

/// Who may call a function.
#[derive(Clone, Copy, Debug)]
enum Who {
    /// Anybody; links and forms before sign-in.
    Anybody,
    /// Whoever is signed in, with or without an organisation.
    Account,
    /// Members with this permission.
    Member(Permission),
    /// Accounts that look after the installation's own requests.
    Operator,
}

use Who::{Account, Anybody, Member, Operator};

/// One row: the function, who may call it, and arguments that name things of the organisation under test. Values in
/// braces are filled in: `{case}`, `{entry}`, `{user}`, `{import}`, `{absent}` (an id of nothing).
const ROWS: &[Row] = &[
    ("accounts/accept", Account, &[("token", "x")]),
    ("accounts/accept_new", Anybody, &[("token", "x"), ("name", "N"), ("password", "p")]),
    ("accounts/acknowledge_policy", Account, &[("policy", "x")]),
    ("accounts/change_email", Account, &[("email", "x"), ("password", "y")]),
    ("accounts/change_name", Account, &[("name", "")]),
    ("accounts/change_password", Account, &[("current_password", "x"), ("password", "y")]),
    ("accounts/change_role", Member(Permission::MemberManage), &[("user", "{user}"), ("role", "nothing"), ("version", "1")]),
    ("accounts/create_organisation", Account, &[("organisation", "")]),
    ("accounts/end_other_sessions", Account, &[]),
    ("accounts/end_session", Account, &[("session", "{absent}")]),
    ("accounts/forgot", Anybody, &[("email", "nobody")]),
    ("accounts/invitation", Anybody, &[("token", "x")]),
    ("accounts/invite", Member(Permission::MemberManage), &[("email", "x"), ("role", "caseworker")]),
    ("accounts/members", Member(Permission::MemberRead), &[]),
    ("accounts/my_organisations", Account, &[]),
    ("accounts/my_sessions", Account, &[]),
    ("accounts/remove_member", Member(Permission::MemberManage), &[("user", "{absent}")]),
    ("accounts/resend_verification", Account, &[]),
    ("accounts/reset", Anybody, &[("token", "x"), ("password", "y")]),
    ("accounts/reset_link", Anybody, &[("token", "x")]),
    ("accounts/revoke_invitation", Member(Permission::MemberManage), &[("invitation", "{absent}")]),
    ("accounts/sign_in", Anybody, &[("email", "nobody@nowhere.example"), ("password", "x")]),
    ("accounts/sign_out", Anybody, &[]),
    ("accounts/sign_up", Anybody, &[("name", ""), ("email", ""), ("organisation", ""), ("password", "")]),
    ("accounts/switch_organisation", Account, &[("org", "{absent}")]),
    ("accounts/verify_email", Anybody, &[("token", "x")]),
    ("audit/case_history", Member(Permission::CaseRead), &[("number", "{case}")]),
    ("audit/record", Member(Permission::AuditRead), &[]),
    ("cases/assign", Member(Permission::CaseWrite), &[("number", "{case}"), ("version", "1"), ("assignee", "x")]),
    ("cases/case", Member(Permission::CaseRead), &[("number", "{case}")]),
    ("cases/catalogue", Member(Permission::CaseRead), &[]),
    ("cases/create", Member(Permission::CaseCreate), &[("key", "{absent}"), ("title", "")]),
    ("cases/edit", Member(Permission::CaseWrite), &[("number", "{case}"), ("version", "1"), ("title", "")]),
    ("cases/edit_entry", Member(Permission::CaseWrite), &[("number", "{case}"), ("entry", "{absent}"), ("version", "1"), ("body", "x")]),
    ("cases/first_note", Member(Permission::CaseRead), &[]),
    ("cases/form_key", Member(Permission::CaseRead), &[]),
    ("cases/home", Member(Permission::CaseRead), &[]),
    ("cases/link", Member(Permission::CaseWrite), &[("number", "{case}"), ("other", "{case}")]),
    ("cases/list", Member(Permission::CaseRead), &[("query", "")]),
    ("cases/move", Member(Permission::CaseWrite), &[("number", "{case}"), ("version", "1"), ("to", "nowhere")]),
    ("cases/pin_entry", Member(Permission::CaseWrite), &[("number", "{case}"), ("entry", "{absent}")]),
    ("cases/revisions", Member(Permission::CaseRead), &[("number", "{case}"), ("entry", "{absent}")]),
    ("cases/save_draft", Member(Permission::CaseWrite), &[("number", "{case}"), ("body", "")]),
    ("cases/set_access", Member(Permission::CaseRestrict), &[("number", "{case}"), ("version", "0")]),
    ("cases/unlink", Member(Permission::CaseWrite), &[("number", "{case}"), ("other", "{case}")]),
    ("cases/write_entry", Member(Permission::CaseWrite), &[("key", "{absent}"), ("number", "{case}"), ("body", "")]),
    ("consent/usage", Member(Permission::OrgManage), &[]),
    ("import/cancel", Member(Permission::CaseImport), &[("id", "{absent}")]),
    ("import/check", Member(Permission::CaseImport), &[("id", "{absent}")]),
    ("import/read-again", Member(Permission::CaseImport), &[("id", "{absent}"), ("delimiter", ";")]),
    ("import/forget", Member(Permission::CaseImport), &[("id", "{absent}")]),
    ("import/import", Member(Permission::CaseImport), &[("id", "{absent}")]),
    ("import/imports", Member(Permission::CaseImport), &[]),
    ("import/progress", Member(Permission::CaseImport), &[("id", "{absent}")]),
    ("import/start", Member(Permission::CaseImport), &[("id", "{absent}")]),
    ("archive/ask", Member(Permission::OrgExport), &[("password", "x")]),
    ("archive/open", Member(Permission::OrgExport), &[("archive", "{absent}"), ("password", "x")]),
    ("archive/remove", Member(Permission::OrgExport), &[("archive", "{absent}")]),
    ("archive/stop", Member(Permission::OrgExport), &[("archive", "{absent}")]),
    ("privacy/close_organisation", Member(Permission::OrgClose), &[("password", "x")]),
    ("privacy/delete_account", Account, &[("password", "x")]),
    ("privacy/download", Account, &[("password", "x")]),
    ("privacy/keep_account", Account, &[]),
    ("privacy/keep_organisation", Member(Permission::OrgClose), &[]),
    ("privacy/object", Account, &[("purpose", "x")]),
    ("privacy/withdraw_objection", Account, &[("purpose", "x")]),
    ("privacy/lift_restriction", Account, &[]),
    ("requests/addressee", Anybody, &[("to", "{absent}")]),
    ("requests/appeal", Anybody, &[("token", "x"), ("words", "y")]),
    ("requests/ask", Anybody, &[("kind", "access"), ("concern", "account"), ("email", "nobody")]),
    ("requests/confirm", Anybody, &[("token", "x")]),
    ("requests/desk", Member(Permission::PrivacyDesk), &[]),
    ("requests/desk_act", Member(Permission::PrivacyDesk), &[("request", "{absent}"), ("version", "1"), ("act", "close")]),
    ("requests/desk_request", Member(Permission::PrivacyDesk), &[("request", "{absent}")]),
    ("requests/desk_settings", Member(Permission::OrgManage), &[("regime", "nothing"), ("holidays", ""), ("version", "0")]),
    ("requests/operator_act", Operator, &[("request", "{absent}"), ("version", "1"), ("act", "close")]),
    ("requests/operator_inbox", Operator, &[]),
    ("requests/operator_request", Operator, &[("request", "{absent}")]),
    ("requests/operator_settings", Operator, &[("regime", "nothing"), ("holidays", ""), ("time_zone", "UTC"), ("version", "0")]),
    ("requests/opt_out", Anybody, &[("address", "nobody")]),
    ("requests/reply", Anybody, &[("token", "x"), ("words", "y")]),
    ("requests/to_confirm", Anybody, &[("token", "x")]),
    ("requests/tracked", Anybody, &[("token", "x")]),
    ("requests/withdraw", Anybody, &[("token", "x")]),
    ("settings/case_types", Member(Permission::CaseRead), &[]),
    ("settings/change_organisation", Member(Permission::OrgManage), &[("organisation", ""), ("time_zone", "UTC"), ("version", "1")]),
    ("settings/choose_presets", Member(Permission::OrgManage), &[("presets[]", "nothing")]),
    ("settings/organisation", Member(Permission::MemberRead), &[]),
];

/// The doors that are no server functions: method, path, who may. `{import}` is an import of the organisation under test,
/// `{request}` a request at its Privacy desk, and `{file}` a file with the answer to that.
const DOORS: &[(&str, &str, Who)] = &[
    ("GET", "/cases.csv", Member(Permission::CaseExport)),
    ("GET", "/settings/processing.json", Member(Permission::AuditRead)),
    ("GET", "/settings/processing.csv", Member(Permission::AuditRead)),
    ("GET", "/settings/import/{import}/rejected.csv", Member(Permission::CaseImport)),
    ("GET", "/settings/import/{import}/mapping.json", Member(Permission::CaseImport)),
    ("POST", "/settings/import/{import}/mapping", Member(Permission::CaseImport)),
    ("POST", "/settings/import/upload", Member(Permission::CaseImport)),
    ("GET", "/desk/{request}/files/{file}", Member(Permission::PrivacyDesk)),
    ("POST", "/api/requests/desk_answer", Member(Permission::PrivacyDesk)),
    ("GET", "/operator/requests/{request}/files/{file}", Operator),
    ("POST", "/api/requests/operator_answer", Operator),
];

type Row = (&'static str, Who, &'static [(&'static str, &'static str)]);

async fn ask(browser: &mut Browser, method: &str, function: &str, pairs: &[(&str, String)]) -> Answered {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let path = format!("/api/{function}");
    if method == "GET" { browser.read(&path, &pairs).await } else { browser.call(&path, &pairs).await }
}

const BOUNDARY: &str = "a-line-between";

/// Knocks at a door as a browser without script would, with a file where one is taken, for that request.
async fn knock(browser: &mut Browser, method: &str, path: &str, asked: &str) -> Answered {
    let request = browser.request(method, path).header("accept", "text/html");
    let part = |name: &str, value: &str| format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name={name}\r\n\r\n{value}\r\n");
    let file = [
        part("\"request\"", asked),
        part("\"version\"", &seen(browser, asked).await["version"].to_string()),
        part("\"file\"; filename=\"c.csv\"", "id,title\r\n1,Canary of the file"),
        part("\"mapping\"; filename=\"m.json\"", r#"{"casetrakr_mapping": 1, "type": "advice", "columns": {"id": "case_id"}}"#),
        format!("--{BOUNDARY}--\r\n"),
    ]
    .concat();
    let request = match method {
        "POST" => request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).body(file.into()),
        _ => request.header("sec-fetch-mode", "navigate").body(Body::empty()),
    };
    browser.send(request.unwrap()).await
}

/// An import of the organisation of this member.
pub(super) async fn an_import(browser: &mut Browser) -> String {
    let answer = knock(browser, "POST", "/settings/import/upload", "").await;
    answer.location().strip_prefix("/settings/import/").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body)).to_owned()
}

async fn seen(browser: &mut Browser, request: &str) -> serde_json::Value {
    let answer = browser.read("/api/requests/desk_request", &[("request", request)]).await;
    if answer.status == 200 { answer.value() } else { serde_json::json!({ "version": 1 }) }
}

/// A request at the Privacy desk of this owner that is being answered, and a file that goes along with it.
pub(super) async fn a_request(app: &TestApp, desk: &mut Desk) -> (String, String) {
    let (org, mut asker) = (desk.organisation.id.to_string(), app.browser());
    asker.peer = ([10, 9, 9, 2], 40_000).into();
    let form = [("kind", "access"), ("concern", "case"), ("to", org.as_str()), ("email", "asker@x.example"), ("name", "Asker")];
    assert_eq!(asker.call("/api/requests/ask", &form).await.status, 200);
    let link = app.mailed_link("asker@x.example").await;
    asker.call("/api/requests/confirm", &[("token", link.strip_prefix("/privacy/confirm/").unwrap())]).await;
    let list: serde_json::Value = desk.browser.read("/api/requests/desk", &[]).await.value();
    let id = list["rows"][0]["id"].as_str().unwrap().to_owned();
    let version = seen(&mut desk.browser, &id).await["version"].to_string();
    let went = desk.browser.call("/api/requests/desk_act", &[("request", &id), ("version", &version), ("act", "fulfil")]).await;
    assert_eq!(went.status, 200, "{}", went.body);
    let added = knock(&mut desk.browser, "POST", "/api/requests/desk_answer", &id).await;
    assert_eq!(added.location(), format!("/desk/{id}?notice=saved"), "{}", added.body);
    let file = seen(&mut desk.browser, &id).await["enclosures"][0]["id"].as_str().unwrap().to_owned();
    (id, file)
}

fn fill(pairs: &'static [(&'static str, &'static str)], desk: &Desk) -> Vec<(&'static str, String)> {
    let absent = uuid::Uuid::now_v7().to_string();
    let value = |v: &str| match v {
        "{case}" => desk.numbers[0].clone(),
        "{user}" => desk.organisation.user(Role::Caseworker).to_string(),
        "{absent}" => absent.clone(),
        other => other.to_owned(),
    };
    pairs.iter().map(|(name, v)| (*name, value(v))).collect()
}

fn functions() -> BTreeMap<String, String> {
    leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.trim_start_matches("/api/").to_owned(), method.to_string()))
        .collect()
}

/// An operator who belongs to no organisation.
async fn operator_of_nothing(app: &TestApp) -> Browser {
    let email = "operator@installation.example";
    let org = crate::accounts::operator::found(
        &app.state,
        "left",
        "UTC",
        &[("Op", email, Role::Owner), ("Next", "next@x.example", Role::Owner)],
        PASSWORD,
    )
    .await
    .unwrap();
    assert!(crate::accounts::operator::set_operator(&app.state, email, true).await.unwrap());
    let mut browser = app.browser();
    browser.sign_in(email).await;
    let left =
        browser.call("/api/accounts/remove_member", &[("user", &org.1[0].to_string()), ("hand_over_to", &org.1[1].to_string())]).await;
    assert_eq!(left.status, 200, "{}", left.body);
    let mut browser = app.browser();
    browser.sign_in(email).await;
    browser
}

async fn ex_member(app: &TestApp, desk: &Desk) -> Browser {
    let mut gone = desk.organisation.signed_in(app, Role::ReadOnly).await;
    let mut owner = desk.organisation.signed_in(app, Role::Owner).await;
    let removed = owner.call("/api/accounts/remove_member", &[("user", &desk.organisation.user(Role::ReadOnly).to_string())]).await;
    assert_eq!(removed.status, 200, "{}", removed.body);
    gone.headers.clear();
    gone
}

on_either_engine! {
    async fn every_function_of_a_member_refuses_a_form_of_another_organisation(app) {
        let mut desk = Desk::open(&app, "elsewhere", Role::Owner).await;
        desk.case("Canary of the forms").await;
        let other = crate::accounts::ShownFor { user: desk.organisation.user(Role::Owner), org: Some(crate::ids::Id::fresh()) }.text();
        let mut tried = 0;
        for (function, method) in functions() {
            let Some((_, Member(_), pairs)) = ROWS.iter().find(|row| row.0 == function).filter(|_| method != "GET") else { continue };
            let mut pairs = fill(pairs, &desk);
            pairs.push(("shown_for", other.clone()));
            let answer = ask(&mut desk.browser, &method, &function, &pairs).await;
            assert_eq!(answer.status, 409, "{function}: {}", answer.body);
            tried += 1;
        }
        let import = an_import(&mut desk.browser).await;
        desk.browser.headers.push(("x-shown-for", other));
        for (_, path, _) in DOORS.iter().filter(|(method, _, who)| *method == "POST" && matches!(who, Member(_))) {
            let path = path.replace("{import}", &import);
            assert_eq!(knock(&mut desk.browser, "POST", &path, "").await.status, 409, "{path}");
            tried += 1;
        }
        assert!(tried > 25, "{tried}");
    }

    async fn sec_33_every_function_answers_every_actor_as_the_catalogue_says(app) {
        let app = app.configured(|config| config.limits.sign_ins_per_account = 1_000_000);
        let mut desk = Desk::open(&app, "matrix", Role::Owner).await;
        desk.case("Canary of the matrix").await;
        let functions = functions();
        let rows: BTreeMap<&str, &Row> = ROWS.iter().map(|row| (row.0, row)).collect();
        let known: Vec<&str> = rows.keys().copied().collect();
        let real: Vec<&str> = functions.keys().map(String::as_str).collect();
        assert_eq!(known, real, "a server function without a row, or a row without a function");

        let mut strangers = vec![("nobody", app.browser())];
        let mut forged = app.browser();
        forged.set_cookie("ct_session", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        strangers.push(("a forged session", forged));
        for (function, method) in &functions {
            let (_, who, pairs) = *rows[function.as_str()];
            let pairs = fill(pairs, &desk);
            for (name, browser) in &mut strangers {
                let status = ask(browser, method, function, &pairs).await.status.as_u16();
                assert_eq!(status == 401, !matches!(who, Anybody), "{function} for {name}: {status}");
                assert!(status < 500, "{function} for {name}: {status}");
            }
            for role in Role::ALL {
                let mut browser = desk.organisation.signed_in(&app, role).await;
                let answer = ask(&mut browser, method, function, &pairs).await;
                let refused = matches!(who, Member(permission) if !role.may(permission)) || matches!(who, Operator);
                assert_eq!(answer.status == 403, refused, "{function} for {role:?}: {} {}", answer.status, answer.body);
                assert!(answer.status != 401 && answer.status.as_u16() < 500, "{function} for {role:?}: {}", answer.status);
            }
        }
    }

    async fn sec_33_an_operator_reaches_the_installations_requests_and_no_organisation(app) {
        let mut desk = Desk::open(&app, "matrix", Role::Owner).await;
        desk.case("Canary of the matrix").await;
        let mut operator = operator_of_nothing(&app).await;
        for (function, method) in &functions() {
            let Some((_, who, pairs)) = ROWS.iter().find(|(f, ..)| f == function) else { panic!("{function}") };
            let answer = ask(&mut operator, method, function, &fill(pairs, &desk)).await;
            let refused = matches!(who, Member(_));
            assert_eq!(answer.status == 403, refused, "{function}: {} {}", answer.status, answer.body);
            assert!(!answer.body.contains("Canary") && answer.status != 401 && answer.status.as_u16() < 500, "{function}: {}", answer.status);
            if function == "accounts/sign_out" {
                operator.sign_in("operator@installation.example").await;
            }
        }
    }

    async fn sec_33_who_belongs_elsewhere_or_no_longer_gets_nothing(app) {
        let mut desk = Desk::open(&app, "ours", Role::Owner).await;
        desk.case("Canary ours").await;
        let number = desk.numbers[0].clone();
        desk.note(&number, "Canary note of ours").await;
        let mut theirs = Desk::open(&app, "theirs", Role::Owner).await;
        let mut gone = ex_member(&app, &desk).await;
        let absent = "LA-1999-00001".to_owned();
        for (function, method) in &functions() {
            let Some((_, who, pairs)) = ROWS.iter().find(|(f, ..)| f == function) else { panic!("{function}") };
            let Member(_) = who else { continue };
            let pairs = fill(pairs, &desk);
            let refused = ask(&mut gone, method, function, &pairs).await;
            assert_eq!(refused.status, 403, "{function} for an ex-member: {}", refused.body);
            assert!(!refused.body.contains("Canary"), "{function}");
            let answer = ask(&mut theirs.browser, method, function, &pairs).await;
            assert!(!answer.body.contains("Canary") && answer.status != 401 && answer.status.as_u16() < 500, "{function}: {}", answer.status);
            if pairs.iter().any(|(_, v)| *v == number) {
                // What is somebody else's and what is nobody's are the same answer.
                let nobodys: Vec<(&str, String)> = pairs.iter().map(|(n, v)| (*n, if *v == number { absent.clone() } else { v.clone() })).collect();
                let nothing = ask(&mut theirs.browser, method, function, &nobodys).await;
                assert_eq!((answer.status, &answer.body), (nothing.status, &nothing.body), "{function}");
                assert!(answer.status.is_client_error(), "{function}: {}", answer.status);
            }
        }
        let report = crate::audit::verify::verify(&app.state).await.unwrap();
        assert_eq!(report.breaks, Vec::<String>::new());
        assert_eq!(desk.read(&number).await.entries.iter().filter(|e| e.body.contains("Canary note")).count(), 1);
    }

    async fn sec_33_every_door_answers_every_actor_as_the_catalogue_says(app) {
        let mut desk = Desk::open(&app, "doors", Role::Owner).await;
        desk.case("Canary of the doors").await;
        let import = an_import(&mut desk.browser).await;
        let (request, file) = a_request(&app, &mut desk).await;
        let filled = |path: &str| path.replace("{import}", &import).replace("{request}", &request).replace("{file}", &file);
        let mut forged = app.browser();
        forged.set_cookie("ct_session", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let mut strangers = [("nobody", app.browser()), ("a forged session", forged)];
        for (method, path, who) in DOORS {
            let path = filled(path);
            for (name, browser) in &mut strangers {
                let answer = knock(browser, method, &path, &request).await;
                // Where something was typed, it comes back after the sign-in.
                let to_sign_in = answer.status == 401 || answer.location().starts_with("/login?next=");
                assert!(to_sign_in && !answer.body.contains("Canary"), "{path} for {name}: {}", answer.status);
            }
            for role in Role::ALL {
                let answer = knock(&mut desk.organisation.signed_in(&app, role).await, method, &path, &request).await;
                let may = matches!(who, Member(permission) if role.may(*permission));
                let expected = if !may { 403 } else if *method == "POST" { 303 } else { 200 };
                assert_eq!(answer.status, expected, "{path} for {role:?}: {}", answer.body);
                assert!(expected == 200 || !answer.body.contains("Canary"), "{path} for {role:?}");
            }
        }
        let mut gone = ex_member(&app, &desk).await;
        let mut theirs = Desk::open(&app, "elsewhere", Role::Owner).await;
        for (method, path, who) in DOORS {
            let (names_something, path) = (path.contains('{'), filled(path));
            let refused = knock(&mut gone, method, &path, &request).await;
            assert!(refused.status == 403 && !refused.body.contains("Canary"), "{path} for an ex-member: {}", refused.status);
            let answer = knock(&mut theirs.browser, method, &path, &request).await;
            assert!(!answer.body.contains("Canary") && answer.status.as_u16() < 500, "{path} for another organisation: {}", answer.status);
            if names_something && matches!(who, Member(_)) {
                // What is somebody else's and what is nobody's are the same answer.
                let nobody = uuid::Uuid::now_v7().to_string();
                let absent = path.replace(&import, &nobody).replace(&request, &nobody);
                let nobodys = knock(&mut theirs.browser, method, &absent, &nobody).await;
                assert_eq!((answer.status.as_u16(), nobodys.status.as_u16()), (404, 404), "{path}");
            }
            // The cross-site guard stands before every door that changes something.
            if *method == "POST" {
                let cookie = format!("ct_session={}", desk.browser.cookies()["ct_session"]);
                let evil = axum::http::Request::post(&path).header("cookie", cookie).header("sec-fetch-site", "cross-site");
                assert_eq!(desk.browser.send(evil.body(Body::empty()).unwrap()).await.status, 403, "{path} from another site");
            }
        }
    }
}
