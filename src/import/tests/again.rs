//! The same ids again: from another system, from the same one with changes, and from our own export.

use super::*;
use crate::{
    import::report::Topic,
    server::{db::sql, testing::on_both_engines},
};

const PERMITS: &[u8] =
    b"Case id,Title,Opened,Note\n1,Permit for a fence,2026-01-05,permit note\n2,Permit for a shed,2026-01-06,permit note\n";
const COMPLAINTS: &[u8] =
    b"Case id,Title,Opened,Note\n1,Complaint about noise,2026-02-05,complaint note\n2,Complaint about rent,2026-02-06,complaint note\n";

/// The case with that title, as the list finds it.
async fn number_of(desk: &mut Desk, title: &str) -> String {
    let found = desk.list(&format!("q={}", title.replace(' ', "+"))).await;
    assert_eq!(found.rows.len(), 1, "{title}");
    found.rows[0].number.clone()
}

async fn what_happened(desk: &mut Desk, number: &str) -> Vec<String> {
    desk.history(number).await.events.into_iter().map(|event| event.what).collect()
}

/// Facts of all cases that another organisation could have too: no numbers, no ids.
async fn facts(app: &TestApp, desk: &Desk) -> Vec<String> {
    scope(app, desk)
        .await
        .query(sql!(
            "select c.title || '|' || c.state_key || '|' || c.priority || '|' || coalesce(c.channel, '') || '|' || c.opened_at || '|'
                    || coalesce(c.closed_at, 0) || '|' || cast(c.fields as text) || '|' || coalesce((
                       select x.outcome from case_closures x where x.org_id = c.org_id and x.case_id = c.id and x.reopened_at is null), '')
                    || '|' || (select count(*) from case_tags g where g.org_id = c.org_id and g.case_id = c.id)
             from cases c where c.org_id = $1 order by c.title"
        ))
        .scalars()
        .await
        .unwrap()
}

on_both_engines! {
    async fn two_systems_with_the_same_ids_stay_apart(app) {
        let mut desk = Desk::open(&app, "two systems", Role::Owner).await;
        imported(&app, &mut desk.browser, PERMITS, &[("?source", "Permits")]).await;
        // Under the name of the first they are left out, and it is said why.
        let wrong = imported(&app, &mut desk.browser, COMPLAINTS, &[]).await;
        let report = &wrong.summary.report;
        assert_eq!((report.source.as_str(), report.created, report.updated, report.rejected), ("Permits", 0, 0, 2));
        assert_eq!(report.count_of(Topic::OtherCase), 2);
        assert!(wrong.rejects[0].reason.contains("Permit for a fence") && wrong.rejects[0].cure.contains("another system"), "{:?}", wrong.rejects);
        assert_eq!(left(&app, &desk).await.cases, 2);
        // Under a name of its own they are cases of their own; that the ids are known is said, and asked.
        let right = imported(&app, &mut desk.browser, COMPLAINTS, &[("?source", "Complaints")]).await;
        let report = &right.summary.report;
        assert_eq!((report.created, report.entries, report.elsewhere.get("Permits")), (2, 2, Some(&2)));
        let page = desk.browser.get(&format!("/settings/import/{}", right.summary.id)).await.body;
        assert!(page.contains("have the same id as a case of \u{201c}Permits\u{201d}"), "{page}");
        for (title, note) in [("Permit for a fence", "permit note"), ("Complaint about noise", "complaint note")] {
            let number = number_of(&mut desk, title).await;
            let case = desk.read(&number).await;
            assert_eq!(case.entries.iter().map(|entry| entry.html.as_str()).collect::<Vec<_>>(), [format!("<p>{note}</p>")], "{title}");
        }
        // Each again changes nothing, whichever was last.
        for (file, source) in [(PERMITS, "permits"), (COMPLAINTS, "Complaints")] {
            let report = imported(&app, &mut desk.browser, file, &[("?source", source)]).await.summary.report;
            assert_eq!((report.created, report.updated, report.unchanged), (0, 0, 2), "{source}");
        }
    }

    async fn the_same_cases_are_taken_when_somebody_confirms_it(app) {
        let mut desk = Desk::open(&app, "confirmed", Role::Owner).await;
        imported(&app, &mut desk.browser, PERMITS, &[]).await;
        let id = uploaded(&mut desk.browser, "b.csv", COMPLAINTS).await;
        assert_eq!(try_out(&mut desk.browser, &id, &[]).await.status, 200);
        app.work().await;
        let view = seen(&mut desk.browser, &id).await;
        assert!(view.asks_same && !view.confirmed);
        let page = desk.browser.get(&format!("/settings/import/{id}")).await.body;
        assert!(page.contains("name=\"same\""), "{page}");
        let report = imported(&app, &mut desk.browser, COMPLAINTS, &[("?same", "on")]).await.summary.report;
        assert_eq!((report.created, report.updated, report.rejected), (0, 2, 0));
    }

    async fn what_changed_in_the_source_is_brought_up_to_date_and_told(app) {
        let mut desk = Desk::open(&app, "changed", Role::Owner).await;
        let first = b"Case id,Title,Opened,Closed,Outcome,Assigned to,Tags,Priority,Site\nQ-1,Boiler,2026-01-05,,,Ann,damp,low,North\nQ-2,Roof,2026-01-05,,,Ann,,,\n";
        let then = b"Case id,Title,Opened,Closed,Outcome,Assigned to,Tags,Priority,Site\nQ-1,Boiler replaced,2026-01-05,2026-02-01,Settled,Supervisor,\"damp, heat\",high,South\nQ-2,Roof,2026-01-05,,,Bob,,,\n";
        imported(&app, &mut desk.browser, first, &[]).await;
        let view = imported(&app, &mut desk.browser, then, &[]).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.updated, report.unchanged, report.differing, report.rejected), (0, 2, 0, 0, 0));
        let taken: Vec<&str> = report.remarks[&Topic::Taken].first.iter().map(|remark| remark.field.as_str()).collect();
        for fact in ["Title", "State", "Closed", "Outcome", "Assignee", "Tags", "Priority", "Site"] {
            assert!(taken.contains(&fact), "{fact}: {taken:?}");
        }
        let number = number_of(&mut desk, "Boiler replaced").await;
        let case = desk.read(&number).await;
        assert_eq!((case.state.key.as_str(), case.assignee.as_str(), case.priority.label()), ("decided", "Supervisor", "High"));
        assert_eq!((case.closure.unwrap().outcome.as_str(), case.tags), ("Settled", vec!["damp".to_owned(), "heat".to_owned()]));
        assert!(case.entries.iter().any(|entry| entry.html.contains("Boiler replaced")) && case.entries.iter().any(|entry| entry.html.contains("Decided")));
        let told = what_happened(&mut desk, &number).await;
        assert!(told.iter().any(|what| what.contains("up to date")) && told.iter().any(|what| what == "closed the case"), "{told:?}");
        assert_eq!(desk.list("kind=closed").await.total, 1);
        // Once more it says nothing new; and what is reopened there is reopened here.
        let report = imported(&app, &mut desk.browser, then, &[]).await.summary.report;
        assert_eq!((report.updated, report.unchanged, report.remarks.len()), (0, 2, 0));
        let reopened = String::from_utf8_lossy(then).replace("2026-02-01,Settled", ",");
        let report = imported(&app, &mut desk.browser, reopened.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.updated, report.unchanged), (1, 1));
        assert_eq!(desk.read(&number).await.state.key, "received");
        assert!(what_happened(&mut desk, &number).await.iter().any(|what| what == "reopened the case"));
        let record = crate::audit::verify::verify(&app.state).await.unwrap();
        assert!(record.breaks.is_empty(), "{:?}", record.breaks);
    }

    async fn what_people_changed_here_stays_and_the_difference_is_told(app) {
        let mut desk = Desk::open(&app, "differs", Role::Owner).await;
        let file = |title: &str, channel: &str| format!("Case id,Title,Opened,Channel\nQ-1,{title},2026-01-05,{channel}\n");
        imported(&app, &mut desk.browser, file("Boiler", "Phone").as_bytes(), &[]).await;
        let number = number_of(&mut desk, "Boiler").await;
        let edited = desk.browser.call("/api/cases/edit", &[("number", &number), ("version", "1"), ("title", "Boiler, urgent"), ("channel", "Phone")]).await;
        assert_eq!(edited.status, 200, "{}", edited.body);
        let view = imported(&app, &mut desk.browser, file("Boiler replaced", "Letter").as_bytes(), &[]).await;
        let report = &view.summary.report;
        let differs = &report.remarks[&Topic::Differs];
        assert_eq!((report.updated, differs.count, differs.first[0].here.as_str(), differs.first[0].file.as_str()), (1, 1, "Boiler, urgent", "Boiler replaced"));
        let case = desk.read(&number).await;
        assert_eq!((case.title.as_str(), case.channel.as_str()), ("Boiler, urgent", "Letter"));
        let page = desk.browser.get(&format!("/settings/import/{}", view.summary.id)).await.body;
        assert!(page.contains("Boiler replaced") && page.contains("differs and stays as here"), "{page}");
        // Nothing but that is left to tell, and it is no longer called unchanged.
        let report = imported(&app, &mut desk.browser, file("Boiler replaced", "Letter").as_bytes(), &[]).await.summary.report;
        assert_eq!((report.updated, report.unchanged, report.differing), (0, 0, 1));
        // Where cases are to stay as they are, all of it is told.
        let keep = [("?existing", "keep")];
        let report = imported(&app, &mut desk.browser, file("Boiler replaced", "E-mail").as_bytes(), &keep).await.summary.report;
        assert_eq!((report.updated, report.differing, report.count_of(Topic::Differs)), (0, 1, 2));
        assert_eq!(desk.read(&number).await.channel, "Letter");
    }

    async fn an_entry_that_reads_differently_is_told_and_stays(app) {
        let mut desk = Desk::open(&app, "entries", Role::Owner).await;
        let file = |text: &str| format!("Case id,Title,Note id,Note,Note date\nE-1,Entry,n1,{text},2026-01-05 10:00\n");
        imported(&app, &mut desk.browser, file("first").as_bytes(), &[]).await;
        let report = imported(&app, &mut desk.browser, file("second").as_bytes(), &[]).await.summary.report;
        assert_eq!((report.entries, report.differing, report.unchanged, report.count_of(Topic::EntryDiffers)), (0, 1, 0, 1));
        assert_eq!(report.remarks[&Topic::EntryDiffers].first[0].file, "second");
    }

    async fn our_own_export_comes_back_in_unchanged(app) {
        let mut desk = Desk::open(&app, "export", Role::Owner).await;
        let file = b"Case id,Title,Opened,Closed,Outcome,Assigned to,Tags,Priority,Site,Channel\nQ-1,Boiler,2026-01-05 10:01:02.5,2026-02-01,Settled,Ann,\"damp, heat\",low,=North,-\nQ-2,Roof,2026-01-05,,,Supervisor,,,,\n";
        imported(&app, &mut desk.browser, file, &[("Site", "field:site")]).await;
        desk.case("Made here, never imported").await;
        let export = desk.browser.get("/cases.csv").await.body;
        for untouched in 0..2 {
            let view = imported(&app, &mut desk.browser, export.as_bytes(), &[]).await;
            let report = &view.summary.report;
            assert_eq!((report.created, report.updated, report.unchanged, report.differing, report.rejected), (0, 0, 3, 0, 0), "{untouched} {report} {:?} {:?}", report.remarks, view.rejects);
            assert_eq!(report.unmapped, Vec::<String>::new());
        }
        assert_eq!(left(&app, &desk).await.cases, 3);
        // The same by number alone, as it is left where somebody removed what looks technical.
        let by_number: String = export.lines().fold(String::new(), |all, line| all + line.rsplitn(3, ',').last().unwrap() + "\r\n");
        let report = imported(&app, &mut desk.browser, by_number.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.updated, report.unchanged), (0, 0, 3), "{report} {:?}", report.remarks);
        // What is changed in the file is brought up to date where nobody has changed the case since it went out.
        let changed = export.replace("Made here, never imported", "Made here, and renamed");
        let report = imported(&app, &mut desk.browser, changed.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.updated, report.unchanged), (1, 2), "{report} {:?}", report.remarks);
        let number = number_of(&mut desk, "Made here, and renamed").await;
        assert_eq!(Some(&number), desk.numbers.first());
    }

    async fn our_own_export_makes_equal_cases_elsewhere_and_makes_them_once(app) {
        let mut desk = Desk::open(&app, "from", Role::Owner).await;
        let file = b"Case id,Title,Opened,Closed,Outcome,Tags,Priority,Site,Channel\nQ-1,Boiler,2026-01-05 10:01:02.5,2026-02-01,Settled,\"damp, heat\",low,North,Phone\nQ-2,Roof,2026-01-05,,,,,,\n";
        imported(&app, &mut desk.browser, file, &[]).await;
        desk.case("An advice case").await;
        let export = desk.browser.get("/cases.csv").await.body;
        let mut other = Desk::open(&app, "to", Role::Owner).await;
        // It has cases of the same numbers.
        other.case("Another advice case").await;
        let before = facts(&app, &other).await;
        let report = imported(&app, &mut other.browser, export.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.updated, report.rejected), (3, 0, 0), "{report} {:?}", report.remarks);
        let mut expected = facts(&app, &desk).await;
        expected.extend(before);
        expected.sort();
        let mut found = facts(&app, &other).await;
        found.sort();
        assert_eq!(found, expected);
        let report = imported(&app, &mut other.browser, export.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.updated, report.unchanged), (0, 0, 3));
    }

    async fn a_restricted_case_of_our_own_export_arrives_restricted(app) {
        let mut desk = Desk::open(&app, "sealed", Role::Owner).await;
        let file = b"Case id,Title,Opened,Restricted,Note\n1,Sealed matter,2026-01-05,no,first\n1,Sealed matter,2026-01-05,yes,second\n2,Open matter,2026-01-06,no,third\n";
        imported(&app, &mut desk.browser, file, &[]).await;
        let export = desk.browser.get("/cases.csv").await.body;
        let mut other = Desk::open(&app, "sealed elsewhere", Role::Owner).await;
        let report = imported(&app, &mut other.browser, export.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.rejected, report.unmapped.len()), (2, 0, 0));
        for org in [&mut desk, &mut other] {
            let sealed = sql!("select title from cases where org_id = $1 and restricted");
            assert_eq!(scope(&app, org).await.query(sealed).scalars::<String>().await.unwrap(), ["Sealed matter"]);
            assert!(org.browser.get("/cases").await.body.contains("Sealed matter"), "whoever brought it in sees it");
            let mut colleague = org.organisation.signed_in(&app, Role::Admin).await;
            let list = colleague.get("/cases").await.body;
            assert!(list.contains("Open matter") && !list.contains("Sealed matter"), "{list}");
        }
        // Coming again it changes nothing, nor does a word that is neither yes nor no open it.
        let report = imported(&app, &mut other.browser, export.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.updated, report.unchanged, report.rejected), (0, 0, 2, 0));
        let unclear = b"Case id,Title,Opened,Restricted\n9,Unclear,2026-01-05,maybe\n";
        let view = imported(&app, &mut other.browser, unclear, &[("?source", "Elsewhere")]).await;
        assert_eq!((view.summary.report.created, view.rejects[0].column.as_str()), (0, "Restricted"));
    }

    async fn what_was_changed_behind_the_product_stays_found_when_a_case_comes_again(app) {
        let mut desk = Desk::open(&app, "tampered", Role::Owner).await;
        let file = "Case id,Title,Opened,Channel\n1,First,2026-01-05,Phone\n";
        imported(&app, &mut desk.browser, file.as_bytes(), &[]).await;
        let mut tx = scope(&app, &desk).await.begin().await.unwrap();
        tx.query(sql!("update cases set priority = 3 where org_id = $1")).execute().await.unwrap();
        tx.commit().await.unwrap();
        let report = imported(&app, &mut desk.browser, file.replace("First", "Second").as_bytes(), &[]).await.summary.report;
        assert_eq!(report.updated, 1);
        let breaks = crate::audit::verify::verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() == 1 && breaks[0].contains("priority"), "{breaks:?}");
    }
}
