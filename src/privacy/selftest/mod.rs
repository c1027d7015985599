//! `casetrakr selftest`: proves on this very installation that a person gets everything that is held about them, and that
//! nothing of it is left once they are erased.
//!
//! A synthetic account holder is made, with a string of its own in every column that the registry says is personal; and
//! a second one, of whom nothing may show up anywhere. Then the copy of the data is made and searched, a legal hold is
//! tried, the person is erased, and every table, the files of the database, what is sealed, and the log lines of all
//! this are searched. What was made is taken away again, by the next run where this one is killed; so there is one at a time. A table that is added to the registry takes part by itself.

mod plant;
mod scan;
mod troupe;

use std::{
    io::Read as _,
    sync::{Arc, Mutex},
};

use tracing::instrument::WithSubscriber as _;

use plant::Planted;
use troupe::Troupe;

use crate::{
    accounts::Person,
    audit,
    fault::{Answer, Fault},
    privacy::{
        mine,
        retention::{self, Released},
    },
    server::{
        secret::{hex, sha256},
        state::State,
    },
};

/// One thing that was to be proved.
#[derive(Clone, Debug)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// How many things were looked at.
    pub of: usize,
    /// What was missing or left over; empty where all is well.
    pub misses: Vec<String>,
}

/// Everything that was proved, or was not.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The checks, in their order.
    pub checks: Vec<Check>,
}

impl Report {
    fn add(&mut self, what: &'static str, of: usize, misses: Vec<String>) {
        self.checks.push(Check { what, of, misses });
    }

    /// Whether all of it was proved.
    pub fn passed(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.misses.is_empty())
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = self.checks.iter().map(|check| check.what.len()).max().unwrap_or_default();
        for check in &self.checks {
            let outcome = if check.misses.is_empty() { "ok".to_owned() } else { format!("{} missed", check.misses.len()) };
            writeln!(f, "{:width$}  {:>5}  {outcome}", check.what, check.of)?;
            for miss in &check.misses {
                writeln!(f, "{:width$}         {miss}", "")?;
            }
        }
        f.write_str(if self.passed() { "All proved." } else { "NOT PROVED." })
    }
}

/// Runs the whole proof.
///
/// # Errors
/// When something that should be possible was not; the report says what was proved and what was not.
pub async fn run(state: &State) -> Answer<Report> {
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || written.clone()).finish();
    let mut report = Report::default();
    troupe::clear(state).await?;
    let troupe = Troupe::engage(state).await?;
    let outcome = prove(state, &troupe, &mut report).with_subscriber(subscriber).await;
    let left = troupe.dismiss(state).await;
    outcome?;
    left?;
    let log = lines.text();
    let mut told: Vec<String> = troupe.planted().filter(|planted| log.contains(&planted.canary)).map(Planted::place).collect();
    if !log.contains("an account was erased") {
        told.push("there are no log lines to look through".to_owned());
    }
    report.add("log lines hold no planted string", log.lines().count(), told);
    Ok(report)
}

async fn prove(state: &State, troupe: &Troupe, report: &mut Report) -> Answer<()> {
    let all: Vec<&Planted> = troupe.subject.planted.iter().collect();
    report.add("columns with a planted string", all.len(), plant::forgotten(&troupe.subject.planted));
    let seen = scan::everywhere(state).await?;
    let unseen = all.iter().filter(|planted| !seen.contains(&planted.canary)).map(|planted| planted.place()).collect();
    report.add("the search finds them while they are there", all.len(), unseen);
    access(state, troupe, report).await?;
    holds(state, troupe, report).await?;
    let (columns, named) = scan::traces(state, &troupe.subject.person).await?;
    let unnamed = if named.len() < columns { vec![format!("only {} name the account", named.len())] } else { Vec::new() };
    report.add("columns that name the account", columns, unnamed);
    let certificate = mine::erase(state, troupe.subject.person.id).await?;
    report.add("the certificate counts every table that something was erased from", all.len(), uncounted(&all, &certificate));
    erased(state, troupe, report).await
}

/// Tables from which planted strings had to go, and of which the certificate has no number. What lay sealed in the record
/// became unreadable and is counted by itself.
fn uncounted(all: &[&Planted], certificate: &mine::Certificate) -> Vec<String> {
    let goes = all.iter().filter(|planted| planted.goes).map(|planted| planted.table.as_str());
    let tables: std::collections::BTreeSet<&str> = goes.collect();
    let counted = |table: &str| {
        let rows = certificate.deleted.get(table).or_else(|| certificate.emptied.get(table));
        rows.is_some_and(|rows| *rows > 0) || (table.starts_with("audit_") && certificate.unreadable > 0)
    };
    tables.into_iter().filter(|table| !counted(table)).map(str::to_owned).collect()
}

/// DR-2, DR-7: the copy has everything, nothing of anybody else, and shows every change.
async fn access(state: &State, troupe: &Troupe, report: &mut Report) -> Answer<()> {
    let held = mine::held(state, &troupe.subject.person).await?;
    let bytes = mine::package(state, &held)?;
    let files = unpacked(&bytes).ok_or(Fault::Internal { reference: "package".into() })?;
    let text: String = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    let given: Vec<&Planted> = troupe.subject.planted.iter().filter(|planted| planted.given).collect();
    let missing = given.iter().filter(|planted| !text.contains(&planted.canary)).map(|planted| planted.place()).collect();
    report.add("the copy holds all that is given", given.len(), missing);
    // The operator's place has no cases that a request could be about.
    let empty = held.sections.iter().filter(|section| section.rows.is_empty() && section.name != "rights_cases");
    report.add("the copy has rows of every table", held.sections.len(), empty.map(|section| section.name.to_owned()).collect());
    let others = troupe.other.planted.iter().filter(|planted| text.contains(&planted.canary)).map(Planted::place).collect();
    report.add("the copy holds nothing of anybody else", troupe.other.planted.len(), others);
    let (wrong, of) = unproved(state, &files);
    report.add("check sums and signature of the copy hold", of, wrong);
    Ok(())
}

fn unpacked(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).ok()?;
        let (name, mut content) = (file.name().to_owned(), Vec::new());
        file.read_to_end(&mut content).ok()?;
        files.push((name, content));
    }
    Some(files)
}

/// Files of the package whose check sum or signature does not hold, and how many were looked at.
fn unproved(state: &State, files: &[(String, Vec<u8>)]) -> (Vec<String>, usize) {
    let file = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
    let (manifest, signature) = (file("manifest.json"), file("manifest.sig"));
    let mut wrong = Vec::new();
    let changed: Vec<u8> = manifest.iter().enumerate().map(|(at, byte)| if at == 10 { byte ^ 1 } else { *byte }).collect();
    if !mine::verify(state, manifest, signature) {
        wrong.push("manifest.sig does not fit".to_owned());
    }
    if mine::verify(state, &changed, signature) {
        wrong.push("manifest.sig also fits a changed manifest".to_owned());
    }
    let listed: serde_json::Value = serde_json::from_slice(manifest).unwrap_or_default();
    let listed = listed.get("files").and_then(|files| files.as_array()).cloned().unwrap_or_default();
    for one in &listed {
        let path = one.get("path").and_then(|path| path.as_str()).unwrap_or_default();
        let sum = hex(&sha256(&[file(path)]));
        if one.get("sha256").and_then(|sum| sum.as_str()) != Some(&sum) {
            wrong.push(format!("{path} has another check sum"));
        }
    }
    if listed.len() + 2 != files.len() {
        wrong.push("the manifest lists not every file".to_owned());
    }
    (wrong, listed.len() + 2)
}

/// DR-4: a hold stops the erasure of this account, and of no other.
async fn holds(state: &State, troupe: &Troupe, report: &mut Report) -> Answer<()> {
    // Everybody in the troupe is planted among the operators, so it takes two.
    let (first, second) = (Person::of(&state.db, troupe.owner).await?.email, &troupe.other.person.email);
    let review: String = crate::server::time::iso(state.clock.now().plus_seconds(30 * 86_400)).chars().take(10).collect();
    let hold = retention::place(
        state,
        retention::NewHold {
            scope: retention::HoldScope::Account(troupe.subject.person.id.uuid()),
            reason: "selftest".into(),
            authority: "selftest".into(),
            by: first.clone(),
            review_on: review,
        },
    )
    .await?
    .id();
    let mut misses = Vec::new();
    if mine::erase(state, troupe.subject.person.id).await.is_ok() {
        misses.push("a held account was erased".to_owned());
    }
    if retention::held_account(state, troupe.other.person.id).await?.is_some() {
        misses.push("the hold covers another account".to_owned());
    }
    let released = [retention::release(state, hold, &first, "selftest").await?, retention::release(state, hold, second, "selftest").await?];
    if released != [Released::NeedsSecond, Released::Now] {
        misses.push("one person alone released a hold".to_owned());
    }
    report.add("a legal hold stops exactly what it covers", 3, misses);
    Ok(())
}

/// DR-3, DR-5, DR-24: nothing is left, the others are untouched, and the record still verifies.
async fn erased(state: &State, troupe: &Troupe, report: &mut Report) -> Answer<()> {
    let left = scan::everywhere(state).await?;
    let gone: Vec<&Planted> = troupe.subject.planted.iter().filter(|planted| planted.goes).collect();
    let survivors = gone.iter().filter(|planted| left.contains(&planted.canary)).map(|planted| planted.place()).collect();
    report.add("nothing of it is left in any table", gone.len(), survivors);
    let (files, found) = scan::files(state, gone.iter().map(|planted| planted.canary.as_str())).await?;
    report.add("nothing of it is left in any file", files, found);
    let (columns, named) = scan::traces(state, &troupe.subject.person).await?;
    report.add("what stays names no account", columns, named);
    let harmed = troupe.other.planted.iter().filter(|planted| !left.contains(&planted.canary)).map(Planted::place).collect();
    report.add("nobody else lost anything", troupe.other.planted.len(), harmed);
    let person = Person::of(&state.db, troupe.subject.person.id).await?;
    let mut misses = Vec::new();
    if !person.name.starts_with("Deleted user ") || !person.email.ends_with(".invalid") {
        misses.push(format!("{} is no tombstone", person.name));
    }
    if troupe.author_of_note(state).await? != Some(person.name) {
        misses.push("the note has lost its author".to_owned());
    }
    report.add("the work keeps an author of its own", 2, misses);
    let verified = audit::verify::verify(state).await?;
    report.add("the audit record verifies", usize::try_from(verified.events).unwrap_or_default(), verified.breaks);
    Ok(())
}

/// Log lines, kept in memory.
#[derive(Clone, Default)]
pub(in crate::privacy) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub(in crate::privacy) fn text(&self) -> String {
        self.0.lock().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Ok(mut all) = self.0.lock() {
            all.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that stands in the database, opened, a line a value: for tests that look for something of their own.
#[cfg(test)]
pub(in crate::privacy) async fn everything(state: &State) -> String {
    scan::all(state, "").await.unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests;
