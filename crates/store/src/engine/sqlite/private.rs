//! The database's files are their owner's alone, wherever they lie: they hold buyers' data and what signs events.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Read and written by its owner.
pub(super) const PRIVATE: u32 = 0o600;
/// The permissions of everybody else.
const OTHERS: u32 = 0o077;
/// The endings of the files that come with a database.
const ENDINGS: [&str; 5] = ["", "-wal", "-shm", "-journal", ".lock"];

/// The file of this name with something behind it.
pub(crate) fn beside(file: &Path, behind: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(behind);
    PathBuf::from(name)
}

/// Makes the file, empty, if it is not there: SQLite by itself would let everybody read it, and gives its log the
/// permissions of the file.
pub(super) fn create(database: &Path) -> io::Result<()> {
    let made = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(PRIVATE)
        .open(database);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Takes away what others may do with a database of before, or one that was copied there. Where it belongs to somebody
/// else that is said, and it is used as it is.
pub(super) fn restrict_permissions(database: &Path) {
    for ending in ENDINGS {
        let file = beside(database, ending);
        match restrict_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => tracing::warn!(
                file = %file.display(),
                %error,
                "other users can read a file of the database"
            ),
            _ => {}
        }
    }
}

pub(super) fn restrict_file(file: &Path) -> io::Result<()> {
    let mode = fs::metadata(file)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(file, Permissions::from_mode(mode & !OTHERS & 0o7777))
}

/// The files of a database that others may read or write: its own, those that come with it, and what `till restore` has
/// put aside in the same folder.
pub fn open_to_others(database: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = ENDINGS.map(|end| beside(database, end)).into();
    let former = beside(database, ".former-");
    let folder = match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let beside = fs::read_dir(folder).into_iter().flatten().flatten();
    files.extend(beside.map(|entry| entry.path()).filter(|path| {
        let begins = former.file_name().map(|name| name.as_encoded_bytes());
        let name = path.file_name().map(|name| name.as_encoded_bytes());
        name.zip(begins)
            .is_some_and(|(name, begin)| name.starts_with(begin))
    }));
    files.retain(|file| {
        fs::metadata(file).is_ok_and(|about| about.permissions().mode() & OTHERS != 0)
    });
    files
}
