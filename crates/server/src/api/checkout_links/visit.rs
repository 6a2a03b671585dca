//! Visiting a checkout link: a session is opened, and the visitor sent to its page
//! (docs/behaviour: checkout-links/visits).

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use till_core::{
    checkout::open::{self, Origin},
    checkout_links::visit::{self, Query, Turned, Visit, VisitContext},
    kernel::folding::code_key,
};
use till_wire::{
    country::Country,
    error::{ErrorBody, ValidationBody},
};

use crate::{
    api::{
        checkouts,
        operation::{Operation, operations},
    },
    app::App,
    http::{
        error::{ApiError, Found},
        limits::{Guess, Network, client_ip},
    },
    pages,
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![redirect];

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
        ("customer_name" = Option<String>, Query, description = "Filled in for the buyer. At most 256 characters; a longer one is refused."),
        ("discount_code" = Option<String>, Query, description = "Applied where it may be used, instead of the link's discount."),
        ("locale" = Option<String>, Query, description = "BCP 47."),
        ("custom_field_data.<slug>" = Option<String>, Query, description = "Answers to the product's own fields: all of them count, or none."),
        ("reference_id" = Option<String>, Query, description = "Copied to the session's metadata in full, as are `utm_source`, `utm_medium`, `utm_campaign`, `utm_term` and `utm_content`."),
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
        (status = 429, description = "Too many wrong discount codes, or too many requests."),
    )
)]
pub(super) async fn redirect(
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
            pages::checkout::pages::turned_away(&error, request.uri(), request.headers())
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
    network: Network,
    ip_address: Option<String>,
    country: Option<Country>,
}

impl Buyer {
    fn of(app: &App, request: &Request) -> Self {
        let address = client_ip(app, request.headers(), request.extensions());
        Self {
            network: Network::of_address(&address),
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
    let (link, organization) = app.store.checkout_link_by_secret(secret).await.found()?;
    let visit = Visit::judge(&link, &organization, query)?;
    let own = organization.id;
    // Not looked up once too many were wrong.
    let guess = match visit.discount_code() {
        Some(_) => Guess::of(app, link.id, &buyer.network).await?,
        None => Guess::default(),
    };
    let customer = async {
        match visit.external_customer_id() {
            Some(id) => app.store.customer_by_external_id(own, id).await,
            None => Ok(None),
        }
    };
    let (offered, discounts, customer, subscribers) = tokio::try_join!(
        app.store.offered(own, &link.product_ids),
        app.store
            .visit_discounts(own, link.discount_id, visit.discount_code()),
        customer,
        app.store.subscribers(own),
    )?;
    let visit_context = VisitContext {
        offered,
        discounts,
        ip_address: buyer.ip_address,
        ip_country: buyer.country,
    };
    let opening = visit::opening(
        &visit,
        &link,
        &organization,
        &visit_context,
        app.context().now,
    )?;
    let code = visit.discount_code().map(code_key);
    let used = opening.discount.as_ref();
    let is_right = used.is_some_and(|discount| discount.code_key == code);
    let loaded = open::Loaded {
        organization,
        offered: visit_context.offered,
        customer,
        subscription: None,
        subscription_prices: Vec::new(),
        ip_country: visit_context.ip_country,
        discount: opening.discount,
        meters: Vec::new(),
        subscribers,
    };
    let origin = Origin {
        checkout_link_id: Some(link.id),
        selected: Some(opening.selected),
    };
    let (session, mut changes) = checkouts::decide(app, opening.create, loaded, origin).await?;
    if is_right {
        guess.right(&mut changes);
    }
    app.commit(changes).await?;
    let page = app.urls.checkout_url(&session.checkout.client_secret);
    let location = match opening.rest.is_empty() {
        true => page,
        false => format!("{page}?{}", opening.rest),
    };
    HeaderValue::from_str(&location).map_err(ApiError::internal)
}
