//! A file comes in, piece by piece: looked at, counted and stored, with one piece in memory.
//!
//! Either all of it stays or nothing. While it comes, the import exists for nobody. What goes wrong removes it; so does
//! a person who closes the browser, since dropping an unfinished intake removes it too; and what a killed process left
//! is removed by a job ([`abandoned`]).

use super::{
    abandoned,
    file::PIECE,
    reading::{Reading, Wanted},
    sniff::{self, Encoding, Utf8Check},
    store::{self, Arrived},
    utf16::Transcoder,
};
use crate::{
    accounts::{Scope, ScopedTx},
    audit::{self, Event},
    count::{counted, sized},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{config::is_over, http::bare_name},
};

/// A file on its way in.
pub(super) struct Intake {
    scope: Scope,
    id: Id<kinds::Import>,
    buffer: Vec<u8>,
    parts: i64,
    bytes: u64,
    transcoder: Transcoder,
    utf8: Utf8Check,
    wanted: Wanted,
    reading: Option<Reading>,
    done: bool,
}

impl Intake {
    /// Makes room for a file. What is not wanted otherwise, the file tells itself.
    pub async fn begin(scope: &Scope, name: &str, wanted: Wanted) -> Answer<Self> {
        for stale in store::stale_uploads(scope).await? {
            abandoned::remove(&scope.state, scope.actor.org.uuid(), stale).await?;
        }
        let id = Id::fresh();
        let intake = Self {
            scope: scope.clone(),
            id,
            buffer: Vec::with_capacity(PIECE),
            parts: 0,
            bytes: 0,
            transcoder: Transcoder::default(),
            utf8: Utf8Check::default(),
            wanted,
            reading: None,
            done: false,
        };
        let mut tx = scope.begin().await?;
        store::begin_upload(&mut tx, id, &bare_name(name, "file.csv")).await?;
        has_room(&mut tx).await?;
        tx.commit().await?;
        Ok(intake)
    }

    /// Takes what has come.
    pub async fn take(&mut self, bytes: &[u8]) -> Answer<()> {
        self.bytes += bytes.len() as u64;
        let limit = self.scope.state.config.limits.import_bytes.min(u64::from(u32::MAX));
        if self.bytes > limit {
            return Err(Fault::TooLarge { limit });
        }
        let bytes = self.transcoder.feed(bytes, false).into_owned();
        self.keep(&bytes).await
    }

    async fn keep(&mut self, mut bytes: &[u8]) -> Answer<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == PIECE {
                self.store_piece().await?;
            }
        }
        Ok(())
    }

    /// The file is here.
    pub async fn end(&mut self) -> Answer<Id<kinds::Import>> {
        if self.bytes == 0 {
            return Err(refused("The file is empty. Choose another."));
        }
        let rest = self.transcoder.feed(&[], true).into_owned();
        self.keep(&rest).await?;
        if !self.buffer.is_empty() {
            self.store_piece().await?;
        }
        let encoding = if self.transcoder.is_utf16() { Encoding::Utf16 } else { self.utf8.encoding() };
        let Some(reading) = self.reading.take() else { return Err(Fault::Malformed) };
        let table = reading.end(encoding)?;
        let file = Arrived { bytes: i64::try_from(self.bytes).unwrap_or(i64::MAX), encoding: encoding.name(), table };
        let facts = serde_json::json!({ "rows": file.table.rows, "bytes": file.bytes });
        let mut tx = self.scope.begin().await?;
        store::end_upload(&mut tx, self.id, file).await?;
        abandoned::watch_no_more(tx.raw(), self.id).await?;
        let event = Event { action: "import.uploaded", subject_kind: "import", subject: self.id.uuid(), facts, values: Vec::new() };
        audit::record(&mut tx, event).await?;
        tx.commit().await?;
        self.done = true;
        Ok(self.id)
    }

    /// Removes what has come.
    pub async fn give_up(mut self) -> Answer<()> {
        self.done = true;
        abandoned::remove(&self.scope.state, self.scope.actor.org.uuid(), self.id).await
    }

    async fn store_piece(&mut self) -> Answer<()> {
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE));
        if self.parts == 0
            && let Some(cure) = sniff::foreign(&piece)
        {
            return Err(refused(cure));
        }
        if sniff::is_binary(&piece) {
            return Err(refused("This is not a text file. Save the table as CSV and upload that file."));
        }
        self.utf8.feed(&piece);
        let wanted = self.wanted;
        let reading = self.reading.get_or_insert_with(|| Reading::from(wanted, &piece));
        reading.take(&piece)?;
        let mut tx = self.scope.begin().await?;
        store::add_piece(&mut tx, self.id, self.parts, piece).await?;
        has_room(&mut tx).await?;
        tx.commit().await?;
        self.parts += 1;
        Ok(())
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        if !self.done
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (state, org, id) = (self.scope.state.clone(), self.scope.actor.org.uuid(), self.id);
            runtime.spawn(async move {
                if abandoned::remove(&state, org, id).await.is_err() {
                    tracing::warn!(import.id = %id, "an unfinished upload stays until its time is over");
                }
            });
        }
    }
}

/// Refuses where more lies in the organisation than it may, the newest file and piece among it.
async fn has_room(tx: &mut ScopedTx) -> Answer<()> {
    let quotas = tx.scope.state.config.quotas.clone();
    let (files, pieces) = store::waiting(tx).await?;
    let cure = "Import or remove some of them first.";
    if is_over(files, quotas.import_files) {
        let most = counted(quotas.import_files.into(), "file", "files");
        return Err(refused(&format!("{most} of your organisation wait to be imported, which is the most. {cure}")));
    }
    let bytes = u64::try_from(pieces).unwrap_or_default().saturating_mul(PIECE as u64);
    if quotas.import_bytes > 0 && bytes > quotas.import_bytes.saturating_add(PIECE as u64) {
        let most = sized(quotas.import_bytes);
        return Err(refused(&format!(
            "With this file more than {most} of your organisation would wait to be imported, which is the most. {cure}"
        )));
    }
    Ok(())
}

/// A complaint about the file.
pub(super) fn refused(sentence: &str) -> Fault {
    Fault::field("file", sentence)
}
