//! Keys of forms: a form that is sent twice has one effect and one answer.
//!
//! A double click, the back button and a retry after a lost answer send the same key with the same content, and are told
//! what the first one was told. Whoever changed something in between sends the same key with other content: that is no
//! repetition, and answering it like one would lose what was changed. So the key is kept with a fingerprint of what was
//! sent, claimed in the transaction that stores it: of many that arrive at once one is first, and the others wait for it.

use serde_json::Value;
use uuid::Uuid;

use super::{
    db::{Tx, sql},
    state::State,
};
use crate::fault::Answer;

/// What a form turns out to be by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The first of its key.
    First,
    /// The same again.
    Again,
    /// The key was used for something else.
    Other,
}

/// Claims a key for this content, in the organisation to which the transaction is confined. What belongs to the content is
/// who sends it, where it goes and every field as it will be stored.
///
/// # Errors
/// When the database is away.
pub async fn claim(state: &State, tx: &mut Tx, key: Uuid, content: &Value) -> Answer<Sent> {
    // Keyed, so that nobody who sees the table can try out what was written.
    let fingerprint = state.key.derive("form-key").sign(content.to_string().as_bytes());
    let claimed = tx
        .query(sql!(
            "insert into form_keys (org_id, key, fingerprint, sent_at) values ($1, $2, $3, $4) on conflict (org_id, key) do nothing"
        ))
        .bind(key)
        .bind(fingerprint.clone())
        .bind(state.clock.now())
        .execute()
        .await?;
    if claimed > 0 {
        return Ok(Sent::First);
    }
    let before: Vec<u8> = tx.query(sql!("select fingerprint from form_keys where org_id = $1 and key = $2")).bind(key).scalar().await?;
    Ok(if before == fingerprint { Sent::Again } else { Sent::Other })
}
