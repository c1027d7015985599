//! How a file is matched, as a file of its own: saved from the page of an import or by the command line, and used again in
//! either.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    answers::Answers,
    model::{Existing, Mapping, Target, Trust},
    states,
};
use crate::cases::CaseType;

/// The version of this format.
const VERSION: u32 = 1;
/// A file with more than that is none of ours.
pub(super) const LARGEST: usize = 262_144;

/// See the module. Columns stand under their headings, words for states under themselves.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    casetrakr_mapping: u32,
    #[serde(rename = "type")]
    case_type: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    existing: Existing,
    #[serde(default)]
    without_id: bool,
    columns: BTreeMap<String, String>,
    #[serde(default)]
    states: BTreeMap<String, String>,
    #[serde(default)]
    written: Answers,
}

impl MappingFile {
    /// A mapping as a file. Words whose meaning nobody has told yet are there to be filled in.
    pub fn of(mapping: &Mapping, case_type: &CaseType, header: &[String], unknown: impl Iterator<Item = String>) -> Self {
        let columns = header.iter().cloned().zip(mapping.columns.iter().cloned()).collect();
        let mut states = mapping.states.clone();
        for word in unknown {
            states.entry(states::folded(&word)).or_default();
        }
        Self {
            casetrakr_mapping: VERSION,
            case_type: case_type.key.clone(),
            source: mapping.source.clone(),
            existing: mapping.existing,
            without_id: mapping.without_id,
            columns,
            states,
            written: mapping.answers,
        }
    }

    /// As text, to be read and changed by people.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Such a file.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn read(text: &str) -> Result<Self, String> {
        let unreadable = |error: serde_json::Error| match error.classify() {
            serde_json::error::Category::Data => format!("This file of saved answers cannot be used: {error}."),
            _ => "This is no file of saved answers. Choose one that was downloaded from an import.".to_owned(),
        };
        let file: Self = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(unreadable)?;
        if file.casetrakr_mapping != VERSION {
            return Err(format!("This file is of version {}, which is not known here. Save the answers anew.", file.casetrakr_mapping));
        }
        Ok(file)
    }

    /// The type that it names.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn case_type<'a>(&self, types: &'a [CaseType]) -> Result<&'a CaseType, String> {
        let names = || types.iter().map(|t| t.key.as_str()).collect::<Vec<_>>().join(", ");
        types
            .iter()
            .find(|t| t.key == self.case_type)
            .ok_or_else(|| format!("The answers are for the case type {}, which is not here. There are: {}.", self.case_type, names()))
    }

    /// What it makes of a file with these headings.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn mapping(&self, case_type: &CaseType, all: &[CaseType], header: &[String]) -> Result<Mapping, String> {
        let types = types(case_type, all, self.columns.values());
        let mut columns = vec![Target::Skip.key(); header.len()];
        for (heading, key) in &self.columns {
            let target = target(key, &types)?;
            match header.iter().position(|known| known == heading).and_then(|at| columns.get_mut(at)) {
                Some(column) => *column = target.key(),
                None if target == Target::Skip => {}
                None => return Err(no_column(heading, header)),
            }
        }
        let mut states = BTreeMap::new();
        for (word, said) in self.states.iter().filter(|(_, said)| !said.trim().is_empty()) {
            let all = || types.iter().flat_map(|t| &t.states);
            let named = all().find(|state| state.key == *said || states::folded(&state.name) == states::folded(said));
            let names = || all().map(|state| state.key.as_str()).collect::<Vec<_>>().join(", ");
            let state = named.ok_or_else(|| format!("\u{201c}{said}\u{201d} is no state. Write one of: {}.", names()))?;
            states.insert(states::folded(word), state.key.clone());
        }
        Ok(Mapping {
            case_type: Some(case_type.id),
            columns,
            source: self.source.trim().to_owned(),
            trust: if self.source.trim().is_empty() { Trust::Guessed } else { Trust::Named },
            existing: self.existing,
            without_id: self.without_id,
            states,
            answers: self.written,
        })
    }
}

/// The types whose fields and states a file may name: that of its cases, and the others where a column says it for each row.
pub(super) fn types<'a>(case_type: &'a CaseType, all: &'a [CaseType], columns: impl IntoIterator<Item: AsRef<str>>) -> Vec<&'a CaseType> {
    let several = columns.into_iter().any(|key| Target::parse(key.as_ref().trim()) == Target::Type);
    let others = all.iter().filter(|other| several && other.id != case_type.id);
    std::iter::once(case_type).chain(others).collect()
}

/// The target of a key that people wrote.
///
/// # Errors
/// A sentence that says what to do.
pub(super) fn target(key: &str, types: &[&CaseType]) -> Result<Target, String> {
    let target = Target::parse(key.trim());
    let known = match &target {
        Target::Skip => key.trim() == "skip",
        Target::Field(field) => types.iter().any(|t| t.field(field).is_some()),
        _ => true,
    };
    if known {
        return Ok(target);
    }
    let fixed = Target::FIXED.iter().map(Target::key);
    let own = types.iter().flat_map(|t| &t.fields).map(|field| Target::Field(field.key.clone()).key());
    let mut all: Vec<String> = fixed.collect();
    own.for_each(|key| {
        if !all.contains(&key) {
            all.push(key)
        }
    });
    Err(format!("A column cannot become \u{201c}{key}\u{201d}. Write one of: {}.", all.join(", ")))
}

/// That there is no such column.
pub(super) fn no_column(heading: &str, header: &[String]) -> String {
    format!("The file has no column \u{201c}{heading}\u{201d}. It has: {}.", header.join(", "))
}
