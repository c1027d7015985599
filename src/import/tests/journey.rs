//! From the file to the cases, and what happens on the way.

use std::{fmt::Write as _, sync::atomic::Ordering};

use super::*;
use crate::{
    import::{
        Wish,
        api::ImportsView,
        import_file,
        report::Topic,
        run::{Ended, Mode, work},
    },
    server::testing::on_both_engines,
};

/// As many cases as asked for, each with two entries.
fn many(cases: usize) -> String {
    let mut file = String::from("Case id,Title,Opened,Activity,Timestamp,Author\n");
    for round in ["received", "checked"] {
        for n in 0..cases {
            writeln!(file, "C-{n},Case {n},2011-01-01,{round},2011-01-0{} 10:00,Somebody", if round == "received" { 1 } else { 2 })
                .unwrap();
        }
    }
    file
}

/// Begins to import 150 cases, or to try that out, and stops the process after the first batch.
async fn begun_and_killed(app: &TestApp, desk: &mut Desk, mode: Mode) -> String {
    let bad_row = if mode == Mode::Check { "C-0,Case 0,2011-01-01,late,31/13/2011,Somebody\n" } else { "" };
    let id = uploaded(&mut desk.browser, "many.csv", (many(150) + bad_row).as_bytes()).await;
    assert_eq!(try_out(&mut desk.browser, &id, &[]).await.status, 200);
    if mode == Mode::Import {
        app.work().await;
        assert_eq!(desk.browser.call("/api/import/start", &[("id", &id)]).await.status, 200);
    }
    let scope = scope(app, desk).await;
    let ended = work(&scope, id.parse().unwrap(), mode, |_| app.state.stopping.store(true, Ordering::Relaxed)).await.unwrap();
    assert_eq!(ended, Ended::Stopping);
    app.state.stopping.store(false, Ordering::Relaxed);
    id
}

/// The admin who imports may not go on; the owner sees what becomes of it.
async fn demoted(app: &TestApp, desk: &Desk) -> Browser {
    let mut owner = desk.organisation.signed_in(app, Role::Owner).await;
    let admin = desk.organisation.user(Role::Admin).to_string();
    let demoted = owner.call("/api/accounts/change_role", &[("user", &admin), ("role", "caseworker"), ("version", "1")]).await;
    assert_eq!(demoted.status, 200, "{}", demoted.body);
    owner
}

on_both_engines! {
    async fn an_import_that_was_killed_goes_on_where_it_stopped(app) {
        let mut desk = Desk::open(&app, "killed", Role::Owner).await;
        let id = begun_and_killed(&app, &mut desk, Mode::Import).await;
        let half = seen(&mut desk.browser, &id).await.summary;
        assert_eq!((half.status, half.rows_done, half.rows_total, half.report.created), (Status::Running, 120, 300, 60));
        assert_eq!(left(&app, &desk).await.cases, 60);
        app.work().await;
        let whole = seen(&mut desk.browser, &id).await.summary;
        assert_eq!((whole.status, whole.rows_done), (Status::Done, 300));
        assert_eq!((whole.report.created, whole.report.unchanged, whole.report.entries, whole.report.cases), (150, 0, 300, 150));
        assert_eq!(left(&app, &desk).await, Left { imports: 1, pieces: 0, cases: 150 });
    }

    async fn an_import_stops_when_it_is_cancelled_and_what_came_stays(app) {
        let mut desk = Desk::open(&app, "stopped", Role::Owner).await;
        let id = begun_and_killed(&app, &mut desk, Mode::Import).await;
        assert_eq!(desk.browser.call("/api/import/cancel", &[("id", &id)]).await.status, 200);
        app.work().await;
        let stopped = seen(&mut desk.browser, &id).await.summary;
        assert_eq!((stopped.status, stopped.report.created), (Status::Cancelled, 60));
        assert_eq!(left(&app, &desk).await, Left { imports: 1, pieces: 0, cases: 60 });
        let page = desk.browser.get(&format!("/settings/import/{id}")).await;
        assert!(page.body.contains("The import was stopped"), "{}", page.body);
        // The rest comes with the same file.
        let rest = imported(&app, &mut desk.browser, many(150).as_bytes(), &[]).await.summary.report;
        assert_eq!((rest.created, rest.unchanged), (90, 60));
    }

    async fn an_import_whose_starter_may_not_go_on_says_so_and_what_came_stays(app) {
        let mut desk = Desk::open(&app, "demoted", Role::Admin).await;
        let id = begun_and_killed(&app, &mut desk, Mode::Import).await;
        let mut owner = demoted(&app, &desk).await;
        app.work().await;
        let ended = seen(&mut owner, &id).await.summary;
        assert_eq!((ended.status, ended.report.created, ended.report.entries), (Status::Failed, 60, 120));
        // The file goes, as after any other end.
        assert_eq!(left(&app, &desk).await, Left { imports: 1, pieces: 0, cases: 60 });
        let page = owner.get(&format!("/settings/import/{id}")).await.body;
        assert!(page.contains("may not import any more") && page.contains("60 cases with 120 entries were imported until then"), "{page}");
        assert!(owner.get("/settings/record").await.body.contains("gave up an import that could not go on"));
    }

    async fn a_trial_that_fails_promises_nothing_of_what_it_counted(app) {
        let mut desk = Desk::open(&app, "trial", Role::Admin).await;
        let id = begun_and_killed(&app, &mut desk, Mode::Check).await;
        let half = seen(&mut desk.browser, &id).await.summary;
        assert_eq!((half.status, half.report.created), (Status::Checking, 60));
        let mut owner = demoted(&app, &desk).await;
        app.work().await;
        let ended = seen(&mut owner, &id).await.summary;
        assert_eq!((ended.status, ended.report.created, ended.report.rejected), (Status::Failed, 0, 1));
        let page = owner.get(&format!("/settings/import/{id}")).await.body;
        assert!(page.contains("may not import any more") && !page.contains("were imported until then"), "{page}");
        assert!(page.contains("1 row was left out"), "{page}");
    }

    async fn an_import_from_the_command_line_that_was_killed_is_gone_on_with_by_a_server(app) {
        let mut desk = Desk::open(&app, "terminal", Role::Owner).await;
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), many(150)).unwrap();
        // A process that is asked to stop ends behind its batch, as a killed one does: with nobody to go on.
        app.state.stopping.store(true, Ordering::Relaxed);
        let (org, user) = (desk.organisation.id, desk.organisation.user(Role::Owner));
        let wish = Wish { case_type: Some("permit".into()), ..Wish::default() };
        assert!(import_file(&app.state, org, user, path.path(), &wish).await.is_err());
        app.state.stopping.store(false, Ordering::Relaxed);
        let imports: ImportsView = desk.browser.read("/api/import/imports", &[]).await.value();
        let [begun] = imports.imports.as_slice() else { panic!("{:?}", imports.imports) };
        assert_eq!((begun.status, begun.rows_done), (Status::Running, 0));
        app.work().await;
        assert_eq!(left(&app, &desk).await.cases, 0, "whoever began it may still be at work");
        app.state.clock.advance(3_601);
        app.work().await;
        assert_eq!(left(&app, &desk).await, Left { imports: 1, pieces: 0, cases: 150 });
    }

    async fn bad_rows_are_left_out_with_line_column_and_cure(app) {
        let mut desk = Desk::open(&app, "bad rows", Role::Owner).await;
        let file = b"Case id;Title;Opened;Due;Priority;Activity;Timestamp\r\n\
            A;Gr\xf6\xdfe;31.12.2010;2011-02-01;high;Eingang \x80 5;2010-12-31 10:00\r\n\
            A;Gr\xf6\xdfe;31.12.2010;2011-02-01;high;=1+1;31/13/2011\r\n\
            \r\n\
            ;Nobody's;2011-01-01;;;x;2011-01-01 10:00\r\n\
            B;Second;2011-01-01;;soon;x;2011-01-01 10:00\r\n\
            B;Second;2011-01-01;;low;x;2011-01-01 10:00\r\n\
            C;Third;2011-01-01\r\n\
            D;\"Four\r\nlines\";2011-01-01;;;x;2011-01-01 10:00\r\n\
            E;Fifth;2011-03-27 02:30;;;later;\r\n\
            E;Another;;;;x;2011-04-01\r\n";
        let view = imported(&app, &mut desk.browser, file, &[]).await;
        assert_eq!((view.encoding.as_str(), view.separated_by.as_str(), view.summary.rows_total), ("Windows-1252", "semicolons", 9));
        let report = &view.summary.report;
        // A row whose last cells are missing is whole, and a line break in a title becomes a space.
        assert_eq!((report.created, report.entries, report.rejected), (5, 5, 3));
        let told: Vec<(i64, &str)> = view.rejects.iter().map(|r| (r.line, r.column.as_str())).collect();
        assert_eq!(told, [(3, "Timestamp"), (5, "Case id"), (6, "Priority")]);
        assert!(view.rejects[0].reason.contains("31/13/2011") && view.rejects[0].cure.contains("2011-12-31"));
        let other = &report.remarks[&Topic::ByRow].first[0];
        assert_eq!((other.case.as_str(), other.here.as_str(), other.file.as_str()), ("E", "Fifth", "Another"));
        let found = desk.list("q=grosse").await;
        assert_eq!((found.total, found.rows.first().map(|row| row.title.clone())), (0, None));
        let found = desk.list("q=gro%C3%9Fe").await;
        assert_eq!(found.rows[0].title, "Größe");
        let case = desk.read(&found.rows[0].number).await;
        assert_eq!(case.entries.len(), 1);
        assert!(case.entries[0].html.contains("Eingang € 5"));

        let path = format!("/settings/import/{}/rejected.csv", view.summary.id);
        let rows = desk.browser.get(&path).await;
        assert_eq!((rows.status.as_u16(), rows.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(rows.body.contains(",'=1+1,31/13/2011\r\n"), "{}", rows.body);
        // Corrected, it can be uploaded as it is.
        let corrected = rows.body.replace("31/13/2011", "2011-12-31").replace(",soon,", ",low,");
        let report = imported(&app, &mut desk.browser, corrected.as_bytes(), &[]).await.summary.report;
        assert_eq!((report.created, report.updated, report.unchanged, report.entries, report.unmapped.as_slice()), (0, 1, 1, 1, [].as_slice()));
        let case = desk.read(&found.rows[0].number).await;
        assert!(case.entries.iter().any(|entry| entry.html == "<p>=1+1</p>"));
    }

    async fn a_case_that_the_importer_may_not_see_is_left_as_it_is(app) {
        let mut desk = Desk::open(&app, "out of sight", Role::Owner).await;
        let file = b"Case id,Title,Opened,Activity,Timestamp,Channel\nA,Zebra,2011-01-01,received,2011-01-01 10:00,Letter\n";
        imported(&app, &mut desk.browser, file, &[]).await;
        let number = desk.list("").await.rows[0].number.clone();
        let version = desk.read(&number).await.version.to_string();
        let set = desk.browser.call("/api/cases/set_access", &[("number", &number), ("version", &version), ("restricted", "on")]).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let state = async |desk: &mut Desk| {
            let (case, history) = (desk.read(&number).await, desk.history(&number).await.events.len());
            (case.version, case.updated, case.entries.len(), history)
        };
        let before = state(&mut desk).await;
        app.state.clock.advance(60);
        // The same again and something new; the rest of the file comes in.
        let more = b"Case id,Title,Opened,Activity,Timestamp,Channel\nA,Zebra,2011-01-01,received,2011-01-01 10:00,Whistle\n\
            A,Zebra,2011-01-01,checked,2011-01-02 10:00,Whistle\nB,Plain,2011-01-01,received,2011-01-01 10:00,Phone\n";
        let mut admin = desk.organisation.signed_in(&app, Role::Admin).await;
        for (file, came, left_out, channels) in [(&more[..], 1, 2, "Phone"), (&file[..], 0, 1, "")] {
            let view = imported(&app, &mut admin, file, &[]).await;
            let report = &view.summary.report;
            assert_eq!((report.created, report.entries, report.updated, report.unchanged, report.rejected), (came, came, 0, 0, left_out));
            assert_eq!(report.channels.keys().map(String::as_str).collect::<String>(), channels);
            for reject in view.rejects {
                assert_eq!((reject.column.as_str(), reject.reason.as_str(), reject.cure.as_str()), ("Case id", "This case id is not available to you.", "Use another."));
            }
        }
        assert_eq!(state(&mut desk).await, before);
        // Whoever is named on it brings in what is new.
        let report = imported(&app, &mut desk.browser, more, &[]).await.summary.report;
        assert_eq!((report.updated, report.unchanged, report.entries, report.rejected), (1, 1, 1, 0));
    }

    async fn a_member_whose_data_is_restricted_is_given_nothing_by_an_import(app) {
        let mut desk = Desk::open(&app, "resting", Role::Owner).await;
        let restrict = async |role: Role, at: Option<i64>| {
            let update = crate::server::db::global_sql!("update users set restricted_at = $2 where id = $1");
            app.state.db.global(update).bind(desk.organisation.user(role)).bind(at).execute().await.unwrap();
        };
        for role in [Role::Caseworker, Role::Owner] {
            restrict(role, Some(1)).await;
        }
        // The preset has no field that names a member; one is made of what it has.
        let field = sql!("update case_fields set kind = 'member' where org_id = $1 and key = 'site'");
        assert_eq!(app.state.db.tenant(desk.organisation.id.uuid(), field).execute().await.unwrap(), 1);
        let file = b"id,title,who,other\nA-1,One,Caseworker,\nA-2,Two,Supervisor,Caseworker\nA-3,Three,Owner,Supervisor\nA-4,Four,Nobody Known,\n";
        let view = imported(&app, &mut desk.browser, file, &[("who", "assignee"), ("other", "field:site")]).await;
        let report = &view.summary.report;
        assert_eq!((report.created, report.rejected, report.unassigned, report.unassigned_ids.as_slice()), (4, 0, 2, ["A-1".to_owned(), "A-2".to_owned()].as_slice()));
        let said = "On 2 cases the file names a member whose data is restricted";
        let page = desk.browser.get(&format!("/settings/import/{}", view.summary.id)).await.body;
        assert!(page.contains(said) && page.contains("A-1, A-2.") && report.to_string().contains(said), "{page}");
        let rows = sql!("select title, assignee_id, assignee_label, cast(fields as text) from cases where org_id = $1 order by title");
        let rows: Vec<(String, Option<uuid::Uuid>, Option<String>, String)> = app.state.db.tenant(desk.organisation.id.uuid(), rows).all().await.unwrap();
        let (caseworker, supervisor, owner) = (desk.organisation.user(Role::Caseworker), desk.organisation.user(Role::Supervisor), desk.organisation.user(Role::Owner));
        let assigned: Vec<(&str, Option<uuid::Uuid>, Option<&str>)> = rows.iter().map(|(title, id, label, _)| (title.as_str(), *id, label.as_deref())).collect();
        // Whoever imports may take what is theirs; somebody without an account stays a name.
        assert_eq!(assigned, [("Four", None, Some("Nobody Known")), ("One", None, None), ("Three", Some(owner.uuid()), None), ("Two", Some(supervisor.uuid()), None)]);
        assert!(rows.iter().all(|(.., fields)| !fields.contains(&caseworker.to_string())) && rows[2].3.contains(&supervisor.to_string()), "{rows:?}");
        // Once the restriction has ended they are named as anybody else.
        restrict(Role::Caseworker, None).await;
        let report = imported(&app, &mut desk.browser, b"id,title,who\nB-1,Five,Caseworker\n", &[("who", "assignee")]).await.summary.report;
        assert_eq!((report.created, report.unassigned), (1, 0));
    }

    async fn new_entries_come_and_what_people_wrote_stays(app) {
        let mut desk = Desk::open(&app, "again", Role::Owner).await;
        imported(&app, &mut desk.browser, b"id,subject,event,event time\nA,First title,one,2011-01-01 10:00\n", &[]).await;
        let number = desk.list("").await.rows[0].number.clone();
        assert!(number.starts_with("PA-2011-"), "{number}");
        let edited = desk.browser.call("/api/cases/edit", &[("number", &number), ("version", "1"), ("title", "Better title")]).await;
        assert_eq!(edited.status, 200, "{}", edited.body);
        let file = b"id,subject,event,event time\nA,First title,one,2011-01-01 10:00\nA,First title,two,2011-01-02 10:00\nA,First title,two,2011-01-02 10:00\n";
        let report = imported(&app, &mut desk.browser, file, &[]).await.summary.report;
        // The same thing twice at the same time, without ids, is twice.
        assert_eq!((report.created, report.updated, report.entries), (0, 1, 2));
        assert_eq!(desk.read(&number).await.title, "Better title");
        let report = imported(&app, &mut desk.browser, file, &[]).await.summary.report;
        assert_eq!((report.updated, report.unchanged), (0, 1));
        let told = desk.history(&number).await.events;
        assert!(told.iter().any(|event| event.what == "added 2 imported entries"), "{told:?}");
    }

    async fn columns_are_matched_once_and_remembered(app) {
        let mut desk = Desk::open(&app, "columns", Role::Owner).await;
        let file = b"a,b,c\n1,Title,2011-01-01\n";
        let id = uploaded(&mut desk.browser, "x.csv", file).await;
        let without = try_out(&mut desk.browser, &id, &[]).await;
        assert!(without.fault().about("columns").unwrap().contains("case id"));
        let twice = try_out(&mut desk.browser, &id, &[("a", "case_id"), ("b", "title"), ("c", "title")]).await;
        assert!(twice.fault().about("columns[2]").unwrap().contains("already"));
        let foreign = try_out(&mut desk.browser, &id, &[("a", "case_id"), ("b", "field:nonsense")]).await;
        assert!(foreign.fault().about("columns[1]").unwrap().contains("another case type"));
        // The same without script comes back with the words beside the field.
        let pairs = [("id", id.as_str()), ("case_type", "permit"), ("columns[0]", "case_id"), ("columns[1]", "title"), ("columns[2]", "title")];
        let page = format!("/settings/import/{id}");
        let back = desk.browser.post(&page, "/api/import/check", &pairs).await;
        assert_eq!(back.status, 303);
        let shown = desk.browser.get(back.location()).await;
        assert!(shown.body.contains("is taken from the column b already"), "{}", shown.body);
        let matched = try_out(&mut desk.browser, &id, &[("a", "case_id"), ("b", "title"), ("c", "opened")]).await;
        assert_eq!(matched.status, 200, "{}", matched.body);
        let other = uploaded(&mut desk.browser, "y.csv", file).await;
        let becomes: Vec<String> = seen(&mut desk.browser, &other).await.columns.into_iter().map(|column| column.becomes).collect();
        assert_eq!(becomes, ["case_id", "title", "opened"]);
        // Only a file that nobody works on can be removed.
        assert_eq!(desk.browser.call("/api/import/forget", &[("id", &id)]).await.status, 422);
        app.work().await;
        for id in [id, other] {
            let gone = desk.browser.call("/api/import/forget", &[("id", &id)]).await;
            assert_eq!((gone.status.as_u16(), gone.location()), (200, "/settings/import"));
        }
        assert_eq!(left(&app, &desk).await, Left { imports: 0, pieces: 0, cases: 0 });
    }

    async fn so_many_imports_of_one_organisation_are_under_way_at_once(app) {
        let app = app.configured(|config| config.quotas.imports_at_once = 2);
        let mut desk = Desk::open(&app, "at-once", Role::Owner).await;
        let mut ids = Vec::new();
        for nth in 0..3 {
            ids.push(uploaded(&mut desk.browser, &format!("{nth}.csv"), format!("id,title,opened\nA{nth},Roof,2026-01-05\n").as_bytes()).await);
        }
        for id in &ids[..2] {
            assert_eq!(try_out(&mut desk.browser, id, &[]).await.status, 200);
        }
        let refused = try_out(&mut desk.browser, &ids[2], &[]).await;
        assert!(refused.fault().about("columns").unwrap().starts_with("2 imports of your organisation are under way"), "{}", refused.body);
        assert_eq!(seen(&mut desk.browser, &ids[2]).await.summary.status, Status::Uploaded, "nothing of it was begun");
        // Another organisation has its own.
        let mut other = Desk::open(&app, "elsewhere", Role::Owner).await;
        let own = uploaded(&mut other.browser, "own.csv", b"id,title,opened\n1,Roof,2026-01-05\n").await;
        assert_eq!(try_out(&mut other.browser, &own, &[]).await.status, 200);
        app.work().await;
        assert_eq!(try_out(&mut desk.browser, &ids[2], &[]).await.status, 200, "those before it have ended");
    }

    async fn whoever_knows_the_delimiter_better_says_it(app) {
        let mut desk = Desk::open(&app, "separator", Role::Owner).await;
        let file = b"\xef\xbb\xbfid:title, in short:start\nP-1:A roof, and a wall:2011-01-01\nP-2:A fence, and a gate:2011-01-02\n";
        let id = uploaded(&mut desk.browser, "colons.csv", file).await;
        let guessed = seen(&mut desk.browser, &id).await;
        assert_eq!((guessed.separated_by.as_str(), guessed.columns.len()), ("commas", 2));
        let page = format!("/settings/import/{id}");
        for (typed, told) in [("", "Write the character"), ("ab", "Write one sign"), ("\"", "Quotation marks")] {
            let back = desk.browser.post(&page, "/api/import/read-again", &[("id", &id), ("delimiter", typed)]).await;
            let shown = desk.browser.get(back.location()).await;
            assert!(shown.status == 422 && shown.body.contains(told), "{typed:?}: {} {}", shown.status, shown.body);
        }
        let read = desk.browser.post(&page, "/api/import/read-again", &[("id", &id), ("delimiter", ":")]).await;
        assert_eq!((read.status.as_u16(), read.location()), (303, page.as_str()));
        let view = seen(&mut desk.browser, &id).await;
        assert_eq!((view.separated_by.as_str(), view.delimiter.as_str(), view.matched), ("the sign :", ":", false));
        assert_eq!(view.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["id", "title, in short", "start"]);
        assert_eq!(view.columns[1].sample, ["A roof, and a wall", "A fence, and a gate"]);
        let matched = [("id", "case_id"), ("title, in short", "title"), ("start", "opened")];
        assert_eq!(try_out(&mut desk.browser, &id, &matched).await.status, 200);
        let busy = desk.browser.call("/api/import/read-again", &[("id", &id), ("delimiter", ";")]).await;
        assert!(busy.fault().about("delimiter").unwrap().contains("being worked on"));
        app.work().await;
        assert_eq!(seen(&mut desk.browser, &id).await.summary.status, Status::Checked);
        assert_eq!(desk.browser.call("/api/import/start", &[("id", &id)]).await.status, 200);
        app.work().await;
        assert_eq!(seen(&mut desk.browser, &id).await.summary.report.created, 2);
        let ended = desk.browser.call("/api/import/read-again", &[("id", &id), ("delimiter", ";")]).await;
        assert!(ended.fault().about("delimiter").unwrap().contains("has ended"));
    }

    async fn the_list_goes_out_as_a_file_without_formulas(app) {
        let mut desk = Desk::open(&app, "formulas", Role::Supervisor).await;
        desk.case("=HYPERLINK(\"http://evil.example\")").await;
        desk.case("Plain, with comma").await;
        let file = desk.browser.get("/cases.csv?q=hyperlink").await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(file.header("content-disposition").starts_with("attachment"));
        assert!(file.body.starts_with('\u{feff}') && file.body.contains("\"'=HYPERLINK(\"\"http"), "{}", file.body);
        assert_eq!(file.body.lines().count(), 2);
        let all = desk.browser.get("/cases.csv").await;
        assert!(all.body.contains("\"Plain, with comma\""));
        let mut caseworker = desk.organisation.signed_in(&app, Role::Caseworker).await;
        assert_eq!(caseworker.get("/cases.csv").await.status, 403);
        assert_eq!(app.browser().get("/cases.csv").await.status, 401);
    }
}
