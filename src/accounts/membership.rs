//! Who belongs to an organisation, as what, and who is asked to.
//!
//! Nobody gives a role above their own, and an organisation always has an owner. Whoever leaves hands over the cases
//! that they hold, in the same transaction.

use leptos_axum::redirect;

use super::{
    api::{InvitationView, InvitedView, MemberView, MembersView},
    model::{Permission, Role},
    namesake, password, quotas,
    scope::{Scope, ScopedTx},
    session,
    sign::attested,
    store,
    store::{Invited, NewAccount},
    throttle::{self, Letter},
};
use crate::{
    audit, cases, email,
    fault::{Answer, Complaints, Difference, Fault},
    ids::{Id, kinds},
    names,
    server::{
        db::Tx,
        form_key::{self, Sent},
        mail::{self, Mail},
        secret,
        state::State,
        visit::{Visit, visit},
    },
};

type UserId = Id<kinds::User>;

pub(super) async fn members() -> Answer<MembersView> {
    let scope = Scope::require(Permission::MemberRead)?;
    let zone = scope.actor.zone.clone();
    let manages = scope.may(Permission::MemberManage);
    let members = store::members(&scope).await?;
    let invitations = if manages { store::invitations(&scope).await? } else { Vec::new() };
    let names = namesake::told_apart(members.iter().map(|row| (row.name.as_str(), row.email.as_str())));
    Ok(MembersView {
        members: members
            .into_iter()
            .zip(names)
            .map(|(row, told_apart)| MemberView {
                user: row.user_id,
                name: row.name,
                told_apart,
                email: row.email,
                role: row.role,
                joined: zone.show(row.joined_at),
                version: row.version,
                takes_over: row.role.may(Permission::CaseWrite) && (!row.restricted || row.user_id == scope.actor.user),
                open_cases: row.open_cases,
                myself: row.user_id == scope.actor.user,
            })
            .collect(),
        invitations: invitations
            .into_iter()
            .map(|row| InvitationView {
                id: row.id,
                email: row.email,
                role: row.role,
                expires: zone.show(row.expires_at),
                invited_by: row.invited_by,
            })
            .collect(),
        manages,
        may_give: Role::ALL.into_iter().filter(|role| may_give(scope.actor.role, *role)).collect(),
    })
}

/// Roles up to one's own, and only owners make owners and admins.
fn may_give(mine: Role, role: Role) -> bool {
    mine == Role::Owner || (mine == Role::Admin && role < Role::Admin)
}

fn parse_role(mine: Role, key: &str) -> Answer<Role> {
    let role = Role::parse(key).ok_or_else(|| Fault::field("role", "Choose one of the roles."))?;
    if may_give(mine, role) {
        Ok(role)
    } else {
        Err(Fault::forbidden(format!(
            "As {} you may not make somebody {}. Ask an owner.",
            mine.label().to_lowercase(),
            role.label().to_lowercase()
        )))
    }
}

pub(super) async fn invite(key: Option<Id<kinds::Invitation>>, email: &str, role: &str) -> Answer<()> {
    let scope = Scope::require(Permission::MemberManage)?;
    let mut complaints = Complaints::default();
    let email = complaints.take("email", email::parse(email));
    complaints.done()?;
    let email = email.unwrap_or_default();
    let role = parse_role(scope.actor.role, role)?;
    let (token, hash) = secret::token();
    let mut tx = scope.begin().await?;
    let role = parse_role(tx.scope.actor.role, role.key())?;
    let id = key.unwrap_or_else(Id::fresh);
    let content = serde_json::json!(["invitation", scope.actor.user, email::fold(&email), role.key()]);
    match form_key::claim(&scope.state, tx.raw(), id.uuid(), &content).await? {
        Sent::First => {}
        Sent::Again => return Ok(()),
        Sent::Other => return Err(invited_before(&mut tx, id).await?),
    }
    if store::is_member(&mut tx, &email).await? {
        return Err(Fault::field("email", "This person is a member already."));
    }
    let write = throttle::may_write_to(&scope.state, tx.raw(), &email::fold(&email), Letter::Other).await?;
    if !write && let Some(open) = store::change_open_invitation(&mut tx, &email, role).await? {
        // The link that was sent last is the one that works, now as what was chosen now.
        record_invited(&mut tx, open, role, email).await?;
        return tx.commit().await;
    }
    let Some(earlier) = store::invite(&mut tx, id, &email, role, hash).await? else {
        return Err(invited_before(&mut tx, id).await?);
    };
    quotas::invite_one_more(&mut tx).await?;
    for old in earlier {
        record_revoked(&mut tx, old, "member.invitation_replaced").await?;
    }
    if write {
        let link = mail::link(&scope.state, &format!("/invite/{token}"));
        let inviter = store::email_of(tx.raw(), scope.actor.user).await?;
        let mail = invitation_mail(email.clone(), (&scope.actor.name, &inviter), &link);
        mail::send(&scope.state, tx.raw(), &mail).await?;
    }
    record_invited(&mut tx, id, role, email).await?;
    tx.commit().await
}

/// The words are ours to the end of the first paragraph: a name is a stranger's word to whoever is invited.
fn invitation_mail(to: String, (name, address): (&str, &str), link: &str) -> Mail {
    let body = format!(
        "You are invited to work on cases in CaseTrakr. Open this link to see by whom, and to join. It works once, for seven days.\n\n{link}\n\n\
         The invitation was made with the account of \u{201c}{name}\u{201d} ({address}). If you know nothing of it, ignore this message; nothing happens then."
    );
    Mail { to, subject: "You are invited to CaseTrakr".into(), body }
}

async fn record_invited(tx: &mut ScopedTx, id: Id<kinds::Invitation>, role: Role, email: String) -> Answer<()> {
    let facts = serde_json::json!({ "role": role.key() });
    let values = vec![audit::Change { label: "Address".into(), from: String::new(), to: email }];
    audit::record(tx, audit::Event { action: "member.invited", subject_kind: "invitation", subject: id.uuid(), facts, values }).await
}

/// What the actor has sent with the same form.
async fn invited_before(tx: &mut ScopedTx, id: Id<kinds::Invitation>) -> Answer<Fault> {
    let (email, role) = store::invited_by(tx, id).await?.ok_or(Fault::Malformed)?;
    Ok(Fault::SentBefore { stored: format!("the invitation of {email} as {}", role.label().to_lowercase()) })
}

pub(super) async fn revoke_invitation(id: Id<kinds::Invitation>) -> Answer<()> {
    let scope = Scope::require(Permission::MemberManage)?;
    let mut tx = scope.begin().await?;
    if !store::revoke_invitation(&mut tx, id).await? {
        return match store::invitation_ended(&mut tx, id).await? {
            None => Err(Fault::NotFound),
            // Somebody else has taken it back.
            Some(false) => Ok(()),
            Some(true) => {
                let both = Difference::new("invitation", "Invitation", "Accepted: the person is a member now", "Taken back");
                Err(Fault::Conflict(vec![both]))
            }
        };
    }
    record_revoked(&mut tx, id, "member.invitation_revoked").await?;
    tx.commit().await
}

async fn record_revoked(tx: &mut ScopedTx, id: Id<kinds::Invitation>, action: &'static str) -> Answer<()> {
    let facts = serde_json::json!({});
    audit::record(tx, audit::Event { action, subject_kind: "invitation", subject: id.uuid(), facts, values: Vec::new() }).await
}

pub(super) async fn change_role(user: UserId, role: &str, version: i64) -> Answer<()> {
    let scope = Scope::require(Permission::MemberManage)?;
    parse_role(scope.actor.role, role)?;
    let mut tx = scope.begin_alone().await?;
    let mine = tx.scope.actor.role;
    let role = parse_role(mine, role)?;
    let member = store::membership(&mut tx, user).await?;
    if member.role == role {
        return Ok(());
    }
    if !may_give(mine, member.role) {
        return Err(Fault::forbidden("Only an owner changes what an admin or an owner is."));
    }
    keep_an_owner(&mut tx, member.role).await?;
    if member.version != version || !store::set_role(&mut tx, user, role, version).await? {
        let saved = audit::last_by(&mut tx, "member", user.uuid(), "member.role_changed").await?;
        let both = Difference::new("role", "Role", member.role.label(), role.label()).saved(saved);
        return Err(Fault::Conflict(vec![both, Difference::version(member.version)]));
    }
    void_invitations(&mut tx, user, Some(role)).await?;
    let facts = serde_json::json!({ "from": member.role.key(), "to": role.key() });
    let values = vec![audit::Change { label: member.name, from: member.role.label().into(), to: role.label().into() }];
    audit::record(&mut tx, audit::Event { action: "member.role_changed", subject_kind: "member", subject: user.uuid(), facts, values })
        .await?;
    tx.commit().await
}

/// Takes back the invitations of somebody who has left, or who may not make them any more in their new role.
async fn void_invitations(tx: &mut ScopedTx, user: UserId, role: Option<Role>) -> Answer<()> {
    let may: Vec<Role> = role.map(|mine| Role::ALL.into_iter().filter(|role| may_give(mine, *role)).collect()).unwrap_or_default();
    for id in store::void_invitations(tx, user, &may).await? {
        record_revoked(tx, id, "member.invitation_revoked").await?;
    }
    Ok(())
}

/// Makes somebody a member by an invitation, while whoever made it may still make such a one.
async fn join(visit: &Visit, tx: &mut Tx, invited: &Invited, user: UserId) -> Answer<()> {
    let inviter = store::inviter(tx, invited).await?;
    if !inviter.is_some_and(|role| role.may(Permission::MemberManage) && may_give(role, invited.role)) {
        return Err(Fault::forbidden(format!(
            "Whoever invited you to {} may not do so any more, so this invitation is void. Ask somebody there for a new one.",
            invited.org_name
        )));
    }
    store::join(visit, tx, invited, user).await
}

async fn keep_an_owner(tx: &mut ScopedTx, leaving: Role) -> Answer<()> {
    if leaving == Role::Owner && store::owners(tx).await? <= 1 {
        return Err(Fault::forbidden("An organisation always has an owner. Make somebody else an owner first."));
    }
    Ok(())
}

pub(super) async fn remove_member(user: UserId, hand_over_to: &str) -> Answer<()> {
    // Everybody may leave; removing somebody else takes the permission.
    let scope = Scope::require(Permission::MemberRead)?;
    let leaving = scope.actor.user == user;
    let scope = if leaving { scope } else { scope.acting_by(Permission::MemberManage)? };
    let mut tx = scope.begin_alone().await?;
    let member = store::membership(&mut tx, user).await?;
    if !leaving && !may_give(tx.scope.actor.role, member.role) {
        return Err(Fault::forbidden("Only an owner removes an admin or an owner."));
    }
    keep_an_owner(&mut tx, member.role).await?;
    let heir = heir(&mut tx, user, hand_over_to).await?;
    let moved = cases::hand_over(&mut tx, user, heir).await?;
    cases::end_sight(&mut tx, user).await?;
    store::end_membership(&mut tx, user).await?;
    void_invitations(&mut tx, user, None).await?;
    let facts = serde_json::json!({ "cases": moved });
    let action = if leaving { "member.left" } else { "member.removed" };
    let values = vec![audit::Change { label: "Member".into(), from: member.name, to: String::new() }];
    audit::record(&mut tx, audit::Event { action, subject_kind: "member", subject: user.uuid(), facts, values }).await?;
    tx.commit().await?;
    redirect(if leaving { "/home?notice=left" } else { "/settings/members?notice=removed" });
    Ok(())
}

/// Where a person is a member, to leave from there.
///
/// # Errors
/// When the database is away.
pub async fn places(state: &State, user: UserId) -> Answer<Vec<Scope>> {
    let mut all = Vec::new();
    for org in store::places(&state.db, user).await? {
        all.push(Scope::of_member(state, org, user, Permission::MemberRead).await?);
    }
    Ok(all)
}

/// Leaves these organisations in the transaction that erases the account. The open cases become unassigned.
///
/// # Errors
/// When the database is away.
pub async fn leave(mut all: Tx, places: Vec<Scope>) -> Answer<Tx> {
    for scope in places {
        let user = scope.actor.user;
        let mut tx = scope.within(all).await?;
        store::membership(&mut tx, user).await?;
        let moved = cases::hand_over(&mut tx, user, None).await?;
        store::end_membership(&mut tx, user).await?;
        void_invitations(&mut tx, user, None).await?;
        let facts = serde_json::json!({ "cases": moved });
        let event = audit::Event { action: "member.left", subject_kind: "member", subject: user.uuid(), facts, values: Vec::new() };
        audit::record(&mut tx, event).await?;
        all = tx.released();
    }
    Ok(all)
}

/// Who takes over: another member, or nobody, which leaves the cases unassigned.
async fn heir(tx: &mut ScopedTx, leaver: UserId, chosen: &str) -> Answer<Option<UserId>> {
    if chosen.is_empty() {
        return Ok(None);
    }
    let complaint = || Fault::field("hand_over_to", "Choose another member, or leave the cases unassigned.");
    let heir: UserId = chosen.parse().map_err(|_| complaint())?;
    if heir == leaver {
        return Err(complaint());
    }
    let chosen = store::membership(tx, heir).await.map_err(|_| complaint())?;
    if chosen.restricted && heir != tx.scope.actor.user {
        return Err(Fault::field("hand_over_to", cases::RESTRICTED));
    }
    if !chosen.role.may(Permission::CaseWrite) {
        return Err(Fault::field("hand_over_to", cases::READS));
    }
    Ok(Some(heir))
}

async fn find(token: &str) -> Answer<Invited> {
    store::invitation_by_token(&visit()?, token).await?.ok_or(Fault::Gone)
}

pub(super) async fn invitation(token: &str) -> Answer<InvitedView> {
    let invited = find(token).await?;
    let has_account = store::account_by_email(&visit()?.db, &invited.email).await?.is_some();
    Ok(InvitedView {
        organisation: invited.org_name,
        invited_by: invited.invited_by,
        email: invited.email,
        role: invited.role,
        has_account,
    })
}

pub(super) async fn accept_new(token: &str, name: &str, new: &str, adult: &str, policy: &str) -> Answer<()> {
    let visit = visit()?;
    let invited = find(token).await?;
    let mut complaints = Complaints::default();
    let words = [invited.org_name.as_str(), name];
    let name = complaints.take("name", names::parse(name, "your name"));
    complaints.take("password", password::look_at(new, &words));
    if let Err(Fault::Invalid(fields)) = attested(&visit, adult, policy).await? {
        fields.into_iter().for_each(|f| complaints.add(&f.field, f.message));
    }
    complaints.done()?;
    throttle::reserve(&visit, &throttle::network(&visit, "link")).await?;
    let who = visit.facts.prefix();
    password::judge(&visit.state, &who, new, &words).await?;
    let password_hash = password::hash(&visit.state, &who, new).await?;
    // The link came by mail to this very address, so the address is confirmed.
    let account = NewAccount { name: name.unwrap_or_default(), email: invited.email.clone(), password_hash, verified: true };
    let mut tx = visit.state.db.begin().await?;
    if namesake::among_members(&mut tx, invited.org_id, &account.name).await? {
        return Err(Fault::field("name", namesake::COMPLAINT));
    }
    let Some(user) = store::create_account(&visit.state, &mut tx, account).await? else {
        return Err(Fault::forbidden("This address has an account. Sign in with it, then open the link again."));
    };
    join(&visit, &mut tx, &invited, user).await?;
    tx.commit().await?;
    session::begin(user).await?;
    redirect("/home?notice=joined");
    Ok(())
}

pub(super) async fn accept(token: &str) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let invited = find(token).await?;
    if email::fold(&me.email) != email::fold(&invited.email) {
        return Err(Fault::forbidden(format!("This invitation is for {}. Sign in with that address to accept it.", invited.email)));
    }
    let mut tx = me.begin(&visit.state).await?;
    join(&visit, &mut tx, &invited, me.user_id).await?;
    store::switch(&mut tx, &me, invited.org_id).await?;
    tx.commit().await?;
    redirect("/home?notice=joined");
    Ok(())
}
