//! What people wrote lies sealed with the instance key, each text bound to the row that it stands in.

use uuid::Uuid;

use super::model::Particulars;
use crate::server::state::State;

const PURPOSE: &str = "rights-request";

/// Seals a text of the row with that id.
pub(super) fn seal(state: &State, row: Uuid, text: &str) -> Vec<u8> {
    seal_bytes(state, row, text.as_bytes())
}

/// Seals bytes of the row with that id.
pub(in crate::privacy) fn seal_bytes(state: &State, row: Uuid, bytes: &[u8]) -> Vec<u8> {
    state.key.derive(PURPOSE).seal(row.as_bytes(), bytes)
}

/// Opens a text; what cannot be opened, as after its erasure, is empty.
pub(super) fn open(state: &State, row: Uuid, sealed: &[u8]) -> String {
    open_bytes(state, row, sealed).and_then(|plain| String::from_utf8(plain).ok()).unwrap_or_default()
}

/// Seals a piece of what is not sealed whole, bound to what it is of and to its place there.
pub(super) fn seal_piece(state: &State, row: Uuid, part: i64, bytes: &[u8]) -> Vec<u8> {
    state.key.derive(PURPOSE).seal(&place(row, part), bytes)
}

/// Opens a piece.
pub(in crate::privacy) fn open_piece(state: &State, row: Uuid, part: i64, sealed: &[u8]) -> Option<Vec<u8>> {
    state.key.derive(PURPOSE).open(&place(row, part), sealed)
}

fn place(row: Uuid, part: i64) -> Vec<u8> {
    [row.as_bytes().as_slice(), &part.to_be_bytes()].concat()
}

/// Opens bytes.
pub(in crate::privacy) fn open_bytes(state: &State, row: Uuid, sealed: &[u8]) -> Option<Vec<u8>> {
    state.key.derive(PURPOSE).open(row.as_bytes(), sealed)
}

/// Seals who asks and what they wrote.
pub(super) fn seal_particulars(state: &State, row: Uuid, particulars: &Particulars) -> Vec<u8> {
    seal_bytes(state, row, &serde_json::to_vec(particulars).unwrap_or_default())
}

/// Opens who asks and what they wrote; erased ones are empty.
pub(super) fn open_particulars(state: &State, row: Uuid, sealed: Option<&[u8]>) -> Particulars {
    sealed.and_then(|sealed| open_bytes(state, row, sealed)).and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
}
