//! Taking an archive back in: every row as it was, in one transaction. What is sealed is sealed again with the keys of this
//! installation. People keep their ids and names, and choose new passwords.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zip::ZipArchive;

use super::{
    parts::{self, Field, Of, Rows, Sealed, What},
    schema::VERSION,
};
use crate::{
    audit, cases, email,
    fault::{Answer, Fault},
    privacy::{mine, registry::model::Table, requests},
    server::{
        db::{Sketch, Tx, global_sql},
        jobs,
        secret::{self, hex, unhex},
        state::State,
        time::Zone,
    },
};

/// An archive that was taken in.
pub(super) struct Restored {
    pub org: Uuid,
    /// What the archive of the same content has as its own; none where it was made by an earlier version, whose tables differ.
    pub state_sha256: Option<String>,
    pub rows: u64,
}

#[derive(Deserialize)]
struct Manifest {
    version: i64,
    organisation: Organisation,
    state_sha256: String,
    rows: u64,
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Organisation {
    id: Uuid,
}

#[derive(Deserialize)]
struct Listed {
    path: String,
    sha256: String,
}

/// Takes it in.
pub(super) async fn restore(state: &State, path: &Path, key: Option<&Path>) -> Result<Restored, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut zip = ZipArchive::new(file).map_err(|error| unreadable(&error))?;
    let manifest = checked(&mut zip, key)?;
    let org = manifest.organisation.id;
    let older = manifest.version < VERSION;
    let outcome = async {
        let mut tx = state.db.begin().await?;
        let there: i64 = tx
            .global(global_sql!("select (select count(*) from organisations where id <> $1) + (select count(*) from users)"))
            .bind(Uuid::nil())
            .scalar()
            .await?;
        if there > 0 || org.is_nil() {
            return Err(Fault::forbidden(
                "An archive is only taken into an installation where nobody is yet. Name an empty --data directory.",
            ));
        }
        tx.confine(org).await?;
        let kinds = kinds(state).await?;
        let mut zone = Zone::utc();
        for (table, rows) in parts::going_in() {
            let mut taking = Taking { state, tx: &mut tx, kinds: &kinds, org, table, rows, fields: parts::fields(table, rows) };
            let path = format!("data/{}.jsonl", table.name);
            if older && !zip.file_names().any(|name| name == path) {
                continue;
            }
            let entry = zip.by_name(&path).map_err(|_| broken(table.name))?;
            for line in BufReader::new(entry).lines() {
                let line = line.map_err(|_| broken(table.name))?;
                let mut row: Map<String, Value> = serde_json::from_str(&line).map_err(|_| broken(table.name))?;
                match table.name {
                    "organisations" => zone = Zone::named(row.get("time_zone").and_then(Value::as_str).unwrap_or_default()),
                    "cases" if older => days_of_moments(&zone, &mut row),
                    "entries" if older => shown_anew(&mut row),
                    _ => {}
                }
                taking.row(&row).await?;
            }
        }
        if older {
            jobs::enqueue(state, &mut tx, cases::RENDER_NOTES, Some(org), "").await?;
        }
        Answer::Ok(tx.commit().await?)
    };
    outcome.await.map_err(|fault| fault.sentence())?;
    Ok(Restored { org, state_sha256: (!older).then_some(manifest.state_sha256), rows: manifest.rows })
}

/// Archives of the first version have notes as they were shown then, with words missing.
fn shown_anew(row: &mut Map<String, Value>) {
    let written = row.get("kind").and_then(Value::as_str).is_some_and(|kind| ["note", "call", "meeting", "email"].contains(&kind));
    if written && row.get("external_id").is_none_or(Value::is_null) {
        row.insert("body_html".to_owned(), "".into());
    }
}

/// Archives of the first version have moments where days are kept now: they are the days that they were there.
fn days_of_moments(zone: &Zone, row: &mut Map<String, Value>) {
    for (day, moment) in [("due_on", "due_at"), ("closed_on", "closed_at")] {
        if let Some(at) = row.get(moment).and_then(Value::as_str).and_then(|text| zone.parse(text)) {
            row.entry(day).or_insert_with(|| zone.day(at).to_string().into());
        }
    }
}

fn broken(table: &str) -> Fault {
    Fault::forbidden(format!("data/{table}.jsonl in the archive cannot be read."))
}

/// The manifest, once every file is what it says, and the signature fits where a key is given.
fn checked(zip: &mut ZipArchive<File>, key: Option<&Path>) -> Result<Manifest, String> {
    let text = whole(zip, "manifest.json")?;
    if let Some(path) = key {
        let pem = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if !mine::verify_with(&pem, &text, &whole(zip, "manifest.sig")?) {
            return Err("The signature of the archive does not fit this key. Nothing was taken in.".to_owned());
        }
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| "This is no archive of an organisation.".to_owned())?;
    if !(1..=VERSION).contains(&manifest.version) {
        return Err(format!("This archive is of version {}, which this version of CaseTrakr does not know.", manifest.version));
    }
    for listed in &manifest.files {
        let mut entry = zip.by_name(&listed.path).map_err(|_| format!("{} is missing in the archive.", listed.path))?;
        let (mut hash, mut piece) = (Sha256::new(), vec![0; 65_536]);
        loop {
            let read = entry.read(&mut piece).map_err(|error| format!("{}: {error}", listed.path))?;
            if read == 0 {
                break;
            }
            hash.update(piece.get(..read).unwrap_or_default());
        }
        if hex(&hash.finalize()) != listed.sha256 {
            return Err(format!("{} is not what the manifest says. Nothing was taken in.", listed.path));
        }
    }
    Ok(manifest)
}

fn whole(zip: &mut ZipArchive<File>, name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut entry = zip.by_name(name).map_err(|_| format!("{name} is missing in the archive."))?;
    entry.read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    Ok(bytes)
}

/// The type of every column, in the words of this database.
type Kinds = HashMap<(String, String), String>;

async fn kinds(state: &State) -> Answer<Kinds> {
    Ok(state.db.schema().await?.into_iter().map(|found| ((found.table_name, found.column_name), found.kind)).collect())
}

struct Taking<'a> {
    state: &'a State,
    tx: &'a mut Tx,
    kinds: &'a Kinds,
    org: Uuid,
    table: &'static Table,
    rows: Rows,
    fields: Vec<Field>,
}

/// A value as it is bound.
enum Given {
    Nothing,
    Number(i64),
    Truth(bool),
    Text(String),
    Json(String),
    Id(Uuid),
    Bytes(Vec<u8>),
}

impl Taking<'_> {
    async fn row(&mut self, row: &Map<String, Value>) -> Answer<()> {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        if self.rows.sealed == Sealed::Values {
            let subject = text("subject_id").and_then(|id| id.parse().ok()).ok_or_else(|| broken(self.table.name))?;
            let seq = row.get("seq").and_then(Value::as_i64).ok_or_else(|| broken(self.table.name))?;
            let salt = text("salt").and_then(unhex);
            let opened = salt.as_deref().zip(text("values"));
            return audit::restore_value(self.state, self.tx, seq, subject, opened).await;
        }
        let mut given: Vec<(&'static str, Given)> = Vec::new();
        // What an earlier version did not have yet is as it is in a row that has just been made.
        for field in self.fields.iter().filter(|field| field.what != What::Opened && row.contains_key(field.name)) {
            let value = self.given(field, row.get(field.name).unwrap_or(&Value::Null)).ok_or_else(|| broken(self.table.name))?;
            given.push((field.name, value));
        }
        given.extend(self.sealed(row));
        self.missing(row, &mut given);
        self.tx.sketch(self.insert(given)).execute().await?;
        Ok(())
    }

    fn given(&self, field: &Field, value: &Value) -> Option<Given> {
        let kind = self.kinds.get(&(self.table.name.to_owned(), field.name.to_owned())).map(String::as_str).unwrap_or_default();
        Some(match (value, field.what) {
            (Value::Null, _) => Given::Nothing,
            (value, What::Json) => Given::Json(value.to_string()),
            (Value::String(text), What::Moment) => Given::Number(text.parse::<jiff::Timestamp>().ok()?.as_microsecond()),
            (Value::Number(number), _) if kind == "boolean" => Given::Truth(number.as_i64()? != 0),
            (Value::Number(number), _) => Given::Number(number.as_i64()?),
            (Value::String(text), _) => match kind {
                "uuid" => Given::Id(text.parse().ok()?),
                "bytea" => Given::Bytes(unhex(text)?),
                // SQLite has one type for both; an id is written with hyphens, and bytes never are.
                "blob" if text.contains('-') => Given::Id(text.parse().ok()?),
                "blob" => Given::Bytes(unhex(text)?),
                _ => Given::Text(text.clone()),
            },
            (Value::Bool(_) | Value::Array(_) | Value::Object(_), _) => return None,
        })
    }

    /// What was opened for the archive, sealed again.
    fn sealed(&self, row: &Map<String, Value>) -> Option<(&'static str, Given)> {
        let id = |name: &str| row.get(name).and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let (under, plain) = match self.rows.sealed {
            Sealed::Nothing | Sealed::Values => return None,
            Sealed::Request => match row.get("particulars") {
                None | Some(Value::Null) => return Some(("sealed", Given::Nothing)),
                Some(particulars) => (id("id"), particulars.to_string().into_bytes()),
            },
            Sealed::Message => (id("id"), text("text").as_bytes().to_vec()),
            Sealed::Answer if text("media_type").starts_with("text/") => (id("request_id"), text("content").as_bytes().to_vec()),
            Sealed::Answer => (id("request_id"), STANDARD.decode(text("content")).unwrap_or_default()),
        };
        Some(("sealed", Given::Bytes(requests::sealed_again(self.state, under, &plain))))
    }

    /// What the archive leaves out, and a row cannot be without.
    fn missing(&self, row: &Map<String, Value>, given: &mut Vec<(&'static str, Given)>) {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        match self.table.name {
            "users" => {
                // Whoever had left has no address here, and nobody can sign in as them.
                let email = match text("email") {
                    "" => format!("former-{}@archive.invalid", text("id").replace('-', "")),
                    email => email.to_owned(),
                };
                given.retain(|(name, _)| *name != "email");
                given.extend([
                    ("email_folded", Given::Text(email::fold(&email))),
                    ("email", Given::Text(email)),
                    // No password opens it: a new one is chosen through a link.
                    ("password_hash", Given::Text(String::new())),
                    // They have said it elsewhere, and not here.
                    ("adult_attested_at", Given::Number(0)),
                    ("created_at", Given::Number(self.state.clock.now().0)),
                    ("version", Given::Number(1)),
                ]);
            }
            "invitations" => given.extend([
                ("email_folded", Given::Text(email::fold(text("email")))),
                // The links that went out do not work here; invite again.
                ("token_hash", Given::Bytes(secret::random::<32>().to_vec())),
            ]),
            "audit_heads" => {
                let seq = row.get("seq").and_then(Value::as_i64).unwrap_or_default();
                let hash = unhex(text("hash")).unwrap_or_default();
                given.push(("mac", Given::Bytes(audit::head_signature(self.state, self.org, seq, &hash))));
            }
            _ => {}
        }
    }

    fn insert(&self, given: Vec<(&'static str, Given)>) -> Sketch {
        let tenant = self.rows.of == Of::Tenant;
        let mut sketch = if tenant { Sketch::new("insert into ") } else { Sketch::global("insert into ") };
        sketch.push(self.table.name).push(" (");
        for (at, (name, _)) in given.iter().enumerate() {
            sketch.push(if at == 0 { "" } else { ", " }).push(name);
        }
        sketch.push(") values (");
        for (at, (name, value)) in given.into_iter().enumerate() {
            let before = if at == 0 { "" } else { ", " };
            // Whatever the row says, it goes to the organisation of the archive.
            match value {
                _ if name == "org_id" && tenant => sketch.push(before).push("$1"),
                _ if name == "org_id" => sketch.bind(before, self.org, ""),
                Given::Nothing => sketch.push(before).push("null"),
                Given::Number(number) => sketch.bind(before, number, ""),
                Given::Truth(truth) => sketch.bind(before, truth, ""),
                Given::Text(text) => sketch.bind(before, text, ""),
                Given::Json(text) if self.state.db.is_postgres() => sketch.push(before).bind("cast(", text, " as jsonb)"),
                Given::Json(text) => sketch.bind(before, text, ""),
                Given::Id(id) => sketch.bind(before, id, ""),
                Given::Bytes(bytes) => sketch.bind(before, bytes, ""),
            };
        }
        sketch.push(")");
        sketch
    }
}
