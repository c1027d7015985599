//! What came of an import, in numbers and in sentences; trying out fills it the same way. The page and the command line
//! say the same.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::notes::Notes;
use crate::count::{counted, grouped};

/// What is named one by one.
pub const NAMED: usize = 20;

/// What came of an import so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Cases in the file, as far as rows have a case id.
    pub cases: i64,
    /// Cases gone through.
    pub cases_done: i64,
    /// Cases made.
    pub created: i64,
    /// Cases that were here and got new entries, or whose facts were brought up to date.
    pub updated: i64,
    /// Cases that were here and of which the file says nothing new.
    pub unchanged: i64,
    /// Cases that were here and of which the file says something else, of which nothing was taken over.
    pub differing: i64,
    /// Entries made.
    pub entries: i64,
    /// Rows left out.
    pub rejected: i64,
    /// Cases that came in without a member whom the file names on them, because that member's data is restricted.
    pub unassigned: i64,
    /// The ids of the first of them, as the file has them.
    pub unassigned_ids: Vec<String>,
    /// New cases that only the people named on them see.
    pub restricted: i64,
    /// Milliseconds of work.
    pub millis: i64,
    /// How many of the cases are open, waiting and closed.
    pub kinds: BTreeMap<String, i64>,
    /// How many came by which channel.
    pub channels: BTreeMap<String, i64>,
    /// Why it failed, as a sentence.
    pub failure: Option<String>,
    /// The name of the system that the ids are from.
    pub source: String,
    /// Columns that become nothing, although something stands in them.
    pub unmapped: Vec<String>,
    /// Words for states that mean nothing here yet, and in how many rows they stand.
    pub words: BTreeMap<String, i64>,
    /// Other sources that know ids of new cases, and how many.
    pub elsewhere: BTreeMap<String, i64>,
    /// What was changed to read the file.
    pub notes: Notes,
    /// What somebody should look at.
    pub remarks: BTreeMap<Topic, Remarks>,
}

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// An id of the source is already that of a case that seems to be another one.
    OtherCase,
    /// A fact differs, and what is here stays.
    Differs,
    /// An entry reads differently, and what is here stays.
    EntryDiffers,
    /// A fact was brought up to date.
    Taken,
    /// The rows of one case say different things.
    ByRow,
    /// A state that means closed, without the day.
    ClosedWithoutDate,
    /// A day of closing, and a state that is not closed.
    DateWithoutClosed,
    /// An outcome of a case that is not closed.
    OutcomeWithoutClosed,
    /// A case that is opened after it was closed.
    OpenedAfterClosed,
    /// No date of opening.
    OpenedNotSaid,
    /// Entries of which nobody says when they happened.
    EntriesWithoutTime,
    /// No title.
    WithoutTitle,
}

/// The remarks about one topic: how many, and the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// How many there are.
    pub count: i64,
    /// The first.
    pub first: Vec<Remark>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The case's id in the file, or its number.
    pub case: String,
    /// Which fact.
    pub field: String,
    /// What is here, or was taken.
    pub here: String,
    /// What the file says.
    pub file: String,
}

impl Topic {
    /// How many of what, and what is done about it.
    pub fn heading(self, count: i64) -> String {
        let cases = || counted(count, "case", "cases");
        match self {
            Self::OtherCase => {
                format!("{} of other cases; their rows are left out", counted(count, "case id seems to be", "case ids seem to be"))
            }
            Self::Differs => format!("{} as here", counted(count, "fact differs and stays", "facts differ and stay")),
            Self::EntryDiffers => {
                format!("{} as here", counted(count, "entry reads differently and stays", "entries read differently and stay"))
            }
            Self::Taken => format!("Brought up to date: {}", counted(count, "fact", "facts")),
            Self::ByRow => format!("{} between the rows of one case; the first counts", counted(count, "value differs", "values differ")),
            Self::ClosedWithoutDate => format!("{}: closed, but without a date", cases()),
            Self::DateWithoutClosed => format!("{}: a closing date, but the state is not closed", cases()),
            Self::OutcomeWithoutClosed => format!("{}: an outcome, but not closed", cases()),
            Self::OpenedAfterClosed => format!("{}: opened after the closing date", cases()),
            Self::OpenedNotSaid => format!("{}: no opening date", cases()),
            Self::EntriesWithoutTime => format!("{}: entries without a time", cases()),
            Self::WithoutTitle => format!("{}: no title", cases()),
        }
    }

    /// How many are told one by one: where a line names nothing but the case, a few are enough to find them.
    const fn shown(self) -> usize {
        match self {
            Self::EntriesWithoutTime | Self::WithoutTitle => 3,
            Self::OtherCase | Self::Differs | Self::EntryDiffers | Self::Taken | Self::ByRow => NAMED,
            Self::ClosedWithoutDate | Self::DateWithoutClosed | Self::OutcomeWithoutClosed => NAMED,
            Self::OpenedAfterClosed | Self::OpenedNotSaid => NAMED,
        }
    }

    /// What to do.
    pub const fn cure(self) -> &'static str {
        match self {
            Self::OtherCase => {
                "If the file comes from another system, give that system a name of its own as the source. If these are the same cases, confirm it when you match the columns."
            }
            Self::Differs => {
                "What people changed here is never overwritten, nor anything where cases that are here are to stay as they are. Change it on the case where the file is right."
            }
            Self::EntryDiffers => "Edit the entry in its case where the file is right.",
            Self::Taken => "Nobody had changed these here since the last import. Each is in the history of its case.",
            Self::ByRow => "Correct the file where another value is right, or let the column become part of what happened.",
            Self::ClosedWithoutDate => {
                "The day of the last thing that is known of the case stands for it. Fill in the closing date to have the right one."
            }
            Self::DateWithoutClosed => {
                "The state counts; the date is kept as a line in the timeline. Empty the date, or use a state that means closed."
            }
            Self::OutcomeWithoutClosed => {
                "The outcome is kept as a line in the timeline. Add a closing date, or a state that means closed."
            }
            Self::OpenedAfterClosed => {
                "Both dates are kept as the file has them. Correct the one that is wrong, and import the file again."
            }
            Self::OpenedNotSaid => {
                "The first day that is known of the case stands for it, or else the day of the import. Match a column to Opened if the file has one."
            }
            Self::EntriesWithoutTime => {
                "They stand in the timeline where the case begins. Match a column to \u{201c}When it happened\u{201d} if the file has one."
            }
            Self::WithoutTitle => {
                "The id stands for it, or else the beginning of the first entry. Match a column to Title if the file has one."
            }
        }
    }
}

/// A part of the report: a heading, what to do, and the first lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is about.
    pub heading: String,
    /// What to do.
    pub text: String,
    /// How that is done on the command line, where it is.
    pub flag: &'static str,
    /// One by one.
    pub lines: Vec<String>,
    /// How many more there are.
    pub more: i64,
    /// Whether it asks for something, rather than telling.
    pub asks: bool,
    /// Whether that can be done only before the import.
    pub before: bool,
}

impl Report {
    /// What a trial that failed leaves: what it read, and nothing of what it had counted on bringing in.
    pub fn only_read(self) -> Self {
        Self {
            cases: self.cases,
            unchanged: self.unchanged,
            rejected: self.rejected,
            millis: self.millis,
            source: self.source,
            unmapped: self.unmapped,
            words: self.words,
            ..Self::default()
        }
    }

    /// Notes a case that came in without a member whom the file names on it.
    pub fn came_without(&mut self, id: String) {
        self.unassigned += 1;
        if self.unassigned_ids.len() < NAMED {
            self.unassigned_ids.push(id);
        }
    }

    /// Notes a remark.
    pub fn remark(&mut self, topic: Topic, remark: Remark) {
        let remarks = self.remarks.entry(topic).or_default();
        remarks.count += 1;
        if remarks.first.len() < NAMED {
            remarks.first.push(remark);
        }
    }

    /// How many remarks there are about a topic.
    pub fn count_of(&self, topic: Topic) -> i64 {
        self.remarks.get(&topic).map_or(0, |remarks| remarks.count)
    }

    /// What is said of cases without the member whom the file names, if there are any.
    pub fn unassigned(&self) -> Option<String> {
        if self.unassigned == 0 {
            return None;
        }
        let more = if self.unassigned > named() { " and others" } else { "" };
        Some(format!(
            "On {} the file names a member whose data is restricted, so that nothing new can be given to them. They come in without that member; name somebody else on them: {}{more}.",
            counted(self.unassigned, "case", "cases"),
            self.unassigned_ids.join(", ")
        ))
    }

    /// What there is to know besides the numbers and the rows that were left out: what asks for something first.
    pub fn parts(&self) -> Vec<Part> {
        let mut all = Vec::new();
        if !self.words.is_empty() {
            all.push(Part {
                heading: format!("{} not known here", counted(as_number(self.words.len()), "word for a state is", "words for states are")),
                text: "Say which of your states each one means; until then their rows are left out. It is asked once and remembered."
                    .into(),
                flag: "--mapping FILE",
                lines: self
                    .words
                    .iter()
                    .map(|(word, rows)| format!("\u{201c}{word}\u{201d}, in {}", counted(*rows, "row", "rows")))
                    .collect(),
                more: 0,
                asks: true,
                before: true,
            });
        }
        for (source, cases) in &self.elsewhere {
            all.push(Part {
                heading: format!("{} a case of \u{201c}{source}\u{201d}", counted(*cases, "new case has the same id as", "new cases have the same id as")),
                text: format!(
                    "If this file comes from \u{201c}{source}\u{201d}, choose that as its source; otherwise they become new cases of \u{201c}{}\u{201d}.",
                    self.source
                ),
                flag: "--source NAME",
                lines: Vec::new(),
                more: 0,
                asks: true,
                before: true,
            });
        }
        if self.restricted > 0 {
            all.push(Part {
                heading: format!("{} in restricted", counted(self.restricted, "new case comes", "new cases come")),
                text: "Only you and whoever works on them see them. Let in others on each case.".into(),
                flag: "",
                lines: Vec::new(),
                more: 0,
                asks: false,
                before: false,
            });
        }
        for (topic, remarks) in &self.remarks {
            all.push(Part {
                heading: topic.heading(remarks.count),
                text: topic.cure().into(),
                flag: if topic == &Topic::OtherCase { "--source NAME, or --same-cases" } else { "" },
                lines: remarks.first.iter().take(topic.shown()).map(|remark| remark.line(*topic)).collect(),
                more: remarks.count - as_number(remarks.first.len().min(topic.shown())),
                asks: matches!(topic, Topic::OtherCase),
                before: false,
            });
        }
        all.extend(self.notes.parts());
        if !self.unmapped.is_empty() {
            all.push(Part {
                heading: format!("{} left out", counted(as_number(self.unmapped.len()), "column is", "columns are")),
                text: "Match them to something if you need them: to a field of the case type, or to what happened.".into(),
                flag: "--column \"HEADING=TARGET\", or --mapping FILE",
                lines: vec![self.unmapped.join(", ")],
                more: 0,
                asks: false,
                before: true,
            });
        }
        all
    }
}

impl Remark {
    /// As a line of a list.
    fn line(&self, topic: Topic) -> String {
        let quoted = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("\u{201c}{text}\u{201d}") };
        let Self { case, field, here, file } = self;
        let case = format!("Case {case}");
        if here.is_empty() && file.is_empty() {
            return if field.is_empty() { case } else { format!("{case}, {field}") };
        }
        if topic == Topic::OpenedNotSaid {
            return format!("{case}: {file}");
        }
        let (here, file) = (quoted(here), quoted(file));
        match topic {
            Topic::Taken => format!("{case}, {field}: {here} \u{2192} {file}"),
            Topic::ByRow => format!("{case}, {field}: {here}, and also {file}"),
            Topic::ClosedWithoutDate | Topic::DateWithoutClosed | Topic::OutcomeWithoutClosed => format!("{case}: {file}"),
            Topic::OpenedAfterClosed | Topic::OpenedNotSaid | Topic::EntriesWithoutTime | Topic::WithoutTitle => case,
            Topic::OtherCase | Topic::Differs | Topic::EntryDiffers => format!("{case}, {field}: here {here}, in the file {file}"),
        }
    }
}

fn named() -> i64 {
    as_number(NAMED)
}

fn as_number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differing = if self.differing > 0 { format!(", {} differing", grouped(self.differing)) } else { String::new() };
        write!(
            f,
            "{}: {} new, {} with something new, {} unchanged{differing}; {}; {} left out; {:.1} s",
            counted(self.cases, "case", "cases"),
            grouped(self.created),
            grouped(self.updated),
            grouped(self.unchanged),
            counted(self.entries, "entry", "entries"),
            counted(self.rejected, "row", "rows"),
            std::time::Duration::from_millis(self.millis.unsigned_abs()).as_secs_f64()
        )?;
        self.unassigned().map_or(Ok(()), |said| write!(f, "\n{said}"))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.\n  {}", self.heading, self.text)?;
        if !self.flag.is_empty() {
            write!(f, " ({})", self.flag)?;
        }
        self.lines.iter().try_for_each(|line| write!(f, "\n  - {line}"))?;
        if self.more > 0 { write!(f, "\n  - and {} more", grouped(self.more)) } else { Ok(()) }
    }
}
