//! Settings over HTTP, on both engines.

use super::api::{CaseTypesView, OrganisationView};
use crate::{
    accounts::model::{POLICY_VERSION, Permission, Role},
    fault::Fault,
    server::testing::{Browser, PASSWORD, on_either_engine},
};

const CHOOSE: &str = "/api/settings/choose_presets";
const CHANGE: &str = "/api/settings/change_organisation";

const FOUNDING: [(&str, &str); 6] = [
    ("name", "Maria Okafor"),
    ("email", "maria@riverside.example"),
    ("organisation", "Riverside Advice"),
    ("password", PASSWORD),
    ("adult", "on"),
    ("policy", POLICY_VERSION),
];

/// Pages that nobody has to sign in for, and words on each.
const PUBLIC: [(&str, &str); 7] = [
    ("/", "Create an organisation"),
    ("/privacy", "What we collect"),
    ("/cookies", "ct_session"),
    ("/accessibility", "2.2"),
    ("/login", "I forgot my password"),
    ("/signup", "I am 18 or older"),
    ("/forgot", "Send the link"),
];

async fn case_types(browser: &mut Browser) -> CaseTypesView {
    browser.read("/api/settings/case_types", &[]).await.value()
}

async fn organisation(browser: &mut Browser) -> OrganisationView {
    browser.read("/api/settings/organisation", &[]).await.value()
}

on_either_engine! {
    async fn an_organisation_chooses_what_it_works_on(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let before = case_types(&mut owner).await;
        assert_eq!((before.types.len(), before.presets.len()), (0, 6));
        assert!(owner.get("/onboarding").await.body.contains("What do you work on?"));

        let none = owner.post("/onboarding", CHOOSE, &[]).await;
        assert!(none.location().starts_with("/onboarding?kept="));
        let page = owner.get(none.location()).await;
        assert!(page.status == 422 && page.body.contains("Choose at least one"), "{}", page.status);
        assert_eq!(owner.call(CHOOSE, &[("presets[]", "espionage")]).await.status, 422);

        let chosen = owner.post("/onboarding", CHOOSE, &[("presets[]", "support"), ("presets[]", "permit")]).await;
        assert_eq!((chosen.status.as_u16(), chosen.location()), (303, "/onboarding"));
        let page = owner.get("/onboarding").await.body;
        assert!(page.contains("Ready to begin") && page.contains("Social support"));
        let after = case_types(&mut owner).await;
        assert_eq!((after.types.len(), after.presets.len()), (2, 4));
        assert!(after.types.iter().all(|t| !t.states.is_empty() && !t.transitions.is_empty()));

        // Again changes nothing; a new one joins the others.
        assert_eq!(owner.call(CHOOSE, &[("presets[]", "support"), ("presets[]", "complaint")]).await.status, 200);
        let types = case_types(&mut owner).await.types;
        assert_eq!(types.len(), 3);
        assert!(types.iter().any(|t| after.types[0].id == t.id));
        let page = owner.get("/settings/case-types").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("States and moves") && page.body.contains("Add case types"));
    }

    async fn an_organisation_that_begins_says_where_its_days_end(app) {
        let mut owner = app.browser();
        owner.call("/api/accounts/sign_up", &FOUNDING).await;
        let page = owner.get("/onboarding").await;
        assert_eq!(page.input("time_zone"), "UTC");
        let wrong = owner.post("/onboarding", CHOOSE, &[("presets[]", "support"), ("time_zone", "Mars/Olympus")]).await;
        let page = owner.get(wrong.location()).await;
        assert!(page.status == 422 && page.body.contains("Choose a time zone such as"), "{}", page.body);
        assert_eq!(page.input("time_zone"), "Mars/Olympus");
        assert!(case_types(&mut owner).await.types.is_empty(), "half of the form was carried out");
        let chosen = owner.post("/onboarding", CHOOSE, &[("presets[]", "support"), ("time_zone", "Asia/Tokyo")]).await;
        assert_eq!((chosen.status.as_u16(), chosen.location()), (303, "/onboarding"));
        assert_eq!(organisation(&mut owner).await.time_zone, "Asia/Tokyo");
        // Whoever adds types later is not asked, and nothing changes.
        assert!(!owner.get("/settings/case-types").await.body.contains("name=\"time_zone\""));
        assert_eq!(owner.call(CHOOSE, &[("presets[]", "permit")]).await.status, 200);
        assert_eq!(organisation(&mut owner).await.time_zone, "Asia/Tokyo");
    }

    async fn only_admins_choose_and_everybody_looks(app) {
        let org = app.organisation("alpha").await;
        for role in [Role::ReadOnly, Role::Caseworker, Role::Supervisor] {
            let mut browser = org.signed_in(&app, role).await;
            let refused = browser.call(CHOOSE, &[("presets[]", "support")]).await;
            assert_eq!(refused.fault(), Fault::forbidden(Permission::OrgManage.refusal(role)));
            let refused = browser.call(CHANGE, &[("organisation", "Mine"), ("time_zone", "UTC"), ("version", "1")]).await;
            assert_eq!(refused.status, 403);
            for path in ["/settings", "/settings/case-types", "/settings/organisation", "/onboarding"] {
                let page = browser.get(path).await;
                assert_eq!(page.status, 200, "{path}");
                assert!(!page.body.contains("<button class=\"button primary\""), "{path}");
            }
        }
    }

    async fn a_second_save_sees_both_values(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let mut admin = org.signed_in(&app, Role::Admin).await;
        let read = organisation(&mut owner).await;
        assert_eq!((read.name.as_str(), read.time_zone.as_str()), ("alpha", "Europe/Amsterdam"));
        let version = read.version.to_string();
        let saved = owner.call(CHANGE, &[("organisation", "Alpha Advice"), ("time_zone", "Europe/Lisbon"), ("version", &version)]).await;
        assert_eq!(saved.location(), "/settings/organisation?notice=saved", "{}", saved.body);

        let late = admin.post("/settings/organisation", CHANGE, &[("organisation", "Alpha Help"), ("time_zone", "Europe/Lisbon"), ("version", &version)]).await;
        assert_eq!(late.status, 303);
        let page = admin.get(late.location()).await;
        assert_eq!(page.status, 409);
        assert!(page.body.contains("Changed since you opened it"));
        assert!(page.body.contains("Alpha Advice"));
        assert_eq!(page.input("organisation"), "Alpha Help");
        let newer = page.input("version");
        assert_ne!(newer, version);
        let saved = admin.call(CHANGE, &[("organisation", "Alpha Help"), ("time_zone", "Europe/Lisbon"), ("version", &newer)]).await;
        assert_eq!(saved.status, 200);
        assert_eq!(organisation(&mut owner).await.name, "Alpha Help");
    }

    async fn an_organisation_says_how_it_writes_numbers_and_dates(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        assert_eq!(organisation(&mut owner).await.locale, "en-GB");
        let page = owner.get("/settings/organisation").await.body;
        assert!(page.contains("Numbers and dates") && page.contains("Deutsch: 1.234,50 and 31.12.2026"), "{page}");
        let with = |locale| [("organisation", "alpha"), ("time_zone", "Europe/Amsterdam"), ("locale", locale), ("version", "1")];
        for wrong in ["de", "xx-XX", "DE-de"] {
            let refused = owner.call(CHANGE, &with(wrong)).await;
            assert!(refused.status == 422 && refused.fault().about("locale").is_some(), "{wrong}: {}", refused.body);
        }
        assert_eq!(owner.call(CHANGE, &with("de-DE")).await.status, 200);
        assert_eq!(organisation(&mut owner).await.locale, "de-DE");
        // A form that does not ask leaves it as it is.
        let other = owner.call(CHANGE, &[("organisation", "beta"), ("time_zone", "Europe/Amsterdam"), ("version", "2")]).await;
        assert_eq!((other.status.as_u16(), organisation(&mut owner).await.locale.as_str()), (200, "de-DE"));
        let record: crate::audit::api::RecordView = owner.read("/api/audit/record", &[]).await.value();
        let told = format!("{:?}", record.events);
        assert!(told.contains("Numbers and dates") && told.contains("de-DE"), "{told}");
        let mut reader = org.signed_in(&app, Role::ReadOnly).await;
        assert!(reader.get("/settings/organisation").await.body.contains("Deutsch: 1.234,50"));
    }

    async fn nonsense_is_refused_at_its_field(app) {
        let org = app.organisation("alpha").await;
        let mut owner = org.signed_in(&app, Role::Owner).await;
        let fault = owner.call(CHANGE, &[("organisation", ""), ("time_zone", "Mars/Olympus"), ("version", "1")]).await.fault();
        assert!(fault.about("organisation").is_some() && fault.about("time_zone").is_some());
        assert_eq!(owner.call(CHANGE, &[("organisation", "A"), ("time_zone", "UTC"), ("version", "x")]).await.status, 400);
    }

    async fn public_pages_need_nobody(app) {
        for (path, text) in PUBLIC {
            let page = app.browser().get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.body.contains(text), "{path}");
            assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
            assert!(!page.body.contains(" style="), "{path}");
            assert!(page.headers.get("set-cookie").is_none(), "{path}");
        }
        let policy = app.browser().get("/privacy").await.body;
        for clause in ["c-0.1", "c-1.1a", "c-2.8", "c-8.7", "c-13.1"] {
            assert!(policy.contains(&format!("id=\"{clause}\"")), "{clause}");
        }
    }
}
