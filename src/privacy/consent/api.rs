//! What may be asked about consent by whoever is signed in.

use leptos::{server, server_fn::codec::GetUrl};

use super::model::UsageView;
use crate::fault::Answer;

/// What this instance has counted. The sums hold nothing of anybody, so whoever manages an organisation sees them. The
/// rows are the operator's, who is their controller: only those who run the instance see them, and they see all that
/// there is.
#[server(endpoint = "consent/usage", input = GetUrl)]
pub async fn usage() -> Answer<UsageView> {
    crate::accounts::Scope::require(crate::accounts::Permission::OrgManage)?;
    super::usage::usage().await
}
