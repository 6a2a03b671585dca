//! The API: routes and their document in one place. A handler reads top to bottom: load, decide, commit,
//! reply.

pub(crate) mod benefit_grants;
pub(crate) mod benefits;
pub(crate) mod checkout_links;
pub(crate) mod checkouts;
pub(crate) mod custom_fields;
mod customer_meters;
mod customer_sessions;
pub(crate) mod customers;
pub(crate) mod discounts;
pub(crate) mod disputes;
pub(crate) mod events;
pub(crate) mod files;
mod integrations;
pub(crate) mod license_keys;
pub(crate) mod meters;
mod openapi;
mod operation;
pub(crate) mod orders;
pub(crate) mod organizations;
pub(crate) mod payments;
pub(crate) mod portal;
pub(crate) mod products;
pub(crate) mod refunds;
mod sandbox;
mod seats;
pub(crate) mod subscriptions;
pub(crate) mod webhooks;

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Extension, Json, Router,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get},
};

use self::{checkout_links::visit, operation::Operation};
use crate::{
    app::App,
    error::ApiError,
    http::{
        idempotency,
        intake::{self as transport, Bodies, Callers},
    },
};

pub use openapi::{document, scopes};

/// The answer of an operation.
type Reply<T> = Result<Json<T>, ApiError>;
/// The answer of an operation that makes something.
type Created<T> = Result<(StatusCode, Json<T>), ApiError>;
/// The answer of an operation that leaves nothing to show.
type NoContent = Result<StatusCode, ApiError>;

fn created<T>(made: T) -> (StatusCode, Json<T>) {
    (StatusCode::CREATED, Json(made))
}

fn no_content((): ()) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Every operation under `/v1`.
fn operations() -> impl Iterator<Item = &'static Operation> {
    [
        organizations::OPERATIONS,
        products::OPERATIONS,
        benefits::OPERATIONS,
        benefit_grants::OPERATIONS,
        license_keys::OPERATIONS,
        meters::OPERATIONS,
        events::OPERATIONS,
        files::OPERATIONS,
        discounts::OPERATIONS,
        custom_fields::OPERATIONS,
        customers::OPERATIONS,
        customers::export::OPERATIONS,
        customers::members::OPERATIONS,
        customers::payment_methods::OPERATIONS,
        customer_sessions::OPERATIONS,
        customer_meters::OPERATIONS,
        seats::OPERATIONS,
        checkout_links::OPERATIONS,
        checkout_links::visit::OPERATIONS,
        checkouts::OPERATIONS,
        orders::OPERATIONS,
        orders::export::OPERATIONS,
        orders::documents::OPERATIONS,
        payments::OPERATIONS,
        refunds::OPERATIONS,
        disputes::OPERATIONS,
        subscriptions::OPERATIONS,
        subscriptions::export::OPERATIONS,
        webhooks::OPERATIONS,
        sandbox::OPERATIONS,
    ]
    .into_iter()
    .chain(portal::OPERATIONS)
    .flatten()
}

/// The things that the API leaves to the pages.
#[derive(Debug)]
pub struct Pages {
    /// Answers where the API has nothing.
    pub nowhere: MethodRouter<Arc<App>>,
    /// The page for somebody whose visit of a checkout link opened no session.
    pub error_page: ErrorPage,
}

/// Makes a page of an error, in the language of those who asked.
#[derive(Debug, Clone, Copy)]
pub struct ErrorPage(pub fn(&ApiError, &Uri, &HeaderMap) -> Response);

/// The API with everything around it.
pub fn router(app: &Arc<App>, pages: Pages) -> Router<Arc<App>> {
    let paths: BTreeSet<_> = operations().map(|operation| (operation.path)()).collect();
    let mut router = operations().fold(Router::new(), |router, operation| operation.routed(router));
    for path in paths {
        let other = other_spelling(&path);
        let route = match other == license_keys::WITHOUT_SLASH {
            true => license_keys::without_slash(),
            false => any(redirect),
        };
        router = router.route(&other, route);
    }
    router
        .route(visit::SHORT, get(visit::short))
        .method_not_allowed_fallback(|| async { ApiError::no_method() })
        .layer(middleware::from_fn_with_state(
            app.clone(),
            idempotency::guard,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::new(Bodies::default()),
            transport::take_body,
        ))
        .layer(Extension(pages.error_page))
        .merge(integrations::router())
        .merge(unknown(&pages.nowhere))
        .layer(middleware::from_fn_with_state(
            Arc::new(Callers::new(app.clone())),
            transport::identify,
        ))
        .merge(openapi::router())
        .layer(middleware::from_fn(transport::envelope))
}

/// Every other address under `/v1`: there is nothing, with the headers that the API's answers carry.
fn unknown(nowhere: &MethodRouter<Arc<App>>) -> Router<Arc<App>> {
    ["/v1", "/v1/", "/v1/{*rest}"]
        .into_iter()
        .fold(Router::new(), |router, path| {
            router.route(path, nowhere.clone())
        })
}

/// With a trailing slash where the canonical form has none, and the other way round.
fn other_spelling(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(bare) => bare.to_owned(),
        None => format!("{path}/"),
    }
}

/// Sends a caller to the canonical spelling, query kept (docs/behaviour: api/addresses).
async fn redirect(uri: Uri) -> Response {
    let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
    let location = format!("{}{query}", other_spelling(uri.path()));
    match HeaderValue::from_str(&location) {
        Ok(location) => (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, location)],
        )
            .into_response(),
        Err(_) => ApiError::no_route().into_response(),
    }
}
