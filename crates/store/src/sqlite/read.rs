//! Reading connections.

use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use till_core::rows::FromColumns;
use tokio::sync::Semaphore;

use super::cells::{Cells, bind, failed};
use crate::Query;
use crate::error::StoreError;

/// A few connections, each used by one reader at a time, on the runtime's blocking threads.
///
/// Measured on two shared cores, reads by id a second with 1, 16 and 64 callers: blocking threads
/// 44,000, 61,000 and 53,000 (15 µs each when alone); `block_in_place` 94,000, 45,000 and 35,000, and it
/// panics on a single-threaded runtime; inline 137,000, 108,000 and 117,000, but there one long
/// list or a cold disk stops a worker and everything queued on it. The first is the fastest that
/// never does.
#[derive(Debug)]
pub(super) struct Readers {
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self {
            free: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Mutex::new(connections)),
        }
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.free).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let idle = Arc::clone(&self.idle);
        let done = tokio::task::spawn_blocking(move || {
            let db = idle
                .lock()
                .expect("no panic")
                .pop()
                .ok_or(StoreError::Closed)?;
            let result = work(&db);
            idle.lock().expect("no panic").push(db);
            drop(permit);
            result
        });
        done.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) fn close(&self) {
        self.free.close();
        self.idle.lock().expect("no panic").clear();
    }
}

/// All rows of `query`.
pub(super) fn rows<T: FromColumns>(db: &Connection, query: &Query) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    each(db, query, |row| {
        found.push(row);
        true
    })?;
    Ok(found)
}

/// The first row of `query`.
pub(super) fn first<T: FromColumns>(
    db: &Connection,
    query: &Query,
) -> Result<Option<T>, StoreError> {
    let mut found = None;
    each(db, query, |row| {
        found = Some(row);
        false
    })?;
    Ok(found)
}

fn each<T: FromColumns>(
    db: &Connection,
    query: &Query,
    mut take: impl FnMut(T) -> bool,
) -> Result<(), StoreError> {
    let sql: &str = &query.sql;
    let mut statement = db.prepare_cached(sql).map_err(|e| failed(sql, &e))?;
    bind(&mut statement, sql, &query.binds)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|e| failed(sql, &e))? {
        if !take(T::from_columns(&mut Cells { row, next: 0 })?) {
            break;
        }
    }
    Ok(())
}
