//! Currencies and amounts of money (docs/behaviour: products/currencies).
//!
//! Every amount is an `i64` in minor units of its currency: cents for most, whole units for the
//! zero-decimal ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{country::Country, input::Context};

/// A currency that prices may be in: a lower-case ISO 4217 code of the presentment list
/// (docs/behaviour: products/currencies). Ordered by code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

/// The text is not a code of the presentment list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a supported currency: use a lower-case ISO 4217 code such as usd")
    }
}

impl std::error::Error for UnknownCurrency {}

impl Currency {
    /// US dollar.
    pub const USD: Currency = Currency::listed("usd");

    /// Every presentment currency, by code.
    pub const ALL: [Currency; ROWS.len()] = {
        let mut all = [Currency(0); ROWS.len()];
        let mut i = 0;
        while i < all.len() {
            all[i] = Currency(i as u8);
            i += 1;
        }
        all
    };

    /// The currency of a code that is known to be listed; checked when compiled.
    const fn listed(code: &str) -> Currency {
        let wanted = code.as_bytes();
        let mut i = 0;
        while i < ROWS.len() {
            let row = ROWS[i].code.as_bytes();
            if row[0] == wanted[0] && row[1] == wanted[1] && row[2] == wanted[2] {
                return Currency(i as u8);
            }
            i += 1;
        }
        panic!("not in the table")
    }

    fn row(self) -> &'static Row {
        &ROWS[usize::from(self.0)]
    }

    /// The lower-case ISO 4217 code.
    pub fn as_str(self) -> &'static str {
        self.row().code
    }

    /// The smallest amount that can be charged, in minor units.
    pub fn min_charge(self) -> i64 {
        self.row().min_charge
    }

    /// The largest amount that can be charged, in minor units.
    pub fn max_charge(self) -> i64 {
        self.row().max_charge
    }

    /// Digits after the decimal point, as processors count them: 0 or 2. This is not ISO 4217
    /// everywhere (isk, huf, twd and ugx have 2 here).
    pub fn decimals(self) -> u8 {
        self.row().decimals
    }

    /// Amounts that can be charged are multiples of this, in minor units: 100 for the Icelandic króna and the Uganda
    /// shilling, which processors count in hundredths although there are none, 1 for every other currency.
    pub fn charge_step(self) -> i64 {
        match self.as_str() {
            "isk" | "ugx" => 100,
            _ => 1,
        }
    }

    /// The currency in which a buyer from this country is shown prices; `None` when the country
    /// is unknown or its legal tender is not listed. Takes any case.
    pub fn of_country(alpha2: &str) -> Option<Currency> {
        Country::parse_stored(alpha2).ok()?.currency()
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        ROWS.binary_search_by(|row| row.code.cmp(code))
            .ok()
            .and_then(|index| u8::try_from(index).ok())
            .map(Currency)
            .ok_or(UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::country::code_schema("Currency, as an ISO 4217 code in lower case.", "usd")
    }
}

impl utoipa::ToSchema for Currency {}

impl Country {
    /// Currency in which prices are shown there, if any listed currency is legal tender
    /// (docs/behaviour: products/currencies).
    pub fn currency(self) -> Option<Currency> {
        self.tender().parse().ok()
    }
}

/// A currency of the presentment list, in small letters as the document names it.
pub fn currency(value: &Value, cx: &mut Context) -> Option<Currency> {
    match value.as_str().map(str::parse) {
        Some(Ok(currency)) => Some(currency),
        _ => cx.fail("enum", "Input should be a supported currency code", value),
    }
}

/// An amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units of the currency; may be negative.
    pub minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// An amount in minor units.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }
}

/// The amount in English, for API error messages: `$0.50`, `₹60.00`, `¥80`, `-$1,234.00`.
/// `amount` is in minor units. Pages show amounts in the reader's language instead.
pub fn format_minor(amount: i64, currency: Currency) -> String {
    let digits = amount.unsigned_abs();
    let (whole, fraction) = match currency.decimals() {
        0 => (digits, String::new()),
        _ => (digits / 100, format!(".{:02}", digits % 100)),
    };
    let sign = if amount < 0 { "-" } else { "" };
    let number = format!("{}{fraction}", grouped(whole));
    match symbol(currency.as_str()) {
        Some(symbol) => format!("{sign}{symbol}{number}"),
        None => format!(
            "{sign}{}\u{a0}{number}",
            currency.as_str().to_ascii_uppercase()
        ),
    }
}

/// With a comma before every third digit from the right.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The symbol English readers know; the code is used for the others.
fn symbol(code: &str) -> Option<&'static str> {
    Some(match code {
        "aud" => "A$",
        "brl" => "R$",
        "cad" => "CA$",
        "cny" => "CN¥",
        "eur" => "€",
        "gbp" => "£",
        "hkd" => "HK$",
        "ils" => "₪",
        "inr" => "₹",
        "jpy" => "¥",
        "krw" => "₩",
        "mxn" => "MX$",
        "nzd" => "NZ$",
        "php" => "₱",
        "twd" => "NT$",
        "usd" => "$",
        "vnd" => "₫",
        _ => return None,
    })
}

struct Row {
    code: &'static str,
    min_charge: i64,
    max_charge: i64,
    decimals: u8,
}

const fn row(code: &'static str, min_charge: i64, max_charge: i64, decimals: u8) -> Row {
    Row {
        code,
        min_charge,
        max_charge,
        decimals,
    }
}

/// The largest charge unless the currency's unit is small.
const MAX: i64 = 99_999_999;

/// Code, smallest charge, largest charge (both minor units), decimals; sorted by code.
static ROWS: [Row; 126] = [
    row("aed", 200, MAX, 2),
    row("all", 5_000, MAX, 2),
    row("amd", 20_000, MAX, 2),
    row("aoa", 50_000, MAX, 2),
    row("ars", 75_000, 140_000_000, 2),
    row("aud", 70, MAX, 2),
    row("awg", 100, MAX, 2),
    row("azn", 100, MAX, 2),
    row("bam", 100, MAX, 2),
    row("bbd", 200, MAX, 2),
    row("bdt", 7_000, MAX, 2),
    row("bif", 2_000, MAX, 0),
    row("bmd", 100, MAX, 2),
    row("bnd", 100, MAX, 2),
    row("bob", 500, MAX, 2),
    row("brl", 250, MAX, 2),
    row("bsd", 100, MAX, 2),
    row("bwp", 1_000, MAX, 2),
    row("bzd", 200, MAX, 2),
    row("cad", 70, MAX, 2),
    row("cdf", 200_000, 280_000_000, 2),
    row("chf", 50, MAX, 2),
    row("clp", 500, MAX, 0),
    row("cny", 500, MAX, 2),
    row("cop", 200_000, 400_000_000, 2),
    row("crc", 30_000, MAX, 2),
    row("cve", 5_000, MAX, 2),
    row("czk", 1_500, MAX, 2),
    row("djf", 100, MAX, 0),
    row("dkk", 320, MAX, 2),
    row("dop", 4_000, MAX, 2),
    row("dzd", 7_000, MAX, 2),
    row("egp", 3_000, MAX, 2),
    row("etb", 8_000, MAX, 2),
    row("eur", 50, MAX, 2),
    row("fjd", 200, MAX, 2),
    row("fkp", 100, MAX, 2),
    row("gbp", 40, MAX, 2),
    row("gel", 200, MAX, 2),
    row("gip", 100, MAX, 2),
    row("gmd", 4_000, MAX, 2),
    row("gnf", 5_000, MAX, 0),
    row("gtq", 500, MAX, 2),
    row("gyd", 20_000, MAX, 2),
    row("hkd", 400, MAX, 2),
    row("hnl", 2_000, MAX, 2),
    row("htg", 7_000, MAX, 2),
    row("huf", 17_500, MAX, 2),
    row("idr", 900_000, 1_600_000_000, 2),
    row("ils", 150, MAX, 2),
    row("inr", 6_000, MAX, 2),
    row("isk", 7_000, MAX, 2),
    row("jmd", 8_000, MAX, 2),
    row("jpy", 80, MAX, 0),
    row("kes", 7_000, MAX, 2),
    row("kgs", 5_000, MAX, 2),
    row("khr", 300_000, 400_000_000, 2),
    row("kmf", 500, MAX, 0),
    row("krw", 800, MAX, 0),
    row("kyd", 100, MAX, 2),
    row("kzt", 30_000, MAX, 2),
    row("lak", 2_000_000, 2_100_000_000, 2),
    row("lkr", 20_000, MAX, 2),
    row("lrd", 10_000, MAX, 2),
    row("lsl", 1_000, MAX, 2),
    row("mad", 500, MAX, 2),
    row("mdl", 1_000, MAX, 2),
    row("mga", 3_000, MAX, 0),
    row("mkd", 5_000, MAX, 2),
    row("mnt", 200_000, 350_000_000, 2),
    row("mop", 500, MAX, 2),
    row("mur", 5_000, MAX, 2),
    row("mvr", 800, MAX, 2),
    row("mwk", 100_000, 175_000_000, 2),
    row("mxn", 900, MAX, 2),
    row("myr", 200, MAX, 2),
    row("mzn", 5_000, MAX, 2),
    row("nad", 1_000, MAX, 2),
    row("ngn", 70_000, 155_000_000, 2),
    row("nio", 2_000, MAX, 2),
    row("nok", 500, MAX, 2),
    row("npr", 8_000, MAX, 2),
    row("nzd", 90, MAX, 2),
    row("pab", 100, MAX, 2),
    row("pen", 200, MAX, 2),
    row("pgk", 300, MAX, 2),
    row("php", 3_500, MAX, 2),
    row("pkr", 20_000, MAX, 2),
    row("pln", 200, MAX, 2),
    row("pyg", 4_000, MAX, 0),
    row("qar", 200, MAX, 2),
    row("ron", 250, MAX, 2),
    row("rsd", 6_000, MAX, 2),
    row("rwf", 1_000, MAX, 0),
    row("sar", 200, MAX, 2),
    row("sbd", 400, MAX, 2),
    row("scr", 800, MAX, 2),
    row("sek", 500, MAX, 2),
    row("sgd", 70, MAX, 2),
    row("shp", 100, MAX, 2),
    row("sos", 50_000, MAX, 2),
    row("srd", 2_000, MAX, 2),
    row("szl", 1_000, MAX, 2),
    row("thb", 2_000, MAX, 2),
    row("tjs", 500, MAX, 2),
    row("top", 200, MAX, 2),
    row("try", 3_000, MAX, 2),
    row("ttd", 400, MAX, 2),
    row("twd", 2_000, MAX, 2),
    row("tzs", 200_000, 250_000_000, 2),
    row("uah", 3_000, MAX, 2),
    row("ugx", 200_000, 370_000_000, 2),
    row("usd", 50, MAX, 2),
    row("uyu", 2_000, MAX, 2),
    row("uzs", 700_000, 1_250_000_000, 2),
    row("vnd", 20_000, MAX, 0),
    row("vuv", 100, MAX, 0),
    row("wst", 200, MAX, 2),
    row("xaf", 500, MAX, 0),
    row("xcd", 200, MAX, 2),
    row("xcg", 100, MAX, 2),
    row("xof", 500, MAX, 0),
    row("xpf", 100, MAX, 0),
    row("yer", 20_000, MAX, 2),
    row("zar", 900, MAX, 2),
    row("zmw", 1_000, MAX, 2),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn every_currency_reads_back_from_its_code_and_the_table_is_sorted() {
        assert_eq!(Currency::ALL.len(), 126);
        for (index, one) in Currency::ALL.iter().enumerate() {
            assert_eq!(currency(one.as_str()), *one);
            assert!(index == 0 || Currency::ALL[index - 1].as_str() < one.as_str());
            assert!(one.min_charge() < one.max_charge(), "{one}");
        }
        assert_eq!(Currency::USD.as_str(), "usd");
    }

    #[test]
    fn codes_are_lower_case_and_listed() {
        for code in ["USD", "Usd", "", "us", "usdd", "xxx", "rub", " usd"] {
            assert_eq!(code.parse::<Currency>(), Err(UnknownCurrency), "{code:?}");
        }
    }

    #[test]
    fn charge_bounds_are_those_of_the_table() {
        let cases = [
            ("gbp", 40, MAX),
            ("usd", 50, MAX),
            ("jpy", 80, MAX),
            ("inr", 6_000, MAX),
            ("ugx", 200_000, 370_000_000),
            ("lak", 2_000_000, 2_100_000_000),
            ("ars", 75_000, 140_000_000),
        ];
        for (code, min, max) in cases {
            assert_eq!(
                (currency(code).min_charge(), currency(code).max_charge()),
                (min, max),
                "{code}"
            );
        }
    }

    #[test]
    fn bounds_of_a_charge_can_be_charged() {
        for one in Currency::ALL {
            assert_eq!(one.min_charge() % one.charge_step(), 0, "{one}");
        }
        let in_steps = Currency::ALL.iter().filter(|one| one.charge_step() > 1);
        assert_eq!(
            in_steps.map(|one| one.as_str()).collect::<Vec<_>>(),
            ["isk", "ugx"]
        );
    }

    #[test]
    fn zero_decimal_currencies_are_fifteen() {
        let zero: Vec<_> = Currency::ALL
            .iter()
            .filter(|one| one.decimals() == 0)
            .map(|one| one.as_str())
            .collect();
        assert_eq!(
            zero,
            [
                "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv",
                "xaf", "xof", "xpf"
            ]
        );
        for code in ["isk", "huf", "twd", "ugx"] {
            assert_eq!(currency(code).decimals(), 2, "{code}");
        }
    }

    #[test]
    fn countries_have_the_currency_of_the_rule() {
        let cases = [
            ("US", "usd"),
            ("us", "usd"),
            ("EC", "usd"),
            ("ZW", "usd"),
            ("TL", "usd"),
            ("PA", "pab"),
            ("LI", "chf"),
            ("PS", "ils"),
            ("BT", "inr"),
            ("LS", "zar"),
            ("NA", "zar"),
            ("EH", "mad"),
            ("CW", "xcg"),
            ("SX", "xcg"),
            ("ME", "eur"),
            ("VA", "eur"),
            ("LV", "eur"),
            ("HT", "htg"),
            ("JP", "jpy"),
        ];
        for (country, code) in cases {
            assert_eq!(
                Currency::of_country(country),
                Some(currency(code)),
                "{country}"
            );
        }
    }

    #[test]
    fn countries_without_a_listed_tender_have_no_currency() {
        let none =
            "AF AQ BG BH BY CU ER GH IQ IR JO KP KW LB LY MM MR OM RU SD SL SS ST SY TM TN VE";
        let found: Vec<_> = Country::ALL
            .iter()
            .filter(|country| Currency::of_country(country.as_str()).is_none())
            .map(|country| country.as_str())
            .collect();
        assert_eq!(found.join(" "), none);
        assert_eq!(Currency::of_country("XX"), None);
    }

    #[test]
    fn amounts_read_as_english_does() {
        let cases = [
            (50, "usd", "$0.50"),
            (6_000, "inr", "₹60.00"),
            (80, "jpy", "¥80"),
            (123_456_789, "eur", "€1,234,567.89"),
            (-100_000, "usd", "-$1,000.00"),
            (1_000, "chf", "CHF\u{a0}10.00"),
            (5, "krw", "₩5"),
            (i64::MIN, "jpy", "-¥9,223,372,036,854,775,808"),
        ];
        for (amount, code, words) in cases {
            assert_eq!(format_minor(amount, currency(code)), words);
        }
    }

    #[test]
    fn json_is_the_code() {
        assert_eq!(serde_json::to_string(&Currency::USD).unwrap(), "\"usd\"");
        assert_eq!(
            serde_json::from_str::<Currency>(r#""eur""#).unwrap(),
            currency("eur")
        );
        assert_eq!(
            serde_json::from_str::<Currency>(r#""\u0065ur""#).unwrap(),
            currency("eur")
        );
        assert!(serde_json::from_str::<Currency>("\"EUR\"").is_err());
        assert!(serde_json::from_str::<Currency>("1").is_err());
    }
}
