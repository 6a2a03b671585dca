//! The `orders` routes.

pub(crate) mod export;

use axum::Json;
use till_wire::{
    orders::{Order, OrderUpdate},
    page::Page,
};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::orders::{self, ListQuery},
    http::extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get, update];

/// List orders
///
/// Lists the orders of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/orders/", operation_id = "orders:list", tag = "orders",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of orders.", body = Page<Order>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::OrdersRead>, params: Params) -> Reply<Page<Order>> {
    orders::list(&caller, params).await.map(Json)
}

/// Get an order
///
/// Returns one order with its lines, its customer and its product.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "orders:get", tag = "orders",
    params(("id" = Uuid, Path, description = "ID of the order.")),
    responses((status = 200, description = "Order with this ID.", body = Order)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::OrdersRead>, PathId(id): PathId) -> Reply<Order> {
    orders::get(&caller, id).await.map(Json)
}

/// Update an order
///
/// Changes who is billed for an order, in any status: name and address on its invoice.
#[utoipa::path(
    patch, path = "/v1/orders/{id}", operation_id = "orders:update", tag = "orders",
    params(("id" = Uuid, Path, description = "ID of the order.")),
    request_body(content = OrderUpdate, description = "Fields to change."),
    responses((status = 200, description = "Order after the change.", body = Order)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::OrdersWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Order> {
    let input = body.read(OrderUpdate::read)?;
    orders::update(&caller, id, input).await.map(Json)
}
