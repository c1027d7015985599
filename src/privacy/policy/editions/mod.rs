//! The texts that this program can publish, oldest first. An edition is a template: `{operator}` and its like are filled
//! when an operator publishes it in their own name.
//!
//! A clause id never changes its subject and is never given to another clause: code, tests, pages and links name it. An
//! edition that anybody has published is never edited again; the next one is a new file.

mod edition;
mod january_2026;
mod november_2026;

pub use edition::{Clause, Edition, Section};

/// Every edition, oldest first.
pub const EDITIONS: [&Edition; 2] = [&january_2026::EDITION, &november_2026::EDITION];

impl Edition {
    /// The newest.
    pub const fn newest() -> &'static Self {
        EDITIONS[EDITIONS.len() - 1]
    }

    /// The one of that day.
    pub fn of(date: &str) -> Option<&'static Self> {
        EDITIONS.into_iter().find(|edition| edition.date == date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The clauses as the user of this project gave them to us, and the rights that the second edition adds.
    const GIVEN: &str = "0.1 0.2 1.1a 1.1b 1.1c 1.1d 1.2a 1.2b 1.2c 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 3.1 3.2 3.3 4.1 4.2 4.3 4.4 \
         5.1 5.2 5.3 5.4 6.1 7.1 7.2 8.1 8.2 8.3 8.4 8.5 8.6 8.7 9.1 9.2 9.3 9.4 10.1 11.1 12.1 13.1 14.1";
    const ADDED: &str = "8.8 8.9 8.10 8.11";

    #[test]
    fn every_edition_has_thirteen_sections_and_every_clause_that_was_given() {
        for edition in EDITIONS {
            assert_eq!(edition.sections.len(), 13, "{}", edition.date);
            let ids: Vec<&str> = edition.clauses().map(|clause| clause.id).collect();
            for given in GIVEN.split_whitespace() {
                assert_eq!(ids.iter().filter(|id| **id == given).count(), 1, "{given} in {}", edition.date);
            }
            let added: Vec<&str> = ids.into_iter().filter(|id| !GIVEN.split_whitespace().any(|given| given == *id)).collect();
            let expected: Vec<&str> = if edition.date == "2026-01-19" { Vec::new() } else { ADDED.split_whitespace().collect() };
            assert_eq!(added, expected, "{}", edition.date);
        }
    }

    #[test]
    fn clauses_stand_under_their_own_number_end_as_sentences_and_say_it_plainly() {
        for edition in EDITIONS {
            for (index, section) in edition.sections.iter().enumerate() {
                assert_eq!(section.number, (index + 1).to_string());
                for clause in section.clauses {
                    assert!(clause.id.strip_prefix(section.number).is_some_and(|rest| rest.starts_with('.')), "{}", clause.id);
                }
            }
            for clause in edition.clauses() {
                assert!(clause.text.ends_with('.'), "{}: {}", edition.date, clause.id);
                let plain = edition.date == "2026-01-19" || (clause.plain.ends_with('.') && clause.plain.len() < clause.text.len());
                assert!(plain, "{}: {} has no plain summary shorter than itself", edition.date, clause.id);
            }
        }
    }
}
