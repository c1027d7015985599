//! What may be asked about cases.
#![expect(clippy::too_many_arguments, reason = "one argument a form field, and forms are flat")]

use std::{collections::HashMap, sync::Arc};

use leptos::{server, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::{CaseType, Catalogue, Colleague, Due, EntryKind, FieldDef, Priority, State, StateKind, Visibility};
use crate::{
    clock::Shown,
    fault::Answer,
    ids::{Id, kinds},
};

/// A page of the list.
///
/// What is long in a view is shared: each part of a page gets the view, and a copy of it costs next to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// Up to fifty cases.
    pub rows: Arc<Vec<CaseRow>>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// How many cases match.
    pub total: i64,
    /// How many of each kind, where the filters leave that to the kept counts.
    pub by_kind: Vec<(StateKind, i64)>,
    /// The filters as a sentence.
    pub chips: Vec<Chip>,
    /// Columns to show, in order.
    pub columns: Vec<String>,
    /// What the filters offer.
    pub catalogue: Arc<Catalogue>,
    /// Whether the viewer may take the list away.
    pub may_export: bool,
}

/// A filter in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// What it filters.
    pub label: String,
    /// The value.
    pub value: String,
    /// The list without it.
    pub without: String,
}

/// A case in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its type's name.
    pub case_type: String,
    /// Its state's name.
    pub state: String,
    /// What the state means.
    pub kind: StateKind,
    /// Who works on it; empty for nobody.
    pub assignee: String,
    /// Its priority.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// When it was opened.
    pub opened: Shown,
    /// When it was last changed.
    pub updated: Shown,
    /// How it came in; empty where unknown.
    pub channel: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Whether only named members see it.
    pub restricted: bool,
}

/// A case on its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseView {
    /// Its id.
    pub id: Id<kinds::Case>,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its type, without the fields, which stand below.
    pub case_type: Arc<CaseType>,
    /// Its state.
    pub state: State,
    /// Who works on it; empty for nobody.
    pub assignee: String,
    /// The member who works on it.
    pub assignee_id: Option<Id<kinds::User>>,
    /// Whether the assignee is more than a name from an import.
    pub has_account: bool,
    /// How it came in; empty where unknown.
    pub channel: String,
    /// Its priority.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// When it was opened.
    pub opened: Shown,
    /// When it was closed.
    pub closed: Option<Shown>,
    /// When it was last changed.
    pub updated: Shown,
    /// Whether only the viewers see it.
    pub restricted: bool,
    /// Who sees a restricted case.
    pub viewers: Vec<Colleague>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Links to other cases that the viewer may see.
    pub links: Vec<LinkView>,
    /// How it ended, while it is closed.
    pub closure: Option<ClosureView>,
    /// Its id in the system that it was imported from; empty for none.
    pub external_id: String,
    /// Its custom fields in the order of the type.
    pub fields: Vec<FieldView>,
    /// Its version, which a save must name.
    pub version: i64,
    /// A fresh id for the next entry, so that sending it twice writes one.
    pub entry_key: Id<kinds::Entry>,
    /// What the viewer was writing here.
    pub draft: String,
    /// Who can be assigned.
    pub members: Arc<Vec<Colleague>>,
    /// Channels in use.
    pub channels: Arc<Vec<String>>,
    /// The timeline: pinned first, then the newest.
    pub entries: Arc<Vec<EntryView>>,
    /// Where earlier entries begin, if there are more.
    pub earlier: Option<i64>,
    /// Which kind of entry is shown; empty for all.
    pub shown_kind: String,
    /// Whether the viewer may change it.
    pub may_write: bool,
    /// Whether the viewer may say who sees it.
    pub may_restrict: bool,
}

/// A custom field with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// What it is.
    pub def: FieldDef,
    /// Its value as stored.
    pub value: serde_json::Value,
    /// Its value for people; empty for none.
    pub shown: String,
}

/// A link to another case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// The other's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What its state means.
    pub state: StateKind,
    /// How they relate, seen from here.
    pub words: String,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosureView {
    /// The outcome.
    pub outcome: String,
    /// Why; may be empty.
    pub reason: String,
    /// Who closed it; empty for an import.
    pub by: String,
    /// When.
    pub at: Shown,
}

/// An entry in the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// Its id.
    pub id: Id<kinds::Entry>,
    /// What it is.
    pub kind: EntryKind,
    /// When it happened.
    pub at: Shown,
    /// Who wrote it.
    pub author: String,
    /// Its text as written, for its editor.
    pub body: String,
    /// Its text as shown; safe.
    pub html: String,
    /// The text that the viewer was about to give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// Who sees it.
    pub visibility: Visibility,
    /// Whether it stands on top.
    pub pinned: bool,
    /// When it was last edited.
    pub edited: Option<Shown>,
    /// Its version.
    pub version: i64,
    /// Whether the viewer may edit it.
    pub may_edit: bool,
    /// Whether the viewer may pin it.
    pub may_pin: bool,
}

/// The list in the state that its address says.
#[server(endpoint = "cases/list", input = GetUrl)]
pub async fn list_cases(query: String) -> Answer<ListView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::as_liked(&scope, super::filter::ListQuery::parse(&query)).await
}

/// One case. `kind` narrows its timeline; `before` pages it.
#[server(endpoint = "cases/case", input = GetUrl)]
pub async fn case(number: String, #[server(default)] kind: String, #[server(default)] before: i64) -> Answer<CaseView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::case(&scope, &number, &kind, before).await
}

/// What a new case chooses from.
#[server(name = ReadCatalogue, endpoint = "cases/catalogue", input = GetUrl)]
pub async fn catalogue() -> Answer<Catalogue> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::catalogue(&scope).await
}

/// The facts of a case as a form sends them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The title.
    pub title: String,
    /// A priority key; empty for normal.
    #[serde(default)]
    pub priority: String,
    /// A day; empty for none.
    #[serde(default)]
    pub due: String,
    /// How it came in.
    #[serde(default)]
    pub channel: String,
    /// Tags separated by commas.
    #[serde(default)]
    pub tags: String,
    /// Custom fields: `fields[key][]`.
    #[serde(default)]
    pub fields: HashMap<String, Vec<String>>,
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
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::change::edit(&scope, &number, version, Facts { title, priority, due, channel, tags, fields }).await?;
    leptos_axum::redirect(&format!("/cases/{number}"));
    Ok(())
}

/// Gives the work to a member, or to nobody.
#[server(endpoint = "cases/assign")]
pub async fn assign(number: String, version: i64, #[server(default)] assignee: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::change::assign(&scope, &number, version, &assignee).await
}

/// Moves a case to another state; closing takes an outcome.
#[server(endpoint = "cases/move")]
pub async fn move_case(
    number: String,
    version: i64,
    to: String,
    #[server(default)] outcome: String,
    #[server(default)] reason: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::lifecycle::move_case(&scope, &number, version, &to, &outcome, &reason).await?;
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
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::entries::edit(&scope, &number, entry, version, &body, &visibility).await?;
    leptos_axum::redirect(&format!("/cases/{number}#e-{entry}"));
    Ok(())
}

/// Pins an entry on top, or takes it down.
#[server(endpoint = "cases/pin_entry")]
pub async fn pin_entry(number: String, entry: Id<kinds::Entry>, #[server(default)] pin: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::entries::pin(&scope, &number, entry, !pin.is_empty()).await
}

/// An earlier text of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionView {
    /// The text, as written.
    pub body: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Shown,
}

/// The earlier texts of an entry, newest first.
#[server(endpoint = "cases/revisions", input = GetUrl)]
pub async fn revisions(number: String, entry: Id<kinds::Entry>) -> Answer<Vec<RevisionView>> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::entries::revisions(&scope, &number, entry).await
}

/// Keeps what is being written on a case, or changed in an entry of one's own; empty forgets it.
#[server(endpoint = "cases/save_draft")]
pub async fn save_draft(number: String, #[server(default)] entry: String, #[server(default)] body: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseWrite)?;
    super::keeping::save_draft(&scope, &number, &entry, &body).await
}

/// Says who sees a case: everybody, or the members named.
#[server(endpoint = "cases/set_access")]
pub async fn set_access(
    number: String,
    version: i64,
    #[server(default)] restricted: String,
    #[server(default)] viewers: Vec<Id<kinds::User>>,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRestrict)?;
    super::restriction::set_access(&scope, &number, version, !restricted.is_empty(), viewers).await?;
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

/// Somebody's start of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// My cases that are not closed, the first due first.
    pub mine: Vec<CaseRow>,
    /// How many they are.
    pub mine_total: i64,
    /// Late cases of the organisation that are not closed.
    pub late: i64,
    /// Cases of the organisation that nobody works on and that are not closed.
    pub unassigned: i64,
    /// Where I was writing: number, title, the beginning of the text, and the address that goes on with it.
    pub drafts: Vec<(String, String, String, String)>,
    /// Whether the organisation has chosen case types.
    pub has_types: bool,
}

/// My start of the day.
#[server(endpoint = "cases/home", input = GetUrl)]
pub async fn home() -> Answer<HomeView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    super::read::home(&scope).await
}

/// A fresh id for a form, so that sending it twice has one effect.
#[server(endpoint = "cases/form_key", input = GetUrl)]
pub async fn form_key() -> Answer<Id<kinds::Entry>> {
    crate::accounts::Scope::require(crate::accounts::Permission::CaseRead)?;
    Ok(Id::from_uuid(uuid::Uuid::now_v7()))
}
