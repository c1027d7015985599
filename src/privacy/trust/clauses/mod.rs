//! The register: every clause of the policy, what makes it hold, and what proves it.

mod evidence;
mod promises;
mod rights;

pub use evidence::ClauseEvidence;

/// Every entry, in the order of the policy.
pub fn all() -> impl Iterator<Item = &'static ClauseEvidence> {
    promises::KEPT.iter().chain(rights::KEPT)
}
