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

/// List custom fields
///
/// Lists the custom fields of your organization, by slug unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/custom-fields/", operation_id = "custom-fields:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of custom fields.", body = Page<CustomField>))
)]
async fn list(caller: Caller<scope::CustomFieldsRead>, params: Params) -> Reply<Page<CustomField>> {
    custom_fields::list(&caller, params).await.map(Json)
}

/// Get a custom field
///
/// Returns one custom field.
#[utoipa::path(
    get, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:get",
    responses((status = 200, description = "Custom field with this ID.", body = CustomField))
)]
async fn get(caller: Caller<scope::CustomFieldsRead>, PathId(id): PathId) -> Reply<CustomField> {
    custom_fields::get(&caller, id).await.map(Json)
}

/// Create a custom field
///
/// Creates a custom field. A product that attaches it asks buyers for it at checkout.
#[utoipa::path(
    post, path = "/v1/custom-fields/", operation_id = "custom-fields:create",
    request_body(content = CustomFieldCreate, description = "Custom field to create."),
    responses((status = 201, description = "Custom field that was created.", body = CustomField))
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

/// Update a custom field
///
/// Changes a custom field. Its `type` must be repeated and cannot be changed. If the slug changes, existing answers
/// move to the new one.
#[utoipa::path(
    patch, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:update",
    request_body(content = CustomFieldUpdate, description = "Fields to change, with the custom field's `type`."),
    responses((status = 200, description = "Custom field after the change.", body = CustomField))
)]
async fn update(
    caller: Caller<scope::CustomFieldsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<CustomField> {
    let input = body.read(CustomFieldUpdate::read)?;
    custom_fields::update(&caller, id, input).await.map(Json)
}

/// Delete a custom field
///
/// Deletes a custom field and frees its slug. Products no longer ask for it.
#[utoipa::path(
    delete, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:delete",
    responses((status = 204, description = "The custom field was deleted; the response has no body."))
)]
async fn delete(caller: Caller<scope::CustomFieldsWrite>, PathId(id): PathId) -> NoContent {
    custom_fields::delete(&caller, id).await.map(no_content)
}
