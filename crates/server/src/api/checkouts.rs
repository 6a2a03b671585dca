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
use till_core::{
    checkout::{
        self, CheckoutContext, Session,
        open::{self, Origin},
        update::{self, Step},
    },
    kernel::{changes::Changes, records},
};
use till_store::{List, Watch};
use till_wire::{
    checkouts::{
        Checkout, CheckoutConfirm, CheckoutCreate, CheckoutPublic, CheckoutPublicConfirmed,
        CheckoutStatus, CheckoutUpdate, CheckoutUpdatePublic, Offer, Writer,
    },
    error::{ErrorBody, ValidationBody},
    input::blank_text,
    page::Page,
    products::PriceEntry,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{Sorted, ids, moment, query, sorting, text, texts, words},
            scope,
        },
        idempotency::IdempotencyGuard,
        limits::{self, Guess, Network},
    },
    payments,
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

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("expires_at", "expires_at"),
    ("status", "status"),
];

query! {
    /// What a list of sessions may be asked for.
    struct ListQuery {
        /// With one of these products selected.
        product_id: Vec<Uuid> = ids(),
        /// Of these customers.
        customer_id: Vec<Uuid> = ids(),
        /// With one of these external customer ids.
        external_customer_id: Vec<String> = texts(),
        /// In one of these states.
        status: Vec<CheckoutStatus> = words::<CheckoutStatus>(),
        /// Part of the customer's e-mail.
        query: Option<String> = text(),
        /// Made after this moment.
        created_after: Option<Timestamp> = moment(),
        /// Made before this moment.
        created_before: Option<Timestamp> = moment(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists checkout sessions.
#[utoipa::path(get, path = "/v1/checkouts/", operation_id = "checkouts:list", tag = "checkouts",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, body = Page<Checkout>)),
    security(("access_token" = [])))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutsRead>,
    mut params: Params,
) -> Result<Json<Page<Checkout>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let organization = &caller.organization;
    let mut list = List::of::<records::Checkout>(organization.id)
        .ids("organization_id", params.organizations())
        .ids("product_id", sent.product_id)
        .ids("customer_id", sent.customer_id)
        .words("status", sent.status)
        .later("created_at", sent.created_after)
        .earlier("created_at", sent.created_before);
    let external = sent.external_customer_id;
    if !external.is_empty() {
        list = list.is_in(
            "external_customer_id",
            external.into_iter().map(Into::into).collect(),
        );
    }
    if let Some(query) = sent.query {
        list = list.contains_ci("customer_email", &query);
    }
    let list = list.sorted(sent.sorting);
    let (rows, page) = params.page::<records::Checkout>(&app, list).await?;
    let sessions = app.store.sessions(organization, rows).await?;
    Ok(page.of(sessions.iter().map(|one| one.merchant_view(&app.urls))))
}

/// Creates a checkout session.
#[utoipa::path(post, path = "/v1/checkouts/", operation_id = "checkouts:create", tag = "checkouts",
    request_body = CheckoutCreate,
    responses((status = 201, body = Checkout), (status = 400, description = "So many seats cannot be told in numbers.", body = ErrorBody)),
    security(("access_token" = [])))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<Checkout>), ApiError> {
    let input = body.read(CheckoutCreate::read)?;
    let loaded = load(&app, &input, caller.organization).await?;
    let opened = decide(&app, input, loaded, Origin::default()).await?;
    app.reply(&guard, StatusCode::CREATED, opened, |session| {
        session.merchant_view(&app.urls)
    })
    .await
}

/// Decides on a new session; shared with checkout links, which load for themselves.
pub(crate) async fn decide(
    app: &App,
    input: CheckoutCreate,
    loaded: open::Loaded,
    origin: Origin,
) -> Result<(Session, Changes), ApiError> {
    let ctx = app.context();
    let settings = loaded.organization.settings.tax.clone();
    let mut given = Some((input, loaded));
    app.taxed(&settings, |taxes| {
        // Kept only where the decision may have to be run again.
        let again = settings.enabled.then(|| given.clone()).flatten();
        let (input, loaded) =
            std::mem::replace(&mut given, again).expect("a decision without taxes is run once");
        open::open(input, loaded, origin, &app.urls, taxes, &ctx)
    })
    .await
}

/// The rows that opening depends on.
async fn load(
    app: &App,
    input: &CheckoutCreate,
    organization: records::Organization,
) -> Result<open::Loaded, ApiError> {
    let (store, id) = (&app.store, organization.id);
    let offered = match &input.offer {
        Offer::Products(ids) => store.offered(id, ids).await?,
        Offer::Product(product) => store.offered(id, &[*product]).await?,
        Offer::Price(price) => store.offered_by_price(id, *price).await?,
    };
    let subscription = match input.subscription_id {
        Some(wanted) => store.subscription(id, wanted).await?,
        None => None,
    };
    let subscription_prices = match &subscription {
        Some(subscription) => store.prices(id, &subscription.price_ids).await?,
        None => Vec::new(),
    };
    let customer = match (
        &subscription,
        input.customer_id,
        &input.external_customer_id,
    ) {
        (Some(subscription), ..) => store.customer(id, subscription.customer_id).await?,
        (None, Some(wanted), _) => store.customer(id, wanted).await?,
        (None, None, Some(external)) => store.customer_by_external_id(id, external).await?,
        (None, None, None) => None,
    };
    let discount = match input.discount_id {
        Some(wanted) => store.discount(id, wanted).await?,
        None => None,
    };
    let meters: Vec<Uuid> = input
        .ad_hoc
        .values()
        .flatten()
        .filter_map(PriceEntry::meter_id)
        .collect();
    let meters = store.meters(id, &meters).await?;
    let subscribers = store.subscribers(id).await?;
    Ok(open::Loaded {
        organization,
        offered,
        customer,
        subscription,
        subscription_prices,
        ip_country: app.country_of(input.customer_ip_address.as_deref()),
        discount,
        meters,
        subscribers,
    })
}

/// Gets a checkout session.
#[utoipa::path(get, path = "/v1/checkouts/{id}", operation_id = "checkouts:get", tag = "checkouts",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Checkout)),
    security(("access_token" = [])))]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutsRead>,
    PathId(id): PathId,
) -> Result<Json<Checkout>, ApiError> {
    let found = app.store.session(&caller.organization, id).await;
    let (session, _) = payments::current(&app, found.found()?).await?;
    Ok(Json(session.merchant_view(&app.urls)))
}

/// Changes an open checkout session.
#[utoipa::path(patch, path = "/v1/checkouts/{id}", operation_id = "checkouts:update", tag = "checkouts",
    params(("id" = Uuid, Path)), request_body = CheckoutUpdate,
    responses((status = 200, body = Checkout), (status = 400, body = ErrorBody)),
    security(("access_token" = [])))]
pub(crate) async fn patch(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Checkout>, ApiError> {
    let input = body.object(|f| CheckoutUpdate::read(Writer::Merchant, f))?;
    let session = app
        .retry_on_conflict(|| async {
            let session = app.store.session(&caller.organization, id).await.found()?;
            let no_guess = Guess::default();
            change(&app, session, &input, Writer::Merchant, &no_guess).await
        })
        .await
        .map_err(payments::locked)?;
    Ok(Json(session.merchant_view(&app.urls)))
}

/// Decides and commits a change; shared by merchant and client.
async fn change(
    app: &App,
    session: Session,
    input: &CheckoutUpdate,
    writer: Writer,
    guess: &Guess,
) -> Result<Session, ApiError> {
    let known = payments::known(app, &session, input, writer, Step::Patch).await?;
    let subscribers = app.store.subscribers(session.organization.id).await?;
    let ctx = app.context();
    let (now, mut changes) = app
        .taxed(&session.organization.settings.tax, |taxes| {
            let context = CheckoutContext {
                subscribers: &subscribers,
                urls: &app.urls,
                key: &app.key,
                taxes,
                ctx: &ctx,
            };
            update::update(&session, input, writer, &known, context)
        })
        .await?;
    guess.right(&mut changes);
    app.apply((now, changes)).await
}

/// Changes a session by its client secret. Counted by session, and a discount code by network, too.
pub async fn change_by_secret(
    app: &App,
    secret: &str,
    input: &CheckoutUpdate,
    network: &Network,
) -> Result<Session, ApiError> {
    let loaded = payments::session(app, secret).await?;
    limits::updating(app, loaded.checkout.id)?;
    let guess = &payments::guess(app, &loaded, input, network).await?;
    let mut loaded = Some(loaded);
    app.retry_on_conflict(|| {
        let loaded = loaded.take();
        async move {
            let session = match loaded {
                Some(session) => session,
                None => payments::session(app, secret).await?,
            };
            change(app, session, input, Writer::Client, guess).await
        }
    })
    .await
    .map_err(payments::locked)
}

/// Gets a checkout session by its client secret.
#[utoipa::path(get, path = "/v1/checkouts/client/{client_secret}", operation_id = "checkouts:client_get", tag = "checkouts",
    params(("client_secret" = String, Path)),
    responses((status = 200, body = CheckoutPublic), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody)))]
async fn client_get(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
) -> Result<Json<CheckoutPublic>, ApiError> {
    Ok(Json(
        payments::shown(&app, &secret).await?.public_view(&app.urls),
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
) -> Result<Json<CheckoutPublic>, ApiError> {
    let input = body.object(|f| CheckoutUpdate::read(Writer::Client, f))?;
    let session = change_by_secret(&app, &secret, &input, &network).await?;
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
) -> Result<Json<CheckoutPublicConfirmed>, ApiError> {
    let body = body.read(|value, cx| cx.object(value, |f| Some(f.whole().clone())))?;
    let session = payments::session(&app, &secret).await?;
    limits::confirming(&app, session.checkout.id, &network).await?;
    let confirmed = payments::confirm(&app, session, body, &guard, &network).await?;
    // Never null: the older clients cannot read that. Empty: not paid yet, or recognised by e-mail only.
    let token = confirmed.token.unwrap_or_default();
    Ok(Json(
        confirmed.session.confirmed_view(&app.urls, Some(token)),
    ))
}

/// Characters of the name that a page gives its visitor.
const DISTINCT_ID: usize = 256;

/// Who opened the page; nothing need be sent.
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
) -> Result<Json<CheckoutPublic>, ApiError> {
    let distinct = match &body.0 {
        None => None,
        Some(_) => {
            body.object(|f| Some(f.blankable("distinct_id", blank_text(DISTINCT_ID)).value()))?
        }
    };
    app.retry_on_conflict(|| async {
        let session = payments::shown(&app, &secret).await?;
        let opened = update::opened(&session, distinct.clone(), &app.context());
        let view = |now: Session| now.public_view(&app.urls);
        let (_, view) = app.reply(&guard, StatusCode::OK, opened, view).await?;
        Ok(view)
    })
    .await
}

/// How long one event stream lasts before the page is asked to connect again.
const STREAM: Duration = Duration::from_secs(600);

/// Tells the buyer's page what happens to its session.
#[utoipa::path(get, path = "/v1/checkouts/client/{client_secret}/stream", operation_id = "checkouts:client_stream", tag = "checkouts",
    params(("client_secret" = String, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody)))]
async fn stream_events(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
) -> Result<Response, ApiError> {
    let session = payments::session(&app, &secret).await?;
    let events = events(app, &session);
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// How long a message that was lost on its way from another node stays unnoticed.
const LOOK: SignedDuration = SignedDuration::from_secs(5);

/// What tells one state of a session from the next: its status, and when it was last changed.
type Told = (CheckoutStatus, Option<Timestamp>);

/// The status that a `checkout.updated` tells of; `None`: it is another message.
fn updated_to(message: &str) -> Option<CheckoutStatus> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    if message["key"] != "checkout.updated" {
        return None;
    }
    message["payload"]["status"].as_str()?.parse().ok()
}

/// A page that listens.
struct Listening {
    watch: Watch,
    /// The session's status and last change, as the page was told.
    known: Told,
    look: Timestamp,
}

/// The messages of one connection; the last one asks the page to connect again. Messages are hints, the table
/// is the truth: it is looked at now and then, and the page told where it has moved on.
fn events(
    app: Arc<App>,
    session: &Session,
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let id = session.checkout.id;
    let listening = Listening {
        watch: app.store.watch(&checkout::topic(id)),
        known: (session.checkout.status, session.checkout.modified_at),
        look: app.clock.now() + LOOK,
    };
    #[allow(
        clippy::disallowed_methods,
        reason = "the length of a connection, not of anything decided"
    )]
    let end = tokio::time::Instant::now() + STREAM;
    stream::unfold(Some(listening), move |listening| {
        let app = app.clone();
        async move {
            let mut page = listening?;
            loop {
                tokio::select! {
                    biased;
                    message = page.watch.next() => {
                        // An empty message says that one was lost: the page should look for itself.
                        if message.is_empty() {
                            return Some((reconnect(), None));
                        }
                        // What is there before the page hears of it, the page finds when it looks.
                        if let Some(told) = updated_to(&message)
                            && let Ok(Some(now)) = app.store.checkout_state(id).await
                            && now.0 == told
                        {
                            page.known = now;
                        }
                        return Some((Ok(Event::default().data(&*message)), Some(page)));
                    }
                    () = app.clock.wait(page.look) => {
                        page.look = app.clock.now() + LOOK;
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
