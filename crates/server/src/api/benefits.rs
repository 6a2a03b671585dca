//! The `benefits` routes.

use axum::Json;
use till_wire::{
    benefits::{Benefit, BenefitCreate, BenefitUpdate},
    page::Page,
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::benefits::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

/// Lists benefits.
#[utoipa::path(
    get, path = "/v1/benefits/", operation_id = "benefits:list", tag = "benefits",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Benefit>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::BenefitsRead>, params: Params) -> Reply<Page<Benefit>> {
    benefits::list(&caller, params).await.map(Json)
}

/// Shows a benefit.
#[utoipa::path(
    get, path = "/v1/benefits/{id}", operation_id = "benefits:get", tag = "benefits",
    params(("id" = Uuid, Path, description = "The benefit.")),
    responses((status = 200, description = "The benefit.", body = Benefit)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::BenefitsRead>, PathId(id): PathId) -> Reply<Benefit> {
    benefits::get(&caller, id).await.map(Json)
}

/// Creates a benefit; its `type` says what `properties` hold.
#[utoipa::path(
    post, path = "/v1/benefits/", operation_id = "benefits:create", tag = "benefits",
    request_body = BenefitCreate,
    responses((status = 201, description = "The new benefit.", body = Benefit)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::BenefitsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Benefit> {
    let input = body.read(BenefitCreate::read)?;
    benefits::create(&caller, &guard, input).await.map(created)
}

/// Changes a benefit. `type` is repeated and cannot change; `properties` replaces all of them.
#[utoipa::path(
    patch, path = "/v1/benefits/{id}", operation_id = "benefits:update", tag = "benefits",
    params(("id" = Uuid, Path, description = "The benefit.")),
    request_body = BenefitUpdate,
    responses((status = 200, description = "The changed benefit.", body = Benefit)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::BenefitsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Benefit> {
    let input = body.read(BenefitUpdate::read)?;
    benefits::update(&caller, id, input).await.map(Json)
}

/// Deletes a benefit: no product includes it any more.
#[utoipa::path(
    delete, path = "/v1/benefits/{id}", operation_id = "benefits:delete", tag = "benefits",
    params(("id" = Uuid, Path, description = "The benefit.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete(caller: Caller<scope::BenefitsWrite>, PathId(id): PathId) -> NoContent {
    benefits::delete(&caller, id).await.map(no_content)
}
