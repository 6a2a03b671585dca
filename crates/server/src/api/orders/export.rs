//! Orders as a table.

use axum::response::Response;

use crate::{
    actions::orders::export::{self, ExportQuery},
    api::operation::{Operation, operations},
    error::ApiError,
    http::extract::{Caller, OrganizationQuery, Params, scope},
    table,
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![export];

/// Export orders
///
/// Returns orders of your organization as a CSV file, newest first, drafts and unpaid ones included. Amounts are in the
/// currency's major unit, such as dollars.
#[utoipa::path(
    get, path = "/v1/orders/export", operation_id = "orders:export",
    params(OrganizationQuery, ExportQuery),
    responses((status = 200, description = "CSV file with a heading and one line for each order.", body = String, content_type = "text/csv"))
)]
pub(super) async fn export(
    caller: Caller<scope::OrdersRead>,
    params: Params,
) -> Result<Response, ApiError> {
    let (head, lines) = export::export(&caller, params)?;
    table::send("polar-orders.csv", b"", head, lines).await
}
