//! Importing, over HTTP and on both engines.

mod again;
mod answers;
mod bad_input;
mod command;
mod days;
mod export;
mod journey;
mod receipt;
mod written;

use axum::{body::Body, http::header};
use sqlx::FromRow;

use super::{api::ImportView, model::Status};
use crate::{
    accounts::{Permission, Role, Scope},
    cases::testing::Desk,
    server::{
        db::sql,
        testing::{Answered, Browser, TestApp},
    },
};

const BOUNDARY: &str = "a-line-between";

/// The body of an upload form with one file.
fn form(name: &str, file: &[u8]) -> Vec<u8> {
    let head =
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n");
    [head.as_bytes(), file, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

/// Posts a body to the upload door as a browser without script would.
async fn send(browser: &mut Browser, content_type: &str, body: impl Into<Body>) -> Answered {
    let request = browser
        .request("POST", "/settings/import/upload")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, content_type)
        .body(body.into())
        .unwrap();
    browser.send(request).await
}

async fn upload(browser: &mut Browser, name: &str, file: &[u8]) -> Answered {
    send(browser, &format!("multipart/form-data; boundary={BOUNDARY}"), form(name, file)).await
}

/// Uploads what must be taken; answers its id.
async fn uploaded(browser: &mut Browser, name: &str, file: &[u8]) -> String {
    let answer = upload(browser, name, file).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = answer.location().to_owned();
    assert_eq!(browser.get(&page).await.status, 200);
    page.strip_prefix("/settings/import/").unwrap().to_owned()
}

async fn seen(browser: &mut Browser, id: &str) -> ImportView {
    browser.read("/api/import/import", &[("id", id), ("case_type", "permit")]).await.value()
}

/// Answers as they were guessed, but for some: columns by their headings, and other fields of the form as `?field`.
async fn try_out(browser: &mut Browser, id: &str, but: &[(&str, &str)]) -> Answered {
    answered(browser, id, but, &[]).await
}

/// The same, and says how the file is written.
async fn answered(browser: &mut Browser, id: &str, but: &[(&str, &str)], answers: &[(&str, &str)]) -> Answered {
    let view = seen(browser, id).await;
    let mut pairs = vec![("id".to_owned(), id.to_owned()), ("case_type".to_owned(), "permit".to_owned())];
    let front = view.columns.first().map_or(0, |column| column.at);
    pairs.extend((0..front).map(|at| (format!("columns[{at}]"), "skip".to_owned())));
    for column in &view.columns {
        let becomes = but.iter().find(|(name, _)| *name == column.name).map_or(column.becomes.as_str(), |(_, target)| target);
        pairs.push((format!("columns[{}]", column.at), becomes.to_owned()));
    }
    let fields = but.iter().filter_map(|(name, value)| Some((name.strip_prefix('?')?.to_owned(), (*value).to_owned())));
    pairs.extend(fields);
    if !pairs.iter().any(|(name, _)| name == "source") {
        // Of several systems, the first is meant where a test says nothing.
        let source = if view.sources.contains(&view.source) { None } else { view.sources.first().cloned() };
        let source = source.unwrap_or_else(|| view.source.clone());
        pairs.push(("source".to_owned(), source));
    }
    pairs.extend(answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.call("/api/import/check", &pairs).await
}

/// Has the form come again for cases of another type.
async fn choose_type(browser: &mut Browser, id: &str, key: &str, source: &str) -> Answered {
    let pairs = [("id", id), ("case_type", key), ("shown_type", "another"), ("source", source)];
    browser.call("/api/import/check", &pairs).await
}

/// Tries a file out and imports it.
async fn imported(app: &TestApp, browser: &mut Browser, file: &[u8], but: &[(&str, &str)]) -> ImportView {
    let id = uploaded(browser, "cases.csv", file).await;
    let answer = try_out(browser, &id, but).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    app.work().await;
    let tried = seen(browser, &id).await.summary;
    assert_eq!(tried.status, Status::Checked, "{:?}", tried.report);
    assert_eq!(browser.call("/api/import/start", &[("id", &id)]).await.status, 200);
    app.work().await;
    let view = seen(browser, &id).await;
    assert_eq!(view.summary.status, Status::Done, "{:?}", view.summary.report);
    // Trying out had foretold it.
    let (told, done) = (tried.report, &view.summary.report);
    assert_eq!(
        (told.created, told.updated, told.unchanged, told.entries, told.rejected),
        (done.created, done.updated, done.unchanged, done.entries, done.rejected)
    );
    view
}

async fn scope(app: &TestApp, desk: &Desk) -> Scope {
    Scope::of_member(&app.state, desk.organisation.id, desk.organisation.user(Role::Owner), Permission::CaseImport).await.unwrap()
}

/// What is left of uploads: imports that are no longer uploading, all imports, pieces, rejected rows.
#[derive(Debug, FromRow, PartialEq, Eq)]
struct Left {
    imports: i64,
    pieces: i64,
    cases: i64,
}

async fn left(app: &TestApp, desk: &Desk) -> Left {
    scope(app, desk)
        .await
        .query(sql!(
            "select (select count(*) from imports where org_id = $1) as imports,
                    (select count(*) from import_chunks where org_id = $1) as pieces,
                    (select count(*) from cases where org_id = $1) as cases"
        ))
        .one()
        .await
        .unwrap()
}
