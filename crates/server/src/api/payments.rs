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

/// Lists payments, attempts that failed included.
#[utoipa::path(
    get, path = "/v1/payments/", operation_id = "payments:list", tag = "payments",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Payment>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::PaymentsRead>, params: Params) -> Reply<Page<Payment>> {
    payments::list(&caller, params).await.map(Json)
}

/// Shows a payment.
#[utoipa::path(
    get, path = "/v1/payments/{id}", operation_id = "payments:get", tag = "payments",
    params(("id" = Uuid, Path, description = "The payment.")),
    responses((status = 200, description = "The payment.", body = Payment)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::PaymentsRead>, PathId(id): PathId) -> Reply<Payment> {
    payments::get(&caller, id).await.map(Json)
}
