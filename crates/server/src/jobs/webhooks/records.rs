//! Outcomes on their way into the database while the next event is sent: one commit at a time, with all that
//! came meanwhile.

use std::{collections::HashSet, future::pending, pin::pin};

use futures_util::future::BoxFuture;
use till_core::kernel::changes::Changes;
use uuid::Uuid;

use super::{DeliveryError, EndpointLease};

/// The events of a commit, and how it ended.
type Saved = (Vec<Uuid>, Result<(), DeliveryError>);

pub(super) struct Records<'a> {
    lease: &'a EndpointLease<'a>,
    /// The events that the database does not know the outcome of.
    unsaved: HashSet<Uuid>,
    waiting: Vec<(Uuid, Changes)>,
    saving: Option<BoxFuture<'a, Saved>>,
}

impl<'a> Records<'a> {
    pub(super) fn new(lease: &'a EndpointLease<'a>) -> Self {
        Self {
            lease,
            unsaved: HashSet::new(),
            waiting: Vec::new(),
            saving: None,
        }
    }

    /// The events whose outcome is not in the database yet: there they still look due.
    pub(super) fn unsaved(&self) -> &HashSet<Uuid> {
        &self.unsaved
    }

    pub(super) fn add(&mut self, event: Uuid, outcome: Changes) {
        self.unsaved.insert(event);
        self.waiting.push((event, outcome));
    }

    /// Returns after the next commit; never, when there is nothing to commit. Safe to cancel.
    pub(super) async fn step(&mut self) -> Result<(), DeliveryError> {
        if self.saving.is_none() {
            if self.waiting.is_empty() {
                return pending().await;
            }
            let (events, outcomes): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.waiting).into_iter().unzip();
            let mut all = Changes::new();
            for outcome in outcomes {
                all.and(outcome);
            }
            let lease = self.lease;
            self.saving = Some(Box::pin(async move { (events, lease.commit(all).await) }));
        }
        let saving = self.saving.as_mut().expect("begun above");
        let (events, saved) = saving.await;
        self.saving = None;
        for event in &events {
            self.unsaved.remove(event);
        }
        saved
    }

    /// Returns when everything is recorded.
    pub(super) async fn all(&mut self) -> Result<(), DeliveryError> {
        while !self.unsaved.is_empty() {
            self.step().await?;
        }
        Ok(())
    }

    /// Does something while outcomes are recorded.
    pub(super) async fn meanwhile<T>(
        &mut self,
        doing: impl Future<Output = T>,
    ) -> Result<T, DeliveryError> {
        let mut doing = pin!(doing);
        loop {
            tokio::select! {
                biased;
                done = &mut doing => return Ok(done),
                saved = self.step() => saved?,
            }
        }
    }
}
