//! Customers as a table.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue},
};
use jiff::{Timestamp, tz::Offset};
use till_wire::{customers::Customer, metadata::Metadata};

use crate::{
    api::operation::{Operation, operations},
    app::App,
    http::{
        error::ApiError,
        extract::{Caller, OrganizationQuery, Params, scope},
    },
    table::{self, typed},
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![export];

/// The table's head.
pub(crate) const COLUMNS: [&str; 13] = [
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

/// Exports all customers as CSV.
#[utoipa::path(
    get, path = "/v1/customers/export", operation_id = "customers:export", tag = "customers",
    params(OrganizationQuery),
    responses((status = 200, description = "One line per customer.", body = String, content_type = "text/csv")),
    security(("access_token" = []))
)]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    mut params: Params,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>), ApiError> {
    let wanted = params.organizations();
    params.finish()?;
    let own = caller.organization.id;
    let customers = if wanted.is_empty() || wanted.contains(&own) {
        app.store.all_customers(own).await?
    } else {
        Vec::new()
    };
    let head = COLUMNS.map(str::to_owned);
    let lines = customers.iter().map(|row| line(&row.view()));
    let table = table::lines([head].into_iter().chain(lines)).map_err(ApiError::internal)?;
    Ok((table::headers("polar-customers.csv"), table))
}

/// A customer as a line of the table, for spreadsheets, too: what people typed is never a formula.
pub(crate) fn line(customer: &Customer) -> [String; 13] {
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
pub(crate) fn free(metadata: &Metadata) -> String {
    match metadata.is_empty() {
        true => String::new(),
        false => serde_json::Value::Object(metadata.0.clone()).to_string(),
    }
}
