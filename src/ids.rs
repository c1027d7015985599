//! Typed identifiers.
//!
//! Ids are UUIDv7, so rows keep their order of creation without a sequence. They are no secret: whoever
//! guesses one is still asked whether they may see what it names.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of one `T`, and of nothing else.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Wraps an id that came from storage or from the wire.
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id, PhantomData)
    }

    /// A new one.
    #[cfg(feature = "ssr")]
    pub fn fresh() -> Self {
        Self(Uuid::now_v7(), PhantomData)
    }

    /// The bare id, for places that hold ids of several kinds.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The id of nothing. It stands where a form has no choice made yet.
    pub const fn nil() -> Self {
        Self(Uuid::nil(), PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text.trim()).map(Self::from_uuid)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What ids are made for. The types are empty: they only tell ids apart.
pub mod kinds {
    /// An organisation, the tenant.
    pub enum Org {}
    /// A person with an account.
    pub enum User {}
    /// A case.
    pub enum Case {}
    /// A case type with its lifecycle and fields.
    pub enum CaseType {}
    /// An entry in a timeline.
    pub enum Entry {}
    /// A signed-in browser.
    pub enum Session {}
    /// An invitation into an organisation.
    pub enum Invitation {}
    /// An import of cases from a file.
    pub enum Import {}
    /// A system that cases were brought in from.
    pub enum Source {}
    /// The closing of a case.
    pub enum Closure {}
    /// A piece of work done in the background.
    pub enum Job {}
    /// One event of the audit chain.
    pub enum Event {}
    /// Somebody's request about their personal data.
    pub enum RightsRequest {}
    /// An archive of a whole organisation.
    pub enum Archive {}
}
