//! Memberships and invitations.

use sqlx::FromRow;

use crate::{
    accounts::{
        held::{hold_invitation, hold_membership},
        model::Role,
        scope::{Actor, Scope, ScopedTx},
        session::Session,
    },
    audit,
    clock::Instant,
    email,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    locale::Locale,
    server::{
        db::{Db, Tx, global_sql, sql},
        secret,
        time::Zone,
        visit::Visit,
    },
};

use super::{OrgId, UserId, add_member};

/// A member as an actor, for background work.
pub(in crate::accounts) async fn actor(db: &Db, org: OrgId, user: UserId) -> Answer<Option<Actor>> {
    #[derive(FromRow)]
    struct Row {
        name: String,
        role: Role,
        time_zone: String,
        locale: String,
        closing_at: Option<Instant>,
    }
    let row: Option<Row> = db
        .global(global_sql!(
            "select u.name, m.role, o.time_zone, o.locale, c.erase_after as closing_at
             from memberships m
             join users u on u.id = m.user_id
             join organisations o on o.id = m.org_id
             left join organisation_closures c on c.organisation = m.org_id
             where m.org_id = $1 and m.user_id = $2 and m.left_at is null"
        ))
        .bind(org)
        .bind(user)
        .optional()
        .await?;
    Ok(row.map(|row| Actor {
        user,
        name: row.name,
        org,
        role: row.role,
        zone: Zone::named(&row.time_zone),
        locale: Locale::parse(&row.locale).unwrap_or_default(),
        // Background work outlives the number.
        catalogue_version: None,
        closing_at: row.closing_at,
    }))
}

/// A member as the settings page and the assignee list show them.
#[derive(FromRow)]
pub(in crate::accounts) struct MemberRow {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub joined_at: Instant,
    pub version: i64,
    pub restricted: bool,
    pub open_cases: i64,
}

pub(in crate::accounts) async fn members(scope: &Scope) -> Answer<Vec<MemberRow>> {
    Ok(scope
        .query(sql!(
            "select m.user_id, u.name, u.email, m.role, m.joined_at, m.version, u.restricted_at is not null as restricted,
                    (select count(*) from cases c
                     where c.org_id = $1 and c.assignee_id = m.user_id and c.state_kind <> 'closed'
                       and (not c.restricted or exists (
                         select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2))) as open_cases
             from memberships m
             join users u on u.id = m.user_id
             where m.org_id = $1 and m.left_at is null
             order by u.name, m.user_id"
        ))
        .bind(scope.actor.user)
        .all()
        .await?)
}

/// The membership of one person.
#[derive(FromRow)]
pub(in crate::accounts) struct Membership {
    pub role: Role,
    pub version: i64,
    pub name: String,
    /// Whether the person's data is restricted.
    pub restricted: bool,
}

/// The membership of one person, locked for the rest of the transaction. Whoever changes it takes it before anything else,
/// since what the member does meanwhile holds it as well.
pub(in crate::accounts) async fn membership(tx: &mut ScopedTx, user: UserId) -> Answer<Membership> {
    tx.query(sql!(
        sqlite: "select m.role, m.version, u.name, u.restricted_at is not null as restricted
                 from memberships m join users u on u.id = m.user_id
                 where m.org_id = $1 and m.user_id = $2 and m.left_at is null",
        postgres: "select m.role, m.version, u.name, u.restricted_at is not null as restricted
                   from memberships m join users u on u.id = m.user_id
                   where m.org_id = $1 and m.user_id = $2 and m.left_at is null
                   for no key update of m",
    ))
    .bind(user)
    .optional()
    .await?
    .ok_or(Fault::NotFound)
}

pub(in crate::accounts) async fn owners(tx: &mut ScopedTx) -> Answer<i64> {
    // The row of the organisation is the lock: two owners who leave at once must not both succeed.
    tx.query(sql!("update organisations set version = version where id = $1")).execute().await?;
    Ok(tx.query(sql!("select count(*) from memberships where org_id = $1 and role = 'owner' and left_at is null")).scalar().await?)
}

pub(in crate::accounts) async fn set_role(tx: &mut ScopedTx, user: UserId, role: Role, version: i64) -> Answer<bool> {
    let changed = tx
        .query(sql!(
            "update memberships set role = $3, version = version + 1
             where org_id = $1 and user_id = $2 and version = $4 and left_at is null"
        ))
        .bind(user)
        .bind(role)
        .bind(version)
        .execute()
        .await?;
    if changed > 0 {
        let org = tx.scope.actor.org.uuid();
        hold_membership(tx.raw(), org, user, role, false);
    }
    Ok(changed > 0)
}

/// Ends a membership. The person's sessions lose the organisation with the next request, since the session's statement
/// reads the membership each time.
pub(in crate::accounts) async fn end_membership(tx: &mut ScopedTx, user: UserId) -> Answer<()> {
    let (now, org) = (tx.scope.state.clock.now(), tx.scope.actor.org.uuid());
    let was: Option<Role> = tx
        .query(sql!(
            "update memberships set left_at = $3, version = version + 1
             where org_id = $1 and user_id = $2 and left_at is null
             returning role"
        ))
        .bind(user)
        .bind(now)
        .optional_scalar()
        .await?;
    if let Some(role) = was {
        hold_membership(tx.raw(), org, user, role, true);
    }
    Ok(())
}

/// An organisation to which a person belongs.
#[derive(FromRow)]
pub(in crate::accounts) struct Belonging {
    pub org_id: OrgId,
    pub name: String,
    pub role: Role,
}

/// The organisations to which a person belongs now.
pub(in crate::accounts) async fn places(db: &Db, user: UserId) -> Answer<Vec<OrgId>> {
    Ok(db
        .global(global_sql!("select org_id from memberships where user_id = $1 and left_at is null order by org_id"))
        .bind(user)
        .scalars()
        .await?)
}

pub(in crate::accounts) async fn belongings(visit: &Visit, user: UserId) -> Answer<Vec<Belonging>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select m.org_id, o.name, m.role from memberships m join organisations o on o.id = m.org_id
             where m.user_id = $1 and m.left_at is null
             order by o.name, m.org_id"
        ))
        .bind(user)
        .all()
        .await?)
}

/// The name of an organisation to which a person belongs. The transaction goes on in it.
pub(in crate::accounts) async fn belonging(tx: &mut Tx, user: UserId, org: OrgId) -> Answer<Option<String>> {
    tx.confine(org.uuid()).await?;
    Ok(tx
        .global(global_sql!(
            "select o.name from memberships m join organisations o on o.id = m.org_id
             where m.user_id = $1 and m.org_id = $2 and m.left_at is null"
        ))
        .bind(user)
        .bind(org)
        .optional_scalar()
        .await?)
}

/// Lets a session act in another organisation of its person; answers whether the person belongs there.
pub(in crate::accounts) async fn switch(tx: &mut Tx, session: &Session, org: OrgId) -> Answer<bool> {
    let changed = tx
        .global(global_sql!(
            "update sessions set org_id = $3
             where id = $1 and exists (
               select 1 from memberships m where m.org_id = $3 and m.user_id = $2 and m.left_at is null)"
        ))
        .bind(session.id)
        .bind(session.user_id)
        .bind(org)
        .execute()
        .await?;
    Ok(changed > 0)
}

/// Lets a session act in the organisation that its person joined last; answers whether there is one.
pub(in crate::accounts) async fn move_on(visit: &Visit, session: &Session) -> Answer<bool> {
    let changed = visit
        .state
        .db
        .global(global_sql!(
            "update sessions set org_id = (
               select m.org_id from memberships m where m.user_id = $2 and m.left_at is null order by m.joined_at desc, m.org_id limit 1)
             where id = $1 and exists (select 1 from memberships m where m.user_id = $2 and m.left_at is null)"
        ))
        .bind(session.id)
        .bind(session.user_id)
        .execute()
        .await?;
    Ok(changed > 0)
}

/// An invitation that waits for an answer.
#[derive(FromRow)]
pub(in crate::accounts) struct InvitationRow {
    pub id: Id<kinds::Invitation>,
    pub email: String,
    pub role: Role,
    pub expires_at: Instant,
    pub invited_by: String,
}

pub(in crate::accounts) async fn invitations(scope: &Scope) -> Answer<Vec<InvitationRow>> {
    Ok(scope
        .query(sql!(
            "select i.id, i.email, i.role, i.expires_at, u.name as invited_by
             from invitations i join users u on u.id = i.invited_by
             where i.org_id = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2
             order by i.created_at desc"
        ))
        .bind(scope.state.clock.now())
        .all()
        .await?)
}

pub(in crate::accounts) async fn is_member(tx: &mut ScopedTx, email: &str) -> Answer<bool> {
    let found: Option<i64> = tx
        .query(sql!(
            "select cast(1 as bigint) from memberships m join users u on u.id = m.user_id
             where m.org_id = $1 and u.email_folded = $2 and m.left_at is null"
        ))
        .bind(email::fold(email))
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Stores an invitation and takes back earlier ones to the same address, which it answers. `None` when this very one is
/// stored already.
pub(in crate::accounts) async fn invite(
    tx: &mut ScopedTx,
    id: Id<kinds::Invitation>,
    email: &str,
    role: Role,
    token_hash: Vec<u8>,
) -> Answer<Option<Vec<Id<kinds::Invitation>>>> {
    let (now, by) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let stored = tx
        .query(sql!(
            "insert into invitations (org_id, id, email, email_folded, role, token_hash, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (org_id, id) do nothing"
        ))
        .bind(id)
        .bind(email.to_owned())
        .bind(email::fold(email))
        .bind(role)
        .bind(token_hash)
        .bind(by)
        .bind(now)
        .bind(now.plus_seconds(7 * 86_400))
        .execute()
        .await?;
    if stored == 0 {
        return Ok(None);
    }
    let earlier = tx.query(sql!(
        "update invitations set revoked_at = $4
         where org_id = $1 and email_folded = $2 and id <> $3 and accepted_at is null and revoked_at is null
         returning id"
    ));
    let earlier: Vec<Id<kinds::Invitation>> = earlier.bind(email::fold(email)).bind(id).bind(now).scalars().await?;
    for invitation in earlier.iter().copied().chain([id]) {
        hold_invitation(tx.raw(), invitation).await?;
    }
    Ok(Some(earlier))
}

/// Whom the actor invited with this form, and as what.
pub(in crate::accounts) async fn invited_by(tx: &mut ScopedTx, id: Id<kinds::Invitation>) -> Answer<Option<(String, Role)>> {
    let me = tx.scope.actor.user;
    Ok(tx
        .query(sql!("select email, role from invitations where org_id = $1 and id = $2 and invited_by = $3"))
        .bind(id)
        .bind(me)
        .optional()
        .await?)
}

/// Invitations of the organisation that were made since, whatever became of them.
pub(in crate::accounts) async fn invited_since(tx: &mut ScopedTx, since: Instant) -> Answer<i64> {
    Ok(tx.query(sql!("select count(*) from invitations where org_id = $1 and created_at > $2")).bind(since).scalar().await?)
}

/// When the organisation was founded.
pub(in crate::accounts) async fn founded_at(tx: &mut ScopedTx) -> Answer<Instant> {
    Ok(tx.query(sql!("select created_at from organisations where id = $1")).scalar().await?)
}

/// How many organisations a person owns.
pub(in crate::accounts) async fn owned(tx: &mut Tx, user: UserId) -> Answer<i64> {
    let owned = global_sql!("select count(*) from memberships where user_id = $1 and role = 'owner' and left_at is null");
    Ok(tx.global(owned).bind(user).scalar().await?)
}

/// Changes the role of an invitation that waits, and gives it its full time again; answers which, where there is one.
pub(in crate::accounts) async fn change_open_invitation(
    tx: &mut ScopedTx,
    email: &str,
    role: Role,
) -> Answer<Option<Id<kinds::Invitation>>> {
    let now = tx.scope.state.clock.now();
    let changed: Option<Id<kinds::Invitation>> = tx
        .query(sql!(
            "update invitations set role = $3, expires_at = $4
             where org_id = $1 and email_folded = $2 and accepted_at is null and revoked_at is null and expires_at > $5
             returning id"
        ))
        .bind(email::fold(email))
        .bind(role)
        .bind(now.plus_seconds(7 * 86_400))
        .bind(now)
        .optional_scalar()
        .await?;
    if let Some(invitation) = changed {
        hold_invitation(tx.raw(), invitation).await?;
    }
    Ok(changed)
}

pub(in crate::accounts) async fn revoke_invitation(tx: &mut ScopedTx, id: Id<kinds::Invitation>) -> Answer<bool> {
    let now = tx.scope.state.clock.now();
    let changed = tx
        .query(sql!("update invitations set revoked_at = $3 where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null"))
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    if changed > 0 {
        hold_invitation(tx.raw(), id).await?;
    }
    Ok(changed > 0)
}

/// Whether an invitation that waits no longer was accepted, and not taken back.
pub(in crate::accounts) async fn invitation_ended(tx: &mut ScopedTx, id: Id<kinds::Invitation>) -> Answer<Option<bool>> {
    Ok(tx.query(sql!("select accepted_at is not null from invitations where org_id = $1 and id = $2")).bind(id).optional_scalar().await?)
}

/// Takes back what a person has offered others here and may offer no more: all of it, or the roles above what they may
/// still give. Answers which.
pub(in crate::accounts) async fn void_invitations(tx: &mut ScopedTx, by: UserId, may_give: &[Role]) -> Answer<Vec<Id<kinds::Invitation>>> {
    let now = tx.scope.state.clock.now();
    let open: Vec<(Id<kinds::Invitation>, Role)> = tx
        .query(sql!(
            "select id, role from invitations where org_id = $1 and invited_by = $2 and accepted_at is null and revoked_at is null"
        ))
        .bind(by)
        .all()
        .await?;
    let mut void = Vec::new();
    for (id, _) in open.into_iter().filter(|(_, role)| !may_give.contains(role)) {
        tx.query(sql!("update invitations set revoked_at = $3 where org_id = $1 and id = $2")).bind(id).bind(now).execute().await?;
        hold_invitation(tx.raw(), id).await?;
        void.push(id);
    }
    Ok(void)
}

/// What whoever made an invitation is in the organisation now; `None` where they are no member, or where their account was
/// restricted after they made it.
pub(in crate::accounts) async fn inviter(tx: &mut Tx, invited: &Invited) -> Answer<Option<Role>> {
    Ok(tx
        .global(global_sql!(
            sqlite: "select m.role from invitations i
                     join memberships m on m.org_id = i.org_id and m.user_id = i.invited_by and m.left_at is null
                     join users u on u.id = m.user_id
                     where i.org_id = $1 and i.id = $2 and (u.restricted_at is null or u.restricted_at < i.created_at)",
            postgres: "select m.role from invitations i
                       join memberships m on m.org_id = i.org_id and m.user_id = i.invited_by and m.left_at is null
                       join users u on u.id = m.user_id
                       where i.org_id = $1 and i.id = $2 and (u.restricted_at is null or u.restricted_at < i.created_at)
                       for share of m",
        ))
        .bind(invited.org_id)
        .bind(invited.id)
        .optional_scalar()
        .await?)
}

/// An invitation as its holder sees it.
#[derive(FromRow)]
pub(in crate::accounts) struct Invited {
    pub org_id: OrgId,
    pub id: Id<kinds::Invitation>,
    pub email: String,
    pub role: Role,
    pub org_name: String,
    pub invited_by: String,
}

pub(in crate::accounts) async fn invitation_by_token(visit: &Visit, token: &str) -> Answer<Option<Invited>> {
    Ok(visit
        .db
        .global(global_sql!(
            "select i.org_id, i.id, i.email, i.role, o.name as org_name, u.name as invited_by
             from invitations i
             join organisations o on o.id = i.org_id
             join users u on u.id = i.invited_by
             where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2
               and not exists (select 1 from organisation_closures c where c.organisation = i.org_id)"
        ))
        .bind(secret::token_hash(token))
        .bind(visit.state.clock.now())
        .optional()
        .await?)
}

/// Uses an invitation up and makes its holder a member, in one transaction with its event.
pub(in crate::accounts) async fn join(visit: &Visit, tx: &mut Tx, invited: &Invited, user: UserId) -> Answer<()> {
    let now = visit.state.clock.now();
    let used = tx
        .global(global_sql!(
            "update invitations set accepted_at = $3
             where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null and expires_at > $3
               and not exists (select 1 from organisation_closures c where c.organisation = invitations.org_id)"
        ))
        .bind(invited.org_id)
        .bind(invited.id)
        .bind(now)
        .execute()
        .await?;
    if used == 0 {
        return Err(Fault::Gone);
    }
    add_member(tx, invited.org_id, user, invited.role, now).await?;
    tx.confine(invited.org_id.uuid()).await?;
    hold_invitation(tx, invited.id).await?;
    let event = audit::Event {
        action: "member.joined",
        subject_kind: "member",
        subject: user.uuid(),
        facts: serde_json::json!({ "role": invited.role.key() }),
        values: Vec::new(),
    };
    audit::record_in(&visit.state, tx, Some(user), event).await
}
