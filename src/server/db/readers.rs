//! Connections that only read a SQLite file.
//!
//! `SqlitePool` asks each connection that comes back whether it is still there, in a task of its own: more turns of
//! threads than the statement took, while the next statement finds it away and opens another one. A file does not hang
//! up, so these go back at once.

use std::time::Duration;

use deadpool::{
    Runtime,
    managed::{Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult},
};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

/// How many statements read at a time.
const CONNECTIONS: usize = 4;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Readers(Pool<Opener>);

pub(super) struct Opener(SqliteConnectOptions);

/// A connection, and whether the last statement on it came to its end. One that was given up half way may still be at
/// work, and one that failed may be broken: neither is used again.
pub(super) struct Reader {
    pub connection: SqliteConnection,
    settled: bool,
}

impl Manager for Opener {
    type Type = Reader;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<Reader> {
        Ok(Reader { connection: SqliteConnection::connect_with(&self.0).await?, settled: true })
    }

    async fn recycle(&self, reader: &mut Reader, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if reader.settled { Ok(()) } else { Err(RecycleError::message("its last statement did not end")) }
    }
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        // The last one used has the most in its cache.
        let pool = Pool::builder(Opener(options))
            .max_size(CONNECTIONS)
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build();
        pool.map(Self).map_err(|error| sqlx::Error::Configuration(error.into()))
    }

    /// A connection for one statement, to be handed to [`Reader::settle`] with what came of it.
    pub(super) async fn lend(&self) -> sqlx::Result<Object<Opener>> {
        let mut reader = self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => sqlx::Error::PoolClosed,
            _ => sqlx::Error::PoolTimedOut,
        })?;
        reader.settled = false;
        Ok(reader)
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        for reader in self.0.retain(|_, _| false).removed {
            // What cannot be closed goes with the process.
            let _ = reader.connection.close().await;
        }
        self.0.close();
    }
}

impl Reader {
    /// The statement came to its end, with this.
    pub(super) fn settle<T>(&mut self, answer: sqlx::Result<T>) -> sqlx::Result<T> {
        self.settled = matches!(answer, Ok(_) | Err(sqlx::Error::RowNotFound));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers() -> (tempfile::TempDir, Readers) {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("some.db")).create_if_missing(true);
        (folder, Readers::new(options).unwrap())
    }

    #[tokio::test]
    async fn a_connection_is_used_again_when_its_statement_came_to_its_end() {
        let (_folder, readers) = readers();
        let mut reader = readers.lend().await.unwrap();
        let first = Object::id(&reader);
        let found = sqlx::query_scalar::<_, i64>("select 1").fetch_one(&mut reader.connection).await;
        assert_eq!(reader.settle(found).unwrap(), 1);
        drop(reader);
        let mut reader = readers.lend().await.unwrap();
        assert_eq!(Object::id(&reader), first);
        let nothing = sqlx::query_scalar::<_, i64>("select 1 where false").fetch_one(&mut reader.connection).await;
        assert!(matches!(reader.settle(nothing), Err(sqlx::Error::RowNotFound)));
        drop(reader);
        assert_eq!(Object::id(&readers.lend().await.unwrap()), first);
    }

    #[tokio::test]
    async fn a_connection_is_not_used_again_after_a_failure_or_when_its_statement_was_given_up() {
        let (_folder, readers) = readers();
        let mut reader = readers.lend().await.unwrap();
        let failing = Object::id(&reader);
        let failed = sqlx::query_scalar::<_, i64>("select json_extract('{', '$.a')").fetch_one(&mut reader.connection).await;
        assert!(reader.settle(failed).is_err());
        drop(reader);

        let mut reader = readers.lend().await.unwrap();
        let busy = Object::id(&reader);
        assert_ne!(busy, failing);
        let endless = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000000) select count(*) from n";
        let waited = tokio::time::timeout(Duration::from_millis(20), sqlx::query(endless).execute(&mut reader.connection)).await;
        assert!(waited.is_err(), "it was to be given up");
        drop(reader);

        let begun = std::time::Instant::now();
        let mut reader = readers.lend().await.unwrap();
        assert_ne!(Object::id(&reader), busy);
        let found = sqlx::query_scalar::<_, i64>("select 1").fetch_one(&mut reader.connection).await;
        assert_eq!(reader.settle(found).unwrap(), 1);
        assert!(begun.elapsed() < Duration::from_millis(500), "it waited for the one that was given up");
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_told_so() {
        let (_folder, readers) = readers();
        let mut all = Vec::new();
        for _ in 0..CONNECTIONS {
            all.push(readers.lend().await.unwrap());
        }
        assert!(matches!(readers.lend().await, Err(sqlx::Error::PoolTimedOut)));
        readers.close().await;
        assert!(matches!(readers.lend().await, Err(sqlx::Error::PoolClosed)));
    }
}
