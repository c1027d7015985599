//! The links that a requester holds: one that confirms their address, once and for a day, and one that shows where their
//! request stands. Only their hashes are kept.

use sqlx::FromRow;

use super::{OrgId, RequestId};
use crate::{
    clock::Instant,
    fault::Answer,
    server::{
        db::{Db, Tx, global_sql},
        jobs::{Failure, Leased},
        secret,
        state::State,
    },
};

/// A link to confirm works for a day.
const CONFIRM_SECONDS: i64 = 86_400;
/// A tracking link works for as long as requests are kept, which is 36 months.
const TRACK_SECONDS: i64 = 36 * 31 * 86_400;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Confirm,
    Track,
}

impl Purpose {
    const fn key(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Track => "track",
        }
    }

    /// The page that it opens.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Confirm => "/privacy/confirm/",
            Self::Track => "/privacy/track/",
        }
    }

    const fn seconds(self) -> i64 {
        match self {
            Self::Confirm => CONFIRM_SECONDS,
            Self::Track => TRACK_SECONDS,
        }
    }
}

/// Which request a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Held {
    pub org_id: OrgId,
    pub request_id: RequestId,
}

impl Held {
    /// What a job about this request is told.
    pub(super) fn payload(self) -> String {
        format!("{}|{}", self.org_id, self.request_id)
    }

    /// The request that a job is about.
    pub(super) fn of_job(job: &Leased) -> Result<Self, Failure> {
        let (org, request) = job.payload.split_once('|').ok_or(NO_REQUEST)?;
        Ok(Self { org_id: org.parse().map_err(|_| NO_REQUEST)?, request_id: request.parse().map_err(|_| NO_REQUEST)? })
    }
}

const NO_REQUEST: Failure = Failure::Final("the job names no request");

/// Makes a link; answers its path.
pub(super) async fn make(state: &State, tx: &mut Tx, held: Held, purpose: Purpose) -> Answer<String> {
    let (token, hash) = secret::token();
    let now = state.clock.now();
    tx.global(global_sql!(
        "insert into rights_links (token_hash, org_id, request_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(hash)
    .bind(held.org_id)
    .bind(held.request_id)
    .bind(purpose.key().to_owned())
    .bind(now)
    .bind(now.plus_seconds(purpose.seconds()))
    .execute()
    .await?;
    Ok(format!("{}{token}", purpose.path()))
}

/// The request of a link that still works.
pub(super) async fn find(state: &State, db: &Db, token: &str, purpose: Purpose) -> Answer<Option<Held>> {
    Ok(db
        .global(global_sql!(
            "select org_id, request_id from rights_links
             where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3"
        ))
        .bind(secret::token_hash(token))
        .bind(purpose.key().to_owned())
        .bind(state.clock.now())
        .optional()
        .await?)
}

/// The same in the transaction that acts on it: until that ends nobody makes the link void.
pub(super) async fn find_in(state: &State, tx: &mut Tx, token: &str, purpose: Purpose) -> Answer<Option<Held>> {
    Ok(tx
        .global(global_sql!(
            sqlite: "select org_id, request_id from rights_links
                     where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3",
            postgres: "select org_id, request_id from rights_links
                       where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
                       for share",
        ))
        .bind(secret::token_hash(token))
        .bind(purpose.key().to_owned())
        .bind(state.clock.now())
        .optional()
        .await?)
}

/// Uses a link up.
pub(super) async fn use_up(state: &State, tx: &mut Tx, token: &str, purpose: Purpose) -> Answer<Option<Held>> {
    Ok(tx
        .global(global_sql!(
            "update rights_links set used_at = $3
             where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
             returning org_id, request_id"
        ))
        .bind(secret::token_hash(token))
        .bind(purpose.key().to_owned())
        .bind(state.clock.now())
        .optional()
        .await?)
}

/// Ends the links of a purpose.
pub(super) async fn void(state: &State, tx: &mut Tx, held: Held, purpose: Purpose) -> Answer<()> {
    tx.global(global_sql!(
        "update rights_links set used_at = $4 where org_id = $1 and request_id = $2 and purpose = $3 and used_at is null"
    ))
    .bind(held.org_id)
    .bind(held.request_id)
    .bind(purpose.key().to_owned())
    .bind(state.clock.now())
    .execute()
    .await?;
    Ok(())
}

/// Lets every link of a request open another one from now on: it was handed on, and the requester keeps one link.
pub(super) async fn hand_on(tx: &mut Tx, from: Held, to: Held) -> Answer<()> {
    tx.global(global_sql!("update rights_links set org_id = $3, request_id = $4 where org_id = $1 and request_id = $2"))
        .bind(from.org_id)
        .bind(from.request_id)
        .bind(to.org_id)
        .bind(to.request_id)
        .execute()
        .await?;
    Ok(())
}

/// Until when a link to confirm is still out there, if one is.
pub(super) async fn waits_until(state: &State, tx: &mut Tx, held: Held) -> Answer<Option<Instant>> {
    let until: Option<Instant> = tx
        .global(global_sql!(
            "select max(expires_at) from rights_links
             where org_id = $1 and request_id = $2 and purpose = 'confirm' and used_at is null and expires_at > $3"
        ))
        .bind(held.org_id)
        .bind(held.request_id)
        .bind(state.clock.now())
        .scalar()
        .await?;
    Ok(until)
}
