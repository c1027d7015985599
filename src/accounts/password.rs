//! Hashing and judging passwords, off the async threads and behind a queue that sheds load.

use std::sync::atomic::Ordering;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    fault::{Answer, Fault},
    server::state::State,
};

/// A hash of a password that nobody has, made with the parameters in force: an unknown address costs what a known costs.
const NOBODY: &str = "correct horse battery staple and nobody";

/// Hashes a new password.
///
/// # Errors
/// [`Fault::Unavailable`] when too many wait already.
pub(super) async fn hash(state: &State, password: &str) -> Answer<String> {
    let hasher = Hasher::of(state)?;
    let password = normalised(password);
    queued(state, move || hasher.hash(&password)).await?
}

/// What a check of a password found.
pub(super) enum Checked {
    /// It is the one.
    Right {
        /// A new hash to store, where the parameters have risen since the old one.
        rehash: Option<String>,
    },
    /// It is not, or there is no such account.
    Wrong,
}

/// Compares a password with a stored hash, or with nobody's.
///
/// # Errors
/// [`Fault::Unavailable`] when too many wait already.
pub(super) async fn check(state: &State, password: &str, stored: Option<String>) -> Answer<Checked> {
    let hasher = Hasher::of(state)?;
    let password = normalised(password);
    queued(state, move || {
        // An account without one, as after it came in with an archive, is opened by none.
        let Some(stored) = stored.filter(|stored| !stored.is_empty()) else {
            let _ = hasher.hash(NOBODY);
            return Ok(Checked::Wrong);
        };
        let stored = PasswordHash::new(&stored).map_err(|_| broken())?;
        if !hasher.is(&password, &stored) {
            return Ok(Checked::Wrong);
        }
        let rehash = if hasher.is_stronger_than(&stored) { hasher.hash(&password).ok() } else { None };
        Ok(Checked::Right { rehash })
    })
    .await?
}

/// argon2id with the parameters in force. It counts what it does.
struct Hasher {
    argon2: Argon2<'static>,
    state: State,
}

impl Hasher {
    fn of(state: &State) -> Answer<Self> {
        let cost = &state.config.passwords;
        let params = Params::new(cost.memory_kib, cost.iterations, 1, None).map_err(|_| broken())?;
        Ok(Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), state: state.clone() })
    }

    fn hash(&self, password: &str) -> Answer<String> {
        self.state.hashes.fetch_add(1, Ordering::Relaxed);
        self.argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| broken())
    }

    fn is(&self, password: &str, stored: &PasswordHash) -> bool {
        self.state.hashes.fetch_add(1, Ordering::Relaxed);
        self.argon2.verify_password(password.as_bytes(), stored).is_ok()
    }

    fn is_stronger_than(&self, stored: &PasswordHash) -> bool {
        let now = self.argon2.params();
        Params::try_from(stored).ok().is_none_or(|old| old.m_cost() < now.m_cost() || old.t_cost() < now.t_cost())
    }
}

/// Whether a new password is one that guessers try early. `words` are names that everybody here knows.
///
/// # Errors
/// The sentence for the field.
pub(super) async fn judge(state: &State, password: &str, words: &[impl AsRef<str> + Sync]) -> Answer<Result<(), String>> {
    if let Err(message) = super::model::check_password_length(password) {
        return Ok(Err(message));
    }
    let folded = normalised(password).to_lowercase();
    for word in words.iter().map(AsRef::as_ref).chain(["casetrakr", "case trakr"]) {
        let word = word.trim().to_lowercase();
        // Shorter ones, such as "ART", are in many words by chance ("heart"): nobody would see why a good password was refused.
        if word.chars().count() >= 4 && folded.contains(&word) {
            return Ok(Err("Leave out the name of the product, of your organisation and your own.".into()));
        }
    }
    let (password, words) = (normalised(password), words.iter().map(|w| w.as_ref().to_owned()).collect::<Vec<_>>());
    queued(state, move || {
        // The estimate looks at the first 72 characters: more of it is cost without insight.
        let head: String = password.chars().take(72).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if zxcvbn::zxcvbn(&head, &words).score() >= zxcvbn::Score::Three {
            Ok(())
        } else {
            Err("This is among the passwords that are guessed first. Use a few words that do not belong together.".into())
        }
    })
    .await
}

/// `pässwort` typed on two keyboards is one password.
fn normalised(password: &str) -> String {
    password.nfc().collect()
}

/// Runs work on a thread for blocking work: as many at once as there are cores, a bounded number waiting.
async fn queued<T: Send + 'static>(state: &State, work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    let place = state.hashing_queue.clone().try_acquire_owned().map_err(|_| Fault::Unavailable { retry_after: 2 })?;
    let turn = state.hashing.clone().acquire_owned().await.map_err(|_| broken())?;
    // Work that has begun goes on when its client has gone: it keeps both until it is done.
    let held = move || {
        let done = work();
        drop((place, turn));
        done
    };
    tokio::task::spawn_blocking(held).await.map_err(|_| broken())
}

fn broken() -> Fault {
    Fault::Internal { reference: String::new() }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::queued;
    use crate::server::testing::TestApp;

    #[tokio::test]
    async fn work_whose_client_has_gone_keeps_its_place_until_it_is_done() {
        let app = TestApp::sqlite().await;
        let free = || (app.state.hashing_queue.available_permits(), app.state.hashing.available_permits());
        let before = free();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let state = app.state.clone();
        let asked = tokio::spawn(async move {
            let work = move || {
                let _ = begun.send(());
                let _ = may_end.recv();
            };
            queued(&state, work).await
        });
        has_begun.await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(free(), (before.0 - 1, before.1 - 1));
        end.send(()).unwrap();
        for _ in 0..500 {
            if free() == before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the places were not given back: {:?} of {before:?}", free());
    }
}
