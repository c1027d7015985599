//! Rights requests over HTTP, on both engines.

mod appeals;
mod clock;
mod desk;
mod enclosures;
mod kept;
mod lists;
mod outcomes;
mod public;
mod restriction;
mod states;
mod two_hands;

use crate::server::testing::{Answered, Browser, TestApp};

const ASK: &str = "/api/requests/ask";

/// A browser from a network that nobody else uses, so that limits of one test do not meet another's requests.
fn from_elsewhere(app: &TestApp, network: u16) -> Browser {
    let mut browser = app.browser();
    let [high, low] = network.to_be_bytes();
    browser.peer = std::net::SocketAddr::from(([10, high, low, 1], 40_000));
    browser
}

/// Makes a request about an account; answers what was answered.
async fn ask(browser: &mut Browser, kind: &str, email: &str, words: &str) -> Answered {
    browser.call(ASK, &[("kind", kind), ("concern", "account"), ("email", email), ("words", words)]).await
}

/// Opens the newest link to confirm; answers the path of the tracking page.
async fn confirm(app: &TestApp, browser: &mut Browser, email: &str) -> String {
    let link = app.mailed_link(email).await;
    let token = link.strip_prefix("/privacy/confirm/").unwrap_or_else(|| panic!("{link} confirms nothing"));
    let answer = browser.call("/api/requests/confirm", &[("token", token)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.location().to_owned()
}

/// The account that looks after the installation's requests, signed in.
async fn operator(app: &TestApp) -> Browser {
    let org = app.organisation("operators").await;
    let email = org.email(crate::accounts::Role::Caseworker);
    assert!(crate::accounts::operator::set_operator(&app.state, &email, true).await.unwrap());
    org.signed_in(app, crate::accounts::Role::Caseworker).await
}

/// Takes a step at the version that stands now.
async fn step(browser: &mut Browser, at: &str, id: &str, act: &str, more: &[(&str, &str)]) -> Answered {
    let view: serde_json::Value = browser.read(&format!("/api/requests/{at}_request"), &[("request", id)]).await.value();
    let version = view["version"].to_string();
    let mut pairs = vec![("request", id), ("version", version.as_str()), ("act", act)];
    pairs.extend_from_slice(more);
    browser.call(&format!("/api/requests/{at}_act"), &pairs).await
}

/// Accepts a request and lets the program do what it can.
async fn granted(app: &TestApp, operator: &mut Browser, id: &str) {
    let went = step(operator, "operator", id, "fulfil", &[]).await;
    assert_eq!(went.status, 200, "{}", went.body);
    app.work().await;
}

/// Looks an answer over and sends it.
async fn sent(operator: &mut Browser, id: &str) {
    for act in ["check", "deliver"] {
        let went = step(operator, "operator", id, act, &[]).await;
        assert_eq!(went.status, 200, "{act}: {}", went.body);
    }
}

/// Somebody once more, after their sign-in has ended by the clock.
async fn again(app: &TestApp, email: &str) -> Browser {
    let mut browser = app.browser();
    browser.sign_in(email).await;
    browser
}

async fn hold_back(_: crate::server::state::State, _: crate::server::jobs::Leased) -> Result<(), crate::server::jobs::Failure> {
    Err(crate::server::jobs::Failure::Retry("held back by the test"))
}

/// The ids of the requests in a list, the most urgent first.
async fn ids(browser: &mut Browser, at: &str) -> Vec<String> {
    let list = if at == "desk" { "/api/requests/desk" } else { "/api/requests/operator_inbox" };
    let view: serde_json::Value = browser.read(list, &[]).await.value();
    view["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// The request as its controller sees it.
async fn seen(browser: &mut Browser, at: &str, id: &str) -> serde_json::Value {
    browser.read(&format!("/api/requests/{at}_request"), &[("request", id)]).await.value()
}

/// The actions in a request's evidence, the oldest first, as the page tells them.
fn evidence(view: &serde_json::Value) -> Vec<String> {
    view["evidence"].as_array().unwrap().iter().rev().map(|event| event["what"].as_str().unwrap().to_owned()).collect()
}

async fn verified(app: &TestApp) {
    let report = crate::audit::verify::verify(&app.state).await.unwrap();
    assert_eq!(report.breaks, Vec::<String>::new());
}

/// Whether a page loads no program: what the framework writes behind it is data.
fn runs_no_script(body: &str) -> bool {
    !body.contains("<script src") && !body.contains("type=\"module\"") && !body.contains("modulepreload")
}
