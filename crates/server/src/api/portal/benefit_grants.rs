//! The `benefit-grants` routes of the portal.

use axum::Json;
use till_wire::{
    grants::{CustomerBenefitGrant, CustomerBenefitGrantUpdate},
    page::Page,
};

use crate::{
    actions::portal::grants::{self, ListQuery},
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::extract::{Body, PageQuery, Params, PathId, PortalCaller},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get, update];

/// List benefits of the customer
///
/// Lists the public benefits that the customer has now. A member sees their own; the owner also those of the customer.
#[utoipa::path(
    get, path = "/v1/customer-portal/benefit-grants/", operation_id = "customer_portal:benefit-grants:list",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of the customer's grants.", body = Page<CustomerBenefitGrant>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<CustomerBenefitGrant>> {
    let listed = grants::list(&caller.app, &caller.viewer, params);
    listed.await.map(Json)
}

/// Get a benefit of the customer
///
/// Returns one grant with its benefit. One that was revoked is not found.
#[utoipa::path(
    get, path = "/v1/customer-portal/benefit-grants/{id}", operation_id = "customer_portal:benefit-grants:get",
    responses((status = 200, description = "Grant with this ID.", body = CustomerBenefitGrant))
)]
async fn get(caller: PortalCaller, PathId(id): PathId) -> Reply<CustomerBenefitGrant> {
    let shown = grants::get(&caller.app, &caller.viewer, id);
    shown.await.map(Json)
}

/// Update a benefit of the customer
///
/// Returns the grant as it is: there is nothing to change, because Till grants no benefits for which accounts on other
/// platforms are connected. `benefit_type` must be the benefit's, and a grant that was revoked is refused.
#[utoipa::path(
    patch, path = "/v1/customer-portal/benefit-grants/{id}", operation_id = "customer_portal:benefit-grants:update",
    request_body(content = CustomerBenefitGrantUpdate, description = "Type of the benefit."),
    responses((status = 200, description = "Grant as it is.", body = CustomerBenefitGrant))
)]
async fn update(
    caller: PortalCaller,
    PathId(id): PathId,
    body: Body,
) -> Reply<CustomerBenefitGrant> {
    let input = body.read(CustomerBenefitGrantUpdate::read)?;
    let updated = grants::update(&caller.app, &caller.viewer, id, input);
    updated.await.map(Json)
}
