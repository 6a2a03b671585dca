//! Connections for reads of a few rows by key, each used by many readers at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::connect::unreachable;
use crate::error::{Result, StoreError};

/// Connections of this kind, at most.
const CONNECTIONS: usize = 4;

/// Connections whose readers do not wait for each other's answers before they ask: what several ask at once goes to the
/// server, and comes back, in one piece, which costs both sides a fraction of one exchange each. Only for reads that the
/// server answers at once, since answers come in the order of the questions.
#[derive(Debug)]
pub(super) struct Keyed {
    pool: Pool,
    connections: [Mutex<Option<Arc<Object>>>; CONNECTIONS],
    next: AtomicUsize,
    patience: Duration,
}

impl Keyed {
    /// Connections that are taken out of `pool` when they are first needed; nobody waits for one longer than `patience`.
    pub(super) fn new(pool: Pool, patience: Duration) -> Self {
        Self {
            pool,
            connections: Default::default(),
            next: AtomicUsize::default(),
            patience,
        }
    }

    /// The connection whose turn it is; a new one where it was lost.
    pub(super) async fn client(&self) -> Result<Arc<Object>> {
        // Where the server cannot be reached, those who wait behind each other would each try in turn.
        let waited = timeout(self.patience, self.next_client()).await;
        waited.unwrap_or_else(|_| {
            let problem = "no connection to the database within the time allowed";
            Err(StoreError::Unavailable(problem.to_owned()))
        })
    }

    async fn next_client(&self) -> Result<Arc<Object>> {
        let turn = self.next.fetch_add(1, Relaxed) % CONNECTIONS;
        let mut place = self.connections[turn].lock().await;
        if let Some(client) = place.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        // The lost one makes room first.
        *place = None;
        let client = self.pool.get().await.map_err(|e| unreachable(&e))?;
        Ok(Arc::clone(place.insert(Arc::new(client))))
    }

    /// Gives the connections back.
    pub(super) async fn close(&self) {
        for place in &self.connections {
            *place.lock().await = None;
        }
    }
}
