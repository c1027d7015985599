//! The job: tries a file out, or brings in its cases.
//!
//! Cases are brought in by the batch. What a batch did and how far the import has come commit together, so a job that
//! was killed goes on behind its last batch, and one that was cancelled stops before its next.

use std::time::Instant as Stopwatch;

use serde::{Deserialize, Serialize};

use super::{
    file::File,
    guess,
    index::{Index, Place},
    model::{Existing, Mapping, Status, Trust},
    notes::Notes,
    rejected,
    report::{Remark, Report, Topic},
    store::{self, ImportRow},
    text::TextRow,
    translate::{Translated, Translator},
};
use crate::{
    accounts::{Permission, Scope},
    audit::{self, Event},
    cases::{self, Arrival, Arrived, Catalogue, Certainty, Incoming, StateKind, Told},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        db::Tx,
        jobs::{Failure, Leased},
        state::State,
    },
};

/// A batch ends at whichever comes first: the other writers wait no longer than it takes.
const BATCH_CASES: usize = 60;
const BATCH_ROWS: usize = 600;
/// After so many tries nothing will change.
const TRIES: i64 = 8;

/// Why an import does not go on.
const NO_LONGER: &str = "Whoever started this import may not import any more. Somebody else can upload the file again.";

/// What the job needs to know.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    pub import: Id<kinds::Import>,
    pub org: Id<kinds::Org>,
    pub user: Id<kinds::User>,
    pub mode: Mode,
}

/// Trying out or meaning it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    Check,
    Import,
}

impl Mode {
    /// The status while it works.
    pub const fn busy(self) -> Status {
        match self {
            Self::Check => Status::Checking,
            Self::Import => Status::Running,
        }
    }
}

/// How the work came to an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Everything was gone through.
    Through,
    /// Somebody cancelled it, or another process has gone on with it.
    Taken,
    /// The process stops.
    Stopping,
}

/// Carries out the job of kind `import`.
///
/// # Errors
/// How the job is to go on.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let order: Order = serde_json::from_str(&job.payload).map_err(|_| Failure::Final("the order of an import cannot be read"))?;
    let scope = match Scope::of_member(&state, order.org, order.user, Permission::CaseImport).await {
        Ok(scope) => scope,
        Err(Fault::Forbidden { .. }) => {
            return fail(&state, &order, NO_LONGER).await;
        }
        Err(fault) => return Err(fault.into()),
    };
    match work(&scope, order.import, order.mode, |_| {}).await {
        Ok(Ended::Through | Ended::Taken) => Ok(()),
        Ok(Ended::Stopping) => Err(Failure::Interrupted),
        Err(Fault::Forbidden { .. }) => fail(&state, &order, NO_LONGER).await,
        Err(_) if job.attempts >= TRIES => {
            fail(&state, &order, "It was tried several times and did not work. The log of the server says more.").await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Notes for good that it did not work, without the permission that may be what is missing.
async fn fail(state: &State, order: &Order, why: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin().await?;
    tx.confine(order.org.uuid()).await?;
    fail_in(state, &mut tx, order.import, order.mode, why).await?;
    tx.commit().await?;
    Ok(())
}

async fn fail_in(state: &State, tx: &mut Tx, id: Id<kinds::Import>, mode: Mode, why: &str) -> Answer<()> {
    if store::fail(tx, id, mode.busy(), why, state.clock.now()).await? {
        let event =
            Event { action: "import.failed", subject_kind: "import", subject: id.uuid(), facts: serde_json::json!({}), values: Vec::new() };
        audit::record_in(state, tx, None, event).await?;
    }
    Ok(())
}

/// Goes through the file from where it stopped last.
pub(super) async fn work(scope: &Scope, id: Id<kinds::Import>, mode: Mode, mut told: impl FnMut(&Progress)) -> Answer<Ended> {
    let Some(import) = store::find(scope, id).await?.filter(|import| import.status == mode.busy()) else { return Ok(Ended::Taken) };
    let catalogue = cases::catalogue(scope).await?;
    let mut mapping = import.mapping.0.clone();
    let mut words = store::words(scope, &mapping).await?;
    words.append(&mut mapping.states);
    mapping.states = words;
    let zone = scope.actor.zone.clone();
    let translator = Translator::new(&catalogue, &mapping, (&import.header, &import.findings), zone, import.created_at);
    let Some(translator) = translator.filter(|_| mapping.tells_cases()) else {
        let mut tx = scope.begin().await?;
        let why = "The case type or the column of the case id is gone. Upload the file again and match its columns.";
        fail_in(&scope.state, tx.raw(), id, mode, why).await?;
        tx.commit().await?;
        return Ok(Ended::Taken);
    };
    let mut file = File::of(scope, &import);
    let index = match Index::of(&mut file, mapping.case_column(), rejected::added(&import.header)).await {
        Ok(index) => index,
        Err(Fault::Gone) => return Ok(Ended::Taken),
        Err(fault) => return Err(fault),
    };
    let (report, done) = (import.report.0.clone(), import.rows_done);
    let mut run = Run { scope, mode, catalogue: &catalogue, mapping, translator, report, done, import };
    if run.report.cases_done == 0 {
        run.report = Report {
            cases: count(index.cases().count()),
            source: run.mapping.source.clone(),
            unmapped: guess::left_out(&run.import.header, &run.import.profile, &run.mapping),
            notes: Notes { file: run.import.findings.said_above(), ..Notes::default() },
            ..Report::default()
        };
        run.begin().await?;
    }
    let behind = usize::try_from(run.report.cases_done).unwrap_or_default();
    let mut cases = index.cases().skip(behind).peekable();
    while cases.peek().is_some() {
        if scope.state.is_stopping() {
            return Ok(Ended::Stopping);
        }
        let started = Stopwatch::now();
        let mut batch = Batch::default();
        while let Some(places) = cases.next_if(|_| batch.has_room()) {
            let rows = match read(&mut file, places).await {
                Ok(rows) => rows,
                Err(Fault::Gone) => return Ok(Ended::Taken),
                Err(fault) => return Err(fault),
            };
            batch.add(places.len(), run.translator.cases(rows));
        }
        if !run.batch(batch, started).await? {
            return Ok(Ended::Taken);
        }
        told(&Progress { rows: run.done, of: run.import.rows_total });
    }
    run.end().await
}

/// What was changed to read these rows: line, column, sentence.
fn notes_of(rows: &mut [TextRow]) -> Vec<(u64, usize, String)> {
    let mut all = Vec::new();
    for row in rows {
        all.extend(std::mem::take(&mut row.notes).into_iter().map(|(at, text)| (row.line, at, text)));
    }
    all
}

/// How far it is.
pub(super) struct Progress {
    pub rows: i64,
    pub of: i64,
}

async fn read(file: &mut File, places: &[Place]) -> Answer<Vec<TextRow>> {
    let mut rows = Vec::with_capacity(places.len());
    for place in places {
        rows.push(file.row_at(u64::from(place.offset), u64::from(place.line)).await?);
    }
    Ok(rows)
}

/// What is brought in together.
#[derive(Default)]
struct Batch {
    groups: usize,
    rows: usize,
    all: Translated,
}

impl Batch {
    fn has_room(&self) -> bool {
        self.groups < BATCH_CASES && self.rows < BATCH_ROWS
    }

    fn add(&mut self, rows: usize, read: Translated) {
        self.groups += 1;
        self.rows += rows;
        self.all.cases.extend(read.cases);
        self.all.rejects.extend(read.rejects);
        self.all.remarks.extend(read.remarks);
        self.all.words.extend(read.words);
        self.all.assumed.extend(read.assumed);
    }
}

/// One run of the job.
struct Run<'a> {
    scope: &'a Scope,
    mode: Mode,
    catalogue: &'a Catalogue,
    /// With the words for states that are known from before.
    mapping: Mapping,
    import: ImportRow,
    translator: Translator,
    report: Report,
    done: i64,
}

impl Run<'_> {
    /// What an earlier attempt had left out is looked at anew.
    async fn begin(&self) -> Answer<()> {
        let mut tx = self.scope.begin().await?;
        store::delete_rejects(&mut tx, self.import.id).await?;
        tx.commit().await
    }

    /// Brings in one batch; `false` when the import was taken away meanwhile.
    async fn batch(&mut self, batch: Batch, started: Stopwatch) -> Answer<bool> {
        let mut report = self.report.clone();
        let (rows, groups, Translated { cases, mut rejects, remarks, words, mut assumed }) =
            (count(batch.rows), count(batch.groups), batch.all);
        remarks.into_iter().for_each(|(topic, remark)| report.remark(topic, remark));
        words.into_iter().for_each(|word| *report.words.entry(word).or_default() += 1);
        let mut tx = self.scope.begin().await?;
        let source = cases::source(&mut tx, &self.mapping.source).await?;
        for (incoming, mut its_rows) in cases {
            let Some(case_type) = self.translator.case_type(&incoming) else { continue };
            let its_notes = notes_of(&mut its_rows);
            let how = Arrival {
                case_type,
                catalogue: self.catalogue,
                source,
                certain: certainty(self.mapping.trust),
                update: self.mapping.existing == Existing::Update,
            };
            let (id, kind, channel) = (named(&incoming), kind_of(&how, &incoming), incoming.channel.clone().unwrap_or_default());
            let restricted = incoming.restricted == Some(true);
            let assumed = assumed.remove(&incoming.external_id).unwrap_or_default();
            match cases::bring_in(&mut tx, &how, incoming).await? {
                Arrived::Hidden => {
                    rejects.extend(its_rows.into_iter().map(|row| self.translator.unavailable(row)));
                    continue;
                }
                Arrived::OtherCase(told) => {
                    rejects.extend(its_rows.into_iter().map(|row| self.translator.of_another(row, &told)));
                    report.remark(Topic::OtherCase, remark(&id, told));
                    continue;
                }
                arrived => {
                    if matches!(arrived, Arrived::Created { .. }) {
                        report.restricted += i64::from(restricted);
                        assumed.into_iter().for_each(|(topic, remark)| report.remark(topic, remark));
                    }
                    note(&mut report, &id, arrived);
                }
            }
            tally(&mut report, kind, channel);
            for (line, at, text) in its_notes {
                let column = self.import.header.get(at).cloned().unwrap_or_default();
                report.notes.add(line, column, text);
            }
        }
        if self.mode == Mode::Check {
            // The very same work, and then it never happened.
            drop(tx);
            tx = self.scope.begin().await?;
        }
        report.cases_done += groups;
        report.rejected += count(rejects.len());
        for reject in rejects {
            store::reject(&mut tx, self.import.id, reject).await?;
        }
        report.millis += i64::try_from(started.elapsed().as_millis()).unwrap_or_default();
        if !store::progress(&mut tx, self.import.id, self.mode.busy(), self.done..self.done + rows, &report).await? {
            return Ok(false);
        }
        tx.commit().await?;
        self.done += rows;
        self.report = report;
        Ok(true)
    }

    async fn end(self) -> Answer<Ended> {
        let mut tx = self.scope.begin().await?;
        let now = self.scope.state.clock.now();
        let (to, at) = match self.mode {
            Mode::Check => (Status::Checked, None),
            Mode::Import => (Status::Done, Some(now)),
        };
        if !store::turn(tx.raw(), self.import.id, self.mode.busy(), to, at).await? {
            return Ok(Ended::Taken);
        }
        if self.mode == Mode::Import {
            store::delete_pieces(tx.raw(), self.import.id).await?;
            let source = cases::source(&mut tx, &self.mapping.source).await?;
            store::remember_words(&mut tx, source, &self.mapping).await?;
            let report = &self.report;
            let facts = serde_json::json!({
                "cases": report.created, "entries": report.entries, "updated": report.updated, "unchanged": report.unchanged,
                "rejected": report.rejected, "source": report.source,
            });
            let event =
                Event { action: "import.finished", subject_kind: "import", subject: self.import.id.uuid(), facts, values: Vec::new() };
            audit::record(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(Ended::Through)
    }
}

/// By what the report names a case: by its id, or without one by its title.
fn named(incoming: &Incoming) -> String {
    if incoming.external_id.starts_with('~') { incoming.title.clone() } else { incoming.external_id.clone() }
}

fn certainty(trust: Trust) -> Certainty {
    match trust {
        Trust::Guessed => Certainty::NeedsEvidence,
        Trust::Named => Certainty::Likely,
        Trust::Confirmed => Certainty::Given,
    }
}

fn remark(case: &str, told: Told) -> Remark {
    Remark { case: case.to_owned(), field: told.label, here: told.here, file: told.file }
}

/// Counts what came of a case.
fn note(report: &mut Report, id: &str, arrived: Arrived) {
    match arrived {
        Arrived::Created { entries, left_out, elsewhere } => {
            report.created += 1;
            report.entries += count(entries);
            if left_out {
                report.came_without(id.to_owned());
            }
            elsewhere.into_iter().for_each(|source| *report.elsewhere.entry(source).or_default() += 1);
        }
        Arrived::Here { entries, taken, differs, entry_differs, left_out } => {
            report.entries += count(entries);
            match (entries > 0 || !taken.is_empty(), differs.is_empty() && entry_differs.is_empty()) {
                (true, _) => report.updated += 1,
                (false, true) => report.unchanged += 1,
                (false, false) => report.differing += 1,
            }
            if left_out {
                report.came_without(id.to_owned());
            }
            for (topic, all) in [(Topic::Taken, taken), (Topic::Differs, differs), (Topic::EntryDiffers, entry_differs)] {
                all.into_iter().for_each(|told| report.remark(topic, remark(id, told)));
            }
        }
        Arrived::OtherCase(_) | Arrived::Hidden => {}
    }
}

/// Whether a case arrives open, waiting or closed.
fn kind_of(how: &Arrival<'_>, case: &Incoming) -> StateKind {
    let named = case.state.as_deref().and_then(|key| how.case_type.state(key)).map(|state| state.kind);
    named.unwrap_or(if case.closed_at.is_some() { StateKind::Closed } else { StateKind::Open })
}

/// Counts a case by state and channel, whether it is new or not.
fn tally(report: &mut Report, kind: StateKind, channel: String) {
    *report.kinds.entry(kind.key().to_owned()).or_default() += 1;
    // A column that is no channel must not fill the report.
    if report.channels.len() < 50 || report.channels.contains_key(&channel) {
        *report.channels.entry(channel).or_default() += 1;
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
