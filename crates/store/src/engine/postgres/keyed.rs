//! Connections for reads of a few rows by key, each used by many readers at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::connect::unreachable;
use crate::Options;
use crate::error::{Result, StoreError};

/// Connections of the pool for each of this kind: most are left to what takes longer. A smaller pool has none.
const SHARE: usize = 4;

/// Connections whose readers do not wait for each other's answers before they ask: what several ask at once goes to the
/// server, and comes back, in one piece, which costs both sides a fraction of one exchange each. Only for reads that the
/// server answers at once, since answers come in the order of the questions.
#[derive(Debug)]
pub(super) struct Keyed {
    pool: Pool,
    connections: Vec<Mutex<Option<Arc<Object>>>>,
    next: AtomicUsize,
    patience: Duration,
}

impl Keyed {
    /// Connections that are taken out of `pool` when they are first needed.
    pub(super) fn new(pool: Pool, options: &Options) -> Self {
        Self {
            connections: (0..options.connections / SHARE)
                .map(|_| Mutex::default())
                .collect(),
            pool,
            next: AtomicUsize::default(),
            patience: options.patience,
        }
    }

    /// The connection whose turn it is; a new one where it was lost, and one alone where none is shared.
    pub(super) async fn client(&self) -> Result<Arc<Object>> {
        // Where the server cannot be reached, those who wait behind each other would each try in turn.
        let waited = timeout(self.patience, self.next_client()).await;
        waited.unwrap_or_else(|_| {
            let problem = "no connection to the database within the time allowed";
            Err(StoreError::Unavailable(problem.to_owned()))
        })
    }

    async fn next_client(&self) -> Result<Arc<Object>> {
        let Some(turn) = self
            .next
            .fetch_add(1, Relaxed)
            .checked_rem(self.connections.len())
        else {
            return self.new_client().await;
        };
        let mut place = self.connections[turn].lock().await;
        if let Some(client) = place.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        // The lost one makes room first.
        *place = None;
        let client = self.new_client().await?;
        Ok(Arc::clone(place.insert(client)))
    }

    async fn new_client(&self) -> Result<Arc<Object>> {
        let client = self.pool.get().await.map_err(|e| unreachable(&e))?;
        Ok(Arc::new(client))
    }

    /// Gives the connections back.
    pub(super) async fn close(&self) {
        for place in &self.connections {
            *place.lock().await = None;
        }
    }
}
