//! The timeline's entries: writing, editing with history, pinning.

use sqlx::FromRow;

use super::{
    api::RevisionView,
    held::{self, EntryRow, entry_row},
    keeping::{self, Becomes},
    markdown,
    merge::differs,
    model::{EntryKind, Visibility},
    parse::parse_body,
    read, store,
};
use crate::{
    accounts::{Permission, Scope, ScopedTx},
    audit::{self, Change},
    clock::Instant,
    count::{counted, drawn, fitting},
    day::Day,
    fault::{Answer, Complaints, Difference, Fault},
    form::Seen,
    ids::{Id, kinds},
    server::{
        db::sql,
        form_key::{self, Sent},
    },
};

/// Bytes of earlier texts on one page.
const BYTES: usize = 500_000;

type EntryId = Id<kinds::Entry>;
type CaseId = Id<kinds::Case>;

/// An entry as its form was sent.
pub(super) struct NewEntry {
    pub key: EntryId,
    pub number: String,
    pub body: String,
    pub kind: String,
    pub visibility: String,
    pub occurred: String,
}

/// Writes an entry. The same again writes nothing; something else under the same key is refused, and comes back.
pub(super) async fn write(scope: &Scope, new: NewEntry) -> Answer<()> {
    let mut complaints = Complaints::default();
    let body = complaints.take("body", parse_body(&new.body));
    let kind = if new.kind.is_empty() { Some(EntryKind::Note) } else { EntryKind::parse(&new.kind) };
    let visibility = if new.visibility.is_empty() { Some(Visibility::Everyone) } else { Visibility::parse(&new.visibility) };
    if kind.is_none() {
        complaints.add("kind", "Choose one of the kinds.");
    }
    if visibility.is_none() {
        complaints.add("visibility", "Choose who sees it.");
    }
    let occurred = complaints.take("occurred", parse_occurred(scope, &new.occurred));
    complaints.done()?;
    let (Some(body), Some(kind), Some(visibility), Some(occurred)) = (body, kind, visibility, occurred) else {
        return Err(Fault::Malformed);
    };
    let html = markdown::rendered(&body).await;
    let mut tx = scope.begin().await?;
    let case = store::stored(&mut tx, &new.number).await?;
    let content = serde_json::json!(["entry", scope.actor.user, case.id, kind.key(), visibility.key(), new.occurred.trim(), body]);
    match form_key::claim(&scope.state, tx.raw(), new.key.uuid(), &content).await? {
        Sent::First if insert(&mut tx, new.key, case.id, Written { body: &body, html, kind, visibility, occurred }).await? => {
            keeping::forget(&mut tx, &case.number, Becomes::Entry).await?;
            tx.commit().await
        }
        Sent::Again => Ok(()),
        Sent::First | Sent::Other => Err(written_before(&mut tx, new.key).await?),
    }
}

/// When something happened: now, or an earlier moment that the writer names.
fn parse_occurred(scope: &Scope, text: &str) -> Result<Instant, String> {
    let now = scope.state.clock.now();
    if text.trim().is_empty() {
        return Ok(now);
    }
    if scope.actor.zone.skips(text) {
        return Err("This time does not exist: clocks went forward that night. Choose an hour later.".into());
    }
    match scope.actor.zone.parse(text) {
        Some(at) if at < scope.actor.zone.start_of(Day::FIRST) => Err("Check the year: it is before 1800.".into()),
        Some(at) if at <= now.plus_seconds(60) => Ok(at),
        Some(_) => Err("Choose a time that has passed.".into()),
        None => Err("Write the time as year-month-day and hour:minute, such as 2026-03-31 14:05.".into()),
    }
}

struct Written<'a> {
    body: &'a str,
    /// Made before the transaction began: others wait for that.
    html: String,
    kind: EntryKind,
    visibility: Visibility,
    occurred: Instant,
}

/// The note that a new case begins with.
pub(super) async fn insert_note(tx: &mut ScopedTx, case: CaseId, body: &str, html: String) -> Answer<()> {
    let key = EntryId::fresh();
    let occurred = tx.scope.state.clock.now();
    insert(tx, key, case, Written { body, html, kind: EntryKind::Note, visibility: Visibility::Everyone, occurred }).await?;
    Ok(())
}

/// Inserts an entry with its event; answers whether it is new.
async fn insert(tx: &mut ScopedTx, key: EntryId, case: CaseId, entry: Written<'_>) -> Answer<bool> {
    let (now, me) = (tx.scope.state.clock.now(), tx.scope.actor.user);
    let made: Option<EntryRow> = tx
        .query(sql!(concat!(
            "insert into entries (org_id, id, case_id, kind, occurred_at, author_id, body, body_html, visibility, created_at, version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
             on conflict (org_id, id) do nothing
             returning ",
            entry_row!()
        )))
        .bind(key)
        .bind(case)
        .bind(entry.kind)
        .bind(entry.occurred)
        .bind(me)
        .bind(entry.body.to_owned())
        .bind(entry.html)
        .bind(entry.visibility)
        .bind(now)
        .optional()
        .await?;
    let Some(made) = made else { return Ok(false) };
    made.hold(tx.raw(), case.uuid(), key.uuid());
    store::touch(tx, case).await?;
    let facts = serde_json::json!({ "kind": entry.kind.key(), "entry": key, "visibility": entry.visibility.key() });
    // The chain commits to the text of what everybody on the case may read; of other entries to the fact alone, since
    // the history of a case is read by everybody who sees it.
    let values = match entry.visibility {
        Visibility::Everyone => vec![Change { label: "Text".into(), from: String::new(), to: entry.body.to_owned() }],
        Visibility::Supervisors | Visibility::Author => Vec::new(),
    };
    audit::record(tx, audit::Event { action: "entry.written", subject_kind: "case", subject: case.uuid(), facts, values }).await?;
    Ok(true)
}

/// What the form with this key has become. A key of somebody else is no form of the writer's.
async fn written_before(tx: &mut ScopedTx, key: EntryId) -> Answer<Fault> {
    let me = tx.scope.actor.user;
    let mine: Option<(EntryKind, String)> = tx
        .query(sql!("select kind, body from entries where org_id = $1 and id = $2 and author_id = $3"))
        .bind(key)
        .bind(me)
        .optional()
        .await?;
    let (kind, body) = mine.ok_or(Fault::Malformed)?;
    Ok(Fault::SentBefore { stored: format!("the {} \u{201c}{}\u{201d}", kind.label().to_lowercase(), beginning(&body)) })
}

/// The first words of a text, by which its writer knows it again.
fn beginning(body: &str) -> String {
    const ENOUGH: usize = 80;
    let line = body.lines().next().unwrap_or_default();
    let short: String = line.chars().take(ENOUGH).collect();
    if short.len() < body.len() { format!("{short}\u{2026}") } else { short }
}

#[derive(FromRow)]
struct Mine {
    kind: EntryKind,
    body: String,
    visibility: Visibility,
    version: i64,
    created_at: Instant,
    edited_at: Option<Instant>,
}

/// Changes an entry of one's own: what was changed of it, as against what the page showed.
pub(super) async fn edit(scope: &Scope, (number, entry): (&str, EntryId), seen: Seen, body: &str, visibility: &str) -> Answer<()> {
    let typed = parse_body(body).map_err(|message| Fault::field("body", message))?;
    let html = markdown::rendered(&typed).await;
    let mut tx = scope.begin().await?;
    let case = store::stored(&mut tx, number).await?;
    let (now, me) = (scope.state.clock.now(), scope.actor.user);
    let mine = own(&mut tx, case.id, entry).await?;
    if !mine.kind.is_written() {
        return Err(Fault::forbidden("Entries that CaseTrakr wrote cannot be edited."));
    }
    let chosen = Visibility::parse(visibility).unwrap_or(mine.visibility);
    let one = |text: &str| vec![text.to_owned()];
    let body = if seen.touched("body", &one(&typed)) { typed } else { mine.body.clone() };
    let visibility = if seen.touched("visibility", &one(chosen.key())) { chosen } else { mine.visibility };
    if body == mine.body && visibility == mine.visibility {
        keeping::forget(&mut tx, &case.number, Becomes::Change(entry)).await?;
        return tx.commit().await;
    }
    let mut both = Vec::new();
    if body != mine.body && seen.moved("body", &one(&mine.body), mine.version) {
        both.push(differs("body", "Text", mine.body.clone(), body.clone()));
    }
    if visibility != mine.visibility && seen.moved("visibility", &one(mine.visibility.key()), mine.version) {
        both.push(differs("visibility", "Who sees it", mine.visibility.label(), visibility.label()));
    }
    if !both.is_empty() {
        let saved = audit::saved_by(scope, Some(scope.actor.user), None, mine.edited_at.unwrap_or(mine.created_at));
        let both = both.into_iter().map(|difference| difference.saved(saved.clone()));
        return Err(Fault::Conflict(both.chain([Difference::version(mine.version)]).collect()));
    }
    keeping::forget(&mut tx, &case.number, Becomes::Change(entry)).await?;
    let saved: Option<EntryRow> = tx
        .query(sql!(concat!(
            "update entries set body_html = case when body = $3 then body_html else $4 end, body = $3, visibility = $5, edited_at = $6,
                    version = version + 1
             where org_id = $1 and id = $2 and version = $7
             returning ",
            entry_row!()
        )))
        .bind(entry)
        .bind(body.clone())
        .bind(html)
        .bind(visibility)
        .bind(now)
        .bind(mine.version)
        .optional()
        .await?;
    // Its case is locked, so nobody else changes it.
    let Some(saved) = saved else { return Err(Fault::Unavailable { retry_after: 1 }) };
    let before = EntryRow { body: mine.body.clone(), visibility: mine.visibility, ..saved.clone() };
    saved.hold_change(&before, tx.raw(), case.id.uuid(), entry.uuid());
    held::hold_revision(tx.raw(), case.id.uuid(), (entry.uuid(), mine.version), &mine.body, mine.visibility);
    tx.query(sql!(
        "insert into entry_revisions (org_id, entry_id, version, body, written_by, written_at, visibility)
         values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(entry)
    .bind(mine.version)
    .bind(mine.body.clone())
    .bind(me)
    .bind(mine.edited_at.unwrap_or(mine.created_at))
    .bind(mine.visibility)
    .execute()
    .await?;
    store::touch(&mut tx, case.id).await?;
    let facts = serde_json::json!({ "kind": mine.kind.key(), "entry": entry, "visibility": visibility.key() });
    let open = visibility == Visibility::Everyone && mine.visibility == Visibility::Everyone;
    let values = if open { vec![Change { label: "Text".into(), from: mine.body, to: body }] } else { Vec::new() };
    audit::record(&mut tx, audit::Event { action: "entry.edited", subject_kind: "case", subject: case.id.uuid(), facts, values }).await?;
    tx.commit().await
}

async fn own(tx: &mut ScopedTx, case: CaseId, entry: EntryId) -> Answer<Mine> {
    let me = tx.scope.actor.user;
    tx.query(sql!(
        "select kind, body, visibility, version, created_at, edited_at from entries
         where org_id = $1 and id = $2 and case_id = $3 and author_id = $4"
    ))
    .bind(entry)
    .bind(case)
    .bind(me)
    .optional()
    .await?
    .ok_or(Fault::NotFound)
}

/// Pins an entry on top, or takes it down.
pub(super) async fn pin(scope: &Scope, number: &str, entry: EntryId, pin: bool) -> Answer<()> {
    let mut tx = scope.begin().await?;
    let case = store::stored(&mut tx, number).await?;
    let (now, me) = (scope.state.clock.now(), scope.actor.user);
    let supervises = tx.scope.may(Permission::EntrySupervise);
    let changed = tx
        .query(sql!(
            "update entries set pinned_at = $4
             where org_id = $1 and id = $2 and case_id = $3
               and (visibility = 'everyone' or author_id = $5 or (visibility = 'supervisors' and $6))"
        ))
        .bind(entry)
        .bind(case.id)
        .bind(pin.then_some(now))
        .bind(me)
        .bind(supervises)
        .execute()
        .await?;
    if changed == 0 {
        return Err(Fault::NotFound);
    }
    let action = if pin { "entry.pinned" } else { "entry.unpinned" };
    let facts = serde_json::json!({ "entry": entry });
    audit::record(&mut tx, audit::Event { action, subject_kind: "case", subject: case.id.uuid(), facts, values: Vec::new() }).await?;
    tx.commit().await
}

/// The earlier texts of an entry that the actor may read now, each if it was meant for them as well.
pub(super) async fn revisions(scope: &Scope, number: &str, entry: EntryId) -> Answer<Vec<RevisionView>> {
    #[derive(FromRow)]
    struct Row {
        body: String,
        name: Option<String>,
        written_at: Instant,
    }
    let case = read::visible_case(scope, number).await?;
    let rows: Vec<Row> = scope
        .query(sql!(
            "select r.body, u.name, r.written_at
             from entry_revisions r
             join entries e on e.org_id = r.org_id and e.id = r.entry_id
             left join users u on u.id = r.written_by
             where r.org_id = $1 and r.entry_id = $2 and e.case_id = $3
               and (e.author_id = $4 or (e.visibility in ('everyone', $5) and r.visibility in ('everyone', $5)))
             order by r.version desc"
        ))
        .bind(entry)
        .bind(case.id)
        .bind(scope.actor.user)
        .bind(if scope.may(Permission::EntrySupervise) { Visibility::Supervisors } else { Visibility::Everyone })
        .all()
        .await?;
    let fit = fitting(rows.iter().map(|row| drawn(&row.body)), BYTES);
    let zone = &scope.actor.zone;
    let left_out = rows.get(fit).map(|first| RevisionView {
        body: format!(
            "{} before that are too long to be shown here. The history of the case has what everybody on it may read.",
            counted(i64::try_from(rows.len() - fit).unwrap_or(i64::MAX), "text", "texts")
        ),
        by: String::new(),
        at: zone.show(first.written_at),
    });
    let shown = rows.into_iter().take(fit);
    let shown = shown.map(|row| RevisionView { body: row.body, by: row.name.unwrap_or_default(), at: zone.show(row.written_at) });
    Ok(shown.chain(left_out).collect())
}
