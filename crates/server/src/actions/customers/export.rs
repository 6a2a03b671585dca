//! Customers as a table.

use jiff::{Timestamp, tz::Offset};
use till_core::kernel::records::{Customer as Row, Organization};
use till_store::{List, Order};
use till_wire::{customers::Customer, metadata::Metadata};

use crate::{
    actions::export::{Export, Exported},
    app::App,
    error::Result,
    http::extract::{Caller, Params, scope},
    table::{Line, typed_or_empty},
};

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

/// Customers as a table, newest first.
#[derive(Debug)]
pub struct Customers;

/// Begins an export: the table's head, and its lines.
pub fn export(
    caller: &Caller<scope::CustomersRead>,
    mut params: Params,
) -> Result<(Line, Export<Customers>)> {
    let list = List::of::<Row>(caller.organization.id)
        .is_null("deleted_at")
        .any_of("organization_id", params.organizations())
        .order("created_at", Order::Desc);
    params.finish()?;
    let head = COLUMNS.map(str::to_owned).to_vec();
    Ok((head, Export::new(caller, list, Customers)))
}

impl Exported for Customers {
    type Row = Row;

    async fn lines(&self, _: &App, _: &Organization, rows: &[Row]) -> Result<Vec<Line>> {
        Ok(rows.iter().map(|row| line(&row.view()).to_vec()).collect())
    }
}

/// A customer as a line of the table, for spreadsheets, too: what people typed is never a formula.
pub fn line(customer: &Customer) -> [String; 13] {
    let text = |value: &Option<String>| typed_or_empty(value.as_deref());
    let address = customer.billing_address.as_ref();
    let part = |value: Option<&Option<String>>| value.map(text).unwrap_or_default();
    [
        customer.id.to_string(),
        text(&customer.external_id),
        offset(customer.created_at),
        text(&customer.email),
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
