//! Archives over HTTP and from the command line, on both engines.

mod content;
mod journey;
mod list;
mod round_trip;

use std::io::Read as _;

use super::{command, contents, write};
use crate::{
    accounts::Role,
    audit,
    cases::testing::Desk,
    server::db::sql,
    server::testing::{Answered, Browser, PASSWORD, TestApp},
};

const PAGE: &str = "/settings/export";

/// What an archive holds, by the path of each file.
struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    fn of(bytes: &[u8]) -> Self {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut files = Vec::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let (name, mut content) = (file.name().to_owned(), Vec::new());
            file.read_to_end(&mut content).unwrap();
            files.push((name, content));
        }
        Self(files)
    }

    fn bytes(&self, path: &str) -> &[u8] {
        &self.0.iter().find(|(name, _)| name == path).unwrap_or_else(|| panic!("no {path}")).1
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8(self.bytes(path).to_vec()).unwrap()
    }

    fn manifest(&self) -> serde_json::Value {
        serde_json::from_slice(self.bytes("manifest.json")).unwrap()
    }

    /// The rows of a table.
    fn rows(&self, table: &str) -> Vec<serde_json::Value> {
        self.text(&format!("data/{table}.jsonl")).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn whole(&self) -> String {
        self.0.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
    }
}

/// Asks for an archive in the browser, without script.
async fn ask(browser: &mut Browser) -> Answered {
    browser.post(PAGE, "/api/archive/ask", &[("password", PASSWORD), ("form", "ask")]).await
}

/// The id of the newest archive that can be downloaded.
async fn ready(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Download the archive"), "{}", page.body);
    page.input("archive")
}

/// Proves who it is, and answers the link to the file.
async fn link(browser: &mut Browser, archive: &str) -> String {
    let key = format!("open-{archive}");
    let answer = browser.post(PAGE, "/api/archive/open", &[("archive", archive), ("password", PASSWORD), ("form", &key)]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().to_owned()
}

/// From the form to the file.
async fn archive(app: &TestApp, browser: &mut Browser) -> Vec<u8> {
    assert_eq!(ask(browser).await.location(), PAGE);
    app.work().await;
    let id = ready(browser).await;
    let link = link(browser, &id).await;
    let file = browser.get(&link).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/zip"), "{}", file.body);
    file.bytes.to_vec()
}

async fn ok(browser: &mut Browser, path: &str, pairs: &[(&str, &str)]) {
    let answer = browser.call(path, pairs).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
}

/// An organisation that has something of everything, each with the mark in it.
async fn furnished(app: &TestApp, name: &str, mark: &str) -> Desk {
    let said = |what: &str| format!("{mark}-{what}");
    let mut desk = Desk::open(app, name, Role::Owner).await;
    let (first, second) = (desk.case(&said("title")).await, desk.case(&said("restricted")).await);
    desk.note(&first, &said("note")).await;
    let key = uuid::Uuid::now_v7().to_string();
    let private = [("key", key.as_str()), ("number", &first), ("body", &said("private")), ("visibility", "supervisors")];
    ok(&mut desk.browser, "/api/cases/write_entry", &private).await;
    let edited = [("number", first.as_str()), ("entry", &key), ("version", "1"), ("body", &said("edited")), ("visibility", "author")];
    ok(&mut desk.browser, "/api/cases/edit_entry", &edited).await;
    let version = desk.read(&first).await.version.to_string();
    let fields = [
        ("number", first.as_str()),
        ("version", &version),
        ("title", "=HYPERLINK(1)"),
        ("channel", &said("channel")),
        ("tags", &said("tag")),
        ("fields[opponent][]", &said("field")),
    ];
    ok(&mut desk.browser, "/api/cases/edit", &fields).await;
    ok(&mut desk.browser, "/api/cases/link", &[("number", &first), ("other", &second), ("kind", "related")]).await;
    let assignee = desk.organisation.user(Role::ReadOnly).to_string();
    let version = desk.read(&first).await.version.to_string();
    desk.browser.call("/api/cases/assign", &[("number", &first), ("version", &version), ("assignee", &assignee)]).await;
    desk.go(&first, "closed", &said("outcome")).await;
    let (version, owner) = (desk.read(&second).await.version.to_string(), desk.organisation.user(Role::Owner).to_string());
    let access = [("number", second.as_str()), ("version", &version), ("restricted", "on"), ("viewers[]", &owner)];
    ok(&mut desk.browser, "/api/cases/set_access", &access).await;
    let guest = format!("{mark}-guest@x.example");
    ok(&mut desk.browser, "/api/accounts/invite", &[("email", &guest), ("role", "caseworker")]).await;
    ok(&mut desk.browser, "/api/cases/save_draft", &[("number", &second), ("body", &said("draft"))]).await;
    request(app, &mut desk, &said("asker"), &second).await;
    ok(&mut desk.browser, "/api/requests/desk_settings", &[("regime", "gdpr"), ("holidays", "2026-12-25"), ("version", "0")]).await;
    imported(app, &desk, &said("imported")).await;
    // Somebody who leaves keeps the name on the work.
    let gone = desk.organisation.user(Role::ReadOnly).to_string();
    ok(&mut desk.browser, "/api/accounts/remove_member", &[("user", &gone), ("hand_over_to", &owner)]).await;
    desk
}

/// A request at the Privacy desk, with a note, a step and a case.
async fn request(app: &TestApp, desk: &mut Desk, name: &str, case: &str) {
    let (org, mut browser) = (desk.organisation.id.to_string(), app.browser());
    browser.peer = ([10, 9, 9, 1], 40_000).into();
    let email = format!("{name}@x.example");
    let asked = [("kind", "access"), ("concern", "case"), ("to", org.as_str()), ("email", &email), ("name", name), ("words", "Everything")];
    ok(&mut browser, "/api/requests/ask", &asked).await;
    let confirm = app.mailed_link(&email).await;
    ok(&mut browser, "/api/requests/confirm", &[("token", confirm.strip_prefix("/privacy/confirm/").unwrap())]).await;
    let list: serde_json::Value = desk.browser.read("/api/requests/desk", &[]).await.value();
    let id = list["rows"][0]["id"].as_str().unwrap().to_owned();
    let note = format!("{name}-desknote");
    let steps = [
        ("tick", "step", "search"),
        ("link_case", "case", case),
        ("note", "words", note.as_str()),
        ("fulfil", "words", ""),
        ("write_answer", "words", "Here is what we hold."),
    ];
    for (act, field, value) in steps {
        let view: serde_json::Value = desk.browser.read("/api/requests/desk_request", &[("request", &id)]).await.value();
        let version = view["version"].to_string();
        let answer =
            desk.browser.call("/api/requests/desk_act", &[("request", &id), ("version", &version), ("act", act), (field, value)]).await;
        assert_eq!(answer.status, 200, "{act}: {}", answer.body);
    }
    // Only requests of account holders have an outcome in numbers so far; the table takes one of any.
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(desk.organisation.id.uuid()).await.unwrap();
    let kept = tx.query(sql!(
        "insert into rights_outcomes (org_id, request_id, at, certificate)
         select org_id, id, received_at, '{}' from rights_requests where org_id = $1"
    ));
    assert_eq!(kept.execute().await.unwrap(), 1);
    tx.commit().await.unwrap();
}

/// Two cases from a file, and a row that is left out.
async fn imported(app: &TestApp, desk: &Desk, title: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.csv");
    std::fs::write(&path, format!("case id,title,opened,what happened\n1,{title},2020-01-02,Began\n2,{title}-2,yesterday-ish,Began\n"))
        .unwrap();
    let answers = folder.path().join("answers.json");
    let columns = r#"{"case id": "case_id", "title": "title", "opened": "opened", "what happened": "entry_text"}"#;
    let text = format!(
        r#"{{"casetrakr_mapping": 1, "type": "permit", "source": "Old", "columns": {columns}, "states": {{"begun": "received"}}}}"#
    );
    std::fs::write(&answers, text).unwrap();
    let wish = crate::import::Wish { mapping: Some(answers), ..crate::import::Wish::default() };
    let (org, user) = (desk.organisation.id, desk.organisation.user(Role::Owner));
    let report = crate::import::import_file(&app.state, org, user, &path, &wish).await.unwrap().report;
    assert!(report.created >= 1, "{report}");
}

async fn verified(app: &TestApp) {
    let report = audit::verify::verify(&app.state).await.unwrap();
    assert_eq!(report.breaks, Vec::<String>::new());
}

/// The archive of an organisation as the command line writes it.
async fn exported(app: &TestApp, organisation: &str) -> (Vec<u8>, contents::Made) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    let made = command::export_file(&app.state, organisation, &path, |_, _| {}).await.unwrap();
    (std::fs::read(path).unwrap(), made)
}
