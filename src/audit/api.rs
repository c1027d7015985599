//! What may be asked of the record.

use leptos::{server, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::Told;
use crate::fault::Answer;

/// A stretch of the record, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordView {
    /// Up to a hundred events.
    pub events: Vec<Told>,
    /// The number before which the next stretch begins, if there is one.
    pub before: Option<i64>,
}

/// The history of a case, for everybody who sees the case.
#[server(endpoint = "audit/case_history", input = GetUrl)]
pub async fn case_history(number: String, #[server(default)] before: i64) -> Answer<RecordView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    let case = crate::cases::visible_case(&scope, &number).await?;
    super::reading::of_subject(&scope, case.id.uuid(), before).await
}

/// What happened in the organisation apart from its cases.
#[server(endpoint = "audit/record", input = GetUrl)]
pub async fn organisation_record(#[server(default)] before: i64) -> Answer<RecordView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::AuditRead)?;
    super::reading::of_organisation(&scope, before).await
}
