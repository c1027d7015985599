//! Our compile-time check of SQL, at test time: every statement is prepared on both engines.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _, Statement as _};

use super::{Engine, Registered};
use crate::{
    server::{
        db::global_sql,
        testing::{TestApp, on_both_engines},
    },
    tests::sources,
};

fn registered() -> Vec<&'static Registered> {
    inventory::iter::<&'static Registered>.into_iter().copied().collect()
}

/// Tables that are found before an organisation is known.
const GLOBAL_TABLES: [&str; 25] = [
    "organisations",
    "users",
    "acknowledgements",
    "memberships",
    "invitations",
    "sessions",
    "tokens",
    "throttles",
    "kept_forms",
    "jobs",
    "consent_receipts",
    "account_consents",
    "usage_events",
    "usage_counts",
    "policy_versions",
    "subprocessor_changes",
    "mails",
    "email_changes",
    "account_deletions",
    "objections",
    "organisation_closures",
    "legal_holds",
    "retention_runs",
    "operators",
    "rights_links",
];

async fn prepare_all(app: &TestApp) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    let mut failures = Vec::new();
    for statement in registered() {
        let prepared = match &app.state.db.engine {
            Engine::Sqlite { write, .. } => {
                let prepared = write.prepare(AssertSqlSafe(statement.sqlite).into_sql_str()).await;
                prepared.map(|p| p.parameters().map_or(0, |e| e.right_or(0)))
            }
            Engine::Postgres(pool) => {
                let prepared = pool.prepare(AssertSqlSafe(statement.postgres).into_sql_str()).await;
                prepared.map(|p| p.parameters().map_or(0, |e| e.left().map_or(0, <[_]>::len)))
            }
        };
        match prepared {
            Ok(count) => {
                counts.insert((statement.at, statement.sqlite), count);
            }
            Err(error) => failures.push(format!("{}: {error}", statement.at)),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    counts
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let counts = prepare_all(&TestApp::sqlite().await).await;
    assert!(counts.len() > 80, "only {} statements are registered", counts.len());
}

#[tokio::test]
async fn every_statement_prepares_on_postgres_with_the_same_parameters() {
    let Some(app) = TestApp::postgres().await else { return };
    let postgres = prepare_all(&app).await;
    for statement in registered() {
        // SQLite counts what the text names; a forgotten bind would be read as null there.
        let named = (1..40).take_while(|n| statement.sqlite.contains(&format!("${n}"))).count();
        assert_eq!(postgres.get(&(statement.at, statement.sqlite)), Some(&named), "{}", statement.at);
    }
}

#[test]
fn every_statement_of_a_tenant_names_the_tenant_and_no_global_one_touches_tenant_data() {
    let tenant_tables = tenant_tables();
    for statement in registered() {
        for text in [statement.sqlite, statement.postgres] {
            let words: BTreeSet<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
            if statement.global {
                for table in &tenant_tables {
                    assert!(!words.contains(table.as_str()), "{}: global, but touches {table}", statement.at);
                }
            } else {
                let named = text.contains("org_id = $1")
                    || text.contains("(org_id")
                    || text.contains("organisations set")
                    || text.contains("from organisations");
                assert!(named && text.contains("$1"), "{}: does not name the organisation", statement.at);
            }
        }
    }
}

fn tenant_tables() -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for file in std::fs::read_dir("migrations/sqlite").unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("create table ")) {
            let table = line.split([' ', '(']).next().unwrap().to_owned();
            if !GLOBAL_TABLES.contains(&table.as_str()) {
                tables.insert(table);
            }
        }
    }
    assert!(tables.contains("cases") && tables.len() > 15);
    tables
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_and_columns() {
    let Some(app) = TestApp::postgres().await else { return };
    let Engine::Postgres(pool) = &app.state.db.engine else { return };
    let lite = TestApp::sqlite().await;
    let Engine::Sqlite { write, .. } = &lite.state.db.engine else { return };
    let postgres: Vec<(String, String, bool)> = sqlx::query_as(
        "select table_name::text, column_name::text, is_nullable = 'YES' from information_schema.columns
         where table_schema = 'public' and table_name not like '\\_sqlx%' order by 1, 2",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let sqlite: Vec<(String, String, bool)> = sqlx::query_as(
        "select t.name, c.name, c.\"notnull\" = 0 from sqlite_master t, pragma_table_info(t.name) c
         where t.type = 'table' and t.name not like '\\_sqlx%' escape '\\' and t.name not like 'sqlite%' order by 1, 2",
    )
    .fetch_all(write)
    .await
    .unwrap();
    assert_eq!(sqlite, postgres);
}

#[tokio::test]
async fn sec_32_without_the_organisation_postgres_shows_no_row() {
    let Some(app) = TestApp::postgres().await else { return };
    let org = app.organisation("rls").await;
    let Engine::Postgres(pool) = &app.state.db.engine else { return };
    let unguarded: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
           and not (relrowsecurity and relforcerowsecurity) order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let expected: BTreeSet<&str> = GLOBAL_TABLES.into_iter().chain(["_sqlx_migrations"]).collect();
    assert_eq!(unguarded.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
    let mut connection = pool.acquire().await.unwrap();
    for (setting, seen) in [("", false), ("00000000-0000-7000-8000-000000000000", false), (&org.id.to_string(), true)] {
        sqlx::query("select set_config('casetrakr.org', $1, false)").bind(setting).execute(&mut *connection).await.unwrap();
        let count: i64 = sqlx::query_scalar("select count(*) from audit_events").fetch_one(&mut *connection).await.unwrap();
        assert_eq!(count > 0, seen, "{setting}");
        let forged =
            sqlx::query("insert into drafts (org_id, user_id, place, body, updated_at) select $1, id, 'x', 'x', 0 from users limit 1")
                .bind(org.id.uuid())
                .execute(&mut *connection)
                .await;
        assert_eq!(forged.is_ok(), seen, "{setting}");
    }
}

#[test]
fn json_is_bound_where_its_text_is_looked_at() {
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.ends_with("server/db/query.rs")) {
        assert!(!text.contains(concat!(".bind(", "Json(")), "{} binds JSON past the last wall", path.display());
    }
}

on_both_engines! {
    async fn neither_engine_keeps_a_nul_in_text_or_json(app) {
        let said = |text: &str| serde_json::json!({ "a": [text] });
        for (value, kept) in [(said("a\0b"), false), (said("a\\u0000b"), true), (said("\\\0"), false), (serde_json::json!({ "\0": 1 }), false)] {
            let echo = global_sql!(sqlite: "select $1", postgres: "select cast($1 as jsonb)::text");
            let asked = app.state.db.global(echo).bind_json(value.clone()).scalar::<String>().await;
            assert_eq!(asked.is_ok(), kept, "{value}");
        }
        let echo = global_sql!(sqlite: "select $1", postgres: "select cast($1 as text)");
        assert!(app.state.db.global(echo).bind("a\0b".to_owned()).scalar::<String>().await.is_err());
    }
}
