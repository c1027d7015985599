//! What changed between two versions, clause by clause and word by word.

use similar::{ChangeTag, TextDiff};

use super::model::{Clause, Document};

/// What happened to a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its words are others.
    Changed,
}

/// What happened to a run of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In both.
    Kept,
    /// In the older only.
    Removed,
    /// In the newer only.
    Added,
}

/// A clause that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// The heading under which it stands.
    pub section: String,
    /// What happened to it.
    pub kind: Kind,
    /// Its words, older and newer together.
    pub words: Vec<(Mark, String)>,
}

/// Every clause that differs, in the order in which they stand; and how many stayed as they were.
pub fn changes(older: &Document, newer: &Document) -> (Vec<Change>, usize) {
    let mut all = Vec::new();
    let mut same = 0;
    for (section, clause) in ordered(older, newer) {
        let (before, after) = (find(older, &clause.id), find(newer, &clause.id));
        let kind = match (before, after) {
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
            (Some(before), Some(after)) if before.text == after.text => {
                same += 1;
                continue;
            }
            (Some(_), Some(_)) => Kind::Changed,
        };
        let text = |clause: Option<&Clause>| clause.map(|c| c.text.clone()).unwrap_or_default();
        all.push(Change { id: clause.id.clone(), section, kind, words: words(&text(before), &text(after)) });
    }
    (all, same)
}

/// The clauses of both: those of the newer in its order, and those that are gone behind the others of their section.
fn ordered<'a>(older: &'a Document, newer: &'a Document) -> Vec<(String, &'a Clause)> {
    let mut all = Vec::new();
    for section in &newer.sections {
        let gone = older.sections.iter().filter(|old| old.number == section.number).flat_map(|old| &old.clauses);
        let gone = gone.filter(|clause| find(newer, &clause.id).is_none());
        all.extend(section.clauses.iter().chain(gone).map(|clause| (section.title.clone(), clause)));
    }
    let dropped = older.sections.iter().filter(|old| !newer.sections.iter().any(|section| section.number == old.number));
    all.extend(dropped.flat_map(|old| old.clauses.iter().map(|clause| (old.title.clone(), clause))));
    all
}

fn find<'a>(document: &'a Document, id: &str) -> Option<&'a Clause> {
    document.clauses().find(|clause| clause.id == id)
}

/// Below this share in common, spaces counted, a clause was written anew, and marks between its words would only confuse.
const ALIKE: f32 = 0.7;

fn words(older: &str, newer: &str) -> Vec<(Mark, String)> {
    let diff = TextDiff::from_words(older, newer);
    let mut runs = Runs::default();
    if diff.ratio() < ALIKE {
        runs.gone.push_str(older);
        runs.come.push_str(newer);
    } else {
        diff.iter_all_changes().for_each(|change| runs.take(change.tag(), change.value()));
    }
    runs.done()
}

/// Words that changed side by side are shown as one change, and not each by itself.
#[derive(Default)]
struct Runs {
    done: Vec<(Mark, String)>,
    gone: String,
    come: String,
    gap: String,
}

impl Runs {
    fn take(&mut self, tag: ChangeTag, text: &str) {
        let changing = !self.gone.is_empty() || !self.come.is_empty();
        match tag {
            ChangeTag::Equal if changing && text.trim().is_empty() => self.gap.push_str(text),
            ChangeTag::Equal => {
                self.end();
                self.push(Mark::Kept, text.to_owned());
            }
            ChangeTag::Delete | ChangeTag::Insert => {
                let gap = std::mem::take(&mut self.gap);
                self.gone.push_str(&gap);
                self.come.push_str(&gap);
                let side = if tag == ChangeTag::Delete { &mut self.gone } else { &mut self.come };
                side.push_str(text);
            }
        }
    }

    fn end(&mut self) {
        for (mark, text) in [
            (Mark::Removed, std::mem::take(&mut self.gone)),
            (Mark::Added, std::mem::take(&mut self.come)),
            (Mark::Kept, std::mem::take(&mut self.gap)),
        ] {
            self.push(mark, text);
        }
    }

    fn push(&mut self, mark: Mark, text: String) {
        match self.done.last_mut() {
            _ if text.is_empty() => {}
            Some((last, run)) if *last == mark => run.push_str(&text),
            _ => self.done.push((mark, text)),
        }
    }

    fn done(mut self) -> Vec<(Mark, String)> {
        self.end();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::privacy::policy::editions::EDITIONS;

    fn side(words: &[(Mark, String)], left_out: Mark) -> String {
        words.iter().filter(|(mark, _)| *mark != left_out).map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn the_two_editions_differ_where_the_corrections_are() {
        let (older, newer) = (EDITIONS[0].template(), EDITIONS[1].template());
        let (all, same) = changes(&older, &newer);
        let kind = |id: &str| all.iter().find(|change| change.id == id).map(|change| change.kind);
        for corrected in ["0.1", "0.2", "1.2b", "3.2", "7.1", "9.3", "11.1", "12.1"] {
            assert_eq!(kind(corrected), Some(Kind::Changed), "{corrected}");
        }
        for added in ["8.8", "8.9", "8.10", "8.11"] {
            assert_eq!(kind(added), Some(Kind::Added), "{added}");
        }
        assert_eq!(all.len() + same, newer.clauses().count());
        // Seen from the other side, what was added is gone.
        let (back, _) = changes(&newer, &older);
        assert_eq!(back.iter().filter(|change| change.kind == Kind::Removed).count(), 4);
        assert!(back.iter().position(|change| change.id == "8.8") > back.iter().position(|change| change.id == "8.1"));
    }

    #[test]
    fn words_that_changed_side_by_side_are_one_change() {
        let runs = words("We keep your data for a year only.", "We keep all personal data for a year only.");
        let runs: Vec<(Mark, &str)> = runs.iter().map(|(mark, text)| (*mark, text.trim())).collect();
        let expected =
            [(Mark::Kept, "We keep"), (Mark::Removed, "your"), (Mark::Added, "all personal"), (Mark::Kept, "data for a year only.")];
        assert_eq!(runs, expected);
        let anew = words("By using it you agree.", "Reading is not agreeing at all.");
        assert_eq!(anew.iter().map(|(mark, _)| *mark).collect::<Vec<_>>(), [Mark::Removed, Mark::Added]);
    }

    proptest! {
        #[test]
        fn the_marks_give_both_texts_back(older in "[a-d .]{0,40}", newer in "[a-d .]{0,40}") {
            let words = words(&older, &newer);
            prop_assert_eq!(side(&words, Mark::Added), older);
            prop_assert_eq!(side(&words, Mark::Removed), newer);
        }
    }
}
