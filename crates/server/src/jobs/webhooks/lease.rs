//! The duty to serve one endpoint: held by one node at a time, in the database.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use till_core::kernel::changes::{Changes, CommitConflict};
use till_store::{CommitError, ENDPOINT_LEASE_LOST, Stale, StoreError};
use uuid::Uuid;

use crate::{
    app::App,
    error::ApiError,
    jobs::{BEAT, LEASE},
};

/// Why an endpoint is served no further.
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

/// What keeps a node's duties: one beat for all of them.
pub(super) struct LeaseHeartbeat {
    holder: Uuid,
    last: Mutex<Beat>,
}

#[derive(Clone, Copy)]
struct Beat {
    /// Duties taken before are kept by it until then.
    until: Timestamp,
    /// Raised when a beat came too late: others may have taken what was held before.
    life: u64,
}

impl LeaseHeartbeat {
    pub(super) fn new(app: &App) -> Arc<Self> {
        let ctx = app.context();
        Arc::new(Self {
            holder: ctx.id(),
            last: Mutex::new(Beat {
                until: ctx.now + LEASE,
                life: 0,
            }),
        })
    }

    fn last(&self) -> MutexGuard<'_, Beat> {
        self.last.lock().expect("no code panics under this lock")
    }

    /// Prolongs all duties once.
    async fn beat(&self, app: &App) -> Result<(), StoreError> {
        let now = app.clock.now();
        {
            let mut last = self.last();
            if last.until <= now {
                last.life += 1;
            }
        }
        app.store.keep_leases(self.holder, now + LEASE).await?;
        self.last().until = now + LEASE;
        Ok(())
    }

    /// Beats for as long as it is polled.
    pub(super) async fn run(&self, app: &App) {
        loop {
            let next = app.clock.now() + BEAT;
            if let Err(error) = self.beat(app).await {
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
    pulse: Arc<LeaseHeartbeat>,
    /// When it was taken.
    life: u64,
    until: Timestamp,
}

impl<'a> EndpointLease<'a> {
    /// `None`: another node has it.
    pub(super) async fn take(
        app: &'a App,
        endpoint: Uuid,
        pulse: &Arc<LeaseHeartbeat>,
    ) -> Result<Option<Self>, ApiError> {
        let name = format!("webhook:{endpoint}");
        let (now, life) = (app.clock.now(), pulse.last().life);
        let until = now + LEASE;
        let taken = app.store.lease(&name, pulse.holder, now, until).await?;
        Ok(taken.then(|| Self {
            app,
            endpoint,
            name,
            pulse: pulse.clone(),
            life,
            until,
        }))
    }

    /// Whether nobody else can have it yet. An attempt that was begun in time may end later: what comes of
    /// it is then recorded only if nobody has taken the duty meanwhile.
    pub(super) fn is_held(&self) -> bool {
        let last = *self.pulse.last();
        last.life == self.life && self.app.clock.now() < self.until.max(last.until)
    }

    /// Commits what came of it, unless another node has it by now.
    pub(super) async fn commit(&self, changes: Changes) -> Result<(), DeliveryError> {
        let until = self.app.clock.now() + LEASE;
        let store = &self.app.store;
        let committed = store.commit_holding(&self.name, self.pulse.holder, until, changes);
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
            .release(&self.name, self.pulse.holder)
            .await?)
    }
}
