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
    input::{Fields, blank_text},
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

/// List checkout sessions
///
/// Lists the checkout sessions of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(get, path = "/v1/checkouts/", operation_id = "checkouts:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of checkout sessions.", body = Page<Checkout>)))]
async fn list(caller: Caller<scope::CheckoutsRead>, params: Params) -> Reply<Page<Checkout>> {
    checkouts::list(&caller, params).await.map(Json)
}

/// Create a checkout session
///
/// Opens a checkout session for one or several products. Send the buyer to the `url` in the response. A session is open
/// for 24 hours.
#[utoipa::path(post, path = "/v1/checkouts/", operation_id = "checkouts:create",
    request_body(content = CheckoutCreate, description = "Checkout session to create: what it sells, and what is known about the buyer."),
    responses(
        (status = 201, description = "Checkout session that was created.", body = Checkout),
        (status = 400, description = "The price has no amount for this number of seats (`InvalidQuantityError`).", body = ErrorBody)))]
async fn create(
    caller: Caller<scope::CheckoutsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Checkout> {
    let input = body.read(CheckoutCreate::read)?;
    checkouts::create(caller, &guard, input).await.map(created)
}

/// Get a checkout session
///
/// Returns one checkout session. Its amounts are recalculated with the current discount, trial and tax.
#[utoipa::path(get, path = "/v1/checkouts/{id}", operation_id = "checkouts:get",
    responses((status = 200, description = "Checkout session with this ID.", body = Checkout)))]
async fn get(caller: Caller<scope::CheckoutsRead>, PathId(id): PathId) -> Reply<Checkout> {
    checkouts::get(&caller, id).await.map(Json)
}

/// Update a checkout session
///
/// Changes an open checkout session. A field that is left out stays as it is.
#[utoipa::path(patch, path = "/v1/checkouts/{id}", operation_id = "checkouts:update",
    request_body(content = CheckoutUpdate, description = "Fields to change."),
    responses(
        (status = 200, description = "Checkout session after the change.", body = Checkout),
        (status = 400, description = "The price has no amount for this number of seats (`InvalidQuantityError`).", body = ErrorBody)))]
async fn patch(
    caller: Caller<scope::CheckoutsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Checkout> {
    let input = body.object(|f| CheckoutUpdate::read(Writer::Merchant, f))?;
    checkouts::update(&caller, id, input).await.map(Json)
}

/// Get a checkout session by client secret
///
/// Returns a checkout session as its buyer sees it. The checkout page uses this.
#[utoipa::path(get, path = "/v1/checkouts/client/{client_secret}", operation_id = "checkouts:client_get",
    params(("client_secret" = String, Path, description = "Client secret of the session; it is the credential, so no access token is needed.")),
    responses(
        (status = 200, description = "Checkout session as its buyer sees it.", body = CheckoutPublic),
        (status = 403, description = "The organization is blocked, so its sessions cannot be used.", body = ErrorBody),
        (status = 404, description = "No checkout session has this client secret.", body = ErrorBody),
        (status = 410, description = "The session has expired (`ExpiredCheckoutError`).", body = ErrorBody)),
    security(()),
)]
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

/// Update a checkout session by client secret
///
/// Changes an open checkout session for its buyer: product, seats, discount code, name, address and the like. The
/// amounts are recalculated.
#[utoipa::path(patch, path = "/v1/checkouts/client/{client_secret}", operation_id = "checkouts:client_update",
    params(("client_secret" = String, Path, description = "Client secret of the session; it is the credential, so no access token is needed.")),
    request_body(content = CheckoutUpdatePublic, description = "Fields to change."),
    responses(
        (status = 200, description = "Checkout session after the change.", body = CheckoutPublic),
        (status = 400, description = "The price has no amount for this number of seats (`InvalidQuantityError`).", body = ErrorBody),
        (status = 403, description = "The session is no longer open (`NotOpenCheckout`), the buyer already has a subscription (`AlreadyActiveSubscriptionError`), has already had a trial (`TrialAlreadyRedeemed`) or has used the discount as often as allowed (`DiscountRedemptionLimitReached`), or the organization is blocked.", body = ErrorBody),
        (status = 404, description = "No checkout session has this client secret.", body = ErrorBody),
        (status = 409, description = "A payment is being processed (`CheckoutLocked`), or another request changed the session at the same time.", body = ErrorBody),
        (status = 410, description = "The session has expired (`ExpiredCheckoutError`).", body = ErrorBody),
        (status = 422, description = "A field of the request is wrong, such as a discount code that does not exist.", body = ValidationBody),
        (status = 429, description = "Too many changes, wrong discount codes or requests; the header `Retry-After` says how many seconds to wait.")),
    security(()),
)]
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

/// Confirm a checkout session
///
/// Confirms a checkout session: takes the payment, starts the subscription, or completes a free purchase. The response
/// is sent before the payment has been processed; the session's status or a webhook tells the outcome.
#[utoipa::path(post, path = "/v1/checkouts/client/{client_secret}/confirm", operation_id = "checkouts:client_confirm",
    params(("client_secret" = String, Path, description = "Client secret of the session; it is the credential, so no access token is needed.")),
    request_body(content = CheckoutConfirm, description = "Last changes, and the payment method."),
    responses(
        (status = 200, description = "Checkout session, confirmed.", body = CheckoutPublicConfirmed),
        (status = 400, description = "The payment was declined (`PaymentError`), or the price has no amount for this number of seats (`InvalidQuantityError`).", body = ErrorBody),
        (status = 403, description = "The session is no longer open (`NotOpenCheckout`), the buyer already has a subscription (`AlreadyActiveSubscriptionError`), has already had a trial (`TrialAlreadyRedeemed`) or has used the discount as often as allowed (`DiscountRedemptionLimitReached`), or the organization cannot take payments.", body = ErrorBody),
        (status = 404, description = "No checkout session has this client secret.", body = ErrorBody),
        (status = 409, description = "A payment is already being processed (`CheckoutLocked`), or the session's customer was deleted.", body = ErrorBody),
        (status = 410, description = "The session has expired (`ExpiredCheckoutError`).", body = ErrorBody),
        (status = 422, description = "A field is missing or wrong, or the amount has changed since it was last shown: then `total_amount` in `ctx` is the new amount, and confirming again accepts it."),
        (status = 429, description = "Too many confirmations or declined payments; the header `Retry-After` says how many seconds to wait.")),
    security(()),
)]
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

/// Visitor who opened the checkout page; the body can be left out.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the document's picture of a body that is read by hand"
)]
struct Opened {
    /// ID by which the page knows its visitor.
    #[schema(max_length = 256)]
    distinct_id: Option<String>,
}

/// Record the opening of a checkout page
///
/// Records that the buyer opened the checkout page. Only the first time counts.
#[utoipa::path(post, path = "/v1/checkouts/client/{client_secret}/opened", operation_id = "checkouts:client_opened",
    params(("client_secret" = String, Path, description = "Client secret of the session; it is the credential, so no access token is needed.")),
    request_body(content = Opened, description = "Visitor who opened the page; the body can be left out."),
    responses(
        (status = 200, description = "Checkout session as its buyer sees it.", body = CheckoutPublic),
        (status = 403, description = "The organization is blocked, so its sessions cannot be used.", body = ErrorBody),
        (status = 404, description = "No checkout session has this client secret.", body = ErrorBody),
        (status = 410, description = "The session has expired (`ExpiredCheckoutError`).", body = ErrorBody),
        (status = 422, description = "The visitor's ID is not a text, or is too long.", body = ValidationBody)),
    security(()),
)]
async fn opened(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CheckoutPublic> {
    let distinct = match &body.0 {
        None => None,
        Some(_) => body.object(visitor)?,
    };
    app.retry_on_conflict(|| async {
        let session = checkouts::shown(&app, &secret).await?;
        let opened = update::opened(
            &session,
            distinct.clone(),
            &app.context_of(&session.organization),
        );
        let view = |now: Session| now.public_view(&app.urls);
        let now = app.reply(&guard, StatusCode::OK, opened, view).await?;
        Ok(Json(now))
    })
    .await
}

/// Reads who opened the page.
pub(super) fn visitor(f: &mut Fields<'_, '_>) -> Option<Option<String>> {
    Some(f.blankable("distinct_id", blank_text(DISTINCT_ID)).value())
}

/// The time that one event stream lasts before the page is asked to connect again.
const STREAM: Duration = Duration::from_secs(600);

/// Stream the events of a checkout session
///
/// Sends the events of a checkout session as server-sent events: `checkout.updated`, `checkout.subscription_created`,
/// `checkout.order_created` and `checkout.webhook_event_delivered`. After ten minutes the stream asks the client to
/// reconnect. It does not send past events, so read the session first.
#[utoipa::path(get, path = "/v1/checkouts/client/{client_secret}/stream", operation_id = "checkouts:client_stream",
    params(("client_secret" = String, Path, description = "Client secret of the session; it is the credential, so no access token is needed.")),
    responses(
        (status = 200, description = "Stream of server-sent events.", content_type = "text/event-stream", body = String),
        (status = 403, description = "The organization is blocked, so its sessions cannot be used.", body = ErrorBody),
        (status = 404, description = "No checkout session has this client secret.", body = ErrorBody),
        (status = 410, description = "The session has expired (`ExpiredCheckoutError`).", body = ErrorBody)),
    security(()),
)]
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
