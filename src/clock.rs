//! Time as data: an [`Instant`] is microseconds UTC, and sorts as the integer that it is on both databases.
//!
//! Only the server knows time zones. What a page shows is formatted there and crosses the wire as text, so
//! the browser needs no time-zone database and hydration cannot disagree.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(transparent))]
pub struct Instant(pub i64);

impl Instant {
    /// This moment plus a number of seconds, which may be negative.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000_000)
    }
}

/// A moment as a page shows it: the exact value for machines, the organisation's local text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub iso: String,
    /// Date and time in the organisation's zone, such as `12 Oct 2026, 14:05`.
    pub text: String,
    /// The date alone, such as `12 Oct 2026`.
    pub day: String,
    /// `YYYY-MM-DD` in the organisation's zone, for date inputs.
    pub input: String,
}

/// One text on the wire: a page holds hundreds of moments, and goes there as HTML and as data.
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&[self.iso.as_str(), &self.text, &self.input].join("|"))
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let whole = String::deserialize(deserializer)?;
        let mut parts = whole.split('|').map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        let (iso, text, input) = (part(), part(), part());
        let day = text.split(',').next().unwrap_or_default().to_owned();
        Ok(Self { iso, text, day, input })
    }
}
