//! What may be asked about requests: by anybody, by whoever holds a link, by operators, by an organisation's desk.
#![expect(clippy::too_many_arguments, reason = "one argument a form field, and forms are flat")]

use leptos::{server, server_fn::codec::GetUrl};

use super::{
    RequestId, appeals,
    desk::{self, RequestView, StepForm},
    inbox::{self, InboxQuery, InboxView},
    receive::{self, AskForm},
    requester::{self, ConfirmView, TrackView},
};
use crate::{
    accounts::{Permission, Scope, anybody},
    fault::Answer,
};

/// Makes a request. Public: everybody has rights, with or without an account. The same `key` again makes no second one.
#[server(endpoint = "requests/ask")]
pub async fn ask(
    #[server(default)] key: Option<RequestId>,
    kind: String,
    concern: String,
    email: String,
    #[server(default)] name: String,
    #[server(default)] words: String,
    #[server(default)] organisation: String,
    #[server(default)] to: String,
    #[server(default)] agent: String,
    #[server(default)] permission: String,
) -> Answer<()> {
    let visit = anybody()?;
    receive::ask(&visit, AskForm { key, kind, concern, email, name, words, organisation, to, agent, permission }).await
}

/// Opts out of sale and sharing. Public, and nothing is verified.
#[server(endpoint = "requests/opt_out")]
pub async fn opt_out(address: String) -> Answer<()> {
    let visit = anybody()?;
    receive::opt_out(&visit, &address).await
}

/// The organisation that a link to the form names. Public: the link is the organisation's own.
#[server(endpoint = "requests/addressee", input = GetUrl)]
pub async fn addressee(#[server(default)] to: String) -> Answer<Option<String>> {
    let visit = anybody()?;
    requester::addressee(&visit, &to).await
}

/// What a link to confirm is about. Public: the link is the proof.
#[server(endpoint = "requests/to_confirm")]
pub async fn to_confirm(token: String) -> Answer<ConfirmView> {
    let visit = anybody()?;
    requester::to_confirm(&visit, &token).await
}

/// Confirms an address by a link.
#[server(endpoint = "requests/confirm")]
pub async fn confirm(token: String) -> Answer<()> {
    let visit = anybody()?;
    requester::confirm(&visit, &token).await
}

/// Where a request stands. Public: the link is the proof.
#[server(endpoint = "requests/tracked")]
pub async fn tracked(token: String) -> Answer<TrackView> {
    let visit = anybody()?;
    requester::tracked(&visit, &token).await
}

/// Answers a question about one's request.
#[server(endpoint = "requests/reply")]
pub async fn reply(token: String, words: String) -> Answer<()> {
    let visit = anybody()?;
    requester::answer(&visit, &token, &words).await
}

/// Appeals the decision on one's request.
#[server(endpoint = "requests/appeal")]
pub async fn appeal(token: String, words: String) -> Answer<()> {
    let visit = anybody()?;
    appeals::appeal(&visit, &token, &words).await
}

/// Takes one's request back.
#[server(endpoint = "requests/withdraw")]
pub async fn withdraw(token: String) -> Answer<()> {
    let visit = anybody()?;
    requester::withdraw(&visit, &token).await
}

/// The operator's inbox.
#[server(endpoint = "requests/operator_inbox", input = GetUrl)]
pub async fn operator_inbox(
    #[server(default)] show: String,
    #[server(default)] kind: String,
    #[server(default)] late: String,
    #[server(default)] after: String,
) -> Answer<InboxView> {
    let scope = Scope::require_operator()?;
    inbox::inbox(&scope, &InboxQuery { show, kind, late, after }).await
}

/// One request in it.
#[server(endpoint = "requests/operator_request", input = GetUrl)]
pub async fn operator_request(request: RequestId) -> Answer<RequestView> {
    let scope = Scope::require_operator()?;
    desk::request(&scope, request).await
}

/// A step that an operator takes.
#[server(endpoint = "requests/operator_act")]
pub async fn operator_act(
    request: RequestId,
    version: i64,
    act: String,
    #[server(default)] words: String,
    #[server(default)] ground: String,
    #[server(default)] organisation: String,
    #[server(default)] other: String,
    #[server(default)] key: String,
) -> Answer<()> {
    let scope = Scope::require_operator()?;
    let form = StepForm { act, words, ground, organisation, other, key, ..StepForm::of(request, version) };
    desk::act(&scope, form).await
}

/// The law, the holidays and the zone of the operator.
#[server(endpoint = "requests/operator_settings")]
pub async fn operator_settings(
    regime: String,
    holidays: String,
    time_zone: String,
    version: i64,
    #[server(default)] as_shown: String,
) -> Answer<()> {
    let scope = Scope::require_operator()?;
    desk::set(&scope, &regime, &holidays, &time_zone, crate::form::Seen::of(version, &as_shown)).await
}

/// The Privacy desk of my organisation.
#[server(endpoint = "requests/desk", input = GetUrl)]
pub async fn desk_inbox(
    #[server(default)] show: String,
    #[server(default)] kind: String,
    #[server(default)] late: String,
    #[server(default)] after: String,
) -> Answer<InboxView> {
    let scope = Scope::require(Permission::PrivacyDesk)?;
    inbox::inbox(&scope, &InboxQuery { show, kind, late, after }).await
}

/// One request on it.
#[server(endpoint = "requests/desk_request", input = GetUrl)]
pub async fn desk_request(request: RequestId) -> Answer<RequestView> {
    let scope = Scope::require(Permission::PrivacyDesk)?;
    desk::request(&scope, request).await
}

/// A step that somebody at the desk takes.
#[server(endpoint = "requests/desk_act")]
pub async fn desk_act(
    request: RequestId,
    version: i64,
    act: String,
    #[server(default)] words: String,
    #[server(default)] ground: String,
    #[server(default)] other: String,
    #[server(default)] step: String,
    #[server(default)] case: String,
    #[server(default)] key: String,
) -> Answer<()> {
    let scope = Scope::require(Permission::PrivacyDesk)?;
    let form = StepForm { act, words, ground, other, step, case, key, ..StepForm::of(request, version) };
    desk::act(&scope, form).await
}

/// The law and the holidays of my organisation.
#[server(endpoint = "requests/desk_settings")]
pub async fn desk_settings(regime: String, holidays: String, version: i64, #[server(default)] as_shown: String) -> Answer<()> {
    let scope = Scope::require(Permission::OrgManage)?;
    desk::set(&scope, &regime, &holidays, "", crate::form::Seen::of(version, &as_shown)).await
}
