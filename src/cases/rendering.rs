//! Notes are kept with their HTML. Where the rules by which it is made have changed, a migration empties it and asks for
//! this work; until it is done, reading makes it.

use sqlx::FromRow;
use uuid::Uuid;

use super::markdown;
use crate::server::{
    db::sql,
    jobs::{Failure, Leased},
    state::State,
};

/// The kind of its jobs, one for an organisation.
pub const JOB: &str = "notes.render";

/// Notes that are made at once.
const PIECE: i64 = 100;

#[derive(FromRow)]
struct Unmade {
    id: Uuid,
    body: String,
    version: i64,
}

/// Makes the HTML of an organisation's notes that have none.
///
/// # Errors
/// When the database is away, or the process stops.
pub async fn run_job(state: State, job: Leased) -> Result<(), Failure> {
    let org = job.org_id.ok_or(Failure::Final("it is not said for which organisation"))?;
    let mut after = Uuid::nil();
    while !state.is_stopping() {
        let mut tx = state.db.begin().await?;
        tx.confine(org).await?;
        let notes: Vec<Unmade> = tx
            .query(sql!("select id, body, version from entries where org_id = $1 and id > $2 and body_html = '' order by id limit $3"))
            .bind(after)
            .bind(PIECE)
            .all()
            .await?;
        tx.commit().await?;
        let Some(last) = notes.last().map(|note| note.id) else { return Ok(()) };
        let mut made = Vec::new();
        for note in notes {
            made.push((note.id, note.version, markdown::rendered(&note.body).await));
        }
        let mut tx = state.db.begin().await?;
        tx.confine(org).await?;
        for (id, version, html) in made {
            // Whoever has changed it meanwhile has made it anew.
            tx.query(sql!("update entries set body_html = $3 where org_id = $1 and id = $2 and version = $4 and body_html = ''"))
                .bind(id)
                .bind(html)
                .bind(version)
                .execute()
                .await?;
        }
        tx.commit().await?;
        after = last;
    }
    Err(Failure::Interrupted)
}
