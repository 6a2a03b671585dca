//! SQLite: one thread writes, many commits per fsync; a few connections read.

mod cells;
mod checkpoint;
mod constraint;
pub(crate) mod copy;
mod lock;
pub(crate) mod private;
mod read;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};
use till_core::kernel::changes::Changes;

use crate::batch::Batch;
use crate::error::{CommitError, Result, StoreError};
use crate::gauges::Gauges;
use crate::hub::Hub;
use crate::list::Dialect;
use crate::migrate::{self, Migration};
use crate::page::{PageQuery, Total};
use crate::rows::{PageRows, Rows};
use crate::{Options, Query, Size};

use lock::Lock;
use private::beside;
use read::{Readers, Source};
use write::Writer;

/// Older ones can corrupt the database when the write-ahead log is reset.
const OLDEST: i32 = 3_051_003;
/// Bytes of write-ahead log that may lie about.
const LOG: u64 = 32 << 20;
/// The time that emptying the log may wait for readers, and keep commits waiting.
const LOG_PATIENCE: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(crate) struct Sqlite {
    pub(crate) hub: Hub,
    pub(crate) gauges: Gauges,
    pub(crate) steps: Vec<Migration>,
    writer: Writer,
    readers: Readers,
    path: PathBuf,
    patience: Duration,
    /// Nobody may replace the file while this is held.
    lock: Mutex<Option<Lock>>,
}

impl Sqlite {
    pub(crate) async fn open(
        path: PathBuf,
        options: &Options,
        extra: &[Migration],
    ) -> Result<Self> {
        if rusqlite::version_number() < OLDEST {
            let problem = format!("SQLite {} is too old", rusqlite::version());
            return Err(StoreError::Unavailable(problem));
        }
        let steps = migrate::steps(Dialect::Sqlite, extra)?;
        let (patience, readers, apply) = (options.patience, options.readers, options.migrate);
        let prepared = steps.clone();
        let file = path.clone();
        let gauges = Gauges::new();
        let panics = gauges.panics.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let lock = lock(&path)?;
            let unavailable = |e| StoreError::Unavailable(format!("{}: {e}", path.display()));
            private::create(&path).map_err(unavailable)?;
            if apply {
                private::restrict_permissions(&path);
            }
            let mut writer = connect(&path, patience, -8192)?;
            if apply {
                apply_missing(&mut writer, &prepared)?;
            }
            let folding =
                checkpoint::beside(&mut writer, move || connect(&path, patience, -64), panics)?;
            Ok::<_, StoreError>((lock, writer, folding))
        });
        let (lock, writer, folding) = opened.await.map_err(|_| StoreError::Closed)??;
        let source = Source {
            path: file.clone(),
            patience,
        };
        // As many as there are threads to ask at once.
        let threads = std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
        Ok(Self {
            hub: Hub::new(),
            writer: Writer::start(writer, folding, gauges.clone())?,
            readers: Readers::new(source, threads, readers),
            gauges,
            steps,
            path: file,
            patience,
            lock: Mutex::new(Some(lock)),
        })
    }

    /// Reads the first `most` rows into `rows`, and gives them back.
    pub(crate) async fn read(
        &self,
        query: Query,
        most: usize,
        mut rows: Box<dyn Rows>,
    ) -> Result<Box<dyn Rows>> {
        let keyed = query.keyed;
        let read = move |db: &Connection| {
            read::read(db, &query, most, &mut *rows)?;
            Ok(rows)
        };
        self.readers.read(keyed, read).await
    }

    /// The rows, the total, and whether all rows were counted for it.
    pub(crate) async fn page(
        &self,
        page_query: PageQuery,
        mut rows: Box<dyn PageRows>,
    ) -> Result<(Box<dyn PageRows>, i64, bool)> {
        let read = move |db: &Connection| {
            read::read(db, &page_query.rows, usize::MAX, &mut *rows)?;
            let count = |query| read::count(db, query);
            let (total, whole) = match (
                page_query.total_of_last_page(rows.count()),
                &page_query.total,
            ) {
                (Some(total), _) => (total, false),
                (None, Total::Known(total)) => (*total, false),
                (None, Total::Counted(first, then)) => match (count(first)?, then) {
                    (n, Some(then)) if PageQuery::is_more(n) => (count(then)?, true),
                    (n, _) => (n, true),
                },
            };
            Ok((rows, total, whole))
        };
        self.readers.read(false, read).await
    }

    /// A writing statement's rows.
    pub(crate) async fn returning(
        &self,
        query: Query,
        mut rows: Box<dyn Rows>,
    ) -> Result<Box<dyn Rows>> {
        let write = move |db: &Connection| {
            read::read(db, &query, usize::MAX, &mut *rows)?;
            Ok(rows)
        };
        self.writer.write(1, write, || ()).await
    }

    pub(crate) async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let hub = self.hub.clone();
        let Batch {
            steps,
            signals,
            wakes_workers,
            wakes_journal,
        } = Batch::new(changes, Dialect::Sqlite);
        let after = move || {
            for signal in signals {
                hub.publish(&signal.topic, &signal.message);
            }
            if wakes_workers {
                hub.wake();
            }
            if wakes_journal {
                hub.wake_journal();
            }
        };
        if steps.is_empty() {
            after();
            return Ok(());
        }
        let rows = steps.len();
        let write = move |db: &Connection| write::apply(db, &steps);
        self.writer.write(rows, write, after).await
    }

    pub(crate) async fn migrate(&self) -> Result<()> {
        private::restrict_permissions(&self.path);
        let steps = self.steps.clone();
        self.writer.alone(move |db| apply_missing(db, &steps)).await
    }

    pub(crate) async fn close(&self) {
        self.writer.close().await;
        self.readers.close();
        self.lock.lock().expect("no panic").take();
    }

    pub(crate) fn size(&self) -> Size {
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        Size {
            data: bytes(&self.path),
            log: bytes(&beside(&self.path, "-wal")),
        }
    }

    /// Empties the write-ahead log where it has grown. SQLite does so by itself unless some reader or other is
    /// always in the middle of something: here the writer keeps new ones off the log for a moment. Where an old
    /// reader does not end within that moment, the next call tries again.
    pub(crate) async fn tidy(&self) -> Result<()> {
        if self.size().log <= LOG {
            return Ok(());
        }
        let patience = self.patience;
        let tidy = move |db: &mut Connection| {
            let empty = || {
                db.busy_timeout(LOG_PATIENCE)?;
                let emptied = db.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
                db.busy_timeout(patience)?;
                emptied
            };
            empty().map_err(|e| StoreError::Unavailable(e.to_string()))
        };
        self.writer.alone(tidy).await
    }
}

fn lock(path: &Path) -> Result<Lock> {
    let unavailable = |words: &str| StoreError::Unavailable(format!("{}: {words}", path.display()));
    match Lock::shared(path) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(unavailable("the database is being replaced")),
        Err(e) => Err(unavailable(&e.to_string())),
    }
}

/// `cache`: as SQLite's `cache_size`, negative KiB, an upper bound that fills as pages are read.
fn connect(path: &Path, patience: Duration, cache: i64) -> Result<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(patience)?;
        db.pragma_update(None, "journal_mode", "wal")?;
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "cache_size", cache)?;
        db.pragma_update(None, "journal_size_limit", 64 << 20)?;
        db.pragma_update(None, "temp_store", "memory")?;
        db.set_prepared_statement_cache_capacity(512);
        // Without it a plan depends on the values that are bound, and a statement is planned anew for each of them.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(db)
    };
    open().map_err(|e| StoreError::Unavailable(format!("{}: {e}", path.display())))
}

fn apply_missing(db: &mut Connection, steps: &[Migration]) -> Result<()> {
    let failed = |name: &str, e: rusqlite::Error| StoreError::Migration(format!("{name}: {e}"));
    let record = "insert into till_migrations (version, name, checksum, applied_at) \
        values (?1, ?2, ?3, cast(unixepoch('subsec') * 1000000 as integer))";
    let tx = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|e| failed("lock", e))?;
    let applied = (|| {
        tx.execute_batch(migrate::TABLE)?;
        tx.prepare(migrate::APPLIED)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<migrate::Applied>>()
    })()
    .map_err(|e| failed("till_migrations", e))?;
    for step in migrate::missing(steps, &applied)? {
        tx.execute_batch(&step.sql)
            .and_then(|()| tx.execute(record, (step.version, &step.name, step.checksum())))
            .map_err(|e| failed(&step.name, e))?;
    }
    tx.commit().map_err(|e| failed("commit", e))
}
