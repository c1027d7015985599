//! A ZIP file that is signed: the copy of a person's data and the archive of an organisation are made with it.
//!
//! It is written from front to back and never needs to be whole in memory: what has come out is [taken](Parcel::taken)
//! piece by piece. `manifest.json` lists every file with its SHA-256, its size and its rows; `manifest.sig` is the
//! signature of this instance over the manifest, so that an altered byte shows wherever it stands.

use std::{
    io::Write as _,
    sync::{Arc, Mutex},
};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zip::{
    ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::mine::{KEY_PATH, sign};
use crate::{
    fault::{Answer, Fault},
    server::{secret::hex, state::State},
};

/// What has been written and not taken yet.
#[derive(Clone, Default)]
struct Outlet(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().map_err(|_| std::io::Error::other("a writer panicked"))?.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A file in the parcel.
pub(super) struct Listed {
    pub path: String,
    pub sha256: String,
    pub bytes: u64,
    pub rows: Option<u64>,
}

/// A parcel in the making.
pub(super) struct Parcel {
    zip: ZipWriter<StreamWriter<Outlet>>,
    outlet: Outlet,
    files: Vec<Listed>,
    open: (String, Sha256, u64),
}

impl Parcel {
    pub fn new() -> Self {
        let outlet = Outlet::default();
        Self { zip: ZipWriter::new_stream(outlet.clone()), outlet, files: Vec::new(), open: Default::default() }
    }

    /// Adds a whole file.
    pub fn add(&mut self, path: &str, bytes: &[u8], rows: Option<u64>) -> Answer<()> {
        self.begin(path, false)?;
        self.write(bytes)?;
        self.end(rows);
        Ok(())
    }

    /// Begins a file; a `large` one may pass four gigabytes.
    pub fn begin(&mut self, path: &str, large: bool) -> Answer<()> {
        // Without a time of its own each parcel of the same data is the same bytes, signature and all.
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).large_file(large);
        self.zip.start_file(path, options).map_err(|_| broken())?;
        self.open = (path.to_owned(), Sha256::new(), 0);
        Ok(())
    }

    /// Goes on with the file that was begun.
    pub fn write(&mut self, bytes: &[u8]) -> Answer<()> {
        self.open.1.update(bytes);
        self.open.2 += bytes.len() as u64;
        self.zip.write_all(bytes).map_err(|_| broken())
    }

    /// Ends it, and notes how many rows it has.
    pub fn end(&mut self, rows: Option<u64>) {
        let (path, hash, bytes) = std::mem::take(&mut self.open);
        self.files.push(Listed { path, sha256: hex(&hash.finalize()), bytes, rows });
    }

    /// The files so far.
    pub fn files(&self) -> &[Listed] {
        &self.files
    }

    /// How many bytes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.outlet.0.lock().map_or(0, |bytes| bytes.len())
    }

    /// Takes what has come out since the last time.
    pub fn taken(&self) -> Vec<u8> {
        self.outlet.0.lock().map(|mut bytes| std::mem::take(&mut *bytes)).unwrap_or_default()
    }

    /// Adds the manifest with this head, and its signature; answers what has come out.
    pub fn seal(mut self, state: &State, mut head: Map<String, Value>) -> Answer<Vec<u8>> {
        let listed =
            self.files.iter().map(|file| json!({ "path": file.path, "sha256": file.sha256, "bytes": file.bytes, "rows": file.rows }));
        head.insert("files".into(), listed.collect());
        let key = format!("{}{KEY_PATH}", state.config.origin());
        head.insert("signature".into(), json!({ "algorithm": "Ed25519", "file": "manifest.sig", "public_key": key }));
        let manifest = pretty(&Value::Object(head));
        self.add("manifest.json", &manifest, None)?;
        self.add("manifest.sig", &sign(state, &manifest), None)?;
        let Self { zip, outlet, .. } = self;
        zip.finish().map_err(|_| broken())?;
        Ok(outlet.0.lock().map(|mut bytes| std::mem::take(&mut *bytes)).unwrap_or_default())
    }
}

/// JSON for people and programs.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

fn broken() -> Fault {
    Fault::Internal { reference: String::new() }
}
