//! Customers as a table.

use axum::response::Response;

use crate::{
    actions::customers::export,
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
    get, path = "/v1/customers/export", operation_id = "customers:export",
    params(OrganizationQuery),
    responses((status = 200, description = "CSV file with a heading and one line for each customer.", body = String, content_type = "text/csv"))
)]
pub(super) async fn export(
    caller: Caller<scope::CustomersRead>,
    params: Params,
) -> Result<Response, ApiError> {
    let (head, lines) = export::export(&caller, params)?;
    table::send("polar-customers.csv", b"", head, lines).await
}
