//! Orders that are voided: they will never be charged (docs/behaviour: orders/void).

use till_wire::{events::EventType, orders::OrderStatus};

use super::payment::OrderRows;
use crate::{
    customers::balance::Balance,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        facts::Fact,
        records::{BalanceReason, CustomerBalance},
    },
};

/// Voids an unpaid order, gives back what it used of the customer's balance, and tells of it. Nothing for an order that
/// is not pending.
pub fn void(
    rows: &OrderRows,
    balance: Option<CustomerBalance>,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    if rows.order.status != OrderStatus::Pending {
        return changes;
    }
    let mut order = rows.order.clone();
    order.status = OrderStatus::Void;
    order.next_payment_attempt_at = None;
    order.modified_at = Some(ctx.now);
    changes.update(&rows.order, &order);
    let mut balance = Balance::of(balance, &rows.customer, order.currency);
    let used = order.applied_balance_amount;
    balance.add(-used, BalanceReason::Restored, order.id, ctx);
    balance.write(&mut changes, ctx);
    let subscription = rows.subscription();
    changes.emit(subscribers, ctx, EventType::OrderUpdated, order.id, || {
        order.view(
            &rows.customer,
            &rows.offered,
            subscription,
            rows.discount.clone(),
        )
    });
    changes.note(Fact::OrderVoided);
    changes
}
