//! A change that was decided, as what is to be committed.

use std::borrow::Cow;

use jiff::SignedDuration;
use till_wire::{discounts::DiscountBase, orders::OrderStatus};

use super::{
    Billing, ChangeRows, Decision, Unchanged, charge,
    order::{self, billed, entries, lines, tell, use_discount},
    settle::settle,
};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Customer, DiscountChange, Payment, Subscription},
    },
    subscriptions::{
        bill::{self, BillingRows},
        first_seat,
        renew::{self, Step},
    },
    tax::Taxes,
};

/// A change, ready to be committed.
#[derive(Debug)]
pub struct Made {
    /// Changes to commit.
    pub changes: Changes,
    /// The payer as they are then.
    pub customer: Customer,
    /// The subscription as it is then.
    pub subscription: Subscription,
    /// Its product as it is then.
    pub offered: ProductWithPrices,
    /// Its discount, as it is told then.
    pub discount: Option<DiscountBase>,
    /// Charge once it is committed.
    pub charge: Charge,
}

/// Charge once a change is committed.
#[derive(Debug)]
pub enum Charge {
    /// Nothing.
    Nothing,
    /// The change itself: it is made when this attempt, *intended*, succeeds.
    Change(Box<Payment>),
    /// The order of the period that begins with it, by the rows that the step was decided on.
    Period(Box<(BillingRows, Step)>),
}

/// Makes a change.
///
/// # Errors
/// Reason why it is not made: it is to be charged, and there is no card.
pub fn make(
    rows: &ChangeRows,
    decision: Decision,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Made, Unchanged> {
    match decision.billing {
        Billing::Later | Billing::Revoke => later(rows, decision, taxes, ctx),
        Billing::Now => now(rows, decision, taxes, ctx),
        Billing::PeriodEnd | Billing::Resume => period(rows, decision, taxes, ctx),
    }
}

fn made(rows: &BillingRows, decision: Decision, changes: Changes, charge: Charge) -> Made {
    let currency = rows.organization.default_currency;
    Made {
        changes,
        customer: rows.customer.clone(),
        subscription: decision.subscription,
        offered: decision.offered,
        discount: decision.discount.map(|discount| discount.base(currency)),
        charge,
    }
}

/// Nothing is charged but usage that is settled: lines wait for the next order.
fn later(
    rows: &ChangeRows,
    mut decision: Decision,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Made, Unchanged> {
    let settled = match settle(&rows.billing, &mut decision, taxes, ctx) {
        // An end is always possible: usage whose price cannot be read is left out.
        Err(_) if decision.billing == Billing::Revoke => None,
        settled => settled?,
    };
    let (old, new) = (&rows.billing.subscription, &decision.subscription);
    let mut changes = Changes::new();
    if decision.events.is_empty() && old == new {
        return Ok(made(&rows.billing, decision, changes, Charge::Nothing));
    }
    let order_id = settled.as_ref().map(|settled| settled.order.id);
    let mut billing = Cow::Borrowed(&rows.billing);
    if let Some(settled) = settled {
        changes.and(settled.changes);
        billing = Cow::Owned(settled.rows);
    }
    let billing = first_seat::with_team(billing, new, &mut changes, ctx);
    changes.update_told(old, new);
    changes.tell_of_change(ctx, old, new);
    for entry in entries(new, &decision.lines, ctx) {
        changes.insert(&entry);
    }
    use_discount(&mut changes, &decision);
    let discount = decision.discount.as_ref();
    let discount = discount.map(|d| d.base(billing.organization.default_currency));
    let (customer, subscribers) = (&billing.customer, &billing.subscribers);
    if decision.billing == Billing::Revoke {
        (billing.seats).revoke(&mut changes, subscribers, ctx);
    }
    tell(
        &mut changes,
        &decision,
        &discount,
        customer,
        subscribers,
        ctx,
    );
    if decision.billing == Billing::Revoke {
        let made_before = ctx.now + SignedDuration::from_micros(1);
        changes.void_orders_but(order_id, new.id, made_before, ctx);
    }
    if first_seat::begins(old, new) {
        first_seat::give(&billing, new, &mut changes, ctx);
    }
    Ok(made(&billing, decision, changes, Charge::Nothing))
}

/// The change has an order of its own. Where nothing is left to be charged it is paid; else the change waits for its
/// attempt, and the subscription is locked until then.
fn now(
    rows: &ChangeRows,
    mut decision: Decision,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Made, Unchanged> {
    let billing = &rows.billing;
    let lines = lines(rows, &decision, ctx);
    let agreed = bill::agree(
        billed(billing, &decision),
        &lines,
        &billing.customer,
        &billing.balance(),
        taxes,
    )?;
    if agreed.is_charged() {
        if decision.settles {
            // It is settled once the change is paid. Where that could not be done it is refused before.
            renew::settle(billing, &decision.subscription, taxes, ctx)?;
        }
        let (payment, changes) = charge::intend(rows, &decision, agreed, lines, ctx)?;
        let charge = Charge::Change(Box::new(payment));
        return Ok(made(billing, decision, changes, charge));
    }
    let (old, mut changes) = (&billing.subscription, Changes::new());
    let (order, after) =
        order::write(billing, &decision, (agreed, lines), &mut changes, None, ctx)?;
    debug_assert_eq!(order.status, OrderStatus::Paid);
    if let Some(settled) = settle(&after, &mut decision, taxes, ctx)? {
        changes.and(settled.changes);
    }
    changes.update_told(old, &decision.subscription);
    use_discount(&mut changes, &decision);
    if first_seat::begins(old, &decision.subscription) {
        first_seat::give(&after, &decision.subscription, &mut changes, ctx);
    }
    Ok(made(&after, decision, changes, Charge::Nothing))
}

/// The change ends the current period, or a pause: what comes then comes now, as it would by itself.
fn period(
    rows: &ChangeRows,
    mut decision: Decision,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Made, Unchanged> {
    let mut changes = Changes::new();
    let mut billing = Cow::Borrowed(&rows.billing);
    if let Some(settled) = settle(&rows.billing, &mut decision, taxes, ctx)? {
        changes.and(settled.changes);
        billing = Cow::Owned(settled.rows);
    }
    let after;
    let rows = match first_seat::with_team(billing, &decision.subscription, &mut changes, ctx) {
        Cow::Borrowed(_) => rows,
        Cow::Owned(billing) => {
            after = ChangeRows {
                billing,
                ..rows.clone()
            };
            &after
        }
    };
    let old = &rows.billing.subscription;
    changes.update(old, &decision.subscription);
    changes.tell_of_change(ctx, old, &decision.subscription);
    use_discount(&mut changes, &decision);
    let begun = begun(rows, &decision);
    let mut step = match decision.billing {
        Billing::Resume => renew::resume(&begun, taxes, ctx)?,
        _ => renew::step(&begun, taxes, ctx)?,
    };
    changes.and(std::mem::take(&mut step.changes));
    let begins = first_seat::begins(old, &decision.subscription);
    step.seat_first(&begun, begins, &mut changes, ctx);
    Ok(Made {
        changes,
        customer: step.customer.clone(),
        subscription: step.subscription.clone(),
        offered: step.offered.clone(),
        discount: step.discount.clone(),
        charge: match step.payment {
            Some(_) => Charge::Period(Box::new((begun, step))),
            None => Charge::Nothing,
        },
    })
}

/// The rows as they are once the change is written.
pub(super) fn begun(rows: &ChangeRows, decision: &Decision) -> BillingRows {
    let mut subscription = decision.subscription.clone();
    // A row that does not differ is not written, and keeps its version.
    subscription.version += i64::from(subscription != rows.billing.subscription);
    // What waits may be what the change names.
    let waits = subscription.pending_update.as_ref();
    let product_id = waits.and_then(|update| update.product_id);
    let discount = waits.map(|update| update.discount);
    let products = [&rows.target, &rows.billing.next_offered]
        .into_iter()
        .flatten();
    let discounts = [&rows.discount, &rows.billing.next_discount]
        .into_iter()
        .flatten();
    let mut products = products.chain([&rows.billing.offered]);
    let next_offered = products
        .find(|next| Some(next.product.id) == product_id)
        .cloned();
    let mut discounts = discounts.filter(|next| discount == Some(DiscountChange::Set(next.id)));
    let next_discount = discounts.next().cloned();
    BillingRows {
        subscription,
        offered: decision.offered.clone(),
        discount: decision.discount.clone(),
        next_offered,
        next_discount,
        ..rows.billing.clone()
    }
}
