//! Changes of subscriptions.

use jiff::SignedDuration;
use till_wire::subscriptions::{
    Cancellation, SubscriptionProrationBehavior, SubscriptionStatus, SubscriptionUpdate,
    SubscriptionUpdateBase,
};

use super::{
    super::{Change, Done, shop},
    Till,
    made::line,
};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{DiscountChange, Order, PendingUpdate},
        values::Json,
    },
    subscriptions::{
        change::{self, ChangeRows},
        model::rows::inserted,
        pending,
    },
    tax::NoTaxes,
};

impl Till {
    /// A change that settles usage, as it is decided; none where it is refused, or what came in is not counted.
    fn settled(&self, n: usize, change: Change, ctx: &DecisionContext) -> Option<(Changes, Done)> {
        let (update, plan) = match change {
            Change::Now(plan) => {
                let base = SubscriptionUpdateBase {
                    product_id: Some(shop::product_id(plan)),
                    proration_behavior: Some(SubscriptionProrationBehavior::Prorate),
                    ..Default::default()
                };
                (SubscriptionUpdate::Base(base), Some(plan))
            }
            _ => (SubscriptionUpdate::Revoke(Cancellation::default()), None),
        };
        let rows = ChangeRows {
            billing: self.billing(n),
            target: plan.map(shop::offered),
            discount: None,
        };
        let decided = change::decide(&update, &rows, ctx).ok()?;
        if self.waits_until(n, ctx.now) {
            return None;
        }
        let made = change::make(&rows, decided, &NoTaxes, ctx).expect("nothing is charged first");
        let orders = inserted::<Order>(&made.changes);
        let order = orders.first();
        let done = Done::Settled {
            sub: n,
            change,
            lines: order.map(|order| order.items.0.iter().map(line).collect()),
            is_paid: order.is_some_and(Order::is_paid),
        };
        Some((made.changes, done))
    }

    pub(super) fn change(
        &self,
        n: usize,
        change: Change,
        ctx: &DecisionContext,
    ) -> Option<(Changes, Done)> {
        let old = self.sub(n);
        let mut new = old.clone();
        let is_running = old.is_billable() && !old.cancel_at_period_end && !old.pause_at_period_end;
        if !is_running && change != Change::Revoke || old.ended_at.is_some() {
            return None;
        }
        let is_active = old.status == SubscriptionStatus::Active;
        let is_settled = match change {
            Change::Revoke => old.meter_interval.is_some(),
            Change::Now(_) => old.meter_interval.is_some() && is_active,
            _ => false,
        };
        if is_settled {
            return self.settled(n, change, ctx);
        }
        match change {
            Change::Cancel => new.cancel_at_period_end = true,
            Change::Pause(days) => {
                new.pause_at_period_end = true;
                let after = SignedDuration::from_hours(24 * days);
                new.resumes_at = Some(old.current_period_end.max(ctx.now) + after);
            }
            Change::Later(plan) => {
                new.pending_update = Some(Json(PendingUpdate {
                    id: ctx.id(),
                    created_at: ctx.now,
                    modified_at: None,
                    applies_at: old.current_period_end,
                    product_id: Some(shop::product_id(plan)),
                    seats: None,
                    discount: DiscountChange::Keep,
                }));
            }
            Change::Now(plan) => {
                let offered = shop::offered(plan);
                pending::change_product(&mut new, &offered, ctx.now);
                new.pending_update = None;
            }
            Change::Revoke => new = old.revoked(ctx),
        }
        let mut changes = Changes::new();
        changes.update(&old, &new);
        Some((changes, Done::Changed(n, change)))
    }
}
