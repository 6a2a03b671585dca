//! Attempts to pay an order, and what they come to.

use jiff::SignedDuration;
use till_wire::{
    discounts::DiscountBase,
    events::EventType,
    orders::{Order as View, OrderStatus},
    payments::PaymentTrigger,
    subscriptions::SubscriptionStatus,
};
use uuid::Uuid;

use super::{
    create::{Mismatch, is_paid},
    numbering,
};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        facts::Fact,
        grants::GrantScope,
        letters::LetterCause,
        records::{Customer, Order, Payment, PaymentMethod, PaymentState, Purpose, Subscription},
    },
    payments::{
        attempt::{self, NewAttempt, RECONCILE_AFTER},
        methods,
        outcome::{self, Outcome, is_held},
        refunds,
    },
    seats::UsedSeats,
    subscriptions::{
        dun::{self, Failure, Unpaid},
        revoke::HeldSubscription,
    },
};

/// An order with what is told with it.
#[derive(Debug, Clone)]
pub struct OrderRows {
    /// The slug of the merchant, with which orders are numbered.
    pub slug: String,
    /// The order.
    pub order: Order,
    /// The payer.
    pub customer: Customer,
    /// The product.
    pub offered: ProductWithPrices,
    /// The subscription that it is for, with its product and its discount as they are now.
    pub held: Option<HeldSubscription>,
    /// Other orders of the subscription that wait for their payment.
    pub unpaid: Vec<Order>,
    /// The discount on it.
    pub discount: Option<DiscountBase>,
    /// Seats of the subscription that are used.
    pub seats: UsedSeats,
}

impl OrderRows {
    /// The subscription that it is for.
    pub fn subscription(&self) -> Option<&Subscription> {
        self.held.as_ref().map(|(subscription, ..)| subscription)
    }

    /// The order as the API shows it, as it is now.
    pub fn view_of(&self, order: &Order) -> View {
        order.view(
            &self.customer,
            &self.offered,
            self.subscription(),
            self.discount.clone(),
        )
    }

    /// The saved card that pays for the order: the subscription's, else the customer's default.
    pub fn method_id(&self) -> Option<Uuid> {
        self.subscription()
            .and_then(|subscription| subscription.payment_method_id)
            .or(self.customer.default_payment_method_id)
    }
}

/// Subscribers to what happens to an order and to its subscription, and whose they are.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// ID of the organization.
    pub customer: &'a Customer,
    /// Endpoints that are told.
    pub subscribers: &'a Subscribers,
    /// Time.
    pub ctx: &'a DecisionContext,
}

impl Telling<'_> {
    /// Tells of a subscription.
    pub fn subscription(
        self,
        changes: &mut Changes,
        subscription: &Subscription,
        offered: &ProductWithPrices,
        discount: &Option<DiscountBase>,
        kinds: &[EventType],
    ) {
        let view = || subscription.view(self.customer, offered, discount.clone());
        for kind in kinds {
            changes.emit(self.subscribers, self.ctx, *kind, subscription.id, view);
        }
    }

    /// Tells of an order.
    pub fn order(
        self,
        changes: &mut Changes,
        order: &Order,
        offered: &ProductWithPrices,
        subscription: Option<&Subscription>,
        discount: &Option<DiscountBase>,
        kinds: &[EventType],
    ) {
        let view = || order.view(self.customer, offered, subscription, discount.clone());
        for kind in kinds {
            changes.emit(self.subscribers, self.ctx, *kind, order.id, view);
        }
    }

    /// Tells what a failed attempt means for the subscription, and ends it where no attempt is left: the subscription as
    /// it is then. Its seats are taken back before it ends, and after it was said that it is past due.
    pub fn unpaid(
        self,
        changes: &mut Changes,
        unpaid: Unpaid,
        used: &UsedSeats,
        offered: &ProductWithPrices,
        discount: &Option<DiscountBase>,
    ) -> Subscription {
        let mut subscription = unpaid.subscription;
        let kinds: &[EventType] = match () {
            () if unpaid.is_exhausted && subscription.ended_at.is_none() => {
                subscription = subscription.revoked(self.ctx);
                used.revoke(changes, self.subscribers, self.ctx);
                &[
                    EventType::SubscriptionUpdated,
                    EventType::SubscriptionCanceled,
                    EventType::SubscriptionRevoked,
                ]
            }
            () if unpaid.begins => &[
                EventType::SubscriptionUpdated,
                EventType::SubscriptionPastDue,
            ],
            () if unpaid.is_first && subscription.is_billable() => {
                &[EventType::SubscriptionUpdated]
            }
            () => &[],
        };
        self.subscription(changes, &subscription, offered, discount, kinds);
        // The time for which benefits outlast an unpaid renewal is looked at with each attempt.
        if kinds.is_empty() && subscription.status == SubscriptionStatus::PastDue {
            let scope = GrantScope::Subscription(subscription.id);
            changes.sync_grants_after(self.ctx, self.subscribers.organization_id, scope);
        }
        if subscription.ended_at.is_none() && !used.are_kept(&subscription, self.ctx.now) {
            used.revoke(changes, self.subscribers, self.ctx);
        }
        if unpaid.is_left_to_customer {
            let order = &unpaid.order;
            let (cause, own) = (LetterCause::UsageUnpaid, order.organization_id);
            changes.tell_by_mail(self.ctx, cause, own, order.id);
        }
        if unpaid.is_exhausted {
            let now = self.ctx.now + SignedDuration::from_micros(1);
            changes.void_orders(subscription.id, now, self.ctx);
        }
        subscription
    }
}

/// An attempt to pay a pending order with a saved card, whose owner is away; `None` where nothing is to be paid.
pub fn intend(
    order: &Order,
    customer: &Customer,
    method: &PaymentMethod,
    trigger: PaymentTrigger,
    ctx: &DecisionContext,
) -> Option<Payment> {
    if order.status != OrderStatus::Pending || order.due_amount() <= 0 {
        return None;
    }
    let trigger = Some(trigger);
    Some(saved_card(order, customer, method, trigger, ctx))
}

/// [`intend`], whatever the order waits for.
pub(super) fn saved_card(
    order: &Order,
    customer: &Customer,
    method: &PaymentMethod,
    trigger: Option<PaymentTrigger>,
    ctx: &DecisionContext,
) -> Payment {
    let new = NewAttempt {
        organization_id: order.organization_id,
        purpose: Purpose::Order,
        subject_id: order.id,
        amount: Some(order.due_amount()),
        currency: order.currency,
        customer_id: Some(order.customer_id),
        customer_email: Some(customer.email.clone()),
        method_id: Some(method.id),
        processor: method.processor,
        customer_reference: method.customer_reference.clone(),
        trigger,
    };
    attempt::intend(new, ctx)
}

/// Writes an attempt down, and has the processor asked about it later in case nobody else does.
pub fn begin(payment: &Payment, changes: &mut Changes, ctx: &DecisionContext) {
    changes
        .insert(payment)
        .reconcile_after(payment.id, RECONCILE_AFTER, ctx);
}

/// An attempt to charge an unpaid order, and the changes to commit; no attempt where there is no card: for an attempt of
/// the schedule that is a failure like a decline. One attempt at a time: a second one breaks the index of unsettled
/// attempts.
pub fn charge(
    rows: &OrderRows,
    method: Option<&PaymentMethod>,
    trigger: PaymentTrigger,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> (Option<Payment>, Changes) {
    let mut changes = Changes::new();
    let order = &rows.order;
    if order.status != OrderStatus::Pending {
        return (None, changes);
    }
    let payment = method.and_then(|method| intend(order, &rows.customer, method, trigger, ctx));
    let is_scheduled = dun::is_scheduled(Some(trigger));
    let mut new = order.clone();
    match &payment {
        Some(payment) => {
            // Only what the outcome of an attempt sets again is taken away: it says nothing of one besides the schedule.
            if is_scheduled {
                new.next_payment_attempt_at = None;
            }
            changes.update(order, &new);
            begin(payment, &mut changes, ctx);
            reschedule(rows, &new, &mut changes);
        }
        None if is_scheduled => fail(rows, Failure::NoMethod, &mut changes, subscribers, ctx),
        None => {}
    }
    (payment, changes)
}

/// The subscription's next due moment, where an order of it has changed.
fn reschedule(rows: &OrderRows, order: &Order, changes: &mut Changes) {
    if let Some(subscription) = rows.subscription() {
        let mut new = subscription.clone();
        new.schedule(dun::retries(rows.unpaid.iter().chain([order])));
        changes.update(subscription, &new);
    }
}

/// Takes note that an order could not be charged: what that means for it and its subscription. An order without a
/// subscription stays as it is.
fn fail(
    rows: &OrderRows,
    failure: Failure,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let Some((subscription, offered, discount)) = &rows.held else {
        return;
    };
    let telling = Telling {
        customer: &rows.customer,
        subscribers,
        ctx,
    };
    let unpaid = dun::failed(&rows.order, subscription, failure, ctx);
    let order = unpaid.order.clone();
    changes.update(&rows.order, &order);
    if failure == Failure::NoMethod {
        let kinds = [EventType::OrderUpdated];
        let told = (&rows.offered, Some(subscription), &rows.discount);
        telling.order(changes, &order, told.0, told.1, told.2, &kinds);
    }
    let told = unpaid.begins || unpaid.is_first || unpaid.is_exhausted;
    let mut new = telling.unpaid(changes, unpaid, &rows.seats, offered, discount);
    if new.ended_at.is_none() || subscription.ended_at.is_some() {
        new.schedule(dun::retries(rows.unpaid.iter().chain([&order])));
    }
    match told {
        true => changes.update_told(subscription, &new),
        false => changes.update(subscription, &new),
    };
    if told {
        changes.state_changed(subscribers, ctx, rows.customer.id);
    }
}

/// Takes note of how an attempt to pay an order stands. A success pays the order where it waits for exactly that; where
/// it does not, the money is given back. A decline leaves the order unpaid, and its subscription past due; it
/// makes a draft one again. A second witness changes nothing (`None`).
pub fn record_outcome(
    rows: &OrderRows,
    payment: &Payment,
    outcome: &Outcome,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Option<(Payment, Changes)> {
    let mut noted = outcome::record_outcome(payment, outcome, ctx)?;
    let mut changes = Changes::new();
    let is_pending = rows.order.status == OrderStatus::Pending;
    if noted.state == PaymentState::Succeeded {
        let order = &rows.order;
        let is_due = is_pending && !is_held(&noted);
        match is_due && is_paid(order, Some(&noted)).is_ok() {
            true => {
                settle(rows, order, Some(&noted), &mut changes, subscribers, ctx);
            }
            false => {
                changes.guard(order);
                refunds::give_back(&mut noted, &mut changes, ctx);
            }
        }
    }
    if noted.state == PaymentState::Failed && rows.order.is_claimed_draft() {
        changes.update(&rows.order, &rows.order.unclaimed());
    } else if noted.state == PaymentState::Failed && is_pending {
        fail(rows, Failure::of(&noted), &mut changes, subscribers, ctx);
    }
    changes
        .update(payment, &noted)
        .reconcile_until_settled(&noted, ctx);
    noted.version += 1;
    Some((noted, changes))
}

/// Pays an order that was just made with an attempt that succeeded before.
///
/// # Errors
/// [`Mismatch`] where another amount is due than was paid.
pub fn pay_new(
    order: &mut Order,
    customer: &mut Customer,
    payment: &Payment,
    ctx: &DecisionContext,
) -> Result<(), Mismatch> {
    is_paid(order, Some(payment))?;
    order.status = OrderStatus::Paid;
    order.receipt_number = numbering::receipt(customer, Some(payment));
    order.modified_at = Some(ctx.now);
    Ok(())
}

/// Makes an order paid: it has its numbers then, and is told of. `due` is the order as it waits for its payment; the
/// attempt that paid is none where nothing was due. The order as it is then.
pub(super) fn settle(
    rows: &OrderRows,
    due: &Order,
    payment: Option<&Payment>,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Order {
    let mut customer = rows.customer.clone();
    let paid_with = payment.filter(|payment| rows.keeps_card_of(payment));
    let kept = paid_with.and_then(|payment| keep_card(&mut customer, payment, changes, ctx));
    let mut order = due.clone();
    order.status = OrderStatus::Paid;
    order.next_payment_attempt_at = None;
    order.number(&mut customer, &rows.slug);
    order.receipt_number = numbering::receipt(&mut customer, payment);
    order.modified_at = Some(ctx.now);
    changes
        .update(&rows.customer, &customer)
        .update(&rows.order, &order);
    let telling = Telling {
        customer: &customer,
        subscribers,
        ctx,
    };
    let mut told = rows.subscription().cloned();
    if let Some((subscription, offered, discount)) = &rows.held {
        let recovered = dun::recovered(subscription, &rows.unpaid, ctx);
        let is_active_again = recovered.is_some();
        let mut new = recovered.unwrap_or_else(|| subscription.clone());
        let card = kept.or_else(|| payment.and_then(new_card_of));
        new.payment_method_id = card.or(new.payment_method_id);
        new.schedule(dun::retries(&rows.unpaid));
        if is_active_again {
            let kinds = [
                EventType::SubscriptionUpdated,
                EventType::SubscriptionActive,
            ];
            telling.subscription(changes, &new, offered, discount, &kinds);
            changes.note(Fact::Reactivated);
            changes.state_changed(subscribers, ctx, customer.id);
        }
        if new != *subscription {
            changes.update(subscription, &new);
        }
        told = Some(new);
    }
    let kinds = [EventType::OrderUpdated, EventType::OrderPaid];
    let subscription = told.as_ref();
    telling.order(
        changes,
        &order,
        &rows.offered,
        subscription,
        &rows.discount,
        &kinds,
    );
    order
}

/// Keeps the card that a customer has paid with, for the next payments of the subscription: its id.
fn keep_card(
    customer: &mut Customer,
    payment: &Payment,
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Option<Uuid> {
    customer.known_by(payment);
    let method = methods::saved(payment, customer, ctx)?;
    changes.insert(&method).try_new_card(&method, ctx);
    Some(method.id)
}

/// The card of an attempt with a new card, which is its subscription's from then on: it has paid.
fn new_card_of(payment: &Payment) -> Option<Uuid> {
    let is_new = payment.trigger_kind == Some(PaymentTrigger::RetryPaymentMethodUpdate);
    payment.method_id.filter(|_| is_new)
}
