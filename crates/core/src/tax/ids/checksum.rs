//! The arithmetic that tax ids share. Texts are ASCII letters and digits, checked by the caller.

/// The value of one character: digits count 0–9, letters 10–35.
pub(super) fn value(c: u8) -> i64 {
    char::from(c).to_digit(36).map_or(0, i64::from)
}

/// The digits of `text` as a number; 0 when it is not one that fits.
pub(super) fn int(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

/// Each character's value times the weight at its place, added up; what lies beyond the shorter
/// of the two does not count.
pub(super) fn weighted(text: &str, weights: &[i64]) -> i64 {
    text.bytes()
        .zip(weights)
        .map(|(c, weight)| value(c) * weight)
        .sum()
}

/// True where the last digit of `text` is `check` (a check of 10 or more never is).
pub(super) fn ends_with(text: &str, check: i64) -> bool {
    text.bytes().last().is_some_and(|c| value(c) == check)
}

/// `11 − sum mod 11`, between 0 and 10.
pub(super) fn minus_mod_11(sum: i64) -> i64 {
    (-sum).rem_euclid(11)
}

/// Luhn's sum over base `base` (10 for digits, 36 with letters) is a multiple of it.
pub(super) fn luhn(text: &str, base: i64) -> bool {
    let sum: i64 = (text.bytes().rev().enumerate())
        .map(|(at, c)| value(c) * (1 + at as i64 % 2))
        .map(|product| product / base + product % base)
        .sum();
    sum % base == 0
}

/// ISO 7064 MOD 11,10.
pub(super) fn mod_11_10(text: &str) -> bool {
    let Some((body, _)) = text.split_at_checked(text.len().saturating_sub(1)) else {
        return false;
    };
    let check = body
        .bytes()
        .fold(10, |check, c| match (check + value(c)) % 10 {
            0 => 20 % 11,
            sum => sum * 2 % 11,
        });
    ends_with(text, (11 - check) % 10)
}

/// The remainder by 97 of the number that comes of writing every letter as two digits (ISO 7064
/// MOD 97,10).
pub(super) fn mod_97(text: &str) -> i64 {
    text.bytes()
        .map(value)
        .fold(0, |rest, v| (rest * if v > 9 { 100 } else { 10 } + v) % 97)
}

/// True where there is such a day; the calendar is the Gregorian one.
pub(super) fn is_date(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
