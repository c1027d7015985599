//! Migrations: embedded, forward only, run at start under the migrator's lock.

use sqlx::migrate::{MigrateError, Migrator};

use super::{Db, Engine, offsets};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

impl Db {
    /// Brings the schema up to this program's version.
    ///
    /// # Errors
    /// When a migration fails or the database is of a newer program.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match &self.engine {
            Engine::Sqlite { write, .. } => {
                offsets::write_down(write).await?;
                SQLITE.run(write).await
            }
            Engine::Postgres(pool) => POSTGRES.run(pool).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::server::testing::{empty_postgres, empty_sqlite};

    const FILLED: &str = include_str!("filled.sql");
    /// The version whose rows they are. From the next one on migrations change rows, not only tables.
    const VERSION: i64 = 10;

    impl Db {
        async fn migrate_to(&self, version: i64) {
            let all = match &self.engine {
                Engine::Sqlite { .. } => &SQLITE,
                Engine::Postgres(_) => &POSTGRES,
            };
            let known = all.iter().filter(|migration| migration.version <= version).cloned().collect();
            let until = Migrator { migrations: Cow::Owned(known), ..Migrator::DEFAULT };
            match &self.engine {
                Engine::Sqlite { write, .. } => until.run(write).await.unwrap(),
                Engine::Postgres(pool) => until.run(pool).await.unwrap(),
            }
        }

        /// Runs a script as one transaction of the organisation `{2}`.
        async fn script(&self, script: &str) {
            let mut script = script.to_owned();
            for n in 1..=12 {
                let id = match &self.engine {
                    Engine::Sqlite { .. } => format!("x'{n:032x}'"),
                    Engine::Postgres(_) => format!("'{n:032x}'"),
                };
                script = script.replace(&format!("{{{n}}}"), &id);
            }
            match &self.engine {
                Engine::Sqlite { write, .. } => {
                    sqlx::raw_sql(AssertSqlSafe(format!("begin; {script}; commit"))).execute(write).await.unwrap();
                }
                Engine::Postgres(pool) => {
                    let confined = format!("begin; set local casetrakr.org = '{:032x}'; {script}; commit", 2);
                    sqlx::raw_sql(AssertSqlSafe(confined)).execute(pool).await.unwrap();
                }
            }
        }

        /// The one text that a query of the organisation `{2}` answers.
        async fn says(&self, query: &str) -> String {
            match &self.engine {
                Engine::Sqlite { write, .. } => sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(write).await.unwrap(),
                Engine::Postgres(pool) => {
                    let mut tx = pool.begin().await.unwrap();
                    sqlx::query("select set_config('casetrakr.org', $1, true)")
                        .bind(format!("{:032x}", 2))
                        .execute(&mut *tx)
                        .await
                        .unwrap();
                    // The two engines differ in one name only.
                    sqlx::query_scalar(AssertSqlSafe(query.replace("group_concat", "string_agg"))).fetch_one(&mut *tx).await.unwrap()
                }
            }
        }
    }

    async fn rows_of_an_older_version_come_along(db: Db) {
        db.migrate_to(VERSION).await;
        db.script(FILLED).await;
        db.migrate().await.unwrap();
        for (query, expected) in [
            (
                "select group_concat(line, ' ') from (select reference || ':' || kind || ':' || regime || ':' || due_on || ':' || next_on as line from rights_requests order by reference) r",
                "R-1:opt_out:ccpa:2026-02-02:2026-02-02 R-2:erasure:uk_gdpr:2026-02-06:2026-02-06",
            ),
            ("select regime || ':' || version from rights_settings", "uk_gdpr:2"),
            // What only a restricted case carries is offered to nobody any more.
            ("select group_concat(term, ' ') from (select term from case_terms order by kind, term) t", "Desk Phone damp unused urgent"),
            ("select body || ':' || kind || visibility || occurred from drafts", "She called again:"),
            // Nobody knows who could see it, so nobody but its author does.
            ("select body || ':' || visibility from entry_revisions", "For me alone:author"),
            // Who has left sees a case no longer that somebody else sees.
            (
                "select group_concat(line, ' ') from (select c.number || ':' || u.name as line from case_viewers v join cases c on c.org_id = v.org_id and c.id = v.case_id join users u on u.id = v.user_id order by 1) v",
                "A-1:Leo Marsh A-2:Rosa Lind",
            ),
            ("select group_concat(kind, ' ') from (select kind from jobs order by kind) j", "mail notes.render"),
            ("select body || ':' || body_html from entries", "For everybody:"),
            // What was imported is known to a source, under the id that it had.
            (
                "select s.name || ':' || o.external_id || ':' || c.number from case_origins o join import_sources s on s.org_id = o.org_id and s.id = o.source_id join cases c on c.org_id = o.org_id and c.id = o.case_id",
                "Earlier imports:X-9:A-1",
            ),
            ("select reason || ':' || coalesce(confirm_by, 0) from legal_holds", "A lawsuit:0"),
            // Each day is the one that it was where the organisation is: at its end, at its midnight, before 1970, closed at night.
            (
                "select group_concat(line, ' ') from (select number || ':' || coalesce(due_on, '-') || ':' || coalesce(closed_on, '-') as line from cases order by number) c",
                "A-1:2026-07-01:- A-2:2027-01-01:- A-3:1969-12-31:2026-10-26 A-4:2290-06-05:- A-5:-:-",
            ),
            // The three terms that went are no longer in any catalogue that is kept.
            ("select name || ':' || version || ':' || catalogue_version from organisations where name <> 'Operator'", "Housing advice:4:3"),
        ] {
            assert_eq!(db.says(query).await, expected, "{query}");
        }
        // The tables take what this program writes.
        db.script(
            "update rights_requests set kind = 'automated_decision', regime = 'lgpd'; update rights_settings set regime = 'us_state'",
        )
        .await;
        assert_eq!(db.says("select min(kind || ':' || regime) from rights_requests").await, "automated_decision:lgpd");
    }

    #[tokio::test]
    async fn rows_of_an_older_version_come_along_on_sqlite() {
        let (db, _directory) = empty_sqlite().await;
        rows_of_an_older_version_come_along(db).await;
    }

    #[tokio::test]
    async fn rows_of_an_older_version_come_along_on_postgres() {
        if let Some(db) = empty_postgres().await {
            rows_of_an_older_version_come_along(db).await;
        }
    }
}
