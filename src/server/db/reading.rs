//! Reading tables whose columns are known only while the program runs: the copy of a person's data and the proofs that
//! nothing of it is left are made from the registry of columns, not from structs.

use serde::Serialize;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type, TypeInfo as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Db, Engine, global_sql};

/// A value of any column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A number or an instant.
    Int(i64),
    /// Text, also JSON.
    Text(String),
    /// An id.
    Id(Uuid),
    /// Bytes: hashes and what is sealed.
    Bytes(Vec<u8>),
}

/// A row of any table, its values in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub Vec<Cell>);

impl FromRow<'_, SqliteRow> for Line {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        (0..row.len()).map(|at| lite(row, at)).collect::<sqlx::Result<_>>().map(Self)
    }
}

impl FromRow<'_, PgRow> for Line {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        (0..row.len()).map(|at| postgres(row, at)).collect::<sqlx::Result<_>>().map(Self)
    }
}

fn lite(row: &SqliteRow, at: usize) -> sqlx::Result<Cell> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "TEXT" => Cell::Text(get(row, at)?),
        "BLOB" => {
            let bytes: Vec<u8> = get(row, at)?;
            // An id is kept as its sixteen bytes; nothing else here is that short.
            Uuid::from_slice(&bytes).map_or(Cell::Bytes(bytes), Cell::Id)
        }
        _ => Cell::Int(get(row, at)?),
    })
}

fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Cell> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "UUID" => Cell::Id(get(row, at)?),
        "BYTEA" => Cell::Bytes(get(row, at)?),
        "INT8" => Cell::Int(get(row, at)?),
        "INT4" => Cell::Int(get::<i32, _>(row, at)?.into()),
        "BOOL" => Cell::Int(get::<bool, _>(row, at)?.into()),
        "JSON" | "JSONB" => Cell::Text(get::<serde_json::Value, _>(row, at)?.to_string()),
        _ => Cell::Text(row.try_get_unchecked(at)?),
    })
}

fn get<'r, T, R>(row: &'r R, at: usize) -> sqlx::Result<T>
where
    R: Row,
    T: Decode<'r, R::Database> + Type<R::Database>,
    usize: ColumnIndex<R>,
{
    row.try_get(at)
}

/// A column of the live schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct Found {
    /// Its table.
    pub table_name: String,
    /// Its name.
    pub column_name: String,
    /// Its type, in the words of the engine.
    pub kind: String,
}

impl Db {
    /// Folds what was overwritten out of the write-ahead log, so that no copy of an erased value is left in the files.
    /// SQLite overwrites freed pages itself (`secure_delete`); PostgreSQL's own vacuum does the same in its time.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn scrub(&self) -> sqlx::Result<()> {
        if let Engine::Sqlite { write, .. } = &self.engine {
            sqlx::query("pragma wal_checkpoint(truncate)").execute(write).await?;
        }
        Ok(())
    }

    /// Every column of every table that the migrations have made.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn schema(&self) -> sqlx::Result<Vec<Found>> {
        self.global(global_sql!(
            sqlite: "select t.name as table_name, c.name as column_name, lower(c.type) as kind
                     from sqlite_master t, pragma_table_info(t.name) c
                     where t.type = 'table' and t.name not like '\\_sqlx%' escape '\\' and t.name not like 'sqlite%'
                     order by 1, 2",
            postgres: "select table_name::text as table_name, column_name::text as column_name, data_type::text as kind
                       from information_schema.columns
                       where table_schema = 'public' and table_name not like '\\_sqlx%'
                       order by 1, 2",
        ))
        .all()
        .await
    }
}
