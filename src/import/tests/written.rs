//! Files as people have them: how numbers, dates and texts are written in them, and what stands around the table.

use super::*;
use crate::{
    cases::api::CaseView,
    import::{Answers, Wish, import_file, report::Topic},
    locale::{Mark, Order},
    server::testing::on_either_engine,
};

/// Uploads a file, matches its columns as guessed but for some, with answers, and imports it.
async fn taken(app: &TestApp, browser: &mut Browser, file: &[u8], but: &[(&str, &str)], answers: &[(&str, &str)]) -> ImportView {
    let id = uploaded(browser, "cases.csv", file).await;
    let answer = answered(browser, &id, but, answers).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    app.work().await;
    assert_eq!(browser.call("/api/import/start", &[("id", &id)]).await.status, 200);
    app.work().await;
    let view = seen(browser, &id).await;
    assert_eq!(view.summary.status, Status::Done, "{:?}", view.summary.report);
    view
}

/// The lines that were left out, with their reasons.
fn left_out(view: &ImportView) -> Vec<(i64, &str)> {
    view.rejects.iter().map(|reject| (reject.line, reject.reason.as_str())).collect()
}

/// What was noted, as lines.
fn noted(view: &ImportView) -> String {
    view.summary.report.notes.parts().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The case with this title.
async fn titled(desk: &mut Desk, title: &str) -> CaseView {
    let list = desk.list("").await;
    let row = list.rows.iter().find(|row| row.title == title).unwrap_or_else(|| panic!("no case {title:?} among {:?}", list.rows));
    let number = row.number.clone();
    desk.read(&number).await
}

/// A field of the permit type becomes one of another kind.
async fn field_of_kind(app: &TestApp, desk: &Desk, kind: &str) {
    let update = sql!("update case_fields set kind = $2 where org_id = $1 and key = 'site'");
    assert_eq!(app.state.db.tenant(desk.organisation.id.uuid(), update).bind(kind.to_owned()).execute().await.unwrap(), 1);
}

/// The value of that field in the case of a title.
async fn site(desk: &mut Desk, title: &str) -> String {
    let case = titled(desk, title).await;
    case.fields.iter().find(|field| field.def.key == "site").and_then(|field| field.value.as_str()).unwrap_or_default().to_owned()
}

on_either_engine! {
    async fn numbers_are_read_as_the_file_proves_and_asked_for_where_it_does_not(app) {
        let mut desk = Desk::open(&app, "numbers", Role::Owner).await;
        field_of_kind(&app, &desk, "number").await;
        let matched = [("Amount", "field:site")];
        // Another cell of the file decides.
        let file = "id;Title;Amount\n1;proven;1,234\n2;decimals;1,234.50\n3;pounds;\u{a3}1,200\n4;negative;(5.00)\n5;plus;+5\n6;spaces;1\u{202f}234,50\n";
        taken(&app, &mut desk.browser, file.as_bytes(), &matched, &[("answers[decimal]", "point")]).await;
        let mut found = Vec::new();
        for title in ["proven", "decimals", "pounds", "negative", "plus", "spaces"] {
            found.push(site(&mut desk, title).await);
        }
        assert_eq!(found, ["1234", "1234.50", "1200", "-5.00", "5", "1234.50"]);
        // Nothing decides: it is asked once, and remembered for such a file.
        let open = b"id;Title;Sum\nA;first;1,234\nB;second;12,500\nC;third;5.5.5\n";
        let matched = [("Sum", "field:site")];
        let id = uploaded(&mut desk.browser, "open.csv", open).await;
        let refused = answered(&mut desk.browser, &id, &matched, &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.fault().about("answers[decimal]").unwrap().contains("1,234"), "{}", refused.body);
        let view = taken(&app, &mut desk.browser, open, &matched, &[("answers[decimal]", "comma")]).await;
        assert_eq!((site(&mut desk, "first").await, site(&mut desk, "second").await), ("1.234".to_owned(), "12.500".to_owned()));
        assert_eq!(left_out(&view), [(4, "\u{201c}5.5.5\u{201d} is no number.")]);
        let again = uploaded(&mut desk.browser, "open.csv", open).await;
        let asked = seen(&mut desk.browser, &again).await.questions;
        assert_eq!(asked.iter().map(|q| (q.name.as_str(), q.value.as_str(), q.is_open)).collect::<Vec<_>>(), [("answers[decimal]", "comma", true)]);
        let page = desk.browser.get(&format!("/settings/import/{again}")).await.body;
        assert!(page.contains("Numbers such as 1,234") && page.contains("How the file is written"), "{page}");
    }

    async fn dates_are_read_in_the_order_that_the_column_proves_or_somebody_tells(app) {
        let mut desk = Desk::open(&app, "dates", Role::Owner).await;
        let opened = async |desk: &mut Desk, title: &str| titled(desk, title).await.opened.input;
        let proven = b"id,Title,Opened\n1,one,05/01/2026\n2,two,31/12/2025\n3,three,04/12/2018 11:11:26 AM\n4,four,26 May 2026\n";
        taken(&app, &mut desk.browser, proven, &[], &[]).await;
        assert_eq!(opened(&mut desk, "one").await, "2026-01-05");
        assert_eq!((opened(&mut desk, "three").await, opened(&mut desk, "four").await), ("2018-12-04".to_owned(), "2026-05-26".to_owned()));
        // Nothing decides.
        let open = b"id,Title,Opened,Ignored\n5,five,05/01/2026,x\n6,six,06/02/2026,y\n7,seven,46027,z\n8,eight,9999-12-31,z\n";
        let id = uploaded(&mut desk.browser, "open.csv", open).await;
        let refused = answered(&mut desk.browser, &id, &[], &[]).await.fault();
        assert!(refused.about("answers[date_order]").unwrap().contains("05/01/2026"));
        // Without script the question comes back with what to do.
        let page = format!("/settings/import/{id}");
        let pairs = [("id", id.as_str()), ("case_type", "permit"), ("columns[0]", "case_id"), ("columns[1]", "title"), ("columns[2]", "opened")];
        let back = desk.browser.post(&page, "/api/import/check", &pairs).await;
        let shown = desk.browser.get(back.location()).await;
        assert!(shown.status == 422 && shown.body.contains("choose what they mean") && shown.body.contains("Month first: 1 May 2026"), "{}", shown.body);
        let view = taken(&app, &mut desk.browser, open, &[], &[("answers[date_order]", "month_first")]).await;
        assert_eq!((opened(&mut desk, "five").await, opened(&mut desk, "six").await), ("2026-05-01".to_owned(), "2026-06-02".to_owned()));
        assert_eq!(left_out(&view).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5]);
        let told = [("answers[date_order]", "month_first"), ("answers[serial_days]", "days"), ("answers[beyond]", "none")];
        let view = taken(&app, &mut desk.browser, open, &[], &told).await;
        assert_eq!((opened(&mut desk, "seven").await, view.summary.report.created), ("2026-01-05".to_owned(), 2));
        assert!(noted(&view).contains("stands for no date"), "{}", noted(&view));
        // A column that proves both orders cannot be told.
        let both = b"id,Title,Opened\n9,nine,31/12/2025\n10,ten,12/31/2025\n11,eleven,05/01/2026\n";
        let view = taken(&app, &mut desk.browser, both, &[], &[("answers[date_order]", "day_first")]).await;
        assert_eq!((opened(&mut desk, "nine").await, opened(&mut desk, "ten").await), ("2025-12-31".to_owned(), "2025-12-31".to_owned()));
        assert!(matches!(left_out(&view).as_slice(), [(4, reason)] if reason.contains("both orders")), "{:?}", view.rejects);
    }

    async fn a_day_in_a_file_is_that_day_wherever_the_organisation_is(app) {
        let mut desk = Desk::open(&app, "west", Role::Owner).await;
        field_of_kind(&app, &desk, "date").await;
        let moved = desk.browser.call("/api/settings/change_organisation", &[("organisation", "west"), ("time_zone", "America/New_York"), ("version", "1")]).await;
        assert_eq!(moved.status, 200, "{}", moved.body);
        let file = b"id,Title,Opened,Due,Day\n1,one,2026-01-05T00:00:00Z,2026-02-05T00:00:00.000Z,2026-03-05T00:00:00Z\n2,two,2026-01-06T00:00:00Z,0000-00-00,NULL\n";
        let view = taken(&app, &mut desk.browser, file, &[("Day", "field:site")], &[]).await;
        let case = titled(&mut desk, "one").await;
        assert_eq!((case.opened.input.as_str(), case.due.unwrap().on.to_string().as_str()), ("2026-01-05", "2026-02-05"));
        assert_eq!(site(&mut desk, "one").await, "2026-03-05");
        let other = titled(&mut desk, "two").await;
        assert!(other.due.is_none() && noted(&view).contains("0000-00-00"), "{}", noted(&view));
    }

    async fn whatever_stands_around_the_table_costs_no_row(app) {
        let mut desk = Desk::open(&app, "around", Role::Owner).await;
        let file = b"Open cases\r\nReport generated on 1 May 2026\r\n\r\nCase id,Title,Opened,Channel,Outcome\r\n\
            1,full,2026-01-05,phone,\r\n2,short,2026-01-05\r\n3,trailing,2026-01-05,mail,,,,\r\n4,long,2026-01-05,mail,,stray\r\nTotal: 4\r\n";
        let view = taken(&app, &mut desk.browser, file, &[], &[]).await;
        assert_eq!((view.summary.report.created, view.heading_line, view.above.len()), (3, 4, 2));
        let lines: Vec<i64> = left_out(&view).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [8, 9]);
        assert!(view.rejects[0].reason.contains("\u{201c}stray\u{201d}") && view.rejects[0].cure.contains("quotation marks"), "{:?}", view.rejects);
        assert!(noted(&view).contains("headings were found on line 4"), "{}", noted(&view));
        // Whoever knows better says where the headings are.
        let id = uploaded(&mut desk.browser, "again.csv", file).await;
        let page = format!("/settings/import/{id}");
        assert!(desk.browser.get(&page).await.body.contains("Open cases / Report generated"));
        for (line, status) in [("0", 422), ("x", 422), ("99", 422), ("5", 200)] {
            let answer = desk.browser.call("/api/import/read-again", &[("id", &id), ("delimiter", ","), ("heading_line", line)]).await;
            assert_eq!(answer.status.as_u16(), status, "{line}: {}", answer.body);
        }
        let view = seen(&mut desk.browser, &id).await;
        assert_eq!((view.heading_line, view.columns[1].name.as_str(), view.summary.rows_total), (5, "full", 4));
        // A line for spreadsheets is no row.
        let named = taken(&app, &mut desk.browser, b"sep=;\r\nCase id;Title;Opened\r\nA-1;Leak, in the kitchen;2026-01-05\r\n", &[], &[]).await;
        assert_eq!((named.summary.report.created, named.summary.report.rejected, named.separated_by.as_str()), (1, 0, "semicolons"));
    }

    async fn stray_bytes_and_control_characters_cost_neither_row_nor_file(app) {
        let mut desk = Desk::open(&app, "bytes", Role::Owner).await;
        let file = b"\xef\xbb\xbfCase id,Title,Opened,Note\r\n1,M\xc3\xbcller \xe2\x80\x93 Gr\xc3\xb6\xc3\x9fe,2026-01-05,a\r\n2,\xc5\x81\xc3\xb3d\xc5\xba,2026-01-05,b\r\n\
            3,It\x92s broken,2026-01-05,c\r\n4,\"Smith\x0bJones\",2026-01-05,\"Rent 01\x1e02\x1e2026\x02\"\r\n5,\"Two\r\nlines\",2026-01-05,x\0y\r\n";
        let view = taken(&app, &mut desk.browser, file, &[], &[]).await;
        assert_eq!((view.encoding.as_str(), view.summary.report.created, view.summary.report.rejected), ("UTF-8", 5, 0));
        for title in ["M\u{fc}ller \u{2013} Gr\u{f6}\u{df}e", "\u{141}\u{f3}d\u{17a}", "It\u{2019}s broken", "Smith Jones", "Two lines"] {
            titled(&mut desk, title).await;
        }
        let noted = noted(&view);
        assert!(noted.contains("line 4, Title: A byte that is no UTF-8 (hexadecimal 92)") && noted.contains("lines 5, 6, Note: Control characters"), "{noted}");
        assert!(titled(&mut desk, "Smith Jones").await.entries.iter().any(|entry| entry.html.contains("Rent 01-02-2026")));
        let wide: Vec<u8> = std::iter::once(0xfeff).chain("Case id\tTitle\r\n6\tGr\u{f6}\u{df}er \u{1f600}\r\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let view = taken(&app, &mut desk.browser, &wide, &[], &[]).await;
        assert_eq!((view.encoding.as_str(), view.separated_by.as_str(), view.summary.report.created), ("UTF-16", "tabs", 1));
        titled(&mut desk, "Gr\u{f6}\u{df}er \u{1f600}").await;
    }

    async fn a_text_that_is_too_long_comes_in_whole(app) {
        let mut desk = Desk::open(&app, "long", Role::Owner).await;
        let (title, outcome, note) = ("word ".repeat(60), "because ".repeat(30), "paragraph of words. ".repeat(6_000));
        let file = format!("id,Title,Opened,Closed,Outcome,Note\n1,{title},2026-01-05,2026-02-01,{outcome},{note}\n2,plain,2026-01-05,,,short\n");
        let matched = [("Title", "title"), ("Outcome", "outcome")];
        let view = taken(&app, &mut desk.browser, file.as_bytes(), &matched, &[]).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.rejected, report.entries), (2, 0, 6));
        assert!(noted(&view).contains("shortened to 200 characters"), "{}", noted(&view));
        let number = desk.list("").await.rows.iter().find(|row| row.title.starts_with("word")).unwrap().number.clone();
        let case = desk.read(&number).await;
        assert!(case.title.ends_with('\u{2026}') && case.title.chars().count() <= 200);
        let texts: String = case.entries.iter().map(|entry| entry.html.as_str()).collect();
        assert_eq!((texts.matches("word").count() >= 60 + 6_000, texts.matches("because").count()), (true, 30));
        assert!(texts.contains("(3/3)") && texts.contains("Title in full"), "{}", texts.len());
        // The same file again is known.
        let again = taken(&app, &mut desk.browser, file.as_bytes(), &matched, &[]).await;
        assert_eq!((again.summary.report.unchanged, again.summary.report.entries), (2, 0));
    }

    async fn the_command_line_asks_what_the_file_does_not_tell(app) {
        let desk = Desk::open(&app, "terminal", Role::Owner).await;
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), "About this file\nid,Title,Opened\n1,one,05/01/2026\n").unwrap();
        let (org, user) = (desk.organisation.id, desk.organisation.user(Role::Owner));
        let wish = Wish { case_type: Some("permit".into()), dry_run: true, ..Wish::default() };
        let asked = import_file(&app.state, org, user, path.path(), &wish).await.unwrap_err();
        assert!(asked.contains("05/01/2026") && asked.contains("--dates day-first"), "{asked}");
        let answers = Answers { date_order: Some(Order::DayFirst), decimal: Some(Mark::Point), ..Answers::default() };
        let ran = import_file(&app.state, org, user, path.path(), &Wish { answers, ..wish }).await.unwrap();
        assert_eq!((ran.report.created, ran.report.rejected), (1, 0));
        assert!(ran.to_string().contains("The headings were found on line 2"), "{ran}");
    }

    async fn what_a_file_does_not_say_of_a_case_is_told_and_no_case_begins_after_its_end(app) {
        let mut desk = Desk::open(&app, "not said", Role::Owner).await;
        let file = b"Case id,Closed,Note\nC-1,2026-02-05,first\nC-1,2026-02-05,second\nC-2,,third\n";
        let view = taken(&app, &mut desk.browser, file, &[], &[]).await;
        let report = &view.summary.report;
        let told = [Topic::OpenedNotSaid, Topic::EntriesWithoutTime, Topic::WithoutTitle].map(|topic| report.count_of(topic));
        assert_eq!((report.created, report.rejected, told), (2, 0, [2, 2, 2]));
        let (closed, open) = (titled(&mut desk, "C-1").await, titled(&mut desk, "C-2").await);
        assert_eq!(closed.opened.input, "2026-02-05");
        assert!(closed.entries.iter().all(|entry| entry.at.input.starts_with("2026-02-05")));
        assert_eq!(open.opened.input, scope(&app, &desk).await.today().to_string());
        let page = desk.browser.get(&format!("/settings/import/{}", view.summary.id)).await.body;
        assert!(page.contains("2 cases: no opening date") && page.contains("Case C-1: 5 Feb 2026") && page.contains("2 cases: no title"), "{page}");
        // Again there is nothing new to tell.
        let again = taken(&app, &mut desk.browser, file, &[], &[]).await.summary.report;
        assert_eq!((again.unchanged, again.remarks.len()), (2, 0), "{:?}", again.remarks);
        // What the file says itself stays, and is told where it cannot be.
        let turned = b"Case id,Title,Opened,Closed\nC-3,Turned,2026-03-05,2026-03-01\nC-4,Same day,2026-03-05 10:00,2026-03-05\n";
        let report = taken(&app, &mut desk.browser, turned, &[], &[]).await.summary.report;
        assert_eq!((report.created, report.count_of(Topic::OpenedAfterClosed), report.count_of(Topic::OpenedNotSaid)), (2, 1, 0));
    }
}
