//! Customers as a table.

use axum::http::{HeaderName, HeaderValue};

use crate::{
    actions::customers::export::{COLUMNS, line},
    api::operation::{Operation, operations},
    error::ApiError,
    http::extract::{Caller, OrganizationQuery, Params, scope},
    table,
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![export];

/// Export customers
///
/// Returns all customers of your organization as a CSV file.
#[utoipa::path(
    get, path = "/v1/customers/export", operation_id = "customers:export", tag = "customers",
    params(OrganizationQuery),
    responses((status = 200, description = "CSV file with a heading and one line for each customer.", body = String, content_type = "text/csv")),
    security(("access_token" = []))
)]
pub(super) async fn export(
    caller: Caller<scope::CustomersRead>,
    mut params: Params,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>), ApiError> {
    let wanted = params.organizations();
    params.finish()?;
    let own = caller.organization.id;
    let customers = if wanted.is_empty() || wanted.contains(&own) {
        caller.app.store.all_customers(own).await?
    } else {
        Vec::new()
    };
    let head = COLUMNS.map(str::to_owned);
    let lines = customers.iter().map(|row| line(&row.view()));
    let table = table::lines([head].into_iter().chain(lines)).map_err(ApiError::internal)?;
    Ok((table::headers("polar-customers.csv"), table))
}
