//! Visiting a checkout link: a session is opened, and the visitor sent to its page
//! (docs/behaviour: checkout-links/visits).

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use till_core::checkout_links::visit::Query;
use till_wire::error::{ErrorBody, ValidationBody};

use crate::{
    actions::checkout_links::visit::{Visitor, visit},
    api::{
        ErrorPage,
        operation::{Operation, operations},
    },
    app::App,
    error::ApiError,
    http::limits::{Network, client_ip},
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
    Extension(ErrorPage(error_page)): Extension<ErrorPage>,
    request: Request,
) -> Response {
    // Programs that only look, such as previews of messages, open no sessions.
    if request.method() == Method::HEAD {
        return ApiError::no_method().into_response();
    }
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let visited = visit(&app, &secret, query, visitor(&app, &request)).await;
    match visited.and_then(|page| HeaderValue::from_str(&page).map_err(ApiError::internal)) {
        Ok(location) => (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, location)],
        )
            .into_response(),
        Err(error) if is_browser(request.headers()) => {
            error_page(&error, request.uri(), request.headers())
        }
        Err(error) => error.into_response(),
    }
}

fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|types| types.contains("text/html"))
}

fn visitor(app: &App, request: &Request) -> Visitor {
    let address = client_ip(app, request.headers(), request.extensions());
    Visitor {
        network: Network::of_address(&address),
        country: app.visitor_country(request.headers(), &address),
        ip_address: address.parse::<IpAddr>().ok().map(|ip| ip.to_string()),
    }
}
