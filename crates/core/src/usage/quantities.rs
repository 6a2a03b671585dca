//! Quantities of a meter over time (docs/behaviour: meters/quantities).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan, Zoned, civil::Weekday, tz::TimeZone};
use till_wire::{
    decimal::Decimal,
    meters::Aggregation,
    usage::{AggregationFunction, MeterQuantities, MeterQuantity, TimeInterval},
};
use uuid::Uuid;

use super::count::{Added, EVERYBODY, Tally, bucket_after, bucket_of};

/// Intervals that are told at once, at most.
pub const INTERVALS: usize = 10_000;

/// Whole intervals between two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first bucket that counts.
    pub start: Timestamp,
    /// The first bucket that does not count any more.
    pub end: Timestamp,
    /// The starts of the intervals, the earliest first. The first one may lie before `start`.
    pub starts: Vec<Timestamp>,
}

/// The intervals from the one in which `start` lies to the one in which `end` lies; none where there are more than
/// [`INTERVALS`]. Events count from the quarter of an hour of `start` up to that of `end`.
pub fn period(
    start: Timestamp,
    end: Timestamp,
    interval: TimeInterval,
    zone: &TimeZone,
) -> Option<Period> {
    let mut starts = Vec::new();
    let mut next = Some(floor(&start.to_zoned(zone.clone()), interval));
    while let Some(at) = next.filter(|at| at.timestamp() <= end) {
        if starts.len() == INTERVALS {
            return None;
        }
        starts.push(at.timestamp());
        next = after(&at, interval);
    }
    Some(Period {
        start: bucket_of(start),
        end: bucket_after(end),
        starts,
    })
}

fn floor(at: &Zoned, interval: TimeInterval) -> Zoned {
    let midnight = |at: Zoned| at.start_of_day().unwrap_or(at);
    match interval {
        TimeInterval::Hour => {
            let past = i64::from(at.minute()) * 60 + i64::from(at.second());
            let second = at.timestamp().as_second().saturating_sub(past);
            let whole = Timestamp::from_second(second).unwrap_or(Timestamp::MIN);
            whole.to_zoned(at.time_zone().clone())
        }
        TimeInterval::Day => midnight(at.clone()),
        TimeInterval::Week => {
            let days = i64::from(at.weekday().since(Weekday::Monday));
            midnight(at.checked_sub(days.days()).unwrap_or_else(|_| at.clone()))
        }
        TimeInterval::Month => midnight(at.first_of_month().unwrap_or_else(|_| at.clone())),
        TimeInterval::Year => midnight(at.first_of_year().unwrap_or_else(|_| at.clone())),
    }
}

/// The next interval; none at the end of all time.
fn after(at: &Zoned, interval: TimeInterval) -> Option<Zoned> {
    let (date, zone) = (at.date(), at.time_zone().clone());
    let date = match interval {
        TimeInterval::Hour => return at.checked_add(1.hour()).ok(),
        TimeInterval::Day => date.checked_add(1.day()),
        TimeInterval::Week => date.checked_add(1.week()),
        TimeInterval::Month => date.checked_add(1.month()),
        TimeInterval::Year => date.checked_add(1.year()),
    };
    // A day that begins after midnight does not shift those behind it.
    date.ok()?.to_zoned(zone).ok()?.start_of_day().ok()
}

/// Sums and values of a meter in a period, by subject and by bucket. Those of the same place add up.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Sums.
    pub buckets: Vec<(Uuid, Timestamp, Tally)>,
    /// Values.
    pub values: BTreeSet<(Uuid, Timestamp, String)>,
}

impl Known {
    /// Puts in what events add that are not counted yet.
    pub fn and(&mut self, added: Added) {
        let sums = added.buckets.into_iter();
        self.buckets
            .extend(sums.map(|((subject, bucket), tally)| (subject, bucket, tally)));
        self.values.extend(added.values);
    }

    fn keep(&mut self, is_kept: impl Fn(Uuid, Timestamp) -> bool) {
        self.buckets
            .retain(|(subject, bucket, _)| is_kept(*subject, *bucket));
        self.values
            .retain(|(subject, bucket, _)| is_kept(*subject, *bucket));
    }
}

/// One group of sums: a subject in an interval.
#[derive(Debug, Default)]
struct Group<'k> {
    tally: Tally,
    values: BTreeSet<&'k str>,
}

impl Group<'_> {
    fn quantity(&self, aggregation: &Aggregation) -> Decimal {
        let different = i64::try_from(self.values.len()).unwrap_or(i64::MAX);
        self.tally.quantity(aggregation, different)
    }
}

/// The quantities of a period. `customers`: only theirs, where any are named. With `each`, the quantities of the
/// customers are worked out one by one and put together by that function.
pub fn quantities(
    aggregation: &Aggregation,
    period: &Period,
    mut known: Known,
    customers: &[Uuid],
    each: Option<AggregationFunction>,
) -> MeterQuantities {
    let is_of = |subject: Uuid| match (customers.is_empty(), each) {
        (true, None) => subject == EVERYBODY,
        (true, Some(_)) => subject != EVERYBODY,
        (false, _) => customers.contains(&subject),
    };
    known.keep(|subject, bucket| is_of(subject) && bucket >= period.start && bucket < period.end);
    // Of all together, or of each customer.
    let subject_of = |subject: Uuid| if each.is_some() { subject } else { EVERYBODY };
    let place = |bucket: Timestamp| {
        period
            .starts
            .partition_point(|start| *start <= bucket)
            .saturating_sub(1)
    };
    let mut by_interval: Vec<BTreeMap<Uuid, Group<'_>>> = Vec::new();
    by_interval.resize_with(period.starts.len().max(1), BTreeMap::new);
    let mut whole: BTreeMap<Uuid, Group<'_>> = BTreeMap::new();
    for (subject, bucket, tally) in &known.buckets {
        let subject = subject_of(*subject);
        for groups in [&mut by_interval[place(*bucket)], &mut whole] {
            let group = groups.entry(subject).or_default();
            group.tally = group.tally.and(*tally);
        }
    }
    for (subject, bucket, value) in &known.values {
        let subject = subject_of(*subject);
        for groups in [&mut by_interval[place(*bucket)], &mut whole] {
            groups.entry(subject).or_default().values.insert(value);
        }
    }
    let told = |groups: &BTreeMap<Uuid, Group<'_>>| -> Option<Decimal> {
        let numbers: Vec<Decimal> = groups
            .values()
            .map(|group| group.quantity(aggregation))
            .collect();
        match each {
            _ if numbers.is_empty() => None,
            None => numbers.first().copied(),
            Some(function) => Some(together(function, &numbers)),
        }
    };
    let by_interval: Vec<Option<Decimal>> = by_interval.iter().map(told).collect();
    let there = || by_interval.iter().flatten().copied();
    let total = match (each, aggregation) {
        (Some(AggregationFunction::Count | AggregationFunction::Sum), _)
        | (None, Aggregation::Count | Aggregation::Sum { .. }) => there().reduce(Decimal::plus),
        (Some(AggregationFunction::Max), _) | (None, Aggregation::Max { .. }) => there().max(),
        (Some(AggregationFunction::Min), _) | (None, Aggregation::Min { .. }) => there().min(),
        (Some(_), _) | (None, Aggregation::Avg { .. } | Aggregation::Unique { .. }) => told(&whole),
    };
    let quantity = |(start, quantity): (&Timestamp, &Option<Decimal>)| MeterQuantity {
        timestamp: *start,
        quantity: quantity.unwrap_or_default().to_f64(),
    };
    MeterQuantities {
        quantities: period
            .starts
            .iter()
            .zip(&by_interval)
            .map(quantity)
            .collect(),
        total: total.unwrap_or_default().to_f64(),
    }
}

/// One number of those of the customers.
fn together(function: AggregationFunction, numbers: &[Decimal]) -> Decimal {
    let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
    let sum = || numbers.iter().fold(Decimal::ZERO, |sum, n| sum.plus(*n));
    match function {
        AggregationFunction::Count => Decimal::from(count),
        AggregationFunction::Sum => sum(),
        AggregationFunction::Avg => sum().over(count),
        AggregationFunction::Max => numbers.iter().max().copied().unwrap_or_default(),
        AggregationFunction::Min => numbers.iter().min().copied().unwrap_or_default(),
        AggregationFunction::Unique => {
            let different: BTreeSet<&Decimal> = numbers.iter().collect();
            Decimal::from(i64::try_from(different.len()).unwrap_or(i64::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use till_wire::{
        metadata::Metadata,
        meters::{Conjunction, Filter, MeterUnit},
    };

    use super::*;
    use crate::{
        kernel::{
            records::{Meter, UsageEvent},
            values::Json,
        },
        usage::count::{Counter, add},
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn starts(start: &str, end: &str, interval: TimeInterval, zone: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let period = period(at(start), at(end), interval, &zone).unwrap();
        period.starts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn intervals_are_those_of_the_calendar() {
        // The clock goes forward on 29 March 2026 in Berlin.
        assert_eq!(
            starts(
                "2026-03-28T12:00:00Z",
                "2026-03-30T12:00:00Z",
                TimeInterval::Day,
                "Europe/Berlin"
            ),
            [
                "2026-03-27T23:00:00Z",
                "2026-03-28T23:00:00Z",
                "2026-03-29T22:00:00Z"
            ]
        );
        assert_eq!(
            starts(
                "2026-03-29T00:30:00Z",
                "2026-03-29T02:00:00Z",
                TimeInterval::Hour,
                "Europe/Berlin"
            ),
            [
                "2026-03-29T00:00:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-29T02:00:00Z"
            ]
        );
        assert_eq!(
            starts(
                "2026-01-01T00:00:00Z",
                "2026-01-12T00:00:00Z",
                TimeInterval::Week,
                "UTC"
            ),
            [
                "2025-12-29T00:00:00Z",
                "2026-01-05T00:00:00Z",
                "2026-01-12T00:00:00Z"
            ]
        );
        assert_eq!(
            starts(
                "2026-01-31T18:20:00Z",
                "2026-03-01T00:00:00Z",
                TimeInterval::Month,
                "Asia/Kathmandu"
            ),
            ["2026-01-31T18:15:00Z", "2026-02-28T18:15:00Z"]
        );
        assert_eq!(
            starts(
                "2024-06-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
                TimeInterval::Year,
                "UTC"
            ),
            [
                "2024-01-01T00:00:00Z",
                "2025-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z"
            ]
        );
        assert!(
            starts(
                "2026-02-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
                TimeInterval::Day,
                "UTC"
            )
            .is_empty()
        );
        let long = period(
            at("1970-01-01T00:00:00Z"),
            at("2026-01-01T00:00:00Z"),
            TimeInterval::Hour,
            &TimeZone::UTC,
        );
        assert_eq!(long, None);
    }

    fn meter(aggregation: serde_json::Value) -> Meter {
        Meter {
            id: Uuid::from_u128(1),
            created_at: Timestamp::UNIX_EPOCH,
            modified_at: None,
            version: 1,
            organization_id: Uuid::nil(),
            name: "Meter".into(),
            unit: MeterUnit::Scalar,
            custom_label: None,
            custom_multiplier: None,
            filter: Json(Filter {
                conjunction: Conjunction::And,
                clauses: Vec::new(),
            }),
            aggregation: Json(serde_json::from_value(aggregation).unwrap()),
            metadata: Json::default(),
            archived_at: None,
        }
    }

    fn event(minute: i64, customer: u128, n: Option<i64>) -> UsageEvent {
        let metadata = n
            .map(|n| json!({"n": n as f64 / 4.0}))
            .unwrap_or(json!({"n": "text"}));
        UsageEvent {
            id: Uuid::nil(),
            created_at: Timestamp::UNIX_EPOCH,
            organization_id: Uuid::nil(),
            timestamp: at("2026-01-01T00:00:00Z") + jiff::SignedDuration::from_mins(minute),
            name: "a".into(),
            customer_id: (customer > 0).then(|| Uuid::from_u128(customer)),
            external_customer_id: None,
            member_id: None,
            external_member_id: None,
            external_id: None,
            parent_id: None,
            parent_key: None,
            metadata: Json(Metadata(metadata.as_object().cloned().unwrap())),
        }
    }

    /// The quantity of some events, from the events themselves.
    fn plain(function: &str, events: &[&UsageEvent]) -> Option<f64> {
        let numbers: Vec<f64> = events
            .iter()
            .filter_map(|e| e.metadata.0.0["n"].as_f64())
            .collect();
        let texts: BTreeSet<String> = events
            .iter()
            .map(|e| match &e.metadata.0.0["n"] {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect();
        let number = match function {
            "count" => events.len() as f64,
            "sum" => numbers.iter().sum(),
            "max" => numbers.iter().copied().reduce(f64::max)?,
            "min" => numbers.iter().copied().reduce(f64::min)?,
            "avg" if numbers.is_empty() => return None,
            "avg" => numbers.iter().sum::<f64>() / numbers.len() as f64,
            _ => texts.len() as f64,
        };
        Some(number)
    }

    proptest! {
        #[test]
        fn buckets_tell_what_the_events_tell(
            events in prop::collection::vec((0..4_320i64, 0..3u128, prop::option::weighted(0.8, -8..9i64)), 0..40),
            split in 0..40usize,
            function in prop::sample::select(vec!["count", "sum", "max", "min", "avg", "unique"]),
            customer in prop::option::of(1..3u128),
        ) {
            let events: Vec<UsageEvent> = events.into_iter().map(|(m, c, n)| event(m, c, n)).collect();
            let (counted, tail) = events.split_at(split.min(events.len()));
            let aggregation = match function {
                "count" => json!({"func": "count"}),
                function => json!({"func": function, "property": "n"}),
            };
            let meter = meter(aggregation);
            let counter = Counter::new(&meter);
            let mut known = Known::default();
            known.and(add(&counter, counted));
            known.and(add(&counter, tail));
            let period = period(at("2026-01-01T00:00:00Z"), at("2026-01-03T23:59:00Z"), TimeInterval::Day, &TimeZone::UTC).unwrap();
            let customers: Vec<Uuid> = customer.map(Uuid::from_u128).into_iter().collect();
            let told = quantities(&meter.aggregation.0, &period, known, &customers, None);
            let wanted = |e: &&UsageEvent| customers.is_empty() || e.customer_id == customers.first().copied();
            let mut by_day = Vec::new();
            for (i, quantity) in told.quantities.iter().enumerate() {
                let of_day: Vec<&UsageEvent> = events.iter().filter(wanted)
                    .filter(|e| (e.timestamp - at("2026-01-01T00:00:00Z")).total(jiff::Unit::Hour).unwrap() as usize / 24 == i)
                    .collect();
                let expected = plain(function, &of_day);
                prop_assert!((quantity.quantity - expected.unwrap_or(0.0)).abs() < 1e-9, "{function} {i} {quantity:?} {expected:?}");
                by_day.extend(expected.filter(|_| !of_day.is_empty()));
            }
            let all: Vec<&UsageEvent> = events.iter().filter(wanted).collect();
            let total = match function {
                "count" | "sum" => by_day.iter().sum(),
                "max" => by_day.iter().copied().reduce(f64::max).unwrap_or(0.0),
                "min" => by_day.iter().copied().reduce(f64::min).unwrap_or(0.0),
                function => plain(function, &all).unwrap_or(0.0),
            };
            prop_assert!((told.total - total).abs() < 1e-9, "{function} {told:?} {total}");
        }
    }

    #[test]
    fn quantities_of_the_customers_are_put_together() {
        let meter = meter(json!({"func": "sum", "property": "n"}));
        let events = [
            event(1, 1, Some(4)),
            event(2, 1, Some(8)),
            event(3, 2, Some(4)),
            event(4, 0, Some(400)),
        ];
        let period = period(
            at("2026-01-01T00:00:00Z"),
            at("2026-01-01T12:00:00Z"),
            TimeInterval::Day,
            &TimeZone::UTC,
        )
        .unwrap();
        for (function, quantity) in [
            (None, 104.0),
            (Some(AggregationFunction::Count), 2.0),
            (Some(AggregationFunction::Sum), 4.0),
            (Some(AggregationFunction::Avg), 2.0),
            (Some(AggregationFunction::Max), 3.0),
            (Some(AggregationFunction::Min), 1.0),
            (Some(AggregationFunction::Unique), 2.0),
        ] {
            let mut known = Known::default();
            known.and(add(&Counter::new(&meter), &events));
            let told = quantities(&meter.aggregation.0, &period, known, &[], function);
            assert_eq!(
                (told.quantities[0].quantity, told.total),
                (quantity, quantity),
                "{function:?}"
            );
        }
    }
}
