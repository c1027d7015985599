//! What the operator's chain says of all the others: that each of them began, where its end was at checkpoints, and that
//! its organisation was erased. So no chain can disappear, and none can go back behind a checkpoint.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::{
    fault::Answer,
    server::db::{Tx, sql},
};

/// The kind of thing that events about chains are about.
pub(in crate::audit) const CHAIN: &str = "chain";

/// See the module.
#[derive(Default)]
pub(in crate::audit) struct Installation {
    /// Chains that began.
    pub(in crate::audit) begun: BTreeSet<Uuid>,
    /// Organisations that were erased whole.
    ended: BTreeSet<Uuid>,
    /// The end of each chain at the last checkpoint that names it: number, and the first digits of the hash.
    checkpoints: BTreeMap<Uuid, (i64, String)>,
}

impl Installation {
    /// Reads it, in a transaction that is confined to the operator's place.
    pub(in crate::audit) async fn read(tx: &mut Tx) -> Answer<Self> {
        let told: Vec<(Uuid, String, String)> = tx
            .query(sql!(
                "select subject_id, action, facts from audit_events
                 where org_id = $1 and (subject_kind = $2 or (subject_kind = 'org' and action = 'org.erased')) order by seq"
            ))
            .bind(CHAIN.to_owned())
            .all()
            .await?;
        let mut all = Self::default();
        for (subject, action, facts) in told {
            match action.as_str() {
                "chain.begun" => {
                    all.begun.insert(subject);
                    all.ended.remove(&subject);
                }
                "org.erased" => {
                    all.ended.insert(subject);
                }
                "chains.checkpoint" => {
                    let facts = serde_json::from_str::<serde_json::Value>(&facts).unwrap_or_default();
                    all.checkpoints
                        .extend(serde_json::from_value::<BTreeMap<Uuid, (i64, String)>>(facts["heads"].clone()).unwrap_or_default());
                }
                _ => {}
            }
        }
        Ok(all)
    }

    /// The last checkpoint of a chain.
    pub(in crate::audit) fn checkpoint(&self, org: Uuid) -> Option<&(i64, String)> {
        self.checkpoints.get(&org)
    }

    /// Whether an organisation was erased whole.
    pub(in crate::audit) fn has_ended(&self, org: Uuid) -> bool {
        self.ended.contains(&org)
    }

    /// Chains that should be there and are not, and organisations that nobody recorded.
    pub(super) fn missing(&self, there: &[Uuid]) -> Vec<String> {
        let there: BTreeSet<Uuid> = there.iter().copied().collect();
        let gone = self.begun.iter().filter(|org| !there.contains(org) && !self.has_ended(**org));
        let gone = gone.map(|org| format!("{org}: the organisation and its chain are gone, and no erasure is on record"));
        let unknown = there.iter().filter(|org| !org.is_nil() && !self.begun.contains(org));
        let unknown = unknown.map(|org| format!("{org}: the operator's chain does not know of this organisation: it was cut, or the organisation was made behind the product"));
        let back = there.iter().filter(|org| self.has_ended(**org));
        gone.chain(unknown).chain(back.map(|org| format!("{org}: the organisation was erased, and is there"))).collect()
    }
}
