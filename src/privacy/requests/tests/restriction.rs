//! DR-17: while an account is restricted it is kept and read by its person, and otherwise left alone.

use super::{again, ask, confirm, from_elsewhere, granted, ids, operator, sent, step, verified};
use crate::{
    accounts::{self, Role},
    cases::testing::Desk,
    server::{
        db::global_sql,
        testing::{Browser, TestApp, on_either_engine},
    },
};

const DAY: i64 = 86_400;
const LIFT: &str = "/api/privacy/lift_restriction";

async fn events(app: &TestApp) -> i64 {
    app.state.db.global(global_sql!("select count(*) from usage_events")).scalar().await.unwrap()
}

async fn restricted(app: &TestApp, email: &str) -> bool {
    let found = app.state.db.global(global_sql!("select count(*) from users where email = $1 and restricted_at is not null"));
    found.bind(email.to_owned()).scalar::<i64>().await.unwrap() == 1
}

async fn everybody(app: &TestApp, necessary: bool) -> Vec<String> {
    let mut tx = app.state.db.begin().await.unwrap();
    let all = accounts::operator::everybody(&mut tx, necessary).await.unwrap();
    all.into_iter().map(|(_, email)| email).collect()
}

/// Asks for it by link and has it granted; answers the page and the request.
async fn restrict(app: &TestApp, operator: &mut Browser, email: &str) -> (String, String) {
    let mut browser = from_elsewhere(app, 9);
    ask(&mut browser, "restriction", email, "I dispute it.").await;
    let page = confirm(app, &mut browser, email).await;
    let id = ids(operator, "operator").await.remove(0);
    assert!(!restricted(app, email).await, "before somebody granted it");
    granted(app, operator, &id).await;
    assert!(restricted(app, email).await);
    sent(operator, &id).await;
    (page, id)
}

/// Whether a page offers a member in a list.
async fn offers(browser: &mut Browser, path: &str, member: &str) -> bool {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page.body.contains(&format!("<option value=\"{member}\""))
}

on_either_engine! {
    async fn dr_17_a_restricted_account_is_kept_and_otherwise_left_alone(app) {
        let mut operator = operator(&app).await;
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let (email, member) = (desk.organisation.email(Role::Caseworker), desk.organisation.user(Role::Caseworker).to_string());
        let (theirs, other) = (desk.case("Theirs").await, desk.case("Another").await);
        let version = desk.read(&theirs).await.version.to_string();
        assert_eq!(desk.browser.call("/api/cases/assign", &[("number", &theirs), ("version", &version), ("assignee", &member)]).await.status, 200);
        let mut person = desk.organisation.signed_in(&app, Role::Caseworker).await;
        person.post("/privacy/choices", "/privacy/consent", &[("choice", "accept")]).await;
        person.get("/home").await;
        let before = events(&app).await;
        assert!(before > 0 && offers(&mut desk.browser, "/cases/new", &member).await);

        let (page, id) = restrict(&app, &mut operator, &email).await;
        let mut anybody = from_elsewhere(&app, 2);
        assert!(anybody.get(&page).await.body.contains("Your account is restricted since"));
        assert!(anybody.get(&format!("{page}/answer")).await.body.contains("Nothing that you do is counted"));
        // Not counted, and what was counted stays.
        for path in ["/home", "/cases", "/me"] {
            assert_eq!(person.get(path).await.status, 200, "{path}");
        }
        assert_eq!(events(&app).await, before);
        // Not offered for more; what they have stays with them, and they themselves can take work.
        assert!(!offers(&mut desk.browser, "/cases/new", &member).await);
        assert!(!offers(&mut desk.browser, &format!("/cases/{other}"), &member).await);
        assert!(offers(&mut desk.browser, &format!("/cases/{theirs}"), &member).await);
        assert!(offers(&mut person, "/cases/new", &member).await);
        // Only what is necessary is written to them.
        assert!(!everybody(&app, false).await.contains(&email) && everybody(&app, true).await.contains(&email));
        assert!(accounts::operator::set_operator(&app.state, &email, true).await.unwrap());
        app.work().await;
        ask(&mut from_elsewhere(&app, 3), "access", "else@nobody.example", "").await;
        confirm(&app, &mut from_elsewhere(&app, 3), "else@nobody.example").await;
        let told: Vec<String> = app.mails().await.into_iter().map(|mail| mail.to).collect();
        assert!(told.contains(&"caseworker@operators.example".to_owned()) && !told.contains(&email), "{told:?}");
        // Their person reads and takes everything.
        let mine = person.get("/me/privacy").await.body;
        assert!(mine.contains("Its use is restricted") && mine.contains("End the restriction") && mine.contains("Download my data"), "{mine}");

        // The operator ends it only after telling why, and not before a week has passed.
        assert!(step(&mut operator, "operator", &id, "end_restriction", &[]).await.fault().about("words").is_some());
        assert_eq!(step(&mut operator, "operator", &id, "end_restriction", &[("words", "The dispute is settled.")]).await.status, 200);
        assert_eq!(step(&mut operator, "operator", &id, "end_restriction", &[("words", "Again.")]).await.status, 422);
        let mail = app.mails().await.into_iter().rev().find(|mail| mail.to == email).unwrap();
        assert!(mail.subject.contains("ends on") && !mail.body.contains("settled"), "{mail:?}");
        assert!(anybody.get(&page).await.body.contains("The dispute is settled."));
        assert!(person.get("/me/privacy").await.body.contains("The operator ends it on"));
        app.state.clock.advance(6 * DAY);
        app.work().await;
        assert!(restricted(&app, &email).await);
        app.state.clock.advance(DAY + 2);
        app.work().await;
        assert!(!restricted(&app, &email).await);
        assert!(anybody.get(&page).await.body.contains("not restricted any more"));
        let mut person = again(&app, &email).await;
        person.get("/home").await;
        assert!(events(&app).await > before);
        verified(&app).await;
    }

    async fn dr_17_a_forged_form_gives_nothing_new_to_a_restricted_member(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let chosen = desk.browser.call("/api/settings/choose_presets", &[("presets[]", "investigation")]).await;
        let user = desk.organisation.user(Role::Caseworker);
        let member = user.to_string();
        let types = desk.list("").await.catalogue.types.clone();
        let named = types.iter().find_map(|t| t.fields.iter().find(|f| f.kind == crate::cases::model::FieldKind::Member).map(|f| (t.id.to_string(), format!("fields[{}][]", f.key))));
        let (case_type, field) = named.unwrap_or_else(|| panic!("no type with a member: {}", chosen.body));
        let key = || uuid::Uuid::now_v7().to_string();
        let create = async |desk: &mut Desk, more: &[(&str, &str)]| {
            let key = key();
            let mut pairs = vec![("key", key.as_str()), ("title", "One"), ("case_type", case_type.as_str())];
            pairs.extend_from_slice(more);
            desk.create(&pairs).await
        };
        let number = |answer: &crate::server::testing::Answered| answer.location().strip_prefix("/cases/").unwrap().to_owned();
        let (theirs, by_field) = (number(&create(&mut desk, &[("assignee", &member)]).await), number(&create(&mut desk, &[(&field, &member)]).await));
        let other = number(&create(&mut desk, &[]).await);
        let update = app.state.db.global(global_sql!("update users set restricted_at = $2 where id = $1"));
        update.bind(user).bind(app.state.clock.now()).execute().await.unwrap();

        let refused = "This person's data is restricted, so nothing new can be given to them. Choose somebody else.";
        let told = |answer: crate::server::testing::Answered, at: &str| {
            assert_eq!((answer.status.as_u16(), answer.fault().about(at)), (422, Some(refused)), "{at}: {}", answer.body);
        };
        told(create(&mut desk, &[("assignee", &member)]).await, "assignee");
        told(create(&mut desk, &[(&field, &member)]).await, &field);
        let version = async |desk: &mut Desk, number: &str| desk.read(number).await.version.to_string();
        let assign = async |desk: &mut Desk, number: &str, to: &str| {
            let version = version(desk, number).await;
            desk.browser.call("/api/cases/assign", &[("number", number), ("version", &version), ("assignee", to)]).await
        };
        told(assign(&mut desk, &other, &member).await, "assignee");
        let edit = async |desk: &mut Desk, number: &str, title: &str| {
            let version = version(desk, number).await;
            desk.browser.call("/api/cases/edit", &[("number", number), ("version", &version), ("title", title), (&field, &member)]).await
        };
        told(edit(&mut desk, &other, "Two").await, &field);
        let restrict = async |desk: &mut Desk, number: &str| {
            let version = version(desk, number).await;
            desk.browser.call("/api/cases/set_access", &[("number", number), ("version", &version), ("restricted", "on"), ("viewers[]", &member)]).await
        };
        told(restrict(&mut desk, &other).await, "viewers[]");
        // What they have stays with them, and the form that says so goes through.
        assert_eq!(assign(&mut desk, &theirs, &member).await.status, 200);
        assert_eq!(edit(&mut desk, &by_field, "Two").await.status, 200);
        assert_eq!(restrict(&mut desk, &theirs).await.status, 200);
        // They themselves take work, and once the restriction has ended everybody gives it.
        let mut person = desk.organisation.signed_in(&app, Role::Caseworker).await;
        let taken = desk.read(&other).await.version.to_string();
        assert_eq!(person.call("/api/cases/assign", &[("number", &other), ("version", &taken), ("assignee", &member)]).await.status, 200);
        let update = app.state.db.global(global_sql!("update users set restricted_at = null where id = $1"));
        update.bind(user).execute().await.unwrap();
        assert_eq!(create(&mut desk, &[("assignee", &member)]).await.status, 200);
    }

    async fn dr_17_its_person_ends_a_restriction_at_once_and_an_announced_end_does_not_end_another(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("harbour").await;
        let email = org.email(Role::Caseworker);
        let (_, id) = restrict(&app, &mut operator, &email).await;
        assert_eq!(step(&mut operator, "operator", &id, "end_restriction", &[("words", "Settled.")]).await.status, 200);
        let mut person = org.signed_in(&app, Role::Caseworker).await;
        let lifted = person.post("/me/privacy", LIFT, &[]).await;
        assert_eq!((lifted.status.as_u16(), lifted.location()), (303, "/me/privacy?notice=saved#restriction"));
        assert!(!restricted(&app, &email).await);
        assert!(app.mails().await.iter().any(|mail| mail.to == email && mail.subject == "Your account is no longer restricted"));
        assert!(person.get("/me/privacy").await.body.contains("Ask for restriction"));
        assert_eq!(person.call(LIFT, &[]).await.status, 200, "twice does no harm");
        // A new one is not ended by the end that was announced for the first.
        restrict(&app, &mut operator, &email).await;
        app.state.clock.advance(8 * DAY);
        app.work().await;
        assert!(restricted(&app, &email).await);
        verified(&app).await;
    }
}
