//! The newest links of all chains in a file beside the database: `audit.head` in the data folder. Whoever puts an older
//! database in its place, or cuts a chain with its head, does not change the file, so that it shows.
//!
//! Every node writes its own, at most every few seconds and when it stops, always after the commit: the database may be
//! ahead of the file and is never behind it. A line goes forward only, and only from a link that the database still has;
//! after a backup was put back it stays where it was, until `casetrakr audit restored` puts that on record. The file is
//! signed with the instance key. It names nobody.

use std::{
    collections::BTreeMap,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    time::Duration,
};

use serde_json::json;
use uuid::Uuid;

use super::{
    begin::begin_now,
    checkpoint::head,
    model::Change,
    store::{Event, record_in, start_chain},
    verify::{CHAIN, Installation, Report},
};
use crate::{
    fault::{Answer, Fault},
    server::{
        db::{Link, Tx, sql},
        secret::{hex, unhex},
        state::State,
    },
};

const FILE: &str = "audit.head";
const TITLE: &str = "casetrakr audit heads 1";
/// How often a server writes what is new.
const EVERY: Duration = Duration::from_secs(2);

type Lines = BTreeMap<Uuid, Link>;

/// What is found in the data folder.
enum Found {
    Nothing,
    Lines(Lines),
    /// A file that this installation did not write.
    Forged,
}

fn path(state: &State) -> PathBuf {
    state.config.server.data.join(FILE)
}

fn signature(state: &State, text: &str) -> String {
    hex(&state.key.derive("audit-marker").sign(text.as_bytes()))
}

fn read(state: &State) -> Result<Found, String> {
    let path = path(state);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    Ok(parse(state, &text).map_or(Found::Forged, Found::Lines))
}

fn parse(state: &State, text: &str) -> Option<Lines> {
    let (body, signed) = text.trim_end().rsplit_once('\n')?;
    let mut lines = body.lines();
    if signature(state, body) != signed || lines.next() != Some(TITLE) {
        return None;
    }
    let one = |line: &str| {
        let [org, seq, hash] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        Some((org.parse().ok()?, Link { seq: seq.parse().ok()?, hash: unhex(hash)? }))
    };
    lines.map(one).collect()
}

/// In one step, so that a crash leaves the one or the other.
fn write(state: &State, lines: &Lines) -> std::io::Result<()> {
    let line = |(org, link): (&Uuid, &Link)| format!("\n{org} {} {}", link.seq, hex(&link.hash));
    let body: String = std::iter::once(TITLE.to_owned()).chain(lines.iter().map(line)).collect();
    let text = format!("{body}\n{}\n", signature(state, &body));
    replace(&path(state), &text)
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // Two processes may write at the same time, a server and a command.
    let new = path.with_extension(format!("new{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(new, path)
}

/// Whether the marker knows of the operator's chain.
pub(super) fn knows_the_operator(state: &State) -> bool {
    !matches!(read(state), Ok(Found::Nothing))
}

/// Writes what was committed since the last time. Should that fail, the next time makes up for it.
pub async fn flush(state: &State) {
    let new = state.db.committed().take();
    if new.is_empty() {
        return;
    }
    if let Err(why) = forward(state, &new).await {
        tracing::warn!(why, "the newest links of the record cannot be written beside the database");
        state.db.committed().add(new);
    }
}

async fn forward(state: &State, new: &Lines) -> Result<(), String> {
    let away = |fault: Fault| fault.sentence();
    let mut lines = match read(state)? {
        Found::Nothing => Lines::new(),
        Found::Lines(lines) => lines,
        Found::Forged => return Err(format!("{} was not written by this installation", path(state).display())),
    };
    let mut tx = state.db.look().await.map_err(|error| away(error.into()))?;
    for (org, link) in new {
        match lines.get(org) {
            Some(line) if line.seq >= link.seq => {}
            Some(line) if !leads_through(&mut tx, *org, line).await.map_err(away)? => {
                tracing::error!(org.id = %org, count = line.seq, "the record no longer leads through a link that was committed before");
            }
            Some(_) | None => {
                lines.insert(*org, link.clone());
            }
        }
    }
    write(state, &lines).map_err(|error| error.to_string())
}

/// Whether the chain of an organisation has this link.
async fn leads_through(tx: &mut Tx, org: Uuid, line: &Link) -> Answer<bool> {
    tx.confine(org).await?;
    let hash: Option<Vec<u8>> =
        tx.query(sql!("select hash from audit_events where org_id = $1 and seq = $2")).bind(line.seq).optional_scalar().await?;
    Ok(line.seq == 0 || hash.is_some_and(|hash| hash == line.hash))
}

/// Writes every few seconds until the process is asked to stop, after it has looked whether the database is an older one.
pub async fn keep(state: State) {
    match behind(&state).await {
        Ok(behind) => {
            for (org, _, says) in behind {
                tracing::error!(org.id = %org, "{says}");
            }
        }
        Err(fault) => tracing::warn!(why = fault.sentence(), "whether the database is the newest was not looked at"),
    }
    while !state.stopping.load(Ordering::Relaxed) {
        flush(&state).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// The chains that do not lead through what was committed before, with a sentence on each.
async fn behind(state: &State) -> Answer<Vec<(Uuid, Link, String)>> {
    let mut tx = state.db.look().await?;
    tx.confine(Uuid::nil()).await?;
    let installation = Installation::read(&mut tx).await?;
    match read(state) {
        Ok(Found::Lines(lines)) => lagging(&mut tx, &installation, lines).await,
        Ok(Found::Nothing | Found::Forged) | Err(_) => Ok(Vec::new()),
    }
}

async fn lagging(tx: &mut Tx, installation: &Installation, lines: Lines) -> Answer<Vec<(Uuid, Link, String)>> {
    let mut all = Vec::new();
    for (org, line) in lines {
        // What was erased whole has no chain any more.
        if installation.has_ended(org) || leads_through(tx, org, &line).await? {
            continue;
        }
        let seq = line.seq;
        let says = match head(tx, org).await? {
            None => format!("{org}: the chain had {seq} events and is gone"),
            Some(end) if end.seq < seq => {
                format!("{org}: the database is older than {FILE}: events {} to {seq} are missing", end.seq + 1)
            }
            Some(_) => format!("{org}: event {seq} is not the one that {FILE} names: the chain was written anew"),
        };
        all.push((org, line, says));
    }
    Ok(all)
}

/// For verification: whether the database is behind the marker.
pub(super) async fn compare(state: &State, tx: &mut Tx, installation: &Installation, report: &mut Report) -> Answer<()> {
    match read(state) {
        Ok(Found::Lines(lines)) => {
            let behind = lagging(tx, installation, lines).await?;
            report.breaks.extend(behind.into_iter().map(|(_, _, says)| says));
        }
        Ok(Found::Nothing) => report.notes.push(format!(
            "There is no {} yet, so whether this database is the newest cannot be told. A server writes it as it runs.",
            path(state).display()
        )),
        Ok(Found::Forged) => report.breaks.push(format!("{} was not written by this installation, or was changed", path(state).display())),
        Err(why) => report.breaks.push(why),
    }
    Ok(())
}

/// Puts on record that a backup was put back, and why: which events are lost stands in the operator's chain, and the
/// marker goes on from what is there. Answers a sentence a chain; none where nothing is lost, and nothing is recorded then.
///
/// # Errors
/// One sentence that says what is wrong.
pub async fn restored(state: &State, why: &str) -> Result<Vec<String>, String> {
    let away = |fault: Fault| fault.sentence();
    let mut lines = match read(state)? {
        Found::Lines(lines) => lines,
        Found::Nothing => return Err(format!("{}: there is none, so nothing says that events are lost", path(state).display())),
        // Whoever lost the file may begin a new one; whoever finds a forged one should look into it first.
        Found::Forged => return Err(format!("{}: this installation did not write it; move it away first", path(state).display())),
    };
    let lost = behind(state).await.map_err(away)?;
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    // A backup may be older than watching the rows is.
    begin_now(state).await.map_err(away)?;
    let mut tx = state.db.begin().await.map_err(|error| away(error.into()))?;
    let noted = note_restored(state, &mut tx, &lost, why).await.map_err(away)?;
    tx.commit().await.map_err(|error| away(error.into()))?;
    for (org, end) in noted {
        match end {
            Some(link) => lines.insert(org, link),
            None => lines.remove(&org),
        };
    }
    // What the event itself added to the operator's chain follows with the next write.
    write(state, &lines).map_err(|error| error.to_string())?;
    flush(state).await;
    Ok(lost.into_iter().map(|(_, _, says)| says).collect())
}

/// Answers where the chains end now.
async fn note_restored(state: &State, tx: &mut Tx, lost: &[(Uuid, Link, String)], why: &str) -> Answer<Vec<(Uuid, Option<Link>)>> {
    let (mut ends, mut told) = (Vec::new(), Vec::new());
    for (org, line, _) in lost {
        let end = head(tx, *org).await?;
        told.push(json!({ "chain": org, "had": line.seq, "hash": hex(&line.hash), "has": end.as_ref().map_or(0, |end| end.seq) }));
        ends.push((*org, end));
    }
    tx.confine(Uuid::nil()).await?;
    start_chain(state, tx).await?;
    let values = vec![Change { label: "Why".into(), from: String::new(), to: why.to_owned() }];
    let facts = json!({ "lost": told });
    let event = Event { action: "database.restored", subject_kind: CHAIN, subject: Uuid::nil(), facts, values };
    record_in(state, tx, None, event).await?;
    Ok(ends)
}
