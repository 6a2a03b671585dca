//! Copies of a database file, made and put back while others use it (backup) or nobody does (restore).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::lock::Lock;
use super::private::beside;
use super::private::{self, PRIVATE};
use crate::list::Dialect;
use crate::migrate;

/// Pages that are copied at a time: some four megabytes.
const PAGES: i32 = 1024;
/// Between two such steps, so that commits get the disk as well.
const PAUSE: Duration = Duration::from_millis(5);
/// The number of tries of a step while somebody else has the file for themselves.
const TRIES: u32 = 400;

/// Reason why a copy was not made or not put back. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is no database to copy.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// The file to write exists, and nobody said that it may be replaced.
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    /// Somebody has the database open that was to be replaced.
    #[error("{} is in use", .0.display())]
    InUse(PathBuf),
    /// The copy is no database, or a damaged one; the text is SQLite's.
    #[error("{} is damaged or not a database: {problem}", .file.display())]
    Damaged {
        /// The copy's source.
        file: PathBuf,
        /// The problem.
        problem: String,
    },
    /// The copy is not a database of this program, or one of a newer version.
    #[error("{} does not match this version of Till: {problem}", .file.display())]
    Unfit {
        /// The copy's source.
        file: PathBuf,
        /// Reason.
        problem: String,
    },
    /// Files could not be read or written.
    #[error("{}: {source}", .file.display())]
    Disk {
        /// The file.
        file: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// The result of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Bytes of the copy.
    pub bytes: u64,
    /// The newest migration in it.
    pub level: String,
    /// Migrations of this program that it lacks; opening it applies them.
    pub behind: usize,
    /// The path under which the replaced database is kept.
    pub former: Option<PathBuf>,
}

/// Copies the database `from` as it is at this moment into the file `to`, while others read and write it. The
/// copy is one file, complete, checked and on the disk before it gets its name. Blocks.
pub fn backup(from: &Path, to: &Path, replace: bool) -> Result<Copied, CopyError> {
    if !from.exists() {
        return Err(CopyError::Missing(from.to_owned()));
    }
    if to.exists() && !replace {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let _open = match Lock::shared(from).map_err(|e| disk(from, e))? {
        Some(lock) => lock,
        None => return Err(CopyError::InUse(from.to_owned())),
    };
    let draft = Draft::new(to, ".partial")?;
    let copied = draft.fill(from, "quick_check")?;
    draft.take_position(to)?;
    Ok(copied)
}

/// Puts the copy `from` in the place of the database `to`, which nobody may have open. The copy is checked first,
/// and takes its place in one step; the former database is kept beside it under a name that ends in `stamp`. Blocks.
pub fn restore(from: &Path, to: &Path, replace: bool, stamp: &str) -> Result<Copied, CopyError> {
    if !from.exists() {
        return Err(CopyError::Missing(from.to_owned()));
    }
    if to.exists() && !replace {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let _alone = match Lock::alone(to).map_err(|e| disk(to, e))? {
        Some(lock) => lock,
        None => return Err(CopyError::InUse(to.to_owned())),
    };
    let draft = Draft::new(to, ".restoring")?;
    let mut copied = draft.fill(from, "integrity_check")?;
    if to.exists() {
        fold(to)?;
        private::restrict_permissions(to);
        let former = beside(to, &format!(".former-{stamp}"));
        fs::hard_link(to, &former).map_err(|e| disk(&former, e))?;
        copied.former = Some(former);
    }
    set_aside_log(to, copied.former.as_deref())?;
    draft.take_position(to)?;
    Ok(copied)
}

/// Brings the write-ahead log of a database that is about to be replaced into its file, which only works where
/// nobody has it open: also programs that know nothing of our lock.
fn fold(database: &Path) -> Result<(), CopyError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fold = || -> rusqlite::Result<()> {
        let db = Connection::open_with_flags(database, flags)?;
        db.busy_timeout(Duration::ZERO)?;
        db.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
    };
    match fold() {
        Err(error) if is_busy(&error) => Err(CopyError::InUse(database.to_owned())),
        // A damaged database is what people restore over; its log stays with it.
        _ => Ok(()),
    }
}

/// A log that could not be folded must never meet the new database.
fn set_aside_log(database: &Path, former: Option<&Path>) -> Result<(), CopyError> {
    for ending in ["-wal", "-shm", "-journal"] {
        let log = beside(database, ending);
        let moved = match former {
            Some(former) => fs::rename(&log, beside(former, ending)),
            None => fs::remove_file(&log),
        };
        match moved {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(disk(&log, e)),
            _ => {}
        }
    }
    Ok(())
}

/// A file that becomes the copy, or disappears.
struct Draft {
    path: PathBuf,
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Nothing there once it took its place.
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(&self.path, ending));
        }
    }
}

impl Draft {
    /// Empty, for its owner's eyes, in the folder where the copy goes.
    fn new(to: &Path, ending: &str) -> Result<Self, CopyError> {
        let draft = Self {
            path: beside(to, ending),
        };
        // What a crash left behind may have any permissions.
        match fs::remove_file(&draft.path) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(disk(&draft.path, e)),
            _ => {}
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(PRIVATE)
            .open(&draft.path)
            .map_err(|e| disk(&draft.path, e))?;
        Ok(draft)
    }

    /// Copies `from` and checks the copy.
    fn fill(&self, from: &Path, check: &str) -> Result<Copied, CopyError> {
        let damaged = |problem: String| CopyError::Damaged {
            file: from.to_owned(),
            problem,
        };
        let mut copy = Connection::open(&self.path).map_err(|e| damaged(e.to_string()))?;
        pages(from, &mut copy).map_err(|e| damaged(e.to_string()))?;
        // One file that needs no other beside it, wherever it is carried.
        copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
            .map_err(|e| damaged(e.to_string()))?;
        let found: String = copy
            .pragma_query_value(None, check, |row| row.get(0))
            .map_err(|e| damaged(e.to_string()))?;
        if found != "ok" {
            return Err(damaged(found));
        }
        let (level, behind) = level(&copy).map_err(|problem| CopyError::Unfit {
            file: from.to_owned(),
            problem,
        })?;
        drop(copy);
        let bytes = fs::metadata(&self.path).map_err(|e| disk(&self.path, e))?;
        Ok(Copied {
            bytes: bytes.len(),
            level,
            behind,
            former: None,
        })
    }

    /// Gets its name in one step, and only when all of it is on the disk.
    fn take_position(self, to: &Path) -> Result<(), CopyError> {
        let place = || {
            File::open(&self.path)?.sync_all()?;
            fs::rename(&self.path, to)?;
            let folder = match to.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            File::open(folder)?.sync_all()
        };
        place().map_err(|e| disk(to, e))
    }
}

/// Copies every page as of one moment: the open read keeps the moment, so that others' commits neither wait nor
/// make the copy begin again.
#[allow(
    clippy::disallowed_methods,
    reason = "the pause decides nothing; it leaves the disk to others"
)]
fn pages(from: &Path, copy: &mut Connection) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags).or_else(|_| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(from, flags)
    })?;
    source.busy_timeout(Duration::from_secs(5))?;
    source.execute_batch("begin; select count(*) from sqlite_schema;")?;
    let copying = Backup::new(&source, copy)?;
    let mut tries = 0;
    loop {
        match copying.step(PAGES)? {
            StepResult::Done => return Ok(()),
            StepResult::More => tries = 0,
            _ if tries < TRIES => tries += 1,
            _ => {
                let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
                return Err(rusqlite::Error::SqliteFailure(busy, None));
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// The newest migration of a database, and how many of ours it lacks; words where it is none of ours.
fn level(db: &Connection) -> Result<(String, usize), String> {
    let applied = || -> rusqlite::Result<migrate::Applied> {
        db.prepare(migrate::APPLIED)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect()
    };
    let applied = applied().map_err(|_| "it is not a database of Till".to_owned())?;
    let Some((_, newest, _)) = applied.last().cloned() else {
        return Err("it is empty".to_owned());
    };
    let steps = migrate::steps(Dialect::Sqlite, &[]).map_err(|e| e.to_string())?;
    let missing = migrate::missing(&steps, &applied).map_err(|e| e.to_string())?;
    Ok((newest, missing.len()))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

fn disk(file: &Path, source: io::Error) -> CopyError {
    CopyError::Disk {
        file: file.to_owned(),
        source,
    }
}
