//! Billing periods: calendar arithmetic in UTC, anchored to a day of the month (docs/behaviour: subscriptions/periods).

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use till_wire::values::Interval;

/// The end of the period that starts at `start`: `count` intervals later, at the same time of day, on
/// `anchor_day` or the month's last day.
pub fn end(start: Timestamp, interval: Interval, count: i64, anchor_day: i64) -> Timestamp {
    let zoned = start.to_zoned(TimeZone::UTC);
    let span = match interval {
        Interval::Day => count.days(),
        Interval::Week => count.weeks(),
        Interval::Month => count.months(),
        Interval::Year => count.years(),
    };
    let Ok(next) = zoned.checked_add(span) else {
        return Timestamp::MAX;
    };
    let date = match interval {
        Interval::Day | Interval::Week => next.date(),
        Interval::Month | Interval::Year => anchored(next.date(), anchor_day),
    };
    date.to_datetime(next.time())
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MAX, |z| z.timestamp())
}

/// The day of the month on which the first period starts.
pub fn anchor(start: Timestamp) -> i64 {
    i64::from(start.to_zoned(TimeZone::UTC).day())
}

/// The day of the month that periods counted from `start` end on: its own, or `anchor_day` where the start was moved to
/// the last day of its month because the month is too short for that day.
pub fn anchor_of(start: Timestamp, anchor_day: i64) -> i64 {
    let date = start.to_zoned(TimeZone::UTC).date();
    match date.day() == date.days_in_month() {
        true => anchor_day.max(i64::from(date.day())),
        false => i64::from(date.day()),
    }
}

fn anchored(date: Date, anchor_day: i64) -> Date {
    let day = anchor_day.clamp(1, i64::from(date.days_in_month()));
    date.with()
        .day(day as i8)
        .build()
        .expect("the day was clamped to the month")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_31st_is_clipped_and_comes_back() {
        let feb = end(at("2026-01-31T10:00:00Z"), Interval::Month, 1, 31);
        assert_eq!(feb, at("2026-02-28T10:00:00Z"));
        assert_eq!(end(feb, Interval::Month, 1, 31), at("2026-03-31T10:00:00Z"));
    }

    #[test]
    fn leap_days_return_in_leap_years() {
        let next = end(at("2024-02-29T00:00:00Z"), Interval::Year, 1, 29);
        assert_eq!(next, at("2025-02-28T00:00:00Z"));
        let mut later = next;
        for _ in 0..3 {
            later = end(later, Interval::Year, 1, 29);
        }
        assert_eq!(later, at("2028-02-29T00:00:00Z"));
    }

    proptest! {
        #[test]
        fn periods_always_move_forward_and_keep_the_time_of_day(
            seconds in 0i64..4_000_000_000,
            count in 1i64..1000,
            interval in prop::sample::select(Interval::ALL),
        ) {
            let start = Timestamp::from_second(seconds).unwrap();
            let next = end(start, interval, count, anchor(start));
            prop_assert!(next > start);
            prop_assert_eq!(next.as_second().rem_euclid(86_400), seconds.rem_euclid(86_400));
        }
    }
}
