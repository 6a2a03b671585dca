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

/// Lists discounts.
#[utoipa::path(
    get, path = "/v1/discounts/", operation_id = "discounts:list", tag = "discounts",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Discount>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::DiscountsRead>, params: Params) -> Reply<Page<Discount>> {
    discounts::list(&caller, params).await.map(Json)
}

/// Shows a discount.
#[utoipa::path(
    get, path = "/v1/discounts/{id}", operation_id = "discounts:get", tag = "discounts",
    params(("id" = Uuid, Path, description = "The discount.")),
    responses((status = 200, description = "The discount.", body = Discount)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::DiscountsRead>, PathId(id): PathId) -> Reply<Discount> {
    discounts::get(&caller, id).await.map(Json)
}

/// Creates a discount.
#[utoipa::path(
    post, path = "/v1/discounts/", operation_id = "discounts:create", tag = "discounts",
    request_body = DiscountCreate,
    responses((status = 201, description = "The new discount.", body = Discount)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::DiscountsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Discount> {
    let input = body.read(DiscountCreate::read)?;
    discounts::create(&caller, &guard, input).await.map(created)
}

/// Changes a discount. What it is worth stays once it has been used.
#[utoipa::path(
    patch, path = "/v1/discounts/{id}", operation_id = "discounts:update", tag = "discounts",
    params(("id" = Uuid, Path, description = "The discount.")),
    request_body = DiscountUpdate,
    responses((status = 200, description = "The changed discount.", body = Discount)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::DiscountsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Discount> {
    let input = body.read(DiscountUpdate::read)?;
    discounts::update(&caller, id, input).await.map(Json)
}

/// Deletes a discount: its code is free again. A session that has it already may still be paid with it.
#[utoipa::path(
    delete, path = "/v1/discounts/{id}", operation_id = "discounts:delete", tag = "discounts",
    params(("id" = Uuid, Path, description = "The discount.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete(caller: Caller<scope::DiscountsWrite>, PathId(id): PathId) -> NoContent {
    discounts::delete(&caller, id).await.map(no_content)
}
