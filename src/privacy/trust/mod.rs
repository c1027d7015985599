//! What the policy promises, and whether it holds: for each clause what makes it hold, which tests show that, how they
//! went in this very build, and where an outsider can look.
//!
//! The register of clauses is code. A clause without an entry, an entry without a test, or a test that is not there fails
//! the build; `scripts/test clauses` fails where one of them did not pass. What is not built yet is said here and on the
//! page, not left out.

mod clauses;
mod controls;
mod feeds;
mod first_day;
mod page;
mod register;
mod results;
mod security;
mod subprocessors;

pub use page::TrustPage;
pub use register::keep;
pub use security::SecurityPage;
pub use subprocessors::SubprocessorsPage;

pub(super) use feeds::routes;

#[cfg(test)]
pub(in crate::privacy) mod tests;
