//! One organisation's heavy work leaves room for the others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use uuid::Uuid;

use crate::{
    accounts::{Permission, Role, Scope},
    cases::testing::Desk,
    server::{
        db::sql,
        testing::{TestApp, on_both_engines},
    },
};

/// Statements at work at the same time for one organisation.
const HEAVY: usize = 60;

/// Sets them going; answers how many have come to their end.
fn heavy_lists(app: &TestApp, org: Uuid) -> Arc<AtomicUsize> {
    let ended = Arc::new(AtomicUsize::new(0));
    for _ in 0..HEAVY {
        let (db, ended) = (app.state.db.clone(), ended.clone());
        tokio::spawn(async move {
            let list = sql!(
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 150000)
                 select count(*) from n join memberships m on m.org_id = $1 and m.role = 'owner'"
            );
            let _ = db.tenant(org, list).scalar::<i64>().await;
            ended.fetch_add(1, Ordering::Relaxed);
        });
    }
    ended
}

on_both_engines! {
    async fn a_home_page_does_not_wait_for_the_heavy_lists_of_another_organisation(app) {
        let heavy = app.organisation("heavy").await;
        let mut light = Desk::open(&app, "light", Role::Caseworker).await;
        assert_eq!(light.browser.get("/home").await.status, 200);
        let ended = heavy_lists(&app, heavy.id.uuid());
        tokio::time::sleep(Duration::from_millis(50)).await;
        let before = ended.load(Ordering::Relaxed);
        let page = light.browser.get("/home").await;
        let meanwhile = ended.load(Ordering::Relaxed) - before;
        assert_eq!(page.status, 200, "{}", page.body);
        // In one queue it would have waited for all of them.
        assert!(before < HEAVY / 2 && meanwhile < HEAVY / 2, "{meanwhile} of {HEAVY} came first, after {before}");
        while ended.load(Ordering::Relaxed) < HEAVY {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn what_one_organisation_has_under_way_leaves_a_place_for_a_change_of_another(app) {
        let (heavy, light) = (app.organisation("heavy").await, app.organisation("light").await);
        let scope = async |org: &crate::server::testing::Organisation| {
            Scope::of_member(&app.state, org.id, org.user(Role::Owner), Permission::CaseRead).await.unwrap()
        };
        let mut changes = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let scope = scope(&heavy).await;
            changes.spawn(async move {
                let change = scope.begin().await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
                change.commit().await.unwrap();
            });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        scope(&light).await.begin().await.unwrap().commit().await.unwrap();
        assert!(changes.try_join_next().is_none() || changes.len() > 10, "{} are left", changes.len());
        while let Some(change) = changes.join_next().await {
            change.unwrap();
        }
    }
}
