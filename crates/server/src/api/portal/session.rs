//! The `customer-session` routes.

use axum::Json;
use till_wire::portal::{CustomerCustomerSession, PortalAuthenticatedUser};

use crate::{
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::extract::PortalCaller,
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![introspect, user];

/// Introspect a customer session
///
/// Returns when the token stops working, and where the portal leads back to.
#[utoipa::path(
    get, path = "/v1/customer-portal/customer-session/introspect",
    operation_id = "customer_portal:customer-session:introspect",
    responses((status = 200, description = "Session that the token belongs to.", body = CustomerCustomerSession))
)]
async fn introspect(caller: PortalCaller) -> Reply<CustomerCustomerSession> {
    Ok(Json(caller.viewer.session_view()))
}

/// Get the authenticated user
///
/// Returns who holds the token: the customer, or one of the customer's members with their role.
#[utoipa::path(
    get, path = "/v1/customer-portal/customer-session/user",
    operation_id = "customer_portal:customer-session:get_authenticated_user",
    responses((status = 200, description = "Holder of the token.", body = PortalAuthenticatedUser))
)]
async fn user(caller: PortalCaller) -> Reply<PortalAuthenticatedUser> {
    Ok(Json(caller.viewer.user_view()))
}
