//! What may be asked about cases.
#![expect(clippy::too_many_arguments, reason = "one argument a form field, and forms are flat")]

use std::{collections::HashMap, sync::Arc};

use leptos::{server, server_fn::codec::GetUrl};

use super::model::Catalogue;
pub use super::views::{
    CaseRow, CaseView, Chip, ClosureView, DraftView, EntryView, Facts, FieldView, HomeView, LinkView, ListView, RevisionView,
};
use crate::{
    fault::Answer,
    ids::{Id, kinds},
};

/// The list in the state that its address says.
#[server(endpoint = "cases/list", input = GetUrl)]
pub async fn list_cases(query: String) -> Answer<ListView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::as_liked(&scope, super::filter::ListQuery::parse(&query)).await
}

/// One case. `kind` narrows its timeline; `before` is the place behind which a page of it begins.
#[server(endpoint = "cases/case", input = GetUrl)]
pub async fn case(number: String, #[server(default)] kind: String, #[server(default)] before: String) -> Answer<CaseView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::case(&scope, &number, &kind, &before).await
}

/// What a new case chooses from.
#[server(name = ReadCatalogue, endpoint = "cases/catalogue", input = GetUrl)]
pub async fn catalogue() -> Answer<Arc<Catalogue>> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::catalogue(&scope).await
}

/// Opens a case. `key` is the id that the form was made with: sent twice, it is one case.
#[server(endpoint = "cases/create")]
pub async fn create_case(
    key: Id<kinds::Case>,
    title: String,
    #[server(default)] case_type: String,
    #[server(default)] assignee: String,
    #[server(default)] priority: String,
    #[server(default)] due: String,
    #[server(default)] channel: String,
    #[server(default)] tags: String,
    #[server(default)] note: String,
    #[server(default)] fields: HashMap<String, Vec<String>>,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseCreate)?;
    let facts = Facts { title, priority, due, channel, tags, fields };
    let number = super::change::create(&scope, super::change::NewCase { key, case_type, assignee, note, facts }).await?;
    leptos_axum::redirect(&format!("/cases/{number}"));
    Ok(())
}

/// Saves the facts of a case.
#[server(endpoint = "cases/edit")]
pub async fn edit_case(
    number: String,
    version: i64,
    title: String,
    #[server(default)] priority: String,
    #[server(default)] due: String,
    #[server(default)] channel: String,
    #[server(default)] tags: String,
    #[server(default)] fields: HashMap<String, Vec<String>>,
    #[server(default)] as_shown: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    let facts = Facts { title, priority, due, channel, tags, fields };
    super::change::edit(&scope, &number, crate::form::Seen::of(version, &as_shown), facts).await?;
    leptos_axum::redirect(&format!("/cases/{number}"));
    Ok(())
}

/// Gives the work to a member, or to nobody. `from` is who had it on the page, or `nobody`.
#[server(endpoint = "cases/assign")]
pub async fn assign(number: String, version: i64, #[server(default)] assignee: String, #[server(default)] from: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::change::assign(&scope, &number, (version, &from), &assignee).await
}

/// Moves a case to another state from the one that it had on the page, `from`; closing takes an outcome, and facts that it asks for and that were not there yet.
#[server(endpoint = "cases/move")]
pub async fn move_case(
    number: String,
    version: i64,
    to: String,
    #[server(default)] outcome: String,
    #[server(default)] reason: String,
    #[server(default)] fields: HashMap<String, Vec<String>>,
    #[server(default)] from: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    let closing = super::lifecycle::Closing { outcome, reason, fields };
    super::lifecycle::move_case(&scope, &number, (version, &from), &to, closing).await?;
    // Not back to the address that asked for the closing form.
    leptos_axum::redirect(&format!("/cases/{number}"));
    Ok(())
}

/// Writes an entry. `key` is the id that the form was made with: sent twice, it is one entry.
#[server(endpoint = "cases/write_entry")]
pub async fn write_entry(
    key: Id<kinds::Entry>,
    number: String,
    body: String,
    #[server(default)] kind: String,
    #[server(default)] visibility: String,
    #[server(default)] occurred: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::entries::write(&scope, super::entries::NewEntry { key, number, body, kind, visibility, occurred }).await
}

/// Changes an entry of one's own; the earlier text stays in its history.
#[server(endpoint = "cases/edit_entry")]
pub async fn edit_entry(
    number: String,
    entry: Id<kinds::Entry>,
    version: i64,
    body: String,
    #[server(default)] visibility: String,
    #[server(default)] as_shown: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::entries::edit(&scope, (&number, entry), crate::form::Seen::of(version, &as_shown), &body, &visibility).await?;
    leptos_axum::redirect(&format!("/cases/{number}#e-{entry}"));
    Ok(())
}

/// Pins an entry on top, or takes it down.
#[server(endpoint = "cases/pin_entry")]
pub async fn pin_entry(number: String, entry: Id<kinds::Entry>, #[server(default)] pin: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::entries::pin(&scope, &number, entry, !pin.is_empty()).await
}

/// The earlier texts of an entry, newest first.
#[server(endpoint = "cases/revisions", input = GetUrl)]
pub async fn revisions(number: String, entry: Id<kinds::Entry>) -> Answer<Vec<RevisionView>> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::entries::revisions(&scope, &number, entry).await
}

/// Keeps what is being written on a case; empty forgets it. `entry` is the entry of one's own that it changes, or `closing`;
/// `number` is `new` for a case that is not opened yet. `key` is the id of the form that it is written in: what has become
/// an entry or a case meanwhile is no draft any more.
#[server(endpoint = "cases/save_draft")]
pub async fn save_draft(
    number: String,
    #[server(default)] entry: String,
    #[server(default)] body: String,
    #[server(default)] key: String,
    #[server(default)] kind: String,
    #[server(default)] visibility: String,
    #[server(default)] occurred: String,
    #[server(default)] shown_for: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    // It is read where that of every form is.
    drop(shown_for);
    super::keeping::save_draft(&scope, &number, &entry, &key, DraftView { body, kind, visibility, occurred }).await
}

/// Says who sees a case: everybody, or the members named.
#[server(endpoint = "cases/set_access")]
pub async fn set_access(
    number: String,
    version: i64,
    #[server(default)] restricted: String,
    #[server(default)] viewers: Vec<Id<kinds::User>>,
    #[server(default)] as_shown: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRestrict)?;
    let wanted = super::restriction::Access { restricted: !restricted.is_empty(), viewers };
    super::restriction::set_access(&scope, &number, crate::form::Seen::of(version, &as_shown), wanted).await?;
    leptos_axum::redirect(&format!("/cases/{number}"));
    Ok(())
}

/// Links a case to another.
#[server(endpoint = "cases/link")]
pub async fn link(number: String, other: String, #[server(default)] kind: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::linking::link(&scope, &number, other.trim(), &kind).await
}

/// Removes the link between two cases.
#[server(endpoint = "cases/unlink")]
pub async fn unlink(number: String, other: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::linking::unlink(&scope, &number, &other).await
}

/// My start of the day.
#[server(endpoint = "cases/home", input = GetUrl)]
pub async fn home() -> Answer<HomeView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::home(&scope).await
}

/// The first note that was being written for a new case.
#[server(endpoint = "cases/first_note", input = GetUrl)]
pub async fn first_note() -> Answer<String> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::keeping::first_note(&scope).await
}

/// A fresh id for a form, so that sending it twice has one effect.
#[server(endpoint = "cases/form_key", input = GetUrl)]
pub async fn form_key() -> Answer<Id<kinds::Entry>> {
    crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    Ok(Id::fresh())
}
