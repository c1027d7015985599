//! No chain disappears, and none goes back behind a checkpoint.

use uuid::Uuid;

use super::{broken_at, history};
use crate::{
    audit::{checkpoint, has_led_through, note_heads, record_operator, verify::verify},
    server::{
        db::{Tx, global_sql, sql},
        secret::hex,
        testing::{TestApp, on_both_engines},
    },
};

async fn confined(app: &TestApp, org: Uuid) -> Tx {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(org).await.unwrap();
    tx
}

/// Removes a chain with everything that belongs to it.
async fn wipe(tx: &mut Tx) {
    for statement in [
        sql!("delete from audit_values where org_id = $1"),
        sql!("delete from audit_events where org_id = $1"),
        sql!("delete from audit_heads where org_id = $1"),
        sql!("delete from subject_keys where org_id = $1"),
    ] {
        tx.query(statement).execute().await.unwrap();
    }
}

/// Cuts the newest event off and puts the head back that was there before it, with its own signature.
async fn go_back(app: &TestApp, org: Uuid, before: (i64, Vec<u8>, Vec<u8>)) {
    let mut tx = confined(app, org).await;
    tx.query(sql!("delete from audit_values where org_id = $1 and seq > $2")).bind(before.0).execute().await.unwrap();
    tx.query(sql!("delete from audit_events where org_id = $1 and seq > $2")).bind(before.0).execute().await.unwrap();
    let head = sql!("update audit_heads set seq = $2, hash = $3, mac = $4 where org_id = $1");
    tx.query(head).bind(before.0).bind(before.1).bind(before.2).execute().await.unwrap();
    tx.commit().await.unwrap();
}

async fn head(app: &TestApp, org: Uuid) -> (i64, Vec<u8>, Vec<u8>) {
    confined(app, org).await.query(sql!("select seq, hash, mac from audit_heads where org_id = $1")).one().await.unwrap()
}

on_both_engines! {
    async fn the_operators_chain_cannot_be_wiped(app) {
        let (desk, tx) = history(&app).await;
        drop(tx);
        let mut tx = confined(&app, Uuid::nil()).await;
        wipe(&mut tx).await;
        tx.commit().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        let org = desk.organisation.id.to_string();
        assert!(breaks.iter().any(|b| b.starts_with(&org) && b.contains("does not know of this organisation")), "{breaks:?}");
        // What begins anew does not heal it.
        let mut tx = app.state.db.begin().await.unwrap();
        record_operator(&app.state, &mut tx, "account.created", ("user", Uuid::now_v7()), serde_json::json!({})).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!verify(&app.state).await.unwrap().breaks.is_empty());
    }

    async fn an_organisation_cannot_disappear_with_its_chain(app) {
        // One in which nothing has happened, so that nothing hangs on it.
        let org = Uuid::now_v7();
        let owner = app.organisation("founder").await.users[0].1;
        let mut tx = app.state.db.begin().await.unwrap();
        let id = crate::ids::Id::from_uuid(org);
        crate::accounts::store::create_organisation(&app.state, &mut tx, id, owner, "Gone", "UTC").await.unwrap();
        tx.commit().await.unwrap();
        app.verify_audit().await;
        let mut tx = confined(&app, org).await;
        wipe(&mut tx).await;
        tx.global(global_sql!("delete from memberships where org_id = $1")).bind(org).execute().await.unwrap();
        tx.global(global_sql!("delete from organisations where id = $1")).bind(org).execute().await.unwrap();
        tx.commit().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert_eq!(breaks, [format!("{org}: the organisation and its chain are gone, and no erasure is on record")]);
    }

    async fn an_organisation_that_nobody_recorded_is_found(app) {
        let org = Uuid::now_v7();
        let made = global_sql!("insert into organisations (id, name, time_zone, created_at, version) values ($1, 'Forged', 'UTC', 0, 1)");
        app.state.db.global(made).bind(org).execute().await.unwrap();
        assert!(verify(&app.state).await.unwrap().breaks.iter().any(|b| b.starts_with(&org.to_string())));
    }

    async fn an_old_head_with_its_old_signature_is_found_after_a_checkpoint(app) {
        let (mut desk, tx) = history(&app).await;
        drop(tx);
        let org = desk.organisation.id.uuid();
        let before = head(&app, org).await;
        desk.note(&desk.numbers[0].clone(), "This is to disappear").await;
        note_heads(&app.state).await.unwrap();
        let events = checkpoint(&app.state).await.unwrap().unwrap().seq;
        note_heads(&app.state).await.unwrap();
        assert_eq!(checkpoint(&app.state).await.unwrap().unwrap().seq, events, "nothing has moved since");
        app.verify_audit().await;
        go_back(&app, org, before).await;
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.iter().any(|b| b.contains("at the last checkpoint")), "{breaks:?}");
    }

    async fn an_event_moved_to_another_organisation_is_found(app) {
        let (desk, tx) = history(&app).await;
        drop(tx);
        let other = app.organisation("other").await.id.uuid();
        let mut tx = confined(&app, desk.organisation.id.uuid()).await;
        let told = sql!("select id, at, action, subject_kind, subject_id, facts from audit_events where org_id = $1 and seq = 3");
        let row: (Uuid, i64, String, String, Uuid, String) = tx.query(told).one().await.unwrap();
        let hashed = sql!("select commitment, previous, hash from audit_events where org_id = $1 and seq = 3");
        let hashes: (Vec<u8>, Vec<u8>, Vec<u8>) = tx.query(hashed).one().await.unwrap();
        drop(tx);
        let mut tx = confined(&app, other).await;
        tx.query(sql!(
            "update audit_events set id = $2, at = $3, action = $4, subject_kind = $5, subject_id = $6, facts = $7, commitment = $8,
                    previous = $9, hash = $10
             where org_id = $1 and seq = 3"
        ))
        .bind(row.0).bind(row.1).bind(row.2).bind(row.3).bind(row.4).bind(row.5).bind(hashes.0).bind(hashes.1).bind(hashes.2)
        .execute().await.unwrap();
        tx.commit().await.unwrap();
        let breaks = verify(&app.state).await.unwrap().breaks;
        assert!(breaks.iter().any(|b| b.starts_with(&other.to_string()) && b.contains("event 3 ")), "{breaks:?}");
    }

    async fn a_changed_time_or_actor_is_found(app) {
        let (_, mut tx) = history(&app).await;
        tx.query(sql!("update audit_events set at = at - 1 where org_id = $1 and seq = 4")).execute().await.unwrap();
        tx.query(sql!("update audit_events set actor_id = null where org_id = $1 and seq = 6")).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, 4).await;
        broken_at(&app, 6).await;
    }

    async fn a_link_that_somebody_noted_can_be_asked_for(app) {
        app.organisation("noted").await;
        let noted = hex(&checkpoint(&app.state).await.unwrap().unwrap().hash);
        app.organisation("later").await;
        assert!(has_led_through(&app.state, &noted).await.unwrap());
        assert!(!has_led_through(&app.state, &noted.replace(['0', '1', '2', '3'], "f")).await.unwrap());
        assert!(!has_led_through(&app.state, "not a hash").await.unwrap());
    }
}
