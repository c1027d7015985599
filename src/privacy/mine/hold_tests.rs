//! DR-4: a legal hold keeps exactly what it covers. Held and not held lie side by side, in many mixtures, and what has to
//! be left is worked out here, apart from the code that works it out there.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Erased, closing, erase, erase_organisation};
use crate::{
    accounts::{Person, Role, operator},
    audit,
    cases::testing::Desk,
    fault::Fault,
    privacy::retention::{self, HoldScope, Placed, Released},
    server::{
        db::{global_sql, sql},
        testing::{TestApp, on_either_engine},
    },
};

const DAY: i64 = 86_400;
const ROLES: [Role; 5] = [Role::Owner, Role::Admin, Role::Supervisor, Role::Caseworker, Role::ReadOnly];

/// Whoever places holds here and releases them: an owner, of no organisation that is erased.
async fn keeper(app: &TestApp) -> String {
    let email = "keeper@installation.example";
    if Person::by_address(&app.state.db, email).await.unwrap().is_none() {
        let members = [("Keeper", email, Role::Owner)];
        operator::found(&app.state, "Keepers", "UTC", &members, crate::server::testing::PASSWORD).await.unwrap();
    }
    email.to_owned()
}

async fn hold(app: &TestApp, scope: HoldScope) -> Uuid {
    let by = keeper(app).await;
    let review_on = crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect();
    let new = retention::NewHold { scope, reason: "A claim".into(), authority: "The court".into(), by, review_on };
    retention::place(&app.state, new).await.unwrap().id()
}

async fn release(app: &TestApp, hold: Uuid) {
    assert_eq!(retention::release(&app.state, hold, &keeper(app).await, "Settled").await.unwrap(), Released::Now);
}

/// An organisation with cases of every kind of row, where everybody has a draft and columns of their own.
struct Filled {
    desk: Desk,
    cases: Vec<(String, Uuid)>,
}

async fn filled(app: &TestApp, name: &str) -> Filled {
    let mut desk = Desk::open(app, name, Role::Owner).await;
    let mut cases = Vec::new();
    for (nth, role) in ROLES.into_iter().enumerate().take(4) {
        let number = desk.case(&format!("Case {nth} of {name}")).await;
        desk.note(&number, &format!("Note of {number}")).await;
        let id = crate::cases::id_of_number(&app.state, desk.organisation.id.uuid(), &number).await.unwrap().unwrap();
        let assignee = desk.organisation.user(role).to_string();
        let version = desk.read(&number).await.version.to_string();
        let assigned = desk.browser.call("/api/cases/assign", &[("number", &number), ("version", &version), ("assignee", &assignee)]).await;
        assert_eq!(assigned.status, 200, "{}", assigned.body);
        let viewer = desk.organisation.user(ROLES[(nth + 1) % 4]).to_string();
        let version = desk.read(&number).await.version.to_string();
        let form = [("number", number.as_str()), ("version", version.as_str()), ("restricted", "on"), ("viewers[]", viewer.as_str())];
        assert_eq!(desk.browser.call("/api/cases/set_access", &form).await.status, 200);
        cases.push((number, id));
    }
    for (from, to) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        let linked =
            desk.browser.call("/api/cases/link", &[("number", &cases[from].0), ("other", &cases[to].0), ("kind", "related")]).await;
        assert_eq!(linked.status, 200, "{}", linked.body);
    }
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(desk.organisation.id.uuid()).await.unwrap();
    for role in ROLES {
        let user = desk.organisation.user(role);
        for statement in [
            sql!("insert into drafts (org_id, user_id, place, body, updated_at) values ($1, $2, 'case/x', 'A draft', 1)"),
            sql!(
                sqlite: "insert into list_columns (org_id, user_id, columns) values ($1, $2, '[]') on conflict do nothing",
                postgres: "insert into list_columns (org_id, user_id, columns) values ($1, $2, '[]'::jsonb) on conflict do nothing",
            ),
        ] {
            tx.query(statement).bind(user).execute().await.unwrap();
        }
        let event = audit::Event {
            action: "member.tested",
            subject_kind: "member",
            subject: user.uuid(),
            facts: serde_json::json!({}),
            values: vec![audit::Change { label: "Secret".into(), from: String::new(), to: format!("of {user}") }],
        };
        audit::record_in(&app.state, &mut tx, Some(user), event).await.unwrap();
    }
    tx.commit().await.unwrap();
    Filled { desk, cases }
}

/// What is left in an organisation: every row that matters, as text.
async fn left(app: &TestApp, org: Uuid) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    let mut tx = app.state.db.begin().await.unwrap();
    tx.confine(org).await.unwrap();
    for (what, statement) in [
        ("cases", sql!("select number from cases where org_id = $1")),
        (
            "entries",
            sql!(
                "select c.number || ' ' || e.body from entries e join cases c on c.org_id = e.org_id and c.id = e.case_id where e.org_id = $1"
            ),
        ),
        (
            "viewers",
            sql!("select c.number from case_viewers v join cases c on c.org_id = v.org_id and c.id = v.case_id where v.org_id = $1"),
        ),
        (
            "links",
            sql!(
                "select a.number || ' ' || b.number from case_links l join cases a on a.org_id = l.org_id and a.id = l.case_id join cases b on b.org_id = l.org_id and b.id = l.other_id where l.org_id = $1"
            ),
        ),
        ("drafts", sql!("select u.email from drafts d join users u on u.id = d.user_id where d.org_id = $1")),
        ("columns", sql!("select u.email from list_columns d join users u on u.id = d.user_id where d.org_id = $1")),
        ("members", sql!("select u.email from memberships m join users u on u.id = m.user_id where m.org_id = $1")),
        ("active", sql!("select u.email from memberships m join users u on u.id = m.user_id where m.org_id = $1 and m.left_at is null")),
        ("organisation", sql!("select name from organisations where id = $1")),
    ] {
        let rows: Vec<String> = tx.query(statement).scalars().await.unwrap();
        all.insert(what, rows.into_iter().collect());
    }
    let mut sealed = BTreeSet::new();
    for subject in audit::sealed_subjects(&mut tx).await.unwrap() {
        if !audit::opened(&app.state, &mut tx, subject).await.unwrap().is_empty() {
            sealed.insert(subject.to_string());
        }
    }
    all.insert("readable", sealed);
    all
}

/// What has to be left of it while these cases and accounts are held.
fn expected(
    filled: &Filled,
    before: &BTreeMap<&'static str, BTreeSet<String>>,
    cases: &[usize],
    people: &[usize],
) -> BTreeMap<&'static str, BTreeSet<String>> {
    let numbers: BTreeSet<&str> = cases.iter().map(|nth| filled.cases[*nth].0.as_str()).collect();
    let held: BTreeSet<String> = people.iter().map(|nth| filled.desk.organisation.email(ROLES[*nth])).collect();
    let of_cases = |what: &str| -> BTreeSet<String> {
        before[what]
            .iter()
            .filter(|row| row.split(' ').take(if what == "links" { 2 } else { 1 }).all(|number| numbers.contains(number)))
            .cloned()
            .collect()
    };
    // The assignee, the viewer, and the owner, who stays among the viewers whenever they restrict a case.
    let hang_on: BTreeSet<String> = cases
        .iter()
        .flat_map(|nth| [ROLES[*nth], ROLES[(nth + 1) % 4], Role::Owner])
        .map(|role| filled.desk.organisation.email(role))
        .chain(held.iter().cloned())
        .collect();
    let anything = !cases.is_empty() || !people.is_empty();
    let readable = cases
        .iter()
        .map(|nth| filled.cases[*nth].1.to_string())
        .chain(people.iter().map(|nth| filled.desk.organisation.user(ROLES[*nth]).to_string()));
    BTreeMap::from([
        ("cases", of_cases("cases")),
        ("entries", of_cases("entries")),
        ("viewers", of_cases("viewers")),
        ("links", of_cases("links")),
        ("drafts", held.clone()),
        ("columns", held),
        ("members", hang_on),
        ("active", BTreeSet::new()),
        ("organisation", if anything { before["organisation"].clone() } else { BTreeSet::new() }),
        ("readable", readable.collect()),
    ])
}

async fn verified(app: &TestApp) {
    assert_eq!(audit::verify::verify(&app.state).await.unwrap().breaks, Vec::<String>::new());
}

on_either_engine! {
    async fn dr_4_an_organisation_is_erased_around_exactly_what_is_held(app) {
        // Held cases, and held accounts by their place in the list of roles.
        let mixtures: [(&[usize], &[usize]); 6] = [(&[1], &[]), (&[], &[3]), (&[0, 1, 3], &[]), (&[2], &[1, 3]), (&[0, 1, 2, 3], &[0]), (&[], &[])];
        let bystander = filled(&app, "bystander").await;
        hold(&app, HoldScope::Case { organisation: bystander.desk.organisation.id.uuid(), case: bystander.cases[0].1 }).await;
        let untouched = left(&app, bystander.desk.organisation.id.uuid()).await;
        let mut all = Vec::new();
        for (nth, (cases, people)) in mixtures.into_iter().enumerate() {
            let mut filled = filled(&app, &format!("org{nth}")).await;
            let org = filled.desk.organisation.id.uuid();
            let mut holds = Vec::new();
            for nth in cases {
                holds.push((hold(&app, HoldScope::Case { organisation: org, case: filled.cases[*nth].1 }).await, Some(*nth), None));
            }
            for nth in people {
                holds.push((hold(&app, HoldScope::Account(filled.desk.organisation.user(ROLES[*nth]).uuid())).await, None, Some(*nth)));
            }
            let before = left(&app, org).await;
            let closed = filled.desk.browser.call("/api/privacy/close_organisation", &[("password", crate::server::testing::PASSWORD)]).await;
            assert_eq!(closed.status, 200, "{}", closed.body);
            all.push((filled, before, holds));
        }
        app.state.clock.advance(31 * DAY);
        let removed = retention::run_daily(&app.state).await.unwrap();
        assert_eq!((removed.get("organisations"), removed.get("organisations but for what is held")), (Some(&1), Some(&5)));
        // The same run again finds nothing more that may go, and says so nowhere.
        let events = audit::checkpoint(&app.state).await.unwrap().unwrap().seq;
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("organisations but for what is held"));
        assert_eq!(audit::checkpoint(&app.state).await.unwrap().unwrap().seq, events);
        assert_eq!(retention::forecast(&app.state).await.unwrap().iter().find(|line| line.id == "organisations").unwrap().today, 0);
        for round in 0..6 {
            for (filled, before, holds) in &all {
                let org = filled.desk.organisation.id.uuid();
                let cases: Vec<usize> = holds.iter().filter_map(|(_, case, _)| *case).collect();
                let people: Vec<usize> = holds.iter().filter_map(|(_, _, person)| *person).collect();
                let now = left(&app, org).await;
                assert_eq!(now, expected(filled, before, &cases, &people), "round {round}, cases {cases:?}, accounts {people:?}");
            }
            assert_eq!(left(&app, bystander.desk.organisation.id.uuid()).await, untouched);
            verified(&app).await;
            // One hold of each is released, and the run goes on with what that had kept.
            for (_, _, holds) in &mut all {
                if let Some((id, ..)) = holds.pop() {
                    release(&app, id).await;
                }
            }
            retention::run_daily(&app.state).await.unwrap();
        }
        for (filled, ..) in &all {
            assert_eq!(closing::rows_of(&app.state, filled.desk.organisation.id).await.unwrap(), BTreeMap::new());
        }
    }

    async fn dr_4_the_certificate_says_what_was_kept_and_why(app) {
        let mut filled = filled(&app, "alpha").await;
        let org = filled.desk.organisation.id;
        let of_case = hold(&app, HoldScope::Case { organisation: org.uuid(), case: filled.cases[2].1 }).await;
        filled.desk.browser.call("/api/privacy/close_organisation", &[("password", crate::server::testing::PASSWORD)]).await;
        assert!(filled.desk.browser.get("/settings/close").await.body.contains("A legal hold covers 1 of its cases and 0 accounts"));
        app.state.clock.advance(31 * DAY);
        let Erased::AroundHolds(certificate) = erase_organisation(&app.state, org).await.unwrap() else { panic!("everything went") };
        assert_eq!(certificate.deleted.get("cases"), Some(&3));
        assert!(certificate.unreadable > 0 && certificate.kept.keys().any(|what| what == "Cases: 1"), "{certificate:?}");
        assert!(certificate.kept.values().any(|why| why.contains("legal hold") && why.contains("looked at again on")));
        // Nobody gets in, and the certificate can be had all the same.
        filled.desk.browser.sign_in("owner@alpha.example").await;
        assert_ne!(filled.desk.browser.get("/cases").await.status, 200);
        let path = format!("/me/privacy/certificates/{org}");
        let told = filled.desk.browser.get(&path).await;
        assert!(told.status == 200 && told.body.contains("Cases: 1") && told.body.contains("\"erased_at\": null"), "{}", told.body);
        assert!(app.mails().await.iter().any(|mail| mail.body.contains("What a legal hold covers stays")));
        assert_eq!(erase_organisation(&app.state, org).await.unwrap(), Erased::NothingMore);
        release(&app, of_case).await;
        let Erased::Whole(certificate) = erase_organisation(&app.state, org).await.unwrap() else { panic!("something stayed") };
        assert_eq!((certificate.deleted.get("cases"), certificate.kept.len()), (Some(&4), 0), "the numbers of both times");
        assert!(erase_organisation(&app.state, org).await.is_err());
        verified(&app).await;
    }

    async fn a_hold_is_placed_by_two_people_where_there_are_two(app) {
        let org = app.organisation("alpha").await;
        let (user, other) = (org.user(Role::Caseworker), org.user(Role::Supervisor));
        let place = async |user: crate::ids::Id<crate::ids::kinds::User>, by: &str| {
            let review_on = crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect();
            let scope = HoldScope::Account(user.uuid());
            let new = retention::NewHold { scope, reason: "A claim".into(), authority: "The court".into(), by: by.into(), review_on };
            retention::place(&app.state, new).await.unwrap()
        };
        let (ann, ben) = (org.email(Role::Owner), org.email(Role::Admin));
        // With one operator, one is enough.
        let alone = place(org.user(Role::ReadOnly), &ann).await;
        assert!(matches!(alone, Placed::Now(_)));
        for role in [Role::Owner, Role::Admin] {
            assert!(crate::accounts::operator::set_operator(&app.state, &org.email(role), true).await.unwrap());
        }
        let asked = place(user, &format!(" {ann} ")).await;
        assert!(matches!(asked, Placed::NeedsSecond(_)));
        assert_eq!(place(user, &ann.to_uppercase()).await, asked, "the same person again is no second one");
        let lapsing = place(other, &ann).await;
        // It holds meanwhile: what it is to keep must not be lost.
        assert!(erase(&app.state, user).await.is_err());
        assert_eq!(place(user, &ben).await, Placed::Now(asked.id()));
        app.state.clock.advance(8 * DAY);
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("holds that nobody seconded"), Some(&1));
        let in_force: Vec<(Uuid, String)> = retention::in_force(&app.state).await.unwrap().into_iter().map(|hold| (hold.id, hold.placed_by)).collect();
        assert_eq!(in_force, [(alone.id(), ann.clone()), (asked.id(), format!("{ann}, {ben}"))]);
        assert!(erase(&app.state, other).await.is_ok() && erase(&app.state, user).await.is_err());
        assert_eq!(retention::release(&app.state, lapsing.id(), &ann, "x").await.unwrap(), Released::NotInForce);
        verified(&app).await;
    }

    async fn a_hold_is_released_by_two_people_where_there_are_two(app) {
        let org = app.organisation("alpha").await;
        let user = org.user(Role::Caseworker);
        let held = hold(&app, HoldScope::Account(user.uuid())).await;
        for role in [Role::Owner, Role::Admin] {
            assert!(crate::accounts::operator::set_operator(&app.state, &org.email(role), true).await.unwrap());
        }
        let (ann, ben) = (org.email(Role::Owner), org.email(Role::Admin));
        for _ in 0..2 {
            assert_eq!(retention::release(&app.state, held, &format!("{ann} "), "Settled").await.unwrap(), Released::NeedsSecond);
            assert!(erase(&app.state, user).await.is_err(), "one person cannot release it");
        }
        assert_eq!(retention::release(&app.state, held, &ann.to_uppercase(), "Settled").await.unwrap(), Released::NeedsSecond);
        assert_eq!(retention::release(&app.state, held, &ben, "Settled").await.unwrap(), Released::Now);
        assert_eq!(retention::release(&app.state, held, &ben, "Settled").await.unwrap(), Released::NotInForce);
        let by: String = app.state.db.global(global_sql!("select released_by from legal_holds where id = $1")).bind(held).scalar().await.unwrap();
        assert_eq!(by, format!("{}, {}", org.user(Role::Owner), org.user(Role::Admin)));
        assert!(erase(&app.state, user).await.is_ok());
        verified(&app).await;
    }

    async fn only_an_operator_or_an_owner_asks_for_a_hold(app) {
        let org = app.organisation("alpha").await;
        let user = org.user(Role::Caseworker);
        let review_on: String = crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect();
        let place_on = async |scope: HoldScope, by: &str| {
            let new = retention::NewHold { scope, reason: "A claim".into(), authority: "The court".into(), by: by.into(), review_on: review_on.clone() };
            retention::place(&app.state, new).await
        };
        let place = async |by: &str| place_on(HoldScope::Account(user.uuid()), by).await;
        let admin = org.email(Role::Admin);
        for by in ["", "Ann", "nobody@alpha.example", admin.as_str()] {
            let refused = place(by).await.unwrap_err();
            assert!(refused.about("by").is_some_and(|why| why.starts_with(by) && why.contains("no operator, and no owner")), "{refused:?}");
        }
        assert!(retention::in_force(&app.state).await.unwrap().is_empty());
        // Where no operator is named, any owner does. The admin becomes one: then it is operators, and owners at home.
        let owner = org.email(Role::Owner);
        let stranger = app.organisation("beta").await.email(Role::Owner);
        let held = place(&stranger).await.unwrap().id();
        assert!(operator::set_operator(&app.state, &admin, true).await.unwrap());
        for by in ["Ann", stranger.as_str()] {
            assert!(retention::release(&app.state, held, by, "Settled").await.unwrap_err().about("by").is_some(), "{by}");
        }
        assert_eq!(retention::release(&app.state, held, &owner, "Settled").await.unwrap(), Released::Now);
        let at_home = HoldScope::Organisation(org.id.uuid());
        assert!(place_on(at_home, &stranger).await.unwrap_err().about("by").is_some());
        let held = place_on(at_home, &owner).await.unwrap().id();
        assert!(retention::release(&app.state, held, &stranger, "Settled").await.unwrap_err().about("by").is_some());
        assert_eq!(retention::release(&app.state, held, &owner, "Settled").await.unwrap(), Released::Now);
        // Who asked is known by the account, and no longer by name once that is erased.
        let held = place(&admin).await.unwrap().id();
        erase(&app.state, org.user(Role::Admin)).await.unwrap();
        let placed = retention::in_force(&app.state).await.unwrap();
        assert!(placed.iter().any(|hold| hold.id == held && hold.placed_by.ends_with("@erased.invalid")), "{placed:?}");
        verified(&app).await;
    }

    async fn dr_4_a_held_organisation_is_not_erased_at_all(app) {
        let mut filled = filled(&app, "alpha").await;
        let org = filled.desk.organisation.id;
        let whole = hold(&app, HoldScope::Organisation(org.uuid())).await;
        filled.desk.browser.call("/api/privacy/close_organisation", &[("password", crate::server::testing::PASSWORD)]).await;
        let before = left(&app, org.uuid()).await;
        app.state.clock.advance(31 * DAY);
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("organisations"));
        assert!(erase_organisation(&app.state, org).await.is_err());
        assert_eq!(left(&app, org.uuid()).await, before);
        release(&app, whole).await;
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("organisations"), Some(&1));
    }

    async fn dr_4_erasing_an_account_leaves_what_is_held_around_it(app) {
        let (held, open) = (filled(&app, "held").await, filled(&app, "open").await);
        let user = held.desk.organisation.user(Role::Supervisor);
        let mut tx = app.state.db.begin().await.unwrap();
        // The same person belongs to both, with a draft and something sealed in each.
        tx.global(global_sql!("insert into memberships (org_id, user_id, role, joined_at, version) values ($1, $2, 'caseworker', 1, 1)")).bind(open.desk.organisation.id).bind(user).execute().await.unwrap();
        tx.confine(open.desk.organisation.id.uuid()).await.unwrap();
        tx.query(sql!("insert into drafts (org_id, user_id, place, body, updated_at) values ($1, $2, 'case/x', 'A draft', 1)")).bind(user).execute().await.unwrap();
        tx.query(sql!("insert into case_viewers (org_id, case_id, user_id, added_at) values ($1, $2, $3, 1), ($1, $4, $3, 1)")).bind(open.cases[0].1).bind(user).bind(open.cases[1].1).execute().await.unwrap();
        tx.commit().await.unwrap();
        let organisation = hold(&app, HoldScope::Organisation(held.desk.organisation.id.uuid())).await;
        let case = hold(&app, HoldScope::Case { organisation: open.desk.organisation.id.uuid(), case: open.cases[0].1 }).await;
        let mine = async |org: &Filled, what: &str| {
            let mut tx = app.state.db.begin().await.unwrap();
            tx.confine(org.desk.organisation.id.uuid()).await.unwrap();
            let statement = match what {
                "drafts" => sql!("select count(*) from drafts where org_id = $1 and user_id = $2"),
                _ => sql!("select count(*) from case_viewers where org_id = $1 and user_id = $2"),
            };
            let rows: i64 = tx.query(statement).bind(user).scalar().await.unwrap();
            (rows, !audit::opened(&app.state, &mut tx, user.uuid()).await.unwrap().is_empty())
        };
        let viewed = mine(&held, "viewers").await.0;
        assert!(viewed > 0);
        let certificate = erase(&app.state, user).await.unwrap();
        assert_eq!(certificate.waiting.len(), 2);
        assert_eq!(mine(&held, "drafts").await, (1, true));
        assert_eq!(mine(&held, "viewers").await.0, viewed);
        assert_eq!(mine(&open, "drafts").await, (0, false));
        assert_eq!(mine(&open, "viewers").await.0, 1, "of the held case");
        let (name, erased): (String, Option<i64>) = app.state.db.global(global_sql!("select u.name, d.erased_at from users u join account_deletions d on d.user_id = u.id where u.id = $1")).bind(user).one().await.unwrap();
        assert!(name.starts_with("Deleted user ") && erased.is_none());
        // Nothing more to be done until a hold ends; then that part follows.
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("accounts"));
        release(&app, organisation).await;
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("accounts"), Some(&1));
        assert_eq!((mine(&held, "drafts").await, mine(&held, "viewers").await.0), ((0, false), 0));
        assert_eq!(mine(&open, "viewers").await.0, 1);
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("accounts"));
        release(&app, case).await;
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("accounts"), Some(&1));
        assert_eq!(mine(&open, "viewers").await.0, 0);
        assert!(!retention::run_daily(&app.state).await.unwrap().contains_key("accounts"));
        verified(&app).await;
    }

    async fn dr_4_a_hold_that_is_being_placed_is_waited_for(app) {
        let desk = Desk::open(&app, "alpha", Role::Owner).await;
        let (user, place) = (desk.organisation.user(Role::Caseworker), global_sql!(
            "insert into legal_holds (id, scope, subject_id, reason, authority, placed_by, placed_at, review_on)
             values ($1, 'account', $2, 'A claim', 'The court', '', 1, '2999-01-01')"
        ));
        let mut closed = Desk::open(&app, "beta", Role::Owner).await;
        let org = closed.organisation.id;
        closed.browser.call("/api/privacy/close_organisation", &[("password", crate::server::testing::PASSWORD)]).await;
        // A SQLite file has one writer at a time anyway.
        let mut placing = app.state.db.begin().await.unwrap();
        retention::keep_still(&mut placing).await.unwrap();
        let state = app.state.clone();
        let erasing = tokio::spawn(async move { erase(&state, user).await });
        let state = app.state.clone();
        let ending = tokio::spawn(async move { erase_organisation(&state, org).await });
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert!(!erasing.is_finished() && !ending.is_finished(), "nothing is erased while a hold is on its way");
        placing.global(place).bind(Uuid::now_v7()).bind(user).execute().await.unwrap();
        placing.commit().await.unwrap();
        assert!(matches!(erasing.await.unwrap(), Err(Fault::Forbidden { .. })), "and not once it is there");
        assert!(matches!(ending.await.unwrap(), Ok(Erased::Whole(_))), "that one is not held");

        // The other way round, whoever places one waits for the erasure.
        let by = keeper(&app).await;
        let mut erasing = app.state.db.begin().await.unwrap();
        retention::keep_still(&mut erasing).await.unwrap();
        let (state, review_on) = (app.state.clone(), crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect());
        let scope = HoldScope::Organisation(desk.organisation.id.uuid());
        let new = retention::NewHold { scope, reason: "A claim".into(), authority: "The court".into(), by, review_on };
        let placing = tokio::spawn(async move { retention::place(&state, new).await });
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert!(!placing.is_finished());
        erasing.commit().await.unwrap();
        placing.await.unwrap().unwrap();
        let scope = HoldScope::Organisation(org.uuid());
        let (by, review_on) = (keeper(&app).await, "2999-01-01".to_owned());
        let gone = retention::NewHold { scope, reason: "A claim".into(), authority: "The court".into(), by, review_on };
        assert!(retention::place(&app.state, gone).await.is_err());
    }
}
