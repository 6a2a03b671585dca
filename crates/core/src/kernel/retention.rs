//! Retention: what is forgotten, and when. Nothing that money moved for, or that an order names, ever is.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    kernel::{changes::Changes, context::DecisionContext, writes::RetentionWrite},
    webhooks,
};

/// The times for which things are kept; `None` is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// The buyer's details in sessions that expired, from their expiry.
    pub details: Option<SignedDuration>,
    /// Sessions that expired without any payment, from their expiry.
    pub sessions: Option<SignedDuration>,
    /// Webhook events and their deliveries, from their recording.
    pub deliveries: Option<SignedDuration>,
    /// The journal of what happened, from its moment.
    pub journal: Option<SignedDuration>,
}

impl Default for RetentionPolicy {
    fn default() -> Self {
        let days = |days: i64| Some(SignedDuration::from_hours(24 * days));
        Self {
            details: days(30),
            sessions: days(365),
            deliveries: days(180),
            journal: days(365),
        }
    }
}

impl RetentionPolicy {
    /// The moment before which sessions lose the buyer's details: a session never keeps them longer than it is
    /// kept itself.
    pub fn details_until(&self, now: Timestamp) -> Option<Timestamp> {
        let kept = [self.details, self.sessions].into_iter().flatten().min()?;
        Some(now - kept)
    }

    /// The moment before which sessions without a payment are deleted.
    pub fn sessions_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(now - self.sessions?)
    }

    /// The moment before which events lose their payload: after 90 days, or sooner where they
    /// are not kept that long.
    pub fn payloads_until(&self, now: Timestamp) -> Timestamp {
        now - self
            .deliveries
            .map_or(webhooks::KEPT, |kept| kept.min(webhooks::KEPT))
    }

    /// The moment before which webhook events and their deliveries are deleted.
    pub fn deliveries_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(now - self.deliveries?)
    }

    /// The moment before which the journal's entries are deleted.
    pub fn journal_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(now - self.journal?)
    }
}

/// Blanks who the buyer was in expired sessions; what was for sale, and the merchant's own references, stay.
pub fn blank(sessions: &[Uuid]) -> Changes {
    let mut changes = Changes::new();
    for id in sessions {
        changes.write(RetentionWrite::BlankCheckout(*id));
    }
    changes
}

/// Deletes blanked sessions, but those that a payment, an order, a subscription or a redemption names, and those
/// with prices of their own: they are kept for good.
pub fn delete_sessions(sessions: &[Uuid]) -> Changes {
    let mut changes = Changes::new();
    for id in sessions {
        changes
            .write(RetentionWrite::DeleteCheckout(*id))
            .write(RetentionWrite::KeepCheckout(*id));
    }
    changes
}

/// Deletes webhook events without a payload, with their deliveries.
pub fn delete_events(events: &[Uuid]) -> Changes {
    let mut changes = Changes::new();
    for id in events {
        changes
            .write(RetentionWrite::DeleteDeliveries(*id))
            .write(RetentionWrite::DeleteWebhookEvent(*id));
    }
    changes
}

/// Has deliveries that an older version wrote say what they were about.
pub fn fill_delivery_kinds(deliveries: &[Uuid]) -> Changes {
    let mut changes = Changes::new();
    for id in deliveries {
        changes.write(RetentionWrite::FillDeliveryKind(*id));
    }
    changes
}

/// Deletes the journal's entries of an organization up to and with `sequence`.
pub fn delete_journal(organization_id: Uuid, sequence: i64) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeleteJournal {
        organization_id,
        sequence,
    });
    changes
}

/// Deletes up to `limit` of the customers' sessions that ended before `before`.
pub fn delete_customer_sessions(before: Timestamp, limit: i64) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeleteCustomerSessions { before, limit });
    changes
}

/// Deletes what nodes held that ended before `before`, and nobody took over.
pub fn delete_leases(before: Timestamp) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeleteLeases(before));
    changes
}

/// The journal's number of a moment (see [`DecisionContext::sequence`]).
pub fn sequence_of(moment: Timestamp) -> i64 {
    DecisionContext::new(moment, [0; 32]).sequence()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn days(days: i64) -> Option<SignedDuration> {
        Some(SignedDuration::from_hours(24 * days))
    }

    #[test]
    fn details_never_outlive_their_session_and_payloads_never_their_event() {
        let keep = RetentionPolicy {
            details: days(30),
            sessions: days(10),
            deliveries: days(20),
            journal: None,
        };
        assert_eq!(keep.details_until(now()), keep.sessions_until(now()));
        assert_eq!(
            Some(keep.payloads_until(now())),
            keep.deliveries_until(now())
        );
        assert_eq!(keep.journal_until(now()), None);
        let forever = RetentionPolicy {
            details: None,
            sessions: None,
            deliveries: None,
            journal: None,
        };
        assert_eq!(forever.details_until(now()), None);
        assert_eq!(forever.payloads_until(now()), now() - webhooks::KEPT);
    }
}
