//! The `products` routes.

use axum::Json;
use till_wire::{
    page::Page,
    products::{Product, ProductBenefitsUpdate, ProductCreate, ProductUpdate},
};

use super::{
    Created, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::products::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, include];

/// Lists products.
#[utoipa::path(
    get, path = "/v1/products/", operation_id = "products:list", tag = "products",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Product>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::ProductsRead>, params: Params) -> Reply<Page<Product>> {
    products::list(&caller, params).await.map(Json)
}

/// Shows a product.
#[utoipa::path(
    get, path = "/v1/products/{id}", operation_id = "products:get", tag = "products",
    params(("id" = Uuid, Path, description = "The product.")),
    responses((status = 200, description = "The product.", body = Product)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::ProductsRead>, PathId(id): PathId) -> Reply<Product> {
    products::get(&caller, id).await.map(Json)
}

/// Creates a product with its prices.
#[utoipa::path(
    post, path = "/v1/products/", operation_id = "products:create", tag = "products",
    request_body = ProductCreate,
    responses((status = 201, description = "The new product.", body = Product)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::ProductsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Product> {
    let input = body.read(ProductCreate::read)?;
    products::create(&caller, &guard, input).await.map(created)
}

/// Changes a product. `prices` is the whole list: prices named by `id` stay, the others are archived.
#[utoipa::path(
    patch, path = "/v1/products/{id}", operation_id = "products:update", tag = "products",
    params(("id" = Uuid, Path, description = "The product.")),
    request_body = ProductUpdate,
    responses((status = 200, description = "The changed product.", body = Product)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::ProductsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Product> {
    let input = body.read(ProductUpdate::read)?;
    products::update(&caller, id, input).await.map(Json)
}

/// Replaces the benefits of a product; their order is the order of display.
#[utoipa::path(
    post, path = "/v1/products/{id}/benefits", operation_id = "products:update_benefits", tag = "products",
    params(("id" = Uuid, Path, description = "The product.")),
    request_body = ProductBenefitsUpdate,
    responses((status = 200, description = "The changed product.", body = Product)),
    security(("access_token" = []))
)]
async fn include(
    caller: Caller<scope::ProductsWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<Product> {
    let input = body.read(ProductBenefitsUpdate::read)?;
    products::include(&caller, id, &guard, input)
        .await
        .map(Json)
}
