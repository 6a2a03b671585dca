//! The seller on invoices, receipts and credit notes.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    address::{self, Address, address},
    country::Country,
    input::Context,
    limits,
    request::*,
};

/// Characters of the words below an invoice, at most.
pub const LONGEST_NOTES: usize = 2_000;
/// Characters of the seller's name, and of a tax number, at most.
pub const LONGEST_SELLER: usize = 200;

/// Tax number of the organization in one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SellerTaxId {
    /// Country in which the organization is registered, as an ISO 3166-1 code of two letters.
    #[schema(value_type = String)]
    pub country: Country,
    /// Number of the registration, as it is printed.
    pub number: String,
}

/// Seller on invoices, receipts and credit notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct InvoiceSettings {
    /// Legal name of the business; null for the organization's name.
    pub name: Option<String>,
    /// Address of the business; null if it is not given.
    pub address: Option<Address>,
    /// Tax numbers of the business, one for each country. A document shows the one of the buyer's country, else the one
    /// of the business's own.
    pub tax_ids: Vec<SellerTaxId>,
    /// Words below every document, such as a register number or bank details; null if there are none.
    pub notes: Option<String>,
}

impl InvoiceSettings {
    /// As an organization's PATCH gives them.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        object! {
            /// Seller on invoices, receipts and credit notes.
            InvoiceSettings {
                /// Legal name of the business; the organization's name if left out.
                name = optional(blankable(LONGEST_SELLER)),
                /// Address of the business.
                address = optional(address()),
                /// Tax numbers of the business, one for each country; replaces the whole list.
                tax_ids = required(tax_ids()),
                /// Words below every document, such as a register number or bank details.
                notes = optional(blankable(LONGEST_NOTES)),
            }
        }
    }
}

fn tax_ids() -> impl Reader<Value = Vec<SellerTaxId>> {
    let one = object! {
        /// Tax number of the organization in one country.
        SellerTaxId {
            /// Country in which the organization is registered, as an ISO 3166-1 code of two letters.
            country = required(address::country()),
            /// Number of the registration, as it is printed.
            number = required(trimmed(1, LONGEST_SELLER)),
        }
    };
    list(0, limits::REGISTRATIONS, one).and_then(
        |listed: Vec<SellerTaxId>, value: &Value, cx: &mut Context| {
            let mut countries = HashSet::new();
            let again = listed.iter().position(|one| !countries.insert(one.country));
            match again {
                Some(place) => cx.at(place, |cx| {
                    cx.refuse("this country already has a number", value)
                }),
                None => Some(listed),
            }
        },
    )
}
