//! Names the sources that a program is built from, so that `/trust` shows the results of tests only where exactly this
//! was tested. It is a fingerprint to tell builds apart, not a seal.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

fn main() {
    // The browser's half says nothing of it, and is not built anew for a change of the server.
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        println!("cargo::rerun-if-changed=build.rs");
        return;
    }
    let mut files = Vec::new();
    for place in ["src", "migrations", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={place}");
        collect(Path::new(place), &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rustc-env=CASETRAKR_SOURCE={:016x}", hasher.finish());
}

fn collect(place: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(place) else {
        into.push(place.to_owned());
        return;
    };
    entries.filter_map(Result::ok).for_each(|entry| collect(&entry.path(), into));
}
