//! Consent over HTTP, on both engines. The ids are those of the list of checks that the banner must pass.

mod account;
mod banner;
mod counting;
mod receipts;
mod registry;

use axum::http::header;

use crate::server::{
    db::global_sql,
    testing::{Answered, Browser, TestApp},
};

const ACTION: &str = "/privacy/consent";
const QUESTION: &str = "id=\"consent-title\"";

/// Pages that nobody has to sign in for.
const PUBLIC: [&str; 10] =
    ["/", "/login", "/signup", "/forgot", "/forgot/sent", "/privacy", "/privacy/choices", "/cookies", "/accessibility", "/appearance"];

async fn choose(browser: &mut Browser, choice: &str) -> Answered {
    let answer = browser.post("/login", ACTION, &[("choice", choice), ("back", "/login")]).await;
    assert_eq!(answer.status, 303, "{choice}: {}", answer.body);
    answer
}

async fn asks(browser: &mut Browser, path: &str) -> bool {
    browser.get(path).await.body.contains(QUESTION)
}

/// What an answer sets: name, value, and the seconds that it lasts.
fn set(answer: &Answered) -> Vec<(String, String, Option<i64>)> {
    let read = |text: &str| {
        let (name, rest) = text.split_once('=').unwrap();
        let age = rest.split("; ").find_map(|part| part.strip_prefix("Max-Age=")).map(|age| age.parse().unwrap());
        assert!(text.contains("; HttpOnly") && text.contains("; SameSite=Lax") && text.contains("; Path=/"), "{text}");
        (name.to_owned(), rest.split(';').next().unwrap().to_owned(), age)
    };
    answer.headers.get_all(header::SET_COOKIE).iter().map(|value| read(value.to_str().unwrap())).collect()
}

async fn receipts(app: &TestApp) -> i64 {
    app.state.db.global(global_sql!("select count(*) from consent_receipts")).scalar().await.unwrap()
}

async fn events(app: &TestApp) -> i64 {
    app.state.db.global(global_sql!("select count(*) from usage_events")).scalar().await.unwrap()
}
