//! What every request can reach: one value, built once, cheap to clone.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::{config::Config, db::Db, http::assets::Assets, job_notifier::JobNotifier, kept::Kept, queue::Queue, secret::Key, time::Clock};
use leptos::config::LeptosOptions;

/// See the module.
#[derive(Clone)]
pub struct State(Arc<Inner>);

/// The parts of [`State`].
pub struct Inner {
    /// The database.
    pub db: Db,
    /// The configuration in force.
    pub config: Config,
    /// The clock, which tests move.
    pub clock: Clock,
    /// The instance key.
    pub key: Key,
    /// The built front end: file names with their hashes.
    pub assets: Assets,
    /// What Leptos itself wants to know.
    pub leptos: LeptosOptions,
    /// Where passwords are hashed, as many at once as there are cores.
    pub hashing: Queue,
    /// Where new passwords are judged, one after the other: it takes a while, and nobody who signs in waits for it.
    pub judging: Queue,
    /// Passwords hashed or compared since the start. Tests count them: times waver.
    pub hashes: AtomicU64,
    /// What forms and filters of the organisations choose from.
    pub catalogues: Kept,
    /// Wakes the worker when a job was stored.
    pub job_notifier: JobNotifier,
    /// Whether answers say how many statements they took (`CASETRAKR_COUNT_STATEMENTS=1`; for the budget and the tests).
    pub shows_statements: bool,
    /// Set when the process is asked to stop.
    pub stopping: AtomicBool,
}

impl std::ops::Deref for State {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl axum::extract::FromRef<State> for LeptosOptions {
    fn from_ref(state: &State) -> Self {
        state.leptos.clone()
    }
}

impl State {
    /// Puts the parts together.
    pub fn new(db: Db, config: Config, key: Key, leptos: LeptosOptions, assets: Assets) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Inner {
            db,
            hashing: Queue::new(cores, config.passwords.queue),
            judging: Queue::new(1, config.passwords.queue),
            hashes: AtomicU64::new(0),
            config,
            clock: Clock::default(),
            key,
            assets,
            leptos,
            catalogues: Kept::default(),
            job_notifier: JobNotifier::default(),
            shows_statements: cfg!(test) || std::env::var_os("CASETRAKR_COUNT_STATEMENTS").is_some_and(|v| v == "1"),
            stopping: AtomicBool::new(false),
        }))
    }

    /// Whether the process has been asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}
