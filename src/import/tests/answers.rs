//! What an import asks, and remembers.

use super::*;
use crate::{import::report::Topic, server::testing::on_either_engine};

const WORDS: &[u8] = b"Case id,Title,Opened,Closed,Status\nM-1,Resolved,2026-01-05,2026-02-01,Resolved\nM-2,In Progress,2026-01-05,,In Progress\n\
    M-3,On hold,2026-01-05,,On hold\nM-4,CLOSED,2026-01-05,2026-02-01,CLOSED\nM-5,Closed,2026-01-05,,Closed\nM-6,Open,2026-01-05,2026-02-01,Open\n\
    M-7,Received,2026-01-05,,Received\n";

fn words(view: &ImportView) -> Vec<(&str, &str, &str)> {
    view.words.iter().map(|word| (word.word.as_str(), word.means.as_str(), word.likely.as_str())).collect()
}

/// Takes a file of saved answers, as a browser without script sends it.
async fn answered(browser: &mut Browser, id: &str, answers: &str) -> Answered {
    let body = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"mapping\"; filename=\"answers.json\"\r\n\r\n{answers}\r\n--{BOUNDARY}--\r\n"
    );
    let request = browser
        .request("POST", &format!("/settings/import/{id}/mapping"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(body.into())
        .unwrap();
    browser.send(request).await
}

on_either_engine! {
    async fn words_for_states_are_asked_about_once_and_remembered(app) {
        let mut desk = Desk::open(&app, "words", Role::Owner).await;
        let id = uploaded(&mut desk.browser, "words.csv", WORDS).await;
        // They are shown with what they are likely to mean, before anything is tried out.
        let view = seen(&mut desk.browser, &id).await;
        assert_eq!(words(&view), [("In Progress", "", "checking"), ("On hold", "", "applicant"), ("Resolved", "", "decided")]);
        assert_eq!(choose_type(&mut desk.browser, &id, "permit", "").await.status, 200);
        let page = desk.browser.get(&format!("/settings/import/{id}")).await.body;
        assert!(page.contains("Waiting for the applicant (likely)"), "{page}");
        // Nothing is taken without a word.
        assert_eq!(try_out(&mut desk.browser, &id, &[]).await.status, 200);
        app.work().await;
        let tried = seen(&mut desk.browser, &id).await.summary.report;
        assert_eq!((tried.created, tried.rejected, tried.words.get("On hold")), (4, 3, Some(&1)));
        let bad = try_out(&mut desk.browser, &id, &[("?words[0]", "Resolved"), ("?states[0]", "nonsense")]).await;
        assert!(bad.fault().about("states[0]").is_some());
        let said = [
            ("?words[0]", "In Progress"), ("?states[0]", "checking"), ("?words[1]", "On hold"), ("?states[1]", "applicant"),
            ("?words[2]", "Resolved"), ("?states[2]", "decided"),
        ];
        let view = imported(&app, &mut desk.browser, WORDS, &said).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.rejected, report.words.len()), (7, 0, 0));
        assert_eq!((report.kinds["closed"], report.kinds["open"], report.kinds["waiting"]), (3, 3, 1));
        // Where the file contradicts itself there is a rule, which is told with the cases.
        assert_eq!(report.remarks[&Topic::ClosedWithoutDate].first[0].case, "M-5");
        assert_eq!(report.remarks[&Topic::DateWithoutClosed].first[0].case, "M-6");
        // A later file of the same system with other columns needs no answer.
        let later = b"Case id,Subject,Opened,Status\nM-8,Later,2026-03-05,on  HOLD\n";
        let report = imported(&app, &mut desk.browser, later, &[]).await.summary.report;
        assert_eq!((report.created, report.kinds["waiting"]), (1, 1));
        // Another system may mean something else.
        let id = uploaded(&mut desk.browser, "other.csv", later).await;
        assert_eq!(try_out(&mut desk.browser, &id, &[("?source", "Another")]).await.status, 200);
        app.work().await;
        assert_eq!(seen(&mut desk.browser, &id).await.summary.report.words.len(), 1);
    }

    async fn another_type_makes_the_trial_void_and_keeps_what_was_answered(app) {
        let mut desk = Desk::open(&app, "another type", Role::Owner).await;
        let file = b"Case id,Title,Opened,Applicant,Descriptor\n1,A,2026-01-05,Ann,x\n2,B,2026-01-05,Bob,y\n";
        let id = uploaded(&mut desk.browser, "types.csv", file).await;
        let but = [("Descriptor", "tag"), ("?source", "NYC 311"), ("?existing", "keep")];
        assert_eq!(try_out(&mut desk.browser, &id, &but).await.status, 200);
        app.work().await;
        let tried = seen(&mut desk.browser, &id).await;
        let page = desk.browser.get(&format!("/settings/import/{id}")).await.body;
        assert!(tried.summary.status == Status::Checked && page.contains("will be imported as \u{201c}"), "{page}");
        let permit = tried.types.iter().find(|t| t.key == "permit").unwrap().id;
        let other = tried.types.iter().find(|t| t.key != "permit").unwrap().clone();
        assert_eq!(tried.case_type, Some(permit));
        // The same form, with another type chosen.
        let columns: Vec<(String, String)> = tried.columns.iter().map(|c| (format!("columns[{}]", c.at), c.becomes.clone())).collect();
        let mut pairs: Vec<(&str, &str)> = columns.iter().map(|(name, key)| (name.as_str(), key.as_str())).collect();
        pairs.extend([("id", id.as_str()), ("case_type", other.key.as_str()), ("shown_type", "permit"), ("source", "NYC 311"), ("existing", "keep")]);
        assert_eq!(desk.browser.call("/api/import/check", &pairs).await.status, 200);
        let view: ImportView = desk.browser.read("/api/import/import", &[("id", &id)]).await.value();
        assert_eq!((view.summary.status, view.case_type, view.source.as_str()), (Status::Uploaded, Some(other.id), "NYC 311"));
        assert_eq!((view.existing, view.columns.last().unwrap().becomes.as_str()), (tried.existing, "tag"));
        let page = desk.browser.get(&format!("/settings/import/{id}")).await.body;
        assert!(!page.contains("will be imported") && page.contains("Try it out"), "{page}");
        // What the page of the trial shows cannot be had any more.
        let late = desk.browser.call("/api/import/start", &[("id", &id), ("version", &tried.version.to_string())]).await;
        assert!(late.fault().about("columns").unwrap().contains("matched differently"), "{}", late.body);
        assert_eq!(seen(&mut desk.browser, &id).await.summary.status, Status::Uploaded);
    }

    async fn the_file_is_read_again_without_losing_what_was_answered(app) {
        let mut desk = Desk::open(&app, "read again", Role::Owner).await;
        let file = b"Report of May\nCase id,Title,Opened,Applicant\n1,A,2026-01-05,Ann\n";
        let id = uploaded(&mut desk.browser, "again.csv", file).await;
        let said = [("id", id.as_str()), ("case_type", "permit"), ("shown_type", "permit"), ("source", "Old desk"), ("existing", "keep")];
        let with = |line: &'static str| [&said[..], &[("heading_line", line)]].concat();
        let wrong = desk.browser.call("/api/import/check", &with("900")).await.fault();
        assert!(wrong.about("heading_line").unwrap().contains("no row on line 900") && wrong.about("delimiter").is_none(), "{wrong:?}");
        for line in ["1", "2"] {
            assert_eq!(desk.browser.call("/api/import/check", &with(line)).await.status, 200);
            let view: ImportView = desk.browser.read("/api/import/import", &[("id", &id)]).await.value();
            assert_eq!((view.heading_line.to_string().as_str(), view.source.as_str()), (line, "Old desk"));
            assert_eq!((view.summary.status, view.existing), (Status::Uploaded, crate::import::model::Existing::Keep));
        }
    }

    async fn rows_that_are_left_out_for_one_reason_are_told_once(app) {
        let mut desk = Desk::open(&app, "one reason", Role::Owner).await;
        let file = b"Case id,Title,Opened,Status\n1,A,2026-01-05,Parked\n2,B,2026-01-05,Parked\n3,C,never,Received\n4,D,2026-01-05,Parked\n";
        let view = imported(&app, &mut desk.browser, file, &[("?existing", "keep"), ("?words[0]", "x"), ("?states[0]", "")]).await;
        let told: Vec<(i64, i64, &str)> = view.rejects.iter().map(|r| (r.line, r.rows, r.column.as_str())).collect();
        assert_eq!((view.summary.report.rejected, told.as_slice()), (4, [(2, 3, "Status"), (4, 1, "Opened")].as_slice()));
        let page = desk.browser.get(&format!("/settings/import/{}", view.summary.id)).await.body;
        assert!(page.contains("Line 2 and 2 more rows, Status") && page.contains("Line 4, Opened"), "{page}");
    }

    async fn where_a_system_is_known_a_file_with_other_headings_is_of_another_or_says_of_which(app) {
        let mut desk = Desk::open(&app, "systems", Role::Owner).await;
        let first = b"Case id,Title,Opened\n1,A,2026-01-05\n";
        imported(&app, &mut desk.browser, first, &[("?source", "Old desk")]).await;
        let other = b"Id,Subject,Created Date\n1,B,2026-01-06\n";
        let id = uploaded(&mut desk.browser, "other.csv", other).await;
        let view = seen(&mut desk.browser, &id).await;
        assert_eq!((view.source.as_str(), view.sources.as_slice()), ("other", ["Old desk".to_owned()].as_slice()));
        // Called like one that is known, it may be the same or not.
        let id = uploaded(&mut desk.browser, "old desk.csv", other).await;
        assert_eq!(seen(&mut desk.browser, &id).await.source, "");
        let refused = try_out(&mut desk.browser, &id, &[("?source", "")]).await.fault();
        assert!(refused.about("source").unwrap().contains("Old desk"), "{refused:?}");
        assert_eq!(try_out(&mut desk.browser, &id, &[("?source", "New desk")]).await.status, 200);
        // A file with the headings of a known one is of that one's system.
        let id = uploaded(&mut desk.browser, "first.csv", b"Case id,Title,Opened\n2,C,2026-01-07\n").await;
        assert_eq!(seen(&mut desk.browser, &id).await.source, "Old desk");
    }

    async fn columns_that_become_nothing_are_named_before_and_after(app) {
        let mut desk = Desk::open(&app, "left out", Role::Owner).await;
        let file = b"Case id,Title,Opened,Colour,Empty\n1,A,2026-01-05,red,\n2,B,2026-01-05,blue,\n";
        let id = uploaded(&mut desk.browser, "colour.csv", file).await;
        assert_eq!(seen(&mut desk.browser, &id).await.left_out, ["Colour"]);
        assert_eq!(choose_type(&mut desk.browser, &id, "permit", "").await.status, 200);
        let page = desk.browser.get(&format!("/settings/import/{id}")).await.body;
        assert!(page.contains("will not be stored: Colour"), "{page}");
        let view = imported(&app, &mut desk.browser, file, &[]).await;
        assert_eq!(view.summary.report.unmapped, ["Colour"]);
        let page = desk.browser.get(&format!("/settings/import/{}", view.summary.id)).await.body;
        assert!(page.contains("1 column is left out") && page.contains("Colour"), "{page}");
    }

    async fn a_file_without_an_id_is_asked_about_and_comes_in_once(app) {
        let mut desk = Desk::open(&app, "no id", Role::Owner).await;
        let file = b"Title,Opened,Note\nLeak,2026-01-05,first\nLeak,2026-01-05,first\nNoise,2026-01-06,second\n";
        let id = uploaded(&mut desk.browser, "no-id.csv", file).await;
        let page = desk.browser.get(&format!("/settings/import/{id}")).await.body;
        assert!(page.contains("Which column says to which case a row belongs?") && page.contains("each row is a case of its own"), "{page}");
        assert!(try_out(&mut desk.browser, &id, &[]).await.fault().about("columns").unwrap().contains("case id"));
        let report = imported(&app, &mut desk.browser, file, &[("?case_column", "none")]).await.summary.report;
        assert_eq!((report.cases, report.created, report.entries), (2, 3, 3));
        let more = [&file[..], b"Damp,2026-01-07,third\n"].concat();
        let report = imported(&app, &mut desk.browser, &more, &[("?case_column", "none")]).await.summary.report;
        assert_eq!((report.created, report.unchanged, report.updated), (1, 3, 0));
        // A column can be named by its number, too.
        let by_title = [("?case_column", "0"), ("?source", "By title")];
        let report = imported(&app, &mut desk.browser, file, &by_title).await.summary.report;
        assert_eq!(report.created, 2);
    }

    async fn answers_are_saved_as_a_file_and_used_again(app) {
        let mut desk = Desk::open(&app, "saved", Role::Owner).await;
        let id = uploaded(&mut desk.browser, "a.csv", WORDS).await;
        let page = format!("/settings/import/{id}");
        assert_eq!(try_out(&mut desk.browser, &id, &[("?source", "Old desk"), ("?words[0]", "Resolved"), ("?states[0]", "decided")]).await.status, 200);
        app.work().await;
        let saved = desk.browser.get(&format!("{page}/mapping.json")).await;
        assert_eq!((saved.status.as_u16(), saved.header("content-type")), (200, "application/json"));
        assert!(saved.body.contains("\"Old desk\"") && saved.body.contains("\"resolved\": \"decided\"") && saved.body.contains("\"on hold\": \"\""), "{}", saved.body);
        let mut other = Desk::open(&app, "elsewhere", Role::Owner).await;
        let id = uploaded(&mut other.browser, "a.csv", WORDS).await;
        let answers = saved.body.replace("\"on hold\": \"\"", "\"on hold\": \"Waiting for the applicant\"");
        let taken = answered(&mut other.browser, &id, &answers).await;
        assert_eq!((taken.status.as_u16(), taken.location()), (303, format!("/settings/import/{id}").as_str()));
        let view = seen(&mut other.browser, &id).await;
        assert_eq!((view.matched, view.source.as_str()), (true, "Old desk"));
        assert_eq!(words(&view), [("In Progress", "", "checking"), ("On hold", "applicant", "applicant"), ("Resolved", "decided", "decided")]);
        for (bad, told) in [
            ("nonsense".to_owned(), "no file of saved answers"),
            (answers.replace("\"permit\"", "\"lost\""), "case type lost"),
            (answers.replace("\"case_id\"", "\"case-id\""), "cannot become"),
            (answers.replace("\"decided\"", "\"gone\""), "is no state"),
            (answers.replace("\"Title\"", "\"Heading\""), "no column"),
        ] {
            let back = answered(&mut other.browser, &id, &bad).await;
            let refused = other.browser.get(back.location()).await;
            assert!(refused.status == 422 && refused.body.contains(told), "{told}: {} {}", refused.status, refused.body);
        }
    }

    async fn a_file_that_holds_no_answers_is_refused_at_its_field(app) {
        let mut desk = Desk::open(&app, "no answers", Role::Owner).await;
        let id = uploaded(&mut desk.browser, "words.csv", WORDS).await;
        for (file, said) in [("Case id,Title\n1,A\n", "This is no file of saved answers"), ("", "Choose a file of saved answers")] {
            let back = answered(&mut desk.browser, &id, file).await;
            assert_eq!(back.status, 303, "{}", back.body);
            assert!(back.location().starts_with(&format!("/settings/import/{id}?")), "{}", back.location());
            let page = desk.browser.get(back.location()).await;
            assert!(page.status == 422 && page.body.contains(said) && page.body.contains("Match columns"), "{}", page.body);
        }
    }

    async fn an_upload_after_the_session_ended_leads_to_the_sign_in_page_and_back(app) {
        let mut browser = app.browser();
        let answer = upload(&mut browser, "words.csv", WORDS).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login?next=/settings/import"));
    }
}
