//! Asking, waiting, taking, and what ends it.

use super::*;
use crate::{
    privacy::retention,
    server::{
        db::{Sketch, global_sql},
        testing::on_either_engine,
    },
};

const DAY: i64 = 86_400;

async fn pieces(app: &TestApp, desk: &Desk) -> i64 {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(desk.organisation.id.uuid()).await.unwrap();
    tx.sketch(Sketch::new("select count(*) from archive_pieces where org_id = $1")).scalar().await.unwrap()
}

on_either_engine! {
    async fn pp_2_an_owner_takes_everything_along_without_script(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let empty = desk.browser.get(PAGE).await;
        assert!(empty.body.contains("No archive has been made") && empty.body.contains("restricted cases are in it"), "{}", empty.body);
        assert!(desk.browser.get("/settings").await.body.contains("href=\"/settings/export\""));
        assert!(desk.browser.get("/settings/close").await.body.contains("href=\"/settings/export\""));
        let wrong = desk.browser.post(PAGE, "/api/archive/ask", &[("password", "not mine at all"), ("form", "ask")]).await;
        assert!(desk.browser.get(wrong.location()).await.body.contains("This is not your password."));
        assert_eq!(ask(&mut desk.browser).await.location(), PAGE);
        // Asked twice is asked once.
        ask(&mut desk.browser).await;
        let working = desk.browser.get(PAGE).await.body;
        assert!(working.contains("The archive is being made") && working.contains("Stop") && !working.contains("Make the archive<"), "{working}");
        app.work().await;
        let mails = app.state.db.global(global_sql!("select recipient, subject from mails where subject like 'The archive%'"));
        let mails: Vec<(String, String)> = mails.all().await.unwrap();
        assert_eq!(mails, [("owner@alpha.example".to_owned(), "The archive of your organisation is ready".to_owned())]);
        let id = ready(&mut desk.browser).await;
        let link = link(&mut desk.browser, &id).await;
        let file = desk.browser.get(&link).await;
        assert_eq!((file.status.as_u16(), file.header("cache-control")), (200, "no-store"));
        assert_eq!(file.header("content-length"), file.bytes.len().to_string());
        assert!(file.header("content-disposition").contains("casetrakr-archive.zip"));
        let page = desk.browser.get(PAGE).await.body;
        let sum = crate::server::secret::hex(&crate::server::secret::sha256(&[&file.bytes]));
        assert!(page.contains(&sum) && page.contains("4 more"), "{page}");
        assert_eq!(Files::of(&file.bytes).rows("cases").len(), 3);
        // It lies sealed.
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(desk.organisation.id.uuid()).await.unwrap();
        let sealed: Vec<u8> = tx.sketch(Sketch::new("select sealed from archive_pieces where org_id = $1 and part = 0")).scalar().await.unwrap();
        assert!(!sealed.windows(4).any(|four| four == b"PK\x03\x04"));
        drop(tx);
        verified(&app).await;
    }

    async fn dr_16_an_archive_is_for_its_owners_for_seven_days_and_five_times(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let other = furnished(&app, "beta", "other").await;
        ask(&mut desk.browser).await;
        app.work().await;
        let id = ready(&mut desk.browser).await;
        let file = link(&mut desk.browser, &id).await;
        let bare = format!("/settings/export/{id}/archive.zip");
        // Nobody else, no other session of the owner, and not without the password.
        assert_eq!(app.browser().get(&file).await.status, 401);
        assert_eq!(desk.browser.get(&bare).await.status, 403);
        assert_eq!(desk.organisation.signed_in(&app, Role::Admin).await.get(&file).await.status, 403);
        assert_eq!(desk.organisation.signed_in(&app, Role::Owner).await.get(&file).await.status, 403);
        let mut elsewhere = other.organisation.signed_in(&app, Role::Owner).await;
        let theirs = link(&mut elsewhere, &id).await;
        assert_eq!(elsewhere.get(&theirs).await.status, 404);
        for path in ["stop", "remove"] {
            assert_eq!(elsewhere.call(&format!("/api/archive/{path}"), &[("archive", &id)]).await.status, 404);
        }
        for _ in 0..5 {
            assert_eq!(desk.browser.get(&file).await.status, 200);
        }
        assert_eq!(desk.browser.get(&file).await.status, 410);
        assert!(desk.browser.get(PAGE).await.body.contains("Used up"));
        let record = desk.browser.get("/settings/record").await.body;
        assert!(record.contains("(time 1)") && record.contains("(time 5)") && !record.contains("(time 6)"), "{record}");
        // A second one is gone after seven days, by its own job.
        ask(&mut desk.browser).await;
        app.work().await;
        let id = ready(&mut desk.browser).await;
        app.state.clock.advance(601);
        let late = link(&mut desk.browser, &id).await;
        app.state.clock.advance(601);
        assert_eq!(desk.browser.get(&late).await.status, 403, "the link lasts ten minutes");
        app.state.clock.advance(7 * DAY);
        desk.browser.sign_in("owner@alpha.example").await;
        let page = desk.browser.get(PAGE).await.body;
        assert!(page.contains("Expired") && !page.contains("Download the archive"), "{page}");
        let file = link(&mut desk.browser, &id).await;
        assert_eq!(desk.browser.get(&file).await.status, 410);
        assert!(pieces(&app, &desk).await > 0);
        app.work().await;
        assert_eq!(pieces(&app, &desk).await, 0);
        verified(&app).await;
    }

    async fn pp_2_the_daily_run_removes_archives_as_the_published_table_says(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let mut other = furnished(&app, "beta", "other").await;
        for browser in [&mut desk.browser, &mut other.browser] {
            ask(browser).await;
        }
        app.work().await;
        let published = app.browser().get("/privacy/retention").await.body;
        assert!(published.contains("Archives of whole organisations are deleted.") && published.contains("7 days, sealed."), "{published}");
        app.state.clock.advance(6 * DAY);
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("archive_pieces.rows"));
        let soon = retention::forecast(&app.state).await.unwrap();
        let line = soon.iter().find(|line| line.id == "archive_pieces.rows").unwrap();
        assert_eq!((line.today, line.soon), (0, 2));
        app.state.clock.advance(2 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("archive_pieces.rows"), Some(&2));
        assert_eq!(pieces(&app, &desk).await + pieces(&app, &other).await, 0);
        app.state.clock.advance(90 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("archives.rows"), Some(&2));
    }

    async fn pp_2_everything_can_be_taken_while_the_organisation_is_being_closed(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        ok(&mut desk.browser, "/api/privacy/close_organisation", &[("password", PASSWORD)]).await;
        let page = desk.browser.get("/settings/close").await.body;
        assert!(page.contains("Take everything along") && page.contains("href=\"/settings/export\""), "{page}");
        app.state.clock.advance(29 * DAY);
        desk.browser.sign_in("owner@alpha.example").await;
        assert!(desk.browser.get(PAGE).await.body.contains("You can take everything along until it is erased"));
        let files = Files::of(&archive(&app, &mut desk.browser).await);
        assert!(files.whole().contains("canary-note"));
        assert!(pieces(&app, &desk).await > 0);
        // Erasing the organisation takes its archives with it.
        app.state.clock.advance(2 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("organisations"), Some(&1));
        assert_eq!(pieces(&app, &desk).await, 0);
        verified(&app).await;
    }

    async fn five_archives_a_day_and_no_more(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
        for _ in 0..5 {
            ok(&mut desk.browser, "/api/archive/ask", &[("password", PASSWORD)]).await;
            app.work().await;
        }
        let refused = desk.browser.call("/api/archive/ask", &[("password", PASSWORD)]).await;
        assert_eq!(refused.status, 429, "{}", refused.body);
        assert!(!desk.browser.get(PAGE).await.body.contains("is being made"));
        app.state.clock.advance(DAY + 1);
        desk.browser.sign_in("owner@alpha.example").await;
        ok(&mut desk.browser, "/api/archive/ask", &[("password", PASSWORD)]).await;
    }

    async fn dr_20_a_job_that_was_killed_begins_anew_and_leaves_one_archive_and_one_mail(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        ask(&mut desk.browser).await;
        // What a killed run has left: pieces of half an archive, and the word that it is at work.
        let org = desk.organisation.id;
        let id: uuid::Uuid = {
            let mut tx = app.state.db.begin().await.unwrap();
            tx.confine(org.uuid()).await.unwrap();
            tx.sketch(Sketch::new("update archives set status = 'working', rows_done = 7 where org_id = $1")).execute().await.unwrap();
            let id = tx.sketch(Sketch::new("select id from archives where org_id = $1")).scalar().await.unwrap();
            tx.commit().await.unwrap();
            id
        };
        for part in 0..40 {
            crate::privacy::archive::store::add_piece(&app.state, org, crate::ids::Id::from_uuid(id), part, b"half".to_vec()).await.unwrap();
        }
        app.work().await;
        let mails: i64 = app.state.db.global(global_sql!("select count(*) from mails where subject like 'The archive%'")).scalar().await.unwrap();
        assert_eq!(mails, 1);
        let id = ready(&mut desk.browser).await;
        let file = link(&mut desk.browser, &id).await;
        let files = Files::of(&desk.browser.get(&file).await.bytes);
        assert!(files.whole().contains("canary-note"));
        assert!(pieces(&app, &desk).await < 40);
        verified(&app).await;
    }

    async fn what_is_stopped_or_removed_leaves_nothing(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        ask(&mut desk.browser).await;
        let id = desk.browser.get(PAGE).await.input("archive");
        let stopped = desk.browser.post(PAGE, "/api/archive/stop", &[("archive", &id), ("form", "stop")]).await;
        assert_eq!(stopped.location(), PAGE);
        app.work().await;
        assert!(desk.browser.get(PAGE).await.body.contains("It was stopped before it was done."));
        assert_eq!(pieces(&app, &desk).await, 0);
        ask(&mut desk.browser).await;
        app.work().await;
        let id = ready(&mut desk.browser).await;
        let file = link(&mut desk.browser, &id).await;
        ok(&mut desk.browser, "/api/archive/remove", &[("archive", &id)]).await;
        assert_eq!(desk.browser.get(&file).await.status, 410);
        assert_eq!(pieces(&app, &desk).await, 0);
        assert!(desk.browser.get(PAGE).await.body.contains("It was removed before its time."));
        let record = desk.browser.get("/settings/record").await.body;
        assert!(record.contains("stopped the making of an archive") && record.contains("removed an archive before its time"));
        verified(&app).await;
    }

    async fn dr_3_an_archive_ends_when_somebody_who_is_in_it_is_erased(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let mut other = furnished(&app, "beta", "other").await;
        for browser in [&mut desk.browser, &mut other.browser] {
            ask(browser).await;
        }
        app.work().await;
        let id = ready(&mut desk.browser).await;
        let file = link(&mut desk.browser, &id).await;
        let bytes = desk.browser.get(&file).await.bytes;
        assert!(Files::of(&bytes).whole().contains("caseworker@alpha.example"));
        crate::privacy::mine::erase(&app.state, desk.organisation.user(Role::Caseworker)).await.unwrap();
        assert_eq!(desk.browser.get(&file).await.status, 410);
        assert_eq!(pieces(&app, &desk).await, 0);
        assert!(pieces(&app, &other).await > 0, "they were never in that one");
        let page = desk.browser.get(PAGE).await.body;
        assert!(page.contains("Somebody who was in it has been erased.") && !page.contains("Download the archive"), "{page}");
        assert!(desk.browser.get("/settings/record").await.body.contains("ended an archive, because somebody who was in it was erased"));
        let files = Files::of(&archive(&app, &mut desk.browser).await);
        assert!(!files.whole().contains("caseworker@alpha.example"));
        verified(&app).await;
    }

    async fn whoever_may_no_longer_take_it_gets_none_made(app) {
        let desk = furnished(&app, "alpha", "canary").await;
        let (owner, admin) = (desk.organisation.user(Role::Owner).to_string(), desk.organisation.user(Role::Admin).to_string());
        let mut first = desk.organisation.signed_in(&app, Role::Owner).await;
        ok(&mut first, "/api/accounts/change_role", &[("user", &admin), ("role", "owner"), ("version", "1")]).await;
        ask(&mut first).await;
        let mut second = desk.organisation.signed_in(&app, Role::Admin).await;
        ok(&mut second, "/api/accounts/change_role", &[("user", &owner), ("role", "admin"), ("version", "1")]).await;
        app.work().await;
        let page = second.get(PAGE).await.body;
        assert!(page.contains("Failed") && page.contains("may not take it any more"), "{page}");
        assert_eq!((pieces(&app, &desk).await, first.get(PAGE).await.status.as_u16()), (0, 403));
    }

    async fn the_command_line_leaves_a_trace_and_tells_the_owners(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive.zip");
        assert!(command::export_file(&app.state, "nobody", &path, |_, _| {}).await.unwrap_err().contains("no organisation of this name"));
        let mut told = (0, 0);
        let made = command::export_file(&app.state, "alpha", &path, |done, of| told = (done, of)).await.unwrap();
        assert_eq!(told, (2 * made.rows, 2 * made.rows));
        assert!(Files::of(&std::fs::read(&path).unwrap()).whole().contains("canary-note"));
        assert!(command::export_file(&app.state, "alpha", &path, |_, _| {}).await.is_err(), "it writes over nothing");
        let mails = app.mails().await;
        assert!(mails.iter().any(|mail| mail.to == "owner@alpha.example" && mail.subject == "An archive of your organisation was made"));
        assert!(!mails.iter().any(|mail| mail.to == "admin@alpha.example" && mail.subject.contains("archive")));
        assert!(desk.browser.get("/settings/record").await.body.contains("from the command line of the installation"));
        verified(&app).await;
    }
}
