//! What has been read of an organisation and is kept between requests, until its number in the database moves. The
//! machine does not know what it is: the feature that put it there does.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::ids::{Id, kinds};

/// For so many organisations something is kept; some tens of kilobytes each.
const MOST: usize = 256;

/// See the module.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<Id<kinds::Org>, One>>);

struct One {
    version: i64,
    value: Arc<dyn Any + Send + Sync>,
}

impl Kept {
    /// What was kept under this number, if it still is.
    pub fn get<T: Any + Send + Sync>(&self, org: Id<kinds::Org>, version: i64) -> Option<Arc<T>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&org).filter(|one| one.version == version)?.value.clone().downcast().ok()
    }

    /// Keeps it in place of what was kept before.
    pub fn put<T: Any + Send + Sync>(&self, org: Id<kinds::Org>, version: i64, value: Arc<T>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&org) {
            all.clear();
        }
        all.insert(org, One { version, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_same_number_is_found() {
        let (kept, org) = (Kept::default(), Id::fresh());
        kept.put(org, 1, Arc::new("one".to_owned()));
        assert_eq!(kept.get::<String>(org, 1).unwrap().as_str(), "one");
        assert!(kept.get::<String>(org, 2).is_none() && kept.get::<String>(Id::nil(), 1).is_none());
        kept.put(org, 2, Arc::new("two".to_owned()));
        assert!(kept.get::<String>(org, 1).is_none());
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let kept = Kept::default();
        for _ in 0..3 * MOST {
            kept.put(Id::fresh(), 1, Arc::new(()));
        }
        assert!(kept.0.lock().unwrap().len() <= MOST);
    }
}
