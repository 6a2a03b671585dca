//! Credits of meters: units that a customer may use without paying for them (docs/behaviour/credits.md).

use jiff::Timestamp;
use till_wire::{benefits::BenefitType, decimal::Decimal, subscriptions::SubscriptionStatus};
use uuid::Uuid;

use super::{
    count::Tally,
    due::{self, Unbillable},
};
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

    /// Takes credits back that a grant of this subscription gave, as far as there are any of their kind, and leaves `kept`
    /// units at least. Those that do not roll over have ended with their period.
    pub(crate) fn take_back(&mut self, by: Option<Uuid>, given: &Credited, kept: i64) {
        let is_over = self.reset_at.is_some_and(|reset_at| given.at < reset_at);
        let of_kind = match given.rollover {
            true => self.rollover_units,
            false if is_over => return,
            false => self.credited_units - self.rollover_units,
        };
        let most = (self.credited_units - kept).max(0);
        let taken = most.min(given.units).min(of_kind);
        self.credited_units -= taken;
        self.rollover_units -= if given.rollover { taken } else { 0 };
        if let Some(by) = by.filter(|_| !is_over) {
            let all: i64 = self.spent.iter().flat_map(|spent| spent.0.values()).sum();
            let used = self.settled_units.saturating_add(kept).saturating_sub(all);
            let more = (given.units - taken).min(used).max(0);
            self.note_spent(by, self.spent_by(by).saturating_add(more));
        }
    }

    /// Takes of these units, which a subscription gives in place of credits that were taken back, those off that are used up
    /// (docs/behaviour: credits/spent). What is left of them.
    pub(crate) fn without_spent(&mut self, by: Uuid, units: i64) -> i64 {
        let spent = self.spent_by(by);
        let less = spent.min(units);
        self.note_spent(by, spent - less);
        units - less
    }

    /// Forgets what is used up of a subscription's credits: a new period gives them in full.
    pub(crate) fn forget_spent(&mut self, by: Uuid) {
        self.note_spent(by, 0);
    }

    fn spent_by(&self, by: Uuid) -> i64 {
        let spent = self.spent.as_ref().and_then(|spent| spent.0.get(&by));
        spent.copied().unwrap_or_default()
    }

    fn note_spent(&mut self, by: Uuid, units: i64) {
        let mut all = self.spent.take().unwrap_or_default();
        match units {
            0 => all.0.remove(&by),
            _ => all.0.insert(by, units),
        };
        self.spent = (!all.0.is_empty()).then_some(all);
    }

    /// Begins the count anew: of the credits, those stay that move into the next period, as far as `used` has left any.
    pub(crate) fn begin_anew(&mut self, used: Decimal, ctx: &DecisionContext) {
        let left = Decimal::from(self.credited_units).minus(used).floor();
        let kept = left.clamp(0, self.rollover_units);
        (self.credited_units, self.rollover_units) = (kept, kept);
        (self.settled_units, self.spent) = (0, None);
        self.count_nothing();
        (self.reset_at, self.modified_at) = (Some(ctx.now), ctx.now);
    }

    /// Counts what was used until now no more, once it is billed: the credits that it has left go on, for as long as they
    /// would have.
    pub(crate) fn settle(&mut self, used: Decimal, ctx: &DecisionContext) {
        let left = Decimal::from(self.credited_units).minus(used).floor();
        let left = left.clamp(0, self.credited_units);
        self.spend(self.credited_units - left, ctx);
        self.count_nothing();
    }

    /// Takes credits off that usage which is billed has used up.
    fn spend(&mut self, units: i64, ctx: &DecisionContext) {
        self.settled_units = self.settled_units.saturating_add(units);
        self.credited_units -= units;
        self.rollover_units = self.rollover_units.min(self.credited_units);
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
            let used = used.quantity(&meter.aggregation.0, uniques);
            new.settle(used, ctx);
        }
        (row, new)
    });
    settled.collect()
}

/// Counts that do not begin anew with a subscription, less the credits that its bill is set against: no other bill has
/// them (docs/behaviour: credits/several).
///
/// # Errors
/// As [`due::due`].
pub fn spent<'a>(
    subscription: &Subscription,
    offered: &'a ProductWithPrices,
    begun: &[(CustomerMeter, Meter)],
    until: Timestamp,
    ctx: &DecisionContext,
) -> Result<Vec<(&'a CustomerMeter, CustomerMeter)>, Unbillable> {
    let mut spent = Vec::new();
    for (meter_id, units) in due::credits(subscription, offered, until)? {
        if begun.iter().any(|(row, _)| row.meter_id == meter_id) {
            continue;
        }
        let mut counts = offered.parts.credits.iter();
        let own = counts
            .find(|row| (row.customer_id, row.meter_id) == (subscription.customer_id, meter_id));
        if let Some(row) = own {
            let mut new = row.clone();
            new.spend(units, ctx);
            spent.push((row, new));
        }
    }
    Ok(spent)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checkout::tests::{at, id};

    /// Something that happens to a subscription within one period.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        /// Units are used.
        Use(i64),
        /// Usage is billed.
        Settle,
        /// A grant is given, unless it is there.
        Give(usize),
        /// A grant is revoked, if it is there.
        Revoke(usize),
        /// A grant is given in place of another one, which is revoked first.
        Replace(usize, usize),
    }

    fn acts() -> impl Strategy<Value = Act> {
        let grant = 0..3_usize;
        prop_oneof![
            3 => (1..30_i64).prop_map(Act::Use),
            1 => Just(Act::Settle),
            2 => grant.clone().prop_map(Act::Give),
            2 => grant.clone().prop_map(Act::Revoke),
            2 => (grant.clone(), grant).prop_map(|(new, old)| Act::Replace(new, old)),
        ]
    }

    /// Customer's count of a meter with a price, and the grants that give credits of it.
    struct World {
        count: CustomerMeter,
        /// Units of each grant, whether they roll over, and whether it is live.
        grants: Vec<(i64, bool, bool)>,
        /// Units that are to be billed.
        unbilled: i64,
        /// Credits that paid for what was settled.
        settled: i64,
    }

    impl World {
        fn live(&self) -> i64 {
            let live = self.grants.iter().filter(|(.., is_live)| *is_live);
            live.map(|(units, ..)| units).sum()
        }

        fn give(&mut self, grant: usize) {
            let (units, rollover, is_live) = &mut self.grants[grant];
            if !*is_live {
                let units = self.count.without_spent(id(1), *units);
                self.count.give(units, *rollover);
                *is_live = true;
            }
        }

        fn revoke(&mut self, grant: usize) {
            let (units, rollover, is_live) = &mut self.grants[grant];
            if *is_live {
                let given = Credited {
                    meter_id: id(2),
                    units: *units,
                    rollover: *rollover,
                    at: at(0).now,
                };
                self.count.take_back(Some(id(1)), &given, self.unbilled);
                *is_live = false;
            }
        }

        fn act(&mut self, act: Act) {
            match act {
                Act::Use(units) => self.unbilled += units,
                Act::Settle => {
                    let before = self.count.credited_units;
                    (self.count).settle(Decimal::from(self.unbilled), &at(1));
                    self.settled += before - self.count.credited_units;
                    self.unbilled = 0;
                }
                Act::Give(grant) => self.give(grant),
                Act::Revoke(grant) => self.revoke(grant),
                Act::Replace(new, old) if new != old && self.grants[old].2 => {
                    self.revoke(old);
                    self.give(new);
                }
                Act::Replace(..) => {}
            }
        }
    }

    proptest! {
        /// However plans and seats change, a period has no more credits than its grants gave at once at some time, and no
        /// fewer than those of now give (docs/behaviour: credits/spent).
        #[test]
        fn changing_back_and_forth_brings_no_credits(
            grants in prop::collection::vec((1..20_i64, any::<bool>()), 3),
            acts in prop::collection::vec(acts(), 1..40),
        ) {
            let grants = grants.into_iter().map(|(units, rollover)| (units, rollover, false));
            let count = CustomerMeter::new(id(3), id(2), id(4), &at(0));
            let mut world = World { count, grants: grants.collect(), unbilled: 0, settled: 0 };
            let mut most = 0;
            for act in acts {
                world.act(act);
                most = most.max(world.live());
                let there = world.settled + world.count.credited_units;
                prop_assert!(there <= most, "{act:?}: {there} of {most}");
                prop_assert!(there >= world.live(), "{act:?}: {there} for {}", world.live());
                prop_assert!((0..=world.count.credited_units).contains(&world.count.rollover_units));
            }
        }
    }
}
