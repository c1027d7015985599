//! Rows become cases. What does not fit is said so, with its line, its column and its cure.

use std::collections::{BTreeMap, HashMap};

use sqlx::types::Json;

use super::{
    cells::{Cells, Wrong, joined, nothing, priority, quoted},
    dates::{Edge, Told},
    findings::Findings,
    identify::{is_shortened, is_sum},
    lengths::{parts, shortened},
    model::{Mapping, Target},
    rejected,
    report::{Remark, Topic},
    states,
    store::Reject,
    text::{TextRow, one_line},
};
use crate::{
    cases::{
        CaseType, Catalogue, EntryKind, Incoming, IncomingEntry, Told as Differing,
        parse::{parse_line, parse_tags, parse_title, parse_yes_or_no},
    },
    clock::Instant,
    locale::date::says_nothing,
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
    /// For the type that was chosen, and then for each other one where a column names it.
    cells: Vec<Cells>,
    mapping: Mapping,
    targets: Vec<Target>,
    header: Vec<String>,
    /// Columns in front that a file of rejected rows has more than the one that it comes from.
    front: usize,
    zone: Zone,
    /// When a case was opened that says nothing of it: always the same for one import.
    uploaded_at: Instant,
}

/// What rows have become.
#[derive(Default)]
pub(super) struct Translated {
    pub cases: Vec<(Incoming, Vec<TextRow>)>,
    pub rejects: Vec<Reject>,
    pub remarks: Vec<(Topic, Remark)>,
    /// Words for states that mean nothing yet.
    pub words: Vec<String>,
    /// By case id what is put in place of something that the file does not say, to be told where the case is new.
    pub assumed: HashMap<String, Vec<(Topic, Remark)>>,
}

/// What the rows of a case have said so far: for each column the values in their order, the first of which counts.
type Said = Vec<Vec<String>>;

/// A row's own part: what becomes an entry.
#[derive(Default)]
struct Happened {
    text: Vec<String>,
    at: Option<Instant>,
    author: Option<String>,
    id: Option<String>,
    notes: Notes,
}

/// What was changed to read a row, by column.
type Notes = Vec<(usize, String)>;

/// A cell being told: its column, and what there is to say about it.
struct Telling<'a> {
    at: usize,
    notes: &'a mut Notes,
    words: &'a mut Vec<String>,
}

impl Telling<'_> {
    fn note(&mut self, text: String) {
        self.notes.push((self.at, text));
    }

    /// The value, with what was noted on the way.
    fn noting<T>(&mut self, told: Told<T>) -> Option<T> {
        self.notes.extend(told.note.map(|note| (self.at, note)));
        told.value
    }

    /// A cell for a field of one line.
    fn line(&mut self, cell: &str) -> String {
        let (line, was_broken) = one_line(cell);
        if was_broken {
            self.note(joined());
        }
        line
    }
}

impl Translator {
    /// For one import. `None` when its type is gone.
    pub fn new(
        catalogue: &Catalogue,
        mapping: &Mapping,
        (header, findings): (&[String], &Findings),
        zone: Zone,
        uploaded_at: Instant,
    ) -> Option<Self> {
        let chosen = catalogue.case_type(mapping.case_type?)?;
        let targets = mapping.targets();
        let others = catalogue.types.iter().filter(|t| targets.contains(&Target::Type) && t.id != chosen.id);
        let written = |t: &CaseType| Cells::new(t.clone(), &catalogue.members, zone.clone()).written(findings, &targets, mapping.answers);
        let cells = std::iter::once(chosen).chain(others).map(written).collect();
        let front = rejected::added(header);
        Some(Self { cells, mapping: mapping.clone(), targets, header: header.to_vec(), front, zone, uploaded_at })
    }

    /// The type that a case gets.
    pub fn case_type(&self, incoming: &Incoming) -> Option<&CaseType> {
        let named = incoming.type_key.as_deref().and_then(|key| self.cells.iter().find(|cells| cells.case_type.key == key));
        named.or(self.cells.first()).map(|cells| &cells.case_type)
    }

    /// The cases of rows that belong together, each with its rows: one, unless two case ids have the same hash.
    pub fn cases(&self, rows: Vec<TextRow>) -> Translated {
        let mut by_id: BTreeMap<String, Vec<TextRow>> = BTreeMap::new();
        let mut alike: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let id = if self.mapping.without_id {
                let content = self.content_of(&row);
                let times = alike.entry(content.clone()).and_modify(|n| *n += 1).or_insert(1);
                format!("~{content}-{times}")
            } else {
                self.case_id(&row)
            };
            by_id.entry(id).or_default().push(row);
        }
        let mut all = Translated::default();
        for (id, rows) in by_id {
            let case = self.case(id, rows, &mut all);
            all.cases.extend(case);
        }
        all
    }

    fn case_id(&self, row: &TextRow) -> String {
        self.mapping.case_column().and_then(|at| row.cells.get(at)).map(|id| id.trim().to_owned()).unwrap_or_default()
    }

    /// What a row is known by that has no id.
    fn content_of(&self, row: &TextRow) -> String {
        let cells: Vec<&str> = row.cells.iter().skip(self.front).map(|cell| cell.trim()).collect();
        secret::hex(&secret::sha256(&[cells.join("\u{1f}").as_bytes()])[..10])
    }

    fn case(&self, id: String, rows: Vec<TextRow>, all: &mut Translated) -> Option<(Incoming, Vec<TextRow>)> {
        let mut case = Incoming { external_id: id.clone(), ..Incoming::default() };
        let cells = match self.cells_of(&rows) {
            Ok(cells) => cells,
            Err((column, (reason, cure))) => {
                let problem = |row| reject(row, vec![Problem { column: column.clone(), reason: reason.clone(), cure: cure.clone() }]);
                all.rejects.extend(rows.into_iter().map(problem));
                return None;
            }
        };
        let is_main = self.cells.first().is_some_and(|main| main.case_type.id == cells.case_type.id);
        case.type_key = (!is_main).then(|| cells.case_type.key.clone());
        let mut said: Said = vec![Vec::new(); self.targets.len()];
        let mut good: Vec<(TextRow, Happened)> = Vec::new();
        for mut row in rows {
            let mut problems = self.whole(&row, good.len());
            let mut happened =
                if problems.is_empty() { self.row(cells, &row, &mut case, &mut said, &mut problems, all) } else { Happened::default() };
            if problems.is_empty() {
                row.notes.append(&mut happened.notes);
                good.push((row, happened));
            } else {
                all.rejects.push(reject(row, problems));
            }
        }
        let first_line = good.first()?.0.line;
        self.tell_ours(&mut case, &said);
        self.tell_differences(&id, &said, &mut all.remarks);
        let has_field = |target: &Target| !matches!(target, Target::Field(key) if cells.case_type.field(key).is_none());
        case.said = self.targets.iter().filter(|target| target.is_fact() && has_field(target)).map(Target::key).collect();
        // What stands for something that the file does not say is nothing that it says.
        for (key, says) in [("title", !case.title.is_empty()), ("opened", case.opened_at.is_some()), ("priority", case.priority.is_some())]
        {
            if !says {
                case.said.remove(key);
            }
        }
        let moments = || good.iter().filter_map(|(_, happened)| happened.at);
        // Nothing is opened after it was closed.
        let closing = case.closed_at.map(|at| self.zone.start_of(self.zone.day(at)));
        let opened = case.opened_at.or(moments().chain(closing).min()).unwrap_or(self.uploaded_at);
        // An entry is known by what the file says, which is the same the next time, and never by the time of the import.
        let known = case.opened_at.or(moments().min()).unwrap_or(Instant(0));
        if case.opened_at.zip(case.closed_at).is_some_and(|(opened, closed)| opened > closed) {
            all.remarks.push((Topic::OpenedAfterClosed, Remark { case: id.clone(), ..Remark::default() }));
        }
        let mut assumed = Vec::new();
        if case.opened_at.is_none() {
            assumed.push((Topic::OpenedNotSaid, self.zone.day(opened).shown()));
        }
        if good.iter().any(|(_, happened)| !happened.text.is_empty() && happened.at.is_none()) {
            assumed.push((Topic::EntriesWithoutTime, String::new()));
        }
        if case.title.is_empty() {
            assumed.push((Topic::WithoutTitle, String::new()));
        }
        case.opened_at = Some(opened);
        let last = moments().max().map_or(opened, |last| last.max(opened));
        let (told, lines) = states::settle(&mut case, &cells.case_type, &self.zone, last);
        all.remarks.extend(told);
        let (rows, happened): (Vec<TextRow>, Vec<Happened>) = good.into_iter().unzip();
        case.entries.iter_mut().for_each(|entry| entry.occurred_at = opened);
        case.entries.extend(self.entries(cells, happened.into_iter(), opened, known));
        case.entries.extend(lines.into_iter().map(|body| IncomingEntry {
            external_id: format!("~{}", content_id(Instant(0), None, &body)),
            kind: EntryKind::Event,
            occurred_at: opened,
            author_label: None,
            author_id: None,
            body,
        }));
        if case.title.is_empty() {
            case.title = if id.starts_with('~') { untitled(&case, first_line) } else { id.clone() };
        }
        let name = if id.starts_with('~') { &case.title } else { &id };
        let told = |(topic, file): (Topic, String)| (topic, Remark { case: name.clone(), file, ..Remark::default() });
        let assumed: Vec<_> = assumed.into_iter().map(told).collect();
        if !assumed.is_empty() {
            all.assumed.insert(id, assumed);
        }
        Some((case, rows))
    }

    /// The type of the case whose rows these are.
    fn cells_of(&self, rows: &[TextRow]) -> Result<&Cells, (String, Wrong)> {
        let main =
            self.cells.first().ok_or_else(|| (String::new(), ("The case type is gone.".into(), "Match the columns again.".into())))?;
        let Some(column) = self.targets.iter().position(|target| *target == Target::Type) else { return Ok(main) };
        let mut named = rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let Some(name) = named.next() else { return Ok(main) };
        let is = |cells: &&Cells| cells.case_type.key == name || states::folded(&cells.case_type.name) == states::folded(name);
        self.cells.iter().find(is).ok_or_else(|| {
            let names: Vec<&str> = self.cells.iter().map(|cells| cells.case_type.name.as_str()).collect();
            (
                self.name_of(&Target::Type),
                (format!("There is no case type {}.", quoted(name)), format!("Write one of: {}.", names.join(", "))),
            )
        })
    }

    /// What only our own export tells.
    fn tell_ours(&self, case: &mut Incoming, said: &Said) {
        let of = |target: &Target| {
            let at = self.targets.iter().position(|t| t == target)?;
            said.get(at)?.first().cloned()
        };
        case.number = of(&Target::Number);
        case.version = of(&Target::Version).and_then(|version| version.parse().ok());
    }

    /// Where the rows of a case say different things of it, the first counts, and the others are told.
    fn tell_differences(&self, id: &str, said: &Said, remarks: &mut Vec<(Topic, Remark)>) {
        for (at, values) in said.iter().enumerate() {
            let Some((first, others)) = values.split_first() else { continue };
            if self.targets.get(at).is_some_and(adds_up) {
                continue;
            }
            for other in others {
                let field = self.header.get(at).cloned().unwrap_or_default();
                remarks.push((Topic::ByRow, Remark { case: id.to_owned(), field, here: first.clone(), file: other.clone() }));
            }
        }
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

    /// The refusal of a row whose id is that of another case of the same source.
    pub fn of_another(&self, row: TextRow, told: &Differing) -> Reject {
        let known = if told.here.is_empty() { String::new() } else { format!(", {}", quoted(&told.here)) };
        let problem = Problem {
            column: self.name_of(&Target::CaseId),
            reason: format!("This id of \u{201c}{}\u{201d} is that of a case here which seems to be another one{known}.", self.mapping.source),
            cure: "If the file comes from another system, name that as its source. If it is the same case, confirm that when you match the columns.".into(),
        };
        reject(row, vec![problem])
    }

    /// Whether the row is one that can be read at all.
    fn whole(&self, row: &TextRow, before: usize) -> Vec<Problem> {
        let problem = |column: &str, reason: String, cure: &str| vec![Problem { column: column.into(), reason, cure: cure.into() }];
        let case_id = self.case_id(row);
        if let Some((reason, cure)) = &row.wrong {
            return problem("", reason.clone(), cure);
        }
        if self.mapping.without_id {
            return Vec::new();
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
        if is_shortened(&case_id) {
            return problem(
                &self.name_of(&Target::CaseId),
                format!("{} is an id that a spreadsheet has shortened, so that several ids can look like it.", quoted(&case_id)),
                "Format the column as text or as whole numbers in the spreadsheet, and save the file again.",
            );
        }
        if is_sum(&case_id) {
            return problem(
                &self.name_of(&Target::CaseId),
                format!("{} is no case id: this seems to be a line below the table.", quoted(&case_id)),
                "If it is one, nothing is missing. If it is a case, give it another id.",
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
    fn row(
        &self,
        cells: &Cells,
        row: &TextRow,
        case: &mut Incoming,
        said: &mut Said,
        problems: &mut Vec<Problem>,
        all: &mut Translated,
    ) -> Happened {
        let (mut happened, mut new, mut of_case) = (Happened::default(), Vec::new(), false);
        let mut trial = Incoming::default();
        for (at, (target, cell)) in self.targets.iter().zip(&row.cells).enumerate() {
            let cell = cell.trim();
            if cell.is_empty() || matches!(target, Target::Skip | Target::CaseId | Target::Type) {
                continue;
            }
            let before = said.get(at).map(Vec::as_slice).unwrap_or_default();
            of_case |= !target.is_of_entry();
            let outcome = if target.is_of_entry() {
                self.tell_entry(cells, &mut happened, at, target, cell)
            } else if before.iter().any(|value| value == cell) {
                Ok(())
            } else {
                new.push((at, target, cell));
                let counts = before.is_empty() || adds_up(target);
                let mut telling = Telling { at, notes: &mut happened.notes, words: &mut all.words };
                if counts { self.tell_case(cells, &mut trial, &mut telling, target, cell) } else { Ok(()) }
            };
            if let Err((reason, cure)) = outcome {
                problems.push(Problem { column: self.header.get(at).cloned().unwrap_or_default(), reason, cure });
            }
        }
        if happened.text.is_empty()
            && (happened.at.is_some() || happened.author.is_some() || happened.id.is_some())
            && let Some(at) = self.targets.iter().position(|target| *target == Target::EntryText)
        {
            let reason = "It is not said what happened".to_owned();
            // What the row says of its case comes in all the same.
            if of_case {
                happened.notes.push((at, format!("{reason}, so there is no entry of it.")));
            } else {
                let cure = "Fill it in, or empty the other columns of the entry.".to_owned();
                problems.push(Problem { column: self.name_of(&Target::EntryText), reason: format!("{reason}."), cure });
            }
        }
        if problems.is_empty() {
            for (at, target, cell) in new {
                let Some(place) = said.get_mut(at) else { continue };
                if place.is_empty() || adds_up(target) {
                    // It was tried above.
                    let mut telling = Telling { at, notes: &mut Vec::new(), words: &mut Vec::new() };
                    let _ = self.tell_case(cells, case, &mut telling, target, cell);
                }
                place.push(cell.to_owned());
            }
        }
        happened
    }

    fn tell_case(&self, cells: &Cells, case: &mut Incoming, telling: &mut Telling<'_>, target: &Target, cell: &str) -> Result<(), Wrong> {
        let plain = |reason: String| (format!("{} does not fit.", quoted(cell)), reason);
        let at = telling.at;
        match target {
            Target::Title => {
                let line = self.short(case, telling, cell, "Title in full", 200);
                case.title = parse_title(&line).map_err(plain)?;
            }
            Target::Opened => case.opened_at = telling.noting(cells.moment(at, cell, Edge::Start)?),
            Target::Closed => case.closed_at = telling.noting(cells.moment(at, cell, Edge::End)?),
            Target::Due => case.due_on = telling.noting(cells.day(at, cell)?),
            Target::Outcome => {
                let line = self.short(case, telling, cell, "Outcome in full", 120);
                case.outcome = parse_line(&line).map_err(plain)?.unwrap_or_default();
            }
            Target::State => match states::known(cell, &cells.case_type, &self.mapping.states) {
                Some(key) => case.state = Some(key),
                None => {
                    telling.words.push(cell.to_owned());
                    let names: Vec<&str> = cells.case_type.states.iter().map(|state| state.name.as_str()).collect();
                    let cure = format!("Say which state it means when you match the columns: {}.", names.join(", "));
                    return Err((format!("{} is no state here.", quoted(cell)), cure));
                }
            },
            Target::Channel => case.channel = parse_line(&telling.line(cell)).map_err(plain)?,
            Target::Assignee => {
                let label = parse_line(&telling.line(cell)).map_err(plain)?;
                case.assignee = label.as_deref().and_then(|label| cells.member(label));
                case.assignee_label = label.filter(|_| case.assignee.is_none());
            }
            Target::Priority if says_nothing(cell) => telling.note(nothing(cell)),
            Target::Priority => case.priority = Some(priority(cell)?),
            Target::Tag => case.tags.extend(parse_tags(&telling.line(cell)).map_err(plain)?),
            // One row that says so is enough.
            Target::Restricted => case.restricted = Some(parse_yes_or_no(cell).map_err(plain)? || case.restricted == Some(true)),
            Target::Field(key) => {
                if cells.case_type.field(key).is_none() {
                    let reason = format!("{} have no field for {}.", cells.case_type.name, quoted(cell));
                    return Err((reason, "Empty this cell, or give the row a type that has the field.".into()));
                }
                if let Some(value) = telling.noting(cells.field(at, key, cell)?) {
                    case.fields.insert(key.clone(), value);
                }
            }
            Target::Skip
            | Target::CaseId
            | Target::Number
            | Target::Version
            | Target::Type
            | Target::EntryText
            | Target::EntryTime
            | Target::EntryAuthor
            | Target::EntryId => {}
        }
        Ok(())
    }

    /// One line of at most so many characters. What is longer is shortened, and all of it becomes an entry.
    fn short(&self, case: &mut Incoming, telling: &mut Telling<'_>, cell: &str, label: &str, most: usize) -> String {
        let line = telling.line(cell);
        let Some(short) = shortened(&line, most) else { return line };
        telling.note(format!("It was shortened to {most} characters. All of it is in an entry of the case."));
        for (nth, body) in parts(&format!("{label}: {line}")).into_iter().enumerate() {
            let external_id = format!("~{label}-{nth}");
            let occurred_at = self.uploaded_at;
            case.entries.push(IncomingEntry {
                external_id,
                kind: EntryKind::Event,
                occurred_at,
                author_label: None,
                author_id: None,
                body,
            });
        }
        short
    }

    fn tell_entry(&self, cells: &Cells, happened: &mut Happened, at: usize, target: &Target, cell: &str) -> Result<(), Wrong> {
        let plain = |reason: String| (format!("{} does not fit.", quoted(cell)), reason);
        let mut telling = Telling { at, notes: &mut happened.notes, words: &mut Vec::new() };
        match target {
            Target::EntryTime => happened.at = telling.noting(cells.moment(at, cell, Edge::Start)?),
            Target::EntryAuthor => happened.author = parse_line(&telling.line(cell)).map_err(plain)?,
            Target::EntryId => happened.id = parse_line(&telling.line(cell)).map_err(plain)?,
            _ => happened.text.push(cell.replace("\r\n", "\n")),
        }
        Ok(())
    }

    fn entries(&self, cells: &Cells, rows: impl Iterator<Item = Happened>, opened: Instant, known: Instant) -> Vec<IncomingEntry> {
        let (mut entries, mut ids) = (Vec::new(), HashMap::<String, String>::new());
        let mut alike: HashMap<String, usize> = HashMap::new();
        for happened in rows.filter(|h| !h.text.is_empty()) {
            let (body, occurred_at) = (happened.text.join("\n"), happened.at.unwrap_or(opened));
            let content = content_id(happened.at.unwrap_or(known), happened.author.as_deref(), &body);
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
            let author_id = happened.author.as_deref().and_then(|label| cells.member(label));
            let author_label = happened.author.filter(|_| author_id.is_none());
            for (nth, body) in parts(&body).into_iter().enumerate() {
                // The first keeps the id that an entry in one piece has.
                let external_id = if nth == 0 { external_id.clone() } else { format!("{external_id}#{}", nth + 1) };
                let author_label = author_label.clone();
                entries.push(IncomingEntry { external_id, kind: EntryKind::Event, occurred_at, author_label, author_id, body });
            }
        }
        entries
    }

    fn name_of(&self, target: &Target) -> String {
        self.targets.iter().position(|t| t == target).and_then(|at| self.header.get(at)).cloned().unwrap_or_default()
    }
}

/// A title for a case that has none and no id either: how its first entry begins.
fn untitled(case: &Incoming, line: u64) -> String {
    let said = case.entries.first().and_then(|entry| entry.body.lines().next()).map(|text| text.chars().take(120).collect::<String>());
    said.filter(|text| !text.trim().is_empty() && !text.chars().any(char::is_control)).unwrap_or_else(|| format!("Row on line {line}"))
}

/// What an entry without an id is known by.
fn content_id(at: Instant, author: Option<&str>, body: &str) -> String {
    let hash = secret::sha256(&[&at.0.to_be_bytes(), author.unwrap_or_default().as_bytes(), b"\0", body.as_bytes()]);
    secret::hex(&hash[..10])
}

/// Whether what each row of a case says of it counts, and not what the first says alone.
const fn adds_up(target: &Target) -> bool {
    matches!(target, Target::Tag | Target::Restricted)
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
