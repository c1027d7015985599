//! The organisation's own settings, on the server.

use leptos_axum::redirect;

use super::{
    api::{CaseTypesView, OrganisationView, PRESETS_FIELD, PresetView},
    store::{self, Organisation},
};
use crate::{
    accounts::{Permission, Scope, model::parse_name},
    audit,
    cases::{self, presets::PRESETS},
    fault::{Answer, Complaints, Difference, Fault},
    server::time::zone_exists,
};

pub(super) async fn case_types(scope: &Scope) -> Answer<CaseTypesView> {
    let types = cases::catalogue(scope).await?.types;
    let free = PRESETS.iter().filter(|preset| types.iter().all(|t| t.key != preset.key));
    let presets = free
        .map(|preset| PresetView { key: preset.key.into(), name: preset.name.into(), description: preset.description.into() })
        .collect();
    Ok(CaseTypesView { presets, types, manages: scope.may(Permission::OrgManage) })
}

pub(super) async fn choose_presets(scope: &Scope, presets: Vec<String>) -> Answer<()> {
    if presets.is_empty() {
        return Err(Fault::field(PRESETS_FIELD, "Choose at least one. You can add others later."));
    }
    if presets.iter().any(|key| PRESETS.iter().all(|preset| preset.key != key)) {
        return Err(Fault::field(PRESETS_FIELD, "Choose among the case types shown here."));
    }
    let mut tx = scope.begin().await?;
    cases::add_presets(&mut tx, &presets).await?;
    tx.commit().await
}

pub(super) async fn organisation(scope: &Scope) -> Answer<OrganisationView> {
    let Organisation { name, time_zone, version } = store::organisation(scope).await?;
    Ok(OrganisationView { name, time_zone, version, manages: scope.may(Permission::OrgManage) })
}

pub(super) async fn change(scope: &Scope, name: &str, time_zone: &str, version: i64) -> Answer<()> {
    let mut complaints = Complaints::default();
    let name = complaints.take("organisation", parse_name(name, "the name of the organisation"));
    let time_zone = time_zone.trim();
    if !zone_exists(time_zone) {
        complaints.add("time_zone", "Choose a time zone such as Europe/Amsterdam, or UTC.");
    }
    complaints.done()?;
    let wanted = Organisation { name: name.unwrap_or_default(), time_zone: time_zone.to_owned(), version };
    let mut tx = scope.begin().await?;
    let stored = store::locked(&mut tx).await?;
    let changes = changes(&stored, &wanted);
    if changes.is_empty() {
        redirect("/settings/organisation?notice=saved");
        return Ok(());
    }
    if stored.version != version {
        return Err(conflict(changes, stored.version, version));
    }
    store::change(&mut tx, wanted).await?;
    let event = audit::Event {
        action: "org.changed",
        subject_kind: "org",
        subject: scope.actor.org.uuid(),
        facts: serde_json::json!({}),
        values: changes.into_iter().map(|(_, change)| change).collect(),
    };
    audit::record(&mut tx, event).await?;
    tx.commit().await?;
    redirect("/settings/organisation?notice=saved");
    Ok(())
}

/// What saving would change, with the form field of each.
fn changes(stored: &Organisation, wanted: &Organisation) -> Vec<(&'static str, audit::Change)> {
    let change = |field, label: &str, from: &str, to: &str| {
        (from != to).then(|| (field, audit::Change { label: label.into(), from: from.into(), to: to.into() }))
    };
    let all = [
        change("organisation", "Name", &stored.name, &wanted.name),
        change("time_zone", "Time zone", &stored.time_zone, &wanted.time_zone),
    ];
    all.into_iter().flatten().collect()
}

/// Both values of each field, and the version to save over.
fn conflict(changes: Vec<(&'static str, audit::Change)>, now: i64, read: i64) -> Fault {
    let version = Difference { field: "version".into(), label: "Version".into(), theirs: now.to_string(), yours: read.to_string() };
    let fields = changes.into_iter().map(|(field, c)| Difference { field: field.into(), label: c.label, theirs: c.from, yours: c.to });
    Fault::Conflict(fields.chain([version]).collect())
}
