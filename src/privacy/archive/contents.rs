//! What an archive holds, in numbers.

use uuid::Uuid;

use super::parts::{self, Field, Rows};
use crate::{
    fault::{Answer, Fault},
    privacy::registry::model::Table,
    server::{
        db::{Tx, global_sql, sql},
        state::State,
        time::iso,
    },
};

/// An archive that was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Tables in it.
    pub tables: u64,
    /// Rows in it.
    pub rows: u64,
    /// How many of its cases are restricted.
    pub restricted: u64,
    /// Hash of everything in `data/*.jsonl`: equal where two organisations are in the same state.
    pub state_sha256: String,
}

/// A table of the archive with its number of rows.
pub(super) struct Counted {
    pub table: &'static Table,
    pub rows: Rows,
    pub fields: Vec<Field>,
    pub many: u64,
}

/// What is known of the organisation before its rows are read.
pub(super) struct Contents {
    pub org: Uuid,
    pub name: String,
    pub restricted: u64,
    pub tables: Vec<Counted>,
    pub at: String,
}

impl Contents {
    /// Rows in all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.many).sum()
    }

    pub async fn look(state: &State, tx: &mut Tx, org: Uuid) -> Answer<Self> {
        let name: Option<String> =
            tx.global(global_sql!("select name from organisations where id = $1")).bind(org).optional_scalar().await?;
        let name = name.ok_or(Fault::NotFound)?;
        let restricted: i64 = tx.query(sql!("select count(*) from cases where org_id = $1 and restricted")).scalar().await?;
        let mut tables = Vec::new();
        for (table, rows) in parts::going_in() {
            let many: i64 = tx.sketch(parts::count(table, rows, org)).scalar().await?;
            tables.push(Counted { table, rows, fields: parts::fields(table, rows), many: many.unsigned_abs() });
        }
        Ok(Self { org, name, restricted: restricted.unsigned_abs(), tables, at: iso(state.clock.now()) })
    }
}
