//! Over TLS: what cookies are called, and what browsers are told.

use crate::{accounts::Role, server::testing::TestApp};

#[tokio::test]
async fn over_tls_cookies_hold_for_this_host_alone_and_the_browser_stays_on_tls() {
    let app = TestApp::sqlite().await;
    let org = app.organisation("plain").await;
    let plain = org.signed_in(&app, Role::Owner).await;
    assert_eq!(plain.cookies().keys().collect::<Vec<_>>(), ["ct_device", "ct_session"]);
    assert_eq!(app.browser().get("/login").await.header("strict-transport-security"), "");

    let app = app.configured(|config| config.server.origin = "https://cases.harbour.eu".into());
    let mut browser = app.browser();
    let login = browser.get("/login").await;
    assert_eq!(login.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    assert!(login.header("content-security-policy").contains("upgrade-insecure-requests"));
    browser.sign_in(&org.email(Role::Owner)).await;
    let chosen = browser.post("/privacy/choices", "/privacy/consent", &[("choice", "accept")]).await;
    let looks = browser.post("/appearance", "/appearance/choose", &[("theme", "dark"), ("density", "comfortable")]).await;
    for answer in [&chosen, &looks] {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.starts_with("__Host-")
                    && cookie.contains("; Secure")
                    && cookie.contains("; Path=/")
                    && cookie.contains("; HttpOnly")
                    && !cookie.contains("Domain"),
                "{cookie}"
            );
        }
    }
    browser.get("/home").await;
    assert!(browser.cookies().keys().all(|name| name.starts_with("__Host-")), "{:?}", browser.cookies());
    for name in ["__Host-ct_session", "__Host-ct_device", "__Host-ct_consent", "__Host-ct_looks", "__Host-ct_aid"] {
        assert!(browser.cookies().contains_key(name), "{name} of {:?}", browser.cookies());
    }
    // A plainly named one, as somebody on the way could set it, is nobody's session here.
    let mut forged = app.browser();
    forged.set_cookie("ct_session", &browser.cookies()["__Host-ct_session"].clone());
    assert!(forged.get("/me").await.location().starts_with("/login"));
}
