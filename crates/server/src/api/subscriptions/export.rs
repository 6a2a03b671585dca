//! Subscriptions as a table.

use axum::response::Response;

use crate::{
    actions::subscriptions::export::{self, ExportQuery},
    api::operation::{Operation, operations},
    error::ApiError,
    http::extract::{Caller, OrganizationQuery, Params, scope},
    table,
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![export];

/// Export subscriptions
///
/// Returns subscriptions of your organization as a CSV file, the last to start first. Amounts are in the currency's
/// major unit, such as dollars.
#[utoipa::path(
    get, path = "/v1/subscriptions/export", operation_id = "subscriptions:export",
    params(OrganizationQuery, ExportQuery),
    responses((status = 200, description = "CSV file with a heading and one line for each subscription.", body = String, content_type = "text/csv"))
)]
pub(super) async fn export(
    caller: Caller<scope::SubscriptionsRead>,
    params: Params,
) -> Result<Response, ApiError> {
    let (head, lines) = export::export(&caller, params)?;
    table::send("polar-subscriptions.csv", b"", head, lines).await
}
