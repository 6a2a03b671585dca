//! The `disputes` routes.

use axum::Json;
use till_wire::{disputes::Dispute, error::ErrorBody, page::Page};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::disputes::{self, ListQuery},
    http::{
        extract::{Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get, accept];

/// List disputes
///
/// Lists the disputes of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/disputes/", operation_id = "disputes:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of disputes.", body = Page<Dispute>))
)]
async fn list(caller: Caller<scope::DisputesRead>, params: Params) -> Reply<Page<Dispute>> {
    disputes::list(&caller, params).await.map(Json)
}

/// Get a dispute
///
/// Returns one dispute with its customer.
#[utoipa::path(
    get, path = "/v1/disputes/{id}", operation_id = "disputes:get",
    responses((status = 200, description = "Dispute with this ID.", body = Dispute))
)]
async fn get(caller: Caller<scope::DisputesRead>, PathId(id): PathId) -> Reply<Dispute> {
    disputes::get(&caller, id).await.map(Json)
}

/// Accept a dispute
///
/// Concedes a dispute that waits for an answer: it is lost at once, and the money stays with the customer.
#[utoipa::path(
    post, path = "/v1/disputes/{id}/accept", operation_id = "disputes:accept",
    responses(
        (status = 200, description = "Dispute after it was conceded.", body = Dispute),
        (status = 409, description = "The dispute does not wait for an answer: the error is `DisputeNotOpenError`.", body = ErrorBody),
    )
)]
async fn accept(
    caller: Caller<scope::DisputesWrite>,
    guard: IdempotencyGuard,
    PathId(id): PathId,
) -> Reply<Dispute> {
    disputes::accept(&caller, &guard, id).await.map(Json)
}
