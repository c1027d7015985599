//! The copy of a person's data: a ZIP file to read, to load elsewhere, and to check.
//!
//! `index.html` is for reading and needs nothing; `data/` holds every table as JSON and as CSV; `schema.json` describes
//! them and is published under [`SCHEMA_PATH`]; `processing.json` says what the data is used for; `manifest.json` lists
//! the files with their SHA-256, and `manifest.sig` is this instance's signature over the manifest.

use std::io::{Cursor, Write as _};

use serde_json::{Map, Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    held::{Held, Section, hex},
    reading, signature,
};
use crate::{
    fault::{Answer, Fault},
    privacy::registry::{
        self,
        model::{Purpose, Subject, Table},
    },
    server::{csv, secret::sha256, state::State, time::iso},
};

/// Where the schema of the package is published.
pub const SCHEMA_PATH: &str = "/privacy/package-1.schema.json";

/// Makes the package.
///
/// # Errors
/// [`Fault::Internal`] when it cannot be written to memory.
pub fn package(state: &State, held: &Held) -> Answer<Vec<u8>> {
    let mut files: Vec<(String, Vec<u8>, Option<usize>)> = vec![
        ("index.html".into(), reading::document(state, held).into_bytes(), None),
        ("schema.json".into(), pretty(&schema(state)), None),
        ("processing.json".into(), pretty(&processing()), None),
    ];
    for section in &held.sections {
        files.push((format!("data/{}.json", section.name), pretty(&rows(section)), Some(section.rows.len())));
        files.push((format!("data/{}.csv", section.name), table(section), Some(section.rows.len())));
    }
    let manifest = pretty(&manifest(state, held, &files));
    let signature = signature::sign(state, &manifest);
    files.push(("manifest.json".into(), manifest, None));
    files.push(("manifest.sig".into(), signature, None));
    zipped(&files).map_err(|_| Fault::Internal { reference: String::new() })
}

fn zipped(files: &[(String, Vec<u8>, Option<usize>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // Without a time of its own each package of the same data is the same bytes, signature and all.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes, _) in files {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// The rows as objects.
fn rows(section: &Section) -> Value {
    let object = |row: &Vec<String>| {
        let pairs = section.columns.iter().zip(row).map(|((name, _), value)| ((*name).to_owned(), Value::String(value.clone())));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    Value::Array(section.rows.iter().map(object).collect())
}

/// The rows as a table for spreadsheets, which take nothing in it for a formula.
fn table(section: &Section) -> Vec<u8> {
    let mut bytes = csv::BOM.as_bytes().to_vec();
    bytes.extend_from_slice(&csv::line(section.columns.iter().map(|(name, _)| *name)));
    for row in &section.rows {
        bytes.extend_from_slice(&csv::line(row));
    }
    bytes
}

fn manifest(state: &State, held: &Held, files: &[(String, Vec<u8>, Option<usize>)]) -> Value {
    let listed: Vec<Value> = files
        .iter()
        .map(|(path, bytes, rows)| json!({ "path": path, "sha256": hex(&sha256(&[bytes])), "bytes": bytes.len(), "rows": rows }))
        .collect();
    json!({
        "schema": format!("{}{SCHEMA_PATH}", state.config.origin()),
        "version": 1,
        "made_at": iso(state.clock.now()),
        "made_by": state.config.origin(),
        "subject": held.person.id.to_string(),
        "files": listed,
        "omitted": held.omitted,
        "signature": { "algorithm": "Ed25519", "file": "manifest.sig", "public_key": format!("{}{}", state.config.origin(), signature::KEY_PATH) },
    })
}

/// What the data is used for, on which basis, for how long, and what erasing the account does to it.
fn processing() -> Value {
    let of_people = |table: &&'static Table| table.all().any(|facts| matches!(facts.subject, Subject::User | Subject::Member));
    let table = |table: &'static Table| {
        let columns: Vec<Value> = table
            .all()
            .filter(|facts| facts.personal())
            .map(|facts| {
                json!({
                    "column": facts.column.name,
                    "label": facts.column.label,
                    "category": facts.category.label(),
                    "purpose": facts.purpose.label(),
                    "basis": facts.basis.label(),
                    "portable": facts.portable,
                    "erasure": facts.erasure.label(),
                })
            })
            .collect();
        json!({ "table": table.name, "what": table.about, "kept": table.keep, "columns": columns })
    };
    let purposes: Vec<Value> =
        Purpose::ALL.iter().map(|purpose| json!({ "purpose": purpose.label(), "basis": purpose.basis().label() })).collect();
    json!({
        "purposes": purposes,
        "tables": registry::tables().filter(of_people).map(table).collect::<Vec<_>>(),
        "sources": "You, and what the software notes while you use it. Administrators of an organisation enter your address when they invite you.",
        "decisions": "No decision about you is made by software alone.",
    })
}

/// The published description of the files under `data/`: JSON Schema, made from the registry.
pub fn schema(state: &State) -> Value {
    let text = json!({ "type": "string" });
    let described = |label: &str| json!({ "type": "string", "description": label });
    let mut tables = Map::new();
    for table in registry::tables() {
        let given: Map<String, Value> = table
            .all()
            .filter(|facts| facts.access == registry::model::Access::Yes)
            .map(|facts| (facts.column.name.to_owned(), described(facts.column.label)))
            .collect();
        if !given.is_empty() {
            tables.insert(
                table.name.to_owned(),
                json!({ "description": table.about, "type": "array", "items": { "type": "object", "properties": given } }),
            );
        }
    }
    for (name, about, columns) in [
        ("audit_values", "What the record says about you", &["org_id", "seq", "at", "label", "before", "after"][..]),
        ("rights_written", "What was written about your requests", &["reference", "at", "what", "words"][..]),
        ("work", "Your work in organisations, in numbers", &["org_id", "what", "as", "rows"][..]),
    ] {
        let properties: Map<String, Value> = columns.iter().map(|column| ((*column).to_owned(), text.clone())).collect();
        tables.insert(
            name.to_owned(),
            json!({ "description": about, "type": "array", "items": { "type": "object", "properties": properties } }),
        );
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}{SCHEMA_PATH}", state.config.origin()),
        "title": "A copy of personal data from CaseTrakr, version 1",
        "description": "Each file data/NAME.json is described under $defs by its name. Every value is text: instants as RFC 3339 in UTC, ids as UUIDs, nothing as an empty text.",
        "$defs": tables,
    })
}
