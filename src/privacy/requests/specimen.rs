//! A request that is made up, for the proof that everything of it is handed out and erased: stored by the functions that
//! store a real one, and read by nobody. No message goes out.

use uuid::Uuid;

use super::{
    UserId, answers,
    enclosures::{self, Arriving},
    matter::Matter,
    model::{Concern, Kind, Particulars, Proof, State as RequestState, Step},
    place::{OPERATOR, Place},
    receive::{self, Asked},
    store::{self, Message},
};
use crate::{
    audit::Change,
    fault::Answer,
    ids::Id,
    server::{
        db::{Tx, sql},
        state::State,
    },
};

/// What is to stand in it.
pub struct Specimen {
    /// The requester's name.
    pub name: String,
    /// The requester's words.
    pub words: String,
    /// A question of the controller.
    pub question: String,
    /// The requester's answer to it.
    pub reply: String,
    /// A note of the controller.
    pub note: String,
    /// The controller's answer.
    pub answer: String,
    /// The name of a file with it.
    pub file_name: String,
    /// What is in that file.
    pub file: String,
}

/// Stores it as one of an account holder that was answered.
///
/// # Errors
/// When the database is away.
pub async fn store_specimen(state: &State, tx: &mut Tx, user: UserId, email: &str, specimen: &Specimen) -> Answer<()> {
    let place = Place::enter(state, tx, OPERATOR).await?;
    let particulars =
        Particulars { email: email.to_owned(), name: specimen.name.clone(), words: specimen.words.clone(), ..Particulars::default() };
    let asked = Asked { kind: Kind::Rectification, concern: Concern::Account, by_agent: false, org: OPERATOR, particulars };
    let mut row = receive::new_row(state, &place, Id::fresh(), &asked);
    row.user_id = Some(user);
    row.confirmed_how = Some(Proof::SignedIn);
    row.confirmed_at = Some(state.clock.now());
    let mut matter = receive::insert(state, tx, Matter { place, row, particulars: asked.particulars }, serde_json::json!({})).await?;
    let id = matter.row.id;
    for (side, kind, words) in
        [("controller", "question", &specimen.question), ("requester", "answer", &specimen.reply), ("controller", "note", &specimen.note)]
    {
        store::say(state, tx, id, Message { side, kind, author: None, words }).await?;
    }
    store::tick(tx, id, Step::Answer, user, state.clock.now()).await?;
    answers::keep(state, tx, id, &answers::letter(&matter.row, &matter.place, &specimen.answer)).await?;
    matter.row.state = RequestState::Fulfilling;
    let mut file = Arriving::begin(specimen.file_name.clone());
    file.take(state, specimen.file.as_bytes());
    enclosures::add(state, tx, &matter, file.end(state, id), user).await?;
    store::keep_outcome(tx, id, state.clock.now(), "{}".to_owned()).await?;
    matter.row.state = RequestState::Delivered;
    matter.row.closed_at = Some(state.clock.now());
    store::update(tx, &matter.row).await?;
    let values = vec![Change { label: "Note".into(), from: String::new(), to: specimen.note.clone() }];
    let facts = serde_json::json!({ "reference": matter.row.reference });
    matter.record(state, tx, "request.noted", facts, values, None).await
}

/// Those that were made up with this account: the step that it ticked leads there, also once it is erased.
///
/// # Errors
/// When the database is away.
pub async fn specimens_of(tx: &mut Tx, user: UserId) -> Answer<Vec<Uuid>> {
    tx.confine(OPERATOR.uuid()).await?;
    let ticked = sql!("select distinct request_id from rights_steps where org_id = $1 and done_by = $2");
    Ok(tx.query(ticked).bind(user).scalars().await?)
}

/// Takes one away again. What the record says of it stays, unreadable.
///
/// # Errors
/// When the database is away.
pub async fn remove_specimen(tx: &mut Tx, id: Uuid) -> Answer<()> {
    tx.confine(OPERATOR.uuid()).await?;
    for statement in [
        sql!("delete from rights_steps where org_id = $1 and request_id = $2"),
        sql!("delete from rights_outcomes where org_id = $1 and request_id = $2"),
        sql!("delete from rights_enclosures where org_id = $1 and request_id = $2"),
        sql!("delete from rights_answers where org_id = $1 and request_id = $2"),
        sql!("delete from rights_messages where org_id = $1 and request_id = $2"),
        sql!("delete from rights_requests where org_id = $1 and id = $2"),
    ] {
        tx.query(statement).bind(id).execute().await?;
    }
    Ok(())
}
