//! Where imports live.

use std::{collections::BTreeMap, ops::Range};

use sqlx::{FromRow, types::Json};

use super::{
    abandoned,
    findings::Findings,
    guess,
    model::{Mapping, Status, Trust},
    profile::Profile,
    rejected,
    report::Report,
};
use crate::{
    accounts::{Scope, ScopedTx},
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    server::db::{Tx, sql},
};

type ImportId = Id<kinds::Import>;

/// An import.
#[derive(Clone, Debug, FromRow)]
pub(super) struct ImportRow {
    pub id: ImportId,
    pub file_name: String,
    pub delimiter: String,
    pub encoding: String,
    pub header: Json<Vec<String>>,
    pub sample: Json<Vec<Vec<String>>>,
    pub findings: Json<Findings>,
    pub mapping: Json<Mapping>,
    pub profile: Json<Vec<Profile>>,
    pub status: Status,
    pub report: Json<Report>,
    pub rows_total: i64,
    pub rows_done: i64,
    pub created_by: String,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
    pub version: i64,
}

/// What is known of a file once it is here.
pub(super) struct Arrived {
    pub bytes: i64,
    pub encoding: &'static str,
    pub table: Table,
}

/// A file, read with a certain delimiter.
pub(super) struct Table {
    pub delimiter: String,
    pub header: Vec<String>,
    pub sample: Vec<Vec<String>>,
    pub rows: i64,
    pub profile: Vec<Profile>,
    pub findings: Findings,
}

/// A row that was left out.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Reject {
    pub line: i64,
    pub column_name: String,
    pub reason: String,
    pub cure: String,
    pub cells: Json<Vec<String>>,
}

/// Rows that were left out for one reason.
#[derive(Debug, FromRow)]
pub(super) struct Rejection {
    /// The first of them.
    pub line: i64,
    pub many: i64,
    pub column_name: String,
    pub reason: String,
    pub cure: String,
}

// Uploading.

pub(super) async fn begin_upload(tx: &mut ScopedTx, id: ImportId, name: &str) -> Answer<()> {
    let (by, now) = (tx.scope.actor.user, tx.scope.state.clock.now());
    tx.query(sql!(
        "insert into imports
           (org_id, id, file_name, bytes, delimiter, encoding, header, sample, mapping, status, report, rows_total,
            rows_done, created_by, created_at, version)
         values ($1, $2, $3, 0, '', '', $4, $4, $5, 'uploading', $6, 0, 0, $7, $8, 1)"
    ))
    .bind(id)
    .bind(name.to_owned())
    .bind_json(Vec::<String>::new())
    .bind_json(Mapping::default())
    .bind_json(Report::default())
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    let (state, org) = (tx.scope.state.clone(), tx.scope.actor.org.uuid());
    abandoned::watch(&state, tx.raw(), org, id).await
}

pub(super) async fn add_piece(tx: &mut ScopedTx, id: ImportId, part: i64, bytes: Vec<u8>) -> Answer<()> {
    tx.query(sql!("insert into import_chunks (org_id, import_id, part, bytes) values ($1, $2, $3, $4)"))
        .bind(id)
        .bind(part)
        .bind(bytes)
        .execute()
        .await?;
    Ok(())
}

/// Files that lie in the organisation and wait to be imported, and pieces of them.
pub(super) async fn waiting(tx: &mut ScopedTx) -> Answer<(i64, i64)> {
    let files = tx
        .query(sql!("select count(*) from imports where org_id = $1 and status in ('uploading', 'uploaded', 'checking', 'checked')"))
        .scalar()
        .await?;
    let pieces = tx.query(sql!("select count(*) from import_chunks where org_id = $1")).scalar().await?;
    Ok((files, pieces))
}

/// Imports and trials that are under way.
pub(super) async fn under_way(tx: &mut ScopedTx) -> Answer<i64> {
    Ok(tx.query(sql!("select count(*) from imports where org_id = $1 and status in ('checking', 'running')")).scalar().await?)
}

pub(super) async fn end_upload(tx: &mut ScopedTx, id: ImportId, file: Arrived) -> Answer<()> {
    tx.query(sql!(
        "update imports
         set bytes = $3, delimiter = $4, encoding = $5, header = $6, sample = $7, rows_total = $8,
             profile = $9, findings = $10, status = 'uploaded'
         where org_id = $1 and id = $2 and status = 'uploading'"
    ))
    .bind(id)
    .bind(file.bytes)
    .bind(file.table.delimiter)
    .bind(file.encoding.to_owned())
    .bind_json(file.table.header)
    .bind_json(file.table.sample)
    .bind(file.table.rows)
    .bind_json(file.table.profile)
    .bind_json(file.table.findings)
    .execute()
    .await?;
    Ok(())
}

/// Stores what another delimiter makes of a file, whose columns are to be matched anew. `false` when a job works on it or
/// it has ended.
pub(super) async fn read_again(tx: &mut ScopedTx, id: ImportId, table: Table) -> Answer<bool> {
    let done = tx
        .query(sql!(
            "update imports
             set delimiter = $3, header = $4, sample = $5, rows_total = $6, mapping = $7, report = $8, profile = $9,
                 findings = $10, type_id = null, status = 'uploaded', rows_done = 0, version = version + 1
             where org_id = $1 and id = $2 and status in ('uploaded', 'checked')"
        ))
        .bind(id)
        .bind(table.delimiter)
        .bind_json(table.header)
        .bind_json(table.sample)
        .bind(table.rows)
        .bind_json(Mapping::default())
        .bind_json(Report::default())
        .bind_json(table.profile)
        .bind_json(table.findings)
        .execute()
        .await?;
    delete_rejects(tx, id).await?;
    Ok(done > 0)
}

/// Uploads that a process did not live to end or to discard.
pub(super) async fn stale_uploads(scope: &Scope) -> Answer<Vec<ImportId>> {
    let longest = i64::try_from(scope.state.config.limits.upload_seconds).unwrap_or(3_600);
    Ok(scope
        .query(sql!("select id from imports where org_id = $1 and status = 'uploading' and created_at < $2"))
        .bind(scope.state.clock.now().plus_seconds(-2 * longest))
        .scalars()
        .await?)
}

/// Removes an import with everything that hangs on it, unless a job works on it.
pub(super) async fn remove(tx: &mut ScopedTx, id: ImportId) -> Answer<bool> {
    delete_pieces(tx.raw(), id).await?;
    delete_rejects(tx, id).await?;
    let gone = tx
        .query(sql!("delete from imports where org_id = $1 and id = $2 and status not in ('checking', 'running')"))
        .bind(id)
        .execute()
        .await?;
    Ok(gone > 0)
}

pub(super) async fn delete_pieces(tx: &mut Tx, id: ImportId) -> Answer<()> {
    tx.query(sql!("delete from import_chunks where org_id = $1 and import_id = $2")).bind(id).execute().await?;
    Ok(())
}

// Reading.

pub(super) async fn all(scope: &Scope) -> Answer<Vec<ImportRow>> {
    Ok(scope
        .query(sql!(
            "select i.id, i.file_name, i.delimiter, i.encoding, i.header, i.sample, i.findings, i.mapping, i.profile, i.status, i.report,
                    i.rows_total, i.rows_done, u.name as created_by, i.created_at, i.finished_at, i.version
             from imports i join users u on u.id = i.created_by
             where i.org_id = $1 and i.status <> 'uploading'
             order by i.created_at desc, i.id desc
             limit 100"
        ))
        .all()
        .await?)
}

pub(super) async fn find(scope: &Scope, id: ImportId) -> Answer<Option<ImportRow>> {
    Ok(scope
        .query(sql!(
            "select i.id, i.file_name, i.delimiter, i.encoding, i.header, i.sample, i.findings, i.mapping, i.profile, i.status, i.report,
                    i.rows_total, i.rows_done, u.name as created_by, i.created_at, i.finished_at, i.version
             from imports i join users u on u.id = i.created_by
             where i.org_id = $1 and i.id = $2 and i.status <> 'uploading'"
        ))
        .bind(id)
        .optional()
        .await?)
}

pub(super) async fn piece(scope: &Scope, id: ImportId, part: i64) -> Answer<Option<Vec<u8>>> {
    Ok(scope
        .query(sql!("select bytes from import_chunks where org_id = $1 and import_id = $2 and part = $3"))
        .bind(id)
        .bind(part)
        .optional_scalar()
        .await?)
}

// Matching.

pub(super) async fn remembered(scope: &Scope, fingerprint: &str) -> Answer<Option<Mapping>> {
    let found: Option<Json<Mapping>> = scope
        .query(sql!("select mapping from import_mappings where org_id = $1 and fingerprint = $2"))
        .bind(fingerprint.to_owned())
        .optional_scalar()
        .await?;
    Ok(found.map(|mapping| mapping.0))
}

/// Stores how the columns were matched, unless a job works by it; answers the import's version then. What was tried out
/// counts no more.
pub(super) async fn match_columns(tx: &mut ScopedTx, id: ImportId, mapping: &Mapping) -> Answer<Option<i64>> {
    Ok(tx
        .query(sql!(
            "update imports
             set mapping = $3, type_id = $4, status = 'uploaded', report = $5, rows_done = 0, version = version + 1
             where org_id = $1 and id = $2 and status in ('uploaded', 'checked')
             returning version"
        ))
        .bind(id)
        .bind_json(mapping.clone())
        .bind(mapping.case_type)
        .bind_json(Report::default())
        .optional_scalar()
        .await?)
}

/// Remembers for the next such file how this one is matched.
pub(super) async fn remember(tx: &mut ScopedTx, mapping: &Mapping, header: &[String]) -> Answer<()> {
    let now = tx.scope.state.clock.now();
    // Of rows that were left out, the file from which they come is remembered. What people confirmed, they did for this file.
    let columns = mapping.columns.iter().skip(rejected::added(header)).cloned().collect();
    let lasting = Mapping { columns, trust: Trust::Guessed, ..mapping.clone() };
    tx.query(sql!(
        "insert into import_mappings (org_id, fingerprint, mapping, used_at)
         values ($1, $2, $3, $4)
         on conflict (org_id, fingerprint) do update set mapping = excluded.mapping, used_at = excluded.used_at"
    ))
    .bind(guess::fingerprint(header))
    .bind_json(lasting)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// What the words of a source for states mean in cases of a type.
pub(super) async fn words(scope: &Scope, mapping: &Mapping) -> Answer<BTreeMap<String, String>> {
    let Some(case_type) = mapping.case_type else { return Ok(BTreeMap::new()) };
    let known: Vec<(String, String)> = scope
        .query(sql!(
            "select w.word, w.state_key from import_states w
             join import_sources s on s.org_id = w.org_id and s.id = w.source_id
             where w.org_id = $1 and w.type_id = $2 and lower(s.name) = lower($3)"
        ))
        .bind(case_type)
        .bind(mapping.source.trim().to_owned())
        .all()
        .await?;
    Ok(known.into_iter().collect())
}

/// Remembers them for the next file.
pub(super) async fn remember_words(tx: &mut ScopedTx, source: Id<kinds::Source>, mapping: &Mapping) -> Answer<()> {
    let Some(case_type) = mapping.case_type else { return Ok(()) };
    for (word, key) in &mapping.states {
        tx.query(sql!(
            "insert into import_states (org_id, type_id, source_id, word, state_key)
             select $1, $2, $3, $4, s.key from case_states s where s.org_id = $1 and s.type_id = $2 and s.key = $5
             on conflict (org_id, type_id, source_id, word) do update set state_key = excluded.state_key"
        ))
        .bind(case_type)
        .bind(source)
        .bind(word.clone())
        .bind(key.clone())
        .execute()
        .await?;
    }
    Ok(())
}

// Working.

/// Begins to try out or to import what has this version; answers whether it was the time for it.
pub(super) async fn begin(tx: &mut ScopedTx, id: ImportId, to: Status, version: i64) -> Answer<bool> {
    let begun = tx
        .query(sql!(
            "update imports
             set status = $3, report = $4, rows_done = 0, version = version + 1
             where org_id = $1 and id = $2 and status in ('uploaded', 'checked') and type_id is not null and version = $5"
        ))
        .bind(id)
        .bind(to)
        .bind_json(Report::default())
        .bind(version)
        .execute()
        .await?;
    Ok(begun > 0)
}

/// Notes progress in the transaction that made it. `false` when the job was cancelled or another has gone on with it.
pub(super) async fn progress(tx: &mut ScopedTx, id: ImportId, status: Status, rows: Range<i64>, report: &Report) -> Answer<bool> {
    let noted = tx
        .query(sql!(
            "update imports
             set rows_done = $5, report = $6
             where org_id = $1 and id = $2 and status = $3 and rows_done = $4"
        ))
        .bind(id)
        .bind(status)
        .bind(rows.start)
        .bind(rows.end)
        .bind_json(report.clone())
        .execute()
        .await?;
    Ok(noted > 0)
}

/// Moves an import on; answers whether it still was where it was thought to be.
pub(super) async fn turn(tx: &mut Tx, id: ImportId, from: Status, to: Status, ended_at: Option<Instant>) -> Answer<bool> {
    let turned = tx
        .query(sql!(
            "update imports
             set status = $4, finished_at = $5, version = version + 1
             where org_id = $1 and id = $2 and status = $3"
        ))
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(ended_at)
        .execute()
        .await?;
    Ok(turned > 0)
}

/// Ends an import for good and says why. What was brought in until then stays, and counts; a trial brought in nothing.
/// `false` when it has ended already.
pub(super) async fn fail(tx: &mut Tx, id: ImportId, from: Status, why: &str, now: Instant) -> Answer<bool> {
    if !turn(tx, id, from, Status::Failed, Some(now)).await? {
        return Ok(false);
    }
    let came: Json<Report> = tx.query(sql!("select report from imports where org_id = $1 and id = $2")).bind(id).scalar().await?;
    let came = if from == Status::Running { came.0 } else { came.0.only_read() };
    let report = Report { failure: Some(why.to_owned()), ..came };
    tx.query(sql!("update imports set report = $3 where org_id = $1 and id = $2")).bind(id).bind_json(report).execute().await?;
    delete_pieces(tx, id).await?;
    Ok(true)
}

// What was left out.

pub(super) async fn reject(tx: &mut ScopedTx, id: ImportId, reject: Reject) -> Answer<()> {
    tx.query(sql!(
        "insert into import_rejects (org_id, import_id, line, column_name, reason, cure, cells)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing"
    ))
    .bind(id)
    .bind(reject.line)
    .bind(reject.column_name)
    .bind(reject.reason)
    .bind(reject.cure)
    .bind(reject.cells)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn delete_rejects(tx: &mut ScopedTx, id: ImportId) -> Answer<()> {
    tx.query(sql!("delete from import_rejects where org_id = $1 and import_id = $2")).bind(id).execute().await?;
    Ok(())
}

/// Why rows were left out, each reason once.
pub(super) async fn rejections(scope: &Scope, id: ImportId, most: i64) -> Answer<Vec<Rejection>> {
    Ok(scope
        .query(sql!(
            "select min(line) as line, count(*) as many, column_name, reason, cure
             from import_rejects
             where org_id = $1 and import_id = $2
             group by column_name, reason, cure
             order by min(line)
             limit $3"
        ))
        .bind(id)
        .bind(most)
        .all()
        .await?)
}

pub(super) async fn rejects(scope: &Scope, id: ImportId, after: i64, most: i64) -> Answer<Vec<Reject>> {
    Ok(scope
        .query(sql!(
            "select line, column_name, reason, cure, cells
             from import_rejects
             where org_id = $1 and import_id = $2 and line > $3
             order by line
             limit $4"
        ))
        .bind(id)
        .bind(after)
        .bind(most)
        .all()
        .await?)
}
