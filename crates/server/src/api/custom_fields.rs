//! The `custom-fields` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{catalog::custom_fields, kernel::records::CustomField as Row};
use till_store::List;
use till_wire::{
    custom_fields::{CustomField, CustomFieldCreate, CustomFieldType, CustomFieldUpdate},
    page::Page,
};

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{Sorted, query, sorting, text, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("slug", "slug"),
    ("name", "name"),
    ("type", "kind"),
];

query! {
    /// What a list of custom fields may be asked for.
    struct ListQuery {
        /// Only with a name or a slug that contains this, in any case.
        query: Option<String> = text(),
        /// Only of these types.
        kind: Vec<CustomFieldType> as "type" = words::<CustomFieldType>(),
        sorting: Sorted = sorting(&SORT_KEYS, "slug"),
    }
}

/// Lists custom fields.
#[utoipa::path(
    get, path = "/v1/custom-fields/", operation_id = "custom-fields:list", tag = "custom-fields",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<CustomField>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomFieldsRead>,
    mut params: Params,
) -> Result<Json<Page<CustomField>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let mut list = List::of::<Row>(caller.organization.id)
        .ids("organization_id", params.organizations())
        .words("kind", sent.kind)
        .is_null("deleted_at")
        .sorted(sent.sorting);
    if let Some(text) = sent.query {
        list = list.search(&["name", "slug"], &[], &text);
    }
    let (rows, page) = params.page::<Row>(&app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a custom field.
#[utoipa::path(
    get, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:get", tag = "custom-fields",
    params(("id" = Uuid, Path, description = "The custom field.")),
    responses((status = 200, description = "The custom field.", body = CustomField)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomFieldsRead>,
    PathId(id): PathId,
) -> Result<Json<CustomField>, ApiError> {
    let own = caller.organization.id;
    Ok(Json(app.store.custom_field(own, id).await.found()?.view()))
}

/// Creates a custom field.
#[utoipa::path(
    post, path = "/v1/custom-fields/", operation_id = "custom-fields:create", tag = "custom-fields",
    request_body = CustomFieldCreate,
    responses((status = 201, description = "The new custom field.", body = CustomField)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomFieldsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<CustomField>), ApiError> {
    let input = body.read(CustomFieldCreate::read)?;
    let own = caller.organization.id;
    // Who comes second with a slug meets the index, and is told when the slug is looked up again.
    app.retry_on_conflict(|| async {
        let holder = app.store.custom_field_by_slug(own, &input.slug).await?;
        let made = custom_fields::create(input.clone(), own, holder.as_ref(), &app.context())?;
        app.reply(&guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a custom field. Its type must be named, and cannot change; answers under an old slug move along.
#[utoipa::path(
    patch, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:update", tag = "custom-fields",
    params(("id" = Uuid, Path, description = "The custom field.")),
    request_body = CustomFieldUpdate,
    responses((status = 200, description = "The changed custom field.", body = CustomField)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomFieldsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<CustomField>, ApiError> {
    let input = body.read(CustomFieldUpdate::read)?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = app.store.custom_field(own, id).await.found()?;
        let holder = match &input.slug {
            Some(slug) => app.store.custom_field_by_slug(own, slug).await?,
            None => None,
        };
        let updated = custom_fields::update(&row, input.clone(), holder.as_ref(), &app.context())?;
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}

/// Deletes a custom field: products do not ask for it any more, its slug is free again.
#[utoipa::path(
    delete, path = "/v1/custom-fields/{id}", operation_id = "custom-fields:delete", tag = "custom-fields",
    params(("id" = Uuid, Path, description = "The custom field.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomFieldsWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    app.retry_on_conflict(|| async {
        let own = caller.organization.id;
        let row = app.store.custom_field(own, id).await.found()?;
        app.commit(custom_fields::delete(&row, &app.context()))
            .await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
