//! What a transaction keeps for the audit record: what the rows that it wrote hold now, until an event takes that up; and
//! the newest links of the chains, which count once they are committed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

/// What a part of something holds since a row was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The organisation.
    pub org: Uuid,
    /// The case that it is a part of; none where it is of the organisation itself.
    pub case: Option<Uuid>,
    /// The part, such as `title`.
    pub part: String,
    /// A digest of what it holds; empty where it is gone.
    pub digest: String,
    /// A digest of what it held before, where whoever wrote it has read that.
    pub was: Option<String>,
}

/// The newest link of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// Of one transaction.
#[derive(Default)]
pub(super) struct Traces {
    pub(super) holds: Vec<Hold>,
    pub(super) links: BTreeMap<Uuid, Link>,
}

/// The newest links that were committed through a handle, by organisation, until somebody takes them.
#[derive(Clone, Default)]
pub struct Committed(Arc<Mutex<BTreeMap<Uuid, Link>>>);

impl Committed {
    /// Adds links; of two the later stays.
    pub fn add(&self, links: BTreeMap<Uuid, Link>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (org, link) in links {
            if all.get(&org).is_none_or(|known| known.seq < link.seq) {
                all.insert(org, link);
            }
        }
    }

    /// Takes them.
    pub fn take(&self) -> BTreeMap<Uuid, Link> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
