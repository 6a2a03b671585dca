//! The `webhooks` routes.

use axum::{Json, http::StatusCode};
use till_wire::{
    page::Page,
    webhooks::{EndpointCreate, EndpointUpdate, WebhookDelivery, WebhookEndpoint},
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::webhooks::{self, DeliveryQuery},
    error::ApiError,
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    create,
    get,
    update,
    delete,
    reset_secret,
    deliveries,
    redeliver
];

/// Lists webhook endpoints, newest first.
#[utoipa::path(
    get, path = "/v1/webhooks/endpoints", operation_id = "webhooks:list_webhook_endpoints", tag = "webhooks",
    params(PageQuery, OrganizationQuery),
    responses((status = 200, description = "A page of endpoints.", body = Page<WebhookEndpoint>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::WebhooksRead>, params: Params) -> Reply<Page<WebhookEndpoint>> {
    webhooks::list(&caller, params).await.map(Json)
}

/// Shows a webhook endpoint.
#[utoipa::path(
    get, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:get_webhook_endpoint", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::WebhooksRead>, PathId(id): PathId) -> Reply<WebhookEndpoint> {
    webhooks::get(&caller, id).await.map(Json)
}

/// Creates a webhook endpoint.
#[utoipa::path(
    post, path = "/v1/webhooks/endpoints", operation_id = "webhooks:create_webhook_endpoint", tag = "webhooks",
    request_body = EndpointCreate,
    responses((status = 201, description = "The new endpoint.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::WebhooksWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<WebhookEndpoint> {
    let input = webhooks::read_create(&caller, &body)?;
    webhooks::create(&caller, &guard, input).await.map(created)
}

/// Changes a webhook endpoint; null changes nothing.
#[utoipa::path(
    patch, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:update_webhook_endpoint", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    request_body = EndpointUpdate,
    responses((status = 200, description = "The endpoint as it is now.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<WebhookEndpoint> {
    let input = webhooks::read_update(&caller, &body)?;
    webhooks::update(&caller, id, input).await.map(Json)
}

/// Removes a webhook endpoint.
#[utoipa::path(
    delete, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:delete_webhook_endpoint", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete(caller: Caller<scope::WebhooksWrite>, PathId(id): PathId) -> NoContent {
    webhooks::delete(&caller, id).await.map(no_content)
}

/// Gives a webhook endpoint a new secret, in force at once.
#[utoipa::path(
    patch, path = "/v1/webhooks/endpoints/{id}/secret", operation_id = "webhooks:reset_webhook_endpoint_secret",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint with its new secret.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
async fn reset_secret(
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Reply<WebhookEndpoint> {
    webhooks::reset_secret(&caller, id).await.map(Json)
}

/// Lists delivery attempts, newest first. They are counted up to 10,000 behind the page, those of a family of codes up
/// to 1,000.
#[utoipa::path(
    get, path = "/v1/webhooks/deliveries", operation_id = "webhooks:list_webhook_deliveries", tag = "webhooks",
    params(PageQuery, DeliveryQuery),
    responses((status = 200, description = "A page of deliveries.", body = Page<WebhookDelivery>)),
    security(("access_token" = []))
)]
async fn deliveries(
    caller: Caller<scope::WebhooksRead>,
    params: Params,
) -> Reply<Page<WebhookDelivery>> {
    webhooks::deliveries(&caller, params).await.map(Json)
}

/// Sends an event again, soon.
#[utoipa::path(
    post, path = "/v1/webhooks/events/{id}/redeliver", operation_id = "webhooks:redeliver_webhook_event",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "The event.")),
    responses((status = 202, description = "It will be sent.", body = ())),
    security(("access_token" = []))
)]
async fn redeliver(
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
) -> Result<(StatusCode, Json<()>), ApiError> {
    webhooks::redeliver(&caller, id, &guard).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}
