//! The `customer-meters` routes.

use axum::Json;
use till_wire::{page::Page, usage::CustomerMeter};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::customer_meters::{self, ListQuery},
    http::extract::{Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get];

/// List customer meters
///
/// Lists what customers have used of your meters, the latest change first unless `sorting` says otherwise. Usage is there
/// within seconds of its ingestion.
#[utoipa::path(
    get, path = "/v1/customer-meters/", operation_id = "customer_meters:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of customer meters.", body = Page<CustomerMeter>))
)]
async fn list(
    caller: Caller<scope::CustomerMetersRead>,
    params: Params,
) -> Reply<Page<CustomerMeter>> {
    customer_meters::list(&caller, params).await.map(Json)
}

/// Get a customer meter
///
/// Returns what one customer has used of one meter.
#[utoipa::path(
    get, path = "/v1/customer-meters/{id}", operation_id = "customer_meters:get",
    responses((status = 200, description = "Customer meter with this ID.", body = CustomerMeter))
)]
async fn get(
    caller: Caller<scope::CustomerMetersRead>,
    PathId(id): PathId,
) -> Reply<CustomerMeter> {
    customer_meters::get(&caller, id).await.map(Json)
}
