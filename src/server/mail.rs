//! Mail leaves by the outbox: a job written in the transaction that made it necessary, carried out after the commit.
//!
//! The message lies sealed in its job, since it may hold a single-use link. Where no SMTP host is configured, the
//! operator finds the message in the log, and nobody else anywhere.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use serde::{Deserialize, Serialize};

use super::{config::Smtp, db::Tx, jobs, state::State};
use crate::fault::{Answer, Fault};

/// A message in plain text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Writes the message into the outbox of this transaction.
///
/// # Errors
/// When the database is away.
pub async fn send(state: &State, tx: &mut Tx, mail: &Mail) -> Answer<()> {
    let sealed = state.key.derive("mail").seal(b"mail", &serde_json::to_vec(mail).unwrap_or_default());
    let payload = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sealed);
    jobs::enqueue(state, tx, "mail", None, &payload).await
}

/// Delivers one message of the outbox.
pub(super) async fn deliver(state: State, job: jobs::Leased) -> Result<(), jobs::Failure> {
    let mail = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &job.payload)
        .ok()
        .and_then(|sealed| state.key.derive("mail").open(b"mail", &sealed))
        .and_then(|plain| serde_json::from_slice::<Mail>(&plain).ok())
        .ok_or(jobs::Failure::Final("the message cannot be unsealed with this instance's key"))?;
    let smtp = &state.config.smtp;
    if smtp.host.is_empty() {
        tracing::info!(to = mail.to, subject = mail.subject, body = mail.body, "mail is off; this message is for the operator to pass on");
        return Ok(());
    }
    let from: Mailbox = smtp.from.parse().map_err(|_| jobs::Failure::Final("smtp.from is no address"))?;
    let to: Mailbox = mail.to.parse().map_err(|_| jobs::Failure::Final("the recipient is no address"))?;
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(mail.subject)
        // The same id on every try, so that a repeated delivery can be told from a second message.
        .message_id(Some(format!("<{}@casetrakr>", job.id)))
        .body(mail.body)
        .map_err(|_| jobs::Failure::Final("the message cannot be written"))?;
    let sent = transport(smtp).map_err(|_| jobs::Failure::Retry("the SMTP settings do not work"))?.send(message).await;
    sent.map(|_| ()).map_err(|_| jobs::Failure::Retry("the SMTP host did not take the message"))
}

fn transport(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
    let tls = match smtp.security.as_str() {
        "tls" => Tls::Wrapper(TlsParameters::new(smtp.host.clone())?),
        "none" => Tls::None,
        _ => Tls::Required(TlsParameters::new(smtp.host.clone())?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host).port(smtp.port).tls(tls);
    if !smtp.user.is_empty() {
        builder = builder.credentials(Credentials::new(smtp.user.clone(), smtp.password.clone()));
    }
    Ok(builder.build())
}

/// A link into this instance. The host comes from configuration, never from a request.
pub fn link(state: &State, path: &str) -> String {
    format!("{}{path}", state.config.origin())
}

/// Whether an address can be written to at all.
///
/// # Errors
/// The sentence for the field.
pub fn check_address(address: &str) -> Result<(), Fault> {
    address.parse::<lettre::Address>().map(|_| ()).map_err(|_| Fault::field("email", "Write an e-mail address such as name@example.org."))
}

/// What waits in the outbox, oldest first.
#[cfg(test)]
pub(super) async fn waiting(state: &State) -> Vec<Mail> {
    let payloads: Vec<String> = state
        .db
        .global(super::db::global_sql!("select payload from jobs where kind = 'mail' order by created_at, id"))
        .scalars()
        .await
        .unwrap();
    let open = |payload: String| {
        let sealed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, payload).unwrap();
        serde_json::from_slice(&state.key.derive("mail").open(b"mail", &sealed).unwrap()).unwrap()
    };
    payloads.into_iter().map(open).collect()
}
