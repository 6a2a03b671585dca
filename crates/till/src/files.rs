//! The data folder, and everything else that Till writes, wherever it lies: its owner's alone.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::Mode;
use till_core::kernel::hex::hex;

use crate::{config::DatabaseSettings, stop::Stop};

/// From now on whatever this process makes is its owner's alone: databases, their logs and copies, uploads, notes.
pub fn keep_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Makes the folder, readable by its owner alone, if it is not there.
pub fn folder(path: &Path) -> Result<(), Stop> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| cannot("create the folder", path, &error))
}

/// The database that is set, or the data folder's own.
pub fn database_url(settings: &DatabaseSettings) -> Result<String, Stop> {
    if let Some(url) = &settings.database_url {
        return Ok(url.clone());
    }
    let path = settings.data_dir.join("till.db");
    let path = path
        .to_str()
        .ok_or_else(|| Stop::settings("--data-dir: the folder's name must be valid UTF-8."))?;
    Ok(format!("sqlite://{path}"))
}

/// The path of the data folder's own secret key.
pub fn key_path(folder: &Path) -> PathBuf {
    folder.join("secret.key")
}

/// The path of the notes in which `till dev` keeps its token.
pub fn notes_path(folder: &Path) -> PathBuf {
    folder.join("dev.json")
}

/// The data folder's own secret key, made on first use.
pub fn own_key(folder: &Path, random: [u8; 32]) -> Result<String, Stop> {
    let path = key_path(folder);
    if let Some(text) = read(&path)? {
        return Ok(text);
    }
    let key = hex(&random);
    write_private(&path, &format!("{key}\n"))?;
    Ok(key)
}

/// A file's text; `None` if there is none.
pub fn read(path: &Path) -> Result<Option<String>, Stop> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", path, &error)),
    }
}

/// Writes a file for its owner's eyes: whole or not at all.
pub fn write_private(path: &Path, text: &str) -> Result<(), Stop> {
    let draft = path.with_extension("new");
    let write = || {
        // A draft that a crash left behind may have any permissions.
        if let Err(error) = std::fs::remove_file(&draft)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    write().map_err(|error| cannot("write", path, &error))
}

fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(format!("cannot {verb} {}: {error}", path.display()))
}
