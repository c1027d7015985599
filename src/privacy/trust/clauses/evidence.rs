//! What is said of one clause.

/// How one clause is kept.
pub struct ClauseEvidence {
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

pub(super) const fn kept(id: &'static str, how: &'static str, tests: &'static [&'static str]) -> ClauseEvidence {
    ClauseEvidence { id, how, tests, see: &[], missing: "" }
}

impl ClauseEvidence {
    pub(super) const fn see(mut self, places: &'static [(&'static str, &'static str)]) -> Self {
        self.see = places;
        self
    }

    pub(super) const fn missing(mut self, what: &'static str) -> Self {
        self.missing = what;
        self
    }
}
