//! A statement with its values, ready to run on either engine.

use std::{any::Any, marker::PhantomData};

use futures::{
    StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use serde::Serialize;
use sqlx::{
    Arguments, AssertSqlSafe, Decode, Encode, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, Type,
    postgres::{PgArguments, PgPool, PgRow},
    sqlite::{SqliteArguments, SqlitePool, SqliteRow},
    types::Json,
};
use uuid::Uuid;

use super::{
    Db, Engine, Tx, TxOn,
    readers::Readers,
    shares::{Shares, Turn},
    statement::Text,
};

/// What can be bound on both engines.
pub trait Value: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Any {}
impl<T> Value for T where T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Any {}

/// A text with a NUL character: PostgreSQL cannot keep it, so neither engine does.
#[derive(Debug)]
pub struct NulInText;

impl std::fmt::Display for NulInText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text holds a NUL character")
    }
}

impl std::error::Error for NulInText {}

/// The last wall: whoever takes text in refuses it earlier, with words of its own.
fn has_nul(value: &dyn Any) -> bool {
    let text = value.downcast_ref::<String>().or_else(|| value.downcast_ref::<Option<String>>().and_then(Option::as_ref));
    text.is_some_and(|text| text.contains('\0'))
}

/// The same of a text of JSON, where such a character stands as an escape.
fn names_nul(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(at, _)| json.bytes().take(at).rev().take_while(|byte| *byte == b'\\').count() % 2 == 0)
}

/// A row type that reads from both engines: `#[derive(sqlx::FromRow)]` is enough.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A single value that reads from both engines.
pub trait Column: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin {}
impl<T> Column for T where T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin {}

enum On<'a> {
    Sqlite { read: &'a Readers, write: &'a SqlitePool, shared: Shared<'a> },
    SqliteTx(&'a mut SqliteConnection),
    Postgres { pool: &'a PgPool, shared: Shared<'a> },
    PostgresTx(&'a mut PgConnection),
}

/// Whose statement it is, and what that one may read at a time.
#[derive(Clone, Copy)]
struct Shared<'a> {
    org: Option<Uuid>,
    reads: &'a Shares,
}

impl Shared<'_> {
    async fn turn(self) -> sqlx::Result<Option<Turn>> {
        self.reads.turn(self.org).await
    }
}

enum Values {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

/// What a statement may do: anything.
pub enum Writes {}
/// What a statement may do: read. Whoever wants to change something begins a transaction first.
pub enum Reads {}

/// A statement with its values. `all`, `one`, `optional` and `scalar` read; `execute` writes.
pub struct Query<'a, May = Writes> {
    on: On<'a>,
    text: String,
    values: Values,
    failed: Option<sqlx::error::BoxDynError>,
    may: PhantomData<May>,
}

impl<'a> Query<'a> {
    pub(super) fn on_pool(db: &'a Db, text: Text, org: Option<Uuid>) -> Self {
        let chosen = match db.engine {
            Engine::Sqlite { .. } => text.sqlite,
            Engine::Postgres(_) => text.postgres,
        };
        Self::on_pool_text(db, chosen.to_owned(), org)
    }

    pub(super) fn on_pool_text(db: &'a Db, text: String, org: Option<Uuid>) -> Self {
        db.count();
        let shared = Shared { org, reads: &db.reads };
        let (on, values) = match &db.engine {
            Engine::Sqlite { read, write, .. } => (On::Sqlite { read, write, shared }, Values::Sqlite(SqliteArguments::default())),
            Engine::Postgres(pool) => (On::Postgres { pool, shared }, Values::Postgres(PgArguments::default())),
        };
        Self { on, text, values, failed: None, may: PhantomData }
    }

    pub(super) fn on_tx(tx: &'a mut Tx, text: Text) -> Self {
        let chosen = match &tx.on {
            TxOn::Sqlite(_) => text.sqlite,
            TxOn::Postgres(_) => text.postgres,
        };
        Self::on_tx_text(tx, chosen.to_owned())
    }

    pub(super) fn on_tx_text(tx: &'a mut Tx, text: String) -> Self {
        tx.count();
        let (on, values) = match &mut tx.on {
            TxOn::Sqlite(tx) => (On::SqliteTx(tx), Values::Sqlite(SqliteArguments::default())),
            TxOn::Postgres(tx) => (On::PostgresTx(tx), Values::Postgres(PgArguments::default())),
        };
        Self { on, text, values, failed: None, may: PhantomData }
    }

    /// The same statement, which only reads.
    pub(crate) fn reading(self) -> Query<'a, Reads> {
        Query { on: self.on, text: self.text, values: self.values, failed: self.failed, may: PhantomData }
    }

    /// Runs a statement that returns no rows; answers how many it touched.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(self) -> sqlx::Result<u64> {
        if let Some(error) = self.failed {
            return Err(sqlx::Error::Encode(error));
        }
        // `AssertSqlSafe`: every text is a constant of this program or put together from such by `Sketch`.
        let text = AssertSqlSafe(self.text);
        Ok(match (self.on, self.values) {
            (On::Sqlite { write, .. }, Values::Sqlite(v)) => sqlx::query_with(text, v).execute(write).await?.rows_affected(),
            (On::SqliteTx(tx), Values::Sqlite(v)) => sqlx::query_with(text, v).execute(tx).await?.rows_affected(),
            (On::Postgres { pool, shared }, Values::Postgres(v)) => {
                let _turn = shared.turn().await?;
                let mut connection = confined(pool, shared.org).await?;
                sqlx::query_with(text, v).execute(&mut *connection).await?.rows_affected()
            }
            (On::PostgresTx(tx), Values::Postgres(v)) => sqlx::query_with(text, v).execute(tx).await?.rows_affected(),
            (On::Sqlite { .. } | On::SqliteTx(_), Values::Postgres(_)) | (On::Postgres { .. } | On::PostgresTx(_), Values::Sqlite(_)) => {
                return Err(mixed());
            }
        })
    }
}

impl<'a, May: Send + 'a> Query<'a, May> {
    /// Binds the next parameter as JSON.
    #[must_use]
    pub fn bind_json<T: Serialize + Send + Sync + 'static>(mut self, value: T) -> Self {
        let text = serde_json::to_string(&value).unwrap_or_default();
        if names_nul(&text) {
            self.failed.get_or_insert(Box::new(NulInText));
        }
        self.bind(Json(value))
    }

    /// Binds the next parameter. JSON goes through [`Self::bind_json`].
    #[must_use]
    pub fn bind(mut self, value: impl Value) -> Self {
        if has_nul(&value) {
            self.failed.get_or_insert(Box::new(NulInText));
        }
        let added = match &mut self.values {
            Values::Sqlite(values) => values.add(value),
            Values::Postgres(values) => values.add(value),
        };
        if let Err(error) = added {
            self.failed.get_or_insert(error);
        }
        self
    }

    /// Every row.
    ///
    /// # Errors
    /// What the database says.
    pub fn all<T: Record + 'a>(self) -> BoxFuture<'a, sqlx::Result<Vec<T>>> {
        fetch!(self, query_as_with, fetch_all)
    }

    /// Every row, one after the other, of a statement in a transaction: none waits in memory for the last.
    pub fn stream<T: Record + 'a>(self) -> BoxStream<'a, sqlx::Result<T>> {
        if let Some(error) = self.failed {
            return stream::once(async { Err(sqlx::Error::Encode(error)) }).boxed();
        }
        let text = AssertSqlSafe(self.text);
        match (self.on, self.values) {
            (On::SqliteTx(tx), Values::Sqlite(v)) => sqlx::query_as_with(text, v).fetch(tx),
            (On::PostgresTx(tx), Values::Postgres(v)) => sqlx::query_as_with(text, v).fetch(tx),
            (On::Sqlite { .. } | On::Postgres { .. }, _)
            | (On::SqliteTx(_), Values::Postgres(_))
            | (On::PostgresTx(_), Values::Sqlite(_)) => stream::once(async { Err(mixed()) }).boxed(),
        }
    }

    /// The one row.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] when there is none.
    pub fn one<T: Record + 'a>(self) -> BoxFuture<'a, sqlx::Result<T>> {
        fetch!(self, query_as_with, fetch_one)
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// What the database says.
    pub fn optional<T: Record + 'a>(self) -> BoxFuture<'a, sqlx::Result<Option<T>>> {
        fetch!(self, query_as_with, fetch_optional)
    }

    /// The first column of the one row.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] when there is none.
    pub fn scalar<T: Column + 'a>(self) -> BoxFuture<'a, sqlx::Result<T>> {
        fetch!(self, query_scalar_with, fetch_one)
    }

    /// The first column of every row.
    ///
    /// # Errors
    /// What the database says.
    pub fn scalars<T: Column + 'a>(self) -> BoxFuture<'a, sqlx::Result<Vec<T>>> {
        fetch!(self, query_scalar_with, fetch_all)
    }

    /// The first column of the row, if there is one.
    ///
    /// # Errors
    /// What the database says.
    pub fn optional_scalar<T: Column + 'a>(self) -> BoxFuture<'a, sqlx::Result<Option<T>>> {
        fetch!(self, query_scalar_with, fetch_optional)
    }
}

/// A connection on which row-level security sees the organisation of this very statement, whatever ran before.
async fn confined(pool: &PgPool, org: Option<Uuid>) -> sqlx::Result<sqlx::pool::PoolConnection<Postgres>> {
    let mut connection = pool.acquire().await?;
    if let Some(org) = org {
        sqlx::query("select set_config('casetrakr.org', $1, false)").bind(org.to_string()).execute(&mut *connection).await?;
    }
    Ok(connection)
}

fn mixed() -> sqlx::Error {
    sqlx::Error::Protocol("values of one engine met a connection of the other".into())
}

/// The same fetch on each kind of connection. Boxed, since what the driver keeps for a statement is kilobytes, and every
/// future around it would be copied with that whenever it changes hands.
macro_rules! fetch {
    ($query:ident, $make:ident, $fetch:ident) => {
        Box::pin(async move {
            if let Some(error) = $query.failed {
                return Err(sqlx::Error::Encode(error));
            }
            let text = AssertSqlSafe($query.text);
            match ($query.on, $query.values) {
                (On::Sqlite { read, shared, .. }, Values::Sqlite(v)) => {
                    let _turn = shared.turn().await?;
                    let mut reader = read.lend().await?;
                    let answer = sqlx::$make(text, v).$fetch(&mut reader.connection).await;
                    reader.settle(answer)
                }
                (On::SqliteTx(tx), Values::Sqlite(v)) => sqlx::$make(text, v).$fetch(tx).await,
                (On::Postgres { pool, shared }, Values::Postgres(v)) => {
                    let _turn = shared.turn().await?;
                    let mut connection = confined(pool, shared.org).await?;
                    sqlx::$make(text, v).$fetch(&mut *connection).await
                }
                (On::PostgresTx(tx), Values::Postgres(v)) => sqlx::$make(text, v).$fetch(tx).await,
                (On::Sqlite { .. } | On::SqliteTx(_), Values::Postgres(_))
                | (On::Postgres { .. } | On::PostgresTx(_), Values::Sqlite(_)) => Err(mixed()),
            }
        })
    };
}
use fetch;
