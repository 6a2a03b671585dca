//! The `custom-fields` routes.

use axum::Json;
use till_wire::{
    custom_fields::{CustomField, CustomFieldCreate, CustomFieldUpdate},
    page::Page,
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::custom_fields::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

/// Lists custom fields.
#[utoipa::path(
    get, path = "/v1/custom-fields/", operation_id = "custom-fields:list", tag = "custom-fields",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<CustomField>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::CustomFieldsRead>, params: Params) -> Reply<Page<CustomField>> {
    custom_fields::list(&caller, params).await.map(Json)
}

/// Shows a custom field.
#[utoipa::path(
    get, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:get", tag = "custom-fields",
    params(("id" = Uuid, Path, description = "The custom field.")),
    responses((status = 200, description = "The custom field.", body = CustomField)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::CustomFieldsRead>, PathId(id): PathId) -> Reply<CustomField> {
    custom_fields::get(&caller, id).await.map(Json)
}

/// Creates a custom field.
#[utoipa::path(
    post, path = "/v1/custom-fields/", operation_id = "custom-fields:create", tag = "custom-fields",
    request_body = CustomFieldCreate,
    responses((status = 201, description = "The new custom field.", body = CustomField)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::CustomFieldsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<CustomField> {
    let input = body.read(CustomFieldCreate::read)?;
    custom_fields::create(&caller, &guard, input)
        .await
        .map(created)
}

/// Changes a custom field. Its type must be named, and cannot change; answers under an old slug move along.
#[utoipa::path(
    patch, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:update", tag = "custom-fields",
    params(("id" = Uuid, Path, description = "The custom field.")),
    request_body = CustomFieldUpdate,
    responses((status = 200, description = "The changed custom field.", body = CustomField)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::CustomFieldsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<CustomField> {
    let input = body.read(CustomFieldUpdate::read)?;
    custom_fields::update(&caller, id, input).await.map(Json)
}

/// Deletes a custom field: products do not ask for it any more, its slug is free again.
#[utoipa::path(
    delete, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:delete", tag = "custom-fields",
    params(("id" = Uuid, Path, description = "The custom field.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete(caller: Caller<scope::CustomFieldsWrite>, PathId(id): PathId) -> NoContent {
    custom_fields::delete(&caller, id).await.map(no_content)
}
