//! The `customers/me` routes.

use axum::Json;
use till_wire::portal::{CustomerPortalCustomer, CustomerPortalCustomerUpdate};

use crate::{
    actions::portal::profile,
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::extract::{Body, PortalCaller},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![get, update];

/// Get the customer of the portal
///
/// Returns the customer whom the token belongs to, as they see themselves.
#[utoipa::path(
    get, path = "/v1/customer-portal/customers/me", operation_id = "customer_portal:customers:get",
    responses((status = 200, description = "Customer whom the token belongs to.", body = CustomerPortalCustomer))
)]
async fn get(caller: PortalCaller) -> Reply<CustomerPortalCustomer> {
    Ok(Json(profile::get(&caller.viewer)))
}

/// Update the customer of the portal
///
/// Changes name, address and tax ID on the customer's invoices to come, and the payment method that their subscriptions
/// are charged to. What they owe is tried with a new default at once.
#[utoipa::path(
    patch, path = "/v1/customer-portal/customers/me", operation_id = "customer_portal:customers:update",
    request_body(content = CustomerPortalCustomerUpdate, description = "Fields to change."),
    responses((status = 200, description = "Customer after the change.", body = CustomerPortalCustomer))
)]
async fn update(caller: PortalCaller, body: Body) -> Reply<CustomerPortalCustomer> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(CustomerPortalCustomerUpdate::read)?;
    profile::update(&caller.app, viewer, input).await.map(Json)
}
