//! Numbers of events, written as people write them: `3-9, 12`.

use std::{collections::BTreeMap, fmt};

/// A set of numbers. It takes little room where they follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers(BTreeMap<i64, i64>);

impl Numbers {
    /// These.
    pub(super) fn of(numbers: Vec<i64>) -> Self {
        let mut all = Self::default();
        all.extend(Self(numbers.into_iter().map(|number| (number, number)).collect()));
        all
    }

    /// One more, which is greater than all before.
    pub(super) fn add(&mut self, number: i64) {
        match self.0.last_entry() {
            Some(mut last) if *last.get() + 1 == number => {
                last.insert(number);
            }
            Some(_) | None => {
                self.0.insert(number, number);
            }
        }
    }

    /// Those of another set as well.
    pub(super) fn extend(&mut self, other: Self) {
        let mut ranges: Vec<(i64, i64)> = std::mem::take(&mut self.0).into_iter().chain(other.0).collect();
        ranges.sort_unstable();
        for (from, to) in ranges {
            match self.0.last_entry() {
                Some(mut last) if *last.get() + 1 >= from => {
                    let end = to.max(*last.get());
                    last.insert(end);
                }
                Some(_) | None => {
                    self.0.insert(from, to);
                }
            }
        }
    }

    pub(super) fn contains(&self, number: i64) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, to)| *to >= number)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Read again; what is no number is left out.
    pub(super) fn parse(text: &str) -> Self {
        let one = |range: &str| {
            let (from, to) = range.trim().split_once('-').unwrap_or((range.trim(), range.trim()));
            Some((from.parse().ok()?, to.parse().ok()?))
        };
        Self(text.split(',').filter_map(one).collect())
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, (from, to)) in self.0.iter().enumerate() {
            f.write_str(if nth == 0 { "" } else { ", " })?;
            if from == to { write!(f, "{from}")? } else { write!(f, "{from}-{to}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let numbers = Numbers::of(vec![12, 3, 4, 5, 4, 20, 21]);
        assert_eq!(numbers.to_string(), "3-5, 12, 20-21");
        assert_eq!(Numbers::parse("3-5, 12, 20-21"), numbers);
        assert_eq!(Numbers::parse(""), Numbers::default());
        let has = |number| numbers.contains(number);
        assert!(has(3) && has(4) && has(12) && has(21) && !has(2) && !has(6) && !has(22));
        let mut both = Numbers::parse("1-100");
        both.extend(Numbers::parse("5-6, 200"));
        assert!(both.contains(50) && both.contains(200) && !both.contains(150));
    }
}
