//! What is asked of imports, and done: between `api` and `store`.

use super::{
    api::{ColumnView, ImportView, ImportsView, RejectView, SummaryView},
    file::File,
    guess,
    model::{Mapping, Status, Target},
    reading::Reading,
    run::{Mode, Order},
    sniff,
    store::{self, ImportRow},
};
use crate::{
    accounts::{Scope, ScopedTx},
    audit::{self, Event},
    cases::{self, CaseType},
    clock::Instant,
    count::counted,
    fault::{Answer, Complaints, Fault},
    ids::{Id, kinds},
    server::{config::is_over, jobs},
};

/// Rejected rows that are shown on the page.
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
    let mapping = suggestion(scope, &row, &types, type_key).await?;
    let rejects = store::rejects(scope, id, 0, SHOWN).await?;
    let columns = row.header.iter().enumerate().map(|(at, name)| ColumnView {
        name: name.clone(),
        sample: sample(&row, at),
        becomes: mapping.columns.get(at).cloned().unwrap_or_else(|| Target::Skip.key()),
    });
    Ok(ImportView {
        columns: columns.collect(),
        matched: row.mapping.case_type.is_some(),
        case_type: mapping.case_type,
        types,
        separated_by: sniff::in_words(&row.delimiter),
        delimiter: sniff::typed(&row.delimiter).to_owned(),
        encoding: row.encoding.clone(),
        rejects: rejects.into_iter().map(|r| RejectView { line: r.line, column: r.column_name, reason: r.reason, cure: r.cure }).collect(),
        summary: summary(scope, row),
    })
}

/// What was matched; else, or for another type, what this organisation matched last for such a file; else a guess.
async fn suggestion(scope: &Scope, row: &ImportRow, types: &[CaseType], type_key: &str) -> Answer<Mapping> {
    let asked = types.iter().find(|t| t.key == type_key);
    let fits = |mapping: &Mapping| {
        let known = types.iter().any(|t| Some(t.id) == mapping.case_type) && mapping.columns.len() == row.header.len();
        known && asked.is_none_or(|t| Some(t.id) == mapping.case_type)
    };
    if fits(&row.mapping) {
        return Ok(row.mapping.0.clone());
    }
    if let Some(remembered) = store::remembered(scope, &guess::fingerprint(&row.header)).await?.filter(fits) {
        return Ok(remembered);
    }
    Ok(guess::mapping(&row.header, asked.map_or(types, std::slice::from_ref)))
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

/// Reads the file again with another delimiter than it seemed to have. What was matched belonged to other columns.
pub(super) async fn read_again(scope: &Scope, id: Id<kinds::Import>, delimiter: &str) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let delimiter = sniff::named(delimiter).map_err(|cure| Fault::field("delimiter", cure))?;
    if !matches!(row.status, Status::Uploaded | Status::Checked) {
        return Err(not_now("delimiter", row.status));
    }
    let (mut file, mut reading, mut part) = (File::of(scope, &row), Reading::from(delimiter), 0);
    while let Some(piece) = file.piece(part).await? {
        reading.take(&piece).map_err(at_delimiter)?;
        part += 1;
    }
    let table = reading.end(file.encoding).map_err(at_delimiter)?;
    let mut tx = scope.begin().await?;
    if !store::read_again(&mut tx, id, table).await? {
        return Err(not_now("delimiter", row.status));
    }
    record(&mut tx, "import.read_again", id).await?;
    tx.commit().await
}

/// What is wrong with the file when it is read like this stands where that was asked for.
fn at_delimiter(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(wrong) => Fault::field("delimiter", wrong.into_iter().map(|w| w.message).collect::<Vec<_>>().join(" ")),
        other => other,
    }
}

/// Stores how the columns are matched and tries it out, which the person has asked for with one button.
pub(super) async fn check(scope: &Scope, id: Id<kinds::Import>, case_type: &str, columns: Vec<String>) -> Answer<()> {
    match_columns(scope, id, case_type, columns).await?;
    set_going(scope, id, Mode::Check).await
}

/// Stores how the columns are matched.
pub(super) async fn match_columns(scope: &Scope, id: Id<kinds::Import>, case_type: &str, columns: Vec<String>) -> Answer<()> {
    let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
    let catalogue = cases::catalogue(scope).await?;
    let mapping = parse(&row, &catalogue.types, case_type, columns)?;
    let mut tx = scope.begin().await?;
    if !store::match_columns(&mut tx, id, &mapping, &guess::fingerprint(&row.header)).await? {
        return Err(not_now("columns", row.status));
    }
    record(&mut tx, "import.matched", id).await?;
    tx.commit().await
}

/// A mapping that can be worked with.
fn parse(row: &ImportRow, types: &[CaseType], case_type: &str, mut columns: Vec<String>) -> Answer<Mapping> {
    let mut complaints = Complaints::default();
    let found = types.iter().find(|t| t.key == case_type);
    let found = complaints.take("case_type", found.ok_or_else(|| "Choose a case type.".to_owned()));
    columns.resize(row.header.len(), Target::Skip.key());
    let targets: Vec<Target> = columns.iter().map(|key| Target::parse(key)).collect();
    if !targets.contains(&Target::CaseId) {
        complaints.add("columns", "Say which column holds the case id. Rows with the same id become one case.");
    }
    for (at, target) in targets.iter().enumerate() {
        let field = format!("columns[{at}]");
        let earlier = targets.iter().take(at).position(|t| t == target).filter(|_| !target.may_repeat());
        if let Some(name) = earlier.and_then(|at| row.header.get(at)) {
            complaints.add(&field, format!("{} is taken from the column {name} already. Choose it once.", target.label()));
        }
        if let (Target::Field(key), Some(case_type)) = (target, found)
            && case_type.field(key).is_none()
        {
            complaints.add(&field, "This field belongs to another case type. Choose one of this type.");
        }
    }
    complaints.done()?;
    let columns = targets.iter().map(Target::key).collect();
    Ok(Mapping { case_type: found.map(|t| t.id), columns })
}

fn not_now(field: &'static str, status: Status) -> Fault {
    let message = if status.is_busy() {
        "It is being worked on. Wait until it has ended, or cancel it."
    } else {
        "This import has ended. Upload the file again."
    };
    Fault::field(field, message)
}

pub(super) async fn start(scope: &Scope, id: Id<kinds::Import>) -> Answer<()> {
    set_going(scope, id, Mode::Import).await
}

/// Moves the import on and stores the job, together.
async fn set_going(scope: &Scope, id: Id<kinds::Import>, mode: Mode) -> Answer<()> {
    let mut tx = scope.begin().await?;
    if !store::begin(&mut tx, id, mode.busy()).await? {
        drop(tx);
        let row = store::find(scope, id).await?.ok_or(Fault::NotFound)?;
        // Pressed twice: it is on its way.
        return if row.status == mode.busy() { Ok(()) } else { Err(not_now("columns", row.status)) };
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
