//! Statements whose shape is known only while the program runs: the case list's filters and orders, and what follows
//! from the registry of columns.
//!
//! The fragments are constants of this program; what people typed is only ever bound.

use std::fmt::Write as _;

use uuid::Uuid;

use super::{Db, Engine, Query, Tx};

/// A bound value of a sketch.
pub enum Bound {
    /// An integer or an instant.
    Int(i64),
    /// Text.
    Text(String),
    /// An id.
    Id(Uuid),
    /// A truth value.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Bound {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<String> for Bound {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Uuid> for Bound {
    fn from(value: Uuid) -> Self {
        Self::Id(value)
    }
}
impl From<Vec<u8>> for Bound {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}
impl From<bool> for Bound {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// A statement in the making. Unless it is global, `$1` is the organisation, as everywhere.
pub struct Sketch {
    text: String,
    values: Vec<Bound>,
    global: bool,
}

impl Sketch {
    /// Begins with a constant text.
    pub fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new(), global: false }
    }

    /// Begins a statement that belongs to no organisation.
    pub fn global(text: &'static str) -> Self {
        Self { global: true, ..Self::new(text) }
    }

    /// Appends a constant text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends `before`, the next parameter, and `after`.
    pub fn bind(&mut self, before: &'static str, value: impl Into<Bound>, after: &'static str) -> &mut Self {
        self.values.push(value.into());
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{before}${}{after}", self.values.len() + usize::from(!self.global));
        self
    }

    /// Appends `column in (…)` for any number of texts, none of which matches nothing.
    pub fn any_text(&mut self, before: &'static str, values: impl IntoIterator<Item = String>) -> &mut Self {
        self.push(before).push(" in (");
        let mut first = true;
        for value in values {
            self.bind(if first { "" } else { ", " }, value, "");
            first = false;
        }
        self.push(if first { "null)" } else { ")" })
    }

    pub(super) fn into_query(self, db: &Db, org: Uuid) -> Query<'_> {
        bound(Query::on_pool_text(db, self.text, Some(org)).bind(org), self.values)
    }
}

fn bound(mut query: Query<'_>, values: Vec<Bound>) -> Query<'_> {
    for value in values {
        query = match value {
            Bound::Int(value) => query.bind(value),
            Bound::Text(value) => query.bind(value),
            Bound::Id(value) => query.bind(value),
            Bound::Bool(value) => query.bind(value),
            Bound::Bytes(value) => query.bind(value),
        };
    }
    query
}

impl Tx {
    /// A statement put together from checked fragments, in this transaction.
    pub fn sketch(&mut self, sketch: Sketch) -> Query<'_> {
        let org = self.org.unwrap_or(Uuid::nil());
        let query = Query::on_tx_text(self, sketch.text);
        bound(if sketch.global { query } else { query.bind(org) }, sketch.values)
    }
}

impl Db {
    /// Whether a text must be written for PostgreSQL.
    pub const fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }
}
