//! The organisation's own settings, on the server.

use leptos_axum::redirect;

use super::{
    api::{CaseTypesView, LOCALE_FIELD, OrganisationView, PRESETS_FIELD, PresetView, ZONE_FIELD},
    store::{self, Organisation},
};
use crate::{
    accounts::{self, Permission, Scope, ScopedTx},
    audit,
    cases::{self, presets::PRESETS},
    fault::{Answer, Complaints, Difference, Fault},
    form::Seen,
    locale::Locale,
    names,
    server::time::zone_exists,
};

pub(super) async fn case_types(scope: &Scope) -> Answer<CaseTypesView> {
    let types = cases::catalogue(scope).await?.types.clone();
    let free = PRESETS.iter().filter(|preset| types.iter().all(|t| t.key != preset.key));
    let presets = free
        .map(|preset| PresetView { key: preset.key.into(), name: preset.name.into(), description: preset.description.into() })
        .collect();
    let time_zone = store::organisation(scope).await?.time_zone;
    Ok(CaseTypesView { presets, types, manages: scope.may(Permission::OrgManage), time_zone })
}

pub(super) async fn choose_presets(scope: &Scope, presets: Vec<String>, time_zone: &str) -> Answer<()> {
    let mut complaints = Complaints::default();
    if presets.is_empty() {
        complaints.add(PRESETS_FIELD, "Choose at least one. You can add others later.");
    } else if presets.iter().any(|key| PRESETS.iter().all(|preset| preset.key != key)) {
        complaints.add(PRESETS_FIELD, "Choose among the case types shown here.");
    }
    let time_zone = time_zone.trim();
    if !time_zone.is_empty() {
        complaints.take(ZONE_FIELD, parse_zone(time_zone));
    }
    complaints.done()?;
    let mut tx = scope.begin().await?;
    if !time_zone.is_empty() {
        let stored = store::locked(&mut tx).await?;
        let wanted = Organisation { time_zone: time_zone.to_owned(), ..stored.clone() };
        let changes = changes(&stored, &wanted);
        save(&mut tx, wanted, changes).await?;
    }
    cases::add_presets(&mut tx, &presets).await?;
    tx.commit().await
}

fn parse_zone(name: &str) -> Result<(), String> {
    if zone_exists(name) { Ok(()) } else { Err("Choose a time zone such as Europe/Amsterdam, or UTC.".to_owned()) }
}

pub(super) async fn organisation(scope: &Scope) -> Answer<OrganisationView> {
    let Organisation { name, time_zone, locale, version } = store::organisation(scope).await?;
    Ok(OrganisationView { name, time_zone, locale, version, manages: scope.may(Permission::OrgManage) })
}

pub(super) async fn change(scope: &Scope, name: &str, time_zone: &str, locale: &str, seen: Seen) -> Answer<()> {
    let mut complaints = Complaints::default();
    // A name that was taken before the rules of today stays until somebody changes it.
    let stays = store::organisation(scope).await?.name == name.trim();
    let parsed = if stays { Ok(name.trim().to_owned()) } else { names::parse(name, "the name of the organisation") };
    let name = complaints.take("organisation", parsed);
    let time_zone = time_zone.trim();
    complaints.take(ZONE_FIELD, parse_zone(time_zone));
    if !locale.is_empty() && Locale::parse(locale).is_none() {
        complaints.add(LOCALE_FIELD, "Choose one of the ways that are offered.");
    }
    complaints.done()?;
    let mut tx = scope.begin().await?;
    let stored = store::locked(&mut tx).await?;
    let wanted = Organisation {
        name: seen.pick("organisation", &name.unwrap_or_default(), &stored.name),
        time_zone: seen.pick(ZONE_FIELD, time_zone, &stored.time_zone),
        locale: if locale.is_empty() { stored.locale.clone() } else { seen.pick(LOCALE_FIELD, locale, &stored.locale) },
        version: seen.version,
    };
    let changes = changes(&stored, &wanted);
    let moved = |(field, change): &&(&str, audit::Change)| seen.moved(field, std::slice::from_ref(&change.from), stored.version);
    let both: Vec<&(&str, audit::Change)> = changes.iter().filter(moved).collect();
    if !both.is_empty() {
        let saved = audit::last_by(&mut tx, "org", scope.actor.org.uuid(), "org.changed").await?;
        let both = both.into_iter().map(|(field, c)| Difference::new(*field, &c.label, &c.from, &c.to).saved(&saved));
        return Err(Fault::Conflict(both.chain([Difference::version(stored.version)]).collect()));
    }
    save(&mut tx, wanted, changes).await?;
    tx.commit().await?;
    redirect("/settings/organisation?notice=saved");
    Ok(())
}

/// Stores what differs, with its event.
async fn save(tx: &mut ScopedTx, wanted: Organisation, changes: Vec<(&'static str, audit::Change)>) -> Answer<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let subject = tx.scope.actor.org.uuid();
    for (field, change) in &changes {
        match *field {
            ZONE_FIELD => accounts::hold_zone(tx.raw(), subject, &change.to),
            LOCALE_FIELD => accounts::hold_locale(tx.raw(), subject, &wanted.locale),
            _ => accounts::hold_name(tx.raw(), subject, &change.to),
        }
    }
    store::change(tx, wanted).await?;
    let values = changes.into_iter().map(|(_, change)| change).collect();
    audit::record(tx, audit::Event { action: "org.changed", subject_kind: "org", subject, facts: serde_json::json!({}), values }).await
}

/// What saving would change, with the form field of each.
fn changes(stored: &Organisation, wanted: &Organisation) -> Vec<(&'static str, audit::Change)> {
    let change = |field, label: &str, from: &str, to: &str| {
        (from != to).then(|| (field, audit::Change { label: label.into(), from: from.into(), to: to.into() }))
    };
    let all = [
        change("organisation", "Name", &stored.name, &wanted.name),
        change(ZONE_FIELD, "Time zone", &stored.time_zone, &wanted.time_zone),
        change(LOCALE_FIELD, "Numbers and dates", &stored.locale, &wanted.locale),
    ];
    all.into_iter().flatten().collect()
}
