//! What may be asked about accounts, sessions and members.

#![expect(clippy::too_many_arguments, reason = "one argument a form field, and forms are flat")]

use leptos::server;
use serde::{Deserialize, Serialize};

use super::model::Role;
use crate::{
    clock::Shown,
    fault::Answer,
    ids::{Id, kinds},
};

/// Creates an account and an organisation. Whether the address is known already, only its owner learns, by mail.
#[server(endpoint = "accounts/sign_up")]
pub async fn sign_up(
    name: String,
    email: String,
    organisation: String,
    password: String,
    #[server(default)] adult: String,
    #[server(default)] policy: String,
    #[server(default)] time_zone: String,
    #[server(default)] setup_token: String,
) -> Answer<()> {
    super::sign::sign_up(super::sign::SignUpForm { name, email, organisation, password, adult, policy, time_zone, setup_token }).await
}

/// Signs in. `here` is what the page says on which somebody signs in again, to go on there.
#[server(endpoint = "accounts/sign_in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String, #[server(default)] here: String) -> Answer<()> {
    super::sign::sign_in(&email, &password, &next, &here).await
}

/// Signs out.
#[server(endpoint = "accounts/sign_out")]
pub async fn sign_out() -> Answer<()> {
    super::sign::sign_out().await
}

/// Sends a link to choose a new password, if the address has an account.
#[server(endpoint = "accounts/forgot")]
pub async fn forgot(email: String) -> Answer<()> {
    super::sign::forgot(&email).await
}

/// Chooses a new password by a link.
#[server(endpoint = "accounts/reset")]
pub async fn reset(token: String, password: String) -> Answer<()> {
    super::sign::reset(&token, &password).await
}

/// Whether a reset link still works. Public: the link is the proof.
#[server(endpoint = "accounts/reset_link")]
pub async fn reset_link(token: String) -> Answer<()> {
    super::sign::reset_link(&token).await
}

/// Confirms an address by a link.
#[server(endpoint = "accounts/verify_email")]
pub async fn verify_email(token: String) -> Answer<()> {
    super::sign::verify_email(&token).await
}

/// Sends the confirmation link of the signed-in person again.
#[server(endpoint = "accounts/resend_verification")]
pub async fn resend_verification() -> Answer<()> {
    super::sign::resend_verification().await
}

/// Notes that the signed-in person has seen a version of the privacy policy. It is no consent to anything.
#[server(endpoint = "accounts/acknowledge_policy")]
pub async fn acknowledge_policy(policy: String) -> Answer<()> {
    super::own::acknowledge_policy(&policy).await
}

/// One of my sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its id.
    pub id: Id<kinds::Session>,
    /// Browser and system, as far as it said.
    pub device: String,
    /// The last address it came from.
    pub address: String,
    /// When it began.
    pub began: Shown,
    /// When it was last used, to the minute.
    pub seen: Shown,
    /// Whether it is the one asking.
    pub current: bool,
}

/// My sessions, the latest used first.
#[server(endpoint = "accounts/my_sessions")]
pub async fn my_sessions() -> Answer<Vec<SessionView>> {
    super::own::my_sessions().await
}

/// Ends one of my sessions; it is refused on its next request.
#[server(endpoint = "accounts/end_session")]
pub async fn end_session(session: Id<kinds::Session>) -> Answer<()> {
    super::own::end_session(session).await
}

/// Ends all my sessions but this one.
#[server(endpoint = "accounts/end_other_sessions")]
pub async fn end_other_sessions() -> Answer<()> {
    super::own::end_other_sessions().await
}

/// Changes my password; my other sessions end.
#[server(endpoint = "accounts/change_password")]
pub async fn change_password(current_password: String, password: String) -> Answer<()> {
    super::own::change_password(&current_password, &password).await
}

/// Changes my name.
#[server(endpoint = "accounts/change_name")]
pub async fn change_name(name: String) -> Answer<()> {
    super::own::change_name(&name).await
}

/// Asks for another address: it is mine once the link that goes there is opened.
#[server(endpoint = "accounts/change_email")]
pub async fn change_email(email: String, password: String) -> Answer<()> {
    super::address::change_email(&email, &password).await
}

/// An organisation to which I belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BelongingView {
    /// Its id.
    pub org: Id<kinds::Org>,
    /// Its name.
    pub name: String,
    /// What I am there.
    pub role: Role,
    /// Whether I act there now.
    pub current: bool,
}

/// The organisations to which I belong.
#[server(endpoint = "accounts/my_organisations")]
pub async fn my_organisations() -> Answer<Vec<BelongingView>> {
    super::own::my_organisations().await
}

/// Acts in another of my organisations from now on, and goes on at the page `next`.
#[server(endpoint = "accounts/switch_organisation")]
pub async fn switch_organisation(org: Id<kinds::Org>, #[server(default)] next: String) -> Answer<()> {
    super::own::switch_organisation(org, &next).await
}

/// Creates one more organisation, mine. The same `key` again makes no second one.
#[server(endpoint = "accounts/create_organisation")]
pub async fn create_organisation(
    #[server(default)] key: Option<Id<kinds::Org>>,
    organisation: String,
    #[server(default)] time_zone: String,
) -> Answer<()> {
    super::own::create_organisation(key, &organisation, &time_zone).await
}

/// The members page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// Who belongs to the organisation.
    pub members: Vec<MemberView>,
    /// Who was asked to and has not answered; only for those who may manage members.
    pub invitations: Vec<InvitationView>,
    /// Whether the viewer may manage members.
    pub manages: bool,
    /// Roles that the viewer may give.
    pub may_give: Vec<Role>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The person.
    pub user: Id<kinds::User>,
    /// Their name.
    pub name: String,
    /// Their name where it stands without the address, told apart from colleagues of the same name.
    pub told_apart: String,
    /// Their address.
    pub email: String,
    /// What they are.
    pub role: Role,
    /// Since when.
    pub joined: Shown,
    /// Version of the membership.
    pub version: i64,
    /// Whether they can be chosen to take over from a leaver.
    pub takes_over: bool,
    /// How many cases they hold that are not closed.
    pub open_cases: i64,
    /// Whether it is the viewer.
    pub myself: bool,
}

/// An invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Its id.
    pub id: Id<kinds::Invitation>,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Until when.
    pub expires: Shown,
    /// By whom.
    pub invited_by: String,
}

/// The members of my organisation.
#[server(endpoint = "accounts/members")]
pub async fn members() -> Answer<MembersView> {
    super::membership::members().await
}

/// Invites somebody by mail; the link works for seven days. The same `key` again changes nothing.
#[server(endpoint = "accounts/invite")]
pub async fn invite(#[server(default)] key: Option<Id<kinds::Invitation>>, email: String, role: String) -> Answer<()> {
    super::membership::invite(key, &email, &role).await
}

/// Takes an invitation back.
#[server(endpoint = "accounts/revoke_invitation")]
pub async fn revoke_invitation(invitation: Id<kinds::Invitation>) -> Answer<()> {
    super::membership::revoke_invitation(invitation).await
}

/// Changes what a member is.
#[server(endpoint = "accounts/change_role")]
pub async fn change_role(user: Id<kinds::User>, role: String, version: i64) -> Answer<()> {
    super::membership::change_role(user, &role, version).await
}

/// Removes a member, or leaves; the work goes to somebody else.
#[server(endpoint = "accounts/remove_member")]
pub async fn remove_member(user: Id<kinds::User>, #[server(default)] hand_over_to: String) -> Answer<()> {
    super::membership::remove_member(user, &hand_over_to).await
}

/// What an invitation says to its holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedView {
    /// The organisation.
    pub organisation: String,
    /// Who invited.
    pub invited_by: String,
    /// The address that was invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Whether that address has an account already.
    pub has_account: bool,
}

/// An invitation by its link. Public: the link is the proof.
#[server(endpoint = "accounts/invitation")]
pub async fn invitation(token: String) -> Answer<InvitedView> {
    super::membership::invitation(&token).await
}

/// Accepts an invitation with a new account.
#[server(endpoint = "accounts/accept_new")]
pub async fn accept_new(
    token: String,
    name: String,
    password: String,
    #[server(default)] adult: String,
    #[server(default)] policy: String,
) -> Answer<()> {
    super::membership::accept_new(&token, &name, &password, &adult, &policy).await
}

/// Accepts an invitation as the signed-in person.
#[server(endpoint = "accounts/accept")]
pub async fn accept(token: String) -> Answer<()> {
    super::membership::accept(&token).await
}
