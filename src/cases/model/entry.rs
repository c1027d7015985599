//! What stands in the timeline, and who sees it.

use serde::{Deserialize, Serialize};

/// What an entry in the timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A note.
    Note,
    /// A telephone call.
    Call,
    /// A meeting.
    Meeting,
    /// An e-mail, noted.
    Email,
    /// Something that happened elsewhere, from an import.
    Event,
    /// A change of state, written by the product.
    State,
    /// A change of fields, written by the product.
    Field,
}

impl EntryKind {
    /// What people write.
    pub const WRITTEN: [Self; 4] = [Self::Note, Self::Call, Self::Meeting, Self::Email];

    /// The key used in storage and forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Email => "email",
            Self::Event => "event",
            Self::State => "state",
            Self::Field => "field",
        }
    }

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Note => "Note",
            Self::Call => "Call",
            Self::Meeting => "Meeting",
            Self::Email => "E-mail",
            Self::Event => "Event",
            Self::State => "State",
            Self::Field => "Change",
        }
    }

    /// Whether people write it, and may edit it.
    pub fn is_written(self) -> bool {
        Self::WRITTEN.contains(&self)
    }

    /// The written kind of that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::WRITTEN.into_iter().find(|kind| kind.key() == key)
    }
}

/// Who sees an entry, among those who see the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody who sees the case.
    Everyone,
    /// The author, supervisors, admins and owners.
    Supervisors,
    /// The author alone.
    Author,
}

impl Visibility {
    /// Every visibility, widest first.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Supervisors, Self::Author];

    /// The key used in storage and forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Supervisors => "supervisors",
            Self::Author => "author",
        }
    }

    /// The words on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Everyone => "Everybody with access to this case",
            Self::Supervisors => "Supervisors and you",
            Self::Author => "Only you",
        }
    }

    /// The visibility of that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.key() == key)
    }
}
