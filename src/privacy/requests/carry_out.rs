//! What is carried out by program for a requester who has an account.
//!
//! A request for access or portability becomes the package of [`mine::package`]. One for erasure begins the deletion of
//! the account, with the thirty days in which its person may still change their mind; one for restriction restricts it at
//! once. A withdrawal of consent waits for nobody. Where a program cannot do it, for instance because of a legal hold, a
//! note on the request says why, and the operator goes on by hand.

use super::{
    RequestId, UserId, answers,
    handing_out::File,
    letters,
    links::Held,
    matter::Matter,
    model::{Concern, Kind, State as RequestState},
    place::OPERATOR,
    progress::Event,
    store::{self, Message},
};
use crate::{
    accounts::{self, Person},
    fault::{Answer, Fault},
    privacy::{consent, mine},
    server::{
        db::Tx,
        jobs::{self, Failure, Leased},
        mail,
        state::State,
        time::Zone,
    },
};

/// The name of the job.
pub const JOB: &str = "rights-carry-out";

/// What came of it.
enum Done {
    /// A file that is the answer.
    Answer(File),
    /// Words for a letter that is the answer.
    Words(String),
    /// It is done together with its answer.
    Restricted(UserId),
    /// The same for an agent's withdrawal.
    Withdrawn(UserId),
    /// Why it did not go.
    Not(String),
}

/// Writes the job for a request that was just accepted, if it is one that a program can carry out.
pub(super) async fn begin(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    let by_program = match matter.row.kind {
        Kind::Access | Kind::Portability | Kind::Erasure | Kind::Restriction => matter.row.user_id.is_some(),
        // The same for everybody, with an account or without.
        Kind::AutomatedDecision => matter.place.org == OPERATOR,
        // For an agent: nobody knows the account before it is named. For everybody else it was done at once.
        Kind::Withdrawal => matter.row.by_agent && matter.row.user_id.is_some(),
        Kind::Rectification | Kind::Objection | Kind::Complaint | Kind::OptOut => false,
    };
    if by_program { enqueue(state, tx, matter).await } else { Ok(()) }
}

/// Writes the job for a withdrawal: as easy as consenting, so nobody has to accept it. The same whether or not anything
/// is stored, so that the answer tells nothing.
pub(super) async fn begin_withdrawal(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    if matter.place.org != OPERATOR || matter.row.concern != Concern::Account || matter.row.by_agent {
        return Ok(());
    }
    enqueue(state, tx, matter).await
}

async fn enqueue(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    let held = matter.held();
    jobs::enqueue(state, tx, JOB, Some(held.org_id.uuid()), &held.payload()).await
}

/// Carries one request out. Repeating it finds the answer there and does nothing.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let held = Held::of_job(&job)?;
    match carry_out(&state, held).await {
        Err(Fault::NotFound) => Ok(()),
        other => Ok(other?),
    }
}

async fn carry_out(state: &State, held: Held) -> Answer<()> {
    let row = store::read(&state.db, held.org_id, held.request_id).await?;
    if row.kind == Kind::Withdrawal && !row.by_agent {
        return withdraw(state, held).await;
    }
    if row.state != RequestState::Fulfilling || row.answered {
        return Ok(());
    }
    let done = match (row.kind, row.user_id) {
        (Kind::Access | Kind::Portability, Some(user)) => package(state, user).await?,
        (Kind::Erasure, Some(user)) => erase(state, user).await?,
        (Kind::Restriction, Some(user)) => Done::Restricted(user),
        (Kind::Withdrawal, Some(user)) => Done::Withdrawn(user),
        (Kind::AutomatedDecision, _) => Done::Words(letters::NO_AUTOMATED_DECISION.to_owned()),
        _ => return Ok(()),
    };
    let mut tx = state.db.begin().await?;
    let matter = Matter::open(state, &mut tx, held).await?;
    if matter.row.state != RequestState::Fulfilling || matter.row.answered {
        return Ok(());
    }
    let file = match done {
        Done::Answer(file) => file,
        Done::Words(words) => answers::letter(&matter.row, &matter.place, &words),
        Done::Restricted(user) => {
            let since = mine::restrict(state, &mut tx, user, &matter.row.reference).await?;
            answers::letter(&matter.row, &matter.place, &mine::restriction_letter(state, since))
        }
        Done::Withdrawn(user) => {
            consent::withdraw_for(state, &mut tx, user).await?;
            withdrawn(state, &mut tx, &matter).await?;
            answers::letter(&matter.row, &matter.place, letters::WITHDRAWN_FOR_ANOTHER)
        }
        Done::Not(why) => {
            could_not(state, &mut tx, &matter, &why).await?;
            return Ok(tx.commit().await?);
        }
    };
    answers::keep(state, &mut tx, matter.row.id, &file).await?;
    let facts = serde_json::json!({ "reference": matter.row.reference, "bytes": file.bytes.len() });
    matter.record(state, &mut tx, "request.carried_out", facts, Vec::new(), None).await?;
    Ok(tx.commit().await?)
}

/// Everything held about an account holder, as one signed file: readable pages, JSON and CSV.
async fn package(state: &State, user: UserId) -> Answer<Done> {
    let person = Person::of(&state.db, user).await?;
    let bytes = mine::packaged(state, mine::held(state, &person).await?).await?;
    Ok(Done::Answer(File { name: "casetrakr-data.zip".into(), media_type: "application/zip".into(), bytes }))
}

/// Begins the deletion of an account; answers when it is carried out and what stays, for the letter.
async fn erase(state: &State, user: UserId) -> Answer<Done> {
    let after = match mine::ask_deletion(state, user).await {
        Ok(after) => after,
        Err(Fault::Forbidden { reason }) => return Ok(Done::Not(reason)),
        Err(fault) => return Err(fault),
    };
    Ok(Done::Words(format!(
        "Your account is erased on {}. Until then you can sign in and keep it. The page of this request tells when it is done, and holds the certificate of what went.\n\nWhat you wrote in an organisation's cases belongs to the organisation and stays, without your name. What else stays, and why, is listed at\n\n{}",
        Zone::utc().show(after).day,
        mail::link(state, "/privacy/retention")
    )))
}

/// The operator reads why it did not go, and goes on by hand.
async fn could_not(state: &State, tx: &mut Tx, matter: &Matter, why: &str) -> Answer<()> {
    let words = format!("The program could not carry this out: {why} Go on by hand, and write the answer.");
    store::say(state, tx, matter.row.id, Message { side: "controller", kind: "note", author: None, words: &words }).await?;
    let facts = serde_json::json!({ "reference": matter.row.reference });
    matter.record(state, tx, "request.could_not", facts, Vec::new(), None).await
}

/// Withdraws every consent of the account with that address. Without words of its own the request ends with that; else
/// somebody reads them.
async fn withdraw(state: &State, held: Held) -> Answer<()> {
    let mut tx = state.db.begin().await?;
    let mut matter = Matter::open(state, &mut tx, held).await?;
    if matter.row.state != RequestState::InReview || store::is_told(&mut tx, matter.row.id).await? {
        return Ok(());
    }
    if let Some(user) = accounts::account_of(&mut tx, &matter.particulars.email).await? {
        consent::withdraw_for(state, &mut tx, user).await?;
    }
    withdrawn(state, &mut tx, &matter).await?;
    let said = Message { side: "controller", kind: "notice", author: None, words: letters::WITHDRAWN };
    store::say(state, &mut tx, matter.row.id, said).await?;
    if matter.particulars.words.is_empty() {
        matter.take(state, &mut tx, &Event::Honour, None).await?;
    }
    Ok(tx.commit().await?)
}

async fn withdrawn(state: &State, tx: &mut Tx, matter: &Matter) -> Answer<()> {
    let facts = serde_json::json!({ "reference": matter.row.reference });
    matter.record(state, tx, "request.consents_withdrawn", facts, Vec::new(), None).await
}

/// The granted requests for the erasure of an account, before it is erased and they no longer lead to it.
///
/// # Errors
/// When the database is away.
pub async fn erasures_of(tx: &mut Tx, user: UserId) -> Answer<Vec<(RequestId, String)>> {
    tx.confine(OPERATOR.uuid()).await?;
    store::granted_erasures(tx, user).await
}

/// Their account is erased: whoever still holds the link to one finds the certificate there.
///
/// # Errors
/// When the database is away.
pub async fn note_erased(state: &State, tx: &mut Tx, requests: &[(RequestId, String)], certificate: &str) -> Answer<()> {
    let held = |id: RequestId| Held { org_id: OPERATOR, request_id: id };
    for (id, reference) in requests {
        let matter = Matter::open(state, tx, held(*id)).await?;
        store::keep_outcome(tx, *id, state.clock.now(), certificate.to_owned()).await?;
        matter.record(state, tx, "request.erased", serde_json::json!({ "reference": reference }), Vec::new(), None).await?;
    }
    Ok(())
}
