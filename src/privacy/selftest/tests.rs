//! The proof runs on both engines, and it can fail.

use std::collections::BTreeSet;

use super::{plant, run, scan, troupe::Troupe, unpacked};
use crate::privacy::{mine, retention};
use crate::server::{
    db::{global_sql, sql},
    testing::on_both_engines,
};

on_both_engines! {
    async fn dr_2_dr_3_dr_5_dr_7_dr_24_the_selftest_proves_everything(app) {
        app.organisation("bystanders").await;
        let before = rows(&app.state).await;
        let report = run(&app.state).await.unwrap();
        eprintln!("{report}");
        assert!(report.passed(), "{report}");
        let planted = report.checks.iter().find(|check| check.what.contains("planted string") && check.what.contains("columns")).unwrap().of;
        assert!(planted >= 25, "only {planted} columns were planted");
        // What was made for the proof is gone again.
        assert_eq!(rows(&app.state).await, before);
        assert!(run(&app.state).await.unwrap().passed());
    }

    async fn what_a_killed_run_has_left_is_taken_away_by_the_next(app) {
        app.organisation("bystanders").await;
        let before = rows(&app.state).await;
        let troupe = Troupe::engage(&app.state).await.unwrap();
        let hold = retention::NewHold {
            scope: retention::HoldScope::Account(troupe.subject.person.id.uuid()),
            reason: "selftest".into(),
            authority: "selftest".into(),
            by: troupe.other.person.email.clone(),
            review_on: crate::server::time::iso(app.state.clock.now().plus_seconds(30 * 86_400)).chars().take(10).collect(),
        };
        retention::place(&app.state, hold).await.unwrap();
        mine::erase(&app.state, troupe.other.person.id).await.unwrap();
        drop(troupe);
        assert!(run(&app.state).await.unwrap().passed());
        assert_eq!(rows(&app.state).await, before);
        let left: i64 = app.state.db.global(global_sql!("select count(*) from users where email like '%.invalid'")).scalar().await.unwrap();
        assert_eq!(left, 0);
    }

    async fn dr_2_erasing_one_leaves_two_hundred_others_byte_for_byte(app) {
        const MANY: usize = 200;
        let troupe = Troupe::engage(&app.state).await.unwrap();
        let crowd = troupe.crowd(&app.state, MANY).await.unwrap();
        let people: BTreeSet<uuid::Uuid> = crowd.iter().map(|person| person.id.uuid()).collect();
        let mark = format!("{}-bystander", plant::MARK);
        let before = scan::rows_of(&app.state, &people, &mark).await.unwrap();
        let sealed = opened(&app.state, &mark).await;
        assert!(people.len() == MANY && before.len() > MANY * 20 && sealed.len() > MANY * 8, "{} rows, {} strings", before.len(), sealed.len());
        // The copy of one holds nothing of the others.
        let held = mine::held(&app.state, &troupe.subject.person).await.unwrap();
        let copy = unpacked(&mine::package(&app.state, &held).unwrap()).unwrap();
        assert!(copy.len() > 10 && copy.iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains(&mark)));

        mine::erase(&app.state, troupe.subject.person.id).await.unwrap();
        let after = scan::rows_of(&app.state, &people, &mark).await.unwrap();
        let changed: Vec<_> = before.symmetric_difference(&after).take(5).collect();
        assert!(changed.is_empty(), "{changed:#?}");
        // And what is sealed of them opens to the same.
        assert_eq!(opened(&app.state, &mark).await, sealed);
        assert!(crate::audit::verify::verify(&app.state).await.unwrap().breaks.is_empty());
        // It can fail: the erasure of one of them shows.
        mine::erase(&app.state, crowd[7].id).await.unwrap();
        let missing = before.difference(&scan::rows_of(&app.state, &people, &mark).await.unwrap()).count();
        assert!(missing > 20 && missing < 100, "{missing}");
    }

    async fn dr_3_the_search_finds_what_is_left_over(app) {
        app.organisation("alpha").await;
        let canary = format!("{}-left-over", plant::MARK);
        assert!(!scan::everywhere(&app.state).await.unwrap().contains(&canary));
        app.state.db.global(global_sql!("update sessions set user_agent = $1")).bind(canary.clone()).execute().await.unwrap();
        app.state.db.global(global_sql!("update organisations set name = $1")).bind(canary.clone()).execute().await.unwrap();
        assert!(scan::everywhere(&app.state).await.unwrap().contains(&canary));
        let (files, found) = scan::files(&app.state, [canary.as_str()].into_iter()).await.unwrap();
        assert!(app.state.db.is_postgres() || files > 0);
        assert_eq!(!app.state.db.is_postgres(), !found.is_empty());
    }
}

/// Everything that was planted for somebody of that mark, opened.
async fn opened(state: &crate::server::state::State, mark: &str) -> BTreeSet<String> {
    scan::all(state, plant::MARK).await.unwrap().into_iter().filter(|word| word.contains(mark)).collect()
}

async fn rows(state: &crate::server::state::State) -> Vec<i64> {
    let mut all = Vec::new();
    for statement in [
        global_sql!("select count(*) from users"),
        global_sql!("select count(*) from organisations"),
        global_sql!("select count(*) from memberships"),
        global_sql!("select count(*) from sessions"),
        global_sql!("select count(*) from legal_holds"),
        global_sql!("select count(*) from invitations"),
        global_sql!("select count(*) from consent_receipts"),
        global_sql!("select count(*) from account_consents"),
        global_sql!("select count(*) from operators"),
    ] {
        all.push(state.db.global(statement).scalar().await.unwrap());
    }
    for statement in [
        sql!("select count(*) from rights_requests where org_id = $1"),
        sql!("select count(*) from rights_messages where org_id = $1"),
        sql!("select count(*) from rights_answers where org_id = $1"),
        sql!("select count(*) from rights_enclosures where org_id = $1"),
        sql!("select count(*) from rights_enclosure_pieces where org_id = $1"),
    ] {
        all.push(state.db.tenant(uuid::Uuid::nil(), statement).scalar().await.unwrap());
    }
    all
}
