//! What was changed to read a file: its rows came in, and whoever imports should look at these cells.

use serde::{Deserialize, Serialize};

use super::report::{NAMED, Part};
use crate::count::{counted, grouped};

/// The first notes, and how many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// What is said of the file as a whole; empty for nothing.
    pub file: String,
    /// How many cells were noted.
    pub count: i64,
    /// The first of them.
    pub first: Vec<Note>,
}

/// What was changed in one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The line of its row.
    pub line: u64,
    /// Its column.
    pub column: String,
    /// A sentence.
    pub text: String,
}

impl Notes {
    /// Adds one.
    pub fn add(&mut self, line: u64, column: String, text: String) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(Note { line, column, text });
        }
    }

    /// The parts of the report that they are.
    pub fn parts(&self) -> Vec<Part> {
        let part = |heading: String, text: &str, flag: &'static str, lines: Vec<String>, more: i64| Part {
            heading,
            text: text.into(),
            flag,
            lines,
            more,
            asks: false,
            before: false,
        };
        let number = |line: u64| grouped(i64::try_from(line).unwrap_or(i64::MAX));
        let line = |note: &Note| format!("line {}, {}: {}", number(note.line), note.column, note.text);
        let mut parts = Vec::new();
        if !self.file.is_empty() {
            let cure = "If that is wrong, say on which line they are.";
            parts.push(part(self.file.clone(), cure, "--heading-line NUMBER", Vec::new(), 0));
        }
        if self.count > 0 {
            let more = self.count - i64::try_from(self.first.len()).unwrap_or(i64::MAX);
            let heading = counted(self.count, "cell was changed to be read", "cells were changed to be read");
            parts.push(part(
                heading,
                "The rows come in. Look at these cells in their cases.",
                "",
                self.first.iter().map(line).collect(),
                more,
            ));
        }
        parts
    }
}
