//! `casetrakr import`: the same import, from a file on this machine.

use std::path::Path;

use tokio::io::AsyncReadExt as _;

use super::{
    file::PIECE,
    guess,
    intake::Intake,
    look,
    model::{Report, Target},
    run::{Ended, Mode, Progress, work},
    store,
};
use crate::{
    accounts::{Permission, Scope},
    cases::{self, CaseType},
    count::grouped,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::state::State,
};

/// Imports a file into an organisation in the name of one of its admins, and shows at the terminal how far it is.
///
/// # Errors
/// One sentence that says what to do.
pub async fn import_file(
    state: &State,
    org: Id<kinds::Org>,
    user: Id<kinds::User>,
    path: &Path,
    type_key: &str,
    delimiter: Option<u8>,
    dry_run: bool,
) -> Result<Report, String> {
    let scope = Scope::of_member(state, org, user, Permission::CaseImport).await.map_err(|fault| fault.sentence())?;
    // Before two hundred megabytes are read.
    type_of(&cases::catalogue(&scope).await.map_err(|fault| fault.sentence())?.types, type_key)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut file = tokio::fs::File::open(path).await.map_err(|error| format!("{}: {error}", path.display()))?;
    let mut intake = Intake::begin(&scope, &name, delimiter).await.map_err(|fault| fault.sentence())?;
    let id = match pour(&mut intake, &mut file).await {
        Ok(id) => id,
        Err(why) => {
            intake.give_up().await.map_err(|fault| fault.sentence())?;
            return Err(format!("{}: {why}", path.display()));
        }
    };
    let report = carry_out(&scope, id, type_key, dry_run).await;
    if dry_run || report.is_err() {
        let mut tx = scope.begin().await.map_err(|fault| fault.sentence())?;
        if store::remove(&mut tx, id).await.map_err(|fault| fault.sentence())? {
            tx.commit().await.map_err(|fault| fault.sentence())?;
        }
    }
    report
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

async fn carry_out(scope: &Scope, id: Id<kinds::Import>, type_key: &str, dry_run: bool) -> Result<Report, String> {
    let mode = if dry_run { Mode::Check } else { Mode::Import };
    match_by_guess(scope, id, type_key, mode).await?;
    let ended = work(scope, id, mode, show).await.map_err(|fault| fault.sentence())?;
    let row = store::find(scope, id).await.map_err(|fault| fault.sentence())?;
    let report = row.map(|row| row.report.0).unwrap_or_default();
    match (ended, report.failure.clone()) {
        (Ended::Through, _) => Ok(report),
        (_, Some(why)) => Err(why),
        (Ended::Taken | Ended::Stopping, None) => Err("The import was stopped.".into()),
    }
}

#[expect(clippy::print_stderr, reason = "this is the command line's own output")]
fn show(progress: &Progress) {
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

/// As this organisation matched such a file last, else as the headings suggest.
async fn match_by_guess(scope: &Scope, id: Id<kinds::Import>, type_key: &str, mode: Mode) -> Result<(), String> {
    let sentence = |fault: Fault| fault.sentence();
    let row = store::find(scope, id).await.map_err(sentence)?.ok_or("The file is gone.")?;
    let catalogue = cases::catalogue(scope).await.map_err(sentence)?;
    let case_type = type_of(&catalogue.types, type_key)?;
    let fingerprint = guess::fingerprint(&row.header);
    let remembered = store::remembered(scope, &fingerprint).await.map_err(sentence)?;
    let mapping = remembered
        .filter(|mapping| mapping.case_type == Some(case_type.id) && mapping.columns.len() == row.header.len())
        .unwrap_or_else(|| guess::mapping(&row.header, std::slice::from_ref(case_type)));
    if !mapping.targets().contains(&Target::CaseId) {
        return Err(format!(
            "No column of {} looks like a case id. Name one \u{201c}case id\u{201d}, or match the columns in the browser first.",
            row.file_name
        ));
    }
    let begun = async {
        let mut tx = scope.begin().await?;
        store::match_columns(&mut tx, id, &mapping, &fingerprint).await?;
        let begun = store::begin(&mut tx, id, mode.busy()).await?;
        if mode == Mode::Import {
            // Should this process be killed, a server goes on with it then. Otherwise there is nothing left to do.
            look::order(&mut tx, id, mode, scope.state.clock.now().plus_seconds(3_600)).await?;
        }
        tx.commit().await?;
        Answer::Ok(begun)
    };
    if begun.await.map_err(sentence)? { Ok(()) } else { Err("The import cannot begin.".into()) }
}
