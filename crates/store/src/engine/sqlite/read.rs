//! Reading connections.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rusqlite::Connection;
use till_core::kernel::rows::Col;
use tokio::sync::Semaphore;

use super::cells::{Cells, bind, failed};
use super::connect;
use crate::Query;
use crate::error::{Result, StoreError};
use crate::rows::Rows;

/// As SQLite's `cache_size`: negative KiB of each connection for reads by key, at most.
const KEYED_CACHE: i64 = -4096;
/// And of each for the others, which walk over neighbouring pages, and come seldom.
const OTHERS_CACHE: i64 = -2048;

/// Reading connections of two kinds, each used by one reader at a time, opened when first needed.
///
/// Reads of a few rows by key run where they are asked for: 117,000 a second on two shared cores with 64 callers,
/// against 53,000 on the runtime's blocking threads (15 µs each for the way there and back). Everything that may
/// take long, such as a list, does go there: inline it would stop a worker and all that is queued on it. Its
/// connections are its own, so that long reads never keep short ones waiting.
#[derive(Debug)]
pub(super) struct Readers {
    keyed: Pool,
    others: Pool,
}

impl Readers {
    /// `keyed` and `others`: connections of each kind, at most.
    pub(super) fn new(source: Source, keyed: usize, others: usize) -> Self {
        let source = Arc::new(source);
        Self {
            keyed: Pool::new(source.clone(), keyed, KEYED_CACHE),
            others: Pool::new(source, others, OTHERS_CACHE),
        }
    }

    /// Runs `work`, of which `keyed` says that it finds a few rows by key.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        keyed: bool,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if keyed {
            let permit = self.keyed.free.acquire().await;
            let _permit = permit.map_err(|_| StoreError::Closed)?;
            return self.keyed.run(work);
        }
        let pool = self.others.clone();
        let permit = Arc::clone(&pool.free).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            pool.run(work)
        });
        done.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) fn close(&self) {
        for pool in [&self.keyed, &self.others] {
            pool.free.close();
            pool.idle().take();
        }
    }
}

/// The way to open a connection.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) patience: Duration,
}

#[derive(Debug, Clone)]
struct Pool {
    source: Arc<Source>,
    cache: i64,
    free: Arc<Semaphore>,
    /// None once it is closed: then nothing is opened or given back any more.
    idle: Arc<Mutex<Option<Vec<Connection>>>>,
}

impl Pool {
    fn new(source: Arc<Source>, most: usize, cache: i64) -> Self {
        Self {
            source,
            cache,
            free: Arc::new(Semaphore::new(most.max(1))),
            idle: Arc::new(Mutex::new(Some(Vec::new()))),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().expect("no code panics under this lock")
    }

    /// Runs `work` on an idle connection, or a new one: for callers who hold a permit.
    fn run<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle().as_mut().ok_or(StoreError::Closed)?.pop();
        let db = match idle {
            Some(db) => db,
            None => connect(&self.source.path, self.source.patience, self.cache)?,
        };
        let result = work(&db);
        if let Some(idle) = self.idle().as_mut() {
            idle.push(db);
        }
        result
    }
}

/// Reads the first `most` rows of `query` into `rows`.
pub(super) fn read(db: &Connection, query: &Query, most: usize, rows: &mut dyn Rows) -> Result<()> {
    let sql: &str = &query.sql;
    let mut statement = db.prepare_cached(sql).map_err(|e| failed(sql, &e))?;
    bind(&mut statement, sql, &query.binds)?;
    let mut found = statement.raw_query();
    while rows.count() < most
        && let Some(row) = found.next().map_err(|e| failed(sql, &e))?
    {
        rows.push(&mut Cells { row, next: 0 })?;
    }
    Ok(())
}

/// The number that `query` counts.
pub(super) fn count(db: &Connection, query: &Query) -> Result<i64> {
    let mut counted: Vec<Col<i64>> = Vec::new();
    read(db, query, 1, &mut counted)?;
    Ok(counted.first().map_or(0, |Col(n)| *n))
}
