//! Usage that is billed before its period is over, because the subscription ends at once or changes to another product
//! (docs/behaviour: metered/settled).

use jiff::{SignedDuration, Timestamp};
use till_wire::{
    events::EventType,
    orders::{BillingReason, OrderStatus},
};

use super::{Billing, telling};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Order, Subscription},
    },
    orders::create::Mismatch,
    subscriptions::{
        bill::{self, Billed, BillingRows},
        dun,
    },
    tax::Taxes,
    usage::{credits, due},
};

/// Usage that is settled: its order, what to write, and the rows as they are then.
#[derive(Debug)]
pub struct Settled {
    /// Changes to commit together with what ends the period.
    pub changes: Changes,
    /// The order. If anything is due, it is charged as soon as it is committed, like an unpaid one whose time has come.
    pub order: Order,
    /// The rows then; the subscription is left as it was.
    pub rows: BillingRows,
}

impl Settled {
    /// Has the subscription, as it becomes, and its product show no usage that is billed, and the order charged.
    pub fn follow(&self, becomes: &mut Subscription, offered: &mut ProductWithPrices) {
        let parts = &self.rows.offered.parts;
        offered.parts.usage.clone_from(&parts.usage);
        offered.parts.credits.clone_from(&parts.credits);
        let orders = match becomes.ended_at {
            None => &self.rows.unpaid[..],
            // The others are being voided.
            Some(_) => std::slice::from_ref(&self.order),
        };
        becomes.schedule(dun::retries(orders));
    }
}

/// Time before which the usage that is settled began: everything that is counted, also what began at this very moment.
pub fn settled_until(ctx: &DecisionContext) -> Timestamp {
    ctx.now + SignedDuration::from_micros(1)
}

/// Settles the usage that a subscription is not billed for yet, with an order of its own; none where there is none, or no
/// price of it. `becomes` is the subscription as it is told of with the order.
///
/// # Errors
/// [`Mismatch`] where the order cannot be worked out.
pub fn settle(
    rows: &BillingRows,
    becomes: &Subscription,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Option<Settled>, Mismatch> {
    let (old, offered) = (&rows.subscription, &rows.offered);
    let until = settled_until(ctx);
    let lines = due::lines(old, offered, until, false, ctx)?;
    if lines.is_empty() {
        return Ok(None);
    }
    let mut billing = Billing::new(rows, ctx);
    billing.leave_out_discount_of_periods(ctx.now);
    let discount = billing.billed_discount;
    let billed = Billed {
        organization: &rows.organization,
        subscription: old,
        offered,
        discount,
        reason: BillingReason::SubscriptionMeterCycle,
        latest_bill: rows.latest_bill.as_ref(),
    };
    let (mut customer, mut balance) = (rows.customer.clone(), rows.balance());
    let mut order = bill::order(billed, lines, &mut customer, &mut balance, taxes, ctx)?;
    order.settles_usage = true;
    let mut kinds = vec![EventType::OrderCreated];
    match order.status {
        OrderStatus::Pending => order.next_payment_attempt_at = Some(ctx.now),
        _ => kinds.extend([EventType::OrderUpdated, EventType::OrderPaid]),
    }
    let mut changes = Changes::new();
    let currency = rows.organization.default_currency;
    let discount = discount.map(|discount| discount.base(currency));
    telling(rows, &customer, ctx).order(
        &mut changes,
        &order,
        offered,
        Some(becomes),
        &discount,
        &kinds,
    );
    changes.insert(&order);
    let mut after = BillingRows {
        balance: balance.write(&mut changes, ctx),
        offered: offered.without_usage(old.id, until),
        ..rows.clone()
    };
    changes.update(&rows.customer, &customer);
    customer.version += i64::from(customer != rows.customer);
    after.customer = customer;
    let usage = &offered.parts.usage;
    changes.bill_usage(old.id, usage, until, Some(order.id), ctx);
    let spent = credits::spent(old, offered, &rows.counts, until, ctx)?;
    let settled = credits::settled(old, offered, &rows.counts, ctx);
    for (row, mut new) in settled.into_iter().chain(spent) {
        // Whoever counts more at the same time does so again.
        changes.update(row, &new);
        new.version += i64::from(new != *row);
        after.offered.show_count(&new);
        let counts = after.counts.iter_mut().map(|(count, _)| count);
        counts
            .filter(|count| count.id == new.id)
            .for_each(|count| count.clone_from(&new));
    }
    if order.status == OrderStatus::Pending {
        after.unpaid.push(order.clone());
    }
    Ok(Some(Settled {
        changes,
        order,
        rows: after,
    }))
}
