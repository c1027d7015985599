//! What is sealed can be gone by an erasure that is on record, and by nothing else.

use super::{broken_at, history};
use crate::{
    audit::{keep_only_held, shred, verify::verify},
    server::{db::sql, testing::on_either_engine},
};

on_either_engine! {
    async fn values_emptied_without_an_erasure_are_found(app) {
        let (_, mut tx) = history(&app).await;
        let seq: i64 = tx.query(sql!("select max(seq) from audit_values where org_id = $1")).scalar().await.unwrap();
        tx.query(sql!("update audit_values set sealed = $3 where org_id = $1 and seq = $2")).bind(seq).bind(Vec::<u8>::new()).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, seq).await;
        assert!(verify(&app.state).await.unwrap().breaks.iter().any(|b| b.contains("has lost its values")));
    }

    async fn values_removed_without_an_erasure_are_found(app) {
        let (_, mut tx) = history(&app).await;
        let seq: i64 = tx.query(sql!("select max(seq) from audit_values where org_id = $1")).scalar().await.unwrap();
        tx.query(sql!("delete from audit_values where org_id = $1 and seq = $2")).bind(seq).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, seq).await;
    }

    async fn keys_destroyed_without_an_erasure_are_found(app) {
        let statements = [
            ("emptied", sql!("update subject_keys set wrapped = $2 where org_id = $1")),
            ("deleted", sql!("delete from subject_keys where org_id = $1 and wrapped <> $2")),
        ];
        for (name, statement) in statements {
            let org = app.organisation(name).await;
            let mut tx = app.state.db.begin().await.unwrap();
            tx.confine(org.id.uuid()).await.unwrap();
            tx.query(statement).bind(Vec::<u8>::new()).execute().await.unwrap();
            tx.commit().await.unwrap();
            let breaks = verify(&app.state).await.unwrap().breaks;
            assert!(breaks.iter().any(|b| b.starts_with(&org.id.to_string()) && b.contains("lost")), "{breaks:?}");
        }
    }

    async fn an_erasure_is_an_event_and_covers_what_it_erased(app) {
        let org = app.organisation("erasing").await;
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(org.id.uuid()).await.unwrap();
        assert_eq!(shred(&app.state, &mut tx, org.id.uuid(), "a rule").await.unwrap(), 1);
        // Once is enough.
        shred(&app.state, &mut tx, org.id.uuid(), "a rule").await.unwrap();
        let told: Vec<String> = tx.query(sql!("select facts from audit_events where org_id = $1 and action = 'values.erased'")).scalars().await.unwrap();
        assert!(told.len() == 1 && told[0].contains("a rule"), "{told:?}");
        tx.commit().await.unwrap();
        let report = verify(&app.state).await.unwrap();
        assert_eq!(report.erased, 1);
        assert!(report.breaks.iter().all(|b| !b.contains("values")), "{:?}", report.breaks);
    }

    async fn an_erasure_covers_nothing_else(app) {
        let (_, mut tx) = history(&app).await;
        let (first, second): (i64, i64) = tx.query(sql!("select min(seq), max(seq) from audit_values where org_id = $1")).one().await.unwrap();
        let subject: uuid::Uuid = tx.query(sql!("select subject_id from audit_values where org_id = $1 and seq = $2")).bind(first).scalar().await.unwrap();
        shred(&app.state, &mut tx, subject, "a rule").await.unwrap();
        // Said to be about the erased one, the values are not readable either.
        tx.query(sql!("update audit_values set subject_id = $3 where org_id = $1 and seq = $2")).bind(second).bind(subject).execute().await.unwrap();
        tx.commit().await.unwrap();
        broken_at(&app, second).await;
    }

    async fn values_of_two_events_cannot_change_places(app) {
        let (_, mut tx) = history(&app).await;
        let seqs: Vec<i64> = tx.query(sql!("select seq from audit_values where org_id = $1 order by seq desc limit 2")).scalars().await.unwrap();
        let (one, other) = (seqs[0], seqs[1]);
        let sealed = sql!("select sealed from audit_values where org_id = $1 and seq = $2");
        let (first, second): (Vec<u8>, Vec<u8>) =
            (tx.query(sealed).bind(one).scalar().await.unwrap(), tx.query(sealed).bind(other).scalar().await.unwrap());
        for (seq, sealed) in [(one, second), (other, first)] {
            tx.query(sql!("update audit_values set sealed = $3 where org_id = $1 and seq = $2")).bind(seq).bind(sealed).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        broken_at(&app, one).await;
        broken_at(&app, other).await;
    }

    async fn what_was_erased_around_holds_is_on_record(app) {
        let (desk, mut tx) = history(&app).await;
        assert!(keep_only_held(&app.state, &mut tx).await.unwrap() > 0);
        tx.commit().await.unwrap();
        let report = app.verify_audit().await;
        assert!(report.erased > 3, "{report:?}");
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(desk.organisation.id.uuid()).await.unwrap();
        let told: Vec<String> = tx.query(sql!("select facts from audit_events where org_id = $1 and action = 'values.blanked'")).scalars().await.unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
    }
}
