//! What an organisation's own rows hold, as the record commits to it: its name, its zone, and what each member is.

use sqlx::FromRow;
use uuid::Uuid;

use super::model::Role;
use crate::{
    audit,
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    server::db::{Tx, global_sql},
};

/// A membership as it is in the database.
#[derive(FromRow)]
pub struct HeldMembership {
    user_id: Id<kinds::User>,
    role: Role,
    left_at: Option<Instant>,
}

impl HeldMembership {
    /// The part, and the digest of what it holds.
    pub fn held(&self) -> (String, String) {
        let (part, value) = (part(self.user_id), (self.role, self.left_at.is_some()));
        let digest = audit::digest(&part, &value);
        (part, digest)
    }
}

fn part(user: Id<kinds::User>) -> String {
    format!("member {user}")
}

/// Says what a member is from now on, or was.
pub(super) fn hold_membership(tx: &mut Tx, org: Uuid, user: Id<kinds::User>, role: Role, left: bool) {
    audit::hold_of_organisation(tx, org, part(user), &(role, left));
}

/// The memberships of an organisation, ended ones as well.
///
/// # Errors
/// When the database is away.
pub async fn held_memberships(tx: &mut Tx, org: Uuid) -> Answer<Vec<HeldMembership>> {
    let all = global_sql!("select user_id, role, left_at from memberships where org_id = $1 order by user_id");
    Ok(tx.global(all).bind(org).all().await?)
}

const NAME: &str = "organisation name";
const ZONE: &str = "organisation time zone";

/// Says what an organisation is called.
pub fn hold_name(tx: &mut Tx, org: Uuid, name: &str) {
    audit::hold_of_organisation(tx, org, NAME, &name);
}

/// Says in which zone its days end.
pub fn hold_zone(tx: &mut Tx, org: Uuid, zone: &str) {
    audit::hold_of_organisation(tx, org, ZONE, &zone);
}

/// The parts of its own row, each with the digest of what it holds.
///
/// # Errors
/// When the database is away.
pub async fn held_organisation(tx: &mut Tx, org: Uuid) -> Answer<Vec<(String, String)>> {
    let row: Option<(String, String)> =
        tx.global(global_sql!("select name, time_zone from organisations where id = $1")).bind(org).optional().await?;
    let Some((name, zone)) = row else { return Ok(Vec::new()) };
    Ok(vec![(NAME.to_owned(), audit::digest(NAME, &name)), (ZONE.to_owned(), audit::digest(ZONE, &zone))])
}
