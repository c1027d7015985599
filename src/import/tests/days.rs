//! A day in a file is a day here.

use super::*;
use crate::server::{testing::on_either_engine, time::Zone};

on_either_engine! {
    async fn midnight_on_the_due_day_is_that_day_and_not_late(app) {
        let mut desk = Desk::open(&app, "midnight", Role::Owner).await;
        let (now, scope) = (app.state.clock.now(), scope(&app, &desk).await);
        let today = scope.today();
        let file = format!(
            "Case id,Title,Opened,Due\nJ-1,Midnight,2026-11-01,{today} 00:00:00\nJ-2,A day,2026-11-01,{today}\n\
             J-3,Midnight with T,2026-11-01,{today}T00:00:00\nJ-4,Midnight in UTC,2026-11-01,{today}T00:00:00Z\nJ-5,For ever,2026-11-01,9999-12-31\n"
        );
        let but = [("Case id", "case_id"), ("Title", "title"), ("Opened", "opened"), ("Due", "due")];
        let view = imported(&app, &mut desk.browser, file.as_bytes(), &but).await;
        assert_eq!((view.summary.report.created, view.summary.report.rejected), (5, 0));
        let rows = desk.list("sort=due&dir=asc").await.rows;
        let due: Vec<(String, bool)> = rows.iter().map(|row| row.due.clone().unwrap()).map(|due| (due.on.to_string(), due.late)).collect();
        assert_eq!(due[..4], vec![(today.to_string(), false); 4]);
        assert_eq!(due[4], ("9999-12-31".to_owned(), false));
        assert_eq!(desk.list("overdue=yes").await.total, 0);
        // When the day is over, they are.
        let zone: &Zone = &scope.actor.zone;
        app.state.clock.advance((zone.end_of(today).0 - now.0) / 1_000_000 + 2);
        desk.browser.sign_in(&desk.organisation.email(Role::Owner)).await;
        assert_eq!(desk.list("overdue=yes").await.total, 4);
    }

    async fn a_time_on_a_due_day_that_is_left_out_is_told_once_a_column(app) {
        let mut desk = Desk::open(&app, "times", Role::Owner).await;
        let rows: String = (1..=30).map(|n| format!("T-{n},Title {n},2026-01-05 09:00,2026-12-01 14:{n:02}\n")).collect();
        let view = imported(&app, &mut desk.browser, format!("Case id,Title,Opened,Due\n{rows}").as_bytes(), &[]).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.notes.count), (30, 30));
        let told: Vec<String> = report.notes.parts().into_iter().flat_map(|part| part.lines).collect();
        assert_eq!(told, ["lines 2, 3, 4, 5, 6 and 25 more, Due: The time of day was left out, since this is a day."]);
    }
}
