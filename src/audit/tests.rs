//! The chain: an honest one verifies, and every kind of tampering shows with its place.

mod beginning;
mod behind;
mod chains;
mod erasures;
mod journey;
mod marker;
mod rows;

use super::verify::verify;
use crate::{
    accounts::Role,
    cases::testing::Desk,
    server::{
        db::{Tx, sql},
        testing::{TestApp, on_both_engines},
    },
};

/// An organisation with some history, and a transaction confined to it that may do anything.
async fn history(app: &TestApp) -> (Desk, Tx) {
    let mut desk = Desk::open(app, "chain", Role::Owner).await;
    let number = desk.case("Leaking roof").await;
    desk.note(&number, "The first note").await;
    desk.note(&number, "The second note").await;
    let report = verify(&app.state).await.unwrap();
    assert_eq!(report.breaks, Vec::<String>::new());
    assert!(report.events > 8 && report.opened >= 3, "{report:?}");
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(desk.organisation.id.uuid()).await.unwrap();
    (desk, tx)
}

async fn broken_at(app: &TestApp, seq: i64) {
    let report = verify(&app.state).await.unwrap();
    assert!(
        report.breaks.iter().any(|b| b.contains(&format!("event {seq} ")) || b.contains(&format!("events {seq} "))),
        "{seq}: {:?}",
        report.breaks
    );
}

on_both_engines! {
    async fn sec_72_a_changed_event_shows(app) {
        let (_, mut tx) = history(&app).await;
        tx.query(sql!("update audit_events set facts = '{\"number\":\"X\"}' where org_id = $1 and seq = 5")).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, 5).await;
    }

    async fn sec_72_a_changed_event_with_a_matching_hash_shows_at_the_next(app) {
        let (_, mut tx) = history(&app).await;
        tx.query(sql!("update audit_events set hash = previous where org_id = $1 and seq = 5")).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, 5).await;
        broken_at(&app, 6).await;
    }

    async fn sec_72_a_removed_event_shows(app) {
        let (_, mut tx) = history(&app).await;
        tx.query(sql!("delete from audit_values where org_id = $1 and seq = 4")).execute().await.unwrap();
        tx.query(sql!("delete from audit_events where org_id = $1 and seq = 4")).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, 4).await;
    }

    async fn sec_72_two_events_in_the_wrong_order_show(app) {
        let (_, mut tx) = history(&app).await;
        tx.query(sql!("delete from audit_values where org_id = $1")).execute().await.unwrap();
        tx.query(sql!("update audit_events set seq = 1000 where org_id = $1 and seq = 3")).execute().await.unwrap();
        tx.query(sql!("update audit_events set seq = 3 where org_id = $1 and seq = 4")).execute().await.unwrap();
        tx.query(sql!("update audit_events set seq = 4 where org_id = $1 and seq = 1000")).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, 3).await;
        broken_at(&app, 4).await;
    }

    async fn sec_72_a_cut_tail_shows(app) {
        let (_, mut tx) = history(&app).await;
        let last: i64 = tx.query(sql!("select seq from audit_heads where org_id = $1")).scalar().await.unwrap();
        tx.query(sql!("delete from audit_values where org_id = $1 and seq = $2")).bind(last).execute().await.unwrap();
        tx.query(sql!("delete from audit_events where org_id = $1 and seq = $2")).bind(last).execute().await.unwrap();
        tx.commit().await.unwrap();
        let report = verify(&app.state).await.unwrap();
        assert!(report.breaks.iter().any(|b| b.contains(&format!("event {last}, the chain ends at {}", last - 1))), "{:?}", report.breaks);
    }

    async fn sec_72_a_cut_tail_with_a_rewritten_head_shows(app) {
        let (_, mut tx) = history(&app).await;
        let last: i64 = tx.query(sql!("select seq from audit_heads where org_id = $1")).scalar().await.unwrap();
        tx.query(sql!("delete from audit_values where org_id = $1 and seq = $2")).bind(last).execute().await.unwrap();
        tx.query(sql!("delete from audit_events where org_id = $1 and seq = $2")).bind(last).execute().await.unwrap();
        tx.query(sql!(
            "update audit_heads set seq = $2, hash = (select hash from audit_events where org_id = $1 and seq = $2) where org_id = $1"
        ))
        .bind(last - 1)
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let report = verify(&app.state).await.unwrap();
        assert!(report.breaks.iter().any(|b| b.contains("not signed")), "{:?}", report.breaks);
    }

    async fn sec_72_a_chain_that_is_wholly_gone_shows(app) {
        let (desk, mut tx) = history(&app).await;
        for table in [
            sql!("delete from audit_values where org_id = $1"),
            sql!("delete from audit_events where org_id = $1"),
            sql!("delete from audit_heads where org_id = $1"),
        ] {
            tx.query(table).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let report = verify(&app.state).await.unwrap();
        let missing = format!("{}: the head of the chain is missing", desk.organisation.id);
        assert!(report.breaks.contains(&missing), "{:?}", report.breaks);
    }

    async fn an_installation_where_nothing_has_happened_verifies(app) {
        assert_eq!(verify(&app.state).await.unwrap().breaks, Vec::<String>::new());
    }

    async fn sec_72_changed_values_show(app) {
        let (_, mut tx) = history(&app).await;
        let seq: i64 = tx.query(sql!("select max(seq) from audit_values where org_id = $1")).scalar().await.unwrap();
        tx.query(sql!(
            "update audit_values set sealed = (select v.sealed from audit_values v where v.org_id = $1 and v.seq < $2 order by v.seq limit 1)
             where org_id = $1 and seq = $2"
        ))
        .bind(seq)
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, seq).await;
    }

    async fn erasing_a_subjects_key_leaves_the_chain_verifiable(app) {
        let (mut desk, mut tx) = history(&app).await;
        let number = desk.numbers.first().unwrap().clone();
        let case = desk.read(&number).await.id;
        crate::audit::shred(&app.state, &mut tx, case.uuid(), "a rule").await.unwrap();
        tx.commit().await.unwrap();
        let report = verify(&app.state).await.unwrap();
        assert!(report.erased >= 3, "{report:?}");
        // The rows of the case stay, and nothing is left to compare them with.
        assert!(report.breaks.iter().all(|b| b.contains("no event recorded it")), "{:?}", report.breaks);
        let told = desk.history(&number).await;
        assert!(told.events.iter().any(|e| e.erased && e.changes.is_empty()));
        assert!(!desk.browser.get(&format!("/cases/{number}/history")).await.body.contains("The first note"));
    }
}
