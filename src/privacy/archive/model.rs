//! How far an archive is.

use serde::{Deserialize, Serialize};

/// Days for which an archive can be taken.
pub const DAYS: i64 = 7;
/// How often it can be taken.
pub const DOWNLOADS: i64 = 5;
/// Archives that an organisation can ask for within a day.
pub const A_DAY: i64 = 5;

/// How far an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Asked for.
    Waiting,
    /// Being made.
    Working,
    /// There to be taken, until its time is over.
    Ready,
    /// It could not be made.
    Failed,
    /// Somebody stopped it.
    Stopped,
    /// Somebody removed it before its time.
    Removed,
}

impl Status {
    /// Whether it is still to be made.
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Waiting | Self::Working)
    }
}
