//! Where published versions live. They belong to the installation and no organisation.

use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{editions::Edition, model::Document};
use crate::{
    audit,
    clock::Instant,
    day::Day,
    fault::Answer,
    server::{
        db::{Db, Tx, global_sql},
        time::Zone,
    },
};

/// A published version, without the page that it is pinned to.
#[derive(Clone, Debug, FromRow)]
pub struct Version {
    /// The SHA-256 of its page, in hex: its name and its address.
    pub hash: String,
    /// One more than that of the version before.
    pub number: i64,
    /// The edition whose text it is.
    pub edition: String,
    /// When it was published: the date that readers see as "last updated".
    pub published_at: Instant,
    /// From when it is in force.
    pub effective_at: Instant,
    /// `material` or `minor`.
    pub weight: String,
    /// What is different from the version before.
    pub changes: String,
    /// The [`Document`] as JSON.
    pub document: String,
}

impl Version {
    /// Its clauses.
    pub(super) fn document(&self) -> Document {
        serde_json::from_str(&self.document).unwrap_or_else(|_| Document { edition: self.edition.clone(), sections: Vec::new() })
    }

    /// The day on which it was published, as people write it.
    pub fn day(&self) -> String {
        Zone::utc().show(self.published_at).day
    }

    /// Where it stays for ever.
    pub fn path(&self) -> String {
        format!("/privacy/versions/{}", self.hash)
    }
}

/// Every version, newest first.
pub(super) async fn all(db: &Db) -> Answer<Vec<Version>> {
    Ok(db
        .global(global_sql!(
            "select hash, number, edition, published_at, effective_at, weight, changes, document
             from policy_versions
             order by number desc"
        ))
        .all()
        .await?)
}

/// The version in force, if any is.
///
/// # Errors
/// When the database is away.
pub async fn in_force(db: &Db, now: Instant) -> Answer<Option<Version>> {
    Ok(db
        .global(global_sql!(
            "select hash, number, edition, published_at, effective_at, weight, changes, document
             from policy_versions
             where effective_at <= $1
             order by number desc
             limit 1"
        ))
        .bind(now)
        .optional()
        .await?)
}

/// The version of that hash.
///
/// # Errors
/// When the database is away.
pub async fn by_hash(db: &Db, hash: &str) -> Answer<Option<Version>> {
    if !is_hash(hash) {
        return Ok(None);
    }
    Ok(db
        .global(global_sql!(
            "select hash, number, edition, published_at, effective_at, weight, changes, document
             from policy_versions
             where hash = $1"
        ))
        .bind(hash.to_owned())
        .optional()
        .await?)
}

/// The bytes of a version.
pub(super) async fn page(db: &Db, hash: &str) -> Answer<Option<String>> {
    if !is_hash(hash) {
        return Ok(None);
    }
    Ok(db.global(global_sql!("select page from policy_versions where hash = $1")).bind(hash.to_owned()).optional_scalar().await?)
}

/// What else an address may hold, no database needs to see.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The newest version, in force or announced, under the lock of this transaction.
pub(super) async fn newest(tx: &mut Tx) -> Answer<Option<Version>> {
    Ok(tx
        .global(global_sql!(
            "select hash, number, edition, published_at, effective_at, weight, changes, document
             from policy_versions
             order by number desc
             limit 1"
        ))
        .optional()
        .await?)
}

/// Inserts a version; `false` when another of that number is there already.
pub(super) async fn insert(tx: &mut Tx, version: &Version, page: &str) -> Answer<bool> {
    let made: Option<i64> = tx
        .global(global_sql!(
            "insert into policy_versions
               (hash, number, edition, published_at, effective_at, weight, changes, document, page)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict do nothing
             returning number"
        ))
        .bind(version.hash.clone())
        .bind(version.number)
        .bind(version.edition.clone())
        .bind(version.published_at)
        .bind(version.effective_at)
        .bind(version.weight.clone())
        .bind(version.changes.clone())
        .bind(version.document.clone())
        .bind(page.to_owned())
        .optional_scalar()
        .await?;
    if made.is_some() {
        let held = HeldPolicy {
            hash: version.hash.clone(),
            number: version.number,
            edition: version.edition.clone(),
            published_at: version.published_at,
            effective_at: version.effective_at,
            weight: version.weight.clone(),
            changes: version.changes.clone(),
            document: version.document.clone(),
            page: page.to_owned(),
        };
        audit::hold_of_organisation(tx, Uuid::nil(), held.part(), &held);
    }
    Ok(made.is_some())
}

/// A version as it is in the database, as the record of the operator commits to it.
#[derive(FromRow, Serialize)]
struct HeldPolicy {
    hash: String,
    number: i64,
    edition: String,
    published_at: Instant,
    effective_at: Instant,
    weight: String,
    changes: String,
    document: String,
    page: String,
}

impl HeldPolicy {
    fn part(&self) -> String {
        format!("policy {}", self.number)
    }
}

/// What each version holds: the part, and its digest.
///
/// # Errors
/// When the database is away.
pub async fn held(tx: &mut Tx) -> Answer<Vec<(String, String)>> {
    let all: Vec<HeldPolicy> = tx
        .global(global_sql!(
            "select hash, number, edition, published_at, effective_at, weight, changes, document, page
             from policy_versions
             order by number"
        ))
        .all()
        .await?;
    Ok(all.iter().map(|held| (held.part(), audit::digest(&held.part(), held))).collect())
}

/// What people who make an account now are shown: its name for the acknowledgement, and its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The version's hash, or the edition's date where nothing is published.
    pub name: String,
    /// The day, as people write it.
    pub day: String,
}

impl Shown {
    fn of(version: Option<Version>) -> Self {
        match version {
            Some(version) => Self { day: version.day(), name: version.hash },
            None => {
                let date = Edition::newest().date;
                let day = date.parse().map_or_else(|_| date.to_owned(), Day::shown);
                Self { name: date.to_owned(), day }
            }
        }
    }
}

/// What is shown now.
///
/// # Errors
/// When the database is away.
pub async fn shown(db: &Db, now: Instant) -> Answer<Shown> {
    in_force(db, now).await.map(Shown::of)
}

/// The same within a transaction.
///
/// # Errors
/// When the database is away.
pub async fn shown_in(tx: &mut Tx, now: Instant) -> Answer<Shown> {
    let version = tx
        .global(global_sql!(
            "select hash, number, edition, published_at, effective_at, weight, changes, document
             from policy_versions
             where effective_at <= $1
             order by number desc
             limit 1"
        ))
        .bind(now)
        .optional()
        .await?;
    Ok(Shown::of(version))
}
