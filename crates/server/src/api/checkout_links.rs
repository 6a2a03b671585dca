//! The `checkout-links` routes; what their visitors meet is in `visit`.

pub(crate) mod visit;

use axum::Json;
use till_wire::{
    checkout_links::{CheckoutLink, CheckoutLinkCreate, CheckoutLinkUpdate},
    page::Page,
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::checkout_links::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

/// List checkout links
///
/// Lists the checkout links of your organization, oldest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/checkout-links/", operation_id = "checkout-links:list", tag = "checkout_links",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of checkout links.", body = Page<CheckoutLink>))
)]
async fn list(
    caller: Caller<scope::CheckoutLinksRead>,
    params: Params,
) -> Reply<Page<CheckoutLink>> {
    checkout_links::list(&caller, params).await.map(Json)
}

/// Create a checkout link
///
/// Creates a checkout link: a permanent address that opens a new checkout session for every visit.
#[utoipa::path(
    post, path = "/v1/checkout-links/", operation_id = "checkout-links:create", tag = "checkout_links",
    request_body(content = CheckoutLinkCreate, description = "Checkout link to create."),
    responses((status = 201, description = "Checkout link that was created.", body = CheckoutLink))
)]
async fn create(
    caller: Caller<scope::CheckoutLinksWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<CheckoutLink> {
    let input = body.read(CheckoutLinkCreate::read)?;
    checkout_links::create(&caller, &guard, input)
        .await
        .map(created)
}

/// Get a checkout link
///
/// Returns one checkout link with its products.
#[utoipa::path(
    get, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:get", tag = "checkout_links",
    responses((status = 200, description = "Checkout link with this ID.", body = CheckoutLink))
)]
async fn get(caller: Caller<scope::CheckoutLinksRead>, PathId(id): PathId) -> Reply<CheckoutLink> {
    checkout_links::get(&caller, id).await.map(Json)
}

/// Update a checkout link
///
/// Changes a checkout link. Sessions that it has already opened stay as they are.
#[utoipa::path(
    patch, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:update", tag = "checkout_links",
    request_body(content = CheckoutLinkUpdate, description = "Fields to change."),
    responses((status = 200, description = "Checkout link after the change.", body = CheckoutLink))
)]
async fn update(
    caller: Caller<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<CheckoutLink> {
    let input = body.read(CheckoutLinkUpdate::read)?;
    checkout_links::update(&caller, id, input).await.map(Json)
}

/// Delete a checkout link
///
/// Deletes a checkout link. Its address stops working; sessions that it has already opened are not affected.
#[utoipa::path(
    delete, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:delete", tag = "checkout_links",
    responses((status = 204, description = "The checkout link was deleted; the response has no body."))
)]
async fn delete(caller: Caller<scope::CheckoutLinksWrite>, PathId(id): PathId) -> NoContent {
    checkout_links::delete(&caller, id).await.map(no_content)
}
