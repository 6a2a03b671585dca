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

/// List webhook endpoints
///
/// Lists the webhook endpoints of your organization, newest first.
#[utoipa::path(
    get, path = "/v1/webhooks/endpoints", operation_id = "webhooks:list_webhook_endpoints",
    params(PageQuery, OrganizationQuery),
    responses((status = 200, description = "Page of webhook endpoints.", body = Page<WebhookEndpoint>))
)]
async fn list(caller: Caller<scope::WebhooksRead>, params: Params) -> Reply<Page<WebhookEndpoint>> {
    webhooks::list(&caller, params).await.map(Json)
}

/// Get a webhook endpoint
///
/// Returns one webhook endpoint with its secret.
#[utoipa::path(
    get, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:get_webhook_endpoint",
    responses((status = 200, description = "Webhook endpoint with this ID.", body = WebhookEndpoint))
)]
async fn get(caller: Caller<scope::WebhooksRead>, PathId(id): PathId) -> Reply<WebhookEndpoint> {
    webhooks::get(&caller, id).await.map(Json)
}

/// Create a webhook endpoint
///
/// Creates a webhook endpoint. Events from now on are sent to its URL, signed with the secret in the answer.
#[utoipa::path(
    post, path = "/v1/webhooks/endpoints", operation_id = "webhooks:create_webhook_endpoint",
    request_body(content = EndpointCreate, description = "Webhook endpoint to create."),
    responses((status = 201, description = "Webhook endpoint that was created, with its secret.", body = WebhookEndpoint))
)]
async fn create(
    caller: Caller<scope::WebhooksWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<WebhookEndpoint> {
    let input = webhooks::read_create(&caller, &body)?;
    webhooks::create(&caller, &guard, input).await.map(created)
}

/// Update a webhook endpoint
///
/// Changes a webhook endpoint, or switches it on or off. A field that is null stays as it is.
#[utoipa::path(
    patch, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:update_webhook_endpoint",
    request_body(content = EndpointUpdate, description = "Fields to change."),
    responses((status = 200, description = "Webhook endpoint after the change.", body = WebhookEndpoint))
)]
async fn update(
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<WebhookEndpoint> {
    let input = webhooks::read_update(&caller, &body)?;
    webhooks::update(&caller, id, input).await.map(Json)
}

/// Delete a webhook endpoint
///
/// Deletes a webhook endpoint. Events that still wait for it are not sent.
#[utoipa::path(
    delete, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:delete_webhook_endpoint",
    responses((status = 204, description = "The webhook endpoint was deleted; the response has no body."))
)]
async fn delete(caller: Caller<scope::WebhooksWrite>, PathId(id): PathId) -> NoContent {
    webhooks::delete(&caller, id).await.map(no_content)
}

/// Reset the secret of a webhook endpoint
///
/// Gives a webhook endpoint a new secret. Deliveries are signed with it immediately, and no longer with the old one.
#[utoipa::path(
    patch, path = "/v1/webhooks/endpoints/{id}/secret", operation_id = "webhooks:reset_webhook_endpoint_secret",
    responses((status = 200, description = "Webhook endpoint with its new secret.", body = WebhookEndpoint))
)]
async fn reset_secret(
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Reply<WebhookEndpoint> {
    webhooks::reset_secret(&caller, id).await.map(Json)
}

/// List webhook deliveries
///
/// Lists attempts to deliver events, newest first. Totals are exact up to 10,000 deliveries beyond the page, and up
/// to 1,000 with `http_code_class`.
#[utoipa::path(
    get, path = "/v1/webhooks/deliveries", operation_id = "webhooks:list_webhook_deliveries",
    params(PageQuery, DeliveryQuery),
    responses((status = 200, description = "Page of webhook deliveries.", body = Page<WebhookDelivery>))
)]
async fn deliveries(
    caller: Caller<scope::WebhooksRead>,
    params: Params,
) -> Reply<Page<WebhookDelivery>> {
    webhooks::deliveries(&caller, params).await.map(Json)
}

/// Redeliver a webhook event
///
/// Sends an event again soon, as long as its payload is kept: 90 days. A failure does not undo an earlier success.
#[utoipa::path(
    post, path = "/v1/webhooks/events/{id}/redeliver", operation_id = "webhooks:redeliver_webhook_event",
    responses((status = 202, description = "The event will be sent; the response has no body.", body = ()))
)]
async fn redeliver(
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
) -> Result<(StatusCode, Json<()>), ApiError> {
    webhooks::redeliver(&caller, id, &guard).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}
