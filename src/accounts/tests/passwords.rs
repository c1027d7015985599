//! What a password may be, what it costs, and what happens when too many ask at once.

use std::{sync::atomic::Ordering, time::Duration};

use uuid::Uuid;

use super::{NEW_PASSWORD, sign_up, with};
use crate::{
    accounts::{model::Role, store},
    fault::Fault,
    server::{
        db::{global_sql, sql},
        testing::{Answered, PASSWORD, TestApp, on_either_engine},
    },
};

const SIGN_UP: &str = "/api/accounts/sign_up";
const SIGN_IN: &str = "/api/accounts/sign_in";
const CHANGE: &str = "/api/accounts/change_password";
const RESET: &str = "/api/accounts/reset";

/// What an answer cost: passwords hashed or compared, and mails queued.
async fn cost(app: &TestApp, path: &str, form: &[(&str, &str)]) -> (u64, usize, Answered) {
    let before = (app.state.hashes.load(Ordering::Relaxed), app.mails().await.len());
    let answer = app.browser().call(path, form).await;
    (app.state.hashes.load(Ordering::Relaxed) - before.0, app.mails().await.len() - before.1, answer)
}

async fn stored_hash(app: &TestApp, email: &str) -> String {
    let hash = app.state.db.global(global_sql!("select password_hash from users where email_folded = $1"));
    hash.bind(email.to_owned()).scalar().await.unwrap()
}

async fn reset_token(app: &TestApp, email: &str) -> String {
    app.browser().call("/api/accounts/forgot", &[("email", email)]).await;
    for _ in 0..200 {
        if app.mails().await.iter().any(|mail| mail.to == email && mail.body.contains("/reset/")) {
            return app.mailed_link(email).await.rsplit('/').next().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no reset link for {email}");
}

fn about_a_name(answer: &Answered) -> bool {
    answer.fault().about("password").is_some_and(|complaint| complaint.contains("Leave out the name"))
}

on_either_engine! {
    async fn sec_1_no_password_holds_a_name_that_everybody_knows(app) {
        let org = app.organisation("northbank").await;
        let email = org.email(Role::Caseworker);
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        // A second organisation, in which the person acts from here on.
        browser.call("/api/accounts/create_organisation", &[("organisation", "Eastfield"), ("time_zone", "UTC")]).await;
        let token = reset_token(&app, &email).await;
        for bad in ["nine lamps of EastField counting", "violet northbank harbour counts", "a caseworker counts violet lamps", "casetrakr counts violet lamps"] {
            let refused = browser.call(CHANGE, &[("current_password", PASSWORD), ("password", bad)]).await;
            assert!(about_a_name(&refused), "change: {bad}: {}", refused.body);
            let refused = app.browser().call(RESET, &[("token", &token), ("password", bad)]).await;
            assert!(about_a_name(&refused), "reset: {bad}: {}", refused.body);
        }
        for bad in ["nine lamps of EastField counting", "ines duarte counts violet lamps", "casetrakr counts violet lamps"] {
            let form = with(sign_up("Ines Duarte", "ines@duarte.example", "Eastfield"), "password", bad);
            let refused = app.browser().call(SIGN_UP, &form).await;
            assert!(about_a_name(&refused), "sign-up: {bad}: {}", refused.body);
        }
        // A refusal uses no link up, and others' names are words like any other.
        let good = "violet southbank harbour counts";
        assert_eq!(app.browser().call(RESET, &[("token", &token), ("password", good)]).await.status, 200);
        // What is too short to be told from chance is no name.
        let form = with(sign_up("Ines Duarte", "ines@art.example", "ART"), "password", "the heart of nine violet lamps");
        assert_eq!(app.browser().call(SIGN_UP, &form).await.status, 200);
    }

    async fn sec_3_a_known_and_an_unknown_address_cost_the_same(app) {
        let org = app.organisation("known").await;
        let known = org.email(Role::Caseworker);
        for email in [known.as_str(), "nobody@unknown.example"] {
            let (hashes, mails, answer) = cost(&app, SIGN_UP, &sign_up("Some Body", email, "Any Name")).await;
            assert_eq!((hashes, mails, answer.location()), (1, 1, "/signup/sent"), "{email}");
        }
        let mut statements = Vec::new();
        for email in [known.as_str(), "other@unknown.example"] {
            let (hashes, mails, answer) = cost(&app, SIGN_IN, &[("email", email), ("password", "not this one at all")]).await;
            assert_eq!((hashes, mails, answer.status.as_u16()), (1, 0, 422), "{email}");
            statements.push(answer.header("server-timing").to_owned());
        }
        assert_eq!(statements[0], statements[1]);
        // A forgotten password is looked into after the answer, whose it is or nobody's.
        for email in [known.as_str(), "other@unknown.example"] {
            let (hashes, _, answer) = cost(&app, "/api/accounts/forgot", &[("email", email)]).await;
            assert_eq!((hashes, answer.location()), (0, "/forgot/sent"), "{email}");
        }
    }

    async fn a_password_is_hashed_anew_when_the_parameters_have_risen(app) {
        let app = app.configured(|config| (config.passwords.memory_kib, config.passwords.iterations) = (19_456, 2));
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let old = stored_hash(&app, &email).await;
        assert!(old.starts_with("$argon2id$") && old.contains("m=19456,t=2,p=1"), "{old}");

        let app = app.configured(|config| config.passwords.iterations = 3);
        let wrong = app.browser().call(SIGN_IN, &[("email", &email), ("password", "not this one at all")]).await;
        assert_eq!((wrong.status.as_u16(), stored_hash(&app, &email).await), (422, old), "only the right one shows what to hash");
        app.browser().sign_in(&email).await;
        let new = stored_hash(&app, &email).await;
        assert!(new.contains("m=19456,t=3,p=1"), "{new}");
        // Once is enough, and nothing is made weaker again.
        app.browser().sign_in(&email).await;
        let app = app.configured(|config| config.passwords.iterations = 2);
        app.browser().sign_in(&email).await;
        assert_eq!(stored_hash(&app, &email).await, new);
        let noted = sql!("select count(*) from audit_events where org_id = $1 and action = 'account.password_rehashed'");
        assert_eq!(app.state.db.tenant(Uuid::nil(), noted).scalar::<i64>().await.unwrap(), 1);
    }

    async fn a_stronger_hash_never_takes_the_place_of_another_password(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let read = stored_hash(&app, &email).await;
        // Between a sign-in's look at the hash and its renewal the password is changed.
        let mut browser = org.signed_in(&app, Role::Owner).await;
        assert_eq!(browser.call(CHANGE, &[("current_password", PASSWORD), ("password", NEW_PASSWORD)]).await.status, 200);
        let chosen = stored_hash(&app, &email).await;
        let mut tx = app.state.db.begin().await.unwrap();
        assert!(!store::renew_hash(&mut tx, org.user(Role::Owner), read, "of the old password".into()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(stored_hash(&app, &email).await, chosen);
    }

    async fn past_its_queue_hashing_sheds_load_and_goes_on(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let app = app.configured(|config| config.passwords.queue = 1);
        let places = app.state.hashing.free().0;
        // Every core is busy, so that whoever comes waits.
        let busy = app.state.hashing.occupy().await;
        let mut waiting = Vec::new();
        for nth in 0..places {
            let (mut browser, email) = (app.browser(), email.clone());
            // No network gets the whole queue.
            browser.peer = format!("203.0.{nth}.1:4000").parse().unwrap();
            waiting.push(tokio::spawn(async move { browser.call(SIGN_IN, &[("email", &email), ("password", PASSWORD)]).await }));
        }
        for _ in 0..500 {
            if app.state.hashing.free().0 == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let refused = app.browser().call(SIGN_IN, &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "2"));
        assert_eq!(refused.fault(), Fault::Unavailable { retry_after: 2 });
        let page = app.browser().post("/login", SIGN_IN, &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "2"));
        assert!(page.body.contains("CaseTrakr is busy") && page.body.contains("Try again in 2 seconds") && page.body.contains("Reference"), "{}", page.body);
        let form = with(sign_up("Ines Duarte", "ines@duarte.example", "Any Name"), "password", NEW_PASSWORD);
        assert_eq!(app.browser().call(SIGN_UP, &form).await.status, 503);

        // Whoever waited is served, and nobody is refused any more.
        drop(busy);
        for one in waiting {
            let answer = one.await.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        app.browser().sign_in(&email).await;
    }
}
