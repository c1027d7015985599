//! The published description of an archive: JSON Schema, made from the list of its parts.

use serde_json::{Map, Value, json};

use super::{
    SCHEMA_PATH,
    parts::{self, Field, What},
};
use crate::server::state::State;

/// The version of what is written. Earlier ones are taken in, too: the first has moments where days are kept now.
pub(super) const VERSION: i64 = 2;

/// The schema of the manifest, and under `$defs` that of the rows of each table.
pub(super) fn schema(state: &State) -> Value {
    let mut tables = Map::new();
    for (table, rows) in parts::going_in() {
        let fields: Map<String, Value> = parts::fields(table, rows).iter().map(|field| (field.name.to_owned(), kind(field))).collect();
        tables.insert(
            table.name.to_owned(),
            json!({ "description": parts::title(table), "type": "object", "properties": fields, "additionalProperties": false }),
        );
    }
    let text = json!({ "type": "string" });
    let hash = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    let many = json!({ "type": "integer", "minimum": 0 });
    let file = json!({
        "type": "object",
        "required": ["path", "sha256", "bytes", "rows"],
        "properties": { "path": text, "sha256": hash, "bytes": many, "rows": { "type": ["integer", "null"] } },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}{SCHEMA_PATH}", state.config.origin()),
        "title": format!("The archive of an organisation from CaseTrakr, version {VERSION}"),
        "description": "This describes manifest.json. Each line of data/NAME.jsonl is described under $defs by its name; data/NAME.csv holds the same as a table, where nothing is an empty cell and a value that a spreadsheet would calculate has an apostrophe in front. Instants are RFC 3339 in UTC, dates YYYY-MM-DD, ids UUIDs, hashes hexadecimal, truth 0 or 1.",
        "type": "object",
        "required": ["schema", "version", "generated_at", "generated_by", "organisation", "tables", "rows", "restricted_cases", "state_sha256", "files", "omitted", "signature"],
        "properties": {
            "schema": text,
            "version": { "const": VERSION },
            "generated_at": { "type": "string", "format": "date-time" },
            "generated_by": text,
            "organisation": { "type": "object", "required": ["id", "name"], "properties": { "id": { "type": "string", "format": "uuid" }, "name": text } },
            "tables": many,
            "rows": many,
            "restricted_cases": many,
            "state_sha256": { "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of one line for each data/*.jsonl, sorted: its SHA-256, two spaces, its path. Equal where two organisations are in the same state." },
            "files": { "type": "array", "items": file },
            "omitted": { "type": "array", "items": { "type": "object", "required": ["what", "ground"], "properties": { "what": text, "ground": text } } },
            "signature": { "type": "object", "required": ["algorithm", "file", "public_key"], "properties": { "algorithm": { "const": "Ed25519" }, "file": text, "public_key": text } },
        },
        "$defs": tables,
    })
}

/// What kind of JSON a field is, for the schema.
fn kind(field: &Field) -> Value {
    match field.what {
        What::Moment => json!({ "type": ["string", "null"], "format": "date-time", "description": field.label }),
        What::Json => json!({ "description": field.label }),
        What::Opened => json!({ "type": ["string", "object", "null"], "description": field.label }),
        What::Plain => json!({ "type": ["string", "integer", "null"], "description": field.label }),
    }
}
