//! An older database in the place of the newest shows, unless it is on record that it was put back.

use uuid::Uuid;

use crate::{
    accounts::Role,
    audit::{marker, verify::verify},
    cases::testing::Desk,
    server::{
        db::{Db, sql},
        http::assets::Assets,
        state::State,
        testing::{TestApp, on_either_engine},
    },
};

fn file(app: &TestApp) -> std::path::PathBuf {
    app.state.config.server.data.join("audit.head")
}

/// The breaks that are about the marker.
async fn told(state: &State) -> Vec<String> {
    verify(state).await.unwrap().breaks.into_iter().filter(|line| line.contains("audit.head") || line.contains("is gone")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_database_put_in_place_is_found_until_that_is_on_record() {
    let app = TestApp::sqlite().await;
    let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
    let number = desk.case("Kept").await;
    marker::flush(&app.state).await;
    // The copy of a database that was quiet; the marker lies beside it and is no part of it.
    app.state.db.scrub().await.unwrap();
    let data = &app.state.config.server.data;
    std::fs::copy(data.join("test.sqlite"), data.join("backup.sqlite")).unwrap();
    desk.note(&number, "Lost with the backup").await;
    app.organisation("lost-organisation").await;
    marker::flush(&app.state).await;
    assert_eq!(app.verify_audit().await.notes, Vec::<String>::new());

    let old = &app.state;
    let db = Db::open_sqlite(&data.join("backup.sqlite")).await.unwrap();
    let older = State::new(db, old.config.clone(), old.key.clone(), old.leptos.clone(), Assets::default());
    let breaks = told(&older).await;
    assert!(
        breaks.iter().any(|line| line.starts_with(&desk.organisation.id.to_string()) && line.contains("is older than audit.head")),
        "{breaks:?}"
    );
    assert_eq!(breaks.len(), 3, "the operator's, this one's, and the one that is gone: {breaks:?}");
    // Work that goes on hides nothing, although the numbers catch up.
    let mut tx = older.db.begin().await.unwrap();
    for _ in 0..40 {
        crate::audit::record_operator(&older, &mut tx, "account.created", ("user", Uuid::now_v7()), serde_json::json!({})).await.unwrap();
    }
    tx.commit().await.unwrap();
    marker::flush(&older).await;
    assert_eq!(told(&older).await.len(), 3);

    let recorded = marker::restored(&older, "The disk failed").await.unwrap();
    assert_eq!(recorded.len(), 3, "{recorded:?}");
    assert_eq!(verify(&older).await.unwrap().breaks, Vec::<String>::new());
    let mut tx = older.db.begin().await.unwrap();
    tx.confine(Uuid::nil()).await.unwrap();
    let facts: String =
        tx.query(sql!("select facts from audit_events where org_id = $1 and action = 'database.restored'")).scalar().await.unwrap();
    assert!(facts.contains("\"had\"") && facts.contains(&desk.organisation.id.to_string()), "{facts}");
    drop(tx);
    assert_eq!(marker::restored(&older, "Again").await.unwrap(), Vec::<String>::new(), "nothing is lost any more");
}

on_either_engine! {
    async fn a_chain_cut_with_its_head_is_found_by_the_marker(app) {
        let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
        let (number, org) = (desk.case("Cut").await, desk.organisation.id.uuid());
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(org).await.unwrap();
        let before: (i64, Vec<u8>, Vec<u8>) = tx.query(sql!("select seq, hash, mac from audit_heads where org_id = $1")).one().await.unwrap();
        drop(tx);
        desk.note(&number, "This is to disappear").await;
        marker::flush(&app.state).await;
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(org).await.unwrap();
        tx.query(sql!("delete from audit_values where org_id = $1 and seq > $2")).bind(before.0).execute().await.unwrap();
        tx.query(sql!("delete from audit_events where org_id = $1 and seq > $2")).bind(before.0).execute().await.unwrap();
        tx.query(sql!("delete from entries where org_id = $1 and kind = 'note'")).execute().await.unwrap();
        let head = sql!("update audit_heads set seq = $2, hash = $3, mac = $4 where org_id = $1");
        tx.query(head).bind(before.0).bind(before.1).bind(before.2).execute().await.unwrap();
        tx.commit().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() == 1 && breaks[0].contains("is older than audit.head"), "{breaks:?}");
    }

    async fn a_missing_marker_is_told_apart_from_a_forged_one_and_from_an_older_one(app) {
        app.organisation("alpha").await;
        let report = app.verify_audit().await;
        assert!(report.notes.len() == 1 && report.notes[0].contains("audit.head"), "{:?}", report.notes);
        marker::flush(&app.state).await;
        assert_eq!(app.verify_audit().await.notes, Vec::<String>::new());
        let first = std::fs::read_to_string(file(&app)).unwrap();
        assert!(!first.contains("alpha"), "it names nobody");
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(file(&app)).unwrap().permissions().mode() & 0o777, 0o600);
        app.organisation("beta").await;
        marker::flush(&app.state).await;
        // The database may be ahead of it: that is how it is after a crash.
        std::fs::write(file(&app), &first).unwrap();
        app.verify_audit().await;
        for forged in [first.replacen(" 1", " 2", 1), first.to_uppercase(), "anything".to_owned(), String::new()] {
            if forged == first { continue }
            std::fs::write(file(&app), forged).unwrap();
            let breaks = told(&app.state).await;
            assert!(breaks.len() == 1 && breaks[0].contains("was not written by this installation"), "{breaks:?}");
        }
    }

    async fn an_organisation_that_is_erased_leaves_no_gap(app) {
        let mut desk = Desk::open(&app, "going", Role::Owner).await;
        desk.case("Goes").await;
        marker::flush(&app.state).await;
        assert_eq!(desk.browser.call("/api/privacy/close_organisation", &[("password", crate::server::testing::PASSWORD)]).await.status, 200);
        app.state.clock.advance(31 * 86_400);
        crate::privacy::retention::run_daily(&app.state).await.unwrap();
        marker::flush(&app.state).await;
        app.verify_audit().await;
    }
}
