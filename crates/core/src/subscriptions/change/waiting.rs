//! Changes that wait for the end of the period.

use till_wire::subscriptions::SubscriptionStatus;

use super::Decision;
use crate::kernel::{
    context::DecisionContext,
    records::{DiscountChange, PendingUpdate, Subscription},
    values::Json,
};

/// A change that waits for the end of the period; it replaces what waited before.
pub(super) fn wait(
    draft: &mut Decision,
    ctx: &DecisionContext,
    change: impl FnOnce(&mut PendingUpdate),
) {
    let new = &mut draft.subscription;
    let mut update = match new.pending_update.take() {
        Some(Json(update)) => PendingUpdate {
            modified_at: Some(ctx.now),
            ..update
        },
        None => PendingUpdate {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            applies_at: new.current_period_end,
            product_id: None,
            seats: None,
            discount: DiscountChange::Keep,
        },
    };
    change(&mut update);
    new.pending_update = Some(Json(update));
}

/// True where nothing is running: a change cannot wait for the end of a period, and nothing is billed for it.
pub(super) fn is_paused(subscription: &Subscription) -> bool {
    subscription.status == SubscriptionStatus::Paused
}

/// Takes the number of seats out of a change that waits; true where it was in it.
pub(super) fn drop_seats(subscription: &mut Subscription) -> bool {
    let Some(update) = &mut subscription.pending_update else {
        return false;
    };
    let had = update.0.seats.take().is_some();
    if update.product_id.is_none() && update.discount == DiscountChange::Keep {
        subscription.pending_update = None;
    }
    had
}
