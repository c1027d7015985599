//! Our own export, in another organisation: what it says of a case arrives.

use super::*;
use crate::server::testing::on_both_engines;

/// The rows of an export by their titles, without what each organisation counts for itself.
fn rows_of(export: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(export.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().unwrap().clone();
    let own = ["Number", "Changed", "CaseTrakr id", "CaseTrakr version"];
    let row = |row: csv::StringRecord| {
        let cells = head.iter().zip(row.iter()).filter(|(heading, _)| !own.contains(heading));
        cells.map(|(heading, cell)| (heading.to_owned(), cell.to_owned())).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = reader.records().map(|found| row(found.unwrap())).collect();
    rows.sort();
    rows
}

/// Says who sees a case: the member who says it and nobody else, or everybody.
async fn set_restricted(desk: &mut Desk, title: &str, restricted: bool) {
    let number = desk.list("").await.rows.iter().find(|row| row.title == title).unwrap().number.clone();
    let version = desk.read(&number).await.version.to_string();
    let mut pairs = vec![("number", number.as_str()), ("version", version.as_str())];
    pairs.extend(restricted.then_some(("restricted", "on")));
    let set = desk.browser.call("/api/cases/set_access", &pairs).await;
    assert_eq!(set.status, 200, "{}", set.body);
}

async fn titles(browser: &mut Browser) -> Vec<String> {
    let list: crate::cases::api::ListView = browser.read("/api/cases/list", &[("query", "")]).await.value();
    let mut titles: Vec<String> = list.rows.iter().map(|row| row.title.clone()).collect();
    titles.sort();
    titles
}

const FILE: &[u8] = b"Case id,Title,Opened,Closed,Outcome,Assigned to,Tags,Priority,Site,Channel,Due\n\
    Q-1,Boiler,2026-01-05 10:01:02.5,2026-02-01,Settled,Ann,\"damp, heat\",low,=North,Phone,2026-03-01\n\
    Q-2,Roof,2026-01-05,,,,,,,,\nQ-3,Whistle,2026-01-06,,,Ben,fraud,high,\"South, left\",Letter,2026-04-01\n";

on_both_engines! {
    async fn every_column_of_our_own_export_is_the_same_after_it_came_in_elsewhere(app) {
        let mut desk = Desk::open(&app, "from here", Role::Owner).await;
        imported(&app, &mut desk.browser, FILE, &[("Site", "field:site")]).await;
        desk.case("An advice case").await;
        set_restricted(&mut desk, "Whistle", true).await;
        set_restricted(&mut desk, "An advice case", true).await;
        let export = desk.browser.get("/cases.csv").await.body;
        let mut other = Desk::open(&app, "to there", Role::Owner).await;
        let view = imported(&app, &mut other.browser, export.as_bytes(), &[]).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.rejected, report.restricted), (4, 0, 2), "{report} {:?}", view.rejects);
        assert!(report.unmapped.is_empty(), "{:?}", report.unmapped);
        let there = other.browser.get("/cases.csv").await.body;
        assert_eq!(rows_of(&there), rows_of(&export));
        // Again it changes nothing.
        let report = imported(&app, &mut other.browser, export.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.updated, report.unchanged, report.differing), (0, 0, 4, 0), "{:?}", report.remarks);
        let record = crate::audit::verify::verify(&app.state).await.unwrap();
        assert!(record.breaks.is_empty(), "{:?}", record.breaks);
    }

    async fn who_sees_a_case_is_told_and_no_later_file_decides_it(app) {
        let mut desk = Desk::open(&app, "sealed", Role::Owner).await;
        imported(&app, &mut desk.browser, FILE, &[]).await;
        set_restricted(&mut desk, "Whistle", true).await;
        let export = desk.browser.get("/cases.csv").await.body;
        let mut other = Desk::open(&app, "sealed elsewhere", Role::Admin).await;
        let view = imported(&app, &mut other.browser, export.as_bytes(), &[]).await;
        let page = other.browser.get(&format!("/settings/import/{}", view.summary.id)).await.body;
        assert!(page.contains("1 new case comes in restricted"), "{page}");
        // Whoever brought it in sees it, and nobody else: neither the case nor what only it carries.
        assert_eq!(titles(&mut other.browser).await, ["Boiler", "Roof", "Whistle"]);
        let mut owner = other.organisation.signed_in(&app, Role::Owner).await;
        assert_eq!(titles(&mut owner).await, ["Boiler", "Roof"]);
        let cases = owner.get("/cases").await.body;
        assert!(cases.contains("damp") || !cases.contains("fraud"), "{cases}");
        assert!(!owner.get("/cases.csv").await.body.contains("Whistle"));
        // What is said of it later opens or seals no case that is here, and is told.
        for (from, to) in [("Letter,fraud,yes", "Letter,fraud,no"), ("Roof", "Roof")] {
            let report = imported(&app, &mut other.browser, export.replace(from, to).as_bytes(), &[]).await.summary.report;
            assert_eq!((report.updated, report.differing), (0, i64::from(from != to)), "{:?}", report.remarks);
        }
        assert_eq!(titles(&mut owner).await, ["Boiler", "Roof"]);
    }

    async fn a_column_that_says_restricted_is_understood_in_any_file(app) {
        let mut desk = Desk::open(&app, "confidential", Role::Admin).await;
        let file = b"Case id,Title,Confidential\n1,Open,no\n2,Sealed,Yes\n2,Sealed,no\n3,Unclear,perhaps\n4,Silent,\n";
        let view = imported(&app, &mut desk.browser, file, &[("Confidential", "restricted")]).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.restricted, report.rejected), (3, 1, 1), "{report}");
        assert!(view.rejects[0].cure.contains("yes or no"), "{:?}", view.rejects);
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        assert_eq!(titles(&mut owner).await, ["Open", "Silent"]);
    }
}
