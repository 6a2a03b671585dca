//! Tax as it is shown (checkout.md 9.3).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// Where a merchant is registered for a tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRegistration {
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
    /// State or province, prefixed (`US-NY`), where the tax is its own.
    pub state: Option<String>,
    /// The rate that the merchant enters, a decimal percentage such as `8.875`; null: the standard rate that
    /// Till knows.
    pub rate: Option<String>,
}

/// Whether and where a merchant collects tax. Off unless switched on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxSettings {
    /// Whether tax is worked out at all.
    pub enabled: bool,
    /// Where the merchant is registered.
    pub registrations: Vec<TaxRegistration>,
}
