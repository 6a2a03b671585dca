//! Locks on a database file: whoever replaces the file must be alone with it.
//!
//! SQLite's own locks end with each statement that needs them, and a server that opens the file between a check
//! and a rename would go on with a file that nobody finds any more. So every opener holds this lock shared.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::private::{PRIVATE, beside};

/// Held until it is dropped, or its process ends however that happens.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock is the open file")] File);

impl Lock {
    /// Together with others; `None`: somebody is replacing the database.
    pub(crate) fn shared(database: &Path) -> io::Result<Option<Self>> {
        let file = open(database)?;
        held(file.try_lock_shared(), file)
    }

    /// Alone; `None`: somebody has the database open.
    pub(crate) fn alone(database: &Path) -> io::Result<Option<Self>> {
        let file = open(database)?;
        held(file.try_lock(), file)
    }
}

fn held(tried: Result<(), TryLockError>, file: File) -> io::Result<Option<Lock>> {
    match tried {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Never deleted: two files of one name would be two locks.
fn open(database: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(PRIVATE)
        .open(beside(database, ".lock"))
}
