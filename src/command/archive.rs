//! `casetrakr import` and `export`: cases from a file, and everything of an organisation into one and out of it.

use super::{
    arguments::{ExportOptions, ImportOptions},
    open,
    terminal::print,
    user,
};
use crate::{count::grouped, import::Wish, privacy::archive};

pub(super) async fn import(import: &ImportOptions) -> Result<(), String> {
    let state = open::open(&import.options).await?;
    match (&import.archive, &import.file, &import.member) {
        (Some(archive), ..) => {
            let made = archive::import_file(&state, archive, import.key.as_deref()).await?;
            if import.key.is_none() {
                print("The signature was not checked; that takes the key of the installation that made the archive, as --key.");
            }
            print(&format!("{} rows of {} tables are in, the same as they were: {}", made.rows, made.tables, made.state_sha256));
            print("Nobody has a password here yet. For each person: casetrakr user link ADDRESS --reset");
        }
        (None, Some(file), Some(member)) => {
            let (org, member) = user::member(&state, member, import.org.as_deref()).await?;
            let read = import.written.read()?;
            let wish = Wish {
                case_type: import.case_type.clone(),
                wanted: read.0,
                answers: read.1,
                dry_run: import.dry_run,
                source: import.source.clone(),
                mapping: import.mapping.clone(),
                columns: import.columns.clone(),
                without_id: import.no_id,
                same_cases: import.same_cases,
                only_new: import.only_new,
                save_mapping: import.save_mapping.clone(),
                rejected: import.rejected.clone(),
            };
            print(&crate::import::import_file(&state, org, member, file, &wish).await?.to_string());
        }
        _ => return Err("name a CSV file, --as and --type, or --archive; see --help".to_owned()),
    }
    open::close(&state).await;
    Ok(())
}

pub(super) async fn export(export: &ExportOptions) -> Result<(), String> {
    let state = open::open(&export.options).await?;
    let made = archive::export_file(&state, &export.organisation, &export.to, show).await?;
    open::close(&state).await;
    let restricted = if made.restricted == 0 { String::new() } else { format!(", {} restricted cases among them", made.restricted) };
    print(&format!("{}: {} rows of {} tables{restricted}; {}", export.to.display(), made.rows, made.tables, made.state_sha256));
    Ok(())
}

#[expect(clippy::print_stderr, reason = "this is the command line's own output")]
fn show(done: u64, of: u64) {
    let many = |rows: u64| grouped(i64::try_from(rows / 2).unwrap_or(i64::MAX));
    eprint!("\r{} of {} rows", many(done), many(of));
    if done >= of {
        eprintln!();
    }
}
