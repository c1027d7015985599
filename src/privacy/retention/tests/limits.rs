//! PP-10: whatever the ages of rows are, the daily run leaves none that is past its limit, unless somebody's hold or
//! restriction keeps it, and takes none that is not.
//!
//! The limits here are written down anew, from the published table and not from the registry.

use std::collections::BTreeMap;

use proptest::{prelude::Strategy as _, strategy::ValueTree as _, test_runner::TestRunner};
use uuid::Uuid;

use super::{super::run_daily, DAY};
use crate::{
    accounts::Role,
    privacy::retention,
    server::{
        db::global_sql,
        testing::{Organisation, TestApp, on_both_engines},
    },
};

/// Tables with the days that their rows are kept after what ends their use.
const LIMITS: [(&str, i64); 6] =
    [("sessions", 30), ("ended sessions", 30), ("tokens", 7), ("mails", 30), ("email_changes", 7), ("usage_events", 90)];
const OWNERS: [Role; 3] = [Role::Caseworker, Role::Admin, Role::Supervisor];
const HELD: Role = Role::Admin;
const RESTRICTED: Role = Role::Supervisor;

/// A row: in which table, whose, and how many seconds past its limit; before it, if that is less than nothing.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    table: usize,
    owner: usize,
    past: i64,
}

fn drawn() -> impl proptest::strategy::Strategy<Value = Vec<Drawn>> {
    let past = proptest::prop_oneof![proptest::strategy::Just(60), proptest::strategy::Just(-60), -6 * DAY..-60, 60..400 * DAY,];
    let row = (0..LIMITS.len(), 0..OWNERS.len(), past).prop_map(|(table, owner, past)| Drawn { table, owner, past });
    proptest::collection::vec(row, 40)
}

/// Stores it as it would be by now; answers what it is found by.
async fn store(app: &TestApp, org: &Organisation, row: Drawn) -> Uuid {
    let (table, days) = LIMITS[row.table];
    let (id, user) = (Uuid::now_v7(), org.user(OWNERS[row.owner]));
    let email = org.email(OWNERS[row.owner]);
    let at = app.state.clock.now().plus_seconds(-days * DAY - row.past);
    let hash = id.as_bytes().to_vec();
    let db = &app.state.db;
    let insert = match table {
        "sessions" | "ended sessions" => db
            .global(global_sql!(
                "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent, revoked_at)
                 values ($1, $2, $3, $4, $4, $5, '', '', $6)"
            ))
            .bind(id)
            .bind(hash)
            .bind(user)
            .bind(at.plus_seconds(-DAY))
            // Whoever signs out ends it before its time.
            .bind(if table == "sessions" { at } else { at.plus_seconds(DAY / 2) })
            .bind((table != "sessions").then_some(at)),
        "tokens" => db
            .global(global_sql!(
                "insert into tokens (token_hash, user_id, purpose, created_at, expires_at) values ($1, $2, 'verify_email', $3, $4)"
            ))
            .bind(hash)
            .bind(user)
            .bind(at.plus_seconds(-DAY))
            .bind(at),
        "mails" => db
            .global(global_sql!(
                "insert into mails (id, user_id, recipient, recipient_folded, subject, queued_at) values ($1, $2, $3, $3, 'Hello', $4)"
            ))
            .bind(id)
            .bind(user)
            .bind(email)
            .bind(at),
        "email_changes" => db
            .global(global_sql!(
                "insert into email_changes (token_hash, user_id, email, email_folded, created_at, expires_at)
                 values ($1, $2, 'new@else.example', 'new@else.example', $3, $4)"
            ))
            .bind(hash)
            .bind(user)
            .bind(at.plus_seconds(-DAY))
            .bind(at),
        "usage_events" => {
            db.global(global_sql!("insert into usage_events (id, browser_id, event, at) values ($1, $1, '/', $2)")).bind(id).bind(at)
        }
        other => panic!("{other}"),
    };
    insert.execute().await.unwrap();
    id
}

async fn is_there(app: &TestApp, table: &str, id: Uuid) -> bool {
    let db = &app.state.db;
    let count = match table {
        "sessions" | "ended sessions" => db.global(global_sql!("select count(*) from sessions where id = $1")).bind(id),
        "tokens" => db.global(global_sql!("select count(*) from tokens where token_hash = $1")).bind(id.as_bytes().to_vec()),
        "mails" => db.global(global_sql!("select count(*) from mails where id = $1")).bind(id),
        "email_changes" => db.global(global_sql!("select count(*) from email_changes where token_hash = $1")).bind(id.as_bytes().to_vec()),
        "usage_events" => db.global(global_sql!("select count(*) from usage_events where id = $1")).bind(id),
        other => panic!("{other}"),
    };
    count.scalar::<i64>().await.unwrap() == 1
}

on_both_engines! {
    async fn pp_10_nothing_is_kept_too_long_and_nothing_goes_too_soon(app) {
        let org = app.organisation("ages").await;
        let new = retention::NewHold {
            scope: retention::HoldScope::Account(org.user(HELD).uuid()),
            reason: "A claim".into(),
            authority: "The court".into(),
            by: org.email(Role::Owner),
            review_on: crate::server::time::iso(app.state.clock.now().plus_seconds(300 * DAY)).chars().take(10).collect(),
        };
        retention::place(&app.state, new).await.unwrap();
        let update = app.state.db.global(global_sql!("update users set restricted_at = $2 where id = $1"));
        update.bind(org.user(RESTRICTED)).bind(app.state.clock.now()).execute().await.unwrap();

        let (mut runner, mut outcomes) = (TestRunner::default(), BTreeMap::<(bool, bool), u32>::new());
        for _ in 0..8 {
            let rows = drawn().new_tree(&mut runner).unwrap().current();
            let mut stored = Vec::new();
            for row in rows {
                stored.push((row, store(&app, &org, row).await));
            }
            run_daily(&app.state).await.unwrap();
            for (row, id) in stored {
                let (table, _) = LIMITS[row.table];
                // What is counted is nobody's, so nobody's hold keeps it.
                let kept = [HELD, RESTRICTED].contains(&OWNERS[row.owner]) && table != "usage_events";
                let expected = kept || row.past < 0;
                assert_eq!(is_there(&app, table, id).await, expected, "{row:?} of {table}");
                *outcomes.entry((kept, expected)).or_default() += 1;
            }
        }
        let many = |kept, there| outcomes.get(&(kept, there)).copied().unwrap_or_default();
        assert!(many(true, true) > 20 && many(false, true) > 20 && many(false, false) > 20, "{outcomes:?}");
    }
}
