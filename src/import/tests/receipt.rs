//! The proof: a real log of 1,434 permit applications comes in, and its known totals come out.

use std::time::Instant as Stopwatch;

use super::*;
use crate::{
    audit,
    clock::Instant,
    server::{testing::on_either_engine, time::Zone},
};

/// The log, which is no part of this repository.
fn log() -> Option<Vec<u8>> {
    let place = std::env::var("CASETRAKR_TEST_DATA")
        .map_or_else(|_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/receipt.csv"), std::path::PathBuf::from);
    let file = std::fs::read(&place).ok();
    if file.is_none() {
        eprintln!("SKIPPED: {} is not there; the real log was not imported. Name it in CASETRAKR_TEST_DATA", place.display());
    }
    file
}

#[derive(FromRow)]
struct Totals {
    cases: i64,
    closed: i64,
    entries: i64,
    activities: i64,
    authors: i64,
    assignees: i64,
    busiest: i64,
    late: i64,
    first: Instant,
    last: Instant,
    own_authors: i64,
}

async fn totals(scope: &Scope) -> Totals {
    scope
        .query(sql!(
            "select (select count(*) from cases where org_id = $1) as cases,
                    (select count(*) from case_closures where org_id = $1) as closed,
                    (select count(*) from entries where org_id = $1) as entries,
                    (select count(distinct body) from entries where org_id = $1) as activities,
                    (select count(distinct author_label) from entries where org_id = $1) as authors,
                    (select count(distinct assignee_label) from cases where org_id = $1) as assignees,
                    (select count(*) from cases where org_id = $1 and assignee_label = 'Resource11') as busiest,
                    (select count(*) from cases where org_id = $1 and closed_on > due_on) as late,
                    (select min(occurred_at) from entries where org_id = $1) as first,
                    (select max(occurred_at) from entries where org_id = $1) as last,
                    (select count(*) from entries where org_id = $1 and author_id is not null) as own_authors"
        ))
        .one()
        .await
        .unwrap()
}

#[derive(FromRow)]
struct Group {
    name: String,
    cases: i64,
}

fn pairs(groups: Vec<Group>) -> Vec<(String, i64)> {
    groups.into_iter().map(|group| (group.name, group.cases)).collect()
}

async fn median_days(scope: &Scope) -> f64 {
    let mut spans: Vec<i64> =
        scope.query(sql!("select closed_at - opened_at from cases where org_id = $1 and closed_at is not null")).scalars().await.unwrap();
    spans.sort_unstable();
    spans[spans.len() / 2] as f64 / 86_400_000_000.0
}

on_either_engine! {
    async fn the_permit_log_comes_in_whole_and_comes_in_once(app) {
        let Some(log) = log() else { return };
        let mut desk = Desk::open(&app, "permits", Role::Owner).await;
        let started = Stopwatch::now();
        let view = imported(&app, &mut desk.browser, &log, &[]).await;
        eprintln!("receipt.csv on {}: {} ms of work, {} ms tried out and imported", app.state.db.engine_name(), view.summary.report.millis, started.elapsed().as_millis());
        let report = &view.summary.report;
        assert_eq!((report.created, report.entries, report.rejected), (1_434, 8_577, 0));
        assert_eq!((report.kinds["closed"], report.kinds["open"], report.kinds.len()), (1_329, 105, 2));
        let channels: Vec<(&str, i64)> = report.channels.iter().map(|(name, cases)| (name.as_str(), *cases)).collect();
        assert_eq!(channels, [("Desk", 109), ("Intern", 1), ("Internet", 1_250), ("Post", 53), ("e-mail", 21)]);
        assert_eq!(left(&app, &desk).await, Left { imports: 1, pieces: 0, cases: 1_434 });

        let scope = scope(&app, &desk).await;
        let totals = totals(&scope).await;
        assert_eq!((totals.cases, totals.closed, totals.entries, totals.activities), (1_434, 1_329, 8_577, 27));
        assert_eq!((totals.authors, totals.own_authors, totals.assignees, totals.busiest), (48, 0, 39, 336));
        // 377 ended after the moment that the log names, of which 68 on the very day: what is due counts to the end of its day.
        assert_eq!(totals.late, 309);
        let zone = Zone::utc();
        assert_eq!(Some(totals.first), zone.parse("2010-10-02T09:20:39.266+02:00"));
        assert_eq!(Some(totals.last), zone.parse("2012-01-23T15:42:54.644+01:00"));
        assert!((median_days(&scope).await - 50.637).abs() < 0.001);
        let departments: Vec<Group> = scope
            .query(sql!("select fields ->> 'department' as name, count(*) as cases from cases where org_id = $1 group by fields ->> 'department' order by 2 desc"))
            .all()
            .await
            .unwrap();
        assert_eq!(pairs(departments), [("General".into(), 1_390), ("Customer contact".into(), 29), ("Experts".into(), 15)]);
        let kept: Vec<Group> = scope
            .query(sql!("select state_key as name, cases from case_tallies where org_id = $1 and cases > 0 order by 2 desc"))
            .all()
            .await
            .unwrap();
        assert_eq!(pairs(kept), [("decided".into(), 1_329), ("received".into(), 105)]);
        assert_eq!(desk.list("kind=open").await.total, 105);
        assert_eq!(desk.list("assignee=label%3AResource11").await.total, 336);
        assert_eq!(desk.list("q=case-10011").await.total, 1);

        // The same file again.
        let again = imported(&app, &mut desk.browser, &log, &[]).await.summary.report;
        assert_eq!((again.created, again.updated, again.unchanged, again.entries), (0, 0, 1_434, 0));
        let record = audit::verify::verify(&app.state).await.unwrap();
        assert!(record.breaks.is_empty(), "{:?}", record.breaks);

        // And all of it goes out again.
        let file = desk.browser.get("/cases.csv").await;
        assert_eq!(file.status, 200);
        assert_eq!(file.body.lines().count(), 1 + 1_434);
    }
}
