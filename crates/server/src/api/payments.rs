//! The `payments` routes. Attempts to keep a card are not shown: no money is asked for.

use axum::Json;
use till_wire::{page::Page, payments::Payment};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::payments::{self, ListQuery},
    http::extract::{Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get];

/// List payments
///
/// Lists the payments of your organization, declined attempts included, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/payments/", operation_id = "payments:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of payments.", body = Page<Payment>))
)]
async fn list(caller: Caller<scope::PaymentsRead>, params: Params) -> Reply<Page<Payment>> {
    payments::list(&caller, params).await.map(Json)
}

/// Get a payment
///
/// Returns one payment, whether it succeeded or not.
#[utoipa::path(
    get, path = "/v1/payments/{id}", operation_id = "payments:get",
    responses((status = 200, description = "Payment with this ID.", body = Payment))
)]
async fn get(caller: Caller<scope::PaymentsRead>, PathId(id): PathId) -> Reply<Payment> {
    payments::get(&caller, id).await.map(Json)
}
