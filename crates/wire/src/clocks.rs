//! Test clocks: how far an organization of the sandbox is ahead of the present.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::request::*;

/// Hours that a clock may be moved at once: ten years, as the other units.
const HOURS: i64 = 87_600;
const DAYS: i64 = 3_650;
const WEEKS: i64 = 520;
const MONTHS: i64 = 120;
const YEARS: i64 = 10;

request! {
    /// Move of a test clock: send `advance` or `to`.
    pub struct ClockMove {
        /// Time to move the clock forward by.
        pub advance: Option<ClockSpan> = optional(ClockSpan::shape()),
        /// Time to move the clock forward to, at most ten years ahead of where it is.
        pub to: Option<Timestamp> = optional(moment()),
    }
    check |f| {
        match (&advance, &to) {
            (Some(Some(_)), Some(Some(_))) | (Some(None), Some(None)) => {
                let whole = f.whole();
                f.cx.refuse("send either `advance` or `to`", whole)
            }
            _ => Some(()),
        }
    }
}

request! {
    /// Span of time in one unit: send one of the fields.
    pub struct ClockSpan: Default {
        /// Number of hours.
        pub hours: Option<i64> = optional(positive(HOURS)),
        /// Number of days.
        pub days: Option<i64> = optional(positive(DAYS)),
        /// Number of weeks.
        pub weeks: Option<i64> = optional(positive(WEEKS)),
        /// Number of calendar months; on a day that a month does not have, its last day is taken.
        pub months: Option<i64> = optional(positive(MONTHS)),
        /// Number of calendar years.
        pub years: Option<i64> = optional(positive(YEARS)),
    }
    check |f| {
        let units = [&hours, &days, &weeks, &months, &years];
        let is_read = units.iter().all(|unit| unit.is_some());
        let sent = units.iter().filter(|unit| unit.flatten().is_some()).count();
        match is_read && sent != 1 {
            true => {
                let whole = f.whole();
                f.cx.refuse("send one of `hours`, `days`, `weeks`, `months` and `years`", whole)
            }
            false => Some(()),
        }
    }
}

impl ClockSpan {
    /// The span as the calendar counts it.
    pub fn span(&self) -> Span {
        let of = Option::unwrap_or_default;
        Span::new()
            .hours(of(self.hours))
            .days(of(self.days))
            .weeks(of(self.weeks))
            .months(of(self.months))
            .years(of(self.years))
    }
}

/// Test clock of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clock {
    /// Current time of the organization, in UTC.
    pub now: Timestamp,
    /// Time that the clock is being moved to, in UTC; null if it is not being moved.
    pub target: Option<Timestamp>,
    /// True if the clock is being moved: what becomes due on the way is done in order.
    pub advancing: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::input::Context;

    fn read(body: Value) -> Result<ClockMove, Vec<String>> {
        let mut cx = Context::new("body");
        let read = ClockMove::read(&body, &mut cx);
        let place = |p: &crate::input::Problem| {
            format!("{} {}", serde_json::to_string(&p.loc).unwrap(), p.kind)
        };
        match read {
            Some(read) => Ok(read),
            None => Err(cx.problems.iter().map(place).collect()),
        }
    }

    #[test]
    fn a_clock_is_moved_by_one_unit_or_to_a_time() {
        let moved = read(json!({"advance": {"months": 3}})).unwrap();
        let span = moved.advance.unwrap().span();
        assert_eq!(span.fieldwise(), Span::new().months(3).fieldwise());
        let moved = read(json!({"to": "2027-01-01T00:00:00Z", "advance": null})).unwrap();
        assert_eq!(moved.to, "2027-01-01T00:00:00Z".parse().ok());
        for body in [
            json!({}),
            json!({"advance": null}),
            json!({"to": "2027-01-01T00:00:00Z", "advance": {"days": 1}}),
        ] {
            assert_eq!(read(body), Err(vec![r#"["body"] value_error"#.to_owned()]));
        }
        for span in [
            json!({}),
            json!({"days": null}),
            json!({"days": 1, "weeks": 1}),
        ] {
            let wrong = read(json!({"advance": span}));
            assert_eq!(
                wrong,
                Err(vec![r#"["body","advance"] value_error"#.to_owned()])
            );
        }
        let wrong = read(json!({"advance": {"years": 11}}));
        assert_eq!(
            wrong,
            Err(vec![
                r#"["body","advance","years"] less_than_equal"#.to_owned()
            ])
        );
        assert!(read(json!({"advance": {"years": 0}})).is_err());
        assert!(read(json!({"advance": {"years": -1}})).is_err());
    }
}
