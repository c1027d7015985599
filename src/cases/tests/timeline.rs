//! A long timeline is read page by page, without a gap.

use std::collections::BTreeSet;

use crate::{
    accounts::{Permission, Role, Scope},
    cases::{self, Arrival, Certainty, EntryKind, Incoming, IncomingEntry, api::CaseView, testing::Desk},
    server::testing::on_both_engines,
};

on_both_engines! {
    async fn each_of_many_entries_of_one_instant_is_on_one_page_pinned_or_not(app) {
        let mut desk = Desk::open(&app, "instant", Role::Owner).await;
        let scope = Scope::of_member(&app.state, desk.organisation.id, desk.organisation.user(Role::Owner), Permission::CaseImport).await.unwrap();
        let at = app.state.clock.now();
        let entry = |n: usize| IncomingEntry { external_id: n.to_string(), kind: EntryKind::Event, occurred_at: at, author_label: None, author_id: None, body: format!("Event {n}") };
        let incoming = Incoming { external_id: "old".into(), title: "Knows only days".into(), opened_at: Some(at), entries: (0..250).map(entry).collect(), ..Incoming::default() };
        let catalogue = cases::catalogue(&scope).await.unwrap();
        let mut tx = scope.begin().await.unwrap();
        let source = cases::source(&mut tx, "Old system").await.unwrap();
        let how = Arrival { case_type: &catalogue.types[0], catalogue: &catalogue, source, certain: Certainty::Given, update: false };
        cases::bring_in(&mut tx, &how, incoming).await.unwrap();
        tx.commit().await.unwrap();
        let number = desk.list("").await.rows[0].number.clone();
        let read = async |desk: &mut Desk| {
            let (mut all, mut before) = (Vec::new(), String::new());
            for expected in [100, 100, 50] {
                let page: CaseView = desk.browser.read("/api/cases/case", &[("number", &number), ("before", &before)]).await.value();
                assert_eq!(page.entries.len(), expected);
                all.extend(page.entries.into_iter().map(|entry| (entry.id, entry.pinned)));
                before = page.earlier.unwrap_or_default();
            }
            assert_eq!(before, "");
            all
        };
        let first = read(&mut desk).await;
        // None pinned, a few from every page, and more than a page holds.
        for pinned in [vec![], vec![249, 150, 10], (0..250).step_by(2).collect::<Vec<usize>>()] {
            let ids: BTreeSet<String> = pinned.iter().map(|nth| first[*nth].0.to_string()).collect();
            for (id, _) in &first {
                let id = id.to_string();
                let pair = if ids.contains(&id) { ("pin", "yes") } else { ("pin", "") };
                if !pinned.is_empty() {
                    assert_eq!(desk.browser.call("/api/cases/pin_entry", &[("number", &number), ("entry", &id), pair]).await.status, 200);
                }
            }
            let all = read(&mut desk).await;
            assert_eq!(all.iter().map(|(id, _)| id.to_string()).collect::<BTreeSet<_>>().len(), 250, "{} pinned", ids.len());
            assert!(all.iter().enumerate().all(|(place, (id, pinned))| *pinned == (place < ids.len()) && *pinned == ids.contains(&id.to_string())), "{all:?}");
        }
        // The page leads on by its link.
        let page = desk.browser.get(&format!("/cases/{number}")).await.body;
        let next = page.split("?before=").nth(1).unwrap().split('"').next().unwrap();
        let page = desk.browser.get(&format!("/cases/{number}?before={next}")).await.body;
        assert!(page.contains("Newest entries") && page.contains("Earlier entries"), "{page}");
        // Paper says what it leaves out.
        assert!(page.contains("Newer entries are not printed here.") && page.contains("Earlier entries are not printed here."), "{page}");
        let alone = desk.browser.get(&format!("/cases/{number}?show=note")).await.body;
        assert!(alone.contains("this is “Notes”.") && !alone.contains("entries are not printed here."), "{alone}");
    }
}
