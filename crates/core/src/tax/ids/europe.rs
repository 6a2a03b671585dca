//! Europe: VAT numbers of the Union's members (and Northern Ireland), and of its neighbours.

use super::checksum::*;
use super::rule::{Rule, digits, shaped};

/// A VAT number of the Union, with its prefix. The prefix says whose rule holds, whatever the
/// buyer's country is; Greece's may be `EL` or `GR`, and stays as it was written.
pub(super) fn eu_vat(number: &str) -> Option<String> {
    let member = number.get(..2)?;
    let normal = member_rule(member)?.apply(number)?;
    Some(format!("{member}{normal}"))
}

fn member_rule(member: &str) -> Option<Rule> {
    Some(match member {
        "AT" => Rule::new(" -./", "AT", austria),
        "BE" => Rule::completed(" -./", "BE", belgian_zero, belgium),
        "BG" => Rule::new(" -.", "BG", bulgaria),
        "CY" => Rule::new(" -", "CY", cyprus),
        "CZ" => Rule::new(" /", "CZ", czechia),
        "DE" => Rule::new(" -./,", "DE", germany),
        "DK" => Rule::new(" -./,:", "DK", denmark),
        "EE" => Rule::new(" ", "EE", estonia),
        "ES" => Rule::new(" -", "ES", spain),
        "FI" => Rule::new(" -", "FI", finland),
        "FR" => Rule::new(" -.", "FR", france),
        "EL" => Rule::completed(" -./:", "EL", |number| zeros(number, 8, 9), greece),
        "GR" => Rule::completed(" -./:", "GR", |number| zeros(number, 8, 9), greece),
        "HR" => Rule::new(" -", "HR", croatia),
        "HU" => Rule::new(" -", "HU", hungary),
        "IE" => Rule::new(" -", "IE", ireland),
        "IT" => Rule::new(" -:", "IT", italy),
        "LT" => Rule::new(" -", "LT", lithuania),
        "LU" => Rule::new(" -.:", "LU", luxembourg),
        "LV" => Rule::new(" -", "LV", latvia),
        "MT" => Rule::new(" -", "MT", malta),
        "NL" => Rule::completed(" -.", "NL", |number| zeros(number, 0, 12), netherlands),
        "PL" => Rule::new(" -", "PL", poland),
        "PT" => Rule::new(" -.", "PT", portugal),
        "RO" => Rule::new(" -", "RO", romania),
        "SE" => Rule::new(" -.", "SE", sweden),
        "SI" => Rule::new(" -", "SI", slovenia),
        "SK" => Rule::new(" -", "SK", slovakia),
        "XI" => Rule::new(" -.", "XI", united_kingdom),
        _ => return None,
    })
}

/// Some registers print numbers without their leading zeros: one of `short` digits (0: of any
/// number) gets them back.
fn zeros(number: String, short: usize, full: usize) -> String {
    if short == 0 || number.len() == short {
        format!("{number:0>full$}")
    } else {
        number
    }
}

fn austria(n: &str) -> bool {
    // Luhn's sum over the seven digits plus four.
    shaped(n, "U########") && {
        let sum: i64 = (n[1..8].bytes().zip([1, 2, 1, 2, 1, 2, 1]))
            .map(|(c, weight)| value(c) * weight)
            .map(|product| product / 10 + product % 10)
            .sum();
        ends_with(n, (6 - sum).rem_euclid(10))
    }
}

/// The leading zero may be missing, or stand in parentheses.
fn belgian_zero(number: String) -> String {
    zeros(number.replacen("(0)", "0", 1), 9, 10)
}

fn belgium(n: &str) -> bool {
    digits(n, 10) && n.starts_with(['0', '1']) && (int(&n[..8]) + int(&n[8..])) % 97 == 0
}

fn bulgaria(n: &str) -> bool {
    match n.len() {
        9 => digits(n, 9) && bulgarian_company(n),
        _ => {
            digits(n, 10) && (bulgarian_citizen(n) || bulgarian_foreigner(n) || bulgarian_other(n))
        }
    }
}

fn bulgarian_company(n: &str) -> bool {
    let check = match weighted(n, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => weighted(n, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
        check => check,
    };
    ends_with(n, check)
}

fn bulgarian_citizen(n: &str) -> bool {
    let (year, month, day) = (int(&n[..2]), int(&n[2..4]), int(&n[4..6]));
    let born = match month {
        41.. => is_date(2000 + year, month - 40, day),
        21.. => is_date(1800 + year, month - 20, day),
        _ => is_date(1900 + year, month, day),
    };
    born && ends_with(n, weighted(n, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10)
}

fn bulgarian_foreigner(n: &str) -> bool {
    ends_with(n, weighted(n, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10)
}

fn bulgarian_other(n: &str) -> bool {
    ends_with(n, minus_mod_11(weighted(n, &[4, 3, 2, 7, 6, 5, 4, 3, 2])))
}

fn cyprus(n: &str) -> bool {
    const ODD: [i64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    shaped(n, "########@") && !n.starts_with("12") && {
        let sum: i64 = (n[..8].bytes().enumerate())
            .map(|(at, c)| {
                if at % 2 == 0 {
                    ODD[value(c) as usize]
                } else {
                    value(c)
                }
            })
            .sum();
        ends_with(n, 10 + sum % 26)
    }
}

fn czechia(n: &str) -> bool {
    match n.len() {
        8 => {
            digits(n, 8) && !n.starts_with('9') && {
                let check = 11 - weighted(n, &[8, 7, 6, 5, 4, 3, 2]) % 11;
                ends_with(n, check % 10)
            }
        }
        9 if n.starts_with('6') => {
            digits(n, 9) && {
                // Up to the next multiple of 11; a whole 11 where the sum is one.
                let up = 11 - weighted(&n[1..], &[8, 7, 6, 5, 4, 3, 2]) % 11;
                ends_with(n, (9 - up).rem_euclid(10))
            }
        }
        _ => czech_birth_number(n),
    }
}

/// The birth number of Czechia and Slovakia: women have 50 added to the month, and 20 more where
/// a day's numbers ran out. Until 1953 it had nine digits and no check digit.
fn czech_birth_number(n: &str) -> bool {
    if !digits(n, 9) && !digits(n, 10) {
        return false;
    }
    let century = match (n.len(), int(&n[..2])) {
        (9, 54..=79) => return false,
        (9, 80..) => 1800,
        (10, ..54) => 2000,
        _ => 1900,
    };
    let (month, day) = (int(&n[2..4]) % 50 % 20, int(&n[4..6]));
    is_date(century + int(&n[..2]), month, day)
        && (n.len() == 9 || ends_with(n, int(&n[..9]) % 11 % 10))
}

fn germany(n: &str) -> bool {
    digits(n, 9) && !n.starts_with('0') && mod_11_10(n)
}

fn denmark(n: &str) -> bool {
    digits(n, 8) && !n.starts_with('0') && weighted(n, &[2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
}

fn estonia(n: &str) -> bool {
    digits(n, 9) && weighted(n, &[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0
}

fn spain(n: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let person = |number: &str| n.ends_with(char::from(LETTERS[(int(number) % 23) as usize]));
    if shaped(n, "########@") {
        return person(&n[..8]);
    }
    if !shaped(n, "@#######*") {
        return false;
    }
    match &n[..1] {
        "K" | "L" | "M" | "X" => person(&n[1..8]),
        "Y" => person(&format!("1{}", &n[1..8])),
        "Z" => person(&format!("2{}", &n[1..8])),
        "I" | "O" | "T" => false,
        // A company: Luhn's check digit, or the letter of the alphabet that stands for it.
        _ => {
            let check = (0..10).find(|check| luhn(&format!("{}{check}", &n[1..8]), 10));
            check.is_some_and(|check| {
                ends_with(n, check) || ends_with(n, if check == 0 { 19 } else { 9 + check })
            })
        }
    }
}

fn finland(n: &str) -> bool {
    digits(n, 8) && weighted(n, &[7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0
}

fn france(n: &str) -> bool {
    const KEYS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    if !shaped(n, "**#########") || n[..2].contains(['I', 'O']) {
        return false;
    }
    let company = &n[2..];
    // Monaco's numbers are French ones that start with 000 and have no check digit of their own.
    if !company.starts_with("000") && !luhn(company, 10) {
        return false;
    }
    if digits(&n[..2], 2) {
        return (int(company) * 100 + 12) % 97 == int(&n[..2]);
    }
    let key = |at: usize| KEYS.find(&n[at..=at]).map_or(0, |key| key as i64);
    let check = if digits(&n[..1], 1) {
        key(0) * 24 + key(1) - 10
    } else {
        key(0) * 34 + key(1) - 100
    };
    (int(company) + 1 + check / 11) % 11 == check % 11
}

fn greece(n: &str) -> bool {
    digits(n, 9) && ends_with(n, weighted(n, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10)
}

fn croatia(n: &str) -> bool {
    digits(n, 11) && mod_11_10(n)
}

fn hungary(n: &str) -> bool {
    digits(n, 8) && weighted(n, &[9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0
}

fn ireland(n: &str) -> bool {
    const LETTERS: &[u8] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let Some((head, tail)) = n.split_at_checked(7) else {
        return false;
    };
    let new = digits(head, 7);
    let body = if new {
        head.to_owned()
    } else if matches!(head.as_bytes()[1], b'A'..=b'Z' | b'+' | b'*')
        && digits(&head[..1], 1)
        && digits(&head[2..], 5)
    {
        format!("0{}{}", &head[2..], &head[..1])
    } else {
        return false;
    };
    // The second letter counts as its place among the check letters, but not in the old form.
    let Some(extra) = LETTERS
        .iter()
        .position(|c| *c == *tail.as_bytes().get(1).unwrap_or(&b'W'))
    else {
        return false;
    };
    let sum = weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) + if new { 9 * extra as i64 } else { 0 };
    tail.len() < 3 && tail.bytes().next() == Some(LETTERS[(sum % 23) as usize])
}

fn italy(n: &str) -> bool {
    digits(n, 11)
        && !n.starts_with("0000000")
        && matches!(int(&n[7..10]), 1..=100 | 120 | 121 | 888 | 999)
        && luhn(n, 10)
}

fn lithuania(n: &str) -> bool {
    const WEIGHTS: [i64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4];
    // The digit before the last is always 1; twelve digits for a taxpayer on a visit.
    if !shaped(n, "#######1#") && !shaped(n, "##########1#") {
        return false;
    }
    let body = &n[..n.len() - 1];
    let check = match weighted(body, &WEIGHTS) % 11 {
        10 => weighted(body, &WEIGHTS[2..]) % 11 % 10,
        check => check,
    };
    ends_with(n, check)
}

fn luxembourg(n: &str) -> bool {
    digits(n, 8) && int(&n[..6]) % 89 == int(&n[6..])
}

fn latvia(n: &str) -> bool {
    if !digits(n, 11) {
        return false;
    }
    if n.as_bytes()[0] > b'3' {
        return weighted(n, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
    }
    let year = 1800 + 100 * int(&n[6..7]) + int(&n[4..6]);
    (n.starts_with("32") || is_date(year, int(&n[2..4]), int(&n[..2])))
        && ends_with(
            n,
            (1 + weighted(n, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10,
        )
}

fn malta(n: &str) -> bool {
    digits(n, 8) && !n.starts_with('0') && weighted(n, &[3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0
}

fn netherlands(n: &str) -> bool {
    // Companies keep their number's own checksum; persons have one over the whole since 2020.
    shaped(n, "#########B##")
        && int(&n[..9]) > 0
        && int(&n[10..]) > 0
        && (weighted(n, &[9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0 || mod_97(&format!("NL{n}")) == 1)
}

fn poland(n: &str) -> bool {
    digits(n, 10) && ends_with(n, weighted(n, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11)
}

fn portugal(n: &str) -> bool {
    digits(n, 9)
        && !n.starts_with('0')
        && ends_with(
            n,
            minus_mod_11(weighted(&n[..8], &[9, 8, 7, 6, 5, 4, 3, 2])) % 10,
        )
}

fn romania(n: &str) -> bool {
    match n.len() {
        13 => romanian_person(n),
        2..=10 => {
            let full = format!("{n:0>10}");
            digits(&full, 10)
                && !n.starts_with('0')
                && ends_with(
                    n,
                    weighted(&full, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10,
                )
        }
        _ => false,
    }
}

fn romanian_person(n: &str) -> bool {
    if !digits(n, 13) {
        return false;
    }
    let century = match n.as_bytes()[0] {
        b'0' => return false,
        b'3' | b'4' => 1800,
        b'5' | b'6' => 2000,
        _ => 1900,
    };
    let check = match weighted(n, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    is_date(century + int(&n[1..3]), int(&n[3..5]), int(&n[5..7]))
        && matches!(int(&n[7..9]), 1..=48 | 51 | 52 | 70 | 80..=83)
        && ends_with(n, check)
}

fn sweden(n: &str) -> bool {
    shaped(n, "##########01") && luhn(&n[..10], 10)
}

fn slovenia(n: &str) -> bool {
    digits(n, 8) && !n.starts_with('0') && {
        let check = 11 - weighted(n, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        ends_with(n, if check == 10 { 0 } else { check })
    }
}

fn slovakia(n: &str) -> bool {
    czech_birth_number(n) && n.len() == 10
        || digits(n, 10)
            && !n.starts_with('0')
            && n[2..].starts_with(['2', '3', '4', '7', '8', '9'])
            && int(n) % 11 == 0
}

/// Northern Ireland's prefix; the number is the United Kingdom's.
pub(super) fn without_xi(number: String) -> String {
    number
        .strip_prefix("XI")
        .map_or(number.clone(), str::to_owned)
}

pub(super) fn united_kingdom(n: &str) -> bool {
    // Offices of the state and of health have numbers of their own, the long ones with a checksum.
    let office = match n {
        _ if shaped(n, "GD###") || shaped(n, "HA###") => Some(&n[2..]),
        _ if shaped(n, "GD8888#####") || shaped(n, "HA8888#####") => {
            (int(&n[6..9]) % 97 == int(&n[9..])).then_some(&n[6..9])
        }
        _ => None,
    };
    if let Some(office) = office {
        return n.starts_with("GD") == (int(office) < 500);
    }
    if !digits(n, 9) && !digits(n, 12) {
        return false;
    }
    let rest = weighted(n, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    // The second and third series began in 2010, above the first numbers.
    rest == 0 || int(&n[..3]) >= 100 && matches!(rest, 42 | 55)
}

pub(super) fn andorra(n: &str) -> bool {
    shaped(n, "@######@")
        && match &n[..1] {
            "A" | "L" => matches!(int(&n[1..7]), 700_000..=799_999),
            "F" => int(&n[1..7]) < 700_000,
            kind => "CDEGOPU".contains(kind),
        }
}

/// The nine digits alone mean the same company.
pub(super) fn with_che(number: String) -> String {
    if digits(&number, 9) {
        format!("CHE{number}")
    } else {
        number
    }
}

pub(super) fn switzerland(n: &str) -> bool {
    shaped(n, "CHE#########")
        && ends_with(
            n,
            minus_mod_11(weighted(&n[3..], &[5, 4, 3, 2, 7, 6, 5, 4])),
        )
}

pub(super) fn switzerland_vat(n: &str) -> bool {
    n.split_at_checked(12).is_some_and(|(company, tax)| {
        switzerland(company) && matches!(tax, "MWST" | "TVA" | "IVA" | "TPV")
    })
}

pub(super) fn iceland(n: &str) -> bool {
    digits(n, 5) || digits(n, 6)
}

pub(super) fn north_macedonia(n: &str) -> bool {
    digits(n, 13)
        && ends_with(
            n,
            minus_mod_11(weighted(n, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 10,
        )
}

pub(super) fn norway(n: &str) -> bool {
    shaped(n, "#########MVA") && weighted(n, &[3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
}

pub(super) fn serbia(n: &str) -> bool {
    digits(n, 9) && mod_11_10(n)
}

pub(super) fn russia(n: &str) -> bool {
    const WEIGHTS: [i64; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let holds =
        |n: &str, weights: &[i64]| ends_with(n, weighted(&n[..n.len() - 1], weights) % 11 % 10);
    match n.len() {
        10 => digits(n, 10) && holds(n, &WEIGHTS[2..]),
        12 => digits(n, 12) && holds(&n[..11], &WEIGHTS[1..]) && holds(n, &WEIGHTS),
        _ => false,
    }
}
