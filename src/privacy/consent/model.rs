//! Categories and choices.

use serde::{Deserialize, Serialize};

/// How long a choice holds, a refusal exactly as long as a consent. Then we ask again.
pub const CHOICE_DAYS: i64 = 182;
/// Days that a counted event is kept.
pub const EVENT_DAYS: i64 = 90;
/// Days that the sums a day are kept: never more than 25 months.
pub const COUNT_DAYS: i64 = 758;
/// Years that a receipt is kept after its choice has run out.
pub const RECEIPT_YEARS: i64 = 3;

/// What a cookie or an entry in a browser's storage is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// What somebody came for does not work without it.
    Necessary,
    /// How things look and are arranged.
    Preferences,
    /// Counting pages and actions.
    Analytics,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 3] = [Self::Necessary, Self::Preferences, Self::Analytics];

    /// The key used in forms and receipts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Necessary => "necessary",
            Self::Preferences => "preferences",
            Self::Analytics => "analytics",
        }
    }

    /// The name on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Necessary => "Necessary",
            Self::Preferences => "Preferences",
            Self::Analytics => "Analytics",
        }
    }

    /// What it is for, in a sentence.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Necessary => {
                "Signing in, your choice on this page, and drafts of what you type. Without these the service does not work."
            }
            Self::Preferences => {
                "Remembers how you like things to look: light or dark, how close together lines stand, which columns of a list you see."
            }
            Self::Analytics => {
                "Counts which pages are opened and a few actions, to see what is used and what is slow. The names of pages, never their contents; no case, no person, no address."
            }
        }
    }
}

/// A yes or no to each category that can be refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Remember how things look.
    pub preferences: bool,
    /// Count pages and actions.
    pub analytics: bool,
}

impl Choice {
    /// No to everything.
    pub const NOTHING: Self = Self { preferences: false, analytics: false };
    /// Yes to everything.
    pub const EVERYTHING: Self = Self { preferences: true, analytics: true };

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { preferences: self.preferences && other.preferences, analytics: self.analytics && other.analytics }
    }

    /// Whether it allows a category.
    pub const fn allows(self, category: Category) -> bool {
        match category {
            Category::Necessary => true,
            Category::Preferences => self.preferences,
            Category::Analytics => self.analytics,
        }
    }
}

/// What a page knows of the choice, sent once with the HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentFacts {
    /// Whether this page asks.
    pub asks: bool,
    /// Whether it says that a choice was just stored.
    pub said: bool,
    /// Whether the browser sends an opt-out signal that holds.
    pub honoured: bool,
    /// The page itself, to come back to.
    pub here: String,
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageView {
    /// Sums a day, newest first.
    pub days: Vec<DayView>,
    /// The last rows as they are stored; nothing where the viewer may not see them.
    pub rows: Option<Vec<RowView>>,
}

/// One event on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// `YYYY-MM-DD`, in UTC.
    pub day: String,
    /// The event.
    pub event: String,
    /// How often.
    pub events: i64,
}

/// One stored row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowView {
    /// The hour.
    pub hour: String,
    /// The event.
    pub event: String,
    /// The browser's random number.
    pub browser: String,
}
