//! Checkout sessions.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use jiff::{SignedDuration, Timestamp};
use till_core::checkout::{self, Session, update};
use till_store::Watch;
use till_wire::{
    checkouts::{
        Checkout, CheckoutConfirm, CheckoutCreate, CheckoutPublic, CheckoutPublicConfirmed,
        CheckoutStatus, CheckoutUpdate, CheckoutUpdatePublic, Writer,
    },
    error::{ErrorBody, ValidationBody},
    input::blank_text,
    page::Page,
};
use utoipa::ToSchema;

use super::{
    Created, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::checkouts::{self, ListQuery},
    app::App,
    error::ApiError,
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
        limits::{self, Network},
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    create,
    get,
    patch,
    client_get,
    client_patch,
    confirm,
    opened,
    stream_events
];

/// Lists checkout sessions.
#[utoipa::path(get, path = "/v1/checkouts/", operation_id = "checkouts:list", tag = "checkouts",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, body = Page<Checkout>)),
    security(("access_token" = [])))]
async fn list(caller: Caller<scope::CheckoutsRead>, params: Params) -> Reply<Page<Checkout>> {
    checkouts::list(&caller, params).await.map(Json)
}

/// Creates a checkout session.
#[utoipa::path(post, path = "/v1/checkouts/", operation_id = "checkouts:create", tag = "checkouts",
    request_body = CheckoutCreate,
    responses((status = 201, body = Checkout), (status = 400, description = "So many seats cannot be told in numbers.", body = ErrorBody)),
    security(("access_token" = [])))]
async fn create(
    caller: Caller<scope::CheckoutsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Checkout> {
    let input = body.read(CheckoutCreate::read)?;
    checkouts::create(caller, &guard, input).await.map(created)
}

/// Gets a checkout session.
#[utoipa::path(get, path = "/v1/checkouts/{id}", operation_id = "checkouts:get", tag = "checkouts",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Checkout)),
    security(("access_token" = [])))]
async fn get(caller: Caller<scope::CheckoutsRead>, PathId(id): PathId) -> Reply<Checkout> {
    checkouts::get(&caller, id).await.map(Json)
}

/// Changes an open checkout session.
#[utoipa::path(patch, path = "/v1/checkouts/{id}", operation_id = "checkouts:update", tag = "checkouts",
    params(("id" = Uuid, Path)), request_body = CheckoutUpdate,
    responses((status = 200, body = Checkout), (status = 400, body = ErrorBody)),
    security(("access_token" = [])))]
async fn patch(
    caller: Caller<scope::CheckoutsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Checkout> {
    let input = body.object(|f| CheckoutUpdate::read(Writer::Merchant, f))?;
    checkouts::update(&caller, id, input).await.map(Json)
}

/// Gets a checkout session by its client secret.
#[utoipa::path(get, path = "/v1/checkouts/client/{client_secret}", operation_id = "checkouts:client_get", tag = "checkouts",
    params(("client_secret" = String, Path)),
    responses((status = 200, body = CheckoutPublic), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody)))]
async fn client_get(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
) -> Reply<CheckoutPublic> {
    Ok(Json(
        checkouts::shown(&app, &secret)
            .await?
            .public_view(&app.urls),
    ))
}

/// Changes an open checkout session by its client secret.
#[utoipa::path(patch, path = "/v1/checkouts/client/{client_secret}", operation_id = "checkouts:client_update", tag = "checkouts",
    params(("client_secret" = String, Path)), request_body = CheckoutUpdatePublic,
    responses((status = 200, body = CheckoutPublic), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 410, body = ErrorBody), (status = 422, body = ValidationBody), (status = 429)))]
async fn client_patch(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    network: Network,
    body: Body,
) -> Reply<CheckoutPublic> {
    let input = body.object(|f| CheckoutUpdate::read(Writer::Client, f))?;
    let session = checkouts::change_by_secret(&app, &secret, &input, &network).await?;
    Ok(Json(session.public_view(&app.urls)))
}

/// Confirms a checkout session: pays, subscribes, or gets what is free.
#[utoipa::path(post, path = "/v1/checkouts/client/{client_secret}/confirm", operation_id = "checkouts:client_confirm", tag = "checkouts",
    params(("client_secret" = String, Path)), request_body = CheckoutConfirm,
    responses((status = 200, body = CheckoutPublicConfirmed), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 410, body = ErrorBody), (status = 422), (status = 429)))]
async fn confirm(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CheckoutPublicConfirmed> {
    let body = body.read(|value, cx| cx.object(value, |f| Some(f.whole().clone())))?;
    let session = checkouts::session(&app, &secret).await?;
    limits::confirming(&app, session.checkout.id, &network).await?;
    let confirmed = checkouts::confirm(&app, session, body, &guard, &network).await?;
    // Never null: the older clients cannot read that. Empty: not paid yet, or recognised by e-mail only.
    let token = confirmed.token.unwrap_or_default();
    Ok(Json(
        confirmed.session.confirmed_view(&app.urls, Some(token)),
    ))
}

/// Characters of the name that a page gives its visitor.
const DISTINCT_ID: usize = 256;

/// The visitor who opened the page; nothing need be sent.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the document's picture of a body that is read by hand"
)]
struct Opened {
    /// What the page calls its visitor.
    #[schema(max_length = 256)]
    distinct_id: Option<String>,
}

/// Notes that the buyer's page was opened.
#[utoipa::path(post, path = "/v1/checkouts/client/{client_secret}/opened", operation_id = "checkouts:client_opened", tag = "checkouts",
    params(("client_secret" = String, Path)), request_body = Opened,
    responses((status = 200, body = CheckoutPublic), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody), (status = 422, body = ValidationBody)))]
async fn opened(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CheckoutPublic> {
    let distinct = match &body.0 {
        None => None,
        Some(_) => {
            body.object(|f| Some(f.blankable("distinct_id", blank_text(DISTINCT_ID)).value()))?
        }
    };
    app.retry_on_conflict(|| async {
        let session = checkouts::shown(&app, &secret).await?;
        let opened = update::opened(&session, distinct.clone(), &app.context());
        let view = |now: Session| now.public_view(&app.urls);
        let now = app.reply(&guard, StatusCode::OK, opened, view).await?;
        Ok(Json(now))
    })
    .await
}

/// The time that one event stream lasts before the page is asked to connect again.
const STREAM: Duration = Duration::from_secs(600);

/// Tells the buyer's page what happens to its session.
#[utoipa::path(get, path = "/v1/checkouts/client/{client_secret}/stream", operation_id = "checkouts:client_stream", tag = "checkouts",
    params(("client_secret" = String, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody)))]
async fn stream_events(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
) -> Result<Response, ApiError> {
    let session = checkouts::session(&app, &secret).await?;
    let events = events(app, &session);
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The longest time that a message lost on its way from another node stays unnoticed.
const CHECK_INTERVAL: SignedDuration = SignedDuration::from_secs(5);

/// The state of a session, as a page knows it: its status, and when it was last changed.
type SessionState = (CheckoutStatus, Option<Timestamp>);

/// The status that a `checkout.updated` tells of; `None`: it is another message.
fn updated_to(message: &str) -> Option<CheckoutStatus> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    if message["key"] != "checkout.updated" {
        return None;
    }
    message["payload"]["status"].as_str()?.parse().ok()
}

/// The state of one open event stream.
struct EventStream {
    watch: Watch,
    /// The session's status and last change, as the page was told.
    known: SessionState,
    next_check: Timestamp,
}

/// The messages of one connection; the last one asks the page to connect again. Messages are hints, the table
/// is the truth: it is looked at now and then, and the page told where it has moved on.
fn events(
    app: Arc<App>,
    session: &Session,
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let id = session.checkout.id;
    let stream_state = EventStream {
        watch: app.store.watch(&checkout::topic(id)),
        known: (session.checkout.status, session.checkout.modified_at),
        next_check: app.clock.now() + CHECK_INTERVAL,
    };
    #[allow(
        clippy::disallowed_methods,
        reason = "the length of a connection, not of anything decided"
    )]
    let end = tokio::time::Instant::now() + STREAM;
    stream::unfold(Some(stream_state), move |stream_state| {
        let app = app.clone();
        async move {
            let mut page = stream_state?;
            loop {
                tokio::select! {
                    biased;
                    message = page.watch.next() => {
                        // An empty message says that one was lost: the page should look for itself.
                        if message.is_empty() {
                            return Some((reconnect(), None));
                        }
                        // What is there before the page hears of it, the page finds when it looks.
                        if let Some(status) = updated_to(&message)
                            && let Ok(Some(now)) = app.store.checkout_state(id).await
                            && now.0 == status
                        {
                            page.known = now;
                        }
                        return Some((Ok(Event::default().data(&*message)), Some(page)));
                    }
                    () = app.clock.wait(page.next_check) => {
                        page.next_check = app.clock.now() + CHECK_INTERVAL;
                        let now = app.store.checkout_state(id).await;
                        if let Ok(Some(now)) = now
                            && now != page.known
                        {
                            page.known = now;
                            let payload = serde_json::json!({"status": now.0});
                            let words = checkout::message(&app.context(), "checkout.updated", payload);
                            return Some((Ok(Event::default().data(words)), Some(page)));
                        }
                    }
                    () = tokio::time::sleep_until(end) => return Some((reconnect(), None)),
                }
            }
        }
    })
}

fn reconnect() -> Result<Event, Infallible> {
    Ok(Event::default().data(r#"{"type":"reconnect"}"#))
}
