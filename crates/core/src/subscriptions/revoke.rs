//! The end of a subscription at once.

use jiff::SignedDuration;
use till_wire::{discounts::DiscountBase, events::EventType};

use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Customer, CustomerSeat, Subscription},
    },
    seats::hold,
};

/// A subscription that somebody holds, with its product and its discount.
pub type HeldSubscription = (Subscription, ProductWithPrices, Option<DiscountBase>);

/// Ends a subscription now and tells of it: its seats, then updated, canceled, revoked, and the customer's state. One that
/// has ended before is left alone.
pub fn revoke(
    held: &HeldSubscription,
    used: &[CustomerSeat],
    customer: &Customer,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    if held.0.ended_at.is_some() {
        return;
    }
    hold::revoke_all(used, changes, subscribers, ctx);
    end(held, customer, changes, subscribers, ctx);
    changes.state_changed(subscribers, ctx, customer.id);
}

/// [`revoke`] of one that has not ended and has no seats any more, without telling of the customer's state.
pub(crate) fn end(
    (subscription, offered, discount): &HeldSubscription,
    customer: &Customer,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let ended = subscription.revoked(ctx);
    let now = ctx.now + SignedDuration::from_micros(1);
    changes
        .update(subscription, &ended)
        .void_orders(subscription.id, now, ctx);
    let view = || ended.view(customer, offered, discount.clone());
    for kind in [
        EventType::SubscriptionUpdated,
        EventType::SubscriptionCanceled,
        EventType::SubscriptionRevoked,
    ] {
        changes.emit(subscribers, ctx, kind, ended.id, view);
    }
}
