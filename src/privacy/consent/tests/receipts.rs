//! Every choice leaves a receipt, or nothing at all.

use serde_json::Value;

use super::{super::*, *};
use crate::{
    accounts::Role,
    privacy::retention,
    server::testing::{fits_schema, on_both_engines},
};

on_both_engines! {
    async fn cb_12_the_receipt_its_event_and_the_cookie_are_there_together_or_not_at_all(app) {
        let mut browser = app.browser();
        choose(&mut browser, "reject").await;
        assert_eq!(receipts(&app).await, 1);
        let before = browser.cookies()["ct_consent"].clone();
        // The next event cannot be written: its number is taken.
        let mut tx = app.state.db.begin().await.unwrap();
        tx.confine(uuid::Uuid::nil()).await.unwrap();
        tx.query(crate::server::db::sql!("update audit_heads set seq = seq - 1 where org_id = $1")).execute().await.unwrap();
        tx.commit().await.unwrap();
        let answer = browser.post("/login", ACTION, &[("choice", "accept")]).await;
        assert_eq!(answer.status, 500);
        assert!(set(&answer).is_empty());
        assert_eq!((receipts(&app).await, &browser.cookies()["ct_consent"]), (1, &before));
    }

    async fn cb_13_a_receipt_that_is_missing_or_changed_shows(app) {
        let mut browser = app.browser();
        for choice in ["reject", "accept", "withdraw"] {
            choose(&mut browser, choice).await;
        }
        assert_eq!(verify::verify(&app.state).await.unwrap(), Vec::<String>::new());
        assert_eq!(crate::audit::verify::verify(&app.state).await.unwrap().breaks, Vec::<String>::new());
        app.state.db.global(global_sql!("update consent_receipts set analytics = 0 where method = 'accept'")).execute().await.unwrap();
        app.state.db.global(global_sql!("delete from consent_receipts where method = 'reject'")).execute().await.unwrap();
        let breaks = verify::verify(&app.state).await.unwrap();
        assert_eq!(breaks.len(), 2, "{breaks:?}");
        assert!(breaks.iter().any(|b| b.contains("event 2 is missing")) && breaks.iter().any(|b| b.contains("event 3 was changed")), "{breaks:?}");
    }

    async fn cb_13_whoever_changes_a_receipt_with_its_hash_is_found_by_the_chain(app) {
        let mut browser = app.browser();
        choose(&mut browser, "reject").await;
        let mut tx = app.state.db.begin().await.unwrap();
        let mut forged: receipt::Receipt = tx.global(global_sql!(
            "select id, device_id, user_id, replaces, notice_version, notice_sha256, ui_version, language, preferences, analytics,
                    method, opt_out_signal, chosen_at, expires_at, sha256 from consent_receipts"
        )).one().await.unwrap();
        forged.analytics = 1;
        tx.global(global_sql!("update consent_receipts set analytics = 1, sha256 = $1")).bind(forged.hash()).execute().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(verify::verify(&app.state).await.unwrap().len(), 1);
    }

    async fn cb_13_a_choice_that_an_account_took_over_late_is_kept_as_long_as_the_choice_and_not_missed_then(app) {
        let day = 86_400;
        let org = app.organisation("late").await;
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        app.state.clock.advance(100 * day);
        browser.sign_in(&org.email(Role::Owner)).await;
        browser.get("/home").await;
        choose(&mut browser, "reject").await;
        assert_eq!(receipts(&app).await, 3);
        // The browser's choice has run out 182 days after it was made, and the account's with it.
        app.state.clock.advance((82 + RECEIPT_YEARS * 366) * day - 60);
        retention::run_daily(&app.state).await.unwrap();
        assert_eq!(receipts(&app).await, 3);
        app.state.clock.advance(120);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("consent_receipts.rows"), Some(&2));
        assert_eq!(verify::verify(&app.state).await.unwrap(), Vec::<String>::new(), "they were not to be kept longer");
    }

    async fn cb_12_the_receipt_of_an_account_names_the_notice_that_its_browser_answered(app) {
        let org = app.organisation("older").await;
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        // As if another notice had been shown then.
        let shown = global_sql!("update consent_receipts set notice_version = 7, notice_sha256 = 'of the seventh', ui_version = 8, language = 'pt'");
        app.state.db.global(shown).execute().await.unwrap();
        browser.sign_in(&org.email(Role::Owner)).await;
        browser.get("/home").await;
        let merged: (i64, String, i64, String) = app
            .state
            .db
            .global(global_sql!("select notice_version, notice_sha256, ui_version, language from consent_receipts where method = 'account_merge'"))
            .one()
            .await
            .unwrap();
        assert_eq!(merged, (7, "of the seventh".to_owned(), 8, "pt".to_owned()));
        choose(&mut browser, "reject").await;
        let anew: i64 = app.state.db.global(global_sql!("select notice_version from consent_receipts where method = 'reject'")).scalar().await.unwrap();
        assert_eq!(anew, 1, "what is chosen now answers what is asked now");
    }

    async fn cb_29_a_receipt_is_what_its_schema_says_and_names_no_address_and_no_browser(app) {
        let mut browser = app.browser();
        choose(&mut browser, "accept").await;
        choose(&mut browser, "withdraw").await;
        let schema: Value = serde_json::from_str(&browser.get("/privacy/consent-receipt.schema.json").await.body).unwrap();
        let all = browser.get("/privacy/choices/receipts.json").await;
        assert!(all.header("content-disposition").starts_with("attachment"));
        let list: Vec<Value> = serde_json::from_str(&all.body).unwrap();
        assert_eq!(list.len(), 2);
        for (receipt, method) in list.iter().zip(["withdraw", "accept"]) {
            fits_schema(&schema, receipt, "receipt");
            assert_eq!(receipt["event"]["method"], method);
            assert_eq!(receipt["pii_principal"]["kind"], "visitor");
            let id = receipt["record_id"].as_str().unwrap();
            let one = browser.get(&format!("/privacy/choices/receipts/{id}")).await;
            assert_eq!(&serde_json::from_str::<Value>(&one.body).unwrap(), receipt);
            // Somebody else's browser finds nothing.
            assert_eq!(app.browser().get(&format!("/privacy/choices/receipts/{id}")).await.status, 404);
            let notice = browser.get(receipt["notice"]["url"].as_str().unwrap().strip_prefix(&app.state.config.origin()).unwrap()).await.body;
            let hash: String = crate::server::secret::sha256(&[notice.as_bytes()]).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(receipt["notice"]["sha256"], hash.as_str(), "the banner that was shown is kept");
        }
        assert_eq!(list[0]["event"]["replaces"], list[1]["record_id"]);
        assert_eq!(list[0]["pii_principal"]["id"], list[1]["pii_principal"]["id"]);
        let body = all.body.replace(&app.state.config.origin(), "");
        for trace in ["127.0.0", "Mozilla", "Firefox", "Linux"] {
            assert!(!body.contains(trace), "{trace}");
        }
        let page = browser.get("/privacy/choices").await.body;
        assert!(page.contains("You withdrew your consent") && page.contains("You accepted everything"));
    }

    async fn choices_from_one_network_slow_down_in_the_end(app) {
        let app = app.configured(|config| config.limits.attempts_per_prefix = 2);
        let mut browser = app.browser();
        for choice in ["reject", "accept"] {
            choose(&mut browser, choice).await;
        }
        choose(&mut browser, "reject").await;
        let refused = browser.post("/login", ACTION, &[("choice", "accept")]).await;
        assert_eq!(refused.status, 429);
        assert!(refused.body.contains("href=\"/privacy/choices\"") && set(&refused).is_empty());
    }
}
