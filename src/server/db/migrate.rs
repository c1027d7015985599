//! Migrations: embedded, forward only, run at start under the migrator's lock.

use sqlx::migrate::{MigrateError, Migrator};

use super::{Db, Engine};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

impl Db {
    /// Brings the schema up to this program's version.
    ///
    /// # Errors
    /// When a migration fails or the database is of a newer program.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match &self.engine {
            Engine::Sqlite { write, .. } => SQLITE.run(write).await,
            Engine::Postgres(pool) => POSTGRES.run(pool).await,
        }
    }
}
