//! An account as others need it that work on a person's own data: never for the work of an organisation.

use uuid::Uuid;

use crate::{
    email,
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Db, Tx, global_sql},
        secret,
        state::State,
    },
};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// The account.
    pub id: Id<kinds::User>,
    /// Their address.
    pub email: String,
    /// The address as it is compared.
    #[sqlx(rename = "email_folded")]
    pub folded: String,
    /// Their name.
    pub name: String,
}

impl Person {
    /// The person of an account.
    ///
    /// # Errors
    /// [`crate::fault::Fault::Internal`] when there is none, and when the database is away.
    pub async fn of(db: &Db, user: Id<kinds::User>) -> Answer<Self> {
        Ok(db.global(global_sql!("select id, email, email_folded, name from users where id = $1")).bind(user).one().await?)
    }

    /// The person with this address, if it has an account.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn by_address(db: &Db, email: &str) -> Answer<Option<Self>> {
        let found = db.global(global_sql!("select id, email, email_folded, name from users where email_folded = $1"));
        Ok(found.bind(email::fold(email)).optional().await?)
    }

    /// Where they belong or belonged, and the operator's own place, where accounts are recorded.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn organisations(&self, tx: &mut Tx) -> Answer<Vec<(Uuid, String)>> {
        Ok(tx
            .global(global_sql!(
                "select o.id, o.name from organisations o
                 where o.id = $2 or exists (select 1 from memberships m where m.org_id = o.id and m.user_id = $1)
                 order by o.name, o.id"
            ))
            .bind(self.id)
            .bind(Uuid::nil())
            .all()
            .await?)
    }

    /// Invitations to their address: organisation and id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn invitations(&self, tx: &mut Tx) -> Answer<Vec<(Uuid, Uuid)>> {
        let found = tx.global(global_sql!("select org_id, id from invitations where email_folded = $1 order by created_at, id"));
        Ok(found.bind(self.folded.clone()).all().await?)
    }

    /// Deletes forms that were refused and wait to come back, where they are the person's or name their address. They
    /// are sealed, so each is opened and looked at; there are few, since they last ten minutes.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget_forms(&self, state: &State, tx: &mut Tx) -> Answer<u64> {
        let sessions: Vec<Vec<u8>> =
            tx.global(global_sql!("select token_hash from sessions where user_id = $1")).bind(self.id).scalars().await?;
        let forms: Vec<(Vec<u8>, Vec<u8>)> = tx.global(global_sql!("select token_hash, sealed from kept_forms")).all().await?;
        let mut gone = 0;
        for (hash, sealed) in forms {
            let Some(plain) = state.key.derive("kept-form").open(&hash, &sealed) else { continue };
            let Ok(kept) = serde_json::from_slice::<crate::server::visit::Kept>(&plain) else { continue };
            let named = kept.fields.iter().any(|(_, value)| email::fold(value) == self.folded);
            if named || kept.person == Some(self.id) || kept.session.is_some_and(|session| sessions.contains(&session)) {
                gone += tx.global(global_sql!("delete from kept_forms where token_hash = $1")).bind(hash).execute().await?;
            }
        }
        Ok(gone)
    }

    /// A proof for one purpose that this person has just shown who they are: for ten minutes, in this session only.
    pub fn proof(state: &State, session: &super::Session, purpose: &str) -> String {
        let until = state.clock.now().plus_seconds(600).0;
        format!(
            "{until}.{}",
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, mac(state, session, purpose, until))
        )
    }

    /// Whether a proof is good.
    pub fn proved(state: &State, session: &super::Session, purpose: &str, proof: &str) -> bool {
        let Some((until, _)) = proof.split_once('.') else { return false };
        let Ok(until) = until.parse::<i64>() else { return false };
        let right = format!(
            "{until}.{}",
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, mac(state, session, purpose, until))
        );
        // Compared by hash, so that the time it takes tells nothing of the right one.
        secret::token_hash(&right) == secret::token_hash(proof) && state.clock.now().0 < until
    }
}

fn mac(state: &State, session: &super::Session, purpose: &str, until: i64) -> Vec<u8> {
    let text = format!("{purpose}|{}|{}|{until}", session.user_id, session.id);
    state.key.derive("fresh-proof").sign(text.as_bytes())
}
