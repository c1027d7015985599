//! How the tests went: the record that `scripts/test` leaves beside the binary, and whether it is about this build.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde::{Deserialize, Serialize};

/// Names the sources of this build; `build.rs` says how.
pub const SOURCE: &str = env!("CASETRAKR_SOURCE");

/// A run of the tests.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Record {
    /// The sources that were tested.
    pub source: String,
    /// The commit, as far as there was one.
    pub commit: String,
    /// When, in RFC 3339.
    pub at: String,
    /// Test by test: the whole name, and `ok`, `failed` or `ignored`.
    pub tests: BTreeMap<String, String>,
}

/// How one test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed, so many times: on both databases, on several screens.
    Passed(usize),
    /// At least one run failed.
    Failed,
    /// There is no record of it for this build.
    NotRun,
}

impl Record {
    /// The record of this build, read once.
    pub fn here() -> Option<&'static Self> {
        static RECORD: OnceLock<Option<Record>> = OnceLock::new();
        RECORD.get_or_init(|| places().iter().filter_map(|place| Self::read(place)).find(Self::is_of_this_build)).as_ref()
    }

    /// Whether exactly these sources were tested.
    pub fn is_of_this_build(&self) -> bool {
        self.source == SOURCE
    }

    fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }

    /// How a test of the register went.
    pub fn outcome(&self, test: &str) -> Outcome {
        let browser = test.strip_prefix("browser(").and_then(|rest| rest.strip_suffix(')'));
        let is_it = |name: &str| match browser {
            Some(title) => name.strip_prefix("browser: ").is_some_and(|rest| rest.ends_with(title)),
            None => name.split("::").any(|part| part == test),
        };
        let runs: Vec<&String> = self.tests.iter().filter(|(name, _)| is_it(name)).map(|(_, went)| went).collect();
        if runs.iter().any(|went| *went == "failed") {
            Outcome::Failed
        } else {
            match runs.iter().filter(|went| **went == "ok").count() {
                0 => Outcome::NotRun,
                passed => Outcome::Passed(passed),
            }
        }
    }
}

/// Beside the binary, or beside its folder, where the build has it.
fn places() -> Vec<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default();
    let above = beside.parent().map(Path::to_owned).unwrap_or_default();
    [beside, above].map(|folder| folder.join("test-results.json")).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_passed_when_every_run_of_it_did() {
        let run = |name: &str, went: &str| (name.to_owned(), went.to_owned());
        let tests = [
            run("a::tests::first::on_sqlite", "ok"),
            run("a::tests::first::on_postgres", "ok"),
            run("a::tests::second::on_sqlite", "ok"),
            run("a::tests::second::on_postgres", "failed"),
            run("a::tests::third", "ignored"),
            run("browser: desktop › looks.spec.ts › 404 and 403", "ok"),
        ];
        let record = Record { tests: tests.into_iter().collect(), ..Record::default() };
        assert_eq!(record.outcome("first"), Outcome::Passed(2));
        assert_eq!(record.outcome("second"), Outcome::Failed);
        assert_eq!(record.outcome("third"), Outcome::NotRun);
        assert_eq!(record.outcome("fir"), Outcome::NotRun);
        assert_eq!(record.outcome("browser(404 and 403)"), Outcome::Passed(1));
    }
}
