//! Charges of a change, now and next: the change itself, decided and not written.

use till_wire::subscriptions::{
    SubscriptionCancelPreview, SubscriptionChangePreview, SubscriptionChargePreview,
    SubscriptionUpdate,
};

use super::{
    Billing, ChangeRows, Decision, Unchanged, decide, make,
    next::{book, metered_prices, next_charge, nothing, shown, stepped},
    order,
    settle::settle,
};
use crate::{
    kernel::{context::DecisionContext, records::Order},
    subscriptions::{
        bill::{self, BillingRows},
        renew,
    },
    tax::Taxes,
};

/// Charge of a change now, and the next one.
///
/// # Errors
/// Reason why the change would not be made; that there is no card is none.
pub fn preview(
    update: &SubscriptionUpdate,
    rows: &ChangeRows,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<SubscriptionChangePreview, Unchanged> {
    let decision = decide(update, rows, ctx)?;
    let waits = decision.subscription.pending_update.as_ref();
    let waits = waits.filter(|_| {
        decision.subscription.pending_update != rows.billing.subscription.pending_update
    });
    let applies_at = waits.map_or(ctx.now, |update| update.applies_at);
    let (now, after) = charged(rows, decision, taxes, ctx)?;
    let metered = metered_prices(&rows.billing);
    let now = now.iter().map(|order| shown(order, &metered));
    Ok(SubscriptionChangePreview {
        now: now.fold(nothing(), and),
        applies_at,
        next_charge: next_charge(after, taxes)?,
    })
}

/// The orders that a change would make, and the rows as they would be then.
fn charged(
    rows: &ChangeRows,
    mut decision: Decision,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<(Vec<Order>, BillingRows), Unchanged> {
    let mut orders = Vec::new();
    let mut billing = rows.billing.clone();
    let mut entries = billing.entries.clone();
    if decision.billing == Billing::Now {
        let lines = order::lines(rows, &decision, ctx);
        let billed = order::billed(&billing, &decision);
        let (mut customer, mut balance) = (billing.customer.clone(), billing.balance());
        let order = bill::order(billed, lines, &mut customer, &mut balance, taxes, ctx)?;
        entries.clear();
        book(&mut billing, &order, ctx);
        orders.push(order);
    }
    if let Some(settled) = settle(&billing, &mut decision, taxes, ctx)? {
        billing = settled.rows;
        orders.push(settled.order);
    }
    let rows = ChangeRows {
        billing,
        ..rows.clone()
    };
    let mut after = make::begun(&rows, &decision);
    after.entries = entries;
    let step = match decision.billing {
        Billing::Later | Billing::Revoke => {
            let own = order::entries(&after.subscription, &decision.lines, ctx);
            after.entries.extend(own);
            return Ok((orders, after));
        }
        Billing::Now => return Ok((orders, after)),
        Billing::PeriodEnd => renew::step(&after, taxes, ctx)?,
        Billing::Resume => renew::resume(&after, taxes, ctx)?,
    };
    orders.extend(step.order.clone());
    Ok((orders, stepped(after, step, ctx)))
}

/// Amounts that an end at once would leave unpaid for ever.
pub fn cancel_preview(rows: &BillingRows) -> SubscriptionCancelPreview {
    let unpaid = rows.unpaid.iter().map(Order::due_amount);
    let stops_collection = !rows.unpaid.is_empty();
    SubscriptionCancelPreview {
        stops_collection,
        outstanding_amount: stops_collection.then(|| unpaid.sum()),
    }
}

/// Charge of two orders together.
fn and(
    one: SubscriptionChargePreview,
    other: SubscriptionChargePreview,
) -> SubscriptionChargePreview {
    let mut prorations = one.prorations;
    prorations.extend(other.prorations);
    SubscriptionChargePreview {
        base_amount: one.base_amount + other.base_amount,
        metered_amount: one.metered_amount + other.metered_amount,
        proration_amount: one.proration_amount + other.proration_amount,
        prorations,
        subtotal_amount: one.subtotal_amount + other.subtotal_amount,
        discount_amount: one.discount_amount + other.discount_amount,
        net_amount: one.net_amount + other.net_amount,
        tax_amount: one.tax_amount + other.tax_amount,
        total_amount: one.total_amount + other.total_amount,
        applied_balance_amount: one.applied_balance_amount + other.applied_balance_amount,
        due_amount: one.due_amount + other.due_amount,
    }
}
