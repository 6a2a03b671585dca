//! Money and intervals in words, for people. Digits and separators come from ICU4X (CLDR); where a language puts
//! the currency, and what it calls it, from [`super::super::words`].

use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_locale_core::Locale as Tag;
use jiff::{Timestamp, tz::TimeZone};
use till_wire::values::Interval;

mod typed;

pub use super::super::words::Locale;
pub use typed::{parse, parse_decimal, parse_number};

/// The digits and separators. Built on each use: the data is compiled in, so it costs less than the string it
/// writes, and the type is not `Sync`.
fn numbers(locale: Locale) -> DecimalFormatter {
    let tag: Tag = locale.tag().parse().expect("the tags are valid");
    DecimalFormatter::try_new(tag.into(), Default::default())
        .expect("the numbers of every language are compiled in")
}

/// An amount as people write it, with all its decimals: `$1,234.50`, `1.234,50 €`, `¥500`.
///
/// `amount` is in minor units; `decimals` says how many digits of it are behind the point (0 to 4);
/// `currency` is an ISO code in either case.
#[must_use]
pub fn display(amount: i64, currency: &str, decimals: u8, locale: Locale) -> String {
    let number = decimal(amount, decimals);
    written(amount, &number, currency, locale)
}

/// As [`display`], but a whole amount goes without its zeros: `$29`, `$29.50`.
#[must_use]
pub fn display_short(amount: i64, currency: &str, decimals: u8, locale: Locale) -> String {
    let mut number = decimal(amount, decimals);
    number.absolute.trim_end_if_integer();
    written(amount, &number, currency, locale)
}

/// The cost of a number of units: `unit` is a decimal number of minor units for one, such as `0.015`. It keeps its
/// decimals, and has at least those of its currency. `None` when it is no number, or too large.
#[must_use]
pub fn display_unit(
    unit: &str,
    times: i64,
    currency: &str,
    decimals: u8,
    locale: Locale,
) -> Option<String> {
    let (whole, fraction) = unit.split_once('.').unwrap_or((unit, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let product = digits.checked_mul(i128::from(times))?;
    let mut number: Decimal = product.to_string().parse().ok()?;
    let behind = i16::try_from(fraction.len()).ok()? + i16::from(decimals);
    number.multiply_pow10(-behind);
    number.absolute.trim_end();
    number.absolute.pad_end(-i16::from(decimals));
    Some(written(0, &number, currency, locale))
}

fn decimal(amount: i64, decimals: u8) -> Decimal {
    let mut decimal = Decimal::from(amount.unsigned_abs());
    decimal.multiply_pow10(-i16::from(decimals));
    decimal
}

fn written(amount: i64, number: &Decimal, currency: &str, locale: Locale) -> String {
    let number = numbers(locale).format(number).to_string();
    locale
        .cldr()
        .money(&number, &currency.to_ascii_uppercase(), amount < 0)
}

/// A whole number.
#[must_use]
pub fn number(number: i64, locale: Locale) -> String {
    numbers(locale).format(&Decimal::from(number)).to_string()
}

/// A number of units, with its decimals: `1,234` or `0.125`.
#[must_use]
pub fn units(units: f64, locale: Locale) -> String {
    let words = units.to_string();
    match words.parse::<Decimal>() {
        Ok(number) => numbers(locale).format(&number).to_string(),
        // What is no number is none of ours.
        Err(_) => words,
    }
}

/// A share such as `0.2` as `20%`; as it is where it is no number.
#[must_use]
pub fn percent(share: &str, locale: Locale) -> String {
    let Ok(mut number) = share.parse::<Decimal>() else {
        return share.to_owned();
    };
    number.multiply_pow10(2);
    number.absolute.trim_start();
    number.absolute.trim_end();
    let number = numbers(locale).format(&number).to_string();
    locale.cldr().percent(&number)
}

/// The day of a moment, in UTC: what is due is worked out there.
#[must_use]
pub fn date(moment: Timestamp, locale: Locale) -> String {
    locale.cldr().date(moment.to_zoned(TimeZone::UTC).date())
}

/// The sign to show beside an amount field: `$`, `€`, `CHF`.
#[must_use]
pub fn currency_sign(currency: &str, locale: Locale) -> String {
    let code = currency.to_ascii_uppercase();
    locale.cldr().sign(&code).to_owned()
}

/// An amount as a person edits it, without symbol and grouping: `12.50`.
#[must_use]
pub fn editable(amount: i64, decimals: u8) -> String {
    let mut decimal = Decimal::from(amount);
    decimal.multiply_pow10(-i16::from(decimals));
    decimal.to_string()
}

/// As [`editable`], with the decimal mark of a language.
#[must_use]
pub fn editable_in(amount: i64, decimals: u8, locale: Locale) -> String {
    let half = numbers(locale).format(&decimal(5, 1)).to_string();
    let mark: String = half.chars().filter(|c| !c.is_ascii_digit()).collect();
    editable(amount, decimals).replace('.', &mark)
}

/// The interval of a price: `per month`, `every 3 months`.
#[must_use]
pub fn interval_words(interval: Interval, count: u32, locale: Locale) -> String {
    let id = match interval {
        Interval::Day => "every-day",
        Interval::Week => "every-week",
        Interval::Month => "every-month",
        Interval::Year => "every-year",
    };
    locale.with(id, [("count", count.max(1).into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn en(amount: i64, currency: &str, decimals: u8) -> String {
        display(amount, currency, decimals, Locale::En)
    }

    #[test]
    fn amounts_are_written_as_cldr_writes_english() {
        assert_eq!(en(0, "usd", 2), "$0.00");
        assert_eq!(en(5, "usd", 2), "$0.05");
        assert_eq!(en(1_000, "USD", 2), "$10.00");
        assert_eq!(en(123_456_789, "eur", 2), "€1,234,567.89");
        assert_eq!(en(-250, "gbp", 2), "-£2.50");
        assert_eq!(en(1_000, "chf", 2), "CHF\u{a0}10.00");
        assert_eq!(en(500, "jpy", 0), "¥500");
        assert_eq!(en(12_345, "bhd", 3), "BHD\u{a0}12.345");
        assert_eq!(en(100, "xcg", 2), "Cg.1.00");
        assert_eq!(en(i64::MIN, "cad", 2), "-CA$92,233,720,368,547,758.08");
    }

    #[test]
    fn a_hero_amount_drops_zeros_only_when_whole() {
        let short = |amount, decimals| display_short(amount, "usd", decimals, Locale::En);
        assert_eq!(short(2_900, 2), "$29");
        assert_eq!(short(2_950, 2), "$29.50");
        assert_eq!(short(100_000, 2), "$1,000");
        assert_eq!(short(0, 2), "$0");
        assert_eq!(short(700, 0), "$700");
    }

    #[test]
    fn money_shares_and_dates_are_written_as_icu_writes_them() {
        let samples = include_str!("../../../../../locales/cldr/samples.tsv");
        for sample in samples.lines() {
            let cells: Vec<&str> = sample.split('\t').collect();
            let [tag, kind, what, digits, minor, expected] = cells[..] else {
                panic!("{sample}");
            };
            let locale = Locale::of_tag(tag).expect("a language of ours");
            let written = match kind {
                "money" => {
                    let (minor, digits) = (minor.parse().unwrap(), digits.parse().unwrap());
                    display(minor, what, digits, locale)
                }
                "percent" => percent(what, locale),
                _ => date(format!("{what}T00:00:00Z").parse().unwrap(), locale),
            };
            assert_eq!(written, expected, "{sample}");
        }
    }

    #[test]
    fn a_unit_price_keeps_its_decimals() {
        let unit = |text| display_unit(text, 1, "usd", 2, Locale::En);
        assert_eq!(unit("1.5").as_deref(), Some("$0.015"));
        assert_eq!(unit("200").as_deref(), Some("$2.00"));
        assert_eq!(unit("0.00001").as_deref(), Some("$0.0000001"));
        assert_eq!(unit("x"), None);
        let million = display_unit("0.00035", 1_000_000, "usd", 2, Locale::De);
        assert_eq!(million.as_deref(), Some("3,50\u{a0}$"));
    }

    #[test]
    fn intervals_are_counted_in_words() {
        let words = |unit, count| interval_words(unit, count, Locale::En);
        assert_eq!(words(Interval::Month, 1), "per month");
        assert_eq!(words(Interval::Month, 3), "every 3 months");
        assert_eq!(words(Interval::Year, 1), "per year");
    }
}
