//! What may be asked about consent by whoever is signed in.

use leptos::{server, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::fault::Answer;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageView {
    /// Sums a day, newest first.
    pub days: Vec<DayView>,
    /// The last rows as they are stored; nothing where the viewer may not see them.
    pub rows: Option<Vec<RowView>>,
}

/// One event on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// `YYYY-MM-DD`, in UTC.
    pub day: String,
    /// The event.
    pub event: String,
    /// How often.
    pub events: i64,
}

/// One stored row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowView {
    /// The hour.
    pub hour: String,
    /// The event.
    pub event: String,
    /// The browser's random number.
    pub browser: String,
}

/// What this instance has counted. The sums hold nothing of anybody, so whoever manages an organisation sees them. The
/// rows are the operator's, who is their controller: only those who run the instance see them, and they see all that
/// there is.
#[server(endpoint = "consent/usage", input = GetUrl)]
pub async fn usage() -> Answer<UsageView> {
    crate::accounts::Scope::require(crate::accounts::Permission::OrgManage)?;
    super::usage::usage().await
}
