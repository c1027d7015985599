//! The register: every clause of the policy, what makes it hold, and what proves it.

mod promises;
mod rights;

/// How one clause is kept.
pub struct Kept {
    /// The clause.
    pub id: &'static str,
    /// What makes it hold, in a sentence or two.
    pub how: &'static str,
    /// The tests that prove it: names of test functions. A name within `browser(…)` is the title of a test that a real
    /// browser runs.
    pub tests: &'static [&'static str],
    /// Where an outsider can look: what it is called, and its address.
    pub see: &'static [(&'static str, &'static str)],
    /// What is not built yet; empty where nothing is missing.
    pub missing: &'static str,
}

const fn kept(id: &'static str, how: &'static str, tests: &'static [&'static str]) -> Kept {
    Kept { id, how, tests, see: &[], missing: "" }
}

impl Kept {
    const fn see(mut self, places: &'static [(&'static str, &'static str)]) -> Self {
        self.see = places;
        self
    }

    const fn missing(mut self, what: &'static str) -> Self {
        self.missing = what;
        self
    }
}

/// Every entry, in the order of the policy.
pub fn all() -> impl Iterator<Item = &'static Kept> {
    promises::KEPT.iter().chain(rights::KEPT)
}
