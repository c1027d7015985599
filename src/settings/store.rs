//! Where an organisation's own row lives.

use sqlx::FromRow;

use crate::{
    accounts::{Scope, ScopedTx},
    fault::Answer,
    server::db::sql,
};

/// What can be set of an organisation itself.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Organisation {
    pub name: String,
    pub time_zone: String,
    pub locale: String,
    pub version: i64,
}

pub(super) async fn organisation(scope: &Scope) -> Answer<Organisation> {
    Ok(scope.query(sql!("select name, time_zone, locale, version from organisations where id = $1")).one().await?)
}

/// The same, with nobody else between this and the end of the transaction.
pub(super) async fn locked(tx: &mut ScopedTx) -> Answer<Organisation> {
    tx.query(sql!("update organisations set version = version where id = $1")).execute().await?;
    Ok(tx.query(sql!("select name, time_zone, locale, version from organisations where id = $1")).one().await?)
}

pub(super) async fn change(tx: &mut ScopedTx, wanted: Organisation) -> Answer<()> {
    tx.query(sql!("update organisations set name = $2, time_zone = $3, locale = $4, version = version + 1 where id = $1"))
        .bind(wanted.name)
        .bind(wanted.time_zone)
        .bind(wanted.locale)
        .execute()
        .await?;
    Ok(())
}
