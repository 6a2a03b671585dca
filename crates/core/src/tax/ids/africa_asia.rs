//! Africa, Asia and Australia.

use super::checksum::*;
use super::rule::{digits, shaped};

pub(super) fn emirates(n: &str) -> bool {
    digits(n, 15)
}

pub(super) fn australia(n: &str) -> bool {
    // The first digit counts one less than it is; the first two are the check, from 11 on.
    digits(n, 11)
        && &n[..2] > "10"
        && (weighted(n, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 == 0
}

pub(super) fn georgia(n: &str) -> bool {
    digits(n, 9) || digits(n, 11)
}

pub(super) fn hong_kong(n: &str) -> bool {
    digits(n, 8)
}

/// Fifteen digits, the same behind a 0, or a person's identity number.
pub(super) fn indonesia(n: &str) -> bool {
    if digits(n, 15) {
        return luhn(&n[..9], 10);
    }
    digits(n, 16)
        && if n.starts_with('0') {
            luhn(&n[1..10], 10)
        } else {
            indonesian_person(n)
        }
}

fn indonesian_person(n: &str) -> bool {
    // Women have 40 added to the day of birth; the century is not told.
    let (day, month, year) = (int(&n[6..8]) % 40, int(&n[8..10]), int(&n[10..12]));
    let province = matches!(
        int(&n[..2]),
        11..=19 | 21 | 31..=36 | 51..=53 | 61..=64 | 71..=76 | 81 | 82 | 91 | 94
    );
    province && (is_date(1900 + year, month, day) || is_date(2000 + year, month, day))
}

pub(super) fn israel(n: &str) -> bool {
    digits(n, 9) && n.starts_with('5') && luhn(n, 10)
}

pub(super) fn india(n: &str) -> bool {
    shaped(n, "##@@@@@####@*Z*")
        && matches!(int(&n[..2]), 1..=37)
        && "ABCFGHJKLPT".contains(&n[5..6])
        && &n[7..11] != "0000"
        && &n[12..13] != "0"
        && luhn(n, 36)
}

pub(super) fn japan(n: &str) -> bool {
    digits(n, 13) && {
        let sum = weighted(&n[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
        ends_with(&n[..1], 9 - sum % 9)
    }
}

pub(super) fn kenya(n: &str) -> bool {
    shaped(n, "A#########@") || shaped(n, "P#########@")
}

/// Office, kind and serial number; the check digit is not looked at.
pub(super) fn korea(n: &str) -> bool {
    digits(n, 10) && int(&n[..3]) > 100 && int(&n[3..5]) > 0 && int(&n[5..9]) > 0
}

pub(super) fn mauritius(n: &str) -> bool {
    digits(n, 8) && n.starts_with(['2', '3'])
}

/// Businesses, companies, and all others; each with letters of its own for the check.
pub(super) fn singapore(n: &str) -> bool {
    const OTHER: &str = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    const KINDS: &str = "CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM \
        MQ NB NR PA PB PF RF RP SM SS TC TU VH XL";
    let letter = |letters: &str, sum: i64| {
        n.bytes().last() == Some(letters.as_bytes()[sum.rem_euclid(11) as usize])
    };
    if shaped(n, "########@") {
        return letter("XMKECAWLJDB", weighted(n, &[10, 4, 9, 3, 8, 2, 7, 1]));
    }
    if shaped(n, "#########@") {
        // The first four digits are a year; there is no clock here to refuse the next ones.
        return int(&n[..4]) < 2100
            && letter("ZKCMDNERGWH", weighted(n, &[10, 8, 6, 4, 9, 7, 5, 3, 1]));
    }
    if !shaped(n, "@##@@####@") || !n.starts_with(['R', 'S', 'T']) {
        return false;
    }
    let sum: i64 = (n.chars().zip([4, 3, 5, 3, 10, 2, 2, 5, 7]))
        .map(|(c, weight)| OTHER.find(c).map_or(0, |at| at as i64) * weight)
        .sum();
    KINDS.split(' ').any(|kind| kind == &n[3..5]) && letter(OTHER, sum - 5)
}

pub(super) fn thailand(n: &str) -> bool {
    let weights = [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    digits(n, 13) && n.starts_with('0') && ends_with(n, (11 - weighted(n, &weights) % 11) % 10)
}

pub(super) fn turkey(n: &str) -> bool {
    let sum: i64 = (n.bytes().take(9).zip((1..=9).rev()))
        .map(|(c, place)| match (value(c) + place) % 10 {
            0 => 0,
            sum => (sum * (1 << place) - 1) % 9 + 1,
        })
        .sum();
    digits(n, 10) && ends_with(n, (-sum).rem_euclid(10))
}

/// The digits of the products add up to a multiple of five; a 7 in the seventh place makes a
/// product of 28, which may count as 1 or as 0.
pub(super) fn taiwan(n: &str) -> bool {
    let sum: i64 = (n.bytes().zip([1, 2, 1, 2, 1, 2, 4, 1]))
        .map(|(c, weight)| value(c) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    digits(n, 8) && (sum % 5 == 0 || &n[6..7] == "7" && (sum + 1) % 5 == 0)
}

pub(super) fn vietnam(n: &str) -> bool {
    let branch = digits(n, 13) && &n[10..] != "000";
    (branch || digits(n, 10))
        && &n[2..9] != "0000000"
        && ends_with(
            &n[..10],
            10 - weighted(n, &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11,
        )
}
