//! What a case is: its type with lifecycle and fields, its values, and the rules that need no database.

mod entry;

pub use entry::{EntryKind, Visibility};

use serde::{Deserialize, Serialize};

use crate::{
    day::Day,
    ids::{Id, kinds},
};

/// Whether a state means work, waiting for somebody else, or the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum StateKind {
    /// Somebody here works on it.
    Open,
    /// Somebody else has to act first.
    Waiting,
    /// It has an outcome.
    Closed,
}

impl StateKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Open, Self::Waiting, Self::Closed];

    /// The key used in storage, forms and classes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
        }
    }

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Waiting => "Waiting",
            Self::Closed => "Closed",
        }
    }

    /// The kind of that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// Priority, 1 to 4 in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Priority {
    /// When there is time.
    Low = 1,
    /// As it comes.
    Normal = 2,
    /// Before others.
    High = 3,
    /// Now.
    Urgent = 4,
}

impl Priority {
    /// Every priority, least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The key used in forms and classes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Normal => "Normal",
            Self::High => "High",
            Self::Urgent => "Urgent",
        }
    }

    /// The number in storage.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The priority of that number; what is out of range is normal.
    pub fn of_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|p| p.number() == number).unwrap_or(Self::Normal)
    }

    /// The priority of that key or word.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.key().eq_ignore_ascii_case(key.trim()))
    }
}

/// What a custom field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A decimal number, kept as it was written.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// One of the options.
    Choice,
    /// Any of the options.
    Choices,
    /// A member of the organisation.
    Member,
}

impl FieldKind {
    /// The key used in storage.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Number => "number",
            Self::Date => "date",
            Self::YesNo => "yes_no",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Member => "member",
        }
    }

    /// The words on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long text",
            Self::Number => "number",
            Self::Date => "date",
            Self::YesNo => "yes or no",
            Self::Choice => "choice",
            Self::Choices => "several choices",
            Self::Member => "member",
        }
    }
}

/// A state of a case type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Its key within the type.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it means.
    pub kind: StateKind,
}

/// An allowed move from one state to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// What the button says.
    pub name: String,
    /// Keys of custom fields that must have a value first.
    pub required: Vec<String>,
}

/// A custom field of a case type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    /// Its key within the type.
    pub key: String,
    /// Its name on screen.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The options of a choice.
    pub options: Vec<String>,
    /// Whether a case cannot be saved without it.
    pub required: bool,
}

/// A case type with its lifecycle and fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseType {
    /// Its id.
    pub id: Id<kinds::CaseType>,
    /// Its key, such as `permit`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How its numbers look, such as `PA-{year}-{seq:5}`.
    pub number_format: String,
    /// Days until a new case is due, if there is a default.
    pub default_due_days: Option<i64>,
    /// Its states in order; the first is where a case begins.
    pub states: Vec<State>,
    /// Its allowed moves.
    pub transitions: Vec<Transition>,
    /// Its custom fields in order.
    pub fields: Vec<FieldDef>,
}

impl CaseType {
    /// The state of that key.
    pub fn state(&self, key: &str) -> Option<&State> {
        self.states.iter().find(|state| state.key == key)
    }

    /// Where a new case begins.
    pub fn first_state(&self) -> Option<&State> {
        self.states.first()
    }

    /// Where an imported case that has ended stands.
    pub fn closed_state(&self) -> Option<&State> {
        self.states.iter().find(|state| state.kind == StateKind::Closed)
    }

    /// The moves from a state.
    pub fn moves_from<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |t| t.from == key)
    }

    /// The custom field of that key.
    pub fn field(&self, key: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// A member as pages name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// The person.
    pub id: Id<kinds::User>,
    /// Their name, with the address behind it where a colleague's looks the same.
    pub name: String,
    /// Whether they can be given a case: not whoever only reads.
    pub works: bool,
}

/// Everything that forms and filters choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The organisation's case types.
    pub types: Vec<CaseType>,
    /// Its members.
    pub members: Vec<Colleague>,
    /// Channels in use.
    pub channels: Vec<String>,
    /// Tags in use.
    pub tags: Vec<String>,
    /// Names of assignees without an account, from imports.
    pub assignee_labels: Vec<String>,
    /// Members whose account is restricted: they keep what they have, and are not offered for more.
    pub resting: Vec<Id<kinds::User>>,
}

impl Catalogue {
    /// The type of that id.
    pub fn case_type(&self, id: Id<kinds::CaseType>) -> Option<&CaseType> {
        self.types.iter().find(|t| t.id == id)
    }

    /// Those who are offered for something new, and besides them who is there already.
    pub fn offered(&self, there: impl Fn(Id<kinds::User>) -> bool) -> Vec<Colleague> {
        self.members.iter().filter(|member| !self.resting.contains(&member.id) || there(member.id)).cloned().collect()
    }

    /// A member's name.
    pub fn member(&self, id: &str) -> Option<&str> {
        let id: Id<kinds::User> = id.parse().ok()?;
        self.members.iter().find(|m| m.id == id).map(|m| m.name.as_str())
    }
}

/// How a case relates to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// They belong together.
    Related,
    /// This one repeats the other.
    Duplicate,
    /// This one follows from the other.
    FollowUp,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Related, Self::Duplicate, Self::FollowUp];

    /// The key used in storage and forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Related => "related",
            Self::Duplicate => "duplicate",
            Self::FollowUp => "follow_up",
        }
    }

    /// The words on the case that has the link, and on the other.
    pub const fn label(self, from_here: bool) -> &'static str {
        match (self, from_here) {
            (Self::Related, _) => "Related to",
            (Self::Duplicate, true) => "Duplicate of",
            (Self::Duplicate, false) => "Has a duplicate",
            (Self::FollowUp, true) => "Follows from",
            (Self::FollowUp, false) => "Followed by",
        }
    }

    /// The kind of that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.key() == key)
    }
}

/// A due date as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The day, which counts to its end.
    pub on: Day,
    /// Whether it has passed and the case is not closed, or was closed on a later day.
    pub late: bool,
}
