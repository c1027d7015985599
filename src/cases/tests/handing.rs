//! What becomes of restricted cases when somebody who sees them leaves.

use crate::{
    accounts::Role,
    cases::testing::Desk,
    server::{
        db::global_sql,
        testing::{Answered, TestApp, on_both_engines},
    },
};

const REMOVE: &str = "/api/accounts/remove_member";

/// A case that its supervisor alone sees, and on which nobody works.
async fn hidden(app: &TestApp) -> (Desk, String) {
    let mut desk = Desk::open(app, "heirs", Role::Supervisor).await;
    let number = desk.case("Hidden").await;
    let version = desk.read(&number).await.version.to_string();
    let set = desk.browser.call("/api/cases/set_access", &[("number", &number), ("version", &version), ("restricted", "on")]).await;
    assert_eq!(set.status, 200, "{}", set.body);
    (desk, number)
}

on_both_engines! {
    async fn taking_over_the_work_of_a_viewer_opens_no_restricted_case(app) {
        let (mut desk, number) = hidden(&app).await;
        let (leaver, heir) = (desk.organisation.user(Role::Supervisor).to_string(), desk.organisation.user(Role::Owner).to_string());
        let version = desk.read(&number).await.version.to_string();
        let mine = [("number", number.as_str()), ("version", &version), ("assignee", &leaver)];
        assert_eq!(desk.browser.call("/api/cases/assign", &mine).await.status, 200);
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        let page = owner.get("/settings/members").await.body;
        assert!(page.contains("Hand over to") && page.contains("somebody who can open them already"), "{page}");
        // The owner takes the work over, and does not get to see the case by that.
        let removed = owner.call(REMOVE, &[("user", &leaver), ("hand_over_to", &heir)]).await;
        assert_eq!(removed.status, 200, "{}", removed.body);
        assert_eq!(owner.get(&format!("/cases/{number}")).await.status, 404);
        // Somebody has to find it again: the highest-ranking member beside whoever removed them.
        let mut admin = Desk { browser: desk.organisation.signed_in(&app, Role::Admin).await, organisation: desk.organisation, numbers: Vec::new() };
        let case = admin.read(&number).await;
        assert_eq!((case.assignee.as_str(), case.viewers.iter().any(|v| v.id == admin.organisation.user(Role::Admin))), ("", true));
        let told = admin.history(&number).await.events;
        assert!(told.iter().any(|event| event.what == "changed who sees the case"));
        for role in [Role::Caseworker, Role::ReadOnly] {
            assert_eq!(admin.organisation.signed_in(&app, role).await.get(&format!("/cases/{number}")).await.status, 404, "{role:?}");
        }
    }

    async fn a_restricted_case_goes_to_whoever_sees_it_already_and_else_to_nobody(app) {
        for (heir, assignee) in [(Role::Caseworker, "Caseworker"), (Role::Admin, "")] {
            let mut desk = Desk::open(&app, &format!("seen-by-{}", heir.key()), Role::Supervisor).await;
            let number = desk.case("Hidden").await;
            let ids = |role| desk.organisation.user(role).to_string();
            let (supervisor, caseworker, heir) = (ids(Role::Supervisor), ids(Role::Caseworker), ids(heir));
            let form = [("number", number.as_str()), ("version", "1"), ("restricted", "on"), ("viewers[]", caseworker.as_str())];
            assert_eq!(desk.browser.call("/api/cases/set_access", &form).await.status, 200);
            let form = [("number", number.as_str()), ("version", "2"), ("assignee", supervisor.as_str())];
            assert_eq!(desk.browser.call("/api/cases/assign", &form).await.status, 200);
            let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
            let removed = owner.call(REMOVE, &[("user", &supervisor), ("hand_over_to", &heir)]).await;
            assert_eq!(removed.status, 200, "{}", removed.body);
            let mut viewer = Desk { browser: desk.organisation.signed_in(&app, Role::Caseworker).await, organisation: desk.organisation, numbers: Vec::new() };
            let case = viewer.read(&number).await;
            assert_eq!(case.assignee, assignee);
            assert!(case.entries.iter().any(|entry| entry.html.contains("Assignee, since a member left")), "{:?}", case.entries);
            assert_eq!(case.viewers.iter().map(|v| v.id).collect::<Vec<_>>(), [viewer.organisation.user(Role::Caseworker)]);
        }
    }

    async fn whoever_comes_back_sees_what_was_restricted_only_once_named_again(app) {
        let (mut desk, number) = hidden(&app).await;
        let version = desk.read(&number).await.version.to_string();
        let (supervisor, caseworker) = (desk.organisation.user(Role::Supervisor).to_string(), desk.organisation.user(Role::Caseworker).to_string());
        let both = [("number", number.as_str()), ("version", &version), ("restricted", "on"), ("viewers[]", &supervisor), ("viewers[]", &caseworker)];
        assert_eq!(desk.browser.call("/api/cases/set_access", &both).await.status, 200);
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.call(REMOVE, &[("user", &caseworker)]).await.status, 200);
        let viewers = desk.read(&number).await.viewers;
        assert_eq!(viewers.iter().map(|v| v.id).collect::<Vec<_>>(), [desk.organisation.user(Role::Supervisor)]);
        let email = desk.organisation.email(Role::Caseworker);
        assert_eq!(owner.call("/api/accounts/invite", &[("email", &email), ("role", "caseworker")]).await.status, 200);
        let link = app.mailed_link(&email).await;
        let mut back = app.browser();
        back.sign_in(&email).await;
        let token = link.strip_prefix("/invite/").unwrap();
        let accepted = back.call("/api/accounts/accept", &[("token", token)]).await;
        assert_eq!(accepted.status, 200, "{}", accepted.body);
        assert_eq!(back.get("/cases").await.status, 200);
        assert_eq!(back.get(&format!("/cases/{number}")).await.status, 404);
    }

    async fn nothing_is_handed_over_to_whoever_data_is_restricted(app) {
        let (desk, _) = hidden(&app).await;
        let (leaver, heir) = (desk.organisation.user(Role::Supervisor), desk.organisation.user(Role::Caseworker));
        let update = app.state.db.global(global_sql!("update users set restricted_at = 1 where id = $1"));
        update.bind(heir).execute().await.unwrap();
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        let page = owner.get("/settings/members").await.body;
        let offered = page.split("Hand over to").nth(1).unwrap().split("</select>").next().unwrap();
        assert!(!offered.contains(&heir.to_string()), "{offered}");
        let (leaver, heir) = (leaver.to_string(), heir.to_string());
        let refused = owner.call(REMOVE, &[("user", &leaver), ("hand_over_to", &heir)]).await;
        assert!(refused.fault().about("hand_over_to").unwrap().contains("restricted"), "{}", refused.body);
    }

    async fn a_case_that_is_handed_over_says_from_whom_and_to_whom(app) {
        let mut desk = Desk::open(&app, "handed", Role::Owner).await;
        let (leaver, heir) = (desk.organisation.user(Role::Caseworker).to_string(), desk.organisation.user(Role::Supervisor).to_string());
        let number = desk.case("Handed over").await;
        let assign = async |desk: &mut Desk, to: &str| {
            let version = desk.read(&number).await.version.to_string();
            let given = desk.browser.call("/api/cases/assign", &[("number", &number), ("version", &version), ("assignee", to)]).await;
            assert_eq!(given.status, 200, "{}", given.body);
        };
        let label = "Assignee, since a member left";
        assign(&mut desk, &leaver).await;
        // From one member to another, and then to nobody.
        for (user, to, from, whom, line) in [
            (&leaver, heir.as_str(), "Caseworker", "Supervisor", format!("{label}: Caseworker \u{2192} Supervisor")),
            (&heir, "", "Supervisor", "", format!("{label}: removed (Supervisor)")),
        ] {
            assert_eq!(desk.browser.call(REMOVE, &[("user", user), ("hand_over_to", to)]).await.status, 200);
            let case = desk.read(&number).await;
            assert_eq!(case.assignee, whom);
            assert!(case.entries.iter().any(|entry| entry.html == format!("<p>{line}</p>")), "{line}: {:?}", case.entries);
            let told = desk.history(&number).await.events.remove(0);
            assert_eq!(told.what, "changed who works on the case");
            assert_eq!(told.changes.iter().map(|c| (c.label.as_str(), c.from.as_str(), c.to.as_str())).collect::<Vec<_>>(), [(label, from, whom)]);
        }
    }

    async fn without_an_heir_the_owners_see_what_nobody_else_would(app) {
        let (mut desk, number) = hidden(&app).await;
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.get(&format!("/cases/{number}")).await.status, 404);
        let leaver = desk.organisation.user(Role::Supervisor).to_string();
        assert_eq!(desk.browser.call(REMOVE, &[("user", &leaver)]).await.status, 200);
        let mut owner = Desk { browser: owner, organisation: desk.organisation, numbers: Vec::new() };
        let told = owner.history(&number).await.events.remove(0);
        assert_eq!((told.what.as_str(), told.changes.len()), ("changed who sees the case", 1));
        for role in [Role::Admin, Role::Caseworker] {
            let mut other = owner.organisation.signed_in(&app, role).await;
            assert_eq!(other.get(&format!("/cases/{number}")).await.status, 404, "{role:?}");
        }
    }

    async fn whoever_only_reads_is_given_no_case(app) {
        let mut desk = Desk::open(&app, "readers", Role::Owner).await;
        let number = desk.case("Deposit").await;
        let (reader, worker) = (desk.organisation.user(Role::ReadOnly).to_string(), desk.organisation.user(Role::Caseworker).to_string());
        let option = |id: &str| format!("<option value=\"{id}\"");
        for page in [format!("/cases/{number}"), "/cases/new".to_owned(), "/settings/members".to_owned()] {
            let body = desk.browser.get(&page).await.body;
            assert!(body.contains(&option(&worker)) && !body.contains(&option(&reader)), "{page}: {body}");
        }
        let refused = |answer: &Answered, field: &str| answer.fault().about(field).is_some_and(|told| told.contains("reads cases and changes nothing"));
        let version = desk.read(&number).await.version.to_string();
        let form = [("number", number.as_str()), ("version", &version), ("assignee", &reader)];
        let answer = desk.browser.call("/api/cases/assign", &form).await;
        assert!(refused(&answer, "assignee"), "{}", answer.body);
        let advice = desk.list("").await.catalogue.types[0].id.to_string();
        let key = crate::cases::tests::key();
        let answer = desk.create(&[("key", &key), ("title", "Mould"), ("case_type", &advice), ("assignee", &reader)]).await;
        assert!(refused(&answer, "assignee"), "{}", answer.body);
        let answer = desk.browser.call(REMOVE, &[("user", &worker), ("hand_over_to", &reader)]).await;
        assert!(refused(&answer, "hand_over_to"), "{}", answer.body);
        // Whose role is lowered keeps what they have, and may hand it on.
        assert_eq!(desk.browser.call("/api/cases/assign", &[form[0], form[1], ("assignee", &worker)]).await.status, 200);
        let lowered = [("user", worker.as_str()), ("version", "1"), ("role", "read_only")];
        assert_eq!(desk.browser.call("/api/accounts/change_role", &lowered).await.status, 200);
        assert!(desk.browser.get(&format!("/cases/{number}")).await.body.contains(&option(&worker)));
    }

    async fn namesakes_are_told_apart_wherever_somebody_is_chosen(app) {
        let mut desk = Desk::open(&app, "namesakes", Role::Owner).await;
        let number = desk.case("Deposit").await;
        let ids = [Role::Supervisor, Role::Caseworker].map(|role| desk.organisation.user(role));
        for (id, name) in ids.into_iter().zip(["Ann Bell", "ann  bell"]) {
            app.state.db.global(global_sql!("update users set name = $1 where id = $2")).bind(name.to_owned()).bind(id).execute().await.unwrap();
        }
        for page in [format!("/cases/{number}"), "/cases/new".to_owned(), "/settings/members".to_owned(), "/cases".to_owned(), format!("/cases/{number}/access")] {
            let body = desk.browser.get(&page).await.body;
            for (role, name) in [(Role::Supervisor, "Ann Bell"), (Role::Caseworker, "ann  bell")] {
                let called = format!("{name} ({})", desk.organisation.email(role));
                assert!(body.contains(&called), "{page} without {called}: {body}");
            }
        }
    }
}
