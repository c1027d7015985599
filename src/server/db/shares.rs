//! What one organisation may hold of the database at a time, so that its heavy lists never keep another from its home page.
//!
//! Statements of an organisation take turns among themselves first; only those whose turn it is compete with others for a
//! connection. Whoever finds too many waiting, or waits too long, is told to come back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// So many of one organisation wait for their turn.
const WAITING: usize = 128;
/// For so many organisations turns are remembered before the idle ones are forgotten.
const MOST: usize = 1_024;

/// The shares of one kind of work.
pub(super) struct Shares {
    at_once: usize,
    patience: Duration,
    held: Mutex<HashMap<Uuid, Arc<Share>>>,
}

struct Share {
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

/// A turn, until it is dropped.
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _room: OwnedSemaphorePermit,
}

impl Shares {
    pub fn new(at_once: usize, patience: Duration) -> Self {
        Self { at_once, patience, held: Mutex::default() }
    }

    /// Waits for the turn of an organisation. What belongs to none does not wait: it is the machine's own, and short.
    pub async fn turn(&self, org: Option<Uuid>) -> sqlx::Result<Option<Turn>> {
        let Some(org) = org.filter(|org| !org.is_nil()) else { return Ok(None) };
        let share = self.of(org);
        let room = share.room.clone().try_acquire_owned().map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = tokio::time::timeout(self.patience, share.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Some(Turn { _turn: turn, _room: room }))
    }

    fn of(&self, org: Uuid) -> Arc<Share> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST && !held.contains_key(&org) {
            // Who holds a turn holds its semaphore, and another share beside that would be twice as much.
            held.retain(|_, share| share.room.available_permits() < self.at_once + WAITING);
        }
        let new =
            || Arc::new(Share { turns: Arc::new(Semaphore::new(self.at_once)), room: Arc::new(Semaphore::new(self.at_once + WAITING)) });
        held.entry(org).or_insert_with(new).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_organisation_has_its_share_and_another_has_its_own() {
        let shares = Shares::new(2, Duration::from_millis(20));
        let (heavy, other) = (Some(Uuid::now_v7()), Some(Uuid::now_v7()));
        let first = shares.turn(heavy).await.unwrap();
        let _second = shares.turn(heavy).await.unwrap();
        assert!(matches!(shares.turn(heavy).await, Err(sqlx::Error::PoolTimedOut)));
        assert!(shares.turn(other).await.unwrap().is_some());
        assert!(shares.turn(None).await.unwrap().is_none() && shares.turn(Some(Uuid::nil())).await.unwrap().is_none());
        drop(first);
        assert!(shares.turn(heavy).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn whoever_finds_too_many_waiting_is_told_at_once() {
        let shares = Arc::new(Shares::new(1, Duration::from_secs(60)));
        let heavy = Uuid::now_v7();
        let held = shares.turn(Some(heavy)).await.unwrap();
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..WAITING {
            let shares = shares.clone();
            waiting.spawn(async move { shares.turn(Some(heavy)).await.map(|_| ()) });
        }
        while shares.of(heavy).room.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = tokio::time::timeout(Duration::from_millis(500), shares.turn(Some(heavy))).await;
        assert!(matches!(refused, Ok(Err(sqlx::Error::PoolTimedOut))));
        drop(held);
        while let Some(turn) = waiting.join_next().await {
            turn.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn the_idle_are_forgotten() {
        let shares = Shares::new(1, Duration::from_secs(1));
        for _ in 0..3 * MOST {
            shares.turn(Some(Uuid::now_v7())).await.unwrap();
        }
        assert!(shares.held.lock().unwrap().len() <= MOST);
    }
}
