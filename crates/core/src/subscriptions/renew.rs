//! Renewal: one step of what is due for a subscription (docs/behaviour: subscriptions/renewal). A step is decided at its
//! moment; after downtime several steps follow each other.

mod settle;
mod usage;

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use till_wire::{
    discounts::DiscountBase,
    events::EventType,
    orders::{BillingReason, OrderItem, OrderStatus},
    payments::PaymentTrigger,
    subscriptions::SubscriptionStatus,
};
use uuid::Uuid;

use super::{
    bill::{self, Billed, BillingRows},
    dun::{self, Failure},
    first_seat, pending,
};
use crate::{
    catalog::products::ProductWithPrices,
    customers::members,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        period,
        records::{Customer, Discount, Order, Payment, Subscription},
        writes::DiscountWrite,
    },
    orders::{
        create::Mismatch,
        payment::{self, Telling},
    },
    organizations::capabilities,
    seats::UsedSeats,
    tax::Taxes,
};

pub use settle::{Settled, settle, settled_until};

/// Pause until a subscription is looked at again whose organization may not renew.
const NOT_RENEWED: SignedDuration = SignedDuration::from_hours(1);

/// Step that is due for a subscription.
#[derive(Debug)]
pub enum Due {
    /// Nothing, or nothing that can be done now.
    Nothing(Changes),
    /// An attempt to charge this unpaid order.
    Retry(Uuid),
    /// This step.
    Step(Box<Step>),
}

/// A step: what is to be written, and what is to be charged once it is.
#[derive(Debug)]
pub struct Step {
    /// Changes to commit.
    pub changes: Changes,
    /// The subscription as it is then.
    pub subscription: Subscription,
    /// Its new order, where there is one.
    pub order: Option<Order>,
    /// The customer as it is then.
    pub customer: Customer,
    /// The attempt to charge the order, *intended*.
    pub payment: Option<Payment>,
    /// Product of the subscription as it is then.
    pub offered: ProductWithPrices,
    /// Discount as it is told then.
    pub discount: Option<DiscountBase>,
    /// Its seats that are used then.
    pub seats: UsedSeats,
}

impl Step {
    /// Gives the first seat where seats begin with the step (docs/behaviour: seats/first), unless the subscription is past
    /// due with it.
    pub(super) fn seat_first(
        &mut self,
        rows: &BillingRows,
        begins: bool,
        changes: &mut Changes,
        ctx: &DecisionContext,
    ) {
        if begins && self.seats.are_kept(&self.subscription, ctx.now) {
            let seat = first_seat::give(rows, &self.subscription, changes, ctx);
            self.seats.seats.extend(seat);
        }
    }
}

/// Decides what is due for a subscription now.
///
/// # Errors
/// [`Mismatch`] where its next bill cannot be worked out: a person has to look at it.
pub fn due(rows: &BillingRows, taxes: &dyn Taxes, ctx: &DecisionContext) -> Result<Due, Mismatch> {
    let subscription = &rows.subscription;
    let retry = rows
        .unpaid
        .iter()
        .filter_map(|order| Some((order.next_payment_attempt_at?, order.id)))
        .min();
    let retry = retry.filter(|(at, _)| *at <= ctx.now);
    let own = subscription.own_due_at().filter(|at| *at <= ctx.now);
    // A change that is being charged comes first, and what it comes to is scheduled then.
    let own = own.filter(|_| subscription.attempt_id.is_none());
    let is_first = |at: Timestamp| retry.is_none_or(|(retry, _)| at < retry);
    match (own, retry) {
        (Some(at), _) if is_first(at) => {}
        (_, Some((_, order))) => return Ok(Due::Retry(order)),
        (Some(_), None) => {}
        (None, None) => return Ok(Due::Nothing(rescheduled(rows))),
    }
    let deleted = rows.customer.deleted_at.is_some();
    if deleted || !capabilities(rows.organization.status).subscription_renewals {
        let mut later = subscription.clone();
        later.next_due_at = (!deleted).then(|| ctx.now + NOT_RENEWED);
        let mut changes = Changes::new();
        changes.update(subscription, &later);
        return Ok(Due::Nothing(changes));
    }
    Ok(Due::Step(Box::new(step(rows, taxes, ctx)?)))
}

/// Step at the end of the current period, or of a pause.
///
/// # Errors
/// [`Mismatch`] where the bill cannot be worked out.
pub fn step(
    rows: &BillingRows,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Step, Mismatch> {
    let subscription = &rows.subscription;
    match subscription.status {
        SubscriptionStatus::Paused => resume(rows, taxes, ctx),
        _ if subscription.bills_usage_next() => usage::bill(rows, taxes, ctx),
        _ if subscription.cancel_at_period_end => end(rows, taxes, ctx),
        _ if subscription.pause_at_period_end => Ok(pause(rows, ctx)),
        _ => cycle(rows, taxes, ctx),
    }
}

/// Nothing is due: the next moment is worked out again, where it is another one.
fn rescheduled(rows: &BillingRows) -> Changes {
    let old = &rows.subscription;
    let mut new = old.clone();
    new.schedule(dun::retries(&rows.unpaid));
    let mut changes = Changes::new();
    if new.attempt_id.is_none() && new.next_due_at != old.next_due_at {
        changes.update(old, &new);
    }
    changes
}

/// Starts the next period, where the current one ends: a change that waited for it is applied, a trial is over, a
/// discount may be over, and the period is billed.
///
/// # Errors
/// [`Mismatch`] where the bill cannot be worked out.
pub fn cycle(
    rows: &BillingRows,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Step, Mismatch> {
    let old = &rows.subscription;
    let mut billing = Billing::new(rows, ctx);
    let start = old.current_period_end;
    let is_trial = old.status == SubscriptionStatus::Trialing;
    let usage = billing.usage(start, !is_trial)?;
    if is_trial {
        billing.new.status = SubscriptionStatus::Active;
        billing.new.anchor_day = period::anchor(start);
    }
    billing.apply_pending_update(start);
    billing.move_later_usage(start);
    let next = billing.new.period_from(start);
    (
        billing.new.current_period_start,
        billing.new.current_period_end,
    ) = (next.start, next.end);
    billing.drop_discount_that_is_over();
    bill::reprice(&mut billing.new, &billing.offered, billing.discount)?;
    billing.tell(&[
        EventType::SubscriptionCycled,
        EventType::SubscriptionUpdated,
    ]);
    let mut lines = bill::period_lines(&billing.new, &billing.offered, next, ctx)?;
    lines.extend(usage);
    billing.bill(lines, start, taxes)?;
    Ok(billing.finish())
}

/// Resumes a paused subscription: a period starts now, on a new anchor, and is billed.
///
/// # Errors
/// [`Mismatch`] where the bill cannot be worked out.
pub fn resume(
    rows: &BillingRows,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Step, Mismatch> {
    let mut billing = Billing::new(rows, ctx);
    let usage = billing.usage(ctx.now, false)?;
    billing.new.status = SubscriptionStatus::Active;
    (billing.new.paused_at, billing.new.resumes_at) = (None, None);
    // It may have been past due when the pause began: from here on its time to pay begins anew.
    billing.new.past_due_at = None;
    billing.apply_pending_update(ctx.now);
    billing.new.restart(ctx.now);
    billing.drop_discount_that_is_over();
    bill::reprice(&mut billing.new, &billing.offered, billing.discount)?;
    billing.tell(&[
        EventType::SubscriptionUpdated,
        EventType::SubscriptionResumed,
    ]);
    let period = billing.new.period();
    let mut lines = bill::period_lines(&billing.new, &billing.offered, period, ctx)?;
    lines.extend(usage);
    billing.bill(lines, ctx.now, taxes)?;
    Ok(billing.finish())
}

/// Pauses the subscription at the end of its period. Lines that wait for an order go on waiting.
fn pause(rows: &BillingRows, ctx: &DecisionContext) -> Step {
    let mut billing = Billing::new(rows, ctx);
    billing.new.status = SubscriptionStatus::Paused;
    billing.new.pause_at_period_end = false;
    billing.new.paused_at = Some(ctx.now);
    billing.tell(&[
        EventType::SubscriptionUpdated,
        EventType::SubscriptionPaused,
    ]);
    billing.revoke_seats();
    billing.finish()
}

/// Ends a cancelled subscription with its period: its unpaid orders are voided, and usage and lines that waited for an
/// order are billed for the last time.
fn end(rows: &BillingRows, taxes: &dyn Taxes, ctx: &DecisionContext) -> Result<Step, Mismatch> {
    let mut billing = Billing::new(rows, ctx);
    let until = rows.subscription.current_period_end;
    let usage = billing.usage(until, false)?;
    billing.new.status = SubscriptionStatus::Canceled;
    billing.new.ended_at = Some(ctx.now);
    billing.new.pending_update = None;
    billing.revoke_seats();
    billing.tell(&[
        EventType::SubscriptionUpdated,
        EventType::SubscriptionCanceled,
        EventType::SubscriptionRevoked,
    ]);
    if !rows.unpaid.is_empty() {
        billing.unpaid.clear();
        billing
            .changes
            .void_orders(rows.subscription.id, ctx.now, ctx);
    }
    billing.bill(usage, until, taxes)?;
    Ok(billing.finish())
}

fn telling<'a>(
    rows: &'a BillingRows,
    customer: &'a Customer,
    ctx: &'a DecisionContext,
) -> Telling<'a> {
    Telling {
        customer,
        subscribers: &rows.subscribers,
        ctx,
    }
}

/// A step in the making.
struct Billing<'a> {
    rows: &'a BillingRows,
    ctx: &'a DecisionContext,
    changes: Changes,
    new: Subscription,
    offered: Cow<'a, ProductWithPrices>,
    discount: Option<&'a Discount>,
    customer: Customer,
    unpaid: Vec<&'a Order>,
    order: Option<Order>,
    payment: Option<Payment>,
    seats: UsedSeats,
    reason: BillingReason,
    /// Discount of usage that is billed within a period.
    billed_discount: Option<&'a Discount>,
}

impl<'a> Billing<'a> {
    fn new(rows: &'a BillingRows, ctx: &'a DecisionContext) -> Self {
        let mut new = rows.subscription.clone();
        new.modified_at = Some(ctx.now);
        Self {
            rows,
            ctx,
            changes: Changes::new(),
            new,
            offered: Cow::Borrowed(&rows.offered),
            discount: rows.discount.as_ref(),
            customer: rows.customer.clone(),
            unpaid: rows.unpaid.iter().collect(),
            order: None,
            payment: None,
            seats: rows.seats.clone(),
            reason: BillingReason::SubscriptionCycle,
            billed_discount: None,
        }
    }

    /// Applies the change that waited for the end of the period, and takes back the seats that are too many then.
    fn apply_pending_update(&mut self, start: Timestamp) {
        let Some(update) = self.new.pending_update.take() else {
            return;
        };
        let applied = pending::apply(&update, &mut self.new, self.rows, start);
        if applied.offered.product.id != self.offered.product.id {
            let mut next = applied.offered.clone();
            let parts = &self.offered.parts;
            next.parts.usage.clone_from(&parts.usage);
            next.parts.credits.clone_from(&parts.credits);
            self.offered = Cow::Owned(next);
        }
        self.discount = applied.discount;
        let (old, new) = (&self.rows.subscription, &self.new);
        let (changes, subscribers) = (&mut self.changes, &self.rows.subscribers);
        if first_seat::begins(old, new) {
            members::become_team(&mut self.customer, changes, subscribers, self.ctx);
        }
        changes.tell_of_change(self.ctx, old, new);
        if let Some(discount_id) = applied.used {
            let counted = DiscountWrite::CountLateUse(discount_id);
            self.changes.write(counted);
        }
        let total = self.new.seats.unwrap_or(0);
        (self.seats).revoke_surplus(total, &mut self.changes, subscribers, self.ctx);
    }

    fn set_discount(&mut self, discount: Option<&'a Discount>) {
        self.discount = discount;
        self.new.discount_id = discount.map(|discount| discount.id);
        self.new.discount_applied_at = None;
    }

    /// The discount counts from the first period that it is billed with; once it is over it is dropped.
    fn drop_discount_that_is_over(&mut self) {
        let (start, anchor) = (self.new.current_period_start, self.new.anchor_day);
        let Some(discount) = self.discount else {
            return;
        };
        let applied = *self.new.discount_applied_at.get_or_insert(start);
        if discount.is_over(applied, start, anchor) {
            self.set_discount(None);
        }
    }

    fn discount_base(&self) -> Option<DiscountBase> {
        let currency = self.rows.organization.default_currency;
        self.discount.map(|discount| discount.base(currency))
    }

    fn tell(&mut self, kinds: &[EventType]) {
        let discount = self.discount_base();
        let telling = telling(self.rows, &self.customer, self.ctx);
        let offered = &self.offered;
        telling.subscription(&mut self.changes, &self.new, offered, &discount, kinds);
    }

    /// Takes back the seats of a subscription that is not active any more.
    fn revoke_seats(&mut self) {
        let subscribers = &self.rows.subscribers;
        (self.seats).revoke_surplus(0, &mut self.changes, subscribers, self.ctx);
    }

    /// Bills these lines, and those that waited; usage of periods that began before `until` is billed by them.
    fn bill(
        &mut self,
        lines: Vec<OrderItem>,
        until: Timestamp,
        taxes: &dyn Taxes,
    ) -> Result<(), Mismatch> {
        self.bill_lines(lines, taxes)?;
        let usage = &self.rows.offered.parts.usage;
        let order_id = self.order.as_ref().map(|order| order.id);
        let own = self.rows.subscription.id;
        self.changes
            .bill_usage(own, usage, until, order_id, self.ctx);
        Ok(())
    }

    /// Bills these lines, and those that waited. Without any line there is no order.
    fn bill_lines(&mut self, mut lines: Vec<OrderItem>, taxes: &dyn Taxes) -> Result<(), Mismatch> {
        let (rows, ctx) = (self.rows, self.ctx);
        lines.extend(self.waiting().iter().map(|entry| entry.line()));
        if lines.is_empty() {
            return Ok(());
        }
        let billed = Billed {
            organization: &rows.organization,
            subscription: &self.new,
            offered: &self.offered,
            discount: match self.reason {
                BillingReason::SubscriptionMeterCycle => self.billed_discount,
                _ => self.discount,
            },
            reason: self.reason,
            latest_bill: rows.latest_bill.as_ref(),
        };
        let mut balance = rows.balance();
        let mut order = bill::order(billed, lines, &mut self.customer, &mut balance, taxes, ctx)?;
        let discount = self.discount_base();
        self.tell_order(&order, &discount, &[EventType::OrderCreated]);
        self.changes.take_entries(self.waiting());
        match (order.status, &rows.method) {
            (OrderStatus::Pending, Some(method)) => {
                let trigger = PaymentTrigger::SubscriptionCycle;
                self.payment = payment::intend(&order, &self.customer, method, trigger, ctx);
            }
            (OrderStatus::Pending, None) => self.fail(&mut order, &discount),
            _ => {
                let kinds = [EventType::OrderUpdated, EventType::OrderPaid];
                self.tell_order(&order, &discount, &kinds);
            }
        }
        self.changes.insert(&order);
        balance.write(&mut self.changes, ctx);
        if let Some(payment) = &self.payment {
            payment::begin(payment, &mut self.changes, ctx);
        }
        self.order = Some(order);
        Ok(())
    }

    /// There is no card to charge.
    fn fail(&mut self, order: &mut Order, discount: &Option<DiscountBase>) {
        let telling = telling(self.rows, &self.customer, self.ctx);
        let unpaid = dun::failed(order, &self.new, Failure::NoMethod, self.ctx);
        *order = unpaid.order.clone();
        if unpaid.is_exhausted {
            // They are being voided, and never charged again.
            self.unpaid.clear();
        }
        let kinds = [EventType::OrderUpdated];
        let subscription = Some(&self.new);
        telling.order(
            &mut self.changes,
            order,
            &self.offered,
            subscription,
            discount,
            &kinds,
        );
        let used = &self.seats;
        self.new = telling.unpaid(&mut self.changes, unpaid, used, &self.offered, discount);
    }

    fn tell_order(&mut self, order: &Order, discount: &Option<DiscountBase>, kinds: &[EventType]) {
        let telling = telling(self.rows, &self.customer, self.ctx);
        let discount = discount.clone().filter(|_| order.discount_id.is_some());
        let subscription = Some(&self.new);
        telling.order(
            &mut self.changes,
            order,
            &self.offered,
            subscription,
            &discount,
            kinds,
        );
    }

    /// Writes the rows.
    fn finish(mut self) -> Step {
        let (rows, ctx) = (self.rows, self.ctx);
        let unpaid = self.unpaid.iter().copied().chain(&self.order);
        self.new.schedule(dun::retries(unpaid));
        self.changes.update(&rows.subscription, &self.new);
        if self.customer != rows.customer {
            self.changes.update(&rows.customer, &self.customer);
            self.customer.version += 1;
        }
        let customer_id = self.customer.id;
        self.changes
            .state_changed(&rows.subscribers, ctx, customer_id);
        let mut subscription = self.new.clone();
        subscription.version += 1;
        let begins = first_seat::begins(&rows.subscription, &subscription);
        let mut changes = std::mem::take(&mut self.changes);
        let mut step = Step {
            discount: self.discount_base(),
            seats: self.seats,
            changes: Changes::new(),
            subscription,
            order: self.order,
            customer: self.customer,
            payment: self.payment,
            offered: self.offered.into_owned(),
        };
        step.seat_first(rows, begins, &mut changes, ctx);
        step.changes = changes;
        step
    }
}
