//! What is asked of imports, and done: between `api` and `store`.

use std::{collections::BTreeMap, path::Path};

use super::{
    answers::{self, Typed, complain, questions},
    api::{ColumnView, ImportView, ImportsView, RejectView, SummaryView, WordView},
    file::File,
    guess,
    mapping_file::{self, MappingFile},
    model::{Existing, Mapping, Status, Target, Trust},
    reading::{Reading, Wanted},
    rejected,
    report::Topic,
    run::{Mode, Order},
    sniff, states,
    store::{self, ImportRow},
};
use crate::{
    accounts::{Scope, ScopedTx},
    audit::{self, Event},
    cases::{self, CaseType, parse::parse_line},
    clock::Instant,
    count::counted,
    fault::{Answer, Complaints, Fault},
    ids::{Id, kinds},
    server::{config::is_over, jobs},
};

/// Under which name a system is known that nobody has named.
pub(super) const UNNAMED: &str = "Other system";
/// Reasons for leaving rows out that are shown on the page.
const SHOWN: i64 = 20;

pub(super) async fn imports(scope: &Scope) -> Answer<ImportsView> {
    let imports = store::all(scope).await?.into_iter().map(|row| summary(scope, row)).collect();
    Ok(ImportsView { imports, limit_megabytes: scope.state.config.limits.import_bytes / 1_000_000 })
}

fn summary(scope: &Scope, row: ImportRow) -> SummaryView {
    let zone = &scope.actor.zone;
    SummaryView {
        id: row.id,
        file_name: row.file_name,
        by: row.created_by,
        at: zone.show(row.created_at),
        ended: row.finished_at.map(|at| zone.show(at)),
        status: row.status,
        rows_total: row.rows_total,
        rows_done: row.rows_done,
        report: row.report.0,
    }
}

pub(super) async fn progress(scope: &Scope, id: Id<kinds::Import>) -> Answer<SummaryView> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    Ok(summary(scope, row))
}

/// An import as its page shows it; `type_key` asks for another case type than the one matched or guessed.
pub(super) async fn import(scope: &Scope, id: Id<kinds::Import>, type_key: &str) -> Answer<ImportView> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let types = cases::catalogue(scope).await?.types.clone();
    let sources = known_sources(scope).await?;
    let (mapping, told) = suggestion(scope, &row, &types, type_key).await?;
    let rejects = store::rejections(scope, id, SHOWN).await?;
    let chosen = types.iter().find(|t| Some(t.id) == mapping.case_type);
    let asked = questions(&row.findings, &row.header, &mapping.targets(), chosen, mapping.answers);
    let front = rejected::added(&row.header);
    let columns = row.header.iter().enumerate().skip(front).map(|(at, name)| {
        let becomes = mapping.columns.get(at).cloned().unwrap_or_else(|| Target::Skip.key());
        ColumnView {
            at,
            name: name.clone(),
            sample: sample(&row, at),
            filled: filled(&row, at),
            why: why(&row, at, &becomes, told),
            becomes,
        }
    });
    Ok(ImportView {
        columns: columns.collect(),
        matched: row.mapping.case_type.is_some(),
        case_type: mapping.case_type,
        words: chosen.map(|case_type| words(&row, &mapping, &mapping_file::types(case_type, &types, &mapping.columns))).unwrap_or_default(),
        left_out: guess::left_out(&row.header, &row.profile, &mapping),
        source: mapping.source.clone(),
        sources,
        existing: mapping.existing,
        without_id: mapping.without_id,
        confirmed: mapping.trust == Trust::Confirmed,
        asks_same: row.report.count_of(Topic::OtherCase) > 0 || mapping.trust == Trust::Confirmed,
        types,
        separated_by: sniff::in_words(&row.delimiter),
        delimiter: sniff::typed(&row.delimiter).to_owned(),
        encoding: row.encoding.clone(),
        heading_line: row.findings.heading_line.max(1),
        above: row.findings.above.clone(),
        questions: asked,
        rejects: rejects
            .into_iter()
            .map(|r| RejectView { line: r.line, rows: r.many, column: r.column_name, reason: r.reason, cure: r.cure })
            .collect(),
        version: row.version,
        summary: summary(scope, row),
    })
}

/// The names of the systems from which cases have come.
pub(super) async fn known_sources(scope: &Scope) -> Answer<Vec<String>> {
    Ok(cases::sources(scope).await?.into_iter().map(|source| source.name).collect())
}

/// A name for the system from which a file with unknown headings comes: one that no other has, so that its ids join no case
/// by mistake. Nothing where the file is called like one that is known: then it may be the same, or not.
fn new_source(file_name: &str, known: &[String]) -> String {
    if known.iter().all(|name| name == guess::OWN_SOURCE) {
        return UNNAMED.to_owned();
    }
    let stem = Path::new(file_name).file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let own = parse_line(&stem).ok().flatten().unwrap_or_default();
    if known.iter().any(|name| name.eq_ignore_ascii_case(&own)) { String::new() } else { own }
}

/// How a mapping was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Somebody matched this file.
    Hand,
    /// Such a file was matched before.
    Memory,
    /// It is likely.
    Guess,
}

/// What was matched; else, or for another type, what this organisation matched last for such a file; else a guess. What it
/// means in words for states is added, and a source.
pub(super) async fn suggestion(scope: &Scope, row: &ImportRow, types: &[CaseType], type_key: &str) -> Answer<(Mapping, By)> {
    let kept = &row.mapping.0;
    let asked = types.iter().find(|t| t.key == type_key).or_else(|| types.iter().find(|t| Some(t.id) == kept.case_type));
    let front = rejected::added(&row.header);
    let fits = |mapping: &Mapping| {
        let known = types.iter().any(|t| Some(t.id) == mapping.case_type) && mapping.columns.len() == row.header.len();
        known && asked.is_none_or(|t| Some(t.id) == mapping.case_type)
    };
    let mut found = fits(&row.mapping).then(|| (row.mapping.0.clone(), By::Hand));
    if found.is_none()
        && let Some(mut mapping) = store::remembered(scope, &guess::fingerprint(&row.header)).await?
    {
        // Rows that were left out have four columns in front.
        mapping.columns.splice(0..0, std::iter::repeat_n(Target::Skip.key(), front));
        mapping.trust = Trust::Guessed;
        guess::keep_restricted(&row.header, &mut mapping);
        found = fits(&mapping).then_some((mapping, By::Memory));
    }
    let guessed = || (guess::mapping(&row.header, &row.profile, asked.map_or(types, std::slice::from_ref), types), By::Guess);
    let (mut mapping, by) = found.unwrap_or_else(guessed);
    // The file was read again since, and these answers still hold.
    if by != By::Hand && !kept.source.is_empty() {
        mapping.source.clone_from(&kept.source);
        mapping.existing = kept.existing;
    }
    if mapping.source.is_empty() {
        if guess::is_our_export(&row.header) {
            guess::OWN_SOURCE.clone_into(&mut mapping.source);
        } else {
            mapping.source = new_source(&row.file_name, &known_sources(scope).await?);
        }
    }
    let mut words = store::words(scope, &mapping).await?;
    words.append(&mut mapping.states);
    mapping.states = words;
    Ok((mapping, by))
}

/// Why a column becomes what it is said to become, where nobody has said it.
fn why(row: &ImportRow, at: usize, becomes: &str, by: By) -> String {
    let heading = row.header.get(at).map_or("", String::as_str);
    let words = match (by, Target::parse(becomes)) {
        (By::Hand, _) => "",
        (By::Memory, _) => "As the last time",
        (By::Guess, Target::CaseId) => "By its heading and its values",
        (By::Guess, Target::Skip) if row.profile.get(at).is_some_and(|profile| profile.rows > 0 && profile.filled == 0) => "Empty",
        (By::Guess, Target::Skip) if heading.eq_ignore_ascii_case("state") => "Its values are no states of a case",
        (By::Guess, Target::Skip) => "",
        (By::Guess, _) => "By its heading",
    };
    words.to_owned()
}

fn filled(row: &ImportRow, at: usize) -> bool {
    row.profile.get(at).is_none_or(|profile| profile.filled > 0 || profile.rows == 0)
}

/// The words for states in the file that are none of ours, as far as they are known: with what they mean or may mean.
fn words(row: &ImportRow, mapping: &Mapping, types: &[&CaseType]) -> Vec<WordView> {
    let column = mapping.columns.iter().position(|key| Target::parse(key) == Target::State);
    let seen = column.and_then(|at| row.profile.get(at)).map(|profile| profile.values.clone()).unwrap_or_default();
    // What was answered for this file, and what stands in it; what other files have had is not asked here.
    let mut all: BTreeMap<String, String> = row.mapping.states.keys().map(|word| (word.clone(), word.clone())).collect();
    all.extend(row.report.words.keys().chain(&seen).map(|word| (states::folded(word), word.clone())));
    let mut words = Vec::new();
    for (folded, word) in all {
        // In a file with cases of several types, what one of them knows may still be foreign to another.
        let is_known = types.iter().any(|t| states::known(&word, t, &BTreeMap::new()).is_some()) && !row.report.words.contains_key(&word);
        if column.is_none() || is_known {
            continue;
        }
        let means = mapping.states.get(&folded).cloned().unwrap_or_default();
        let likely = types.iter().find_map(|t| states::likely(&word, t)).unwrap_or_default();
        words.push(WordView { word, means, likely });
    }
    words
}

/// The first values of a column that differ.
fn sample(row: &ImportRow, at: usize) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in row.sample.iter().filter_map(|cells| cells.get(at)).filter(|value| !value.is_empty()) {
        if !values.contains(value) && values.len() < 3 {
            values.push(value.clone());
        }
    }
    values
}

/// Reads the file again with another delimiter than it seemed to have, or with its headings on another line; without one
/// they are looked for. What was matched belonged to other columns.
pub(super) async fn read_again(scope: &Scope, id: Id<kinds::Import>, delimiter: &str, heading_line: &str) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let mut complaints = Complaints::default();
    let delimiter = complaints.take("delimiter", sniff::named(delimiter).map_err(Into::into));
    let heading_line = complaints.take("heading_line", sniff::line_number(heading_line)).flatten();
    complaints.done()?;
    if !matches!(row.status, Status::Uploaded | Status::Checked) {
        return Err(not_now("delimiter", row.status));
    }
    // What is wrong with the file when it is read like this stands where that was asked for.
    let otherwise = heading_line.is_some_and(|line| line != row.findings.heading_line.max(1));
    let told = |fault| at_field(if otherwise { "heading_line" } else { "delimiter" }, fault);
    let (mut file, mut reading, mut part) = (File::of(scope, &row), Reading::from(Wanted { delimiter, heading_line }, &[]), 0);
    while let Some(piece) = file.piece(part).await? {
        reading.take(&piece).map_err(told)?;
        part += 1;
    }
    let table = reading.end(file.manner.encoding).map_err(told)?;
    let mut tx = scope.begin().await?;
    if !store::read_again(&mut tx, id, table).await? {
        return Err(not_now("delimiter", row.status));
    }
    record(&mut tx, "import.read_again", id).await?;
    tx.commit().await
}

fn at_field(field: &'static str, fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(wrong) => Fault::field(field, wrong.into_iter().map(|w| w.message).collect::<Vec<_>>().join(" ")),
        other => other,
    }
}

/// What was answered about a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    pub case_type: String,
    /// The type whose fields the form offered; nothing where that is the one above.
    pub shown_type: String,
    /// What separates the columns and on which line the headings are, where the form said so.
    pub delimiter: String,
    pub heading_line: String,
    /// Whether the file is to be read again in any case.
    pub again: bool,
    pub columns: Vec<String>,
    /// The number of the column of the case id, `none`, or nothing where the columns say it themselves.
    pub case_column: String,
    pub source: String,
    pub existing: String,
    /// Whether ids mean the same cases, even where it does not look so.
    pub same: bool,
    pub words: Vec<String>,
    pub states: Vec<String>,
    /// How the file is written.
    pub written: Typed,
}

/// Stores how the columns are matched and tries it out, which the person has asked for with one button. Where they have
/// changed how the file is read or what its rows become, the form comes again first, with what still holds of the answers.
pub(super) async fn check(scope: &Scope, id: Id<kinds::Import>, answers: Answers) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let catalogue = cases::catalogue(scope).await?;
    let types = &catalogue.types;
    if is_read_otherwise(&row, &answers) {
        let delimiter = if answers.delimiter.is_empty() { sniff::typed(&row.delimiter) } else { &answers.delimiter };
        read_again(scope, id, delimiter, &answers.heading_line).await?;
        let again = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
        let given = parse(&row, types, &answers).0;
        let kept = if again.header == row.header { given } else { Mapping { columns: Vec::new(), ..given } };
        return keep(scope, &again, &kept).await.map(drop);
    }
    let other = types.iter().find(|t| t.key == answers.case_type).filter(|t| !answers.shown_type.is_empty() && t.key != answers.shown_type);
    if let Some(case_type) = other {
        let given = if answers.columns.is_empty() {
            Mapping { source: answers.source.trim().to_owned(), ..suggestion(scope, &row, types, &case_type.key).await?.0 }
        } else {
            parse(&row, types, &answers).0
        };
        let mapping = for_type(&row, types, case_type, given);
        return keep(scope, &row, &mapping).await.map(drop);
    }
    let (mut mapping, mut complaints) = parse(&row, types, &answers);
    if mapping.source.is_empty() {
        mapping.source = suggestion(scope, &row, types, &answers.case_type).await?.0.source;
    }
    if mapping.source.is_empty() {
        let known = known_sources(scope).await?.join(", ");
        complaints.add("source", format!("Name the system that the file comes from: {known}, or a new name."));
    }
    complaints.done()?;
    let version = match_columns(scope, &row, &mapping).await?;
    set_going(scope, id, Mode::Check, version).await
}

fn is_read_otherwise(row: &ImportRow, answers: &Answers) -> bool {
    let delimiter = answers.delimiter.trim();
    let line = answers.heading_line.trim();
    answers.again
        || (!delimiter.is_empty() && delimiter != sniff::typed(&row.delimiter))
        || (!line.is_empty() && line != row.findings.heading_line.max(1).to_string())
}

/// The same answers for cases of another type. Where it has no such field or state, the column is guessed anew.
fn for_type(row: &ImportRow, types: &[CaseType], case_type: &CaseType, mut mapping: Mapping) -> Mapping {
    let likely = guess::mapping(&row.header, &row.profile, std::slice::from_ref(case_type), types).columns;
    let offered = mapping_file::types(case_type, types, &mapping.columns);
    for (at, guessed) in likely.into_iter().enumerate() {
        let holds = match mapping.columns.get(at).map(|key| Target::parse(key)) {
            Some(Target::Field(key)) => offered.iter().any(|t| t.field(&key).is_some()),
            Some(Target::Skip) => !matches!(Target::parse(&guessed), Target::Field(_)),
            Some(_) => true,
            None => continue,
        };
        if !holds {
            let taken = mapping.columns.contains(&guessed) && !Target::parse(&guessed).may_repeat();
            mapping.columns[at] = if taken { Target::Skip.key() } else { guessed };
        }
    }
    mapping.states.retain(|_, key| offered.iter().any(|t| t.state(key).is_some()));
    mapping.case_type = Some(case_type.id);
    mapping
}

/// Stores how the columns are matched, and remembers it for the next such file; answers the import's version.
pub(super) async fn match_columns(scope: &Scope, row: &ImportRow, mapping: &Mapping) -> Answer<i64> {
    let mut tx = scope.begin().await?;
    let version = store::match_columns(&mut tx, row.id, mapping).await?.ok_or_else(|| not_now("columns", row.status))?;
    store::remember(&mut tx, mapping, &row.header).await?;
    record(&mut tx, "import.matched", row.id).await?;
    tx.commit().await?;
    Ok(version)
}

/// Stores answers that are not all there yet.
async fn keep(scope: &Scope, row: &ImportRow, mapping: &Mapping) -> Answer<i64> {
    let mut tx = scope.begin().await?;
    let version = store::match_columns(&mut tx, row.id, mapping).await?.ok_or_else(|| not_now("columns", row.status))?;
    record(&mut tx, "import.matched", row.id).await?;
    tx.commit().await?;
    Ok(version)
}

/// Takes a matching that was saved as a file.
pub(super) async fn take_mapping(scope: &Scope, id: Id<kinds::Import>, text: &str) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let catalogue = cases::catalogue(scope).await?;
    let wrong = |cure: String| Fault::field("mapping", cure);
    let file = MappingFile::read(text).map_err(wrong)?;
    let case_type = file.case_type(&catalogue.types).map_err(wrong)?;
    let mapping = file.mapping(case_type, &catalogue.types, &row.header).map_err(wrong)?;
    match_columns(scope, &row, &mapping).await.map(drop)
}

/// How an import is matched, or is likely to be, as a file.
pub(super) async fn mapping_file(scope: &Scope, id: Id<kinds::Import>) -> Answer<String> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let types = cases::catalogue(scope).await?.types.clone();
    let mapping = suggestion(scope, &row, &types, "").await?.0;
    let case_type = types.iter().find(|t| Some(t.id) == mapping.case_type).ok_or(Fault::NotFound)?;
    let unknown = words(&row, &mapping, &mapping_file::types(case_type, &types, &mapping.columns))
        .into_iter()
        .filter(|word| word.means.is_empty())
        .map(|word| word.word);
    Ok(MappingFile::of(&mapping, case_type, &row.header, unknown).text())
}

/// The mapping that was answered, and what is missing or wrong about it.
fn parse(row: &ImportRow, types: &[CaseType], answers: &Answers) -> (Mapping, Complaints) {
    let mut complaints = Complaints::default();
    let found = types.iter().find(|t| t.key == answers.case_type);
    let found = complaints.take("case_type", found.ok_or_else(|| "Choose a case type.".to_owned()));
    let mut columns = answers.columns.clone();
    columns.resize(row.header.len(), Target::Skip.key());
    let without_id = answers.case_column == "none";
    if let Some(column) = answers.case_column.parse().ok().and_then(|at: usize| columns.get_mut(at)) {
        *column = Target::CaseId.key();
    }
    let targets: Vec<Target> = columns.iter().map(|key| Target::parse(key)).collect();
    for (at, target) in targets.iter().enumerate() {
        let field = format!("columns[{at}]");
        let earlier = targets.iter().take(at).position(|t| t == target).filter(|_| !target.may_repeat());
        if let Some(name) = earlier.and_then(|at| row.header.get(at)) {
            complaints.add(&field, format!("{} is taken from the column {name} already. Choose it once.", target.label()));
        }
        if let (Target::Field(key), Some(case_type)) = (target, found)
            && !targets.contains(&Target::Type)
            && case_type.field(key).is_none()
        {
            complaints.add(&field, "This field belongs to another case type. Choose one of this type.");
        }
    }
    let source = complaints.take("source", parse_line(&answers.source)).flatten().unwrap_or_default();
    let mut states = BTreeMap::new();
    for (at, (word, key)) in answers.words.iter().zip(&answers.states).enumerate() {
        if key.is_empty() {
            continue;
        }
        let known = found.map(|case_type| mapping_file::types(case_type, types, &columns));
        if known.is_some_and(|known| known.iter().all(|t| t.state(key).is_none())) {
            complaints.add(&format!("states[{at}]"), "Choose one of the states.");
        }
        states.insert(states::folded(word), key.clone());
    }
    let trust = match (answers.same, source.is_empty()) {
        (true, _) => Trust::Confirmed,
        (false, false) => Trust::Named,
        (false, true) => Trust::Guessed,
    };
    let written = answers::Answers::parse(&answers.written);
    complain(&questions(&row.findings, &row.header, &targets, found, written), &mut complaints);
    let columns = targets.iter().map(Target::key).collect();
    let case_type = found.map(|t| t.id);
    let existing = Existing::parse(&answers.existing);
    let mapping = Mapping { case_type, columns, source, trust, existing, without_id, states, answers: written };
    if !mapping.tells_cases() {
        complaints.add("columns", NO_ID);
    }
    (mapping, complaints)
}

/// What is said where no column is the id of a case.
pub(super) const NO_ID: &str =
    "Say which column holds the case id. Rows with the same id become one case. Without such a column, say that each row is a case.";

fn not_now(field: &'static str, status: Status) -> Fault {
    let message = if status.is_busy() {
        "It is being worked on. Wait until it has ended, or cancel it."
    } else {
        "This import has ended. Upload the file again."
    };
    Fault::field(field, message)
}

/// Imports what was tried out: of the version that the page showed, where it says which.
pub(super) async fn start(scope: &Scope, id: Id<kinds::Import>, version: &str) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let version = if version.is_empty() { row.version } else { version.parse().map_err(|_| Fault::Malformed)? };
    set_going(scope, id, Mode::Import, version).await
}

/// Moves the import on and stores the job, together.
async fn set_going(scope: &Scope, id: Id<kinds::Import>, mode: Mode, version: i64) -> Answer<()> {
    let mut tx = scope.begin().await?;
    if !store::begin(&mut tx, id, mode.busy(), version).await? {
        drop(tx);
        let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
        return match row.status {
            // Pressed twice: it is on its way.
            status if status == mode.busy() => Ok(()),
            Status::Uploaded | Status::Checked if row.version != version => Err(Fault::field(
                "columns",
                "The columns were matched differently since this page was loaded. Look at the result again, then import.",
            )),
            status => Err(not_now("columns", status)),
        };
    }
    let most = scope.state.config.quotas.imports_at_once;
    if is_over(store::under_way(&mut tx).await?, most) {
        let most = counted(most.into(), "import", "imports");
        return Err(Fault::field(
            "columns",
            format!("{most} of your organisation are under way, which is the most. Go on when one has ended."),
        ));
    }
    order(&mut tx, id, mode, scope.state.clock.now()).await?;
    tx.commit().await
}

/// Stores the job that goes on with it from `run_at`. That an import was begun goes on record; a trial changes nothing.
pub(super) async fn order(tx: &mut ScopedTx, id: Id<kinds::Import>, mode: Mode, run_at: Instant) -> Answer<()> {
    if mode == Mode::Import {
        record(tx, "import.started", id).await?;
    }
    let scope = tx.scope.clone();
    let order = Order { import: id, org: scope.actor.org, user: scope.actor.user, mode };
    let payload = serde_json::to_string(&order).unwrap_or_default();
    jobs::enqueue_at(&scope.state, tx.raw(), "import", Some(scope.actor.org.uuid()), &payload, run_at).await
}

/// Stops a job before its next batch. What was brought in until then stays.
pub(super) async fn cancel(scope: &Scope, id: Id<kinds::Import>) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let mut tx = scope.begin().await?;
    let now = scope.state.clock.now();
    if store::turn(tx.raw(), id, Status::Running, Status::Cancelled, Some(now)).await? {
        store::delete_pieces(tx.raw(), id).await?;
        record(&mut tx, "import.cancelled", id).await?;
    } else if !store::turn(tx.raw(), id, Status::Checking, Status::Uploaded, None).await? && row.status.is_busy() {
        // It has ended between the look and the word: nothing is left to cancel.
        return Ok(());
    }
    tx.commit().await
}

/// Removes an import and what is kept of its file; the cases stay.
pub(super) async fn forget(scope: &Scope, id: Id<kinds::Import>) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let mut tx = scope.begin().await?;
    if !store::remove(&mut tx, id).await? {
        return Err(not_now("columns", row.status));
    }
    record(&mut tx, "import.forgotten", id).await?;
    tx.commit().await?;
    leptos_axum::redirect("/settings/import");
    Ok(())
}

pub(super) async fn record(tx: &mut ScopedTx, action: &'static str, id: Id<kinds::Import>) -> Answer<()> {
    let event = Event { action, subject_kind: "import", subject: id.uuid(), facts: serde_json::json!({}), values: Vec::new() };
    audit::record(tx, event).await
}
