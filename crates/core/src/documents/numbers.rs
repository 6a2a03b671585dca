//! Tax numbers, and what they are called where they are given.

use serde::Serialize;
use till_wire::{country::Country, organizations::SellerTaxId, tax::in_eu};

/// A tax number with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxNumber {
    /// Name of the number, the same in every language; empty where the country is not known.
    pub label: &'static str,
    /// The number.
    pub number: String,
}

/// Name that a country gives to the number under which its tax on sales is paid.
pub fn tax_label(country: Country) -> &'static str {
    match country.as_str() {
        "AU" => "ABN",
        "NZ" | "SG" => "GST",
        "IN" => "GSTIN",
        "CA" => "GST/HST",
        "CL" => "RUT",
        "KE" => "PIN",
        "KR" => "BRN",
        "JP" => "JCT",
        "BR" => "CNPJ",
        "MX" => "RFC",
        "AE" | "BH" | "OM" | "SA" => "TRN",
        "CH" | "GB" | "IM" | "IS" | "LI" | "MC" | "NO" | "PH" | "RS" | "TR" | "UA" | "ZA" => "VAT",
        _ if in_eu(country) => "VAT",
        _ => "Tax ID",
    }
}

/// The seller's number in the buyer's country, else in its own.
pub(super) fn of_seller(
    known: &[SellerTaxId],
    buyer: Option<Country>,
    own: Option<Country>,
) -> Option<TaxNumber> {
    let wanted = buyer.into_iter().chain(own);
    let found = wanted
        .filter_map(|country| known.iter().find(|one| one.country == country))
        .next()
        .or_else(|| known.first())?;
    Some(TaxNumber {
        label: tax_label(found.country),
        number: found.number.clone(),
    })
}
