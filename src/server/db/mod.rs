//! One body of SQL for SQLite and PostgreSQL.
//!
//! `sqlx::Any` cannot read PostgreSQL's native types, and two implementations drift apart, so [`Db`] is an enum of
//! native pools behind one small [`Query`]. A statement is written once with [`sql!`] and split by dialect only where
//! the dialects truly differ. Every statement registers itself, and one test prepares them all on both engines: that
//! is our check of SQL.
//!
//! Tenancy is in the types. A statement made by [`sql!`] belongs to an organisation: only a
//! [`Scope`](crate::accounts::Scope) runs it, and binds the organisation as `$1`. What is found before an
//! organisation is known (accounts, sessions, jobs) is written with [`global_sql!`] and runs on [`Db`] itself.
//!
//! SQLite has one writing connection. Between `begin` and `commit` nothing is awaited but the database.
//!
//! The portable dialect, each point tried on both engines: `$1` placeholders; `on conflict … do update set x =
//! excluded.x returning`; row values in comparisons; `cast(sum(x) as bigint)`; `->>` on JSON; `cast($1 as text)` where
//! PostgreSQL cannot guess a parameter's type; time and folded text computed in Rust.

mod day;
mod dynamic;
mod id;
mod migrate;
mod offsets;
mod query;
mod readers;
mod reading;
mod shares;
mod statement;
mod traces;

pub use dynamic::{Bound, Sketch};
pub use query::{Column, NulInText, Query, Reads, Record, Value};
pub use reading::{Cell, Found, Line};
pub use statement::{GlobalSql, Registered, Sql};
pub use traces::{Committed, Hold, Link};

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use std::time::Duration;

use sqlx::{
    Connection as _, Postgres, Sqlite,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

/// The database, whichever it is. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    /// What one organisation may read, and change, at a time.
    reads: Arc<shares::Shares>,
    writes: Arc<shares::Shares>,
    /// How many statements ran through this handle, where somebody counts.
    counter: Option<Arc<AtomicU32>>,
    committed: Committed,
}

#[derive(Clone)]
enum Engine {
    Sqlite {
        /// For single statements.
        read: readers::Readers,
        /// For transactions that read.
        look: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. It is rolled back unless [`Tx::commit`] is reached.
pub struct Tx {
    on: TxOn,
    org: Option<Uuid>,
    /// The turn of the organisation for which it began.
    _turn: Option<shares::Turn>,
    counter: Option<Arc<AtomicU32>>,
    traces: traces::Traces,
    committed: Committed,
}

enum TxOn {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the SQLite file at `path`, making it if it is missing.
    ///
    /// # Errors
    /// When the file cannot be opened or is no database.
    pub async fn open_sqlite(path: &std::path::Path) -> sqlx::Result<Self> {
        let base = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "on")
            // A page of a list fits: its rows come in one go instead of by turns with the thread that reads them.
            .row_buffer_size(256)
            .pragma("cache_size", "-4000");
        // A file does not hang up: asking each connection first whether it is there costs a turn of its thread.
        // A commit that failed, on a full disk for instance, leaves a connection that takes itself to be in a transaction
        // for ever. There is only one that writes: it is opened anew.
        let write = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .max_connections(1)
            .connect_with(base.clone())
            .await?;
        let base = base.pragma("query_only", "on");
        let look = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(2))
            .connect_lazy_with(base.clone());
        // Three of four who read, and one who waits for the writer behind the one who writes.
        Ok(Self::sharing(Engine::Sqlite { read: readers::Readers::new(base)?, look, write }, 3, 2))
    }

    /// Connects to PostgreSQL.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub async fn open_postgres(url: &str) -> Result<Self, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        let options =
            options.options([("statement_timeout", "30s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "30s")]);
        let pool = PgPoolOptions::new().max_connections(10).acquire_timeout(Duration::from_secs(2)).connect_with(options).await?;
        // One organisation leaves half of the ten to others.
        Ok(Self::sharing(Engine::Postgres(pool), 3, 2))
    }

    fn sharing(engine: Engine, reads: usize, writes: usize) -> Self {
        let shares = |at_once, seconds| Arc::new(shares::Shares::new(at_once, Duration::from_secs(seconds)));
        // Whoever changes something waits as long as for the writer itself: what was typed is not refused lightly.
        Self { engine, reads: shares(reads, 2), writes: shares(writes, 10), counter: None, committed: Committed::default() }
    }

    /// The same database, counting the statements that run through this handle.
    pub fn counted(&self) -> (Self, Arc<AtomicU32>) {
        let counter = Arc::new(AtomicU32::new(0));
        (Self { counter: Some(counter.clone()), ..self.clone() }, counter)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> sqlx::Result<()> {
        self.global(global_sql!("select cast(1 as bigint)")).scalar::<i64>().await.map(|_| ())
    }

    /// A statement that belongs to no organisation.
    pub fn global(&self, statement: GlobalSql) -> Query<'_> {
        Query::on_pool(self, statement.text(), None)
    }

    /// A statement of one organisation, which becomes `$1`. Called by `Scope`, and for a request that its holder's link or
    /// its own desk has opened.
    pub(crate) fn tenant(&self, org: Uuid, statement: Sql) -> Query<'_> {
        Query::on_pool(self, statement.text(), Some(org)).bind(org)
    }

    /// A statement put together from checked fragments, for one organisation. Called by `Scope` alone.
    pub(crate) fn sketch(&self, org: Uuid, sketch: Sketch) -> Query<'_> {
        sketch.into_query(self, org)
    }

    /// Opens a transaction that belongs to no organisation.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        let on = match &self.engine {
            Engine::Sqlite { write, .. } => TxOn::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => TxOn::Postgres(pool.begin().await?),
        };
        Ok(self.transaction(on))
    }

    /// Opens a transaction for what somebody does in an organisation, in its turn. Called by `Scope` alone.
    ///
    /// # Errors
    /// When its turn does not come, or no connection is free in time.
    pub(crate) async fn begin_in_turn(&self, org: Uuid) -> sqlx::Result<Tx> {
        let turn = self.writes.turn(Some(org)).await?;
        Ok(Tx { _turn: turn, ..self.begin().await? })
    }

    /// Opens a transaction that only reads: one view of the database, without the one writer's place.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn look(&self) -> sqlx::Result<Tx> {
        let on = match &self.engine {
            Engine::Sqlite { look, .. } => TxOn::Sqlite(look.begin().await?),
            Engine::Postgres(pool) => TxOn::Postgres(pool.begin().await?),
        };
        Ok(self.transaction(on))
    }

    /// As [`Db::look`], and what was there when it began is all that it ever sees, however long it takes.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn snapshot(&self) -> sqlx::Result<Tx> {
        let Engine::Postgres(pool) = &self.engine else { return self.look().await };
        let mut tx = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        // One pass over a large table takes longer than any request may.
        for limit in ["set local statement_timeout = '60min'", "set local idle_in_transaction_session_timeout = '10min'"] {
            sqlx::query(limit).execute(&mut *tx).await?;
        }
        Ok(self.transaction(TxOn::Postgres(tx)))
    }

    fn transaction(&self, on: TxOn) -> Tx {
        let (counter, committed) = (self.counter.clone(), self.committed.clone());
        Tx { on, org: None, _turn: None, counter, traces: traces::Traces::default(), committed }
    }

    /// The newest links of the chains that were committed through this handle or a clone of it.
    pub const fn committed(&self) -> &Committed {
        &self.committed
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { read, look, write } => {
                read.close().await;
                look.close().await;
                write.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    /// `sqlite` or `postgres`.
    pub const fn engine_name(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    fn count(&self) {
        count(self.counter.as_ref());
    }
}

impl Tx {
    /// Confines the rest of this transaction to one organisation. Called by `Scope` and by sign-up.
    ///
    /// # Errors
    /// When the database is away.
    pub(crate) async fn confine(&mut self, org: Uuid) -> sqlx::Result<()> {
        self.org = Some(org);
        if let TxOn::Postgres(tx) = &mut self.on {
            sqlx::query("select set_config('casetrakr.org', $1, true)").bind(org.to_string()).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// The same for somebody who acts there. `alone` waits until everything else that somebody does there has ended, and
    /// lets nothing begin until it has ended itself: for what takes away that others may act.
    ///
    /// # Errors
    /// When the database is away, or the others take too long.
    pub(crate) async fn enter(&mut self, org: Uuid, alone: bool) -> sqlx::Result<()> {
        self.org = Some(org);
        // SQLite: the one writer is alone anyway.
        if let TxOn::Postgres(tx) = &mut self.on {
            let text = if alone {
                "select set_config('casetrakr.org', $1, true), pg_advisory_xact_lock(hashtextextended($1, 0))"
            } else {
                "select set_config('casetrakr.org', $1, true), pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
            };
            sqlx::query(text).bind(org.to_string()).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// A statement of the organisation to which this transaction is confined; it becomes `$1`.
    pub fn query(&mut self, statement: Sql) -> Query<'_> {
        // A transaction that nobody confined sees the nil organisation, which has no rows.
        let org = self.org.unwrap_or(Uuid::nil());
        Query::on_tx(self, statement.text()).bind(org)
    }

    /// A statement that belongs to no organisation.
    pub fn global(&mut self, statement: GlobalSql) -> Query<'_> {
        Query::on_tx(self, statement.text())
    }

    /// The organisation to which this transaction is confined.
    pub fn org(&self) -> Option<Uuid> {
        self.org
    }

    /// Makes everything durable. What was not committed never happened.
    ///
    /// # Errors
    /// When the database is away; then nothing is known to be stored.
    pub async fn commit(self) -> sqlx::Result<()> {
        debug_assert!(self.traces.holds.is_empty(), "rows were written without an event: {:?}", self.traces.holds);
        match self.on {
            TxOn::Sqlite(tx) => tx.commit().await?,
            TxOn::Postgres(tx) => tx.commit().await?,
        }
        self.committed.add(self.traces.links);
        Ok(())
    }

    /// Notes what a row that was just written holds, for the event that follows.
    pub fn hold(&mut self, hold: Hold) {
        self.traces.holds.push(hold);
    }

    /// Takes what was noted of a case, or of an organisation itself, since the event before.
    pub fn take_holds(&mut self, org: Uuid, case: Option<Uuid>) -> Vec<Hold> {
        self.traces.holds.extract_if(.., |hold| hold.org == org && hold.case == case).collect()
    }

    /// Notes the newest link of a chain.
    pub fn note_link(&mut self, org: Uuid, link: Link) {
        self.traces.links.insert(org, link);
    }

    fn count(&self) {
        count(self.counter.as_ref());
    }
}

fn count(counter: Option<&Arc<AtomicU32>>) {
    if let Some(counter) = counter {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) use statement::{global_sql, register, sql};

#[cfg(test)]
mod tests;
