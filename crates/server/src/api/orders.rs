//! The `orders` routes.

use axum::Json;
use till_wire::{orders::Order, page::Page};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::orders::{self, ListQuery},
    http::extract::{Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get];

/// Lists orders.
#[utoipa::path(
    get, path = "/v1/orders/", operation_id = "orders:list", tag = "orders",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Order>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::OrdersRead>, params: Params) -> Reply<Page<Order>> {
    orders::list(&caller, params).await.map(Json)
}

/// Shows an order.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "orders:get", tag = "orders",
    params(("id" = Uuid, Path, description = "The order.")),
    responses((status = 200, description = "The order.", body = Order)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::OrdersRead>, PathId(id): PathId) -> Reply<Order> {
    orders::get(&caller, id).await.map(Json)
}
