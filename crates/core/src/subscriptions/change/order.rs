//! The order of a change.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use till_wire::{
    discounts::DiscountBase,
    events::EventType,
    orders::{BillingReason, OrderItem},
};

use super::{ChangeRows, Decision};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{BillingEntry, Customer, Order, Payment, Subscription},
        writes::DiscountWrite,
    },
    orders::{
        create::Mismatch,
        payment::{self, Telling},
    },
    subscriptions::{
        bill::{self, AgreedBill, Billed, BillingRows},
        first_seat,
        prorate::Line,
    },
};

/// Writes the order of a change, with what follows from it, and tells of both: of an order that was charged, the
/// subscription is told of before its payment. The subscription's row is left to the caller, and so is its first seat. The
/// order, and the rows as they are then.
pub(super) fn write(
    billing: &BillingRows,
    decision: &Decision,
    (agreed, lines): (AgreedBill, Vec<OrderItem>),
    changes: &mut Changes,
    paid: Option<&Payment>,
    ctx: &DecisionContext,
) -> Result<(Order, BillingRows), Mismatch> {
    let billing = Cow::Borrowed(billing);
    let billing = &first_seat::with_team(billing, &decision.subscription, changes, ctx);
    let (mut customer, mut balance) = (billing.customer.clone(), billing.balance());
    let of = billed(billing, decision);
    let is_taken = |entry: &&BillingEntry| lines.iter().any(|line| line.id == entry.id);
    let taken: Vec<BillingEntry> = billing.entries.iter().filter(is_taken).cloned().collect();
    let mut order = bill::order_of(of, &agreed, lines, &mut customer, &mut balance, ctx)?;
    let made = order.clone();
    if let Some(paid) = paid {
        payment::pay_new(&mut order, &mut customer, paid, ctx)?;
    }
    if customer != billing.customer {
        changes.update(&billing.customer, &customer);
    }
    changes.insert(&order).take_entries(&taken);
    changes.tell_of_change(ctx, &billing.subscription, &decision.subscription);
    let balance = balance.write(changes, ctx);
    let currency = billing.organization.default_currency;
    let discount = decision.discount.as_ref().map(|d| d.base(currency));
    let telling = Telling {
        customer: &customer,
        subscribers: &billing.subscribers,
        ctx,
    };
    let told = |order: &Order, kinds: &[EventType], changes: &mut Changes| {
        let subscription = Some(&decision.subscription);
        telling.order(
            changes,
            order,
            &decision.offered,
            subscription,
            &discount,
            kinds,
        );
    };
    let subscribers = &billing.subscribers;
    let kinds = [EventType::OrderUpdated, EventType::OrderPaid];
    told(&made, &[EventType::OrderCreated], changes);
    if paid.is_none() {
        told(&order, &kinds, changes);
    }
    tell(changes, decision, &discount, &customer, subscribers, ctx);
    if paid.is_some() {
        told(&order, &kinds, changes);
    }
    customer.version += i64::from(customer != billing.customer);
    let after = BillingRows {
        customer,
        balance,
        ..BillingRows::clone(billing)
    };
    Ok((order, after))
}

/// Contents of the order of a change.
pub(super) fn billed<'a>(billing: &'a BillingRows, decision: &'a Decision) -> Billed<'a> {
    Billed {
        organization: &billing.organization,
        subscription: &decision.subscription,
        offered: &decision.offered,
        discount: decision.discount.as_ref(),
        reason: BillingReason::SubscriptionUpdate,
        latest_bill: billing.latest_bill.as_ref(),
    }
}

/// Lines of the order of a change: its own, and those that waited.
pub(super) fn lines(
    rows: &ChangeRows,
    decision: &Decision,
    ctx: &DecisionContext,
) -> Vec<OrderItem> {
    let own = entries(&decision.subscription, &decision.lines, ctx);
    let waiting = rows.billing.entries.iter();
    own.iter().chain(waiting).map(BillingEntry::line).collect()
}

/// Lines as they wait for an order. They are read in order of their time, so each is a microsecond later than the one before.
pub(super) fn entries(
    subscription: &Subscription,
    lines: &[Line],
    ctx: &DecisionContext,
) -> Vec<BillingEntry> {
    let times = (0..).map(|place| ctx.now + SignedDuration::from_micros(place));
    let entry = |(line, created_at): (&Line, Timestamp)| BillingEntry {
        id: ctx.id(),
        created_at,
        organization_id: subscription.organization_id,
        subscription_id: subscription.id,
        label: line.label.clone(),
        amount: line.amount,
        currency: subscription.currency,
        price_id: Some(line.price_id),
        starts_at: line.period.start,
        ends_at: line.period.end,
    };
    lines.iter().zip(times).map(entry).collect()
}

/// Counts the use of a discount that the change brings: refused as [`crate::discounts::MOVED`] when there is none left.
pub(super) fn use_discount(changes: &mut Changes, decision: &Decision) {
    if let Some(discount) = &decision.used {
        changes.write(DiscountWrite::CountUse {
            discount_id: discount.id,
            modified_at: discount.modified_at,
        });
    }
}

/// Tells of the subscription, and of its customer's state.
pub(super) fn tell(
    changes: &mut Changes,
    decision: &Decision,
    discount: &Option<DiscountBase>,
    customer: &Customer,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let telling = Telling {
        customer,
        subscribers,
        ctx,
    };
    let (subscription, offered) = (&decision.subscription, &decision.offered);
    telling.subscription(changes, subscription, offered, discount, decision.events);
    changes.state_changed(subscribers, ctx, customer.id);
}
