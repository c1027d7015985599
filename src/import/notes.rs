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
    /// The line of its row, the first of them.
    pub line: u64,
    /// The next lines on which it is the very same, up to four of them.
    #[serde(default)]
    pub others: Vec<u64>,
    /// How many of those there are.
    #[serde(default)]
    pub more: i64,
    /// Its column.
    pub column: String,
    /// A sentence.
    pub text: String,
}

impl Notes {
    /// Adds one.
    pub fn add(&mut self, line: u64, column: String, text: String) {
        self.count += 1;
        if let Some(same) = self.first.iter_mut().find(|note| note.column == column && note.text == text) {
            same.more += 1;
            if same.others.len() < 4 {
                same.others.push(line);
            }
        } else if self.first.len() < NAMED {
            self.first.push(Note { line, others: Vec::new(), more: 0, column, text });
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
        let line = |note: &Note| {
            let first = std::iter::once(&note.line).chain(&note.others).map(|line| number(*line)).collect::<Vec<_>>().join(", ");
            let beyond = note.more - i64::try_from(note.others.len()).unwrap_or(i64::MAX);
            let more = if beyond > 0 { format!(" and {} more", grouped(beyond)) } else { String::new() };
            let word = if note.more > 0 { "lines" } else { "line" };
            format!("{word} {first}{more}, {}: {}", note.column, note.text)
        };
        let mut parts = Vec::new();
        if !self.file.is_empty() {
            let cure = "If that is wrong, say on which line they are.";
            parts.push(part(self.file.clone(), cure, "--heading-line NUMBER", Vec::new(), 0));
        }
        if self.count > 0 {
            let more = self.count - self.first.iter().map(|note| note.more + 1).sum::<i64>();
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
