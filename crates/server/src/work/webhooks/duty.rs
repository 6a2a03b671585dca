//! The duty to serve one endpoint: held by one node at a time, in the database.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// How long a node that died keeps others waiting. Longer than the longest attempt.
const LEASE: SignedDuration = SignedDuration::from_secs(20);
/// What must be left of it before the next attempts begin.
const LEFT: SignedDuration = SignedDuration::from_secs(15);

pub(super) struct Duty<'a> {
    app: &'a App,
    pub(super) endpoint: Uuid,
    holder: Uuid,
    name: String,
    until: Timestamp,
}

impl<'a> Duty<'a> {
    /// `None`: another node has it.
    pub(super) async fn take(
        app: &'a App,
        endpoint: Uuid,
        holder: Uuid,
    ) -> Result<Option<Self>, ApiError> {
        let name = format!("webhook:{endpoint}");
        let mut duty = Self {
            app,
            endpoint,
            holder,
            name,
            until: Timestamp::MIN,
        };
        Ok(duty.keep().await?.then_some(duty))
    }

    /// Makes sure that it lasts for another attempt; false: another node has taken it.
    pub(super) async fn keep(&mut self) -> Result<bool, ApiError> {
        let now = self.app.clock.now();
        if self.until.duration_since(now) >= LEFT {
            return Ok(true);
        }
        let until = now + LEASE;
        let kept = self
            .app
            .store
            .lease(&self.name, self.holder, now, until)
            .await?;
        if kept {
            self.until = until;
        }
        Ok(kept)
    }

    pub(super) async fn give_up(self) -> Result<(), ApiError> {
        Ok(self.app.store.release(&self.name, self.holder).await?)
    }
}
