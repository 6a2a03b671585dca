//! A card that a customer has just saved is tried at once with what they owe, each order for itself
//! (docs/behaviour: subscriptions/new-card).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use till_wire::orders::OrderStatus;
use uuid::Uuid;

use super::payment::OrderRows;
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        job_request::Queue,
        jobs::JobKind,
        records::{Order, Payment, PaymentMethod, PaymentState},
    },
    payments::declines,
};

/// The job that has a new card tried with each order that its customer owes.
pub const NEW_CARD_JOB: JobKind<NewCard> = JobKind::new("new_card", Queue::Billing);
/// The job that tries a new card with one order.
pub const TRY_CARD_JOB: JobKind<TryCard> = JobKind::new("try_card", Queue::Billing);

/// The most orders with which a new card is tried, the oldest first; the others wait for their next scheduled attempt.
pub const MOST_ORDERS: usize = 100;

/// For this long an order is left to the attempt that is in flight for it; then it is left to its schedule.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// A card that a customer has saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCard {
    /// The customer.
    pub customer_id: Uuid,
    /// The card.
    pub method_id: Uuid,
}

/// An unpaid order, and the card to try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TryCard {
    /// The order.
    pub order_id: Uuid,
    /// The card.
    pub method_id: Uuid,
    /// Time at which the card was saved.
    pub since: Timestamp,
}

impl Changes {
    /// Has a card that was just saved tried with what its customer owes.
    pub fn try_new_card(&mut self, method: &PaymentMethod, ctx: &DecisionContext) -> &mut Self {
        let key = format!("{NEW_CARD_JOB}:{}", method.id);
        let card = NewCard {
            customer_id: method.customer_id,
            method_id: method.id,
        };
        self.job(ctx, NEW_CARD_JOB, &key, ctx.now, &card)
    }
}

/// One job for each of the orders that a new card is tried with.
pub fn each(orders: &[Order], card: &NewCard, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    for order in orders.iter().filter(|order| is_owed(order)) {
        let key = format!("{TRY_CARD_JOB}:{}:{}", order.id, card.method_id);
        let attempt = TryCard {
            order_id: order.id,
            method_id: card.method_id,
            since: ctx.now,
        };
        changes.job(ctx, TRY_CARD_JOB, &key, ctx.now, &attempt);
    }
    changes
}

/// True for an order of a subscription that its customer is still to pay.
fn is_owed(order: &Order) -> bool {
    order.status == OrderStatus::Pending && order.subscription_id.is_some()
}

/// Step of a job for its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It tries the card.
    Try,
    /// Nothing: the order is paid or void, or the card was tried with it.
    Leave,
    /// It looks again later: an attempt is in flight.
    Wait,
}

/// Decides whether a new card is tried with an order now; `latest` is the latest attempt to pay the order.
pub fn next(
    rows: &OrderRows,
    latest: Option<&Payment>,
    card: &TryCard,
    ctx: &DecisionContext,
) -> Next {
    let order = &rows.order;
    let has_ended = rows.subscription().is_none_or(|one| one.ended_at.is_some());
    let ended_at = rows.subscription().and_then(|one| one.ended_at);
    let is_of_end = order.settles_usage && ended_at == Some(order.created_at);
    // Orders of one that has ended are being voided, but for the usage that the end settled, and for its last bill, which
    // has a schedule of its own.
    if !is_owed(order) || has_ended && order.next_payment_attempt_at.is_none() && !is_of_end {
        return Next::Leave;
    }
    let Some(latest) = latest else {
        return Next::Try;
    };
    let is_over = ctx.now.duration_since(card.since) >= PATIENCE;
    if !latest.state.is_settled() {
        return match is_over {
            true => Next::Leave,
            false => Next::Wait,
        };
    }
    let reason = latest.decline_reason.as_deref().unwrap_or_default();
    // A crash may have come before the processor was asked.
    let was_tried = latest.method_id == Some(card.method_id)
        && latest.state == PaymentState::Failed
        && ![declines::UNREACHABLE, declines::ABANDONED].contains(&reason);
    match was_tried || is_over {
        true => Next::Leave,
        false => Next::Try,
    }
}
