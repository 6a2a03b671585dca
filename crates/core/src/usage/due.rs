//! Amounts that are due for usage which is not billed yet, and the lines that bill it (docs/behaviour/metered.md).

use jiff::Timestamp;
use till_wire::{
    decimal::Decimal,
    limits,
    meters::Aggregation,
    money::{Currency, format_minor},
    orders::OrderItem,
    products::PriceAmount,
    subscriptions::MeterUsage,
};
use uuid::Uuid;

use super::count::Tally;
use crate::{
    catalog::products::{Parts, ProductWithPrices},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{CustomerMeter, Meter, ProductPrice, Subscription, UsageCharge},
        writes::UsageWrite,
    },
};

/// Usage of a meter that is due, at a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Units that were used.
    pub consumed: Decimal,
    /// Units that were credited.
    pub credited: i64,
    /// Units that are billed.
    pub billed: Decimal,
    /// Price of one of them, in minor units.
    pub unit_amount: Decimal,
    /// Amount that is due, in minor units: nothing where it comes to more than can be billed.
    pub amount: i64,
    /// True where the price would be more than its cap.
    pub is_capped: bool,
    /// True where it comes to more than can be billed (docs/behaviour: metered/too-much).
    pub is_too_much: bool,
    /// True where there is usage, whatever it comes to.
    pub is_used: bool,
    /// Times at which the first and the last of it were counted.
    pub counted: Option<(Timestamp, Timestamp)>,
}

/// The amount for the usage of a meter cannot be worked out: its price cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the price of the usage of meter {0} cannot be read")]
pub struct Unbillable(pub Uuid);

/// Amount, at most, that a line bills for usage, in minor units.
pub const MOST: i64 = limits::AMOUNT;

/// Sums and number of different values of some usage together.
pub(super) fn sum<'a>(usage: impl IntoIterator<Item = &'a UsageCharge>) -> (Tally, i64) {
    let none = (Tally::default(), 0);
    let add = |(sum, uniques): (Tally, i64), row: &UsageCharge| {
        (sum.and(row.tally()), uniques + row.uniques)
    };
    usage.into_iter().fold(none, add)
}

/// Usage of a subscription that falls into periods which began before `until`, at one of its prices. Counts and sums are
/// those at this price alone, other functions those of the whole period (docs/behaviour: metered/prices).
///
/// # Errors
/// [`Unbillable`] where the price cannot be read.
pub fn due(
    subscription: &Subscription,
    price: &ProductPrice,
    meter: &Meter,
    parts: &Parts,
    until: Timestamp,
) -> Result<Due, Unbillable> {
    let aggregation = &meter.aggregation.0;
    let by_price = matches!(aggregation, Aggregation::Count | Aggregation::Sum { .. });
    let is_due = |row: &&UsageCharge| {
        row.subscription_id == subscription.id
            && row.meter_id == meter.id
            && row.billed_at.is_none()
            && row.starts_at < until
            && (!by_price || row.price_id == price.id)
    };
    let used = sum(parts.usage.iter().filter(is_due));
    let mut counted: Option<(Timestamp, Timestamp)> = None;
    for row in parts.usage.iter().filter(is_due) {
        let (first, last) = counted.unwrap_or((row.created_at, row.modified_at));
        counted = Some((first.min(row.created_at), last.max(row.modified_at)));
    }
    let consumed = used.0.quantity(aggregation, used.1);
    let is_own = |row: &&CustomerMeter| {
        row.customer_id == subscription.customer_id && row.meter_id == meter.id
    };
    let credited = parts.credits.iter().find(is_own);
    let credited = credited.map_or(0, |row| row.credited_units);
    let billed = consumed.minus(Decimal::from(credited)).max(Decimal::ZERO);
    let (unit_amount, cap) = metered(price).ok_or(Unbillable(meter.id))?;
    let exact = billed.times(unit_amount, price.currency.charge_step());
    let most = cap.unwrap_or(i64::MAX);
    // Where it cannot be worked out, it is more than any amount.
    let exact = exact.unwrap_or(i64::MAX);
    let amount = exact.min(most);
    let is_too_much = amount > MOST;
    Ok(Due {
        consumed,
        credited,
        billed,
        unit_amount,
        amount: if is_too_much { 0 } else { amount },
        is_capped: exact > most,
        is_too_much,
        is_used: counted.is_some(),
        counted,
    })
}

/// Price of a unit, in minor units, and the cap of a metered price.
fn metered(price: &ProductPrice) -> Option<(Decimal, Option<i64>)> {
    match price.cost() {
        PriceAmount::MeteredUnit {
            unit_amount,
            cap_amount,
            ..
        } => Some((Decimal::parse(&unit_amount)?, cap_amount)),
        _ => None,
    }
}

/// The metered prices of a subscription, in its order, each with its meter.
fn metered_prices<'a>(
    subscription: &Subscription,
    prices: &'a [ProductPrice],
    parts: &'a Parts,
) -> Vec<(&'a ProductPrice, &'a Meter)> {
    let find = |id: &Uuid| {
        let price = prices.iter().find(|price| price.id == *id)?;
        let meters = &parts.meters;
        let meter = meters.iter().find(|m| Some(m.id) == price.meter_id)?;
        Some((price, meter))
    };
    subscription.price_ids.iter().filter_map(find).collect()
}

/// The meters of a subscription's metered prices: before these have counted what came in, it cannot be billed.
pub fn meters(subscription: &Subscription, offered: &ProductWithPrices) -> Vec<Uuid> {
    let prices = metered_prices(subscription, &offered.prices, &offered.parts);
    prices.into_iter().map(|(_, meter)| meter.id).collect()
}

/// Lines that are billed for the usage of a subscription, one for each of its metered prices: with `each`, also where
/// nothing was used (docs/behaviour: metered/lines). What comes to more than can be billed has a line of 0.
///
/// # Errors
/// As [`due`].
pub fn lines(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    until: Timestamp,
    each: bool,
    ctx: &DecisionContext,
) -> Result<Vec<OrderItem>, Unbillable> {
    let mut lines = Vec::new();
    let period = subscription.usage_period();
    // An end at once, or a change, cuts it short.
    let ends_at = period.end.min(ctx.now).max(period.start);
    for (price, meter) in metered_prices(subscription, &offered.prices, &offered.parts) {
        let due = due(subscription, price, meter, &offered.parts, until)?;
        if !each && !due.is_used {
            continue;
        }
        lines.push(OrderItem {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            label: label(&due, meter, price.currency),
            amount: due.amount,
            tax_amount: 0,
            proration: false,
            product_price_id: Some(price.id),
            start_timestamp: Some(period.start),
            end_timestamp: Some(ends_at),
        });
    }
    Ok(lines)
}

/// True where the usage at one of a subscription's prices comes to more than can be billed.
///
/// # Errors
/// As [`due`].
pub fn is_too_much(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    until: Timestamp,
) -> Result<bool, Unbillable> {
    for (price, meter) in metered_prices(subscription, &offered.prices, &offered.parts) {
        if due(subscription, price, meter, &offered.parts, until)?.is_too_much {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Credits of each meter, in whole units, that the usage of a subscription is set against.
///
/// # Errors
/// As [`due`].
pub fn credits(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    until: Timestamp,
) -> Result<Vec<(Uuid, i64)>, Unbillable> {
    let mut used = Vec::new();
    for (price, meter) in metered_prices(subscription, &offered.prices, &offered.parts) {
        let due = due(subscription, price, meter, &offered.parts, until)?;
        let left = Decimal::from(due.credited).minus(due.consumed).floor();
        let units = due.credited - left.max(0).min(due.credited);
        if units > 0 {
            used.push((meter.id, units));
        }
    }
    Ok(used)
}

/// Name of a line: the meter, the units that are billed, the price of one, and the cap where it counts.
fn label(due: &Due, meter: &Meter, currency: Currency) -> String {
    let (name, units) = (&meter.name, due.billed);
    let unit = unit_price(due.unit_amount, currency);
    let note = match due.is_capped {
        _ if due.is_too_much => " (more than can be billed)".to_owned(),
        true => format!(" (capped at {})", format_minor(due.amount, currency)),
        false => String::new(),
    };
    format!("{name}: {units} × {unit}{note}")
}

/// Price of a unit in whole units of its currency, to twelve places, such as `0.002 USD`.
fn unit_price(unit_amount: Decimal, currency: Currency) -> String {
    let whole = match currency.decimals() {
        0 => unit_amount,
        _ => unit_amount.over(100),
    };
    let code = currency.as_str().to_ascii_uppercase();
    format!("{whole} {code}")
}

/// Usage of each meter of a subscription that is not billed yet, as it is shown; nothing once it has ended.
pub fn shown(
    subscription: &Subscription,
    prices: &[ProductPrice],
    parts: &Parts,
) -> Vec<(MeterUsage, Meter)> {
    let until = subscription.usage_period().end;
    let prices = metered_prices(subscription, prices, parts).into_iter();
    let shown = prices.map(|(price, meter)| {
        let due = due(subscription, price, meter, parts, until).ok();
        let due = due.filter(|_| subscription.ended_at.is_none());
        let mut usage = subscription.usage(meter.id);
        if let Some(due) = due {
            usage.consumed_units = due.consumed.to_f64();
            usage.credited_units = due.credited;
            usage.amount = due.amount;
            if let Some((first, last)) = due.counted {
                (usage.created_at, usage.modified_at) = (first, Some(last));
            }
        }
        (usage, meter.clone())
    });
    shown.collect()
}

impl ProductWithPrices {
    /// The product once the usage of a subscription's periods that began before `until` is billed.
    #[must_use]
    pub fn without_usage(&self, subscription_id: Uuid, until: Timestamp) -> Self {
        let mut rest = self.clone();
        let is_billed =
            |row: &UsageCharge| row.subscription_id == subscription_id && row.starts_at < until;
        rest.parts.usage.retain(|row| !is_billed(row));
        rest
    }

    /// Has the product show a count as it is now.
    pub(crate) fn show_count(&mut self, count: &CustomerMeter) {
        let counts = self.parts.credits.iter_mut();
        counts
            .filter(|shown| shown.id == count.id)
            .for_each(|shown| shown.clone_from(count));
    }
}

impl Changes {
    /// Notes that the usage of a subscription's periods that began before `until` is on an order, or on none for good.
    /// Whoever counts more of it at the same time does so again (docs/behaviour: metered/once).
    pub fn bill_usage(
        &mut self,
        subscription_id: Uuid,
        usage: &[UsageCharge],
        until: Timestamp,
        order_id: Option<Uuid>,
        ctx: &DecisionContext,
    ) -> &mut Self {
        let own = usage.iter().filter(|row| {
            row.subscription_id == subscription_id
                && row.billed_at.is_none()
                && row.starts_at < until
        });
        for row in own {
            let billed = UsageCharge {
                billed_at: Some(ctx.now),
                order_id,
                ..row.clone()
            };
            self.update(row, &billed);
            if row.uniques > 0 {
                self.write(UsageWrite::DeleteChargeValues(row.id));
            }
        }
        self
    }
}
