//! The charges that come next, as they stand: steps that are decided and not written.

use jiff::Timestamp;
use till_wire::{
    money::Currency,
    orders::{BillingReason, OrderItem, OrderStatus},
    subscriptions::{
        SubscriptionChargePreview, SubscriptionChargePreviewProration, SubscriptionNextCharge,
    },
};
use uuid::Uuid;

use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        context::DecisionContext,
        records::{BalanceReason, CustomerBalance, CustomerMeter, Order},
    },
    orders::create::Mismatch,
    subscriptions::{
        bill::BillingRows,
        renew::{self, Step},
    },
    tax::{NoTaxes, Taxes},
    usage::due,
};

/// Steps that are looked ahead: a pause and what follows it.
const AHEAD: usize = 3;
/// Parts of one period, at most, that are looked ahead: the days of a year.
const PARTS: usize = 366;

/// Charge of the subscription that comes next, if nothing else changes; zero where nothing is charged.
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
    Ok(next_order(rows, taxes, |_| true)?.map(|next| next.charge))
}

/// [`next_charge`], but for those of usage within the current period.
///
/// # Errors
/// [`Mismatch`] where its bill cannot be worked out.
pub fn next_renewal(
    rows: BillingRows,
    taxes: &dyn Taxes,
) -> Result<Option<SubscriptionNextCharge>, Mismatch> {
    let next = next_order(rows, taxes, |order| {
        order.billing_reason != BillingReason::SubscriptionMeterCycle
    })?;
    Ok(next.map(|next| next.charge))
}

/// Places of these rows in the order in which their next charges come, those of one moment by the subscription's ID.
/// Where nothing is charged any more, they come last.
pub fn by_due_date(all: &[BillingRows]) -> Vec<usize> {
    // A tax moves no charge.
    let at = |rows: &BillingRows| {
        let next = next_charge(rows.clone(), &NoTaxes).ok().flatten();
        next.map_or(Timestamp::MAX, |next| next.at)
    };
    let keys: Vec<(Timestamp, Uuid)> = (all.iter())
        .map(|rows| (at(rows), rows.subscription.id))
        .collect();
    let mut places: Vec<usize> = (0..all.len()).collect();
    places.sort_by_key(|place| keys[*place]);
    places
}

/// Remainder of a customer's balance and credits that the next charges of some subscriptions leave to those after them
/// (docs/behaviour: subscriptions/next-charges).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Left {
    balances: Vec<(Uuid, Currency, Option<CustomerBalance>)>,
    /// Credits of a customer's meter.
    credits: Vec<(Uuid, Uuid, i64)>,
}

impl Left {
    /// [`next_charge`] with what the charges before it have left, which are to be asked for in the order of
    /// [`by_due_date`]. What it leaves is noted.
    ///
    /// # Errors
    /// [`Mismatch`] where its bill cannot be worked out; then it takes nothing.
    pub fn next_charge(
        &self,
        rows: &BillingRows,
        taxes: &dyn Taxes,
    ) -> Result<(Option<SubscriptionNextCharge>, Self), Mismatch> {
        let rows = self.found_by(rows);
        let Some(next) = next_order(rows.clone(), taxes, |_| true)? else {
            return Ok((None, self.clone()));
        };
        let mut left = self.clone();
        let (customer_id, currency) = (rows.customer.id, rows.subscription.currency);
        left.balances
            .retain(|(id, of, _)| (*id, *of) != (customer_id, currency));
        left.balances.push((customer_id, currency, next.balance));
        for (meter_id, units) in next.credits {
            left.credits
                .retain(|(id, of, _)| (*id, *of) != (customer_id, meter_id));
            left.credits.push((customer_id, meter_id, units));
        }
        Ok((Some(next.charge), left))
    }

    /// The rows of a subscription as its next charge finds them.
    fn found_by(&self, rows: &BillingRows) -> BillingRows {
        let mut rows = rows.clone();
        let key = (rows.customer.id, rows.subscription.currency);
        let mut balances = self.balances.iter();
        if let Some((.., balance)) = balances.find(|(id, of, _)| (*id, *of) == key) {
            rows.balance.clone_from(balance);
        }
        self.lower(&mut rows.offered);
        rows.next_offered
            .iter_mut()
            .for_each(|next| self.lower(next));
        let counts = rows.counts.iter_mut();
        counts.for_each(|(count, _)| self.lower_count(count));
        rows
    }

    fn lower(&self, offered: &mut ProductWithPrices) {
        let counts = offered.parts.credits.iter_mut();
        counts.for_each(|count| self.lower_count(count));
    }

    fn lower_count(&self, count: &mut CustomerMeter) {
        let key = (count.customer_id, count.meter_id);
        let mut credits = self.credits.iter();
        if let Some((.., left)) = credits.find(|(id, of, _)| (*id, *of) == key) {
            count.credited_units = count.credited_units.min(*left);
            count.rollover_units = count.rollover_units.min(*left);
        }
    }
}

/// A charge that comes next.
struct Next {
    charge: SubscriptionNextCharge,
    /// The customer's balance then.
    balance: Option<CustomerBalance>,
    /// Credits of each meter that it leaves; those that its payment brings are not among them.
    credits: Vec<(Uuid, i64)>,
}

fn next_order(
    mut rows: BillingRows,
    taxes: &dyn Taxes,
    is_wanted: impl Fn(&Order) -> bool,
) -> Result<Option<Next>, Mismatch> {
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
            let charge = shown(order, &metered);
            let after = stepped(rows, step, &ctx);
            let counts = after.offered.parts.credits.iter();
            let own = counts.filter(|count| count.customer_id == after.customer.id);
            return Ok(Some(Next {
                charge: SubscriptionNextCharge { at, charge },
                credits: own.map(|row| (row.meter_id, row.credited_units)).collect(),
                balance: after.balance,
            }));
        }
        rows = stepped(rows, step, &ctx);
    }
    Ok(None)
}

/// The rows after a step, its order paid.
pub(super) fn stepped(rows: BillingRows, step: Step, ctx: &DecisionContext) -> BillingRows {
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
pub(super) fn book(rows: &mut BillingRows, order: &Order, ctx: &DecisionContext) {
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

/// The metered prices that lines can be of.
pub(super) fn metered_prices(rows: &BillingRows) -> Vec<Uuid> {
    let prices = rows.offered.prices.iter();
    let metered = prices.filter(|price| price.meter_id.is_some());
    metered.map(|price| price.id).collect()
}

pub(super) fn nothing() -> SubscriptionChargePreview {
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

/// An order as a preview shows it. What is too little to be charged is not due.
pub(super) fn shown(order: &Order, metered: &[Uuid]) -> SubscriptionChargePreview {
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
