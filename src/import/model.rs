//! What an import is: its steps, what a column can become, and how a file is matched.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use crate::ids::{Id, kinds};

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
    /// Its number here, as our own export writes it.
    Number,
    /// The version in which our own export found it.
    Version,
    /// Its type, by name, where a file has cases of several.
    Type,
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
    /// Whether only whoever is named on it may see it.
    Restricted,
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
    pub const FIXED: [Self; 20] = [
        Self::CaseId,
        Self::Number,
        Self::Version,
        Self::Type,
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
        Self::Restricted,
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
            Self::Number => "number".into(),
            Self::Version => "version".into(),
            Self::Type => "type".into(),
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
            Self::Restricted => "restricted".into(),
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
            Self::Number => "Number here, from our export",
            Self::Version => "Version, from our export",
            Self::Type => "Case type, by name",
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
            Self::Restricted => "Restricted, yes or no",
            Self::Field(_) => "Custom field",
            Self::EntryText => "What happened",
            Self::EntryTime => "When it happened",
            Self::EntryAuthor => "Who did it, by name",
            Self::EntryId => "Entry id",
        }
    }

    /// Whether it is a fact of the case, which can be compared with what is here.
    pub const fn is_fact(&self) -> bool {
        match self {
            Self::Title
            | Self::Opened
            | Self::Closed
            | Self::Outcome
            | Self::Due
            | Self::State
            | Self::Channel
            | Self::Assignee
            | Self::Priority
            | Self::Tag
            | Self::Field(_) => true,
            // Who sees a case that is here was decided here.
            Self::Skip | Self::CaseId | Self::Number | Self::Version | Self::Type | Self::Restricted => false,
            Self::EntryText | Self::EntryTime | Self::EntryAuthor | Self::EntryId => false,
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

/// What is done about cases that are here already, where the file says something else of them than the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// What nobody has changed here since is brought up to date.
    #[default]
    Update,
    /// They stay as they are, and only new entries come in.
    Keep,
}

impl Existing {
    /// The key in forms and files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Keep => "keep",
        }
    }

    /// That of a key; what is unknown is what is done without a word.
    pub fn parse(key: &str) -> Self {
        if key == Self::Keep.key() { Self::Keep } else { Self::Update }
    }
}

/// How sure it is that an id of the file is the same case as that id of its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Nobody has named the source: something must speak for it.
    #[default]
    Guessed,
    /// Somebody has named the source: nothing may speak against it.
    Named,
    /// Somebody has said that they are the same.
    Confirmed,
}

/// What the columns of a file become, and what else was answered about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// The type that the cases get.
    pub case_type: Option<Id<kinds::CaseType>>,
    /// The key of a target for each column.
    pub columns: Vec<String>,
    /// The name of the system that the ids are from.
    pub source: String,
    /// How sure that is.
    pub trust: Trust,
    /// What becomes of cases that are here.
    pub existing: Existing,
    /// Whether no column is an id, so that each row is a case of its own.
    pub without_id: bool,
    /// The key of our state for each word of the file, folded.
    pub states: BTreeMap<String, String>,
    /// How the file is written, as far as somebody had to say it.
    pub answers: Answers,
}

impl Mapping {
    /// What each column becomes.
    pub fn targets(&self) -> Vec<Target> {
        self.columns.iter().map(|key| Target::parse(key)).collect()
    }

    /// The column that says to which case a row belongs: the id, or else the number that we gave it.
    pub fn case_column(&self) -> Option<usize> {
        let of = |wanted: &Target| self.columns.iter().position(|key| Target::parse(key) == *wanted);
        if self.without_id { None } else { of(&Target::CaseId).or_else(|| of(&Target::Number)) }
    }

    /// Whether it says how rows become cases.
    pub fn tells_cases(&self) -> bool {
        self.without_id || self.case_column().is_some()
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
