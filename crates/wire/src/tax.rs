//! Tax as it is shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;

mod requests;

crate::words! {
    /// Reason for which a tax is charged, or is not.
    pub enum TaxabilityReason {
        /// The standard rate applies.
        StandardRated = "standard_rated",
        /// The organization is not registered for the tax.
        NotCollecting = "not_collecting",
        /// The product is exempt.
        ProductExempt = "product_exempt",
        /// The buyer is a business and accounts for the tax.
        ReverseCharge = "reverse_charge",
        /// There is no such tax in that place.
        NotSubjectToTax = "not_subject_to_tax",
        /// The place is not known.
        NotSupported = "not_supported",
        /// The buyer is exempt.
        CustomerExempt = "customer_exempt",
    }
}

crate::words! {
    /// Kinds of sums that a tax's rate counts.
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
    /// Kind of sum that the rate counts.
    pub rate_type: TaxRateType,
    /// A decimal share such as `0.2`; null for a fixed amount.
    pub rate: Option<String>,
    /// Name of the tax, such as `VAT`.
    pub display_name: String,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// County, city or district.
    pub subdivision: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Reason.
    pub taxability_reason: TaxabilityReason,
}

crate::words! {
    /// Tax that a registration in an EU country charges consumers in other EU countries. Businesses there account for
    /// the tax themselves in any case.
    pub enum EuSales {
        /// The tax of the buyer's country, declared through the One Stop Shop.
        Oss = "oss",
        /// The tax of the organization's own country, below the yearly threshold for sales to other EU countries.
        Home = "home",
        /// None: the registration is only for its own country.
        Domestic = "domestic",
    }
}

/// Registration of the organization for a tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRegistration {
    /// Country of the registration, as an ISO 3166-1 code of two letters.
    #[schema(value_type = String)]
    pub country: Country,
    /// State or province that has a tax of its own; in the United States and Canada with the country before it, such as
    /// `US-NY`. Null for a tax of the whole country.
    #[serde(default)]
    pub state: Option<String>,
    /// Rate in percent, as a decimal number in text such as `8.875`; null for the standard rate that Till knows.
    #[serde(default)]
    pub rate: Option<String>,
    /// Name of the tax, as buyers see it; null for the standard name.
    #[serde(default)]
    pub name: Option<String>,
    /// Tax on sales to consumers in other EU countries; null for countries outside the EU.
    #[serde(default)]
    pub eu_sales: Option<EuSales>,
}

/// Tax settings: whether and where tax is collected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxSettings {
    /// True if tax is collected.
    pub enabled: bool,
    /// Registrations for taxes, one for each place.
    pub registrations: Vec<TaxRegistration>,
}

/// The EU's member states.
pub const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// True if a country is one of the EU's.
pub fn in_eu(country: Country) -> bool {
    EU.contains(&country.as_str())
}

impl TaxRegistration {
    /// True if it is that state's, in whatever case it is written; `None`: the whole country's.
    pub fn is_of(&self, state: Option<&str>) -> bool {
        match (&self.state, state) {
            (None, None) => true,
            (Some(own), Some(other)) => own.to_lowercase() == other.trim().to_lowercase(),
            _ => false,
        }
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
    /// Words that a buyer reads in front of the amount, such as `VAT 19%`.
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
}
