//! What the pages about cases are given to show, and what their forms send.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::model::{CaseType, Catalogue, Colleague, Due, EntryKind, FieldDef, Priority, State, StateKind, Visibility};
use crate::{
    clock::Shown,
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
    pub case_type: CaseType,
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
    pub draft: DraftView,
    /// The reason with which the viewer was closing it.
    pub closing: String,
    /// Who can be assigned.
    pub members: Vec<Colleague>,
    /// Channels in use.
    pub channels: Vec<String>,
    /// The timeline: pinned first, then the newest.
    pub entries: Vec<EntryView>,
    /// Where earlier entries begin, if there are more.
    pub earlier: Option<String>,
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
    /// What the viewer was about to make of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftView>,
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

/// What somebody is writing, with what they chose for it: as the fields of its form hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// The text.
    pub body: String,
    /// The key of its kind; empty where nothing was chosen.
    #[serde(default)]
    pub kind: String,
    /// The key of who is to see it; empty where nothing was chosen.
    #[serde(default)]
    pub visibility: String,
    /// When it happened, as it was typed.
    #[serde(default)]
    pub occurred: String,
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
