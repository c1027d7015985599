//! DR-25: a backup that is put back brings nobody back who was erased since it was made.

use super::{Erased, erase, erase_organisation, replay};
use crate::{
    accounts::{Person, Role},
    audit,
    cases::testing::Desk,
    privacy::selftest::everything,
    server::{
        db::{Db, global_sql},
        http::assets::Assets,
        state::State,
        testing::{PASSWORD, TestApp, on_both_engines},
    },
};

const DAY: i64 = 86_400;

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

on_both_engines! {
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
