//! An installation that is older than watching its rows verifies after the first start, and nothing new can hide behind
//! what was gone by then.

use uuid::Uuid;

use crate::{
    accounts::Role,
    audit::{Change, Event, begin, head_signature, marker, record_in, verify::verify},
    cases::testing::Desk,
    server::{
        db::{Tx, sql},
        testing::{TestApp, on_either_engine},
    },
};

/// Writes a chain as an earlier version did: events that commit to no rows, in a chain that the operator's does not know.
async fn as_before(app: &TestApp, tx: &mut Tx, org: Uuid, subject: (&'static str, Uuid)) {
    tx.confine(org).await.unwrap();
    for statement in [
        sql!("delete from audit_values where org_id = $1"),
        sql!("delete from audit_events where org_id = $1"),
        sql!("delete from audit_heads where org_id = $1"),
    ] {
        tx.query(statement).execute().await.unwrap();
    }
    tx.query(sql!("insert into audit_heads (org_id, seq, hash, mac) values ($1, 0, $2, $3)"))
        .bind(vec![0_u8; 32])
        .bind(head_signature(&app.state, org, 0, &[0; 32]))
        .execute()
        .await
        .unwrap();
    for word in ["One", "Two", "Three"] {
        let values = vec![Change { label: "Title".into(), from: String::new(), to: word.into() }];
        let event = Event { action: "case.changed", subject_kind: subject.0, subject: subject.1, facts: serde_json::json!({}), values };
        record_in(&app.state, tx, None, event).await.unwrap();
    }
    let blank = sql!("update audit_values set sealed = $2 where org_id = $1 and seq = 2");
    tx.query(blank).bind(Vec::<u8>::new()).execute().await.unwrap();
}

async fn an_older_installation(app: &TestApp) -> (Desk, String) {
    let mut desk = Desk::open(app, "older", Role::Owner).await;
    let number = desk.case("From before").await;
    desk.note(&number, "Also from before").await;
    let case = desk.read(&number).await.id.uuid();
    let mut tx = app.state.db.begin().await.unwrap();
    as_before(app, &mut tx, desk.organisation.id.uuid(), ("case", case)).await;
    as_before(app, &mut tx, Uuid::nil(), ("user", Uuid::now_v7())).await;
    tx.commit().await.unwrap();
    assert!(verify(&app.state).await.unwrap().breaks.len() > 10);
    (desk, number)
}

on_either_engine! {
    async fn an_older_installation_verifies_from_its_next_start_on(app) {
        let (mut desk, number) = an_older_installation(&app).await;
        begin(&app.state).await.unwrap();
        let report = app.verify_audit().await;
        assert_eq!(report.erased, 2, "what was gone is on record");
        let events = report.events;
        begin(&app.state).await.unwrap();
        assert_eq!(app.verify_audit().await.events, events, "it begins once");
        desk.note(&number, "From now on").await;
        app.verify_audit().await;
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(desk.organisation.id.uuid()).await.unwrap();
        tx.query(sql!("update cases set title = 'Another' where org_id = $1")).execute().await.unwrap();
        tx.query(sql!("update audit_values set sealed = $2 where org_id = $1 and seq = 3")).bind(Vec::<u8>::new()).execute().await.unwrap();
        tx.commit().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.iter().any(|b| b.contains("event 3 has lost its values")), "{breaks:?}");
        assert!(breaks.iter().any(|b| b.contains("title")), "{breaks:?}");
    }

    async fn a_new_installation_has_nothing_to_begin_with(app) {
        begin(&app.state).await.unwrap();
        assert_eq!(app.verify_audit().await.events, 0);
        app.organisation("first").await;
        let events = app.verify_audit().await.events;
        begin(&app.state).await.unwrap();
        assert_eq!(app.verify_audit().await.events, events);
    }

    async fn whoever_wipes_the_operators_chain_cannot_make_it_begin_again(app) {
        app.organisation("alpha").await;
        marker::flush(&app.state).await;
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(Uuid::nil()).await.unwrap();
        for statement in [
            sql!("delete from audit_values where org_id = $1"),
            sql!("delete from audit_events where org_id = $1"),
            sql!("delete from audit_heads where org_id = $1"),
        ] {
            tx.query(statement).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        begin(&app.state).await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.iter().any(|b| b.contains("events and is gone")), "{breaks:?}");
        assert!(breaks.iter().any(|b| b.contains("does not know of this organisation")), "{breaks:?}");
    }
}
