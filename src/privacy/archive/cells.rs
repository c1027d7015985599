//! A row as the archive writes it: once as JSON, once as cells of a table.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::parts::{Field, Rows, Sealed, What};
use crate::{
    audit,
    clock::Instant,
    privacy::requests,
    server::{
        db::{Cell, Line},
        secret::hex,
        state::State,
        time::iso,
    },
};

/// The values of a row, in the order of its fields.
pub(super) fn values(state: &State, org: Uuid, rows: Rows, columns: &[&str], fields: &[Field], Line(mut cells): Line) -> Vec<Value> {
    // The key of the subject stands behind the columns.
    let key = if rows.sealed == Sealed::Values { cells.pop() } else { None };
    let cell = |name: &str| columns.iter().position(|column| *column == name).and_then(|at| cells.get(at)).unwrap_or(&Cell::Null);
    let opened = opened(state, org, rows.sealed, &cell, key.as_ref());
    let mut opened = opened.into_iter();
    fields
        .iter()
        .map(|field| match field.what {
            What::Opened => opened.next().unwrap_or(Value::Null),
            What::Plain | What::Moment | What::Json => value(field.what, cell(field.name)),
        })
        .collect()
}

fn value(what: What, cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(at) if what == What::Moment => iso(Instant(*at)).into(),
        Cell::Int(number) => (*number).into(),
        Cell::Text(text) if what == What::Json => serde_json::from_str(text).unwrap_or_else(|_| text.clone().into()),
        Cell::Text(text) => text.clone().into(),
        Cell::Id(id) => id.to_string().into(),
        Cell::Bytes(bytes) => hex(bytes).into(),
    }
}

/// What was sealed, for the organisation that may read it. What was erased stays closed for everybody.
fn opened<'a>(state: &State, org: Uuid, sealed: Sealed, cell: &impl Fn(&str) -> &'a Cell, key: Option<&Cell>) -> Vec<Value> {
    let id = |name: &str| if let Cell::Id(id) = cell(name) { *id } else { Uuid::nil() };
    let bytes = || if let Cell::Bytes(bytes) = cell("sealed") { bytes.as_slice() } else { &[] };
    let of_request = |row: Uuid| requests::opened(state, row, bytes());
    match sealed {
        Sealed::Nothing => Vec::new(),
        Sealed::Values => {
            let wrapped = if let Some(Cell::Bytes(wrapped)) = key { wrapped.as_slice() } else { &[] };
            let seq = if let Cell::Int(seq) = cell("seq") { *seq } else { 0 };
            match audit::opened_value(state, org, seq, id("subject_id"), wrapped, bytes()) {
                Some((salt, values)) => vec![hex(&salt).into(), values.into()],
                None => vec![Value::Null, Value::Null],
            }
        }
        Sealed::Request => vec![of_request(id("id")).and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or(Value::Null)],
        Sealed::Message => vec![of_request(id("id")).and_then(|text| String::from_utf8(text).ok()).map_or(Value::Null, Value::from)],
        Sealed::Answer => {
            let text = matches!(cell("media_type"), Cell::Text(media) if media.starts_with("text/"));
            vec![of_request(id("request_id")).map_or(Value::Null, |content| match String::from_utf8(content) {
                Ok(words) if text => words.into(),
                Ok(words) => STANDARD.encode(words).into(),
                Err(other) => STANDARD.encode(other.as_bytes()).into(),
            })]
        }
    }
}

/// One line of JSON. Its members are sorted by name, so that equal rows are equal bytes.
pub(super) fn json(fields: &[Field], values: &[Value]) -> Vec<u8> {
    let object: Map<String, Value> = fields.iter().zip(values).map(|(field, value)| (field.name.to_owned(), value.clone())).collect();
    let mut line = Value::Object(object).to_string().into_bytes();
    line.push(b'\n');
    line
}

/// A value as a cell of a table.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
