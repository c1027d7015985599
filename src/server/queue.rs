//! A queue for work that is dear, such as hashing a password: as much at once as there are cores, a bounded number waiting,
//! and of all places no more than a quarter for one network, so that others are served while one of them asks too much.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::fault::{Answer, Fault};

/// See the module.
pub struct Queue {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    share: usize,
    held: Arc<Mutex<HashMap<String, usize>>>,
}

impl Queue {
    /// A queue that does so much at once while so much more waits.
    pub fn new(at_once: usize, waiting: usize) -> Self {
        let places = at_once + waiting;
        Self {
            turns: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(places)),
            share: (places / 4).max(at_once),
            held: Arc::default(),
        }
    }

    /// Does work on a thread for blocking work. `who` is the network that asks.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] when too many wait already, or too many of that network.
    pub async fn run<T: Send + 'static>(&self, who: &str, work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
        const FULL: Fault = Fault::Unavailable { retry_after: 2 };
        let share = self.share_of(who).ok_or(FULL)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| FULL)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| broken())?;
        // Work that has begun goes on when its client has gone: it keeps all three until it is done.
        let held = move || {
            let done = work();
            drop((share, place, turn));
            done
        };
        tokio::task::spawn_blocking(held).await.map_err(|_| broken())
    }

    fn share_of(&self, who: &str) -> Option<Share> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(who.to_owned()).or_default();
        if *count >= self.share {
            return None;
        }
        *count += 1;
        Some(Share { held: self.held.clone(), who: who.to_owned() })
    }

    /// How many places and turns are free.
    #[cfg(test)]
    pub fn free(&self) -> (usize, usize) {
        (self.places.available_permits(), self.turns.available_permits())
    }

    /// Keeps every turn until the answer is dropped, so that whoever comes waits.
    #[cfg(test)]
    pub async fn occupy(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = u32::try_from(self.turns.available_permits()).unwrap();
        self.turns.clone().acquire_many_owned(all).await.unwrap()
    }
}

/// One of the places that a network holds.
struct Share {
    held: Arc<Mutex<HashMap<String, usize>>>,
    who: String,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.who);
            }
        }
    }
}

fn broken() -> Fault {
    Fault::Internal { reference: String::new() }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    async fn all_free(queue: &Queue, before: (usize, usize)) {
        for _ in 0..500 {
            if queue.free() == before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the places were not given back: {:?} of {before:?}", queue.free());
    }

    #[tokio::test]
    async fn work_whose_client_has_gone_keeps_its_place_until_it_is_done() {
        let queue = Arc::new(Queue::new(2, 4));
        let before = queue.free();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let asked = {
            let queue = queue.clone();
            let work = move || {
                let _ = begun.send(());
                let _ = may_end.recv();
            };
            tokio::spawn(async move { queue.run("here", work).await })
        };
        has_begun.await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(queue.free(), (before.0 - 1, before.1 - 1));
        end.send(()).unwrap();
        all_free(&queue, before).await;
    }

    #[tokio::test]
    async fn no_network_holds_more_than_a_quarter_of_the_queue() {
        let queue = Arc::new(Queue::new(2, 14));
        let before = queue.free();
        let busy = queue.occupy().await;
        let ask = |who: &'static str| {
            let queue = queue.clone();
            tokio::spawn(async move { queue.run(who, || ()).await })
        };
        let greedy: Vec<_> = (0..10).map(|_| ask("greedy")).collect();
        for _ in 0..500 {
            if queue.free().0 == 12 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(queue.free().0, 12, "four of sixteen");
        let other = ask("other");
        drop(busy);
        assert_eq!(other.await.unwrap(), Ok(()));
        let mut served = 0;
        for one in greedy {
            served += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(served, 4);
        all_free(&queue, before).await;
    }
}
