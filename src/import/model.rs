//! What an import is: its steps, what a column can become, and what came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    count::{counted, grouped},
    ids::{Id, kinds},
};

/// Cases that are named one by one.
const NAMED: usize = 20;

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The file is still coming in; nobody sees it yet.
    Uploading,
    /// The file is here, its columns are to be matched.
    Uploaded,
    /// It is being tried out.
    Checking,
    /// It was tried out.
    Checked,
    /// Cases are being brought in.
    Running,
    /// It has ended.
    Done,
    /// Somebody stopped it.
    Cancelled,
    /// It could not be carried out.
    Failed,
}

impl Status {
    /// The words on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Uploading => "Uploading",
            Self::Uploaded => "Columns to match",
            Self::Checking => "Being tried out",
            Self::Checked => "Tried out",
            Self::Running => "Importing",
            Self::Done => "Imported",
            Self::Cancelled => "Cancelled",
            Self::Failed => "Failed",
        }
    }

    /// Whether a job works on it now.
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Running)
    }

    /// Whether nothing more will happen.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}

/// What a column becomes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// Nothing.
    Skip,
    /// The case's id in the system it comes from.
    CaseId,
    /// Its title.
    Title,
    /// When it was opened.
    Opened,
    /// When it was closed; empty means still open.
    Closed,
    /// With what outcome.
    Outcome,
    /// Its deadline.
    Due,
    /// Its state.
    State,
    /// Its channel.
    Channel,
    /// Who works on it, by name.
    Assignee,
    /// Its priority.
    Priority,
    /// Tags, separated by commas.
    Tag,
    /// A custom field of the type, by key.
    Field(String),
    /// What happened: the text of an entry.
    EntryText,
    /// When it happened.
    EntryTime,
    /// Who did it, by name.
    EntryAuthor,
    /// The entry's id in the system it comes from.
    EntryId,
}

impl Target {
    /// What every file can have, in the order of the form: about the case, then about the entry.
    pub const FIXED: [Self; 16] = [
        Self::CaseId,
        Self::Title,
        Self::Opened,
        Self::Closed,
        Self::Outcome,
        Self::Due,
        Self::State,
        Self::Channel,
        Self::Assignee,
        Self::Priority,
        Self::Tag,
        Self::EntryText,
        Self::EntryTime,
        Self::EntryAuthor,
        Self::EntryId,
        Self::Skip,
    ];

    /// The key in forms and in storage.
    pub fn key(&self) -> String {
        match self {
            Self::Skip => "skip".into(),
            Self::CaseId => "case_id".into(),
            Self::Title => "title".into(),
            Self::Opened => "opened".into(),
            Self::Closed => "closed".into(),
            Self::Outcome => "outcome".into(),
            Self::Due => "due".into(),
            Self::State => "state".into(),
            Self::Channel => "channel".into(),
            Self::Assignee => "assignee".into(),
            Self::Priority => "priority".into(),
            Self::Tag => "tag".into(),
            Self::Field(key) => format!("field:{key}"),
            Self::EntryText => "entry_text".into(),
            Self::EntryTime => "entry_time".into(),
            Self::EntryAuthor => "entry_author".into(),
            Self::EntryId => "entry_id".into(),
        }
    }

    /// The target of that key; what is unknown is left out.
    pub fn parse(key: &str) -> Self {
        match key.strip_prefix("field:") {
            Some(field) => Self::Field(field.to_owned()),
            None => Self::FIXED.into_iter().find(|t| t.key() == key).unwrap_or(Self::Skip),
        }
    }

    /// The words on screen; a custom field has words of its own.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Skip => "Leave out",
            Self::CaseId => "Case id",
            Self::Title => "Title",
            Self::Opened => "Opened",
            Self::Closed => "Closed",
            Self::Outcome => "Outcome",
            Self::Due => "Due",
            Self::State => "State",
            Self::Channel => "Channel",
            Self::Assignee => "Assignee, by name",
            Self::Priority => "Priority",
            Self::Tag => "Tags",
            Self::Field(_) => "Custom field",
            Self::EntryText => "What happened",
            Self::EntryTime => "When it happened",
            Self::EntryAuthor => "Who did it, by name",
            Self::EntryId => "Entry id",
        }
    }

    /// Whether it is about an entry, so that each row has its own.
    pub const fn is_of_entry(&self) -> bool {
        matches!(self, Self::EntryText | Self::EntryTime | Self::EntryAuthor | Self::EntryId)
    }

    /// Whether several columns may become it.
    pub const fn may_repeat(&self) -> bool {
        matches!(self, Self::Skip | Self::Tag | Self::EntryText)
    }
}

/// What the columns of a file become.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The type that the cases get.
    pub case_type: Option<Id<kinds::CaseType>>,
    /// The key of a target for each column.
    pub columns: Vec<String>,
}

impl Mapping {
    /// What each column becomes.
    pub fn targets(&self) -> Vec<Target> {
        self.columns.iter().map(|key| Target::parse(key)).collect()
    }
}

/// What came of an import so far; trying out fills it the same way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Cases in the file, as far as rows have a case id.
    pub cases: i64,
    /// Cases gone through.
    pub cases_done: i64,
    /// Cases made.
    pub created: i64,
    /// Cases that were here and got new entries.
    pub updated: i64,
    /// Cases that were here with everything.
    pub unchanged: i64,
    /// Entries made.
    pub entries: i64,
    /// Rows left out.
    pub rejected: i64,
    /// Cases that came in without a member whom the file names on them, because that member's data is restricted.
    pub unassigned: i64,
    /// The ids of the first of them, as the file has them.
    pub unassigned_ids: Vec<String>,
    /// Milliseconds of work.
    pub millis: i64,
    /// How many of the cases are open, waiting and closed.
    pub kinds: BTreeMap<String, i64>,
    /// How many came by which channel.
    pub channels: BTreeMap<String, i64>,
    /// Why it failed, as a sentence.
    pub failure: Option<String>,
}

impl Report {
    /// What a trial that failed leaves: what it read, and nothing of what it had counted on bringing in.
    pub fn only_read(self) -> Self {
        Self { cases: self.cases, unchanged: self.unchanged, rejected: self.rejected, millis: self.millis, ..Self::default() }
    }

    /// Notes a case that came in without a member whom the file names on it.
    pub fn came_without(&mut self, id: String) {
        self.unassigned += 1;
        if self.unassigned_ids.len() < NAMED {
            self.unassigned_ids.push(id);
        }
    }

    /// What is said of those cases, if there are any.
    pub fn unassigned(&self) -> Option<String> {
        if self.unassigned == 0 {
            return None;
        }
        let more = if self.unassigned > i64::try_from(NAMED).unwrap_or_default() { " and others" } else { "" };
        Some(format!(
            "On {} the file names a member whose data is restricted, so that nothing new can be given to them. They come in without that member; name somebody else on them: {}{more}.",
            counted(self.unassigned, "case", "cases"),
            self.unassigned_ids.join(", ")
        ))
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {} new, {} with new entries, {} unchanged; {}; {} left out; {:.1} s",
            counted(self.cases, "case", "cases"),
            grouped(self.created),
            grouped(self.updated),
            grouped(self.unchanged),
            counted(self.entries, "entry", "entries"),
            counted(self.rejected, "row", "rows"),
            std::time::Duration::from_millis(self.millis.unsigned_abs()).as_secs_f64()
        )?;
        self.unassigned().map_or(Ok(()), |said| write!(f, "\n{said}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_keys_that_are_read_back() {
        for target in Target::FIXED.into_iter().chain([Target::Field("planned_end".into())]) {
            assert_eq!(Target::parse(&target.key()), target);
        }
        assert_eq!(Target::parse("nonsense"), Target::Skip);
    }
}
