//! Rows that the record watches whole. Whoever writes one calls [`hold_row`] behind that, in the same transaction and
//! before the event. Each feature declares its own with [`watched!`].

use std::collections::BTreeMap;

use uuid::Uuid;

use super::hold::digest;
use crate::{
    fault::Answer,
    server::db::{Cell, GlobalSql, Hold, Line, Sql, Tx},
};

/// Rows of one kind. All that have one id are one part of what the record commits to.
pub struct Watched {
    /// What one is called in a report.
    pub part: &'static str,
    /// The kind of thing that events about it are about.
    pub subject_kind: &'static str,
    /// Where they are.
    pub rows: Rows,
    /// Whether a row that is gone can only take away what it gave.
    pub gone_is_harmless: bool,
}

inventory::collect!(Watched);

/// The id first, then what is watched: of all rows, and of those with one id.
pub enum Rows {
    /// Rows of an organisation.
    Organisation(Sql, Sql),
    /// Rows of the installation. The operator's chain watches them.
    Installation(GlobalSql, GlobalSql),
}

/// Declares rows: `watched!(ACCOUNT = "account" of "user": select "id", "email, name" from "users where true")`.
macro_rules! watched {
    ($name:ident = $part:literal of $kind:literal: select $id:literal, $columns:literal from organisation $from:literal, gone is harmless: $harmless:literal) => {
        $crate::audit::watched!(@ $name, $part, $kind, $harmless, $crate::audit::Rows::Organisation(
            $crate::server::db::sql!(concat!("select ", $id, ", ", $columns, " from ", $from, " and org_id = $1")),
            $crate::server::db::sql!(concat!("select ", $id, ", ", $columns, " from ", $from, " and org_id = $1 and ", $id, " = $2")),
        ));
    };
    ($name:ident = $part:literal of $kind:literal: select $id:literal, $columns:literal from $from:literal, gone is harmless: $harmless:literal) => {
        $crate::audit::watched!(@ $name, $part, $kind, $harmless, $crate::audit::Rows::Installation(
            $crate::server::db::global_sql!(concat!("select ", $id, ", ", $columns, " from ", $from)),
            $crate::server::db::global_sql!(concat!("select ", $id, ", ", $columns, " from ", $from, " and ", $id, " = $1")),
        ));
    };
    (@ $name:ident, $part:literal, $kind:literal, $harmless:literal, $rows:expr) => {
        pub(super) const $name: $crate::audit::Watched =
            $crate::audit::Watched { part: $part, subject_kind: $kind, rows: $rows, gone_is_harmless: $harmless };
        ::inventory::submit! { $name }
    };
}
pub(crate) use watched;

impl Watched {
    fn part(&self, id: Uuid) -> String {
        format!("{} {id}", self.part)
    }

    /// What these rows hold, in the organisation to which the transaction is confined: the digest by part. Those of the
    /// installation are in the operator's place alone.
    async fn held(&self, tx: &mut Tx) -> Answer<BTreeMap<String, String>> {
        let lines: Vec<Line> = match self.rows {
            Rows::Organisation(all, _) => tx.query(all).all().await?,
            Rows::Installation(all, _) if tx.org().is_none_or(|org| org.is_nil()) => tx.global(all).all().await?,
            Rows::Installation(..) => Vec::new(),
        };
        let mut by_id: BTreeMap<Uuid, Vec<Vec<Cell>>> = BTreeMap::new();
        for Line(cells) in lines {
            if let Some((Cell::Id(id), held)) = cells.split_first() {
                by_id.entry(*id).or_default().push(held.to_vec());
            }
        }
        Ok(by_id.into_iter().map(|(id, lines)| (self.part(id), self.digest(id, lines))).collect())
    }

    fn digest(&self, id: Uuid, mut lines: Vec<Vec<Cell>>) -> String {
        lines.sort();
        digest(&self.part(id), &(!lines.is_empty()).then_some(lines))
    }
}

/// Says what the rows of this id hold now, or that they are gone, for the event that follows.
///
/// # Errors
/// When the database is away.
pub async fn hold_row(tx: &mut Tx, watched: &Watched, id: Uuid) -> Answer<()> {
    let (org, lines): (Uuid, Vec<Line>) = match watched.rows {
        Rows::Organisation(_, one) => (tx.org().unwrap_or_default(), tx.query(one).bind(id).all().await?),
        Rows::Installation(_, one) => (Uuid::nil(), tx.global(one).bind(id).all().await?),
    };
    let lines = lines.into_iter().map(|Line(cells)| cells.into_iter().skip(1).collect()).collect();
    tx.hold(Hold { org, case: None, part: watched.part(id), digest: watched.digest(id, lines), was: None });
    Ok(())
}

/// What all watched rows hold, in the organisation to which the transaction is confined.
pub(super) async fn held_rows(tx: &mut Tx) -> Answer<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for watched in inventory::iter::<Watched> {
        all.extend(watched.held(tx).await?);
    }
    Ok(all)
}

/// Of which rows a part is, and of which id; none where it is something else.
pub(super) fn row_of(part: &str) -> Option<(&'static Watched, Uuid)> {
    let (kind, id) = part.rsplit_once(' ')?;
    let watched = inventory::iter::<Watched>.into_iter().find(|watched| watched.part == kind)?;
    Some((watched, id.parse().ok()?))
}
