//! Attempts to pay an order, and what they come to.

use till_wire::{
    discounts::DiscountBase, events::EventType, orders::OrderStatus, payments::PaymentTrigger,
};
use uuid::Uuid;

use super::{create::is_paid, numbering};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        job_request::Queue,
        jobs::JobKind,
        records::{Customer, Order, Payment, PaymentMethod, PaymentState, Purpose, Subscription},
    },
    payments::{
        attempt::{self, NewAttempt, RECONCILE_AFTER},
        outcome::{self, Outcome, is_held},
        refunds,
    },
};

/// The job that charges a pending order to a saved card.
pub const CHARGE_JOB: JobKind<Uuid> = JobKind::new("charge_order", Queue::Billing);

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

impl OrderRows {
    /// The saved card that pays for the order: the subscription's, else the customer's default.
    pub fn method_id(&self) -> Option<Uuid> {
        let of_subscription = self.subscription.as_ref();
        of_subscription
            .and_then(|subscription| subscription.payment_method_id)
            .or(self.customer.default_payment_method_id)
    }
}

/// Opens an attempt to pay a pending order with a saved card, whose owner is away; `None` where nothing is to be paid.
/// One at a time: a second one breaks the index of unsettled attempts.
pub fn charge(
    order: &Order,
    customer: &Customer,
    method: &PaymentMethod,
    trigger: PaymentTrigger,
    ctx: &DecisionContext,
) -> Option<(Payment, Changes)> {
    let due = order.due_amount();
    if order.status != OrderStatus::Pending || due <= 0 {
        return None;
    }
    let new = NewAttempt {
        organization_id: order.organization_id,
        purpose: Purpose::Order,
        subject_id: order.id,
        amount: Some(due),
        currency: order.currency,
        customer_id: Some(order.customer_id),
        customer_email: Some(customer.email.clone()),
        method_id: Some(method.id),
        processor: method.processor,
        customer_reference: method.customer_reference.clone(),
        trigger: Some(trigger),
    };
    let payment = attempt::intend(new, ctx);
    let mut changes = Changes::new();
    changes
        .guard(order)
        .insert(&payment)
        .reconcile_after(payment.id, RECONCILE_AFTER, ctx);
    Some((payment, changes))
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
        let is_due = order.status == OrderStatus::Pending && !is_held(&noted);
        match is_due && is_paid(order, Some(&noted)).is_ok() {
            true => pay(rows, &noted, &mut changes, subscribers, ctx),
            false => {
                changes.guard(order);
                refunds::give_back(&mut noted, &mut changes, ctx);
            }
        }
    }
    changes
        .update(payment, &noted)
        .reconcile_until_settled(&noted, ctx);
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
