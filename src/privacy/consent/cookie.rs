//! The choice as a signed cookie: `v1.<notice>.<preferences><analytics>.<seconds>.<receipt>.<owner>.<signature>`.
//!
//! The signature is an HMAC with a key derived from the instance's, so neither script nor person can forge a receipt.
//! The owner is nothing, or a keyed short hash of the account that chose: when somebody else signs in on the same
//! browser, the yes of the one before is not theirs.

use uuid::Uuid;

use super::{
    model::{CHOICE_DAYS, Choice},
    notice::{NOTICES, is_stale},
};
use crate::{
    clock::Instant,
    server::secret::{Key, hex, sha256},
};

/// A choice as this browser holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What was chosen.
    pub choice: Choice,
    /// Which notice was answered.
    pub notice: u32,
    /// When, to the second.
    pub at: Instant,
    /// The receipt.
    pub receipt: Uuid,
    /// The account that chose; empty for a visitor.
    pub owner: String,
}

impl Held {
    /// Whether it still answers what would be asked now.
    pub fn holds(&self, now: Instant) -> bool {
        now < self.at.plus_seconds(CHOICE_DAYS * 86_400) && !is_stale(self.notice, NOTICES)
    }

    /// As a cookie value.
    pub fn sealed(&self, key: &Key) -> String {
        let bit = |on| if on { '1' } else { '0' };
        let text = format!(
            "v1.{}.{}{}.{}.{}.{}",
            self.notice,
            bit(self.choice.preferences),
            bit(self.choice.analytics),
            self.at.0 / 1_000_000,
            self.receipt.simple(),
            if self.owner.is_empty() { "0" } else { &self.owner },
        );
        format!("{text}.{}", signature(key, &text))
    }

    /// From a cookie value; nothing where a single byte is not ours.
    pub fn open(key: &Key, value: &str) -> Option<Self> {
        let (text, signed) = value.rsplit_once('.')?;
        // Compared as hashes, so that the time it takes says nothing.
        if value.len() > 200 || sha256(&[signed.as_bytes()]) != sha256(&[signature(key, text).as_bytes()]) {
            return None;
        }
        let mut parts = text.split('.');
        let (version, notice, bits, seconds) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (receipt, owner) = (parts.next()?, parts.next()?);
        let choice = match bits {
            "00" => Choice::NOTHING,
            "10" => Choice { preferences: true, analytics: false },
            "01" => Choice { preferences: false, analytics: true },
            "11" => Choice::EVERYTHING,
            _ => return None,
        };
        (version == "v1").then_some(())?;
        Some(Self {
            choice,
            notice: notice.parse().ok()?,
            at: Instant(seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?),
            receipt: receipt.parse().ok()?,
            owner: if owner == "0" { String::new() } else { owner.to_owned() },
        })
    }
}

/// The keyed short hash of an account.
pub fn owner(key: &Key, user: Uuid) -> String {
    hex(&key.derive("consent-owner").sign(user.as_bytes())[..8])
}

fn signature(key: &Key, text: &str) -> String {
    hex(&key.derive("consent-cookie").sign(text.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cb_11_a_cookie_with_one_byte_changed_is_no_cookie() {
        let key = Key::random();
        let held = Held {
            choice: Choice { preferences: true, analytics: false },
            notice: 1,
            at: Instant(1_790_000_000_000_000),
            receipt: Uuid::now_v7(),
            owner: owner(&key, Uuid::now_v7()),
        };
        let value = held.sealed(&key);
        assert!(value.len() <= 200, "{}", value.len());
        assert_eq!(Held::open(&key, &value), Some(held));
        assert_eq!(Held::open(&Key::random(), &value), None);
        for at in 0..value.len() {
            for other in [b'0', b'1', b'.', b'A', b'~'] {
                let mut changed = value.clone().into_bytes();
                if changed[at] != other {
                    changed[at] = other;
                    assert_eq!(Held::open(&key, &String::from_utf8(changed).unwrap()), None, "byte {at}");
                }
            }
            assert_eq!(Held::open(&key, &value[..at]), None, "cut at {at}");
        }
    }
}
