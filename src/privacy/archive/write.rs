//! Writing an archive: one view of the database, table by table, row by row. Nothing is ever whole in memory.

use std::future::Future;

use futures::StreamExt as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    SCHEMA_PATH, cells,
    contents::{Contents, Counted, Made},
    parts, reading,
    schema::{self, VERSION},
};
use crate::{
    fault::Answer,
    privacy::parcel::{Parcel, pretty},
    server::{
        csv,
        db::{Line, Tx},
        secret::{hex, sha256},
        state::State,
    },
};

/// What has come out is handed on from here.
const PIECE: usize = 256 * 1024;

/// Where the bytes of an archive go.
pub(super) trait Sink: Send {
    /// Takes the next bytes.
    fn take(&mut self, bytes: Vec<u8>) -> impl Future<Output = Answer<()>> + Send;

    /// Hears how many rows of how many are written; answers whether to go on.
    fn told(&mut self, done: u64, of: u64) -> impl Future<Output = Answer<bool>> + Send;
}

/// Writes the archive of an organisation; `None` where the sink said to stop.
///
/// # Errors
/// When the database is away, or the sink cannot take more.
pub(super) async fn write(state: &State, org: Uuid, sink: &mut impl Sink) -> Answer<Option<Made>> {
    let mut tx = state.db.snapshot().await?;
    tx.confine(org).await?;
    let contents = Contents::look(state, &mut tx, org).await?;
    let mut parcel = Parcel::new();
    parcel.add("index.html", reading::page(state, &contents).as_bytes(), None)?;
    parcel.add("README.txt", reading::readme(state, &contents).as_bytes(), None)?;
    parcel.add("schema.json", &pretty(&schema::schema(state)), None)?;
    let mut writing = Writing { state, sink, parcel, done: 0, of: 2 * contents.rows() };
    for form in [Form::Json, Form::Csv] {
        for counted in &contents.tables {
            if !writing.table(&mut tx, &contents, counted, form).await? {
                return Ok(None);
            }
        }
    }
    drop(tx);
    let Writing { parcel, .. } = writing;
    let state_sha256 = state_of(&parcel);
    let made = Made { tables: contents.tables.len() as u64, rows: contents.rows(), restricted: contents.restricted, state_sha256 };
    let last = parcel.seal(state, head(state, &contents, &made))?;
    sink.take(last).await?;
    Ok(Some(made))
}

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
}

struct Writing<'a, S: Sink> {
    state: &'a State,
    sink: &'a mut S,
    parcel: Parcel,
    done: u64,
    of: u64,
}

impl<S: Sink> Writing<'_, S> {
    /// Writes one table as one file; `false` where the sink said to stop.
    async fn table(&mut self, tx: &mut Tx, contents: &Contents, counted: &Counted, form: Form) -> Answer<bool> {
        let Counted { table, rows, fields, many } = counted;
        let columns: Vec<&str> = parts::taken(table, *rows).map(|column| column.name).collect();
        let ending = if form == Form::Json { "jsonl" } else { "csv" };
        // Four gigabytes have room for this many rows of any size that a form takes.
        self.parcel.begin(&format!("data/{}.{ending}", table.name), *many > 2_000)?;
        if form == Form::Csv {
            self.parcel.write(csv::BOM.as_bytes())?;
            self.parcel.write(&csv::line(fields.iter().map(|field| field.name)))?;
        }
        let sketch = parts::select(table, *rows, contents.org, self.state.db.is_postgres());
        let mut lines = tx.sketch(sketch).stream::<Line>();
        let mut written = 0;
        while let Some(line) = lines.next().await {
            let values = cells::values(self.state, contents.org, *rows, &columns, fields, line?);
            match form {
                Form::Json => self.parcel.write(&cells::json(fields, &values))?,
                Form::Csv => self.parcel.write(&csv::line(values.iter().map(cells::text)))?,
            }
            written += 1;
            if written % 500 == 0 && !self.hand_on(500).await? {
                return Ok(false);
            }
        }
        drop(lines);
        self.parcel.end(Some(written));
        self.hand_on(written % 500).await
    }

    async fn hand_on(&mut self, rows: u64) -> Answer<bool> {
        self.done += rows;
        if self.parcel.waiting() >= PIECE {
            let bytes = self.parcel.taken();
            self.sink.take(bytes).await?;
        }
        self.sink.told(self.done, self.of).await
    }
}

/// The hash of all data: of the names and hashes of the files with it, one a line.
fn state_of(parcel: &Parcel) -> String {
    let mut lines: Vec<String> = parcel
        .files()
        .iter()
        .filter(|file| file.path.ends_with(".jsonl"))
        .map(|file| format!("{}  {}\n", file.sha256, file.path))
        .collect();
    lines.sort();
    hex(&sha256(&[lines.concat().as_bytes()]))
}

fn head(state: &State, contents: &Contents, made: &Made) -> Map<String, Value> {
    let omitted: Vec<Value> = parts::staying_out().into_iter().map(|(what, ground)| json!({ "what": what, "ground": ground })).collect();
    let told = json!({
        "schema": format!("{}{SCHEMA_PATH}", state.config.origin()),
        "version": VERSION,
        "generated_at": contents.at,
        "generated_by": state.config.origin(),
        "organisation": { "id": contents.org, "name": contents.name },
        "tables": made.tables,
        "rows": made.rows,
        "restricted_cases": made.restricted,
        "state_sha256": made.state_sha256,
        "omitted": omitted,
    });
    told.as_object().cloned().unwrap_or_default()
}
