//! `casetrakr import`: the same import, from a file on this machine.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use tokio::io::AsyncReadExt as _;

use super::{
    answers::{Answers, questions},
    file::PIECE,
    intake::Intake,
    look,
    mapping_file::{self, LARGEST, MappingFile},
    model::{Existing, Mapping, Target, Trust},
    reading::Wanted,
    rejected,
    report::Report,
    run::{Ended, Mode, Progress, work},
    store::{self, ImportRow, Rejection},
};
use crate::{
    accounts::{Permission, Scope},
    cases::{self, CaseType},
    count::{counted, grouped},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::state::State,
};

/// Reasons for leaving rows out that are told.
const SHOWN: i64 = 20;

/// What is asked for. What is not said is as such a file was matched last, or else as it seems likely.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The key of the case type. Without one the mapping names it.
    pub case_type: Option<String>,
    /// What the file says of itself and says wrong.
    pub wanted: Wanted,
    /// What it does not say of how it is written.
    pub answers: Answers,
    /// Whether nothing is to be brought in.
    pub dry_run: bool,
    /// The name of the system that the ids are from.
    pub source: Option<String>,
    /// A file of saved answers.
    pub mapping: Option<PathBuf>,
    /// `HEADING=TARGET`, which goes before all else.
    pub columns: Vec<String>,
    /// Whether each row is a case of its own.
    pub without_id: bool,
    /// Whether ids mean the same cases, even where it does not look so.
    pub same_cases: bool,
    /// Whether cases that are here stay as they are.
    pub only_new: bool,
    /// Where the answers are saved.
    pub save_mapping: Option<PathBuf>,
    /// Where rows that are left out are written, to be mended and imported again.
    pub rejected: Option<PathBuf>,
}

/// What came of it: the report, and why rows were left out.
#[derive(Debug)]
pub struct Ran {
    /// The numbers, and what there is to look at.
    pub report: Report,
    rejects: Vec<Rejection>,
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "From {}. {}", self.report.source, self.report)?;
        for part in self.report.parts() {
            write!(f, "\n{part}")?;
        }
        if self.rejects.is_empty() {
            return Ok(());
        }
        write!(f, "\nLeft out:")?;
        for reject in &self.rejects {
            let column = if reject.column_name.is_empty() { String::new() } else { format!(", {}", reject.column_name) };
            let others =
                if reject.many > 1 { format!(" and {}", counted(reject.many - 1, "more row", "more rows")) } else { String::new() };
            write!(f, "\n  - line {}{others}{column}: {} {}", grouped(reject.line), reject.reason, reject.cure)?;
        }
        let more = self.report.rejected - self.rejects.iter().map(|reject| reject.many).sum::<i64>();
        if more > 0 { write!(f, "\n  - and {} more; --rejected FILE writes them all", grouped(more)) } else { Ok(()) }
    }
}

/// Imports a file into an organisation in the name of one of its admins, and shows at the terminal how far it is.
///
/// # Errors
/// One sentence that says what to do.
pub async fn import_file(state: &State, org: Id<kinds::Org>, user: Id<kinds::User>, path: &Path, wish: &Wish) -> Result<Ran, String> {
    let scope = Scope::of_member(state, org, user, Permission::CaseImport).await.map_err(|fault| fault.sentence())?;
    // Before two hundred megabytes are read.
    let types = cases::catalogue(&scope).await.map_err(|fault| fault.sentence())?.types.clone();
    let saved = wish.mapping.as_deref().map(read_mapping).transpose()?;
    let case_type = match (&wish.case_type, &saved) {
        (Some(key), _) => type_of(&types, key)?,
        (None, Some(saved)) => saved.case_type(&types)?,
        (None, None) => return Err("Name the case type with --type.".into()),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut file = tokio::fs::File::open(path).await.map_err(|error| format!("{}: {error}", path.display()))?;
    let mut intake = Intake::begin(&scope, &name, wish.wanted).await.map_err(|fault| fault.sentence())?;
    let id = match pour(&mut intake, &mut file).await {
        Ok(id) => id,
        Err(why) => {
            intake.give_up().await.map_err(|fault| fault.sentence())?;
            return Err(format!("{}: {why}", path.display()));
        }
    };
    let ran = carry_out(&scope, id, case_type, saved.as_ref(), wish).await;
    if wish.dry_run || ran.is_err() {
        let mut tx = scope.begin().await.map_err(|fault| fault.sentence())?;
        if store::remove(&mut tx, id).await.map_err(|fault| fault.sentence())? {
            tx.commit().await.map_err(|fault| fault.sentence())?;
        }
    }
    ran
}

fn read_mapping(path: &Path) -> Result<MappingFile, String> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| named(&error))?.len();
    if size > LARGEST as u64 {
        return Err(named(&"This is no file of saved answers: it is too large."));
    }
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    MappingFile::read(&text).map_err(|why| named(&why))
}

async fn pour(intake: &mut Intake, file: &mut tokio::fs::File) -> Result<Id<kinds::Import>, String> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return intake.end().await.map_err(|fault| fault.sentence());
        }
        intake.take(piece.get(..read).unwrap_or_default()).await.map_err(|fault| fault.sentence())?;
    }
}

async fn carry_out(
    scope: &Scope,
    id: Id<kinds::Import>,
    case_type: &CaseType,
    saved: Option<&MappingFile>,
    wish: &Wish,
) -> Result<Ran, String> {
    let sentence = |fault: Fault| fault.sentence();
    let mode = if wish.dry_run { Mode::Check } else { Mode::Import };
    let row = store::find(scope, id).await.map_err(sentence)?.ok_or("The file is gone.")?;
    let mapping = mapping(scope, &row, case_type, saved, wish).await?;
    begin(scope, &row, &mapping, mode).await.map_err(sentence)?;
    let ended = work(scope, id, mode, show).await.map_err(sentence)?;
    let report = store::find(scope, id).await.map_err(sentence)?.map(|row| row.report.0).unwrap_or_default();
    match (ended, report.failure.clone()) {
        (Ended::Through, _) => {}
        (_, Some(why)) => return Err(why),
        (Ended::Taken | Ended::Stopping, None) => return Err("The import was stopped.".into()),
    }
    if let Some(path) = &wish.save_mapping {
        let file = MappingFile::of(&mapping, case_type, &row.header, report.words.keys().cloned());
        write(path, file.text().as_bytes())?;
    }
    if let Some(path) = wish.rejected.as_ref().filter(|_| report.rejected > 0) {
        write(path, &rejected::file(scope, id, &row.header).await.map_err(sentence)?)?;
    }
    let rejects = store::rejections(scope, id, SHOWN).await.map_err(sentence)?;
    Ok(Ran { report, rejects })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Shows how far it is, where somebody looks on.
#[expect(clippy::print_stderr, reason = "this is the command line's own output")]
fn show(progress: &Progress) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    eprint!("\r{} of {} rows", grouped(progress.rows), grouped(progress.of));
    if progress.rows >= progress.of {
        eprintln!();
    }
}

fn type_of<'a>(types: &'a [CaseType], key: &str) -> Result<&'a CaseType, String> {
    types.iter().find(|t| t.key == key).ok_or_else(|| {
        let known: Vec<&str> = types.iter().map(|t| t.key.as_str()).collect();
        format!("There is no case type {key}. This organisation has: {}.", known.join(", "))
    })
}

/// As it was asked for; else as this organisation matched such a file last; else as headings and values suggest.
async fn mapping(
    scope: &Scope,
    row: &ImportRow,
    case_type: &CaseType,
    saved: Option<&MappingFile>,
    wish: &Wish,
) -> Result<Mapping, String> {
    let types = cases::catalogue(scope).await.map_err(|fault| fault.sentence())?.types.clone();
    let mut mapping = look::suggestion(scope, row, &types, &case_type.key).await.map_err(|fault| fault.sentence())?.0;
    if let Some(saved) = saved {
        let told = saved.mapping(case_type, &types, &row.header)?;
        let source = if told.source.is_empty() { mapping.source } else { told.source.clone() };
        mapping = Mapping { source, ..told };
    }
    let said = wish.columns.iter().filter_map(|said| said.rsplit_once('=').map(|(_, key)| key));
    let known = mapping_file::types(case_type, &types, mapping.columns.iter().map(String::as_str).chain(said));
    for said in &wish.columns {
        let (heading, key) = said.rsplit_once('=').ok_or_else(|| format!("Write --column \"HEADING=TARGET\" instead of {said}."))?;
        let target = mapping_file::target(key, &known)?;
        let at = row.header.iter().position(|known| known == heading.trim());
        let at = at.ok_or_else(|| mapping_file::no_column(heading, &row.header))?;
        for (other, column) in mapping.columns.iter_mut().enumerate() {
            // What is said goes before what was only likely.
            if other == at {
                *column = target.key();
            } else if !target.may_repeat() && *column == target.key() {
                *column = Target::Skip.key();
            }
        }
    }
    mapping.without_id |= wish.without_id;
    if let Some(source) = wish.source.as_deref().map(str::trim).filter(|source| !source.is_empty()) {
        mapping.source = cases::parse::parse_line(source).map_err(|cure| format!("--source: {cure}"))?.unwrap_or_default();
        mapping.trust = Trust::Named;
    }
    if wish.same_cases {
        mapping.trust = Trust::Confirmed;
    }
    if wish.only_new {
        mapping.existing = Existing::Keep;
    }
    if mapping.source.is_empty() {
        return Err(format!(
            "Say with --source from which system {} comes: {}, or a new name.",
            row.file_name,
            look::known_sources(scope).await.map_err(|fault| fault.sentence())?.join(", ")
        ));
    }
    if !mapping.tells_cases() {
        return Err(format!(
            "No column of {} is clearly the id of a case. Say which one with --column \"HEADING=case_id\", or that each row is a case of its own with --no-id. It has: {}.",
            row.file_name,
            row.header.join(", ")
        ));
    }
    mapping.answers = wish.answers.or(mapping.answers);
    let asked = questions(&row.findings, &row.header, &mapping.targets(), Some(case_type), mapping.answers);
    if let Some(question) = asked.iter().find(|question| question.is_open && question.must && question.value.is_empty()) {
        return Err(format!(
            "{}: nothing in {} tells how they are meant. {} Say it with {}.",
            question.label, row.file_name, question.hint, question.flag
        ));
    }
    Ok(mapping)
}

async fn begin(scope: &Scope, row: &ImportRow, mapping: &Mapping, mode: Mode) -> Answer<()> {
    let mut tx = scope.begin().await?;
    let version = store::match_columns(&mut tx, row.id, mapping).await?.unwrap_or_default();
    store::remember(&mut tx, mapping, &row.header).await?;
    if !store::begin(&mut tx, row.id, mode.busy(), version).await? {
        return Err(Fault::forbidden("The import cannot begin."));
    }
    if mode == Mode::Import {
        // Should this process be killed, a server goes on with it then. Otherwise there is nothing left to do.
        look::order(&mut tx, row.id, mode, scope.state.clock.now().plus_seconds(3_600)).await?;
    }
    tx.commit().await
}
