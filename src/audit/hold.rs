//! What rows hold, as the record commits to it.
//!
//! Whoever writes a row says at once what a part of it holds now, and the event that follows in the same transaction takes
//! that up: as a digest, sealed beside what changed. Verification compares the newest digest of every part with the row.
//! A part that holds nothing is gone. A transaction that says what rows hold and ends without an event fails the tests.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use uuid::Uuid;

use crate::server::{
    db::{Hold, Tx},
    secret::sha256,
};

/// A part of a case holds this now, in the organisation to which the transaction is confined.
pub fn hold_of_case(tx: &mut Tx, case: Uuid, part: impl Into<String>, value: &impl Serialize) {
    let (org, part) = (tx.org().unwrap_or_default(), part.into());
    let digest = digest(&part, value);
    tx.hold(Hold { org, case: Some(case), part, digest, was: None });
}

/// The same of a part of which whoever writes it knows what it held before. Where the record says that it held something
/// else, it was changed past the product, and verification finds that also after the new value.
pub fn hold_change_of_case(tx: &mut Tx, case: Uuid, part: impl Into<String>, before: &impl Serialize, now: &impl Serialize) {
    let (org, part) = (tx.org().unwrap_or_default(), part.into());
    let (was, digest) = (Some(digest(&part, before)), digest(&part, now));
    tx.hold(Hold { org, case: Some(case), part, digest, was });
}

/// A part of the organisation itself holds this now, such as the role of a member.
pub fn hold_of_organisation(tx: &mut Tx, org: Uuid, part: impl Into<String>, value: &impl Serialize) {
    let part = part.into();
    let digest = digest(&part, value);
    tx.hold(Hold { org, case: None, part, digest, was: None });
}

/// What is sealed of a part that holds this; empty where that is nothing. What is sealed is salted as a whole.
pub fn digest(part: &str, value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    if text == "null" {
        return String::new();
    }
    let hash = sha256(&[part.as_bytes(), &[0], text.as_bytes()]);
    URL_SAFE_NO_PAD.encode(&hash[..16])
}
