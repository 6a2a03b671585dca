//! The export of a customer's own data.

use axum::response::Response;

use crate::{
    api::operation::{Operation, operations},
    customer_data,
    error::ApiError,
    http::extract::PortalCaller,
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![export];

/// Export the customer's data
///
/// Returns everything that is kept of the customer as one JSON file: members, orders, payments, subscriptions, letters and
/// more. Only the owner and billing managers of a customer can.
#[utoipa::path(
    get, path = "/v1/customer-portal/customers/me/export", operation_id = "customer_portal:customers:export",
    tag = "customer_portal",
    responses((status = 200, description = "Data of the customer, as an attachment.", body = Object)),
    security(("customer_session" = []))
)]
async fn export(caller: PortalCaller) -> Result<Response, ApiError> {
    let viewer = caller.viewer.billing()?;
    customer_data::export(&caller.app, &viewer.organization, &viewer.customer).await
}
