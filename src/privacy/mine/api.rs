//! What account holders may ask about their own data.

use leptos::server;

use crate::fault::Answer;

/// Proves with the password that it is me, and leads to the download.
#[server(endpoint = "privacy/download")]
pub async fn download(password: String) -> Answer<()> {
    crate::accounts::Session::require()?;
    super::download::prove(&password).await
}

/// Has my account erased after thirty days.
#[server(endpoint = "privacy/delete_account")]
pub async fn delete_account(password: String) -> Answer<()> {
    crate::accounts::Session::require()?;
    super::deletion::delete_mine(&password).await
}

/// Keeps my account after all.
#[server(endpoint = "privacy/keep_account")]
pub async fn keep_account() -> Answer<()> {
    crate::accounts::Session::require()?;
    super::deletion::keep_mine().await
}

/// Objects to a purpose that rests on legitimate interest.
#[server(endpoint = "privacy/object")]
pub async fn object(purpose: String) -> Answer<()> {
    crate::accounts::Session::require()?;
    super::objection::object(&purpose).await
}

/// Takes an objection back.
#[server(endpoint = "privacy/withdraw_objection")]
pub async fn withdraw_objection(purpose: String) -> Answer<()> {
    crate::accounts::Session::require()?;
    super::objection::withdraw(&purpose).await
}

/// Ends the restriction of my account at once.
#[server(endpoint = "privacy/lift_restriction")]
pub async fn lift_restriction() -> Answer<()> {
    crate::accounts::Session::require()?;
    super::restriction::lift_mine().await
}

/// Closes my organisation: read-only at once, erased after thirty days.
#[server(endpoint = "privacy/close_organisation")]
pub async fn close_organisation(password: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgClose)?;
    super::closing::close_mine(&scope, &password).await
}

/// Keeps my organisation open after all.
#[server(endpoint = "privacy/keep_organisation")]
pub async fn keep_organisation() -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgClose)?;
    super::closing::keep_mine(&scope).await
}
