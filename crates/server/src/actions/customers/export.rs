//! Customers as a table.

use jiff::{Timestamp, tz::Offset};
use till_wire::{customers::Customer, metadata::Metadata};

use crate::table::typed;

/// The table's head.
pub const COLUMNS: [&str; 13] = [
    "ID",
    "External ID",
    "Created At",
    "Email",
    "Name",
    "Tax ID",
    "Billing Address Line 1",
    "Billing Address Line 2",
    "Billing Address City",
    "Billing Address State",
    "Billing Address Zip",
    "Billing Address Country",
    "Metadata",
];

/// A customer as a line of the table, for spreadsheets, too: what people typed is never a formula.
pub fn line(customer: &Customer) -> [String; 13] {
    let text = |value: &Option<String>| typed(value.as_deref().unwrap_or_default());
    let address = customer.billing_address.as_ref();
    let part = |value: Option<&Option<String>>| value.map(text).unwrap_or_default();
    [
        customer.id.to_string(),
        text(&customer.external_id),
        offset(customer.created_at),
        typed(&customer.email),
        text(&customer.name),
        text(&customer.tax_id.as_ref().map(|(number, _)| number.clone())),
        part(address.map(|a| &a.line1)),
        part(address.map(|a| &a.line2)),
        part(address.map(|a| &a.city)),
        part(address.map(|a| &a.state)),
        part(address.map(|a| &a.postal_code)),
        address.map(|a| a.country.to_string()).unwrap_or_default(),
        free(&customer.metadata),
    ]
}

/// A moment in UTC with its offset in digits, as this table has it.
fn offset(moment: Timestamp) -> String {
    moment.display_with_offset(Offset::UTC).to_string()
}

/// Free data as JSON; nothing where there is none.
pub fn free(metadata: &Metadata) -> String {
    match metadata.is_empty() {
        true => String::new(),
        false => serde_json::Value::Object(metadata.0.clone()).to_string(),
    }
}
