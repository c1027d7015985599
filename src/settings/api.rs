//! What may be asked about an organisation's settings.

use leptos::{server, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::{cases::CaseType, fault::Answer};

/// What the organisation works on, and what else it could choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseTypesView {
    /// Its case types in order.
    pub types: Vec<CaseType>,
    /// Presets that it has not chosen.
    pub presets: Vec<PresetView>,
    /// Whether the viewer may choose.
    pub manages: bool,
    /// The organisation's time zone.
    pub time_zone: String,
}

/// A case type that is shipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresetView {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// The case types of my organisation.
#[server(endpoint = "settings/case_types", input = GetUrl)]
pub async fn case_types() -> Answer<CaseTypesView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::organisation::case_types(&scope).await
}

/// The field of the form that lists presets. The brackets let several values through under one name.
pub const PRESETS_FIELD: &str = "presets[]";

/// The field of the organisation's time zone.
pub const ZONE_FIELD: &str = "time_zone";

/// Adds shipped case types, and sets the time zone where one is sent. A type that is there already stays as it is.
#[server(endpoint = "settings/choose_presets")]
pub async fn choose_presets(#[server(default)] presets: Vec<String>, #[server(default)] time_zone: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgManage)?;
    super::organisation::choose_presets(&scope, presets, &time_zone).await
}

/// The organisation itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationView {
    /// Its name.
    pub name: String,
    /// Its time zone, by its IANA name.
    pub time_zone: String,
    /// How it writes numbers and dates, by the tag of a locale.
    pub locale: String,
    /// Version of what stands here.
    pub version: i64,
    /// Whether the viewer may change it.
    pub manages: bool,
}

/// The field of how an organisation writes numbers and dates.
pub const LOCALE_FIELD: &str = "locale";

/// The name, time zone and locale of my organisation.
#[server(endpoint = "settings/organisation", input = GetUrl)]
pub async fn organisation() -> Answer<OrganisationView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::MemberRead)?;
    super::organisation::organisation(&scope).await
}

/// Changes the name, time zone and locale of my organisation. Without a locale it stays as it is.
#[server(endpoint = "settings/change_organisation")]
pub async fn change_organisation(
    organisation: String,
    time_zone: String,
    #[server(default)] locale: String,
    version: i64,
    #[server(default)] as_shown: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgManage)?;
    super::organisation::change(&scope, &organisation, &time_zone, &locale, crate::form::Seen::of(version, &as_shown)).await
}
