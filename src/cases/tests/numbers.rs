//! Numbers in forms, as the organisation writes them.

use super::*;
use crate::server::testing::on_either_engine;

/// Sets how the organisation writes numbers.
async fn written_as(desk: &mut Desk, locale: &str) {
    let organisation: serde_json::Value = desk.browser.read("/api/settings/organisation", &[]).await.value();
    let (name, version) = (organisation["name"].as_str().unwrap().to_owned(), organisation["version"].to_string());
    let pairs = [("organisation", name.as_str()), ("time_zone", "UTC"), ("locale", locale), ("version", &version)];
    let answer = desk.browser.call("/api/settings/change_organisation", &pairs).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Saves a number as it was typed.
async fn typed(desk: &mut Desk, number: &str, value: &str) -> crate::server::testing::Answered {
    let version = desk.read(number).await.version.to_string();
    let pairs = [("number", number), ("version", &version), ("title", "Sum"), ("fields[value][]", value)];
    desk.browser.call(EDIT, &pairs).await
}

/// The number as it is stored, and as the form shows it.
async fn kept(desk: &mut Desk, number: &str) -> (String, String) {
    let case = desk.read(number).await;
    let field = case.fields.iter().find(|field| field.def.key == "value").unwrap();
    let form = desk.browser.get(&format!("/cases/{number}?facts=edit")).await;
    (field.value.as_str().unwrap_or_default().to_owned(), form.input("fields[value][]"))
}

on_either_engine! {
    async fn a_number_means_what_it_means_where_it_is_typed(app) {
        let mut desk = Desk::open(&app, "numbers", Role::Owner).await;
        let number = desk.case("Sum").await;
        for (locale, text, stored, shown) in [
            ("en-GB", "1,234", "1234", "1234"),
            ("en-GB", "\u{a3}1,234.50", "1234.50", "1234.50"),
            ("en-US", "1.234", "1.234", "1.234"),
            ("de-DE", "1.234", "1234", "1234"),
            ("de-DE", "1,234", "1.234", "1,234"),
            ("de-CH", "1\u{2019}234.50", "1234.50", "1234.50"),
            ("fr-FR", "1\u{202f}234,50", "1234.50", "1234,50"),
            ("nl-NL", "(1.234,50)", "-1234.50", "-1234,50"),
        ] {
            written_as(&mut desk, locale).await;
            let saved = typed(&mut desk, &number, text).await;
            assert_eq!(saved.status, 200, "{text} in {locale}: {}", saved.body);
            assert_eq!(kept(&mut desk, &number).await, (stored.to_owned(), shown.to_owned()), "{text} in {locale}");
            // Saving what the form shows changes nothing.
            let version = desk.read(&number).await.version;
            assert_eq!(typed(&mut desk, &number, shown).await.status, 200);
            assert_eq!((desk.read(&number).await.version, kept(&mut desk, &number).await.0.as_str()), (version, stored), "{locale}");
        }
        // The timeline and the history say it as it is read here, where a point does not stand before decimals.
        let page = desk.browser.get(&format!("/cases/{number}")).await.body;
        let history = desk.browser.get(&format!("/cases/{number}/history")).await.body;
        assert!(page.contains("1234,50 \u{2192} -1234,50") && history.contains("-1234,50") && !history.contains("-1234.50"), "{page}");
        // It is found however it is typed.
        for query in ["f.value=-1.234,50", "f.value=-1234.50", "f.value=%281.234,50%29"] {
            assert_eq!(desk.list(query).await.total, 1, "{query}");
        }
    }

    async fn what_is_no_number_is_refused_and_nothing_changes(app) {
        let mut desk = Desk::open(&app, "no numbers", Role::Owner).await;
        let number = desk.case("Sum").await;
        assert_eq!(typed(&mut desk, &number, "7").await.status, 200);
        for (text, words) in [("1.23,4", "Write a number such as 1234.5"), ("1e5", "Write a number"), ("5%", "Write a number"), ("1234,567", "Write 1234.567")] {
            let refused = typed(&mut desk, &number, text).await;
            assert_eq!(refused.status, 422, "{text}: {}", refused.body);
            assert!(refused.fault().about("fields[value][]").unwrap().contains(words), "{text}: {}", refused.body);
        }
        assert_eq!(kept(&mut desk, &number).await.0, "7");
    }
}
