//! `casetrakr export` and `casetrakr import --archive`: the same at the command line of one's own server.
//!
//! Whoever runs the machine can make an archive without being a member. That must not stay unseen, so it stands in the
//! record of the organisation before the first byte is written, and every owner is told by mail.

use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use uuid::Uuid;

use super::{
    contents::Made,
    restore,
    write::{self, Sink},
};
use crate::{
    audit,
    fault::{Answer, Fault},
    server::{
        db::global_sql,
        mail::{self, Mail},
        state::State,
    },
};

/// Writes the archive of an organisation, by its name or id, into a new file, and tells how many rows of how many are
/// written.
///
/// # Errors
/// One sentence that says what to do.
pub async fn export_file(state: &State, organisation: &str, to: &Path, told: impl FnMut(u64, u64) + Send) -> Result<Made, String> {
    let (org, name) = find(state, organisation).await?;
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let file = file.map_err(|error| format!("{}: {error}", to.display()))?;
    let outcome = pour(state, (org, &name), file, told).await;
    if outcome.is_err() {
        // Half an archive is none.
        let _ = std::fs::remove_file(to);
    }
    outcome
}

async fn find(state: &State, organisation: &str) -> Result<(Uuid, String), String> {
    let found = state.db.global(global_sql!("select id, name from organisations where (name = $1 or id = $2) and id <> $3 order by id"));
    let id: Uuid = organisation.parse().unwrap_or_default();
    let found: Vec<(Uuid, String)> =
        found.bind(organisation.to_owned()).bind(id).bind(Uuid::nil()).all().await.map_err(|_| "the database is away".to_owned())?;
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(format!("{organisation}: there is no organisation of this name or id")),
        several => {
            let ids: Vec<String> = several.iter().map(|(id, _)| id.to_string()).collect();
            Err(format!("{organisation}: several organisations have this name; name one by its id: {}", ids.join(", ")))
        }
    }
}

async fn pour(state: &State, (org, name): (Uuid, &str), file: std::fs::File, told: impl FnMut(u64, u64) + Send) -> Result<Made, String> {
    announce(state, org, name).await.map_err(|fault| fault.sentence())?;
    let mut sink = ToFile { file, told, failure: None };
    let made = write::write(state, org, &mut sink).await;
    if let Some(failure) = sink.failure {
        return Err(failure);
    }
    let made = made.map_err(|fault| fault.sentence())?.ok_or("It was stopped.")?;
    sink.file.sync_all().map_err(|error| error.to_string())?;
    Ok(made)
}

/// Notes it in the record of the organisation, and writes to its owners.
async fn announce(state: &State, org: Uuid, name: &str) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    tx.confine(org).await?;
    let facts = serde_json::json!({ "restricted_cases": true });
    let event = audit::Event { action: "archive.made_by_operator", subject_kind: "org", subject: org, facts, values: Vec::new() };
    audit::record_in(state, &mut tx, None, event).await?;
    let owners: Vec<String> = tx
        .global(global_sql!(
            "select u.email from memberships m join users u on u.id = m.user_id
             where m.org_id = $1 and m.left_at is null and m.role = 'owner' order by u.email_folded"
        ))
        .bind(org)
        .scalars()
        .await?;
    for to in owners {
        let body = format!(
            "Whoever runs this installation of CaseTrakr has made an archive of everything in {name}, restricted cases included, at the command line of the server. It stands in the record of your organisation:\n\n{}",
            mail::link(state, "/settings/record")
        );
        mail::send(state, &mut tx, &Mail { to, subject: "An archive of your organisation was made".into(), body }).await?;
    }
    Ok(tx.commit().await?)
}

struct ToFile<T> {
    file: std::fs::File,
    told: T,
    failure: Option<String>,
}

impl<T: FnMut(u64, u64) + Send> Sink for ToFile<T> {
    async fn take(&mut self, bytes: Vec<u8>) -> Answer<()> {
        self.file.write_all(&bytes).map_err(|error| {
            self.failure = Some(error.to_string());
            Fault::Unavailable { retry_after: 0 }
        })
    }

    async fn told(&mut self, done: u64, of: u64) -> Answer<bool> {
        (self.told)(done, of);
        Ok(true)
    }
}

/// Takes an organisation back in from its archive, into an installation where nobody is yet. Where the public key of the
/// installation that made it is given, its signature must fit.
///
/// # Errors
/// One sentence that says what is wrong. Then nothing was taken in, unless the sentence says otherwise.
pub async fn import_file(state: &State, path: &Path, key: Option<&Path>) -> Result<Made, String> {
    let made = restore::restore(state, path, key).await?;
    // The proof that everything is as it was: the archive of what is here now has the same content.
    let again = write::write(state, made.org, &mut Nowhere).await.map_err(|fault| fault.sentence())?.unwrap_or_default();
    if made.state_sha256.is_some_and(|state| state != again.state_sha256) || made.rows != again.rows {
        return Err("It was taken in, and is not the same as in the archive. Remove the data directory and tell the makers of CaseTrakr."
            .to_owned());
    }
    let noted = async {
        let mut tx = state.db.begin().await?;
        audit::adopt(state, &mut tx, made.org).await?;
        let facts = serde_json::json!({ "rows": again.rows, "state_sha256": again.state_sha256 });
        let event = audit::Event { action: "archive.restored", subject_kind: "org", subject: made.org, facts, values: Vec::new() };
        audit::record_in(state, &mut tx, None, event).await?;
        Answer::Ok(tx.commit().await?)
    };
    noted.await.map_err(|fault| fault.sentence())?;
    Ok(again)
}

/// Where only the hashes of what was written count.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    async fn take(&mut self, _bytes: Vec<u8>) -> Answer<()> {
        Ok(())
    }

    async fn told(&mut self, _done: u64, _of: u64) -> Answer<bool> {
        Ok(true)
    }
}
