//! The `webhooks` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use till_core::{
    kernel::{records::WebhookEndpoint as Row, refusal::Refusal},
    webhooks,
};
use till_ports::outbound::endpoint_url_rule;
use till_store::{DeliveryFilter, List, Order};
use till_wire::{
    events::EventType,
    input::{Context, Problem},
    loc,
    page::Page,
    webhooks::{EndpointCreate, EndpointUpdate, HttpCodeClass, WebhookDelivery, WebhookEndpoint},
};
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{exact_moment, flag, ids, query, text, word, words},
            scope,
        },
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
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksRead>,
    mut params: Params,
) -> Result<Json<Page<WebhookEndpoint>>, ApiError> {
    let list = List::of::<Row>(caller.organization.id)
        .ids("organization_id", params.organizations())
        .is_null("deleted_at")
        .order("created_at", Order::Desc);
    let (rows, page) = params.page::<Row>(&app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a webhook endpoint.
#[utoipa::path(
    get, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:get_webhook_endpoint", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksRead>,
    PathId(id): PathId,
) -> Result<Json<WebhookEndpoint>, ApiError> {
    let own = caller.organization.id;
    Ok(Json(app.store.endpoint(own, id).await.found()?.view()))
}

/// Creates a webhook endpoint.
#[utoipa::path(
    post, path = "/v1/webhooks/endpoints", operation_id = "webhooks:create_webhook_endpoint", tag = "webhooks",
    request_body = EndpointCreate,
    responses((status = 201, description = "The new endpoint.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<WebhookEndpoint>), ApiError> {
    let (input, url) = body.read(|value, cx| {
        let input = EndpointCreate::read(value, cx);
        let url = url_of(value, cx, app.policy.dev);
        Some((input?, url?))
    })?;
    let made = webhooks::create(input, caller.organization.id, url, &app.context())?;
    app.reply(&guard, StatusCode::CREATED, made, |now| now.view())
        .await
}

/// Changes a webhook endpoint; null changes nothing.
#[utoipa::path(
    patch, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:update_webhook_endpoint", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    request_body = EndpointUpdate,
    responses((status = 200, description = "The endpoint as it is now.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<WebhookEndpoint>, ApiError> {
    let dev = app.policy.dev;
    let (input, url) = body.read(|value, cx| {
        let input = EndpointUpdate::read(value, cx);
        let url = url_of(value, cx, dev);
        Some((input?, url))
    })?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = app.store.endpoint(own, id).await.found()?;
        if input.enabled == Some(true) && url.is_none() {
            may_be_enabled(&row, dev)?;
        }
        let updated = webhooks::update(&row, input.clone(), url.clone(), &app.context());
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}

/// Removes a webhook endpoint.
#[utoipa::path(
    delete, path = "/v1/webhooks/endpoints/{id}", operation_id = "webhooks:delete_webhook_endpoint", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = app.store.endpoint(own, id).await.found()?;
        app.commit(webhooks::delete(&row, &app.context())).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Gives a webhook endpoint a new secret, in force at once.
#[utoipa::path(
    patch, path = "/v1/webhooks/endpoints/{id}/secret", operation_id = "webhooks:reset_webhook_endpoint_secret",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint with its new secret.", body = WebhookEndpoint)),
    security(("access_token" = []))
)]
pub(crate) async fn reset_secret(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
) -> Result<Json<WebhookEndpoint>, ApiError> {
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = app.store.endpoint(own, id).await.found()?;
        let reset = webhooks::reset_secret(&row, &app.context());
        Ok(Json(app.apply(reset).await?.view()))
    })
    .await
}

query! {
    /// What a list of deliveries may be asked for.
    struct DeliveryQuery {
        /// To any of these endpoints.
        endpoint_id: Vec<Uuid> = ids(),
        /// After this moment; with an offset.
        start_timestamp: Option<Timestamp> = exact_moment(),
        /// Before this moment; with an offset.
        end_timestamp: Option<Timestamp> = exact_moment(),
        /// Whether it succeeded.
        succeeded: Option<bool> = flag(),
        /// Part of the delivery's id, the event's id, or the code: in the newest 10,000 that the other filters let
        /// through. Whole ids, and beginnings of six digits or more, are found among all.
        query: Option<String> = text(),
        /// The family of the answer's code.
        http_code_class: Option<HttpCodeClass> = word::<HttpCodeClass>(),
        /// Of events of any of these types.
        event_type: Vec<EventType> = words::<EventType>(),
    }
}

/// Lists delivery attempts, newest first. They are counted up to 10,000 behind the page, those of a family of codes up
/// to 1,000.
#[utoipa::path(
    get, path = "/v1/webhooks/deliveries", operation_id = "webhooks:list_webhook_deliveries", tag = "webhooks",
    params(PageQuery, DeliveryQuery),
    responses((status = 200, description = "A page of deliveries.", body = Page<WebhookDelivery>)),
    security(("access_token" = []))
)]
pub(crate) async fn deliveries(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksRead>,
    mut params: Params,
) -> Result<Json<Page<WebhookDelivery>>, ApiError> {
    let window = params.window();
    let sent = DeliveryQuery::read(&mut params);
    let filter = DeliveryFilter {
        endpoints: sent.endpoint_id,
        after: sent.start_timestamp,
        before: sent.end_timestamp,
        succeeded: sent.succeeded,
        query: sent.query,
        class: sent.http_code_class,
        kinds: sent.event_type,
    };
    params.finish()?;
    let (own, now) = (caller.organization.id, app.clock.now());
    let (rows, total) = app
        .store
        .deliveries(own, &filter, window.page, window.limit, now)
        .await?;
    let items = rows
        .iter()
        .map(|(delivery, event)| webhooks::delivery_view(delivery, event));
    Ok(window.of(total, items))
}

/// Sends an event again, soon.
#[utoipa::path(
    post, path = "/v1/webhooks/events/{id}/redeliver", operation_id = "webhooks:redeliver_webhook_event",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "The event.")),
    responses((status = 202, description = "It will be sent.", body = ())),
    security(("access_token" = []))
)]
pub(crate) async fn redeliver(
    State(app): State<Arc<App>>,
    caller: Caller<scope::WebhooksWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
) -> Result<(StatusCode, Json<()>), ApiError> {
    let own = caller.organization.id;
    let (event, endpoint) = app.store.event(own, id).await.found()?;
    let again = webhooks::redeliver(&event, &endpoint, &app.context());
    app.reply(&guard, StatusCode::ACCEPTED, ((), again), |()| ())
        .await
}

/// The body's `url`, normalised, if it has one that may be saved; what is wrong with it is recorded.
fn url_of(body: &Value, cx: &mut Context, dev: bool) -> Option<String> {
    let raw = body.get("url")?;
    // What is no text was already recorded.
    let text = raw.as_str().filter(|text| !text.contains('\0'))?;
    match endpoint_url_rule(text, dev) {
        Ok(url) => Some(url),
        Err(problem) => cx.at("url", |cx| match problem.kind {
            "value_error" => cx.refuse(problem.words, raw),
            kind => cx.fail(kind, problem.words, raw),
        }),
    }
}

/// An endpoint saved under laxer rules is not switched on under stricter ones.
fn may_be_enabled(row: &Row, dev: bool) -> Result<(), Refusal> {
    match endpoint_url_rule(&row.url, dev) {
        Ok(_) => Ok(()),
        Err(problem) => {
            let words = format!("The endpoint's URL cannot be used: {problem}");
            Err(Refusal::field(Problem::value(
                loc!["body", "enabled"],
                words,
                true,
            )))
        }
    }
}
