//! Hashing and judging passwords, off the async threads and behind queues that shed load. Whoever asks is named by their
//! network, which gets no more than its share.

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
pub(super) async fn hash(state: &State, who: &str, password: &str) -> Answer<String> {
    let hasher = Hasher::of(state)?;
    let password = normalised(password);
    state.hashing.run(who, move || hasher.hash(&password)).await?
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
pub(super) async fn check(state: &State, who: &str, password: &str, stored: Option<String>) -> Answer<Checked> {
    let hasher = Hasher::of(state)?;
    let password = normalised(password);
    let compare = move || {
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
    };
    state.hashing.run(who, compare).await?
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

/// What is wrong with a new password at a glance: its length, and names that everybody here knows.
///
/// # Errors
/// The sentence for the field.
pub(super) fn look_at(password: &str, words: &[impl AsRef<str>]) -> Result<(), String> {
    super::model::check_password_length(password)?;
    let folded = normalised(password).to_lowercase();
    for word in words.iter().map(AsRef::as_ref).chain(["casetrakr", "case trakr"]) {
        let word = word.trim().to_lowercase();
        // Shorter ones, such as "ART", are in many words by chance ("heart"): nobody would see why a good password was refused.
        if word.chars().count() >= 4 && folded.contains(&word) {
            return Err("Leave out the name of the product, of your organisation and your own.".into());
        }
    }
    Ok(())
}

/// Refuses a new password that guessers try early. It costs too much to be asked for before everything else is right.
///
/// # Errors
/// A complaint about the field `password`; [`Fault::Unavailable`] when too many wait already.
pub(super) async fn judge(state: &State, who: &str, password: &str, words: &[impl AsRef<str>]) -> Answer<()> {
    let complain = |message: String| Fault::field("password", message);
    look_at(password, words).map_err(complain)?;
    let (password, words) = (normalised(password), words.iter().map(|w| w.as_ref().to_owned()).collect::<Vec<_>>());
    let is_strong = move || {
        // The estimate looks at the first 72 characters: more of it is cost without insight.
        let head: String = password.chars().take(72).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        zxcvbn::zxcvbn(&head, &words).score() >= zxcvbn::Score::Three
    };
    if state.judging.run(who, is_strong).await? {
        Ok(())
    } else {
        Err(complain("This is among the passwords that are guessed first. Use a few words that do not belong together.".into()))
    }
}

/// `pässwort` typed on two keyboards is one password.
fn normalised(password: &str) -> String {
    password.nfc().collect()
}

fn broken() -> Fault {
    Fault::Internal { reference: String::new() }
}
