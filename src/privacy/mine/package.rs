//! The copy of a person's data: a ZIP file to read, to load elsewhere, and to check.
//!
//! `index.html` is for reading and needs nothing; `data/` holds every table as JSON and as CSV; `schema.json` describes
//! them and is published under [`SCHEMA_PATH`]; `processing.json` says what the data is used for; `manifest.json` lists
//! the files with their SHA-256, and `manifest.sig` is this instance's signature over the manifest.

use serde_json::{Map, Value, json};

use super::{
    held::{Held, Section},
    reading,
};
use crate::{
    fault::{Answer, Fault},
    privacy::{
        parcel::{Parcel, pretty},
        registry::{
            self,
            model::{Purpose, Subject, Table},
        },
    },
    server::{csv, state::State, time::iso},
};

/// Where the schema of the package is published.
pub const SCHEMA_PATH: &str = "/privacy/package-1.schema.json";

/// Makes the package where nobody waits for it: somebody who has worked here for years has a large one.
///
/// # Errors
/// As [`package`].
pub async fn packaged(state: &State, held: Held) -> Answer<Vec<u8>> {
    let state = state.clone();
    tokio::task::spawn_blocking(move || package(&state, &held)).await.map_err(|_| Fault::Internal { reference: String::new() })?
}

/// Makes the package.
///
/// # Errors
/// [`Fault::Internal`] when it cannot be written to memory.
pub fn package(state: &State, held: &Held) -> Answer<Vec<u8>> {
    let mut parcel = Parcel::new();
    parcel.add("index.html", reading::document(state, held).as_bytes(), None)?;
    parcel.add("schema.json", &pretty(&schema(state)), None)?;
    parcel.add("processing.json", &pretty(&processing()), None)?;
    for section in &held.sections {
        let many = Some(section.rows.len() as u64);
        parcel.add(&format!("data/{}.json", section.name), &pretty(&rows(section)), many)?;
        parcel.add(&format!("data/{}.csv", section.name), &table(section), many)?;
    }
    parcel.seal(state, head(state, held))
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

/// What the manifest says beside the list of files.
fn head(state: &State, held: &Held) -> Map<String, Value> {
    let told = json!({
        "schema": format!("{}{SCHEMA_PATH}", state.config.origin()),
        "version": 1,
        "made_at": iso(state.clock.now()),
        "made_by": state.config.origin(),
        "subject": held.person.id.to_string(),
        "omitted": held.omitted,
    });
    told.as_object().cloned().unwrap_or_default()
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

/// Rows with all of these and nothing else.
fn described_rows(about: &str, properties: Map<String, Value>) -> Value {
    let required: Vec<&String> = properties.keys().collect();
    let row = json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties });
    json!({ "description": about, "type": "array", "items": row })
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
            tables.insert(table.name.to_owned(), described_rows(table.about, given));
        }
    }
    for (name, about, columns) in [
        ("audit_values", "What the record says about you", &["org_id", "seq", "at", "label", "before", "after"][..]),
        ("rights_written", "What was written about your requests", &["reference", "at", "what", "words"][..]),
        ("work", "Your work in organisations, in numbers", &["org_id", "what", "as", "rows"][..]),
    ] {
        let properties: Map<String, Value> = columns.iter().map(|column| ((*column).to_owned(), text.clone())).collect();
        tables.insert(name.to_owned(), described_rows(about, properties));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}{SCHEMA_PATH}", state.config.origin()),
        "title": "A copy of personal data from CaseTrakr, version 1",
        "description": "Each file data/NAME.json is described under $defs by its name. Every value is text: instants as RFC 3339 in UTC, ids as UUIDs, nothing as an empty text.",
        "$defs": tables,
    })
}
