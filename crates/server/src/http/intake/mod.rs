//! Middleware that every API request passes on its way in and out, in the reference's order
//! (docs/behaviour: api/order-of-checks): version, bearer token, body, and only then the handler. Budgets come first:
//! what costs nothing to send is counted before anything is read or looked up for it.

mod address;
mod body;
mod caller;
mod tokens;

pub use address::canonical;
pub(crate) use body::{Bodies, take_body};
pub(crate) use caller::{Callers, identify};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::error::ApiError;
use address::Deprecated;

/// The dated versions that are served, all by the same bodies.
pub const VERSIONS: [&str; 3] = ["2026-04", "2026-10", "2027-01"];
const VERSION: HeaderName = HeaderName::from_static("polar-version");

/// Version, CORS and caching headers around everything under `/v1`.
pub async fn envelope(request: Request, next: Next) -> Response {
    let version = match version(request.headers()) {
        Ok(version) => version,
        Err(error) => return error.into_response(),
    };
    let origin = request.headers().contains_key(header::ORIGIN);
    let deprecated = request.extensions().get::<Deprecated>().is_some();
    let preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        StatusCode::OK.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(VERSION, HeaderValue::from_static(version));
    if deprecated {
        headers.insert(
            HeaderName::from_static("x-polar-deprecation-notice"),
            HeaderValue::from_static("Use /v1 instead of /api/v1."),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    if origin {
        cors(headers, preflight);
    }
    response
}

fn version(headers: &HeaderMap) -> Result<&'static str, ApiError> {
    let Some(sent) = headers.get(VERSION).filter(|v| !v.is_empty()) else {
        return Ok(VERSIONS[0]);
    };
    VERSIONS
        .into_iter()
        .find(|known| sent.as_bytes() == known.as_bytes())
        .ok_or_else(ApiError::no_route)
}

/// Any origin may call, without cookies.
fn cors(headers: &mut HeaderMap, preflight: bool) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Idempotency-Replayed, Polar-Version"),
    );
    if preflight {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "Accept, Accept-Language, Authorization, Content-Language, Content-Type, Idempotency-Key, Polar-Version, Polar-Organization",
            ),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("600"),
        );
    }
}
