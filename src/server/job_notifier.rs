//! How the workers learn that a job was stored.

use tokio::sync::Notify;

/// Where a kind of work waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Done in a moment: messages, links, what is due today.
    Short,
    /// Takes as long as there is data: imports, archives, packages.
    Long,
}

/// Wakes the lanes when a job was stored. Each waits on its own `Notify`, since one call wakes one waiter.
#[derive(Debug, Default)]
pub struct JobNotifier {
    short: Notify,
    long: Notify,
}

impl JobNotifier {
    /// Wakes both: which of them has the work is known to the worker only.
    pub fn notify(&self) {
        self.short.notify_one();
        self.long.notify_one();
    }

    pub(super) const fn of(&self, lane: Lane) -> &Notify {
        match lane {
            Lane::Short => &self.short,
            Lane::Long => &self.long,
        }
    }
}
