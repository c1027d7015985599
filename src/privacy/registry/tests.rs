//! The registry against the live schema, and against itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    REASONS, columns, may_be_logged,
    model::{Access, Act, Basis, Category, Erasure, Purpose, Rows, Subject, With},
    never_logged, sweeps, tables,
};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::{filter::filter_fn, fmt, layer::SubscriberExt as _};

use crate::{accounts::Role, cases::testing::Desk, privacy::selftest::Lines, server::testing::on_either_engine, tests::product};

fn known() -> BTreeSet<String> {
    columns().map(|facts| format!("{}.{}", facts.table.name, facts.column.name)).collect()
}

on_either_engine! {
    async fn dr_1_the_schema_and_the_registry_agree_exactly(app) {
        let live: BTreeSet<String> = app.state.db.schema().await.unwrap().into_iter().map(|c| format!("{}.{}", c.table_name, c.column_name)).collect();
        let known = known();
        let missing: Vec<_> = live.difference(&known).collect();
        let stale: Vec<_> = known.difference(&live).collect();
        assert!(missing.is_empty(), "columns without an entry in src/privacy/registry: {missing:?}");
        assert!(stale.is_empty(), "entries without a column: {stale:?}");
        assert!(live.len() > 200, "{}", live.len());
    }
}

#[test]
fn dr_1_nothing_is_described_twice() {
    let mut seen = BTreeMap::new();
    for facts in columns() {
        *seen.entry((facts.table.name, facts.column.name)).or_insert(0) += 1;
    }
    assert!(seen.values().all(|times| *times == 1));
    let names: BTreeSet<_> = sweeps().map(|(_, sweep)| sweep.id).collect();
    assert_eq!(names.len(), sweeps().count(), "two rules of one name");
}

#[test]
fn every_entry_makes_sense() {
    for facts in columns() {
        let place = format!("{}.{}", facts.table.name, facts.column.name);
        assert!(!facts.table.keep.is_empty(), "{place}: how long is it kept?");
        assert_eq!(
            facts.table.tenant,
            facts.table.columns.first().is_some_and(|c| c.name == "org_id") && !is_global(facts.table.name),
            "{place}: tenant tables lead with org_id"
        );
        if facts.personal() {
            assert_ne!(facts.basis, Basis::None, "{place}: personal without a basis");
            assert_ne!(facts.erasure, Erasure::Untouched, "{place}: personal, and erasure does nothing to it");
            assert!(facts.purpose != Purpose::Operate, "{place}: personal without a purpose");
        } else {
            assert_eq!(facts.basis, Basis::None, "{place}");
        }
        if let Access::No(reason) = facts.access {
            assert!(reason.ends_with('.') && reason.len() > 10, "{place}: {reason}");
        }
        if let Erasure::Keep(reason) = facts.erasure {
            assert!(reason.ends_with('.') && reason.len() > 10, "{place}: {reason}");
        }
        assert!(facts.category != Category::Credentials || facts.access != Access::Yes, "{place}: a secret must not leave");
        assert!(facts.erasure != Erasure::Replace(With::Name) || facts.table.name == "users", "{place}: one name a person, in one place");
    }
}

fn is_global(name: &str) -> bool {
    matches!(name, "memberships" | "invitations")
}

#[test]
fn every_rule_names_columns_that_exist() {
    for (table, sweep) in sweeps() {
        let has = |name: &str| table.columns.iter().any(|c| c.name == name);
        // What stands in quotes is a value, and what stands in inner parentheses is about another table.
        let own: String = sweep.since.split('\'').step_by(2).collect();
        let inner = own.split_once("(select").map_or(own.clone(), |(before, rest)| before.to_owned() + rest.rsplit_once(')').unwrap().1);
        let words = inner.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty() && !SQL.contains(w));
        for word in words.filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())) {
            assert!(has(word), "{}: {word} is no column of {}", sweep.id, table.name);
        }
        match sweep.act {
            Act::Delete | Act::DeleteByDay => {}
            Act::DeleteWithParts(column, parts) => {
                assert!(has(column), "{}: {column}", sweep.id);
                for part in parts {
                    let part = super::table(part).unwrap();
                    assert!(part.columns.iter().any(|c| c.name == "request_id"), "{}", part.name);
                }
            }
            Act::DeleteAndShred(column) | Act::Shorten(column) | Act::Empty(column) => assert!(has(column), "{}: {column}", sweep.id),
        }
        assert!(sweep.id.starts_with(table.name) && sweep.says.ends_with('.'), "{}", sweep.id);
    }
    for table in tables() {
        let named = match table.rows {
            Rows::OfNobody | Rows::OfOrganisation => Vec::new(),
            Rows::OfUser(column) | Rows::OfMember(column) | Rows::OfAddress(column) | Rows::OfRequest(column) => vec![column],
            Rows::OfUserOrAddress(user, address) => vec![user, address],
        };
        assert!(named.iter().all(|name| table.columns.iter().any(|c| c.name == *name)), "{}: {named:?}", table.name);
    }
}

/// Words of SQL that rules use.
const SQL: [&str; 8] = ["coalesce", "case", "when", "then", "else", "null", "end", "exists"];

#[test]
fn what_hangs_on_a_case_says_so() {
    for table in tables().filter(|table| table.columns.iter().any(|column| column.name == "case_id")) {
        // Which cases a request is about belongs to the request.
        assert_eq!(table.cases.is_empty(), table.name == "rights_cases", "{}: of_cases", table.name);
    }
}

#[test]
fn what_identifies_people_is_never_logged() {
    let never = never_logged();
    for name in ["email", "email_folded", "name", "password_hash", "token_hash", "address", "user_agent", "title", "body", "recipient"] {
        assert!(never.contains(name), "{name}");
    }
    for name in ["id", "org_id", "version", "created_at", "kind"] {
        assert!(!never.contains(name), "{name}");
    }
    assert!(columns().any(|facts| facts.subject == Subject::Visitor));
}

#[test]
fn no_field_of_a_log_line_has_the_name_of_a_private_column() {
    let never = never_logged();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (path, text) in product() {
        let path = path.to_string_lossy();
        for call in ["info!(", "warn!(", "error!(", "debug!("]
            .iter()
            .flat_map(|level| text.split(&format!("tracing::{level}")).skip(1).collect::<Vec<_>>())
        {
            seen += 1;
            let fields = call.split(");").next().unwrap_or_default();
            for word in fields.split([',', '(']).map(|part| part.trim().trim_start_matches(['%', '?'])) {
                let name = word.split([' ', '=', '.', ')']).next().unwrap_or_default();
                if never.contains(name) && !REASONS.contains(&(path.as_ref(), name)) {
                    wrong.push(format!("{path}: {name}"));
                }
            }
        }
    }
    assert!(seen > 10, "{seen}");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_line_with_a_field_of_that_name_is_not_written_whoever_says_it() {
    let lines = Lines::default();
    let written = lines.clone();
    let layer = fmt::layer().json().flatten_event(true).with_writer(move || written.clone());
    let subscriber = tracing_subscriber::registry().with(filter_fn(may_be_logged)).with(layer);
    tracing::subscriber::with_default(subscriber, || {
        tracing::event!(tracing::Level::WARN, email = "logcanary@x.example", "of a person");
        tracing::event!(tracing::Level::WARN, rows = 3, "of nobody");
        // Only where there is a reason: this is another file.
        tracing::event!(tracing::Level::WARN, subject = "logcanary-subject", "of a message");
    });
    let text = lines.text();
    assert!(text.contains("of nobody") && !text.contains("logcanary"), "{text}");
}

on_either_engine! {
    async fn log_lines_of_requests_hold_no_planted_string(app) {
        let lines = Lines::default();
        let written = lines.clone();
        // While there is but one, a line that another test comes to first is judged by that test's thread, which has none.
        let _another = tracing::Dispatch::new(tracing_subscriber::registry());
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || written.clone()).finish();
        async {
            let mut desk = Desk::open(&app, "logcanary-org", Role::Owner).await;
            let number = desk.case("logcanary-title").await;
            desk.note(&number, "logcanary-note").await;
            for path in ["/cases?q=logcanary-search", "/me/privacy", "/settings/members", "/reset/logcanary-token"] {
                desk.browser.get(path).await;
            }
            desk.browser.call("/api/accounts/change_name", &[("name", "logcanary-name")]).await;
            desk.browser.call("/api/accounts/invite", &[("email", "logcanary-guest@x.example"), ("role", "caseworker")]).await;
            desk.browser.post("/login", "/api/accounts/sign_in", &[("email", "logcanary-nobody@x.example"), ("password", "logcanary-password")]).await;
        }
        .with_subscriber(subscriber)
        .await;
        let text = lines.text();
        assert!(text.contains("duration_ms"), "nothing was logged: {text}");
        assert!(!text.contains("logcanary"), "{}", text.lines().filter(|line| line.contains("logcanary")).collect::<Vec<_>>().join("\n"));
    }
}
