//! Webhook endpoints and what was sent to them.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use till_core::{
    kernel::{
        records::{WebhookDelivery as DeliveryRow, WebhookEndpoint as Row, WebhookEvent},
        refusal::Refusal,
    },
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

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{
            Body, Caller, Params,
            query::{exact_moment, flag, ids, query, text, word, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// Lists webhook endpoints, newest first.
pub async fn list(
    caller: &Caller<scope::WebhooksRead>,
    mut params: Params,
) -> Result<Page<WebhookEndpoint>> {
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .is_null("deleted_at")
        .order("created_at", Order::Desc);
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a webhook endpoint.
pub async fn get(caller: &Caller<scope::WebhooksRead>, id: Uuid) -> Result<WebhookEndpoint> {
    let own = caller.organization.id;
    Ok(caller
        .app
        .store
        .endpoint(own, id)
        .await
        .or_not_found()?
        .view())
}

/// Creates a webhook endpoint.
pub async fn create(
    caller: &Caller<scope::WebhooksWrite>,
    guard: &IdempotencyGuard,
    (input, url): (EndpointCreate, String),
) -> Result<WebhookEndpoint> {
    let app = &caller.app;
    let made = webhooks::create(input, caller.organization.id, url, &app.context())?;
    app.reply(guard, StatusCode::CREATED, made, |now| now.view())
        .await
}

/// Changes a webhook endpoint; null changes nothing.
pub async fn update(
    caller: &Caller<scope::WebhooksWrite>,
    id: Uuid,
    (input, url): (EndpointUpdate, Option<String>),
) -> Result<WebhookEndpoint> {
    let app = &caller.app;
    let dev = app.policy.dev;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = app.store.endpoint(own, id).await.or_not_found()?;
        if input.enabled == Some(true) && url.is_none() {
            may_be_enabled(&row, dev)?;
        }
        let updated = webhooks::update(&row, input.clone(), url.clone(), &app.context());
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Removes a webhook endpoint.
pub async fn delete(caller: &Caller<scope::WebhooksWrite>, id: Uuid) -> Result<()> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = app.store.endpoint(own, id).await.or_not_found()?;
        app.commit(webhooks::delete(&row, &app.context())).await?;
        Ok(())
    })
    .await
}

/// Gives a webhook endpoint a new secret, in force at once.
pub async fn reset_secret(
    caller: &Caller<scope::WebhooksWrite>,
    id: Uuid,
) -> Result<WebhookEndpoint> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = app.store.endpoint(own, id).await.or_not_found()?;
        let reset = webhooks::reset_secret(&row, &app.context());
        Ok(app.apply(reset).await?.view())
    })
    .await
}

query! {
    /// The query of a list of deliveries.
    pub(crate) struct DeliveryQuery {
        /// Filter by webhook endpoint ID.
        endpoint_id: Vec<Uuid> = ids(),
        /// Filter by time: only deliveries after this time, which must have an offset.
        start_timestamp: Option<Timestamp> = exact_moment(),
        /// Filter by time: only deliveries before this time, which must have an offset.
        end_timestamp: Option<Timestamp> = exact_moment(),
        /// Filter by outcome: whether the delivery succeeded.
        succeeded: Option<bool> = flag(),
        /// Search for a part of the delivery's ID, the event's ID or the status code, among the newest 10,000
        /// deliveries that the other filters let through. Whole IDs, and beginnings of six digits or more, are found
        /// among all.
        query: Option<String> = text(),
        /// Filter by class of the HTTP status code.
        http_code_class: Option<HttpCodeClass> = word::<HttpCodeClass>(),
        /// Filter by type of event.
        event_type: Vec<EventType> = words::<EventType>(),
    }
}

/// Lists delivery attempts, newest first. They are counted up to 10,000 behind the page, those of a family of codes up
/// to 1,000.
pub async fn deliveries(
    caller: &Caller<scope::WebhooksRead>,
    params: Params,
) -> Result<Page<WebhookDelivery>> {
    let rows = delivery_rows(caller, params).await?;
    let items = rows.items.iter();
    Ok(Page {
        items: items
            .map(|(delivery, event)| webhooks::delivery_view(delivery, event))
            .collect(),
        pagination: rows.pagination,
    })
}

/// The rows of [`deliveries`]: each attempt with its event.
pub async fn delivery_rows(
    caller: &Caller<scope::WebhooksRead>,
    mut params: Params,
) -> Result<Page<(DeliveryRow, WebhookEvent)>> {
    let app = &caller.app;
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
    Ok(window.of(total, rows))
}

/// Sends an event again, soon.
pub async fn redeliver(
    caller: &Caller<scope::WebhooksWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
) -> Result<()> {
    let (app, own) = (&caller.app, caller.organization.id);
    let (event, endpoint) = app.store.event(own, id).await.or_not_found()?;
    let again = webhooks::redeliver(&event, &endpoint, &app.context());
    app.reply(guard, StatusCode::ACCEPTED, ((), again), |()| ())
        .await
}

/// Reads what a new endpoint is to be, with its address as it may be saved.
pub fn read_create<A>(caller: &Caller<A>, body: &Body) -> Result<(EndpointCreate, String)> {
    body.read(|value, cx| {
        let input = EndpointCreate::read(value, cx);
        let url = url_of(value, cx, caller.app.policy.dev);
        Some((input?, url?))
    })
}

/// Reads what an endpoint is to be, with its new address as it may be saved.
pub fn read_update<A>(caller: &Caller<A>, body: &Body) -> Result<(EndpointUpdate, Option<String>)> {
    body.read(|value, cx| {
        let input = EndpointUpdate::read(value, cx);
        let url = url_of(value, cx, caller.app.policy.dev);
        Some((input?, url))
    })
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
