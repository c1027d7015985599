//! Rows become cases. What does not fit is said so, with its line, its column and its cure.

use std::collections::{BTreeMap, HashMap};

use sqlx::types::Json;

use super::{
    cells::{Cells, Wrong, priority, quoted},
    file::TextRow,
    model::{Mapping, Target},
    store::Reject,
};
use crate::{
    cases::{
        CaseType, Catalogue, EntryKind, Incoming, IncomingEntry, StateKind,
        parse::{parse_body, parse_line, parse_tags, parse_title},
    },
    clock::Instant,
    server::{secret, time::Zone},
};

/// The most entries that one case takes from a file.
const MOST_ENTRIES: usize = 20_000;

/// What is wrong with a cell.
struct Problem {
    column: String,
    reason: String,
    cure: String,
}

/// Knows the columns, and what may stand in them.
pub(super) struct Translator {
    cells: Cells,
    targets: Vec<Target>,
    header: Vec<String>,
    /// When a case was opened that says nothing of it: always the same for one import.
    uploaded_at: Instant,
}

/// A row's own part: what becomes an entry.
#[derive(Default)]
struct Happened {
    text: Vec<String>,
    at: Option<Instant>,
    author: Option<String>,
    id: Option<String>,
}

impl Translator {
    /// For one import. `None` when its type is gone.
    pub fn new(catalogue: &Catalogue, mapping: &Mapping, header: &[String], zone: Zone, uploaded_at: Instant) -> Option<Self> {
        let case_type = catalogue.case_type(mapping.case_type?)?.clone();
        let cells = Cells::new(case_type, &catalogue.members, zone);
        Some(Self { cells, targets: mapping.targets(), header: header.to_vec(), uploaded_at })
    }

    /// The type that the cases get.
    pub fn case_type(&self) -> &CaseType {
        &self.cells.case_type
    }

    /// The column of the case id.
    pub fn case_column(&self) -> Option<usize> {
        self.targets.iter().position(|target| *target == Target::CaseId)
    }

    /// The cases of rows that belong together, each with its rows: one, unless two case ids have the same hash.
    pub fn cases(&self, rows: Vec<TextRow>) -> (Vec<(Incoming, Vec<TextRow>)>, Vec<Reject>) {
        let mut by_id: BTreeMap<String, Vec<TextRow>> = BTreeMap::new();
        for row in rows {
            let id = self.case_column().and_then(|at| row.cells.get(at)).map(|id| id.trim().to_owned()).unwrap_or_default();
            by_id.entry(id).or_default().push(row);
        }
        let (mut cases, mut rejects) = (Vec::new(), Vec::new());
        for (id, rows) in by_id {
            cases.extend(self.case(id, rows, &mut rejects));
        }
        (cases, rejects)
    }

    fn case(&self, id: String, rows: Vec<TextRow>, rejects: &mut Vec<Reject>) -> Option<(Incoming, Vec<TextRow>)> {
        let mut case = Incoming { external_id: id.clone(), title: id, ..Incoming::default() };
        let mut said: Vec<Option<(String, u64)>> = vec![None; self.targets.len()];
        let mut good: Vec<(TextRow, Happened)> = Vec::new();
        for row in rows {
            let mut problems = self.whole(&row, good.len());
            let happened = if problems.is_empty() { self.row(&row, &mut case, &mut said, &mut problems) } else { Happened::default() };
            if problems.is_empty() {
                good.push((row, happened));
            } else {
                rejects.push(reject(row, problems));
            }
        }
        if good.is_empty() {
            return None;
        }
        if let Err((column, (reason, cure))) = self.fits_together(&case) {
            let name = self.name_of(&column);
            for (row, _) in good {
                rejects.push(reject(row, vec![Problem { column: name.clone(), reason: reason.clone(), cure: cure.clone() }]));
            }
            return None;
        }
        let earliest = good.iter().filter_map(|(_, happened)| happened.at).min();
        let opened = case.opened_at.or(earliest).unwrap_or(self.uploaded_at);
        case.opened_at = Some(opened);
        let (rows, happened): (Vec<TextRow>, Vec<Happened>) = good.into_iter().unzip();
        case.entries = self.entries(happened.into_iter(), opened);
        Some((case, rows))
    }

    /// The refusal of a row whose case whoever imports may not know of. It says no more than that its id is taken.
    pub fn unavailable(&self, row: TextRow) -> Reject {
        let problem = Problem {
            column: self.name_of(&Target::CaseId),
            reason: "This case id is not available to you.".to_owned(),
            cure: "Use another.".to_owned(),
        };
        reject(row, vec![problem])
    }

    /// Whether the row is one that can be read at all.
    fn whole(&self, row: &TextRow, before: usize) -> Vec<Problem> {
        let problem = |column: &str, reason: String, cure: &str| vec![Problem { column: column.into(), reason, cure: cure.into() }];
        let case_id = self.case_column().and_then(|at| row.cells.get(at)).map(|id| id.trim().to_owned()).unwrap_or_default();
        if row.cells.len() != self.header.len() {
            let reason = format!("The row has {} columns, the headings are {}.", row.cells.len(), self.header.len());
            return problem("", reason, "Check the delimiters and quotation marks of this line.");
        }
        if case_id.is_empty() {
            return problem(
                &self.name_of(&Target::CaseId),
                "The case id is missing.".into(),
                "Fill it in: it says to which case the row belongs.",
            );
        }
        if case_id.chars().count() > 120 || case_id.chars().any(char::is_control) {
            return problem(
                &self.name_of(&Target::CaseId),
                "The case id is too long or has several lines.".into(),
                "Use at most 120 characters on one line.",
            );
        }
        if before >= MOST_ENTRIES {
            return problem(
                &self.name_of(&Target::CaseId),
                format!("The case has more than {MOST_ENTRIES} rows."),
                "Check that this column names the case.",
            );
        }
        Vec::new()
    }

    /// Reads a row into the case, if nothing is wrong with it.
    fn row(&self, row: &TextRow, case: &mut Incoming, said: &mut [Option<(String, u64)>], problems: &mut Vec<Problem>) -> Happened {
        let (mut happened, mut new) = (Happened::default(), Vec::new());
        let mut trial = Incoming::default();
        for (at, (target, cell)) in self.targets.iter().zip(&row.cells).enumerate() {
            let cell = cell.trim();
            if cell.is_empty() || matches!(target, Target::Skip | Target::CaseId) {
                continue;
            }
            let outcome = if target.is_of_entry() {
                self.tell_entry(&mut happened, target, cell)
            } else {
                match said.get(at) {
                    Some(Some((value, _))) if value == cell => Ok(()),
                    Some(Some((value, line))) => Err((
                        format!("{} stands here, but {} on line {line}.", quoted(cell), quoted(value)),
                        "Make it the same in every row of the case, or leave this column out.".into(),
                    )),
                    Some(None) | None => {
                        new.push((at, target, cell));
                        self.tell_case(&mut trial, target, cell)
                    }
                }
            };
            if let Err((reason, cure)) = outcome {
                problems.push(Problem { column: self.header.get(at).cloned().unwrap_or_default(), reason, cure });
            }
        }
        if happened.text.is_empty()
            && (happened.at.is_some() || happened.author.is_some() || happened.id.is_some())
            && self.targets.contains(&Target::EntryText)
        {
            let (reason, cure) =
                ("It is not said what happened.".to_owned(), "Fill it in, or empty the other columns of the entry.".to_owned());
            problems.push(Problem { column: self.name_of(&Target::EntryText), reason, cure });
        }
        if problems.is_empty() {
            for (at, target, cell) in new {
                // It was tried above.
                let _ = self.tell_case(case, target, cell);
                if let Some(place) = said.get_mut(at) {
                    *place = Some((cell.to_owned(), row.line));
                }
            }
        }
        happened
    }

    fn tell_case(&self, case: &mut Incoming, target: &Target, cell: &str) -> Result<(), Wrong> {
        let plain = |reason: String| (format!("{} does not fit.", quoted(cell)), reason);
        match target {
            Target::Title => case.title = parse_title(cell).map_err(plain)?,
            Target::Opened => case.opened_at = Some(self.cells.moment(cell, false)?),
            Target::Closed => case.closed_at = Some(self.cells.moment(cell, true)?),
            Target::Due => case.due_on = Some(self.cells.day(cell)?),
            Target::Outcome => case.outcome = parse_line(cell).map_err(plain)?.unwrap_or_default(),
            Target::State => case.state = Some(self.cells.state(cell)?),
            Target::Channel => case.channel = parse_line(cell).map_err(plain)?,
            Target::Assignee => {
                let label = parse_line(cell).map_err(plain)?;
                case.assignee = label.as_deref().and_then(|label| self.cells.member(label));
                case.assignee_label = label.filter(|_| case.assignee.is_none());
            }
            Target::Priority => case.priority = Some(priority(cell)?),
            Target::Tag => case.tags.extend(parse_tags(cell).map_err(plain)?),
            Target::Field(key) => {
                if let Some(value) = self.cells.field(key, cell)? {
                    case.fields.insert(key.clone(), value);
                }
            }
            Target::Skip | Target::CaseId | Target::EntryText | Target::EntryTime | Target::EntryAuthor | Target::EntryId => {}
        }
        Ok(())
    }

    fn tell_entry(&self, happened: &mut Happened, target: &Target, cell: &str) -> Result<(), Wrong> {
        let plain = |reason: String| (format!("{} does not fit.", quoted(cell)), reason);
        match target {
            Target::EntryTime => happened.at = Some(self.cells.moment(cell, false)?),
            Target::EntryAuthor => happened.author = parse_line(cell).map_err(plain)?,
            Target::EntryId => happened.id = parse_line(cell).map_err(plain)?,
            _ => happened.text.push(parse_body(cell).map_err(plain)?),
        }
        Ok(())
    }

    /// What only the whole case can say: whether its state and its end agree.
    fn fits_together(&self, case: &Incoming) -> Result<(), (Target, Wrong)> {
        let kind = case.state.as_deref().and_then(|key| self.cells.case_type.state(key)).map(|state| state.kind);
        match (kind, case.closed_at) {
            (Some(StateKind::Closed), None) => {
                Err((Target::State, ("The state means closed, but it is not said when.".into(), "Fill in the time of closing.".into())))
            }
            (Some(StateKind::Open | StateKind::Waiting), Some(_)) => Err((
                Target::State,
                (
                    "There is a time of closing, but the state is not closed.".into(),
                    "Empty the time of closing, or write a state that means closed.".into(),
                ),
            )),
            _ => Ok(()),
        }
    }

    fn entries(&self, rows: impl Iterator<Item = Happened>, opened: Instant) -> Vec<IncomingEntry> {
        let (mut entries, mut ids) = (Vec::new(), HashMap::<String, String>::new());
        let mut alike: HashMap<String, usize> = HashMap::new();
        for happened in rows.filter(|h| !h.text.is_empty()) {
            let (body, occurred_at) = (happened.text.join("\n"), happened.at.unwrap_or(opened));
            let content = content_id(occurred_at, happened.author.as_deref(), &body);
            let external_id = match happened.id {
                // Some logs give one id to several events of one task: then the content tells them apart.
                Some(id) if ids.get(&id).is_some_and(|other| *other != content) => format!("{id}~{content}"),
                Some(id) => id,
                None => {
                    // The same thing at the same time twice: both are kept, in their order.
                    let times = alike.entry(content.clone()).and_modify(|n| *n += 1).or_insert(1);
                    format!("~{content}-{times}")
                }
            };
            if ids.insert(external_id.clone(), content).is_some() {
                continue;
            }
            let author_id = happened.author.as_deref().and_then(|label| self.cells.member(label));
            let author_label = happened.author.filter(|_| author_id.is_none());
            entries.push(IncomingEntry { external_id, kind: EntryKind::Event, occurred_at, author_label, author_id, body });
        }
        entries
    }

    fn name_of(&self, target: &Target) -> String {
        self.targets.iter().position(|t| t == target).and_then(|at| self.header.get(at)).cloned().unwrap_or_default()
    }
}

/// What an entry without an id is known by.
fn content_id(at: Instant, author: Option<&str>, body: &str) -> String {
    let hash = secret::sha256(&[&at.0.to_be_bytes(), author.unwrap_or_default().as_bytes(), b"\0", body.as_bytes()]);
    secret::hex(&hash[..10])
}

fn reject(row: TextRow, problems: Vec<Problem>) -> Reject {
    let all = |of: fn(&Problem) -> &str, glue: &str| {
        let mut told: Vec<&str> = problems.iter().map(of).filter(|text| !text.is_empty()).collect();
        told.dedup();
        told.join(glue)
    };
    Reject {
        line: i64::try_from(row.line).unwrap_or(i64::MAX),
        column_name: all(|p| &p.column, ", "),
        reason: all(|p| &p.reason, " "),
        cure: all(|p| &p.cure, " "),
        cells: Json(row.cells),
    }
}

#[cfg(test)]
#[path = "translate_tests.rs"]
mod tests;
