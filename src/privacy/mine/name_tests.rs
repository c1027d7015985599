//! Names of members in timelines and in the record: read well before an erasure and after it, and found nowhere then.

use super::erase;
use crate::{
    accounts::Role,
    audit,
    cases::testing::Desk,
    privacy::selftest::everything,
    server::{
        db::sql,
        testing::{TestApp, on_either_engine},
    },
};

const NAME: &str = "Ruth Abara-Quell";

/// An organisation with a member of that name, and a case in which they are assigned, named, and chosen in a field.
async fn named(app: &TestApp) -> (Desk, String) {
    let mut desk = Desk::open(app, "alpha", Role::Owner).await;
    let chosen = desk.browser.call("/api/settings/choose_presets", &[("presets[]", "investigation")]).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    let mut member = desk.organisation.signed_in(app, Role::Caseworker).await;
    assert_eq!(member.call("/api/accounts/change_name", &[("name", NAME)]).await.status, 200);
    let me = desk.organisation.user(Role::Caseworker).to_string();
    let types = desk.list("").await.catalogue.types.clone();
    let with_member = types.iter().find(|t| t.fields.iter().any(|f| f.key == "investigator")).unwrap().id.to_string();
    let key = uuid::Uuid::now_v7().to_string();
    let opened = desk
        .create(&[("key", &key), ("title", "About <b>something</b>"), ("case_type", &with_member), ("fields[investigator][]", &me)])
        .await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    let number = opened.location().strip_prefix("/cases/").unwrap().to_owned();
    for (form, more) in [
        ("assign", vec![("assignee", me.as_str())]),
        ("edit", vec![("title", "About something"), ("fields[investigator][]", "")]),
        ("edit", vec![("title", "About something"), ("fields[investigator][]", &me)]),
        ("set_access", vec![("restricted", "on"), ("viewers[]", &me)]),
        ("set_access", vec![("restricted", "on")]),
        ("set_access", vec![]),
        ("assign", vec![("assignee", "")]),
        ("assign", vec![("assignee", me.as_str())]),
    ] {
        let version = desk.read(&number).await.version.to_string();
        let mut pairs = vec![("number", number.as_str()), ("version", version.as_str())];
        pairs.extend(more);
        let answer = desk.browser.call(&format!("/api/cases/{form}"), &pairs).await;
        assert_eq!(answer.status, 200, "{form}: {}", answer.body);
    }
    (desk, number)
}

/// Every value in a history, on one line.
async fn values(desk: &mut Desk, number: &str) -> String {
    let told = desk.history(number).await;
    assert!(told.events.iter().all(|event| !event.erased), "{told:?}");
    let changes = told.events.into_iter().flat_map(|event| event.changes);
    changes.map(|change| format!("{}: {} > {}", change.label, change.from, change.to)).collect::<Vec<_>>().join("; ")
}

on_either_engine! {
    async fn dr_3_the_name_of_a_member_goes_from_every_timeline_and_record(app) {
        let (mut desk, number) = named(&app).await;
        let before = values(&mut desk, &number).await;
        for part in ["Investigator:  > Ruth", "Assignee:  > Ruth", "Assignee: Ruth Abara-Quell > ;", "Investigator: Ruth Abara-Quell > ;"] {
            assert!(before.contains(part), "{part}: {before}");
        }
        assert!(before.split("; ").any(|change| change.starts_with("Who sees the case:  > ") && change.contains(NAME)), "{before}");
        assert!(!before.contains("{member"));
        let page = desk.browser.get(&format!("/cases/{number}")).await.body;
        assert!(page.contains(&format!("Assignee: {NAME}")) && page.contains(&format!("Investigator: {NAME}")) && !page.contains("{member"), "{page}");
        // What somebody else saved in between is told by name, too.
        let stale = desk.browser.call("/api/cases/assign", &[("number", &number), ("version", "1"), ("assignee", &desk.organisation.user(Role::Owner).to_string())]).await;
        assert_eq!(stale.status, 409);
        assert!(stale.body.contains(NAME) && !stale.body.contains("{member"), "{}", stale.body);
        // A new name shows in what was written before.
        let mut member = desk.organisation.signed_in(&app, Role::Caseworker).await;
        member.call("/api/accounts/change_name", &[("name", "Ruth <Quell>")]).await;
        assert!(desk.browser.get(&format!("/cases/{number}")).await.body.contains("Assignee: Ruth &lt;Quell&gt;"));
        assert!(values(&mut desk, &number).await.contains("Ruth <Quell>"));

        let user = desk.organisation.user(Role::Caseworker);
        let certificate = erase(&app.state, user).await.unwrap();
        assert!(certificate.waiting.is_empty());
        let all = everything(&app.state).await;
        assert!(all.contains("About something") && all.contains("Investigator"), "the search sees what is sealed");
        for gone in ["Abara", "Quell", "caseworker@alpha.example"] {
            assert!(!all.contains(gone), "{gone} in {}", all.lines().filter(|line| line.contains(gone)).collect::<Vec<_>>().join("\n"));
        }
        let digits = user.to_string();
        let tombstone = format!("Deleted user {}", digits.get(digits.len() - 4..).unwrap());
        let after = values(&mut desk, &number).await;
        assert!(after.contains(&format!("Assignee:  > {tombstone}")) && after.contains(&format!("Investigator: {tombstone} > ;")), "{after}");
        let page = desk.browser.get(&format!("/cases/{number}")).await.body;
        assert!(page.contains(&format!("Assignee: {tombstone}")) && !page.contains("{member"), "{page}");
        let report = audit::verify::verify(&app.state).await.unwrap();
        assert_eq!(report.breaks, Vec::<String>::new());
    }

    async fn dr_3_names_that_were_written_before_go_as_well(app) {
        let (mut desk, number) = named(&app).await;
        let scope = crate::accounts::Scope::of_member(&app.state, desk.organisation.id, desk.organisation.user(Role::Owner), crate::accounts::Permission::CaseWrite).await.unwrap();
        let case = crate::cases::id_of_number(&app.state, desk.organisation.id.uuid(), &number).await.unwrap().unwrap();
        // As it was kept until members were mentioned by their id.
        let mut tx = scope.begin().await.unwrap();
        for (action, label, to) in [("case.assigned", "Assignee", NAME), ("case.changed", "Title", NAME), ("case.changed", "Investigator", NAME)] {
            let change = audit::Change { label: label.into(), from: String::new(), to: to.into() };
            let event = audit::Event { action, subject_kind: "case", subject: case, facts: serde_json::json!({}), values: vec![change] };
            audit::record(&mut tx, event).await.unwrap();
        }
        let line = format!("Assignee: {NAME}\nTitle: {NAME} and others");
        tx.query(sql!("update entries set body = $2, body_html = $2 where org_id = $1 and kind = 'field'")).bind(line).execute().await.unwrap();
        tx.commit().await.unwrap();
        erase(&app.state, desk.organisation.user(Role::Caseworker)).await.unwrap();
        let told = desk.history(&number).await;
        assert_eq!(told.events.iter().filter(|event| event.erased).count(), 2);
        assert!(told.events.iter().any(|event| event.changes.iter().any(|change| change.label == "Title" && change.to == NAME)), "a title is the organisation's");
        let page = desk.browser.get(&format!("/cases/{number}?show=field")).await.body;
        assert!(page.contains("Assignee: Deleted user ") && page.contains(&format!("Title: {NAME} and others")), "{page}");
        assert_eq!(audit::verify::verify(&app.state).await.unwrap().breaks, Vec::<String>::new());
    }
}
