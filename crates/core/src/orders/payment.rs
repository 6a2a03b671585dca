//! What an attempt to pay an order comes to.

use till_wire::{discounts::DiscountBase, events::EventType, orders::OrderStatus};

use super::{create::is_paid, numbering};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Customer, Order, Payment, PaymentState, Subscription},
    },
    payments::{
        outcome::{self, Outcome},
        refunds,
    },
};

/// An order with what is told with it.
#[derive(Debug, Clone)]
pub struct OrderRows {
    /// The order.
    pub order: Order,
    /// Who pays.
    pub customer: Customer,
    /// What was sold.
    pub offered: ProductWithPrices,
    /// The subscription that it is for.
    pub subscription: Option<Subscription>,
    /// The discount on it.
    pub discount: Option<DiscountBase>,
}

/// Takes note of how an attempt to pay an order stands. A success pays the order where it waits for exactly that; where
/// it does not, the money is given back. A decline leaves the order as it is. A second witness changes nothing (`None`).
pub fn record_outcome(
    rows: &OrderRows,
    payment: &Payment,
    outcome: &Outcome,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Option<(Payment, Changes)> {
    let mut noted = outcome::record_outcome(payment, outcome, ctx)?;
    let mut changes = Changes::new();
    if noted.state == PaymentState::Succeeded {
        let order = &rows.order;
        match order.status == OrderStatus::Pending && is_paid(order, Some(&noted)).is_ok() {
            true => pay(rows, &noted, &mut changes, subscribers, ctx),
            false => {
                changes.guard(order);
                refunds::give_back(&mut noted, &mut changes, ctx);
            }
        }
    }
    changes.update(payment, &noted).look_again(&noted, ctx);
    noted.version += 1;
    Some((noted, changes))
}

fn pay(
    rows: &OrderRows,
    payment: &Payment,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let mut customer = rows.customer.clone();
    let mut order = rows.order.clone();
    order.status = OrderStatus::Paid;
    order.receipt_number = numbering::receipt(&mut customer, Some(payment));
    order.modified_at = Some(ctx.now);
    changes
        .update(&rows.customer, &customer)
        .update(&rows.order, &order);
    let view = || {
        order.view(
            &customer,
            &rows.offered,
            rows.subscription.as_ref(),
            rows.discount.clone(),
        )
    };
    for kind in [EventType::OrderUpdated, EventType::OrderPaid] {
        changes.emit(subscribers, ctx, kind, order.id, view);
    }
}
