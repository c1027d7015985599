//! What lies in the data directory is for the account that serves, and for nobody else on this machine.

use std::{
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use rustix::{fs::Mode, process::umask};

/// How our files begin: the database and what SQLite lays beside it, the key, the lists that outlive a backup.
const OURS: [&str; 4] = ["casetrakr.sqlite", "instance.key", "erased.list", "audit."];

/// From here on, whatever this process makes is its account's alone. Called before anything is made.
pub(super) fn close_new_files() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Closes those of our files that others can open, and tells what an operator should know of it.
///
/// # Errors
/// One line, where others could put files of theirs in place of ours, or a file is not ours to close.
pub(super) fn close(data: &Path) -> Result<Vec<String>, String> {
    let failed = |path: &Path, error: std::io::Error| format!("server.data: {}: {error}", path.display());
    let mode = std::fs::metadata(data).map_err(|error| failed(data, error))?.mode();
    let (anybody, sticky) = (mode & 0o002 != 0, mode & 0o1000 != 0);
    if anybody && !sticky {
        return Err(format!(
            "server.data: {}: every account of this machine can change what is in it; close it with chmod o-w",
            data.display()
        ));
    }
    let mut told = Vec::new();
    if mode & 0o020 != 0 {
        told.push(format!("{}: its group can change what is in it; chmod g-w closes it", data.display()));
    }
    let mut closed = Vec::new();
    for entry in std::fs::read_dir(data).map_err(|error| failed(data, error))? {
        let entry = entry.map_err(|error| failed(data, error))?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if !OURS.iter().any(|ours| name.starts_with(ours)) {
            continue;
        }
        // A link is followed: what counts is who can read the database that it leads to.
        let Ok(file) = std::fs::metadata(&path) else { continue };
        if file.is_file() && file.mode() & 0o077 != 0 {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(|error| {
                format!(
                    "{}: other accounts of this machine can open it, and it is not ours to close: {error}; chmod 600 it",
                    path.display()
                )
            })?;
            closed.push(name);
        }
    }
    if !closed.is_empty() {
        closed.sort();
        told.push(format!("{}: closed to other accounts of this machine, which could open them: {}", data.display(), closed.join(", ")));
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn files_of_ours_that_others_can_open_are_closed_and_named() {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str| place.path().join(name);
        let ours =
            ["casetrakr.sqlite", "casetrakr.sqlite-shm", "casetrakr.sqlite-wal", "casetrakr.sqlite.bak", "erased.list", "instance.key"];
        for name in ours.iter().copied().chain(["somebody-elses.txt"]) {
            std::fs::write(file(name), "x").unwrap();
            set(&file(name), 0o644);
        }
        set(&file("erased.list"), 0o600);
        set(place.path(), 0o755);
        let told = close(place.path()).unwrap();
        assert!(ours.iter().all(|name| mode(&file(name)) == 0o600));
        assert_eq!((mode(&file("somebody-elses.txt")), mode(place.path())), (0o644, 0o755));
        let [line] = told.as_slice() else { panic!("{told:?}") };
        assert!(
            line.ends_with("casetrakr.sqlite, casetrakr.sqlite-shm, casetrakr.sqlite-wal, casetrakr.sqlite.bak, instance.key"),
            "{line}"
        );
        assert!(close(place.path()).unwrap().is_empty(), "once is enough");
    }

    #[test]
    fn a_directory_that_everybody_can_write_to_is_refused_and_one_of_a_group_is_named() {
        let place = tempfile::tempdir().unwrap();
        set(place.path(), 0o777);
        assert!(close(place.path()).unwrap_err().ends_with("close it with chmod o-w"));
        set(place.path(), 0o1777);
        assert!(close(place.path()).is_ok(), "nobody can put a file in place of another's there");
        set(place.path(), 0o770);
        assert!(close(place.path()).unwrap()[0].ends_with("chmod g-w closes it"));
    }
}
