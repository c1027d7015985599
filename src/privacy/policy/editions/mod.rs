//! The texts that this program can publish, oldest first. An edition is a template: `{operator}` and its like are filled
//! when an operator publishes it in their own name.
//!
//! A clause id never changes its subject and is never given to another clause: code, tests, pages and links name it. An
//! edition that anybody has published is never edited again; the next one is a new file.

mod january_2026;
mod november_2026;

use super::model::{self, Document};

/// One text.
pub struct Edition {
    /// The day it was written, which also names it.
    pub date: &'static str,
    /// Whether going over to it changes what matters to people, so that it is announced 30 days ahead.
    pub material: bool,
    /// What is different from the edition before, in a few sentences.
    pub changes: &'static str,
    /// What stands before the first section.
    pub head: &'static [Clause],
    /// The thirteen sections.
    pub sections: &'static [Section],
    /// What stands below the last.
    pub foot: &'static [Clause],
}

/// One of the thirteen sections.
pub struct Section {
    /// Its number, which begins the ids of its clauses.
    pub number: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its clauses in order.
    pub clauses: &'static [Clause],
}

/// One promise.
pub struct Clause {
    /// Its address for ever.
    pub id: &'static str,
    /// What is promised.
    pub text: &'static str,
    /// The same in a few plain words; the text is what binds.
    pub plain: &'static str,
}

const fn clause(id: &'static str, text: &'static str, plain: &'static str) -> Clause {
    Clause { id, text, plain }
}

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

    /// Every clause in order.
    pub fn clauses(&self) -> impl Iterator<Item = &'static Clause> {
        self.head.iter().chain(self.sections.iter().flat_map(|section| section.clauses)).chain(self.foot)
    }

    /// The text as a document, with its variables still open.
    pub fn template(&self) -> Document {
        let of = |number: &str, title: &str, clauses: &[Clause]| model::Section {
            number: number.to_owned(),
            title: title.to_owned(),
            clauses: clauses.iter().map(|c| model::Clause { id: c.id.into(), text: c.text.into(), plain: c.plain.into() }).collect(),
        };
        let inner = self.sections.iter().map(|section| of(section.number, section.title, section.clauses));
        let sections = std::iter::once(of("0", "", self.head)).chain(inner).chain([of("14", "", self.foot)]);
        Document { edition: self.date.to_owned(), sections: sections.collect() }
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
