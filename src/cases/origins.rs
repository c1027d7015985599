//! Where cases come from: systems with names, and the ids that cases have in them.

use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};

use super::store::fold;
use crate::{
    accounts::{Scope, ScopedTx},
    fault::Answer,
    ids::{Id, kinds},
    server::db::sql,
};

/// A system that cases came from.
#[derive(Clone, Debug, FromRow)]
pub struct Source {
    /// Its id.
    pub id: Id<kinds::Source>,
    /// Its name.
    pub name: String,
}

/// The systems that cases came from, the last used first.
///
/// # Errors
/// When the database is away.
pub async fn sources(scope: &Scope) -> Answer<Vec<Source>> {
    let known = sql!("select id, name from import_sources where org_id = $1 order by used_at desc, name limit 100");
    Ok(scope.query(known).all().await?)
}

/// The system of that name, which is a new one if nothing came from it yet.
///
/// # Errors
/// When the database is away.
pub async fn source(tx: &mut ScopedTx, name: &str) -> Answer<Id<kinds::Source>> {
    let (name, now) = (name.trim(), tx.scope.state.clock.now());
    Ok(tx
        .query(sql!(
            "insert into import_sources (org_id, id, name, name_folded, created_at, used_at) values ($1, $2, $3, $4, $5, $5)
             on conflict (org_id, name_folded) do update set used_at = excluded.used_at
             returning id"
        ))
        .bind(Id::<kinds::Source>::fresh())
        .bind(name.to_owned())
        .bind(fold(name))
        .bind(now)
        .scalar()
        .await?)
}

/// Facts in the form in which they are compared; what is not there is empty.
pub(super) type Facts = std::collections::BTreeMap<String, String>;

/// A case that a source knows, and what it said of it last.
pub(super) struct Origin {
    pub case: Id<kinds::Case>,
    pub base: Facts,
}

pub(super) async fn find(tx: &mut ScopedTx, source: Id<kinds::Source>, external_id: &str) -> Answer<Option<Origin>> {
    #[derive(FromRow)]
    struct Row {
        case_id: Id<kinds::Case>,
        base: Json<Map<String, Value>>,
    }
    let found: Option<Row> = tx
        .query(sql!("select case_id, base from case_origins where org_id = $1 and source_id = $2 and external_id = $3"))
        .bind(source)
        .bind(external_id.to_owned())
        .optional()
        .await?;
    let text = |(key, value): (String, Value)| Some((key, value.as_str()?.to_owned()));
    Ok(found.map(|row| Origin { case: row.case_id, base: row.base.0.into_iter().filter_map(text).collect() }))
}

/// Notes what a source says of a case now.
pub(super) async fn note(
    tx: &mut ScopedTx,
    source: Id<kinds::Source>,
    external_id: &str,
    case: Id<kinds::Case>,
    base: &Facts,
) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    tx.query(sql!(
        "insert into case_origins (org_id, source_id, external_id, case_id, base, brought_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (org_id, source_id, external_id) do update set base = excluded.base, brought_at = excluded.brought_at"
    ))
    .bind(source)
    .bind(external_id.to_owned())
    .bind(case)
    .bind_json(base.clone())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The other sources that have a case of that id. Those whose case is hidden from the actor are not told.
pub(super) async fn elsewhere(tx: &mut ScopedTx, source: Id<kinds::Source>, external_id: &str) -> Answer<Vec<String>> {
    let me = tx.scope.actor.user;
    Ok(tx
        .query(sql!(
            "select s.name from case_origins o
             join import_sources s on s.org_id = o.org_id and s.id = o.source_id
             join cases c on c.org_id = o.org_id and c.id = o.case_id
             where o.org_id = $1 and o.external_id = $2 and o.source_id <> $3 and (not c.restricted or exists (
               select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $4))"
        ))
        .bind(external_id.to_owned())
        .bind(source)
        .bind(me)
        .scalars()
        .await?)
}

/// What a page shows as the id elsewhere: the id itself, with the name of its source where another case has the same.
pub(super) async fn shown_id(tx: &mut ScopedTx, source: Id<kinds::Source>, id: &str) -> Answer<Option<String>> {
    if id.is_empty() || id.starts_with('~') {
        return Ok(None);
    }
    let name: String = tx.query(sql!("select name from import_sources where org_id = $1 and id = $2")).bind(source).scalar().await?;
    let with_name = format!("{id} ({name})");
    let taken: Vec<String> = tx
        .query(sql!("select external_id from cases where org_id = $1 and external_id in ($2, $3)"))
        .bind(id.to_owned())
        .bind(with_name.clone())
        .scalars()
        .await?;
    Ok([id.to_owned(), with_name].into_iter().find(|shown| !taken.contains(shown)))
}
