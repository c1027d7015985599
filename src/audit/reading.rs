//! The record as it is read: a stretch of it, with what was sealed opened for whoever may read it.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    api::RecordView,
    model::{Told, sentence},
    sealed::opened_changes,
};
use crate::{
    accounts::{Names, Permission, Scope},
    clock::Instant,
    count::{drawn, fitting},
    fault::Answer,
    server::{db::sql, secret::hex},
};

/// Events shown at once, and bytes of what they say: long ones are fewer.
const STRETCH: i64 = 100;
const BYTES: usize = 500_000;

#[derive(FromRow)]
struct Row {
    seq: i64,
    at: Instant,
    action: String,
    subject_id: Uuid,
    facts: String,
    commitment: Vec<u8>,
    hash: Vec<u8>,
    actor_name: Option<String>,
    sealed: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
    /// Whether it names another case that is hidden from whoever reads.
    hidden: bool,
    /// Whether it is about an entry that is not for whoever reads any more.
    narrowed: bool,
}

/// The columns of [`Row`] and where they come from, read by the person `$2`, who may read what is for supervisors if `$5`.
/// An event may name another case, which whoever does not see that case is not told of; and it may hold the text of an
/// entry, which is read by those who may read the entry now.
macro_rules! events {
    ($facts:literal, $entry:literal) => {
        concat!(
            "select e.seq, e.at, e.action, e.subject_id, e.facts, e.commitment, e.hash, u.name as actor_name, v.sealed, k.wrapped,
                    exists (
                      select 1 from cases c
                      where c.org_id = e.org_id and c.number in (",
            $facts,
            " ->> 'other', ",
            $facts,
            " ->> 'number') and c.id <> e.subject_id and c.restricted
                        and not exists (
                          select 1 from case_viewers s where s.org_id = c.org_id and s.case_id = c.id and s.user_id = $2)
                    ) as hidden,
                    exists (
                      select 1 from entries n
                      where n.org_id = e.org_id and n.id = ",
            $entry,
            " and (n.author_id is null or n.author_id <> $2)
                        and (n.visibility = 'author' or (n.visibility = 'supervisors' and not $5))
                    ) as narrowed
             from audit_events e
             left join users u on u.id = e.actor_id
             left join audit_values v on v.org_id = e.org_id and v.seq = e.seq
             left join subject_keys k on k.org_id = v.org_id and k.subject_id = v.subject_id
             where e.org_id = $1 and e.seq < $3 and "
        )
    };
}

/// The events about one thing, newest first.
pub(super) async fn of_subject(scope: &Scope, subject: Uuid, before: i64) -> Answer<RecordView> {
    let rows: Vec<Row> = scope
        .query(sql!(
            sqlite: concat!(
                events!("e.facts", "unhex(replace(e.facts ->> 'entry', '-', ''))"),
                "e.subject_id = $6 order by e.seq desc limit $4"
            ),
            postgres: concat!(
                events!("e.facts::json", "cast(e.facts::json ->> 'entry' as uuid)"),
                "e.subject_id = $6 order by e.seq desc limit $4"
            )
        ))
        .bind(scope.actor.user)
        .bind(newest(before))
        .bind(STRETCH + 1)
        .bind(scope.may(Permission::EntrySupervise))
        .bind(subject)
        .all()
        .await?;
    stretch(scope, rows).await
}

/// The newest events about one thing, for the page of that thing.
///
/// # Errors
/// When the database is away.
pub async fn history_of(scope: &Scope, subject: Uuid) -> Answer<Vec<Told>> {
    Ok(of_subject(scope, subject, 0).await?.events)
}

/// The events of the organisation that are not about a case, newest first. A case's own stand on its page, where its
/// access rules hold.
pub(super) async fn of_organisation(scope: &Scope, before: i64) -> Answer<RecordView> {
    let rows: Vec<Row> = scope
        .query(sql!(
            sqlite: concat!(
                events!("e.facts", "unhex(replace(e.facts ->> 'entry', '-', ''))"),
                "e.subject_kind <> 'case' order by e.seq desc limit $4"
            ),
            postgres: concat!(
                events!("e.facts::json", "cast(e.facts::json ->> 'entry' as uuid)"),
                "e.subject_kind <> 'case' order by e.seq desc limit $4"
            )
        ))
        .bind(scope.actor.user)
        .bind(newest(before))
        .bind(STRETCH + 1)
        .bind(scope.may(Permission::EntrySupervise))
        .all()
        .await?;
    stretch(scope, rows).await
}

/// Without a number the newest events are meant.
fn newest(before: i64) -> i64 {
    if before <= 0 { i64::MAX } else { before }
}

async fn stretch(scope: &Scope, mut rows: Vec<Row>) -> Answer<RecordView> {
    let most = usize::try_from(STRETCH).unwrap_or(usize::MAX);
    let mut more = rows.len() > most;
    rows.truncate(most);
    let mut events: Vec<Told> = rows.into_iter().map(|row| told(scope, row)).collect();
    let size = |event: &Told| event.changes.iter().map(|change| drawn(&change.from) + drawn(&change.to)).sum();
    let fit = fitting(events.iter().map(size), BYTES);
    more |= events.len() > fit;
    events.truncate(fit);
    let before = events.last().filter(|_| more).map(|event| event.seq);
    let values = events.iter().flat_map(|event| &event.changes).flat_map(|change| [change.from.as_str(), change.to.as_str()]);
    let names = Names::default().of(scope, values).await?;
    for change in events.iter_mut().flat_map(|event| &mut event.changes) {
        (change.from, change.to) = (names.fill(&change.from), names.fill(&change.to));
    }
    Ok(RecordView { events, before })
}

fn told(scope: &Scope, row: Row) -> Told {
    let changes = row.wrapped.as_deref().zip(row.sealed.as_deref()).and_then(|(wrapped, sealed)| {
        let wrapping = scope.state.key.derive("subject-keys");
        opened_changes(&wrapping, (scope.actor.org.uuid(), row.seq, row.subject_id), wrapped, sealed)
    });
    let committed = row.commitment.iter().any(|b| *b != 0);
    let mut facts: serde_json::Value = serde_json::from_str(&row.facts).unwrap_or_default();
    if row.hidden {
        for fact in ["other", "number"] {
            if let Some(number) = facts.get_mut(fact) {
                *number = "a restricted case".into();
            }
        }
    }
    Told {
        seq: row.seq,
        at: scope.actor.zone.show(row.at),
        who: row.actor_name.unwrap_or_else(|| "CaseTrakr".into()),
        what: sentence(&row.action, &facts),
        erased: committed && changes.is_none(),
        changes: changes.filter(|_| !row.narrowed).unwrap_or_default(),
        seal: hex(row.hash.get(..4).unwrap_or_default()),
    }
}
