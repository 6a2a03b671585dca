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

/// List products
///
/// Lists the products of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/products/", operation_id = "products:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of products.", body = Page<Product>))
)]
async fn list(caller: Caller<scope::ProductsRead>, params: Params) -> Reply<Page<Product>> {
    products::list(&caller, params).await.map(Json)
}

/// Get a product
///
/// Returns one product with its prices, benefits, pictures and custom fields.
#[utoipa::path(
    get, path = "/v1/products/{id}", operation_id = "products:get",
    responses((status = 200, description = "Product with this ID.", body = Product))
)]
async fn get(caller: Caller<scope::ProductsRead>, PathId(id): PathId) -> Reply<Product> {
    products::get(&caller, id).await.map(Json)
}

/// Create a product
///
/// Creates a product with its prices. With `recurring_interval` it is a subscription; without one it is paid for once.
/// This cannot be changed later.
#[utoipa::path(
    post, path = "/v1/products/", operation_id = "products:create",
    request_body(content = ProductCreate, description = "Product to create, with its prices."),
    responses((status = 201, description = "Product that was created.", body = Product))
)]
async fn create(
    caller: Caller<scope::ProductsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Product> {
    let input = body.read(ProductCreate::read)?;
    products::create(&caller, &guard, input).await.map(created)
}

/// Update a product
///
/// Changes a product. `prices` is the whole list: prices named by `id` stay as they are, the others are archived, and
/// entries without an `id` are added. Subscriptions keep the prices that they began with.
#[utoipa::path(
    patch, path = "/v1/products/{id}", operation_id = "products:update",
    request_body(content = ProductUpdate, description = "Fields to change."),
    responses((status = 200, description = "Product after the change.", body = Product))
)]
async fn update(
    caller: Caller<scope::ProductsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Product> {
    let input = body.read(ProductUpdate::read)?;
    products::update(&caller, id, input).await.map(Json)
}

/// Update the benefits of a product
///
/// Replaces the benefits of a product. Their order is the order in which buyers see them.
#[utoipa::path(
    post, path = "/v1/products/{id}/benefits", operation_id = "products:update_benefits",
    request_body(content = ProductBenefitsUpdate, description = "All benefits that the product is to include."),
    responses((status = 200, description = "Product with its new benefits.", body = Product))
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
