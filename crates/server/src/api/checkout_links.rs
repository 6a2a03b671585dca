//! Checkout links (checkout.md 6).

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use till_core::{
    checkout::open::{self, Origin},
    checkout_links::{
        self, Linked,
        visit::{self, Around, Query, Turned, Visit},
    },
    records::CheckoutLink as Row,
};
use till_store::List;
use till_wire::{
    checkout_links::{CheckoutLink, CheckoutLinkCreate, CheckoutLinkUpdate},
    checkouts::Offer,
    country::Country,
    error::{ErrorBody, ValidationBody},
    page::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{checkouts, query};
use crate::{
    app::App,
    error::ApiError,
    extract::{Body, Caller, Filtered, Params, PathId, scope},
    limits::client_ip,
    web,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(redirect))
}

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("label", "checkout_links.label"),
    ("success_url", "checkout_links.success_url"),
    ("allow_discount_codes", "allow_discount_codes"),
];

/// Lists checkout links.
#[utoipa::path(
    get, path = "/v1/checkout-links/", operation_id = "checkout-links:list", tag = "checkout_links",
    params(query::Paging, query::OfOrganization,
        ("product_id" = Option<Vec<Uuid>>, Query, description = "That sell one of these products."),
        ("sorting" = Option<Vec<String>>, Query,
            description = "`created_at` (default), `label`, `success_url`, `allow_discount_codes`; `-` sorts downwards.")),
    responses((status = 200, description = "A page.", body = Page<CheckoutLink>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksRead>,
    mut params: Params,
) -> Result<Json<Page<CheckoutLink>>, ApiError> {
    let own = &caller.organization;
    let window = params.window();
    let list = List::of::<Row>(own.id)
        .is_null("deleted_at")
        .ids("organization_id", params.ids("organization_id"))
        .selling(&params.ids("product_id"))
        .sorted(params.sorting(&SORT_KEYS, &["created_at"]));
    params.finish()?;
    let (rows, total) = app
        .store
        .page::<Row>(list, window.page, window.limit)
        .await?;
    let linked = app.store.linked(own.id, rows).await?;
    let items = linked.iter().map(|l| l.view(own, &app.site)).collect();
    Ok(Json(Page::new(items, total, window.limit)))
}

/// Creates a checkout link.
#[utoipa::path(
    post, path = "/v1/checkout-links/", operation_id = "checkout-links:create", tag = "checkout_links",
    request_body = CheckoutLinkCreate,
    responses(
        (status = 201, description = "The new link.", body = CheckoutLink),
        (status = 422, description = "Fields break a rule.", body = ValidationBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksWrite>,
    body: Body,
) -> Result<(StatusCode, Json<CheckoutLink>), ApiError> {
    let input = body.read(CheckoutLinkCreate::read)?;
    let own = &caller.organization;
    let loaded = app
        .store
        .linkable(own.id, &input.offer, input.discount_id)
        .await?;
    let (linked, changes) = checkout_links::create(input, own, loaded, &app.at())?;
    app.commit(changes).await?;
    Ok((StatusCode::CREATED, Json(linked.view(own, &app.site))))
}

/// Shows a checkout link.
#[utoipa::path(
    get, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:get", tag = "checkout_links",
    params(("id" = Uuid, Path, description = "The link.")),
    responses(
        (status = 200, description = "The link.", body = CheckoutLink),
        (status = 404, description = "There is none.", body = ErrorBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksRead>,
    PathId(id): PathId,
) -> Result<Json<CheckoutLink>, ApiError> {
    let own = &caller.organization;
    let linked = found(&app, own.id, id).await?;
    Ok(Json(linked.view(own, &app.site)))
}

async fn found(app: &App, own: Uuid, id: Uuid) -> Result<Linked, ApiError> {
    let link = app.store.checkout_link(own, id).await?;
    let link = link.ok_or_else(ApiError::not_found)?;
    let linked = app.store.linked(own, vec![link]).await?;
    linked.into_iter().next().ok_or_else(ApiError::not_found)
}

/// Changes a checkout link.
#[utoipa::path(
    patch, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:update", tag = "checkout_links",
    params(("id" = Uuid, Path, description = "The link.")),
    request_body = CheckoutLinkUpdate,
    responses(
        (status = 200, description = "The changed link.", body = CheckoutLink),
        (status = 404, description = "There is none.", body = ErrorBody),
        (status = 422, description = "Fields break a rule.", body = ValidationBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<CheckoutLink>, ApiError> {
    let input = body.object(CheckoutLinkUpdate::read)?;
    let own = &caller.organization;
    let updated = app
        .settle(|| async {
            let link = app.store.checkout_link(own.id, id).await?;
            let link = link.ok_or_else(ApiError::not_found)?;
            let products = input.products.as_ref().unwrap_or(&link.product_ids.0);
            let discount = input.discount_id.clone().change();
            let loaded = app
                .store
                .linkable(
                    own.id,
                    &Offer::Products(products.clone()),
                    discount.unwrap_or(link.discount_id),
                )
                .await?;
            let (linked, changes) =
                checkout_links::update(&link, input.clone(), loaded, &app.at())?;
            app.commit(changes).await?;
            Ok::<_, ApiError>(linked)
        })
        .await?;
    Ok(Json(updated.view(own, &app.site)))
}

/// Deletes a checkout link. Sessions that it has opened stay.
#[utoipa::path(
    delete, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:delete", tag = "checkout_links",
    params(("id" = Uuid, Path, description = "The link.")),
    responses(
        (status = 204, description = "It is deleted."),
        (status = 404, description = "There is none.", body = ErrorBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    app.settle(|| async {
        let link = app.store.checkout_link(caller.organization.id, id).await?;
        let link = link.ok_or_else(ApiError::not_found)?;
        app.commit(checkout_links::delete(&link, &app.at())).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a checkout session and goes to its page.
///
/// Every visit opens a new session. A parameter with a value that does not read, or may not be used, is ignored.
/// Parameters that are not named here are handed on to the session's page.
///
/// `external_customer_id` and `customer_metadata.<key>` say who buys, so they count only with the right `sig`:
/// HMAC-SHA-256, keyed by the link's `signing_secret` as it is written, of all parameters of the address but
/// `sig`, `embed`, `embed_origin` and `theme`, each named once, sorted by name, and written as a query string;
/// in hexadecimal or base64url. With `require_signature` a visit without it is refused.
///
/// TypeScript:
///
/// ```ts
/// const url = new URL(link.url);
/// url.searchParams.set("external_customer_id", "user_1");
/// url.searchParams.sort();
/// const text = url.searchParams.toString();
/// url.searchParams.set("sig", createHmac("sha256", link.signing_secret).update(text).digest("hex"));
/// ```
///
/// Python:
///
/// ```py
/// text = urlencode(sorted({"external_customer_id": "user_1"}.items()))
/// sig = hmac.new(link["signing_secret"].encode(), text.encode(), "sha256").hexdigest()
/// url = f"{link['url']}?{text}&sig={sig}"
/// ```
#[utoipa::path(
    get, path = "/v1/checkout-links/{client_secret}/redirect", operation_id = "checkout-links:redirect", tag = "checkout_links",
    params(
        ("client_secret" = String, Path, description = "The link's secret."),
        ("product_id" = Option<Uuid>, Query, description = "Which of the link's products is chosen."),
        ("amount" = Option<String>, Query, description = "Minor units; for a price that the buyer chooses."),
        ("customer_email" = Option<String>, Query, description = "Filled in for the buyer."),
        ("customer_name" = Option<String>, Query, description = "Filled in for the buyer."),
        ("discount_code" = Option<String>, Query, description = "Applied where it may be used, instead of the link's discount."),
        ("locale" = Option<String>, Query, description = "BCP 47."),
        ("custom_field_data.<slug>" = Option<String>, Query, description = "Answers to the product's own fields: all of them count, or none."),
        ("reference_id" = Option<String>, Query, description = "Copied to the session's metadata, as are `utm_source`, `utm_medium`, `utm_campaign`, `utm_term` and `utm_content`."),
        ("embed_origin" = Option<String>, Query, description = "The page that embeds the checkout."),
        ("external_customer_id" = Option<String>, Query, description = "Your own id of the customer; only with `sig`."),
        ("customer_metadata.<key>" = Option<String>, Query, description = "Merged into the customer's free data; only with `sig`."),
        ("sig" = Option<String>, Query, description = "The signature."),
    ),
    responses(
        (status = 307, description = "The session's page."),
        (status = 403, description = "`EmbedHostNotAllowed`: the page may not embed it. `NotPermitted`: the signature is missing or wrong.", body = ErrorBody),
        (status = 404, description = "There is no such link.", body = ErrorBody),
        (status = 422, description = "`product_id` does not read, or nothing is for sale now.", body = ValidationBody),
    )
)]
async fn redirect(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    // Programs that only look, such as previews of messages, open no sessions.
    if request.method() == Method::HEAD {
        return ApiError::no_method().into_response();
    }
    let buyer = Buyer::of(&app, &request);
    let query = Query::parse(query.as_deref().unwrap_or_default());
    match visit(&app, &secret, query, buyer).await {
        Ok(location) => (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, location)],
        )
            .into_response(),
        Err(error) if is_browser(request.headers()) => {
            web::checkout::pages::turned_away(&error, request.headers())
        }
        Err(error) => error.into_response(),
    }
}

fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|types| types.contains("text/html"))
}

impl From<Turned> for ApiError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Unreadable(problems) => Self::unreadable(problems),
            Turned::Unsigned => Self::not_permitted(
                "This link is opened with a signature only, and this visit has none that is right.",
            ),
            Turned::Refused(refusal) => refusal.into(),
        }
    }
}

/// Where a visit comes from.
struct Buyer {
    ip_address: Option<String>,
    country: Option<Country>,
}

impl Buyer {
    fn of(app: &App, request: &Request) -> Self {
        let address = client_ip(app, request.headers(), request.extensions());
        Self {
            country: app.visitor_country(request.headers(), &address),
            ip_address: address.parse::<IpAddr>().ok().map(|ip| ip.to_string()),
        }
    }
}

/// Opens the session of a visit; where its page is.
async fn visit(
    app: &App,
    secret: &str,
    query: Query,
    buyer: Buyer,
) -> Result<HeaderValue, ApiError> {
    let found = app.store.checkout_link_by_secret(secret).await?;
    let (link, organization) = found.ok_or_else(ApiError::not_found)?;
    let visit = Visit::judge(&link, &organization, query)?;
    let own = organization.id;
    let customer = async {
        match visit.external_customer_id() {
            Some(id) => app.store.customer_by_external_id(own, id).await,
            None => Ok(None),
        }
    };
    let (offered, discounts, customer, audience) = tokio::try_join!(
        app.store.offered(own, &link.product_ids),
        app.store
            .visit_discounts(own, link.discount_id, visit.discount_code()),
        customer,
        app.store.audience(own),
    )?;
    let around = Around {
        offered,
        discounts,
        ip_address: buyer.ip_address,
        ip_country: buyer.country,
    };
    let opening = visit::opening(&visit, &link, &organization, &around, app.at().now)?;
    let loaded = open::Loaded {
        organization,
        offered: around.offered,
        customer,
        subscription: None,
        subscription_prices: Vec::new(),
        ip_country: around.ip_country,
        discount: opening.discount,
        meters: Vec::new(),
        audience,
    };
    let origin = Origin {
        checkout_link_id: Some(link.id),
        selected: Some(opening.selected),
    };
    let session = checkouts::open_loaded(app, opening.create, loaded, origin).await?;
    let page = app.site.checkout_url(&session.checkout.client_secret);
    let location = match opening.rest.is_empty() {
        true => page,
        false => format!("{page}?{}", opening.rest),
    };
    HeaderValue::from_str(&location).map_err(ApiError::internal)
}
