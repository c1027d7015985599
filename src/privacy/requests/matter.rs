//! A request in the hands of a transaction: every step goes through [`transition`] and leaves, in the same transaction,
//! its evidence in the controller's chain, its words in the conversation, and its letter in the outbox.

use jiff::civil::Date;

use super::{
    UserId, letters,
    links::{self, Held, Purpose},
    model::{Particulars, Proof, State as RequestState},
    place::Place,
    progress::{Event, Progress, Refusal, transition},
    sealed,
    store::{self, Message, Row},
};
use crate::{
    accounts,
    audit::{self, Change},
    email,
    fault::{Answer, Fault},
    server::{
        db::Tx,
        mail::{self, Mail},
        state::State,
    },
};

/// A request with its controller and what the requester wrote.
pub(super) struct Matter {
    pub place: Place,
    pub row: Row,
    pub particulars: Particulars,
}

impl Matter {
    /// Opens a request for the rest of the transaction.
    pub(super) async fn open(state: &State, tx: &mut Tx, held: Held) -> Answer<Self> {
        let place = Place::enter(state, tx, held.org_id).await?;
        let row = store::locked(tx, held.request_id).await?;
        let particulars = sealed::open_particulars(state, row.id.uuid(), row.sealed.as_deref());
        Ok(Self { place, row, particulars })
    }

    /// Where its links lead.
    pub(super) fn held(&self) -> Held {
        Held { org_id: self.place.org, request_id: self.row.id }
    }

    /// Lets something happen to it.
    pub(super) async fn take(&mut self, state: &State, tx: &mut Tx, event: &Event, actor: Option<UserId>) -> Answer<()> {
        let now = state.clock.now();
        let before = progress(&self.row)?;
        let after = transition(&before, event, self.place.date(now)).map_err(|refusal| fault(&refusal))?;
        let from = self.row.state;
        apply(&mut self.row, &after);
        match event {
            Event::Confirm(_) | Event::Verify(_) | Event::SkipIdentity => self.row.confirmed_at = Some(now),
            Event::Extend(_) => {
                self.row.extended_at = Some(now);
                // The parts of the time are counted anew, of all of it until the new day.
                self.row.alerted = 0;
            }
            Event::Refuse(..) | Event::RefusePartly(..) => {
                self.row.decided_by = actor;
                self.row.refused_at = Some(now);
            }
            Event::Duplicate(reference) => self.row.duplicate_of = Some(reference.trim().to_owned()),
            _ => {}
        }
        if !self.row.state.is_open() {
            self.row.closed_at = self.row.closed_at.or(Some(now));
        } else {
            self.row.closed_at = None;
        }
        store::update(tx, &self.row).await?;
        self.row.version += 1;
        self.prove(state, tx, event, from, actor).await?;
        self.converse(state, tx, event, actor).await?;
        self.write(state, tx, event).await
    }

    /// The evidence. What people wrote is sealed beside the chain.
    async fn prove(&self, state: &State, tx: &mut Tx, event: &Event, from: RequestState, actor: Option<UserId>) -> Answer<()> {
        let facts = serde_json::json!({
            "reference": self.row.reference,
            "kind": self.row.kind.noun(),
            "from": from.key(),
            "to": self.row.state.key(),
            "due": self.row.due_on,
            "ground": event.ground().map(|ground| ground.key()),
            "proof": self.row.confirmed_how.map(Proof::key),
        });
        let words = event.words().map(|words| Change { label: "In words".into(), from: String::new(), to: words.to_owned() });
        self.record(state, tx, event.action(), facts, words.into_iter().collect(), actor).await
    }

    /// One more event about this request.
    pub(super) async fn record(
        &self,
        state: &State,
        tx: &mut Tx,
        action: &'static str,
        facts: serde_json::Value,
        values: Vec<Change>,
        actor: Option<UserId>,
    ) -> Answer<()> {
        let event = audit::Event { action, subject_kind: "request", subject: self.row.id.uuid(), facts, values };
        audit::record_in(state, tx, actor, event).await
    }

    /// What the requester reads on their page.
    async fn converse(&self, state: &State, tx: &mut Tx, event: &Event, author: Option<UserId>) -> Answer<()> {
        let (side, kind) = match event {
            Event::Ask(_) => ("controller", "question"),
            Event::Answer(_) => ("requester", "answer"),
            Event::Extend(_) | Event::Refuse(..) | Event::RefusePartly(..) | Event::FailIdentity(_) | Event::Hold(_) => {
                ("controller", "notice")
            }
            _ => return Ok(()),
        };
        let words = letters::told(event, &self.row, &self.place);
        store::say(state, tx, self.row.id, Message { side, kind, author, words: &words }).await
    }

    async fn write(&self, state: &State, tx: &mut Tx, event: &Event) -> Answer<()> {
        if matches!(event, Event::Confirm(_) | Event::Verify(_) | Event::SkipIdentity) {
            let body = format!(
                "A privacy request ({}) has come in for {}. It has to be answered by {}.",
                self.row.kind.noun(),
                self.place.name,
                self.row.due_on
            );
            self.place.tell(state, tx, "A privacy request has come in", &body, &self.page()).await?;
        }
        if matches!(event, Event::Answer(_)) {
            let body = format!("The requester of {} has answered your question.", self.row.reference);
            self.place.tell(state, tx, "An answer to your question", &body, &self.page()).await?;
        }
        let Some(letter) = letters::to_requester(event, &self.row, &self.place) else { return Ok(()) };
        // Whoever typed the address need not be its owner until it is confirmed.
        let unconfirmed = matches!(event, Event::AskIdentity | Event::SkipIdentity);
        if unconfirmed && !accounts::may_write_to(state, tx, &email::fold(&self.particulars.email), accounts::Letter::Other).await? {
            return Ok(());
        }
        self.send(state, tx, letter, if matches!(event, Event::AskIdentity) { Purpose::Confirm } else { Purpose::Track }).await
    }

    /// Sends the requester a letter that ends with a link to their page.
    pub(super) async fn send(&self, state: &State, tx: &mut Tx, letter: letters::Letter, purpose: Purpose) -> Answer<()> {
        if self.particulars.email.is_empty() {
            return Ok(());
        }
        let path = links::make(state, tx, self.held(), purpose).await?;
        let body = format!("{}\n\n{}\n\n{}", letter.body, mail::link(state, &path), letters::foot(&self.place));
        mail::send(state, tx, &Mail { to: self.particulars.email.clone(), subject: letter.subject, body }).await
    }

    /// The controller's page of it.
    pub(super) fn page(&self) -> String {
        format!("{}/{}", self.place.inbox(), self.row.id)
    }
}

/// A row, as far as its way depends on it.
pub(super) fn progress(row: &Row) -> Answer<Progress> {
    let day = |text: &str| text.parse::<Date>().map_err(|_| Fault::Internal { reference: String::new() });
    let maybe = |text: &Option<String>| text.as_deref().map(day).transpose();
    Ok(Progress {
        kind: row.kind,
        regime: row.regime,
        state: row.state,
        received: day(&row.received_on)?,
        first_due: day(&row.first_due_on)?,
        extension: maybe(&row.extension_on)?,
        due: day(&row.due_on)?,
        extended: row.extended_at.is_some(),
        paused: maybe(&row.paused_on)?,
        proof: row.confirmed_how,
        partly_refused: row.partly_refused,
        answered: row.answered,
    })
}

fn apply(row: &mut Row, after: &Progress) {
    row.state = after.state;
    row.first_due_on = after.first_due.to_string();
    row.extension_on = after.extension.map(|day| day.to_string());
    row.due_on = after.due.to_string();
    row.paused_on = after.paused.map(|day| day.to_string());
    row.confirmed_how = after.proof;
    row.partly_refused = after.partly_refused;
}

fn fault(refusal: &Refusal) -> Fault {
    let field = match refusal {
        Refusal::NoWords => "words",
        Refusal::NotFrom(_) | Refusal::ExtendedBefore | Refusal::TooLateToExtend(_) | Refusal::NoExtension | Refusal::NoAnswer => "act",
    };
    Fault::field(field, refusal.sentence())
}
