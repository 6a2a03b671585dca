//! Customers as a table (lifecycle.md C.4).

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, header},
};
use till_core::records::Customer;

use super::query;
use crate::{
    app::App,
    error::ApiError,
    extract::{Caller, Params, scope},
};

const COLUMNS: [&str; 13] = [
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
    params(query::OfOrganization),
    responses((status = 200, description = "One line per customer.", body = String, content_type = "text/csv")),
    security(("access_token" = []))
)]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    mut params: Params,
) -> Result<([(HeaderName, &'static str); 2], Vec<u8>), ApiError> {
    let wanted = params.ids("organization_id");
    params.finish()?;
    let own = caller.organization.id;
    let customers = if wanted.is_empty() || wanted.contains(&own) {
        app.store.all_customers(own).await?
    } else {
        Vec::new()
    };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"customers.csv\""),
    ];
    Ok((headers, table(&customers).map_err(ApiError::internal)?))
}

fn table(customers: &[Customer]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for customer in customers {
        writer.write_record(line(customer))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn line(customer: &Customer) -> [String; 13] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let address = customer.billing_address.as_ref().map(|a| &a.0);
    let part = |value: Option<&Option<String>>| value.and_then(Clone::clone).unwrap_or_default();
    let metadata = match customer.metadata.0.is_empty() {
        true => String::new(),
        false => serde_json::Value::Object(customer.metadata.0.0.clone()).to_string(),
    };
    [
        customer.id.to_string(),
        text(&customer.external_id),
        customer.created_at.to_string(),
        customer.email.clone(),
        text(&customer.name),
        text(&customer.tax_id),
        part(address.map(|a| &a.line1)),
        part(address.map(|a| &a.line2)),
        part(address.map(|a| &a.city)),
        part(address.map(|a| &a.state)),
        part(address.map(|a| &a.postal_code)),
        address.map(|a| a.country.to_string()).unwrap_or_default(),
        metadata,
    ]
}
