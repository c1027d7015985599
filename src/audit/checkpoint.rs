//! Once a day the operator's chain notes where the others end, so that none of them can go back behind that.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    store::{organisations, record_operator},
    verify::{CHAIN, Installation},
};
use crate::{
    fault::Answer,
    server::{
        db::{Link, Tx, sql},
        secret::hex,
        state::State,
    },
};

/// Ends in one event.
const AT_ONCE: usize = 200;
/// Bytes of a hash: enough to tell it from any other.
const DIGITS: usize = 16;

/// Notes the ends that have moved since the last time. Where none has, nothing is noted.
///
/// # Errors
/// When the database is away.
pub async fn note_heads(state: &State) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    tx.confine(Uuid::nil()).await?;
    let known = Installation::read(&mut tx).await?;
    let mut moved: Vec<(Uuid, (i64, String))> = Vec::new();
    for org in organisations(&mut tx).await?.into_iter().filter(|org| !org.is_nil()) {
        if let Some(link) = head(&mut tx, org).await? {
            let end = (link.seq, hex(link.hash.get(..DIGITS).unwrap_or_default()));
            if known.checkpoint(org) != Some(&end) {
                moved.push((org, end));
            }
        }
    }
    for part in moved.chunks(AT_ONCE) {
        let heads: BTreeMap<&Uuid, &(i64, String)> = part.iter().map(|(org, end)| (org, end)).collect();
        record_operator(state, &mut tx, "chains.checkpoint", (CHAIN, Uuid::nil()), serde_json::json!({ "heads": heads })).await?;
    }
    Ok(tx.commit().await?)
}

/// The end of a chain, to whose organisation the transaction is confined from here on.
pub(super) async fn head(tx: &mut Tx, org: Uuid) -> Answer<Option<Link>> {
    tx.confine(org).await?;
    let head: Option<(i64, Vec<u8>)> = tx.query(sql!("select seq, hash from audit_heads where org_id = $1")).optional().await?;
    Ok(head.map(|(seq, hash)| Link { seq, hash }))
}
