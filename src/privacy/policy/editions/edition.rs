//! What an edition consists of.

use crate::privacy::policy::model::{self, Document};

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

pub(super) const fn clause(id: &'static str, text: &'static str, plain: &'static str) -> Clause {
    Clause { id, text, plain }
}

impl Edition {
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
