//! The Americas.

use super::checksum::*;
use super::rule::{digits, shaped};

const CYCLE_2_TO_7: [i64; 12] = [3, 2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4];

pub(super) fn argentina(n: &str) -> bool {
    digits(n, 11)
        && matches!(
            &n[..2],
            "20" | "23" | "24" | "27" | "30" | "33" | "34" | "50" | "51" | "55"
        )
        && ends_with(
            n,
            minus_mod_11(weighted(n, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).min(9),
        )
}

/// Company numbers contain letters since July 2026; a letter counts as its ASCII code less 48.
pub(super) fn brazil_company(n: &str) -> bool {
    const WEIGHTS: [i64; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let check = |body: &str| {
        let weights = &WEIGHTS[13 - body.len()..];
        let sum: i64 = body
            .bytes()
            .zip(weights)
            .map(|(c, w)| i64::from(c - b'0') * w)
            .sum();
        minus_mod_11(sum) % 10
    };
    shaped(n, "************##")
        && !n.starts_with("000000000000")
        && ends_with(&n[..13], check(&n[..12]))
        && ends_with(n, check(&n[..13]))
}

pub(super) fn brazil_person(n: &str) -> bool {
    const WEIGHTS: [i64; 10] = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    digits(n, 11)
        && int(n) > 0
        && ends_with(
            &n[..10],
            minus_mod_11(weighted(&n[..9], &WEIGHTS[1..])) % 10,
        )
        && ends_with(n, minus_mod_11(weighted(&n[..10], &WEIGHTS)) % 10)
}

/// A business, or one of its accounts.
pub(super) fn canada(n: &str) -> bool {
    digits(n, 9) && luhn(n, 10) || canada_account(n)
}

/// One account of a business: the program's letters and four digits follow its number.
pub(super) fn canada_account(n: &str) -> bool {
    shaped(n, "#########@@####")
        && luhn(&n[..9], 10)
        && matches!(&n[9..11], "RC" | "RM" | "RP" | "RT")
}

pub(super) fn chile(n: &str) -> bool {
    (shaped(n, "#######*") || shaped(n, "########*")) && {
        let body = format!("{:0>8}", &n[..n.len() - 1]);
        match minus_mod_11(weighted(&body, &CYCLE_2_TO_7)) {
            10 => n.ends_with('K'),
            check => ends_with(n, check),
        }
    }
}

pub(super) fn colombia(n: &str) -> bool {
    const WEIGHTS: [i64; 15] = [71, 67, 59, 53, 47, 43, 41, 37, 29, 23, 19, 17, 13, 7, 3];
    (8..=16).contains(&n.len()) && digits(n, n.len()) && {
        let rest = weighted(&format!("{:0>15}", &n[..n.len() - 1]), &WEIGHTS) % 11;
        ends_with(n, if rest < 2 { rest } else { 11 - rest })
    }
}

/// Class, then type, of legal persons; there is no checksum.
pub(super) fn costa_rica(n: &str) -> bool {
    digits(n, 10)
        && matches!(
            (&n[..1], int(&n[1..4])),
            ("2", 100 | 200 | 300 | 400) | ("3", 2..=14 | 101..=110) | ("4", 0) | ("5", 1)
        )
}

pub(super) fn ecuador(n: &str) -> bool {
    if !digits(n, 13) {
        return false;
    }
    let province = int(&n[..2]);
    let natural = || luhn(&n[..10], 10) && &n[10..] != "000";
    let public = || weighted(n, &[3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 && &n[9..] != "0000";
    let company = || {
        weighted(n, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 && &n[10..] != "000"
            || public()
            // Companies registered of late have no check digit: all of it is digits.
            || province != 50 && n.ends_with("001")
    };
    matches!(province, 1..=24 | 30 | 50)
        && match n.as_bytes()[2] {
            b'0'..=b'5' => natural(),
            b'6' => public() || natural(),
            b'9' => company(),
            _ => false,
        }
}

pub(super) fn mexico(n: &str) -> bool {
    // What the register never lets four initials spell.
    const WORDS: &str = "BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COJA COJE COJI COJO CULO \
        FETO GUEY JOTO KACA KACO KAGA KAGO KAKA KOGE KOJO KULO MAME MAMO MEAR MEAS MEON MION MOCO \
        MULA PEDA PEDO PENE PUTA PUTO QULO RATA RUIN";
    let plain = n.replace(['&', 'Ñ'], "X");
    let company = shaped(&plain, "@@@######***");
    if !company && !shaped(&plain, "@@@@######") && !shaped(&plain, "@@@@######***") {
        return false;
    }
    let date = &plain[if company { 3 } else { 4 }..];
    (company || !WORDS.split(' ').any(|word| n.starts_with(word)))
        // The century is not told; 2000 was a leap year, so this one has every day.
        && is_date(2000 + int(&date[..2]), int(&date[2..4]), int(&date[4..6]))
}

pub(super) fn peru(n: &str) -> bool {
    digits(n, 11)
        && matches!(&n[..2], "10" | "15" | "17" | "20")
        && ends_with(
            n,
            (11 - weighted(n, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10,
        )
}

pub(super) fn el_salvador(n: &str) -> bool {
    if !digits(n, 14) || !n.starts_with(['0', '1', '9']) {
        return false;
    }
    // Two ways to compute the check digit, told apart by the sequence number.
    let check = if int(&n[10..13]) <= 100 {
        weighted(n, &[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 % 10
    } else {
        minus_mod_11(weighted(n, &[2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 10
    };
    ends_with(n, check)
}

/// A dash after the second digit is the one separator of an employer's number.
pub(super) fn without_ein_dash(number: String) -> String {
    if shaped(&number, "##-#######") {
        number.replace('-', "")
    } else {
        number
    }
}

/// The first two digits name the campus that gave the number out; there is no checksum.
pub(super) fn united_states(n: &str) -> bool {
    digits(n, 9)
        && matches!(
            int(&n[..2]),
            1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95 | 98 | 99
        )
}

pub(super) fn uruguay(n: &str) -> bool {
    digits(n, 12)
        && matches!(int(&n[..2]), 1..=22)
        && &n[2..8] != "000000"
        && &n[8..11] == "001"
        && ends_with(
            n,
            minus_mod_11(weighted(n, &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])),
        )
}

pub(super) fn venezuela(n: &str) -> bool {
    let kind = match n.as_bytes().first() {
        Some(b'V') => 4,
        Some(b'E') => 8,
        Some(b'J') => 12,
        Some(b'P') => 16,
        Some(b'G') => 20,
        _ => return false,
    };
    shaped(n, "@#########")
        && ends_with(
            n,
            minus_mod_11(kind + weighted(&n[1..], &CYCLE_2_TO_7[..8])) % 10,
        )
}
