//! Mail leaves by the outbox: a job written in the transaction that made it necessary, carried out after the commit.
//!
//! The message lies sealed in its job, since it may hold a single-use link. Where no SMTP host is configured, the
//! operator finds the message in the log, and nobody else anywhere. That a message went out, to whom and about what, is
//! noted for thirty days, so that people can see what was sent to them.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        response::Category,
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    config::Smtp,
    db::{Tx, global_sql},
    jobs,
    state::State,
};
use crate::{email, fault::Answer};

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
    let (id, now) = (Uuid::now_v7(), state.clock.now());
    let sealed = state.key.derive("mail").seal(b"mail", &serde_json::to_vec(mail).unwrap_or_default());
    let payload = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sealed);
    tx.global(global_sql!(
        "insert into mails (id, user_id, recipient, recipient_folded, subject, queued_at)
         values ($1, (select id from users where email_folded = $2), $3, $2, $4, $5)"
    ))
    .bind(id)
    .bind(email::fold(&mail.to))
    .bind(mail.to.clone())
    .bind(mail.subject.clone())
    .bind(now)
    .execute()
    .await?;
    jobs::enqueue_as(state, tx, (id, now), "mail", None, &payload).await
}

/// Delivers one message of the outbox, and notes how it went.
pub async fn deliver(state: State, job: jobs::Leased) -> Result<(), jobs::Failure> {
    let outcome = transmit(&state, &job).await;
    let now = state.clock.now();
    match &outcome {
        Ok(()) => {
            let noted = state.db.global(global_sql!("update mails set sent_at = coalesce(sent_at, $2) where id = $1"));
            noted.bind(job.id).bind(now).execute().await?;
        }
        Err(jobs::Failure::Retry(_)) if job.attempts < jobs::MAX_ATTEMPTS => {}
        Err(jobs::Failure::Interrupted) => {}
        Err(jobs::Failure::Retry(_) | jobs::Failure::Final(_)) => {
            state.db.global(global_sql!("update mails set failed_at = $2 where id = $1")).bind(job.id).bind(now).execute().await?;
        }
    }
    outcome
}

/// A message of the outbox, unsealed.
pub fn unseal(state: &State, payload: &str) -> Option<Mail> {
    let sealed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, payload).ok()?;
    serde_json::from_slice(&state.key.derive("mail").open(b"mail", &sealed)?).ok()
}

async fn transmit(state: &State, job: &jobs::Leased) -> Result<(), jobs::Failure> {
    let mail = unseal(state, &job.payload).ok_or(jobs::Failure::Final("the message cannot be unsealed with this instance's key"))?;
    // Names under `.invalid` are reserved for what does not exist, such as the address of somebody who was erased.
    if mail.to.ends_with(".invalid") {
        return Ok(());
    }
    let smtp = &state.config.smtp;
    if smtp.host.is_empty() {
        tracing::info!(to = mail.to, subject = mail.subject, body = mail.body, "mail is off; this message is for the operator to pass on");
        return Ok(());
    }
    let from: Mailbox = smtp.from.parse().map_err(|_| jobs::Failure::Final("smtp.from is no address"))?;
    let to = email::deliverable(&mail.to).ok_or(jobs::Failure::Final("the recipient is no address"))?;
    let to = Mailbox::new(None, to);
    let mut message = Message::builder().from(from).to(to);
    // Whoever answers a letter writes to whoever runs this, not to a robot.
    if let Ok(operator) = state.config.operator.email.parse::<Mailbox>() {
        message = message.reply_to(operator);
    }
    let message = message
        .subject(mail.subject)
        // The same id on every try, so that a repeated delivery can be told from a second message.
        .message_id(Some(format!("<{}@casetrakr>", job.id)))
        .body(mail.body)
        .map_err(|_| jobs::Failure::Final("the message cannot be written"))?;
    let sent = transport(smtp).map_err(|_| jobs::Failure::Retry("the SMTP settings do not work"))?.send(message).await;
    sent.map(|_| ()).map_err(|error| failure(&error))
}

/// A host that says no for good says it each time. Its replies about signing in (x3x) speak of the operator's settings and
/// not of the message, which waits until they are put right.
fn failure(error: &lettre::transport::smtp::Error) -> jobs::Failure {
    let about_settings = error.status().is_some_and(|code| code.category == Category::Unspecified3);
    if error.is_permanent() && !about_settings {
        jobs::Failure::Final("the SMTP host refused the message")
    } else {
        jobs::Failure::Retry("the SMTP host did not take the message")
    }
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

/// What waits in the outbox, oldest first.
#[cfg(test)]
pub(super) async fn waiting(state: &State) -> Vec<Mail> {
    let payloads: Vec<String> =
        state.db.global(global_sql!("select payload from jobs where kind = 'mail' order by created_at, id")).scalars().await.unwrap();
    payloads.into_iter().map(|payload| unseal(state, &payload).unwrap()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::{
        io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
        net::TcpListener,
    };

    use super::*;
    use crate::server::testing::TestApp;

    /// A mail server that takes everything but what is for `later@`, `never@` and `locked@`; what it took, as it came.
    async fn mail_server() -> (u16, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, took) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
        let into = took.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 here\r\n").await.unwrap();
                let (mut data, mut message) = (false, String::new());
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match line.split(' ').next().unwrap_or_default() {
                        "." if data => {
                            data = false;
                            into.lock().unwrap().push(std::mem::take(&mut message));
                            "250 taken\r\n"
                        }
                        _ if data => {
                            message.push_str(&line);
                            message.push('\n');
                            continue;
                        }
                        "RCPT" if line.contains("later@") => "451 not now\r\n",
                        "RCPT" if line.contains("never@") => "550 nobody here\r\n",
                        "RCPT" if line.contains("locked@") => "530 sign in first\r\n",
                        "DATA" => {
                            data = true;
                            "354 go on\r\n"
                        }
                        "QUIT" => "221 bye\r\n",
                        _ => "250 ok\r\n",
                    };
                    write.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        (port, took)
    }

    async fn sent(app: &TestApp, to: &str) {
        let mut tx = app.state.db.begin().await.unwrap();
        let mail = Mail {
            to: to.into(),
            subject: "Confirm your address".into(),
            body: "Open this link:\n\nhttp://127.0.0.1:3000/verify-email/x".into(),
        };
        send(&app.state, &mut tx, &mail).await.unwrap();
        tx.commit().await.unwrap();
        app.work().await;
    }

    async fn noted(app: &TestApp, to: &str) -> (bool, bool) {
        let times = app.state.db.global(global_sql!("select sent_at is not null, failed_at is not null from mails where recipient = $1"));
        times.bind(to.to_owned()).one().await.unwrap()
    }

    #[tokio::test]
    async fn a_message_goes_to_the_smtp_host_with_its_sender_and_whom_to_answer() {
        let (port, took) = mail_server().await;
        let app = TestApp::sqlite().await.configured(|config| {
            config.smtp = Smtp {
                host: "127.0.0.1".into(),
                port,
                security: "none".into(),
                from: "CaseTrakr <robot@harbour.eu>".into(),
                ..Smtp::default()
            };
            config.operator.email = "privacy@harbour.eu".into();
        });
        sent(&app, "ada@people.eu").await;
        let message = took.lock().unwrap().pop().unwrap();
        for part in [
            "From: CaseTrakr <robot@harbour.eu>",
            "To: ada@people.eu",
            "Reply-To: privacy@harbour.eu",
            "Subject: Confirm your address",
            "Message-ID: <",
            "http://127.0.0.1:3000/verify-email/x",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert_eq!(noted(&app, "ada@people.eu").await, (true, false));
        // Not now: it waits and is tried again. Never: it is over, and said so.
        sent(&app, "later@people.eu").await;
        assert_eq!(noted(&app, "later@people.eu").await, (false, false));
        sent(&app, "never@people.eu").await;
        assert_eq!(noted(&app, "never@people.eu").await, (false, true));
        // A wrong password of the operator's loses nobody's message.
        sent(&app, "locked@people.eu").await;
        assert_eq!(noted(&app, "locked@people.eu").await, (false, false));
        assert!(took.lock().unwrap().is_empty());
    }
}
