//! Visiting a checkout link: a session is opened, and the visitor sent to its page
//! (docs/behaviour: checkout-links/visits).

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use till_core::{checkout_links::visit::Query, kernel::urls::LINK_PREFIX};
use till_wire::error::{ErrorBody, ValidationBody};

use crate::{
    actions::checkout_links::visit::{LinkName, Visitor, visit},
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

/// Visit a checkout link
///
/// Opens a checkout session and redirects to its page; every visit opens a new one. A parameter whose value cannot be
/// read or used is ignored. Parameters that are not named here are passed on to the page.
///
/// `external_customer_id` and `customer_metadata.<key>` say who buys, so they count only with a valid signature in
/// `sig`. It is the HMAC-SHA-256, in hexadecimal or base64url, of all parameters of the address but `sig`, `embed`,
/// `embed_origin` and `theme`: each named once, sorted by name, and written as a query string. The key is the text of
/// the link's `signing_secret`. With `require_signature`, a visit without a valid signature is refused.
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
        ("client_secret" = String, Path, description = "Client secret of the checkout link."),
        ("product_id" = Option<Uuid>, Query, description = "ID of the product to begin with: one of the link's."),
        ("amount" = Option<String>, Query, description = "Amount to pay in minor units of the currency; applies only to a price that the buyer chooses."),
        ("customer_email" = Option<String>, Query, description = "E-mail address to fill in for the buyer."),
        ("customer_name" = Option<String>, Query, description = "Name to fill in for the buyer: at most 256 characters; a longer one is refused."),
        ("discount_code" = Option<String>, Query, description = "Code of a discount to apply instead of the link's own, if it can be used."),
        ("locale" = Option<String>, Query, description = "Language of the checkout page, as a BCP 47 tag such as `de`."),
        ("custom_field_data.<slug>" = Option<String>, Query, description = "Answer to the custom field with this slug. If one answer is invalid, all answers are ignored."),
        ("reference_id" = Option<String>, Query, description = "Reference of your own, copied to the session's metadata; so are `utm_source`, `utm_medium`, `utm_campaign`, `utm_term` and `utm_content`."),
        ("embed_origin" = Option<String>, Query, description = "Origin of the page that embeds the checkout."),
        ("external_customer_id" = Option<String>, Query, description = "Your own ID of the customer; accepted only with a valid `sig`."),
        ("customer_metadata.<key>" = Option<String>, Query, description = "Value to merge into the customer's key-value data; accepted only with a valid `sig`."),
        ("sig" = Option<String>, Query, description = "Signature of the other parameters."),
    ),
    responses(
        (status = 307, description = "Redirect to the checkout page of the new session, in the header `Location`."),
        (status = 403, description = "The page is not allowed to embed the checkout (`EmbedHostNotAllowed`), or the signature is missing or wrong (`NotPermitted`).", body = ErrorBody),
        (status = 404, description = "No checkout link has this client secret.", body = ErrorBody),
        (status = 422, description = "`product_id` is not an ID, a text is too long, or the link has nothing for sale at the moment.", body = ValidationBody),
        (status = 429, description = "Too many wrong discount codes or too many requests; the header `Retry-After` says how many seconds to wait."),
    ),
    security(()),
)]
pub(super) async fn redirect(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    page: Extension<ErrorPage>,
    request: Request,
) -> Response {
    visited(&app, LinkName::Secret(&secret), page, request).await
}

/// The route of a link's short address, which is for people and in no document.
pub(in crate::api) const SHORT: &str = "/buy/{name}";

/// A visit by the short address; the whole secret will do, too.
pub(in crate::api) async fn short(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    page: Extension<ErrorPage>,
    request: Request,
) -> Response {
    let name = match name.starts_with(LINK_PREFIX) {
        true => LinkName::Secret(&name),
        false => LinkName::Short(&name),
    };
    visited(&app, name, page, request).await
}

async fn visited(
    app: &App,
    name: LinkName<'_>,
    Extension(ErrorPage(error_page)): Extension<ErrorPage>,
    request: Request,
) -> Response {
    let (request, _) = request.into_parts();
    // Programs that only look, such as previews of messages, open no sessions.
    if request.method == Method::HEAD {
        return ApiError::no_method().into_response();
    }
    let query = Query::parse(request.uri.query().unwrap_or_default());
    let visited = visit(app, name, query, visitor(app, &request)).await;
    match visited.and_then(|page| HeaderValue::from_str(&page).map_err(ApiError::internal)) {
        Ok(location) => (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, location)],
        )
            .into_response(),
        Err(error) if is_browser(&request.headers) => {
            error_page(&error, &request.uri, &request.headers)
        }
        Err(error) => error.into_response(),
    }
}

fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|types| types.contains("text/html"))
}

fn visitor(app: &App, request: &Parts) -> Visitor {
    let address = client_ip(app, &request.headers, &request.extensions);
    Visitor {
        network: Network::of_address(&address),
        country: app.visitor_country(&request.headers, &address),
        ip_address: address.parse::<IpAddr>().ok().map(|ip| ip.to_string()),
    }
}
