//! Usage that is to be billed: while a meter counts events, those of subscribers are added to what their subscriptions are
//! billed for, in the same commit (docs/behaviour: metered/once).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::count::{Counted, Counter, Tally};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{Meter, ProductPrice, Subscription, UsageCharge, UsageChargeValue, UsageEvent},
};

/// Number of billing periods, at most, that are looked ahead for an event that came in while a renewal is overdue.
const AHEAD: usize = 1_000;

/// Subscription that a customer's usage of a meter is billed to, and the price.
#[derive(Debug, Clone, PartialEq)]
pub struct Payer {
    /// The subscription.
    pub subscription: Subscription,
    /// The metered price.
    pub price_id: Uuid,
}

impl Payer {
    /// Moment from which on events must have come in, so that they are billed: the meter and the subscription are there,
    /// and its trial is over (docs/behaviour: metered/free).
    fn billed_from(&self, meter: &Meter) -> Timestamp {
        let own = &self.subscription;
        let there = meter.created_at.max(own.created_at);
        own.trial_end.map_or(there, |end| there.max(end))
    }

    /// Start of the period that an event of this time is billed with; none for the one that runs, to which everything
    /// belongs that happened before its end (docs/behaviour: metered/period).
    fn later_period(&self, at: Timestamp) -> Option<Timestamp> {
        let own = &self.subscription;
        let mut start = own.usage_period().end;
        if at < start {
            return None;
        }
        for _ in 0..AHEAD {
            let next = own.usage_period_from(start);
            if at < next.end {
                break;
            }
            start = next.end;
        }
        Some(start)
    }
}

/// Subscriptions that usage of a meter is billed to, by their customers: of several, the one that was there first.
pub fn payers(
    meter: &Meter,
    subscriptions: &[Subscription],
    prices: &[ProductPrice],
) -> HashMap<Uuid, Payer> {
    let mut payers: HashMap<Uuid, Payer> = HashMap::new();
    if meter.archived_at.is_some() {
        return payers;
    }
    let of_meter: BTreeSet<Uuid> = prices
        .iter()
        .filter(|price| price.meter_id == Some(meter.id))
        .map(|price| price.id)
        .collect();
    for subscription in subscriptions.iter().filter(|one| one.is_billable()) {
        let mut own = subscription.price_ids.iter();
        let Some(price_id) = own.find(|id| of_meter.contains(id)) else {
            continue;
        };
        let age = |one: &Subscription| (one.created_at, one.id);
        let known = payers.get(&subscription.customer_id);
        if known.is_none_or(|known| age(subscription) < age(&known.subscription)) {
            let payer = Payer {
                subscription: subscription.clone(),
                price_id: *price_id,
            };
            payers.insert(subscription.customer_id, payer);
        }
    }
    payers
}

/// Place of usage: the customer, and the start of a later period than the one that runs.
type Place = (Uuid, Option<Timestamp>);

/// Usage that some events add.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Charging {
    /// The subscriptions, by their customers.
    pub payers: HashMap<Uuid, Payer>,
    /// Sums and different values.
    added: BTreeMap<Place, (Tally, BTreeSet<String>)>,
    /// Usage of the subscriptions that is not billed yet.
    pub charges: Vec<UsageCharge>,
    /// Values among it, of those that some events have: the row, and the value.
    pub held: Vec<(Uuid, String)>,
}

impl Charging {
    /// The usage that some events add; the rows are still to be read.
    pub fn new<'e>(
        counter: &Counter<'_>,
        events: impl IntoIterator<Item = &'e UsageEvent>,
        payers: &HashMap<Uuid, Payer>,
    ) -> Self {
        let mut charging = Self::default();
        charging.take(counter, events, payers);
        charging
    }

    /// Adds the usage of more events. A customer's usage goes to the subscription as it was first read.
    pub fn take<'e>(
        &mut self,
        counter: &Counter<'_>,
        events: impl IntoIterator<Item = &'e UsageEvent>,
        payers: &HashMap<Uuid, Payer>,
    ) {
        if payers.is_empty() && self.payers.is_empty() {
            return;
        }
        for event in events {
            let Some(customer_id) = event.customer_id else {
                continue;
            };
            let known = self.payers.get(&customer_id);
            let Some(payer) = known.or_else(|| payers.get(&customer_id)) else {
                continue;
            };
            if event.created_at < payer.billed_from(counter.meter) {
                continue;
            }
            let (tally, value) = match counter.count(event) {
                Counted::Not | Counted::Ignored => continue,
                Counted::Event(tally) => (tally, None),
                Counted::Value(value) => (Tally::one(None), Some(value)),
            };
            let place = (customer_id, payer.later_period(event.timestamp));
            if known.is_none() {
                let payer = payer.clone();
                self.payers.insert(customer_id, payer);
            }
            let sum = self.added.entry(place).or_default();
            sum.0 = sum.0.and(tally);
            sum.1.extend(value);
        }
    }

    /// IDs of the subscriptions that something is added to.
    pub fn subscriptions(&self) -> Vec<Uuid> {
        let payers = self.payers.values();
        payers.map(|payer| payer.subscription.id).collect()
    }

    /// Different values that are added to subscriptions, by the subscriptions' IDs.
    pub fn values(&self) -> HashMap<Uuid, BTreeSet<&str>> {
        let mut all: HashMap<Uuid, BTreeSet<&str>> = HashMap::new();
        for ((customer_id, _), (_, values)) in &self.added {
            if let Some(payer) = self.payers.get(customer_id)
                && !values.is_empty()
            {
                let own = all.entry(payer.subscription.id).or_default();
                own.extend(values.iter().map(String::as_str));
            }
        }
        all
    }

    /// Adds the usage to what the subscriptions are billed for.
    pub fn put(&self, meter: &Meter, changes: &mut Changes, ctx: &DecisionContext) {
        let mut charges: HashMap<Uuid, Vec<&UsageCharge>> = HashMap::new();
        for row in &self.charges {
            charges.entry(row.subscription_id).or_default().push(row);
        }
        let mut held: HashMap<Uuid, Vec<&str>> = HashMap::new();
        for (charge_id, value) in &self.held {
            held.entry(*charge_id).or_default().push(value);
        }
        for ((customer_id, later), (tally, values)) in &self.added {
            let Some(payer) = self.payers.get(customer_id) else {
                continue;
            };
            let own = &payer.subscription;
            let is_here = |row: &&&UsageCharge| match later {
                Some(start) => row.starts_at == *start,
                None => row.starts_at < own.usage_period().end,
            };
            let all = charges.get(&own.id).into_iter().flatten();
            let here: Vec<&UsageCharge> = all.filter(is_here).copied().collect();
            // A value that occurred at another price of the period is no other value.
            let known = here.iter().filter_map(|row| held.get(&row.id));
            let known: BTreeSet<&str> = known.flatten().copied().collect();
            let new: Vec<&String> = values
                .iter()
                .filter(|value| !known.contains(value.as_str()))
                .collect();
            let uniques = i64::try_from(new.len()).unwrap_or(i64::MAX);
            let row = here.iter().find(|row| row.price_id == payer.price_id);
            let charge_id = match row {
                Some(row) => {
                    changes.update(*row, &row.with(*tally, uniques, ctx));
                    row.id
                }
                None => {
                    let starts_at = later.unwrap_or(own.usage_period().start);
                    let empty = payer.empty(meter, starts_at, ctx);
                    changes.insert(&empty.with(*tally, uniques, ctx));
                    empty.id
                }
            };
            for value in new {
                changes.insert(&UsageChargeValue {
                    id: ctx.id(),
                    charge_id,
                    value: value.clone(),
                });
            }
        }
    }
}

impl Payer {
    fn empty(&self, meter: &Meter, starts_at: Timestamp, ctx: &DecisionContext) -> UsageCharge {
        let none = Tally::default();
        UsageCharge {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: ctx.now,
            version: 1,
            organization_id: meter.organization_id,
            customer_id: self.subscription.customer_id,
            subscription_id: self.subscription.id,
            meter_id: meter.id,
            price_id: self.price_id,
            starts_at,
            events: none.events,
            total: none.total,
            largest: none.largest,
            smallest: none.smallest,
            uniques: 0,
            billed_at: None,
            order_id: None,
        }
    }
}

impl UsageCharge {
    /// The sums.
    pub fn tally(&self) -> Tally {
        Tally {
            events: self.events,
            total: self.total,
            largest: self.largest,
            smallest: self.smallest,
        }
    }

    fn with(&self, more: Tally, uniques: i64, ctx: &DecisionContext) -> Self {
        let sum = self.tally().and(more);
        Self {
            modified_at: ctx.now,
            events: sum.events,
            total: sum.total,
            largest: sum.largest,
            smallest: sum.smallest,
            uniques: self.uniques + uniques,
            ..self.clone()
        }
    }
}
