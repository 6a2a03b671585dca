//! The `discounts` routes.

use axum::Json;
use till_wire::{
    discounts::{Discount, DiscountCreate, DiscountUpdate},
    page::Page,
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::discounts::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

/// List discounts
///
/// Lists the discounts of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/discounts/", operation_id = "discounts:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of discounts.", body = Page<Discount>))
)]
async fn list(caller: Caller<scope::DiscountsRead>, params: Params) -> Reply<Page<Discount>> {
    discounts::list(&caller, params).await.map(Json)
}

/// Get a discount
///
/// Returns one discount with the products that it is restricted to.
#[utoipa::path(
    get, path = "/v1/discounts/{id}", operation_id = "discounts:get",
    responses((status = 200, description = "Discount with this ID.", body = Discount))
)]
async fn get(caller: Caller<scope::DiscountsRead>, PathId(id): PathId) -> Reply<Discount> {
    discounts::get(&caller, id).await.map(Json)
}

/// Create a discount
///
/// Creates a discount: an amount for each currency, or a percentage of the price. With a code, buyers can apply it
/// themselves; without one, only you can, in a checkout session or link.
#[utoipa::path(
    post, path = "/v1/discounts/", operation_id = "discounts:create",
    request_body(content = DiscountCreate, description = "Discount to create."),
    responses((status = 201, description = "Discount that was created.", body = Discount))
)]
async fn create(
    caller: Caller<scope::DiscountsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Discount> {
    let input = body.read(DiscountCreate::read)?;
    discounts::create(&caller, &guard, input).await.map(created)
}

/// Update a discount
///
/// Changes a discount. Its type and duration cannot be changed, and its value cannot be changed once the discount has
/// been used.
#[utoipa::path(
    patch, path = "/v1/discounts/{id}", operation_id = "discounts:update",
    request_body(content = DiscountUpdate, description = "Fields to change."),
    responses((status = 200, description = "Discount after the change.", body = Discount))
)]
async fn update(
    caller: Caller<scope::DiscountsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Discount> {
    let input = body.read(DiscountUpdate::read)?;
    discounts::update(&caller, id, input).await.map(Json)
}

/// Delete a discount
///
/// Deletes a discount and frees its code. A checkout session that already has it can still be paid with it.
#[utoipa::path(
    delete, path = "/v1/discounts/{id}", operation_id = "discounts:delete",
    responses((status = 204, description = "The discount was deleted; the response has no body."))
)]
async fn delete(caller: Caller<scope::DiscountsWrite>, PathId(id): PathId) -> NoContent {
    discounts::delete(&caller, id).await.map(no_content)
}
