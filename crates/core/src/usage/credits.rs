//! Credits of meters: units that a customer may use without paying for them (docs/behaviour/credits.md).

use jiff::Timestamp;
use till_wire::{benefits::BenefitType, decimal::Decimal, subscriptions::SubscriptionStatus};
use uuid::Uuid;

use super::{count::Tally, due};
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        context::DecisionContext,
        records::{
            Benefit, Credited, CustomerMeter, Meter, ProductPrice, Subscription, UsageCharge,
        },
    },
};

/// Credits that a benefit gives: once when it is granted, and again with each paid renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credits {
    /// The meter.
    pub meter_id: Uuid,
    /// Units, more than 0.
    pub units: i64,
    /// True where what is left of them moves into the next period.
    pub rollover: bool,
}

impl Credits {
    /// Credits of a benefit; none of other types.
    pub fn of(benefit: &Benefit) -> Option<Self> {
        if benefit.kind != BenefitType::MeterCredit {
            return None;
        }
        let properties = &benefit.properties.0;
        Some(Self {
            meter_id: properties["meter_id"].as_str()?.parse().ok()?,
            units: properties["units"].as_i64()?,
            rollover: properties["rollover"] == true,
        })
    }
}

impl CustomerMeter {
    /// Adds credits.
    pub(crate) fn give(&mut self, units: i64, rollover: bool) {
        self.credited_units = self.credited_units.saturating_add(units);
        if rollover {
            self.rollover_units = self.rollover_units.saturating_add(units);
        }
    }

    /// Takes credits back that a grant gave, as far as there are any of their kind, and leaves `kept` units at least. Those
    /// that do not roll over have ended with their period.
    pub(crate) fn take_back(&mut self, given: &Credited, kept: i64) {
        let is_over = self.reset_at.is_some_and(|reset_at| given.at < reset_at);
        let most = (self.credited_units - kept).max(0).min(given.units);
        if given.rollover {
            let left = most.min(self.rollover_units);
            self.rollover_units -= left;
            self.credited_units -= left;
        } else if !is_over {
            self.credited_units -= most.min(self.credited_units - self.rollover_units);
        }
    }

    /// Begins the count anew: of the credits, those stay that move into the next period, as far as `used` has left any.
    pub(crate) fn begin_anew(&mut self, used: Decimal, ctx: &DecisionContext) {
        let left = Decimal::from(self.credited_units).minus(used).floor();
        let kept = left.clamp(0, self.rollover_units);
        (self.credited_units, self.rollover_units) = (kept, kept);
        self.count_nothing();
        (self.reset_at, self.modified_at) = (Some(ctx.now), ctx.now);
    }

    /// Counts what was used until now no more, once it is billed: the credits that it has left go on, for as long as they
    /// would have.
    pub(crate) fn settle(&mut self, used: Decimal, ctx: &DecisionContext) {
        let left = Decimal::from(self.credited_units).minus(used).floor();
        self.credited_units = left.clamp(0, self.credited_units);
        self.rollover_units = self.rollover_units.min(self.credited_units);
        self.count_nothing();
        self.modified_at = ctx.now;
    }

    fn count_nothing(&mut self) {
        let none = Tally::default();
        (self.events, self.total, self.uniques) = (none.events, none.total, 0);
        (self.largest, self.smallest) = (none.largest, none.smallest);
        self.consumed_units = Decimal::ZERO;
    }

    /// Begins the count anew with the first credits of a subscription that started at `started_at`: use from before is not
    /// set against them, where there were no credits.
    pub(crate) fn begin_with(&mut self, started_at: Timestamp, ctx: &DecisionContext) {
        let is_new = self.reset_at.is_none_or(|reset_at| reset_at < started_at);
        if is_new && self.credited_units == 0 {
            self.begin_anew(Decimal::ZERO, ctx);
        }
    }
}

/// Subscription that gives a customer credits of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Giver {
    /// The customer.
    pub customer_id: Uuid,
    /// The subscription.
    pub subscription_id: Uuid,
    /// Time at which the subscription was created.
    pub created_at: Timestamp,
    /// The meter.
    pub meter_id: Uuid,
    /// True while it is paused: it will give them again.
    pub is_paused: bool,
}

/// Meters whose counts begin anew with each period of a subscription, for its customer: those that it pays for, and of
/// those that no subscription pays for the ones that it gives credits of. Of several subscriptions, it is the oldest
/// (docs/behaviour: credits/period).
///
/// `others`: subscriptions of the customer with metered prices; `prices`: theirs and its own.
pub fn begun_by(
    subscription: &Subscription,
    others: &[Subscription],
    prices: &[ProductPrice],
    givers: &[Giver],
) -> Vec<Uuid> {
    let own = (subscription.created_at, subscription.id);
    let customer_id = subscription.customer_id;
    let metered = |one: &Subscription| -> Vec<Uuid> {
        let own = prices.iter().filter(|p| one.price_ids.contains(&p.id));
        own.filter_map(|price| price.meter_id).collect()
    };
    let others = others.iter().filter(|other| {
        other.customer_id == customer_id && other.id != subscription.id && other.is_billable()
    });
    let paid: Vec<_> = others
        .map(|other| ((other.created_at, other.id), metered(other)))
        .collect();
    let givers = || {
        givers.iter().filter(|one| {
            let is_own = one.subscription_id == subscription.id;
            one.customer_id == customer_id && (is_own || !one.is_paused)
        })
    };
    let pays = metered(subscription);
    let gives = givers().filter(|one| one.subscription_id == subscription.id);
    let mut meters = pays.clone();
    meters.extend(gives.map(|one| one.meter_id));
    meters.sort_unstable();
    meters.dedup();
    meters.retain(|meter_id| {
        let mut payers = paid.iter().filter(|(_, meters)| meters.contains(meter_id));
        if pays.contains(meter_id) {
            return payers.all(|(other, _)| own <= *other);
        }
        let mut givers = givers().filter(|one| one.meter_id == *meter_id);
        payers.next().is_none() && givers.all(|one| own <= (one.created_at, one.subscription_id))
    });
    meters
}

/// The counts once the periods of a subscription that began before `until` are over. What was used since then, and is to be
/// billed, counts already; credits that move on are those that what is billed now has left.
pub fn next_period<'a>(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    counts: &'a [(CustomerMeter, Meter)],
    until: Timestamp,
    ctx: &DecisionContext,
) -> Vec<(&'a CustomerMeter, CustomerMeter)> {
    let paid = due::meters(subscription, offered);
    let is_trial = subscription.status == SubscriptionStatus::Trialing;
    let usage = offered.parts.usage.iter();
    let own: Vec<&UsageCharge> = usage
        .filter(|row| row.subscription_id == subscription.id && row.billed_at.is_none())
        .collect();
    let begun = counts.iter().map(|(row, meter)| {
        let of_meter = own.iter().copied().filter(|row| row.meter_id == meter.id);
        let (past, later): (Vec<&UsageCharge>, Vec<&UsageCharge>) =
            of_meter.partition(|row| row.starts_at < until);
        let aggregation = &meter.aggregation.0;
        let ((past, uniques), (later, later_uniques)) = (due::sum(past), due::sum(later));
        let used = match paid.contains(&meter.id) {
            // What a trial's usage leaves is not billed, and no less used.
            true if is_trial => row
                .consumed_units
                .minus(later.quantity(aggregation, later_uniques)),
            true => past.quantity(aggregation, uniques),
            false => row.consumed_units,
        };
        let mut new = row.clone();
        new.begin_anew(used, ctx);
        (row, new.with(meter, later, later_uniques))
    });
    begun.collect()
}

/// The counts once the usage of a subscription is billed before its period is over: what was used is set against credits,
/// and the rest of them goes on (docs/behaviour: credits/settled).
pub fn settled<'a>(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    counts: &'a [(CustomerMeter, Meter)],
    ctx: &DecisionContext,
) -> Vec<(&'a CustomerMeter, CustomerMeter)> {
    let paid = due::meters(subscription, offered);
    let paid = counts.iter().filter(|(_, meter)| paid.contains(&meter.id));
    let settled = paid.map(|(row, meter)| {
        let own: Vec<&UsageCharge> = (offered.parts.usage.iter())
            .filter(|charge| {
                charge.subscription_id == subscription.id
                    && charge.meter_id == meter.id
                    && charge.billed_at.is_none()
            })
            .collect();
        let mut new = row.clone();
        if !own.is_empty() {
            let (used, uniques) = due::sum(own);
            new.settle(used.quantity(&meter.aggregation.0, uniques), ctx);
        }
        (row, new)
    });
    settled.collect()
}

/// Usage of a subscription by meter, in whole units, that is to be billed and is not yet.
pub fn unbilled(usage: &[UsageCharge], meters: &[Meter]) -> Vec<(Uuid, i64)> {
    let of_meter = |meter: &Meter| {
        let own = usage.iter().filter(|row| row.meter_id == meter.id);
        let (sum, uniques) = due::sum(own);
        let used = sum.quantity(&meter.aggregation.0, uniques);
        (meter.id, -Decimal::ZERO.minus(used).floor())
    };
    meters.iter().map(of_meter).collect()
}
