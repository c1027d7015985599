//! `casetrakr import`: what it says, and what can be said to it.

use std::path::Path;

use super::*;
use crate::{
    import::{Ran, Wish, import_file},
    server::testing::on_either_engine,
};

/// Runs the command on a file with this content.
async fn run(app: &TestApp, desk: &Desk, content: &str, wish: Wish) -> Result<Ran, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let wish = Wish { case_type: wish.case_type.or(Some("permit".into())), ..wish };
    import_file(&app.state, desk.organisation.id, desk.organisation.user(Role::Owner), file.path(), &wish).await
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The names of the types: permits first, then advice.
async fn cases_of(app: &TestApp, desk: &Desk) -> Vec<String> {
    let names = sql!("select name from case_types where org_id = $1 and key in ('permit', 'advice') order by key desc");
    app.state.db.tenant(desk.organisation.id.uuid(), names).scalars().await.unwrap()
}

on_either_engine! {
    async fn a_dry_run_says_what_the_page_says_and_changes_nothing(app) {
        let desk = Desk::open(&app, "dry", Role::Owner).await;
        let file = "Case id,Title,Opened,Status,Colour\n1,A,2026-01-05,Resolved,red\n2,B,2026-01-05,Received,blue\n3,C,lost,Received,blue\n";
        let folder = tempfile::tempdir().unwrap();
        let (rejected, answers) = (folder.path().join("rejected.csv"), folder.path().join("answers.json"));
        let wish = Wish { dry_run: true, rejected: Some(rejected.clone()), save_mapping: Some(answers.clone()), ..Wish::default() };
        let said = run(&app, &desk, file, wish).await.unwrap().to_string();
        for told in ["1 new", "1 column is left out", "Colour", "\u{201c}Resolved\u{201d}, in 1 row", "line 4, Opened", "line 2, Status", "2 rows left out"] {
            assert!(said.contains(told), "{told}: {said}");
        }
        assert_eq!(left(&app, &desk).await, Left { imports: 0, pieces: 0, cases: 0 });
        assert!(text(&rejected).contains("Line,Column,Reason,What to do,Case id") && text(&rejected).lines().count() == 3, "{}", text(&rejected));
        // The answers that it saved can be filled in and used, and so can the rows that it left out.
        std::fs::write(&answers, text(&answers).replace("\"resolved\": \"\"", "\"resolved\": \"decided\"")).unwrap();
        let wish = || Wish { mapping: Some(answers.clone()), case_type: None, ..Wish::default() };
        let ran = run(&app, &desk, file, wish()).await.unwrap();
        assert_eq!((ran.report.created, ran.report.rejected), (2, 1), "{ran}");
        let mended = text(&rejected).replace("lost", "2026-01-07");
        let ran = run(&app, &desk, &mended, Wish::default()).await.unwrap();
        assert_eq!((ran.report.created, ran.report.unchanged, ran.report.rejected), (1, 1, 0), "{ran}");
        assert_eq!(ran.report.unmapped, ["Colour"]);
    }

    async fn a_file_of_another_system_is_left_out_until_it_is_named(app) {
        let desk = Desk::open(&app, "sources", Role::Owner).await;
        let permits = "Case id,Title,Opened,Note\n1,Permit for a fence,2026-01-05,permit note\n2,Permit for a shed,2026-01-06,permit note\n";
        let complaints = "Case id,Title,Opened,Note\n1,Complaint about noise,2026-02-05,complaint note\n2,Complaint about rent,2026-02-06,complaint note\n";
        assert_eq!(run(&app, &desk, permits, Wish::default()).await.unwrap().report.created, 2);
        // Nobody has said from where it is: neither by other dates, nor by the same, nor without any, nor by notes alone.
        let variants = [
            complaints.to_owned(),
            complaints.replace("2026-02-", "2026-01-"),
            complaints.replace(",Opened", ",Colour"),
            complaints.replace(",Title", ",Colour").replace(",Opened", ",Timestamp"),
        ];
        for (at, file) in variants.iter().enumerate() {
            // Under other headings it is of another system, which is told.
            if at > 1 {
                let ran = run(&app, &desk, file, Wish::default()).await.unwrap();
                assert_eq!((ran.report.created, ran.report.updated), (2, 0), "{file} {ran}");
                assert!(ran.to_string().contains("case of \u{201c}Other system\u{201d}") && ran.to_string().contains("--source NAME"), "{ran}");
                continue;
            }
            let ran = run(&app, &desk, file, Wish::default()).await.unwrap();
            assert_eq!((ran.report.created, ran.report.updated, ran.report.entries, ran.report.rejected), (0, 0, 0, 2), "{file} {ran}");
            assert!(ran.to_string().contains("--source NAME"), "{ran}");
        }
        let source = || Some("Complaints".to_owned());
        let ran = run(&app, &desk, complaints, Wish { source: source(), ..Wish::default() }).await.unwrap();
        assert_eq!((ran.report.created, ran.report.elsewhere.get("Other system")), (2, Some(&2)), "{ran}");
        assert!(ran.to_string().contains("From Complaints") && ran.to_string().contains("have the same id as a case of"), "{ran}");
        // The last one that was used for such a file is used again.
        let ran = run(&app, &desk, complaints, Wish::default()).await.unwrap();
        assert_eq!((ran.report.source.as_str(), ran.report.unchanged), ("Complaints", 2), "{ran}");
        // That it is another file of the same system can be said as well.
        let renamed = complaints.replace("Complaint about noise,2026-02-05,complaint note", "Music at night,2026-02-05,another note");
        let ran = run(&app, &desk, &renamed, Wish::default()).await.unwrap();
        assert_eq!((ran.report.unchanged, ran.report.rejected), (1, 1), "{ran}");
        let ran = run(&app, &desk, &renamed, Wish { same_cases: true, only_new: true, ..Wish::default() }).await.unwrap();
        assert_eq!((ran.report.updated, ran.report.entries, ran.report.unchanged, ran.report.rejected), (1, 1, 1, 0), "{ran}");
    }

    async fn what_is_not_clear_is_asked_for_with_the_way_to_say_it(app) {
        let desk = Desk::open(&app, "asked", Role::Owner).await;
        let file = "Ticket number,Request number,Title\n1,7,A\n2,7,B\n";
        let refused = run(&app, &desk, file, Wish::default()).await.unwrap_err();
        assert!(refused.contains("--column") && refused.contains("--no-id") && refused.contains("Ticket number"), "{refused}");
        for (column, told) in [("Ticket=case_id", "has no column"), ("Title=heading", "cannot become"), ("Title", "Write --column")] {
            let refused = run(&app, &desk, file, Wish { columns: vec![column.to_owned()], ..Wish::default() }).await.unwrap_err();
            assert!(refused.contains(told), "{refused}");
        }
        assert_eq!(left(&app, &desk).await, Left { imports: 0, pieces: 0, cases: 0 });
        let said = vec!["Ticket number=case_id".to_owned(), "Title=entry_text".to_owned()];
        let ran = run(&app, &desk, file, Wish { columns: said, ..Wish::default() }).await.unwrap();
        assert_eq!((ran.report.created, ran.report.entries), (2, 2), "{ran}");
        let rows = "Name,Remark\nLeak,a\nNoise,b\n";
        let ran = run(&app, &desk, rows, Wish { without_id: true, source: Some("A list".into()), ..Wish::default() }).await.unwrap();
        assert_eq!((ran.report.created, ran.report.unmapped.as_slice()), (2, ["Remark".to_owned()].as_slice()), "{ran}");
    }

    async fn rows_of_a_file_without_ids_are_as_many_cases_after_they_were_mended(app) {
        let desk = Desk::open(&app, "alike", Role::Owner).await;
        let folder = tempfile::tempdir().unwrap();
        let rejected = folder.path().join("rejected.csv");
        let file = "Name,Opened\nLeak,lost\nLeak,lost\nLeak,lost,\nNoise,2026-01-05\n";
        let wish = || Wish { without_id: true, source: Some("A list".into()), rejected: Some(rejected.clone()), ..Wish::default() };
        let ran = run(&app, &desk, file, wish()).await.unwrap();
        assert_eq!((ran.report.created, ran.report.rejected), (1, 3), "{ran}");
        let mended = text(&rejected).replace("lost", "2026-01-07");
        let ran = run(&app, &desk, &mended, wish()).await.unwrap();
        assert_eq!((ran.report.created, ran.report.unchanged, ran.report.rejected), (3, 0, 0), "{ran}");
        assert_eq!(left(&app, &desk).await.cases, 4);
        let ran = run(&app, &desk, &mended, wish()).await.unwrap();
        assert_eq!((ran.report.created, ran.report.unchanged), (0, 3), "{ran}");
    }

    async fn saved_answers_serve_a_file_with_cases_of_several_types(app) {
        let desk = Desk::open(&app, "several", Role::Owner).await;
        let folder = tempfile::tempdir().unwrap();
        let answers = folder.path().join("answers.json");
        let file = "Case id,Title,Kind of case,Place,Other party,Status\n1,A fence,Building permit,North,,Received\n2,A lease,Legal advice,,Landlord,Advising\n";
        let types = cases_of(&app, &desk).await;
        let file = file.replace("Building permit", &types[0]).replace("Legal advice", &types[1]);
        let columns = ["Kind of case=type", "Place=field:site", "Other party=field:opponent", "Status=state"].map(str::to_owned).to_vec();
        let source = || Some("Old system".to_owned());
        let wish = Wish { columns, source: source(), save_mapping: Some(answers.clone()), dry_run: true, ..Wish::default() };
        let ran = run(&app, &desk, &file, wish).await.unwrap();
        assert_eq!((ran.report.created, ran.report.rejected), (2, 0), "{ran}");
        let ran = run(&app, &desk, &file, Wish { mapping: Some(answers.clone()), case_type: None, ..Wish::default() }).await.unwrap();
        assert_eq!((ran.report.created, ran.report.rejected), (2, 0), "{ran}");
        assert_eq!(ran.report.unmapped.as_slice(), [] as [String; 0]);
        // A field that no type has is still refused, and so is one of another type where no column says the type.
        for (from, to, told) in [("field:site", "field:nothing", "nothing"), ("\"Kind of case\": \"type\"", "\"Kind of case\": \"skip\"", "opponent")] {
            std::fs::write(folder.path().join("wrong.json"), text(&answers).replace(from, to)).unwrap();
            let wish = Wish { mapping: Some(folder.path().join("wrong.json")), ..Wish::default() };
            let refused = run(&app, &desk, &file, wish).await.unwrap_err();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
