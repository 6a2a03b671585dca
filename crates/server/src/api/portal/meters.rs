//! The `meters` routes of the portal.

use axum::Json;
use till_wire::{page::Page, usage::CustomerCustomerMeter};

use crate::{
    actions::portal::meters::{self, ListQuery},
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::extract::{PageQuery, Params, PathId, PortalCaller},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get];

/// List meters of the customer
///
/// Lists what the customer has used of the organization's meters, the latest change first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/customer-portal/meters/", operation_id = "customer_portal:customer_meters:list",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of the customer's meters.", body = Page<CustomerCustomerMeter>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<CustomerCustomerMeter>> {
    meters::list(&caller.app, &caller.viewer, params)
        .await
        .map(Json)
}

/// Get a meter of the customer
///
/// Returns what the customer has used of one meter.
#[utoipa::path(
    get, path = "/v1/customer-portal/meters/{id}", operation_id = "customer_portal:customer_meters:get",
    responses((status = 200, description = "Customer meter with this ID.", body = CustomerCustomerMeter))
)]
async fn get(caller: PortalCaller, PathId(id): PathId) -> Reply<CustomerCustomerMeter> {
    meters::get(&caller.app, &caller.viewer, id).await.map(Json)
}
