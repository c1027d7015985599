//! What somebody wrote is what somebody reads, however it looks.

use super::key;
use crate::{
    accounts::Role,
    cases::testing::Desk,
    server::{
        db::sql,
        testing::{Answered, TestApp, on_either_engine},
    },
};

async fn write(desk: &mut Desk, number: &str, body: &str) -> Answered {
    desk.browser.call("/api/cases/write_entry", &[("key", &key()), ("number", number), ("body", body)]).await
}

/// The newest note, as its page shows it.
async fn shown(desk: &mut Desk, number: &str) -> String {
    desk.read(number).await.entries.iter().find(|entry| entry.kind.is_written()).unwrap().html.clone()
}

/// Notes as an earlier version had stored them, and the work that makes them anew.
async fn as_stored_before(app: &TestApp, desk: &Desk, html: &str) {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(desk.organisation.id.uuid()).await.unwrap();
    tx.query(sql!("update entries set body_html = $2 where org_id = $1 and kind = 'note'")).bind(html.to_owned()).execute().await.unwrap();
    crate::server::jobs::enqueue(&app.state, &mut tx, crate::cases::RENDER_NOTES, Some(desk.organisation.id.uuid()), "").await.unwrap();
    tx.commit().await.unwrap();
}

on_either_engine! {
    async fn a_complaint_in_a_fold_opens_it(app) {
        let mut desk = Desk::open(&app, "folded", Role::Owner).await;
        let number = desk.case("Keys").await;
        let page = format!("/cases/{number}");
        assert!(desk.browser.get(&page).await.body.contains("<details class=\"menu\"><summary"), "it is closed at first");
        let typed = [("form", "entry".into()), ("key", key()), ("number", number), ("body", "Met her.".into()), ("occurred", "2999-03-01T10:00".into())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let back = desk.browser.post(&page, "/api/cases/write_entry", &typed).await;
        let refused = desk.browser.get(back.location()).await.body;
        let (before, _) = refused.split_once("Choose a time that has passed").unwrap();
        let fold = before.rsplit_once("<details").unwrap().1.split_once('>').unwrap().0;
        assert!(fold.contains(" open"), "{fold}");
        assert!(!refused.contains("<details class=\"handing\" open"), "the others stay closed");
    }

    async fn a_note_that_was_stored_with_words_missing_shows_them_again(app) {
        let mut desk = Desk::open(&app, "again", Role::Owner).await;
        let number = desk.case("Keys").await;
        desk.note(&number, "Bring <set of keys> to Mr <Smith>").await;
        let html = "<p>Bring &lt;set of keys&gt; to Mr &lt;Smith&gt;</p>\n";
        assert_eq!(shown(&mut desk, &number).await, html);
        as_stored_before(&app, &desk, "").await;
        // Before the work is done, and after it.
        assert_eq!(shown(&mut desk, &number).await, html);
        app.work().await;
        let scope = crate::accounts::Scope::of_member(&app.state, desk.organisation.id, desk.organisation.user(Role::Owner), crate::accounts::Permission::CaseRead).await.unwrap();
        let stored: String = scope.query(sql!("select body_html from entries where org_id = $1 and kind = 'note'")).scalar().await.unwrap();
        assert_eq!(stored, html);
        assert_eq!(shown(&mut desk, &number).await, html);
    }

    async fn a_note_that_is_costly_to_show_keeps_nobody_waiting(app) {
        let mut desk = Desk::open(&app, "costly", Role::Owner).await;
        let (number, other) = (desk.case("Costly").await, desk.case("Other").await);
        let mut colleague = Desk { organisation: app_organisation(&desk), browser: desk.browser.clone(), numbers: Vec::new() };
        let body = ">".repeat(49_900);
        let began = std::time::Instant::now();
        let (costly, quick) = tokio::join!(write(&mut desk, &number, &body), write(&mut colleague, &other, "in the meantime"));
        assert_eq!((costly.status.as_u16(), quick.status.as_u16()), (200, 200), "{}", costly.body);
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
        let html = shown(&mut desk, &number).await;
        assert_eq!(html.matches("&gt;").count(), 49_900);
        // The note of a new case and a changed note are made the same way.
        let advice = desk.list("").await.catalogue.types.iter().find(|t| t.key == "advice").unwrap().id.to_string();
        let made = desk.create(&[("key", &key()), ("title", "Costly"), ("case_type", &advice), ("note", &body)]).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let entry = desk.read(&number).await.entries.iter().find(|entry| entry.kind.is_written()).unwrap().id.to_string();
        let changed = [("number", number.as_str()), ("entry", &entry), ("version", "1"), ("body", &body[1..])];
        assert_eq!(desk.browser.call("/api/cases/edit_entry", &changed).await.status, 200);
    }
}

on_either_engine! {
    async fn a_time_that_never_was_is_refused_beside_its_field(app) {
        let mut desk = Desk::open(&app, "times", Role::Owner).await;
        let number = desk.case("Times").await;
        for (occurred, cure) in [
            ("0026-03-31T14:05", "before 1800"),
            ("9999-12-31T23:59", ""),
            ("2026-03-29T02:30", "clocks went forward"),
            ("2026-02-30T10:00", "year-month-day"),
        ] {
            let pairs = [("key", key()), ("number", number.clone()), ("body", "Called".to_owned()), ("occurred", occurred.to_owned())];
            let refused = desk.browser.call("/api/cases/write_entry", &pairs.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
            assert_eq!(refused.status, 422, "{occurred}");
            assert!(refused.fault().about("occurred").unwrap().contains(cure), "{occurred}: {}", refused.body);
        }
        assert!(!desk.read(&number).await.entries.iter().any(|entry| entry.kind.is_written()));
    }
}

/// The same people in another pair of hands.
fn app_organisation(desk: &Desk) -> crate::server::testing::Organisation {
    crate::server::testing::Organisation {
        id: desk.organisation.id,
        name: desk.organisation.name.clone(),
        users: desk.organisation.users.clone(),
    }
}
