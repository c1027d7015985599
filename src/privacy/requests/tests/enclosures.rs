//! Files that go along with a written answer: added, looked into, taken out, handed out, and gone when their time is over.

use axum::http::header;
use uuid::Uuid;

use super::{ASK, again, ask, confirm, evidence, from_elsewhere, granted, ids, operator, seen, sent, step, verified};
use crate::{
    accounts::{Person, Role},
    cases::testing::Desk,
    privacy::{mine, retention, selftest::everything},
    server::{
        db::sql,
        testing::{Answered, Browser, PASSWORD, TestApp, on_either_engine},
    },
};

const DAY: i64 = 86_400;
const BOUNDARY: &str = "a-line-between";

/// The form of the answer as a browser without script sends it.
fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, content) in files {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n"
        );
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

async fn post(browser: &mut Browser, at: &str, body: Vec<u8>) -> Answered {
    let request = browser
        .request("POST", &format!("/api/requests/{at}_answer"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    browser.send(request.body(body.into()).unwrap()).await
}

/// Sends the answer with files at the version that stands now.
async fn answer(browser: &mut Browser, at: &str, id: &str, words: &str, files: &[(&str, &[u8])]) -> Answered {
    let version = seen(browser, at, id).await["version"].to_string();
    let fields = [("form", "write_answer"), ("request", id), ("version", &version), ("words", words)];
    post(browser, at, form(&fields, files)).await
}

async fn added(browser: &mut Browser, at: &str, id: &str, words: &str, files: &[(&str, &[u8])]) {
    let went = answer(browser, at, id, words, files).await;
    assert!(went.location().ends_with(&format!("/{id}?notice=saved")), "{} {} {}", went.status, went.location(), went.body);
}

/// The ids and names of the files with an answer.
async fn files(browser: &mut Browser, at: &str, id: &str) -> Vec<(String, String)> {
    let view = seen(browser, at, id).await;
    let text = |file: &serde_json::Value, name: &str| file[name].as_str().unwrap().to_owned();
    view["enclosures"].as_array().unwrap().iter().map(|file| (text(file, "id"), text(file, "name"))).collect()
}

/// A request about a case at a desk that is being answered: its tracking page, and its id.
async fn at_desk(app: &TestApp, desk: &mut Desk, network: u16, email: &str) -> (String, String) {
    let org = desk.organisation.id.to_string();
    let mut browser = from_elsewhere(app, network);
    let form = [("kind", "access"), ("concern", "case"), ("to", org.as_str()), ("email", email), ("name", "P. Rovist")];
    assert_eq!(browser.call(ASK, &form).await.status, 200);
    let page = confirm(app, &mut browser, email).await;
    let list: serde_json::Value = desk.browser.read("/api/requests/desk", &[]).await.value();
    let newest = list["rows"].as_array().unwrap().iter().find(|row| row["state"] == "in_review").unwrap();
    let id = newest["id"].as_str().unwrap().to_owned();
    assert_eq!(step(&mut desk.browser, "desk", &id, "fulfil", &[]).await.status, 200);
    (page, id)
}

async fn delivered(browser: &mut Browser, id: &str) {
    for act in ["check", "deliver"] {
        let went = step(browser, "desk", id, act, &[]).await;
        assert_eq!(went.status, 200, "{act}: {}", went.body);
    }
}

/// How many files lie at a place; what is in them goes with them.
async fn stored(app: &TestApp, org: Uuid) -> i64 {
    let files = sql!("select count(*) from rights_enclosures where org_id = $1");
    let filled = sql!("select count(distinct enclosure_id) from rights_enclosure_pieces where org_id = $1");
    let files: i64 = app.state.db.tenant(org, files).scalar().await.unwrap();
    assert_eq!(app.state.db.tenant(org, filled).scalar::<i64>().await.unwrap(), files);
    files
}

on_either_engine! {
    async fn files_go_along_with_an_answer_and_are_gone_after_seven_days(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let (page, id) = at_desk(&app, &mut desk, 1, "p@nobody.example").await;
        let other = at_desk(&app, &mut desk, 2, "q@nobody.example").await;
        let shown = desk.browser.get(&format!("/desk/{id}")).await.body;
        assert!(shown.contains("enctype=\"multipart/form-data\"") && shown.contains("at most 10, each up to 25 MB") && !shown.contains("Files with the answer"), "{shown}");
        added(&mut desk.browser, "desk", &id, "Here are the documents.", &[("letter.pdf", b"%PDF first"), ("Fälle 2011.csv", b"a,b"), ("wrong.txt", b"of somebody else")]).await;
        let all = files(&mut desk.browser, "desk", &id).await;
        assert_eq!(all.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["letter.pdf", "Fälle 2011.csv", "wrong.txt"]);
        // The controller looks into each, and takes one out.
        let shown = desk.browser.get(&format!("/desk/{id}")).await.body;
        assert!(shown.contains("added by Owner") && shown.contains("10 bytes") && shown.contains("Remove the file wrong.txt") && shown.contains("deleted here, because they are copies"), "{shown}");
        let looked = desk.browser.get(&format!("/desk/{id}/files/{}", all[1].0)).await;
        assert_eq!((looked.status.as_u16(), looked.body.as_str(), looked.header("content-type"), looked.header("cache-control")), (200, "a,b", "application/octet-stream", "no-store"));
        assert_eq!(looked.header("content-disposition"), "attachment; filename=\"F-lle-2011.csv\"; filename*=UTF-8''F%C3%A4lle%202011.csv");
        // The button sends what is typed along with it, so that it is not lost; pressed twice is pressed once.
        let version = seen(&mut desk.browser, "desk", &id).await["version"].to_string();
        let button = [("form", "write_answer"), ("request", id.as_str()), ("version", &version), ("words", "Here are the papers."), ("remove", &all[2].0)];
        for _ in 0..2 {
            assert_eq!(post(&mut desk.browser, "desk", form(&button, &[("", b"")])).await.location(), format!("/desk/{id}?notice=saved"));
        }
        assert_eq!(step(&mut desk.browser, "desk", &id, "remove_file", &[("other", &all[2].0)]).await.status, 200);
        assert_eq!(seen(&mut desk.browser, "desk", &id).await["answer"][1], "Here are the papers.");
        assert_eq!(desk.browser.get(&format!("/desk/{id}/files/{}", all[2].0)).await.status, 404);
        // Sent once more, as a double click does, it is there once; words that are the same are not written again.
        added(&mut desk.browser, "desk", &id, "Here are the documents.", &[("letter.pdf", b"%PDF first")]).await;
        added(&mut desk.browser, "desk", &id, "", &[("letter.pdf", b"%PDF first")]).await;
        let view = seen(&mut desk.browser, "desk", &id).await;
        assert_eq!((view["enclosures"].as_array().unwrap().len(), view["answer"][1].as_str()), (2, Some("Here are the documents.")));
        let told = evidence(&view);
        let times = |what: &str| told.iter().filter(|line| line.contains(what)).count();
        assert_eq!((times("wrote the answer"), times("added a file"), times("took a file out")), (3, 3, 1), "{told:?}");

        // Before it goes out nobody else gets at them; then whoever holds the link does, and nobody with another link.
        let mut browser = from_elsewhere(&app, 1);
        let path = format!("{page}/files/{}", all[0].0);
        assert_eq!(browser.get(&path).await.status, 404);
        assert!(!browser.get(&page).await.body.contains("letter.pdf"));
        delivered(&mut desk.browser, &id).await;
        delivered_too(&app, &mut desk, &other.1).await;
        let shown = browser.get(&page).await.body;
        assert!(shown.contains("letter.pdf") && shown.contains("Fälle 2011.csv") && shown.contains("5 more times") && shown.contains("They are copies, and are deleted on"), "{shown}");
        assert!(!shown.contains("wrong.txt") && !shown.contains("added by"), "{shown}");
        assert_eq!(browser.get(&format!("{}/files/{}", other.0, all[0].0)).await.status, 410, "the link of another request");
        for strange in ["/privacy/track/AAAA", "/privacy/track/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(browser.get(&format!("{strange}/files/{}", all[0].0)).await.status, 404, "no link at all");
        }
        assert_eq!(browser.get(&format!("{page}/files/nonsense")).await.status, 404);
        assert!([401, 303].contains(&app.browser().get(&format!("/desk/{id}/files/{}", all[0].0)).await.status.as_u16()));
        for nth in 1..=5 {
            let taken = browser.get(&path).await;
            assert_eq!((taken.status.as_u16(), taken.body.as_str(), taken.header("content-type")), (200, "%PDF first", "application/octet-stream"), "{nth}");
            assert!(taken.header("content-disposition").contains("letter.pdf") && taken.header("x-content-type-options") == "nosniff");
        }
        assert_eq!(browser.get(&path).await.status, 410, "a sixth time");
        assert!(browser.get(&page).await.body.contains("taken five times"));
        assert!(evidence(&seen(&mut desk.browser, "desk", &id).await).join("; ").contains("handed out a file with the answer"));
        assert_eq!(answer(&mut desk.browser, "desk", &id, "", &[("late.txt", b"x")]).await.status, 303, "it has gone out");
        assert_eq!(step(&mut desk.browser, "desk", &id, "remove_file", &[("other", &all[0].0)]).await.status, 422, "it has gone out");
        assert_eq!(files(&mut desk.browser, "desk", &id).await.len(), 2);
        // Opened once more, both can be taken again; and a process that is started anew knows all of it.
        assert_eq!(step(&mut desk.browser, "desk", &id, "renew", &[]).await.status, 200);
        let app = app.configured(|_| {});
        let mut browser = from_elsewhere(&app, 1);
        assert_eq!(browser.get(&path).await.status, 200);
        app.state.clock.advance(7 * DAY + 2);
        assert_eq!(browser.get(&path).await.status, 410, "after seven days");
        assert_eq!(stored(&app, desk.organisation.id.uuid()).await, 2);
        app.work().await;
        assert_eq!(stored(&app, desk.organisation.id.uuid()).await, 0);
        assert!(!browser.get(&page).await.body.contains("letter.pdf"));
        let mut owner = again(&app, "owner@harbour.example").await;
        let view = seen(&mut owner, "desk", &id).await;
        assert_eq!((view["enclosures"].as_array().unwrap().len(), view["answer"][1].as_str()), (0, Some("Here are the documents.")), "the letter stays");
        verified(&app).await;
    }

    async fn what_cannot_be_taken_is_said_beside_the_field_and_the_words_are_kept(app) {
        let app = app.configured(|config| config.limits.file_bytes = 2_000);
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let (_, id) = at_desk(&app, &mut desk, 1, "p@nobody.example").await;
        let back = answer(&mut desk.browser, "desk", &id, "Typed with care.", &[("a.txt", b""), ("b.txt", &[b'x'; 2_001]), ("c.txt", b"fine")]).await;
        assert_eq!(back.status, 303, "{}", back.body);
        let shown = desk.browser.get(back.location()).await;
        assert_eq!(shown.status, 422);
        for words in ["\u{201c}a.txt\u{201d} was not added: it is empty.", "\u{201c}b.txt\u{201d} was not added: it is larger than 2 kB.", "Typed with care."] {
            assert!(shown.body.contains(words), "{words}: {}", shown.body);
        }
        assert!(shown.body.contains("id=\"write_answer-file-error\"") && shown.body.contains("aria-invalid=\"true\""), "{}", shown.body);
        // What could be taken is there, and so are the words.
        let view = seen(&mut desk.browser, "desk", &id).await;
        assert_eq!((view["enclosures"][0]["name"].as_str(), view["enclosures"].as_array().unwrap().len(), view["answer"][1].as_str()), (Some("c.txt"), 1, Some("Typed with care.")));
        // At most ten, however often the form is sent.
        let many: Vec<(String, Vec<u8>)> = (0..10).map(|nth| (format!("{nth}.txt"), vec![b'a' + nth])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let back = answer(&mut desk.browser, "desk", &id, "Typed anew.", &many).await;
        let shown = desk.browser.get(back.location()).await.body;
        assert!(shown.contains("\u{201c}9.txt\u{201d} was not added: at most 10 files") && shown.contains("Typed anew."), "{shown}");
        assert_eq!(files(&mut desk.browser, "desk", &id).await.len(), 10);
        // Nothing written and nothing chosen is what it was before.
        let back = answer(&mut desk.browser, "desk", &id, " ", &[("", b"")]).await;
        assert!(desk.browser.get(back.location()).await.body.contains("Write the answer."));
        // Somebody else was quicker: both are shown, and what was typed is there.
        let stale = [("form", "write_answer"), ("request", id.as_str()), ("version", "1"), ("words", "Of mine.")];
        let back = post(&mut desk.browser, "desk", form(&stale, &[("late.txt", b"late")])).await;
        let shown = desk.browser.get(back.location()).await;
        assert!(shown.status == 409 && shown.body.contains("Changed since you opened it") && shown.body.contains("Of mine."), "{}", shown.body);
        // More than all files together may be: read to its end, or the browser would not hear about it.
        let back = answer(&mut desk.browser, "desk", &id, "Typed before it.", &[("film.bin", &vec![b'x'; 1_120_000])]).await;
        let shown = desk.browser.get(back.location()).await;
        assert!(shown.status == 422 && shown.body.contains("Typed before it.") && shown.body.contains("\u{201c}film.bin\u{201d} was not added"), "{}", shown.body);
        // A body past every limit, one that breaks off, and what is no form.
        let version = seen(&mut desk.browser, "desk", &id).await["version"].to_string();
        let fields = [("request", id.as_str()), ("version", version.as_str()), ("words", "x")];
        let large = post(&mut desk.browser, "desk", form(&fields, &[("large.bin", &vec![0; 1_200_000])])).await;
        assert!(large.status == 413 && large.body.contains("<h1>"), "{} {}", large.status, large.body);
        let whole = form(&fields, &[("cut.txt", b"cut off")]);
        for (what, body) in [("cut off", whole[..whole.len() - 12].to_vec()), ("nothing", Vec::new()), ("no request", form(&[("words", "x")], &[("a.txt", b"a")])), ("no text", form(&fields[..2], &[]).into_iter().chain(*b"x").collect())] {
            let answer = post(&mut desk.browser, "desk", body).await;
            assert!(answer.status == 400 || answer.status == 303, "{what}: {} {}", answer.status, answer.body);
        }
        assert_eq!(files(&mut desk.browser, "desk", &id).await.len(), 10, "nothing of those came in");
        verified(&app).await;
    }

    async fn a_large_file_comes_out_as_it_went_in(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let (page, id) = at_desk(&app, &mut desk, 1, "p@nobody.example").await;
        // Pieces are of 262,144 bytes: less than one, exactly two, and a little more.
        let made = |size: usize| (0..size).map(|at| (at * 31 % 251) as u8).collect::<Vec<u8>>();
        let sizes = [1, 524_288, 700_001];
        let contents: Vec<Vec<u8>> = sizes.iter().map(|size| made(*size)).collect();
        let sent: Vec<(&str, &[u8])> = ["one.bin", "two.bin", "three.bin"].into_iter().zip(contents.iter().map(Vec::as_slice)).collect();
        added(&mut desk.browser, "desk", &id, "Here they are.", &sent).await;
        delivered(&mut desk.browser, &id).await;
        let mut browser = from_elsewhere(&app, 1);
        for ((file, name), content) in files(&mut desk.browser, "desk", &id).await.iter().zip(&contents) {
            for path in [format!("/desk/{id}/files/{file}"), format!("{page}/files/{file}")] {
                let mut whose = if path.starts_with("/desk") { desk.browser.clone() } else { browser.clone() };
                let taken = whose.get(&path).await;
                assert_eq!((taken.status.as_u16(), taken.header("content-length")), (200, content.len().to_string().as_str()), "{name}");
                assert!(taken.bytes == content.as_slice(), "{name}");
            }
        }
        // A piece in another place does not open: the file breaks off.
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(desk.organisation.id.uuid()).await.unwrap();
        for statement in [
            sql!("update rights_enclosure_pieces set part = 9 where org_id = $1 and part = 0"),
            sql!("update rights_enclosure_pieces set part = 0 where org_id = $1 and part = 1"),
        ] {
            tx.query(statement).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let file = files(&mut desk.browser, "desk", &id).await.remove(1).0;
        let request = browser.request("GET", &format!("{page}/files/{file}")).body(axum::body::Body::empty()).unwrap();
        let broken = tokio::spawn(async move { browser.send(request).await });
        assert!(broken.await.is_err(), "the harness reads to the end, and there is none");
    }

    async fn names_are_names_and_nothing_else(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let (page, id) = at_desk(&app, &mut desk, 1, "p@nobody.example").await;
        let given: [(&str, &[u8]); 6] = [
            // As browsers write what would end the name.
            ("Copy %22two%22 of 100%25%0D%0A.csv", b"0"),
            ("../../../etc/passwd", b"1"),
            ("C:\\\\fakepath\\\\case.pdf", b"2"),
            ("<img src=x onerror=alert(1)>.html", b"<script>alert(1)</script>"),
            ("a; filename=evil.exe", b"4"),
            ("..", b"5"),
        ];
        added(&mut desk.browser, "desk", &id, "See the files.", &given).await;
        delivered(&mut desk.browser, &id).await;
        let all = files(&mut desk.browser, "desk", &id).await;
        let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Copy \"two\" of 100%25.csv", "passwd", "case.pdf", "<img src=x onerror=alert(1)>.html", "a; filename=evil.exe", "file"]);
        let mut browser = from_elsewhere(&app, 1);
        for shown in [browser.get(&page).await.body, desk.browser.get(&format!("/desk/{id}")).await.body] {
            assert!(shown.contains("&lt;img src=x") && !shown.contains("<img src=x"), "{shown}");
        }
        for (file, name) in &all {
            let taken = browser.get(&format!("{page}/files/{file}")).await;
            assert_eq!((taken.status.as_u16(), taken.header("content-type")), (200, "application/octet-stream"), "{name}");
            let saved = taken.header("content-disposition");
            let plain = saved.strip_prefix("attachment; filename=\"").unwrap().split('"').next().unwrap();
            assert!(plain.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)), "{saved}");
            assert_eq!(taken.headers.len(), browser.get(&format!("{page}/files/{file}")).await.headers.len());
        }
        // The name lies sealed as well.
        assert!(!app.state.db.is_postgres() || stored(&app, desk.organisation.id.uuid()).await == 6);
        let raw: Vec<Vec<u8>> = app.state.db.tenant(desk.organisation.id.uuid(), sql!("select sealed_name from rights_enclosures where org_id = $1")).scalars().await.unwrap();
        assert!(raw.iter().all(|name| !String::from_utf8_lossy(name).contains("passwd")));
        verified(&app).await;
    }

    async fn nobody_adds_or_sees_files_at_another_desk(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let (_, id) = at_desk(&app, &mut desk, 1, "p@nobody.example").await;
        added(&mut desk.browser, "desk", &id, "See the file.", &[("ours.txt", b"canary of ours")]).await;
        let file = files(&mut desk.browser, "desk", &id).await.remove(0).0;
        let mut theirs = Desk::open(&app, "other", Role::Owner).await.browser;
        let mut operator = operator(&app).await;
        let fields = [("request", id.as_str()), ("version", "3"), ("words", "Mine.")];
        for (who, browser, at, status) in [("another organisation", &mut theirs, "desk", 404), ("the operator", &mut operator, "operator", 404)] {
            let tried = post(browser, at, form(&fields, &[("theirs.txt", b"theirs")])).await;
            assert_eq!(tried.status, status, "{who}: {}", tried.body);
            let path = if at == "desk" { format!("/desk/{id}/files/{file}") } else { format!("/operator/requests/{id}/files/{file}") };
            let looked = browser.get(&path).await;
            assert!(looked.status == status && !looked.body.contains("canary"), "{who}: {}", looked.status);
        }
        // Whoever may not work at the desk is told so; whose session has ended finds the words again afterwards.
        for role in [Role::ReadOnly, Role::Caseworker, Role::Supervisor] {
            let mut lesser = desk.organisation.signed_in(&app, role).await;
            assert_eq!(post(&mut lesser, "desk", form(&fields, &[("x.txt", b"x")])).await.status, 403, "{role:?}");
            assert_eq!(lesser.get(&format!("/desk/{id}/files/{file}")).await.status, 403, "{role:?}");
        }
        let mut ended = desk.organisation.signed_in(&app, Role::Owner).await;
        assert_eq!(desk.browser.call("/api/accounts/end_other_sessions", &[]).await.status, 200);
        for (browser, kept) in [(&mut ended, true), (&mut app.browser(), false)] {
            let led = post(browser, "desk", form(&fields, &[("x.txt", b"x")])).await;
            assert!(led.status == 303 && led.location().starts_with("/login?next="), "{}", led.location());
            assert_eq!(led.location().contains("kept"), kept, "{}", led.location());
        }
        assert_eq!(stored(&app, desk.organisation.id.uuid()).await, 1);
        assert_eq!(seen(&mut desk.browser, "desk", &id).await["answer"][1], "See the file.");
        // While the organisation is being closed answers go on, and with it everything goes.
        assert_eq!(desk.browser.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await.status, 200);
        added(&mut desk.browser, "desk", &id, "See both.", &[("more.txt", b"more")]).await;
        assert_eq!(stored(&app, desk.organisation.id.uuid()).await, 2);
        app.state.clock.advance(31 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("organisations"), Some(&1));
        assert_eq!(stored(&app, desk.organisation.id.uuid()).await, 0);
        verified(&app).await;
    }

    async fn dr_3_files_with_an_answer_go_with_the_account(app) {
        let mut operator = operator(&app).await;
        let org = app.organisation("holders").await;
        let (user, mut pages) = (org.user(Role::Caseworker), Vec::new());
        for (role, name) in [(Role::Caseworker, "theirs"), (Role::Supervisor, "others")] {
            let email = org.email(role);
            let mut browser = from_elsewhere(&app, 1);
            ask(&mut browser, "complaint", &email, "Where are my documents?").await;
            pages.push(confirm(&app, &mut browser, &email).await);
            let id = ids(&mut operator, "operator").await.remove(0);
            granted(&app, &mut operator, &id).await;
            added(&mut operator, "operator", &id, "Here they are.", &[(&format!("{name}-name.txt"), format!("{name}-content").as_bytes())]).await;
            let file = files(&mut operator, "operator", &id).await.remove(0).0;
            assert!(operator.get(&format!("/operator/requests/{id}/files/{file}")).await.body.contains("-content"));
            sent(&mut operator, &id).await;
            assert_eq!(org.signed_in(&app, Role::Admin).await.get(&format!("{}/files/{file}", pages.last().unwrap())).await.status, 404, "signed in as somebody else");
        }
        let all = everything(&app.state).await;
        assert!(["theirs-name", "theirs-content", "others-name", "others-content"].iter().all(|part| all.contains(part)));
        let held = mine::held(&app.state, &Person::of(&app.state.db, user).await.unwrap()).await.unwrap();
        let copy: String = held.sections.iter().flat_map(|section| &section.rows).flatten().cloned().collect::<Vec<_>>().join("\n");
        assert!(copy.contains("theirs-name") && !copy.contains("others-name"), "{copy}");
        mine::erase(&app.state, user).await.unwrap();
        let all = everything(&app.state).await;
        assert!(!all.contains("theirs-") && all.contains("others-name") && all.contains("others-content"));
        assert_eq!(stored(&app, Uuid::nil()).await, 1);
        assert!(!from_elsewhere(&app, 1).get(&pages[0]).await.body.contains("theirs-"));
        verified(&app).await;
    }

    async fn files_that_never_went_out_go_seven_days_after_their_request_ended(app) {
        let mut desk = Desk::open(&app, "harbour", Role::Owner).await;
        let org = desk.organisation.id.uuid();
        let (_, id) = at_desk(&app, &mut desk, 1, "p@nobody.example").await;
        let (_, other) = at_desk(&app, &mut desk, 2, "q@nobody.example").await;
        added(&mut desk.browser, "desk", &id, "", &[("draft.txt", b"never sent")]).await;
        added(&mut desk.browser, "desk", &other, "Sent.", &[("sent.txt", b"sent")]).await;
        delivered(&mut desk.browser, &other).await;
        // Also where the job that ends it was lost.
        app.state.db.global(crate::server::db::global_sql!("delete from jobs where kind = 'rights-answer-end'")).execute().await.unwrap();
        let ended = sql!("update rights_requests set state = 'withdrawn', closed_at = $3 where org_id = $1 and id = $2");
        let due = async || {
            let lines = retention::forecast(&app.state).await.unwrap();
            lines.iter().find(|line| line.id == "rights_enclosures.rows").map(|line| (line.today, line.soon)).unwrap()
        };
        assert_eq!(due().await, (0, 1), "the one that has gone out");
        app.state.clock.advance(6 * DAY);
        app.state.db.tenant(org, ended).bind(id.parse::<Uuid>().unwrap()).bind(app.state.clock.now()).execute().await.unwrap();
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(stored(&app, org).await, 2);
        app.state.clock.advance(2 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("rights_enclosures.rows"), Some(&1));
        app.state.clock.advance(6 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("rights_enclosures.rows"), Some(&1));
        assert_eq!(stored(&app, org).await, 0);
        // The request was ended past the product, which is found; nothing else is.
        let breaks = crate::audit::verify::verify(&app.state).await.unwrap().breaks;
        assert!(breaks.len() == 1 && breaks[0].contains(&format!("request {id}: it is gone")), "{breaks:?}");
    }
}

/// Answers another request of a desk by words alone.
async fn delivered_too(app: &TestApp, desk: &mut Desk, id: &str) {
    added(&mut desk.browser, "desk", id, "Nothing is held.", &[]).await;
    delivered(&mut desk.browser, id).await;
    app.state.clock.advance(1);
}
