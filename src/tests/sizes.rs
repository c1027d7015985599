//! A page is bounded by bytes as well as by rows: the longest texts that are taken fill no browser.

use uuid::Uuid;

use crate::{
    accounts::Role,
    cases::testing::Desk,
    server::testing::{Browser, on_either_engine},
};

/// The most bytes of a page.
const MOST: usize = 1_500_000;
/// Longest texts on one case.
const TEXTS: usize = 9;

/// The page and all that its pager leads to; answers how often `mark` stood on them.
async fn read_on(browser: &mut Browser, first: &str, mark: &str, word: &str) -> usize {
    let (mut path, mut found, mut pages) = (first.to_owned(), 0, 0);
    loop {
        let page = browser.get(&path).await;
        assert!(page.status == 200 && page.bytes.len() <= MOST, "{path}: {} {}", page.status, page.bytes.len());
        (found, pages) = (found + page.body.matches(mark).count(), pages + 1);
        let link = page.body.split("href=\"").skip(1).find(|rest| rest.split("</a>").next().is_some_and(|link| link.ends_with(word)));
        match link {
            Some(link) if pages < 50 => path = link.split('"').next().unwrap().replace("&amp;", "&"),
            _ => return found,
        }
    }
}

on_either_engine! {
    async fn the_longest_texts_make_no_page_of_megabytes_and_each_is_found(app) {
        let mut desk = Desk::open(&app, "sizes", Role::Owner).await;
        let number = desk.case("Long").await;
        let long = |nth: usize| format!("Canary{nth} {}", "&".repeat(49_900));
        for nth in 0..TEXTS {
            desk.note(&number, &long(nth)).await;
        }
        assert_eq!(read_on(&mut desk.browser, &format!("/cases/{number}"), "Canary", "Earlier entries").await, TEXTS);
        assert_eq!(read_on(&mut desk.browser, &format!("/cases/{number}/history"), "Canary", "Earlier events").await, TEXTS);
        // As data as well.
        let data = desk.browser.read("/api/cases/case", &[("number", &number)]).await;
        assert!(data.status == 200 && data.bytes.len() <= MOST, "{}", data.bytes.len());
    }

    async fn earlier_texts_of_an_entry_and_a_conflict_over_it_are_bounded(app) {
        let mut desk = Desk::open(&app, "revisions", Role::Owner).await;
        let number = desk.case("Long").await;
        let (key, long) = (Uuid::now_v7().to_string(), "&".repeat(49_900));
        let text = |nth: usize| format!("Canary{nth} {long}");
        assert_eq!(desk.browser.call("/api/cases/write_entry", &[("key", &key), ("number", &number), ("body", &text(0))]).await.status, 200);
        for nth in 1..TEXTS {
            let form = [("number", number.as_str()), ("entry", &key), ("version", &nth.to_string()), ("body", &text(nth))];
            assert_eq!(desk.browser.call("/api/cases/edit_entry", &form).await.status, 200);
        }
        let page = desk.browser.get(&format!("/cases/{number}?revisions={key}")).await;
        assert!(page.status == 200 && page.bytes.len() <= MOST, "{} {}", page.status, page.bytes.len());
        assert!(page.body.contains("too long to be shown here"), "it says what is left out");
        let form = [("form", format!("edit-{key}")), ("number", number.clone()), ("entry", key.clone()), ("version", "1".to_owned()), ("body", text(99))];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let from = format!("/cases/{number}?edit={key}");
        let back = desk.browser.post(&from, "/api/cases/edit_entry", &form).await;
        let page = desk.browser.get(back.location()).await;
        assert!(page.status == 409 && page.bytes.len() <= MOST, "{} {}", page.status, page.bytes.len());
        assert!(page.body.contains("Canary99"), "what was typed is there");
    }
}
