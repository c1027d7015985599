//! What strangers may try, cost and cause, and that none of it keeps anybody else from working.

use std::{sync::atomic::Ordering, time::Duration};

use super::{NEW_PASSWORD, POLICY_VERSION, sign_up, with};
use crate::{
    accounts::{Role, operator},
    fault::Fault,
    server::{
        db::global_sql,
        testing::{Answered, Browser, PASSWORD, TestApp, on_both_engines},
    },
};

const SIGN_UP: &str = "/api/accounts/sign_up";
const SIGN_IN: &str = "/api/accounts/sign_in";
const FORGOT: &str = "/api/accounts/forgot";
const RESET: &str = "/api/accounts/reset";
const INVITE: &str = "/api/accounts/invite";

/// A browser that connects from this address.
fn from(app: &TestApp, address: &str) -> Browser {
    let mut browser = app.browser();
    browser.peer = std::net::SocketAddr::new(address.parse().unwrap(), 4_000);
    browser
}

async fn sign_in(browser: &mut Browser, email: &str, password: &str) -> Answered {
    browser.call(SIGN_IN, &[("email", email), ("password", password)]).await
}

/// Guesses at a password from all of these addresses at once; answers how many guesses were judged.
async fn judged(app: &TestApp, email: &str, addresses: Vec<String>) -> u64 {
    let before = app.state.hashes.load(Ordering::Relaxed);
    let mut guesses = tokio::task::JoinSet::new();
    for address in addresses {
        let (mut browser, email) = (from(app, &address), email.to_owned());
        guesses.spawn(async move { sign_in(&mut browser, &email, "not this one at all").await.status.as_u16() });
    }
    let answers = guesses.join_all().await;
    assert!(answers.iter().all(|status| [422, 429, 503].contains(status)), "{answers:?}");
    app.state.hashes.load(Ordering::Relaxed) - before
}

/// Waits for something that happens beside the test.
async fn until(what: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come about");
}

async fn mails_to(app: &TestApp, email: &str) -> usize {
    app.mails().await.iter().filter(|mail| mail.to == email).count()
}

/// Asks for a new password, which is looked into after the answer.
async fn forgotten(app: &TestApp, email: &str) {
    let before = mails_to(app, email).await;
    assert_eq!(app.browser().call(FORGOT, &[("email", email)]).await.location(), "/forgot/sent");
    for _ in 0..40 {
        if mails_to(app, email).await > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

on_both_engines! {
    async fn sec_4_while_one_network_asks_for_hashes_another_signs_in_after_few(app) {
        let org = app.organisation("alpha").await;
        let busy = app.state.hashing.occupy().await;
        let (places, judging) = (app.state.hashing.free().0, app.state.judging.free());
        let mut greedy = tokio::task::JoinSet::new();
        for nth in 0..24 {
            let mut browser = from(&app, &format!("203.0.113.{nth}"));
            greedy.spawn(async move {
                let email = format!("somebody{nth}@else.example");
                browser.call(SIGN_UP, &sign_up("Some Body", &email, "Any Name")).await.status.as_u16()
            });
        }
        // A quarter of the places and no more: everybody else of that network is refused by now or waits to be judged.
        until(|| places - app.state.hashing.free().0 == places / 4 && app.state.judging.free() == judging).await;
        let mut other = from(&app, "198.51.100.1");
        let email = org.email(Role::Owner);
        let coming = tokio::spawn(async move { sign_in(&mut other, &email, PASSWORD).await.status.as_u16() });
        until(|| places - app.state.hashing.free().0 > places / 4).await;
        let before = app.state.hashes.load(Ordering::Relaxed);
        drop(busy);
        assert_eq!(coming.await.unwrap(), 200);
        let waited = app.state.hashes.load(Ordering::Relaxed) - before;
        assert!(waited <= places as u64 / 4 + 4, "{waited} hashes of {places} places");
        let answers = greedy.join_all().await;
        assert!(answers.iter().all(|status| [200, 503].contains(status)) && answers.contains(&503), "{answers:?}");
    }

    async fn sec_4_what_is_wrong_at_a_glance_costs_no_hash_and_a_weak_password_none_either(app) {
        app.organisation("first").await;
        let hashes = || app.state.hashes.load(Ordering::Relaxed);
        let before = hashes();
        let good = sign_up("Ines Duarte", "ines@duarte.example", "Any Name");
        for (field, bad) in [("email", "no"), ("adult", ""), ("policy", "2020-01-01"), ("name", " "), ("password", "short"), ("password", "password1234567890")] {
            let refused = app.browser().call(SIGN_UP, &with(good.clone(), field, bad)).await;
            assert_eq!(refused.status, 422, "{field}: {}", refused.body);
        }
        assert_eq!(hashes(), before);
    }

    async fn sec_2_of_many_guesses_at_once_no_more_are_judged_than_of_as_many_in_a_row(app) {
        let org = app.organisation("alpha").await;
        // Three, and a few more where the machine is so slow that the pause is over: one, three, five and ten seconds.
        let one_address = vec!["203.0.113.7".to_owned(); 40];
        assert!(judged(&app, &org.email(Role::Owner), one_address).await <= 6);
        // An IPv6 customer has 256 networks, and a site has 65,536.
        let one_customer = (0..40).map(|nth| format!("2001:db8:1:{nth:x}::5")).collect();
        assert!(judged(&app, &org.email(Role::Admin), one_customer).await <= 6);
        let one_site = (0..40).map(|nth| format!("2001:db8:2:{nth:x}00::5")).collect();
        assert!(judged(&app, &org.email(Role::Supervisor), one_site).await <= 12);
        let everywhere = (0..40).map(|nth| format!("203.0.{nth}.7")).collect();
        assert!(judged(&app, &org.email(Role::Caseworker), everywhere).await <= 25);
    }

    async fn sec_11_nobody_who_guesses_keeps_the_owner_out(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let mut owner = from(&app, "198.51.100.1");
        assert_eq!(sign_in(&mut owner, &email, PASSWORD).await.status, 200);
        owner.call("/api/accounts/sign_out", &[]).await;
        // A neighbour in the same network guesses, and then the whole world.
        let mut neighbour = from(&app, "198.51.100.77");
        while sign_in(&mut neighbour, &email, "not this one at all").await.status != 429 {}
        for nth in 0..30 {
            if sign_in(&mut from(&app, &format!("203.0.{nth}.7")), &email, "not this one at all").await.status == 429 {
                break;
            }
        }
        // The right password is of no use to a stranger now, next door or elsewhere, or with the device of somebody else.
        let admin = org.signed_in(&app, Role::Admin).await;
        for (address, device) in [("198.51.100.78", ""), ("192.0.2.1", ""), ("192.0.2.2", admin.cookies()["ct_device"].as_str()), ("192.0.2.3", "nonsense.AAAA")] {
            let mut stranger = from(&app, address);
            if !device.is_empty() {
                stranger.set_cookie("ct_device", device);
            }
            assert_eq!(sign_in(&mut stranger, &email, PASSWORD).await.status, 429, "{address}");
        }
        // The device comes in from anywhere, the known address with any device.
        owner.peer = "192.0.2.77:4000".parse().unwrap();
        assert_eq!(sign_in(&mut owner, &email, PASSWORD).await.status, 200);
        assert_eq!(sign_in(&mut from(&app, "198.51.100.1"), &email, PASSWORD).await.status, 200);
        // And whoever has neither chooses a new password.
        let link = operator::link(&app.state, &email, true).await.unwrap().unwrap();
        let mut phone = from(&app, "192.0.2.9");
        let form = [("token", link.rsplit('/').next().unwrap()), ("password", NEW_PASSWORD)];
        assert_eq!(phone.call(RESET, &form).await.status, 200);
        assert_eq!(sign_in(&mut phone, &email, NEW_PASSWORD).await.status, 200);
    }

    async fn sec_2_a_known_device_guesses_no_faster_than_a_stranger(app) {
        let org = app.organisation("alpha").await;
        let email = org.email(Role::Owner);
        let mut device = org.signed_in(&app, Role::Owner).await;
        for _ in 0..3 {
            assert_eq!(sign_in(&mut device, &email, "not this one at all").await.status, 422);
        }
        assert_eq!(sign_in(&mut device, &email, PASSWORD).await.status, 429);
    }

    async fn sec_4_right_passwords_are_counted_too(app) {
        let org = app.organisation("alpha").await;
        let app = app.configured(|config| config.limits.sign_ins_per_account = 3);
        let mut browser = app.browser();
        // The first is a stranger's, and of those of a known device so many are free.
        for _ in 0..5 {
            browser.sign_in(&org.email(Role::Owner)).await;
        }
        assert_eq!(sign_in(&mut browser, &org.email(Role::Owner), PASSWORD).await.status, 429);
        browser.sign_in(&org.email(Role::Admin)).await;
    }

    async fn an_account_has_so_many_sessions_and_the_idlest_ends(app) {
        let org = app.organisation("alpha").await;
        let app = app.configured(|config| config.sessions.per_account = 3);
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(org.signed_in(&app, Role::Owner).await);
            app.state.clock.advance(100);
        }
        // The first was there a moment ago, so the second is the idlest.
        assert_eq!(all[0].get("/me").await.status, 200);
        all.push(org.signed_in(&app, Role::Owner).await);
        let mut there = Vec::new();
        for one in &mut all {
            there.push(one.call("/api/accounts/my_sessions", &[]).await.status == 200);
        }
        assert_eq!(there, [true, false, true, true]);
        let noted = crate::server::db::sql!("select count(*) from audit_events where org_id = $1 and action = 'account.idlest_session_ended'");
        assert_eq!(app.state.db.tenant(uuid::Uuid::nil(), noted).scalar::<i64>().await.unwrap(), 1);
    }

    async fn sec_64_one_address_gets_so_many_messages_an_hour_whoever_asks(app) {
        let org = app.organisation("alpha").await;
        let app = app.configured(|config| config.limits.mails_per_hour = 3);
        let email = "ann@x.example";
        // Every answer is the one that it always is.
        for nth in 0..3 {
            let answer = from(&app, &format!("203.0.{nth}.1")).call(SIGN_UP, &sign_up("Ann Bell", email, "Bell Advice")).await;
            assert_eq!(answer.location(), "/signup/sent");
        }
        assert_eq!(mails_to(&app, email).await, 3);
        let verify = app.mails().await.into_iter().find(|mail| mail.to == email && mail.body.contains("/verify-email/")).unwrap();
        let verify = verify.body.split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned();
        let again = from(&app, "203.0.9.1").call(SIGN_UP, &sign_up("Ann Bell", "ANN@x.example.", "Bell Advice")).await;
        assert_eq!(again.location(), "/signup/sent");
        let early = sign_in(&mut app.browser(), email, NEW_PASSWORD).await;
        assert!(early.fault().about("email").is_some());
        let mut owner = org.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.call(INVITE, &[("email", email), ("role", "caseworker")]).await.status, 200);
        let form = [("kind", "access"), ("concern", "account"), ("email", email), ("words", "What do you hold?")];
        assert_eq!(from(&app, "203.0.8.1").call("/api/requests/ask", &form).await.status, 200);
        let form = [("email", email), ("password", PASSWORD)];
        assert_eq!(owner.call("/api/accounts/change_email", &form).await.location(), "/me/privacy?notice=link-sent");
        assert_eq!(mails_to(&app, email).await, 3, "{:?}", app.mails().await.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
        // A new password has a share of its own, and of its links each works until one is used.
        for _ in 0..5 {
            forgotten(&app, email).await;
        }
        assert_eq!(mails_to(&app, email).await, 6);
        // What was sent last works.
        let form = [("token", verify.rsplit('/').next().unwrap())];
        assert_eq!(app.browser().call("/api/accounts/verify_email", &form).await.status, 200);
        let link = app.mailed_link(email).await;
        let form = [("token", link.rsplit('/').next().unwrap()), ("password", NEW_PASSWORD)];
        assert_eq!(app.browser().call(RESET, &form).await.status, 200);
        // After an hour it goes on.
        app.state.clock.advance(3_601);
        let before = mails_to(&app, email).await;
        forgotten(&app, email).await;
        assert_eq!(mails_to(&app, email).await, before + 1);
    }

    async fn an_invitation_whose_mail_is_not_sent_leaves_the_one_in_the_mailbox_valid(app) {
        let org = app.organisation("alpha").await;
        let app = app.configured(|config| config.limits.mails_per_hour = 1);
        let mut owner = org.signed_in(&app, Role::Owner).await;
        for role in ["read_only", "caseworker"] {
            assert_eq!(owner.call(INVITE, &[("email", "a@one.example"), ("role", role)]).await.status, 200);
        }
        assert_eq!(mails_to(&app, "a@one.example").await, 1);
        let link = app.mailed_link("a@one.example").await;
        let form = [("token", link.rsplit('/').next().unwrap()), ("name", "Noor Haddad"), ("password", NEW_PASSWORD), ("adult", "on"), ("policy", POLICY_VERSION)];
        let mut noor = app.browser();
        assert_eq!(noor.call("/api/accounts/accept_new", &form).await.location(), "/home?notice=joined");
        let members: crate::accounts::api::MembersView = noor.call("/api/accounts/members", &[]).await.value();
        assert!(members.members.iter().any(|member| member.myself && member.role == Role::Caseworker), "as was chosen last");
    }

    async fn a_letter_begins_with_our_words_and_quotes_those_of_others(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.call("/api/accounts/change_name", &[("name", "Your account is locked")]).await.status, 200);
        owner.call(INVITE, &[("email", "a@one.example"), ("role", "read_only")]).await;
        let form = [("kind", "access"), ("concern", "case"), ("email", "b@one.example"), ("name", "Pay At Once"), ("words", "Pay at once."), ("to", &org.id.to_string())];
        assert_eq!(app.browser().call("/api/requests/ask", &form).await.status, 200);
        let mails = app.mails().await;
        assert!(mails.len() >= 2);
        for mail in &mails {
            for words in ["Your account is locked", "Pay At Once", "Pay at once", "alpha"] {
                assert!(!mail.subject.contains(words) && !mail.body.starts_with(words), "{words}: {} {}", mail.subject, mail.body);
                let bare = mail.body.replace(&format!("\u{201c}{words}\u{201d}"), "").replace("@alpha.example", "");
                assert!(!bare.contains(words), "{words} stands unquoted: {}", mail.body);
            }
        }
    }

    async fn what_is_counted_names_nobody(app) {
        let org = app.organisation("alpha").await;
        sign_in(&mut from(&app, "203.0.113.7"), &org.email(Role::Owner), "not this one at all").await;
        let keys: Vec<String> = app.state.db.global(global_sql!("select bucket from throttles")).scalars().await.unwrap();
        assert!(keys.len() >= 4);
        for guess in [format!("sign-in|{}|203.0.113.0/24", org.email(Role::Owner)), "sign-in|*|203.0.113.0/24".to_owned()] {
            let hash = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, crate::server::secret::sha256(&[guess.as_bytes()]));
            assert!(!keys.contains(&hash), "whoever has the database could find out by trying");
        }
    }

    async fn a_session_that_ends_so_is_refused_at_once(app) {
        let org = app.organisation("alpha").await;
        let app = app.configured(|config| config.sessions.per_account = 2);
        let mut first = org.signed_in(&app, Role::Owner).await;
        for _ in 0..2 {
            app.state.clock.advance(1);
            org.signed_in(&app, Role::Owner).await;
        }
        assert_eq!(first.call("/api/accounts/my_sessions", &[]).await.fault(), Fault::SignIn);
    }
}
