//! Purchases that seats belong to: how many there are, and whether they can be given away (docs/behaviour: seats/order).

use till_wire::{orders::OrderStatus, seats::SeatStatus};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{CustomerSeat, Order, Subscription},
};

/// Seats that were sold together.
#[derive(Debug, Clone, PartialEq)]
pub enum Sold {
    /// For as long as a subscription is paid for.
    Subscription(Box<Subscription>),
    /// Once.
    Order(Box<Order>),
}

impl Sold {
    /// Customer who bought them.
    pub fn customer_id(&self) -> Uuid {
        match self {
            Self::Subscription(row) => row.customer_id,
            Self::Order(row) => row.customer_id,
        }
    }

    /// Product that they are seats of.
    pub fn product_id(&self) -> Uuid {
        match self {
            Self::Subscription(row) => row.product_id,
            Self::Order(row) => row.product_id,
        }
    }

    /// Their number. A reduction that waits for the end of the period counts already, so that there are never more holders
    /// than seats; an order of a subscription sells none of its own.
    pub fn total(&self) -> i64 {
        match self {
            Self::Subscription(row) => {
                let seats = row.seats.unwrap_or(0);
                let waits = row.pending_update.as_ref().and_then(|update| update.seats);
                waits.map_or(seats, |next| next.min(seats))
            }
            Self::Order(row) if row.subscription_id.is_some() => 0,
            Self::Order(row) => row.seats.unwrap_or(0),
        }
    }

    /// Number of them that can be given away while this many are used.
    pub fn available(&self, used: i64) -> i64 {
        match self.gives_seats() {
            true => (self.total() - used).max(0),
            false => 0,
        }
    }

    /// True where they can be given away, and claimed: those of an order once it is paid, and until all is given back.
    pub fn gives_seats(&self) -> bool {
        match self {
            Self::Subscription(_) => true,
            Self::Order(row) => matches!(
                row.status,
                OrderStatus::Paid | OrderStatus::PartiallyRefunded
            ),
        }
    }

    /// Has one of two decisions about the same seats made again, where they are made at the same time: what counts used
    /// seats raises the version of the row that says how many there are.
    pub(super) fn touch(&self, changes: &mut Changes) {
        match self {
            Self::Subscription(row) => changes.touch(row.as_ref()),
            Self::Order(row) => changes.touch(row.as_ref()),
        };
    }

    /// Has a claim decided again where an order is refunded at the same time. A subscription that ends takes its seats back.
    pub(super) fn guard(&self, changes: &mut Changes) {
        if let Self::Order(row) = self {
            changes.guard(row.as_ref());
        }
    }

    /// A seat of theirs that nobody has yet.
    pub(super) fn seat(&self, ctx: &DecisionContext) -> CustomerSeat {
        let (organization_id, subscription_id, order_id) = match self {
            Self::Subscription(row) => (row.organization_id, Some(row.id), None),
            Self::Order(row) => (row.organization_id, None, Some(row.id)),
        };
        CustomerSeat {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id,
            customer_id: self.customer_id(),
            subscription_id,
            order_id,
            member_id: None,
            status: SeatStatus::Pending,
            invitation_token_hash: None,
            invitation_token_expires_at: None,
            claimed_at: None,
            revoked_at: None,
            metadata: None,
        }
    }
}
