//! Periods of the past that a merchant looks at: whole days and months of their own calendar.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use till_wire::words;

words! {
    /// A period up to the end of today or of this month.
    pub enum ReportPeriod {
        /// Seven days.
        Week = "7d",
        /// Thirty days.
        Month = "30d",
        /// Ninety days.
        Quarter = "90d",
        /// Twelve months.
        Year = "12m",
    }
}

impl ReportPeriod {
    /// The days on which its parts begin, the oldest first, and last the day after its end. A part is a day,
    /// or a month where it is a year.
    pub fn days(self, now: Timestamp, zone: &TimeZone) -> Vec<Date> {
        let today = now.to_zoned(zone.clone()).date();
        match self {
            Self::Week => days(today, 7),
            Self::Month => days(today, 30),
            Self::Quarter => days(today, 90),
            Self::Year => (-11..=1)
                .map(|n| today.first_of_month().saturating_add(n.months()))
                .collect(),
        }
    }

    /// Times at which those days begin in the zone: a part lasts from its boundary until before the next. Days on which
    /// clocks change are longer or shorter; one whose midnight is skipped begins with the first moment after.
    pub fn boundaries(self, now: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        self.days(now, zone)
            .into_iter()
            .map(|day| begin(day, zone))
            .collect()
    }
}

fn days(today: Date, count: i32) -> Vec<Date> {
    (1 - count..=1)
        .map(|n| today.saturating_add(n.days()))
        .collect()
}

/// A moment of a day, out of the calendar's range at its end: the last one there is.
fn begin(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone())
        .and_then(|midnight| midnight.start_of_day())
        .map_or(Timestamp::MAX, |start| start.timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn seven_days_end_with_today_in_the_viewers_zone() {
        // half past ten in the evening in UTC is already tomorrow in Tokyo
        let now = at("2026-11-22T22:30:00Z");
        let found = ReportPeriod::Week.boundaries(now, &zone("Asia/Tokyo"));
        assert_eq!(found.len(), 8);
        assert_eq!(found[0], at("2026-11-16T15:00:00Z"));
        assert_eq!(found[7], at("2026-11-23T15:00:00Z"));
        let utc = ReportPeriod::Week.boundaries(now, &TimeZone::UTC);
        assert_eq!(utc[6], at("2026-11-22T00:00:00Z"));
    }

    #[test]
    fn the_days_on_which_clocks_change_have_23_and_25_hours() {
        let berlin = zone("Europe/Berlin");
        let hours = |now| -> Vec<i64> {
            let found = ReportPeriod::Week.boundaries(at(now), &berlin);
            found
                .windows(2)
                .map(|pair| pair[1].duration_since(pair[0]).as_hours())
                .collect()
        };
        assert_eq!(hours("2026-03-30T12:00:00Z"), [24, 24, 24, 24, 24, 23, 24]);
        assert_eq!(hours("2026-10-26T12:00:00Z"), [24, 24, 24, 24, 24, 25, 24]);
    }

    #[test]
    fn a_day_without_midnight_begins_when_it_begins() {
        // Cairo springs from 00:00 to 01:00
        let found =
            ReportPeriod::Week.boundaries(at("2026-04-24T12:00:00Z"), &zone("Africa/Cairo"));
        assert_eq!(found[6], at("2026-04-23T22:00:00Z"));
        assert_eq!(found[7], at("2026-04-24T21:00:00Z"));
    }

    #[test]
    fn twelve_months_begin_on_first_days_and_end_with_this_month() {
        let found = ReportPeriod::Year.days(at("2026-03-31T12:00:00Z"), &TimeZone::UTC);
        assert_eq!(found.len(), 13);
        assert_eq!(found[0].to_string(), "2025-04-01");
        assert_eq!(found[11].to_string(), "2026-03-01");
        assert_eq!(found[12].to_string(), "2026-04-01");
    }

    proptest! {
        #[test]
        fn boundaries_rise_and_now_lies_in_the_last_part(
            seconds in 0i64..4_000_000_000,
            name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Havana", "Asia/Kathmandu",
                "Pacific/Apia", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"]),
            period in prop::sample::select(ReportPeriod::ALL),
        ) {
            let now = Timestamp::from_second(seconds).unwrap();
            let found = period.boundaries(now, &zone(name));
            // Apia left out a whole day in 2011: that part is empty
            prop_assert!(found.is_sorted());
            let [.., last, end] = &found[..] else { unreachable!() };
            prop_assert!(*last <= now && now < *end);
        }
    }
}
