//! What every API request passes on its way in and out (lifecycle.md A.1–A.4), in the reference's order:
//! version, bearer token, body, and only then the handler.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use till_core::{at::At, change::Value};
use till_wire::input::{Context, Problem, Step};

use crate::{
    app::App,
    error::ApiError,
    extract::{Body, Identity},
};

/// The dated versions that are served, all by the same bodies.
pub const VERSIONS: [&str; 3] = ["2026-04", "2026-10", "2027-01"];
const VERSION: HeaderName = HeaderName::from_static("polar-version");
const ORGANIZATION: HeaderName = HeaderName::from_static("polar-organization");
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// Brings older and sloppier addresses to the canonical ones, before routing: `/api/v1`, doubled slashes,
/// the hidden mount of checkouts, and external ids that a client sent with raw slashes in them.
pub fn canonical<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    let path = request.uri().path();
    let mut new = path.to_owned();
    while new.contains("//") {
        new = new.replace("//", "/");
    }
    if let Some(rest) = new.strip_prefix("/api/v1/") {
        new = format!("/v1/{rest}");
        request.extensions_mut().insert(Deprecated);
    }
    if let Some(rest) = new.strip_prefix("/v1/checkouts/custom/") {
        new = format!("/v1/checkouts/{rest}");
    }
    if let Some(rest) = new.strip_prefix("/v1/customers/external/") {
        let (id, tail) = match rest.strip_suffix("/state") {
            Some(id) => (id, "/state"),
            None => (rest, ""),
        };
        new = format!("/v1/customers/external/{}{tail}", id.replace('/', "%2F"));
    }
    if new != request.uri().path() {
        let query = request
            .uri()
            .query()
            .map(|q| format!("?{q}"))
            .unwrap_or_default();
        if let Ok(uri) = format!("{new}{query}").parse::<Uri>() {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[derive(Clone, Copy)]
struct Deprecated;

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

/// Any origin may call, without cookies (lifecycle.md A.3).
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

/// Finds out who calls, and parses the body, before the route's own checks.
pub async fn intake(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match take_in(&app, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn take_in(app: &App, request: Request) -> Result<Request, ApiError> {
    let (mut parts, body) = request.into_parts();
    // No database takes a NUL in text, so nothing can be found under one.
    if parts.uri.path().contains("%00") {
        return Err(ApiError::not_found());
    }
    let identity = if is_public(parts.uri.path()) {
        Identity::Anonymous
    } else {
        identify(app, &parts.headers).await?
    };
    if let Identity::Token(held) = &identity {
        tracing::Span::current().record("organization", tracing::field::display(held.1.id));
        narrow(&parts.headers, held.1.id)?;
    }
    parts.extensions.insert(identity);
    if !matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
        return Ok(Request::from_parts(parts, body));
    }
    let length = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok())
        .ok_or_else(ApiError::length_required)?;
    if length > BODY_LIMIT {
        return Err(ApiError::body_refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            BODY_LIMIT,
        ));
    }
    let bytes = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| ApiError::body_refused(StatusCode::REQUEST_TIMEOUT, BODY_LIMIT))?;
    parts.extensions.insert(Body(parse(&bytes)?));
    Ok(Request::from_parts(parts, axum::body::Body::empty()))
}

/// Where a client secret is the credential: an Authorization header never matters (wire.md 3.2).
fn is_public(path: &str) -> bool {
    let link = path.strip_prefix("/v1/checkout-links/");
    path.starts_with("/v1/checkouts/client/") || link.is_some_and(|l| l.ends_with("/redirect"))
}

fn parse(bytes: &Bytes) -> Result<Option<serde_json::Value>, ApiError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(bytes).map(Some).map_err(|error| {
        let offset = match error.is_eof() {
            true => bytes.len(),
            false => offset(bytes, error.line(), error.column()),
        };
        let mut cx = Context::new("body");
        cx.problems.push(Problem {
            ctx: Some(serde_json::json!({"error": error.to_string()})),
            ..Problem::new(
                "json_invalid",
                vec![Step::from("body"), Step::Index(offset)],
                "The body is not valid JSON",
                serde_json::json!({}),
            )
        });
        ApiError::unreadable(cx.problems)
    })
}

fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before: usize = bytes
        .split_inclusive(|b| *b == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(bytes.len())
}

/// The bearer token decides; without one the caller is anonymous, with a bad one the request ends here.
async fn identify(app: &App, headers: &HeaderMap) -> Result<Identity, ApiError> {
    let Some(token) = bearer(headers) else {
        return Ok(Identity::Anonymous);
    };
    let token = token.ok_or_else(ApiError::invalid_token)?;
    // A customer's session is a real credential, but not for this API: it counts as none.
    if token.starts_with("polar_cst_") {
        return match app
            .store
            .live_customer_session(&app.key.digest(token), app.clock.now())
            .await?
        {
            true => Ok(Identity::Anonymous),
            false => Err(ApiError::invalid_token()),
        };
    }
    let now = app.clock.now();
    let held = app
        .store
        .caller(&app.key.digest(token))
        .await?
        .filter(|(token, organization)| {
            token.revoked_at.is_none()
                && token.expires_at.is_none_or(|at| at > now)
                && till_core::organizations::capabilities(organization.status).api_access
        })
        .ok_or_else(ApiError::invalid_token)?;
    note_use(app, &held.0).await;
    Ok(Identity::Token(Arc::new(held)))
}

/// `None`: no bearer header. `Some(None)`: one that cannot be a token.
fn bearer(headers: &HeaderMap) -> Option<Option<&str>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let Ok(text) = value.to_str() else {
        return value
            .as_bytes()
            .to_ascii_lowercase()
            .starts_with(b"bearer ")
            .then_some(None);
    };
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Some(token.trim()).filter(|t| !t.is_empty()))
}

/// Keeps `last_used_at` within a minute of the truth, without a write per request.
async fn note_use(app: &App, token: &till_core::records::AccessToken) {
    let at: At = app.at();
    let fresh = token
        .last_used_at
        .is_some_and(|last| at.now.duration_since(last) < jiff::SignedDuration::from_mins(1));
    if fresh {
        return;
    }
    let mut changes = till_core::change::Changes::new();
    changes.any(
        "update access_tokens set last_used_at = $1 where id = $2",
        vec![Value::Time(at.now), Value::Uuid(token.id)],
    );
    let store = app.store.clone();
    tokio::spawn(async move {
        if let Err(error) = store.commit(changes).await {
            tracing::warn!(%error, "could not note a token's use");
        }
    });
}

/// `Polar-Organization` narrows, never widens: naming another organization finds nothing.
fn narrow(headers: &HeaderMap, own: uuid::Uuid) -> Result<(), ApiError> {
    match headers.get(ORGANIZATION).filter(|v| !v.is_empty()) {
        None => Ok(()),
        Some(sent) => match sent
            .to_str()
            .ok()
            .and_then(|t| uuid::Uuid::try_parse(t).ok())
        {
            Some(id) if id == own => Ok(()),
            _ => Err(ApiError::not_found()),
        },
    }
}
