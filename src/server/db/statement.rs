//! Statements as registered constants.

/// One statement in both dialects, and where it stands in the source.
pub struct Registered {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
    /// `file:line`.
    pub at: &'static str,
    /// Whether it belongs to no organisation.
    pub global: bool,
}

inventory::collect!(&'static Registered);

/// A statement of one organisation. Made by [`sql!`].
#[derive(Clone, Copy)]
pub struct Sql(&'static Registered);

/// A statement that belongs to no organisation. Made by [`global_sql!`].
#[derive(Clone, Copy)]
pub struct GlobalSql(&'static Registered);

/// A text for each engine.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Sql {
    #[doc(hidden)]
    pub const fn registered(statement: &'static Registered) -> Self {
        Self(statement)
    }
    pub(super) const fn text(self) -> Text {
        Text { sqlite: self.0.sqlite, postgres: self.0.postgres }
    }
}

impl GlobalSql {
    #[doc(hidden)]
    pub const fn registered(statement: &'static Registered) -> Self {
        Self(statement)
    }
    pub(super) const fn text(self) -> Text {
        Text { sqlite: self.0.sqlite, postgres: self.0.postgres }
    }
}

macro_rules! register {
    ($kind:ident, $global:literal, $sqlite:expr, $postgres:expr) => {{
        static STATEMENT: $crate::server::db::Registered =
            $crate::server::db::Registered { sqlite: $sqlite, postgres: $postgres, at: concat!(file!(), ":", line!()), global: $global };
        ::inventory::submit! { &STATEMENT }
        $crate::server::db::$kind::registered(&STATEMENT)
    }};
}

/// `sql!("…")`, or `sql!(sqlite: "…", postgres: "…")` where the dialects differ. `$1` is the organisation.
macro_rules! sql {
    (sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        $crate::server::db::register!(Sql, false, $sqlite, $postgres)
    };
    ($text:expr $(,)?) => {
        $crate::server::db::register!(Sql, false, $text, $text)
    };
}

/// As [`sql!`], for what belongs to no organisation.
macro_rules! global_sql {
    (sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        $crate::server::db::register!(GlobalSql, true, $sqlite, $postgres)
    };
    ($text:expr $(,)?) => {
        $crate::server::db::register!(GlobalSql, true, $text, $text)
    };
}

pub(crate) use {global_sql, register, sql};
