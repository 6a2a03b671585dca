//! The lease of one endpoint: one node at a time serves it. It is a row of the database.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use till_core::kernel::changes::{Changes, CommitConflict};
use till_store::{CommitError, ENDPOINT_LEASE_LOST, Stale, StoreError};
use uuid::Uuid;

use crate::{
    app::App,
    error::ApiError,
    jobs::{HEARTBEAT, LEASE},
};

/// Reason why an endpoint is served no further.
#[derive(Debug)]
pub(super) enum DeliveryError {
    /// Another node serves it now, or may.
    Lost,
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for DeliveryError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Stale for DeliveryError {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Failed(error) if error.is_stale())
    }
}

/// Keeps the leases of a node: one renewal for all of them.
pub(super) struct LeaseHeartbeat {
    holder: Uuid,
    last: Mutex<LastRenewal>,
}

#[derive(Clone, Copy)]
struct LastRenewal {
    /// Leases taken before are held until then.
    until: Timestamp,
    /// Raised when a renewal came too late: others may have taken what was held before.
    generation: u64,
}

impl LeaseHeartbeat {
    pub(super) fn new(app: &App) -> Arc<Self> {
        let ctx = app.context();
        Arc::new(Self {
            holder: ctx.id(),
            last: Mutex::new(LastRenewal {
                until: ctx.now + LEASE,
                generation: 0,
            }),
        })
    }

    fn last(&self) -> MutexGuard<'_, LastRenewal> {
        self.last.lock().expect("no code panics under this lock")
    }

    /// Renews all leases once.
    async fn renew(&self, app: &App) -> Result<(), StoreError> {
        let now = app.clock.now();
        {
            let mut last = self.last();
            if last.until <= now {
                last.generation += 1;
            }
        }
        app.store.renew_leases(self.holder, now + LEASE).await?;
        self.last().until = now + LEASE;
        Ok(())
    }

    /// Renews them for as long as it is polled.
    pub(super) async fn run(&self, app: &App) {
        loop {
            let next = app.clock.now() + HEARTBEAT;
            if let Err(error) = self.renew(app).await {
                tracing::error!(%error, "the leases of this node could not be renewed");
            }
            app.clock.wait(next).await;
        }
    }
}

pub(super) struct EndpointLease<'a> {
    app: &'a App,
    pub(super) endpoint: Uuid,
    name: String,
    heartbeat: Arc<LeaseHeartbeat>,
    /// Generation in which it was taken.
    generation: u64,
    until: Timestamp,
}

impl<'a> EndpointLease<'a> {
    /// `None`: another node has it.
    pub(super) async fn take(
        app: &'a App,
        endpoint: Uuid,
        heartbeat: &Arc<LeaseHeartbeat>,
    ) -> Result<Option<Self>, ApiError> {
        let name = format!("webhook:{endpoint}");
        let (now, generation) = (app.clock.now(), heartbeat.last().generation);
        let until = now + LEASE;
        let taken = app.store.lease(&name, heartbeat.holder, now, until).await?;
        Ok(taken.then(|| Self {
            app,
            endpoint,
            name,
            heartbeat: heartbeat.clone(),
            generation,
            until,
        }))
    }

    /// True while nobody else can have it. An attempt that was begun in time may end later: what comes of
    /// it is then recorded only if nobody has taken the lease meanwhile.
    pub(super) fn is_held(&self) -> bool {
        let last = *self.heartbeat.last();
        last.generation == self.generation && self.app.clock.now() < self.until.max(last.until)
    }

    /// Commits what came of it, unless another node has it by now.
    pub(super) async fn commit(&self, changes: Changes) -> Result<(), DeliveryError> {
        let until = self.app.clock.now() + LEASE;
        let store = &self.app.store;
        let committed = store.commit_holding(&self.name, self.heartbeat.holder, until, changes);
        match committed.await {
            Err(CommitError::Conflict(CommitConflict::NotOne(ENDPOINT_LEASE_LOST))) => {
                Err(DeliveryError::Lost)
            }
            other => Ok(other?),
        }
    }

    pub(super) async fn give_up(self) -> Result<(), ApiError> {
        Ok(self
            .app
            .store
            .release(&self.name, self.heartbeat.holder)
            .await?)
    }
}
