//! What a change would charge, now and next: the change itself, decided and not written.

use till_wire::{
    orders::{BillingReason, OrderItem, OrderStatus},
    subscriptions::{
        SubscriptionCancelPreview, SubscriptionChangePreview, SubscriptionChargePreview,
        SubscriptionChargePreviewProration, SubscriptionNextCharge, SubscriptionUpdate,
    },
};

use uuid::Uuid;

use super::{Billing, ChangeRows, Decision, Unchanged, decide, make, order, settle::settle};
use crate::{
    kernel::{
        context::DecisionContext,
        records::{BalanceReason, CustomerBalance, Order},
    },
    orders::create::Mismatch,
    subscriptions::{
        bill::{self, BillingRows},
        renew::{self, Step},
    },
    tax::Taxes,
    usage::due,
};

/// Steps that are looked ahead: a pause and what follows it.
const AHEAD: usize = 3;
/// Parts of one period, at most, that are looked ahead: the days of a year.
const PARTS: usize = 366;

/// What a change would charge now, and what would come next.
///
/// # Errors
/// Why the change would not be made; that there is no card is none.
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

/// The rows after a step, its order paid.
fn stepped(rows: BillingRows, step: Step, ctx: &DecisionContext) -> BillingRows {
    let known = [rows.discount, rows.next_discount.clone()];
    let own = step.subscription.discount_id;
    let mut after = BillingRows {
        discount: known
            .into_iter()
            .flatten()
            .find(|discount| Some(discount.id) == own),
        subscription: step.subscription,
        offered: step.offered,
        ..rows
    };
    if let Some(order) = &step.order {
        after.entries.clear();
        book(&mut after, order, ctx);
    }
    after
}

/// Books an order in the balance that later ones find.
fn book(rows: &mut BillingRows, order: &Order, ctx: &DecisionContext) {
    let mut balance = rows.balance();
    balance.add(
        order.applied_balance_amount,
        BalanceReason::Applied,
        order.id,
        ctx,
    );
    let total = order.total_amount();
    balance.add((-total).max(0), BalanceReason::Credit, order.id, ctx);
    if order.status == OrderStatus::Paid {
        balance.add(
            -order.due_amount(),
            BalanceReason::BelowMinimum,
            order.id,
            ctx,
        );
    }
    rows.balance = Some(CustomerBalance {
        id: ctx.id(),
        created_at: ctx.now,
        version: 1,
        organization_id: order.organization_id,
        customer_id: order.customer_id,
        currency: order.currency,
        amount: balance.amount(),
    });
}

/// What the subscription would be charged next, if nothing else changes; zero where nothing is.
///
/// # Errors
/// [`Mismatch`] where its bill cannot be worked out.
pub fn charge_preview(
    rows: BillingRows,
    taxes: &dyn Taxes,
) -> Result<SubscriptionChargePreview, Mismatch> {
    let next = next_charge(rows, taxes)?;
    Ok(next.map_or(nothing(), |next| next.charge))
}

/// The charge that comes next, if nothing else changes; none where nothing is charged any more.
///
/// # Errors
/// [`Mismatch`] where its bill cannot be worked out.
pub fn next_charge(
    rows: BillingRows,
    taxes: &dyn Taxes,
) -> Result<Option<SubscriptionNextCharge>, Mismatch> {
    next_order(rows, taxes, |_| true)
}

/// [`next_charge`], but for those of usage within the current period.
///
/// # Errors
/// [`Mismatch`] where its bill cannot be worked out.
pub fn next_renewal(
    rows: BillingRows,
    taxes: &dyn Taxes,
) -> Result<Option<SubscriptionNextCharge>, Mismatch> {
    next_order(rows, taxes, |order| {
        order.billing_reason != BillingReason::SubscriptionMeterCycle
    })
}

fn next_order(
    mut rows: BillingRows,
    taxes: &dyn Taxes,
    is_wanted: impl Fn(&Order) -> bool,
) -> Result<Option<SubscriptionNextCharge>, Mismatch> {
    let metered = metered_prices(&rows);
    if due::meters(&rows.subscription, &rows.offered).is_empty() {
        // Its parts bill nothing: only whole periods need to be looked at.
        rows.subscription.meter_interval = None;
    }
    // Parts of a period that usage is billed with are steps, too.
    let most = match rows.subscription.meter_interval {
        Some(_) => AHEAD + PARTS,
        None => AHEAD,
    };
    for _ in 0..most {
        let Some(at) = rows.subscription.own_due_at() else {
            break;
        };
        let ctx = DecisionContext::new(at, [0; 32]);
        let step = renew::step(&rows, taxes, &ctx)?;
        if let Some(order) = step.order.as_ref().filter(|order| is_wanted(order)) {
            return Ok(Some(SubscriptionNextCharge {
                at,
                charge: shown(order, &metered),
            }));
        }
        rows = stepped(rows, step, &ctx);
    }
    Ok(None)
}

/// What an end at once would leave unpaid for ever.
pub fn cancel_preview(rows: &BillingRows) -> SubscriptionCancelPreview {
    let unpaid = rows.unpaid.iter().map(Order::due_amount);
    let stops_collection = !rows.unpaid.is_empty();
    SubscriptionCancelPreview {
        stops_collection,
        outstanding_amount: stops_collection.then(|| unpaid.sum()),
    }
}

/// The metered prices that lines can be of.
fn metered_prices(rows: &BillingRows) -> Vec<Uuid> {
    let prices = rows.offered.prices.iter();
    let metered = prices.filter(|price| price.meter_id.is_some());
    metered.map(|price| price.id).collect()
}

fn nothing() -> SubscriptionChargePreview {
    SubscriptionChargePreview {
        base_amount: 0,
        metered_amount: 0,
        proration_amount: 0,
        prorations: Vec::new(),
        subtotal_amount: 0,
        discount_amount: 0,
        net_amount: 0,
        tax_amount: 0,
        total_amount: 0,
        applied_balance_amount: 0,
        due_amount: 0,
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

/// An order as a preview shows it. What is too little to be charged is not due.
fn shown(order: &Order, metered: &[Uuid]) -> SubscriptionChargePreview {
    let is_metered = |item: &OrderItem| {
        item.product_price_id
            .is_some_and(|id| metered.contains(&id))
    };
    let sum = |proration: bool, metered: bool| {
        let lines = order.items.iter();
        let lines = lines.filter(|item| item.proration == proration && is_metered(item) == metered);
        lines.map(|item| item.amount).sum::<i64>()
    };
    let prorations = order.items.iter().filter(|item| item.proration);
    let line = |item: &OrderItem| SubscriptionChargePreviewProration {
        label: item.label.clone(),
        amount: item.amount,
    };
    SubscriptionChargePreview {
        base_amount: sum(false, false),
        metered_amount: sum(false, true),
        proration_amount: sum(true, false) + sum(true, true),
        prorations: prorations.map(line).collect(),
        subtotal_amount: order.subtotal_amount,
        discount_amount: order.discount_amount,
        net_amount: order.net_amount,
        tax_amount: order.tax_amount,
        total_amount: order.total_amount(),
        applied_balance_amount: order.applied_balance_amount,
        due_amount: match order.status {
            OrderStatus::Pending => order.due_amount(),
            _ => 0,
        },
    }
}
