//! DR-25: a backup that is put back brings nobody back who was erased since it was made.

use super::{Erased, erase, erase_organisation, replay};
use crate::{
    accounts::{Person, Role},
    audit,
    cases::testing::Desk,
    command::BoundListener,
    privacy::{
        retention::{self, HoldScope, NewHold, Released},
        selftest::everything,
    },
    server::{
        db::{Db, global_sql},
        http::assets::Assets,
        state::State,
        testing::{PASSWORD, TestApp, on_both_engines},
    },
};

const DAY: i64 = 86_400;
/// Who places holds here and releases them.
const BY: &str = "owner@keepers.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dr_25_a_restored_backup_brings_nobody_back() {
    let app = TestApp::sqlite().await;
    let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
    let number = desk.case("Stays").await;
    let mut going = Desk::open(&app, "going-organisation", Role::Owner).await;
    going.case("Goes with its organisation").await;
    assert_eq!(replay(&app.state).await, Ok(0));
    // The backup: a copy of the database, which was quiet. The list lies beside it and is no part of it.
    let data = &app.state.config.server.data;
    let backup = data.join("backup.sqlite");
    app.state.db.scrub().await.unwrap();
    std::fs::copy(data.join("test.sqlite"), &backup).unwrap();

    erase(&app.state, desk.organisation.user(Role::Supervisor)).await.unwrap();
    going.browser.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await;
    app.state.clock.advance(20 * DAY);
    assert!(matches!(erase_organisation(&app.state, going.organisation.id).await.unwrap(), Erased::Whole(_)));
    erase(&app.state, going.organisation.user(Role::Owner)).await.unwrap();
    let list = std::fs::read_to_string(data.join("erased.list")).unwrap();
    assert!(list.lines().count() == 3 && !list.contains('@') && !list.contains("going-"), "{list}");

    let old = &app.state;
    let restored =
        State::new(Db::open_sqlite(&backup).await.unwrap(), old.config.clone(), old.key.clone(), old.leptos.clone(), Assets::default());
    restored.clock.advance(20 * DAY);
    for back in ["supervisor@alpha.example", "owner@going-organisation.example", "Goes with its organisation"] {
        assert!(everything(&restored).await.contains(back), "{back} is not in the backup");
    }
    // As the start does, before anything is served.
    assert_eq!(replay(&restored).await, Ok(3));
    let all = everything(&restored).await;
    for gone in ["supervisor@alpha.example", "owner@going-organisation.example", "Goes with its organisation"] {
        assert!(!all.contains(gone), "{gone} is back");
    }
    assert!(all.contains(&number) && all.contains("owner@alpha.example"));
    assert_eq!(audit::verify::verify(&restored).await.unwrap().breaks, Vec::<String>::new());
    assert_eq!(replay(&restored).await, Ok(0));
    // Longer than backups are kept, the list does not remember.
    restored.clock.advance(61 * DAY);
    assert_eq!(replay(&restored).await, Ok(0));
    assert_eq!(std::fs::read_to_string(data.join("erased.list")).unwrap(), "");
}

/// A copy of the database, which was quiet; the list lies beside it and is no part of it.
async fn backup(app: &TestApp) -> std::path::PathBuf {
    let data = &app.state.config.server.data;
    app.state.db.scrub().await.unwrap();
    std::fs::copy(data.join("test.sqlite"), data.join("backup.sqlite")).unwrap();
    data.join("backup.sqlite")
}

/// The instance on the database that was put back, as long after the first one's start.
async fn restored(app: &TestApp, backup: &std::path::Path, days: i64) -> State {
    let (old, db) = (&app.state, Db::open_sqlite(backup).await.unwrap());
    let mut config = old.config.clone();
    // A port that was free a moment ago.
    config.server.address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let state = State::new(db, config, old.key.clone(), old.leptos.clone(), Assets::default());
    state.clock.advance(days * DAY);
    state
}

async fn hold(app: &TestApp, scope: HoldScope) -> uuid::Uuid {
    let review_on = crate::server::time::iso(app.state.clock.now().plus_seconds(90 * DAY)).chars().take(10).collect();
    let new = NewHold { scope, reason: "A claim".into(), authority: "The court".into(), by: BY.into(), review_on };
    retention::place(&app.state, new).await.unwrap().id()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dr_25_an_organisation_that_was_erased_around_holds_is_erased_around_them_again() {
    let app = TestApp::sqlite().await;
    app.organisation("keepers").await;
    let mut desk = Desk::open(&app, "alpha", Role::Owner).await;
    let org = desk.organisation.id;
    let mut case = async |title: &str| {
        let number = desk.case(title).await;
        HoldScope::Case {
            organisation: org.uuid(),
            case: crate::cases::id_of_number(&app.state, org.uuid(), &number).await.unwrap().unwrap(),
        }
    };
    let (known, unknown, released) = (case("Held before").await, case("Held after").await, case("Held no more").await);
    case("Never held").await;
    hold(&app, known).await;
    let ended = hold(&app, released).await;
    let backup = backup(&app).await;

    // Since then: one hold was placed, one released, and the organisation was erased around what is left.
    app.state.clock.advance(DAY);
    let lost = hold(&app, unknown).await;
    assert_eq!(retention::release(&app.state, ended, BY, "Settled").await.unwrap(), Released::Now);
    desk.browser.sign_in("owner@alpha.example").await;
    assert_eq!(desk.browser.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await.status, 200);
    app.state.clock.advance(DAY);
    assert!(matches!(erase_organisation(&app.state, org).await.unwrap(), Erased::AroundHolds(_)));
    let list = std::fs::read_to_string(app.state.config.server.data.join("erased.list")).unwrap();
    let (released_one, erased) = list.split_once('\n').unwrap();
    assert!(released_one.starts_with(&format!("hold {ended} ")), "{list}");
    assert!(erased.lines().count() == 1 && erased.contains(&lost.to_string()) && !erased.contains(&ended.to_string()), "{list}");
    // A start of this one finds nothing to do, also where the list was lost.
    assert_eq!(replay(&app.state).await, Ok(0));
    std::fs::remove_file(app.state.config.server.data.join("erased.list")).unwrap();
    assert_eq!(replay(&app.state).await, Ok(0));
    let titles = ["Held before", "Held after", "Held no more", "Never held"];
    let left = async |state: &State| {
        let all = everything(state).await;
        titles.map(|title| all.contains(title))
    };
    assert_eq!(left(&app.state).await, [true, true, false, false]);

    let restored = restored(&app, &backup, 2).await;
    restored.clock.advance(60);
    assert_eq!(left(&restored).await, [true; 4]);
    assert_eq!(replay(&restored).await, Ok(1));
    assert_eq!(left(&restored).await, [true, true, false, false]);
    let mut in_force: Vec<_> = retention::in_force(&restored).await.unwrap().into_iter().map(|hold| hold.subject_id).collect();
    let mut held: Vec<_> = [known, unknown]
        .into_iter()
        .map(|scope| match scope {
            HoldScope::Case { case, .. } => case,
            _ => unreachable!(),
        })
        .collect();
    in_force.sort();
    held.sort();
    assert_eq!(in_force, held);
    assert_eq!(audit::verify::verify(&restored).await.unwrap().breaks, Vec::<String>::new());
    assert_eq!(replay(&restored).await, Ok(0));
    // Its end goes on from there.
    for hold in retention::in_force(&restored).await.unwrap() {
        retention::release(&restored, hold.id, BY, "Settled").await.unwrap();
    }
    restored.clock.advance(31 * DAY);
    retention::run_daily(&restored).await.unwrap();
    assert_eq!(left(&restored).await, [false; 4]);
}

/// An organisation, closed long ago, of which only a case under a hold is left: the organisation, and the hold.
async fn around_a_hold(app: &TestApp) -> (uuid::Uuid, uuid::Uuid) {
    app.organisation("keepers").await;
    let mut desk = Desk::open(app, "alpha", Role::Owner).await;
    let (org, number) = (desk.organisation.id, desk.case("Held for a while").await);
    let case = crate::cases::id_of_number(&app.state, org.uuid(), &number).await.unwrap().unwrap();
    let held = hold(app, HoldScope::Case { organisation: org.uuid(), case }).await;
    assert_eq!(desk.browser.call("/api/privacy/close_organisation", &[("password", PASSWORD)]).await.status, 200);
    app.state.clock.advance(31 * DAY);
    retention::run_daily(&app.state).await.unwrap();
    assert!(everything(&app.state).await.contains("Held for a while"));
    (org.uuid(), held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dr_25_a_hold_that_was_released_is_not_in_force_again_with_an_old_backup() {
    let app = TestApp::sqlite().await;
    let (_, held) = around_a_hold(&app).await;
    let backup = backup(&app).await;
    let once_more = backup.with_extension("copy");
    std::fs::copy(&backup, &once_more).unwrap();
    app.state.clock.advance(60);
    assert_eq!(retention::release(&app.state, held, BY, "Settled").await.unwrap(), Released::Now);
    let restored = restored(&app, &backup, 31).await;
    restored.clock.advance(120);
    assert_eq!(retention::in_force(&restored).await.unwrap().len(), 1);
    // Nothing had been erased since; what the hold kept goes with the daily run, as it would have.
    assert_eq!(replay(&restored).await, Ok(0));
    assert!(retention::in_force(&restored).await.unwrap().is_empty());
    retention::run_daily(&restored).await.unwrap();
    assert!(!everything(&restored).await.contains("Held for a while"));
    assert_eq!(audit::verify::verify(&restored).await.unwrap().breaks, Vec::<String>::new());

    // Once it has gone there, the same backup is one from before that.
    retention::run_daily(&app.state).await.unwrap();
    let again = self::restored(&app, &once_more, 31).await;
    again.clock.advance(180);
    assert_eq!(replay(&again).await, Ok(1));
    assert!(!everything(&again).await.contains("Held for a while"));
}

/// Asks over the network, once; nothing while nobody answers.
async fn readyz(address: std::net::SocketAddr) -> Option<String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.lines().next().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dr_25_a_server_on_an_old_backup_is_ready_only_when_nobody_is_back() {
    let app = TestApp::sqlite().await;
    let org = app.organisation("alpha").await;
    let backup = backup(&app).await;
    for role in [Role::Supervisor, Role::Caseworker, Role::ReadOnly] {
        erase(&app.state, org.user(role)).await.unwrap();
    }
    let erased = ["supervisor@alpha.example", "caseworker@alpha.example"];
    let list = app.state.config.server.data.join("erased.list");
    let kept = std::fs::read_to_string(&list).unwrap();

    // A list that cannot be read: it does not start, and answers nobody.
    std::fs::remove_file(&list).unwrap();
    std::fs::create_dir(&list).unwrap();
    let blind = restored(&app, &backup, 20).await;
    let address = blind.config.server.address;
    let refused = BoundListener::open(&blind.config).unwrap().serve(blind.clone()).await;
    assert!(refused.is_err_and(|why| why.contains("erased.list")));
    assert_eq!(readyz(address).await, None);
    std::fs::remove_dir(&list).unwrap();
    std::fs::write(&list, kept).unwrap();

    let restored = restored(&app, &backup, 20).await;
    let address = restored.config.server.address;
    let all = everything(&restored).await;
    assert!(erased.iter().all(|email| all.contains(email)), "they are not in the backup");
    let door = BoundListener::open(&restored.config).unwrap();
    // Asked before it serves: the answer comes once it does.
    let asked = tokio::spawn(readyz(address));
    let server = tokio::spawn(door.serve(restored.clone()));
    let answer = tokio::time::timeout(std::time::Duration::from_secs(60), asked).await.unwrap().unwrap();
    let all = everything(&restored).await;
    server.abort();
    assert_eq!(answer.as_deref(), Some("HTTP/1.1 200 OK"));
    for email in erased {
        assert!(!all.contains(email), "{email} is back");
    }
    assert!(all.contains("owner@alpha.example"));
}

on_both_engines! {
    async fn dr_25_a_start_after_a_hold_was_released_takes_nothing_for_put_back(app) {
        let (org, held) = around_a_hold(&app).await;
        assert_eq!(replay(&app.state).await, Ok(0));
        assert_eq!(retention::release(&app.state, held, BY, "Settled").await.unwrap(), Released::Now);
        let list = async || std::fs::read_to_string(app.state.config.server.data.join("erased.list")).unwrap();
        assert!(list().await.contains(&format!("hold {held} ")), "it is on the list at once");
        for _ in 0..2 {
            assert_eq!(replay(&app.state).await, Ok(0), "nothing was put back");
            assert!(everything(&app.state).await.contains("Held for a while"), "that is for the daily run");
        }
        assert_eq!(retention::run_daily(&app.state).await.unwrap().get("organisations"), Some(&1));
        assert!(!everything(&app.state).await.contains("Held for a while"));
        assert!(list().await.lines().any(|line| line.split(' ').count() == 3 && line.starts_with(&format!("organisation {org} "))));
        assert_eq!(replay(&app.state).await, Ok(0));
    }

    async fn dr_25_what_is_on_the_list_is_erased_at_the_start(app) {
        let org = app.organisation("alpha").await;
        let user = org.user(Role::Caseworker);
        let list = app.state.config.server.data.join("erased.list");
        std::fs::write(&list, format!("account {user} {}\naccount {} 1\nsomething else\n", app.state.clock.now().0, uuid::Uuid::now_v7())).unwrap();
        assert_eq!(replay(&app.state).await, Ok(1));
        assert!(Person::of(&app.state.db, user).await.unwrap().name.starts_with("Deleted user "));
        assert_eq!(replay(&app.state).await, Ok(0));
        // A list that was lost is made anew from what the database knows.
        std::fs::remove_file(&list).unwrap();
        assert_eq!(replay(&app.state).await, Ok(0));
        assert!(std::fs::read_to_string(&list).unwrap().contains(&format!("account {user} ")));
        let there: i64 = app.state.db.global(global_sql!("select count(*) from users where name like 'Deleted user %'")).scalar().await.unwrap();
        assert_eq!(there, 1);
    }
}
