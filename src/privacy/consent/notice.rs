//! What is asked, word for word, and its versions.
//!
//! A receipt names the version of the notice (what was asked) and of its rendering (how it looked). Each rendering is
//! kept as HTML beside this file, and a test compares the kept one with what the banner makes today: neither words nor
//! buttons can change without a new version.

/// A version of the question.
pub struct Notice {
    /// Its number.
    pub version: u32,
    /// Whether whoever answered an older one is asked again. A new purpose or recipient is relevant, a comma is not.
    pub consent_relevant: bool,
}

/// Every version, oldest first.
pub const NOTICES: &[Notice] = &[Notice { version: 1, consent_relevant: true }];

/// The version in force.
pub const NOTICE_VERSION: u32 = 1;

/// The version of how the banner looks.
pub const UI_VERSION: u32 = 1;

/// The language of the notice.
pub const LANGUAGE: &str = "en";

/// What stands above the question.
pub const TITLE: &str = "May we keep something in your browser?";

/// The question: purposes, then who receives it. The operator's name goes between the two halves of the second.
pub const PURPOSES: &str = "With your permission we remember how you like things to look (preferences), and count which pages are opened and what is done there (analytics).";
/// The first half of the second sentence.
pub const RECIPIENT: &str = "Only ";
/// The second half.
pub const OTHERWISE: &str = " receives this, nobody else, and everything works without it.";

/// Whether an answer to this version must be asked for again.
pub fn is_stale(answered: u32, notices: &[Notice]) -> bool {
    notices.iter().any(|notice| notice.version > answered && notice.consent_relevant)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn notice(version: u32, consent_relevant: bool) -> Notice {
        Notice { version, consent_relevant }
    }

    #[test]
    fn cb_15_a_new_version_asks_again_only_if_it_is_flagged() {
        let comma = [notice(1, true), notice(2, false)];
        assert!(!is_stale(1, &comma) && !is_stale(2, &comma));
        let purpose = [notice(1, true), notice(2, false), notice(3, true)];
        assert!(is_stale(1, &purpose) && is_stale(2, &purpose) && !is_stale(3, &purpose));
    }

    #[test]
    fn the_version_in_force_is_the_newest() {
        assert_eq!(NOTICES.last().map(|notice| notice.version), Some(NOTICE_VERSION));
        assert!(NOTICES.windows(2).all(|pair| pair[0].version < pair[1].version));
    }
}
