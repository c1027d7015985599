//! What an organisation's own rows hold, as the record commits to it: its name, its zone, how it writes numbers, and what
//! each member is; and at the operator's, who answers for the operator.

use sqlx::FromRow;
use uuid::Uuid;

use super::model::Role;
use crate::{
    audit::{self, watched},
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    locale::Locale,
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
const LOCALE: &str = "organisation locale";

/// Says what an organisation is called.
pub fn hold_name(tx: &mut Tx, org: Uuid, name: &str) {
    audit::hold_of_organisation(tx, org, NAME, &name);
}

/// Says in which zone its days end.
pub fn hold_zone(tx: &mut Tx, org: Uuid, zone: &str) {
    audit::hold_of_organisation(tx, org, ZONE, &zone);
}

/// Says how it writes numbers and dates. The default is nothing: what was founded before this could be chosen has it.
pub fn hold_locale(tx: &mut Tx, org: Uuid, locale: &str) {
    audit::hold_of_organisation(tx, org, LOCALE, &chosen(locale));
}

fn chosen(locale: &str) -> Option<&str> {
    Some(locale).filter(|locale| *locale != Locale::default().key())
}

fn operator(user: Id<kinds::User>) -> String {
    format!("operator {user}")
}

/// Says whether an account answers for the operator.
pub(super) fn hold_operator(tx: &mut Tx, user: Id<kinds::User>, is: bool) {
    audit::hold_of_organisation(tx, Uuid::nil(), operator(user), &is.then_some(true));
}

/// Who answers for the operator, each with the digest of that.
///
/// # Errors
/// When the database is away.
pub async fn held_operators(tx: &mut Tx) -> Answer<Vec<(String, String)>> {
    let all: Vec<Id<kinds::User>> = tx.global(global_sql!("select user_id from operators order by user_id")).scalars().await?;
    let held = |user| (operator(user), audit::digest(&operator(user), &true));
    Ok(all.into_iter().map(held).collect())
}

/// The parts of its own row, each with the digest of what it holds.
///
/// # Errors
/// When the database is away.
pub async fn held_organisation(tx: &mut Tx, org: Uuid) -> Answer<Vec<(String, String)>> {
    let row: Option<(String, String, String)> =
        tx.global(global_sql!("select name, time_zone, locale from organisations where id = $1")).bind(org).optional().await?;
    let Some((name, zone, locale)) = row else { return Ok(Vec::new()) };
    let mut parts = vec![(NAME.to_owned(), audit::digest(NAME, &name)), (ZONE.to_owned(), audit::digest(ZONE, &zone))];
    parts.extend(chosen(&locale).map(|locale| (LOCALE.to_owned(), audit::digest(LOCALE, &locale))));
    Ok(parts)
}

watched!(
    ACCOUNT = "account" of "user":
        select "id", "email, email_folded, name, password_hash, email_verified_at, restricted_at, restriction_ends_at"
        from "users where true", gone is harmless: false
);
watched!(
    INVITATION = "invitation" of "invitation":
        select "id", "email_folded, role, token_hash, invited_by, expires_at"
        from organisation "invitations where accepted_at is null and revoked_at is null", gone is harmless: true
);

/// Says what an account is.
///
/// # Errors
/// When the database is away.
pub async fn hold_account(tx: &mut Tx, user: Id<kinds::User>) -> Answer<()> {
    audit::hold_row(tx, &ACCOUNT, user.uuid()).await
}

/// Says what an invitation offers, and to whom. One that waits no longer offers nothing.
///
/// # Errors
/// When the database is away.
pub(super) async fn hold_invitation(tx: &mut Tx, id: Id<kinds::Invitation>) -> Answer<()> {
    audit::hold_row(tx, &INVITATION, id.uuid()).await
}
