//! Tax as it is shown.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    address,
    country::{Country, normalise_state},
    input::{Context, blank_text, boolean, list, text_of, word},
    limits,
};

crate::words! {
    /// Why a tax is, or is not, charged.
    pub enum TaxabilityReason {
        /// The usual rate.
        StandardRated = "standard_rated",
        /// The merchant is not registered there.
        NotCollecting = "not_collecting",
        /// The product is exempt.
        ProductExempt = "product_exempt",
        /// The buyer, a business, accounts for it.
        ReverseCharge = "reverse_charge",
        /// There is no such tax there.
        NotSubjectToTax = "not_subject_to_tax",
        /// The place is not known to the provider.
        NotSupported = "not_supported",
        /// The buyer is exempt.
        CustomerExempt = "customer_exempt",
    }
}

crate::words! {
    /// What a tax's rate counts.
    pub enum TaxRateType {
        /// A share of the amount.
        Percentage = "percentage",
        /// An amount.
        Fixed = "fixed",
    }
}

/// One tax of a calculation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaxLine {
    /// What the rate counts.
    pub rate_type: TaxRateType,
    /// A decimal share such as `0.2`; null for a fixed amount.
    pub rate: Option<String>,
    /// What it is called, such as `VAT`.
    pub display_name: String,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// County, city or district.
    pub subdivision: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Why.
    pub taxability_reason: TaxabilityReason,
}

crate::words! {
    /// Which tax an EU registration charges consumers in other EU countries. Businesses there account for it
    /// themselves in any case.
    pub enum EuSales {
        /// That of the buyer's country, declared through the One Stop Shop.
        Oss = "oss",
        /// That of the merchant's own country: below the yearly threshold for sales to other EU countries.
        Home = "home",
        /// None: the registration is for this country alone.
        Domestic = "domestic",
    }
}

/// Where a merchant is registered for a tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRegistration {
    /// Country, ISO 3166-1 alpha-2.
    #[schema(value_type = String)]
    pub country: Country,
    /// State or province where the tax is its own; of the United States and Canada with the country's prefix
    /// (`US-NY`).
    #[serde(default)]
    pub state: Option<String>,
    /// The rate that the merchant enters, a decimal percentage such as `8.875`; null: the standard rate that
    /// Till knows.
    #[serde(default)]
    pub rate: Option<String>,
    /// What buyers see it called; null: its usual name.
    #[serde(default)]
    pub name: Option<String>,
    /// Sales to other EU countries; null for countries outside the EU.
    #[serde(default)]
    pub eu_sales: Option<EuSales>,
}

/// Whether and where a merchant collects tax. Off unless switched on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxSettings {
    /// Whether tax is worked out at all.
    pub enabled: bool,
    /// Where the merchant is registered.
    pub registrations: Vec<TaxRegistration>,
}

/// The EU's member states.
pub const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Whether a country is one of the EU's.
pub fn in_eu(country: Country) -> bool {
    EU.contains(&country.as_str())
}

impl TaxSettings {
    /// Reads the field of an organization's PATCH.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.object(value, |f| {
            let enabled = f.required("enabled", boolean);
            // Not optional: switching tax off and on must not forget where the merchant is registered.
            let registrations = f.required("registrations", |value, cx| {
                let read = TaxRegistration::read;
                let listed = list(0, limits::REGISTRATIONS, read)(value, cx)?;
                let mut places = HashSet::new();
                for (place, one) in listed.iter().enumerate() {
                    if !places.insert((one.country, one.state.as_deref().map(str::to_lowercase))) {
                        cx.at(place, |cx| {
                            cx.refuse::<()>("this place is registered already", value)
                        });
                        return None;
                    }
                }
                Some(listed)
            });
            Some(Self {
                enabled: enabled?,
                registrations: registrations?,
            })
        })
    }
}

impl TaxRegistration {
    /// Whether it is that state's, in whatever case it is written; `None`: the whole country's.
    pub fn is_of(&self, state: Option<&str>) -> bool {
        match (&self.state, state) {
            (None, None) => true,
            (Some(own), Some(other)) => own.to_lowercase() == other.trim().to_lowercase(),
            _ => false,
        }
    }

    fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.object(value, |f| {
            let country = f.required("country", address::country);
            let state = f.blankable("state", blank_text(STATE)).value();
            let rate = f.blankable("rate", rate).value();
            let name = f.blankable("name", blank_text(NAME)).value();
            let eu_sales = f.optional("eu_sales", word);
            let whole = f.whole();
            let country = country?;
            let state = match state
                .map(|state| normalise_state(country, &state))
                .transpose()
            {
                Ok(state) => state,
                Err(error) => {
                    return f.cx.at("state", |cx| cx.refuse(error.to_string(), whole));
                }
            };
            if country == Country::US && state.is_none() {
                return f
                    .cx
                    .at("state", |cx| cx.fail("missing", "Field required", whole));
            }
            let european = in_eu(country) && state.is_none();
            if eu_sales.is_some() && !european {
                return f.cx.at("eu_sales", |cx| {
                    cx.refuse("this is said of whole EU countries only", whole)
                });
            }
            Some(Self {
                country,
                state,
                rate,
                name,
                eu_sales: eu_sales.or_else(|| european.then_some(EuSales::Oss)),
            })
        })
    }
}

/// A state or province as typed, in characters.
pub(crate) const STATE: usize = 100;
/// What a tax is called, in characters.
pub(crate) const NAME: usize = 40;
/// A percentage as text, in characters.
pub(crate) const RATE: usize = 10;

/// A percentage from 0 to 100 of at most four decimals, as text or number; blank reads as null.
fn rate(value: &Value, cx: &mut Context) -> Option<Option<String>> {
    let raw = match value {
        Value::Number(number) => number.to_string(),
        other => text_of(0, RATE, true)(other, cx)?,
    };
    let raw = raw.trim().trim_end_matches('%').trim_end();
    if raw.is_empty() {
        return Some(None);
    }
    match TaxRate::of_percent(raw) {
        Some(rate) => Some(Some(rate.percent())),
        None => cx.refuse(
            "a rate is a percentage from 0 to 100 with at most 4 decimals",
            value,
        ),
    }
}

/// A share of an amount, in millionths, from 0 to 1: `8.875` percent is 88,750.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TaxRate(u32);

impl TaxRate {
    const WHOLE: u32 = 1_000_000;

    /// A rate of so many hundredths of a percent (basis points), at most 10,000.
    pub const fn basis_points(number: u32) -> Self {
        assert!(number <= 10_000, "a rate is at most the whole");
        Self(number * 100)
    }

    /// Reads `8.875`: plain digits, at most four decimals, at most 100.
    pub fn of_percent(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| {
            (1..=4).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
        };
        if !digits(whole) || !digits(part) {
            return None;
        }
        let millionths =
            whole.parse::<u32>().ok()? * 10_000 + format!("{part:0<4}").parse::<u32>().ok()?;
        (millionths <= Self::WHOLE).then_some(Self(millionths))
    }

    /// Millionths of the amount.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The percentage, such as `8.875`.
    pub fn percent(self) -> String {
        decimal(self.0, 10_000, 4)
    }

    /// The share, such as `0.08875`.
    pub fn share(self) -> String {
        decimal(self.0, Self::WHOLE, 6)
    }

    /// Reads a [share](Self::share).
    pub fn of_share(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let part = (part.len() <= 6).then(|| format!("{part:0<6}"))?;
        let millionths = whole
            .parse::<u32>()
            .ok()?
            .checked_mul(Self::WHOLE)?
            .checked_add(part.parse().ok()?)?;
        (millionths <= Self::WHOLE).then_some(Self(millionths))
    }
}

fn decimal(number: u32, unit: u32, places: usize) -> String {
    let text = format!("{}.{:0places$}", number / unit, number % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl TaxLine {
    /// What a buyer reads in front of the amount, such as `VAT 19%`.
    pub fn label(&self) -> String {
        match self.rate.as_deref().and_then(TaxRate::of_share) {
            Some(rate) if rate > TaxRate::default() => {
                format!("{} {}%", self.display_name, rate.percent())
            }
            _ => self.display_name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rates_are_exact_decimals() {
        for (text, millionths, percent, share) in [
            ("8.875", 88_750, "8.875", "0.08875"),
            ("20", 200_000, "20", "0.2"),
            ("09.5000", 95_000, "9.5", "0.095"),
            ("100", 1_000_000, "100", "1"),
            ("0", 0, "0", "0"),
        ] {
            let rate = TaxRate::of_percent(text).unwrap();
            assert_eq!(rate.millionths(), millionths);
            assert_eq!(rate.percent(), percent);
            assert_eq!(rate.share(), share);
            assert_eq!(TaxRate::of_share(share), Some(rate));
        }
        for bad in [
            "", ".5", "5.", "-1", "100.0001", "1.00001", "1e1", "10000", "٣",
        ] {
            assert_eq!(TaxRate::of_percent(bad), None, "{bad}");
        }
    }

    fn problems(settings: Value) -> Vec<(String, String)> {
        let mut cx = Context::new("body");
        TaxSettings::read(&settings, &mut cx);
        let place = |p: &crate::input::Problem| serde_json::to_string(&p.loc).unwrap();
        cx.problems
            .iter()
            .map(|p| (p.kind.to_string(), place(p)))
            .collect()
    }

    #[test]
    fn registrations_are_judged_each_at_its_place() {
        let found = problems(json!({"enabled": true, "registrations": [
            {"country": "XX"},
            {"country": "US", "rate": "8"},
            {"country": "US", "state": "QC", "rate": "8"},
            {"country": "DE", "rate": "101"},
            {"country": "CH", "eu_sales": "oss"},
            {"country": "FR", "eu_sales": "anywhere"},
        ]}));
        let at = |row: usize, field: &str| format!(r#"["body","registrations",{row},"{field}"]"#);
        assert_eq!(
            found,
            [
                ("enum".into(), at(0, "country")),
                ("missing".into(), at(1, "state")),
                ("value_error".into(), at(2, "state")),
                ("value_error".into(), at(3, "rate")),
                ("value_error".into(), at(4, "eu_sales")),
                ("enum".into(), at(5, "eu_sales")),
            ]
        );
    }

    #[test]
    fn a_place_is_registered_once() {
        let twice = json!({"enabled": true, "registrations": [
            {"country": "US", "state": "NY", "rate": "8.875"},
            {"country": "us", "state": "us-ny", "rate": "4"},
        ]});
        let place = r#"["body","registrations",1]"#.to_owned();
        assert_eq!(problems(twice), [("value_error".into(), place)]);
    }

    #[test]
    fn an_eu_registration_is_for_the_one_stop_shop_unless_it_says_otherwise() {
        let mut cx = Context::new("body");
        let settings = json!({"enabled": true, "registrations": [
            {"country": "DE"}, {"country": "FR", "eu_sales": "domestic"}, {"country": "NO"},
        ]});
        let read = TaxSettings::read(&settings, &mut cx).unwrap();
        let sales: Vec<_> = read.registrations.iter().map(|r| r.eu_sales).collect();
        assert_eq!(sales, [Some(EuSales::Oss), Some(EuSales::Domestic), None]);
    }
}
