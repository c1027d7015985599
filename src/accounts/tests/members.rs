//! Members, roles and invitations.

use uuid::Uuid;

use super::{NEW_PASSWORD, POLICY_VERSION, with};
use crate::{
    accounts::{
        api::{BelongingView, InvitedView, MemberView, MembersView},
        model::{Permission, Role},
    },
    fault::Fault,
    server::{
        db::sql,
        testing::{Answered, Browser, on_both_engines},
    },
};

const INVITE: &str = "/api/accounts/invite";
const CHANGE_ROLE: &str = "/api/accounts/change_role";
const REMOVE: &str = "/api/accounts/remove_member";
const ACCEPT_NEW: &str = "/api/accounts/accept_new";

async fn members(browser: &mut Browser) -> MembersView {
    browser.call("/api/accounts/members", &[]).await.value()
}

async fn member(browser: &mut Browser, role: Role) -> MemberView {
    members(browser).await.members.into_iter().find(|m| m.role == role).unwrap()
}

fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

/// Sends the same form twenty times at once.
async fn all_at_once(browser: &Browser, path: &'static str, form: &[(&str, &str)]) -> Vec<Answered> {
    let form: Vec<(String, String)> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (mut browser, form) = (browser.clone(), form.clone());
        senders.spawn(async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.call(path, &form).await
        });
    }
    senders.join_all().await
}

on_both_engines! {
    async fn somebody_new_accepts_an_invitation(app) {
        let org = app.organisation("alpha").await;
        let mut admin = org.signed_in(&app, Role::Admin).await;
        let answer = admin.post("/settings/members", INVITE, &[("email", "Noor@Haddad.example"), ("role", "caseworker")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/settings/members"));
        assert!(admin.get("/settings/members").await.body.contains("Noor@Haddad.example"));
        let link = app.mailed_link("Noor@Haddad.example").await;

        let mut noor = app.browser();
        let page = noor.get(&link).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Create account and join") && page.body.contains("alpha"));
        let form = [("token", token(&link)), ("name", "Noor Haddad"), ("password", NEW_PASSWORD), ("adult", "on"), ("policy", POLICY_VERSION)];
        let refused = noor.call(ACCEPT_NEW, &form[..3]).await.fault();
        assert!(refused.about("adult").is_some() && refused.about("policy").is_some());
        let joined = noor.call(ACCEPT_NEW, &form).await;
        assert_eq!(joined.location(), "/home?notice=joined", "{}", joined.body);
        let all = members(&mut noor).await;
        assert!(!all.manages && all.invitations.is_empty());
        assert!(all.members.iter().any(|m| m.myself && m.role == Role::Caseworker && m.name == "Noor Haddad"));

        assert_eq!(app.browser().call(ACCEPT_NEW, &form).await.fault(), Fault::Gone);
        assert_eq!(app.browser().get(&link).await.status, 410);
        assert!(members(&mut admin).await.invitations.is_empty());
        let again = admin.call(INVITE, &[("email", "noor@haddad.example"), ("role", "caseworker")]).await;
        assert!(again.fault().about("email").is_some());
    }

    async fn somebody_known_accepts_an_invitation(app) {
        let first = app.organisation("first").await;
        let second = app.organisation("second").await;
        let email = first.email(Role::Caseworker);
        let mut owner = second.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.call(INVITE, &[("email", &email), ("role", "supervisor")]).await.status, 200);
        let link = app.mailed_link(&email).await;
        let mut browser = app.browser();
        assert!(browser.get(&link).await.body.contains("has an account"));
        let invited: InvitedView = browser.call("/api/accounts/invitation", &[("token", token(&link))]).await.value();
        assert!(invited.has_account && invited.organisation == "second");

        // Somebody else is told for whom it is, and cannot take it.
        let mut other = first.signed_in(&app, Role::Supervisor).await;
        assert!(other.get(&link).await.body.contains("Sign out, then open the link"));
        assert_eq!(other.call("/api/accounts/accept", &[("token", token(&link))]).await.status, 403);

        browser.sign_in(&email).await;
        assert!(browser.get(&link).await.body.contains("Your other organisations stay as they are"));
        assert_eq!(browser.call("/api/accounts/accept", &[("token", token(&link))]).await.location(), "/home?notice=joined");
        let all: Vec<BelongingView> = browser.call("/api/accounts/my_organisations", &[]).await.value();
        assert_eq!(all.iter().map(|o| (o.name.as_str(), o.role, o.current)).collect::<Vec<_>>(), [
            ("first", Role::Caseworker, false),
            ("second", Role::Supervisor, true),
        ]);
    }

    async fn invitations_are_taken_back_replaced_and_expire(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        owner.call(INVITE, &[("email", "a@one.example"), ("role", "admin")]).await;
        let first = app.mailed_link("a@one.example").await;
        owner.call(INVITE, &[("email", "A@one.example"), ("role", "read_only")]).await;
        let second = app.mailed_link("A@one.example").await;
        let gone = app.browser().get(&first).await;
        assert!(gone.status == 410 && gone.body.contains("ask whoever invited you") && gone.body.contains("href=\"/login\""), "{}", gone.body);
        assert_eq!(app.browser().get(&second).await.status, 200);
        let waiting = members(&mut owner).await.invitations;
        assert_eq!(waiting.len(), 1);
        let id = waiting[0].id.to_string();
        let elsewhere = app.organisation("beta").await;
        let mut stranger = elsewhere.signed_in(&app, Role::Owner).await;
        assert_eq!(stranger.call("/api/accounts/revoke_invitation", &[("invitation", &id)]).await.fault(), Fault::NotFound);
        assert_eq!(owner.call("/api/accounts/revoke_invitation", &[("invitation", &id)]).await.status, 200);
        assert_eq!(app.browser().get(&second).await.status, 410);

        owner.call(INVITE, &[("email", "b@one.example"), ("role", "read_only")]).await;
        let third = app.mailed_link("b@one.example").await;
        app.state.clock.advance(7 * 86_400 + 1);
        assert_eq!(app.browser().get(&third).await.status, 410);
    }

    async fn an_invitation_that_a_newer_one_replaces_is_in_the_record(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        for (email, role) in [("a@one.example", "admin"), ("b@one.example", "admin"), ("A@one.example", "read_only")] {
            assert_eq!(owner.call(INVITE, &[("email", email), ("role", role)]).await.status, 200);
        }
        let events = sql!("select action, subject_id from audit_events where org_id = $1 and subject_kind = 'invitation' order by seq");
        let events: Vec<(String, Uuid)> = app.state.db.tenant(org.id.uuid(), events).all().await.unwrap();
        let actions: Vec<&str> = events.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["member.invited", "member.invited", "member.invitation_replaced", "member.invited"]);
        assert_eq!(events[2].1, events[0].1);
        assert!(owner.get("/settings/record").await.body.contains("revoked an earlier invitation by sending a new one"));
    }

    async fn a_second_invitation_of_one_form_is_refused_and_kept(app) {
        let mut owner = app.organisation("twoforms").await.signed_in(&app, Role::Owner).await;
        let key = uuid::Uuid::now_v7().to_string();
        let form = [("key", key.as_str()), ("email", "ben@b.example"), ("role", "caseworker")];
        assert_eq!(owner.call(INVITE, &form).await.status, 200);
        assert_eq!(owner.call(INVITE, &with(form.to_vec(), "email", "Ben@B.example")).await.status, 200, "the same again");
        for (field, value) in [("email", "eva@b.example"), ("role", "admin")] {
            let refused = owner.post("/settings/members", INVITE, &with(form.to_vec(), field, value)).await;
            let back = owner.get(refused.location()).await;
            assert!(back.status == 409 && back.body.contains("It is saved as the invitation of ben@b.example as caseworker."), "{}", back.body);
            assert!(field != "email" || back.input("email") == value, "{}", back.body);
            assert_ne!(back.input("key"), key);
        }
        let waiting: Vec<String> = members(&mut owner).await.invitations.into_iter().map(|one| one.email).collect();
        assert_eq!(waiting, ["ben@b.example"]);
    }

    async fn a_second_organisation_of_one_form_is_refused_and_kept(app) {
        let mut owner = app.organisation("twice").await.signed_in(&app, Role::Owner).await;
        let key = uuid::Uuid::now_v7().to_string();
        let create = "/api/accounts/create_organisation";
        for _ in 0..2 {
            assert_eq!(owner.call(create, &[("key", &key), ("organisation", "North")]).await.status, 200);
        }
        let refused = owner.post("/me", create, &[("key", &key), ("organisation", "South")]).await;
        let back = owner.get(refused.location()).await;
        assert!(back.status == 409 && back.body.contains("It is saved as the organisation \u{201c}North\u{201d}.") && back.body.contains("value=\"South\""), "{}", back.body);
        assert_ne!(back.input("key"), key);
    }

    async fn an_invitation_that_is_sent_twenty_times_is_one(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let key = owner.get("/settings/members").await.input("key");
        let answers = all_at_once(&owner, INVITE, &[("key", &key), ("email", "a@one.example"), ("role", "admin")]).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        assert_eq!(app.mails().await.iter().filter(|mail| mail.to == "a@one.example").count(), 1);
        assert_eq!(app.browser().get(&app.mailed_link("a@one.example").await).await.status, 200);
        assert_eq!(members(&mut owner).await.invitations.len(), 1);
    }

    async fn an_organisation_that_is_made_twenty_times_is_one(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let key = owner.get("/me").await.input("key");
        let form = [("key", key.as_str()), ("organisation", "Second"), ("time_zone", "UTC")];
        let answers = all_at_once(&owner, "/api/accounts/create_organisation", &form).await;
        assert!(answers.iter().all(|answer| answer.location() == "/onboarding"), "{}", answers[0].body);
        let mine: Vec<BelongingView> = owner.call("/api/accounts/my_organisations", &[]).await.value();
        assert_eq!(mine.iter().map(|one| (one.name.as_str(), one.current)).collect::<Vec<_>>(), [("Second", true), ("alpha", false)]);
        // The key of somebody else's organisation opens nothing.
        let mut stranger = app.organisation("beta").await.signed_in(&app, Role::Owner).await;
        assert_eq!(stranger.call("/api/accounts/create_organisation", &form).await.fault(), Fault::NotFound);
    }

    async fn roles_decide_and_say_why(app) {
        let org = app.organisation("alpha").await;
        for role in [Role::ReadOnly, Role::Caseworker, Role::Supervisor] {
            let mut browser = org.signed_in(&app, role).await;
            let refused = browser.call(INVITE, &[("email", "a@b.example"), ("role", "read_only")]).await;
            assert_eq!(refused.status, 403);
            assert_eq!(refused.fault(), Fault::forbidden(Permission::MemberManage.refusal(role)));
            let page = browser.get("/settings/members").await;
            assert_eq!(page.status, 200);
            assert!(!page.body.contains("Send invitation"));
        }
        // Without script the reason comes back with the page.
        let mut caseworker = org.signed_in(&app, Role::Caseworker).await;
        let answer = caseworker.post("/settings/members", INVITE, &[("email", "a@b.example"), ("role", "read_only")]).await;
        assert_eq!(answer.status, 303);
        // Nobody gives what they do not have, or touches who stands above.
        let mut admin = org.signed_in(&app, Role::Admin).await;
        for role in ["admin", "owner"] {
            assert_eq!(admin.call(INVITE, &[("email", "a@b.example"), ("role", role)]).await.status, 403);
        }
        assert!(admin.call(INVITE, &[("email", "a@b.example"), ("role", "emperor")]).await.fault().about("role").is_some());
        let owner = member(&mut admin, Role::Owner).await;
        let (user, version) = (owner.user.to_string(), owner.version.to_string());
        assert_eq!(admin.call(CHANGE_ROLE, &[("user", &user), ("role", "read_only"), ("version", &version)]).await.status, 403);
        assert_eq!(admin.call(REMOVE, &[("user", &user)]).await.status, 403);
    }

    async fn a_role_changes_with_the_next_request_and_not_unseen(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let mut supervisor = org.signed_in(&app, Role::Supervisor).await;
        let them = member(&mut owner, Role::Supervisor).await;
        let (user, version) = (them.user.to_string(), them.version.to_string());
        assert_eq!(supervisor.call(INVITE, &[("email", "a@b.example"), ("role", "read_only")]).await.status, 403);
        assert_eq!(owner.call(CHANGE_ROLE, &[("user", &user), ("role", "admin"), ("version", &version)]).await.status, 200);
        assert_eq!(supervisor.call(INVITE, &[("email", "a@b.example"), ("role", "read_only")]).await.status, 200);

        let late = owner.call(CHANGE_ROLE, &[("user", &user), ("role", "read_only"), ("version", &version)]).await;
        assert_eq!(late.status, 409);
        let Fault::Conflict(differences) = late.fault() else { panic!("{}", late.body) };
        // Without script the page shows both values, and under which number to ask for help.
        let form = [("form", user.as_str()), ("user", &user), ("role", "read_only"), ("version", &version)];
        let back = owner.post("/settings/members", CHANGE_ROLE, &form).await;
        let page = owner.get(back.location()).await;
        assert_eq!((back.status.as_u16(), page.status.as_u16()), (303, 409));
        assert!(page.body.contains("Changed since you opened it"), "{}", page.body);
        assert!(page.body.contains(&format!("Reference <code>{}</code>", page.header("x-request-id"))), "{}", page.body);
        let newer = &differences.iter().find(|d| d.field == "version").unwrap().theirs;
        assert_eq!(owner.call(CHANGE_ROLE, &[("user", &user), ("role", "read_only"), ("version", newer)]).await.status, 200);
    }

    async fn an_organisation_keeps_an_owner(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let me = member(&mut owner, Role::Owner).await;
        let (user, version) = (me.user.to_string(), me.version.to_string());
        assert_eq!(owner.call(REMOVE, &[("user", &user)]).await.status, 403);
        assert_eq!(owner.call(CHANGE_ROLE, &[("user", &user), ("role", "admin"), ("version", &version)]).await.status, 403);

        let admin = member(&mut owner, Role::Admin).await;
        let (heir, heir_version) = (admin.user.to_string(), admin.version.to_string());
        assert_eq!(owner.call(CHANGE_ROLE, &[("user", &heir), ("role", "owner"), ("version", &heir_version)]).await.status, 200);
        // Two owners who leave at the same time: one stays.
        let mut second = org.signed_in(&app, Role::Admin).await;
        let (mine, theirs) = ([("user", user.as_str())], [("user", heir.as_str())]);
        let (one, two) = tokio::join!(owner.call(REMOVE, &mine), second.call(REMOVE, &theirs));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403]);
    }

    async fn who_leaves_hands_over_their_cases(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.call("/api/settings/choose_presets", &[("presets[]", "support")]).await.status, 200);
        let mut caseworker = org.signed_in(&app, Role::Caseworker).await;
        let leaver = org.user(Role::Caseworker).to_string();
        for title in ["Rent arrears", "Heating debt"] {
            let key = Uuid::now_v7().to_string();
            let made = caseworker.call("/api/cases/create", &[("key", &key), ("title", title), ("assignee", &leaver)]).await;
            assert_eq!(made.status, 200, "{}", made.body);
        }
        assert_eq!(member(&mut owner, Role::Caseworker).await.open_cases, 2);
        assert!(owner.get("/settings/members").await.body.contains("Hand the 2 open cases over to"));

        for nonsense in [leaver.as_str(), "nobody", "01890000-0000-7000-8000-000000000000"] {
            let refused = owner.call(REMOVE, &[("user", &leaver), ("hand_over_to", nonsense)]).await;
            assert!(refused.fault().about("hand_over_to").is_some(), "{nonsense}");
        }
        let heir = org.user(Role::Supervisor).to_string();
        let done = owner.call(REMOVE, &[("user", &leaver), ("hand_over_to", &heir)]).await;
        assert_eq!(done.location(), "/settings/members?notice=removed", "{}", done.body);
        assert_eq!(member(&mut owner, Role::Supervisor).await.open_cases, 2);
        assert!(members(&mut owner).await.members.iter().all(|m| m.role != Role::Caseworker));
        // The session still stands; the organisation is gone from it.
        assert_eq!(caseworker.get("/me").await.status, 200);
        assert_eq!(caseworker.call("/api/accounts/members", &[]).await.status, 403);
        // A page leads on and is no dead end: here to where one can found an organisation.
        let page = caseworker.get("/cases").await;
        assert_eq!((page.status.as_u16(), page.location()), (303, "/me?notice=no-organisation"));
        assert!(caseworker.get(page.location()).await.body.contains("You belong to no organisation at present"));
    }

    async fn who_is_removed_goes_on_in_another_organisation_of_theirs(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let mut browser = org.signed_in(&app, Role::Caseworker).await;
        browser.call("/api/accounts/create_organisation", &[("organisation", "My own")]).await;
        browser.call("/api/accounts/switch_organisation", &[("org", &org.id.to_string())]).await;
        assert!(browser.get("/home").await.body.contains("alpha"));
        assert_eq!(owner.call(REMOVE, &[("user", &org.user(Role::Caseworker).to_string())]).await.status, 200);

        // What was made in the one is never carried out in the other: a form is refused, and only a page leads on.
        let form = browser.post("/settings/members", INVITE, &[("email", "a@b.example"), ("role", "admin")]).await;
        let back = browser.get(form.location()).await;
        assert_eq!((back.status.as_u16(), back.location()), (303, "/home?notice=moved-on"));
        let page = browser.get(back.location()).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("My own") && page.body.contains("You are in another of yours now"));
        assert_eq!(browser.call(INVITE, &[("email", "a@b.example"), ("role", "admin")]).await.status, 200);
        let mails = app.mails().await;
        assert!(mails.iter().filter(|mail| mail.to == "a@b.example").count() == 1, "the refused invitation went out");
    }
}
