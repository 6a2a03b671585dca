//! Counting: what events add to a meter, as sums that can be put together in any order (docs/behaviour: meters/exact).

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use till_wire::{decimal::Decimal, meters::Aggregation};
use uuid::Uuid;

use super::filter::{Matcher, datum};
use crate::kernel::{
    hex::hex,
    records::{Meter, UsageEvent},
};

/// Seconds of a bucket: the offsets of all time zones are multiples of it.
pub const BUCKET: i64 = 15 * 60;
/// Hexadecimal digits of the hash of a value.
const VALUE: usize = 32;

/// The start of the bucket into which a moment falls.
pub fn bucket_of(at: Timestamp) -> Timestamp {
    let start = at.as_second().div_euclid(BUCKET) * BUCKET;
    // The first moments of all time lie in no whole bucket.
    Timestamp::from_second(start).unwrap_or(Timestamp::MIN)
}

/// The first bucket that does not begin before a moment.
pub fn bucket_after(at: Timestamp) -> Timestamp {
    let start = bucket_of(at);
    if start == at {
        return start;
    }
    Timestamp::from_second(start.as_second() + BUCKET).unwrap_or(Timestamp::MAX)
}

/// The sum of some events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Number of events that count: for a function of numbers, those that have one.
    pub events: i64,
    /// Sum of the numbers.
    pub total: Decimal,
    /// Largest number.
    pub largest: Option<Decimal>,
    /// Smallest number.
    pub smallest: Option<Decimal>,
}

impl Tally {
    /// One event with its number; none where numbers do not matter.
    pub fn one(number: Option<Decimal>) -> Self {
        Self {
            events: 1,
            total: number.unwrap_or(Decimal::ZERO),
            largest: number,
            smallest: number,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let both = |one: Option<Decimal>,
                    two: Option<Decimal>,
                    of: fn(Decimal, Decimal) -> Decimal| {
            match (one, two) {
                (Some(one), Some(two)) => Some(of(one, two)),
                (one, two) => one.or(two),
            }
        };
        Self {
            events: self.events + other.events,
            total: self.total.plus(other.total),
            largest: both(self.largest, other.largest, Ord::max),
            smallest: both(self.smallest, other.smallest, Ord::min),
        }
    }

    /// The quantity by an aggregation; `different` is the number of different values.
    pub fn quantity(&self, aggregation: &Aggregation, different: i64) -> Decimal {
        match aggregation {
            Aggregation::Count => Decimal::from(self.events),
            Aggregation::Sum { .. } => self.total,
            Aggregation::Max { .. } => self.largest.unwrap_or_default(),
            Aggregation::Min { .. } => self.smallest.unwrap_or_default(),
            Aggregation::Avg { .. } => self.total.over(self.events),
            Aggregation::Unique { .. } => Decimal::from(different),
        }
    }
}

/// Contribution of one event to a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// The filter does not choose it.
    Not,
    /// The filter chooses it, and the function has no use for it.
    Ignored,
    /// It counts.
    Event(Tally),
    /// It counts, and has this value.
    Value(String),
}

/// A meter as events are counted with it.
#[derive(Debug, Clone)]
pub struct Counter<'m> {
    /// The meter.
    pub meter: &'m Meter,
    matcher: Matcher<'m>,
}

impl<'m> Counter<'m> {
    /// Of a meter.
    pub fn new(meter: &'m Meter) -> Self {
        Self {
            meter,
            matcher: Matcher::new(&meter.filter.0),
        }
    }

    /// The contribution of an event.
    pub fn count(&self, event: &UsageEvent) -> Counted {
        if !self.matcher.matches(event) {
            return Counted::Not;
        }
        match &self.meter.aggregation.0 {
            Aggregation::Count => Counted::Event(Tally::one(None)),
            Aggregation::Sum { property }
            | Aggregation::Max { property }
            | Aggregation::Min { property }
            | Aggregation::Avg { property } => {
                match datum(event, property).and_then(|datum| datum.number()) {
                    Some(number) => Counted::Event(Tally::one(Some(number))),
                    None => Counted::Ignored,
                }
            }
            Aggregation::Unique { property } => match datum(event, property) {
                Some(datum) => Counted::Value(value_key(&datum.text())),
                None => Counted::Ignored,
            },
        }
    }
}

/// A value as it is kept to be told from others: its hash, because it may say who somebody is.
fn value_key(text: &str) -> String {
    let mut hash = hex(&Sha256::digest(text.as_bytes()));
    hash.truncate(VALUE);
    hash
}

/// The subject of sums over all events, whoever caused them. Other subjects are customers.
pub const EVERYBODY: Uuid = Uuid::nil();

/// Contributions of some events to one meter, by customer and by bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Added {
    /// Number of events that the filter chose.
    pub chosen: i64,
    /// Sums by whose they are and by bucket.
    pub buckets: HashMap<(Uuid, Timestamp), Tally>,
    /// Values by whose they are and by bucket.
    pub values: BTreeSet<(Uuid, Timestamp, String)>,
    /// Customers of whom the filter chose an event, also one that the function has no use for.
    pub customers: BTreeSet<Uuid>,
}

impl Added {
    /// Adds what some events contribute to a meter.
    pub fn take<'e>(
        &mut self,
        counter: &Counter<'_>,
        events: impl IntoIterator<Item = &'e UsageEvent>,
    ) {
        for event in events {
            self.put(event, counter.count(event));
        }
    }

    /// Number of sums and values that are to be written.
    pub fn places(&self) -> usize {
        self.buckets.len() + self.values.len()
    }

    /// Puts one event in.
    fn put(&mut self, event: &UsageEvent, counted: Counted) {
        let tally = match &counted {
            Counted::Not => return,
            Counted::Ignored => None,
            Counted::Event(tally) => Some(*tally),
            Counted::Value(_) => Some(Tally::one(None)),
        };
        self.chosen += 1;
        self.customers.extend(event.customer_id);
        let Some(tally) = tally else { return };
        let bucket = bucket_of(event.timestamp);
        for subject in [Some(EVERYBODY), event.customer_id].into_iter().flatten() {
            let sum = self.buckets.entry((subject, bucket)).or_default();
            *sum = sum.and(tally);
            if let Counted::Value(value) = &counted {
                self.values.insert((subject, bucket, value.clone()));
            }
        }
    }

    /// Only what is of customers: for events that everybody's sums have already.
    #[must_use]
    pub fn of_customers(mut self) -> Self {
        self.chosen = 0;
        self.buckets.retain(|(subject, _), _| *subject != EVERYBODY);
        self.values.retain(|(subject, ..)| *subject != EVERYBODY);
        self
    }
}

/// The contributions of events to a meter.
pub fn add<'e>(counter: &Counter<'_>, events: impl IntoIterator<Item = &'e UsageEvent>) -> Added {
    let mut added = Added::default();
    added.take(counter, events);
    added
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_begins_on_the_quarter_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (moment, before, after) in [
            (
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
            ),
            (
                "2026-01-01T00:14:59.9Z",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:15:00Z",
            ),
            (
                "1969-12-31T23:59:59Z",
                "1969-12-31T23:45:00Z",
                "1970-01-01T00:00:00Z",
            ),
        ] {
            assert_eq!(bucket_of(at(moment)), at(before));
            assert_eq!(bucket_after(at(moment)), at(after));
        }
    }

    #[test]
    fn sums_are_put_together_in_any_order() {
        let number = |text: &str| Tally::one(Decimal::parse(text));
        let tallies = [
            number("0.1"),
            number("-7"),
            number("3.25"),
            Tally::default(),
        ];
        let forward = tallies.iter().fold(Tally::default(), |a, b| a.and(*b));
        let backward = tallies
            .iter()
            .rev()
            .fold(Tally::default(), |a, b| a.and(*b));
        assert_eq!(forward, backward);
        assert_eq!(forward.events, 3);
        assert_eq!(forward.total.to_string(), "-3.65");
        let property = "n".to_owned();
        let average = forward.quantity(&Aggregation::Avg { property }, 0);
        assert_eq!(average.to_string(), "-1.216666666667");
        let property = "n".to_owned();
        assert_eq!(
            Tally::default().quantity(&Aggregation::Max { property }, 0),
            Decimal::ZERO
        );
    }

    #[test]
    fn values_are_told_apart_by_their_hash() {
        let (one, two) = ("x".repeat(100), "x".repeat(101));
        assert_ne!(value_key(&one), value_key(&two));
        assert_eq!(value_key(&one), value_key(&one));
        assert_eq!(value_key("5").len(), 32);
    }
}
