//! Erasing a person: what the registry says of each column, carried out.
//!
//! What happens to whom: rows that are only about the person go; values in rows that others need are emptied or replaced
//! by something that tells of nobody; what the audit record says of the person becomes unreadable, since the key that
//! sealed it is destroyed. Their work stays with the organisations, under a name such as "Deleted user 7f3a" that is
//! theirs alone, so that two deleted people are never taken for one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    erasure_log::{self, Gone},
    held::{begin, subjects, theirs},
};
use crate::{
    accounts::{self, Person},
    audit, cases, email,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::{
        archive,
        registry::{
            self,
            model::{Erasure, Rows, Table, With},
        },
        requests,
        retention::{self, cover},
    },
    server::{
        db::{Sketch, Tx, global_sql},
        mail,
        state::State,
    },
};

/// What an erasure did, in numbers. It names nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Rows deleted, by table.
    pub deleted: BTreeMap<String, u64>,
    /// Rows in which values were emptied or replaced, by table.
    pub emptied: BTreeMap<String, u64>,
    /// Events of the audit record whose values became unreadable.
    pub unreadable: u64,
    /// What stays, and why.
    pub kept: BTreeMap<String, String>,
    /// Organisations in which a legal hold keeps rows of the person. They go once it is released.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Uuid>,
}

impl Certificate {
    /// This one after an earlier one of the same erasure: numbers add up, what stays is what stays now.
    pub(super) fn and(mut self, before: Self) -> Self {
        for (table, rows) in before.deleted {
            note(&mut self.deleted, &table, rows);
        }
        for (table, rows) in before.emptied {
            note(&mut self.emptied, &table, rows);
        }
        self.unreadable += before.unreadable;
        self
    }
}

/// Erases a person at once. Rows that a hold on an organisation or a case covers stay for now and follow with the daily
/// run once it is released; name and address go from everywhere.
///
/// # Errors
/// [`Fault::Forbidden`] while a legal hold covers the account, or while an organisation would lose its only owner; and
/// when the database is away.
pub async fn erase(state: &State, user: Id<kinds::User>) -> Answer<Certificate> {
    owns_nothing_alone(state, user).await?;
    carry_out(state, user, Ground::AtOnce).await
}

/// Erases a person whose thirty days have passed.
///
/// # Errors
/// [`Fault::NotFound`] when they have taken it back; otherwise those of [`erase()`].
pub async fn erase_due(state: &State, user: Id<kinds::User>) -> Answer<Certificate> {
    owns_nothing_alone(state, user).await?;
    carry_out(state, user, Ground::Due).await
}

/// Erases a person who was erased before and came back with a backup: whatever they owned then.
///
/// # Errors
/// When the database is away.
pub(super) async fn erase_again(state: &State, user: Id<kinds::User>) -> Answer<Certificate> {
    carry_out(state, user, Ground::Again).await
}

/// Refuses where an organisation would lose its only owner.
pub(super) async fn owns_nothing_alone(state: &State, user: Id<kinds::User>) -> Answer<()> {
    match owned_alone(state, user).await?.first() {
        None => Ok(()),
        Some(organisation) => Err(Fault::forbidden(format!(
            "{organisation} has no other owner. Make somebody else an owner, or close the organisation first."
        ))),
    }
}

/// Why somebody is erased now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// Somebody decided it now.
    AtOnce,
    /// They asked for it, and the time to change their mind is over.
    Due,
    /// They were erased before.
    Again,
}

impl Ground {
    /// Whether it still holds. It was looked at before, but somebody may have changed their mind, or have placed a hold,
    /// since; from here on that waits until the transaction has ended.
    async fn holds(self, state: &State, tx: &mut Tx, user: Id<kinds::User>) -> Answer<()> {
        if self == Self::Due {
            let due = tx.global(global_sql!(
                "update account_deletions set erase_after = erase_after
                 where user_id = $1 and erased_at is null and erase_after <= $2"
            ));
            if due.bind(user).bind(state.clock.now()).execute().await? == 0 {
                return Err(Fault::NotFound);
            }
        }
        match retention::hold_on_account(tx, user).await? {
            Some(hold) if self != Self::Again => Err(hold),
            _ => Ok(()),
        }
    }
}

async fn carry_out(state: &State, user: Id<kinds::User>, ground: Ground) -> Answer<Certificate> {
    let person = Person::of(&state.db, user).await?;
    let places = accounts::places(state, user).await?;
    let mut tx = state.db.begin().await?;
    retention::keep_still(&mut tx).await?;
    ground.holds(state, &mut tx, user).await?;
    let mut tx = accounts::leave(tx, places).await?;
    let organisations = person.organisations(&mut tx).await?;
    let asked = requests::erasures_of(&mut tx, user).await?;
    let waiting = retention::held_around(&mut tx, user, &organisations).await?;
    let mut certificate = Certificate { waiting, ..Certificate::default() };
    for (org, subject) in sealed_about(state, &mut tx, &person, &organisations).await? {
        if !organisation_held(&mut tx, org).await? {
            certificate.unreadable += audit::shred(state, &mut tx, subject, "account.erased").await?;
        }
    }
    accounts::claim_messages(&mut tx, user).await?;
    note(&mut certificate.deleted, "kept_forms", person.forget_forms(state, &mut tx).await?);
    note(&mut certificate.deleted, "jobs", forget_messages(state, &mut tx, &person).await?);
    let name = free_name(&mut tx, user).await?;
    for (org, _) in &organisations {
        if organisation_held(&mut tx, *org).await? {
            continue;
        }
        note(&mut certificate.emptied, "entries", cases::forget_name(state, &mut tx, &person.name, &name).await?);
        certificate.unreadable += cases::forget_in_record(state, &mut tx, &person.name).await?;
    }
    // Archives hold what was there when they were made.
    for (org, _) in &organisations {
        tx.confine(*org).await?;
        note(&mut certificate.deleted, "archive_pieces", archive::end_all(state, &mut tx).await?);
    }
    note(&mut certificate.deleted, "operators", u64::from(accounts::forget_operator(&mut tx, user).await?));
    for table in registry::tables().rev() {
        if table.tenant {
            for (org, _) in &organisations {
                tx.confine(*org).await?;
                erase_rows(&mut tx, &person, table, &name, &mut certificate).await?;
            }
        } else {
            erase_rows(&mut tx, &person, table, &name, &mut certificate).await?;
        }
    }
    if !certificate.waiting.is_empty() {
        certificate.kept.insert(
            "What a legal hold on an organisation or on a case covers".into(),
            "It must be kept because of a legal claim, and goes once the hold is released.".into(),
        );
    }
    seal_certificate(state, &mut tx, user, &mut certificate).await?;
    let numbers = serde_json::to_string(&certificate).unwrap_or_default();
    requests::note_erased(state, &mut tx, &asked, &numbers).await?;
    tx.commit().await?;
    erasure_log::note(state, Gone::Account(user.uuid()), Vec::new());
    state.db.scrub().await?;
    tracing::info!(user.id = %user, rows = certificate.deleted.values().sum::<u64>(), "an account was erased");
    Ok(certificate)
}

/// What the record says of the person, as organisation and subject: the account, invitations, and requests.
async fn sealed_about(state: &State, tx: &mut Tx, person: &Person, organisations: &[(Uuid, String)]) -> Answer<Vec<(Uuid, Uuid)>> {
    let mut all = subjects(tx, person, organisations).await?;
    all.extend(requests::of_person(state, tx, person).await?.into_iter().map(|request| (Uuid::nil(), request)));
    Ok(all)
}

/// Whether a legal hold covers an organisation, to which the transaction is confined from here on.
async fn organisation_held(tx: &mut Tx, org: Uuid) -> Answer<bool> {
    tx.confine(org).await?;
    let found = tx.global(global_sql!(
        "select cast(1 as bigint) from legal_holds where released_at is null and scope = 'organisation' and subject_id = $1 limit 1"
    ));
    Ok(found.bind(org).optional_scalar::<i64>().await?.is_some())
}

fn note(into: &mut BTreeMap<String, u64>, table: &str, rows: u64) {
    if rows > 0 {
        *into.entry(table.to_owned()).or_default() += rows;
    }
}

/// Organisations in which this person is the only owner, by name.
///
/// # Errors
/// When the database is away.
pub(super) async fn owned_alone(state: &State, user: Id<kinds::User>) -> Answer<Vec<String>> {
    Ok(state
        .db
        .global(global_sql!(
            "select o.name from memberships m
             join organisations o on o.id = m.org_id
             where m.user_id = $1 and m.role = 'owner' and m.left_at is null
               and not exists (
                 select 1 from memberships other
                 where other.org_id = m.org_id and other.user_id <> $1 and other.role = 'owner' and other.left_at is null)
               and not exists (select 1 from organisation_closures c where c.organisation = m.org_id)
             order by o.name"
        ))
        .bind(user)
        .scalars()
        .await?)
}

/// Messages that still wait to be sent to the person.
async fn forget_messages(state: &State, tx: &mut Tx, person: &Person) -> Answer<u64> {
    let waiting: Vec<(Uuid, String)> = tx.global(global_sql!("select id, payload from jobs where kind = 'mail'")).all().await?;
    let known: Vec<Uuid> = tx
        .global(global_sql!("select id from mails where user_id = $1 or recipient_folded = $2"))
        .bind(person.id)
        .bind(person.folded.clone())
        .scalars()
        .await?;
    let mut gone = 0;
    for (id, payload) in waiting {
        let theirs = mail::unseal(state, &payload).is_some_and(|mail| email::fold(&mail.to) == person.folded);
        if theirs || known.contains(&id) {
            gone += tx.global(global_sql!("delete from jobs where id = $1")).bind(id).execute().await?;
        }
    }
    Ok(gone)
}

/// A name that no other account has: the last digits of the id, as many as it takes.
async fn free_name(tx: &mut Tx, user: Id<kinds::User>) -> Answer<String> {
    let digits = user.uuid().simple().to_string();
    for length in 4..=digits.len() {
        let name = format!("Deleted user {}", digits.get(digits.len() - length..).unwrap_or(&digits));
        let taken: i64 = tx
            .global(global_sql!("select count(*) from users where name = $1 and id <> $2"))
            .bind(name.clone())
            .bind(user)
            .scalar()
            .await?;
        if taken == 0 {
            return Ok(name);
        }
    }
    Ok(format!("Deleted user {digits}"))
}

/// Does to the person's rows of one table what the registry says.
async fn erase_rows(tx: &mut Tx, person: &Person, table: &'static Table, name: &str, certificate: &mut Certificate) -> Answer<()> {
    if matches!(table.rows, Rows::OfNobody | Rows::OfOrganisation) {
        return Ok(());
    }
    if table.all().any(|facts| facts.erasure == Erasure::Row) {
        let mut sketch = begin(table, "delete from ");
        sketch.push(table.name);
        let rows = tx.sketch(reached(sketch, person, table)).execute().await?;
        note(&mut certificate.deleted, table.name, rows);
        return Ok(());
    }
    let mut sketch = begin(table, "update ");
    sketch.push(table.name).push(" set ");
    let mut changes = 0;
    for facts in table.all() {
        let column = facts.column;
        let between = if changes == 0 { "" } else { ", " };
        match facts.erasure {
            Erasure::Null => sketch.push(between).push(column.name).push(" = null"),
            Erasure::Replace(With::Name) => sketch.push(between).push(column.name).bind(" = ", name.to_owned(), ""),
            Erasure::Replace(With::Address) => sketch.push(between).push(column.name).bind(" = ", nobodys_address(person.id), ""),
            Erasure::Replace(With::Blank) => sketch.push(between).push(column.name).push(" = ''"),
            Erasure::Replace(With::NoBytes) => sketch.push(between).push(column.name).bind(" = ", Vec::<u8>::new(), ""),
            Erasure::Keep(reason) => {
                certificate.kept.insert(format!("{}: {}", table.about, column.label), reason.to_owned());
                continue;
            }
            // The key is destroyed already.
            Erasure::Untouched | Erasure::Row | Erasure::Shred => continue,
        };
        changes += 1;
    }
    if changes > 0 {
        let rows = tx.sketch(reached(sketch, person, table)).execute().await?;
        note(&mut certificate.emptied, table.name, rows);
    }
    Ok(())
}

/// `… where` the rows are this person's and no hold covers them.
fn reached(sketch: Sketch, person: &Person, table: &'static Table) -> Sketch {
    let mut sketch = theirs(sketch, person, table);
    cover::unless_held(&mut sketch, table);
    cover::unless_organisation_held(&mut sketch, table);
    sketch
}

/// An address under a name that is reserved for what does not exist.
pub(super) fn nobodys_address(user: Id<kinds::User>) -> String {
    format!("deleted-{}@erased.invalid", user.uuid().simple())
}

/// The certificate becomes part of the operator's chain.
async fn seal_certificate(state: &State, tx: &mut Tx, user: Id<kinds::User>, certificate: &mut Certificate) -> Answer<()> {
    let now = state.clock.now();
    let before = tx.global(global_sql!("select certificate from account_deletions where user_id = $1"));
    let before: Option<String> = before.bind(user).optional_scalar().await?;
    let before = before.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    *certificate = std::mem::take(certificate).and(before);
    let json = serde_json::to_value(&*certificate).unwrap_or_default();
    tx.global(global_sql!(
        "insert into account_deletions (user_id, asked_at, erase_after, erased_at, certificate) values ($1, $2, $2, $4, $3)
         on conflict (user_id) do update set erased_at = excluded.erased_at, certificate = excluded.certificate"
    ))
    .bind(user)
    .bind(now)
    .bind(json.to_string())
    .bind(certificate.waiting.is_empty().then_some(now))
    .execute()
    .await?;
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    let facts = serde_json::json!({ "deleted": certificate.deleted, "emptied": certificate.emptied, "unreadable": certificate.unreadable });
    let event = audit::Event { action: "account.erased", subject_kind: "user", subject: user.uuid(), facts, values: Vec::new() };
    audit::record_in(state, tx, None, event).await
}
