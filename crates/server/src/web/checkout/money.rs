//! Money and intervals in words, for people. Digits and separators come from ICU4X (CLDR), currency
//! symbols and patterns from the small CLDR table here.

use till_wire::values::Interval;

use icu_decimal::{DecimalFormatter, input::Decimal};

/// A language that the pages can speak. One variant and one row of [`Locale::row`] each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Locale {
    /// English.
    #[default]
    En,
}

/// Where a locale puts the currency, and what it calls it.
struct Row {
    tag: &'static str,
    symbol_first: bool,
    /// Between amount and symbol; a symbol made of letters is always set apart.
    gap: &'static str,
    symbols: &'static [(&'static str, &'static str)],
}

/// No-break space: CLDR puts it between letters and digits.
const NBSP: &str = "\u{a0}";

static EN: Row = Row {
    tag: "en",
    symbol_first: true,
    gap: "",
    symbols: &[
        ("AUD", "A$"),
        ("BRL", "R$"),
        ("CAD", "CA$"),
        ("CNY", "CN¥"),
        ("EUR", "€"),
        ("GBP", "£"),
        ("HKD", "HK$"),
        ("ILS", "₪"),
        ("INR", "₹"),
        ("JPY", "¥"),
        ("KRW", "₩"),
        ("MXN", "MX$"),
        ("NZD", "NZ$"),
        ("PHP", "₱"),
        ("TWD", "NT$"),
        ("USD", "$"),
        ("VND", "₫"),
        ("XAF", "FCFA"),
        ("XCD", "EC$"),
        ("XCG", "Cg."),
        ("XOF", "F\u{202f}CFA"),
        ("XPF", "CFPF"),
    ],
};

impl Locale {
    fn row(self) -> &'static Row {
        match self {
            Locale::En => &EN,
        }
    }

    /// The digits and separators. Built on each use: the data is compiled in, so it costs less than
    /// the string it writes, and the type is not `Sync`.
    fn numbers(self) -> DecimalFormatter {
        // CLDR's root locale writes numbers exactly as English does.
        let Locale::En = self;
        DecimalFormatter::try_new(Default::default(), Default::default())
            .expect("the root locale is compiled in")
    }

    /// The BCP-47 tag, for `lang` attributes.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.row().tag
    }
}

/// An amount as people write it, with all its decimals: `$1,234.50`, `CHF 10.00`, `¥500`.
///
/// `amount` is in minor units; `decimals` says how many digits of it are behind the point (0 to 4);
/// `currency` is an ISO code in either case.
#[must_use]
pub fn display(amount: i64, currency: &str, decimals: u8, locale: Locale) -> String {
    written(amount, currency, decimals, locale, false)
}

/// As [`display`], but a whole amount goes without its zeros: `$29`, `$29.50`.
#[must_use]
pub fn display_short(amount: i64, currency: &str, decimals: u8, locale: Locale) -> String {
    written(amount, currency, decimals, locale, true)
}

fn written(amount: i64, currency: &str, decimals: u8, locale: Locale, short: bool) -> String {
    let row = locale.row();
    let currency = currency.to_ascii_uppercase();
    let mut decimal = Decimal::from(amount.unsigned_abs());
    decimal.multiply_pow10(-i16::from(decimals));
    if short {
        decimal.absolute.trim_end_if_integer();
    }
    let number = locale.numbers().format(&decimal).to_string();
    let symbol = symbol(&currency, row);
    let sign = if amount < 0 { "-" } else { "" };
    let lettered = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    if row.symbol_first {
        let gap = if lettered(symbol.chars().last()) {
            NBSP
        } else {
            row.gap
        };
        format!("{sign}{symbol}{gap}{number}")
    } else {
        let gap = if lettered(symbol.chars().next()) {
            NBSP
        } else {
            row.gap
        };
        format!("{sign}{number}{gap}{symbol}")
    }
}

fn symbol<'a>(currency: &'a str, row: &Row) -> &'a str {
    row.symbols
        .binary_search_by_key(&currency, |(code, _)| code)
        .map_or(currency, |at| row.symbols[at].1)
}

/// The sign to show beside an amount field: `$`, `€`, `CHF`.
#[must_use]
pub fn currency_sign(currency: &str, locale: Locale) -> String {
    symbol(&currency.to_ascii_uppercase(), locale.row()).to_owned()
}

/// An amount as a person edits it, without symbol and grouping: `12.50`.
#[must_use]
pub fn editable(amount: i64, decimals: u8) -> String {
    let mut decimal = Decimal::from(amount);
    decimal.multiply_pow10(-i16::from(decimals));
    decimal.to_string()
}

/// Reads an amount that a person typed (`12`, `12.5`, `12,50`, `1,234.50`, `$ 12`), into minor units.
///
/// The last of `.` and `,` is the decimal point unless exactly three digits follow it and the
/// currency has no such decimals; the other marks group. `None` when it is no amount, has more
/// decimals than the currency, or does not fit.
#[must_use]
pub fn parse(typed: &str, decimals: u8) -> Option<i64> {
    let decimals = usize::from(decimals);
    let text: String = typed
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))
        .collect();
    if typed.chars().filter(|c| c.is_alphabetic()).count() > 3 || text.contains('-') {
        return None;
    }
    // A letter amid the digits (`1e9`) is no amount; dropping it would make another one.
    let amid = typed.trim_matches(|c: char| !c.is_ascii_digit());
    if amid.contains(char::is_alphabetic) {
        return None;
    }
    let (whole, fraction) = match text.rfind(['.', ',']) {
        Some(at) if text.len() - at - 1 == 3 && decimals < 3 => (text.as_str(), ""),
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text.as_str(), ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let fraction = if fraction.len() > decimals {
        let (kept, rest) = fraction.split_at(decimals);
        rest.bytes().all(|b| b == b'0').then_some(kept)?
    } else {
        fraction
    };
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

/// How often a price is due: `per month`, `every 3 months`.
#[must_use]
pub fn interval_words(interval: Interval, count: u32, locale: Locale) -> String {
    let Locale::En = locale;
    let unit = interval.as_str();
    match count {
        0 | 1 => format!("per {unit}"),
        n => format!("every {n} {unit}s"),
    }
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
    fn the_symbol_table_is_sorted_for_its_binary_search() {
        assert!(EN.symbols.is_sorted());
    }

    #[test]
    fn typed_amounts_are_read_in_both_decimal_styles() {
        for (typed, minor) in [
            ("12", Some(1_200)),
            ("12.5", Some(1_250)),
            ("12,50", Some(1_250)),
            (".5", Some(50)),
            ("1,234", Some(123_400)),
            ("1,234.50", Some(123_450)),
            ("1.234,50", Some(123_450)),
            ("$ 12.00", Some(1_200)),
            ("12.000", Some(1_200_000)),
            ("12.0000", Some(1_200)),
            ("12.3456", None),
            ("-5", None),
            ("", None),
            ("abc", None),
            ("twelve", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse(typed, 2), minor, "{typed}");
        }
        assert_eq!(parse("1,500", 0), Some(1_500));
        assert_eq!(parse("12.5", 0), None);
        assert_eq!(parse("1.234", 3), Some(1_234));
    }

    #[test]
    fn an_editable_amount_reads_back_as_itself() {
        for (amount, decimals) in [(0, 2), (1_250, 2), (5, 2), (700, 0), (123_456_789, 2)] {
            assert_eq!(parse(&editable(amount, decimals), decimals), Some(amount));
        }
        assert_eq!(editable(1_250, 2), "12.50");
    }

    #[test]
    fn intervals_are_counted_in_words() {
        let words = |unit, count| interval_words(unit, count, Locale::En);
        assert_eq!(words(Interval::Month, 1), "per month");
        assert_eq!(words(Interval::Month, 3), "every 3 months");
        assert_eq!(words(Interval::Year, 1), "per year");
    }
}
