//! The list of what a browser may hold is the whole list.

use super::super::registry::{DRAFTS, ITEMS, Kind};
use crate::{server::testing::TestApp, tests::product};

#[test]
fn cb_03_every_cookie_that_the_code_can_set_is_in_the_registry() {
    let mut setters = Vec::new();
    for (path, text) in product() {
        let place = path.to_string_lossy().replace('\\', "/");
        if text.contains("SET_COOKIE") || text.to_lowercase().contains("set-cookie") {
            setters.push(place.clone());
        }
        let names = text.split('"').filter(|s| (s.starts_with("__Host-") && s.len() > 7) || (s.starts_with("ct_") && s.len() > 3));
        for named in names.map(|name| name.split('=').next().unwrap_or_default()) {
            assert!(ITEMS.iter().any(|item| named == item.plain || named == item.hosted), "{place} names {named}");
        }
        assert!(!text.contains("document.cookie") && !text.contains(".set_cookie("), "{place} sets a cookie by script");
    }
    setters.sort();
    assert_eq!(
        setters,
        [
            "src/accounts/session.rs",
            "src/privacy/consent/carry.rs",
            "src/privacy/consent/looks.rs",
            "src/privacy/consent/post.rs",
            "src/server/http/api.rs", // hands on what a function set
        ],
        "a new place that sets cookies: let it use the registry, then name it here"
    );
}

#[test]
fn cb_01_every_key_that_the_browser_stores_is_in_the_registry() {
    let mut users = Vec::new();
    for (path, text) in product() {
        let place = path.to_string_lossy().replace('\\', "/");
        for other in ["session_storage", "indexed_db", "caches()", "service_worker", "sessionStorage", "indexedDB"] {
            assert!(!text.contains(other), "{place} uses {other}");
        }
        if text.contains("local_storage") {
            assert!(text.contains(&format!("format!(\"{}", DRAFTS.plain)), "{place} stores under a key that is not in the registry");
            users.push(place.clone());
        }
    }
    assert_eq!(users, ["src/cases/draft.rs"]);
}

#[test]
fn cb_27_there_is_no_interface_for_advertisers() {
    for (path, text) in product() {
        for name in ["__tcfapi", "dataLayer", "gtag", "google-analytics", "googletagmanager"] {
            assert!(!text.contains(name), "{} holds {name}", path.display());
        }
    }
}

#[tokio::test]
async fn the_page_of_cookies_is_the_registry() {
    let page = TestApp::sqlite().await.browser().get("/cookies").await.body;
    for item in ITEMS {
        assert!(page.contains(item.plain) && page.contains(item.purpose) && page.contains(item.lifetime), "{}", item.plain);
        assert!(item.kind != Kind::Cookie || page.contains(item.hosted), "{}", item.hosted);
    }
    assert_eq!(page.matches("data-label=\"Who reads it\"").count(), ITEMS.len());
}
