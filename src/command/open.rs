//! From flags to a running instance: configuration, key, database, migrations. A bad value ends it before anything is
//! written.

use std::{
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{arguments::Options, file_modes, terminal::warn};
use crate::server::{
    config::Config,
    db::Db,
    http::assets::Assets,
    secret::{Key, random},
    state::State,
};

/// How long a database may take to answer: whoever starts the product hears within two seconds what is wrong.
const ANSWER: Duration = Duration::from_millis(1_500);

/// Reads the configuration: file, environment, flags.
pub(super) fn config(options: &Options) -> Result<Config, String> {
    let file = options.config.as_deref();
    if let Some(named) = file.filter(|file| !file.exists()) {
        return Err(format!("{}: there is no such file", named.display()));
    }
    Config::read(file.unwrap_or(Path::new("Leptos.toml")), std::env::vars(), |config| {
        if let Some(addr) = options.addr {
            config.server.address = addr;
        }
        if let Some(data) = &options.data {
            config.server.data.clone_from(data);
        }
        if let Some(url) = &options.database_url {
            config.server.database_url.clone_from(url);
        }
        if let Some(origin) = &options.origin {
            config.server.origin.clone_from(origin);
        }
    })
}

/// Opens an instance and brings its database up to date.
pub(super) async fn open(options: &Options) -> Result<State, String> {
    open_with(config(options)?).await
}

/// The same from a configuration in hand.
pub(super) async fn open_with(config: Config) -> Result<State, String> {
    let data = config.server.data.clone();
    let named = key_from_config(&config)?;
    // A server that does not answer must leave nothing behind, so it is asked before anything is written here.
    let elsewhere = if config.server.database_url.is_empty() { None } else { Some(postgres(&config.server.database_url).await?) };
    make_directory(&data)?;
    file_modes::close(&data)?.iter().for_each(|line| warn(line));
    let key = match named {
        Some(key) => key,
        None => key_from_file(&data.join("instance.key"))?,
    };
    let db = match elsewhere {
        Some(db) => db,
        None => sqlite(&data.join("casetrakr.sqlite")).await?,
    };
    db.migrate().await.map_err(|error| format!("the database cannot be migrated: {error}"))?;
    let leptos = leptos::config::LeptosOptions::builder().output_name("casetrakr").site_addr(config.server.address).build();
    let (site, hashes) = site();
    let state = State::new(db, config, key, leptos, Assets::read(&site, &hashes));
    crate::audit::begin(&state).await.map_err(|fault| format!("the record cannot be brought up to date: {}", fault.sentence()))?;
    Ok(state)
}

/// Ends the use of an instance: what was committed is noted beside the database.
pub(super) async fn close(state: &State) {
    crate::audit::marker::flush(state).await;
    state.db.close().await;
}

/// Where the built front end lies: beside the binary's build folder, or where `CASETRAKR_SITE` says.
fn site() -> (PathBuf, PathBuf) {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default();
    let hashes = beside.join("hash.txt");
    let site = std::env::var_os("CASETRAKR_SITE").map(PathBuf::from).unwrap_or_else(|| {
        let near = beside.parent().map(|target| target.join("site")).unwrap_or_default();
        if near.exists() { near } else { PathBuf::from("target/site") }
    });
    (site, hashes)
}

async fn sqlite(path: &Path) -> Result<Db, String> {
    Db::open_sqlite(path).await.map_err(|error| format!("{}: {error}", path.display()))
}

async fn postgres(url: &str) -> Result<Db, String> {
    // The address may hold a password, so it is not repeated.
    match tokio::time::timeout(ANSWER, Db::open_postgres(url)).await {
        Ok(opened) => opened.map_err(|error| format!("server.database_url: {error}")),
        Err(_) => Err("server.database_url: no database answers there".to_owned()),
    }
}

fn make_directory(data: &Path) -> Result<(), String> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|error| format!("server.data: {}: {error}", data.display()))
}

fn key_from_config(config: &Config) -> Result<Option<Key>, String> {
    if config.server.secret_key.is_empty() {
        return Ok(None);
    }
    parse_key(&config.server.secret_key).map(Some).ok_or_else(|| "server.secret_key: must be base64 of 32 bytes".to_owned())
}

fn parse_key(text: &str) -> Option<Key> {
    let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
    bytes.iter().any(|b| *b != bytes[0]).then(|| Key::from_bytes(bytes))
}

fn key_from_file(path: &Path) -> Result<Key, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse_key(&text).ok_or_else(|| format!("{}: is no instance key", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let bytes = random::<32>();
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            std::io::Write::write_all(&mut file, STANDARD.encode(bytes).as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| format!("{}: {error}", path.display()))?;
            Ok(Key::from_bytes(bytes))
        }
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}
