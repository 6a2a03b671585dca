//! Numbers and amounts as people type them: in digits of any script, with the marks of their language or of another.
//! Numbers as people type them. What could be another number is refused at its field, never guessed.

use icu_decimal::input::Decimal;
use till_core::kernel::folding::{fold, plain};
use till_wire::money::Currency;

use super::{Locale, numbers};

/// Characters of what is read at most.
const LONGEST: usize = 64;

/// The signs of currencies in their own countries, besides those of the pages' languages.
const AT_HOME: [(&str, &str); 15] = [
    ("sek", "kr"),
    ("nok", "kr"),
    ("dkk", "kr"),
    ("isk", "kr"),
    ("pln", "zł"),
    ("czk", "Kč"),
    ("huf", "Ft"),
    ("ron", "lei"),
    ("chf", "Fr"),
    ("brl", "R$"),
    ("inr", "Rs"),
    ("jpy", "円"),
    ("cny", "元"),
    ("krw", "원"),
    ("try", "TL"),
];

/// An amount in minor units, as it was typed on a page in `locale`: `12`, `12.5`, `12,50`, `1,234.50`, `$ 12`. `None`
/// where it is none, could be another one (`1.234` of a currency with two decimals, on an English page), has more
/// decimals than the currency, another currency's sign, or does not fit.
#[must_use]
pub fn parse(typed: &str, currency: Currency, locale: Locale) -> Option<i64> {
    let text = plain(typed);
    let (before, number, after) = apart(text.trim())?;
    if !is_sign(before, currency) || !is_sign(after, currency) {
        return None;
    }
    minor(number, currency.decimals(), locale)
}

/// As [`parse`] for a bare number with so many decimals: a share, a count.
#[must_use]
pub fn parse_number(typed: &str, decimals: u8, locale: Locale) -> Option<i64> {
    let text = plain(typed);
    match apart(text.trim())? {
        ("", number, "") => minor(number, decimals, locale),
        _ => None,
    }
}

/// As [`parse_number`] for a number with any decimals, as `1234.005`.
#[must_use]
pub fn parse_decimal(typed: &str, locale: Locale) -> Option<String> {
    let text = plain(typed);
    let ("", number, "") = apart(text.trim())? else {
        return None;
    };
    let (whole, fraction) = read(number, usize::MAX, locale)?;
    Some(match fraction.is_empty() {
        true => whole,
        false => format!("{whole}.{fraction}"),
    })
}

fn minor(number: &str, decimals: u8, locale: Locale) -> Option<i64> {
    let decimals = usize::from(decimals);
    let (whole, fraction) = read(number, decimals, locale)?;
    let fraction = match fraction.split_at_checked(decimals) {
        Some((kept, rest)) if rest.bytes().all(|b| b == b'0') => kept,
        Some(_) => return None,
        None => &fraction,
    };
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

/// The text before the number, the number with its marks, and the text behind it.
fn apart(text: &str) -> Option<(&str, &str, &str)> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let mut start = text.find(|c: char| c.is_ascii_digit())?;
    let mut end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    // A point right before the digits is theirs, unless it ends an abbreviation; one after them, where it ends all.
    if let Some(mark) = text[..start].chars().next_back().filter(|c| is_point(*c)) {
        let at = start - mark.len_utf8();
        if !text[..at].ends_with(char::is_alphabetic) {
            start = at;
        }
    }
    if matches!(&text[end..], "." | ",") {
        end = text.len();
    }
    Some((text[..start].trim(), &text[start..end], text[end..].trim()))
}

fn is_point(c: char) -> bool {
    matches!(c, '.' | ',' | '٫')
}

/// True where a text beside a number says nothing, or the currency.
fn is_sign(text: &str, currency: Currency) -> bool {
    let is_said = |c: &char| *c != '.' && !c.is_whitespace();
    let bare = |text: &str| fold(&text.chars().filter(is_said).collect::<String>());
    let said = bare(text);
    let code = currency.as_str().to_ascii_uppercase();
    let signs = || Locale::ALL.iter().map(|locale| locale.cldr().sign(&code));
    let home = AT_HOME.iter().filter(|(of, _)| *of == currency.as_str());
    // `$` for any currency whose sign has one.
    let is_part = |sign: &str| matches!(said.as_str(), "$" | "£" | "¥") && sign.contains(&said);
    said.is_empty()
        || said == bare(&code)
        || signs().any(|sign| said == bare(sign) || is_part(sign))
        || home.map(|(_, sign)| sign).any(|sign| said == bare(sign))
}

/// The marks of a language: between decimals and whole, and between thousands.
fn marks(locale: Locale) -> (char, char) {
    let mut number = Decimal::from(12_345_675);
    number.multiply_pow10(-1);
    let written = numbers(locale).format(&number).to_string();
    let written = plain(&written);
    let mut marks = written.chars().filter(|c| !c.is_ascii_digit());
    let group = marks.next().unwrap_or(' ');
    (marks.next_back().unwrap_or('.'), mark(group).unwrap_or(' '))
}

/// A mark of a number, those that mean the same as one.
fn mark(c: char) -> Option<char> {
    match c {
        '.' | ',' | '٫' | '٬' | ' ' => Some(c),
        '\'' | '’' | 'ʼ' => Some('\''),
        _ => None,
    }
}

/// Whole and decimals of a number; `most`: decimals that it may have.
fn read(number: &str, most: usize, locale: Locale) -> Option<(String, String)> {
    let mut runs = vec![String::new()];
    let mut between = Vec::new();
    for c in number.chars() {
        if c.is_ascii_digit() {
            runs.last_mut()?.push(c);
        } else {
            between.push(mark(c)?);
            runs.push(String::new());
        }
    }
    let Some(last) = between.last().copied() else {
        return Some((runs.concat(), String::new()));
    };
    let alike = between.iter().all(|mark| *mark == last);
    let is_fraction = match &runs[..] {
        [whole, end] if end.is_empty() => {
            return (last != '٫').then(|| (whole.clone(), String::new()));
        }
        _ if !is_point(last) => false,
        [_, _] if last == '٫' => true,
        [whole, fraction] if fraction.len() == 3 => is_decimal_point(whole, last, most, locale)?,
        [_, _] => true,
        _ => !alike,
    };
    if !is_fraction {
        let whole = alike && last != '٫' && is_grouped(&runs);
        return whole.then(|| (runs.concat(), String::new()));
    }
    let fraction = runs.pop()?;
    between.pop();
    let groups = between.windows(2).all(|pair| pair[0] == pair[1])
        && between
            .first()
            .is_none_or(|mark| !matches!(mark, '٫') && *mark != last);
    let is_odd = !between.is_empty() && fraction.len() == 3 && most < 3;
    if fraction.is_empty() || !groups || is_odd || (!between.is_empty() && !is_grouped(&runs)) {
        return None;
    }
    let whole = match runs.concat() {
        none if none.is_empty() => "0".to_owned(),
        whole => whole,
    };
    Some((whole, fraction))
}

/// True where a mark before three digits begins the decimals; `None` where it could be one of thousands as well, or
/// there are not so many decimals.
fn is_decimal_point(whole: &str, mark: char, most: usize, locale: Locale) -> Option<bool> {
    let (point, group) = marks(locale);
    let may_group = (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if may_group && mark == group {
        return Some(false);
    }
    (most >= 3 && (!may_group || mark == point)).then_some(true)
}

/// True where digits stand in groups of three, or as in India: three at the end, two before.
fn is_grouped(runs: &[String]) -> bool {
    let Some(([first, rest @ ..], last)) = runs.split_last().map(|(last, runs)| (runs, last))
    else {
        return false;
    };
    let small = |most: usize| (1..=most).contains(&first.len()) && !first.starts_with('0');
    let of = |length: usize| rest.iter().all(|run| run.len() == length);
    last.len() == 3 && (small(3) && of(3) || small(2) && of(2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{display, display_short, editable, editable_in},
        *,
    };

    fn usd(typed: &str, locale: Locale) -> Option<i64> {
        parse(typed, Currency::USD, locale)
    }

    fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    #[test]
    fn amounts_are_read_in_the_marks_and_digits_of_any_language() {
        for (typed, minor) in [
            ("12", 1_200),
            ("12.5", 1_250),
            ("12.50", 1_250),
            ("12,50", 1_250),
            ("12．50", 1_250),
            ("12，50", 1_250),
            ("１２．５０", 1_250),
            ("12٫50", 1_250),
            ("١٢٫٥٠", 1_250),
            ("१२.५०", 1_250),
            ("\u{200e}12.50\u{200f}", 1_250),
            (".5", 50),
            (",50", 50),
            ("0.05", 5),
            ("12.", 1_200),
            ("12.0000", 1_200),
            ("1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("1 234,50", 123_450),
            ("1\u{202f}234,50", 123_450),
            ("1\u{a0}234\u{a0}567", 123_456_700),
            ("1'234.50", 123_450),
            ("1’234’567.50", 123_456_750),
            ("١٬٢٣٤٫٥٠", 123_450),
            ("1,234,567", 123_456_700),
            ("1.234.567", 123_456_700),
            ("12,34,567.50", 123_456_750),
            ("1234567.5", 123_456_750),
            ("$ 12.00", 1_200),
            ("12.00 USD", 1_200),
            ("usd 12", 1_200),
            ("US$12", 1_200),
            ("12 $US", 1_200),
            ("＄12", 1_200),
            ("$.50", 50),
        ] {
            for locale in Locale::ALL {
                assert_eq!(usd(typed, *locale), Some(minor), "{typed} {locale:?}");
            }
        }
    }

    #[test]
    fn what_could_be_another_amount_is_none() {
        for typed in [
            "",
            " ",
            "abc",
            "twelve",
            "12:50",
            "5–10",
            "5-10",
            "10/5",
            "10⁄5",
            ".500",
            ",500",
            "0.500",
            "0,500",
            "1234.500",
            "1.2.3",
            "1,2,3",
            "1,23,45",
            "12,345,67",
            "1.234.56",
            "1,,5",
            "1..5",
            "1,.5",
            "1.234,567.8",
            "1,234.567",
            "--5",
            "-5",
            "−5",
            "+5",
            "(5)",
            "1e5",
            "1E5",
            "5x",
            "12k",
            "5 6",
            "12 50",
            "1 2345",
            "0,123,456",
            "5%",
            "12.3456",
            "12²",
            "½",
            "①",
            "五",
            "12abc",
            "€12",
            "12 EUR",
            "12,-",
            "1;5",
            "1_000",
            "99999999999999999999",
            "٫",
            ".",
            "$",
            "1٫2٫3",
            "1٫234,5",
            "1\u{301}2",
        ] {
            for locale in Locale::ALL {
                assert_eq!(usd(typed, *locale), None, "{typed} {locale:?}");
            }
        }
        assert_eq!(usd(&"1".repeat(10_000), Locale::En), None);
    }

    #[test]
    fn three_digits_after_a_mark_are_thousands_where_the_language_groups_so_and_else_doubtful() {
        for (typed, locale, minor) in [
            ("1,234", Locale::En, Some(123_400)),
            ("1.234", Locale::En, None),
            ("12.000", Locale::En, None),
            ("1.234", Locale::De, Some(123_400)),
            ("1,234", Locale::De, None),
            ("1.234", Locale::Fr, None),
            ("1,234", Locale::Fr, None),
            ("1 234", Locale::Fr, Some(123_400)),
        ] {
            assert_eq!(usd(typed, locale), minor, "{typed} {locale:?}");
        }
        let yen = currency("jpy");
        for (typed, locale, minor) in [
            ("1,500", Locale::En, Some(1_500)),
            ("1.500", Locale::En, None),
            ("1.500", Locale::De, Some(1_500)),
            ("500.00", Locale::En, Some(500)),
            ("12.5", Locale::En, None),
            ("１，５００円", Locale::Ja, Some(1_500)),
        ] {
            assert_eq!(parse(typed, yen, locale), minor, "{typed} {locale:?}");
        }
        for (typed, locale, thousandths) in [
            ("1.234", Locale::En, Some(1_234)),
            ("1,234", Locale::En, Some(1_234_000)),
            ("1,234", Locale::De, Some(1_234)),
            (".500", Locale::En, Some(500)),
            ("0.500", Locale::En, Some(500)),
            ("1.234", Locale::Fr, None),
        ] {
            assert_eq!(
                parse_number(typed, 3, locale),
                thousandths,
                "{typed} {locale:?}"
            );
        }
    }

    #[test]
    fn bare_numbers_have_no_sign_and_decimals_as_many_as_wanted() {
        assert_eq!(parse_number("１２", 0, Locale::En), Some(12));
        assert_eq!(parse_number("1,200", 0, Locale::En), Some(1_200));
        assert_eq!(parse_number("12,5", 2, Locale::En), Some(1_250));
        for typed in ["12.5", "-1", "$12", "12 %", "1-2", "x"] {
            assert_eq!(parse_number(typed, 0, Locale::En), None, "{typed}");
        }
        for (typed, read) in [
            ("0.005", Some("0.005")),
            ("0,005", Some("0.005")),
            ("1,234.5", Some("1234.5")),
            ("1.234", Some("1.234")),
            ("1,234", Some("1234")),
            ("12345.678901234567", Some("12345.678901234567")),
            (".5", Some("0.5")),
            ("1e5", None),
            ("ten", None),
        ] {
            assert_eq!(parse_decimal(typed, Locale::En).as_deref(), read, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_in_a_language_reads_as_itself_in_that_language(
            amount in prop_oneof![0i64..100_000, 0i64..(1 << 53)],
            of in prop::sample::select(Currency::ALL.to_vec()),
            locale in prop::sample::select(Locale::ALL.to_vec()),
        ) {
            let decimals = of.decimals();
            for text in [
                display(amount, of.as_str(), decimals, locale),
                display_short(amount, of.as_str(), decimals, locale),
                editable_in(amount, decimals, locale),
            ] {
                prop_assert_eq!(parse(&text, of, locale), Some(amount), "{}", text);
            }
            prop_assert_eq!(parse(&editable(amount, decimals), of, Locale::En), Some(amount));
        }

        #[test]
        fn anything_typed_is_read_or_refused(typed in "\\PC{0,40}|[0-9.,٫٬' $-]{0,16}", index in 0usize..14) {
            let locale = Locale::ALL[index % Locale::ALL.len()];
            if let Some(minor) = usd(&typed, locale) {
                prop_assert!(minor >= 0);
                let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                let kept = digits(&plain(&typed));
                // No digit is lost but zeros at an end.
                prop_assert!(kept.contains(minor.to_string().trim_end_matches('0')) || minor == 0, "{} {}", typed, minor);
            }
        }
    }
}
