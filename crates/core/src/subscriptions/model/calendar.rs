//! The calendar, counted by hand.

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// A span of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    Days(i64),
    Weeks(i64),
    Months(i64),
    Years(i64),
}

/// Year, month and day of a day that is counted from 1 January 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let mut year = 1970;
    let mut left = days;
    while left >= length_of_year(year) {
        left -= length_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while left >= length(year, month) {
        left -= length(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length_of_year(year: i64) -> i64 {
    365 + i64::from(is_leap(year))
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let years: i64 = (1970..year).map(length_of_year).sum();
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    years + months + day - 1
}

/// The day of the month.
pub fn day(at: i64) -> i64 {
    civil(at.div_euclid(DAY)).2
}

pub fn is_last_day(at: i64) -> bool {
    let (year, month, day) = civil(at.div_euclid(DAY));
    day == length(year, month)
}

/// A span later, at the same time of day; months and years end on this day, or on the month's last.
pub fn later(at: i64, span: Every, anchor: i64) -> i64 {
    let months = match span {
        Every::Days(days) => return at + days * DAY,
        Every::Weeks(weeks) => return at + weeks * 7 * DAY,
        Every::Months(months) => months,
        Every::Years(years) => years * 12,
    };
    let (year, month, _) = civil(at.div_euclid(DAY));
    let months = year * 12 + month - 1 + months;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    days(year, month, anchor.min(length(year, month))) * DAY + at.rem_euclid(DAY)
}
