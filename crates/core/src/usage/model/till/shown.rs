//! Sums and counts as the rows have them.

use std::collections::BTreeMap;

use till_wire::decimal::Decimal;
use uuid::Uuid;

use super::{
    super::{
        Act, CUSTOMERS, Known,
        shop::{METERS, customer_id, meter_id},
    },
    Till,
};
use crate::{
    kernel::{
        records::{CustomerMeter, Meter, UsageBucket, UsageCharge, UsageValue},
        values::Value,
    },
    usage::{
        count::{Counter, add},
        due,
    },
};

impl Till {
    /// Credits and use of each customer's meter: consumed, credited, those that roll over, and the balance.
    pub fn shown(&self) -> BTreeMap<(usize, usize), (Decimal, i64, i64, Decimal)> {
        let mut shown = BTreeMap::new();
        for row in self.rows.of::<CustomerMeter>(&[]) {
            let customer = (0..CUSTOMERS).find(|n| customer_id(*n) == row.customer_id);
            let meter = (0..METERS.len()).find(|n| meter_id(*n) == row.meter_id);
            let place = (customer.expect("a customer"), meter.expect("a meter"));
            let is = (
                row.consumed_units,
                row.credited_units,
                row.rollover_units,
                row.balance(),
            );
            assert!(shown.insert(place, is).is_none(), "two counts of {place:?}");
        }
        shown
    }

    /// Usage of a subscription that is not billed yet, as it is shown: by meter, the units, and the amount.
    pub fn due(&self, n: usize) -> BTreeMap<usize, (f64, i64)> {
        let sub = self.sub(n);
        let offered = self.offered(&sub);
        let shown = due::shown(&sub, &offered.prices, &offered.parts).into_iter();
        let shown = shown.map(|(usage, meter)| {
            let meter = (0..METERS.len()).find(|n| meter_id(*n) == meter.id);
            (
                meter.expect("a meter"),
                (usage.consumed_units, usage.amount),
            )
        });
        shown.collect()
    }

    /// Number of events that are noted to be billed, by the subscription, the meter and the price.
    pub fn noted(&self) -> BTreeMap<(Uuid, Uuid, Uuid), i64> {
        let mut noted = BTreeMap::new();
        for row in self.rows.of::<UsageCharge>(&[]) {
            if row.billed_at.is_none() {
                let place = (row.subscription_id, row.meter_id, row.price_id);
                *noted.entry(place).or_default() += row.events;
            }
        }
        noted
    }

    /// True where nobody is to be given events that named them before they were there.
    pub fn is_bound(&self, customer: usize) -> bool {
        !self.is_there(customer) || self.decide(&Act::Bind(customer), 0).is_none()
    }

    /// Sums that a meter has counted, and events that it is still to count.
    pub fn known_quantities(&self, n: usize) -> Known {
        let meter: Meter = self.rows.get(meter_id(n));
        let of_meter = [("meter_id", Value::Uuid(meter.id))];
        let buckets = self.rows.of::<UsageBucket>(&of_meter).into_iter();
        let values = self.rows.of::<UsageValue>(&of_meter).into_iter();
        let mut known = Known {
            buckets: buckets
                .map(|row| (row.subject_id, row.starts_at, row.tally()))
                .collect(),
            values: values
                .map(|row| (row.subject_id, row.starts_at, row.value))
                .collect(),
        };
        let counted = self.fold(n).map_or(0, |fold| fold.round);
        let rest = self.batches(|round| round.is_none_or(|round| round > counted));
        known.and(add(&Counter::new(&meter), &self.events_of(&rest)));
        known
    }
}
